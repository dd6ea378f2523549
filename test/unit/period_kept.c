/*
 * period_kept.c
 *		Revenue kept from one period to a later one, customer by customer.
 */
#include "core/period/kept.h"
#include "tap.h"

#define PERIODS		6
#define ENTRIES_MAX	8

static const int32_t bounds[PERIODS + 1] = {0, 10, 20, 30, 40, 50, 60};

static int64_t
whole(crm_wide sum)
{
	return (int64_t) crm_wide_value(sum);
}

static crm_status
add(const crm_entry *entries, int32_t count, int32_t lag, crm_kept *kept)
{
	uint8_t		bytes[CRM_PACKED_BOUND(ENTRIES_MAX)];
	size_t		length = crm_ledger_pack(entries, count, bytes);

	return crm_add_kept(bytes, length, bounds, PERIODS, lag, kept);
}

static void
is_kept(const crm_kept *kept, int64_t customers, int64_t base, int64_t gross,
		int64_t net, const char *name)
{
	is_int(kept->customers, customers, name);
	is_int(whole(kept->base), base, name);
	is_int(whole(kept->gross), gross, name);
	is_int(whole(kept->net), net, name);
}

static void
test_customers(void)
{
	/* 100 in period 0, 150 in 2, a refund alone in 3, 30 in 4, 10 in 5 */
	const crm_entry one[] = {
		{100, 5, 1}, {90, 20, 1}, {60, 29, 1}, {-40, 31, 0}, {30, 45, 1},
		{10, 59, 1}
	};

	/* a net amount of 0 in period 0 is no base, nor is one below it in 2 */
	const crm_entry two[] = {
		{50, 1, 1}, {-50, 2, 0}, {20, 22, 1}, {-30, 23, 0}, {7, 40, 1}
	};
	crm_kept	kept[PERIODS] = {0};

	is_int(add(one, 6, 2, kept), CRM_OK, "a customer");
	is_int(add(two, 5, 2, kept), CRM_OK, "another");
	is_kept(&kept[0], 0, 0, 0, 0, "nothing to look back to");
	is_kept(&kept[1], 0, 0, 0, 0, "nor in the second period");
	is_kept(&kept[2], 1, 100, 100, 150, "more than before");
	is_kept(&kept[3], 0, 0, 0, 0, "nothing before");
	is_kept(&kept[4], 1, 150, 30, 30, "less than before");
	is_kept(&kept[5], 0, 0, 0, 0, "refunds are no base");
}

static void
test_refunds(void)
{
	const crm_entry back[] = {{100, 5, 1}, {-20, 12, 0}};
	const crm_entry gone[] = {{100, 5, 1}};
	const crm_entry late[] = {{100, 55, 1}};
	crm_kept	kept[PERIODS] = {0};

	add(back, 2, 1, kept);
	is_kept(&kept[1], 1, 100, 0, -20, "refunds later");
	add(gone, 1, 1, kept);
	is_kept(&kept[1], 2, 200, 0, -20, "who does not come again");
	add(late, 1, 1, kept);
	is_kept(&kept[5], 0, 0, 0, 0, "who has no later period");
	add(gone, 1, PERIODS, kept);
	add(gone, 1, INT32_MAX, kept);
	is_kept(&kept[5], 0, 0, 0, 0, "a lag beyond the bounds");
}

static void
test_merge(void)
{
	const crm_entry one[] = {{100, 5, 1}, {50, 12, 1}};
	const __int128 most = CRM_WIDE_MAX - 1;
	crm_kept	kept[PERIODS] = {0};
	crm_kept	other[PERIODS] = {0};

	add(one, 2, 1, kept);
	add(one, 2, 1, other);
	is_int(crm_merge_kept(&kept[1], &other[1]), CRM_OK, "two sums");
	is_kept(&kept[1], 2, 200, 100, 100, "added up");
	other[1].net = crm_wide_of(most);
	is_int(crm_merge_kept(&kept[1], &other[1]), CRM_OUT_OF_RANGE,
		   "a sum that does not fit");
	is_kept(&kept[1], 2, 200, 100, 100, "leaves what was");
	kept[1].base = crm_wide_of(most);
	is_int(add(one, 2, 1, kept), CRM_OUT_OF_RANGE, "nor a customer too much");
}

static void
test_corrupt(void)
{
	const uint8_t bytes[] = {0xff, 0xff};
	crm_kept	kept[PERIODS] = {0};

	is_int(crm_add_kept(bytes, sizeof(bytes), bounds, PERIODS, 1, kept),
		   CRM_CORRUPT, "bytes that are no ledger");
}

int
main(void)
{
	test_customers();
	test_refunds();
	test_merge();
	test_corrupt();
	return done_testing();
}
