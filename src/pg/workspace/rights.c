/*
 * rights.c
 *		Whose rights a trigger may lend, and a call take.
 *
 * The answers hold for what is committed now: caches and catalogue scans see
 * that, where a query would go by the snapshot of its transaction, which is
 * old under REPEATABLE READ.
 */
#include "pg/support/extension.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/relation.h"
#include "access/table.h"
#include "access/xlog.h"
#include "catalog/namespace.h"
#include "catalog/partition.h"
#include "catalog/pg_class.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_trigger.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "parser/parse_func.h"
#include "storage/lmgr.h"
#include "utils/acl.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/rls.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"

PG_FUNCTION_INFO_V1(crm_owner_has_rights);
PG_FUNCTION_INFO_V1(crm_triggers_have_rights);
PG_FUNCTION_INFO_V1(crm_partitions_have_rights);
PG_FUNCTION_INFO_V1(crm_is_followed);
PG_FUNCTION_INFO_V1(crm_is_trigger_of);
PG_FUNCTION_INFO_V1(crm_check_workspace_rights);

static Oid
owner_of(Oid relation)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relation));
	Oid			owner;

	if (!HeapTupleIsValid(tuple))
		return InvalidOid;
	owner = ((Form_pg_class) GETSTRUCT(tuple))->relowner;
	ReleaseSysCache(tuple);
	return owner;
}

/*
 * Whether the owner of a relation may act as the current user. Trigger
 * functions ask it at every statement, so it looks no further than the caches.
 */
Datum
crm_owner_has_rights(PG_FUNCTION_ARGS)
{
	Oid			owner = owner_of(PG_GETARG_OID(0));

	if (!OidIsValid(owner))
		PG_RETURN_NULL();
	PG_RETURN_BOOL(has_privs_of_role(owner, GetUserId()));
}

static bool
function_owner_has_rights(Oid function)
{
	HeapTuple	tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(function));
	Oid			owner;

	if (!HeapTupleIsValid(tuple))
		return false;
	owner = ((Form_pg_proc) GETSTRUCT(tuple))->proowner;
	ReleaseSysCache(tuple);
	return has_privs_of_role(owner, GetUserId());
}

/*
 * Whether all that a write to a relation would start belongs to somebody who
 * may act as the current user: the right TRIGGER alone must not lend theirs.
 * Whoever has its owner's rights takes the lock of a write and keeps it, so
 * that nobody makes a trigger between the answer and the write; it costs that
 * write its lock.
 */
Datum
crm_triggers_have_rights(PG_FUNCTION_ARGS)
{
	Oid			owner = owner_of(PG_GETARG_OID(0));
	bool		keep = !RecoveryInProgress() && OidIsValid(owner) &&
		has_privs_of_role(GetUserId(), owner);
	Relation	relation = try_relation_open(PG_GETARG_OID(0), keep
											 ? RowExclusiveLock
											 : AccessShareLock);
	TriggerDesc *triggers;
	bool		answer = true;
	int			i;

	if (relation == NULL)
		PG_RETURN_NULL();
	triggers = relation->trigdesc;
	for (i = 0; triggers != NULL && answer && i < triggers->numtriggers; i++)
		answer = function_owner_has_rights(triggers->triggers[i].tgfoid);
	relation_close(relation, keep ? NoLock : AccessShareLock);
	PG_RETURN_BOOL(answer);
}

/*
 * Whether the trigger calls a function in the schema of that name: it may have
 * been renamed, and the name be another's. As cheap as those above.
 */
