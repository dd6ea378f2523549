/*
 * campaign_chain.c
 *		Any bytes as a packed chain, and any text as one: refused, or read, and
 *		then packed and printed to the same again, and solved.
 */
#include <stdlib.h>
#include <string.h>

#include "core/campaign/chain.h"

/* More channels than these few bytes can name take too long to be worth it. */
#define ROOM 24

int			LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static crm_chain *
new_chain(void)
{
	crm_chain  *chain = malloc(sizeof(crm_chain) + crm_chain_bytes(ROOM));

	crm_chain_place(chain, chain + 1, ROOM);
	return chain;
}

/* Adds a channel unless it is there or there is no room. */
static void
append(crm_chain *chain, const char *name, size_t length)
{
	if (chain->channels < ROOM && crm_chain_find(chain, name, length) < 0)
		crm_chain_append(chain, name, length);
}

static void
put(crm_chain *chain, int from, int to, crm_dd weight)
{
	if (from <= chain->channels && to < CRM_TO_CHANNEL(chain->channels))
		*crm_chain_weight(chain, from, to) = weight;
}

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

static void
solve(const crm_chain *chain, const int *order)
{
	double		removal[ROOM];
	double		workspace[ROOM * ROOM + 6 * ROOM];
	crm_chain_credit credit;

	crm_chain_solve(chain, order, workspace, removal, &credit, NULL, NULL);
}

/* Names with a zero byte have no text in a database. */
static void
exercise(const crm_chain *chain)
{
	int			order[ROOM];
	crm_chain  *again = new_chain();
	crm_chain  *third = new_chain();
	size_t		length;
	size_t		text_length;
	uint8_t    *bytes;
	char	   *text;
	char	   *names;

	crm_chain_order(chain, order);
	length = crm_chain_pack(chain, order, NULL);
	bytes = malloc(length);
	if (crm_chain_pack(chain, order, bytes) != length ||
		unpack(bytes, length, again) != CRM_OK)
		abort();
	crm_chain_order(again, order);
	text_length = crm_chain_print(again, order, NULL);
	text = malloc(text_length + 1);
	names = malloc(text_length + 1);
	if (crm_chain_print(again, order, text) != text_length)
		abort();
	if (strstr(text, "\\u0000") == NULL)
	{
		uint8_t    *back = malloc(length);

		if (strlen(text) != text_length ||
			parse(text, names, third) != CRM_OK ||
			crm_chain_pack(third, order, NULL) != length ||
			crm_chain_pack(third, order, back) != length ||
			memcmp(back, bytes, length) != 0)
			abort();
		free(back);
	}
	solve(again, order);
	free(bytes);
	free(text);
	free(names);
	free(again);
	free(third);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	crm_chain  *chain = new_chain();
	char	   *text = calloc(1, size + 1);
	char	   *names = malloc(size + 1);

	if (unpack(data, size, chain) == CRM_OK)
		exercise(chain);
	free(chain);
	chain = new_chain();
	memcpy(text, data, size);
	if (parse(text, names, chain) == CRM_OK)
		exercise(chain);
	free(chain);
	free(text);
	free(names);
	return 0;
}
