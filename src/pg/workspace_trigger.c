/*
 * workspace_trigger.c
 *		Triggers that let ledgers follow a table, statement by statement.
 *
 * A trigger of a statement reads the transition tables as the user whose
 * statement it is, for the expressions among its arguments could be anything.
 * What comes of that, keys and differences, is written as the owner of the
 * ledgers: who may change orders need not have a right on ledgers.
 *
 * Rows are written in the order of their keys, so that two statements that
 * change ledgers of the same customers wait for each other, and not in a ring.
 */
#include "pg/extension.h"

#include "catalog/namespace.h"
#include "catalog/partition.h"
#include "catalog/pg_class.h"
#include "commands/trigger.h"
#include "executor/spi.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/guc.h"
#include "utils/hsearch.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/regproc.h"
#include "utils/syscache.h"

PG_FUNCTION_INFO_V1(crm_activity_trigger);
PG_FUNCTION_INFO_V1(crm_queue_trigger);

/* What is read at a time: enough to be quick, little to hold. */
#define BATCH_ROWS		1000

/* Arguments of crm_activity_trigger; then keys, a column and an expression. */
enum
{
	LEDGER_TABLE,
	LEDGER_COLUMN,
	DAY,
	AMOUNT,
	EVENTS,
	CONDITION,
	LEDGER_KEYS
};

/* Arguments of crm_queue_trigger. */
enum
{
	QUEUE_TABLE,
	QUEUE_CONDITION,
	QUEUE_KEY,
	QUEUE_ARGUMENTS
};

#define MAX_KEYS	4

/* The plans of a trigger, for one kind of statement. */
typedef struct
{
	struct
	{
		Oid			trigger;
		TriggerEvent event;
		bool		is_single;
	}			key;
	SPIPlanPtr	read;			/* keys and differences, in order */
	SPIPlanPtr	write;			/* one of them */
	SPIPlanPtr	erase;			/* a ledger with nothing left in it */
} plans;

typedef struct
{
	TriggerData *data;
	Trigger    *trigger;
	char	  **args;
	Relation	table;
	Oid			target;			/* the ledgers, or the queue */
	char	   *target_name;	/* qualified and quoted */
	int			key_count;
	char	   *key_columns[MAX_KEYS];
	char	   *key_expressions[MAX_KEYS];
	Oid			key_types[MAX_KEYS];
	Oid			value_type;		/* of the ledgers */
	bool		is_single;		/* one row was inserted or deleted */
} job;

/* How to read what a statement changed, and how to write what comes of it. */
typedef struct
{
	char	   *(*read) (const job *j);
	char	   *(*write) (const job *j);
	char	   *(*erase) (const job *j);
	int			values;			/* columns of read after the keys */
} queries;

static HTAB *plan_cache = NULL;

/* Where the arguments point */

static void
refuse_trigger(job *j, const char *reason, const char *hint)
{
	ereport(ERROR,
			(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
			 errmsg("trigger \"%s\" on table \"%s\": %s",
					j->trigger->tgname, RelationGetRelationName(j->table),
					reason),
			 errhint("%s", hint)));
}

/*
 * The name is an argument: read it as identifiers, never as SQL. Rights on the
 * schema are not asked for: the user whose statement it is need not have them.
 */
static void
find_target(job *j, const char *name)
{
	List	   *names = stringToQualifiedNameList(name
#if PG_VERSION_NUM >= 160000
												  ,NULL
#endif
		);
	Oid			schema;

	if (list_length(names) != 2)
		refuse_trigger(j, "the name of its first argument lacks a schema",
					   "Write it as schema.table.");
	schema = get_namespace_oid(strVal(linitial(names)), false);
	j->target = get_relname_relid(strVal(lsecond(names)), schema);
	if (!OidIsValid(j->target))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("relation \"%s\" does not exist", name),
				 errhint("Trigger \"%s\" on table \"%s\" names it; drop the trigger if that is past.",
						 j->trigger->tgname,
						 RelationGetRelationName(j->table))));
	j->target_name = quote_qualified_identifier(strVal(linitial(names)),
												strVal(lsecond(names)));
}

/* The type of a column of the target, which must exist. */
static Oid
target_type(job *j, const char *column)
{
	AttrNumber	attnum = get_attnum(j->target, column);

	if (attnum == InvalidAttrNumber)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_COLUMN),
				 errmsg("column \"%s\" of %s does not exist", column,
						j->target_name),
				 errhint("The arguments of trigger \"%s\" on table \"%s\" name it.",
						 j->trigger->tgname,
						 RelationGetRelationName(j->table))));
	return get_atttype(j->target, attnum);
}

