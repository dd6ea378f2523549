/*
 * io.c
 *		crm_distribution as text, [arguments]{value,value*times,...}, and as bytes.
 */
#include "pg/distribution/distribution.h"

#include <ctype.h>
#include <errno.h>

#include "common/shortest_dec.h"
#include "lib/stringinfo.h"
#include "libpq/pqformat.h"
#include "miscadmin.h"

PG_FUNCTION_INFO_V1(crm_distribution_in);
PG_FUNCTION_INFO_V1(crm_distribution_out);
PG_FUNCTION_INFO_V1(crm_distribution_recv);
PG_FUNCTION_INFO_V1(crm_distribution_send);

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
	const crm_values *values = &distribution->values;
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
	for (Size i = 0; i < values->distinct; i++)
	{
		uint64		times = crm_values_times(values, i);

		CHECK_FOR_INTERRUPTS();
		if (i > 0)
			appendStringInfoChar(&text, ',');
		append_value(&text, crm_value_of(values->keys[i]));
		if (times > 1)
			appendStringInfo(&text, "*%llu", (unsigned long long) times);
	}
	appendStringInfoChar(&text, '}');
	PG_RETURN_CSTRING(text.data);
}

/* The parser moves *at, and returns false where the text makes no sense. */

static bool
parse_value(char **at, double *value)
{
	char	   *end;

	if (isspace((unsigned char) **at) || **at == '\0')
		return false;
	errno = 0;
	*value = strtod(*at, &end);
	/* ERANGE is also said of subnormal numbers, which are good ones. */
	if (end == *at || (errno != 0 && *value == 0) || !isfinite(*value) ||
		memchr(*at, 'x', end - *at) != NULL ||
		memchr(*at, 'X', end - *at) != NULL)
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
		CHECK_FOR_INTERRUPTS();
		if (!parse_value(at, &value) || !parse_times(at, &times) ||
			!crm_distribution_add(into, crm_key_of(value), times))
			return false;
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
	crm_distribution *made = crm_distribution_create(CurrentMemoryContext);

	if (!parse_arguments(&at, made) || !parse_values(&at, made))
		crm_ereturn(fcinfo->context,
					(errcode(crm_errcode(CRM_BAD_TEXT)),
					 errmsg("invalid input syntax for type crm_distribution: \"%s\"",
							crm_clip_text(text)),
					 errhint("Write {value,value*times,...}, for example {254.8,381*3}.")));
	PG_RETURN_POINTER(crm_distribution_pack(made));
}

/*
 * The packed bytes, which must be the ones that packing writes: equal
 * distributions are equal bytes.
 */
Datum
crm_distribution_recv(PG_FUNCTION_ARGS)
{
	StringInfo	message = (StringInfo) PG_GETARG_POINTER(0);
	Size		length = message->len - message->cursor;
	const char *bytes = pq_getmsgbytes(message, length);
	crm_packed_values packed;
	struct varlena *again;

	if (crm_distribution_open_values((const uint8 *) bytes, length, &packed) == CRM_OK)
	{
		again = crm_distribution_pack(crm_distribution_unpack(&packed,
															  CurrentMemoryContext));
		if (VARSIZE(again) - VARHDRSZ == length &&
			memcmp(VARDATA(again), bytes, length) == 0)
			PG_RETURN_POINTER(again);
	}
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
			 errmsg("invalid binary representation of crm_distribution")));
	PG_RETURN_NULL();
}

Datum
crm_distribution_send(PG_FUNCTION_ARGS)
{
	PG_RETURN_BYTEA_P(crm_send_bytes(crm_distribution_pack(PG_GETARG_DISTRIBUTION(0))));
}
