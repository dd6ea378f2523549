/*
 * extension.h
 *		What every file of the glue includes.
 */
#ifndef CRM_PG_SUPPORT_EXTENSION_H
#define CRM_PG_SUPPORT_EXTENSION_H

#include "postgres.h"

#include <math.h>

#include "fmgr.h"
#include "funcapi.h"
#if PG_VERSION_NUM >= 160000
#include "nodes/miscnodes.h"
#endif
#include "storage/shmem.h"		/* for mul_size() */
#include "utils/builtins.h"

#include "core/status.h"

/*
 * The SQLSTATE of a core status: the one place that knows. Use it as
 *		ereport(ERROR, errcode(crm_errcode(status)), errmsg(...))
 * so that the message can name the value at fault.
 */
extern int	crm_errcode(crm_status status);

/* Soft errors, for input functions; servers before 16 have only hard ones. */
#if PG_VERSION_NUM >= 160000
#define crm_ereturn(context, ...) ereturn(context, (Datum) 0, __VA_ARGS__)
#else
#define crm_ereturn(context, ...) ereport(ERROR, __VA_ARGS__)
#endif

/*
 * For core loops that can run long. A cancelled query ends in here: the core
 * holds nothing that would have to be given back. So this answers false, and
 * CRM_INTERRUPTED never comes back.
 */
extern bool crm_interrupted(void *arg);

/* The beginning of a text, for a message; whole characters. */
extern char *crm_clip_text(const char *text);

/* The binary form of a type that is sent as the bytes that it is stored as. */
extern bytea *crm_send_bytes(const struct varlena *packed);

/*
 * What make() makes of argument n: for functions that get the same one in row
 * after row, and would check or parse it each time. It is made again only when
 * the argument's bytes differ from those before. make() is given a flat copy
 * that lives as long as what it makes.
 */
typedef void *(*crm_make) (struct varlena *argument);
extern void *crm_once(FunctionCallInfo fcinfo, int n, crm_make make);

/*
 * The same of a value that is no argument. What is kept hangs on *kept, NULL at
 * first, in a context below parent.
 */
extern void *crm_once_of(void **kept, MemoryContext parent,
						 struct varlena *argument, crm_make make);

/* The columns of the row that the function returns, in the current context. */
extern TupleDesc crm_row_columns(FunctionCallInfo fcinfo);

/*
 * Such a row. Its columns are looked up once for all rows of a query, and kept
 * in fn_extra: for functions that keep nothing else.
 */
extern Datum crm_row(FunctionCallInfo fcinfo, Datum *values, bool *nulls);

/* The value, or NULL where the core could not answer. */
extern Datum crm_float8_or_null(FunctionCallInfo fcinfo, crm_status status,
								double value);

/* Argument n, a probability between 0 and 1. */
extern double crm_confidence_arg(FunctionCallInfo fcinfo, int n);

/*
 * First call of a function that returns rows of named columns: the context
 * for what it keeps is call->multi_call_memory_ctx.
 */
extern FuncCallContext *crm_rows_begin(FunctionCallInfo fcinfo);

/*
 * A call of such a function, whose rows follow from what make() makes of the
 * arguments at the first call: it is user_fctx until the last row, and what it
 * allocates stays as long.
 */
extern FuncCallContext *crm_rows_call(FunctionCallInfo fcinfo,
									  void *(*make) (FunctionCallInfo));

#endif							/* CRM_PG_SUPPORT_EXTENSION_H */
