/*
 * newton.c
 *		Maximise a log-likelihood of up to four positive parameters.
 *
 * Newton steps along the axes of the Hessian, each in the direction that goes
 * up: where the function is not concave the eigenvalue's sign is changed
 * (Nocedal & Wright, Numerical Optimization, 2006, section 3.4). The scales
 * of likelihoods differ by ten powers of ten from axis to axis, which one
 * shift of all eigenvalues would not respect. A radius bounds the step and
 * shrinks when one goes down. A step that would leave the box ends at its
 * side, with its direction kept: ridges are narrow. A parameter that stands at
 * a bound and wants out is left out of the step (an active set of at most
 * four; Nocedal & Wright, section 16.5).
 *
 * A search has arrived when the next full Newton step is tiny. A small
 * gradient alone says nothing: along a ridge that rises for ever, as ln a ->
 * -infinity, the gradient vanishes too, but each Newton step has length 1.
 * Where such steps have nothing left to gain, the parameters that they move
 * count as standing at the bound that they move to.
 */
#include "core/numeric/newton.h"

#include <math.h>
#include <string.h>

#include "core/numeric/steps.h"

#define MAX_EVALUATIONS 200
#define MAX_SWEEPS 30
#define WIDEST_STEP 2.0			/* in logarithms: a factor of 7.4 */
#define SHORTEST_STEP 1e-12
#define ARRIVED_STEP 1e-6		/* the step after it is of its square */
#define RUNAWAY_STEP 0.5		/* of a parameter that has no end in sight */
#define RUNAWAY_SHARE 0.5		/* of a direction that changes nothing */
#define FLAT_GAIN 1e-4			/* what may be left when patience ends */
#define BOUNDARY_GAIN 1e-9		/* log-likelihood that no test could see */
#define VALUE_NOISE 1e-12		/* relative rounding error of a long sum */
#define FLAT 1e-15				/* eigenvalues that are rounding errors */

/* Where the search stands; derivatives are with regard to logarithms. */
typedef struct newton_state
{
	double		u[CRM_MANY_MAX];	/* ln parameter */
	crm_many_derivatives at;
	int			held[CRM_MANY_MAX]; /* -1 or +1: left at that bound */
	double		eigenvalue[CRM_MANY_MAX];
	crm_many_matrix axes;		/* the eigenvectors are its columns */
	bool		is_flat[CRM_MANY_MAX];	/* eigenvalues of rounding errors */
	bool		is_concave;		/* all eigenvalues are negative */
	double		step[CRM_MANY_MAX];
	double		length;			/* largest element of step */
	double		gain;			/* of the quadratic model */
	double		radius;			/* of the next step */
} newton_state;

/* Turn the plane of axes p and q so that h[p][q] becomes 0. */
static void
rotate(int n, int p, int q, crm_many_matrix h, crm_many_matrix axes)
{
	double		theta = (h[q][q] - h[p][p]) / (2 * h[p][q]);
	double		t = copysign(1, theta) / (fabs(theta) + hypot(1, theta));
	double		c = 1 / hypot(1, t);
	double		s = c * t;

	for (int k = 0; k < n; k++)
	{
		double		x = h[k][p];
		double		y = h[k][q];

		h[k][p] = c * x - s * y;
		h[k][q] = s * x + c * y;
		x = axes[k][p];
		y = axes[k][q];
		axes[k][p] = c * x - s * y;
		axes[k][q] = s * x + c * y;
	}
	for (int k = 0; k < n; k++)
	{
		double		x = h[p][k];
		double		y = h[q][k];

		h[p][k] = c * x - s * y;
		h[q][k] = s * x + c * y;
	}
	h[p][q] = h[q][p] = 0;
}

/*
 * Eigenvalues of the Hessian's part that belongs to free parameters, and
 * their axes as columns, by Jacobi's rotations (Golub & Van Loan, Matrix
 * Computations, 8.5). A parameter that is not free is an axis of its own.
 */
