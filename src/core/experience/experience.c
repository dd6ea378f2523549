/*
 * experience.c
 *		Mergeable moments of expected and actual scores.
 *
 * The sums are power sums in double-double. PostgreSQL's float.c avoids power
 * sums, for in doubles the variance cancels away; with 106 bits it does not,
 * the update needs no division, and merging is plain addition, so that no
 * order of rows shows in a printed digit. The extremes make constant data
 * exactly constant, whatever the rounding of their sums.
 *
 * Weights are weights of importance, not counts of repeated rows. Multiplying
 * all of them by a factor changes nothing; n equal ones give what n unweighted
 * rows give. The uncertainty follows from the effective sample size of Kish
 * (1965, Survey Sampling, 11.2C): n = (sum w)^2 / sum w^2.
 */
#include "core/experience/experience.h"

#include <stddef.h>
#include <string.h>

#include "core/numeric/student.h"

#define MOMENTS(name) \
	{name "_count", CRM_COUNT, CRM_ONCE}, \
	{name "_weight", CRM_SUM, CRM_ONCE}, \
	{name "_weight_sq", CRM_SUM, CRM_ONCE}, \
	{name "_sum", CRM_SUM, CRM_ONCE}, \
	{name "_sum_sq", CRM_SUM, CRM_ONCE}, \
	{name "_min", CRM_REAL, CRM_ONCE}, \
	{name "_max", CRM_REAL, CRM_ONCE}

static const crm_field experience_fields[] = {
	MOMENTS("gap"),
	MOMENTS("expected"),
	MOMENTS("actual"),
	{"negative", CRM_SUM, CRM_ONCE},
	{"satisfied", CRM_SUM, CRM_ONCE},
	{"positive", CRM_SUM, CRM_ONCE}
};

static const char *const outcome_names[CRM_OUTCOMES] = {
	"negative", "satisfied", "positive"
};

const char *
crm_outcome_name(crm_outcome outcome)
{
	return outcome_names[outcome];
}

int
crm_outcome_from_name(const char *name)
{
	for (int i = 0; i < CRM_OUTCOMES; i++)
		if (strcmp(name, outcome_names[i]) == 0)
			return i;
	return -1;
}

/*
 * Scores are decimals, which doubles only come near: 1.1 - 0.6 is a little
 * over 0.5. What their rounding may do to a gap:
 */
static double
gap_rounding(double expected, double actual)
{
	return DBL_EPSILON * fabs(expected) + DBL_EPSILON * fabs(actual);
}

/* Of gaps that all lie from low to high, known to a rounding. */
static crm_outcome
outcome_between(double low, double high, double tolerance, double rounding)
{
	double		limit = fmin(tolerance + rounding, DBL_MAX);

	if (low > limit)
		return CRM_POSITIVE;
	return high < -limit ? CRM_NEGATIVE : CRM_SATISFIED;
}

crm_outcome
crm_outcome_of(double expected, double actual, double tolerance)
{
	double		gap = actual - expected;

	return outcome_between(gap, gap, tolerance,
						   gap_rounding(expected, actual));
}

/* One test for all four: where a high part overflows, its low is a NaN. */
static bool
moments_are_finite(const crm_moments *m)
{
	return isfinite(m->weight.lo + m->weight_sq.lo + m->sum.lo +
					m->sum_sq.lo);
}

/* A square that vanishes, or nearly, would make what varies a constant. */
static bool
underflows(double square, double value)
{
	return square < CRM_SMALLEST_PRODUCT && value != 0;
}

