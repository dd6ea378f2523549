/*
 * activity.c
 *		The ledger without PostgreSQL: packing, adding, text, measures.
 */
#include "core/activity/activity.h"

#include <stdlib.h>

#include "core/activity/amount.h"
#include "shared.h"
#include "tap.h"

#define MAX_ENTRIES	40

typedef struct ledger
{
	uint8_t		bytes[CRM_PACKED_BOUND(2 * MAX_ENTRIES)];
	size_t		length;
	crm_entry	entries[2 * MAX_ENTRIES];
	int32_t		count;
} ledger;

/* Mostly like orders, sometimes at the ends of every range. */
static crm_entry
random_entry(uint64_t *seed)
{
	uint64_t	r = next_random(seed);
	crm_entry	entry;

	entry.day = r % 50 == 0 ? CRM_DAY_MIN : r % 50 == 1 ? CRM_DAY_MAX :
		(int32_t) (next_random(seed) % 2000) + 8000;
	entry.events = r % 7 == 0 ? (int32_t) (next_random(seed) % 9) - 3 : 1;
	entry.amount = r % 97 == 0 ? CRM_AMOUNT_MAX / 40 :
		r % 5 == 0 ? (int64_t) (next_random(seed) % 2000000) - 500000 :
		(int64_t) (next_random(seed) % 5000) * 100;
	return entry;
}

static crm_buffer *
new_buffer(int32_t capacity)
{
	crm_buffer *buffer = malloc(CRM_BUFFER_BYTES(capacity));

	crm_buffer_init(buffer, capacity);
	return buffer;
}

/* Entries from first to last, every step-th, added up and packed. */
static void
build(const crm_entry *entries, int first, int last, int step, ledger *out)
{
	crm_buffer *buffer = new_buffer(MAX_ENTRIES);
	int32_t		bad_day;

	for (int i = first; i != last; i += step)
		crm_buffer_add(buffer, entries[i].day, entries[i].events,
					   entries[i].amount);
	crm_buffer_settle(buffer, NULL, NULL, &bad_day);
	out->count = buffer->count;
	memcpy(out->entries, buffer->entries, buffer->count * sizeof(crm_entry));
	out->length = crm_ledger_pack(out->entries, out->count, out->bytes);
	free(buffer);
}

/* Entries as a buffer with room for twice as many. */
static crm_buffer *
buffer_of(const crm_entry *entries, int32_t count)
{
	crm_buffer *buffer = new_buffer(2 * MAX_ENTRIES);

	memcpy(buffer->entries, entries, count * sizeof(crm_entry));
	buffer->count = count;
	return buffer;
}

static crm_status
merge_entries(const crm_entry *a, int32_t na, const crm_entry *b, int32_t nb,
			  bool subtract, ledger *out, int32_t *bad_day)
{
	crm_buffer *left = buffer_of(a, na);
	crm_buffer *right = buffer_of(b, nb);
	crm_buffer *both = new_buffer(2 * MAX_ENTRIES);
	crm_status	status = crm_ledger_merge(left, right, subtract, NULL, NULL, both,
										  bad_day);

	out->count = both->count;
	memcpy(out->entries, both->entries, both->count * sizeof(crm_entry));
	out->length = crm_ledger_pack(out->entries, out->count, out->bytes);
	free(left);
	free(right);
	free(both);
	return status;
}

static void
merge(const ledger *a, const ledger *b, bool subtract, ledger *out)
{
	int32_t		bad_day;

	merge_entries(a->entries, a->count, b->entries, b->count, subtract, out,
				  &bad_day);
}

static bool
same(const ledger *a, const ledger *b)
{
	return a->length == b->length && memcmp(a->bytes, b->bytes, a->length) == 0;
}

static bool
text_round_trip(const ledger *a)
{
	char		text[2 * MAX_ENTRIES * CRM_ENTRY_TEXT + 3];
	crm_buffer *buffer = new_buffer(2 * MAX_ENTRIES);
	const char *fault;
	int32_t		bad_day;
	bool		result;

	text[crm_ledger_text(a->entries, a->count, NULL, NULL, text)] = '\0';
	result = crm_ledger_parse(text, NULL, NULL, buffer, &fault) == CRM_OK &&
		crm_buffer_settle(buffer, NULL, NULL, &bad_day) == CRM_OK &&
		buffer->count == a->count &&
		memcmp(buffer->entries, a->entries,
			   a->count * sizeof(crm_entry)) == 0;
	free(buffer);
	return result;
}

