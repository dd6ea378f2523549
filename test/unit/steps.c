/*
 * steps.c
 *		Every series and iteration ends: each at its worst, under a counter.
 *
 * The parameters stand at the corners of what a model may say, the histories
 * and horizons at the limits of history.h. Every answer must be finite, and
 * every probability one.
 */
#include "core/numeric/steps.h"

#include "core/clv/bgbb.h"
#include "core/clv/bgnbd.h"
#include "core/clv/cnbd.h"
#include "core/clv/model.h"
#include "core/clv/pareto.h"
#include "core/clv/sbg.h"
#include "core/numeric/beta.h"
#include "core/numeric/hypergeom.h"
#include "core/numeric/random.h"
#include "core/numeric/student.h"

#include "tap.h"

#define COUNT(array) ((int) (sizeof(array) / sizeof((array)[0])))

static const double shapes[] = {1 / CRM_CLV_SHAPE_MAX, 0.8, CRM_CLV_SHAPE_MAX};
static const double scales[] = {1 / CRM_CLV_SCALE_MAX, 7, CRM_CLV_SCALE_MAX};

static const crm_history histories[] = {
	{0, 0, 0, 1},
	{0, 0, CRM_TIME_MAX, 1},
	{1, CRM_TIME_MIN, CRM_TIME_MIN, 1},
	{9, 30, 39, 1},
	{CRM_FREQUENCY_MAX, 1, CRM_TIME_MAX, 1},
	{CRM_FREQUENCY_MAX, CRM_TIME_MAX, CRM_TIME_MAX, 1}
};
static const double horizons[] = {0, 1e-9, 39, CRM_TIME_MAX, INFINITY};

/* The least rate of a discount, in the least unit, and the most. */
static const double rates[] = {0, 2.7e-18, 1e-3, 4e4};

/* The most steps of a call, and how many answers were wrong. */
typedef struct tally
{
	uint64_t	most;
	uint64_t	before;
	int			calls;
	int			wrong;
} tally;

static void
begin(tally *t)
{
	t->before = crm_steps;
}

static void
end(tally *t, double answer, double low, double high)
{
	uint64_t	steps = crm_steps - t->before;

	t->calls++;
	t->wrong += !(answer >= low && answer <= high);
	t->most = steps > t->most ? steps : t->most;
}

static void
conclude(const tally *t, uint64_t bound, const char *name)
{
	ok(t->most <= bound && t->most > 0,
	   "%s: %llu steps at most, of %llu", name, (unsigned long long) t->most,
	   (unsigned long long) bound);
	ok(t->wrong == 0, "%s: %d answers, %d of them out of range", name,
	   t->calls, t->wrong);
}

#define CALL(tally, answer, low, high) \
	(begin(&(tally)), end(&(tally), (answer), (low), (high)))

#define CORNERS	81				/* of four parameters with three values */

static bool
is_cnbd(crm_clv_kind kind)
{
	return kind == CRM_CLV_BGCNBD || kind == CRM_CLV_MBGCNBD;
}

static crm_clv
corner(crm_clv_kind kind, int which)
{
	crm_clv		clv = {.kind = kind, .as_of = CRM_CLV_NO_DAY, .unit_days = 7};

	clv.purchase.n = is_cnbd(kind) ? 5 : 4;
	if (is_cnbd(kind))
		clv.purchase.parameter[4] = which % 2 == 0 ? 2 : CRM_CNBD_MAX;
	for (int i = 0; i < 4; i++)
	{
		bool		is_scale = (kind != CRM_CLV_BGBB && i == 1) ||
			(kind == CRM_CLV_PARETO && i == 3);

		clv.purchase.parameter[i] = (is_scale ? scales : shapes)[which % 3];
		which /= 3;
	}
	return clv;
}

