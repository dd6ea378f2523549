/*
 * experience.c
 *		Moments of ratings: values, exactness, merging, tests.
 *
 * Numbers said to be scipy's are of scipy 1.10: stats.t.interval,
 * stats.ttest_ind(equal_var=False).
 */
#include "tap.h"

#include <stdlib.h>

#include "core/experience/experience.h"

static const double sample_a[] = {-1.0, 0.5, 0, -2, -0.5, -1.5, 1, -3};
static const double sample_b[] = {0.5, 1, -1, 0, 1.5, -0.5};
static const double weights[] = {1, 2, 3, 0.5, 1, 1, 2, 4};

/* A summary of pairs that expect 5 and get 5 + gap. */
static crm_experience
summary(const double *gap, const double *weight, int n)
{
	crm_experience e = {0};

	for (int i = 0; i < n; i++)
	{
		double		expected = 5;
		double		actual = 5 + gap[i];

		crm_experience_add(&e, &expected, &actual,
						   weight == NULL ? 1 : weight[i]);
	}
	return e;
}

static void
test_outcomes(void)
{
	ok(crm_outcome_of(5, 5.5, 0.5) == CRM_SATISFIED, "half a step is met");
	ok(crm_outcome_of(0.6, 1.1, 0.5) == CRM_SATISFIED, "rounding is no gap");
	ok(crm_outcome_of(0.3, 0.1 + 0.2, 0) == CRM_SATISFIED,
	   "nor without tolerance");
	ok(crm_outcome_of(0, 0, 0) == CRM_SATISFIED, "equal is satisfied");
	ok(crm_outcome_of(5, 5.51, 0.5) == CRM_POSITIVE, "more is positive");
	ok(crm_outcome_of(5, 4.49, 0.5) == CRM_NEGATIVE, "less is negative");
	ok(crm_outcome_of(5, 6, 1) == CRM_SATISFIED, "the tolerance is heeded");
	ok(crm_outcome_of(-1e308, 1e308, 0.5) == CRM_POSITIVE &&
	   crm_outcome_of(1e308, -1e308, DBL_MAX) == CRM_NEGATIVE,
	   "a gap beyond double is no less a gap");
	is_int(crm_outcome_from_name("positive"), CRM_POSITIVE, "a name");
	is_int(crm_outcome_from_name("Positive"), -1, "another is none");
	is_text(crm_outcome_name(CRM_NEGATIVE), "negative", "and back");
}

static void
test_estimates(void)
{
	crm_experience e = summary(sample_a, NULL, 8);
	crm_estimate estimate;
	crm_interval interval;

	is_int(crm_moments_estimate(&e.gap, &estimate), CRM_OK, "an estimate");
	is_close(estimate.mean, -0.8125, 1e-15, "mean");
	is_close(estimate.stddev, 1.334634781503914, 1e-14, "stddev, numpy");
	is_close(estimate.error, 0.4718646522044218, 1e-14, "stderr, scipy");
	is_close(estimate.df, 7, 0, "degrees of freedom");
	crm_moments_interval(&e.gap, 0.95, &interval);
	is_close(interval.low, -1.9282826000719702, 1e-12, "95%% low, scipy");
	is_close(interval.high, 0.30328260007197017, 1e-12, "95%% high, scipy");
	crm_moments_interval(&e.gap, 0.99, &interval);
	is_close(interval.low, -2.463782468999473, 1e-12, "99%% low, scipy");
	is_close(interval.high, 0.8387824689994734, 1e-12, "99%% high, scipy");
	is_int(e.expected.count, 8, "the expected side is counted");
	crm_moments_estimate(&e.expected, &estimate);
	ok(estimate.stddev == 0 && estimate.mean == 5, "and constant");
	crm_moments_mean(&e.actual, &estimate.mean);
	is_close(estimate.mean, 4.1875, 1e-15, "mean of the actual side");
}

