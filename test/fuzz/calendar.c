/*
 * calendar.c
 *		Any text as a calendar: refused, or read; what is written of it reads as
 *		the same, and its deadlines are the inverse of its working time.
 */
#include "core/calendar/calendar.h"

#include <stdlib.h>
#include <string.h>

#define HOUR	(3600 * CRM_MICROS)
#define SPAN	(4000 * CRM_MICROS_PER_DAY)

int			LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static crm_status
parse(const char *text, crm_calendar *calendar)
{
	crm_text_fault fault;
	crm_status	status;

	crm_calendar_room(text, &calendar->openings_max, &calendar->closures_max);
	calendar->openings = malloc(calendar->openings_max * sizeof(crm_opening) + 1);
	calendar->closures = malloc(calendar->closures_max * sizeof(crm_closure) + 1);
	status = crm_calendar_parse(text, calendar, &fault);
	if (status == CRM_BAD_TEXT &&
		(fault.at < text || fault.at > text + strlen(text)))
		abort();
	return status;
}

static char *
written(const crm_calendar *calendar)
{
	size_t		bound = crm_calendar_text_bound(calendar,
												calendar->zone_length);
	char	   *text = malloc(bound + 1);
	size_t		length = crm_calendar_text(calendar, calendar->zone,
										   calendar->zone_length, text);

	if (length > bound)
		abort();
	text[length] = '\0';
	return text;
}

static void
check_text(const crm_calendar *calendar)
{
	crm_calendar again;
	char	   *text = written(calendar);
	char	   *second;

	if (parse(text, &again) != CRM_OK)
		abort();
	second = written(&again);
	if (strcmp(text, second) != 0)
		abort();
	free(text);
	free(second);
	free(again.openings);
	free(again.closures);
}

/* An hour back at midnight after two days, an hour ahead after four */
static int64_t
offset(void *arg, int64_t at)
{
	(void) arg;
	return at >= 2 * CRM_MICROS_PER_DAY && at < 4 * CRM_MICROS_PER_DAY ?
		-HOUR : 0;
}

static bool
next_change(void *arg, int64_t after, int64_t *at)
{
	(void) arg;
	*at = after < 2 * CRM_MICROS_PER_DAY ? 2 * CRM_MICROS_PER_DAY :
		4 * CRM_MICROS_PER_DAY;
	return *at > after;
}

static void
check_clock(const crm_calendar *calendar, int64_t micros)
{
	crm_zone	zone = {offset, next_change, NULL};
	crm_span   *spans = malloc(crm_schedule_room(calendar) *
							   sizeof(crm_span) + 1);
	crm_change	changes[4];
	crm_clock	clock;
	int32_t		count;
	int64_t		deadline;
	int64_t		low;
	int64_t		high;

	crm_schedule_build(calendar, spans, &clock.schedule);
	if (clock.schedule.span_count > crm_schedule_room(calendar) ||
		crm_clock_changes_collect(&zone, 0, SPAN, changes, 4, &count, NULL, NULL) != CRM_OK)
		abort();
	crm_clock_set(&clock, changes, count, 0, SPAN);
	if (crm_clock_deadline(&clock, HOUR, micros, &deadline, &low, &high) == CRM_OK &&
		(crm_clock_seconds(&clock, HOUR, deadline) != (double) micros / 1e6 ||
		 crm_clock_seconds(&clock, HOUR, deadline - 1) >= (double) micros / 1e6 ||
		 !crm_clock_contains(&clock, deadline - 1)))
		abort();
	free(spans);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char	   *text = malloc(size + 1);
	crm_calendar calendar;

	memcpy(text, data, size);
	text[size] = '\0';
	if (parse(text, &calendar) == CRM_OK)
	{
		check_text(&calendar);
		check_clock(&calendar, 1 + (int64_t) (size % 50) * HOUR / 3);
	}
	free(calendar.openings);
	free(calendar.closures);
	free(text);
	return 0;
}
