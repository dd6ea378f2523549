/*
 * campaign_surge.c
 *		Surges against numbers from mpmath, at 30 digits.
 */
#include "tap.h"

#include "core/campaign/surge.h"

#define MANY 16
#define LOTS 5000				/* from 4,096 on a sort asks */

static crm_status
judge(double observed, const double *baseline, int count, crm_surge_verdict *surge)
{
	double		values[MANY];
	double		scratch[MANY];

	memcpy(values, baseline, sizeof(double) * count);
	return crm_surge_judge(observed, values, scratch, count, NULL, NULL, surge);
}

static void
is_surge(double observed, const double *baseline, int count, double z,
		 double p_value, const char *method, const char *name)
{
	crm_surge_verdict surge = {0};

	ok(judge(observed, baseline, count, &surge) == CRM_OK, "%s", name);
	if (isnan(z))
		ok(isnan(surge.z), "%s: no z", name);
	else
		is_close(surge.z, z, 1e-14, "its z");
	if (isnan(p_value))
		ok(isnan(surge.p_value), "%s: no p-value", name);
	else
		is_close(surge.p_value, p_value, 1e-12, "its p-value");
	is_text(crm_surge_method_name(surge.method), method, "its method");
}

static void
counts(void)
{
	is_surge(9, (double[]) {2, 2, 2, 2, 2}, 5, NAN, 0.00023744732826116179,
			 "poisson", "a constant count");
	is_surge(40, (double[]) {10, 12, 11, 13, 40}, 5, 28 / 1.4826,
			 0.062847002572787009, "negative binomial", "a count like an earlier surge");
	is_surge(9, (double[]) {0, 3, 1, 0, 12, 2}, 6, 7.5 / (1.4826 * 1.5),
			 0.10005727170790365, "negative binomial", "counts that vary much");
	is_surge(2, (double[]) {0, 0, 0, 0, 0, 0, 0, 0}, 8, NAN,
			 0.0071909845923301718, "poisson", "two after nothing");
	is_surge(0, (double[]) {0, 0, 0, 0}, 4, NAN, 1, "poisson", "nothing");
	is_surge(11, (double[]) {10, 12, 11, 11}, 4, 0, 0.54011129730631346,
			 "poisson", "counts that vary less than chance would");
	is_surge(2, (double[]) {0, 0, 1, 1, 2, 0}, 6, 1.5 / (1.4826 * 0.5),
			 0.14430480161234665, "poisson", "a variance that is the mean");
	is_surge(1, (double[]) {1, 0, 0, 0, 0, 0}, 6, NAN, 0.15351827510938586,
			 "poisson", "a variance and a mean of one sixth");
}

static void
numbers(void)
{
	is_surge(7.5, (double[]) {5.25, 6, 4.5, 5.75}, 4, 2 / (1.4826 * 0.375),
			 0.031932991438632697, "student", "a number");
	is_surge(40, (double[]) {10.5, 12, 11, 13, 40}, 5, 28 / 1.4826,
			 0.08939200821948216, "student", "one fraction makes numbers of them");
	is_surge(1, (double[]) {-2, 3, 1, -1, 0}, 5, 1 / 1.4826,
			 0.36174602625654479, "student", "or one negative");
	is_surge(5, (double[]) {0.5, 0.5, 0.5, 0.5}, 4, NAN, NAN, "student",
			 "numbers that do not vary");
	is_surge(2e9, (double[]) {2e9, 2e9, 2e9 + 2, 2e9 + 2}, 4, -1 / 1.4826,
			 0.75248732697014452, "student", "large counts are numbers");
}

static void
limits(void)
{
	double		baseline[8] = {1, 5, 9, 2, 2, 4, 0, 0};
	double		other[8] = {0, 4, 2, 5, 9, 0, 2, 1};
	crm_surge_verdict a;
	crm_surge_verdict b;

	ok(judge(5, baseline, 3, &a) == CRM_TOO_FEW, "three values are too few");
	ok(judge(5, baseline, 0, &a) == CRM_TOO_FEW, "so are none");
	judge(7, baseline, 8, &a);
	judge(7, other, 8, &b);
	ok(a.z == b.z && a.p_value == b.p_value && a.method == b.method,
	   "order does not matter");
	for (int i = 0; i < 8; i++)
		baseline[i] = i % 2 == 0 ? 1.5e308 : -1.5e308;
	ok(judge(1.5e308, baseline, 8, &a) == CRM_OUT_OF_RANGE,
	   "differences beyond a double");
}

static bool
stop(void *arg)
{
	return --(*(int *) arg) < 0;
}

/* The values are sorted, then their deviations. */
static void
interrupts(void)
{
	static double values[LOTS];
	static double scratch[LOTS];
	crm_surge_verdict surge;

	for (int checks = 0; checks < 2; checks++)
	{
		int			left = checks;

		for (int i = 0; i < LOTS; i++)
			values[i] = 2;
		ok(crm_surge_judge(3, values, scratch, LOTS, stop, &left,
						   &surge) == CRM_INTERRUPTED,
		   "a sort can be interrupted, the %d. one", checks + 1);
	}
}

int
main(void)
{
	counts();
	numbers();
	limits();
	interrupts();
	return done_testing();
}