static void
add_key(job *j, const char *column, char *expression)
{
	int			n = j->key_count++;

	j->key_types[n] = target_type(j, column);
	j->key_columns[n] = (char *) quote_identifier(column);
	j->key_expressions[n] = expression;
}

static void
begin_job(FunctionCallInfo fcinfo, job *j)
{
	TriggerData *data = (TriggerData *) fcinfo->context;

	if (!CALLED_AS_TRIGGER(fcinfo))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("this function is a trigger's, and not to be called"),
				 errhint("See CREATE TRIGGER ... EXECUTE FUNCTION.")));
	memset(j, 0, sizeof(job));
	j->data = data;
	j->trigger = data->tg_trigger;
	j->args = data->tg_trigger->tgargs;
	j->table = data->tg_relation;
}

static void
check_statement_trigger(job *j)
{
	TriggerEvent event = j->data->tg_event;

	if (!TRIGGER_FIRED_AFTER(event) || !TRIGGER_FIRED_FOR_STATEMENT(event))
		refuse_trigger(j, "must fire AFTER and FOR EACH STATEMENT",
					   "Make it so, with REFERENCING NEW TABLE and OLD TABLE.");
	if (((TRIGGER_FIRED_BY_INSERT(event) || TRIGGER_FIRED_BY_UPDATE(event)) &&
		 j->trigger->tgnewtable == NULL) ||
		((TRIGGER_FIRED_BY_DELETE(event) || TRIGGER_FIRED_BY_UPDATE(event)) &&
		 j->trigger->tgoldtable == NULL))
		refuse_trigger(j, "transition tables are missing",
					   "INSERT needs REFERENCING NEW TABLE, DELETE OLD TABLE, UPDATE both.");
}

/*
 * Whole statements are judged here: names in them mean what they mean to the
 * extension, whatever the search_path of the session.
 */
static int
enter_search_path(FunctionCallInfo fcinfo)
{
	Oid			schema = get_func_namespace(fcinfo->flinfo->fn_oid);
	int			level = NewGUCNestLevel();

	(void) set_config_option("search_path",
							 psprintf("pg_catalog, %s, pg_temp",
									  quote_identifier(get_namespace_name(schema))),
							 PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE,
							 true, 0, false);
	return level;
}

static void
report_context(void *arg)
{
	job		   *j = arg;

	errcontext("trigger \"%s\", which keeps %s in step with table \"%s\"",
			   j->trigger->tgname, j->target_name,
			   RelationGetRelationName(j->table));
}

/* The rows that a statement changed, as SQL */

static void
append_keys(StringInfo sql, const job *j, const char *separator,
			const char *suffix)
{
	for (int i = 0; i < j->key_count; i++)
		appendStringInfo(sql, "%skey%d%s", i > 0 ? separator : "", i + 1,
						 suffix);
}

/* The line feed ends a comment, with which an expression may end. */
static void
append_rows(StringInfo sql, const job *j, const char *rows, bool added,
			const char *condition, const char *columns)
{
	appendStringInfoString(sql, "SELECT ");
	for (int i = 0; i < j->key_count; i++)
		appendStringInfo(sql, "CAST((%s\n) AS %s) AS key%d, ",
						 j->key_expressions[i],
						 format_type_be_qualified(j->key_types[i]), i + 1);
	appendStringInfo(sql, "%s%s AS added FROM %s WHERE (%s\n)",
					 columns, added ? "true" : "false", rows, condition);
}

static char *
whole_table(const job *j)
{
	Oid			relid = RelationGetRelid(j->table);

	if (j->table->rd_rel->relispartition)
		relid = llast_oid(get_partition_ancestors(relid));
	return quote_qualified_identifier(get_namespace_name(get_rel_namespace(relid)),
									  get_rel_name(relid));
}

/* After TRUNCATE of a partition the others' rows are still there. */
static void
append_changed_rows(StringInfo sql, const job *j, const char *condition,
					const char *columns)
{
	TriggerEvent event = j->data->tg_event;

	if (TRIGGER_FIRED_BY_TRUNCATE(event))
		append_rows(sql, j, whole_table(j), true, condition, columns);
	if (TRIGGER_FIRED_BY_INSERT(event) || TRIGGER_FIRED_BY_UPDATE(event))
		append_rows(sql, j, quote_identifier(j->trigger->tgnewtable), true,
					condition, columns);
	if (TRIGGER_FIRED_BY_UPDATE(event))
		appendStringInfoString(sql, " UNION ALL ");
	if (TRIGGER_FIRED_BY_DELETE(event) || TRIGGER_FIRED_BY_UPDATE(event))
		append_rows(sql, j, quote_identifier(j->trigger->tgoldtable), false,
					condition, columns);
}

