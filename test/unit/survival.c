/*
 * survival.c
 *		Kaplan-Meier against exact fractions and mpmath (test/reference).
 */
#include "core/survival/survival.h"

#include <stdlib.h>

#include "shared.h"
#include "tap.h"

#include "../reference/survival.h"

#define COUNT	5000

typedef struct state
{
	crm_run		runs[COUNT];
	size_t		count;
	uint8_t		bytes[COUNT * 20];
	size_t		length;
} state;

/* The text, packed and opened */
static crm_survival
survival(const char *text)
{
	static state s;
	crm_survival opened = {0};

	if (crm_survival_parse(text, NULL, NULL, s.runs, &s.count) != CRM_OK)
	{
		ok(false, "parses: %s", text);
		return opened;
	}
	s.length = crm_survival_pack(s.runs, s.count, s.bytes);
	if (crm_survival_check(s.bytes, s.length, NULL, NULL) != CRM_OK)
		ok(false, "is sound: %s", text);
	crm_survival_open(s.bytes, s.length, &opened);
	return opened;
}

static double
quantile(const char *text, double q)
{
	crm_survival s = survival(text);
	double		duration;

	return crm_survival_quantile(&s, q, &duration) == CRM_OK ? duration : NAN;
}

static void
test_curve(const char *text, const double (*want)[8], size_t count)
{
	crm_survival s = survival(text);
	crm_share	share = crm_share_start;
	double		z = crm_normal_deviate(0.95);
	crm_step	step;
	double		low;
	double		high;
	size_t		i = 0;

	for (; i < count && crm_survival_next(&s, &step); i++)
	{
		crm_share_step(&share, &step);
		ok(step.duration == want[i][0] && step.at_risk == want[i][1] &&
		   step.observed == want[i][2], "counts at %g", step.duration);
		is_close(crm_share_value(&share), want[i][3], 2e-16, "share");
		crm_share_limits(&share, CRM_LIMITS_LOG_LOG, z, &low, &high);
		is_close(low, want[i][4], 1e-14, "log-log low");
		is_close(high, want[i][5], 1e-14, "log-log high");
		crm_share_limits(&share, CRM_LIMITS_PLAIN, z, &low, &high);
		is_close(low, want[i][6], 1e-13, "plain low");
		is_close(high, want[i][7], 1e-14, "plain high");
	}
	is_int(i, count, "a row for each duration");
	ok(!crm_survival_next(&s, &step), "and no more");
}

/* Limits or NAN, both as they should be */
static void
test_interval(const char *text, double q, crm_limits method, double low,
			  double high, const char *name)
{
	crm_survival s = survival(text);
	double		got_low;
	double		got_high;

	crm_survival_interval(&s, q, 0.95, method, &got_low, &got_high);
	if (!ok((got_low == low || (isnan(low) && isnan(got_low))) &&
			(got_high == high || (isnan(high) && isnan(got_high))), "%s", name))
		printf("# got %g, %g\n", got_low, got_high);
}

static void
test_quantiles(void)
{
	char		text[COUNT];
	char	   *at;

	ok(quantile(treated_text, 0.5) == 23, "median of the treated");
	ok(quantile(placebo_text, 0.5) == 8, "and of the others");
	test_interval(treated_text, 0.5, CRM_LIMITS_LOG_LOG, 13, NAN,
				  "whose upper limit is not reached");
	test_interval(placebo_text, 0.5, CRM_LIMITS_LOG_LOG, 4, 11, "log-log");
	ok(quantile("{1,2,3+,4,5+}", 0.5) == 4, "a median behind a censoring");
	ok(isnan(quantile("{1+,2+,3+}", 0.5)), "all censored: none");
	test_interval("{1+,2+,3+}", 0.5, CRM_LIMITS_PLAIN, NAN, NAN, "no limits");
	test_interval("{1,2}", 0.5, CRM_LIMITS_PLAIN, 1, 2,
				  "once all are over the upper limit is finite");
	ok(isnan(quantile("{}", 0.5)), "of nothing nothing");
	ok(quantile("{3}", 0) == 0, "nothing is over at once");
	ok(quantile("{1,2,3}", 1) == 3, "all are over at the last");
	ok(isnan(quantile("{1,2,3+}", 1)), "unless that is censored");

	/* S stands at 1 - q exactly, where naive products go by. */
	for (int n = 2; n <= 200; n++)
	{
		at = text + sprintf(text, "{1");
		for (int i = 2; i <= n; i++)
			at += sprintf(at, ",%d", i);
		strcpy(at, "}");
		for (int tenth = 1; tenth < 10; tenth++)
			if (n * tenth % 10 == 0 &&
				quantile(text, tenth / 10.0) != n * tenth / 10.0)
				ok(false, "quantile 0.%d of %d", tenth, n);
	}
	ok(quantile("{1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24}", 0.5) == 12,
	   "the median of 24 is the twelfth");
	ok(quantile("{1,2,3,4,5,6,7,8,9,10}", 0.1 + 0.2) == 3,
	   "sums of decimals are decimals");
	/* 2/3 * 3/4 is one half. */
	ok(quantile("{1,2+*4,3,4*2,5+}", 0.5) != 1, "a block goes on");
	ok(quantile("{1,1+*5,2,3*2}", 0.5) == 3, "after a censoring");
	ok(quantile("{1*3,2+*2,3,4*3}", 0.5) == 3, "two thirds of three quarters");
}

