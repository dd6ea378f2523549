/*
 * clv_sbg.c
 *		The shifted beta-geometric model of contracts.
 */
#include "core/clv/sbg.h"

#include "derivatives.h"
#include "shared.h"
#include "tap.h"

/*
 * The example of Fader & Hardie (2007): of 1,000 customers these were lost in
 * years 1 to 7, and 241 were still there.
 */
/* Contracts as rows of histories. */
static const crm_history *
rows_of(const crm_contract *contract, size_t count)
{
	static crm_history rows[16];

	for (size_t i = 0; i < count; i++)
		rows[i] = (crm_history) {contract[i].churned, 0, contract[i].lifetime, contract[i].weight};
	return rows;
}

static const crm_contract published[] = {
	{1, 1, 369}, {2, 1, 163}, {3, 1, 86}, {4, 1, 56},
	{5, 1, 37}, {6, 1, 27}, {7, 1, 21}, {7, 0, 241}
};
#define PUBLISHED (sizeof(published) / sizeof(published[0]))

static void
test_published(void)
{
	static const double survival[] = {
		100, 63.1, 46.8, 38.2, 32.6, 28.9, 26.2, 24.1
	};
	crm_sbg_fit fit;
	bool		all = true;

	is_int(crm_sbg_estimate(rows_of(published, PUBLISHED), PUBLISHED, NULL, NULL, &fit), CRM_OK,
		   "published data: a fit");
	is_int(fit.search.end, CRM_NEWTON_CONVERGED, "it converges");
	is_int(fit.boundary, CRM_CLV_INTERIOR, "inside the box");
	is_close(fit.model.alpha, 0.70407729847352, 1e-8, "alpha");
	is_close(fit.model.beta, 1.1820430262095, 1e-8, "beta");
	is_close(fit.search.value, -1680.265188463287, 1e-12, "log-likelihood");
	is_close(fit.customers, 1000, 0, "customers");
	is_close(fit.churned, 759, 0, "of whom churned");
	for (int t = 0; t <= 7; t++)
		all &= fabs(100 * crm_sbg_survival(&fit.model, t) - survival[t]) < 1;
	ok(all, "survival over 7 years is within a point of what happened");
}

static void
test_likelihood(void)
{
	crm_sbg		model = {0.5, 2};
	crm_contract lost = {2, 1, 1};
	crm_contract kept = {2, 0, 1};
	crm_contract new = {0, 0, 1};

	is_close(exp(crm_sbg_log_likelihood(&model, &lost)),
			 2 / 2.5 * (0.5 / 3.5), 1e-14, "lost with the second period");
	is_close(exp(crm_sbg_log_likelihood(&model, &kept)),
			 2 / 2.5 * (3 / 3.5), 1e-14, "kept after the second");
	is_close(crm_sbg_log_likelihood(&model, &new), 0, 0, "new: certain");
	is_close(crm_sbg_retention(&model, 2), 3 / 3.5, 1e-15, "retention");
	model.alpha = 1e8;
	model.beta = 3e8;
	kept.lifetime = 10;
	is_close(crm_sbg_survival(&model, 10), pow(0.75, 10), 1e-7,
			 "nearly all alike: a geometric law");
}

static void
test_discounted(void)
{
	crm_sbg		model = {0.7, 1.2};
	double		sum = 0;

	for (int j = 1; j <= 5; j++)
		sum += crm_sbg_survival(&model, 3 + j) / crm_sbg_survival(&model, 3)
			* pow(1.1, -j);
	is_close(crm_sbg_discounted_renewals(&model, 3, 5, 0.1), sum, 1e-14,
			 "five renewals, discounted");
	is_close(crm_sbg_discounted_renewals(&model, 3, 2000, 0.1),
			 crm_sbg_discounted_renewals(&model, 3, INFINITY, 0.1), 1e-13,
			 "without end");
	is_close(crm_sbg_discounted_renewals(&(crm_sbg) {0.5, 1}, 0, INFINITY,
										 1e-12), 1570794.3267964674, 1e-13,
			 "a discount of 1e-12");
	is_close(crm_sbg_discounted_renewals(&(crm_sbg) {0.5, 1}, 0, INFINITY,
										 1e-14), 15707961.267949123, 1e-13,
			 "a discount of 1e-14");
	is_close(crm_sbg_discounted_renewals(&(crm_sbg) {1, 1}, 0, 2147483647, 0),
			 21.064778262492668, 1e-13,
			 "very many renewals: a harmonic sum");
	ok(isinf(crm_sbg_discounted_renewals(&model, 3, INFINITY, 0)),
	   "without end or discount, alpha below 1: infinite");
}

