/*
 * Rows counted as they come, against grouping all of them by sorting.
 */
#include "tap.h"

#include <stdlib.h>
#include <string.h>

#include "core/clv/history.h"
#include "core/clv/tally.h"

#define MANY 20000
#define SLOTS 32768

static crm_history all[MANY];
static crm_history counted[MANY];
static uint32_t slots[SLOTS];

/* Customers of whom some are alike, the same ones on every run. */
static void
draw(uint64_t seed, int kinds)
{
	for (int i = 0; i < MANY; i++)
	{
		seed = seed * 6364136223846793005u + 1442695040888963407u;
		all[i] = (crm_history) {(double) ((seed >> 33) % 5), (double) ((seed >> 40) % 11) / 7,
								(double) ((seed >> 45) % kinds), 1 + (double) ((seed >> 60) % 3)};
	}
}

/* Count them, beginning with 4 slots. */
static size_t
count_all(void)
{
	crm_tally	tally = {.width = 4, .rows = (double *) counted,
	.slots = slots, .slot_count = 4};

	crm_tally_rehash(&tally);
	for (int i = 0; i < MANY; i++)
		while (!crm_tally_add(&tally, (const double *) &all[i]))
		{
			tally.slot_count *= 2;
			crm_tally_rehash(&tally);
		}
	crm_tally_settle(&tally);
	return tally.count;
}

int
main(void)
{
	static const int kinds[] = {1, 50, 300};

	for (int k = 0; k < 3; k++)
	{
		size_t		tallied;
		size_t		grouped = MANY;
		size_t		once_more;

		draw(k + 1, kinds[k]);
		tallied = count_all();
		crm_history_group(all, &grouped, NULL, NULL);
		ok(tallied == grouped, "%zu distinct rows", grouped);
		once_more = tallied;
		crm_history_group(counted, &once_more, NULL, NULL);
		ok(once_more == tallied,
		   "no two of them are equal");
		ok(memcmp(all, counted, grouped * sizeof(*all)) == 0,
		   "and their weights are those of all rows");
	}
	return done_testing();
}