static void
decompose(int n, newton_state *state)
{
	crm_many_matrix h;

	for (int i = 0; i < n; i++)
		for (int j = 0; j < n; j++)
		{
			bool		use = state->held[i] == 0 && state->held[j] == 0;

			h[i][j] = use ? state->at.hessian[i][j] : 0;
			state->axes[i][j] = i == j;
		}
	for (int sweep = 0; sweep < MAX_SWEEPS; sweep++)
	{
		int			turned = 0;

		for (int p = 0; p < n; p++)
			for (int q = p + 1; q < n; q++)
				if (fabs(h[p][q]) > 1e-17 * sqrt(fabs(h[p][p] * h[q][q]))
					&& fabs(h[p][q]) > 1e-300)
				{
					rotate(n, p, q, h, state->axes);
					turned++;
				}
		if (turned == 0)
			break;
	}
	for (int i = 0; i < n; i++)
		state->eigenvalue[i] = h[i][i];
}

/* A parameter, or one of its bounds, as the search has it. */
static double
place_of(const crm_many_problem *problem, double parameter)
{
	return problem->is_plain ? parameter : log(parameter);
}

/* Evaluate at u, turn derivatives into those for logarithms, fill Hessian. */
static crm_status
evaluate(const crm_many_problem *problem, const double *u,
		 crm_many_derivatives *at, bool *is_finite)
{
	double		parameter[CRM_MANY_MAX];
	crm_status	status;
	double		sum;

	if (problem->interrupt && problem->interrupt(problem->interrupt_arg))
		return CRM_INTERRUPTED;
	for (int i = 0; i < problem->n; i++)
		parameter[i] = problem->is_plain ? u[i] : exp(u[i]);
	status = problem->objective(parameter, problem->arg, at);
	if (status != CRM_OK)
		return status;
	sum = at->value;
	for (int i = 0; i < problem->n; i++)
	{
		at->gradient[i] *= problem->is_plain ? 1 : parameter[i];
		for (int j = 0; j <= i; j++)
		{
			at->hessian[i][j] *= problem->is_plain ? 1
				: parameter[i] * parameter[j];
			if (i == j && !problem->is_plain)
				at->hessian[i][i] += at->gradient[i];
			at->hessian[j][i] = at->hessian[i][j];
			sum += at->hessian[i][j];
		}
		sum += at->gradient[i];
	}
	*is_finite = isfinite(sum);
	return CRM_OK;
}

/* -1 or +1 where u stands at that bound of its box, else 0. */
static int
side_of(const crm_many_problem *problem, const newton_state *state, int i)
{
	if (state->u[i] <= place_of(problem, problem->lower[i]))
		return -1;
	return state->u[i] >= place_of(problem, problem->upper[i]) ? 1 : 0;
}

/* The Newton step, uphill along every axis. */
static void
find_step(int n, newton_state *state)
{
	double		largest = 0;

	decompose(n, state);
	for (int k = 0; k < n; k++)
		largest = fmax(largest, fabs(state->eigenvalue[k]));
	memset(state->step, 0, sizeof(state->step));
	state->gain = 0;
	state->is_concave = true;
	for (int k = 0; k < n; k++)
	{
		double		size = fmax(fabs(state->eigenvalue[k]), FLAT * largest);
		double		slope = 0;

		state->is_flat[k] = state->held[k] == 0 &&
			fabs(state->eigenvalue[k]) <= FLAT * largest;
		if (state->held[k] != 0 || size == 0)
			continue;
		if (state->eigenvalue[k] > -FLAT * largest)
			state->is_concave = false;
		for (int i = 0; i < n; i++)
			slope += state->held[i] == 0
				? state->axes[i][k] * state->at.gradient[i] : 0;
		for (int i = 0; i < n; i++)
			state->step[i] += state->axes[i][k] * slope / size;
		state->gain += 0.5 * slope * slope / size;
	}
	state->length = 0;
	for (int i = 0; i < n; i++)
		state->length = fmax(state->length, fabs(state->step[i]));
}

/*
 * The Newton step within the box: without the parameters at a bound whose
 * gradient, or step, leads out of it. Answers how many are left out.
 */
static int
choose_step(const crm_many_problem *problem, newton_state *state)
{
	int			held = 0;
	int			before;

	for (int i = 0; i < problem->n; i++)
	{
		int			side = side_of(problem, state, i);

		state->held[i] = side * state->at.gradient[i] >= 0 ? side : 0;
		held += state->held[i] != 0;
	}
	do
	{
		before = held;
		find_step(problem->n, state);
		for (int i = 0; i < problem->n; i++)
		{
			int			side = side_of(problem, state, i);

			if (state->held[i] == 0 && side * state->step[i] > 0)
			{
				state->held[i] = side;
				held++;
			}
		}
	} while (held > before);
	return held;
}

