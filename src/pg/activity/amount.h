/*
 * amount.h
 *		SQL numbers to the ledger's units of 0.0001, and back.
 */
#ifndef CRM_PG_ACTIVITY_AMOUNT_H
#define CRM_PG_ACTIVITY_AMOUNT_H

#include "postgres.h"

extern int64 crm_amount_from_numeric(Datum value);
extern int64 crm_amount_from_float8(double value);
extern int64 crm_amount_from_bigint(int64 value);
extern Datum crm_amount_to_numeric(int64 amount);

/* The same of a sum, which may be no amount. */
extern Datum crm_wide_to_numeric(__int128 amount);

/*
 * value / 10^scale, with so many decimals: 0 to 63, where value has room for
 * three zeros more or scale leaves fewer to a multiple of four.
 */
extern Datum crm_numeric_of(int64 value, int scale);
extern double crm_amount_to_double(int64 amount);

#endif							/* CRM_PG_ACTIVITY_AMOUNT_H */
