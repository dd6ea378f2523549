/*
 * model.c
 *		Lifetime-value models by name: what kinds there are, and their fits.
 */
#include "core/clv/model.h"

#include <math.h>
#include <string.h>

#include "core/activity/activity.h"
#include "core/clv/bgbb.h"
#include "core/clv/bgnbd.h"
#include "core/clv/gammagamma.h"
#include "core/clv/pareto.h"

typedef struct kind_entry
{
	const char *name;
	int			n;
	const char *parameters[CRM_NEWTON_MAX];
} kind_entry;

/* By crm_clv_kind; the second part comes last. */
static const kind_entry kinds[CRM_CLV_KINDS + 1] = {
	{"bg/nbd", 4, {"r", "alpha", "a", "b"}},
	{"mbg/nbd", 4, {"r", "alpha", "a", "b"}},
	{"pareto/nbd", 4, {"r", "alpha", "s", "beta"}},
	{"bg/bb", 4, {"alpha", "beta", "gamma", "delta"}},
	{"sbg", 2, {"alpha", "beta"}},
	{"gamma-gamma", 3, {"p", "q", "gamma"}},
};

/* By bit of crm_clv_boundary: its words, and what it means. */
static const char *const notes[CRM_CLV_NOTES][2] = {
	{"no churn",
	"Nobody is seen to leave: P(alive) is near 1 throughout. Observe longer, or take in customers who were acquired earlier."},
	{"certain churn",
	"Everybody seems to leave at the first chance: check that repeat purchases are in the data."},
	{"alike churn",
	"All customers seem equally likely to leave, so that one probability does for all of them."},
	{"alike rate",
	"All customers seem to purchase at one rate, so that one rate does for all of them."},
	{"extreme rate",
	"Purchase rates differ more than any law describes: look for a few customers with extremely many purchases."},
	{"alike value",
	"All customers seem to spend alike, so that one mean value does for all of them."},
	{"constant value",
	"A customer's purchases seem to be all of the same value."},
	{"extreme value",
	"Values differ more than any law describes: look for a few extreme amounts."},
	{"not identified",
	"Other parameters describe these customers as well: take in customers who were observed longer."},
	{"churn not identified",
	"The share that leaves is within two standard errors of none: P(alive) may be near 1 for customers who are gone. Observe longer, or take in customers who were acquired earlier."},
};

#define SIDES_FROM 16			/* two bits a parameter from here on */

const char *
crm_clv_kind_name(int kind)
{
	return kinds[kind].name;
}

int
crm_clv_kind_of(const char *name, size_t length)
{
	for (int kind = 0; kind < CRM_CLV_KINDS; kind++)
	{
		if (strlen(kinds[kind].name) == length &&
			memcmp(kinds[kind].name, name, length) == 0)
			return kind;
	}
	return -1;
}

int
crm_clv_parameter_names(int kind, const char *const **names)
{
	*names = kinds[kind].parameters;
	return kinds[kind].n;
}

const char *
crm_clv_note(int bit)
{
	return notes[bit][0];
}

const char *
crm_clv_note_meaning(int bit)
{
	return notes[bit][1];
}

int
crm_clv_side(const crm_clv_part *part, int parameter)
{
	uint32_t	side = part->boundary >> (SIDES_FROM + 2 * parameter) & 3;

	return side == 2 ? -1 : (int) side;
}

void
crm_clv_set_side(crm_clv_part *part, int parameter, int side)
{
	part->boundary |= (side < 0 ? 2u : (uint32_t) side)
		<< (SIDES_FROM + 2 * parameter);
}

/* Known bits, and of each parameter one side at most? */
static bool
boundary_is_valid(const crm_clv_part *part)
{
	uint32_t	known = (1u << CRM_CLV_NOTES) - 1;

	for (int i = 0; i < part->n; i++)
	{
		if (crm_clv_side(part, i) == 3)
			return false;
		known |= 3u << (SIDES_FROM + 2 * i);
	}
	return (part->boundary & ~known) == 0;
}

/* A parameter in units of time or money, which may be any; not a shape. */
static bool
is_scale(int kind, int i)
{
	if (kind == CRM_CLV_SPEND)
		return i == 2;
	return (crm_clv_is_continuous(kind) && i == 1) ||
		(kind == CRM_CLV_PARETO && i == 3);
}

/* What only a fit has, and only with the customers that it was fitted to. */
static bool
was_fitted(const crm_clv_part *part)
{
	return part->log_likelihood != 0 || part->gradient_norm != 0 ||
		part->distinct != 0 || part->iterations != 0;
}

static bool
part_is_valid(int kind, const crm_clv_part *part)
{
	if (part->n != kinds[kind].n || part->iterations < 0 ||
		!boundary_is_valid(part) ||
		(part->has_covariance != 0 && part->has_covariance != 1))
		return false;
	for (int i = 0; i < CRM_NEWTON_MAX; i++)
	{
		double		most = is_scale(kind, i) ? CRM_CLV_SCALE_MOST
			: CRM_CLV_SHAPE_MOST;

		if (!(i < part->n ? part->parameter[i] >= 1 / most &&
			  part->parameter[i] <= most : part->parameter[i] == 0) ||
			!(part->covariance[i][i] >= 0))
			return false;
		for (int j = 0; j < CRM_NEWTON_MAX; j++)
			if (!isfinite(part->covariance[i][j]))
				return false;
	}
	return isfinite(part->log_likelihood) &&
		isfinite(part->gradient_norm) && part->gradient_norm >= 0 &&
		isfinite(part->customers) && part->customers >= 0 &&
		(part->customers > 0 || !was_fitted(part)) &&
		isfinite(part->distinct) && part->distinct >= 0;
}

