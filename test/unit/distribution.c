/*
 * distribution.c
 *		Keys, sorting, packing and quantiles without PostgreSQL.
 */
#include "core/distribution/distribution.h"

#include <float.h>
#include <stdlib.h>

#include "shared.h"
#include "tap.h"

#define COUNT	5000

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
	return --(*(int *) arg) < 0;
}

static void
test_sort(void)
{
	static uint64_t keys[COUNT],
				sorted[COUNT],
				scratch[COUNT];
	static crm_counted_key counted[COUNT],
				counted_scratch[COUNT];
	int			passes = 3;
	int			wrong = 0;

	for (int i = 0; i < COUNT; i++)
	{
		double		value = i % 3 == 0 ? i % 17 : sin(i) * pow(10, i % 30);

		keys[i] = sorted[i] = crm_key_of(value);
		counted[i] = (crm_counted_key) {keys[i], ~keys[i]};
	}
	qsort(sorted, COUNT, sizeof(uint64_t), compare_words);
	is_int(crm_sort_keys(keys, scratch, COUNT, stop, &passes), CRM_INTERRUPTED,
		   "a sort can be interrupted");
	is_int(crm_sort_keys(keys, scratch, COUNT, NULL, NULL), CRM_OK,
		   "and then done again");
	ok(memcmp(keys, sorted, sizeof(keys)) == 0, "nothing is lost");
	for (int few = 0; few < 100; few++)
	{
		uint64_t	some[100];

		for (int i = 0; i < few; i++)
			some[i] = counted[i * 7].key;
		crm_sort_keys(some, scratch, few, NULL, NULL);
		for (int i = 1; i < few; i++)
			wrong += some[i - 1] > some[i];
	}
	is_int(wrong, 0, "few keys are sorted too");

	crm_sort_counted(counted, counted_scratch, COUNT, NULL, NULL);
	for (int i = 0; i < COUNT; i++)
		wrong += counted[i].key != sorted[i] ||
			counted[i].times != ~counted[i].key;
	crm_sort_counted(counted, counted_scratch, 50, NULL, NULL);
	is_int(wrong, 0, "keys that are counted keep their counts");
}

/* Every key so often; keys and ends in arrays of the test's own. */
static crm_values
values_of(const double *values, const int *times, size_t n)
{
	static uint64_t room[8][2 * COUNT];
	static int	next;
	uint64_t   *mine = room[next++ % 8];
	crm_values	made = {mine, mine + COUNT, n};
	uint64_t	end = 0;

	for (size_t i = 0; i < n; i++)
	{
		end += times[i];
		made.keys[i] = crm_key_of(values[i]);
		made.ends[i] = end;
	}
	return made;
}

static void
test_fold_and_merge(void)
{
	const double few[] = {-1, 2, 7};
	const double more[] = {2, 5};
	uint64_t	room[2][8];
	uint64_t	keys[] = {3, 3, 5, 9, 9, 9};
	crm_counted_key counted[] = {{3, 2}, {5, 1}, {5, CRM_VALUES_MAX - 3}};
	crm_values	folded = {keys, room[0], 0};
	crm_values	a = values_of(few, (const int[]) {1, 3, 1}, 3);
	crm_values	b = values_of(more, (const int[]) {2, 4}, 2);
	crm_values	merged = {room[0], room[1], 0};
	bool		is_counted;
	int			passes = 0;

	is_int(crm_distinct_keys(keys, 6), 3, "distinct keys");
	is_int(crm_distinct_counted(counted, 3), 2, "and counted ones");
	crm_fold_keys(keys, 6, &folded);
	ok(folded.distinct == 3 && keys[1] == 5 && keys[2] == 9 &&
	   folded.ends[0] == 2 && folded.ends[1] == 3 && folded.ends[2] == 6,
	   "are folded where they lie");
	folded = (crm_values) {room[0], room[1], 0};
	crm_fold_counted(counted, 3, &folded);
	ok(crm_values_count(&folded) == CRM_VALUES_MAX &&
	   crm_values_times(&folded, 1) == CRM_VALUES_MAX - 2, "counts add up");

	crm_measure_merge(&a, &b, stop, &passes, &merged, &is_counted);
	is_int(merged.distinct, 4, "a merge has the keys of both");
	ok(is_counted, "and counts");
	crm_distribution_merge_values(&a, &b, NULL, NULL, &merged);
	ok(crm_value_of(merged.keys[1]) == 2 && crm_values_times(&merged, 1) == 5 &&
	   crm_value_of(merged.keys[2]) == 5 && crm_values_times(&merged, 2) == 4 &&
	   crm_values_count(&merged) == 11, "that are sums");
	a.ends = b.ends = NULL;
	crm_measure_merge(&a, &b, NULL, NULL, &merged, &is_counted);
	ok(is_counted, "where single keys meet there are counts");
	b.keys++;
	b.distinct = 1;
	crm_measure_merge(&a, &b, NULL, NULL, &merged, &is_counted);
	ok(!is_counted && merged.distinct == 4, "and where none meet there are none");
	merged.ends = NULL;
	crm_distribution_merge_values(&a, &b, NULL, NULL, &merged);
	ok(crm_values_count(&merged) == 4, "as each occurs once");
}