#define ADDED	"coalesce(crm_activity_agg(day, amount, events) FILTER (WHERE added), '{}')"
#define REMOVED	"coalesce(crm_activity_agg(day, amount, events) FILTER (WHERE NOT added), '{}')"

static const char *
ledger_difference(const job *j)
{
	TriggerEvent event = j->data->tg_event;

	if (TRIGGER_FIRED_BY_UPDATE(event))
		return ADDED " - " REMOVED;
	if (TRIGGER_FIRED_BY_DELETE(event))
		return j->is_single ? "'{}' - crm_activity(day, amount, events)" :
			"'{}' - crm_activity_agg(day, amount, events)";
	return j->is_single ? "crm_activity(day, amount, events)" :
		"crm_activity_agg(day, amount, events)";
}

/*
 * What each ledger gains and loses, in the order of keys. A single row, which
 * is what most statements of an application come with, needs no aggregate; to
 * set one up takes longer than all the rest.
 */
static char *
ledger_read_query(const job *j)
{
	StringInfoData sql,
				columns;

	initStringInfo(&columns);
	appendStringInfo(&columns, "(%s\n) AS day, CAST((%s\n) AS numeric) AS amount, "
					 "CAST((%s\n) AS integer) AS events, ",
					 j->args[DAY], j->args[AMOUNT], j->args[EVENTS]);
	initStringInfo(&sql);
	appendStringInfoString(&sql, "SELECT * FROM (SELECT ");
	append_keys(&sql, j, ", ", "");
	appendStringInfo(&sql, ", %s AS difference FROM (", ledger_difference(j));
	append_changed_rows(&sql, j, j->args[CONDITION], columns.data);
	appendStringInfoString(&sql, ") AS rows WHERE ");
	append_keys(&sql, j, " AND ", " IS NOT NULL");
	if (j->is_single)
		appendStringInfoString(&sql, ") AS changed");
	else
	{
		appendStringInfoString(&sql, " GROUP BY ");
		append_keys(&sql, j, ", ", "");
		appendStringInfoString(&sql, ") AS changed WHERE difference <> '{}' ORDER BY ");
		append_keys(&sql, j, ", ", "");
	}
	return sql.data;
}

static void
append_key_columns(StringInfo sql, const job *j)
{
	for (int i = 0; i < j->key_count; i++)
		appendStringInfo(sql, "%s%s", i > 0 ? ", " : "", j->key_columns[i]);
}

static char *
ledger_write_query(const job *j)
{
	const char *column = quote_identifier(j->args[LEDGER_COLUMN]);
	StringInfoData sql;

	initStringInfo(&sql);
	appendStringInfo(&sql, "INSERT INTO %s AS ledger (", j->target_name);
	append_key_columns(&sql, j);
	appendStringInfo(&sql, ", %s) VALUES (", column);
	for (int i = 0; i <= j->key_count; i++)
		appendStringInfo(&sql, "%s$%d", i > 0 ? ", " : "", i + 1);
	appendStringInfoString(&sql, ") ON CONFLICT (");
	append_key_columns(&sql, j);
	appendStringInfo(&sql, ") DO UPDATE SET %s = ledger.%s + excluded.%s"
					 " RETURNING ledger.%s = '{}'",
					 column, column, column, column);
	return sql.data;
}

static char *
ledger_erase_query(const job *j)
{
	StringInfoData sql;

	initStringInfo(&sql);
	appendStringInfo(&sql, "DELETE FROM %s WHERE %s = '{}'", j->target_name,
					 quote_identifier(j->args[LEDGER_COLUMN]));
	for (int i = 0; i < j->key_count; i++)
		appendStringInfo(&sql, " AND %s = $%d", j->key_columns[i], i + 1);
	return sql.data;
}

/* Who writes */

typedef struct
{
	Oid			user;
	int			security;
} identity;

/* An error puts the caller back by itself: see AbortTransaction(). */
static void
become(Oid user, identity *caller)
{
	GetUserIdAndSecContext(&caller->user, &caller->security);
	SetUserIdAndSecContext(user,
						   caller->security | SECURITY_LOCAL_USERID_CHANGE);
}

