/*
 * trigger.c
 *		Triggers that let ledgers follow a table, statement by statement.
 *
 * They act with the rights that rights.c finds.
 *
 * Ledgers are written in the order of their keys, so that two statements which
 * change the same customers wait for each other and not in a ring. A statement
 * that both inserts and updates (ON CONFLICT DO UPDATE, MERGE) fires two
 * triggers: two such can end in a deadlock, and one must be tried again.
 */
#include "pg/workspace/trigger.h"

#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/guc.h"
#include "utils/hsearch.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/regproc.h"
#include "utils/syscache.h"

PG_FUNCTION_INFO_V1(crm_activity_trigger);
PG_FUNCTION_INFO_V1(crm_queue_trigger);

/* The plans of a trigger, for one kind of statement. */
typedef struct
{
	struct
	{
		Oid			trigger;
		TriggerEvent event;
		bool		is_single;
	}			key;
	char	   *signature;		/* of what the rest is about */
	bool		owner_agreed;
	SPIPlanPtr	follow;
	SPIPlanPtr	erase;			/* a ledger with nothing left in it */
} plans;

static HTAB *plan_cache = NULL;

/* Where the arguments point */

static void
refuse_trigger(crm_job *job, const char *reason, const char *hint)
{
	ereport(ERROR,
			(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
			 errmsg("trigger \"%s\" on table \"%s\": %s",
					job->trigger->tgname, RelationGetRelationName(job->table),
					reason),
			 errhint("%s", hint)));
}

/* The name is an argument: read it as identifiers, never as SQL. */
static List *
target_names(crm_job *job)
{
	List	   *names = NIL;

	if (job->trigger->tgnargs > 0)
		names = stringToQualifiedNameList(job->args[LEDGER_TABLE]
#if PG_VERSION_NUM >= 160000
										  ,NULL
#endif
			);
	if (list_length(names) != 2)
		refuse_trigger(job, "its first argument is not the name of a table with its schema",
					   "Write it as schema.table.");
	return names;
}

static void
find_target(crm_job *job)
{
	List	   *names = target_names(job);

	job->target = RangeVarGetRelid(makeRangeVarFromNameList(names), NoLock,
								   true);
	if (!OidIsValid(job->target))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("relation \"%s\" does not exist",
						job->args[LEDGER_TABLE]),
				 errhint("If a workspace was renamed run crm_upgrade_workspace, if it was dropped "
						 "crm_drop_workspace, with its present name; or drop the trigger.")));
	job->target_name = quote_qualified_identifier(strVal(linitial(names)),
												  strVal(lsecond(names)));
}

/* The type of a column of the target, which must exist. */
static Oid
target_type(crm_job *job, const char *column)
{
	AttrNumber	attnum = get_attnum(job->target, column);

	if (attnum == InvalidAttrNumber)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_COLUMN),
				 errmsg("column \"%s\" of %s does not exist", column,
						job->target_name),
				 errhint("The arguments of trigger \"%s\" on table \"%s\" name it.",
						 job->trigger->tgname,
						 RelationGetRelationName(job->table))));
	return get_atttype(job->target, attnum);
}

static void
add_key(crm_job *job, const char *column, char *expression)
{
	int			n = job->key_count++;

	job->key_types[n] = target_type(job, column);
	job->key_columns[n] = (char *) quote_identifier(column);
	job->key_expressions[n] = expression;
}

static void
find_ledgers(FunctionCallInfo fcinfo, crm_job *job)
{
	Oid			schema = get_func_namespace(fcinfo->flinfo->fn_oid);
	int			nargs = job->trigger->tgnargs - LEDGER_KEYS;

	if (nargs < 2 || nargs > 2 * MAX_KEYS || nargs % 2 != 0)
		refuse_trigger(job, "wrong number of arguments",
					   "They are: table and column of the ledgers, day, amount, events, condition, "
					   "then for each of up to 4 keys a column of the ledgers' table and an expression.");
	find_target(job);
	for (int i = 0; i < nargs; i += 2)
		add_key(job, job->args[LEDGER_KEYS + i], job->args[LEDGER_KEYS + i + 1]);
	if (target_type(job, job->args[LEDGER_COLUMN]) !=
		GetSysCacheOid2(TYPENAMENSP, Anum_pg_type_oid,
						CStringGetDatum("crm_activity"),
						ObjectIdGetDatum(schema)))
		refuse_trigger(job, "its column of ledgers is of another type",
					   "It must be of type crm_activity.");
}

