/*
 * text.c
 *		The ledger as text: {2024-01-05:1:29.33,2024-02-01:2:15}
 *
 * Day, events, amount. Days are written as ISO 8601 writes them, years before
 * 1 with BC as PostgreSQL does, whatever DateStyle says, so that a dump reads
 * back anywhere. Amounts are exact decimals without trailing zeros.
 */
#include "core/activity/activity.h"

#include <string.h>

#include "core/activity/amount.h"

/* Days from 0000-03-01, where the leap day ends the year, to 2000-01-01. */
#define DAYS_TO_2000	730425
#define DAYS_PER_ERA	146097	/* 400 Gregorian years */

/* Entries between two questions whether to go on. */
#define BLOCK			(1 << 16)

static char *
put_digits(char *out, uint64_t value, int width)
{
	char		digits[20];
	int			n = 0;

	do
	{
		digits[n++] = '0' + value % 10;
		value /= 10;
	} while (value > 0);
	while (n < width)
		digits[n++] = '0';
	while (n > 0)
		*out++ = digits[--n];
	return out;
}

/* Astronomical years: 0 is 1 BC. Counted in eras of 400 years from March. */
void
crm_civil_from_day(int64_t day, int64_t *year, int *month, int *dom)
{
	int64_t		shifted = day + DAYS_TO_2000;
	int64_t		era = (shifted >= 0 ? shifted : shifted - DAYS_PER_ERA + 1) /
		DAYS_PER_ERA;
	int64_t		doe = shifted - era * DAYS_PER_ERA;
	int64_t		yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t		doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int			shifted_month = (int) (5 * doy + 2) / 153;

	*dom = (int) (doy - (153 * shifted_month + 2) / 5 + 1);
	*month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
	*year = yoe + era * 400 + (*month <= 2);
}

int64_t
crm_day_from_civil(int64_t year, int month, int dom)
{
	int64_t		y = month <= 2 ? year - 1 : year;
	int64_t		era = (y >= 0 ? y : y - 399) / 400;
	int64_t		yoe = y - era * 400;
	int64_t		doy = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 +
		dom - 1;
	int64_t		doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;

	return era * DAYS_PER_ERA + doe - DAYS_TO_2000;
}

/* Writes no terminator; returns the length. So do the two below. */
int
crm_day_text(int32_t day, char *out)
{
	char	   *at = out;
	int64_t		year;
	int			month;
	int			dom;

	crm_civil_from_day(day, &year, &month, &dom);
	at = put_digits(at, year > 0 ? year : 1 - year, 4);
	*at++ = '-';
	at = put_digits(at, month, 2);
	*at++ = '-';
	at = put_digits(at, dom, 2);
	if (year <= 0)
	{
		memcpy(at, " BC", 3);
		at += 3;
	}
	return (int) (at - out);
}

int
crm_amount_text(int64_t amount, char *out)
{
	char	   *at = out;
	uint64_t	size = amount < 0 ? -(uint64_t) amount : (uint64_t) amount;
	uint64_t	rest = size % CRM_UNITS;

	if (amount < 0)
		*at++ = '-';
	at = put_digits(at, size / CRM_UNITS, 1);
	if (rest != 0)
	{
		*at++ = '.';
		at = put_digits(at, rest, 4);
		while (at[-1] == '0')
			at--;
	}
	return (int) (at - out);
}

size_t
crm_ledger_text(const crm_entry *entries, int32_t count,
				crm_interrupt interrupt, void *arg, char *out)
{
	char	   *at = out;

	*at++ = '{';
	for (int32_t i = 0; i < count; i++)
	{
		const crm_entry *entry = &entries[i];
		int64_t		events = entry->events;

		if (i % BLOCK == BLOCK - 1 && interrupt != NULL && interrupt(arg))
			return 0;
		if (i > 0)
			*at++ = ',';
		at += crm_day_text(entry->day, at);
		*at++ = ':';
		if (events < 0)
			*at++ = '-';
		at = put_digits(at, events < 0 ? -events : events, 1);
		*at++ = ':';
		at += crm_amount_text(entry->amount, at);
	}
	*at++ = '}';
	return at - out;
}

/* The rest of the file reads what the first half writes. */

static void
skip_space(const char **at)
{
	while (**at == ' ' || (**at >= '\t' && **at <= '\r'))
		(*at)++;
}

