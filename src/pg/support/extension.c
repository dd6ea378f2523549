/*
 * extension.c
 *		The module itself: magic block, version, status to SQLSTATE.
 */
#include "pg/support/extension.h"

#include "access/htup_details.h"
#include "libpq/pqformat.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/float.h"
#include "utils/memutils.h"

#define MESSAGE_TEXT_MAX	60

#ifdef PG_MODULE_MAGIC_EXT
PG_MODULE_MAGIC_EXT(.name = "crm_ext", .version = CRM_EXT_VERSION);
#else
PG_MODULE_MAGIC;
#endif

PG_FUNCTION_INFO_V1(crm_ext_version);

Datum
crm_ext_version(PG_FUNCTION_ARGS)
{
	(void) fcinfo;
	PG_RETURN_TEXT_P(cstring_to_text(CRM_EXT_VERSION));
}

int
crm_errcode(crm_status status)
{
	switch (status)
	{
		case CRM_OUT_OF_RANGE:
			return ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE;
		case CRM_INVALID:
			return ERRCODE_INVALID_PARAMETER_VALUE;
		case CRM_BAD_TEXT:
			return ERRCODE_INVALID_TEXT_REPRESENTATION;
		case CRM_CORRUPT:
			return ERRCODE_DATA_CORRUPTED;
		case CRM_NO_SPACE:
			return ERRCODE_PROGRAM_LIMIT_EXCEEDED;
		case CRM_TOO_FEW:
		case CRM_SINGULAR:
		case CRM_NOT_CONVERGED:
			return ERRCODE_DATA_EXCEPTION;
		case CRM_INTERRUPTED:
			return ERRCODE_QUERY_CANCELED;
		case CRM_OK:
			break;
	}
	return ERRCODE_INTERNAL_ERROR;
}

bool
crm_interrupted(void *arg)
{
	(void) arg;
	CHECK_FOR_INTERRUPTS();
	return false;
}

char *
crm_clip_text(const char *text)
{
	int			length = strlen(text);

	if (length <= MESSAGE_TEXT_MAX)
		return pstrdup(text);
	length = pg_mbcliplen(text, length, MESSAGE_TEXT_MAX);
	return psprintf("%.*s...", length, text);
}

bytea *
crm_send_bytes(const struct varlena *packed)
{
	StringInfoData message;

	pq_begintypsend(&message);
	pq_sendbytes(&message, VARDATA_ANY(packed), VARSIZE_ANY_EXHDR(packed));
	return pq_endtypsend(&message);
}

typedef struct made_once
{
	MemoryContext context;
	struct varlena *argument;	/* NULL until there is something made */
	void	   *made;
} made_once;

static bool
same_bytes(const struct varlena *a, const struct varlena *b)
{
	return VARSIZE_ANY_EXHDR(a) == VARSIZE_ANY_EXHDR(b) &&
		memcmp(VARDATA_ANY(a), VARDATA_ANY(b), VARSIZE_ANY_EXHDR(a)) == 0;
}

static made_once *
once_in(void **kept, MemoryContext parent)
{
	made_once  *once = *kept;

	if (once == NULL)
	{
		once = MemoryContextAllocZero(parent, sizeof(*once));
		once->context = AllocSetContextCreate(parent, "crm_ext argument",
											  ALLOCSET_SMALL_SIZES);
		*kept = once;
	}
	return once;
}

void *
crm_once_of(void **kept, MemoryContext parent, struct varlena *argument,
			crm_make make)
{
	made_once  *once = once_in(kept, parent);

	if (once->argument == NULL || !same_bytes(once->argument, argument))
	{
		MemoryContext old = MemoryContextSwitchTo(once->context);
		struct varlena *copy;

		once->argument = NULL;
		MemoryContextReset(once->context);
		copy = PG_DETOAST_DATUM_COPY(PointerGetDatum(argument));
		once->made = make(copy);
		once->argument = copy;
		MemoryContextSwitchTo(old);
	}
	return once->made;
}

void *
crm_once(FunctionCallInfo fcinfo, int n, crm_make make)
{
	struct varlena *argument = PG_GETARG_VARLENA_PP(n);
	void	   *made = crm_once_of(&fcinfo->flinfo->fn_extra,
								   fcinfo->flinfo->fn_mcxt, argument, make);

	PG_FREE_IF_COPY(argument, n);
	return made;
}

TupleDesc
crm_row_columns(FunctionCallInfo fcinfo)
{
	TupleDesc	columns;

	if (get_call_result_type(fcinfo, NULL, &columns) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	return BlessTupleDesc(columns);
}

Datum
crm_row(FunctionCallInfo fcinfo, Datum *values, bool *nulls)
{
	FmgrInfo   *function = fcinfo->flinfo;

	if (function->fn_extra == NULL)
	{
		MemoryContext old = MemoryContextSwitchTo(function->fn_mcxt);

		function->fn_extra = crm_row_columns(fcinfo);
		MemoryContextSwitchTo(old);
	}
	return HeapTupleGetDatum(heap_form_tuple(function->fn_extra, values,
											 nulls));
}

Datum
crm_float8_or_null(FunctionCallInfo fcinfo, crm_status status, double value)
{
	if (status != CRM_OK)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(value);
}

double
crm_confidence_arg(FunctionCallInfo fcinfo, int n)
{
	double		confidence = PG_GETARG_FLOAT8(n);

	if (!(confidence > 0 && confidence < 1))
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 errmsg("confidence cannot be %s",
						float8out_internal(confidence)),
				 errhint("Give a probability between 0 and 1: for 95 percent, 0.95.")));
	return confidence;
}

FuncCallContext *
crm_rows_begin(FunctionCallInfo fcinfo)
{
	FuncCallContext *call = init_MultiFuncCall(fcinfo);
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	MemoryContext old = MemoryContextSwitchTo(call->multi_call_memory_ctx);

	/*
	 * What the plan expects is the same type, and does not have to be looked
	 * up for each call.
	 */
	call->tuple_desc = result->expectedDesc != NULL ?
		BlessTupleDesc(result->expectedDesc) : crm_row_columns(fcinfo);
	MemoryContextSwitchTo(old);
	return call;
}

FuncCallContext *
crm_rows_call(FunctionCallInfo fcinfo, void *(*make) (FunctionCallInfo))
{
	if (SRF_IS_FIRSTCALL())
	{
		FuncCallContext *call = crm_rows_begin(fcinfo);
		MemoryContext old = MemoryContextSwitchTo(call->multi_call_memory_ctx);

		call->user_fctx = make(fcinfo);
		MemoryContextSwitchTo(old);
	}
	return SRF_PERCALL_SETUP();
}
