/*
 * abc.c
 *		ABC limits and measures of concentration; abc.h says what they share.
 */
#include "core/abc/abc.h"

#include <float.h>
#include <math.h>

/* A sum and what rounding took from it, to be added at the end. */
typedef struct compensated
{
	double		sum;
	double		lost;
} compensated;

/*
 * Neumaier, Rundungsfehleranalyse einiger Verfahren zur Summation endlicher
 * Summen, ZAMM 54 (1974): the error does not grow with the number of values.
 */
static inline compensated
plus(compensated a, double value)
{
	double		sum = a.sum + value;

	if (fabs(a.sum) >= fabs(value))
		a.lost += (a.sum - sum) + value;
	else
		a.lost += (value - sum) + a.sum;
	a.sum = sum;
	return a;
}

/* A walk over groups of equal values, up from the lowest or down. */
typedef struct walk
{
	const crm_values *values;
	size_t		begin;			/* keys that are still ahead */
	size_t		end;
	bool		down;
	double		unit;			/* what sums are counted in the inverse of */
	double		value;			/* of the group that it stands at */
	uint64_t	group;			/* how many have this value */
	uint64_t	before;			/* how many were passed before them */
	compensated passed;			/* what those amount to */
} walk;

/*
 * A factor for sums of values so small that a share of one would underflow;
 * as a power of 2 it costs no digit, and shares do not know it.
 */
static double
unit_of(const crm_values *values)
{
	size_t		count = values->distinct;
	double		most = count == 0 ? 1 : crm_value_of(values->keys[count - 1]);

	return most < 1e-250 ? 0x1p800 : 1;
}

static walk
walk_up(const crm_values *values)
{
	return (walk)
	{
		.values = values, .end = values->distinct, .unit = unit_of(values)
	};
}

/* Positive values only, the highest first. */
static walk
walk_down(const crm_values *values)
{
	return (walk)
	{
		.values = values, .begin = crm_place_of(values, 0),
			.end = values->distinct, .down = true, .unit = unit_of(values)
	};
}

/* How many customers are ahead of a walk that has not begun. */
static double
customers_ahead(const walk *at)
{
	return crm_values_before(at->values, at->end) -
		crm_values_before(at->values, at->begin);
}

static bool
next_group(walk *at)
{
	size_t		place;

	at->passed = plus(at->passed, at->value * at->unit * at->group);
	at->before += at->group;
	at->group = 0;
	if (at->begin == at->end)
		return false;
	place = at->down ? --at->end : at->begin++;
	at->value = crm_value_of(at->values->keys[place]);
	at->group = crm_values_times(at->values, place);
	return true;
}

/* The share of total that is held by the passed and so many of the group. */
static double
share_with(const walk *at, double total, double part)
{
	compensated held = plus(at->passed, at->value * at->unit * part);

	return (held.sum + held.lost) / total;
}

/*
 * Amounts in decimals are not exact in binary, and 2.4 of 3 comes out a little
 * less than 0.8. A share that misses by as much as the rounding of its two sums,
 * their quotient and the cut can make is there.
 */
static bool
reaches(double share, double cut)
{
	return share >= cut * (1 - 4 * DBL_EPSILON);
}

/* Walks to the position, counted in customers; a part of one counts as such. */
static double
share_up_to(walk *at, double total, double position)
{
	while (position > at->before + at->group)
		if (!next_group(at))
			return 1;
	return share_with(at, total, position - at->before);
}

/* Added as the walk will add again, so that all of it is a share of 1. */
static crm_status
total_of(walk at, double *total)
{
	while (next_group(&at))
		;
	*total = at.passed.sum + at.passed.lost;
	if (!isfinite(*total))
		return CRM_OUT_OF_RANGE;
	return *total > 0 ? CRM_OK : CRM_SINGULAR;
}

/*
 * A value is in the first class whose cut exceeds the share held by strictly
 * greater values: whoever crosses a cut still belongs to the class before it.
 */
crm_status
crm_abc_limits(const crm_values *values, const double *cuts,
			   int cut_count, double *limits)
{
	walk		at = walk_down(values);
	double		total;
	int			class = 0;
	crm_status	status = total_of(at, &total);

	if (status != CRM_OK)
		return status;
	while (next_group(&at))
	{
		double		above = share_with(&at, total, 0);

		for (; class < cut_count && reaches(above, cuts[class]); class++)
			limits[class + 1] = limits[class];
		limits[class] = at.value;
	}
	for (; class < cut_count; class++)
		limits[class + 1] = limits[class];
	return CRM_OK;
}

/* A point of the curve of effort x (share of customers) and yield y. */
typedef struct curve_point
{
	double		x;
	double		value;			/* of the customers that end there */
} curve_point;

/* The point nearest to (x, 1); of those as near but for rounding, the first. */
static curve_point
nearest(walk at, double total, double x)
{
	double		customers = customers_ahead(&at);
	double		best = INFINITY;
	curve_point point = {0};

	while (next_group(&at))
	{
		double		effort = (at.before + at.group) / customers;
		double		missing = 1 - share_with(&at, total, at.group);
		double		distance = (effort - x) * (effort - x) + missing * missing;

		if (distance < best - 4 * DBL_EPSILON)
		{
			best = distance;
			point = (curve_point)
			{
				effort, at.value
			};
		}
	}
	return point;
}

