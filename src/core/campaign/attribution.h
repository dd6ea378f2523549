/*
 * attribution.h
 *		How a conversion is shared among the touches before it.
 */
#ifndef CRM_CORE_CAMPAIGN_ATTRIBUTION_H
#define CRM_CORE_CAMPAIGN_ATTRIBUTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum crm_attribution_model
{
	CRM_ATTRIBUTION_FIRST,
	CRM_ATTRIBUTION_LAST,
	CRM_ATTRIBUTION_LINEAR,
	CRM_ATTRIBUTION_POSITION,
	CRM_ATTRIBUTION_DECAY
} crm_attribution_model;

/* False where no model has the name, of so many bytes. */
extern bool crm_attribution_model_named(const char *name, size_t length,
										crm_attribution_model *model);

/* Is a touch, in microseconds, at most window before the conversion? */
extern bool crm_touch_counts(int64_t touched_at, int64_t converted_at,
							 double window);

/*
 * The weight of each touch that counts, 0 for the others. The weights of those
 * that count add up to 1. half_life is in microseconds, for decay alone.
 */
extern void crm_attribution_weights(crm_attribution_model model,
									const int64_t *touched_at,
									const bool *counts, size_t touches,
									double half_life, double *weights);

#endif							/* CRM_CORE_CAMPAIGN_ATTRIBUTION_H */
