/*
 * clv.h
 *		Lifetime-value models as data: the sample that a fit collects, and the
 *		model that it makes.
 */
#ifndef CRM_PG_CLV_CLV_H
#define CRM_PG_CLV_CLV_H

#include "pg/support/extension.h"

#include "utils/expandeddatum.h"

#include "core/clv/effects.h"
#include "core/clv/sample.h"
#include "core/clv/tally.h"

/* Of a ledger time is counted in weeks, as the literature does. */
#define CRM_CLV_UNIT_DAYS	7

/* A sample while it grows: customers alike are counted in one row. */
typedef struct crm_clv_sample
{
	ExpandedObjectHeader header;
	bool		started;		/* terms are known */
	bool		sorted;			/* rows are sorted; slots have no meaning */
	crm_clv_terms terms;
	crm_wide	gaps;			/* as sample.h has them */
	crm_tally	histories;
	crm_tally	spends;
} crm_clv_sample;

/* The first; without covariates they lie one behind the other. */
#define SAMPLE_HISTORY(sample)	((crm_history *) (sample)->histories.rows)
#define SAMPLE_SPEND(sample)	((crm_spend *) (sample)->spends.rows)

/* sample.c */

/* The bytes of a sample, read. */
extern crm_status crm_open_flat_sample(const struct varlena *flat,
									   crm_packed_sample *packed);

/* Sorted, and only to be read. */
extern crm_clv_sample *crm_getarg_clv_sample(FunctionCallInfo fcinfo, int n);

#define CRM_CLV_FORMAT	2

/*
 * The model as a datum, with ALIGNMENT = double and STORAGE = plain. Effects
 * are there only where the model has covariates.
 */
typedef struct crm_clv_datum
{
	int32		vl_len_;		/* as of any varlena */
	int32		format;			/* CRM_CLV_FORMAT */
	crm_clv		clv;
	crm_clv_effects effects;
} crm_clv_datum;

/* model.c */
extern const crm_clv *crm_getarg_clv(FunctionCallInfo fcinfo, int n);
extern const crm_clv_effects *crm_effects_of(const crm_clv *clv);
extern Datum crm_clv_get_datum(const crm_clv *clv,
							   const crm_clv_effects *effects);

/* The word for the bound at which a parameter stands. */
extern const char *crm_clv_side_word(int side);

/* covariates.c */

/* Argument n, numbers that are neither NULL nor infinite; how many they are. */
extern int	crm_getarg_covariates(FunctionCallInfo fcinfo, int n, double *z);

/* An error where a model has covariates, of which it was not told. */
extern void crm_refuse_covariates(const crm_clv *clv);

/* The model of argument 0 for the covariates of argument n. */
extern const crm_clv *crm_getarg_own_model(FunctionCallInfo fcinfo, int n,
										   crm_clv *own);

/* argument.c */

/*
 * Argument n, a ledger, as the history of a customer in units of unit_days,
 * and the mean value of their repeat days. False where they have not bought by
 * as_of.
 */
extern bool crm_getarg_history(FunctionCallInfo fcinfo, int n, int32 as_of,
							   double unit_days, crm_history *history,
							   double *value);

/* The sum of ln(gap) of argument n, a ledger, in days. */
extern double crm_getarg_log_gaps(FunctionCallInfo fcinfo, int n,
								  int32 as_of);

/* Three numbers from argument n on, checked against what the kind allows. */
extern crm_history crm_getarg_summary(FunctionCallInfo fcinfo, int n,
									  int kind);

/* Argument 0, of purchases; of purchases in days; a model with amounts. */
extern const crm_clv *crm_getarg_purchase_model(FunctionCallInfo fcinfo);
extern const crm_clv *crm_getarg_ledger_model(FunctionCallInfo fcinfo);
extern const crm_clv *crm_require_spend(const crm_clv *clv);

/* Argument n: days from now, or a time, in units; a yearly rate, per unit. */
extern double crm_getarg_horizon_days(FunctionCallInfo fcinfo, int n,
									  const crm_clv *clv, const char *name);
extern double crm_getarg_time(FunctionCallInfo fcinfo, int n,
							  const crm_clv *clv, const char *name);
extern double crm_getarg_discount(FunctionCallInfo fcinfo, int n,
								  const crm_clv *clv);

/* Argument n, a number of purchases. */
extern int32 crm_getarg_purchases(FunctionCallInfo fcinfo, int n);

extern bool crm_getarg_monetary(FunctionCallInfo fcinfo, int n,
								double frequency, double *value);

/*
 * All of a question; false where the answer is NULL. Argument 5 are covariates
 * where own is not NULL, which then becomes the model of those who have these.
 */
extern bool crm_getarg_question(FunctionCallInfo fcinfo, bool with_amounts,
								const crm_clv **clv, crm_clv *own,
								crm_clv_question *ask);
extern bool crm_getarg_question_summary(FunctionCallInfo fcinfo,
										const crm_clv **clv,
										crm_clv_question *ask);

extern void crm_refuse_number(const char *name, double value,
							  const char *hint);

/* What does not exist, or is without bound, is NULL. */
extern Datum crm_number_or_null(FunctionCallInfo fcinfo, double value);

/* released.c */
extern const crm_clv *crm_clv_of_first_release(const crm_clv_datum *datum);

/* Called by what the install script of 0.1.0 names, too. */
extern Datum crm_p_alive_if_silent(PG_FUNCTION_ARGS);
extern Datum crm_p_alive_if_silent_summary(PG_FUNCTION_ARGS);

#endif							/* CRM_PG_CLV_CLV_H */
