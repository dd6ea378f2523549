/*
 * state.c
 *		Input, output and merging of the summary types, and their arguments.
 */
#include "pg/experience/state.h"

#include "libpq/pqformat.h"
#include "utils/float.h"

static Size
state_size(const crm_layout *layout, int width)
{
	return offsetof(crm_state, body) + 8 * crm_state_words(layout, width);
}

crm_state *
crm_state_new(const crm_layout *layout, int width)
{
	Size		size = state_size(layout, width);
	crm_state  *state = palloc0(size);

	SET_VARSIZE(state, size);
	state->version = CRM_STATE_VERSION;
	state->width = width;
	return state;
}

/* A state that 0.1.0 stored, as it is now; others as they are. */
static crm_state *
as_of_this_release(const crm_layout *layout, crm_state *state)
{
	crm_state  *now;

	if (layout->added == 0 || VARSIZE(state) < offsetof(crm_state, body) ||
		state->width > CRM_STATE_MAX_WIDTH ||
		VARSIZE(state) + sizeof(crm_dd) != state_size(layout, state->width))
		return state;
	now = crm_state_new(layout, state->width);
	crm_state_take_released(layout, state->width, state->body, now->body);
	return now;
}

crm_state *
crm_state_arg(FunctionCallInfo fcinfo, int n, const crm_layout *layout)
{
	crm_state  *state = as_of_this_release(layout, (crm_state *)
										   PG_DETOAST_DATUM(PG_GETARG_DATUM(n)));

	if (VARSIZE(state) < offsetof(crm_state, body) ||
		state->version != CRM_STATE_VERSION ||
		state->width > CRM_STATE_MAX_WIDTH ||
		VARSIZE(state) != state_size(layout, state->width))
		ereport(ERROR,
				(errcode(crm_errcode(CRM_CORRUPT)),
				 errmsg("%s value of unknown version %u",
						layout->type, state->version),
				 errhint("It may have been written by a later version of crm_ext.")));
	return state;
}

crm_state *
crm_state_writable(FunctionCallInfo fcinfo, const crm_layout *layout)
{
	crm_state  *state;
	crm_state  *copy;

	if (PG_ARGISNULL(0))
		return crm_state_new(layout, 0);
	state = crm_state_arg(fcinfo, 0, layout);
	if (AggCheckCallContext(fcinfo, NULL))
		return state;
	copy = palloc(VARSIZE(state));
	memcpy(copy, state, VARSIZE(state));
	return copy;
}

void
crm_out_of_range(const crm_layout *layout)
{
	ereport(ERROR,
			(errcode(crm_errcode(CRM_OUT_OF_RANGE)),
			 errmsg("value out of range for %s", layout->type),
			 errhint("Sums, squares and scales must fit double precision, "
					 "and not vanish in it.")));
}

/* What occurs once comes first in a layout: all that a width of 0 has. */
crm_state *
crm_state_widen(const crm_layout *layout, crm_state *state, int width)
{
	crm_state  *wide;

	if (state->width != 0 || width == 0)
		return state;
	wide = crm_state_new(layout, width);
	memcpy(wide->body, state->body, 8 * crm_state_words(layout, 0));
	return wide;
}

static Datum
state_combine(FunctionCallInfo fcinfo, const crm_layout *layout)
{
	crm_state  *a = crm_state_writable(fcinfo, layout);
	crm_state  *b = crm_state_arg(fcinfo, 1, layout);
	crm_status	status = CRM_INVALID;

	a = crm_state_widen(layout, a, b->width);
	b = crm_state_widen(layout, b, a->width);
	if (a->width == b->width)
		status = crm_state_merge(layout, a->width, a->body, b->body);
	if (status == CRM_OUT_OF_RANGE)
		crm_out_of_range(layout);
	if (status != CRM_OK)
		ereport(ERROR,
				(errcode(crm_errcode(status)),
				 errmsg("cannot merge two %s values of different %s",
						layout->type,
						a->width == b->width ? "scales" : "widths"),
				 errhint("Merge only answers to questions that were asked in the same way.")));
	PG_RETURN_POINTER(a);
}

static Datum
state_in(FunctionCallInfo fcinfo, const crm_layout *layout)
{
	char	   *text = PG_GETARG_CSTRING(0);
	int			width;
	crm_status	status = crm_state_parse(layout, text, &width, NULL);
	crm_state  *state = NULL;

	if (status == CRM_OK)
	{
		state = crm_state_new(layout, width);
		status = crm_state_parse(layout, text, &width, state->body);
	}
	if (status != CRM_OK)
		crm_ereturn(fcinfo->context,
					(errcode(crm_errcode(status)),
					 errmsg("invalid input syntax for type %s: \"%s\"",
							layout->type, crm_clip_text(text)),
					 errhint("Give text that the type's output function wrote.")));
	PG_RETURN_POINTER(state);
}

