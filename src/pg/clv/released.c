/*
 * released.c
 *		A crm_clv_model as 0.1.0 stored it.
 *
 * Tables keep it until they are written anew. It had room for four parameters
 * a part, and no covariates; all else has stayed.
 */
#include "pg/clv/clv.h"

#define FORMAT_0_1	1
#define PARAMETERS_0_1	4

typedef struct part_0_1
{
	int32		n;
	uint32		boundary;
	int32		iterations;
	int32		has_covariance;
	double		parameter[PARAMETERS_0_1];
	double		covariance[PARAMETERS_0_1][PARAMETERS_0_1];
	double		log_likelihood;
	double		gradient_norm;
	double		customers;
	double		distinct;
} part_0_1;

typedef struct datum_0_1
{
	int32		vl_len_;		/* as of any varlena */
	int32		format;			/* FORMAT_0_1 */
	int32		kind;
	int32		as_of;
	double		unit_days;
	double		correlation;
	part_0_1	purchase;
	part_0_1	spend;
} datum_0_1;

StaticAssertDecl(sizeof(part_0_1) == 208 && sizeof(datum_0_1) == 448,
				 "0.1.0 wrote these sizes");

static void
take_part(const part_0_1 *from, crm_clv_part *to)
{
	to->n = from->n;
	to->boundary = from->boundary;
	to->iterations = from->iterations;
	to->has_covariance = from->has_covariance;
	for (int i = 0; i < PARAMETERS_0_1; i++)
	{
		to->parameter[i] = from->parameter[i];
		memcpy(to->covariance[i], from->covariance[i],
			   sizeof(from->covariance[i]));
	}
	to->log_likelihood = from->log_likelihood;
	to->gradient_norm = from->gradient_norm;
	to->customers = from->customers;
	to->distinct = from->distinct;
}

/* NULL where it is none of these. */
const crm_clv *
crm_clv_of_first_release(const crm_clv_datum *datum)
{
	const datum_0_1 *old = (const datum_0_1 *) datum;
	crm_clv		clv = {0};

	if (VARSIZE(old) != sizeof(*old) || old->format != FORMAT_0_1)
		return NULL;
	clv.kind = old->kind;
	clv.as_of = old->as_of;
	clv.unit_days = old->unit_days;
	clv.correlation = old->correlation;
	take_part(&old->purchase, &clv.purchase);
	take_part(&old->spend, &clv.spend);
	if (!crm_clv_is_valid(&clv))
		return NULL;
	return &((const crm_clv_datum *)
			 DatumGetPointer(crm_clv_get_datum(&clv, NULL)))->clv;
}
