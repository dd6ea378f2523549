/*
 * markov.c
 *		crm_markov as an object: created, grown, merged, flattened.
 */
#include "pg/campaign/markov.h"

#include "miscadmin.h"
#include "utils/memutils.h"

/* Weights of so many channels fill some 4 kB. */
#define CAPACITY_START	14

static Size markov_flat_size(ExpandedObjectHeader *header);
static void markov_flatten(ExpandedObjectHeader *header, void *result,
						   Size allocated_size);

const ExpandedObjectMethods crm_markov_methods = {
	markov_flat_size, markov_flatten
};

static void
place_chain(crm_markov *markov, int capacity)
{
	Size		size = crm_chain_bytes(capacity);

	markov->memory = MemoryContextAlloc(markov->header.eoh_context, size);
	crm_chain_place(&markov->chain, markov->memory, capacity);
}

crm_markov *
crm_markov_create(MemoryContext context)
{
	crm_markov *markov = MemoryContextAllocZero(context, sizeof(*markov));

	EOH_init_header(&markov->header, &crm_markov_methods, context);
	place_chain(markov, CAPACITY_START);
	return markov;
}

static void
make_room(crm_markov *markov)
{
	crm_chain	before = markov->chain;
	void	   *memory = markov->memory;

	if (before.channels >= CRM_CHANNELS_MAX)
		ereport(ERROR,
				(errcode(crm_errcode(CRM_NO_SPACE)),
				 errmsg("crm_markov cannot hold more than %d channels",
						CRM_CHANNELS_MAX),
				 errhint("Combine rare channels under one name, or use channels instead of campaigns.")));
	place_chain(markov, Min(2 * before.capacity, CRM_CHANNELS_MAX));
	crm_chain_move(&markov->chain, &before);
	pfree(memory);
}

void
crm_markov_changed(crm_markov *markov)
{
	if (markov->packed != NULL)
		pfree(markov->packed);
	markov->packed = NULL;
}

int
crm_markov_channel(crm_markov *markov, const char *name, Size length)
{
	int			channel = crm_chain_find(&markov->chain, name, length);
	char	   *copy;

	if (likely(channel >= 0))
		return channel;
	if (markov->chain.channels == markov->chain.capacity)
		make_room(markov);
	copy = MemoryContextAlloc(markov->header.eoh_context, length + 1);
	memcpy(copy, name, length);
	return crm_chain_append(&markov->chain, copy, length);
}

/* Packed */

int *
crm_markov_order(const crm_markov *markov)
{
	int		   *order = palloc((markov->chain.channels + 1) * sizeof(int));

	crm_chain_order(&markov->chain, order);
	return order;
}

static void
refuse_overflow(const crm_markov *markov)
{
	if (crm_chain_check(&markov->chain) != CRM_OK)
		ereport(ERROR,
				(errcode(crm_errcode(CRM_OUT_OF_RANGE)),
				 errmsg("a sum of weights or values is out of range for crm_markov")));
}

struct varlena *
crm_markov_pack(crm_markov *markov)
{
	int		   *order;
	Size		size;

	if (markov->packed != NULL)
		return markov->packed;
	refuse_overflow(markov);
	order = crm_markov_order(markov);
	size = VARHDRSZ + crm_chain_pack(&markov->chain, order, NULL);
	markov->packed = MemoryContextAlloc(markov->header.eoh_context, size);
	SET_VARSIZE(markov->packed, size);
	crm_chain_pack(&markov->chain, order, (uint8 *) VARDATA(markov->packed));
	pfree(order);
	return markov->packed;
}

static Size
markov_flat_size(ExpandedObjectHeader *header)
{
	return VARSIZE(crm_markov_pack((crm_markov *) header));
}

static void
markov_flatten(ExpandedObjectHeader *header, void *result,
			   Size allocated_size)
{
	struct varlena *packed = crm_markov_pack((crm_markov *) header);

	Assert(allocated_size == VARSIZE(packed));
	memcpy(result, packed, allocated_size);
}

/* Merged */

/* The channels of a packed chain by their numbers here. */
static void
merge_names(crm_markov *into, crm_packed_chain *packed, int *channel)
{
	const char *name;
	size_t		length;

	for (int i = 0; crm_packed_chain_name(packed, &name, &length); i++)
		channel[i] = crm_markov_channel(into, name, length);
}

static void
add_sum(crm_dd *to, crm_dd sum)
{
	*to = crm_dd_add(*to, sum);
}

static void
merge_packed(crm_markov *into, const uint8 *bytes, Size length)
{
	crm_packed_chain packed;
	int		   *channel;
	int			from;
	int			to;
	crm_dd		weight;

	crm_packed_chain_open(&packed, bytes, length);
	channel = palloc((packed.channels + 1) * sizeof(int));
	merge_names(into, &packed, channel);
	while (crm_packed_chain_weight(&packed, &from, &to, &weight))
	{
		if (from != CRM_FROM_START)
			from = CRM_FROM_CHANNEL(channel[from - CRM_FROM_CHANNEL(0)]);
		if (to >= CRM_TO_CHANNEL(0))
			to = CRM_TO_CHANNEL(channel[to - CRM_TO_CHANNEL(0)]);
		add_sum(crm_chain_weight(&into->chain, from, to), weight);
	}
	if (crm_packed_chain_close(&packed) != CRM_OK)
		ereport(ERROR,
				(errcode(crm_errcode(CRM_CORRUPT)),
				 errmsg("stored crm_markov is corrupt")));
	add_sum(&into->chain.value, packed.value);
	add_sum(&into->chain.none_value, packed.none_value);
	crm_markov_changed(into);
	pfree(channel);
}

/* The object that a datum points to, or NULL for a flat one. */
static crm_markov *
expanded_markov(Datum datum)
{
	ExpandedObjectHeader *object;

	if (!VARATT_IS_EXTERNAL_EXPANDED(DatumGetPointer(datum)))
		return NULL;
	object = DatumGetEOHP(datum);
	return object->eoh_methods == &crm_markov_methods ?
		(crm_markov *) object : NULL;
}

void
crm_markov_merge(crm_markov *into, Datum from)
{
	crm_markov *other = expanded_markov(from);
	struct varlena *packed = other != NULL ? crm_markov_pack(other) :
		PG_DETOAST_DATUM_PACKED(from);

	merge_packed(into, (const uint8 *) VARDATA_ANY(packed),
				 VARSIZE_ANY_EXHDR(packed));
}

crm_markov *
crm_markov_from_datum(Datum datum)
{
	crm_markov *markov = expanded_markov(datum);

	if (markov != NULL)
	{
		/* From 16 on an aggregate's result comes here without being packed. */
		refuse_overflow(markov);
		return markov;
	}
	markov = crm_markov_create(CurrentMemoryContext);
	crm_markov_merge(markov, datum);
	return markov;
}
