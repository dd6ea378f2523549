/*
 * Fits to many small groups of simulated customers, as of regions: every one
 * has to end, soon, with a model that can be used.
 */
#include "tap.h"

#include <math.h>
#include <string.h>

#include "core/clv/family.h"
#include "core/clv/simulate.h"

#define COUNT_ROWS 6
#define GROUPS 60
#define PARAMETER_MIN 20		/* customers of a group */
#define PARAMETER_MAX 200
#define ITERATIONS 40

typedef struct ends
{
	int			converged;
	int			boundary;
	int			too_few;
	int			bad;
	int			slowest;		/* iterations */
} ends;

/* A customer who is watched for so many days, and buys on whole ones. */
static crm_history
watch(const crm_clv *clv, uint64_t seed, int customer, int days)
{
	crm_history h = {0, 0, days / 7.0, 1};
	crm_simulated drawn;
	double		time;
	double		value;

	crm_simulate_customer(clv, seed, customer, &drawn);
	while (crm_simulate_purchase(&drawn, (days + 0.5) / 7, &time, &value))
	{
		double		day = fmin(floor(time * 7 + 0.5), days) / 7;

		if (day <= h.recency)
			continue;
		h.frequency++;
		h.recency = day;
	}
	return h;
}

static bool
is_usable(int kind, const crm_clv_part *part)
{
	crm_clv		clv = {.kind = kind, .as_of = CRM_CLV_NO_DAY, .unit_days = 7,
	.purchase = *part};
	crm_history customer = {2, 10, 30, 1};
	double		p = crm_clv_p_alive(&clv, &customer);
	double		x = crm_clv_purchases(&clv, &customer, 52, 0);

	return crm_clv_is_valid(&clv) && p >= 0 && p <= 1 && isfinite(x) && x >= 0
		&& part->log_likelihood < 0
		&& part->has_covariance;
}

static void
fit_group(int kind, const crm_history *rows, size_t count, ends *sum)
{
	crm_clv_part part;
	crm_clv_data data = {rows, count, NAN, 0};
	crm_status	status = crm_clv_estimate(kind, &data, NULL, NULL, &part);

	if (status == CRM_TOO_FEW)
		sum->too_few++;
	else if (status != CRM_OK || !is_usable(kind, &part))
		sum->bad++;
	else if (part.boundary == 0)
		sum->converged++;
	else
		sum->boundary++;
	if (status == CRM_OK && part.iterations > sum->slowest)
		sum->slowest = part.iterations;
}

static void
fit_groups(const crm_clv *truth, uint64_t seed, const char *name)
{
	static crm_history rows[PARAMETER_MAX];
	ends		sum[3] = {{0}};

	for (int group = 0; group < GROUPS; group++)
	{
		int			size = PARAMETER_MIN + group * 7919 % (PARAMETER_MAX - PARAMETER_MIN + 1);
		size_t		count = size;

		for (int i = 0; i < size; i++)
			rows[i] = watch(truth, seed + group, i, 60 + i * 31 % 540);
		crm_history_group(rows, &count, NULL, NULL);
		for (int kind = 0; kind < 3; kind++)
			fit_group(kind, rows, count, &sum[kind]);
	}
	for (int kind = 0; kind < 3; kind++)
		ok(sum[kind].bad == 0 && sum[kind].slowest < ITERATIONS
		   && sum[kind].too_few < GROUPS / 4,
		   "%s by %s: %d converged, %d at a boundary, %d nobody came again, "
		   "%d without an answer; at most %d iterations", name,
		   crm_clv_kind_name(kind), sum[kind].converged, sum[kind].boundary,
		   sum[kind].too_few, sum[kind].bad, sum[kind].slowest);
}

/* Of each family: what a fit reaches is the sum over its histories. */
static void
test_families(void)
{
	static const crm_history rows[] = {
		{0, 0, 6, 40}, {1, 1, 6, 20}, {1, 4, 6, 15}, {1, 6, 6, 9},
		{1, 3, 5, 7}, {0, 0, 4, 11}
	};

	for (int kind = 0; kind < CRM_CLV_KINDS; kind++)
	{
		const crm_clv_family *family = crm_clv_family_of(kind);
		crm_history of_kind[COUNT_ROWS];
		crm_clv		clv = {.kind = kind, .as_of = CRM_CLV_NO_DAY, .unit_days = 7};
		crm_clv_data data = {of_kind, COUNT_ROWS, NAN, 0};
		double		sum = 0;

		memcpy(of_kind, rows, sizeof(rows));
		for (int i = 0; family->time == CRM_CLV_RENEWALS && i < COUNT_ROWS; i++)
			of_kind[i].recency = 0;
		is_int(crm_clv_kind_of(family->name, strlen(family->name)), kind,
			   family->name);
		is_int(crm_clv_estimate(kind, &data, NULL, NULL, &clv.purchase),
			   CRM_OK, "has a fit");
		ok(crm_clv_is_valid(&clv), "within its bounds");
		for (int i = 0; i < COUNT_ROWS; i++)
			sum += of_kind[i].weight
				* family->log_likelihood(&clv, of_kind + i);
		is_close(sum, clv.purchase.log_likelihood, 1e-12,
				 "whose log-likelihood is the sum over customers");
	}
}

int
main(void)
{
	test_families();
	static const struct
	{
		const char *name;
		int			kind;
		double		parameter[4];
	}			truths[] = {
		{"CDNOW", CRM_CLV_BGNBD, {.243, 4.414, .793, 2.426}},
		{"CDNOW, may leave at once", CRM_CLV_MBGNBD, {.5, 6, .9, 1.6}},
		{"CDNOW, in time", CRM_CLV_PARETO, {.55, 10.6, .6, 11.7}},
		{"hardly a repeat", CRM_CLV_BGNBD, {.05, 3, .1, 1}},
		{"hardly anybody leaves", CRM_CLV_PARETO, {1, 30, .1, 50}},
		{"alike", CRM_CLV_BGNBD, {1e2, 1e3, 2e1, 8e1}},
		{"more alike", CRM_CLV_BGNBD, {1e5, 1e6, 2e4, 8e4}},
	};

	for (size_t i = 0; i < sizeof(truths) / sizeof(*truths); i++)
	{
		crm_clv		truth = {.kind = truths[i].kind, .unit_days = 7};

		truth.purchase.n = 4;
		memcpy(truth.purchase.parameter, truths[i].parameter,
			   sizeof(truths[i].parameter));
		fit_groups(&truth, 1000 * i, truths[i].name);
	}
	return done_testing();
}
