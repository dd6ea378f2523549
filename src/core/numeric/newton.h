/*
 * newton.h
 *		Maximise a log-likelihood of up to four positive parameters.
 *
 * Newton steps in the logarithms of the parameters, from an exact gradient and
 * Hessian: uphill where the Hessian is not negative definite, shorter where a
 * step goes down, and within a box that no parameter leaves. No randomness and
 * no memory: the same input gives the same bits.
 *
 * The caller speaks of the parameters as they are (not of their logarithms):
 * bounds, start, derivatives, result and covariance.
 */
#ifndef CRM_CORE_NUMERIC_NEWTON_H
#define CRM_CORE_NUMERIC_NEWTON_H

#include "core/status.h"

#define CRM_NEWTON_MAX 4

typedef double crm_matrix[CRM_NEWTON_MAX][CRM_NEWTON_MAX];

/*
 * A value with its first and second derivatives. An objective fills the
 * gradient and the lower triangle of the Hessian, hessian[i][j] for j <= i.
 */
typedef struct crm_derivatives
{
	double		value;
	double		gradient[CRM_NEWTON_MAX];
	crm_matrix	hessian;
} crm_derivatives;

/*
 * The function to maximise. A status other than CRM_OK ends the search with
 * that status. A value or derivative that is not finite means "not here": a
 * shorter step is tried.
 */
typedef crm_status (*crm_objective) (const double *parameter, void *arg,
									 crm_derivatives *result);

typedef struct crm_newton_problem
{
	int			n;				/* parameters, 1 to CRM_NEWTON_MAX */
	double		lower[CRM_NEWTON_MAX];	/* 0 < lower < upper */
	double		upper[CRM_NEWTON_MAX];
	crm_objective objective;
	void	   *arg;			/* handed to objective */
	crm_interrupt interrupt;	/* asked before each evaluation, or NULL */
	void	   *interrupt_arg;
} crm_newton_problem;

typedef enum crm_newton_end
{
	CRM_NEWTON_CONVERGED,		/* a maximum inside the box */
	CRM_NEWTON_BOUNDARY,		/* a maximum with parameters at a bound */
	CRM_NEWTON_NOT_CONVERGED	/* the best point found, and no more */
} crm_newton_end;

typedef struct crm_newton_result
{
	crm_newton_end end;
	int			n;
	double		parameter[CRM_NEWTON_MAX];
	int			bound[CRM_NEWTON_MAX];	/* -1 lower, +1 upper, 0 inside; so
										 * too where it would move on for ever */
	double		value;			/* the objective there */
	double		gradient_norm;	/* largest |d value / d ln parameter| of the
								 * parameters that are not at a bound */
	int			iterations;		/* accepted steps */
	int			evaluations;
	crm_matrix	hessian;		/* by the parameters, both halves */
	crm_matrix	covariance;		/* inverse of the negative Hessian; rows and
								 * columns of parameters at a bound are 0 */
	bool		has_covariance; /* false: no strict maximum, all zeroes */
} crm_newton_result;

/*
 * Search from start, which is moved into the box where it lies outside.
 *
 * CRM_OK for all three ends: result->end tells them apart, and the parameters
 * are finite and in the box in each case. CRM_INVALID where the objective is
 * not finite at the start, CRM_INTERRUPTED, or the objective's own status.
 */
extern crm_status crm_newton_maximise(const crm_newton_problem *problem,
									  const double *start,
									  crm_newton_result *result);

/*
 * The same of more parameters, with covariates; and of any sign where the
 * search is told to take them as they are and not by their logarithms. Bounds,
 * derivatives and covariance are by what is searched for.
 */
#define CRM_MANY_MAX 20

typedef double crm_many_matrix[CRM_MANY_MAX][CRM_MANY_MAX];

typedef struct crm_many_derivatives
{
	double		value;
	double		gradient[CRM_MANY_MAX];
	crm_many_matrix hessian;
} crm_many_derivatives;

typedef crm_status (*crm_many_objective) (const double *parameter, void *arg,
										  crm_many_derivatives *result);

typedef struct crm_many_problem
{
	int			n;
	bool		is_plain;		/* not by logarithms */
	double		lower[CRM_MANY_MAX];
	double		upper[CRM_MANY_MAX];
	crm_many_objective objective;
	void	   *arg;
	crm_interrupt interrupt;
	void	   *interrupt_arg;
} crm_many_problem;

typedef struct crm_many_result
{
	crm_newton_end end;
	int			n;
	double		parameter[CRM_MANY_MAX];
	int			bound[CRM_MANY_MAX];
	double		value;
	double		gradient_norm;
	int			iterations;
	int			evaluations;
	crm_many_matrix hessian;
	crm_many_matrix covariance;
	bool		has_covariance;
} crm_many_result;

extern crm_status crm_many_maximise(const crm_many_problem *problem,
									const double *start,
									crm_many_result *result);

#endif							/* CRM_CORE_NUMERIC_NEWTON_H */
