/*
 * calendar.c
 *		Calendars as text, and working time held against a walk by minutes
 *		through made-up zones that change their offset in every way.
 */
#include "core/calendar/calendar.h"

#include <stdlib.h>

#include "shared.h"
#include "tap.h"

#define MINUTE			(60 * CRM_MICROS)
#define HOUR			(60 * MINUTE)
#define MINUTES_A_DAY	1440
#define NO_END			INT64_MAX

typedef struct parsed
{
	crm_calendar calendar;
	crm_text_fault fault;
	crm_status	status;
	char	   *text;			/* canonical, where it parsed */
} parsed;

static parsed
parse(const char *text)
{
	parsed		p = {0};
	size_t		length;

	crm_calendar_room(text, &p.calendar.openings_max,
					  &p.calendar.closures_max);
	p.calendar.openings = malloc(p.calendar.openings_max *
								 sizeof(crm_opening) + 1);
	p.calendar.closures = malloc(p.calendar.closures_max *
								 sizeof(crm_closure) + 1);
	p.status = crm_calendar_parse(text, &p.calendar, &p.fault);
	if (p.status == CRM_OK)
	{
		p.text = malloc(crm_calendar_text_bound(&p.calendar,
												p.calendar.zone_length) + 1);
		length = crm_calendar_text(&p.calendar, p.calendar.zone,
								   p.calendar.zone_length, p.text);
		p.text[length] = '\0';
	}
	return p;
}

static void
release(parsed *p)
{
	free(p->calendar.openings);
	free(p->calendar.closures);
	free(p->text);
}

static const char *const canonical[][2] = {
	{"Europe/Rome; mon-fri 09:00-18:00; sat 10:00-13:00; closed 2024-12-25, 2024-12-26", NULL},
	{"UTC", NULL},
	{" UTC ; ", "UTC"},
	{"UTC; mon-sun 00:00-24:00", NULL},
	{"UTC;MON-Friday 9:00-18:00;", "UTC; mon-fri 09:00-18:00"},
	{"UTC; fri, mon 08:00-09:00", "UTC; mon, fri 08:00-09:00"},
	{"UTC; sat-mon 08:00-09:00", "UTC; mon, sat-sun 08:00-09:00"},
	{"UTC; tue 14:00-18:00 9:00-13:00", "UTC; tue 09:00-13:00, 14:00-18:00"},
	{"UTC; tue 09:00-12:00, 11:00-13:00, 13:00-14:00", "UTC; tue 09:00-14:00"},
	{"UTC; mon-fri 09:00-12:00; tue 12:00-13:00", "UTC; mon, wed-fri 09:00-12:00; tue 09:00-13:00"},
	{"UTC; tue 22:00-6:00", "UTC; tue 22:00-06:00"},
	{"UTC; tue 22:00-30:00", "UTC; tue 22:00-06:00"},
	{"UTC; tue 22:00-0:00", "UTC; tue 22:00-24:00"},
	{"UTC; tue 09:00-33:00", "UTC; tue 09:00-33:00"},
	{"UTC; tue 09:00-40:00", "UTC; tue 09:00-40:00"},
	{"UTC; tue 09:00:30-18:00", NULL},
	{"UTC; closed 2024-12-26, 2024-12-25 2024-12-25", "UTC; closed 2024-12-25, 2024-12-26"},
	{"UTC; closed 2024-12-24..2024-12-26", NULL},
	{"UTC; closed 2024-12-24-2024-12-26", "UTC; closed 2024-12-24..2024-12-26"},
	{"UTC; closed 2024-12-24 to 2024-12-26", "UTC; closed 2024-12-24..2024-12-26"},
	{"UTC; closed 2024-12-24/2024-12-26", "UTC; closed 2024-12-24..2024-12-26"},
	{"UTC; closed 2024-12-24..2024-12-26; closed 2024-12-27", "UTC; closed 2024-12-24..2024-12-27"},
	{"UTC; open 2024-12-24 9:00-12:00, 2024-12-31 9:00-10:00 11:00-12:00; closed 2024-12-24",
	"UTC; closed 2024-12-24; open 2024-12-24 09:00-12:00; open 2024-12-31 09:00-10:00, 11:00-12:00"},
	{"UTC; closed 0001-01-01, 9999-12-31", NULL},
};