/* Most rows have no weight: spare them the products by 1. */
crm_status
crm_moments_add(crm_moments *m, double value, double weight)
{
	crm_dd		square;

	value += 0.0;				/* -0 is 0, whichever comes first */
	if (m->count == 0 || value < m->min)
		m->min = value;
	if (m->count == 0 || value > m->max)
		m->max = value;
	m->count++;
	m->weight = crm_dd_add_double(m->weight, weight);
	if (weight == 1)
	{
		m->weight_sq = crm_dd_add_double(m->weight_sq, 1);
		m->sum = crm_dd_add_double(m->sum, value);
		square = crm_two_product(value, value);
	}
	else
	{
		crm_dd		weighted = crm_two_product(weight, value);

		m->weight_sq = crm_dd_add(m->weight_sq,
								  crm_two_product(weight, weight));
		m->sum = crm_dd_add(m->sum, weighted);
		square = crm_dd_mul_double(weighted, value);
	}
	m->sum_sq = crm_dd_add(m->sum_sq, square);
	return moments_are_finite(m) && !underflows(square.hi, value) ?
		CRM_OK : CRM_OUT_OF_RANGE;
}

crm_status
crm_experience_add(crm_experience *e, const double *expected,
				   const double *actual, double weight)
{
	crm_status	status = CRM_OK;
	crm_dd	   *outcome;

	if (weight == 0)
		return CRM_OK;
	if (underflows(weight * weight, weight))
		return CRM_OUT_OF_RANGE;
	if (expected != NULL)
		status = crm_moments_add(&e->expected, *expected, weight);
	if (actual != NULL && status == CRM_OK)
		status = crm_moments_add(&e->actual, *actual, weight);
	if (expected == NULL || actual == NULL || status != CRM_OK)
		return status;
	outcome = &e->outcome[crm_outcome_of(*expected, *actual,
										 CRM_DEFAULT_TOLERANCE)];
	*outcome = crm_dd_add_double(*outcome, weight);
	return crm_moments_add(&e->gap, *actual - *expected, weight);
}

void
crm_moments_merge(crm_moments *into, const crm_moments *from)
{
	if (from->count == 0)
		return;
	into->min = (into->count == 0 ? from->min : fmin(into->min, from->min)) + 0.0;
	into->max = (into->count == 0 ? from->max : fmax(into->max, from->max)) + 0.0;
	into->count += from->count;
	into->weight = crm_dd_add(into->weight, from->weight);
	into->weight_sq = crm_dd_add(into->weight_sq, from->weight_sq);
	into->sum = crm_dd_add(into->sum, from->sum);
	into->sum_sq = crm_dd_add(into->sum_sq, from->sum_sq);
}

static bool
experience_merge(void *into, const void *from, int width)
{
	crm_experience *a = into;
	const crm_experience *b = from;

	(void) width;
	crm_moments_merge(&a->gap, &b->gap);
	crm_moments_merge(&a->expected, &b->expected);
	crm_moments_merge(&a->actual, &b->actual);
	for (int i = 0; i < CRM_OUTCOMES; i++)
		a->outcome[i] = crm_dd_add(a->outcome[i], b->outcome[i]);
	return true;
}

static double
largest(const crm_moments *m)
{
	return fmax(fabs(m->min), fabs(m->max));
}

/* a <= b, to more rounding than sums can gather. */
static bool
at_most(double a, double b)
{
	return a <= b + 1e-9 * fabs(b);
}

/*
 * The mean lies between the extremes, the root of the mean square between the
 * size of the mean and the largest, and sum w^2 between (sum w)^2 / n and
 * (sum w)^2.
 */
bool
crm_moments_are_valid(const crm_moments *m)
{
	double		weight = m->weight.hi;
	double		mean = m->sum.hi / weight;
	double		root = sqrt(m->sum_sq.hi / weight);
	double		slack = 1e-9 * largest(m);

	if (m->count == 0)
		return m->weight.hi == 0 && m->weight_sq.hi == 0 &&
			m->sum.hi == 0 && m->sum_sq.hi == 0 &&
			m->min == 0 && m->max == 0;
	return weight > 0 && mean >= m->min - slack && mean <= m->max + slack &&
		at_most(fabs(mean), root) && at_most(root, largest(m)) &&
		at_most(sqrt(m->weight_sq.hi), weight) &&
		at_most(weight, sqrt(m->count) * sqrt(m->weight_sq.hi));
}