/* The part of the step that stays in the box, and the bound that it meets. */
static double
part_within(const crm_many_problem *problem, const newton_state *state,
			double part, int *met)
{
	*met = -1;
	for (int i = 0; i < problem->n; i++)
	{
		double		bound = place_of(problem, state->step[i] > 0
									 ? problem->upper[i] : problem->lower[i]);

		if (state->step[i] != 0 &&
			(bound - state->u[i]) / state->step[i] <= part)
		{
			part = (bound - state->u[i]) / state->step[i];
			*met = i;
		}
	}
	return part;
}

/* Where the capped step leads, ended where it would leave the box. */
static void
take_step(const crm_many_problem *problem, const newton_state *state,
		  double *u)
{
	int			met;
	double		part = part_within(problem, state,
								   fmin(1, state->radius / state->length),
								   &met);

	for (int i = 0; i < problem->n; i++)
		u[i] = fmin(fmax(state->u[i] + part * state->step[i],
						 place_of(problem, problem->lower[i])), place_of(problem, problem->upper[i]));
	if (met >= 0)
		u[met] = place_of(problem, state->step[met] > 0 ? problem->upper[met]
						  : problem->lower[met]);
}

/* The inverse of the negative Hessian, for the parameters themselves. */
static void
invert(const crm_many_problem *problem, const newton_state *state,
	   crm_many_result *result)
{
	int			n = problem->n;

	result->has_covariance = state->is_concave;
	for (int i = 0; state->is_concave && i < n; i++)
		for (int j = 0; j < n; j++)
		{
			double		sum = 0;

			for (int k = 0; k < n; k++)
				if (state->held[k] == 0)
					sum -= state->axes[i][k] * state->axes[j][k]
						/ state->eigenvalue[k];
			result->covariance[i][j] = problem->is_plain ? sum
				: sum * result->parameter[i] * result->parameter[j];
		}
}

/*
 * Hold the parameters that would move on for ever, and those that could move
 * without any change: they have no variance.
 */
static void
hold_runaways(int n, newton_state *state)
{
	int			held[CRM_MANY_MAX];

	memcpy(held, state->held, sizeof(held));
	for (int i = 0; i < n; i++)
	{
		if (fabs(state->step[i]) > RUNAWAY_STEP)
			held[i] = state->step[i] > 0 ? 1 : -1;
		for (int k = 0; k < n; k++)
			if (state->is_flat[k] && fabs(state->axes[i][k]) > RUNAWAY_SHARE)
				held[i] = 1;
	}
	memcpy(state->held, held, sizeof(held));
	find_step(n, state);
}

/* Copy the last point to the result, with Hessian and covariance. */
static void
report(const crm_many_problem *problem, const newton_state *state,
	   crm_many_result *result)
{
	result->value = state->at.value;
	result->gradient_norm = 0;
	for (int i = 0; i < problem->n; i++)
	{
		result->parameter[i] = problem->is_plain ? state->u[i]
			: exp(state->u[i]);
		if (side_of(problem, state, i) < 0)
			result->parameter[i] = problem->lower[i];
		else if (side_of(problem, state, i) > 0)
			result->parameter[i] = problem->upper[i];
		result->bound[i] = state->held[i];
		if (result->bound[i] == 0)
			result->gradient_norm = fmax(result->gradient_norm,
										 fabs(state->at.gradient[i]));
	}
	for (int i = 0; i < problem->n; i++)
		for (int j = 0; j < problem->n; j++)
			result->hessian[i][j] = problem->is_plain
				? state->at.hessian[i][j]
				: (state->at.hessian[i][j]
				   - (i == j ? state->at.gradient[i] : 0))
				/ result->parameter[i] / result->parameter[j];
	invert(problem, state, result);
}

/*
 * Is this the end? With a parameter at its bound the others may be left
 * without meaning (the second of a beta distribution whose first is 0), so
 * there it is enough that nothing is left to gain; so it is along a ridge.
 */
static bool
has_arrived(const newton_state *state, int held, bool was_tiny,
			crm_newton_end *end)
{
	bool		is_open = held > 0 || !state->is_concave ||
		state->length > RUNAWAY_STEP;

	*end = is_open ? CRM_NEWTON_BOUNDARY : CRM_NEWTON_CONVERGED;
	return was_tiny || (is_open && state->gain <= BOUNDARY_GAIN);
}

