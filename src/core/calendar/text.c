/*
 * text.c
 *		A calendar to text, in one way: equal hours are equal texts.
 *
 * parse.c shows how it looks.
 */
#include "core/calendar/calendar.h"

#include <stdio.h>
#include <string.h>

#include "core/activity/activity.h"

#define MINUTE			60
#define HOUR			3600
#define DAY				CRM_SECONDS_PER_DAY

/* Bytes that one of each can come to, with what stands around it. */
#define OPENING_TEXT	20
#define CLOSURE_TEXT	26
#define KEY_TEXT		48

size_t
crm_calendar_text_bound(const crm_calendar *calendar, size_t zone_length)
{
	return zone_length + CRM_WEEKDAYS * KEY_TEXT +
		(size_t) calendar->opening_count * (OPENING_TEXT + KEY_TEXT) +
		(size_t) calendar->closure_count * CLOSURE_TEXT;
}

static char *
put_text(char *out, const char *text, size_t length)
{
	memcpy(out, text, length);
	return out + length;
}

static char *
put_time(char *out, int32_t seconds)
{
	out += sprintf(out, "%02d:%02d", seconds / HOUR, seconds / MINUTE % 60);
	if (seconds % MINUTE != 0)
		out += sprintf(out, ":%02d", seconds % MINUTE);
	return out;
}

/* Past midnight as 22:00-06:00, unless that would say less than it lasts. */
static char *
put_hours(char *out, crm_clock_hours hours)
{
	for (int32_t i = 0; i < hours.count; i++)
	{
		int32_t		start = hours.openings[i].start;
		int32_t		end = hours.openings[i].end;

		out = put_text(out, ", ", i > 0 ? 2 : 0);
		out = put_time(out, start);
		*out++ = '-';
		out = put_time(out, end > DAY && end - DAY < start ? end - DAY : end);
	}
	return out;
}

crm_clock_hours
crm_calendar_hours(const crm_calendar *calendar, int32_t key)
{
	crm_clock_hours hours = {calendar->openings, 0};
	int32_t		low = 0;
	int32_t		high = calendar->opening_count;

	while (low < high)
	{
		int32_t		middle = low + (high - low) / 2;

		if (calendar->openings[middle].key < key)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < calendar->opening_count)
		hours.openings = &calendar->openings[low];
	while (low + hours.count < calendar->opening_count &&
		   hours.openings[hours.count].key == key)
		hours.count++;
	return hours;
}

static bool
same_hours(crm_clock_hours a, crm_clock_hours b)
{
	if (a.count != b.count)
		return false;
	for (int32_t i = 0; i < a.count; i++)
		if (a.openings[i].start != b.openings[i].start ||
			a.openings[i].end != b.openings[i].end)
			return false;
	return true;
}

/* All weekdays of these hours, as mon-fri, sun */
static char *
put_weekdays(char *out, const crm_clock_hours *week, crm_clock_hours hours)
{
	bool		first = true;

	for (int i = 0; i < CRM_WEEKDAYS; i++)
	{
		int			last = i;

		if (!same_hours(week[i], hours))
			continue;
		while (last + 1 < CRM_WEEKDAYS && same_hours(week[last + 1], hours))
			last++;
		out = put_text(out, ", ", first ? 0 : 2);
		out = put_text(out, crm_weekday_names[i], 3);
		if (last > i)
		{
			*out++ = '-';
			out = put_text(out, crm_weekday_names[last], 3);
		}
		first = false;
		i = last;
	}
	return out;
}

static char *
put_week(char *out, const crm_calendar *calendar)
{
	crm_clock_hours week[CRM_WEEKDAYS];

	for (int i = 0; i < CRM_WEEKDAYS; i++)
		week[i] = crm_calendar_hours(calendar, CRM_WEEKDAY_KEY(i));
	for (int i = 0; i < CRM_WEEKDAYS; i++)
	{
		bool		is_new = week[i].count > 0;

		for (int before = 0; before < i; before++)
			is_new = is_new && !same_hours(week[before], week[i]);
		if (!is_new)
			continue;
		out = put_text(out, "; ", 2);
		out = put_weekdays(out, week, week[i]);
		*out++ = ' ';
		out = put_hours(out, week[i]);
	}
	return out;
}

/* Two days in a row are a list still, three are a range. */
static char *
put_closures(char *out, const crm_calendar *calendar)
{
	for (int32_t i = 0; i < calendar->closure_count; i++)
	{
		const crm_closure *closure = &calendar->closures[i];

		out = i == 0 ? put_text(out, "; closed ", 9) : put_text(out, ", ", 2);
		out += crm_day_text(closure->first, out);
		if (closure->last == closure->first)
			continue;
		out = put_text(out, closure->last == closure->first + 1 ?
					   ", " : "..", 2);
		out += crm_day_text(closure->last, out);
	}
	return out;
}

static char *
put_open_days(char *out, const crm_calendar *calendar)
{
	crm_clock_hours hours;

	for (int32_t i = 0; i < calendar->opening_count; i += hours.count)
	{
		int32_t		key = calendar->openings[i].key;

		hours = crm_calendar_hours(calendar, key);
		if (key < CRM_EXCEPTION_FIRST)
			continue;
		out = put_text(out, "; open ", 7);
		out += crm_day_text(key, out);
		*out++ = ' ';
		out = put_hours(out, hours);
	}
	return out;
}

size_t
crm_calendar_text(const crm_calendar *calendar, const char *zone,
				  size_t zone_length, char *out)
{
	char	   *at = put_text(out, zone, zone_length);

	at = put_week(at, calendar);
	at = put_closures(at, calendar);
	at = put_open_days(at, calendar);
	return at - out;
}
