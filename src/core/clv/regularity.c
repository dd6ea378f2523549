/*
 * regularity.c
 *		How regular purchases are, from the last two gaps of each customer.
 */
#include "core/clv/regularity.h"

#include <math.h>

#include "core/activity/activity.h"

crm_status
crm_gap_share(const uint8_t *bytes, size_t length, int32_t as_of,
			  double *share)
{
	crm_reader	reader;
	crm_entry	entry;
	int64_t		last[3] = {0};
	int32_t		active = 0;

	crm_reader_init(&reader, bytes, length);
	while (crm_reader_next(&reader, &entry) && entry.day <= as_of)
	{
		if (entry.events <= 0)
			continue;
		last[0] = last[1];
		last[1] = last[2];
		last[2] = entry.day;
		active++;
	}
	if (reader.status != CRM_OK)
		return reader.status;
	if (active < 3)
		return CRM_TOO_FEW;
	*share = (double) (last[1] - last[0]) / (last[2] - last[0]);
	return CRM_OK;
}

crm_status
crm_log_gaps(const uint8_t *bytes, size_t length, int32_t as_of, double *sum)
{
	crm_reader	reader;
	crm_entry	entry;
	int64_t		last = 0;
	bool		has_begun = false;

	*sum = 0;
	crm_reader_init(&reader, bytes, length);
	while (crm_reader_next(&reader, &entry) && entry.day <= as_of)
	{
		if (entry.events <= 0)
			continue;
		if (has_begun)
			*sum += log((double) (entry.day - last));
		last = entry.day;
		has_begun = true;
	}
	return reader.status;
}

double
crm_regularity_of(double mean_square)
{
	return fmax((1 - 4 * mean_square) / (8 * mean_square), 0);
}