/* Up to where a customer yields at least the mean: the slope is 1 or more. */
static curve_point
break_even(walk at, double total)
{
	double		customers = customers_ahead(&at);
	curve_point point = {0};

	while (next_group(&at) && reaches(at.value * at.unit / total * customers, 1))
		point = (curve_point)
	{
		(at.before + at.group) / customers, at.value
	};
	return point;
}

/*
 * Ultsch and Loetsch, Computed ABC Analysis for Rational Selection of Most
 * Informative Variables in Multivariate Data, PLoS ONE 10(6), 2015. Class A
 * ends at the Pareto point, nearest to the ideal (0, 1), or where effort and
 * yield break even, whichever comes first; B at the point nearest to the ideal
 * above the other. On the points of the data themselves, without a spline.
 */
crm_status
crm_abc_limits_computed(const crm_values *values, double *limits)
{
	walk		at = walk_down(values);
	double		total;
	curve_point pareto;
	curve_point even;
	crm_status	status = total_of(at, &total);

	if (status != CRM_OK)
		return status;
	pareto = nearest(at, total, 0);
	even = break_even(at, total);
	limits[0] = pareto.x < even.x ? pareto.value : even.value;
	limits[1] = nearest(at, total, fmax(pareto.x, even.x)).value;
	limits[2] = crm_value_of(values->keys[at.begin]);
	return CRM_OK;
}

/* The first class whose limit value reaches; what reaches none is in the last. */
char
crm_abc_letter(double value, const double *limits, int count)
{
	int			class = 0;

	if (value < 0)
		return 'N';
	if (value == 0)
		return 'Z';
	while (class < count - 1 && value < limits[class])
		class++;
	return (char) ('A' + class);
}

/*
 * G = sum of (2 i - n - 1) v_i / (n sum of v), i the rank of v_i from the
 * lowest: the mean absolute difference over twice the mean. The weights of
 * equal values add up to group * (2 before + group - n).
 */
crm_status
crm_gini_of(const crm_values *values, double *gini)
{
	walk		at = walk_up(values);
	compensated sum = {0};
	double		count = crm_values_count(values);
	double		total;
	crm_status	status = total_of(at, &total);

	if (values->distinct > 0 && crm_value_of(values->keys[0]) < 0)
		return CRM_SINGULAR;
	if (status != CRM_OK)
		return status;
	while (next_group(&at))
	{
		double		rank = 2.0 * at.before + at.group - count;

		sum = plus(sum, at.group * (rank / count) * (at.value * at.unit));
	}
	*gini = (sum.sum + sum.lost) / total;
	return CRM_OK;
}

/* Held by the top share of customers, along straight lines between them. */
crm_status
crm_top_share_of(const crm_values *values, double share,
				 double *held)
{
	walk		at = walk_down(values);
	double		total;
	crm_status	status = total_of(at, &total);

	if (status == CRM_OK)
		*held = share_up_to(&at, total, share * crm_values_count(values));
	return status;
}

/* How many of the group does it take? The fewest, found by bisection. */
static uint64_t
fewest_with(const walk *at, double total, double share)
{
	uint64_t	low = 0;
	uint64_t	high = at->group;

	while (low < high)
	{
		uint64_t	middle = low + (high - low) / 2;

		if (reaches(share_with(at, total, middle), share))
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

/* The smallest share of customers that holds at least the given share. */
crm_status
crm_pareto_width_of(const crm_values *values, double share,
					double *width)
{
	walk		at = walk_down(values);
	double		total;
	crm_status	status = total_of(at, &total);

	if (status != CRM_OK)
		return status;
	while (next_group(&at) &&
		   !reaches(share_with(&at, total, at.group), share))
		;
	*width = (double) (at.before + fewest_with(&at, total, share)) /
		crm_values_count(values);
	return CRM_OK;
}

/*
 * Herfindahl and Hirschman: the sum of squared shares, from 1 / n where all
 * have the same to 1 where one has all.
 */
crm_status
crm_hhi_of(const crm_values *values, double *hhi)
{
	walk		at = walk_down(values);
	compensated sum = {0};
	double		total;
	crm_status	status = total_of(at, &total);

	if (status != CRM_OK)
		return status;
	while (next_group(&at))
	{
		double		share = at.value * at.unit / total;

		sum = plus(sum, at.group * share * share);
	}
	*hhi = sum.sum + sum.lost;
	return CRM_OK;
}

/* held[i - 1]: by the lowest i / points of customers, i from 1 to points. */
crm_status
crm_lorenz_of(const crm_values *values, int points, double *held)
{
	walk		at = walk_up(values);
	double		count = crm_values_count(values);
	double		total;
	crm_status	status = total_of(at, &total);

	if (values->distinct > 0 && crm_value_of(values->keys[0]) < 0)
		return CRM_SINGULAR;
	for (int i = 1; i <= points && status == CRM_OK; i++)
		held[i - 1] = share_up_to(&at, total, i * count / points);
	return status;
}
