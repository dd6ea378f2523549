/*
 * logsum.h
 *		Sums of ln(1 + z) over many z, at the price of few logarithms.
 */
#ifndef CRM_CORE_NUMERIC_LOGSUM_H
#define CRM_CORE_NUMERIC_LOGSUM_H

#include <math.h>

/*
 * ln(1 + z) for z >= 0 at half the price of log1p(): the logarithm of the
 * rounded sum, plus what rounding took away. Of inverse = 1 / (1 + z) a few
 * digits are enough.
 */
static inline double
crm_log_of_sum(double z, double inverse)
{
	double		sum = 1 + z;

	return log(sum) + (z - (sum - 1)) * inverse;
}

/*
 * The sum of weight ln(1 + z): as one logarithm of a product while the weight
 * stays the same. Of the product the excess over 1 is kept, which loses
 * nothing where the z are small.
 */
typedef struct crm_log_sum
{
	double		total;
	double		weight;
	double		excess;
} crm_log_sum;

#define CRM_LOG_SUM_MAX 1e150	/* an excess whose square is still a number */

static void
crm_log_sum_flush(crm_log_sum *sum)
{
	sum->total += sum->weight * log1p(sum->excess);
	sum->excess = 0;
}

static inline void
crm_log_sum_add(crm_log_sum *sum, double z, double weight)
{
	if (weight != sum->weight || !(sum->excess < CRM_LOG_SUM_MAX) ||
		!(z < CRM_LOG_SUM_MAX))
	{
		crm_log_sum_flush(sum);
		sum->weight = weight;
	}
	sum->excess += z * (1 + sum->excess);
}

#endif							/* CRM_CORE_NUMERIC_LOGSUM_H */