/* Of 1 and 4 the standard deviation is 3 / sqrt(2), whatever they weigh. */
static void
test_unlike_weights(void)
{
	crm_experience e;
	double		nothing = 0;
	double		one = 1;
	double		four = 4;
	crm_estimate estimate;
	crm_interval interval;

	memset(&e, 0, sizeof(e));
	crm_experience_add(&e, &nothing, &one, 1e100);
	crm_experience_add(&e, &nothing, &four, 1e-30);
	is_int(crm_moments_estimate(&e.gap, &estimate), CRM_OK,
		   "weights of 1e100 and 1e-30");
	is_close(estimate.stddev, 2.1213203435596424, 1e-15, "their stddev");
	is_close(estimate.error, 2.1213203435596424, 1e-15, "and its error");
	is_int(crm_moments_interval(&e.gap, 0.95, &interval), CRM_TOO_FEW,
		   "no interval of all numbers");
	crm_experience_add(&e, &nothing, &four, 1e-30);
	is_int(crm_moments_estimate(&e.gap, &estimate), CRM_TOO_FEW,
		   "of three it is lost");
}

/* Direct formulas in numpy; see crm_moments_estimate(). */
static void
test_weights(void)
{
	crm_experience e = summary(sample_a, weights, 8);
	crm_estimate estimate;
	crm_interval interval;
	double		share;

	crm_moments_estimate(&e.gap, &estimate);
	is_close(estimate.mean, -0.896551724137931, 1e-14, "weighted mean");
	is_close(estimate.stddev, 1.6417680405132067, 1e-14, "weighted stddev");
	is_close(estimate.error, 0.6817070736647683, 1e-14, "weighted stderr");
	crm_moments_interval(&e.gap, 0.95, &interval);
	is_close(interval.low, -2.671126497553236, 1e-12, "weighted low");
	is_close(interval.high, 0.8780230492773737, 1e-12, "weighted high");
	crm_experience_share(&e, CRM_NEGATIVE, &share);
	is_close(share, 6.5 / 14.5, 1e-15, "shares are of the weight");
	crm_experience_share(&e, CRM_SATISFIED, &share);
	is_close(share, 6 / 14.5, 1e-15, "of the satisfied too");
	crm_experience_share(&e, CRM_POSITIVE, &share);
	is_close(share, 2 / 14.5, 1e-15, "and of the positive");
}

static void
test_equal_weights(void)
{
	static const double third[] = {1 / 3., 1 / 3., 1 / 3., 1 / 3., 1 / 3.,
	1 / 3., 1 / 3., 1 / 3.};
	crm_experience plain = summary(sample_a, NULL, 8);
	crm_experience e = summary(sample_a, third, 8);
	crm_estimate a;
	crm_estimate b;

	crm_moments_estimate(&plain.gap, &a);
	crm_moments_estimate(&e.gap, &b);
	is_close(b.error, a.error, 1e-15, "equal weights are no weights");
	is_close(b.df, a.df, 1e-15, "nor do they change the sample size");
}

static void
test_few(void)
{
	crm_experience e = {0};
	crm_estimate estimate;
	crm_interval interval;
	crm_outcome outcome;
	double		one = 1;
	double		value;

	is_int(crm_moments_mean(&e.gap, &value), CRM_TOO_FEW, "mean of none");
	is_int(crm_experience_share(&e, CRM_POSITIVE, &value), CRM_TOO_FEW,
		   "share of none");
	crm_experience_add(&e, &one, &one, 1);
	is_int(crm_moments_estimate(&e.gap, &estimate), CRM_TOO_FEW,
		   "one rating has no stderr");
	is_int(crm_moments_interval(&e.gap, 0.95, &interval), CRM_TOO_FEW,
		   "nor an interval");
	is_int(crm_experience_verdict(&e, 0.5, 0.95, &outcome), CRM_TOO_FEW,
		   "nor an outcome");
	crm_experience_add(&e, &one, &one, 0);
	is_int(e.gap.count, 1, "a weight of 0 adds nothing");
	crm_experience_add(&e, NULL, &one, 1);
	crm_experience_add(&e, &one, NULL, 1);
	ok(e.gap.count == 1 && e.actual.count == 2 && e.expected.count == 2,
	   "a missing side drops the pair alone");
}