/* Of the observed alone, by hand */
static void
test_percentiles(void)
{
	static const struct
	{
		const char *text;
		double		q;
		double		want;
	}			cases[] = {
		{"{1,2,3+,4,5+}", 0.5, 2}, {"{1,2,3+,4,5+}", 0.75, 3},
		{"{1,2,3+,4,5+}", 0, 1}, {"{1,2,3+,4,5+}", 1, 4},
		{"{0+,3*4,9}", 0.75, 3}, {"{0+,3*4,9}", 0.875, 6},
		{"{7,7+*9}", 0.3, 7}, {"{0*2,1e308,1.5e308}", 0.5, 0.5e308},
		{"{0,1.7976931348623157e308}", 1, 1.7976931348623157e308},
		{"{1*9007199254740991,2}", 1, 2},
	};
	crm_survival s;
	double		got;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
	{
		s = survival(cases[i].text);
		is_int(crm_survival_percentile(&s, cases[i].q, &got), CRM_OK,
			   cases[i].text);
		ok(got == cases[i].want, "percentile %g is %g", cases[i].q, got);
	}
	s = survival("{1+,2+*3}");
	is_int(crm_survival_percentile(&s, 0.5, &got), CRM_TOO_FEW, "none ended");
	s = survival("{}");
	is_int(crm_survival_percentile(&s, 0, &got), CRM_TOO_FEW, "nor of none");
}

static void
test_shares_and_means(void)
{
	crm_survival s = survival(treated_text);
	double		mean;

	is_close(crm_survival_share(&s, 23), treated_curve[15][3], 2e-16,
			 "the share at 23 weeks");
	s = survival(treated_text);
	ok(crm_survival_share(&s, 5.9) == 1, "before the first it is 1");
	s = survival(treated_text);
	is_int(crm_survival_mean(&s, 30, &mean), CRM_OK, "a mean of 30 weeks");
	is_close(mean, treated_mean_30, 4e-16, "is the area");
	s = survival(treated_text);
	is_int(crm_survival_mean(&s, 35, &mean), CRM_OK, "to the last week");
	is_close(mean, treated_mean_35, 4e-16, "it goes on");
	s = survival(treated_text);
	is_int(crm_survival_mean(&s, 36, &mean), CRM_TOO_FEW, "not beyond");
	s = survival(placebo_text);
	is_int(crm_survival_mean(&s, INFINITY, &mean), CRM_OK, "all are over");
	is_close(mean, placebo_mean, 4e-16, "so the mean is that of numbers");
	s = survival("{}");
	is_int(crm_survival_mean(&s, 1, &mean), CRM_TOO_FEW, "of nothing nothing");
}

static void
test_log_rank(void)
{
	static uint8_t kept[1000];
	crm_survival a;
	crm_survival b;
	crm_run		runs[100];
	size_t		count;
	size_t		length;
	double		chi_squared;
	double		p_value;

	/* survival() has room for one. */
	crm_survival_parse(treated_text, NULL, NULL, runs, &count);
	length = crm_survival_pack(runs, count, kept);
	crm_survival_open(kept, length, &a);
	b = survival(placebo_text);
	is_int(crm_survival_test(&a, &b, &chi_squared, &p_value), CRM_OK,
		   "log-rank");
	is_close(chi_squared, log_rank_chi_squared, 1e-14, "chi squared");
	is_close(p_value, log_rank_p_value, 1e-13, "p-value");
	crm_survival_open(kept, length, &a);
	b = survival("{}");
	is_int(crm_survival_test(&a, &b, &chi_squared, &p_value), CRM_TOO_FEW,
		   "nobody to compare with");
	crm_survival_open(kept, length, &a);
	b = survival("{1+,50+*7}");
	is_int(crm_survival_test(&b, &a, &chi_squared, &p_value), CRM_OK,
		   "with one that only waits");
	ok(chi_squared > 0 && p_value < 0.5, "there is a difference");
}

static void
test_text(void)
{
	static const char *const bad[] = {
		"", "{", "}", "{1,}", "{,1}", "{-1}", "{+1}", "{1 2}", "{nan}",
		"{inf}", "{1e999}", "{0x10}", "{1*0}", "{1*}", "{1*-2}", "{1++}",
		"{1*2+}", "{1} 2", "1", "{1*99999999999999999999999}",
	};
	crm_run		runs[10];
	size_t		count;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		is_int(crm_survival_parse(bad[i], NULL, NULL, runs, &count), CRM_BAD_TEXT, bad[i]);
	is_int(crm_survival_parse("{1*9007199254740992,2}", NULL, NULL, runs,
							  &count), CRM_OUT_OF_RANGE, "no more than 2^53");
	is_int(crm_survival_parse(" { 3+ , 1e0*2, 3+*4,.5,1 } ", NULL, NULL, runs,
							  &count), CRM_OK, "in any order");
	is_int(count, 3, "what is equal is one run");
	ok(runs[0].key == crm_survival_key(0.5, true) && runs[1].count == 3 &&
	   runs[2].key == crm_survival_key(3, false) && runs[2].count == 5,
	   "sorted and counted");
}

