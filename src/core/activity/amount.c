/*
 * amount.c
 *		Binary numbers to units of 0.0001, and units as text.
 */
#include "core/activity/amount.h"

#include <math.h>
#include <stdbool.h>

/*
 * The exact binary value, times 10,000, rounded half away from zero. The
 * product is taken with its rounding error (fma), because a product rounded
 * before it is rounded again can cross a half.
 */
crm_status
crm_amount_from_double(double value, int64_t *amount)
{
	double		size = fabs(value);
	double		product = size * CRM_UNITS;
	double		whole;
	double		rest;
	int64_t		units;

	if (!isfinite(value))
		return CRM_INVALID;
	if (product >= 9223372036854775807.0)
		return CRM_OUT_OF_RANGE;

	whole = trunc(product);
	rest = (product - whole) + fma(size, CRM_UNITS, -product);
	units = (int64_t) whole + (int64_t) floor(rest);
	if (rest - floor(rest) >= 0.5)
		units++;
	*amount = value < 0 ? -units : units;
	return CRM_OK;
}

crm_status
crm_amount_from_int64(int64_t value, int64_t *amount)
{
	if (__builtin_mul_overflow(value, (int64_t) CRM_UNITS, amount) ||
		*amount < -CRM_AMOUNT_MAX)
		return CRM_OUT_OF_RANGE;
	return CRM_OK;
}

int
crm_wide_text(__int128 amount, char *out)
{
	unsigned __int128 size = amount < 0 ? -(unsigned __int128) amount :
		(unsigned __int128) amount;
	unsigned	rest = (unsigned) (size % CRM_UNITS);
	char		digits[CRM_WIDE_TEXT];
	int			n = 0;
	char	   *at = out;

	size /= CRM_UNITS;
	do
		digits[n++] = '0' + (int) (size % 10);
	while ((size /= 10) > 0);
	if (amount < 0)
		*at++ = '-';
	while (n > 0)
		*at++ = digits[--n];
	if (rest == 0)
		return (int) (at - out);
	*at++ = '.';
	for (unsigned unit = CRM_UNITS / 10; rest > 0; unit /= 10)
	{
		*at++ = '0' + rest / unit;
		rest %= unit;
	}
	return (int) (at - out);
}