/* Extremes of the range can be consistent and still have no quotient. */
static bool
has_answers(crm_moments m)
{
	crm_estimate estimate;

	return crm_moments_estimate(&m, &estimate) != CRM_OK ||
		(isfinite(estimate.mean) && isfinite(estimate.stddev) &&
		 isfinite(estimate.error));
}

static bool
is_part_of(const crm_moments *pairs, const crm_moments *side)
{
	return pairs->count <= side->count &&
		at_most(pairs->weight.hi, side->weight.hi);
}

static bool
experience_is_valid(const void *body, int width)
{
	const crm_experience *e = body;
	double		outcomes = 0;

	(void) width;
	for (int i = 0; i < CRM_OUTCOMES; i++)
	{
		if (e->outcome[i].hi < 0)
			return false;
		outcomes += e->outcome[i].hi;
	}
	/* The outcomes divide the pairs, up to the order of their addition. */
	return fabs(outcomes - e->gap.weight.hi) <= 1e-9 * e->gap.weight.hi &&
		crm_moments_are_valid(&e->gap) && crm_moments_are_valid(&e->expected) &&
		crm_moments_are_valid(&e->actual) && has_answers(crm_experience_gaps(e)) &&
		has_answers(e->expected) && has_answers(e->actual) &&
		is_part_of(&e->gap, &e->expected) && is_part_of(&e->gap, &e->actual);
}

const crm_layout crm_experience_layout = {
	"crm_experience", experience_fields,
	sizeof(experience_fields) / sizeof(experience_fields[0]),
	sizeof(crm_experience) / 8, experience_is_valid, experience_merge, 0
};

static double
largest_rounding(const crm_experience *e)
{
	return gap_rounding(largest(&e->expected), largest(&e->actual));
}

/*
 * Each gap is off by the rounding of its scores, either way. The middle of
 * the extremes stands for all of them, for it knows of no order of rows.
 */
crm_moments
crm_experience_gaps(const crm_experience *e)
{
	crm_moments gaps = e->gap;

	if (gaps.max - gaps.min <= 2 * largest_rounding(e))
		gaps.min = gaps.max = gaps.min / 2 + gaps.max / 2;
	return gaps;
}

crm_status
crm_moments_mean(const crm_moments *m, double *mean)
{
	if (m->count == 0)
		return CRM_TOO_FEW;
	*mean = m->min == m->max ? m->min : crm_dd_div(m->sum, m->weight).hi;
	return CRM_OK;
}

/* Below it the weights of all rows but one are lost in rounding. */
#define DF_MIN 1e-20

/*
 * Of two values the weights cancel out of the variance, and however unlike
 * they are nothing is lost. share is the square root of sum w^2 / (sum w)^2.
 */
static crm_status
estimate_of_two(const crm_moments *m, double share, crm_estimate *estimate)
{
	estimate->stddev = m->max * M_SQRT1_2 - m->min * M_SQRT1_2;
	estimate->error = estimate->stddev * share;
	return estimate->df > 0 ? CRM_OK : CRM_TOO_FEW;
}

/*
 * The unbiased variance is (S2/W - mean^2) n/(n - 1), where n is the effective
 * sample size W/(W2/W) and n - 1 must not be left to cancel.
 */