static void
find_queue(FunctionCallInfo fcinfo, crm_job *job)
{
	(void) fcinfo;
	if (job->trigger->tgnargs != QUEUE_ARGUMENTS)
		refuse_trigger(job, "wrong number of arguments",
					   "They are: table of the queue, condition, expression of the customer's key.");
	find_target(job);
	add_key(job, "customer_id", job->args[QUEUE_KEY]);
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

static void
begin_job(FunctionCallInfo fcinfo, crm_job *job)
{
	TriggerData *data = (TriggerData *) fcinfo->context;
	TriggerEvent event;

	if (!CALLED_AS_TRIGGER(fcinfo))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("this function is a trigger's, and not to be called"),
				 errhint("See CREATE TRIGGER ... EXECUTE FUNCTION.")));
	memset(job, 0, sizeof(crm_job));
	job->data = data;
	job->trigger = data->tg_trigger;
	job->args = data->tg_trigger->tgargs;
	job->table = data->tg_relation;
	event = data->tg_event;
	if (!TRIGGER_FIRED_AFTER(event) || !TRIGGER_FIRED_FOR_STATEMENT(event))
		refuse_trigger(job, "must fire AFTER and FOR EACH STATEMENT",
					   "Make it so, with REFERENCING NEW TABLE and OLD TABLE.");
	if (((TRIGGER_FIRED_BY_INSERT(event) || TRIGGER_FIRED_BY_UPDATE(event)) &&
		 job->trigger->tgnewtable == NULL) ||
		((TRIGGER_FIRED_BY_DELETE(event) || TRIGGER_FIRED_BY_UPDATE(event)) &&
		 job->trigger->tgoldtable == NULL))
		refuse_trigger(job, "transition tables are missing",
					   "INSERT needs REFERENCING NEW TABLE, DELETE OLD TABLE, UPDATE both.");
	job->is_single = changed_one_row(data);
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
	crm_job    *job = arg;

	errcontext("trigger \"%s\", which keeps %s in step with table \"%s\"; "
			   "crm_change_sources tells a workspace how to read it",
			   job->trigger->tgname,
			   job->trigger->tgnargs > 0 ? job->args[LEDGER_TABLE] : "nothing",
			   RelationGetRelationName(job->table));
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
plans_entry(const crm_job *job)
{
	HASHCTL		info = {.keysize = sizeof(((plans *) NULL)->key),
	.entrysize = sizeof(plans)};
	plans		fresh;
	plans	   *entry;
	bool		found;

	if (plan_cache == NULL)
		plan_cache = hash_create("crm_ext trigger plans", 16, &info,
								 HASH_ELEM | HASH_BLOBS);
	memset(&fresh, 0, sizeof(fresh));
	fresh.key.trigger = job->trigger->tgoid;
	fresh.key.event = job->data->tg_event & TRIGGER_EVENT_OPMASK;
	fresh.key.is_single = job->is_single;
	entry = hash_search(plan_cache, &fresh.key, HASH_ENTER, &found);
	if (!found)
		*entry = fresh;
	return entry;
}

/*
 * Plans are kept, but for those after TRUNCATE: that query is about a table by
 * its name, and another table can have the name next time. A query that does
 * not parse is tried again: an entry counts when it has plans.
 */
static plans
find_plans(const crm_job *job, const crm_queries *q, plans *entry)
{
	plans		made = {0};

	if (entry->follow != NULL)
		return *entry;
	made.follow = prepare(q->follow(job), 0, NULL);
	if (q->erase != NULL)
		made.erase = prepare(q->erase(job), job->key_count,
							 (Oid *) job->key_types);
	if (TRIGGER_FIRED_BY_TRUNCATE(job->data->tg_event))
		return made;
	SPI_keepplan(made.follow);
	if (made.erase != NULL)
		SPI_keepplan(made.erase);
	entry->follow = made.follow;
	entry->erase = made.erase;
	return made;
}

