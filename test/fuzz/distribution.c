/*
 * distribution.c
 *		Any bytes as a packed distribution: refused, or read, and packed again
 *		into bytes that read the same, however many values they stand for.
 */
#include "core/distribution/distribution.h"

#include <stdlib.h>
#include <string.h>

#include "core/abc/abc.h"

int			LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Whatever is asked has an end. */
static void
ask(const crm_values *values)
{
	static const double cuts[] = {0.8, 0.95};
	double		answers[CRM_CLASSES_MAX + 10];

	crm_distribution_quantile(values, 1, 3);
	crm_rank_of(values, 1.5);
	crm_abc_limits(values, cuts, 2, answers);
	crm_abc_limits_computed(values, answers);
	crm_gini_of(values, answers);
	crm_top_share_of(values, 0.3, answers);
	crm_pareto_width_of(values, 0.8, answers);
	crm_lorenz_of(values, 10, answers);
}

/* With itself merged everything occurs twice as often. */
static void
merge_with_itself(const crm_values *values)
{
	crm_values	out;
	bool		counted;

	crm_measure_merge(values, values, NULL, NULL, &out, &counted);
	out.keys = malloc(out.distinct * sizeof(uint64_t));
	out.ends = malloc(out.distinct * sizeof(uint64_t));
	crm_distribution_merge_values(values, values, NULL, NULL, &out);
	if (out.distinct != values->distinct ||
		crm_values_count(&out) != 2 * crm_values_count(values) ||
		memcmp(out.keys, values->keys, out.distinct * sizeof(uint64_t)) != 0)
		abort();
	free(out.keys);
	free(out.ends);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	crm_packed_values packed;
	crm_packed_values again;
	crm_values	values;
	uint8_t    *bytes;
	size_t		length;

	if (crm_distribution_open_values(data, size, &packed) != CRM_OK)
		return 0;
	values.keys = malloc((packed.distinct + 1) * sizeof(uint64_t));
	values.ends = packed.distinct == packed.count ? NULL :
		malloc(packed.distinct * sizeof(uint64_t));
	crm_distribution_unpack_values(&packed, &values);
	length = crm_packed_size(&values, packed.arguments,
							 packed.argument_count);
	bytes = malloc(length);
	if (crm_distribution_pack_values(&values, packed.arguments, packed.argument_count,
									 bytes) != length ||
		crm_distribution_open_values(bytes, length, &again) != CRM_OK ||
		again.count != packed.count || again.distinct != packed.distinct ||
		length > size ||
		memcmp(again.arguments, packed.arguments,
			   sizeof(packed.arguments)) != 0)
		abort();
	if (packed.count > 0)
	{
		ask(&values);
		merge_with_itself(&values);
	}
	free(values.keys);
	free(values.ends);
	free(bytes);
	return 0;
}