static Datum
state_out(FunctionCallInfo fcinfo, const crm_layout *layout)
{
	crm_state  *state = crm_state_arg(fcinfo, 0, layout);
	size_t		size = 1 + crm_state_print(layout, state->width, state->body,
										   NULL, 0);
	char	   *text = palloc(size);

	crm_state_print(layout, state->width, state->body, text, size);
	PG_RETURN_CSTRING(text);
}

/* The words of a body, counts and doubles alike, as they stand in memory. */
static Datum
state_send(FunctionCallInfo fcinfo, const crm_layout *layout)
{
	crm_state  *state = crm_state_arg(fcinfo, 0, layout);
	size_t		words = crm_state_words(layout, state->width);
	StringInfoData buf;

	pq_begintypsend(&buf);
	pq_sendint16(&buf, state->version);
	pq_sendint16(&buf, state->width);
	for (size_t i = 0; i < words; i++)
		pq_sendint64(&buf, state->body[i]);
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

static Datum
state_recv(FunctionCallInfo fcinfo, const crm_layout *layout)
{
	StringInfo	buf = (StringInfo) PG_GETARG_POINTER(0);
	uint16		version = pq_getmsgint(buf, 2);
	uint16		width = pq_getmsgint(buf, 2);
	int			limit = layout->words == 0 ? CRM_STATE_MAX_WIDTH : 0;
	crm_state  *state = NULL;

	if (version == CRM_STATE_VERSION && width <= limit)
	{
		size_t		words = crm_state_words(layout, width);

		state = crm_state_new(layout, width);
		for (size_t i = 0; i < words; i++)
			state->body[i] = pq_getmsgint64(buf);
	}
	if (state == NULL ||
		crm_state_check(layout, width, state->body) != CRM_OK)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid binary representation of %s", layout->type),
				 errhint("Send bytes that the type's send function wrote.")));
	PG_RETURN_POINTER(state);
}

/* These functions of every type, under their SQL names. */
#define STATE_FUNCTION(name, verb, layout) \
PG_FUNCTION_INFO_V1(name); \
Datum \
name(PG_FUNCTION_ARGS) \
{ \
	return state_##verb(fcinfo, &layout); \
}

#define CRM_STATE(type, measure, ...) \
STATE_FUNCTION(type##_in, in, measure##_layout) \
STATE_FUNCTION(type##_out, out, measure##_layout) \
STATE_FUNCTION(type##_recv, recv, measure##_layout) \
STATE_FUNCTION(type##_send, send, measure##_layout) \
STATE_FUNCTION(measure##_combine, combine, measure##_layout)
#include "core/experience/state.def"
#undef CRM_STATE

char *
crm_double_text(double value)
{
	return float8out_internal(value);
}

static double
finite_or(double value, const char *what, const char *hint)
{
	if (!isfinite(value))
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 errmsg("%s cannot be %s",
						what, crm_double_text(value)),
				 errhint("%s", hint)));
	return value;
}

double
crm_finite(double value, const char *what)
{
	return finite_or(value, what, "Make it NULL where nothing was answered.");
}

double
crm_finite_arg(FunctionCallInfo fcinfo, int n, const char *what)
{
	if (PG_ARGISNULL(n))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("%s cannot be NULL", what),
				 errhint("Only the score itself may be missing.")));
	return crm_finite(PG_GETARG_FLOAT8(n), what);
}

double
crm_constant_arg(FunctionCallInfo fcinfo, int n, const char *what)
{
	return PG_ARGISNULL(n) ? crm_finite_arg(fcinfo, n, what) :
		finite_or(PG_GETARG_FLOAT8(n), what, "Give a finite number.");
}

double
crm_nonnegative_arg(FunctionCallInfo fcinfo, int n, const char *what,
					const char *hint)
{
	double		value = crm_constant_arg(fcinfo, n, what);

	if (value < 0)
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 errmsg("%s cannot be %s",
						what, crm_double_text(value)),
				 errhint("%s", hint)));
	return value;
}

double
crm_weight_arg(FunctionCallInfo fcinfo, int n)
{
	return crm_nonnegative_arg(fcinfo, n, "weight",
							   "A weight of 0 does not count.");
}

void
crm_scale_args(FunctionCallInfo fcinfo, int n, double *scale_min,
			   double *scale_max)
{
	*scale_min = crm_constant_arg(fcinfo, n, "scale_min");
	*scale_max = crm_constant_arg(fcinfo, n + 1, "scale_max");
	if (!(*scale_min < *scale_max))
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 errmsg("scale must ascend, but runs from %s to %s",
						crm_double_text(*scale_min),
						crm_double_text(*scale_max)),
				 errhint("Reverse the scores: low + high - score.")));
}

Datum
crm_interval_row(FunctionCallInfo fcinfo, crm_interval interval)
{
	Datum		values[2];
	bool		nulls[2] = {false, false};

	values[0] = Float8GetDatum(interval.low);
	values[1] = Float8GetDatum(interval.high);
	return crm_row(fcinfo, values, nulls);
}
