/*
 * query.c
 *		The SQL of triggers that keep ledgers: what a statement changed, and
 *		how that is written.
 */
#include "pg/workspace/trigger.h"

#include "catalog/partition.h"
#include "lib/stringinfo.h"
#include "utils/lsyscache.h"

/* The rows that a statement changed, as SQL */

static void
append_keys(StringInfo sql, const crm_job *job, const char *separator,
			const char *suffix)
{
	for (int i = 0; i < job->key_count; i++)
		appendStringInfo(sql, "%skey%d%s", i > 0 ? separator : "", i + 1,
						 suffix);
}

/* The table that the expressions are about: of a partition, the root. */
static Oid
whole_table(const crm_job *job)
{
	Oid			relid = RelationGetRelid(job->table);

	return job->table->rd_rel->relispartition ?
		llast_oid(get_partition_ancestors(relid)) : relid;
}

static char *
qualified_name(Oid relid)
{
	return quote_qualified_identifier(get_namespace_name(get_rel_namespace(relid)),
									  get_rel_name(relid));
}

/*
 * Under the table's own name, which expressions may use. The line feed ends a
 * comment, with which an expression may end.
 */
static void
append_rows(StringInfo sql, const crm_job *job, const char *rows, bool added,
			const char *condition, const char *columns)
{
	appendStringInfoString(sql, "SELECT ");
	for (int i = 0; i < job->key_count; i++)
		appendStringInfo(sql, "CAST((%s\n) AS %s) AS key%d, ",
						 job->key_expressions[i],
						 format_type_be_qualified(job->key_types[i]), i + 1);
	appendStringInfo(sql, "%s%s AS added FROM %s AS %s WHERE (%s\n)",
					 columns, added ? "true" : "false", rows,
					 quote_identifier(get_rel_name(whole_table(job))),
					 condition);
}

/* After TRUNCATE of a partition the others' rows are still there. */
static void
append_changed_rows(StringInfo sql, const crm_job *job, const char *condition,
					const char *columns)
{
	TriggerEvent event = job->data->tg_event;

	if (TRIGGER_FIRED_BY_TRUNCATE(event))
		append_rows(sql, job, qualified_name(whole_table(job)), true,
					condition, columns);
	if (TRIGGER_FIRED_BY_INSERT(event) || TRIGGER_FIRED_BY_UPDATE(event))
		append_rows(sql, job, quote_identifier(job->trigger->tgnewtable), true,
					condition, columns);
	if (TRIGGER_FIRED_BY_UPDATE(event))
		appendStringInfoString(sql, " UNION ALL ");
	if (TRIGGER_FIRED_BY_DELETE(event) || TRIGGER_FIRED_BY_UPDATE(event))
		append_rows(sql, job, quote_identifier(job->trigger->tgoldtable), false,
					condition, columns);
}

#define ADDED	"coalesce(crm_activity_agg(day, amount, events) FILTER (WHERE added), '{}')"
#define REMOVED	"coalesce(crm_activity_agg(day, amount, events) FILTER (WHERE NOT added), '{}')"

static const char *
ledger_difference(const crm_job *job)
{
	TriggerEvent event = job->data->tg_event;

	if (TRIGGER_FIRED_BY_UPDATE(event))
		return ADDED " - " REMOVED;
	if (TRIGGER_FIRED_BY_DELETE(event))
		return job->is_single ? "'{}' - crm_activity(day, amount, events)" :
			"'{}' - crm_activity_agg(day, amount, events)";
	return job->is_single ? "crm_activity(day, amount, events)" :
		"crm_activity_agg(day, amount, events)";
}

static void
append_key_columns(StringInfo sql, const crm_job *job)
{
	for (int i = 0; i < job->key_count; i++)
		appendStringInfo(sql, "%s%s", i > 0 ? ", " : "", job->key_columns[i]);
}

/*
 * What each ledger gains and loses. A single row, which is what most
 * statements of an application come with, needs no aggregate; to set one up
 * takes longer than all the rest.
 */
