/*
 * state.h
 *		The summary types of this topic as SQL values.
 *
 * They are ordinary types, not "internal", so that a distributed server can
 * aggregate in parts, and they serve as transition states as they are. Stored,
 * they may be compressed, out of line or of a short header: crm_state_arg()
 * makes them whole, and aligned.
 */
#ifndef CRM_PG_EXPERIENCE_STATE_H
#define CRM_PG_EXPERIENCE_STATE_H

#include "pg/support/aggregate.h"

#include "core/experience/experience.h"
#include "core/experience/state.h"

typedef struct crm_state
{
	int32		vl_len_;		/* varlena header, do not touch directly */
	uint16		version;		/* CRM_STATE_VERSION */
	uint16		width;			/* 0 where the layout is of one size */
	int64		body[FLEXIBLE_ARRAY_MEMBER];	/* words, as laid out */
} crm_state;

extern crm_state *crm_state_new(const crm_layout *layout, int width);

/* Argument n, which must not be NULL, to be read. */
extern crm_state *crm_state_arg(FunctionCallInfo fcinfo, int n,
								const crm_layout *layout);

/*
 * Argument 0 to be changed and returned: itself in an aggregate, else a copy;
 * a new one of width 0 where it is NULL.
 */
extern crm_state *crm_state_writable(FunctionCallInfo fcinfo,
									 const crm_layout *layout);

/* A state of width 0 as one of this width, any other as it is. */
extern crm_state *crm_state_widen(const crm_layout *layout, crm_state *state,
								  int width);

/* Values with a domain: an error names what and the value. */
extern double crm_finite(double value, const char *what);
extern double crm_finite_arg(FunctionCallInfo fcinfo, int n, const char *what);

/* What an analyst sets, and nobody answers. */
extern double crm_constant_arg(FunctionCallInfo fcinfo, int n,
							   const char *what);
extern double crm_nonnegative_arg(FunctionCallInfo fcinfo, int n,
								  const char *what, const char *hint);
extern double crm_weight_arg(FunctionCallInfo fcinfo, int n);

/* Arguments n and n + 1, the ends of a scale, which must rise. */
extern void crm_scale_args(FunctionCallInfo fcinfo, int n, double *scale_min,
						   double *scale_max);
extern char *crm_double_text(double value);

/* The error of a sum or a square that fits no double. */
extern _Noreturn void crm_out_of_range(const crm_layout *layout);

/* A row of low and high. */
extern Datum crm_interval_row(FunctionCallInfo fcinfo, crm_interval interval);

#endif							/* CRM_PG_EXPERIENCE_STATE_H */
