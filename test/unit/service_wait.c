/*
 * service_wait.c
 *		Waits of a case against reading them by hand.
 */
#include "tap.h"

#include "core/service/wait.h"

static const crm_moment never = {0, false};

static crm_moment
at(int64_t instant)
{
	return (crm_moment) {instant, true};
}

static bool
is(crm_wait wait, int64_t started, int64_t until, bool is_ended, bool is_closed)
{
	return wait.started == started && wait.until == until && wait.ended.is_known == is_ended &&
		wait.closed_unanswered.is_known == is_closed;
}

int
main(void)
{
	const crm_wait_case open = {never, never, 100};
	const crm_wait_case done = {never, at(50), 100};
	const crm_wait_case closed = {at(50), at(40), 100};

	ok(is(crm_wait_first_reply(&open, 10, at(30)), 10, 30, true, false), "until the reply");
	ok(is(crm_wait_first_reply(&open, 10, at(5)), 10, 10, true, false), "a reply that was there before");
	ok(is(crm_wait_first_reply(&open, 10, never), 10, 100, false, false), "until now");
	ok(is(crm_wait_first_reply(&open, 110, never), 110, 110, false, false), "a question of tomorrow");
	ok(is(crm_wait_first_reply(&done, 10, never), 10, 50, false, true), "until it was done");
	ok(is(crm_wait_first_reply(&done, 50, never), 50, 50, false, true), "asked as it was done");
	ok(is(crm_wait_first_reply(&done, 51, never), 51, 100, false, false), "asked afterwards");
	ok(is(crm_wait_first_reply(&closed, 10, never), 10, 50, false, true), "until it was closed");
	ok(is(crm_wait_first_reply(&closed, 45, never), 45, 50, false, true), "asked as it was resolved already");
	ok(is(crm_wait_first_reply(&closed, 10, at(60)), 10, 60, true, false), "a reply after the end");
	ok(is(crm_wait_next_reply(&closed, 10, never), 10, 50, false, true), "a next one waits as long");
	ok(is(crm_wait_next_reply(&closed, 10, at(60)), 10, 60, true, false), "or until the reply");
	ok(is(crm_wait_next_reply(&closed, 60, never), 60, 100, false, false), "or until now");
	ok(is(crm_wait_resolution(&closed, 10, at(50)), 10, 50, true, false), "until it was resolved");
	ok(is(crm_wait_resolution(&closed, 60, never), 60, 100, false, false), "or until now");
	return done_testing();
}
