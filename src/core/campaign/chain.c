/*
 * chain.c
 *		A chain in memory: finding channels, adding weight.
 *
 * Weights are a square with room to spare, for there are few channels and very
 * many paths: a step of a path is one lookup of a name and one addition. The
 * memory is the caller's.
 */
#include "core/campaign/chain.h"

#include <stdlib.h>
#include <string.h>

/* A power of two, at most half full. */
static size_t
slots_for(int capacity)
{
	size_t		slots = 8;

	while (slots < 2 * (size_t) capacity)
		slots *= 2;
	return slots;
}

static size_t
weights_for(int capacity)
{
	return (size_t) (capacity + 1) * (size_t) (capacity + 2);
}

size_t
crm_chain_bytes(int capacity)
{
	return weights_for(capacity) * sizeof(crm_dd) +
		(size_t) capacity * sizeof(crm_channel) +
		slots_for(capacity) * sizeof(uint16_t);
}

void
crm_chain_place(crm_chain *chain, void *memory, int capacity)
{
	memset(chain, 0, sizeof(*chain));
	memset(memory, 0, crm_chain_bytes(capacity));
	chain->capacity = capacity;
	chain->weight = memory;
	chain->channel = (crm_channel *) (chain->weight + weights_for(capacity));
	chain->slot = (uint16_t *) (chain->channel + capacity);
}

/* Eight bytes at a time: a multiplication mixes them upwards, a shift down. */
static uint64_t
hash_of(const char *name, size_t length)
{
	uint64_t	hash = length;

	while (length > 0)
	{
		uint64_t	word = 0;
		size_t		here = length < sizeof(word) ? length : sizeof(word);

		memcpy(&word, name, here);
		hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
		hash ^= hash >> 32;
		name += here;
		length -= here;
	}
	return hash;
}

/* Where the name is, or where it would be. */
static uint16_t *
slot_of(const crm_chain *chain, const char *name, size_t length,
		uint64_t hash)
{
	size_t		mask = slots_for(chain->capacity) - 1;
	size_t		at = hash & mask;

	for (; chain->slot[at] != 0; at = (at + 1) & mask)
	{
		const crm_channel *channel = &chain->channel[chain->slot[at] - 1];

		if (channel->hash == hash && channel->length == length &&
			memcmp(channel->name, name, length) == 0)
			break;
	}
	return &chain->slot[at];
}

int
crm_chain_find(const crm_chain *chain, const char *name, size_t length)
{
	return *slot_of(chain, name, length, hash_of(name, length)) - 1;
}

int
crm_chain_append(crm_chain *chain, const char *name, size_t length)
{
	crm_channel *channel = &chain->channel[chain->channels++];

	channel->name = name;
	channel->length = length;
	channel->hash = hash_of(name, length);
	*slot_of(chain, name, length, channel->hash) = (uint16_t) chain->channels;
	return chain->channels - 1;
}

void
crm_chain_move(crm_chain *chain, const crm_chain *from)
{
	chain->value = from->value;
	chain->none_value = from->none_value;
	for (int i = 0; i < from->channels; i++)
		crm_chain_append(chain, from->channel[i].name,
						 from->channel[i].length);
	for (int row = 0; row <= from->channels; row++)
		memcpy(crm_chain_weight(chain, row, 0),
			   crm_chain_weight(from, row, 0),
			   (size_t) (from->channels + 2) * sizeof(crm_dd));
}

crm_status
crm_chain_check(const crm_chain *chain)
{
	if (!crm_dd_is_finite(chain->value) ||
		!crm_dd_is_finite(chain->none_value))
		return CRM_OUT_OF_RANGE;
	for (int from = 0; from <= chain->channels; from++)
		for (int to = 0; to < chain->channels + 2; to++)
			if (!crm_dd_is_finite(*crm_chain_weight(chain, from, to)))
				return CRM_OUT_OF_RANGE;
	return CRM_OK;
}

static bool
is_before(const crm_channel *a, const crm_channel *b)
{
	size_t		shorter = a->length < b->length ? a->length : b->length;
	int			difference = memcmp(a->name, b->name, shorter);

	return difference < 0 || (difference == 0 && a->length < b->length);
}

/* By insertion: there are few, and mostly they come in order. */
void
crm_chain_order(const crm_chain *chain, int *order)
{
	for (int i = 0; i < chain->channels; i++)
	{
		int			at = i;

		for (; at > 0 && is_before(&chain->channel[i],
								   &chain->channel[order[at - 1]]); at--)
			order[at] = order[at - 1];
		order[at] = i;
	}
}
