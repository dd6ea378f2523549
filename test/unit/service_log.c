/*
 * service_log.c
 *		Logs against reading them by hand.
 */
#include "tap.h"

#include "core/service/log.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static int64_t
all_of_it(void *arg, int64_t from, int64_t to)
{
	(void) arg;
	return (to - from) / 2;
}

static crm_log_entry
entry(int64_t at, int flags, int32_t who)
{
	crm_log_entry made = {0};

	made.at = at;
	made.flags = (uint8_t) flags;
	made.who = who;
	return made;
}

static void
turns(void)
{
	const crm_log_entry said[] = {
		entry(1, CRM_LOG_REPLY, -1), entry(2, 0, -1), entry(3, 0, -1),
	entry(3, CRM_LOG_REPLY, -1), entry(3, CRM_LOG_REPLY, -1), entry(9, 0, -1)};
	crm_log_turn turn[6];

	ok(crm_log_turns(said, 0, turn) == 0, "no messages, no turns");
	ok(crm_log_turns(said, 1, turn) == 0, "a reply alone is none");
	ok(crm_log_turns(said, COUNT(said), turn) == 2, "two turns");
	ok(turn[0].asked == 1 && turn[0].replied == 3 && !turn[0].is_first, "from the first question to the first reply");
	ok(turn[1].asked == 5 && turn[1].replied == -1, "an open one");
	ok(crm_log_turns(said + 5, 1, turn) == 1 && turn[0].is_first, "the first of a case");
}

static void
cycles(void)
{
	const crm_log_entry states[] = {
		entry(0, 0, -1), entry(10, CRM_LOG_WAITING, -1), entry(30, CRM_LOG_DONE, -1),
	entry(40, CRM_LOG_DONE | CRM_LOG_CLOSED, -1), entry(50, 0, -1), entry(60, CRM_LOG_WAITING, -1)};
	crm_log_cycle cycle[6];
	crm_log_end end = crm_log_ends(states, COUNT(states));

	ok(end.resolved == 2 && end.closed == 3 && end.done_since == -1, "resolved, closed, and open again");
	ok(end.closed_since == -1 && crm_log_ends(states, 4).closed_since == 3, "closed, until it is open again");
	ok(crm_log_ends(states, 4).done_since == 2, "done since it was resolved, however often that is said");
	ok(crm_log_ends(states, 0).resolved == -1, "without states nothing");
	ok(crm_log_cycles(states, COUNT(states), 100, all_of_it, NULL, cycle) == 2, "two cycles");
	ok(cycle[0].started == 0 && cycle[0].resolved == 2 && cycle[0].paused == 20 && cycle[0].paused_business == 10 &&
	   !cycle[0].is_paused, "the first");
	ok(cycle[1].started == 4 && cycle[1].resolved == -1 && cycle[1].paused == 40 && cycle[1].is_paused, "the second");
}

static void
open_stays(void)
{
	const crm_log_entry states[] = {
		entry(0, 0, -1), entry(30, CRM_LOG_DONE, -1), entry(50, 0, -1), entry(60, CRM_LOG_WAITING, -1),
	entry(80, 0, -1)};
	crm_log_stay stay[5];

	ok(crm_log_open_stays(states, 0, 100, all_of_it, NULL, stay) == 0, "without states none");
	ok(crm_log_open_stays(states, 2, 100, all_of_it, NULL, stay) == 0, "none of a case that is done");
	ok(crm_log_open_stays(states, 1, 100, all_of_it, NULL, stay) == 1 && stay[0].entry == 0 && stay[0].used == 100,
	   "the first until now");
	ok(crm_log_open_stays(states, COUNT(states), 100, all_of_it, NULL, stay) == 3, "three since it was done");
	ok(stay[0].entry == 2 && stay[0].used == 10 && stay[0].used_business == 5, "the time until the next");
	ok(stay[1].entry == 3 && stay[1].used == 10 && stay[1].used_business == 5, "a pause is not used");
	ok(stay[2].entry == 4 && stay[2].used == 30 && stay[2].used_business == 15, "the last until now");
}

static void
spans(void)
{
	ok(crm_log_span(INT64_MIN, INT64_MAX) == INT64_MAX && crm_log_span(5, 3) == 0,
	   "a span that is too long, or negative");
}

static void
holders(void)
{
	const crm_log_entry states[] = {
	entry(0, 0, 0), entry(1, 0, 0), entry(2, 0, -1), entry(3, 0, 1), entry(4, 0, 0), entry(5, 0, 2)};
	crm_log_holding holding = crm_log_holders(states, COUNT(states));

	ok(holding.runs == 4 && holding.ping_pongs == 1, "A A - B A C: four runs, one ping-pong");
	holding = crm_log_holders(states + 2, 1);
	ok(holding.runs == 0 && holding.ping_pongs == 0, "nobody");
}

static void
talks(void)
{
	const crm_log_entry said[] = {
	entry(0, CRM_LOG_IN, 0), entry(5, CRM_LOG_OUT, 1), entry(10, 0, 0), entry(16, CRM_LOG_IN, 0), entry(16, 0, -1)};
	uint64_t	seen[2] = {0, 0};
	crm_log_talk talk = crm_log_next_talk(said, COUNT(said), 0, 5, seen);

	ok(talk.last == 2 && talk.in_count == 1 && talk.out_count == 1 && talk.staff_count == 2,
	   "a gap as long as it may be");
	talk = crm_log_next_talk(said, COUNT(said), 3, 5, seen);
	ok(talk.last == 4 && talk.in_count == 1 && talk.staff_count == 1, "and one that is longer");
}

int
main(void)
{
	turns();
	cycles();
	open_stays();
	spans();
	holders();
	talks();
	return done_testing();
}
