/*
 * bounds.c
 *		Bounds of periods: as arguments, and made from a calendar.
 */
#include "pg/period/period.h"

#include "catalog/pg_type.h"

#include "pg/activity/activity.h"

#define BOUNDS_HINT \
	errhint("Give the first day of each period, and the day after the last one; crm_period_bounds() makes them.")

PG_FUNCTION_INFO_V1(crm_period_bounds);

crm_bounds
crm_getarg_bounds(FunctionCallInfo fcinfo, int n, const char *name)
{
	ArrayType  *array = PG_GETARG_ARRAYTYPE_P(n);

	if (ARR_NDIM(array) > 1)
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("%s must have one dimension", name)));
	if (ARR_HASNULL(array) && array_contains_nulls(array))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("%s cannot contain NULL", name)));
	return (crm_bounds)
	{
		(const int32 *) ARR_DATA_PTR(array),
			ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array))
	};
}

void
crm_require_bounds(crm_bounds bounds)
{
	int			fault;
	char		text[CRM_DAY_TEXT];
	int32		day;

	if (crm_period_check_bounds(bounds.days, bounds.count, &fault) == CRM_OK)
		return;
	if (bounds.count < 2 || bounds.count > CRM_PERIODS_MAX + 1)
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 errmsg("bounds must have 2 to %d elements, not %d",
						CRM_PERIODS_MAX + 1, bounds.count),
				 BOUNDS_HINT));
	day = bounds.days[fault];
	if (DATE_NOT_FINITE(day))
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 errmsg("bounds cannot contain %s",
						DATE_IS_NOBEGIN(day) ? "-infinity" : "infinity"),
				 BOUNDS_HINT));
	ereport(ERROR,
			(errcode(crm_errcode(CRM_INVALID)),
			 errmsg("bounds must be in ascending order, but element %d is %.*s", fault + 1,
					crm_day_text(day, text), text),
			 BOUNDS_HINT));
}

void
crm_require_same_bounds(crm_bounds bounds, const int32 *days, int32 periods)
{
	if (bounds.count != periods + 1 ||
		memcmp(bounds.days, days, bounds.count * sizeof(int32)) != 0)
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 errmsg("bounds are not the same in every row"),
				 errhint("Give a constant, or the result of a scalar subquery.")));
}

/* Periods by name. */
static crm_calendar
calendar_of(const char *name, int32 anchor)
{
	static const struct
	{
		const char *name;
		int			months;
		int			days;
	}			known[] = {
		{"day", 0, 1}, {"week", 0, 7}, {"month", 1, 0}, {"quarter", 3, 0},
		{"year", 12, 0}
	};

	for (size_t i = 0; i < lengthof(known); i++)
		if (strcmp(name, known[i].name) == 0)
			return (crm_calendar)
		{
			anchor, known[i].months, known[i].days
		};
	ereport(ERROR,
			(errcode(crm_errcode(CRM_INVALID)),
			 errmsg("period cannot be \"%s\"", crm_clip_text(name)),
			 errhint("Use day, week, month, quarter or year.")));
}

static void
refuse_range(crm_status status)
{
	if (status == CRM_INVALID)
		ereport(ERROR,
				(errcode(crm_errcode(status)),
				 errmsg("as_of cannot be before first_day")));
	ereport(ERROR,
			(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
			 errmsg("bound of a period is out of range for a date")));
}

Datum
crm_period_bounds(PG_FUNCTION_ARGS)
{
	int32		first = crm_getarg_day(fcinfo, 0, "first_day");
	int32		last = crm_getarg_as_of(fcinfo, 1);
	int32		anchor = crm_getarg_day(fcinfo, 3, "anchor");
	crm_calendar calendar = calendar_of(text_to_cstring(PG_GETARG_TEXT_PP(2)),
										anchor);
	int32	   *bounds = palloc((CRM_PERIODS_MAX + 1) * sizeof(int32));
	Datum	   *days;
	int			count;
	crm_status	status = crm_period_make_bounds(&calendar, first, last, bounds,
												&count);

	if (status != CRM_OK)
		refuse_range(status);
	days = palloc(count * sizeof(Datum));
	for (int i = 0; i < count; i++)
		days[i] = DateADTGetDatum(bounds[i]);
	PG_RETURN_ARRAYTYPE_P(construct_array(days, count, DATEOID, sizeof(int32),
										  true, TYPALIGN_INT));
}
