/*
 * activity.h
 *		The ledger as a datum: a varlena whose bytes core/activity/activity.h describes.
 */
#ifndef CRM_PG_ACTIVITY_ACTIVITY_H
#define CRM_PG_ACTIVITY_ACTIVITY_H

#include "pg/support/extension.h"

#include "core/activity/activity.h"

typedef struct varlena crm_ledger;

#define PG_GETARG_LEDGER(n)		((crm_ledger *) PG_GETARG_VARLENA_PP(n))
#define LEDGER_BYTES(ledger)	((const uint8 *) VARDATA_ANY(ledger))
#define LEDGER_LENGTH(ledger)	((Size) VARSIZE_ANY_EXHDR(ledger))

extern crm_buffer *crm_buffer_create(int32 capacity);
extern int32 crm_buffer_capacity(crm_buffer *buffer, int32 more);
extern void crm_buffer_finish(crm_buffer *buffer);
extern crm_buffer *crm_buffer_from_ledger(const crm_ledger *ledger);

extern crm_ledger *crm_ledger_from_entries(const crm_entry *entries,
										   int32 count);
extern crm_ledger *crm_ledger_from_buffer(crm_buffer *buffer);
extern crm_ledger *crm_ledger_combine(const crm_ledger *a,
									  const crm_ledger *b, bool subtract);

extern crm_measures crm_measures_of(const crm_ledger *ledger, int32 as_of);

extern void crm_check_ledger(crm_status status);

/* The same where a ledger was added to others: what may be out of range. */
extern void crm_check_total(crm_status status, const char *total);
extern void crm_check_day(int32 day);
extern int32 crm_getarg_as_of(FunctionCallInfo fcinfo, int n);
extern int32 crm_getarg_day(FunctionCallInfo fcinfo, int n, const char *name);
extern int32 crm_getarg_window_days(FunctionCallInfo fcinfo, int n);

/* An error where the amounts of a ledger are too large in all. */
extern void crm_check_amount(bool fits);
extern _Noreturn void crm_refuse_total(int32 day);

/*
 * A refund lowers money only: a row with a negative amount is no event. Rows
 * that take an event back (events < 0) are left as they are.
 */
static inline int32
crm_events_of(int32 events, int64 amount)
{
	return amount < 0 && events > 0 ? 0 : events;
}

#endif							/* CRM_PG_ACTIVITY_ACTIVITY_H */
