/*
 * search.c
 *		The best of several maxima.
 */
#include "core/clv/search.h"

#include <math.h>
#include <string.h>

#define FEW 512					/* rows that tell one maximum from another */
#define STRIDE 16				/* between those and all of them */
#define MARGIN 50.0				/* log-likelihood that a part may mislead by */
#define SAME 1e-6				/* relative: values of one and the same
								 * maximum */

/* Where a search begins, and where over the rows of late it ended. */
typedef struct candidate
{
	double		start[CRM_NEWTON_MAX];
	crm_newton_result end;
	bool		is_open;		/* neither failed nor left aside */
} candidate;

void
crm_clv_add_start(crm_clv_starts *starts, double a, double b, double c,
				  double d)
{
	double	   *parameter = starts->parameter[starts->count++];

	parameter[0] = a;
	parameter[1] = b;
	parameter[2] = c;
	parameter[3] = d;
}

static bool
is_near(double value, double other)
{
	return fabs(value - other) <= SAME * (1 + fabs(other));
}

/* At another bound it is another maximum, however near the value comes. */
static bool
is_same(const crm_newton_result *a, const crm_newton_result *b)
{
	return is_near(a->value, b->value) &&
		memcmp(a->bound, b->bound, sizeof(a->bound)) == 0;
}

/* Search from all that are open. CRM_INVALID is the fault of one start alone. */
static crm_status
search_all(const crm_newton_problem *problem, candidate *candidates, int count)
{
	for (candidate *c = candidates; c < candidates + count; c++)
	{
		crm_status	status;

		if (!c->is_open)
			continue;
		status = crm_newton_maximise(problem, c->start, &c->end);
		if (status != CRM_OK && status != CRM_INVALID)
			return status;
		c->is_open = status == CRM_OK;
	}
	return CRM_OK;
}

/* The best that is open, the first of equal ones; NULL where there is none. */
static const candidate *
best_of(const candidate *candidates, int count)
{
	const candidate *best = NULL;

	for (const candidate *c = candidates; c < candidates + count; c++)
		if (c->is_open && (best == NULL ||
						   (c->end.value > best->end.value &&
							!is_near(c->end.value, best->end.value))))
			best = c;
	return best;
}

/*
 * Leave aside what cannot be the best over more rows, and of one and the same
 * maximum all but the first. A maximum inside the box brings the next search
 * so close that it needs half the steps; one at a boundary says nothing of
 * where to begin, and the few rows of a first look are no proof of it.
 */
static void
narrow(candidate *candidates, int count, const candidate *best, bool is_first)
{
	double		least = best->end.value - MARGIN;
	bool		is_proof = !is_first ||
		best->end.end == CRM_NEWTON_CONVERGED;

	for (candidate *c = candidates; c < candidates + count; c++)
	{
		if (!c->is_open)
			continue;
		c->is_open = c->end.value >= least;
		for (candidate *d = candidates; d < c && is_proof; d++)
			if (d->is_open && is_same(&c->end, &d->end))
				c->is_open = false;
		if (c->end.end == CRM_NEWTON_CONVERGED)
			memcpy(c->start, c->end.parameter, sizeof(c->start));
	}
}

crm_status
crm_clv_search(const crm_newton_problem *problem, size_t rows, size_t *stride,
			   const crm_clv_starts *starts, crm_newton_result *result)
{
	candidate	candidates[CRM_CLV_STARTS];
	const candidate *best;

	for (int i = 0; i < starts->count; i++)
	{
		memcpy(candidates[i].start, starts->parameter[i],
			   sizeof(candidates[i].start));
		candidates[i].is_open = true;
	}
	*stride = (rows + FEW - 1) / FEW;
	for (bool is_first = true;; is_first = false)
	{
		crm_status	status = search_all(problem, candidates, starts->count);

		if (status != CRM_OK)
			return status;
		best = best_of(candidates, starts->count);
		if (best == NULL)
			return CRM_INVALID;
		if (*stride == 1)
			break;
		narrow(candidates, starts->count, best, is_first);
		*stride = *stride > STRIDE ? STRIDE : 1;
	}
	*result = best->end;
	return CRM_OK;
}
