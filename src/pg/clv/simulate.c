/*
 * simulate.c
 *		Purchases drawn from a fitted model.
 */
#include "pg/clv/clv.h"

#include "access/htup_details.h"
#include "utils/date.h"

#include "core/clv/family.h"
#include "pg/activity/activity.h"
#include "pg/activity/amount.h"

PG_FUNCTION_INFO_V1(crm_simulate_purchases);

#define NOON	0.5

/* What is kept from row to row. */
typedef struct simulation
{
	crm_clv		clv;
	uint64		seed;
	int64		customers;
	int64		customer;		/* who purchases; 0: nobody yet */
	crm_simulated drawn;
	int32		first_day;
	int32		days;
} simulation;

static void *
begin_simulation(FunctionCallInfo fcinfo)
{
	simulation *s = palloc(sizeof(*s));
	const crm_clv_family *family;

	s->clv = *crm_getarg_clv(fcinfo, 0);
	crm_refuse_covariates(&s->clv);
	family = crm_clv_family_of(s->clv.kind);
	s->customers = PG_GETARG_INT32(1);
	s->first_day = crm_getarg_day(fcinfo, 2, "first_day");
	s->days = PG_GETARG_INT32(3);
	s->seed = (uint64) PG_GETARG_INT64(4);
	s->customer = 0;
	if (family->draw == NULL || !(s->clv.unit_days > 0))
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 errmsg("a %s model without a unit of days cannot simulate purchases",
						crm_clv_kind_name(s->clv.kind)),
				 errhint("Give 'bg/nbd', 'mbg/nbd' or 'pareto/nbd', or a 'bg/bb' model whose JSON has \"unit_days\".")));
	if (s->customers < 0 || s->days < 0 ||
		(family->time == CRM_CLV_OPPORTUNITIES &&
		 s->days / s->clv.unit_days > CRM_CLV_TURNS_MAX) ||
		(int64) s->first_day + s->days > CRM_DAY_MAX)
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 errmsg("cannot simulate %lld customers for %d days",
						(long long) s->customers, s->days),
				 errhint("Give 0 or more of both, within the range of dates.")));
	return s;
}

/*
 * The next purchase of this customer, or the first one of the next. Everybody
 * begins at noon, so that a day's purchases lie evenly around its distance.
 */
static bool
next_row(simulation *s, Datum *values, bool *nulls)
{
	double		watched = (s->days + NOON) / s->clv.unit_days;
	double		time;
	double		value;
	int32		day;

	while (s->customer == 0 ||
		   !crm_simulate_purchase(&s->drawn, watched, &time, &value))
	{
		if (s->customer == s->customers)
			return false;
		s->customer++;
		crm_simulate_customer(&s->clv, s->seed, s->customer, &s->drawn);
	}
	day = (int32) (time * s->clv.unit_days + NOON);
	day = s->first_day + Min(day, s->days);
	values[0] = Int64GetDatum(s->customer);
	values[1] = DateADTGetDatum(day);
	nulls[2] = isnan(value);
	values[2] = nulls[2] ? (Datum) 0 :
		crm_amount_to_numeric(crm_amount_from_float8(rint(value * 100) / 100));
	return true;
}

/* Set of (customer_id, day, amount) */
Datum
crm_simulate_purchases(PG_FUNCTION_ARGS)
{
	FuncCallContext *call = crm_rows_call(fcinfo, begin_simulation);
	Datum		values[3];
	bool		nulls[3] = {false};
	HeapTuple	row;

	if (!next_row(call->user_fctx, values, nulls))
		SRF_RETURN_DONE(call);
	row = heap_form_tuple(call->tuple_desc, values, nulls);
	SRF_RETURN_NEXT(call, HeapTupleGetDatum(row));
}