static void
test_constant(void)
{
	crm_experience e = {0};
	crm_experience half = {0};
	crm_estimate estimate;
	crm_interval interval;

	for (int i = 0; i < 100000; i++)
	{
		double		expected = 0.1;
		double		actual = 0.8;

		crm_experience_add(i % 2 ? &e : &half, &expected, &actual,
						   0.1 + i % 7);
	}
	crm_state_merge(&crm_experience_layout, 0, &e, &half);
	crm_moments_estimate(&e.gap, &estimate);
	crm_moments_interval(&e.gap, 0.95, &interval);
	ok(estimate.stddev == 0 && estimate.error == 0,
	   "constant gaps have variance 0, exactly");
	ok(interval.low == 0.8 - 0.1 && interval.high == 0.8 - 0.1,
	   "and an interval of one point");
}

/* Scores are decimals: a gap of 0.3 throughout has several bit patterns. */
static void
test_constant_decimals(void)
{
	crm_experience part[3] = {0};
	crm_experience other = {0};
	crm_experience step = {0};
	crm_estimate estimate;
	crm_difference d;
	crm_moments gaps;

	for (int i = 0; i < 600; i++)
	{
		double		expected = i * 7 % 60 / 10.0;
		double		actual = expected + 0.3;

		crm_experience_add(&part[i * i % 3], &expected, &actual, 1);
		expected = (i + 17) % 90 / 10.0;
		actual = expected + 0.3;
		crm_experience_add(&other, &expected, &actual, 1);
		expected = 1e6 + 1e-9 * (i % 2);
		actual = 1e6;
		crm_experience_add(&step, &expected, &actual, 1);
	}
	for (int i = 1; i < 3; i++)
		crm_state_merge(&crm_experience_layout, 0, &part[0], &part[i]);
	ok(part[0].gap.min < part[0].gap.max, "decimal gaps differ");
	gaps = crm_experience_gaps(&part[0]);
	crm_moments_estimate(&gaps, &estimate);
	ok(estimate.stddev == 0 && estimate.error == 0, "but do not vary");
	is_close(estimate.mean, 0.3, 1e-14, "their mean is the gap");
	crm_experience_test(&part[0], &other, 0.95, &d);
	ok(d.difference == 0 && d.interval.low == 0 && d.interval.high == 0 &&
	   isnan(d.p_value), "nor from others of the same size");
	gaps = crm_experience_gaps(&step);
	crm_moments_estimate(&gaps, &estimate);
	is_close(estimate.stddev, 5.0042e-10, 1e-1, "what is beyond varies");
}

/* The outcome of a group of equal pairs is that of the pair. */
static void
test_verdict_of_equals(void)
{
	crm_experience e = {0};
	crm_outcome outcome = CRM_POSITIVE;
	double		expected = 0.6;
	double		actual = 1.1;

	for (int i = 0; i < 3; i++)
		crm_experience_add(&e, &expected, &actual, 1);
	crm_experience_verdict(&e, 0.5, 0.95, &outcome);
	is_int(outcome, CRM_SATISFIED, "0.6 to 1.1 is half a step, for all");
}

