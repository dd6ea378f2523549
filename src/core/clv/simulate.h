/*
 * simulate.h
 *		Customers drawn from a lifetime-value model.
 */
#ifndef CRM_CORE_CLV_SIMULATE_H
#define CRM_CORE_CLV_SIMULATE_H

#include "core/clv/model.h"
#include "core/numeric/random.h"

/* A customer and what he has done so far. */
typedef struct crm_simulated
{
	crm_random	random;
	const crm_clv *clv;
	double		log_rate;		/* of purchases; BG/BB: the chance of one */
	double		leaving;		/* its chance, at a purchase or opportunity */
	double		end;			/* when he leaves, where that is a time */
	double		log_value;		/* ln of gamma / nu, of the spend part */
	double		time;			/* of the purchase before; -1: none so far */
} crm_simulated;

/* Customer so and so of a seed. Not of the shifted beta-geometric model. */
extern void crm_simulate_customer(const crm_clv *clv, uint64_t seed,
								  uint64_t customer, crm_simulated *out);

/*
 * His next purchase, of which the first one is at time 0. False where he makes
 * no more until the time to watch is over. The value is NAN where the model
 * has no spend part.
 */
extern bool crm_simulate_purchase(crm_simulated *customer, double watched,
								  double *time, double *value);

/* For the families: do they leave at this chance? */
extern bool crm_simulated_leaves(crm_simulated *customer);

#endif							/* CRM_CORE_CLV_SIMULATE_H */
