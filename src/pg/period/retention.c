/*
 * retention.c
 *		crm_retention the type, and the aggregates that make and merge it.
 *
 * It is an ordinary type and its own transition type: a distributed server
 * aggregates in parts, and a parallel worker sends it as it is. Its size
 * follows from its head, which is checked against its length each time.
 */
#include "pg/period/period.h"

#include "libpq/pqformat.h"

#include "pg/activity/activity.h"
#include "pg/support/aggregate.h"
#include "pg/period/retention.h"

PG_FUNCTION_INFO_V1(crm_retention_in);
PG_FUNCTION_INFO_V1(crm_retention_out);
PG_FUNCTION_INFO_V1(crm_retention_recv);
PG_FUNCTION_INFO_V1(crm_retention_send);
PG_FUNCTION_INFO_V1(crm_retention_trans);
PG_FUNCTION_INFO_V1(crm_retention_combine);

static crm_retention *
create_retention(int32 periods)
{
	Size		size = crm_retention_bytes(periods);
	crm_retention *made = palloc0(size);

	SET_VARSIZE(made, size);
	return made;
}

crm_retention *
crm_getarg_retention(FunctionCallInfo fcinfo, int n)
{
	crm_retention *value =
		(crm_retention *) PG_DETOAST_DATUM(PG_GETARG_DATUM(n));

	if (!crm_retention_is_whole(value, VARSIZE(value)))
		ereport(ERROR,
				(errcode(crm_errcode(CRM_CORRUPT)),
				 errmsg("stored crm_retention is corrupt, or of a later version of crm_ext")));
	return value;
}

/* Input and output */

Datum
crm_retention_in(PG_FUNCTION_ARGS)
{
	char	   *text = PG_GETARG_CSTRING(0);
	const char *fault;
	crm_retention *made = NULL;
	int32		periods;
	crm_status	status = crm_retention_parse(text, &periods, NULL, &fault,
											 NULL, NULL);

	if (status == CRM_OK)
	{
		made = create_retention(periods);
		status = crm_retention_parse(text, &periods, made, &fault,
									 crm_interrupted, NULL);
	}
	if (status != CRM_OK)
		crm_ereturn(fcinfo->context,
					(errcode(crm_errcode(status)),
					 errmsg("invalid input syntax for type crm_retention: \"%s\"",
							crm_clip_text(text)),
					 *fault ? errdetail("Near \"%s\".", crm_clip_text(fault)) :
					 errdetail("Its parts do not agree, or it ends too early.")));
	SET_VARSIZE(made, crm_retention_bytes(periods));
	PG_RETURN_POINTER(made);
}

Datum
crm_retention_out(PG_FUNCTION_ARGS)
{
	crm_retention *value = crm_getarg_retention(fcinfo, 0);
	Size		length = crm_retention_text(value, NULL, 0, crm_interrupted,
											NULL);
	char	   *text = palloc(length + 1);

	crm_retention_text(value, text, length + 1, crm_interrupted, NULL);
	PG_RETURN_CSTRING(text);
}

/* All after the bounds is words of eight bytes. */
static int64 *
words_of(crm_retention *value, Size *count)
{
	crm_retention_parts parts = crm_retention_open(value);

	*count = ((char *) value + crm_retention_bytes(value->periods) -
			  (char *) parts.sizes) / sizeof(int64);
	return parts.sizes;
}

Datum
crm_retention_send(PG_FUNCTION_ARGS)
{
	crm_retention *value = crm_getarg_retention(fcinfo, 0);
	Size		count;
	int64	   *words = words_of(value, &count);
	StringInfoData message;

	pq_begintypsend(&message);
	pq_sendbyte(&message, value->version);
	pq_sendint32(&message, value->periods);
	pq_sendint32(&message, value->window_days);
	pq_sendint32(&message, value->first_day);
	for (int32 i = 0; i <= value->periods; i++)
		pq_sendint32(&message, value->bounds[i]);
	for (Size i = 0; i < count; i++)
		pq_sendint64(&message, words[i]);
	PG_RETURN_BYTEA_P(pq_endtypsend(&message));
}

