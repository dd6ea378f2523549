/*
 * campaign_chain.c
 *		Any bytes as a packed chain, and any text as one: refused, or read, and
 *		then packed and printed to the same again, and solved.
 */
#include "chain.h"

#include <stdlib.h>
#include <string.h>

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
	text_length = crm_chain_print(again, order, NULL, NULL, NULL);
	text = malloc(text_length + 1);
	names = malloc(text_length + 1);
	if (crm_chain_print(again, order, text, NULL, NULL) != text_length)
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