static bool
stop(void *arg)
{
	(void) arg;
	return true;
}

/* Of a long text, while it is read. */
static void
test_interrupt(void)
{
	enum
	{
		LONG = 100000
	};
	char	   *text = malloc(2 * LONG + 2);
	crm_run    *runs = malloc((LONG + 1) * sizeof(*runs));
	size_t		count;

	for (int i = 0; i < LONG; i++)
		memcpy(text + 2 * i, i == 0 ? "{1" : ",1", 2);
	memcpy(text + 2 * LONG, "}", 2);
	is_int(crm_survival_parse(text, stop, NULL, runs, &count), CRM_INTERRUPTED,
		   "a text whose reading is stopped");
	is_int(crm_survival_parse(text, NULL, NULL, runs, &count), CRM_OK,
		   "or not");
	is_int(count, 1, "and is one run");
	free(text);
	free(runs);
}

/* However the items come together, the bytes are the same. */
static void
test_states(void)
{
	static uint64_t keys[COUNT];
	static crm_run one[COUNT],
				two[COUNT],
				both[COUNT],
				mixed[COUNT];
	static uint8_t bytes[COUNT * 20],
				again[COUNT * 20];
	size_t		n1,
				n2,
				n;
	size_t		n_mixed = COUNT;
	size_t		length;
	crm_survival s;
	crm_status	status;

	for (int i = 0; i < COUNT; i++)
	{
		keys[i] = crm_survival_key(i % 3 ? i % 50 : fabs(sin(i)) * 1e6, i % 7 > 1);
		mixed[i] = (crm_run) {keys[i], 1};
	}
	qsort(keys, COUNT / 3, sizeof(*keys), compare_words);
	qsort(keys + COUNT / 3, COUNT - COUNT / 3, sizeof(*keys), compare_words);
	n1 = crm_runs_of_keys(keys, COUNT / 3, one);
	n2 = crm_runs_of_keys(keys + COUNT / 3, COUNT - COUNT / 3, two);
	n = crm_runs_merge(one, n1, two, n2, both);
	length = crm_survival_pack(both, n, bytes);
	ok(length <= crm_survival_packed_bound(both, n), "the bound holds");
	is_int(crm_survival_check(bytes, length, NULL, NULL), CRM_OK,
		   "a packed state is sound");
	is_int(crm_runs_sort(mixed, &n_mixed, stop, NULL), CRM_INTERRUPTED,
		   "a sort that is stopped");
	is_int(n_mixed, COUNT, "loses none");
	is_int(crm_runs_sort(mixed, &n_mixed, NULL, NULL), CRM_OK, "a sort");
	ok(crm_survival_pack(mixed, n_mixed, again) == length &&
	   memcmp(bytes, again, length) == 0, "sorted or merged, equal bytes");
	crm_survival_open(bytes, length, &s);
	is_int(s.count, COUNT, "all items");
	n = crm_survival_unpack(&s, one);
	ok(crm_survival_pack(one, n, again) == length &&
	   memcmp(bytes, again, length) == 0, "unpacked and packed, too");
	ok(crm_survival_key(-0.0, true) == crm_survival_key(0, true),
	   "both zeros are one");

	for (size_t cut = 0; cut < length; cut += 7)
		if (crm_survival_check(bytes, cut, NULL, NULL) != CRM_CORRUPT)
			ok(false, "cut at %zu it is corrupt", cut);
	bytes[length] = 1;
	is_int(crm_survival_check(bytes, length + 1, NULL, NULL), CRM_CORRUPT,
		   "with more behind it");
	for (size_t i = 0; i < length; i++)
	{
		bytes[i] ^= 0x15;
		status = crm_survival_check(bytes, length, NULL, NULL);
		if (crm_survival_open(bytes, length, &s) == CRM_OK &&
			s.durations <= COUNT / 2)
		{
			n = crm_survival_unpack(&s, one);
			if (status == CRM_OK && (crm_survival_pack(one, n, again) != length ||
									 memcmp(bytes, again, length) != 0))
				ok(false, "byte %zu spoilt reads as another state", i);
		}
		bytes[i] ^= 0x15;
	}
	ok(true, "spoilt bytes are refused or canonical");
}

int
main(void)
{
	test_curve(treated_text, treated_curve,
			   sizeof(treated_curve) / sizeof(*treated_curve));
	test_curve(placebo_text, placebo_curve,
			   sizeof(placebo_curve) / sizeof(*placebo_curve));
	test_quantiles();
	test_percentiles();
	test_shares_and_means();
	test_log_rank();
	test_text();
	test_interrupt();
	test_states();
	return done_testing();
}
