/*
 * betamean.h
 *		The mean of something positive over a beta distribution.
 *
 * In d = ln(p / (1 - p)) - ln(a / b), the distance of the logit of p from that
 * of its mean, nothing is lost near p = 0 or 1, however small or large a and b
 * are, and the density is log-concave.
 */
#ifndef CRM_CORE_NUMERIC_BETAMEAN_H
#define CRM_CORE_NUMERIC_BETAMEAN_H

/*
 * -ln of what is averaged, at p and rest = 1 - p: it rises with p, the less
 * the nearer p is to 1, so that the density times it has one mode; and it is
 * constant where p is well below least. slope is its derivative by d.
 */
typedef struct crm_beta_factor
{
	double		(*minus_log) (const void *arg, double p, double rest,
							  double *slope);
	const void *arg;
	double		least;
} crm_beta_factor;

/*
 * The logarithm of the mean for p beta distributed with parameters a and b.
 * At most 14,000 evaluations of the factor, as a rule 200.
 */
extern double crm_beta_mean_log(double a, double b,
								const crm_beta_factor *factor);

#endif							/* CRM_CORE_NUMERIC_BETAMEAN_H */
