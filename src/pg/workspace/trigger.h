/*
 * trigger.h
 *		What a trigger that keeps ledgers knows of its work, and the SQL for it.
 */
#ifndef CRM_PG_WORKSPACE_TRIGGER_H
#define CRM_PG_WORKSPACE_TRIGGER_H

#include "pg/support/extension.h"

#include "commands/trigger.h"
#include "utils/rel.h"

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
	bool		is_single;		/* one row was inserted or deleted */
} crm_job;

/* What to run after a statement. */
typedef struct
{
	char	   *(*follow) (const crm_job *job);
	char	   *(*erase) (const crm_job *job);	/* of what follow returns */
} crm_queries;

extern const crm_queries crm_ledger_queries;
extern const crm_queries crm_queue_queries;

typedef struct
{
	Oid			user;
	int			security;
} crm_identity;

extern char *crm_trigger_signature(Relation table, const Trigger *trigger);
extern bool crm_owner_agreed(Oid trigger, const char *signature);
extern bool crm_in_hands_of(const char *schema, const char *table, Oid user);
extern void crm_become(Oid user, crm_identity *caller);
extern void crm_become_again(const crm_identity *caller);

#endif							/* CRM_PG_WORKSPACE_TRIGGER_H */
