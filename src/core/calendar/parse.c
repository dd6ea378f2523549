/*
 * parse.c
 *		A calendar from text:
 *
 *		Europe/Rome; mon-fri 09:00-13:00, 14:00-18:00; sat 10:00-13:00;
 *		closed 2024-12-25, 2024-12-26, 2025-08-11..2025-08-15;
 *		open 2024-12-24 09:00-12:00
 *
 * It may be in any order and letter case, with or without commas, and overlap
 * itself; the calendar is sorted and disjoint.
 */
#include "core/calendar/calendar.h"

#include <string.h>

#include "core/activity/activity.h"

#define MINUTE			60
#define HOUR			3600
#define DAY				CRM_SECONDS_PER_DAY

const char *const crm_weekday_names[CRM_WEEKDAYS] = {
	"monday", "tuesday", "wednesday", "thursday", "friday", "saturday",
	"sunday"
};

typedef struct reader
{
	const char *at;
	crm_calendar *calendar;
	crm_text_fault *fault;
} reader;

static crm_status
refuse(reader *r, const char *reason)
{
	r->fault->at = r->at;
	r->fault->reason = reason;
	return CRM_BAD_TEXT;
}

static bool
is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static void
skip_space(reader *r)
{
	while (is_space(*r->at))
		r->at++;
}

/* Between the elements of a list: space, a comma, or both. */
static void
skip_comma(reader *r)
{
	skip_space(r);
	if (*r->at == ',')
		r->at++;
	skip_space(r);
}

static bool
take(reader *r, const char *symbol)
{
	size_t		length = strlen(symbol);

	skip_space(r);
	if (strncmp(r->at, symbol, length) != 0)
		return false;
	r->at += length;
	skip_space(r);
	return true;
}

static bool
at_clause_end(const reader *r)
{
	return *r->at == ';' || *r->at == '\0';
}

/* The whole word that stands here, if it is the first length letters. */
static bool
take_letters(reader *r, const char *word, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if ((r->at[i] | ' ') != word[i])
			return false;
	if (is_letter(r->at[length]))
		return false;
	r->at += length;
	return true;
}

static bool
take_word(reader *r, const char *word)
{
	skip_space(r);
	return take_letters(r, word, strlen(word));
}

/* Its name or the first three letters of it. */
static bool
take_weekday(reader *r, int *weekday)
{
	skip_space(r);
	for (int i = 0; i < CRM_WEEKDAYS; i++)
		if (take_letters(r, crm_weekday_names[i], 3) ||
			take_letters(r, crm_weekday_names[i], strlen(crm_weekday_names[i])))
		{
			*weekday = i;
			return true;
		}
	return false;
}

static bool
take_two_digits(reader *r, int *value)
{
	if (!is_digit(*r->at))
		return false;
	*value = *r->at++ - '0';
	if (is_digit(*r->at))
		*value = *value * 10 + (*r->at++ - '0');
	return !is_digit(*r->at);
}

/* h:mm, hh:mm or hh:mm:ss, to 48:00. */
static bool
take_time(reader *r, int32_t *seconds)
{
	int			hour;
	int			minute;
	int			second = 0;

	skip_space(r);
	if (!take_two_digits(r, &hour) || *r->at++ != ':' ||
		!take_two_digits(r, &minute))
		return false;
	if (*r->at == ':')
	{
		r->at++;
		if (!take_two_digits(r, &second))
			return false;
	}
	*seconds = hour * HOUR + minute * MINUTE + second;
	return minute < 60 && second < 60 && *seconds <= 2 * DAY;
}

static crm_status
add_opening(reader *r, int32_t key, int32_t start, int32_t end)
{
	crm_calendar *calendar = r->calendar;

	if (calendar->opening_count == calendar->openings_max)
		return CRM_NO_SPACE;
	calendar->openings[calendar->opening_count++] =
		(crm_opening) {key, start, end};
	return CRM_OK;
}