static const char *const refused[][2] = {
	{"", ""},
	{"; mon 9:00-10:00", "; mon 9:00-10:00"},
	{"UTC; mon", ""},
	{"UTC; mon-", ""},
	{"UTC; mon-xyz 9:00-10:00", "xyz 9:00-10:00"},
	{"UTC; mond 9:00-10:00", "mond 9:00-10:00"},
	{"UTC; 9:00-10:00", "9:00-10:00"},
	{"UTC; mon 9-10", "9-10"},
	{"UTC; mon 9:60-10:00", "9:60-10:00"},
	{"UTC; mon 9:00-", "9:00-"},
	{"UTC; mon 9:00-48:01", "9:00-48:01"},
	{"UTC; mon 24:00-25:00", "24:00-25:00"},
	{"UTC; mon 9:00-9:00", "9:00-9:00"},
	{"UTC; mon 9:00-10:00 sat 9:00-10:00", "sat 9:00-10:00"},
	{"UTC; closed", ""},
	{"UTC; closed 2024-02-30", "2024-02-30"},
	{"UTC; closed 24-12-25", "24-12-25"},
	{"UTC; closed 2024-12-26..2024-12-25", "2024-12-26..2024-12-25"},
	{"UTC; open 2024-12-24", ""},
	{"UTC; open 09:00-10:00", "09:00-10:00"},
	{"UTC; closed 12024-12-25", "12024-12-25"},
	{"UTC; shut 2024-12-25", "shut 2024-12-25"},
	{"UTC; mon 9:00-10:00; ; ", "; "},
	{"U\tC", "\tC"},
};

static void
test_text(void)
{
	for (size_t i = 0; i < sizeof(canonical) / sizeof(*canonical); i++)
	{
		const char *want = canonical[i][1] ? canonical[i][1] : canonical[i][0];
		parsed		p = parse(canonical[i][0]);

		if (ok(p.status == CRM_OK, "parses: %s", canonical[i][0]))
			is_text(p.text, want, "and is written");
		else
			printf("# %s at %s\n", p.fault.reason, p.fault.at);
		release(&p);
	}
	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++)
	{
		parsed		p = parse(refused[i][0]);

		ok(p.status == CRM_BAD_TEXT, "refused: %s", refused[i][0]);
		is_text(p.fault.at ? p.fault.at : "", refused[i][1], p.fault.reason);
		release(&p);
	}
}

static void
test_limits(void)
{
	size_t		size = CRM_OPENINGS_MAX * 20;
	char	   *text = malloc(size);
	char	   *at = text + sprintf(text, "UTC; mon 00:00-00:01");
	parsed		p;

	for (int i = 1; i <= CRM_OPENINGS_MAX - 50; i++)
		at += sprintf(at, ", %02d:%02d-24:00", i / 60 % 24, i % 60);
	p = parse(text);
	is_int(p.status, CRM_OK, "many intervals parse");
	is_text(p.text, "UTC; mon 00:00-24:00", "into the one that they are");
	release(&p);
	for (int i = 0; i < 10; i++)
		at += sprintf(at, "; mon-sun 00:00-00:01");
	p = parse(text);
	is_int(p.status, CRM_NO_SPACE, "too many are refused");
	release(&p);
	free(text);
}

static int
below(uint64_t *seed, int limit)
{
	return (int) (next_random(seed) % limit);
}

/*
 * A calendar as rules to be asked one by one: minutes of a weekday or of a day
 * near 2024, some past midnight, and closed days.
 */
#define RULES	12
#define DAYS	40
#define FIRST	8760			/* 2023-12-26, a Tuesday */

typedef struct rules
{
	int			count;
	int			weekday[RULES]; /* or -1 */
	int			day[RULES];
	int			start[RULES];
	int			end[RULES];
	bool		closed[DAYS];
	char		text[2000];
} rules;

