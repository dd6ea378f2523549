/*
 * distribution.c
 *		crm_distribution: the state that fits over a population share.
 *
 * It is an ordinary type, so that a distributed planner can ship partial
 * states as values, and an expanded object (utils/expandeddatum.h) while it
 * grows, so that adding a value costs a store. Sorting changes how the keys
 * lie and not what the object says, therefore readers sort in place even what
 * they hold read-only, and one sort serves all of them.
 */
#include "pg/distribution.h"

#include "common/shortest_dec.h"
#include "lib/stringinfo.h"
#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "pg/arrays.h"

#define DISTRIBUTION_MAGIC	0x43524d44	/* "CRMD" */
#define CAPACITY_START		32

PG_FUNCTION_INFO_V1(crm_distribution_in);
PG_FUNCTION_INFO_V1(crm_distribution_out);
PG_FUNCTION_INFO_V1(crm_distribution_recv);
PG_FUNCTION_INFO_V1(crm_distribution_send);
PG_FUNCTION_INFO_V1(crm_distribution_trans);
PG_FUNCTION_INFO_V1(crm_distribution_trans_integer);
PG_FUNCTION_INFO_V1(crm_distribution_trans_number);
PG_FUNCTION_INFO_V1(crm_distribution_trans_array);
PG_FUNCTION_INFO_V1(crm_distribution_combine);
PG_FUNCTION_INFO_V1(crm_distribution_count);

/* Memory */

static Size flat_size(ExpandedObjectHeader *header);
static void flatten_into(ExpandedObjectHeader *header, void *result,
						 Size size);

static const ExpandedObjectMethods distribution_methods = {
	flat_size, flatten_into
};

static crm_distribution *
create_distribution(MemoryContext parent)
{
	MemoryContext context = AllocSetContextCreate(parent, "crm_distribution",
												  ALLOCSET_START_SMALL_SIZES);
	crm_distribution *made = MemoryContextAllocZero(context, sizeof(*made));

	EOH_init_header(&made->header, &distribution_methods, context);
	made->magic = DISTRIBUTION_MAGIC;
	made->sorted = true;
	made->capacity = CAPACITY_START;
	made->keys = MemoryContextAlloc(context, CAPACITY_START * sizeof(uint64));
	return made;
}

/* Room for so many more keys. */
static void
reserve(crm_distribution *distribution, uint64 more)
{
	uint64		needed = distribution->count + more;

	if (needed <= distribution->capacity)
		return;
	if (needed > CRM_VALUES_MAX)
		ereport(ERROR,
				(errcode(crm_errcode(CRM_NO_SPACE)),
				 errmsg("crm_distribution cannot hold more than %llu values",
						(unsigned long long) CRM_VALUES_MAX)));
	distribution->capacity = Max(needed, 2 * distribution->capacity);
	distribution->keys = repalloc_huge(distribution->keys,
									   distribution->capacity * sizeof(uint64));
}

/* Anything packed before no longer holds. */
static void
changed(crm_distribution *distribution)
{
	if (distribution->flat != NULL)
		pfree(distribution->flat);
	distribution->flat = NULL;
	distribution->sorted = false;
}

static void
sort_distribution(crm_distribution *distribution)
{
	uint64	   *scratch;

	if (distribution->sorted)
		return;
	scratch = MemoryContextAllocHuge(CurrentMemoryContext,
									 distribution->count * sizeof(uint64));
	/* Whatever interrupts may not be a reason to stop: then sort again. */
	while (crm_sort_keys(distribution->keys, scratch, distribution->count,
						 crm_interrupted, NULL) != CRM_OK)
		CHECK_FOR_INTERRUPTS();
	distribution->sorted = true;
	pfree(scratch);
}

/* Flat and expanded */

