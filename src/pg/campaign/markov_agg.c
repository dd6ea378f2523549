/*
 * markov_agg.c
 *		crm_markov_agg: paths to a chain; and what is read from chains.
 */
#include "pg/campaign/markov.h"

#include <float.h>

#include "access/htup_details.h"
#include "catalog/pg_type.h"

#include "pg/support/arrays.h"

PG_FUNCTION_INFO_V1(crm_markov_trans);
PG_FUNCTION_INFO_V1(crm_markov_combine);
PG_FUNCTION_INFO_V1(crm_markov_probability);
PG_FUNCTION_INFO_V1(crm_markov_credit);

/* The state in argument 0, to be changed in place; a new one at first. */
static crm_markov *
state_of(FunctionCallInfo fcinfo)
{
	crm_markov *state = crm_live_state(fcinfo, &crm_markov_methods);

	if (state != NULL)
	{
		crm_markov_changed(state);
		return state;
	}
	state = crm_markov_create(crm_state_context(fcinfo));
	if (!PG_ARGISNULL(0))
		crm_markov_merge(state, PG_GETARG_DATUM(0));
	return state;
}

/* A number of the row; NULL is 0. */
static double
getarg_number(FunctionCallInfo fcinfo, int n, const char *name, double least)
{
	double		number = PG_ARGISNULL(n) ? 0 : PG_GETARG_FLOAT8(n);

	if (!(number >= least) || isinf(number))
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 errmsg("%s cannot be %g", name, number),
				 errhint("Conversions and nulls must be 0 or more, and values must be finite.")));
	return number;
}

/*
 * Walks through a path and adds its weight to each step but the last. Answers
 * where it ends: the start, if it has no channels.
 */
static int
add_steps(crm_markov *state, ArrayType *path, double weight)
{
	int			items = ArrayGetNItems(ARR_NDIM(path), ARR_DIMS(path));
	char	   *next = ARR_DATA_PTR(path);
	int			from = CRM_FROM_START;

	for (int i = 0; i < items; i++)
	{
		int			channel;

		if (crm_array_is_null(path, i))
			continue;
		next = (char *) att_align_pointer(next, TYPALIGN_INT, -1, next);
		channel = crm_markov_channel(state, VARDATA_ANY(next),
									 VARSIZE_ANY_EXHDR(next));
		crm_chain_add(&state->chain, from, CRM_TO_CHANNEL(channel), weight);
		from = CRM_FROM_CHANNEL(channel);
		next += VARSIZE_ANY(next);
	}
	return from;
}

Datum
crm_markov_trans(PG_FUNCTION_ARGS)
{
	crm_markov *state = state_of(fcinfo);
	double		conversions = getarg_number(fcinfo, 2, "conversions", 0);
	double		value = getarg_number(fcinfo, 3, "value", -DBL_MAX);
	double		nulls = getarg_number(fcinfo, 4, "nulls", 0);
	crm_dd	   *sum = &state->chain.none_value;
	int			last = CRM_FROM_START;

	if (!PG_ARGISNULL(1))
	{
		ArrayType  *path = PG_GETARG_ARRAYTYPE_P(1);

		if (ARR_NDIM(path) > 1)
			ereport(ERROR,
					(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
					 errmsg("path must have one dimension")));
		last = add_steps(state, path, conversions + nulls);
	}
	crm_chain_add(&state->chain, last, CRM_TO_CONVERSION, conversions);
	crm_chain_add(&state->chain, last, CRM_TO_NULL, nulls);
	if (last != CRM_FROM_START)
		sum = &state->chain.value;
	*sum = crm_dd_add_double(*sum, value);
	return crm_state_datum(fcinfo, &state->header);
}

Datum
crm_markov_combine(PG_FUNCTION_ARGS)
{
	crm_markov *state;

	if (PG_ARGISNULL(1))
		return crm_unchanged_state(fcinfo);
	state = state_of(fcinfo);
	crm_markov_merge(state, PG_GETARG_DATUM(1));
	return crm_state_datum(fcinfo, &state->header);
}