static const char *const names[] = {
	"mon", "tue", "wed", "thu", "fri", "sat", "sun"
};

static void
day_text(int day, char *out)
{
	static const int lengths[] = {6, 31, 3};
	int			of_month = day - FIRST;
	int			month = 0;

	while (of_month >= lengths[month] && month < 2)
		of_month -= lengths[month++];
	sprintf(out, "%s-%02d", month == 0 ? "2023-12" : month == 1 ? "2024-01" :
			"2024-02", month == 0 ? of_month + 26 : of_month + 1);
}

static void
make_rules(rules *r, uint64_t *seed)
{
	char	   *at = r->text + sprintf(r->text, "Nowhere");
	char		day[20];

	memset(r->closed, 0, sizeof(r->closed));
	r->count = below(seed, RULES + 1);
	for (int i = 0; i < r->count; i++)
	{
		r->weekday[i] = below(seed, 3) == 0 ? -1 : below(seed, 7);
		r->day[i] = FIRST + below(seed, DAYS);
		r->start[i] = below(seed, 48) * 30;
		r->end[i] = r->start[i] + 15 + below(seed, 96) * 15;
		if (r->end[i] > 2 * MINUTES_A_DAY)
			r->end[i] = 2 * MINUTES_A_DAY;
		day_text(r->day[i], day);
		at += sprintf(at, "; %s%s %d:%02d-%d:%02d", r->weekday[i] < 0 ? "open " : "",
					  r->weekday[i] < 0 ? day : names[r->weekday[i]],
					  r->start[i] / 60, r->start[i] % 60, r->end[i] / 60,
					  r->end[i] % 60);
	}
	for (int run = below(seed, 4); run > 0; run--)
	{
		int			first = below(seed, DAYS);
		int			last = first + below(seed, 4);

		if (last >= DAYS)
			last = DAYS - 1;
		day_text(FIRST + first, day);
		at += sprintf(at, "; closed %s", day);
		day_text(FIRST + last, day);
		at += sprintf(at, "..%s", day);
		for (int i = first; i <= last; i++)
			r->closed[i] = true;
	}
}

static int64_t
floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/* Is the day's rule i in force on the day? */
static bool
rule_holds(const rules *r, int i, int64_t day)
{
	bool		own = false;

	for (int j = 0; j < r->count; j++)
		own = own || (r->weekday[j] < 0 && r->day[j] == day);
	if (r->weekday[i] < 0)
		return r->day[i] == day;
	if (own || (day >= FIRST && day < FIRST + DAYS && r->closed[day - FIRST]))
		return false;
	/* Day 0 was a Saturday. */
	return floor_div(day + 5, 7) * 7 + r->weekday[i] == day + 5;
}

static bool
rules_contain(const rules *r, int64_t local)
{
	int64_t		minute = floor_div(local, MINUTE);
	int64_t		day = floor_div(minute, MINUTES_A_DAY);

	for (int i = 0; i < r->count; i++)
		for (int64_t d = day - 2; d <= day; d++)
			if (rule_holds(r, i, d) &&
				minute >= d * MINUTES_A_DAY + r->start[i] &&
				minute < d * MINUTES_A_DAY + r->end[i])
				return true;
	return false;
}

/* A zone whose changes stand in an array; the first offset is from ever. */
typedef struct made_zone
{
	int			count;
	int64_t		at[8];
	int64_t		offset[8];
} made_zone;

static int64_t
made_offset(void *arg, int64_t at)
{
	made_zone  *zone = arg;
	int			i = zone->count - 1;

	while (i > 0 && zone->at[i] > at)
		i--;
	return zone->offset[i];
}

static bool
made_next_change(void *arg, int64_t after, int64_t *at)
{
	made_zone  *zone = arg;

	for (int i = 1; i < zone->count; i++)
		if (zone->at[i] > after)
		{
			*at = zone->at[i];
			return true;
		}
	return false;
}

