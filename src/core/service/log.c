/*
 * log.c
 *		One pass over the log of a case or customer that is in order.
 */
#include "core/service/log.h"

#define NONE (-1)

/*
 * A turn ends with a reply. One without a question is none, such as a second
 * reply in a row.
 */
size_t
crm_log_turns(const crm_log_entry *entries, size_t count, crm_log_turn *turns)
{
	size_t		found = 0;
	int64_t		asked = NONE;
	bool		is_first = true;

	for (size_t i = 0; i < count; i++)
	{
		bool		is_reply = (entries[i].flags & CRM_LOG_REPLY) != 0;

		if (!is_reply && asked == NONE)
			asked = (int64_t) i;
		if (!is_reply)
			continue;
		if (asked != NONE)
			turns[found++] = (crm_log_turn) {asked, (int64_t) i, is_first};
		asked = NONE;
		is_first = false;
	}
	if (asked != NONE)
		turns[found++] = (crm_log_turn) {asked, NONE, is_first};
	return found;
}

static void
set_first(int64_t *first, bool is_so, size_t i)
{
	if (is_so && *first == NONE)
		*first = (int64_t) i;
}

crm_log_end
crm_log_ends(const crm_log_entry *entries, size_t count)
{
	crm_log_end end = {NONE, NONE, NONE, NONE};

	for (size_t i = 0; i < count; i++)
	{
		bool		is_done = (entries[i].flags & CRM_LOG_DONE) != 0;
		bool		is_closed = (entries[i].flags & CRM_LOG_CLOSED) != 0;

		if (!is_done)
			end.done_since = end.closed_since = NONE;
		set_first(&end.resolved, is_done, i);
		set_first(&end.done_since, is_done, i);
		set_first(&end.closed, is_closed, i);
		set_first(&end.closed_since, is_done && is_closed, i);
	}
	return end;
}

int64_t
crm_log_span(int64_t from, int64_t to)
{
	uint64_t	span = to > from ? (uint64_t) to - (uint64_t) from : 0;

	return span < INT64_MAX ? (int64_t) span : INT64_MAX;
}

static int64_t
plus(int64_t sum, int64_t span)
{
	return sum < INT64_MAX - span ? sum + span : INT64_MAX;
}

/* A state lasts until the next, the last one until the instant until. */
static void
add_pause(const crm_log_entry *entries, size_t count, size_t i, int64_t until,
		  crm_log_business business, void *business_arg, crm_log_cycle *cycle)
{
	int64_t		from = entries[i].at;
	int64_t		to = i + 1 < count ? entries[i + 1].at : until;

	cycle->paused = plus(cycle->paused, crm_log_span(from, to));
	cycle->paused_business = plus(cycle->paused_business,
								  business(business_arg, from, to));
	cycle->is_paused = i + 1 == count;
	cycle->ended_in_pause = to > from && !cycle->is_paused &&
		(entries[i + 1].flags & CRM_LOG_DONE) != 0;
}

size_t
crm_log_cycles(const crm_log_entry *entries, size_t count, int64_t until,
			   crm_log_business business, void *business_arg,
			   crm_log_cycle *cycles)
{
	size_t		found = 0;
	bool		was_done = false;

	for (size_t i = 0; i < count; i++)
	{
		bool		is_done = (entries[i].flags & CRM_LOG_DONE) != 0;
		crm_log_cycle *cycle;

		if (i == 0 || (was_done && !is_done))
			cycles[found++] = (crm_log_cycle) {.started = (int64_t) i, .resolved = NONE};
		cycle = &cycles[found - 1];
		if (is_done && cycle->resolved == NONE)
			cycle->resolved = (int64_t) i;
		if ((entries[i].flags & CRM_LOG_WAITING) != 0)
			add_pause(entries, count, i, until, business, business_arg, cycle);
		was_done = is_done;
	}
	return found;
}

static size_t
after_last_done(const crm_log_entry *entries, size_t count)
{
	size_t		first = count;

	while (first > 0 && (entries[first - 1].flags & CRM_LOG_DONE) == 0)
		first--;
	return first;
}

size_t
crm_log_open_stays(const crm_log_entry *entries, size_t count, int64_t until,
				   crm_log_business business, void *business_arg,
				   crm_log_stay *stays)
{
	size_t		found = 0;
	crm_log_stay stay = {NONE, 0, 0};

	for (size_t i = after_last_done(entries, count); i < count; i++)
	{
		int64_t		from = entries[i].at;
		int64_t		to = i + 1 < count ? entries[i + 1].at : until;

		stay.entry = (int64_t) i;
		if ((entries[i].flags & CRM_LOG_WAITING) == 0)
		{
			stay.used = plus(stay.used, crm_log_span(from, to));
			stay.used_business = plus(stay.used_business,
									  business(business_arg, from, to));
		}
		stays[found++] = stay;
	}
	return found;
}

crm_log_holding
crm_log_holders(const crm_log_entry *entries, size_t count)
{
	crm_log_holding holding = {0, 0};
	int32_t		last = NONE;
	int32_t		before_last = NONE;

	for (size_t i = 0; i < count; i++)
	{
		int32_t		who = entries[i].who;

		if (who == NONE || who == last)
			continue;
		holding.runs++;
		holding.ping_pongs += who == before_last;
		before_last = last;
		last = who;
	}
	return holding;
}

crm_log_talk
crm_log_next_talk(const crm_log_entry *entries, size_t count, size_t first,
				  int64_t gap, uint64_t *seen)
{
	crm_log_talk talk = {first, first, 0, 0, 0};

	for (size_t i = first; i < count; i++)
	{
		int32_t		who = entries[i].who;

		if (i > first && crm_log_span(entries[i - 1].at, entries[i].at) > gap)
			break;
		talk.last = i;
		talk.in_count += (entries[i].flags & CRM_LOG_IN) != 0;
		talk.out_count += (entries[i].flags & CRM_LOG_OUT) != 0;
		if (who == NONE || seen[who] == first + 1)
			continue;
		seen[who] = first + 1;
		talk.staff_count++;
	}
	return talk;
}
