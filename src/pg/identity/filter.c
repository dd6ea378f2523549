/*
 * filter.c
 *		crm_day_filter: which days of which keys may be among many.
 *
 * Where a few of many rows are to be found by key and day, a hash table of those
 * few is beyond the processor's caches when a filter of them is not yet.
 */
#include "pg/identity/values.h"

#include "miscadmin.h"
#include "utils/date.h"
#include "utils/typcache.h"

#include "core/identity/filter.h"

PG_FUNCTION_INFO_V1(crm_day_filter_trans);
PG_FUNCTION_INFO_V1(crm_day_filter_final);
PG_FUNCTION_INFO_V1(crm_day_filter_has);

/* The hash of a type is looked up once; a type without has none. */
static TypeCacheEntry *
type_of_argument(FunctionCallInfo fcinfo, int n)
{
	TypeCacheEntry *type = fcinfo->flinfo->fn_extra;
	Oid			oid;

	if (type != NULL)
		return type;
	oid = get_fn_expr_argtype(fcinfo->flinfo, n);
	if (!OidIsValid(oid))
		elog(ERROR, "could not determine the type of the key");
	type = lookup_type_cache(oid, TYPECACHE_HASH_EXTENDED_PROC_FINFO);
	fcinfo->flinfo->fn_extra = type;
	return type;
}

/*
 * Arguments 1 and 2, a key and a day, as one value: equal keys have one hash.
 * Keys of a type that cannot be hashed are told apart by the day alone.
 */
static uint64
getarg_value(FunctionCallInfo fcinfo)
{
	TypeCacheEntry *type = type_of_argument(fcinfo, 1);
	uint64		seed = (uint64) (int64) PG_GETARG_DATEADT(2) *
		UINT64CONST(0x9E3779B97F4A7C15);

	if (!OidIsValid(type->hash_extended_proc_finfo.fn_oid))
		return seed;
	return DatumGetUInt64(FunctionCall2Coll(&type->hash_extended_proc_finfo,
											PG_GET_COLLATION(),
											PG_GETARG_DATUM(1),
											UInt64GetDatum(seed)));
}

/* (state, key, day) */
Datum
crm_day_filter_trans(PG_FUNCTION_ARGS)
{
	values_state *state;
	uint64		value;

	crm_check_aggregate(fcinfo);
	state = PG_ARGISNULL(0) ? crm_values_create() :
		crm_values_getarg(fcinfo, 0);
	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		PG_RETURN_POINTER(state);
	value = getarg_value(fcinfo);
	PG_RETURN_POINTER(crm_values_add(state, &value, 1));
}

/* Without a word where there were too many. */
Datum
crm_day_filter_final(PG_FUNCTION_ARGS)
{
	values_state *state;
	bytea	   *filter;
	Size		words;
	Size		size;

	crm_check_aggregate(fcinfo);
	state = crm_values_getarg(fcinfo, 0);
	words = state->is_full ? 0 : crm_filter_words(state->count);
	size = VARHDRSZ + words * sizeof(uint64);
	filter = palloc0(size);
	SET_VARSIZE(filter, size);
	for (uint32 i = 0; words > 0 && i < state->count; i++)
	{
		if (i % 65536 == 0)
			CHECK_FOR_INTERRUPTS();
		crm_filter_add(VARDATA(filter), words, crm_values_at(state, i));
	}
	PG_RETURN_BYTEA_P(filter);
}

/* (filter, key, day). Any bytes are a filter, if not one of anything. */
Datum
crm_day_filter_has(PG_FUNCTION_ARGS)
{
	bytea	   *filter = PG_GETARG_BYTEA_PP(0);

	PG_RETURN_BOOL(crm_filter_has(VARDATA_ANY(filter),
								  VARSIZE_ANY_EXHDR(filter) / sizeof(uint64),
								  getarg_value(fcinfo)));
}
