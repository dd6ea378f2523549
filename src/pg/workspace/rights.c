/*
 * rights.c
 *		With whose rights a trigger acts that keeps ledgers.
 *
 * Who may change orders need not have a right on ledgers. So the trigger acts
 * with the rights of the owner of the table that it stands on, as the triggers
 * of a foreign key do (ri_PerformCheck() in ri_triggers.c). But unlike those
 * it runs expressions, which anybody with the right TRIGGER can have written;
 * and what it writes to can have triggers of its own. So
 *
 * - the owner must have agreed to this very trigger: its comment, which nobody
 *	 else can write, has the seal of its definition (CREATE OR REPLACE TRIGGER
 *	 keeps the comment);
 * - whoever owns the ledgers must have the owner's rights anyhow.
 *
 * Otherwise it acts with the rights of whose statement it is.
 */
#include "pg/workspace/trigger.h"

#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_trigger.h"
#include "commands/comment.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/fmgrprotos.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

PG_FUNCTION_INFO_V1(crm_trigger_seal);

/* Every part with its length, so that no two definitions look the same. */
static void
append_part(StringInfo text, const char *part)
{
	if (part == NULL)
		appendStringInfoString(text, "-;");
	else
		appendStringInfo(text, "%zu:%s;", strlen(part), part);
}

/* By names, not OIDs: it must outlive a dump. The table may be renamed. */
char *
crm_trigger_signature(Relation table, const Trigger *trigger)
{
	StringInfoData text;

	initStringInfo(&text);
	append_part(&text, GetUserNameFromId(table->rd_rel->relowner, false));
	append_part(&text, get_func_name(trigger->tgfoid));
	appendStringInfo(&text, "%d;", trigger->tgtype);
	append_part(&text, trigger->tgoldtable);
	append_part(&text, trigger->tgnewtable);
	append_part(&text, trigger->tgqual);
	for (int i = 0; i < trigger->tgnargs; i++)
		append_part(&text, trigger->tgargs[i]);
	return text.data;
}

static char *
seal_of(const char *signature)
{
	text	   *bytes = cstring_to_text(signature);
	bytea	   *digest = DatumGetByteaPP(DirectFunctionCall1(sha256_bytea,
															 PointerGetDatum(bytes)));
	const unsigned char *byte = (const unsigned char *) VARDATA_ANY(digest);
	StringInfoData hex;

	initStringInfo(&hex);
	for (int i = 0; i < 16; i++)
		appendStringInfo(&hex, "%02x", byte[i]);
	return hex.data;
}

/* For the comment that says so; see crm_create_source_triggers(). */
Datum
crm_trigger_seal(PG_FUNCTION_ARGS)
{
	Relation	table = table_open(PG_GETARG_OID(0), AccessShareLock);
	char	   *name = text_to_cstring(PG_GETARG_TEXT_PP(1));
	text	   *seal = NULL;
	TriggerDesc *list = table->trigdesc;

	for (int i = 0; list != NULL && i < list->numtriggers; i++)
	{
		const Trigger *trigger = &list->triggers[i];

		if (strcmp(trigger->tgname, name) == 0)
			seal = cstring_to_text(seal_of(crm_trigger_signature(table, trigger)));
	}
	table_close(table, AccessShareLock);
	if (seal == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(seal);
}

bool
crm_owner_agreed(Oid trigger, const char *signature)
{
	char	   *comment = GetComment(trigger, TriggerRelationId, 0);

	return comment != NULL && strstr(comment, seal_of(signature)) != NULL;
}

static Oid
owner_of(int cache, Oid object)
{
	HeapTuple	row = SearchSysCache1(cache, ObjectIdGetDatum(object));
	Oid			owner;

	if (!HeapTupleIsValid(row))
		return InvalidOid;
	owner = cache == RELOID ? ((Form_pg_class) GETSTRUCT(row))->relowner :
		((Form_pg_namespace) GETSTRUCT(row))->nspowner;
	ReleaseSysCache(row);
	return owner;
}

/* Whether who owns a table, and the schema that it is in, has a user's rights. */
bool
crm_in_hands_of(const char *schema, const char *table, Oid user)
{
	Oid			schema_oid = get_namespace_oid(schema, true);
	Oid			relid = OidIsValid(schema_oid) ?
		get_relname_relid(table, schema_oid) : InvalidOid;
	Oid			table_owner,
				schema_owner;

	if (!OidIsValid(relid))
		return false;
	table_owner = owner_of(RELOID, relid);
	schema_owner = owner_of(NAMESPACEOID, schema_oid);
	return OidIsValid(table_owner) && OidIsValid(schema_owner) &&
		has_privs_of_role(table_owner, user) &&
		has_privs_of_role(schema_owner, user);
}

/* An error puts the caller back by itself: see AbortTransaction(). */
void
crm_become(Oid user, crm_identity *caller)
{
	GetUserIdAndSecContext(&caller->user, &caller->security);
	SetUserIdAndSecContext(user,
						   caller->security | SECURITY_LOCAL_USERID_CHANGE);
}

void
crm_become_again(const crm_identity *caller)
{
	SetUserIdAndSecContext(caller->user, caller->security);
}