static struct varlena *
pack_distribution(crm_distribution *distribution)
{
	Size		bound;
	struct varlena *flat;

	sort_distribution(distribution);
	bound = VARHDRSZ + crm_packed_bound(distribution->keys,
										distribution->count,
										distribution->argument_count);
	if (bound > MaxAllocSize)
		ereport(ERROR,
				(errcode(crm_errcode(CRM_NO_SPACE)),
				 errmsg("%zu values do not fit into one stored crm_distribution",
						distribution->count),
				 errhint("Round the values, or set max_parallel_workers_per_gather = 0 so that no partial state has to travel.")));
	flat = palloc(bound);
	SET_VARSIZE(flat, VARHDRSZ + crm_pack_keys(distribution->keys,
											   distribution->count,
											   distribution->arguments,
											   distribution->argument_count,
											   (uint8 *) VARDATA(flat)));
	return flat;
}

static Size
flat_size(ExpandedObjectHeader *header)
{
	crm_distribution *distribution = (crm_distribution *) header;
	MemoryContext old = MemoryContextSwitchTo(header->eoh_context);

	if (distribution->flat == NULL)
		distribution->flat = pack_distribution(distribution);
	MemoryContextSwitchTo(old);
	return VARSIZE(distribution->flat);
}

static void
flatten_into(ExpandedObjectHeader *header, void *result, Size size)
{
	memcpy(result, ((crm_distribution *) header)->flat, size);
}

static bool
open_flat(const struct varlena *flat, crm_packed_keys *packed)
{
	return crm_open_keys((const uint8 *) VARDATA_ANY(flat),
						 VARSIZE_ANY_EXHDR(flat), packed) == CRM_OK;
}

/* All keys of a flat distribution behind the ones that are there. */
static void
append_flat(crm_distribution *distribution, const struct varlena *flat)
{
	crm_packed_keys packed;

	if (!open_flat(flat, &packed))
		ereport(ERROR,
				(errcode(crm_errcode(CRM_CORRUPT)),
				 errmsg("stored crm_distribution is corrupt")));
	reserve(distribution, packed.count);
	if (distribution->count > 0)
		changed(distribution);
	else
		crm_distribution_argue(distribution, packed.arguments,
							   packed.argument_count);
	crm_unpack_keys(&packed, distribution->keys + distribution->count);
	distribution->count += packed.count;
}

/* The expanded object behind a datum, or NULL where it is flat. */
static crm_distribution *
expanded_of(Datum datum)
{
	crm_distribution *expanded;

	if (!VARATT_IS_EXTERNAL_EXPANDED(DatumGetPointer(datum)))
		return NULL;
	expanded = (crm_distribution *) DatumGetEOHP(datum);
	Assert(expanded->magic == DISTRIBUTION_MAGIC);
	return expanded;
}

static crm_distribution *
expand(Datum datum, MemoryContext parent)
{
	crm_distribution *expanded = create_distribution(parent);

	append_flat(expanded, PG_DETOAST_DATUM_PACKED(datum));
	return expanded;
}

crm_distribution *
crm_getarg_distribution(FunctionCallInfo fcinfo, int n)
{
	crm_distribution *distribution = expanded_of(PG_GETARG_DATUM(n));

	if (distribution == NULL)
		distribution = expand(PG_GETARG_DATUM(n), CurrentMemoryContext);
	sort_distribution(distribution);
	return distribution;
}

/* Collecting */

crm_distribution *
crm_distribution_state(FunctionCallInfo fcinfo)
{
	MemoryContext context;
	crm_distribution *state;

	if (!AggCheckCallContext(fcinfo, &context))
		elog(ERROR, "aggregate function called in non-aggregate context");
	if (PG_ARGISNULL(0))
		return create_distribution(context);
	state = expanded_of(PG_GETARG_DATUM(0));
	return state != NULL ? state : expand(PG_GETARG_DATUM(0), context);
}

void
crm_distribution_add(crm_distribution *state, double value)
{
	if (!isfinite(value))
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 errmsg("value cannot be %s", isnan(value) ? "NaN" :
						value > 0 ? "Infinity" : "-Infinity"),
				 errhint("Leave such rows out with FILTER (WHERE ...), or make them NULL: NULLs are skipped.")));
	if (state->count == state->capacity)
		reserve(state, 1);
	if (state->sorted || state->flat != NULL)
		changed(state);
	state->keys[state->count++] = crm_key_of(value);
}