static void
test_purchases(crm_clv_kind kind, uint64_t bound)
{
	tally		alive = {0};
	tally		expected = {0};

	for (int i = 0; i < CORNERS; i++)
	{
		crm_clv		clv = corner(kind, i);

		alive.wrong += !crm_clv_is_valid(&clv);
		for (int h = 0; h < COUNT(histories); h++)
		{
			const crm_history *c = &histories[h];

			CALL(alive, crm_clv_p_alive(&clv, c), 0, 1);
			for (int t = 0; t < COUNT(horizons); t++)
			{
				int			r = (i + h + t) % COUNT(rates);
				double		most = isinf(horizons[t]) && rates[r] == 0
					? INFINITY : 1e300;

				CALL(expected, crm_clv_purchases(&clv, c, horizons[t],
												 rates[r]), 0, most);
				if (expected.wrong == 1)
				{
					printf("# %s corner %d, history %d, horizon %g, rate %g\n",
						   crm_clv_kind_name(kind), i, h, horizons[t],
						   rates[r]);
					expected.wrong++;
				}
			}
		}
	}
	if (kind != CRM_CLV_PARETO) /* the others have no loop there */
		alive.most++;
	conclude(&alive, 20000, "P(alive)");
	conclude(&expected, bound, "expected purchases");
}

/* P(alive) later */
static void
test_later(crm_clv_kind kind, uint64_t bound)
{
	tally		later = {0};

	for (int i = 0; i < CORNERS; i++)
	{
		crm_clv		clv = corner(kind, i);

		for (int h = 0; h < COUNT(histories); h++)
			for (int t = 0; t < 4; t++)
			{
				CALL(later, crm_clv_p_alive_later(&clv, &histories[h],
												  horizons[t]), 0, 1);
				if (later.wrong == 1)
				{
					printf("# %s corner %d, history %d, horizon %g\n",
						   crm_clv_kind_name(kind), i, h, horizons[t]);
					later.wrong++;
				}
			}
	}
	conclude(&later, bound, "P(alive) later");
}

static void
test_probability(crm_clv_kind kind, uint64_t bound)
{
	static const int numbers[] = {0, 1, 17, 6700, 1000000};
	tally		probability = {0};

	for (int i = 0; i < CORNERS; i++)
	{
		crm_clv		clv = corner(kind, i);

		for (int n = 0; n < COUNT(numbers); n++)
			for (int t = 0; t < 4; t++)
				CALL(probability,
					 crm_clv_probability(&clv, numbers[n], horizons[t]), 0,
					 1 + 1e-12);
	}
	conclude(&probability, bound, "probability");
}

static void
test_bgbb(void)
{
	static const crm_history customers[] = {
		{0, 0, 0, 1}, {0, 0, 1000, 1}, {500, 500, 1000, 1}, {7, 400, 1000, 1}
	};
	tally		scores = {0};
	tally		longest = {0};
	crm_clv		usual = corner(CRM_CLV_BGBB, 40);
	crm_history never = {0, 0, CRM_BGBB_MAX, 1};

	for (int i = 0; i < CORNERS; i++)
	{
		crm_clv		clv = corner(CRM_CLV_BGBB, i);

		for (int h = 0; h < COUNT(customers); h++)
		{
			CALL(scores, crm_clv_p_alive(&clv, &customers[h]), 0, 1);
			for (int r = 1; r < COUNT(rates); r++)
				CALL(scores, crm_clv_purchases(&clv, &customers[h], INFINITY,
											   rates[r]), 0, 1e300);
			CALL(scores, crm_clv_purchases(&clv, &customers[h], 1e6, 0), 0,
				 1e6);
		}
		CALL(scores, crm_clv_probability(&clv, 20, 1000), 0, 1 + 1e-9);
	}
	conclude(&scores, 25000, "BG/BB");
	CALL(longest, crm_clv_p_alive(&usual, &never), 0, 1);
	CALL(longest, crm_clv_probability(&usual, 0, CRM_BGBB_MAX), 0, 1);
	conclude(&longest, 1000001, "BG/BB, a million opportunities");
}

