/*
 * clv_sample.c
 *		Looking through a large packed sample can be interrupted.
 */
#include "tap.h"

#include <stdlib.h>

#include "core/clv/sample.h"

#define MANY 10000

static double rows[4 * MANY];
static crm_spend spends[MANY];

static bool
stop(void *arg)
{
	return --(*(int *) arg) < 0;
}

int
main(void)
{
	crm_clv_terms terms = {.as_of = CRM_CLV_NO_DAY, .unit_days = 7};
	size_t		length = crm_clv_sample_bytes(&terms, MANY, MANY);
	uint8_t    *bytes = malloc(length);
	crm_packed_sample packed;

	for (int i = 0; i < MANY; i++)
	{
		/* Frequency, recency, age, weight */
		rows[4 * i] = 1;
		rows[4 * i + 1] = 1 + i;
		rows[4 * i + 2] = 2 * MANY;
		rows[4 * i + 3] = 1;
		spends[i] = (crm_spend) {1, 1 + i, 1};
	}
	crm_clv_sample_pack(&terms, (crm_wide) {0}, rows, MANY, spends, MANY, bytes);
	ok(crm_clv_sample_open(bytes, length, &packed, NULL, NULL) == CRM_OK &&
	   packed.histories == MANY && packed.spends == MANY, "it opens");
	/* Once for every 4,096 of the histories, and of the values. */
	for (int checks = 0; checks <= 6; checks++)
	{
		int			left = checks;

		ok(crm_clv_sample_open(bytes, length, &packed, stop, &left) ==
		   (checks < 6 ? CRM_INTERRUPTED : CRM_OK), "but for %d checks", checks);
	}
	free(bytes);
	return done_testing();
}