/* What the aggregate was called with; it must be the same in every row. */
void
crm_distribution_argue(crm_distribution *state, const double *arguments,
					   int count)
{
	if (state->count == 0)
	{
		state->argument_count = count;
		memcpy(state->arguments, arguments, count * sizeof(double));
	}
	else if (count != state->argument_count ||
			 memcmp(arguments, state->arguments, count * sizeof(double)) != 0)
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 errmsg("arguments of the aggregate after the first are not the same in every row"),
				 errhint("Give constants.")));
}

/* What a transition answers for a row that it skips. */
Datum
crm_distribution_unchanged(FunctionCallInfo fcinfo)
{
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	return PG_GETARG_DATUM(0);
}

Datum
crm_distribution_trans(PG_FUNCTION_ARGS)
{
	crm_distribution *state;

	if (PG_ARGISNULL(1))
		return crm_distribution_unchanged(fcinfo);
	state = crm_distribution_state(fcinfo);
	crm_distribution_add(state, PG_GETARG_FLOAT8(1));
	return EOHPGetRWDatum(&state->header);
}

static Datum
add_with_arguments(FunctionCallInfo fcinfo, const double *arguments, int count)
{
	crm_distribution *state;

	if (PG_ARGISNULL(1))
		return crm_distribution_unchanged(fcinfo);
	state = crm_distribution_state(fcinfo);
	crm_distribution_argue(state, arguments, count);
	crm_distribution_add(state, PG_GETARG_FLOAT8(1));
	return EOHPGetRWDatum(&state->header);
}

static void
refuse_null_argument(FunctionCallInfo fcinfo)
{
	if (PG_ARGISNULL(2))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("second argument of the aggregate cannot be NULL")));
}

Datum
crm_distribution_trans_integer(PG_FUNCTION_ARGS)
{
	double		argument;

	refuse_null_argument(fcinfo);
	argument = PG_GETARG_INT32(2);
	return add_with_arguments(fcinfo, &argument, 1);
}

Datum
crm_distribution_trans_number(PG_FUNCTION_ARGS)
{
	double		argument;

	refuse_null_argument(fcinfo);
	argument = PG_GETARG_FLOAT8(2);
	if (!isfinite(argument))
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 errmsg("second argument of the aggregate cannot be %g",
						argument)));
	return add_with_arguments(fcinfo, &argument, 1);
}

Datum
crm_distribution_trans_array(PG_FUNCTION_ARGS)
{
	double		arguments[CRM_ARGUMENTS_MAX];
	int			count = 0;

	if (!PG_ARGISNULL(2))
		count = crm_getarg_float8s(fcinfo, 2, "cuts", arguments,
								   CRM_ARGUMENTS_MAX);
	return add_with_arguments(fcinfo, arguments, count);
}

Datum
crm_distribution_combine(PG_FUNCTION_ARGS)
{
	crm_distribution *state;
	crm_packed_keys packed;
	struct varlena *other;

	if (PG_ARGISNULL(1))
		return crm_distribution_unchanged(fcinfo);
	state = crm_distribution_state(fcinfo);
	other = PG_GETARG_VARLENA_PP(1);
	if (state->count > 0 && open_flat(other, &packed))
		crm_distribution_argue(state, packed.arguments, packed.argument_count);
	append_flat(state, other);
	return EOHPGetRWDatum(&state->header);
}

Datum
crm_distribution_count(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(PG_GETARG_DISTRIBUTION(0)->count);
}

/* Input and output: [arguments]{value,value*times,...} */

static void
append_value(StringInfo text, double value)
{
	char		number[DOUBLE_SHORTEST_DECIMAL_LEN];

	appendBinaryStringInfo(text, number,
						   double_to_shortest_decimal_bufn(value, number));
}