/* Summer time, half hours, a day that is left out or shown twice. */
static void
make_zone(made_zone *zone, uint64_t *seed)
{
	static const int64_t steps[] = {
		HOUR, -HOUR, 30 * MINUTE, -2 * HOUR, 24 * HOUR, -24 * HOUR, 0
	};

	zone->count = 1 + below(seed, 6);
	zone->at[0] = INT64_MIN;
	zone->offset[0] = (below(seed, 25) - 12) * HOUR;
	for (int i = 1; i < zone->count; i++)
	{
		zone->at[i] = (FIRST + i * 5) * CRM_MICROS_PER_DAY +
			below(seed, 400) * 15 * MINUTE;
		zone->offset[i] = zone->offset[i - 1] + steps[below(seed, 7)];
	}
}

typedef struct made_clock
{
	crm_clock	clock;
	crm_change	changes[16];
	crm_span   *spans;
} made_clock;

static void
make_clock(made_clock *made, const crm_calendar *calendar, made_zone *zone,
		   int64_t low, int64_t high)
{
	crm_zone	source = {made_offset, made_next_change, zone};
	int32_t		count;

	made->spans = malloc(crm_schedule_room(calendar) * sizeof(crm_span) + 1);
	crm_schedule_build(calendar, made->spans, &made->clock.schedule);
	crm_clock_changes_collect(&source, low, high, made->changes, 16, &count, NULL,
							  NULL);
	crm_clock_set(&made->clock, made->changes, count, low, high);
}

/* Answers how many minutes were told wrong. */
static int
walk(const rules *r, made_zone *zone, const crm_clock *clock, int64_t from)
{
	int64_t		open = 0;
	int64_t		last_open = from;
	int			wrong = 0;
	int64_t		deadline;
	int64_t		low;
	int64_t		high;

	for (int64_t at = from; at < from + 45 * CRM_MICROS_PER_DAY; at += MINUTE)
	{
		bool		contains = rules_contain(r, at + made_offset(zone, at));

		wrong += crm_clock_contains(clock, at) != contains;
		wrong += crm_clock_seconds(clock, from, at) != (double) open / 1e6;
		/* The deadline of all so far is where the last of it ended. */
		if (at % (7 * MINUTE) == 0)
			wrong += crm_clock_deadline(clock, from, open, &deadline, &low,
										&high) != CRM_OK ||
				deadline != last_open;
		if (contains)
		{
			open += MINUTE;
			last_open = at + MINUTE;
		}
	}
	return wrong;
}

static void
test_walks(void)
{
	uint64_t	seed = 14;
	int64_t		from = (FIRST - 3) * CRM_MICROS_PER_DAY;

	for (int i = 0; i < 40; i++)
	{
		rules		r;
		made_zone	zone;
		made_clock	made;
		parsed		p;
		int			wrong;

		make_rules(&r, &seed);
		make_zone(&zone, &seed);
		p = parse(r.text);
		if (p.status != CRM_OK)
		{
			ok(false, "parses: %s", r.text);
			printf("# %s at %s\n", p.fault.reason, p.fault.at);
			continue;
		}
		make_clock(&made, &p.calendar, &zone, from, from +
				   60 * CRM_MICROS_PER_DAY);
		wrong = walk(&r, &zone, &made.clock, from);
		if (!ok(wrong == 0, "walk %d", i + 1))
			printf("# %d wrong: %s\n", wrong, p.text);
		free(made.spans);
		release(&p);
	}
}

