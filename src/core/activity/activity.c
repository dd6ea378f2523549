/*
 * activity.c
 *		The day ledger: collecting, packing, reading, adding.
 *
 * The format is described in activity.h.
 */
#include "core/activity/activity.h"

#include <string.h>

#include "core/activity/amount.h"
#include "core/numeric/sort.h"
#include "core/numeric/varint.h"

#ifndef __SIZEOF_INT128__
#error "crm_ext needs a 64-bit platform: sums are judged in 128 bits"
#endif

/* Entries between two questions whether to go on. */
#define BLOCK			(1 << 16)

static const int64_t powers_of_ten[CRM_SCALE_EMPTY] = {1, 10, 100, 1000, 10000};

void
crm_buffer_init(crm_buffer *buffer, int32_t capacity)
{
	buffer->count = 0;
	buffer->capacity = capacity;
	buffer->ordered = true;
}

/* Equal days may land in any order: their sum does not depend on it. */
static inline bool
is_before(const crm_entry *a, const crm_entry *b)
{
	return a->day < b->day;
}

CRM_DEFINE_SORT(sort_by_day, crm_entry, is_before)

/* Does the total of a day fit? Wide sums, so that only totals are judged. */
static bool
narrow_entry(int32_t day, __int128 events, __int128 amount, crm_entry *out)
{
	if (events < -CRM_EVENTS_MAX || events > CRM_EVENTS_MAX ||
		amount < -CRM_AMOUNT_MAX || amount > CRM_AMOUNT_MAX)
		return false;
	out->day = day;
	out->events = (int32_t) events;
	out->amount = (int64_t) amount;
	return true;
}

/*
 * One entry a day, in order, none of them empty. Where the total of a day
 * does not fit its entries stay apart, a later one may yet make up for them:
 * CRM_OUT_OF_RANGE names such a day, and is an error only at the end.
 */
crm_status
crm_buffer_settle(crm_buffer *buffer, crm_interrupt interrupt, void *arg,
				  int32_t *bad_day)
{
	crm_entry  *entries = buffer->entries;
	crm_status	status = CRM_OK;
	int32_t		kept = 0;

	if (!buffer->ordered &&
		sort_by_day(entries, buffer->count, interrupt, arg) != CRM_OK)
		return CRM_INTERRUPTED;

	for (int32_t i = 0; i < buffer->count;)
	{
		int32_t		first = i;
		int32_t		day = entries[i].day;
		__int128	events = 0;
		__int128	amount = 0;

		for (; i < buffer->count && entries[i].day == day; i++)
		{
			events += entries[i].events;
			amount += entries[i].amount;
		}
		if (events == 0 && amount == 0)
			continue;
		if (narrow_entry(day, events, amount, &entries[kept]))
		{
			kept++;
			continue;
		}
		*bad_day = day;
		status = CRM_OUT_OF_RANGE;
		for (int32_t part = first; part < i; part++)
			if (entries[part].events != 0 || entries[part].amount != 0)
				entries[kept++] = entries[part];
	}
	buffer->count = kept;
	buffer->ordered = status == CRM_OK;
	return status;
}

/* A step of the merge: the next day of a, of b or of both. */
static crm_entry
next_of(const crm_buffer *a, int32_t *i, const crm_buffer *b, int32_t *j,
		int sign, __int128 *events, __int128 *amount)
{
	bool		from_a = *j == b->count ||
		(*i < a->count && a->entries[*i].day <= b->entries[*j].day);
	bool		from_b = *i == a->count ||
		(*j < b->count && b->entries[*j].day <= a->entries[*i].day);
	crm_entry	next = from_a ? a->entries[*i] : b->entries[*j];

	*events = *amount = 0;
	if (from_a)
	{
		*events = a->entries[*i].events;
		*amount = a->entries[(*i)++].amount;
	}
	if (from_b)
	{
		*events += (__int128) sign * b->entries[*j].events;
		*amount += (__int128) sign * b->entries[(*j)++].amount;
	}
	return next;
}

crm_status
crm_ledger_merge(const crm_buffer *a, const crm_buffer *b, bool subtract,
				 crm_interrupt interrupt, void *arg, crm_buffer *out,
				 int32_t *bad_day)
{
	int32_t		i = 0;
	int32_t		j = 0;
	int32_t		n = 0;

	while (i < a->count || j < b->count)
	{
		__int128	events;
		__int128	amount;
		crm_entry	next = next_of(a, &i, b, &j, subtract ? -1 : 1, &events,
								   &amount);

		if (events == 0 && amount == 0)
			continue;
		if (!narrow_entry(next.day, events, amount, &out->entries[n]))
		{
			*bad_day = next.day;
			return CRM_OUT_OF_RANGE;
		}
		if (++n % BLOCK == 0 && interrupt != NULL && interrupt(arg))
			return CRM_INTERRUPTED;
	}
	out->count = n;
	return CRM_OK;
}

/* Division by constants: a multiplication each, not a divide instruction. */
static inline int64_t
scale_down(int64_t amount, int scale)
{
	switch (scale)
	{
		case 4:
			return amount / 10000;
		case 3:
			return amount / 1000;
		case 2:
			return amount / 100;
		case 1:
			return amount / 10;
		default:
			return amount;
	}
}

