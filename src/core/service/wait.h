/*
 * wait.h
 *		What customers of a case wait for, each wait from its start to its end:
 *		a first reply, further ones, a resolution, one after a reopening.
 *
 * Times are instants in microseconds.
 */
#ifndef CRM_CORE_SERVICE_WAIT_H
#define CRM_CORE_SERVICE_WAIT_H

#include <stdbool.h>
#include <stdint.h>

/* An instant that may not have come. */
typedef struct crm_moment
{
	int64_t		at;
	bool		is_known;
} crm_moment;

/*
 * A wait is over when it ended, or was closed without a reply; else it lasts
 * until the instant that is looked from.
 */
typedef struct crm_wait
{
	int64_t		started;
	int64_t		until;
	crm_moment	ended;
	crm_moment	closed_unanswered;
} crm_wait;

/* The states of a case: see crm_log_end. */
typedef struct crm_wait_case
{
	crm_moment	closed_since;
	crm_moment	done_since;
	int64_t		now;			/* the instant that is looked from */
} crm_wait_case;

extern crm_wait crm_wait_first_reply(const crm_wait_case *of, int64_t asked,
									 crm_moment replied);
extern crm_wait crm_wait_next_reply(const crm_wait_case *of, int64_t asked,
									crm_moment replied);
extern crm_wait crm_wait_resolution(const crm_wait_case *of, int64_t from,
									crm_moment resolved);

#endif							/* CRM_CORE_SERVICE_WAIT_H */
