/*
 * tally.h
 *		Rows counted as they come: equal ones become one row with a weight.
 *
 * A row is some doubles, of which the last is its weight and the others are
 * its key, as in crm_history and crm_spend. Rows lie in the order in which
 * they were first seen; a table of slots, hashed with linear probing, finds
 * them. New rows wait behind the counted ones and are counted together, so
 * that memory is fetched for all of them at once. The caller owns both arrays,
 * and makes room when the tally is full.
 */
#ifndef CRM_CORE_CLV_TALLY_H
#define CRM_CORE_CLV_TALLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct crm_tally
{
	int			width;			/* doubles of a row */
	double	   *rows;
	size_t		count;
	size_t		waiting;		/* rows behind them that are not counted yet */
	uint32_t   *slots;			/* 1 + place of a row, or 0 */
	size_t		slot_count;		/* a power of 2 */
} crm_tally;

#define CRM_TALLY_SLOTS_MAX	((size_t) 1 << 31)

/* Rows that so many slots have room for: half stay empty. */
static inline size_t
crm_tally_room(size_t slot_count)
{
	return slot_count / 2;
}

/* Take in a row; false where there is no room for a new one. */
extern bool crm_tally_add(crm_tally *tally, const double *row);

/* Count all rows that wait. */
extern void crm_tally_settle(crm_tally *tally);

/* Fill the slots anew, after the rows have moved or the slots have grown. */
extern void crm_tally_rehash(crm_tally *tally);

#endif							/* CRM_CORE_CLV_TALLY_H */