static bool
binary_round_trip(const ledger *a)
{
	crm_entry	entries[CRM_PACKED_BOUND(2 * MAX_ENTRIES)];
	int32_t		count;

	return crm_ledger_unpack(a->bytes, a->length, entries, &count) == CRM_OK &&
		count == a->count &&
		memcmp(entries, a->entries, count * sizeof(crm_entry)) == 0;
}

/* 100,000 ledgers: any order, any split, back and forth. */
static void
test_random_ledgers(void)
{
	uint64_t	seed = 20060101;
	int			order = 0,
				split = 0,
				group = 0,
				text = 0,
				binary = 0;

	for (int round = 0; round < 100000; round++)
	{
		crm_entry	entries[MAX_ENTRIES];
		int			n = (int) (next_random(&seed) % (MAX_ENTRIES + 1));
		int			cut = n > 0 ? (int) (next_random(&seed) % n) : 0;
		static ledger whole,
					backwards,
					left,
					right,
					sum;

		for (int i = 0; i < n; i++)
			entries[i] = random_entry(&seed);
		build(entries, 0, n, 1, &whole);
		build(entries, n - 1, -1, -1, &backwards);
		build(entries, 0, cut, 1, &left);
		build(entries, cut, n, 1, &right);
		order += !same(&whole, &backwards);
		merge(&right, &left, false, &sum);
		split += !same(&whole, &sum);
		merge(&sum, &right, true, &backwards);
		group += !same(&backwards, &left);
		text += !text_round_trip(&whole);
		binary += !binary_round_trip(&whole);
	}
	is_int(order, 0, "the order of rows does not change a byte");
	is_int(split, 0, "nor does the split into partial ledgers");
	is_int(group, 0, "a + b - b is a");
	is_int(text, 0, "text reads back as it was");
	is_int(binary, 0, "bytes read back as they were");
}

static void
test_packing(void)
{
	crm_entry	orders[] = {{293300, 8770, 1}, {150000, 8797, 2}, {-1500, 8800, 0}};
	crm_entry	visits[] = {{0, 8770, 1}, {0, 8797, 1}};
	crm_entry	read[8];
	uint8_t		bytes[100];
	int32_t		count;

	is_int(crm_ledger_pack(orders, 0, bytes), 1, "an empty ledger is a byte");
	is_int(crm_ledger_pack(visits, 2, bytes), 1 + 3 + 1, "a visit takes a byte");
	is_int(crm_ledger_pack(orders, 3, bytes), 1 + 3 + 2 + 1 + 1 + 2 + 1 + 1 + 1,
		   "whole cents take less than whole units");
	is_int(bytes[0] & 0x0f, 2, "the scale is that of the amounts");

	for (size_t cut = 0; cut < 12; cut++)
	{
		crm_status	status = crm_ledger_unpack(bytes, cut, read, &count);

		ok(status == CRM_CORRUPT ||
		   (status == CRM_OK && (cut == 1 || cut == 6 || cut == 10)),
		   "cut after %zu bytes it is corrupt or ends with a day", cut);
	}
	bytes[0] = 2 << 4;
	is_int(crm_ledger_unpack(bytes, 13, read, &count), CRM_CORRUPT,
		   "another version is refused");
}

static crm_status
parse(const char *text)
{
	crm_buffer *buffer = new_buffer(8);
	const char *fault;
	crm_status	status = crm_ledger_parse(text, NULL, NULL, buffer, &fault);

	free(buffer);
	return status;
}

static void
test_text(void)
{
	static const char *good[] = {
		"{}", " { } ", "{2024-02-29:1:1}", "{4714-11-24 BC:1:0}", "2024-02-29",
		"{5874897-12-31:1:0}", "{2024-1-1:-2147483647:-922337203685477.5807}",
	};
	static const char *bad[] = {
		"", "{", "}", "{}x", "{,}", "{2024-02-29:1:1,}", "{2023-02-29:1:1}",
		"{2024-13-01:1:1}", "{2024-00-01:1:1}", "{2024-01-00:1:1}",
		"{0000-01-01:1:1}", "{4714-11-23 BC:1:1}", "{5874898-01-01:1:1}",
		"{2024-01-01:2147483648:1}", "{2024-01-01:1:922337203685477.5808}",
		"{2024-01-01:1:1.23456}", "{2024-01-01:1:}", "{2024-01-01:1}",
		"{2024-01-01::1}", "{2024-01-01:1:1.}", "{2024-01-01:1:NaN}",
		"{99999999-01-01:1:1}", "2024-02-30", "2024-02-29:1",
	};

	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		is_int(parse(good[i]), CRM_OK, good[i]);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		is_int(parse(bad[i]), CRM_BAD_TEXT, bad[i]);
}

