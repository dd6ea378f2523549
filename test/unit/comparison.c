/*
 * comparison.c
 *		Shares and means compared, against mpmath at 40 digits and scipy.
 */
#include "core/comparison/comparison.h"

#include "tap.h"

/* x1, n1, x2, n2, confidence, difference, low, high, p-value */
static const double shares[][9] = {
	/* Newcombe (1998), table II, example (a) */
	{56, 70, 48, 80, 0.95, 0.2, 0.052431472402364878, 0.33387265403690598, 0.0080450813681965847},
	{0, 20, 4, 20, 0.95, -0.2, -0.41601743225189359, 0.00050912712009736563, 0.035014981019662511},
	{10, 10, 0, 20, 0.95, 1, 0.67908603714191467, 1, 4.3204630578274973e-8},
	{9, 10, 3, 10, 0.9, 0.6, 0.24211240088494457, 0.78962350737212869, 0.0061698993205441622},
	{3894, 21307, 2262, 21306, 0.95, 0.076589563651531261, 0.069953308083731574, 0.083226741274111393,
	5.6851654828019942e-112},
	{1, 1e6, 3, 1e6, 0.99, -2e-6, -0.000010920821895218600, 5.8447089057673189e-6, 0.31731002392098112},
};

static void
test_shares(void)
{
	crm_difference d;

	for (size_t i = 0; i < sizeof(shares) / sizeof(*shares); i++)
	{
		const double *s = shares[i];

		is_int(crm_proportion_difference(s[0], s[1], s[2], s[3], s[4], &d),
			   CRM_OK, "two shares");
		is_close(d.difference, s[5], 1e-14, "difference");
		is_close(d.interval.low, s[6], 1e-11, "low");
		is_close(d.interval.high, s[7], 1e-11, "high");
		is_close(d.p_value, s[8], 1e-11, "p-value");
	}
	is_int(crm_proportion_difference(5, 5, 7, 7, 0.95, &d), CRM_OK, "all");
	ok(d.difference == 0 && isnan(d.p_value), "no test where all have it");
	is_close(d.interval.low, -0.43448246478317482, 1e-14, "but an interval");
	is_close(d.interval.high, 0.35433043506668746, 1e-14, "on both sides");
	is_int(crm_proportion_difference(0, 0, 7, 7, 0.95, &d), CRM_TOO_FEW,
		   "nobody to ask");
	is_int(crm_proportion_difference(7, 7, 0, 0, 0.95, &d), CRM_TOO_FEW,
		   "or nobody to compare with");
}

static crm_moments
moments(const double *values, int count)
{
	crm_moments m = {0};

	for (int i = 0; i < count; i++)
		crm_moments_add(&m, values[i], 1);
	return m;
}

static void
test_means(void)
{
	static const double a[] = {1.5, 2, 3.25, 4, 9};
	static const double b[] = {2, 2.5, 8, 7, 11, 12};
	static const double same[] = {3, 3, 3};
	crm_moments x = moments(a, 5);
	crm_moments y = moments(b, 2);
	crm_moments rest = moments(b + 2, 4);
	crm_moments constant = moments(same, 3);
	crm_difference d;

	crm_moments_merge(&y, &rest);
	is_int(crm_moments_difference(&x, &y, 0, 0.95, &d), CRM_OK, "Welch");
	is_close(d.difference, -3.1333333333333333, 1e-15, "difference");
	is_close(d.interval.low, -8.04815089620488, 1e-12, "low");
	is_close(d.interval.high, 1.7814842295382158, 1e-12, "high");
	is_close(d.p_value, 0.18268402751067433, 1e-12, "p-value");
	is_int(crm_moments_difference(&x, &y, 0, 0.9, &d), CRM_OK, "at 90 %");
	is_close(d.interval.low, -7.1134986944618515, 1e-12, "it is narrower");
	rest = moments(b, 1);
	is_int(crm_moments_difference(&x, &rest, 0, 0.95, &d), CRM_TOO_FEW,
		   "one number says nothing of its spread");
	is_int(crm_moments_difference(&constant, &constant, 0, 0.95, &d), CRM_OK,
		   "constants");
	ok(isnan(d.p_value), "have no test");
}

int
main(void)
{
	test_shares();
	test_means();
	return done_testing();
}