static void
test_survival(void)
{
	static const double ahead[] = {0, 1, 9999, 10001, 2147483647, INFINITY};
	static const double discounts[] = {0, 5e-324, 1e-300, 1e-14, 1e-6, 1e-3, 1e6};
	tally		renewals = {0};

	for (int i = 0; i < 9; i++)
		for (int t = 0; t < COUNT(ahead); t++)
			for (int d = 0; d < COUNT(discounts); d++)
			{
				crm_sbg		sbg = {shapes[i % 3], shapes[i / 3]};
				double		most = isinf(ahead[t]) && discounts[d] < 1e-300
					? INFINITY : 1e308;

				CALL(renewals,
					 crm_sbg_discounted_renewals(&sbg, 0, ahead[t],
												 discounts[d]), 0, most);
				CALL(renewals,
					 crm_sbg_discounted_renewals(&sbg, 2147483647, ahead[t],
												 discounts[d]), 0, most);
			}
	conclude(&renewals, 21000, "discounted survival");
}

static void
test_distributions(void)
{
	static const double numbers[] = {1e-7, 0.5, 3, 1000, 1e6, 1e10};
	tally		fraction = {0};
	tally		quantile = {0};
	tally		draw = {0};
	crm_random	random;

	for (int i = 0; i < COUNT(numbers); i++)
		for (int j = 0; j < COUNT(numbers); j++)
		{
			double		a = numbers[i];
			double		b = numbers[j];

			CALL(fraction, crm_beta_fraction(a, b, (a + 1) / (a + b + 2)), 0,
				 1e300);
		}
	conclude(&fraction, 100000, "incomplete beta function");
	for (int i = 0; i < COUNT(numbers); i++)
		for (double upper = 0.4; upper > 1e-300; upper *= 1e-30)
			CALL(quantile, crm_student_quantile(upper, numbers[i]), 0,
				 INFINITY);
	conclude(&quantile, 10000, "quantile of Student's t");
	crm_random_seed(&random, 1, 1);
	for (int i = 0; i < 10000; i++)
		CALL(draw, crm_random_log_gamma(&random, numbers[i % 6]), -1e10, 1e3);
	conclude(&draw, 100, "draw of a gamma variate");
}

/* Rises for ever, and says that the next step is as long as the last. */
static crm_status
endless(const double *parameter, void *arg, crm_derivatives *result)
{
	(void) arg;
	memset(result, 0, sizeof(*result));
	result->value = log(parameter[0]);
	result->gradient[0] = 1 / parameter[0];
	result->hessian[0][0] = -1 / (parameter[0] * parameter[0]);
	return CRM_OK;
}

static void
test_newton(void)
{
	crm_newton_problem problem = {.n = 1, .lower = {1e-300}, .upper = {1e300},
	.objective = endless};
	crm_newton_result result;
	double		start = 1;
	tally		search = {0};

	CALL(search, crm_newton_maximise(&problem, &start, &result), 0, 0);
	conclude(&search, 200, "Newton's method");
}

/* What has once gone on for ever, or come out wrong. */
static void
test_cases(void)
{
	crm_bgnbd cdnow = {CRM_BGNBD, 0.2426, 4.4136, 0.7929, 2.4259};
	crm_bgnbd	certain = {CRM_BGNBD, 1000, 1e-12, 1e5, 1e-6};
	uint64_t	before = crm_steps;

	ok(fabs(crm_bgnbd_probability(&cdnow, 6700, 39) - 3.8538e-319) < 1e-322,
	   "a probability among the smallest numbers");
	is_close(crm_bgnbd_probability(&cdnow, 1000000, 39e6),
			 1.46893738799271e-11, 1e-10, "of a million purchases");
	is_close(crm_bgnbd_probability(&certain, 1, 100), 0.99999999999, 1e-13,
			 "a probability of 1 is not exceeded");
	ok(crm_steps - before < 1100000, "in few steps");
}

int
main(void)
{
	test_purchases(CRM_CLV_BGNBD, 2000000);
	test_purchases(CRM_CLV_MBGNBD, 2000000);
	test_purchases(CRM_CLV_PARETO, 100000);
	test_probability(CRM_CLV_BGNBD, 1000000);
	test_probability(CRM_CLV_PARETO, 100000);
	test_purchases(CRM_CLV_MBGCNBD, 5000000);
	test_later(CRM_CLV_BGCNBD, 2000000);
	test_probability(CRM_CLV_BGCNBD, 13000000);
	test_bgbb();
	test_survival();
	test_distributions();
	test_newton();
	test_cases();
	return done_testing();
}
