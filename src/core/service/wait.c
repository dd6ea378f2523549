/*
 * wait.c
 *		When a wait of a customer is over.
 */
#include "core/service/wait.h"

static const crm_moment never = {0, false};

static int64_t
or_else(crm_moment moment, int64_t otherwise)
{
	return moment.is_known ? moment.at : otherwise;
}

static crm_wait
wait_until(int64_t started, crm_moment ended, crm_moment closed_unanswered,
		   int64_t now)
{
	int64_t		until = or_else(ended, or_else(closed_unanswered, now));

	return (crm_wait) {started, until, ended, closed_unanswered};
}

static bool
is_from(crm_moment moment, int64_t start)
{
	return moment.is_known && moment.at >= start;
}

/*
 * When a question that nobody answered was given up. What is open again waits
 * still, as does a question that came after the end.
 */
static crm_moment
given_up(const crm_wait_case *of, int64_t asked, crm_moment replied)
{
	if (replied.is_known)
		return never;
	if (is_from(of->closed_since, asked))
		return of->closed_since;
	return is_from(of->done_since, asked) ? of->done_since : never;
}

/* A reply that was there before the question counts at once. */
crm_wait
crm_wait_first_reply(const crm_wait_case *of, int64_t asked, crm_moment replied)
{
	crm_wait	wait;

	if (replied.is_known && replied.at < asked)
		replied.at = asked;
	wait = wait_until(asked, replied, given_up(of, asked, replied), of->now);
	if (wait.until < asked)
		wait.until = asked;
	return wait;
}

crm_wait
crm_wait_next_reply(const crm_wait_case *of, int64_t asked, crm_moment replied)
{
	return wait_until(asked, replied, given_up(of, asked, replied), of->now);
}

crm_wait
crm_wait_resolution(const crm_wait_case *of, int64_t from, crm_moment resolved)
{
	return wait_until(from, resolved, never, of->now);
}