static void
refuse_binary(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
			 errmsg("invalid binary representation of crm_retention")));
}

Datum
crm_retention_recv(PG_FUNCTION_ARGS)
{
	StringInfo	message = (StringInfo) PG_GETARG_POINTER(0);
	int			version = pq_getmsgbyte(message);
	int32		periods = pq_getmsgint(message, 4);
	crm_retention *made;
	int64	   *words;
	Size		count;

	if (version != CRM_RETENTION_VERSION || periods < 1 ||
		periods > CRM_PERIODS_MAX)
		refuse_binary();
	made = create_retention(periods);
	made->version = version;
	made->periods = periods;
	made->window_days = pq_getmsgint(message, 4);
	made->first_day = pq_getmsgint(message, 4);
	for (int32 i = 0; i <= periods; i++)
		made->bounds[i] = pq_getmsgint(message, 4);
	words = words_of(made, &count);
	for (Size i = 0; i < count; i++)
		words[i] = pq_getmsgint64(message);
	if (crm_retention_check(made, VARSIZE(made)) != CRM_OK)
		refuse_binary();
	PG_RETURN_POINTER(made);
}

/* The aggregates */

/* What may be out of range. */
#define TOTAL "total of a period of crm_retention"

/* The state, to be changed in place: an aggregate's own, or a new one. */
static crm_retention *
state_of(FunctionCallInfo fcinfo, crm_bounds bounds, int32 window_days)
{
	crm_retention *state;

	if (PG_ARGISNULL(0))
	{
		crm_require_bounds(bounds);
		state = create_retention(bounds.count - 1);
		crm_retention_init(state, bounds.days, bounds.count - 1, window_days);
		SET_VARSIZE(state, crm_retention_bytes(bounds.count - 1));
		return state;
	}
	state = crm_getarg_retention(fcinfo, 0);
	crm_require_same_bounds(bounds, state->bounds, state->periods);
	if (state->window_days != window_days)
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 errmsg("window_days is not the same in every row")));
	return state;
}

/* A row with NULL in an argument is skipped. */
Datum
crm_retention_trans(PG_FUNCTION_ARGS)
{
	crm_retention *state;
	crm_ledger *ledger;

	crm_check_aggregate(fcinfo);
	for (int i = 1; i < PG_NARGS(); i++)
		if (PG_ARGISNULL(i))
			return crm_unchanged(fcinfo);
	state = state_of(fcinfo, crm_getarg_bounds(fcinfo, 2, "bounds"),
					 PG_NARGS() < 4 ? 0 : crm_getarg_window_days(fcinfo, 3));
	ledger = PG_GETARG_LEDGER(1);
	crm_check_total(crm_retention_add(state, LEDGER_BYTES(ledger),
									  LEDGER_LENGTH(ledger)), TOTAL);
	PG_RETURN_POINTER(state);
}

/* Also what crm_rollup does with one more. */
Datum
crm_retention_combine(PG_FUNCTION_ARGS)
{
	crm_retention *state;
	crm_status	status;

	crm_check_aggregate(fcinfo);
	if (PG_ARGISNULL(1))
		return crm_unchanged(fcinfo);
	if (PG_ARGISNULL(0))
		PG_RETURN_POINTER(crm_getarg_retention(fcinfo, 1));
	state = crm_getarg_retention(fcinfo, 0);
	status = crm_retention_merge(state, crm_getarg_retention(fcinfo, 1));
	if (status == CRM_INVALID)
		ereport(ERROR,
				(errcode(crm_errcode(status)),
				 errmsg("values of crm_retention with other bounds or another window cannot be merged")));
	crm_check_total(status, TOTAL);
	PG_RETURN_POINTER(state);
}