/* Around the clock working time is wall time, however far. */
static void
test_far(void)
{
	made_zone	zone = {2, {INT64_MIN, 0}, {0, HOUR}};
	made_clock	made;
	parsed		p = parse("X; mon-sun 00:00-24:00");
	int64_t		low = INT64_MAX;
	int64_t		high = INT64_MIN;
	int64_t		end = INT64_C(9223371331200000000) - 1;
	int64_t		begin = INT64_C(-211813488000000000);
	int64_t		deadline;

	make_clock(&made, &p.calendar, &zone, 0, 1);
	ok(crm_clock_lacks(&made.clock, begin, &low, &high), "the first is lacking");
	ok(crm_clock_lacks(&made.clock, end, &low, &high), "and the last");
	free(made.spans);
	make_clock(&made, &p.calendar, &zone, low, high);
	ok(!crm_clock_lacks(&made.clock, begin, &low, &high), "no more");
	is_close(crm_clock_seconds(&made.clock, begin, end),
			 ((double) end - (double) begin) / 1e6, 1e-15,
			 "all timestamps are wall time");
	is_int(crm_clock_deadline(&made.clock, 1000, end - 1000, &deadline, &low,
							  &high), CRM_OK, "up to the last");
	is_int(deadline, end, "there is time");
	is_int(crm_clock_deadline(&made.clock, 1000, end, &deadline, &low, &high),
		   CRM_TOO_FEW, "and not beyond");
	release(&p);
	free(made.spans);

	p = parse("X; mon-fri 09:00-18:00; closed 9999-12-31");
	make_clock(&made, &p.calendar, &zone, 0, high);
	is_int(crm_clock_deadline(&made.clock, end / 2, 3600 * CRM_MICROS * 9 * 50,
							  &deadline, &low, &high), CRM_OK,
		   "ten weeks, far in the future");
	is_close(crm_clock_seconds(&made.clock, end / 2, deadline), 3600 * 9 * 50,
			 0, "are ten weeks");
	ok(deadline - end / 2 > 67 * CRM_MICROS_PER_DAY &&
	   deadline - end / 2 <= 70 * CRM_MICROS_PER_DAY, "of seven days each");
	release(&p);
	free(made.spans);
}

static void
test_ends(void)
{
	made_zone	zone = {1, {INT64_MIN}, {0}};
	made_clock	made;
	parsed		p = parse("X; open 2000-01-02 09:00-10:00");
	int64_t		deadline;
	int64_t		low;
	int64_t		high;

	make_clock(&made, &p.calendar, &zone, 0, CRM_MICROS_PER_DAY);
	is_int(crm_clock_deadline(&made.clock, 0, HOUR, &deadline, &low, &high),
		   CRM_NO_SPACE, "the clock must know the day");
	ok(high > CRM_MICROS_PER_DAY, "more is asked for");
	free(made.spans);
	make_clock(&made, &p.calendar, &zone, 0, high);
	is_int(crm_clock_deadline(&made.clock, 0, HOUR, &deadline, &low, &high),
		   CRM_OK, "then the hour is found");
	is_int(deadline, 34 * HOUR, "where it ends");
	is_int(crm_clock_deadline(&made.clock, 0, HOUR + 1, &deadline, &low,
							  &high), CRM_TOO_FEW, "and no more is left");
	is_int(crm_clock_deadline(&made.clock, 5, 0, &deadline, &low, &high),
		   CRM_OK, "nothing is over");
	is_int(deadline, 5, "at once");
	ok(crm_clock_seconds(&made.clock, 5, 4) == 0, "backwards is nothing");
	release(&p);
	free(made.spans);
}

static bool
stop(void *arg)
{
	return --(*(int *) arg) < 0;
}

/* A zone that changes every second */
static bool
restless(void *arg, int64_t after, int64_t *at)
{
	(void) arg;
	*at = after + CRM_MICROS;
	return true;
}

static int64_t
parity(void *arg, int64_t at)
{
	(void) arg;
	return at / CRM_MICROS % 2;
}

static void
test_collect(void)
{
	crm_zone	zone = {parity, restless, NULL};
	static crm_change changes[5000];
	int32_t		count;
	int			checks = 2;

	is_int(crm_clock_changes_collect(&zone, 0, NO_END, changes, 5000, &count, stop,
									 &checks), CRM_INTERRUPTED,
		   "collecting can be interrupted");
	is_int(crm_clock_changes_collect(&zone, 0, NO_END, changes, 100, &count, NULL,
									 NULL), CRM_NO_SPACE, "and ends at the array's");
	is_int(crm_clock_changes_collect(&zone, 0, 10 * CRM_MICROS, changes, 100, &count,
									 NULL, NULL), CRM_OK, "or where it is told");
	is_int(count, 10, "with all there are");
}

int
main(void)
{
	test_text();
	test_limits();
	test_walks();
	test_far();
	test_ends();
	test_collect();
	return done_testing();
}