static void
become_again(const identity *caller)
{
	SetUserIdAndSecContext(caller->user, caller->security);
}

/*
 * The owner of the target where the owner of the table could write there as
 * well: then nobody gets further through this trigger than he would without.
 */
static Oid
writing_user(const job *j)
{
	AclMode		needed = ACL_SELECT | ACL_INSERT | ACL_UPDATE | ACL_DELETE;
	Oid			table_owner = j->table->rd_rel->relowner;
	HeapTuple	target;
	Oid			owner;

	if (pg_class_aclmask(j->target, table_owner, needed, ACLMASK_ALL) != needed)
		return GetUserId();
	target = SearchSysCache1(RELOID, ObjectIdGetDatum(j->target));
	if (!HeapTupleIsValid(target))
		elog(ERROR, "cache lookup failed for relation %u", j->target);
	owner = ((Form_pg_class) GETSTRUCT(target))->relowner;
	ReleaseSysCache(target);
	return owner;
}

/* Plans, kept for the session */

static SPIPlanPtr
prepare(const char *query, int nargs, Oid *types)
{
	SPIPlanPtr	plan = SPI_prepare(query, nargs, types);

	if (plan == NULL)
		elog(ERROR, "SPI_prepare returned %s for %s",
			 SPI_result_code_string(SPI_result), query);
	return plan;
}

static plans *
cached_plans(const job *j, HASHACTION action)
{
	HASHCTL		info = {.keysize = sizeof(((plans *) NULL)->key),
	.entrysize = sizeof(plans)};
	plans		wanted;

	if (plan_cache == NULL)
		plan_cache = hash_create("crm_ext trigger plans", 16, &info,
								 HASH_ELEM | HASH_BLOBS);
	memset(&wanted, 0, sizeof(wanted));
	wanted.key.trigger = j->trigger->tgoid;
	wanted.key.event = j->data->tg_event & TRIGGER_EVENT_OPMASK;
	wanted.key.is_single = j->is_single;
	return hash_search(plan_cache, &wanted.key, action, NULL);
}

/* Kept all or none: a query that does not parse is tried again next time. */
static plans *
make_plans(const job *j, const queries *q, Oid user)
{
	identity	caller;
	Oid			types[MAX_KEYS + 1];
	SPIPlanPtr	read,
				write,
				erase = NULL;
	plans	   *kept;

	memcpy(types, j->key_types, sizeof(j->key_types));
	types[j->key_count] = j->value_type;
	read = prepare(q->read(j), 0, NULL);
	become(user, &caller);
	write = prepare(q->write(j), j->key_count + q->values, types);
	if (q->erase != NULL)
		erase = prepare(q->erase(j), j->key_count, types);
	become_again(&caller);

	SPI_keepplan(read);
	SPI_keepplan(write);
	if (erase != NULL)
		SPI_keepplan(erase);
	kept = cached_plans(j, HASH_ENTER);
	kept->read = read;
	kept->write = write;
	kept->erase = erase;
	return kept;
}

/* From what a statement changed to what is kept */

static bool
returned_true(void)
{
	bool		isnull;

	return SPI_processed == 1 && SPI_tuptable != NULL &&
		DatumGetBool(SPI_getbinval(SPI_tuptable->vals[0],
								   SPI_tuptable->tupdesc, 1, &isnull));
}

static void
write_row(const plans *p, HeapTuple row, TupleDesc description)
{
	Datum		values[MAX_KEYS + 1];
	char		nulls[MAX_KEYS + 1];

	for (int i = 0; i < description->natts; i++)
	{
		bool		isnull;

		values[i] = SPI_getbinval(row, description, i + 1, &isnull);
		nulls[i] = isnull ? 'n' : ' ';
	}
	SPI_execute_plan(p->write, values, nulls, false, 0);
	if (p->erase != NULL && returned_true())
		SPI_execute_plan(p->erase, values, nulls, false, 0);
}

static void
write_batch(const plans *p, const SPITupleTable *rows, uint64 count, Oid user)
{
	identity	caller;

	become(user, &caller);
	for (uint64 i = 0; i < count; i++)
		write_row(p, rows->vals[i], rows->tupdesc);
	become_again(&caller);
}

