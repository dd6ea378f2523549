/*
 * forest.c
 *		crm_forest(): roots, depths and sizes of trees.
 */
#include "pg/support/extension.h"

#include "access/htup_details.h"
#include "utils/memutils.h"

#include "core/campaign/forest.h"
#include "pg/support/arrays.h"

PG_FUNCTION_INFO_V1(crm_forest);

typedef struct forest
{
	int			count;
	crm_forest_node *nodes;
} forest;

/* Nodes are counted from 1 outside, from 0 inside. */
static void
read_parents(ArrayType *array, int32 *parents, int count)
{
	const int32 *next = (const int32 *) ARR_DATA_PTR(array);

	for (int i = 0; i < count; i++)
	{
		parents[i] = CRM_NO_NODE;
		if (crm_array_is_null(array, i))
			continue;
		if (*next < 1 || *next > count)
			ereport(ERROR,
					(errcode(crm_errcode(CRM_INVALID)),
					 errmsg("node %d cannot have the parent %d", i + 1, *next),
					 errhint("A parent is the number of a node, from 1 to %d, or NULL for a root.",
							 count)));
		parents[i] = *next++ - 1;
	}
}

static void *
measure(FunctionCallInfo fcinfo)
{
	ArrayType  *array = PG_GETARG_ARRAYTYPE_P(0);
	forest	   *trees = palloc(sizeof(forest));
	int32	   *parents;
	int32	   *order;

	if (ARR_NDIM(array) > 1)
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("parents must have one dimension")));
	trees->count = ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array));
	trees->nodes = palloc_extended(mul_size(trees->count + 1, sizeof(crm_forest_node)),
								   MCXT_ALLOC_HUGE);
	parents = palloc_extended(mul_size(trees->count + 1, sizeof(int32)), MCXT_ALLOC_HUGE);
	order = palloc_extended(mul_size(trees->count + 1, sizeof(int32)), MCXT_ALLOC_HUGE);
	read_parents(array, parents, trees->count);
	(void) crm_forest_measure(parents, trees->count, trees->nodes, order,
							  crm_interrupted, NULL);
	pfree(order);
	pfree(parents);
	return trees;
}

static Datum
node_row(TupleDesc desc, const forest *trees, int i)
{
	const crm_forest_node *node = &trees->nodes[i];
	bool		is_placed = node->root != CRM_NO_NODE;
	Datum		values[4] = {Int32GetDatum(i + 1), Int32GetDatum(node->root + 1),
	Int32GetDatum(node->depth), Int32GetDatum(node->size)};
	bool		nulls[4] = {false, !is_placed, !is_placed, !is_placed};

	return HeapTupleGetDatum(heap_form_tuple(desc, values, nulls));
}

Datum
crm_forest(PG_FUNCTION_ARGS)
{
	FuncCallContext *call = crm_rows_call(fcinfo, measure);
	const forest *trees = call->user_fctx;
	int			i = call->call_cntr;	/* SRF_RETURN_NEXT counts first */

	if (i < trees->count)
		SRF_RETURN_NEXT(call, node_row(call->tuple_desc, trees, i));
	SRF_RETURN_DONE(call);
}
