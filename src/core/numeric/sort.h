/*
 * sort.h
 *		A sort in place that can be interrupted, made for one type at a time.
 *
 * qsort() of the C library hears no interrupt, calls a function for every
 * comparison, and may allocate. CRM_DEFINE_SORT(name, type, is_less) defines
 *
 *		static crm_status name(type *items, size_t count,
 *							   crm_interrupt interrupt, void *arg)
 *
 * a quicksort with Hoare's partition, which equal items do not slow down, and
 * a pivot that no order of input is likely to foresee; the fixed seed keeps it
 * deterministic. The larger part waits, so that at most log2(count) do.
 * CRM_INTERRUPTED leaves all items in some order.
 */
#ifndef CRM_CORE_NUMERIC_SORT_H
#define CRM_CORE_NUMERIC_SORT_H

#include <stddef.h>
#include <stdint.h>

#include "core/status.h"

#define CRM_SORT_FEW	24		/* below which insertion is quicker */
#define CRM_SORT_MANY	4096	/* from which to ask whether to go on */

#define CRM_DEFINE_SORT(name, type, is_less) \
static inline void \
name##_few(type *items, size_t count) \
{ \
	for (size_t i = 1; i < count; i++) \
	{ \
		type		moving = items[i]; \
		size_t		j = i; \
\
		for (; j > 0 && is_less(&moving, &items[j - 1]); j--) \
			items[j] = items[j - 1]; \
		items[j] = moving; \
	} \
} \
\
/* Answers how many come first, of which none is greater than the rest. */ \
static inline size_t \
name##_divide(type *items, size_t count, size_t place) \
{ \
	type		pivot = items[place]; \
	size_t		low = 0; \
	size_t		high = count - 1; \
\
	items[place] = items[0]; \
	items[0] = pivot; \
	for (;;) \
	{ \
		type		swap; \
\
		while (is_less(&items[low], &pivot)) \
			low++; \
		while (is_less(&pivot, &items[high])) \
			high--; \
		if (low >= high) \
			return high + 1; \
		swap = items[low]; \
		items[low++] = items[high]; \
		items[high--] = swap; \
	} \
} \
\
static crm_status \
name(type *items, size_t count, crm_interrupt interrupt, void *arg) \
{ \
	struct \
	{ \
		type	   *items; \
		size_t		count; \
	}			waiting[64]; \
	int			depth = 0; \
	uint64_t	seed = 0x9E3779B97F4A7C15u; \
\
	for (;;) \
	{ \
		size_t		first; \
\
		if (count < CRM_SORT_FEW) \
		{ \
			name##_few(items, count); \
			if (depth == 0) \
				return CRM_OK; \
			items = waiting[--depth].items; \
			count = waiting[depth].count; \
			continue; \
		} \
		if (count >= CRM_SORT_MANY && interrupt != NULL && interrupt(arg)) \
			return CRM_INTERRUPTED; \
		seed = seed * 6364136223846793005u + 1442695040888963407u; \
		first = name##_divide(items, count, (seed >> 33) % count); \
		if (first > count - first) \
		{ \
			waiting[depth].items = items; \
			waiting[depth++].count = first; \
			items += first; \
			count -= first; \
		} \
		else \
		{ \
			waiting[depth].items = items + first; \
			waiting[depth++].count = count - first; \
			count = first; \
		} \
	} \
}

#endif							/* CRM_CORE_NUMERIC_SORT_H */