Datum
crm_is_trigger_of(PG_FUNCTION_ARGS)
{
	Relation	relation = try_relation_open(PG_GETARG_OID(0), AccessShareLock);
	const char *name = NameStr(*PG_GETARG_NAME(1));
	Oid			schema = get_namespace_oid(NameStr(*PG_GETARG_NAME(2)), true);
	TriggerDesc *triggers;
	bool		answer = false;

	if (relation == NULL)
		PG_RETURN_NULL();
	triggers = relation->trigdesc;
	for (int i = 0; triggers != NULL && !answer && i < triggers->numtriggers; i++)
		answer = strcmp(triggers->triggers[i].tgname, name) == 0 &&
			get_func_namespace(triggers->triggers[i].tgfoid) == schema;
	relation_close(relation, AccessShareLock);
	PG_RETURN_BOOL(answer);
}

/* The whole table that a partition belongs to; invalid for what is none. */
static Oid
whole_table_of(Oid partition)
{
	List	   *ancestors = get_partition_ancestors(partition);

	return ancestors == NIL ? InvalidOid : llast_oid(ancestors);
}

/*
 * Whether all of a partitioned table can be read without running anything of
 * somebody who may not act as the current user. Whoever may read it gets its
 * locks with the answer: no partition changes its owner before they are read.
 */
Datum
crm_partitions_have_rights(PG_FUNCTION_ARGS)
{
	Oid			whole = whole_table_of(PG_GETARG_OID(0));
	List	   *parts;
	ListCell   *cell;
	bool		answer;

	if (!OidIsValid(whole))
		whole = PG_GETARG_OID(0);
	if (!OidIsValid(owner_of(whole)))
		PG_RETURN_NULL();
	if (pg_class_aclcheck(whole, GetUserId(), ACL_SELECT) != ACLCHECK_OK)
		PG_RETURN_BOOL(false);
	LockRelationOid(whole, AccessShareLock);
	parts = find_all_inheritors(whole, AccessShareLock, NULL);
	answer = check_enable_rls(whole, InvalidOid, true) != RLS_ENABLED;
	foreach(cell, parts)
		answer = answer &&
		has_privs_of_role(owner_of(lfirst_oid(cell)), GetUserId());
	PG_RETURN_BOOL(answer);
}

/*
 * Whether the whole table that a partition belongs to has a trigger of this
 * name which is its own, not one that it got as somebody's partition.
 */
Datum
crm_is_followed(PG_FUNCTION_ARGS)
{
	Oid			whole = whole_table_of(PG_GETARG_OID(0));
	Relation	triggers = table_open(TriggerRelationId, AccessShareLock);
	ScanKeyData key[2];
	SysScanDesc scan;
	HeapTuple	tuple;
	bool		answer;

	ScanKeyInit(&key[0], Anum_pg_trigger_tgrelid, BTEqualStrategyNumber,
				F_OIDEQ, ObjectIdGetDatum(whole));
	ScanKeyInit(&key[1], Anum_pg_trigger_tgname, BTEqualStrategyNumber,
				F_NAMEEQ, PG_GETARG_DATUM(1));
	scan = systable_beginscan(triggers, TriggerRelidNameIndexId, true, NULL,
							  2, key);
	tuple = systable_getnext(scan);
	answer = HeapTupleIsValid(tuple) &&
		((Form_pg_trigger) GETSTRUCT(tuple))->tgnargs == 0;
	systable_endscan(scan);
	table_close(triggers, AccessShareLock);
	PG_RETURN_BOOL(answer);
}

/*
 * crm_check_others() under a snapshot of its own, taken after the locks that
 * the caller has: whoever looks by that of an old transaction would see rights
 * as they were.
 */
Datum
crm_check_workspace_rights(PG_FUNCTION_ARGS)
{
	Oid			namespace = get_func_namespace(fcinfo->flinfo->fn_oid);
	Oid			type = TEXTOID;
	List	   *name = list_make2(makeString(get_namespace_name(namespace)),
								  makeString(pstrdup("crm_check_others")));
	Oid			check = LookupFuncName(name, 1, &type, false);

	PushActiveSnapshot(GetLatestSnapshot());
	OidFunctionCall1Coll(check, DEFAULT_COLLATION_OID, PG_GETARG_DATUM(0));
	PopActiveSnapshot();
	PG_RETURN_VOID();
}
