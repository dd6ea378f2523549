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
#define ALL 4096				/* rows that are not parted */
#define MANY 16384				/* rows of which a part does not mislead */
#define STRIDE 16				/* between those and all of them */
#define MARGIN 50.0				/* log-likelihood that a part may mislead by */
#define SAME 1e-6				/* relative: values of one and the same
								 * maximum */
#define ROUNDS 3				/* of looks around the best of all rows */
#define USUAL 3.0				/* the logarithm of how far from it is far */
#define BETTER 1e-7				/* log-likelihood that is worth another round */

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

/*
 * From the best, with an effect moved and rates of leaving brought back to
 * where effects tell. Keeps what is better.
 */
static crm_status
look_beside(const crm_many_problem *problem, const crm_effects_starts *starts,
			const crm_many_result *center, int effect, double move,
			crm_many_result *best)
{
	double		start[CRM_MANY_MAX];
	crm_many_result end;
	crm_status	status;

	memcpy(start, center->parameter, sizeof(start));
	start[effect] += move;
	if (start[effect] < problem->lower[effect] ||
		start[effect] > problem->upper[effect])
		return CRM_OK;
	for (int i = CRM_EFFECTS_BASE / 2; i < CRM_EFFECTS_BASE; i++)
		start[i] = fmin(fmax(start[i], starts->usual[i] - USUAL),
						starts->usual[i] + USUAL);
	status = crm_many_maximise(problem, start, &end);
	if (status == CRM_OK && end.value > best->value)
		*best = end;
	return status == CRM_INVALID ? CRM_OK : status;
}

/*
 * Look around the best, at every effect moved by little and by much. Where
 * customers fall into groups the likelihood has an edge or a ridge for each of
 * them, and a search along one does not see the others. Over a part of many
 * rows one look has to do.
 */
static crm_status
look_around(const crm_many_problem *problem, const crm_effects_starts *starts,
			bool is_part, crm_many_result *best)
{
	static const double moves[] = {-8, 8, -3, 3, -16, 16};
	const int	count = is_part ? 2 : sizeof(moves) / sizeof(*moves);

	for (int round = 0; round < (is_part ? 1 : ROUNDS); round++)
	{
		crm_many_result center = *best;

		for (int effect = CRM_EFFECTS_BASE; effect < problem->n; effect++)
			for (int i = 0; i < count; i++)
			{
				crm_status	status = look_beside(problem, starts, &center,
												 effect, moves[i], best);

				if (status != CRM_OK)
					return status;
			}
		if (!(best->value > center.value + BETTER))
			break;
	}
	return CRM_OK;
}

/* What a look around has found, as one more candidate. */
static void
add_candidate(const crm_many_result *found, candidate *c)
{
	memset(c, 0, sizeof(*c));
	memcpy(c->start, found->parameter, sizeof(c->start));
	memcpy(c->bound, found->bound, sizeof(c->bound));
	c->value = found->value;
	c->end = found->end;
	c->is_open = true;
}

crm_status
crm_effects_search(const crm_many_problem *problem, size_t rows,
				   size_t *stride, const crm_effects_starts *starts,
				   crm_many_result *result)
{
	candidate	candidates[CRM_EFFECTS_STARTS + 1];
	int			count = starts->count;

	memset(candidates, 0, sizeof(candidates));
	for (int i = 0; i < count; i++)
	{
		memcpy(candidates[i].start, starts->at[i],
			   sizeof(candidates[i].start));
		candidates[i].is_open = true;
	}
	*stride = rows <= ALL ? 1 : (rows + FEW - 1) / FEW;
	for (bool is_first = true;; is_first = false)
	{
		crm_status	status = search_all(problem, candidates, count,
										*stride <= 1, rows < MANY, result);

		if (status == CRM_OK && is_first)
		{
			double		before = result->value;

			status = look_around(problem, starts, *stride > 1, result);
			if (result->value > before)
				add_candidate(result, &candidates[count++]);
		}
		if (status != CRM_OK || *stride <= 1)
			return status;
		narrow(candidates, count, result, is_first, rows < MANY);
		*stride = *stride > STRIDE ? STRIDE : 1;
	}
}
