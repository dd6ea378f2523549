/*
 * family.h
 *		The families of models, each as one constant table of what it can do.
 *
 * Who adds a family writes a file NAME_family.c like the others, and its line
 * in family.c. Nothing else asks which family a model is of. Time is in the model's
 * unit.
 */
#ifndef CRM_CORE_CLV_FAMILY_H
#define CRM_CORE_CLV_FAMILY_H

#include "core/clv/bgnbd.h"
#include "core/clv/model.h"
#include "core/clv/pareto.h"
#include "core/clv/search.h"
#include "core/clv/simulate.h"

/* What time a model counts. */
typedef enum crm_clv_time
{
	CRM_CLV_ANY_TIME,			/* purchases at any moment */
	CRM_CLV_OPPORTUNITIES,		/* purchases at opportunities in turn */
	CRM_CLV_RENEWALS,			/* contracts, from renewal to renewal */
	CRM_CLV_NO_TIME				/* values of purchases */
} crm_clv_time;

/* A log-likelihood with its derivatives by ln of four parameters. */
typedef struct crm_clv_slopes
{
	double		value;
	double		gradient[4];
	double		hessian[4][4];	/* lower triangle */
} crm_clv_slopes;

typedef struct crm_clv_family
{
	const char *name;			/* as in the literature */
	crm_clv_time time;
	int			n;				/* parameters */
	const char *parameters[CRM_CLV_PARAMETERS];

	/* The most that each may be, and the inverse the least. */
	double		most[CRM_CLV_PARAMETERS];
	int			whole;			/* the one that is a whole number; 0: none */

	/* What a fit needs to have seen of somebody, "has purchased". */
	const char *needs;

	bool		(*history_is_valid) (const crm_history *history);

	/* Of histories, or of spends where the family has no time. */
	crm_status	(*estimate) (const crm_clv_data *data, crm_interrupt interrupt,
							 void *arg, crm_clv_part *part);
	double		(*log_likelihood) (const crm_clv *clv, const crm_history *customer);

	/* Of purchases alone, and NULL for others: as model.h says of each. */
	double		(*p_alive) (const crm_clv *clv, const crm_history *customer);
	double		(*p_alive_later) (const crm_clv *clv,
								  const crm_history *customer, double t);
	double		(*purchases) (const crm_clv *clv, const crm_history *customer,
							  double t, double rate);

	/*
	 * Discounted and plain at once, given that the customer is alive, where
	 * that depends on frequency and age alone; NULL for others.
	 */
	double		(*both_if_alive) (const crm_clv *clv,
								  const crm_history *customer, double t,
								  double rate, double *plain);

	/* Discounted and plain at once, where that saves work; NULL for others. */
	double		(*both_purchases) (const crm_clv *clv,
								   const crm_history *customer, double t,
								   double rate, double *plain);
	double		(*probability) (const crm_clv *clv, int n, double t);
	double		(*customer_probability) (const crm_clv *clv,
										 const crm_history *customer,
										 int n, double t, bool at_least);

	/*
	 * Of families that take covariates, and NULL for others: of one customer,
	 * but for ln(Gamma(r + x) / Gamma(r)); where a search begins; the sign
	 * with which an effect moves ln of each parameter; the share that leaves
	 * within a time, and its derivatives by ln of the parameters.
	 */
	void		(*slopes) (const double *parameter, const crm_history *customer,
						   crm_clv_slopes *d);
	void		(*choose_starts) (const crm_clv_summary *summary,
								  crm_clv_starts *starts);
	signed char by_gamma[4];
	signed char by_delta[4];
	double		(*leaving) (const double *parameter, double age,
							double by_log[4]);

	/* A customer drawn, and on to their next purchase. */
	void		(*draw) (const crm_clv *clv, crm_simulated *customer);
	void		(*next_purchase) (crm_simulated *customer, double watched);
} crm_clv_family;

/*
 * The probability of n purchases, or of at least n, of somebody who makes them
 * with a probability of chance if alive, and none otherwise.
 */
static inline double
crm_clv_if_alive(double alive, int n, bool at_least, double chance)
{
	if (at_least)
		return n == 0 ? 1 : alive * chance;
	return alive * chance + (n == 0 ? 1 - alive : 0);
}

/*
 * bgnbd_family.c: a customer drawn of (M)BG/NBD or (M)BG/CNBD-k, and on to the
 * next purchase, so many phases away. They may leave after each purchase; after
 * the first one under MBG alone.
 */
extern void crm_bgnbd_draw(const crm_clv *clv, crm_simulated *customer);
extern void crm_bgnbd_next_purchase(crm_simulated *customer,
									crm_bgnbd_kind kind, int phases);

/* bgnbd_slopes.c */
extern void crm_bgnbd_slopes(const crm_bgnbd *model,
							 const crm_history *customer, crm_clv_slopes *d);

/* pareto.c */
extern void crm_pareto_slopes(const crm_pareto *model,
							  const crm_history *customer, crm_clv_slopes *d);

extern const crm_clv_family crm_bgnbd_family;
extern const crm_clv_family crm_mbgnbd_family;
extern const crm_clv_family crm_pareto_family;
extern const crm_clv_family crm_bgbb_family;
extern const crm_clv_family crm_sbg_family;
extern const crm_clv_family crm_bgcnbd_family;
extern const crm_clv_family crm_mbgcnbd_family;
extern const crm_clv_family crm_spend_family;

/* By crm_clv_kind. */
extern const crm_clv_family *crm_clv_family_of(int kind);

/* The end of an estimate: what the search found, as a part of a model. */
extern crm_status crm_clv_fill_part(crm_clv_part *part, crm_status status,
									const crm_newton_result *search,
									unsigned boundary, double customers,
									size_t distinct);

#endif							/* CRM_CORE_CLV_FAMILY_H */