/* An interval that ends before it starts goes past midnight. */
static crm_status
read_interval(reader *r, int32_t *start, int32_t *end)
{
	const char *begin = r->at;
	bool		parses = take_time(r, start) && take(r, "-") &&
		take_time(r, end);

	if (parses && *end < *start)
		*end += DAY;
	if (parses && *start < DAY && *end > *start)
		return CRM_OK;
	r->at = begin;
	if (!parses)
		return refuse(r, "An interval must be written as in 09:00-18:00.");
	return refuse(r, *start >= DAY ? "An interval must start before 24:00." :
				  "An interval cannot be empty; a whole day is 00:00-24:00.");
}

/* One or more intervals, for each of the weekdays or for the one day. */
static crm_status
read_hours(reader *r, unsigned weekdays, int32_t day)
{
	crm_status	status = CRM_OK;
	int32_t		start;
	int32_t		end;

	do
	{
		status = read_interval(r, &start, &end);
		if (status == CRM_OK && weekdays == 0)
			status = add_opening(r, day, start, end);
		for (int i = 0; i < CRM_WEEKDAYS && status == CRM_OK; i++)
			if (weekdays >> i & 1)
				status = add_opening(r, CRM_WEEKDAY_KEY(i), start, end);
		skip_comma(r);
		/* A time has its colon where a day has more digits. */
	} while (status == CRM_OK && is_digit(*r->at) &&
			 !(is_digit(r->at[1]) && is_digit(r->at[2])));
	return status;
}

/* Years have four digits, so that no time or month passes for one. */
static crm_status
read_day(reader *r, int32_t *day)
{
	const char *begin;

	skip_space(r);
	begin = r->at;
	for (int i = 0; i < 4; i++)
		if (!is_digit(begin[i]))
			return refuse(r, "A day must be written as in 2024-12-25.");
	if (begin[4] == '-' && crm_parse_day(&r->at, day) &&
		*day >= CRM_EXCEPTION_FIRST && *day <= CRM_EXCEPTION_LAST)
		return CRM_OK;
	r->at = begin;
	return refuse(r, "This day does not exist.");
}

static crm_status
read_closure(reader *r)
{
	crm_calendar *calendar = r->calendar;
	crm_closure closure;
	const char *begin;
	crm_status	status;

	skip_space(r);
	begin = r->at;
	status = read_day(r, &closure.first);
	closure.last = closure.first;
	if (status == CRM_OK &&
		(take(r, "..") || take(r, "-") || take(r, "/") || take_word(r, "to")))
		status = read_day(r, &closure.last);
	if (status != CRM_OK)
		return status;
	if (closure.last < closure.first)
	{
		r->at = begin;
		return refuse(r, "A range of days cannot end before it starts.");
	}
	if (calendar->closure_count == calendar->closures_max)
		return CRM_NO_SPACE;
	calendar->closures[calendar->closure_count++] = closure;
	return CRM_OK;
}

static crm_status
read_closed(reader *r)
{
	crm_status	status;

	do
	{
		status = read_closure(r);
		skip_comma(r);
	} while (status == CRM_OK && !at_clause_end(r));
	return status;
}

static crm_status
read_open(reader *r)
{
	crm_status	status;
	int32_t		day = 0;

	do
	{
		status = read_day(r, &day);
		skip_space(r);
		if (status == CRM_OK)
			status = read_hours(r, 0, day);
	} while (status == CRM_OK && is_digit(*r->at));
	return status;
}

/* mon-fri, sat; a range may go over Sunday. */
static crm_status
read_weekdays(reader *r)
{
	unsigned	weekdays = 0;
	int			first;
	int			last;

	while (take_weekday(r, &first))
	{
		last = first;
		if (take(r, "-") && !take_weekday(r, &last))
			return refuse(r, "A range of weekdays must be written as in mon-fri.");
		for (int i = first; i != last; i = (i + 1) % CRM_WEEKDAYS)
			weekdays |= 1u << i;
		weekdays |= 1u << last;
		skip_comma(r);
	}
	if (weekdays == 0)
		return refuse(r, "Hours begin with weekdays such as mon-fri, "
					  "with closed, or with open.");
	return read_hours(r, weekdays, 0);
}