/* From what a statement changed to what is kept */

static void
erase(SPIPlanPtr plan, HeapTuple row, TupleDesc description)
{
	Datum		keys[MAX_KEYS];
	bool		isnull;

	for (int i = 0; i < description->natts; i++)
		keys[i] = SPI_getbinval(row, description, i + 1, &isnull);
	SPI_execute_plan(plan, keys, NULL, false, 0);
}

static void
follow(const plans *p)
{
	SPITupleTable *empty;
	uint64		count;

	SPI_execute_plan(p->follow, NULL, NULL, false, 0);
	empty = SPI_tuptable;
	count = empty == NULL ? 0 : SPI_processed;
	for (uint64 i = 0; i < count; i++)
		erase(p->erase, empty->vals[i], empty->tupdesc);
}

/* What is known of a trigger counts as long as it says the same. */
static plans *
current_entry(const crm_job *job)
{
	plans	   *entry = plans_entry(job);
	char	   *signature = crm_trigger_signature(job->table, job->trigger);

	if (entry->signature != NULL && strcmp(entry->signature, signature) == 0)
		return entry;
	if (entry->follow != NULL)
		SPI_freeplan(entry->follow);
	if (entry->erase != NULL)
		SPI_freeplan(entry->erase);
	entry->follow = entry->erase = NULL;
	if (entry->signature != NULL)
		pfree(entry->signature);
	entry->signature = NULL;
	entry->owner_agreed = crm_owner_agreed(job->trigger->tgoid, signature);
	entry->signature = MemoryContextStrdup(TopMemoryContext, signature);
	return entry;
}

static Oid
acting_user(crm_job *job, const plans *entry)
{
	Oid			owner = job->table->rd_rel->relowner;
	List	   *names = target_names(job);

	return entry->owner_agreed &&
		crm_in_hands_of(strVal(linitial(names)), strVal(lsecond(names)), owner) ?
		owner : GetUserId();
}

/*
 * After TRUNCATE all is gone, but for what is found in the rest of the table.
 * The lock waits for who has added to that and not committed yet.
 */
static void
empty_target(const crm_job *job)
{
	SPI_execute(psprintf("LOCK TABLE %s IN EXCLUSIVE MODE", job->target_name),
				false, 0);
	SPI_execute(psprintf("DELETE FROM %s", job->target_name), false, 0);
}

static void
keep_in_step(FunctionCallInfo fcinfo, crm_job *job, const crm_queries *q,
			 void (*find) (FunctionCallInfo, crm_job *))
{
	plans	   *entry = current_entry(job);
	plans		p;
	crm_identity caller;

	crm_become(acting_user(job, entry), &caller);
	find(fcinfo, job);
	SPI_connect();
	SPI_register_trigger_data(job->data);
	if (q->erase != NULL && TRIGGER_FIRED_BY_TRUNCATE(job->data->tg_event))
		empty_target(job);
	p = find_plans(job, q, entry);
	follow(&p);
	SPI_finish();
	crm_become_again(&caller);
}

static Datum
fire(FunctionCallInfo fcinfo, const crm_queries *q,
	 void (*find) (FunctionCallInfo, crm_job *))
{
	crm_job		job;
	ErrorContextCallback context = {.callback = report_context,.arg = &job,
	.previous = error_context_stack};
	int			level;

	begin_job(fcinfo, &job);
	level = enter_search_path(fcinfo);
	error_context_stack = &context;
	keep_in_step(fcinfo, &job, q, find);
	error_context_stack = context.previous;
	AtEOXact_GUC(false, level);
	return PointerGetDatum(NULL);
}

Datum
crm_activity_trigger(PG_FUNCTION_ARGS)
{
	return fire(fcinfo, &crm_ledger_queries, find_ledgers);
}

Datum
crm_queue_trigger(PG_FUNCTION_ARGS)
{
	return fire(fcinfo, &crm_queue_queries, find_queue);
}
