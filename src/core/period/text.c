/*
 * text.c
 *		A retention as text: a JSON object with its fields in this order,
 *
 *		{"version":1,"window_days":90,"first_day":"2024-01-05",
 *		 "bounds":["2024-01-01","2024-02-01"],
 *		 "cohorts":[0,12,0],
 *		 "windows":[[0,0],[12,0]],
 *		 "periods":[[0,0,0,0,230.5]],
 *		 "cells":[[1,0,12,12,12,13,245.5,-15]]}
 *
 * The numbers are those of retention.h, in its order; amounts are decimals. A
 * cell has its cohort and its period in front, and an empty one is left out;
 * so are all windows where window_days is 0.
 */
#include "core/period/retention.h"

#include <string.h>

#include "core/activity/amount.h"
#include "core/numeric/writer.h"

#define CELLS_AT_ONCE	4096	/* between two looks at interrupts */

/* Brackets of numbers: how many, and which of them are amounts. */
#define WINDOW_SIZE		2
#define WINDOW_AMOUNTS	0u
#define SUMS_SIZE		5
#define SUMS_AMOUNTS	(1u << 2 | 1u << 3 | 1u << 4)
#define CELL_SIZE		8
#define CELL_AMOUNTS	(1u << 6 | 1u << 7)

/* Writing */

static void
put_day(crm_writer *out, int32_t day)
{
	char		text[CRM_DAY_TEXT];

	crm_put_text(out, "\"");
	crm_put(out, text, crm_day_text(day, text));
	crm_put_text(out, "\"");
}

static void
put_numbers(crm_writer *out, const __int128 *numbers, int count, unsigned amounts)
{
	char		text[CRM_WIDE_TEXT];

	crm_put_text(out, "[");
	for (int i = 0; i < count; i++)
	{
		if (i > 0)
			crm_put_text(out, ",");
		if (amounts & 1u << i)
			crm_put(out, text, crm_wide_text(numbers[i], text));
		else
			crm_put_integer(out, (int64_t) numbers[i]);
	}
	crm_put_text(out, "]");
}

static void
put_head(crm_writer *out, const crm_retention *retention)
{
	crm_put_text(out, "{\"version\":1,\"window_days\":");
	crm_put_integer(out, retention->window_days);
	crm_put_text(out, ",\"first_day\":");
	if (retention->first_day == CRM_NO_DAY)
		crm_put_text(out, "null");
	else
		put_day(out, retention->first_day);
	crm_put_text(out, ",\"bounds\":[");
	for (int32_t i = 0; i <= retention->periods; i++)
	{
		if (i > 0)
			crm_put_text(out, ",");
		put_day(out, retention->bounds[i]);
	}
}

static void
put_period(crm_writer *out, const crm_period_sums *sums)
{
	__int128	numbers[SUMS_SIZE] = {
		sums->returning, sums->refund_only,
		crm_wide_value(sums->returning_amount),
		crm_wide_value(sums->refund_only_amount),
		crm_wide_value(sums->first_amount)
	};

	put_numbers(out, numbers, SUMS_SIZE, SUMS_AMOUNTS);
}

static void
put_cohort(crm_writer *out, const crm_retention_parts *at, int32_t cohort,
		   const char **comma)
{
	for (int32_t period = 0; period < at->periods; period++)
	{
		const crm_cell *cell = &at->cells[(size_t) cohort * at->periods +
										  period];
		__int128	numbers[CELL_SIZE] = {
			cohort, period, cell->active, cell->present, cell->last,
			cell->events, crm_wide_value(cell->gross),
			crm_wide_value(cell->refunds)
		};

		if (cell->present == 0)
			continue;
		crm_put_text(out, *comma);
		put_numbers(out, numbers, CELL_SIZE, CELL_AMOUNTS);
		*comma = ",";
	}
}

