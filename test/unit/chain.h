/*
 * chain.h
 *		Reads a chain of channels from its bytes and from its text, whatever
 *		they say: what has no room is left out.
 */
#ifndef CRM_TEST_CHAIN_H
#define CRM_TEST_CHAIN_H

#include "core/campaign/chain.h"

/* Adds a channel unless it is there or there is no room. */
static void
append(crm_chain *chain, const char *name, size_t length)
{
	if (chain->channels < chain->capacity &&
		crm_chain_find(chain, name, length) < 0)
		crm_chain_append(chain, name, length);
}

static void
put(crm_chain *chain, int from, int to, crm_dd weight)
{
	if (from <= chain->channels && to < CRM_TO_CHANNEL(chain->channels))
		*crm_chain_weight(chain, from, to) = weight;
}

/* The names point into the bytes. */
static crm_status
unpack(const uint8_t *bytes, size_t length, crm_chain *into)
{
	crm_packed_chain packed;
	const char *name;
	size_t		name_length;
	int			from;
	int			to;
	crm_dd		weight;

	crm_packed_chain_open(&packed, bytes, length);
	while (crm_packed_chain_name(&packed, &name, &name_length))
		append(into, name, name_length);
	while (crm_packed_chain_weight(&packed, &from, &to, &weight))
		put(into, from, to, weight);
	into->value = packed.value;
	into->none_value = packed.none_value;
	return crm_packed_chain_close(&packed) != CRM_OK ||
		into->channels < packed.channels ? CRM_CORRUPT : CRM_OK;
}

/* The names are kept in a buffer, one after another. */
static crm_status
parse(const char *from_text, char *names, crm_chain *into)
{
	crm_chain_text text;
	size_t		length;
	int			from;
	int			to;
	crm_dd		weight;

	crm_chain_text_open(&text, from_text);
	while (crm_chain_text_name(&text, names, &length))
	{
		append(into, names, length);
		names += length;
	}
	while (crm_chain_text_weight(&text, &from, &to, &weight))
		put(into, from, to, weight);
	into->value = text.value;
	into->none_value = text.none_value;
	return crm_chain_text_close(&text);
}

#endif							/* CRM_TEST_CHAIN_H */
