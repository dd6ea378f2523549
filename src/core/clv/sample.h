/*
 * sample.h
 *		The customers that a fit has seen so far, as bytes.
 *
 * Packed, a sample is a head and then its rows, every number in 8 bytes, the
 * lowest first, and numbers that are not whole as the bits of a double:
 *
 *		version, kind, as_of, unit_days, k, known_gaps, number of covariates,
 *			the two words of the sum of gaps, number of histories and of spends
 *		per history		covariates, frequency, recency, age, weight
 *		per spend		frequency, value, weight
 *
 * The head says what the fit was called with, which its parts must agree on.
 */
#ifndef CRM_CORE_CLV_SAMPLE_H
#define CRM_CORE_CLV_SAMPLE_H

#include <stdint.h>

#include "core/clv/model.h"
#include "core/numeric/wide.h"

#define CRM_CLV_SAMPLE_VERSION	2

typedef struct crm_clv_terms
{
	int32_t		kind;			/* crm_clv_kind */
	int32_t		as_of;			/* or CRM_CLV_NO_DAY */
	double		unit_days;		/* 0: not known */
	int32_t		k;				/* of CNBD-k; 0: choose it */
	int32_t		known_gaps;		/* are gaps between purchases summed up? */
	int32_t		covariates;		/* in front of each history */
} crm_clv_terms;

/*
 * The sum of the logarithms of gaps, in units of 2^-52 and whole ones: so it is the
 * same in every order, and rounding is nothing beside its use.
 */
#define CRM_CLV_GAP_UNIT	0x1p-52

/* False where the sum grows beyond what can be stored. */
extern bool crm_clv_add_gaps(crm_wide *sum, double log_gaps);
extern double crm_clv_gaps(const crm_clv_terms *terms, const crm_wide *sum);

extern bool crm_clv_terms_equal(const crm_clv_terms *a,
								const crm_clv_terms *b);

/* Doubles of a row, with what lies in front of the history. */
static inline int
crm_clv_row_width(const crm_clv_terms *terms)
{
	return terms->covariates + 4;
}

extern size_t crm_clv_sample_bytes(const crm_clv_terms *terms,
								   size_t histories, size_t spends);
extern void crm_clv_sample_pack(const crm_clv_terms *terms, crm_wide gaps,
								const double *rows, size_t histories,
								const crm_spend *spend, size_t spends,
								uint8_t *out);

/* A packed sample being read. */
typedef struct crm_packed_sample
{
	const uint8_t *rows;
	crm_clv_terms terms;
	crm_wide	gaps;
	uint64_t	histories;
	uint64_t	spends;
} crm_packed_sample;

/*
 * CRM_CORRUPT for bytes that no fit wrote; every row is looked at.
 * CRM_INTERRUPTED.
 */
extern crm_status crm_clv_sample_open(const uint8_t *bytes, size_t length,
									  crm_packed_sample *packed,
									  crm_interrupt interrupt, void *arg);
extern crm_history crm_packed_history(const crm_packed_sample *packed,
									  uint64_t i);
extern void crm_packed_row(const crm_packed_sample *packed, uint64_t i,
						   double *row);
extern crm_spend crm_packed_spend(const crm_packed_sample *packed,
								  uint64_t i);

#endif							/* CRM_CORE_CLV_SAMPLE_H */