size_t
crm_retention_text(const crm_retention *retention, char *buf, size_t size,
				   crm_interrupt interrupt, void *interrupt_arg)
{
	crm_retention_parts at = crm_retention_open(retention);
	const char *comma = "";
	crm_writer	out = {buf, size, 0};

	put_head(&out, retention);
	crm_put_text(&out, "],\"cohorts\":[");
	for (int32_t i = 0; i < CRM_COHORTS(at.periods); i++)
	{
		crm_put_text(&out, i > 0 ? "," : "");
		crm_put_integer(&out, at.sizes[i]);
	}
	crm_put_text(&out, "],\"windows\":[");
	for (int32_t i = 0; retention->window_days > 0 && i <= at.periods; i++)
	{
		__int128	numbers[WINDOW_SIZE] = {
			at.windows[i].active, at.windows[i].lost
		};

		crm_put_text(&out, i > 0 ? "," : "");
		put_numbers(&out, numbers, WINDOW_SIZE, WINDOW_AMOUNTS);
	}
	crm_put_text(&out, "],\"periods\":[");
	for (int32_t i = 0; i < at.periods; i++)
	{
		crm_put_text(&out, i > 0 ? "," : "");
		put_period(&out, &at.sums[i]);
	}
	crm_put_text(&out, "],\"cells\":[");
	for (int32_t i = 0; i < CRM_COHORTS(at.periods); i++)
	{
		if (interrupt != NULL && interrupt(interrupt_arg))
			break;
		put_cohort(&out, &at, i, &comma);
	}
	crm_put_text(&out, "]}");
	return crm_put_end(&out);
}

/* Reading. The parser moves *at, and returns false where it stops. */

static void
skip_space(const char **at)
{
	while (**at == ' ' || (**at >= '\t' && **at <= '\r'))
		(*at)++;
}

/* The characters of the text, with any space before each of them. */
static bool
take(const char **at, const char *text)
{
	for (; *text != '\0'; text++, (*at)++)
	{
		skip_space(at);
		if (**at != *text)
			return false;
	}
	return true;
}

static bool
is_next(const char **at, char want)
{
	skip_space(at);
	return **at == want;
}

static bool
take_day(const char **at, int32_t *day)
{
	return take(at, "\"") && crm_parse_day(at, day) && take(at, "\"");
}

/* Digits onto a number, within the limit of an amount. */
static bool
take_digits(const char **at, int most, __int128 *value, int *count)
{
	*count = 0;
	for (; **at >= '0' && **at <= '9'; (*at)++, (*count)++)
	{
		if (*count == most || *value > CRM_WIDE_MAX / 10)
			return false;
		*value = *value * 10 + (**at - '0');
	}
	return *count > 0;
}

/* A whole number, or with up to four decimals as a number of units. */
static bool
take_number(const char **at, bool amount, __int128 *value)
{
	bool		negative;
	int			digits;

	skip_space(at);
	negative = **at == '-';
	*at += negative;
	*value = 0;
	if (!take_digits(at, CRM_WIDE_TEXT, value, &digits))
		return false;
	digits = 0;
	if (amount && **at == '.')
	{
		(*at)++;
		if (!take_digits(at, 4, value, &digits))
			return false;
	}
	for (; amount && digits < 4; digits++)
	{
		if (*value > CRM_WIDE_MAX / 10)
			return false;
		*value *= 10;
	}
	if (negative)
		*value = -*value;
	return crm_wide_fits(*value);
}

/* So many numbers in brackets, those that are no amounts within int64. */
static bool
take_numbers(const char **at, __int128 *numbers, int count, unsigned amounts)
{
	if (!take(at, "["))
		return false;
	for (int i = 0; i < count; i++)
	{
		bool		amount = (amounts & 1u << i) != 0;

		if ((i > 0 && !take(at, ",")) ||
			!take_number(at, amount, &numbers[i]) ||
			(!amount && (numbers[i] < -CRM_TALLY_MAX ||
						 numbers[i] > CRM_TALLY_MAX)))
			return false;
	}
	return take(at, "]");
}

/* Up to the bounds, of which there is room for CRM_PERIODS_MAX + 1. */
static bool
take_head(const char **at, int32_t *window_days, int32_t *first_day,
		  int32_t *bounds, int32_t *periods)
{
	__int128	window;

	if (!take(at, "{\"version\":1,\"window_days\":") ||
		!take_number(at, false, &window) || window < 0 || window > INT32_MAX ||
		!take(at, ",\"first_day\":"))
		return false;
	*window_days = (int32_t) window;
	*first_day = CRM_NO_DAY;
	if (is_next(at, 'n') ? !take(at, "null") : !take_day(at, first_day))
		return false;
	if (!take(at, ",\"bounds\":["))
		return false;
	for (int32_t i = 0; i <= CRM_PERIODS_MAX; i++)
	{
		if ((i > 0 && !take(at, ",")) || !take_day(at, &bounds[i]))
			return false;
		*periods = i;
		if (is_next(at, ']'))
			return take(at, "]") && i > 0;
	}
	return false;
}

static bool
take_cohorts(const char **at, const crm_retention_parts *parts)
{
	__int128	number;

	if (!take(at, ",\"cohorts\":["))
		return false;
	for (int32_t i = 0; i < CRM_COHORTS(parts->periods); i++)
	{
		if ((i > 0 && !take(at, ",")) || !take_number(at, false, &number) ||
			number < 0 || number > CRM_TALLY_MAX)
			return false;
		parts->sizes[i] = (int64_t) number;
	}
	return take(at, "],\"windows\":[");
}

