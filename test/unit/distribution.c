/*
 * distribution.c
 *		Keys, sorting, packing and quantiles without PostgreSQL.
 */
#include "core/distribution/distribution.h"

#include <float.h>
#include <stdlib.h>

#include "tap.h"

#define COUNT	5000

static int
compare(const void *a, const void *b)
{
	uint64_t	left = *(const uint64_t *) a;
	uint64_t	right = *(const uint64_t *) b;

	return (left > right) - (left < right);
}

static void
test_keys(void)
{
	static const double ascending[] = {
		-DBL_MAX, -1e10, -1, -DBL_MIN, -5e-324, 0, 5e-324, DBL_MIN, 0.1, 1,
		DBL_MAX,
	};

	for (size_t i = 0; i < sizeof(ascending) / sizeof(*ascending); i++)
	{
		ok(i == 0 || crm_key_of(ascending[i - 1]) < crm_key_of(ascending[i]),
		   "the key of %g is greater than the one before", ascending[i]);
		ok(crm_value_of(crm_key_of(ascending[i])) == ascending[i],
		   "and gives the value back");
	}
	ok(crm_key_of(-0.0) == crm_key_of(0.0), "both zeros are one");
}

static bool
stop(void *arg)
{
	return --*(int *) arg < 0;
}

static void
test_sort_and_pack(void)
{
	static uint64_t keys[COUNT],
				sorted[COUNT],
				scratch[COUNT],
				back[COUNT];
	double		arguments[] = {0.8, 0.95};
	crm_packed_keys packed;
	uint8_t    *bytes;
	size_t		length;
	int			passes = 3;

	for (int i = 0; i < COUNT; i++)
	{
		double		value = i % 3 == 0 ? i % 17 : sin(i) * pow(10, i % 30);

		keys[i] = sorted[i] = crm_key_of(value);
	}
	qsort(sorted, COUNT, sizeof(uint64_t), compare);
	is_int(crm_sort_keys(keys, scratch, COUNT, stop, &passes), CRM_INTERRUPTED,
		   "a sort can be interrupted");
	is_int(crm_sort_keys(keys, scratch, COUNT, NULL, NULL), CRM_OK,
		   "and then done again");
	ok(memcmp(keys, sorted, sizeof(keys)) == 0, "nothing is lost");

	bytes = malloc(crm_packed_bound(keys, COUNT, 2));
	length = crm_pack_keys(keys, COUNT, arguments, 2, bytes);
	ok(length <= crm_packed_bound(keys, COUNT, 2), "the bound holds");
	is_int(crm_open_keys(bytes, length, &packed), CRM_OK, "packed keys open");
	is_int(packed.count, COUNT, "all of them");
	is_int(packed.argument_count, 2, "with both arguments");
	ok(packed.arguments[1] == 0.95, "to the last bit");
	crm_unpack_keys(&packed, back);
	ok(memcmp(back, sorted, sizeof(back)) == 0, "and unpack as they were");

	is_int(crm_open_keys(bytes, length - 1, &packed), CRM_CORRUPT,
		   "cut short they are corrupt");
	bytes[0]++;
	is_int(crm_open_keys(bytes, length, &packed), CRM_CORRUPT,
		   "another version is refused");
	is_int(crm_open_keys(bytes, 0, &packed), CRM_CORRUPT, "and no bytes");
	free(bytes);
}

static void
test_quantiles(void)
{
	static const double values[] = {1, 2, 4, 8};
	uint64_t	keys[4];
	uint64_t	ends[2] = {crm_key_of(-DBL_MAX), crm_key_of(DBL_MAX)};

	for (int i = 0; i < 4; i++)
		keys[i] = crm_key_of(values[i]);
	is_close(crm_quantile(keys, 4, 0, 4), 1, 0, "the lowest");
	is_close(crm_quantile(keys, 4, 1, 4), 1.75, 1e-15, "the first quartile");
	is_close(crm_quantile(keys, 4, 1, 2), 3, 1e-15, "the median");
	is_close(crm_quantile(keys, 4, 4, 4), 8, 0, "the highest");
	is_close(crm_quantile(keys, 1, 3, 5), 1, 0, "of one value, that value");
	is_close(crm_quantile(ends, 2, 1, 2), 0, 0, "no overflow between the ends");
}

int
main(void)
{
	test_keys();
	test_sort_and_pack();
	test_quantiles();
	return done_testing();
}
