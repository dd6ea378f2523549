/*
 * chain_credit.c
 *		Removal effects of a chain, exactly.
 *
 * Removal effects are those of Anderl, Becker, von Wangenheim, Schumann (2016,
 * Mapping the customer journey: Lessons learned from graph-based online
 * attribution modeling, International Journal of Research in Marketing 33(3)).
 * They are usually simulated, or solved for once a channel. But who comes to
 * channel k and converts does so with probability f h, where f is that of
 * coming to k at all and h that of converting from k; a path that does not
 * come to k does not notice its removal. So the removal effect is f h / p,
 * and f is the expected number of visits to k over that of visits by who is
 * at k: two systems of equations and the diagonal of an inverse, all from one
 * factorisation.
 *
 * With weights w the matrix is A[i][j] = -w[i][j], A[i][i] = all weight that
 * leaves i for somewhere else. It is factored as Grassmann, Taksar and Heyman
 * (1985, Regenerative Analysis and Steady State Distributions for Markov
 * Chains, Operations Research 33(5)) do: the diagonal is always added up from
 * what leaves the channel, and so nothing is ever subtracted. That needs no
 * pivoting, and every result, however small, is right to nearly the last bits.
 * Paths that stay at a channel fall out by themselves.
 */
#include "core/campaign/chain.h"

#include <math.h>
#include <string.h>

/* What is worked on; rows and columns are in order of the channels' names. */
typedef struct equations
{
	int			n;
	double	   *w;				/* n * n */
	double	   *pivot;			/* n: what leaves i, later channels included */
	double	   *out;			/* n: what leaves i for conversion or null */
	double	   *from_start;
	double	   *converts;		/* h */
	double	   *visits;			/* by all, over the weight that leaves i */
	double	   *column;			/* of the inverse */
} equations;

size_t
crm_chain_workspace(int channels)
{
	return (size_t) channels * channels + (size_t) channels * 6;
}

static equations
place_equations(int n, double *workspace)
{
	equations	s = {.n = n, .w = workspace};

	s.pivot = workspace + (size_t) n * n;
	s.out = s.pivot + n;
	s.from_start = s.out + n;
	s.converts = s.from_start + n;
	s.visits = s.converts + n;
	s.column = s.visits + n;
	return s;
}

static double
weight(const crm_chain *chain, int from, int to)
{
	return crm_chain_weight(chain, from, to)->hi;
}

static void
read_weights(const crm_chain *chain, const int *order, equations *s)
{
	for (int i = 0; i < s->n; i++)
	{
		int			from = CRM_FROM_CHANNEL(order[i]);

		s->from_start[i] = weight(chain, CRM_FROM_START,
								  CRM_TO_CHANNEL(order[i]));
		s->converts[i] = weight(chain, from, CRM_TO_CONVERSION);
		s->out[i] = s->converts[i] + weight(chain, from, CRM_TO_NULL);
		for (int j = 0; j < s->n; j++)
			s->w[(size_t) i * s->n + j] = i == j ? 0 :
				weight(chain, from, CRM_TO_CHANNEL(order[j]));
	}
}

/* Does any weight come to k? Its own does not count, and is left out of w. */
static bool
is_visited(const equations *s, int k)
{
	for (int i = 0; i < s->n; i++)
		if (s->w[(size_t) i * s->n + k] > 0)
			return true;
	return s->from_start[k] > 0;
}

/*
 * Takes channel k out of the chain of those after it: who comes to it goes on
 * to where it leads. Above the diagonal stays the share of k's weight.
 */
static void
eliminate(equations *s, int k)
{
	double	   *row = s->w + (size_t) k * s->n;

	for (int j = k + 1; j < s->n; j++)
		row[j] /= s->pivot[k];
	for (int i = k + 1; i < s->n; i++)
	{
		double	   *below = s->w + (size_t) i * s->n;

		if (below[k] == 0)
			continue;
		s->out[i] += below[k] * (s->out[k] / s->pivot[k]);
		for (int j = k + 1; j < s->n; j++)
			if (j != i)
				below[j] += below[k] * row[j];
	}
}

