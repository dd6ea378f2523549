/*
 * campaign_attribution.c
 *		Weights of touches: each model, ties, extremes.
 */
#include "tap.h"

#include "core/campaign/attribution.h"

#define DAY INT64_C(86400000000)
#define MANY 10000

static const bool all[8] = {true, true, true, true, true, true, true, true};

static void
weigh(const char *name, const int64_t *at, const bool *counts, int touches,
	  double *weights)
{
	crm_attribution_model model = CRM_ATTRIBUTION_FIRST;

	ok(crm_attribution_model_named(name, strlen(name), &model),
	   "there is a model %s", name);
	crm_attribution_weights(model, at, counts, touches, 7.0 * DAY, weights);
}

static void
are(const char *model, const int64_t *at, const bool *counts, int touches,
	const double *want, const char *name)
{
	double		weights[8];

	weigh(model, at, counts, touches, weights);
	for (int i = 0; i < touches; i++)
		is_close(weights[i], want[i], 1e-15, name);
}

static void
models(void)
{
	const int64_t at[4] = {30 * DAY, 10 * DAY, 20 * DAY, 40 * DAY};
	crm_attribution_model model;

	are("first", at, all, 4, (double[]) {0, 1, 0, 0}, "first by time");
	are("last", at, all, 4, (double[]) {0, 0, 0, 1}, "last by time");
	are("linear", at, all, 4, (double[]) {.25, .25, .25, .25}, "alike");
	are("position", at, all, 4, (double[]) {.1, .4, .1, .4}, "position");
	are("position", at, all, 2, (double[]) {.5, .5}, "position of two");
	are("position", at, all, 1, (double[]) {1}, "position of one");
	are("decay", (int64_t[]) {0, 7 * DAY, 14 * DAY}, all, 3,
		(double[]) {1.0 / 7, 2.0 / 7, 4.0 / 7}, "decay of 14, 7, 0 days");
	ok(!crm_attribution_model_named("linea", 5, &model) &&
	   !crm_attribution_model_named("linear2", 7, &model) &&
	   !crm_attribution_model_named("", 0, &model), "no other model");
}

/* Two first, two last, one between. */
static void
ties(void)
{
	const int64_t at[5] = {5, 9, 1, 9, 1};

	are("first", at, all, 5, (double[]) {0, 0, .5, 0, .5}, "first of two");
	are("last", at, all, 5, (double[]) {0, .5, 0, .5, 0}, "last of two");
	are("position", at, all, 5,
		(double[]) {.2 / 3, (.4 + .2 / 3) / 2, (.4 + .2 / 3) / 2,
					(.4 + .2 / 3) / 2, (.4 + .2 / 3) / 2}, "the mean of their ranks");
	are("position", (int64_t[]) {3, 3, 3}, all, 3,
		(double[]) {1.0 / 3, 1.0 / 3, 1.0 / 3}, "all at once");
	are("decay", (int64_t[]) {3, 3}, all, 2, (double[]) {.5, .5}, "at once");
}

static void
left_out(void)
{
	const int64_t at[4] = {30 * DAY, 10 * DAY, 20 * DAY, 40 * DAY};
	const bool	some[4] = {true, false, true, false};
	const bool	none[4] = {false};

	are("first", at, some, 4, (double[]) {0, 0, 1, 0}, "the first that counts");
	are("last", at, some, 4, (double[]) {1, 0, 0, 0}, "the last that counts");
	are("position", at, some, 4, (double[]) {.5, 0, .5, 0}, "two that count");
	are("decay", at, none, 4, (double[]) {0, 0, 0, 0}, "none that counts");
	are("first", at, none, 4, (double[]) {0, 0, 0, 0}, "nor first");
	ok(crm_touch_counts(DAY, DAY, INFINITY), "at the conversion counts");
	ok(!crm_touch_counts(DAY + 1, DAY, INFINITY), "after it does not");
	ok(crm_touch_counts(0, 3 * DAY, 3.0 * DAY), "at the window's edge counts");
	ok(!crm_touch_counts(-1, 3 * DAY, 3.0 * DAY), "beyond it does not");
	ok(crm_touch_counts(INT64_MIN + 1, INT64_MAX - 1, INFINITY) &&
	   !crm_touch_counts(INT64_MIN + 1, INT64_MAX - 1, 1e18),
	   "the longest time there is");
}

static double
sum_of(const double *weights, int touches)
{
	double		sum = 0;

	for (int i = 0; i < touches; i++)
		sum += weights[i];
	return sum;
}

/* Every model adds up to 1, whatever the times; reversing changes no bit. */
static void
many(void)
{
	static const char *const names[] = {"first", "last", "linear", "position", "decay"};
	static int64_t at[MANY];
	static int64_t back[MANY];
	static bool counts[MANY];
	static bool counts_back[MANY];
	static double weights[MANY];
	static double weights_back[MANY];
	uint64_t	seed = 3;

	for (int i = 0; i < MANY; i++)
	{
		seed = seed * 6364136223846793005u + 1442695040888963407u;
		at[i] = (int64_t) (seed >> 33) * 1000000 / 40;
		counts[i] = seed >> 63;
		back[MANY - 1 - i] = at[i];
		counts_back[MANY - 1 - i] = counts[i];
	}
	for (int i = 0; i < 5; i++)
	{
		bool		same = true;

		weigh(names[i], at, counts, MANY, weights);
		weigh(names[i], back, counts_back, MANY, weights_back);
		for (int j = 0; j < MANY; j++)
			same = same && weights[j] == weights_back[MANY - 1 - j];
		ok(same, "%s: order does not matter", names[i]);
		is_close(sum_of(weights, MANY), 1, 1e-12, "and they add up to 1");
	}
	weigh("decay", (int64_t[]) {-100000 * DAY, -99993 * DAY}, all, 2, weights);
	is_close(weights[0], 1.0 / 3, 1e-15, "ages from the newest touch");
}

int
main(void)
{
	models();
	ties();
	left_out();
	many();
	return done_testing();
}