static void
follow(job *j, const queries *q)
{
	Oid			user = writing_user(j);
	plans	   *p = cached_plans(j, HASH_FIND);
	Portal		changes;
	uint64		count;

	if (p == NULL)
		p = make_plans(j, q, user);
	changes = SPI_cursor_open(NULL, p->read, NULL, NULL, false);
	do
	{
		SPITupleTable *rows;

		SPI_cursor_fetch(changes, true, BATCH_ROWS);
		rows = SPI_tuptable;
		count = SPI_processed;
		write_batch(p, rows, count, user);
		SPI_freetuptable(rows);
	} while (count == BATCH_ROWS);
	SPI_cursor_close(changes);
}

/* Everything is gone, but for what is then found in the rest of the table. */
static void
empty_target(const job *j)
{
	identity	caller;

	become(writing_user(j), &caller);
	SPI_execute(psprintf("DELETE FROM %s", j->target_name), false, 0);
	become_again(&caller);
}

static void
keep_in_step(FunctionCallInfo fcinfo, job *j, const queries *q)
{
	ErrorContextCallback context = {.callback = report_context,.arg = j,
	.previous = error_context_stack};
	int			level = enter_search_path(fcinfo);

	error_context_stack = &context;
	SPI_connect();
	SPI_register_trigger_data(j->data);
	if (q->erase != NULL && TRIGGER_FIRED_BY_TRUNCATE(j->data->tg_event))
		empty_target(j);
	follow(j, q);
	SPI_finish();
	error_context_stack = context.previous;
	AtEOXact_GUC(false, level);
}

static bool
changed_one_row(const TriggerData *data)
{
	if (TRIGGER_FIRED_BY_INSERT(data->tg_event))
		return tuplestore_tuple_count(data->tg_newtable) == 1;
	if (TRIGGER_FIRED_BY_DELETE(data->tg_event))
		return tuplestore_tuple_count(data->tg_oldtable) == 1;
	return false;
}

Datum
crm_activity_trigger(PG_FUNCTION_ARGS)
{
	static const queries ledger = {
		.read = ledger_read_query,
		.write = ledger_write_query,
		.erase = ledger_erase_query,
		.values = 1
	};
	job			j;
	int			nargs;

	begin_job(fcinfo, &j);
	check_statement_trigger(&j);
	nargs = j.trigger->tgnargs - LEDGER_KEYS;
	if (nargs < 2 || nargs > 2 * MAX_KEYS || nargs % 2 != 0)
		refuse_trigger(&j, "wrong number of arguments",
					   "They are: table and column of the ledgers, day, amount, events, condition, "
					   "then for each of up to 4 keys a column of the ledgers' table and an expression.");
	find_target(&j, j.args[LEDGER_TABLE]);
	for (int i = 0; i < nargs; i += 2)
		add_key(&j, j.args[LEDGER_KEYS + i], j.args[LEDGER_KEYS + i + 1]);
	j.value_type = target_type(&j, j.args[LEDGER_COLUMN]);
	j.is_single = changed_one_row(j.data);
	keep_in_step(fcinfo, &j, &ledger);
	return PointerGetDatum(NULL);
}

/* Only which customers changed, for crm_refresh to look at later */

static char *
queue_read_query(const job *j)
{
	StringInfoData sql;

	initStringInfo(&sql);
	if (TRIGGER_FIRED_BY_TRUNCATE(j->data->tg_event))
		appendStringInfo(&sql, "SELECT CAST(NULL AS %s)",
						 format_type_be_qualified(j->key_types[0]));
	else
	{
		appendStringInfoString(&sql, "SELECT DISTINCT key1 FROM (");
		append_changed_rows(&sql, j, j->args[QUEUE_CONDITION], "");
		appendStringInfoString(&sql, ") AS rows WHERE key1 IS NOT NULL");
	}
	return sql.data;
}

static char *
queue_write_query(const job *j)
{
	return psprintf("INSERT INTO %s (customer_id) VALUES ($1)", j->target_name);
}

Datum
crm_queue_trigger(PG_FUNCTION_ARGS)
{
	static const queries queue = {
		.read = queue_read_query,
		.write = queue_write_query
	};
	job			j;

	begin_job(fcinfo, &j);
	check_statement_trigger(&j);
	if (j.trigger->tgnargs != QUEUE_ARGUMENTS)
		refuse_trigger(&j, "wrong number of arguments",
					   "They are: table of the queue, condition, expression of the customer's key.");
	find_target(&j, j.args[QUEUE_TABLE]);
	add_key(&j, "customer_id", j.args[QUEUE_KEY]);
	keep_in_step(fcinfo, &j, &queue);
	return PointerGetDatum(NULL);
}