/* Every day of 5,000 years must come back, and the ends of the range. */
static void
test_calendar(void)
{
	crm_buffer *buffer = new_buffer(1);
	int			wrong = 0;

	for (int32_t day = -912500; day < 912500; day++)
	{
		char		text[64];
		const char *fault;

		text[crm_day_text(day, text)] = '\0';
		buffer->count = 0;
		wrong += crm_ledger_parse(text, NULL, NULL, buffer, &fault) != CRM_OK ||
			buffer->entries[0].day != day;
	}
	is_int(wrong, 0, "days of 5,000 years read back");
	free(buffer);
}

static void
test_measures(void)
{
	crm_entry	entries[] = {
		{1000000, 100, 1}, {500000, 110, 2}, {-200000, 115, 0},
		{300000, 140, 1}, {-50000, 150, -1},
	};
	uint8_t		bytes[100];
	size_t		length = crm_ledger_pack(entries, 5, bytes);
	crm_measures all;
	crm_measures early;
	crm_measures none;
	int32_t		gaps[8];
	int32_t		count;
	double		events;
	double		amount;
	double		median;

	crm_ledger_measure(bytes, length, INT32_MAX, &all);
	is_int(all.active_days, 3, "a refund and a taken back event are no activity");
	is_int(all.first_day, 100, "first day");
	is_int(all.last_day, 140, "last day");
	is_int(all.events, 3, "events are the net of all days");
	is_int(all.amount, 1550000, "amounts too");
	is_int(all.repeat_amount, 550000,
		   "repeat days are the active ones after the first, with refunds since");

	crm_ledger_measure(bytes, length, 110, &early);
	is_int(early.last_day, 110, "as of a day includes it");
	is_int(early.amount, 1500000, "and nothing after it");
	crm_ledger_measure(bytes, length, 99, &none);
	is_int(none.active_days, 0, "nothing yet");

	crm_ledger_gaps(bytes, length, INT32_MAX, gaps, &count);
	is_int(count, 2, "two gaps");
	crm_median_of(gaps, count, NULL, NULL, &median);
	is_close(median, 20, 0, "their median");
	crm_ledger_gaps(bytes, length, 99, gaps, &count);
	is_int(count, 0, "no gap where there is nothing");

	crm_ledger_decayed(bytes, length, 140, 10, &events, &amount);
	is_close(events, 0.0625 + 0.25 + 1, 1e-15, "events fade by half-lives");
	is_close(amount, 6.25 + 6.25 - 20 * exp2(-2.5) + 30, 1e-15, "amounts too");
}

static void
test_totals(void)
{
	crm_buffer *buffer = new_buffer(8);
	crm_entry	big = {CRM_AMOUNT_MAX, 5, CRM_EVENTS_MAX};
	crm_entry	one = {1, 5, 0};
	ledger		out;
	int32_t		bad_day = 0;

	crm_buffer_add(buffer, 7, 1, CRM_AMOUNT_MAX);
	crm_buffer_add(buffer, 7, 1, CRM_AMOUNT_MAX);
	crm_buffer_add(buffer, 7, 0, -CRM_AMOUNT_MAX);
	is_int(crm_buffer_settle(buffer, NULL, NULL, &bad_day), CRM_OK,
		   "only the total of a day must fit");
	is_int(buffer->entries[0].amount, CRM_AMOUNT_MAX, "and it is right");
	crm_buffer_add(buffer, 7, 0, 1);
	is_int(crm_buffer_settle(buffer, NULL, NULL, &bad_day), CRM_OUT_OF_RANGE,
		   "one more does not fit");
	is_int(bad_day, 7, "the day is named");
	crm_buffer_add(buffer, 7, 0, -5);
	is_int(crm_buffer_settle(buffer, NULL, NULL, &bad_day), CRM_OK,
		   "nothing is lost: what comes later can make up for it");
	is_int(buffer->entries[0].amount, CRM_AMOUNT_MAX - 4, "to the last unit");
	is_int(merge_entries(&big, 1, &one, 1, false, &out, &bad_day),
		   CRM_OUT_OF_RANGE, "nor in a merge");
	is_int(bad_day, 5, "the day is named there too");
	is_int(merge_entries(&one, 0, &big, 1, true, &out, &bad_day), CRM_OK,
		   "what can be added can be taken back");
	free(buffer);
}

