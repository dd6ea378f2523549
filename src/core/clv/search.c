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
#define SAME 1e-6				/* relative: values of one and the same maximum */

/* Where a search began and ended, over a part of the rows. */
typedef struct candidate
{
	const double *start;
	crm_newton_result end;
	bool		is_open;		/* neither failed nor followed */
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
is_same(double value, double other)
{
	return fabs(value - other) <= SAME * (1 + fabs(other));
}

/* Search from every start; CRM_INVALID is the fault of one start alone. */
static crm_status
try_starts(const crm_newton_problem *problem, const crm_clv_starts *starts,
		   candidate *candidates)
{
	for (int i = 0; i < starts->count; i++)
	{
		candidate  *c = candidates + i;
		crm_status	status;

		c->start = starts->parameter[i];
		status = crm_newton_maximise(problem, c->start, &c->end);
		if (status != CRM_OK && status != CRM_INVALID)
			return status;
		c->is_open = status == CRM_OK;
	}
	return CRM_OK;
}

/* The best that is open, the first of equal ones; NULL where there is none. */
static candidate *
best_of(candidate *candidates, int count)
{
	candidate  *best = NULL;

	for (candidate *c = candidates; c < candidates + count; c++)
		if (c->is_open && (best == NULL ||
						   (c->end.value > best->end.value &&
							!is_same(c->end.value, best->end.value))))
			best = c;
	return best;
}

/* One and the same maximum is followed once. */
static void
close_same(candidate *candidates, int count, double value)
{
	for (candidate *c = candidates; c < candidates + count; c++)
		if (is_same(c->end.value, value))
			c->is_open = false;
}

/*
 * To the maximum over all rows. A candidate brings the search so close that
 * it needs half the steps; one at a boundary says nothing of where to begin.
 */
static crm_status
follow(const crm_newton_problem *problem, size_t rows, size_t *stride,
	   const candidate *c, crm_newton_result *result)
{
	double		start[CRM_NEWTON_MAX];
	crm_status	status = CRM_OK;

	memcpy(start, c->end.end == CRM_NEWTON_CONVERGED ? c->end.parameter
		   : c->start, sizeof(start));
	if (rows > FEW * STRIDE)
	{
		*stride = STRIDE;
		status = crm_newton_maximise(problem, start, result);
		if (status == CRM_OK && result->end == CRM_NEWTON_CONVERGED)
			memcpy(start, result->parameter, sizeof(start));
	}
	*stride = 1;
	return status == CRM_OK ? crm_newton_maximise(problem, start, result)
		: status;
}

crm_status
crm_clv_search(const crm_newton_problem *problem, size_t rows, size_t *stride,
			   const crm_clv_starts *starts, crm_newton_result *result)
{
	candidate	candidates[CRM_CLV_STARTS];
	candidate  *best;
	crm_status	status;
	bool		has_result = false;
	double		least;

	*stride = (rows + FEW - 1) / FEW;
	status = try_starts(problem, starts, candidates);
	if (status != CRM_OK)
		return status;
	best = best_of(candidates, starts->count);
	if (best == NULL)
		return CRM_INVALID;
	if (*stride == 1)
	{
		*result = best->end;
		return CRM_OK;
	}
	least = best->end.value - MARGIN;
	for (; best != NULL && best->end.value >= least;
		 best = best_of(candidates, starts->count))
	{
		crm_newton_result end;

		status = follow(problem, rows, stride, best, &end);
		if (status != CRM_OK && status != CRM_INVALID)
			return status;
		if (status == CRM_OK && (!has_result || end.value > result->value))
		{
			*result = end;
			has_result = true;
		}
		close_same(candidates, starts->count, best->end.value);
	}
	return has_result ? CRM_OK : CRM_INVALID;
}