/* The most trailing zeros that every amount has, CRM_SCALE_EMPTY for none. */
static int
common_scale(const crm_entry *entries, int32_t count)
{
	int			scale = CRM_SCALE_EMPTY - 1;
	bool		any = false;

	for (int32_t i = 0; i < count; i++)
	{
		int64_t		amount = entries[i].amount;

		any |= amount != 0;
		while (scale_down(amount, scale) * powers_of_ten[scale] != amount)
			scale--;
	}
	return any ? scale : CRM_SCALE_EMPTY;
}

/* In parts a day may follow itself, otherwise it skips at least that one. */
static inline size_t
pack_entries(const crm_entry *entries, int32_t count, bool parts,
			 uint8_t *out)
{
	uint8_t    *at = out;
	int			scale = common_scale(entries, count);
	int64_t		before = 0;

	*at++ = CRM_LEDGER_VERSION << 4 | scale | (parts ? CRM_LEDGER_PARTS : 0);
	for (int32_t i = 0; i < count; i++)
	{
		const crm_entry *entry = &entries[i];
		uint64_t	step = i == 0 ? crm_zigzag(entry->day) :
			(uint64_t) (entry->day - before - !parts);

		at = crm_put_varint(at, step << 1 | (entry->events != 1));
		if (entry->events != 1)
			at = crm_put_varint(at, crm_zigzag(entry->events));
		if (scale < CRM_SCALE_EMPTY)
			at = crm_put_varint(at, crm_zigzag(scale_down(entry->amount, scale)));
		before = entry->day;
	}
	return at - out;
}

/*
 * Pack settled entries and return how many bytes that took, of the
 * CRM_PACKED_BOUND(count) that there must be room for.
 */
size_t
crm_ledger_pack(const crm_entry *entries, int32_t count, uint8_t *out)
{
	return pack_entries(entries, count, false, out);
}

size_t
crm_ledger_pack_parts(const crm_entry *entries, int32_t count, uint8_t *out)
{
	for (int32_t i = 1; i < count; i++)
		if (entries[i].day == entries[i - 1].day)
			return pack_entries(entries, count, true, out);
	return pack_entries(entries, count, false, out);
}

void
crm_reader_init_parts(crm_reader *reader, const uint8_t *bytes,
					  size_t length)
{
	int			scale = length > 0 ? bytes[0] & 0x0f & ~CRM_LEDGER_PARTS : 0;

	memset(reader, 0, sizeof(*reader));
	reader->end = bytes + length;
	reader->at = reader->end;
	if (length < CRM_LEDGER_HEAD || bytes[0] >> 4 != CRM_LEDGER_VERSION ||
		scale > CRM_SCALE_EMPTY)
	{
		reader->status = CRM_CORRUPT;
		return;
	}
	reader->parts = (bytes[0] & CRM_LEDGER_PARTS) != 0;
	reader->at = bytes + CRM_LEDGER_HEAD;
	reader->unit = scale < CRM_SCALE_EMPTY ? powers_of_ten[scale] : 0;
}

void
crm_reader_init(crm_reader *reader, const uint8_t *bytes, size_t length)
{
	crm_reader_init_parts(reader, bytes, length);
	if (!reader->parts)
		return;
	reader->at = reader->end;
	reader->status = CRM_OUT_OF_RANGE;
}

static bool
read_day(crm_reader *reader, uint64_t step, int32_t *day)
{
	if (!reader->started)
		reader->day = crm_unzigzag(step);
	else if (step > (uint64_t) CRM_DAY_MAX - CRM_DAY_MIN)
		return false;
	else
		reader->day += (int64_t) step + !reader->parts;
	reader->started = true;
	*day = (int32_t) reader->day;
	return reader->day >= CRM_DAY_MIN && reader->day <= CRM_DAY_MAX;
}

static bool
read_entry(crm_reader *reader, crm_entry *entry)
{
	uint64_t	tag;
	uint64_t	raw;
	int64_t		value;

	if (!crm_get_varint(&reader->at, reader->end, &tag) || !read_day(reader, tag >> 1, &entry->day))
		return false;

	entry->events = 1;
	if (tag & 1)
	{
		if (!crm_get_varint(&reader->at, reader->end, &raw))
			return false;
		value = crm_unzigzag(raw);
		if (value < -CRM_EVENTS_MAX || value > CRM_EVENTS_MAX)
			return false;
		entry->events = (int32_t) value;
	}

	entry->amount = 0;
	if (reader->unit != 0)
	{
		if (!crm_get_varint(&reader->at, reader->end, &raw) ||
			__builtin_mul_overflow(crm_unzigzag(raw), reader->unit,
								   &entry->amount) ||
			entry->amount < -CRM_AMOUNT_MAX)
			return false;
	}
	return entry->events != 0 || entry->amount != 0;
}

/* False at the end and on corrupt bytes; reader->status tells which. */
bool
crm_reader_next(crm_reader *reader, crm_entry *entry)
{
	if (reader->at >= reader->end)
		return false;
	if (read_entry(reader, entry))
		return true;
	reader->at = reader->end;
	reader->status = CRM_CORRUPT;
	return false;
}

/* entries has room for length of them: each takes at least one byte. */
crm_status
crm_ledger_unpack(const uint8_t *bytes, size_t length, crm_entry *entries,
				  int32_t *count)
{
	crm_reader	reader;
	int32_t		n = 0;

	crm_reader_init(&reader, bytes, length);
	while (crm_reader_next(&reader, &entries[n]))
		n++;
	*count = n;
	return reader.status;
}
