/*
 * activity_census.c
 *		Counts of whole numbers, as their places fill.
 */
#include "core/activity/census.h"
#include "tap.h"

#define SIZE	64

static uint64_t
count_of(const crm_census_place *places, int32_t number)
{
	for (int i = 0; i < SIZE; i++)
		if (crm_census_count(&places[i]) > 0 && places[i].number == number)
			return crm_census_count(&places[i]);
	return 0;
}

int
main(void)
{
	crm_census_place places[SIZE] = {{0}};
	uint32_t	used = 0;
	bool		fits = true;

	for (int i = 0; i < 1000; i++)
		fits = fits && crm_census_add(places, SIZE, &used, 7 * (i % 32) - 100,
									  1);
	is_int(fits, true, "half of the places can be used");
	is_int(used, SIZE / 2, "one each");
	is_int((int64_t) count_of(places, -100), 32, "a number that came early");
	is_int((int64_t) count_of(places, 117), 31, "and one that came late");
	is_int(crm_census_add(places, SIZE, &used, 1, 1), false, "no more");
	is_int((int64_t) count_of(places, 1), 0, "and nothing is changed");
	is_int(crm_census_add(places, SIZE, &used, 117, UINT32_MAX), true,
		   "a number that is there is counted on");
	is_int(count_of(places, 117) == UINT64_C(31) + UINT32_MAX, true,
		   "beyond 32 bits");
	return done_testing();
}
