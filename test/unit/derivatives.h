/*
 * derivatives.h
 *		Exact derivatives against differences of fourth order.
 */
#ifndef CRM_TEST_DERIVATIVES_H
#define CRM_TEST_DERIVATIVES_H

#include "core/numeric/newton.h"

#include "tap.h"

/*
 * The largest error of gradient and Hessian at a point, by the logarithms of
 * the parameters, in units of the value (at least 1).
 */
static double
derivatives_error(crm_objective objective, void *arg, int n,
				  const double *parameter)
{
	static const double offset[] = {-2, -1, 1, 2};
	static const double weight[] = {1.0 / 12, -2.0 / 3, 2.0 / 3, -1.0 / 12};
	const double h = 1e-3;
	crm_derivatives at;
	double worst = 0;

	objective(parameter, arg, &at);
	for (int i = 0; i < n; i++)
	{
		crm_derivatives difference = {0};

		for (int k = 0; k < 4; k++)
		{
			double		moved[CRM_NEWTON_MAX];
			crm_derivatives there;

			memcpy(moved, parameter, n * sizeof(double));
			moved[i] *= 1 + h * offset[k];
			objective(moved, arg, &there);
			difference.value += weight[k] / h * there.value;
			for (int j = 0; j < n; j++)
				difference.gradient[j] += weight[k] / h * there.gradient[j];
		}
		worst = fmax(worst, fabs(difference.value
								 - at.gradient[i] * parameter[i]));

		for (int j = 0; j < n; j++)
		{
			double		exact = i > j ? at.hessian[i][j] : at.hessian[j][i];

			worst = fmax(worst, parameter[j] * fabs(difference.gradient[j]
													- exact * parameter[i]));
		}
	}
	worst	  /=fmax(1, fabs(at.value));
	return isfinite(worst) ? worst : INFINITY;
}

#endif							/* CRM_TEST_DERIVATIVES_H */
