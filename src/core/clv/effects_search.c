/*
 * effects_search.c
 *		Covariates: the best of several maxima.
 *
 * As search.c, of more parameters. With covariates a likelihood has more maxima
 * still: what sets customers apart may be how often they purchase, or when they
 * leave.
 */
#include "core/clv/effects_search.h"

#include <math.h>
#include <string.h>

#define FEW 2048				/* rows that tell one maximum from another */
#define MANY 16384				/* rows of which a part does not mislead */
#define STRIDE 16				/* between those and all of them */
#define MARGIN 50.0				/* log-likelihood that a part may mislead by */
#define SAME 1e-6				/* relative: values of one and the same maximum */

typedef struct candidate
{
	double		start[CRM_MANY_MAX];
	double		value;
	crm_newton_end end;
	int			bound[CRM_MANY_MAX];
	bool		is_open;		/* neither failed nor left aside */
} candidate;

static bool
is_near(double value, double other)
{
	return fabs(value - other) <= SAME * (1 + fabs(other));
}

/* At another bound it is another maximum, however near the value comes. */
static bool
is_same(const candidate *a, const candidate *b)
{
	return is_near(a->value, b->value) &&
		memcmp(a->bound, b->bound, sizeof(a->bound)) == 0;
}

/*
 * Search from all that are open, and keep the whole end of the best, the first
 * of equal ones. CRM_INVALID is the fault of one start alone.
 */
static crm_status
search_all(const crm_many_problem *problem, candidate *candidates, int count,
		   bool is_last, bool keeps_first, crm_many_result *best)
{
	bool		is_found = false;

	for (candidate *c = candidates; c < candidates + count; c++)
	{
		crm_many_result end;
		crm_status	status;

		if (!c->is_open)
			continue;
		status = crm_many_maximise(problem, c->start, &end);
		if (status != CRM_OK && status != CRM_INVALID)
			return status;
		c->is_open = status == CRM_OK;
		if (!c->is_open)
			continue;
		c->value = end.value;
		c->end = end.end;
		memcpy(c->bound, end.bound, sizeof(c->bound));
		/* What stands at a bound says nothing of where to begin. */
		if (!is_last && (!keeps_first || c > candidates) &&
			end.end == CRM_NEWTON_CONVERGED)
			memcpy(c->start, end.parameter, sizeof(c->start));
		if (!is_found || (end.value > best->value &&
						  !is_near(end.value, best->value)))
			*best = end;
		is_found = true;
	}
	return is_found ? CRM_OK : CRM_INVALID;
}

/*
 * Leave aside what cannot be the best over more rows, and of one and the same
 * maximum all but the first. Where rows are not many the first start of all
 * stays: it comes from all of them, and a part may mislead.
 */
static void
narrow(candidate *candidates, int count, const crm_many_result *best,
	   bool is_first, bool keeps_first)
{
	bool		is_proof = !is_first || best->end == CRM_NEWTON_CONVERGED;

	for (candidate *c = candidates + keeps_first; c < candidates + count; c++)
	{
		c->is_open = c->is_open && c->value >= best->value - MARGIN;
		for (candidate *d = candidates; d < c && is_proof; d++)
			if (c->is_open && d->is_open && is_same(c, d))
				c->is_open = false;
	}
}

crm_status
crm_effects_search(const crm_many_problem *problem, size_t rows,
				   size_t *stride, const crm_effects_starts *starts,
				   crm_many_result *result)
{
	candidate	candidates[CRM_EFFECTS_STARTS];

	memset(candidates, 0, sizeof(candidates));
	for (int i = 0; i < starts->count; i++)
	{
		memcpy(candidates[i].start, starts->at[i],
			   sizeof(candidates[i].start));
		candidates[i].is_open = true;
	}
	*stride = (rows + FEW - 1) / FEW;
	for (bool is_first = true;; is_first = false)
	{
		crm_status	status = search_all(problem, candidates, starts->count,
										*stride <= 1, rows < MANY, result);

		if (status != CRM_OK || *stride <= 1)
			return status;
		narrow(candidates, starts->count, result, is_first, rows < MANY);
		*stride = *stride > STRIDE ? STRIDE : 1;
	}
}