static crm_status
read_clause(reader *r)
{
	crm_status	status;

	if (take_word(r, "closed"))
		status = read_closed(r);
	else if (take_word(r, "open"))
		status = read_open(r);
	else
		status = read_weekdays(r);
	skip_space(r);
	if (status == CRM_OK && !at_clause_end(r))
		return refuse(r, "Parts must be separated by semicolons.");
	return status;
}

static crm_status
read_zone(reader *r)
{
	crm_calendar *calendar = r->calendar;
	const char *end;

	skip_space(r);
	calendar->zone = end = r->at;
	for (; !at_clause_end(r); r->at++)
	{
		if (*r->at < ' ' || *r->at > '~')
			return refuse(r, "The name of a time zone must be in ASCII.");
		if (*r->at != ' ')
			end = r->at + 1;
	}
	calendar->zone_length = end - calendar->zone;
	if (calendar->zone_length > 0)
		return CRM_OK;
	return refuse(r, "A calendar must begin with its time zone.");
}

static int
compare_openings(const crm_opening *a, const crm_opening *b)
{
	if (a->key != b->key)
		return a->key < b->key ? -1 : 1;
	return a->start < b->start ? -1 : a->start > b->start;
}

/* What is written is mostly in order, which insertion is quick about. */
static void
sort_openings(crm_opening *openings, int32_t count)
{
	for (int32_t i = 1; i < count; i++)
	{
		crm_opening moved = openings[i];
		int32_t		j = i;

		for (; j > 0 && compare_openings(&openings[j - 1], &moved) > 0; j--)
			openings[j] = openings[j - 1];
		openings[j] = moved;
	}
}

/* Intervals of a day that meet or overlap become one. */
static void
unite_openings(crm_calendar *calendar)
{
	crm_opening *openings = calendar->openings;
	int32_t		count = 0;

	sort_openings(openings, calendar->opening_count);
	for (int32_t i = 0; i < calendar->opening_count; i++)
	{
		crm_opening *last = count > 0 ? &openings[count - 1] : NULL;

		if (last == NULL || last->key != openings[i].key ||
			last->end < openings[i].start)
			openings[count++] = openings[i];
		else if (last->end < openings[i].end)
			last->end = openings[i].end;
	}
	calendar->opening_count = count;
}

static void
unite_closures(crm_calendar *calendar)
{
	crm_closure *closures = calendar->closures;
	int32_t		count = 0;

	for (int32_t i = 1; i < calendar->closure_count; i++)
	{
		crm_closure moved = closures[i];
		int32_t		j = i;

		for (; j > 0 && closures[j - 1].first > moved.first; j--)
			closures[j] = closures[j - 1];
		closures[j] = moved;
	}
	for (int32_t i = 0; i < calendar->closure_count; i++)
	{
		if (count == 0 || closures[count - 1].last + 1 < closures[i].first)
			closures[count++] = closures[i];
		else if (closures[count - 1].last < closures[i].last)
			closures[count - 1].last = closures[i].last;
	}
	calendar->closure_count = count;
}

static int32_t
at_most(int64_t count, int32_t limit)
{
	return count < limit ? (int32_t) count : limit;
}

/* An interval has two colons or more, a day two hyphens. */
void
crm_calendar_room(const char *text, int32_t *openings, int32_t *closures)
{
	int64_t		colons = 0;
	int64_t		hyphens = 0;

	for (; *text != '\0'; text++)
	{
		colons += *text == ':';
		hyphens += *text == '-';
	}
	*openings = at_most(colons / 2 * CRM_WEEKDAYS, CRM_OPENINGS_MAX);
	*closures = at_most(hyphens / 2, CRM_CLOSURES_MAX);
}

crm_status
crm_calendar_parse(const char *text, crm_calendar *calendar,
				   crm_text_fault *fault)
{
	reader		r = {text, calendar, fault};
	crm_status	status;

	calendar->opening_count = 0;
	calendar->closure_count = 0;
	*fault = (crm_text_fault) {text, ""};
	status = read_zone(&r);
	while (status == CRM_OK && *r.at == ';')
	{
		r.at++;
		skip_space(&r);
		/* A semicolon may end the text. */
		if (*r.at != '\0')
			status = read_clause(&r);
	}
	unite_openings(calendar);
	unite_closures(calendar);
	return status;
}