/* A square that vanished would pass for no variance. */
static void
test_underflow(void)
{
	crm_experience e = {0};
	crm_estimate estimate;
	double		tiny = 1e-170;
	double		one = 1;
	double		two = 2;

	is_int(crm_experience_add(&e, NULL, &tiny, 1), CRM_OUT_OF_RANGE,
		   "a score whose square vanishes");
	is_int(crm_experience_add(&e, NULL, &one, tiny), CRM_OUT_OF_RANGE,
		   "a weight whose square vanishes");
	tiny = 1e-100;
	is_int(crm_experience_add(&e, NULL, &tiny, tiny), CRM_OUT_OF_RANGE,
		   "a product that vanishes");
	memset(&e, 0, sizeof(e));
	crm_experience_add(&e, NULL, &one, 9e153);
	crm_experience_add(&e, NULL, &two, 9e153);
	is_int(crm_moments_estimate(&e.actual, &estimate), CRM_OK,
		   "huge weights have an estimate");
	is_close(estimate.error, 0.5, 1e-15, "that depends on ratios alone");
	memset(&e, 0, sizeof(e));
	crm_experience_add(&e, NULL, &one, 1e-130);
	crm_experience_add(&e, NULL, &two, 1e-130);
	crm_moments_estimate(&e.actual, &estimate);
	is_close(estimate.error, 0.5, 1e-15, "as that of small ones does");
}

/* Two constants are not one. */
static void
test_two_constants(void)
{
	static const double low[] = {1, 1};
	static const double high[] = {3, 3};
	crm_experience a = summary(low, NULL, 2);
	crm_experience b = summary(high, NULL, 2);
	crm_experience c = summary(low, NULL, 2);
	crm_estimate estimate;

	crm_state_merge(&crm_experience_layout, 0, &c, &b);
	crm_moments_estimate(&c.gap, &estimate);
	is_close(estimate.stddev, sqrt(4 / 3.), 1e-15, "a higher one merged");
	crm_state_merge(&crm_experience_layout, 0, &b, &a);
	crm_moments_estimate(&b.gap, &estimate);
	is_close(estimate.stddev, sqrt(4 / 3.), 1e-15, "a lower one merged");
}

/* Youngs-Cramer in doubles is good to 1e-8 here, power sums to nothing. */
static void
test_cancellation(void)
{
	static const double gaps[] = {4, 7, 13, 16};
	crm_experience e = {0};
	crm_estimate estimate;
	double		expected = 0;

	for (int i = 0; i < 4; i++)
	{
		double		actual = 1e9 + gaps[i];

		crm_experience_add(&e, &expected, &actual, 1);
	}
	crm_moments_estimate(&e.gap, &estimate);
	is_close(estimate.stddev, 5.477225575051661, 1e-14,
			 "a large mean costs no digit of the stddev");
}

static void
test_overflow(void)
{
	double		huge = 1e200;
	double		largest = 1.7e308;
	double		lowest = -1.7e308;
	double		large = 1e153;
	double		twice = 2e153;
	crm_experience e = {0};
	crm_estimate estimate;

	is_int(crm_experience_add(&e, NULL, &huge, 1), CRM_OUT_OF_RANGE,
		   "a square that overflows is refused");
	memset(&e, 0, sizeof(e));
	is_int(crm_experience_add(&e, &lowest, &largest, 1e-200),
		   CRM_OUT_OF_RANGE, "so is a gap");
	memset(&e, 0, sizeof(e));
	is_int(crm_experience_add(&e, NULL, &large, 1), CRM_OK,
		   "a square of 1e306 is not");
	crm_experience_add(&e, NULL, &twice, 1);
	is_int(crm_moments_estimate(&e.actual, &estimate), CRM_OK,
		   "nor is a sum near the end of double");
	is_close(estimate.stddev, 1e153 * sqrt(0.5), 1e-14, "or its stddev");
	memset(&e, 0, sizeof(e));
	is_int(crm_experience_add(&e, NULL, &large, 1e160), CRM_OUT_OF_RANGE,
		   "but a weight may overflow it");
}

#define ROWS 1000
#define PARTS 7