static bool
take_windows(const char **at, const crm_retention_parts *parts)
{
	__int128	numbers[WINDOW_SIZE];

	for (int32_t i = 0; i <= parts->periods; i++)
	{
		if ((i > 0 && !take(at, ",")) ||
			!take_numbers(at, numbers, WINDOW_SIZE, WINDOW_AMOUNTS))
			return false;
		parts->windows[i].active = (int64_t) numbers[0];
		parts->windows[i].lost = (int64_t) numbers[1];
	}
	return true;
}

static bool
take_periods(const char **at, const crm_retention_parts *parts)
{
	__int128	numbers[SUMS_SIZE];

	if (!take(at, "],\"periods\":["))
		return false;
	for (int32_t i = 0; i < parts->periods; i++)
	{
		if ((i > 0 && !take(at, ",")) ||
			!take_numbers(at, numbers, SUMS_SIZE, SUMS_AMOUNTS))
			return false;
		parts->sums[i] = (crm_period_sums)
		{
			.returning = (int64_t) numbers[0],
				.refund_only = (int64_t) numbers[1],
				.returning_amount = crm_wide_of(numbers[2]),
				.refund_only_amount = crm_wide_of(numbers[3]),
				.first_amount = crm_wide_of(numbers[4])
		};
	}
	return take(at, "],\"cells\":[");
}

/* Cells come in their order, none of them twice: next is the first allowed. */
static bool
take_cell(const char **at, const crm_retention_parts *parts, int64_t *next)
{
	__int128	numbers[CELL_SIZE];
	int64_t		place;

	if (!take_numbers(at, numbers, CELL_SIZE, CELL_AMOUNTS) ||
		numbers[0] < 0 || numbers[0] >= CRM_COHORTS(parts->periods) ||
		numbers[1] < 0 || numbers[1] >= parts->periods)
		return false;
	place = (int64_t) numbers[0] * parts->periods + (int64_t) numbers[1];
	if (place < *next)
		return false;
	*next = place + 1;
	parts->cells[place] = (crm_cell)
	{
		.active = (int64_t) numbers[2], .present = (int64_t) numbers[3],
			.last = (int64_t) numbers[4], .events = (int64_t) numbers[5],
			.gross = crm_wide_of(numbers[6]),
			.refunds = crm_wide_of(numbers[7])
	};
	return true;
}

static crm_status
take_cells(const char **at, const crm_retention_parts *parts,
		   crm_interrupt interrupt, void *interrupt_arg)
{
	int64_t		next = 0;

	for (int64_t n = 0; !is_next(at, ']'); n++)
	{
		if (n % CELLS_AT_ONCE == 0 && interrupt != NULL &&
			interrupt(interrupt_arg))
			return CRM_INTERRUPTED;
		if ((n > 0 && !take(at, ",")) || !take_cell(at, parts, &next))
			return CRM_BAD_TEXT;
	}
	if (!take(at, "]}"))
		return CRM_BAD_TEXT;
	skip_space(at);
	return **at == '\0' ? CRM_OK : CRM_BAD_TEXT;
}

static bool
take_sums(const char **at, const crm_retention_parts *parts,
		  int32_t window_days)
{
	return take_cohorts(at, parts) &&
		(window_days == 0 || take_windows(at, parts)) &&
		take_periods(at, parts);
}

crm_status
crm_retention_parse(const char *text, int32_t *periods,
					crm_retention *retention, const char **fault,
					crm_interrupt interrupt, void *interrupt_arg)
{
	const char *at = text;
	int32_t		bounds[CRM_PERIODS_MAX + 1];
	int32_t		window_days;
	int32_t		first_day;
	crm_retention_parts parts;
	crm_status	status = CRM_BAD_TEXT;

	if (take_head(&at, &window_days, &first_day, bounds, periods))
		status = CRM_OK;
	if (status == CRM_OK && retention != NULL)
	{
		crm_retention_init(retention, bounds, *periods, window_days);
		retention->first_day = first_day;
		parts = crm_retention_open(retention);
		status = take_sums(&at, &parts, window_days) ?
			take_cells(&at, &parts, interrupt, interrupt_arg) : CRM_BAD_TEXT;
		if (status == CRM_OK &&
			crm_retention_check(retention,
								crm_retention_bytes(*periods)) != CRM_OK)
			status = CRM_BAD_TEXT;
	}
	*fault = at;
	return status;
}