static bool
part_is_absent(const crm_clv_part *part)
{
	static const crm_clv_part nothing;

	return memcmp(part, &nothing, sizeof(nothing)) == 0;
}

bool
crm_clv_unit_is_valid(double unit_days)
{
	return unit_days >= CRM_CLV_UNIT_LEAST && unit_days <= CRM_CLV_UNIT_MOST;
}

bool
crm_clv_is_valid(const crm_clv *clv)
{
	return clv->kind >= 0 && clv->kind < CRM_CLV_KINDS &&
		(crm_clv_unit_is_valid(clv->unit_days) ||
		 (clv->unit_days == 0 && !crm_clv_is_continuous(clv->kind))) &&
		(clv->as_of == CRM_CLV_NO_DAY ||
		 (clv->as_of >= CRM_DAY_MIN && clv->as_of <= CRM_DAY_MAX)) &&
		clv->correlation >= -1 && clv->correlation <= 1 &&
		part_is_valid(clv->kind, &clv->purchase) &&
		(clv->spend.n == 0 ? part_is_absent(&clv->spend) &&
		 clv->correlation == 0
		 : part_is_valid(CRM_CLV_SPEND, &clv->spend));
}

bool
crm_clv_history_is_valid(int kind, const crm_history *history)
{
	crm_contract contract = crm_clv_contract_of(history);

	if (!crm_clv_is_continuous(kind) && history->age > CRM_CLV_TURNS_MAX)
		return false;
	return kind == CRM_CLV_BGBB ? crm_bgbb_history_is_valid(history)
		: kind == CRM_CLV_SBG ? crm_contract_is_valid(&contract)
		: crm_history_is_valid(history);
}

static crm_status
fill_part(crm_clv_part *part, crm_status status,
		  const crm_newton_result *search, unsigned boundary,
		  double customers, size_t distinct)
{
	if (status != CRM_OK)
		return status;
	if (search->end == CRM_NEWTON_NOT_CONVERGED)
		return CRM_NOT_CONVERGED;
	memset(part, 0, sizeof(*part));
	part->n = search->n;
	part->boundary = boundary;
	part->iterations = search->iterations;
	part->has_covariance = search->has_covariance;
	memcpy(part->parameter, search->parameter, search->n * sizeof(double));
	for (int i = 0; i < search->n; i++)
	{
		memcpy(part->covariance[i], search->covariance[i],
			   search->n * sizeof(double));
		crm_clv_set_side(part, i, search->bound[i]);
	}
	part->log_likelihood = search->value;
	part->gradient_norm = search->gradient_norm;
	part->customers = customers;
	part->distinct = distinct;
	return CRM_OK;
}

static crm_status
estimate_bgnbd(int kind, const crm_history *history, size_t count,
			   crm_interrupt interrupt, void *arg, crm_clv_part *part)
{
	crm_bgnbd_fit fit;
	crm_status	status = crm_bgnbd_estimate(kind == CRM_CLV_BGNBD ? CRM_BGNBD
											: CRM_MBGNBD, history, count,
											interrupt, arg, &fit);

	return fill_part(part, status, &fit.search, fit.boundary, fit.customers,
					 count);
}

static crm_status
estimate_pareto(const crm_history *history, size_t count,
				crm_interrupt interrupt, void *arg, crm_clv_part *part)
{
	crm_pareto_fit fit;
	crm_status	status = crm_pareto_estimate(history, count, interrupt, arg,
											 &fit);

	return fill_part(part, status, &fit.search, fit.boundary, fit.customers,
					 count);
}

static crm_status
estimate_bgbb(const crm_history *history, size_t count,
			  crm_interrupt interrupt, void *arg, crm_clv_part *part)
{
	crm_bgbb_fit fit;
	crm_status	status = crm_bgbb_estimate(history, count, interrupt, arg,
										   &fit);

	return fill_part(part, status, &fit.search, fit.boundary, fit.customers,
					 count);
}

crm_status
crm_clv_estimate(int kind, const crm_history *history, size_t count,
				 crm_interrupt interrupt, void *arg, crm_clv_part *part)
{
	switch (kind)
	{
		case CRM_CLV_BGNBD:
		case CRM_CLV_MBGNBD:
			return estimate_bgnbd(kind, history, count, interrupt, arg, part);
		case CRM_CLV_PARETO:
			return estimate_pareto(history, count, interrupt, arg, part);
		case CRM_CLV_BGBB:
			return estimate_bgbb(history, count, interrupt, arg, part);
	}
	return CRM_INVALID;
}

crm_status
crm_clv_estimate_contracts(const crm_contract *contract, size_t count,
						   crm_interrupt interrupt, void *arg,
						   crm_clv_part *part)
{
	crm_sbg_fit fit;
	crm_status	status = crm_sbg_estimate(contract, count, interrupt, arg,
										  &fit);

	return fill_part(part, status, &fit.search, fit.boundary, fit.customers,
					 count);
}

crm_status
crm_clv_estimate_spend(const crm_spend *spend, size_t count,
					   crm_interrupt interrupt, void *arg,
					   crm_clv_part *part, double *correlation)
{
	crm_gammagamma_fit fit;
	crm_status	status = crm_gammagamma_estimate(spend, count, interrupt, arg,
												 &fit);

	status = fill_part(part, status, &fit.search, fit.boundary, fit.customers,
					   count);
	if (status == CRM_OK)
		*correlation = fmin(fmax(fit.correlation, -1), 1);
	return status;
}