Datum
crm_distribution_out(PG_FUNCTION_ARGS)
{
	crm_distribution *distribution = PG_GETARG_DISTRIBUTION(0);
	StringInfoData text;

	initStringInfo(&text);
	for (int i = 0; i < distribution->argument_count; i++)
	{
		appendStringInfoChar(&text, i == 0 ? '[' : ',');
		append_value(&text, distribution->arguments[i]);
	}
	if (distribution->argument_count > 0)
		appendStringInfoChar(&text, ']');
	appendStringInfoChar(&text, '{');
	for (Size i = 0, run; i < distribution->count; i += run)
	{
		for (run = 1; i + run < distribution->count &&
			 distribution->keys[i + run] == distribution->keys[i];)
			run++;
		if (i > 0)
			appendStringInfoChar(&text, ',');
		append_value(&text, crm_value_of(distribution->keys[i]));
		if (run > 1)
			appendStringInfo(&text, "*%zu", run);
	}
	appendStringInfoChar(&text, '}');
	PG_RETURN_CSTRING(text.data);
}

/* The parser moves *at, and answers false where the text makes no sense. */

static bool
parse_value(char **at, double *value)
{
	char	   *end;

	if (isspace((unsigned char) **at) || **at == '\0')
		return false;
	*value = strtod(*at, &end);
	if (end == *at || !isfinite(*value))
		return false;
	*at = end;
	return true;
}

static bool
parse_times(char **at, uint64 *times)
{
	char	   *end;

	*times = 1;
	if (**at != '*')
		return true;
	(*at)++;
	if (!isdigit((unsigned char) **at))
		return false;
	*times = strtoull(*at, &end, 10);
	*at = end;
	return *times > 0 && *times <= CRM_VALUES_MAX;
}

static bool
parse_arguments(char **at, crm_distribution *into)
{
	if (**at != '[')
		return true;
	do
	{
		(*at)++;
		if (into->argument_count == CRM_ARGUMENTS_MAX ||
			!parse_value(at, &into->arguments[into->argument_count++]))
			return false;
	} while (**at == ',');
	return *(*at)++ == ']';
}

static bool
parse_values(char **at, crm_distribution *into)
{
	double		value;
	uint64		times;

	if (*(*at)++ != '{')
		return false;
	if (**at == '}')
		return (*at)[1] == '\0';
	for (;;)
	{
		if (!parse_value(at, &value) || !parse_times(at, &times))
			return false;
		reserve(into, times);
		while (times-- > 0)
			into->keys[into->count++] = crm_key_of(value);
		if (**at != ',')
			return **at == '}' && (*at)[1] == '\0';
		(*at)++;
	}
}

Datum
crm_distribution_in(PG_FUNCTION_ARGS)
{
	char	   *text = PG_GETARG_CSTRING(0);
	char	   *at = text;
	crm_distribution *made = create_distribution(CurrentMemoryContext);

	made->sorted = false;
	if (!parse_arguments(&at, made) || !parse_values(&at, made))
		crm_ereturn(fcinfo->context,
					(errcode(crm_errcode(CRM_BAD_TEXT)),
					 errmsg("invalid input syntax for type crm_distribution: \"%.60s\"",
							text),
					 errhint("Write {value,value*times,...}, for example {254.8,381*3}.")));
	PG_RETURN_POINTER(pack_distribution(made));
}

Datum
crm_distribution_recv(PG_FUNCTION_ARGS)
{
	StringInfo	message = (StringInfo) PG_GETARG_POINTER(0);
	int			length = message->len - message->cursor;
	struct varlena *flat = palloc(VARHDRSZ + length);
	crm_packed_keys packed;

	SET_VARSIZE(flat, VARHDRSZ + length);
	pq_copymsgbytes(message, VARDATA(flat), length);
	if (!open_flat(flat, &packed))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid binary representation of crm_distribution")));
	PG_RETURN_POINTER(flat);
}

Datum
crm_distribution_send(PG_FUNCTION_ARGS)
{
	struct varlena *flat = PG_GETARG_VARLENA_PP(0);
	StringInfoData message;

	pq_begintypsend(&message);
	pq_sendbytes(&message, VARDATA_ANY(flat), VARSIZE_ANY_EXHDR(flat));
	PG_RETURN_BYTEA_P(pq_endtypsend(&message));
}
