/*
 * bounds.c
 *		Bounds of periods: checked, searched, made from a calendar.
 */
#include "core/period/period.h"

#define DAYS_IN_EVERY_MONTH	28

crm_status
crm_period_check_bounds(const int32_t *bounds, int count, int *fault)
{
	*fault = 0;
	if (count < 2 || count > CRM_PERIODS_MAX + 1)
		return CRM_INVALID;
	for (int i = 0; i < count; i++)
	{
		*fault = i;
		if (bounds[i] < CRM_DAY_MIN || bounds[i] > CRM_DAY_MAX ||
			(i > 0 && bounds[i] <= bounds[i - 1]))
			return CRM_INVALID;
	}
	return CRM_OK;
}

int32_t
crm_period_of(const int32_t *bounds, int32_t periods, int32_t day)
{
	int32_t		low = 0;
	int32_t		high = periods;

	while (high - low > 1)
	{
		int32_t		middle = low + (high - low) / 2;

		if (bounds[middle] <= day)
			low = middle;
		else
			high = middle;
	}
	return low;
}

static int64_t
floor_divide(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

static int
days_in_month(int64_t year, int month)
{
	int64_t		next = crm_day_from_civil(month == 12 ? year + 1 : year,
										  month == 12 ? 1 : month + 1, 1);

	return (int) (next - crm_day_from_civil(year, month, 1));
}

/* Months after January of year 0; a day that the month lacks is its last. */
static int64_t
day_of_month(int64_t months, int dom)
{
	int64_t		year = floor_divide(months, 12);
	int			month = (int) (months - year * 12) + 1;
	int			days;

	if (dom <= DAYS_IN_EVERY_MONTH)
		return crm_day_from_civil(year, month, dom);
	days = days_in_month(year, month);
	return crm_day_from_civil(year, month, dom < days ? dom : days);
}

static int64_t
months_of(int64_t day, int *dom)
{
	int64_t		year;
	int			month;

	crm_civil_from_day(day, &year, &month, dom);
	return year * 12 + month - 1;
}

/* The start of the n-th period after the anchor. */
static int64_t
start_of(const crm_calendar *calendar, int64_t n)
{
	int			dom;
	int64_t		months;

	if (calendar->months == 0)
		return calendar->anchor + n * calendar->days;
	months = months_of(calendar->anchor, &dom);
	return day_of_month(months + n * calendar->months, dom);
}

/* The period that a day is in, counted from the anchor. */
static int64_t
number_of(const crm_calendar *calendar, int32_t day)
{
	int			dom;
	int64_t		n;

	if (calendar->months == 0)
		return floor_divide((int64_t) day - calendar->anchor, calendar->days);
	n = floor_divide(months_of(day, &dom) - months_of(calendar->anchor, &dom),
					 calendar->months);
	/* The day may come before the anchor's day of its month. */
	return start_of(calendar, n) > day ? n - 1 : n;
}

/* As start_of() of each, with the anchor taken apart once. */
static void
fill_starts(const crm_calendar *calendar, int64_t from, int64_t to,
			int32_t *bounds)
{
	int			dom = 0;
	int64_t		months = calendar->months == 0 ? 0 :
		months_of(calendar->anchor, &dom);

	for (int64_t n = from; n <= to; n++)
		*bounds++ = (int32_t) (calendar->months == 0 ?
							   calendar->anchor + n * calendar->days :
							   day_of_month(months + n * calendar->months, dom));
}

crm_status
crm_period_make_bounds(const crm_calendar *calendar, int32_t first, int32_t last,
					   int32_t *bounds, int *count)
{
	int64_t		from = number_of(calendar, first);
	int64_t		to = number_of(calendar, last);
	int			n;

	if (last < first)
		return CRM_INVALID;
	if (from < to - CRM_PERIODS_MAX + 1)
		from = to - CRM_PERIODS_MAX + 1;
	if (last >= CRM_DAY_MAX || start_of(calendar, from) < CRM_DAY_MIN)
		return CRM_OUT_OF_RANGE;
	fill_starts(calendar, from, to, bounds);
	n = (int) (to - from + 1);
	bounds[n++] = last + 1;
	*count = n;
	return CRM_OK;
}
