/*
 * move.c
 *		A trigger that logs what became of a row's columns: who moved from
 *		which segment, stage or outcome to which.
 */
#include "pg/support/extension.h"

#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "executor/spi.h"
#include "utils/rel.h"
#include "utils/varlena.h"

PG_FUNCTION_INFO_V1(crm_move_trigger);

/* Arguments; then the columns to watch. */
enum
{
	LOG_TABLE,
	KEY_COLUMN,
	WATCHED
};

/* Columns of the log. */
#define LOG_COLUMNS		4

typedef struct
{
	TriggerData *data;
	TupleDesc	description;
	HeapTuple	before;			/* NULL on INSERT */
	HeapTuple	after;			/* NULL on DELETE */
} change;

static int
column_number(const change *c, const char *name)
{
	int			number = SPI_fnumber(c->description, name);

	if (number <= 0)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_COLUMN),
				 errmsg("column \"%s\" of table \"%s\" does not exist", name,
						RelationGetRelationName(c->data->tg_relation)),
				 errhint("The arguments of trigger \"%s\" name it.",
						 c->data->tg_trigger->tgname)));
	return number;
}

static char *
value_of(const change *c, HeapTuple row, int column)
{
	return row == NULL ? NULL : SPI_getvalue(row, c->description, column);
}

static bool
same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* By the rules of the user whose statement it is, as if he wrote it himself. */
static void
log_move(const change *c, int key, const char *kind, const char *before,
		 const char *after)
{
	HeapTuple	row = c->after != NULL ? c->after : c->before;
	List	   *names = textToQualifiedNameList(cstring_to_text(c->data->tg_trigger->tgargs[LOG_TABLE]));
	RangeVar   *log = makeRangeVarFromNameList(names);
	Oid			types[LOG_COLUMNS] = {SPI_gettypeid(c->description, key),
	TEXTOID, TEXTOID, TEXTOID};
	Datum		values[LOG_COLUMNS] = {0};
	char		nulls[LOG_COLUMNS] = {' ', ' ', ' ', ' '};
	bool		isnull;

	values[0] = SPI_getbinval(row, c->description, key, &isnull);
	nulls[0] = isnull ? 'n' : ' ';
	values[1] = CStringGetTextDatum(kind);
	if (before != NULL)
		values[2] = CStringGetTextDatum(before);
	if (after != NULL)
		values[3] = CStringGetTextDatum(after);
	nulls[2] = before == NULL ? 'n' : ' ';
	nulls[3] = after == NULL ? 'n' : ' ';
	SPI_execute_with_args(psprintf("INSERT INTO %s (customer_id, kind, old_value, new_value)"
								   " VALUES ($1, $2, $3, $4)",
								   quote_qualified_identifier(log->schemaname, log->relname)),
						  LOG_COLUMNS, types, values, nulls, false, 0);
}

static change
begin_change(FunctionCallInfo fcinfo)
{
	TriggerData *data = (TriggerData *) fcinfo->context;
	change		c = {.data = data};

	if (!CALLED_AS_TRIGGER(fcinfo) || !TRIGGER_FIRED_FOR_ROW(data->tg_event) ||
		!TRIGGER_FIRED_AFTER(data->tg_event) ||
		data->tg_trigger->tgnargs <= WATCHED)
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("crm_move_trigger is for a trigger AFTER and FOR EACH ROW"),
				 errhint("Its arguments are the table to log in, the column of the customer's key, "
						 "and the columns to watch.")));
	c.description = RelationGetDescr(data->tg_relation);
	if (!TRIGGER_FIRED_BY_INSERT(data->tg_event))
		c.before = data->tg_trigtuple;
	if (TRIGGER_FIRED_BY_INSERT(data->tg_event))
		c.after = data->tg_trigtuple;
	else if (TRIGGER_FIRED_BY_UPDATE(data->tg_event))
		c.after = data->tg_newtuple;
	return c;
}

Datum
crm_move_trigger(PG_FUNCTION_ARGS)
{
	change		c = begin_change(fcinfo);
	Trigger    *trigger = c.data->tg_trigger;
	int			key;

	SPI_connect();
	key = column_number(&c, trigger->tgargs[KEY_COLUMN]);
	for (int i = WATCHED; i < trigger->tgnargs; i++)
	{
		int			column = column_number(&c, trigger->tgargs[i]);
		char	   *before = value_of(&c, c.before, column);
		char	   *after = value_of(&c, c.after, column);

		if (!same(before, after))
			log_move(&c, key, trigger->tgargs[i], before, after);
	}
	SPI_finish();
	return PointerGetDatum(NULL);
}