crm_status
crm_moments_estimate(const crm_moments *m, crm_estimate *estimate)
{
	crm_status	status = crm_moments_mean(m, &estimate->mean);
	crm_dd		typical;		/* weight */
	crm_dd		mean;
	double		spread;
	double		n;

	if (status != CRM_OK)
		return status;
	typical = crm_dd_div(m->weight_sq, m->weight);
	n = m->weight.hi / typical.hi;
	estimate->df = crm_dd_sub(m->weight, typical).hi / typical.hi;
	if (m->count == 2)
		return estimate_of_two(m, sqrt(typical.hi / m->weight.hi), estimate);
	if (m->count < 2 || !(estimate->df > DF_MIN))
		return CRM_TOO_FEW;
	mean = crm_dd_div(m->sum, m->weight);
	spread = crm_dd_sub(crm_dd_div(m->sum_sq, m->weight),
						crm_dd_mul(mean, mean)).hi;
	if (m->min == m->max || spread < 0)
		spread = 0;
	estimate->stddev = sqrt(spread * (n / estimate->df));
	estimate->error = sqrt(spread / estimate->df);
	return CRM_OK;
}

static crm_interval
student_interval(double centre, double error, double df, double confidence)
{
	crm_interval interval = {centre, centre};

	if (error > 0)
	{
		double		half = error *
			crm_student_quantile((1 - confidence) / 2, df);

		interval.low -= half;
		interval.high += half;
	}
	return interval;
}

crm_status
crm_moments_interval(const crm_moments *m, double confidence,
					 crm_interval *interval)
{
	crm_estimate estimate;
	crm_status	status = crm_moments_estimate(m, &estimate);

	if (status == CRM_OK)
		*interval = student_interval(estimate.mean, estimate.error,
									 estimate.df, confidence);
	if (status == CRM_OK && !isfinite(interval->high - interval->low))
		status = CRM_TOO_FEW;
	return status;
}

crm_status
crm_experience_share(const crm_experience *e, crm_outcome outcome,
					 double *share)
{
	crm_dd		all = {0, 0};

	if (e->gap.count == 0)
		return CRM_TOO_FEW;
	for (int i = 0; i < CRM_OUTCOMES; i++)
		all = crm_dd_add(all, e->outcome[i]);
	*share = crm_dd_div(e->outcome[outcome], all).hi;
	return CRM_OK;
}

crm_status
crm_experience_verdict(const crm_experience *e, double tolerance,
					   double confidence, crm_outcome *outcome)
{
	crm_moments gaps = crm_experience_gaps(e);
	crm_interval interval;
	crm_status	status = crm_moments_interval(&gaps, confidence, &interval);

	if (status == CRM_OK)
		*outcome = outcome_between(interval.low, interval.high, tolerance,
								   largest_rounding(e));
	return status;
}

/* The degrees of freedom are those of Welch (1947, Biometrika 34). */
crm_status
crm_moments_difference(const crm_moments *a, const crm_moments *b,
					   double rounding, double confidence,
					   crm_difference *result)
{
	crm_estimate x;
	crm_estimate y;
	double		error;
	double		share;
	double		df;

	if (crm_moments_estimate(a, &x) != CRM_OK ||
		crm_moments_estimate(b, &y) != CRM_OK)
		return CRM_TOO_FEW;
	result->difference = x.mean - y.mean;
	if (fabs(result->difference) <= rounding)
		result->difference = 0;
	error = hypot(x.error, y.error);
	share = error > 0 ? (x.error / error) * (x.error / error) : 0;
	df = 1 / (share * share / x.df + (1 - share) * (1 - share) / y.df);
	result->interval = student_interval(result->difference, error, df,
										confidence);
	if (!isfinite(result->interval.high - result->interval.low))
		return CRM_TOO_FEW;
	result->p_value = error > 0 ?
		2 * crm_student_upper(fabs(result->difference) / error, df) : NAN;
	return CRM_OK;
}

crm_status
crm_experience_test(const crm_experience *a, const crm_experience *b,
					double confidence, crm_difference *result)
{
	crm_moments gaps_a = crm_experience_gaps(a);
	crm_moments gaps_b = crm_experience_gaps(b);

	return crm_moments_difference(&gaps_a, &gaps_b,
								  largest_rounding(a) + largest_rounding(b),
								  confidence, result);
}
