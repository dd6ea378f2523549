/*
 * amounts.h
 *		What each customer spent in each period, one after another as it comes:
 *
 *		per spell	varint	period
 *					varint	amount in 0.0001, 0 where it is negative
 *
 * Some five bytes for each customer and period. Put into buckets by period and
 * sorted, they are the distributions that concentration is read from.
 */
#ifndef CRM_CORE_PERIOD_AMOUNTS_H
#define CRM_CORE_PERIOD_AMOUNTS_H

#include "core/numeric/varint.h"
#include "core/period/period.h"

#define CRM_AMOUNT_BYTES	(2 * CRM_VARINT_MAX)	/* of a spell, at most */

/*
 * Writes the amounts of a ledger's active spells. Room for CRM_AMOUNT_BYTES of
 * each period, or of each day where those are fewer. CRM_OUT_OF_RANGE where an
 * amount does not fit.
 */
extern crm_status crm_period_amounts_write(const uint8_t *bytes, size_t length,
										   const int32_t *bounds, int32_t periods,
										   uint8_t *out, size_t *written);

/* How many amounts each period has: counts start at 0. Or CRM_CORRUPT. */
extern crm_status crm_period_amounts_count(const uint8_t *bytes, size_t length,
										   int32_t periods, size_t *counts,
										   crm_interrupt interrupt,
										   void *interrupt_arg);

/* Moves each period's amounts to where places says, which is moved on. */
extern crm_status crm_period_amounts_read(const uint8_t *bytes, size_t length,
										  uint64_t *amounts, size_t *places,
										  crm_interrupt interrupt,
										  void *interrupt_arg);

#endif							/* CRM_CORE_PERIOD_AMOUNTS_H */
