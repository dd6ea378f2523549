/*
 * io.c
 *		crm_survival as text, {1,2,3+,4,5+*2}, and as bytes.
 */
#include "pg/survival/survival.h"

#include "common/shortest_dec.h"
#include "lib/stringinfo.h"
#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "utils/memutils.h"

PG_FUNCTION_INFO_V1(crm_survival_in);
PG_FUNCTION_INFO_V1(crm_survival_out);
PG_FUNCTION_INFO_V1(crm_survival_recv);
PG_FUNCTION_INFO_V1(crm_survival_send);

struct varlena *
crm_survival_value(const crm_run *runs, Size count)
{
	Size		bound = VARHDRSZ + crm_survival_packed_bound(runs, count);
	struct varlena *packed;

	if (bound > MaxAllocSize)
		ereport(ERROR,
				(errcode(crm_errcode(CRM_NO_SPACE)),
				 errmsg("%zu distinct durations do not fit into one crm_survival",
						count),
				 errhint("Round the durations, so that more of them are equal.")));
	packed = palloc(bound);
	SET_VARSIZE(packed, VARHDRSZ +
				crm_survival_pack(runs, count, (uint8 *) VARDATA(packed)));
	return packed;
}

void
crm_open_survival(const struct varlena *packed, crm_survival *s)
{
	if (crm_survival_open((const uint8 *) VARDATA_ANY(packed),
						  VARSIZE_ANY_EXHDR(packed), s) != CRM_OK)
		ereport(ERROR,
				(errcode(crm_errcode(CRM_CORRUPT)),
				 errmsg("stored crm_survival is corrupt")));
	s->interrupt = crm_interrupted;
}

crm_survival
crm_getarg_survival(FunctionCallInfo fcinfo, int n)
{
	crm_survival s;

	crm_open_survival(PG_GETARG_VARLENA_PP(n), &s);
	return s;
}

Datum
crm_survival_in(PG_FUNCTION_ARGS)
{
	char	   *text = PG_GETARG_CSTRING(0);
	crm_run    *runs;
	size_t		count = 0;
	crm_status	status;

	runs = MemoryContextAllocHuge(CurrentMemoryContext,
								  mul_size(crm_survival_text_room(text),
										   sizeof(crm_run)));
	status = crm_survival_parse(text, crm_interrupted, NULL, runs, &count);
	if (status != CRM_OK)
		crm_ereturn(fcinfo->context,
					(errcode(crm_errcode(status)),
					 errmsg("invalid input syntax for type crm_survival: \"%s\"",
							crm_clip_text(text)),
					 errhint("Write {duration,duration*times,...}, with + for what was open when last seen, for example {1,2.5*3,4+,7+*2}.")));
	PG_RETURN_POINTER(crm_survival_value(runs, count));
}

static void
append_item(StringInfo text, double duration, const char *mark, uint64 count)
{
	char		number[DOUBLE_SHORTEST_DECIMAL_LEN];

	if (count == 0)
		return;
	if (text->len > 1)
		appendStringInfoChar(text, ',');
	appendBinaryStringInfo(text, number,
						   double_to_shortest_decimal_bufn(duration, number));
	appendStringInfoString(text, mark);
	if (count > 1)
		appendStringInfo(text, "*" UINT64_FORMAT, count);
}

Datum
crm_survival_out(PG_FUNCTION_ARGS)
{
	crm_survival s = crm_getarg_survival(fcinfo, 0);
	crm_step	step;
	StringInfoData text;

	initStringInfo(&text);
	appendStringInfoChar(&text, '{');
	while (crm_survival_next(&s, &step))
	{
		CHECK_FOR_INTERRUPTS();
		append_item(&text, step.duration, "", step.observed);
		append_item(&text, step.duration, "+", step.censored);
	}
	appendStringInfoChar(&text, '}');
	PG_RETURN_CSTRING(text.data);
}

Datum
crm_survival_recv(PG_FUNCTION_ARGS)
{
	StringInfo	message = (StringInfo) PG_GETARG_POINTER(0);
	Size		length = message->len - message->cursor;
	const char *bytes = pq_getmsgbytes(message, length);
	struct varlena *packed = palloc(VARHDRSZ + length);

	if (crm_survival_check((const uint8 *) bytes, length, crm_interrupted,
						   NULL) != CRM_OK)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid binary representation of crm_survival")));
	memcpy(VARDATA(packed), bytes, length);
	SET_VARSIZE(packed, VARHDRSZ + length);
	PG_RETURN_POINTER(packed);
}

Datum
crm_survival_send(PG_FUNCTION_ARGS)
{
	PG_RETURN_BYTEA_P(crm_send_bytes(PG_GETARG_VARLENA_PP(0)));
}
