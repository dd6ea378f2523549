/*
 * census.c
 *		How often each of some whole numbers came; see census.h.
 */
#include "core/activity/census.h"

/* Fibonacci hashing (Knuth, volume 3, 6.4): neighbours come apart. */
static uint32_t
place_of(int32_t number, uint32_t size)
{
	return (uint32_t) ((uint32_t) number * UINT64_C(0x9E3779B97F4A7C15) >> 32) &
		(size - 1);
}

static void
raise_by(crm_census_place *place, uint64_t count)
{
	uint64_t	sum = crm_census_count(place) + count;

	place->low = (uint32_t) sum;
	place->high = (uint32_t) (sum >> 32);
}

bool
crm_census_add(crm_census_place *places, uint32_t size, uint32_t *used,
			   int32_t number, uint64_t count)
{
	uint32_t	at = place_of(number, size);

	/* Half of the places are empty, but nothing is taken for granted. */
	for (uint32_t i = 0; i < size; i++, at = (at + 1) & (size - 1))
	{
		if (crm_census_count(&places[at]) == 0)
		{
			if (*used >= size / 2)
				return false;
			places[at].number = number;
			(*used)++;
		}
		else if (places[at].number != number)
			continue;
		raise_by(&places[at], count);
		return true;
	}
	return false;
}
