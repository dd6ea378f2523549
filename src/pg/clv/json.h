/*
 * json.h
 *		A lifetime-value model read from JSON.
 */
#ifndef CRM_PG_CLV_JSON_H
#define CRM_PG_CLV_JSON_H

#include "pg/clv/clv.h"

#include "utils/jsonb.h"

/* What is wrong, and at which key. */
typedef struct crm_clv_fault
{
	const char *what;
	const char *key;
} crm_clv_fault;


/* False where something is wrong; effects are set in any case. */
extern bool crm_clv_read_model(JsonbContainer *object, crm_clv *clv,
							   crm_clv_effects *effects,
							   crm_clv_fault *fault);

/* The word for a mark of an effect. */
extern const char *crm_clv_mark_word(int mark);

#endif							/* CRM_PG_CLV_JSON_H */