/* Any order and any split of the rows print the same 12 digits. */
static void
test_any_split(void)
{
	double		value[ROWS];
	char		want[200];
	int			differ = 0;

	srand(20240101);
	for (int i = 0; i < ROWS; i++)
		value[i] = 1e6 + rand() % 1000 / 7.0;
	for (int trial = 0; trial < 200; trial++)
	{
		crm_experience part[PARTS] = {0};
		crm_estimate estimate;
		char		got[200];

		for (int i = ROWS - 1; i > 0; i--)
		{
			int			j = rand() % (i + 1);
			double		swap = value[i];

			value[i] = value[j];
			value[j] = swap;
		}
		for (int i = 0; i < ROWS; i++)
		{
			double		expected = value[i] / 3;

			crm_experience_add(&part[rand() % PARTS], &expected, &value[i],
							   value[i] / 1e6);
		}
		for (int i = PARTS - 1; i > 0; i--)
			differ += crm_state_merge(&crm_experience_layout, 0,
									  &part[rand() % i], &part[i]) != CRM_OK;
		crm_moments_estimate(&part[0].gap, &estimate);
		snprintf(got, sizeof(got), "%.15g %.15g %.15g %.15g", estimate.mean,
				 estimate.stddev, estimate.error, estimate.df);
		if (trial == 0)
			strcpy(want, got);
		differ += strcmp(got, want) != 0;
	}
	is_int(differ, 0, "200 orders and splits print 15 digits alike");
}

static void
test_verdict(void)
{
	static const double up[] = {1, 1.5, 2, 1, 1.5};
	static const double down[] = {-1, -1.5, -2, -1, -1.5};
	static const double mixed[] = {-1, 1, 2, 0};
	crm_experience e = summary(up, NULL, 5);
	crm_outcome outcome;

	crm_experience_verdict(&e, 0.5, 0.95, &outcome);
	is_int(outcome, CRM_POSITIVE, "an interval above the tolerance");
	crm_experience_verdict(&e, 1, 0.95, &outcome);
	is_int(outcome, CRM_SATISFIED, "one that holds the tolerance");
	e = summary(down, NULL, 5);
	crm_experience_verdict(&e, 0.5, 0.95, &outcome);
	is_int(outcome, CRM_NEGATIVE, "one below it");
	crm_experience_verdict(&e, 0.5, 0.9999, &outcome);
	is_int(outcome, CRM_SATISFIED, "the confidence is heeded");
	e = summary(mixed, NULL, 4);
	crm_experience_verdict(&e, 0.5, 0.95, &outcome);
	is_int(outcome, CRM_SATISFIED, "one on both sides");
}

static void
test_welch(void)
{
	crm_experience a = summary(sample_a, NULL, 8);
	crm_experience b = summary(sample_b, NULL, 6);
	crm_experience none = {0};
	crm_difference d;

	crm_experience_test(&a, &b, 0.95, &d);
	is_close(d.difference, -1.0625, 1e-15, "difference of means");
	is_close(d.interval.low, -2.385376071020901, 1e-12, "low, scipy");
	is_close(d.interval.high, 0.2603760710209009, 1e-12, "high, scipy");
	is_close(d.p_value, 0.10560888526615045, 1e-12, "p value, scipy");
	crm_experience_test(&b, &a, 0.95, &d);
	is_close(d.interval.low, -0.2603760710209009, 1e-12, "turned round");
	is_int(crm_experience_test(&a, &none, 0.95, &d), CRM_TOO_FEW,
		   "one sample is none");
	a = summary(sample_b, NULL, 1);
	crm_state_merge(&crm_experience_layout, 0, &a, &a);
	crm_experience_test(&a, &a, 0.95, &d);
	ok(isnan(d.p_value) && d.interval.low == 0 && d.interval.high == 0,
	   "no variance, no p value");
}

int
main(void)
{
	test_outcomes();
	test_estimates();
	test_unlike_weights();
	test_weights();
	test_equal_weights();
	test_few();
	test_constant();
	test_constant_decimals();
	test_verdict_of_equals();
	test_underflow();
	test_two_constants();
	test_cancellation();
	test_overflow();
	test_any_split();
	test_verdict();
	test_welch();
	return done_testing();
}
