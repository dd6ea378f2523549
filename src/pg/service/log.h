/*
 * log.h
 *		The state of aggregates that read the log of a case, or of a customer.
 */
#ifndef CRM_PG_SERVICE_LOG_H
#define CRM_PG_SERVICE_LOG_H

#include "pg/support/aggregate.h"

#include "datatype/timestamp.h"
#include "utils/timestamp.h"

#include "core/service/log.h"

/*
 * Entries as they came, and what is asked of them, which is the same in every
 * row that has one. They are put in order when they are read, which costs
 * nothing where they came in it.
 */
typedef struct log_state
{
	MemoryContext context;
	crm_log_entry *entries;
	int64		count;
	int64		max;
	bool		is_ordered;
	int64		until;			/* of cycles */
	struct varlena *calendar;
	double		gap;			/* of conversations, in seconds */
} log_state;

/* Of a transition: the state in argument 0, new where there is none. */
extern log_state *crm_log_getarg(FunctionCallInfo fcinfo);

/*
 * What is asked, before the row's entry is added: an error unless it is what
 * the rows before asked.
 */
extern void crm_log_ask_gap(log_state *log, double gap);
extern void crm_log_ask_until(log_state *log, int64 until);
extern void crm_log_ask_calendar(log_state *log, struct varlena *calendar);

/* Room for an entry that happened at an instant; the rest of it is empty. */
extern crm_log_entry *crm_log_add(log_state *log, int64 at);

/* Argument n, a text or NULL, for as long as the state lives. */
extern const void *crm_log_getarg_text(FunctionCallInfo fcinfo, int n,
									   log_state *log);

/* The last entry is complete. */
extern void crm_log_settle(FunctionCallInfo fcinfo, log_state *log);

/* Of a final function: the log in order, or NULL where there is none. */
extern log_state *crm_log_getarg_ordered(FunctionCallInfo fcinfo);

/* Gives equal names one number, from 0 on; answers how many there are. */
extern int32 crm_log_number_names(log_state *log);

/* The attributes of a row type, which its owner may have altered. */
#define LOG_FIELDS_MAX	10

typedef struct log_row_type
{
	int			count;
	Oid			types[LOG_FIELDS_MAX];
} log_row_type;

extern const log_row_type crm_log_turn_type;
extern const log_row_type crm_log_cycle_type;

/* In the current context; an error where the type is not as expected. */
extern TupleDesc crm_log_row_desc(Oid type, const log_row_type *expected);

/* An array of rows of the element type of what the function returns. */
typedef struct log_rows
{
	TupleDesc	desc;
	Oid			type;
	void	   *kept;			/* for crm_once_of() */
	void	   *lookup;			/* what else is looked up once, or NULL */
} log_rows;

extern log_rows *crm_log_rows(FunctionCallInfo fcinfo,
							  const log_row_type *expected);
extern Datum crm_log_row(const log_rows *rows, Datum *values, bool *nulls);
extern Datum crm_log_array(const log_rows *rows, Datum *elements, int64 count);

#endif							/* CRM_PG_SERVICE_LOG_H */