static crm_status
objective(const double *parameter, void *arg, crm_derivatives *result)
{
	crm_sbg		model = {parameter[0], parameter[1]};

	return crm_sbg_derivatives(&model, arg, result);
}

static void
test_derivatives(void)
{
	static const double size[] = {1e-4, 0.01, 0.7, 1, 30, 1e4};
	crm_clv_rows rows = {rows_of(published, PUBLISHED), PUBLISHED, 1, NULL, NULL};
	double		largest = 0;

	for (int i = 0; i < 6; i++)
		for (int j = 0; j < 6; j++)
			largest = fmax(largest,
						   derivatives_error(objective, &rows, 2,
											 (double[]) {size[i], size[j]}));
	ok(largest < 1e-8, "gradient and Hessian (largest error %.1e)", largest);
}

static void
check_boundary(const crm_contract *contract, size_t count, unsigned boundary,
			   const char *name)
{
	crm_sbg_fit fit;
	crm_status	status = crm_sbg_estimate(rows_of(contract, count), count, NULL, NULL, &fit);

	ok(status == CRM_OK && fit.search.end == CRM_NEWTON_BOUNDARY
	   && fit.boundary == boundary && all_positive(fit.search.parameter, fit.search.n)
	   && isfinite(fit.search.value), "%s (status %d, end %d, boundary %u)",
	   name, status, fit.search.end, fit.boundary);
}

static void
test_boundaries(void)
{
	crm_contract nobody_left[] = {{3, 0, 10}, {5, 0, 10}};
	crm_contract all_left[] = {{1, 1, 10}};
	crm_contract coin[] = {{1, 1, 512}, {2, 1, 256}, {3, 1, 128}, {3, 0, 128}};
	crm_contract just_begun[] = {{0, 0, 10}};
	crm_contract broken[] = {{1, 1, 10}, {0, 1, 1}};
	crm_sbg_fit fit;

	check_boundary(nobody_left, 2, CRM_CLV_NO_CHURN, "nobody has left");
	check_boundary(all_left, 1, CRM_CLV_CERTAIN_CHURN, "all left at once");
	check_boundary(coin, 4, CRM_CLV_ALIKE_CHURN, "no heterogeneity");
	is_int(crm_sbg_estimate(rows_of(just_begun, 1), 1, NULL, NULL, &fit), CRM_TOO_FEW,
		   "all have just begun: too few");
	is_int(crm_sbg_estimate(rows_of(broken, 2), 2, NULL, NULL, &fit), CRM_INVALID,
		   "churned before the first period: invalid");
	is_int(crm_sbg_estimate(NULL, 0, NULL, NULL, &fit), CRM_TOO_FEW,
		   "no contracts: too few");
}

static bool
stop(void *arg)
{
	return ++(*(int *) arg) > 2;
}

int
main(void)
{
	int			asked = 0;
	crm_sbg_fit fit;

	test_published();
	test_likelihood();
	test_discounted();
	test_derivatives();
	test_boundaries();
	is_int(crm_sbg_estimate(rows_of(published, PUBLISHED), PUBLISHED, stop, &asked, &fit),
		   CRM_INTERRUPTED, "an interrupt ends the fit");
	return done_testing();
}
