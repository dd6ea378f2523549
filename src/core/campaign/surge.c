/*
 * surge.c
 *		Is a value more than its kind usually is?
 *
 * z is the modified z-score of Iglewicz and Hoaglin (1993, How to Detect and
 * Handle Outliers): median and median absolute deviation, which earlier surges
 * do not move. With eight values it flags far more than a normal table says,
 * so the tail probability is given as well: for counts that of Poisson's or,
 * where they vary more than that, of a negative binomial distribution of their
 * mean and variance (Farrington et al. 1996, A Statistical Algorithm for the
 * Early Detection of Outbreaks of Infectious Disease); for other numbers that
 * of a further draw, by Student's t.
 *
 * Values are sorted first, so that sums do not depend on their order.
 */
#include "core/campaign/surge.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/numeric/counts.h"
#include "core/numeric/doubledouble.h"
#include "core/numeric/sort.h"
#include "core/numeric/student.h"

/* 1 / the upper quartile of the normal distribution, as the paper rounds it. */
#define MAD_SCALE 1.4826

const char *
crm_surge_method_name(crm_surge_method method)
{
	switch (method)
	{
		case CRM_SURGE_POISSON:
			return "poisson";
		case CRM_SURGE_NEGATIVE_BINOMIAL:
			return "negative binomial";
		case CRM_SURGE_STUDENT:
			break;
	}
	return "student";
}

static bool
is_less(const double *a, const double *b)
{
	return *a < *b;
}

CRM_DEFINE_SORT(sort_values, double, is_less)

static double
median(const double *sorted, size_t count)
{
	double		low = sorted[(count - 1) / 2];
	double		high = sorted[count / 2];

	return low == high ? low : low / 2 + high / 2;
}

static crm_status
robust_z(double observed, const double *sorted, double *scratch, size_t count,
		 crm_interrupt interrupt, void *arg, double *z)
{
	double		middle = median(sorted, count);
	double		mad;

	for (size_t i = 0; i < count; i++)
		scratch[i] = fabs(sorted[i] - middle);
	if (sort_values(scratch, count, interrupt, arg) != CRM_OK)
		return CRM_INTERRUPTED;
	mad = median(scratch, count);
	*z = mad > 0 ? (observed - middle) / (MAD_SCALE * mad) : NAN;
	return CRM_OK;
}

static double
mean_of(const double *sorted, size_t count)
{
	crm_dd		sum = {0, 0};

	for (size_t i = 0; i < count; i++)
		sum = crm_dd_add_double(sum, sorted[i]);
	return sum.hi / (double) count;
}

static double
variance_of(const double *sorted, size_t count, double mean)
{
	crm_dd		sum = {0, 0};

	for (size_t i = 0; i < count; i++)
		sum = crm_dd_add_double(sum, (sorted[i] - mean) * (sorted[i] - mean));
	return sum.hi / (double) (count - 1);
}

static bool
is_count(double value)
{
	return value >= 0 && value <= CRM_COUNT_MAX && value == floor(value);
}

static bool
are_counts(double observed, const double *sorted, size_t count)
{
	if (!is_count(observed))
		return false;
	for (size_t i = 0; i < count; i++)
		if (!is_count(sorted[i]))
			return false;
	return true;
}

/*
 * Whether the variance of counts is above their mean. Both are often the same
 * number, as of 0, 0, 0, 1, 1, 2, and rounding must not say which is larger.
 */
static bool
is_overdispersed(const double *counts, size_t count)
{
	__int128	sum = 0;
	__int128	squares = 0;

	for (size_t i = 0; i < count; i++)
	{
		int64_t		value = (int64_t) counts[i];

		sum += value;
		squares += value * value;
	}
	return squares * count - sum * sum > sum * (count - 1);
}

/*
 * Nothing but zeros does not mean that one is impossible: the mean is then
 * taken to be one event in all that was seen.
 */
static void
judge_count(double observed, const double *counts, size_t count, double mean,
			double variance, crm_surge_verdict *result)
{
	bool		overdispersed = is_overdispersed(counts, count);

	mean = fmax(mean, 1 / (double) count);
	result->method = overdispersed ? CRM_SURGE_NEGATIVE_BINOMIAL :
		CRM_SURGE_POISSON;
	result->p_value = crm_count_upper(observed, mean, overdispersed && variance > mean ?
									  mean * mean / (variance - mean) :
									  INFINITY);
}

static void
judge_number(double observed, size_t count, double mean, double variance,
			 crm_surge_verdict *result)
{
	double		error = sqrt(variance) * sqrt(1 + 1 / (double) count);

	result->method = CRM_SURGE_STUDENT;
	result->p_value = error > 0 ?
		crm_student_upper((observed - mean) / error, (double) (count - 1)) :
		NAN;
}

crm_status
crm_surge_judge(double observed, double *values, double *scratch,
				size_t count, crm_interrupt interrupt, void *arg,
				crm_surge_verdict *result)
{
	double		mean;
	double		variance;

	if (count < CRM_SURGE_MIN)
		return CRM_TOO_FEW;
	if (sort_values(values, count, interrupt, arg) != CRM_OK ||
		robust_z(observed, values, scratch, count, interrupt, arg,
				 &result->z) != CRM_OK)
		return CRM_INTERRUPTED;
	mean = mean_of(values, count);
	variance = variance_of(values, count, mean);
	if (!isfinite(variance) || isinf(result->z) ||
		!isfinite(observed - mean))
		return CRM_OUT_OF_RANGE;
	if (are_counts(observed, values, count))
		judge_count(observed, values, count, mean, variance, result);
	else
		judge_number(observed, count, mean, variance, result);
	return CRM_OK;
}