/* A channel to which nothing comes and from which nothing leaves counts 0. */
static crm_status
factor(equations *s, crm_interrupt interrupt, void *interrupt_arg)
{
	for (int k = 0; k < s->n; k++)
	{
		const double *row = s->w + (size_t) k * s->n;

		if (interrupt != NULL && interrupt(interrupt_arg))
			return CRM_INTERRUPTED;
		s->pivot[k] = s->out[k];
		for (int j = k + 1; j < s->n; j++)
			s->pivot[k] += row[j];
		if (!isfinite(s->pivot[k]))
			return CRM_OUT_OF_RANGE;
		if (s->pivot[k] == 0)
		{
			if (is_visited(s, k))
				return CRM_SINGULAR;
			s->pivot[k] = 1;
		}
		eliminate(s, k);
	}
	return CRM_OK;
}

/* A x = b where b is 0 before first, in place; x before first is not made. */
static void
solve(const equations *s, double *x, int first)
{
	for (int i = first; i < s->n; i++)
	{
		const double *row = s->w + (size_t) i * s->n;

		for (int k = first; k < i; k++)
			x[i] += row[k] * x[k];
		x[i] /= s->pivot[i];
	}
	for (int i = s->n - 1; i >= first; i--)
	{
		const double *row = s->w + (size_t) i * s->n;

		for (int j = i + 1; j < s->n; j++)
			x[i] += row[j] * x[j];
	}
}

/* The same for the transposed matrix. */
static void
solve_transposed(const equations *s, double *x)
{
	for (int k = 0; k < s->n; k++)
		for (int i = k + 1; i < s->n; i++)
			x[i] += s->w[(size_t) k * s->n + i] * x[k];
	for (int k = s->n - 1; k >= 0; k--)
	{
		x[k] /= s->pivot[k];
		for (int i = 0; i < k; i++)
			x[i] += s->w[(size_t) k * s->n + i] * x[k];
	}
}

static double
inverse_diagonal(const equations *s, int k)
{
	memset(s->column + k, 0, (size_t) (s->n - k) * sizeof(double));
	s->column[k] = 1;
	solve(s, s->column, k);
	return s->column[k];
}

/* Answers the weight of the starts that convert. */
static double
sum_up(const crm_chain *chain, const int *order, const equations *s,
	   crm_chain_credit *credit)
{
	double		starts = 0;
	double		converted = 0;
	crm_dd		conversions = {0, 0};

	for (int i = 0; i < s->n; i++)
	{
		const crm_dd *weight = crm_chain_weight(chain, CRM_FROM_CHANNEL(order[i]),
												CRM_TO_CONVERSION);

		starts += s->from_start[i];
		converted += s->from_start[i] * s->converts[i];
		conversions = crm_dd_add(conversions, *weight);
	}
	credit->conversions = conversions.hi;
	credit->probability = starts > 0 ? converted / starts : NAN;
	return converted;
}

crm_status
crm_chain_solve(const crm_chain *chain, const int *order, double *workspace,
				double *removal, crm_chain_credit *credit,
				crm_interrupt interrupt, void *interrupt_arg)
{
	equations	s = place_equations(chain->channels, workspace);
	double		converted;
	crm_status	status;

	read_weights(chain, order, &s);
	status = factor(&s, interrupt, interrupt_arg);
	if (status != CRM_OK)
		return status;
	solve(&s, s.converts, 0);
	memcpy(s.visits, s.from_start, (size_t) s.n * sizeof(double));
	solve_transposed(&s, s.visits);
	converted = sum_up(chain, order, &s, credit);
	credit->removal_sum = 0;
	for (int i = 0; i < s.n; i++)
	{
		if (interrupt != NULL && interrupt(interrupt_arg))
			return CRM_INTERRUPTED;
		removal[i] = converted > 0 ? s.visits[i] / inverse_diagonal(&s, i) *
			s.converts[i] / converted : NAN;
		credit->removal_sum += removal[i];
	}
	return isfinite(credit->conversions) && isfinite(converted) ?
		CRM_OK : CRM_OUT_OF_RANGE;
}