/* The first point, within the box; it must be one where the objective is finite. */
static crm_status
begin(const crm_many_problem *problem, const double *start,
	  newton_state *state)
{
	bool		is_finite;
	crm_status	status;

	for (int i = 0; i < problem->n; i++)
		state->u[i] = place_of(problem, fmin(fmax(start[i], problem->lower[i]),
											 problem->upper[i]));
	status = evaluate(problem, state->u, &state->at, &is_finite);
	return status == CRM_OK && !is_finite ? CRM_INVALID : status;
}

/* On to the point where the step led, or back for a shorter step. */
static bool
go_on(newton_state *state, const double *u, const crm_many_derivatives *at,
	  bool is_finite)
{
	if (!is_finite || at->value < state->at.value
		- VALUE_NOISE * (1 + fabs(state->at.value)))
	{
		state->radius = fmin(state->radius, state->length) / 4;
		return false;
	}
	memcpy(state->u, u, sizeof(state->u));
	state->at = *at;
	state->radius = fmin(state->radius * 4, WIDEST_STEP);
	return true;
}

crm_status
crm_many_maximise(const crm_many_problem *problem, const double *start,
				  crm_many_result *result)
{
	newton_state state = {.radius = WIDEST_STEP};
	bool		was_tiny = false;
	crm_status	status = begin(problem, start, &state);

	memset(result, 0, sizeof(*result));
	result->n = problem->n;
	if (status != CRM_OK)
		return status;
	for (result->evaluations = 1;; result->evaluations++)
	{
		double		u[CRM_MANY_MAX];
		crm_many_derivatives at;
		int			held = choose_step(problem, &state);
		bool		is_finite;

		CRM_STEP();
		if (has_arrived(&state, held, was_tiny, &result->end))
			break;
		if (result->evaluations == MAX_EVALUATIONS
			|| state.radius < SHORTEST_STEP)
		{
			if (state.gain > FLAT_GAIN)
				result->end = CRM_NEWTON_NOT_CONVERGED;
			break;
		}
		take_step(problem, &state, u);
		status = evaluate(problem, u, &at, &is_finite);
		if (status != CRM_OK)
			return status;
		if (!go_on(&state, u, &at, is_finite))
			continue;
		was_tiny = state.is_concave && state.length <= ARRIVED_STEP;
		result->iterations++;
	}
	if (result->end == CRM_NEWTON_BOUNDARY)
		hold_runaways(problem->n, &state);
	report(problem, &state, result);
	return CRM_OK;
}

/* An objective of few parameters as one of many. */
typedef struct few
{
	const crm_newton_problem *problem;
} few;

static crm_status
objective_of_few(const double *parameter, void *arg,
				 crm_many_derivatives *result)
{
	const few  *f = arg;
	int			n = f->problem->n;
	crm_derivatives d;
	crm_status	status = f->problem->objective(parameter, f->problem->arg, &d);

	result->value = d.value;
	memcpy(result->gradient, d.gradient, n * sizeof(double));
	for (int i = 0; i < n; i++)
		memcpy(result->hessian[i], d.hessian[i], n * sizeof(double));
	return status;
}

crm_status
crm_newton_maximise(const crm_newton_problem *problem, const double *start,
					crm_newton_result *result)
{
	few			f = {problem};
	crm_many_problem many = {.n = problem->n, .objective = objective_of_few,
		.arg = &f, .interrupt = problem->interrupt,
	.interrupt_arg = problem->interrupt_arg};
	crm_many_result found;
	crm_status	status;
	int			n = problem->n;

	memcpy(many.lower, problem->lower, n * sizeof(double));
	memcpy(many.upper, problem->upper, n * sizeof(double));
	status = crm_many_maximise(&many, start, &found);
	memset(result, 0, sizeof(*result));
	result->end = found.end;
	result->n = found.n;
	result->value = found.value;
	result->gradient_norm = found.gradient_norm;
	result->iterations = found.iterations;
	result->evaluations = found.evaluations;
	result->has_covariance = found.has_covariance;
	memcpy(result->parameter, found.parameter, n * sizeof(double));
	memcpy(result->bound, found.bound, n * sizeof(int));
	for (int i = 0; i < n; i++)
	{
		memcpy(result->hessian[i], found.hessian[i], n * sizeof(double));
		memcpy(result->covariance[i], found.covariance[i],
			   n * sizeof(double));
	}
	return status;
}