static crm_status
unpack_parts(const uint8_t *bytes, size_t length, crm_buffer *out)
{
	crm_reader	reader;
	crm_entry	entry;

	crm_reader_init_parts(&reader, bytes, length);
	while (crm_reader_next(&reader, &entry))
		out->entries[out->count++] = entry;
	out->ordered = !reader.parts;
	return reader.status;
}

/* A sum under way, in which a day's total does not fit yet. */
static void
test_parts(void)
{
	crm_buffer *buffer = new_buffer(8);
	crm_buffer *back = new_buffer(80);
	uint8_t		bytes[CRM_PACKED_BOUND(8)];
	uint8_t		settled[CRM_PACKED_BOUND(8)];
	crm_measures measures;
	int32_t		bad_day = 0;
	size_t		length;

	crm_buffer_add(buffer, 7, 2, CRM_AMOUNT_MAX);
	crm_buffer_add(buffer, 9, 1, 300);
	crm_buffer_add(buffer, 9, -1, -300);
	crm_buffer_add(buffer, 7, 1, 5);
	is_int(crm_buffer_settle(buffer, NULL, NULL, &bad_day), CRM_OUT_OF_RANGE,
		   "a total that does not fit");
	is_int(buffer->count, 2, "stays in parts, without what is nothing");
	length = crm_ledger_pack_parts(buffer->entries, buffer->count, bytes);
	is_int(unpack_parts(bytes, length, back), CRM_OK,
		   "packed and unpacked in parts");
	ok(back->count == 2 && !back->ordered &&
	   memcmp(back->entries, buffer->entries, 2 * sizeof(crm_entry)) == 0,
	   "as they were");
	is_int(crm_ledger_measure(bytes, length, INT32_MAX, &measures), CRM_OUT_OF_RANGE,
		   "nobody else takes them for a ledger");
	crm_buffer_add(back, 7, 0, -5);
	is_int(crm_buffer_settle(back, NULL, NULL, &bad_day), CRM_OK,
		   "once they fit they are one");
	length = crm_ledger_pack_parts(back->entries, back->count, bytes);
	ok(length == crm_ledger_pack(back->entries, back->count, settled) &&
	   memcmp(bytes, settled, length) == 0, "and packed as any ledger");
	free(buffer);
	free(back);
}

static void
test_doubles(void)
{
	static const struct
	{
		double		value;
		crm_status	status;
		int64_t		amount;
	}			cases[] = {
		{0, CRM_OK, 0}, {-0.0, CRM_OK, 0}, {29.33, CRM_OK, 293300},
		{-29.33, CRM_OK, -293300}, {0.00005, CRM_OK, 1},
		{0.00015, CRM_OK, 1},	/* 0.000149999999999999993... */
		{1.00005, CRM_OK, 10001}, {0.125 / 2 / 1250, CRM_OK, 1},
		{123456789012.3456, CRM_OK, 1234567890123456},
		{450359962737.04955, CRM_OK, 4503599627370496},
		{922337203685477.5, CRM_OK, 9223372036854775000},
		{922337203685477.6, CRM_OUT_OF_RANGE, 0},
		{1e300, CRM_OUT_OF_RANGE, 0}, {-1e300, CRM_OUT_OF_RANGE, 0},
		{INFINITY, CRM_INVALID, 0}, {-INFINITY, CRM_INVALID, 0},
		{NAN, CRM_INVALID, 0}, {5e-324, CRM_OK, 0},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
	{
		int64_t		amount = 0;
		crm_status	status = crm_amount_from_double(cases[i].value, &amount);

		ok(status == cases[i].status && amount == cases[i].amount,
		   "%.17g is %lld units (status %d)", cases[i].value,
		   (long long) amount, status);
	}
}

int
main(void)
{
	test_packing();
	test_text();
	test_calendar();
	test_measures();
	test_totals();
	test_parts();
	test_doubles();
	test_random_ledgers();
	return done_testing();
}