static void
append_differences(StringInfo sql, const crm_job *job)
{
	StringInfoData columns;

	initStringInfo(&columns);
	appendStringInfo(&columns, "(%s\n) AS day, CAST((%s\n) AS numeric) AS amount, "
					 "CAST((%s\n) AS integer) AS events, ",
					 job->args[DAY], job->args[AMOUNT], job->args[EVENTS]);
	appendStringInfoString(sql, "SELECT ");
	append_keys(sql, job, ", ", "");
	appendStringInfo(sql, ", %s AS difference, %s AS is_reduced FROM (",
					 ledger_difference(job),
					 TRIGGER_FIRED_BY_UPDATE(job->data->tg_event) ?
					 "bool_or(NOT added)" :
					 TRIGGER_FIRED_BY_DELETE(job->data->tg_event) ? "true" : "false");
	append_changed_rows(sql, job, job->args[CONDITION], columns.data);
	appendStringInfoString(sql, ") AS rows WHERE ");
	append_keys(sql, job, " AND ", " IS NOT NULL");
	if (!job->is_single)
	{
		appendStringInfoString(sql, " GROUP BY ");
		append_keys(sql, job, ", ", "");
	}
}

/*
 * What is taken back has been added, so its ledger is there, unless it was
 * erased: then it must not come back, less what is taken from it now.
 */
static void
append_known_only(StringInfo sql, const crm_job *job)
{
	appendStringInfo(sql, " AND (NOT is_reduced OR EXISTS (SELECT FROM %s AS known WHERE true",
					 job->target_name);
	for (int i = 0; i < job->key_count; i++)
		appendStringInfo(sql, " AND known.%s = key%d", job->key_columns[i],
						 i + 1);
	appendStringInfoString(sql, "))");
}

/* In the order of keys. Returns the keys of ledgers with nothing left. */
static char *
ledger_follow_query(const crm_job *job)
{
	const char *column = quote_identifier(job->args[LEDGER_COLUMN]);
	bool		may_empty = TRIGGER_FIRED_BY_UPDATE(job->data->tg_event) ||
		TRIGGER_FIRED_BY_DELETE(job->data->tg_event);
	StringInfoData sql;

	initStringInfo(&sql);
	if (may_empty)
		appendStringInfoString(&sql, "WITH written AS (");
	appendStringInfo(&sql, "INSERT INTO %s AS ledger (", job->target_name);
	append_key_columns(&sql, job);
	appendStringInfo(&sql, ", %s) SELECT ", column);
	append_keys(&sql, job, ", ", "");
	appendStringInfoString(&sql, ", difference FROM (");
	append_differences(&sql, job);
	appendStringInfoString(&sql, ") AS changed WHERE difference <> '{}'");
	if (may_empty)
		append_known_only(&sql, job);
	appendStringInfoString(&sql, " ORDER BY ");
	append_keys(&sql, job, ", ", "");
	appendStringInfoString(&sql, " ON CONFLICT (");
	append_key_columns(&sql, job);
	appendStringInfo(&sql, ") DO UPDATE SET %s = ledger.%s + excluded.%s",
					 column, column, column);
	if (may_empty)
	{
		appendStringInfoString(&sql, " RETURNING ");
		append_key_columns(&sql, job);
		appendStringInfo(&sql, ", ledger.%s = '{}' AS is_empty) SELECT ", column);
		append_key_columns(&sql, job);
		appendStringInfoString(&sql, " FROM written WHERE is_empty");
	}
	return sql.data;
}

static char *
ledger_erase_query(const crm_job *job)
{
	StringInfoData sql;

	initStringInfo(&sql);
	appendStringInfo(&sql, "DELETE FROM %s WHERE %s = '{}'", job->target_name,
					 quote_identifier(job->args[LEDGER_COLUMN]));
	for (int i = 0; i < job->key_count; i++)
		appendStringInfo(&sql, " AND %s = $%d", job->key_columns[i], i + 1);
	return sql.data;
}

const crm_queries crm_ledger_queries = {
	.follow = ledger_follow_query,
	.erase = ledger_erase_query
};

/* Only which customers changed, for crm_refresh to look at later */

static char *
queue_follow_query(const crm_job *job)
{
	StringInfoData sql;

	initStringInfo(&sql);
	appendStringInfo(&sql, "INSERT INTO %s (customer_id) ", job->target_name);
	if (TRIGGER_FIRED_BY_TRUNCATE(job->data->tg_event))
		appendStringInfoString(&sql, "VALUES (NULL)");
	else
	{
		appendStringInfoString(&sql, "SELECT DISTINCT key1 FROM (");
		append_changed_rows(&sql, job, job->args[QUEUE_CONDITION], "");
		appendStringInfoString(&sql, ") AS rows WHERE key1 IS NOT NULL");
	}
	return sql.data;
}

const crm_queries crm_queue_queries = {
	.follow = queue_follow_query
};