/* Reading */

typedef struct credit_rows
{
	crm_markov *markov;
	int		   *order;
	double	   *removal;
	crm_chain_credit credit;
} credit_rows;

static void *
solve(FunctionCallInfo fcinfo)
{
	credit_rows *rows = palloc(sizeof(credit_rows));
	crm_markov *markov = crm_markov_from_datum(PG_GETARG_DATUM(0));
	int			channels = markov->chain.channels;
	double	   *workspace = palloc((crm_chain_workspace(channels) + 1) *
								   sizeof(double));
	crm_status	status;

	rows->markov = markov;
	rows->order = crm_markov_order(markov);
	rows->removal = palloc((channels + 1) * sizeof(double));
	status = crm_chain_solve(&markov->chain, rows->order, workspace,
							 rows->removal, &rows->credit,
							 crm_interrupted, NULL);
	if (status == CRM_SINGULAR)
		ereport(ERROR,
				(errcode(crm_errcode(status)),
				 errmsg("some channels of the chain have no path that leaves them"),
				 errhint("Chains made by crm_markov_agg have no such channels.")));
	if (status != CRM_OK)
		ereport(ERROR,
				(errcode(crm_errcode(status)),
				 errmsg("a sum of weights is out of range for crm_markov")));
	pfree(workspace);
	return rows;
}

Datum
crm_markov_probability(PG_FUNCTION_ARGS)
{
	credit_rows *rows = solve(fcinfo);

	if (isnan(rows->credit.probability))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(rows->credit.probability);
}

static void
set_number(double number, Datum *value, bool *null)
{
	*value = Float8GetDatum(number);
	*null = isnan(number);
}

static Datum
credit_row(TupleDesc desc, const credit_rows *rows, int i)
{
	const crm_chain *chain = &rows->markov->chain;
	const crm_channel *channel = &chain->channel[rows->order[i]];
	double		share = rows->removal[i] / rows->credit.removal_sum;
	Datum		values[4];
	bool		nulls[4] = {false};

	values[0] = PointerGetDatum(cstring_to_text_with_len(channel->name,
														 channel->length));
	set_number(rows->credit.conversions * share, &values[1], &nulls[1]);
	set_number(chain->value.hi * share, &values[2], &nulls[2]);
	set_number(rows->removal[i], &values[3], &nulls[3]);
	return HeapTupleGetDatum(heap_form_tuple(desc, values, nulls));
}

/* The paths without channels, whose conversions nothing can be credited with. */
static Datum
none_row(TupleDesc desc, const crm_chain *chain)
{
	Datum		values[4] = {CStringGetTextDatum("none")};
	bool		nulls[4] = {false};

	set_number(crm_chain_weight(chain, CRM_FROM_START, CRM_TO_CONVERSION)->hi,
			   &values[1], &nulls[1]);
	set_number(chain->none_value.hi, &values[2], &nulls[2]);
	nulls[3] = true;
	return HeapTupleGetDatum(heap_form_tuple(desc, values, nulls));
}

static bool
has_none(const crm_chain *chain)
{
	return crm_chain_weight(chain, CRM_FROM_START, CRM_TO_CONVERSION)->hi > 0 ||
		crm_chain_weight(chain, CRM_FROM_START, CRM_TO_NULL)->hi > 0 ||
		chain->none_value.hi != 0;
}

Datum
crm_markov_credit(PG_FUNCTION_ARGS)
{
	FuncCallContext *call = crm_rows_call(fcinfo, solve);
	const credit_rows *rows = call->user_fctx;
	const crm_chain *chain = &rows->markov->chain;
	int			i = call->call_cntr;	/* SRF_RETURN_NEXT counts first */

	if (i < chain->channels)
		SRF_RETURN_NEXT(call, credit_row(call->tuple_desc, rows, i));
	if (i == chain->channels && has_none(chain))
		SRF_RETURN_NEXT(call, none_row(call->tuple_desc, chain));
	SRF_RETURN_DONE(call);
}
