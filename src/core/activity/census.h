/*
 * census.h
 *		How often each of some whole numbers came: days, or gaps between days.
 *
 * A hash table with linear probing, in memory of the caller's that may be
 * copied and sent: it holds no pointers, and lies at multiples of four bytes.
 */
#ifndef CRM_CORE_ACTIVITY_CENSUS_H
#define CRM_CORE_ACTIVITY_CENSUS_H

#include <stdbool.h>
#include <stdint.h>

/* How often a number came; 0 stands for an empty place. */
typedef struct crm_census_place
{
	int32_t		number;
	uint32_t	low;
	uint32_t	high;
} crm_census_place;

static inline uint64_t
crm_census_count(const crm_census_place *place)
{
	return (uint64_t) place->high << 32 | place->low;
}

/*
 * Adds count to a number, in places whose number is a power of 2. False, and
 * nothing is changed, where the number is new and half of the places are used.
 */
extern bool crm_census_add(crm_census_place *places, uint32_t size,
						   uint32_t *used, int32_t number, uint64_t count);

#endif							/* CRM_CORE_ACTIVITY_CENSUS_H */