/* One to max_digits digits, as a number. */
static bool
parse_digits(const char **at, int max_digits, uint64_t *value)
{
	int			n = 0;

	*value = 0;
	for (; **at >= '0' && **at <= '9'; (*at)++)
	{
		if (++n > max_digits)
			return false;
		*value = *value * 10 + (**at - '0');
	}
	return n > 0;
}

static bool
parse_char(const char **at, char want)
{
	if (**at != want)
		return false;
	(*at)++;
	return true;
}

bool
crm_parse_day(const char **at, int32_t *day)
{
	uint64_t	year;
	uint64_t	month;
	uint64_t	dom;
	int64_t		result;
	int64_t		back_year;
	int			back_month;
	int			back_dom;

	if (!parse_digits(at, 7, &year) || !parse_char(at, '-') ||
		!parse_digits(at, 2, &month) || !parse_char(at, '-') ||
		!parse_digits(at, 2, &dom) || year == 0 || month < 1 || month > 12)
		return false;
	if (strncmp(*at, " BC", 3) == 0)
	{
		*at += 3;
		year = 1 - year;		/* wraps below 0, as the cast below undoes */
	}

	result = crm_day_from_civil((int64_t) year, (int) month, (int) dom);
	if (result < CRM_DAY_MIN || result > CRM_DAY_MAX)
		return false;
	/* 30 February is a day of March: no day at all. */
	crm_civil_from_day(result, &back_year, &back_month, &back_dom);
	*day = (int32_t) result;
	return back_month == (int) month && back_dom == (int) dom;
}

static bool
parse_events(const char **at, int32_t *events)
{
	bool		negative = parse_char(at, '-');
	uint64_t	size;

	if (!parse_digits(at, 10, &size) || size > CRM_EVENTS_MAX)
		return false;
	*events = negative ? -(int32_t) size : (int32_t) size;
	return true;
}

/* At most four decimals: more could not be kept, and silence would lose them. */
static bool
parse_amount(const char **at, int64_t *amount)
{
	bool		negative = parse_char(at, '-');
	uint64_t	whole;
	uint64_t	fraction = 0;
	int64_t		size;

	if (!parse_digits(at, 15, &whole))
		return false;
	if (parse_char(at, '.'))
	{
		const char *start = *at;

		if (!parse_digits(at, 4, &fraction))
			return false;
		for (int n = (int) (*at - start); n < 4; n++)
			fraction *= 10;
	}
	if (__builtin_mul_overflow((int64_t) whole, (int64_t) CRM_UNITS, &size) ||
		__builtin_add_overflow(size, (int64_t) fraction, &size))
		return false;
	*amount = negative ? -size : size;
	return true;
}

static bool
parse_entry(const char **at, crm_buffer *out)
{
	int32_t		day;
	int32_t		events;
	int64_t		amount;

	return crm_parse_day(at, &day) && parse_char(at, ':') &&
		parse_events(at, &events) && parse_char(at, ':') &&
		parse_amount(at, &amount) &&
		crm_buffer_add(out, day, events, amount);
}

/*
 * A day alone is an event on it: crm_activity('2024-01-05') looks like a call
 * of the function, but SQL takes a quoted text there as input of the type.
 */
static bool
parse_bare_day(const char *at, crm_buffer *out)
{
	int32_t		day;

	if (!crm_parse_day(&at, &day))
		return false;
	skip_space(&at);
	return *at == '\0' && crm_buffer_add(out, day, 1, 0);
}

/*
 * Entries in any order; a day may stand more than once and is added up by
 * crm_buffer_settle(). On CRM_BAD_TEXT *fault points at the offending place.
 */
crm_status
crm_ledger_parse(const char *text, crm_interrupt interrupt, void *arg,
				 crm_buffer *out, const char **fault)
{
	const char *at = text;
	int			parsed = 0;
	bool		more;

	skip_space(&at);
	*fault = at;
	if (!parse_char(&at, '{'))
		return parse_bare_day(at, out) ? CRM_OK : CRM_BAD_TEXT;
	skip_space(&at);
	more = *at != '}';
	while (more)
	{
		*fault = at;
		if (!parse_entry(&at, out))
			return CRM_BAD_TEXT;
		if (++parsed % BLOCK == 0 && interrupt != NULL && interrupt(arg))
			return CRM_INTERRUPTED;
		skip_space(&at);
		more = parse_char(&at, ',');
		if (more)
			skip_space(&at);
	}
	*fault = at;
	if (!parse_char(&at, '}'))
		return CRM_BAD_TEXT;
	skip_space(&at);
	*fault = at;
	return *at == '\0' ? CRM_OK : CRM_BAD_TEXT;
}
