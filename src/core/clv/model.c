/*
 * model.c
 *		Lifetime-value models by name: what kinds there are, and their fits.
 */
#include "core/clv/model.h"

#include <math.h>
#include <string.h>

#include "core/activity/activity.h"
#include "core/clv/cnbd.h"
#include "core/clv/effects.h"
#include "core/clv/family.h"
#include "core/clv/gammagamma.h"

/* By bit of crm_clv_boundary: its words, and what it means. */
static const char *const notes[CRM_CLV_NOTES][2] = {
	{"no churn",
	"Nobody is seen to leave: P(alive) is near 1 throughout. Observe longer, or take in customers who were acquired earlier."},
	{"immediate churn",
	"Everybody seems to leave at the first chance: check that repeat purchases are in the data."},
	{"homogeneous churn",
	"All customers seem equally likely to leave, so that one probability does for all of them."},
	{"homogeneous rate",
	"All customers seem to purchase at one rate, so that one rate does for all of them."},
	{"extreme rate",
	"Purchase rates differ more than a gamma law can describe: look for a few customers with extremely many purchases."},
	{"homogeneous value",
	"All customers seem to spend alike, so that one mean value does for all of them."},
	{"constant value",
	"A customer's purchases seem to be all of the same value."},
	{"extreme value",
	"Values differ more than a gamma law can describe: look for a few extreme amounts."},
	{"not identified",
	"Other parameters describe these customers as well: take in customers who were observed longer."},
	{"churn not identified",
	"The share of customers that leaves is within two standard errors of 0: P(alive) may be near 1 for customers who are gone. Observe longer, or take in customers who were acquired earlier."},
	{"collinear covariates",
	"A covariate is the same for all customers, or follows from those before it: it has no effect of its own here. Leave it out."},
	{"extreme effect",
	"The effect of a covariate grows without limit: customers whom it sets apart never, or always, leave or purchase. Combine groups, or leave it out."},
	{"nearly collinear covariates",
	"Covariates nearly follow from each other: their effects are at least ten times as uncertain as each alone would be. Leave one out, or combine them."},
};

#define SIDES_FROM 16			/* two bits a parameter from here on */

const char *
crm_clv_kind_name(int kind)
{
	return crm_clv_family_of(kind)->name;
}

int
crm_clv_kind_of(const char *name, size_t length)
{
	for (int kind = 0; kind < CRM_CLV_KINDS; kind++)
	{
		const char *known = crm_clv_kind_name(kind);

		if (strlen(known) == length && memcmp(known, name, length) == 0)
			return kind;
	}
	return -1;
}

int
crm_clv_fit_kind_of(const char *name, size_t length, int *k)
{
	char		general[16];
	size_t		stem = 0;

	*k = 0;
	while (stem < length && name[stem] != '-')
		stem++;
	if (stem + 2 >= sizeof(general) || stem + 2 > length || stem + 3 < length
		|| name[stem + 1] < '1' || name[stem + 1] > '9')
		return crm_clv_kind_of(name, length);
	for (size_t i = stem + 1; i < length; i++)
	{
		if (name[i] < '0' || name[i] > '9')
			return -1;
		*k = *k * 10 + (name[i] - '0');
	}
	memcpy(general, name, stem);
	memcpy(general + stem, "-k", 2);
	return *k <= CRM_CNBD_MAX ? crm_clv_kind_of(general, stem + 2) : -1;
}

int
crm_clv_free_parameters(const crm_clv_part *part)
{
	int			count = 0;

	for (int i = 0; i < part->n; i++)
		count += crm_clv_side(part, i) != CRM_CLV_GIVEN;
	return count;
}

int
crm_clv_parameter_names(int kind, const char *const **names)
{
	*names = crm_clv_family_of(kind)->parameters;
	return crm_clv_family_of(kind)->n;
}

const char *
crm_clv_note(int bit)
{
	return notes[bit][0];
}

const char *
crm_clv_note_meaning(const crm_clv_part *part, int bit)
{
	const uint32_t apart = CRM_CLV_NO_CHURN | CRM_CLV_CERTAIN_CHURN;

	/* Either alone would be said of all customers. */
	if ((1u << bit & apart) != 0 && (part->boundary & apart) == apart)
		return "Customers seem to leave at the first chance or never: P(alive) is near 1 for those who came back. Observe longer, and check that repeat purchases are in the data.";
	return notes[bit][1];
}

const char *
crm_clv_note_of_first_release(int bit)
{
	switch (1 << bit)
	{
		case CRM_CLV_CERTAIN_CHURN:
			return "certain churn";
		case CRM_CLV_ALIKE_CHURN:
			return "alike churn";
		case CRM_CLV_ALIKE_RATE:
			return "alike rate";
		case CRM_CLV_ALIKE_VALUE:
			return "alike value";
		default:
			return crm_clv_note(bit);
	}
}