static void
is_round_trip(const crm_values *values, const char *name)
{
	static uint64_t keys[COUNT],
				ends[COUNT];
	const double arguments[] = {0.8, 0.95};
	crm_packed_values packed;
	crm_values	back = {keys, ends, 0};
	size_t		length = crm_packed_size(values, arguments, 2);
	uint8_t    *bytes = malloc(length);
	int			wrong = 0;

	ok(crm_distribution_pack_values(values, arguments, 2, bytes) == length,
	   "%s: packed into as many bytes as said", name);
	is_int(crm_distribution_open_values(bytes, length, &packed), CRM_OK, "opened");
	ok(packed.distinct == values->distinct &&
	   packed.count == crm_values_count(values) &&
	   packed.argument_count == 2 && packed.arguments[1] == 0.95,
	   "with all that was said");
	crm_distribution_unpack_values(&packed, &back);
	for (size_t i = 0; i < values->distinct; i++)
		wrong += back.keys[i] != values->keys[i] ||
			back.ends[i] != crm_values_end(values, i);
	is_int(wrong, 0, "and unpacked as it was");

	is_int(crm_distribution_open_values(bytes, length - 1, &packed), CRM_CORRUPT,
		   "cut short it is corrupt");
	bytes[0]++;
	is_int(crm_distribution_open_values(bytes, length, &packed), CRM_CORRUPT,
		   "another version is refused");
	is_int(crm_distribution_open_values(bytes, 0, &packed), CRM_CORRUPT, "and no bytes");
	free(bytes);
}

static void
test_pack(void)
{
	static double numbers[COUNT];
	static int	times[COUNT];
	static const uint8_t twice[] = {
		CRM_DISTRIBUTION_VERSION, 0, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1, 0, 1, 0, 1
	};
	static const uint8_t none[] = {
		CRM_DISTRIBUTION_VERSION, 0, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1, 0, 0
	};
	crm_packed_values packed;
	crm_values	values;

	for (int i = 0; i < COUNT; i++)
	{
		numbers[i] = (i - 2000) * 0.37;
		times[i] = i % 3 == 0 ? 1 : i * i;
	}
	values = values_of(numbers, times, COUNT);
	is_round_trip(&values, "counted");
	values.ends = NULL;
	is_round_trip(&values, "single");
	is_int(crm_distribution_open_values(twice, sizeof(twice) - 2, &packed), CRM_OK,
		   "a key that occurs twice");
	is_int(crm_distribution_open_values(twice, sizeof(twice), &packed), CRM_CORRUPT,
		   "is not said to occur more often again");
	is_int(crm_distribution_open_values(none, sizeof(none), &packed), CRM_CORRUPT,
		   "nor 0 times more");
}

static void
test_quantiles(void)
{
	static const double numbers[] = {1, 2, 4, 8};
	static const double far[] = {-DBL_MAX, DBL_MAX};
	static const int ones[] = {1, 1, 1, 1};
	static const int many[] = {1, 2147483647, 1, 1};
	crm_values	values = values_of(numbers, ones, 4);
	crm_values	counted = values_of(numbers, many, 4);
	crm_values	ends = values_of(far, ones, 2);

	for (int i = 0; i < 2; i++)
	{
		is_close(crm_distribution_quantile(&values, 0, 4), 1, 0, "the lowest");
		is_close(crm_distribution_quantile(&values, 1, 4), 1.75, 1e-15,
				 "the first quartile");
		is_close(crm_distribution_quantile(&values, 1, 2), 3, 1e-15, "the median");
		is_close(crm_distribution_quantile(&values, 4, 4), 8, 0, "the highest");
		is_int(crm_rank_of(&values, 4), 3, "the rank of a value");
		is_int(crm_rank_of(&values, 0.5), 0, "and of one below all");
		values.ends = NULL;
	}
	values.distinct = 1;
	is_close(crm_distribution_quantile(&values, 3, 5), 1, 0, "of one value, that value");
	is_close(crm_distribution_quantile(&ends, 1, 2), 0, 0, "no overflow between the ends");
	is_close(crm_distribution_quantile(&counted, 1, 2), 2, 0, "many equal ones");
	is_close(crm_distribution_quantile(&counted, 2147483647, 2147483649), 2, 0,
			 "the last of them");
	is_close(crm_distribution_quantile(&counted, 2147483648, 2147483649), 4, 0,
			 "and the next");
	is_int(crm_rank_of(&counted, 3), 2147483648, "ranks beyond 32 bits");
}

int
main(void)
{
	test_keys();
	test_sort();
	test_fold_and_merge();
	test_pack();
	test_quantiles();
	return done_testing();
}