int
crm_clv_side(const crm_clv_part *part, int parameter)
{
	uint32_t	side = part->boundary >> (SIDES_FROM + 2 * parameter) & 3;

	return side == 2 ? -1 : side == 3 ? CRM_CLV_GIVEN : (int) side;
}

void
crm_clv_set_side(crm_clv_part *part, int parameter, int side)
{
	part->boundary |= (side < 0 ? 2u : side == CRM_CLV_GIVEN ? 3u :
					   (uint32_t) side)
		<< (SIDES_FROM + 2 * parameter);
}

/* Known bits, and nothing given but what a fit may be told? */
static bool
boundary_is_valid(const crm_clv_family *family, const crm_clv_part *part)
{
	uint32_t	known = (1u << CRM_CLV_NOTES) - 1;

	for (int i = 0; i < part->n; i++)
	{
		if (crm_clv_side(part, i) == CRM_CLV_GIVEN &&
			(i == 0 || i != family->whole))
			return false;
		known |= 3u << (SIDES_FROM + 2 * i);
	}
	return (part->boundary & ~known) == 0;
}

/* What only a fit has, and only with the customers that it was fitted to. */
static bool
was_fitted(const crm_clv_part *part)
{
	return part->log_likelihood != 0 || part->gradient_norm != 0 ||
		part->distinct != 0 || part->iterations != 0;
}

bool
crm_clv_parameter_is_sound(int kind, int i, int covariates, double value)
{
	const crm_clv_family *family = crm_clv_family_of(kind);
	double		most = crm_clv_most(kind, i, covariates);

	if (family->whole != 0 && i == family->whole &&
		!(value >= 1 && value == floor(value)))
		return false;
	return value >= 1 / most && value <= most;
}

static bool
part_is_sound(int kind, int covariates, const crm_clv_part *part)
{
	const crm_clv_family *family = crm_clv_family_of(kind);

	if (part->n != family->n || !boundary_is_valid(family, part))
		return false;
	for (int i = 0; i < part->n; i++)
		if (!crm_clv_parameter_is_sound(kind, i, covariates, part->parameter[i]))
			return false;
	return true;
}

/* Is the rest what a fit, or nobody, has said of it? */
static bool
part_is_valid(const crm_clv_part *part)
{
	if (part->iterations < 0 ||
		(part->has_covariance != 0 && part->has_covariance != 1))
		return false;
	for (int i = 0; i < CRM_CLV_PARAMETERS; i++)
	{
		if ((i >= part->n && part->parameter[i] != 0) ||
			!(part->covariance[i][i] >= 0))
			return false;
		for (int j = 0; j < CRM_CLV_PARAMETERS; j++)
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
	return unit_days >= CRM_CLV_UNIT_MIN && unit_days <= CRM_CLV_UNIT_MAX;
}

bool
crm_clv_is_sound(const crm_clv *clv)
{
	return clv->kind >= 0 && clv->kind < CRM_CLV_KINDS &&
		(crm_clv_unit_is_valid(clv->unit_days) ||
		 (clv->unit_days == 0 && !crm_clv_is_continuous(clv->kind))) &&
		(clv->as_of == CRM_CLV_NO_DAY ||
		 (clv->as_of >= CRM_DAY_MIN && clv->as_of <= CRM_DAY_MAX)) &&
		clv->correlation >= -1 && clv->correlation <= 1 &&
		(clv->covariates == 0 ||
		 (clv->covariates > 0 && clv->covariates <= CRM_COVARIATES_MAX &&
		  crm_clv_takes_covariates(clv->kind))) &&
		part_is_sound(clv->kind, (int) clv->covariates, &clv->purchase) &&
		(clv->spend.n == 0 || part_is_sound(CRM_CLV_SPEND, 0, &clv->spend));
}

bool
crm_clv_is_valid(const crm_clv *clv)
{
	return crm_clv_is_sound(clv) && part_is_valid(&clv->purchase) &&
		(clv->spend.n == 0 ? part_is_absent(&clv->spend) &&
		 clv->correlation == 0 : part_is_valid(&clv->spend));
}

bool
crm_clv_is_continuous(int kind)
{
	return crm_clv_family_of(kind)->time == CRM_CLV_ANY_TIME;
}

bool
crm_clv_history_is_valid(int kind, const crm_history *history)
{
	return crm_clv_family_of(kind)->history_is_valid(history);
}

crm_status
crm_clv_estimate(int kind, const crm_clv_data *data, crm_interrupt interrupt,
				 void *arg, crm_clv_part *part)
{
	return crm_clv_family_of(kind)->estimate(data, interrupt, arg, part);
}

crm_status
crm_clv_estimate_spend(const crm_spend *spend, size_t count,
					   crm_interrupt interrupt, void *arg,
					   crm_clv_part *part, double *correlation)
{
	crm_clv_data data = {spend, count, NAN, 0};
	crm_status	status = crm_spend_family.estimate(&data, interrupt, arg, part);

	if (status == CRM_OK)
		*correlation = fmin(fmax(crm_spend_correlation(spend, count), -1), 1);
	return status;
}
