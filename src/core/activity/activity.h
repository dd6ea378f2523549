/*
 * activity.h
 *		The day ledger: for each day with anything on it, how many events and
 *		what net amount.
 *
 * In memory a ledger is an array of entries. Packed, as it is stored, it is
 *
 *		head		version << 4 | scale
 *		per day		varint	step << 1 | many
 *					varint	zigzag(events)				where many
 *					varint	zigzag(amount / 10^scale)	where scale < 5
 *
 * step is zigzag(day) on the first day and the number of days skipped since
 * the day before on the others, so no bytes can say that days go backwards.
 * many is 0 where the day has exactly one event. scale is the largest number
 * of trailing zeros that all amounts share, 5 when all of them are zero.
 * A packed ledger has one form only: equal ledgers are equal bytes.
 *
 * Amounts are int64 in units of 0.0001, days are counted from 2000-01-01 as
 * PostgreSQL's date is, both within PostgreSQL's own range.
 */
#ifndef CRM_CORE_ACTIVITY_ACTIVITY_H
#define CRM_CORE_ACTIVITY_ACTIVITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/status.h"

#define CRM_DAY_MIN			(-2451545)	/* 4714-11-24 BC */
#define CRM_DAY_MAX			2145031948	/* 5874897-12-31 */
#define CRM_EVENTS_MAX		INT32_MAX	/* of a day, in either direction */

#define CRM_LEDGER_VERSION	1
#define CRM_SCALE_EMPTY		5	/* no amount is stored */
#define CRM_LEDGER_PARTS	8	/* beside the scale: see
								 * crm_ledger_pack_parts() */
#define CRM_LEDGER_HEAD		1	/* bytes before the first day */

/* At most 5 bytes of step, 5 of events and 10 of amount a day. */
#define CRM_PACKED_BOUND(count)	(CRM_LEDGER_HEAD + (size_t) (count) * 20)

typedef struct crm_entry
{
	int64_t		amount;			/* in 0.0001 */
	int32_t		day;			/* since 2000-01-01 */
	int32_t		events;
} crm_entry;

/*
 * Entries being collected. While ordered, days ascend strictly; otherwise a
 * day may stand in several entries, which crm_buffer_settle() adds up.
 */
typedef struct crm_buffer
{
	bool		ordered;
	int32_t		count;
	int32_t		capacity;
	crm_entry	entries[];
} crm_buffer;

#define CRM_BUFFER_BYTES(capacity) \
	(offsetof(crm_buffer, entries) + (size_t) (capacity) * sizeof(crm_entry))

/*
 * Add one entry, or return false when the buffer is full. Entries usually
 * arrive in time order, and then cost a compare and a store. A sum that would
 * overflow here stays two entries; whether the day's total fits is
 * crm_buffer_settle()'s question.
 */
static inline bool
crm_buffer_add(crm_buffer *buffer, int32_t day, int32_t events, int64_t amount)
{
	if (buffer->count > 0)
	{
		crm_entry  *last = &buffer->entries[buffer->count - 1];
		int32_t		both_events;
		int64_t		both_amounts;

		if (day == last->day &&
			!__builtin_add_overflow(last->events, events, &both_events) &&
			!__builtin_add_overflow(last->amount, amount, &both_amounts) &&
			both_events >= -CRM_EVENTS_MAX && both_amounts > INT64_MIN)
		{
			last->events = both_events;
			last->amount = both_amounts;
			return true;
		}
		if (day <= last->day)
			buffer->ordered = false;
	}
	if (buffer->count == buffer->capacity)
		return false;
	buffer->entries[buffer->count++] = (crm_entry)
	{
		.amount = amount, .day = day, .events = events
	};
	return true;
}

extern void crm_buffer_init(crm_buffer *buffer, int32_t capacity);
extern crm_status crm_buffer_settle(crm_buffer *buffer,
									crm_interrupt interrupt, void *arg,
									int32_t *bad_day);

/* One pass over a packed ledger. */
typedef struct crm_reader
{
	const uint8_t *at;
	const uint8_t *end;
	int64_t		day;			/* of the entry read last */
	int64_t		unit;			/* 10^scale, 0 when no amounts are stored */
	bool		started;
	bool		parts;			/* a day may come again */
	crm_status	status;			/* CRM_CORRUPT once bytes make no sense */
} crm_reader;

extern void crm_reader_init(crm_reader *reader,
							const uint8_t *bytes, size_t length);
extern bool crm_reader_next(crm_reader *reader, crm_entry *entry);

extern size_t crm_ledger_pack(const crm_entry *entries, int32_t count, uint8_t *out);
extern crm_status crm_ledger_unpack(const uint8_t *bytes, size_t length,
									crm_entry *entries, int32_t *count);

/*
 * A sum that is under way may hold days whose total does not fit, in several
 * entries, for what another process has may yet make up for them. Packed, it
 * says so, and only crm_reader_init_parts() takes it: to everybody else it is
 * CRM_OUT_OF_RANGE. With entries that are settled both do what the others do.
 */
extern size_t crm_ledger_pack_parts(const crm_entry *entries, int32_t count,
									uint8_t *out);
extern void crm_reader_init_parts(crm_reader *reader,
								  const uint8_t *bytes, size_t length);

/* a + b, or a - b, of buffers in order; out has room for both. */
extern crm_status crm_ledger_merge(const crm_buffer *a, const crm_buffer *b,
								   bool subtract, crm_interrupt interrupt, void *arg,
								   crm_buffer *out, int32_t *bad_day);

/* text.c */
#define CRM_DAY_TEXT		20	/* "4714-11-24 BC" and its like */
#define CRM_AMOUNT_TEXT		24	/* "-922337203685477.5807" and its like */
#define CRM_ENTRY_TEXT		(CRM_DAY_TEXT + 12 + CRM_AMOUNT_TEXT + 2)
#define CRM_ENTRY_TEXT_MIN	9	/* "1-1-1:1:1" is the shortest to parse */

/* Astronomical years: 0 is 1 BC. */
extern void crm_civil_from_day(int64_t day, int64_t *year, int *month,
							   int *dom);
extern int64_t crm_day_from_civil(int64_t year, int month, int dom);
extern int	crm_day_text(int32_t day, char *out);

/* Moves *at behind the day that stands there; false where there is none. */
extern bool crm_parse_day(const char **at, int32_t *day);
extern int	crm_amount_text(int64_t amount, char *out);

/* The text of a ledger; 0 where it was interrupted. */
extern size_t crm_ledger_text(const crm_entry *entries, int32_t count,
							  crm_interrupt interrupt, void *arg, char *out);
extern crm_status crm_ledger_parse(const char *text, crm_interrupt interrupt,
								   void *arg, crm_buffer *out,
								   const char **fault);

/* measure.c */

/* What the accessors read: everything on or before as_of, in one pass. */
typedef struct crm_measures
{
	int32_t		active_days;	/* days with a positive count */
	int32_t		first_day;		/* of the active days, where there are any */
	int32_t		last_day;
	int64_t		events;
	int64_t		amount;			/* of all days, refunds included */
	bool		amount_fits;	/* into the range of an amount */
	__int128	repeat_amount;	/* of the active days after the first, with
								 * the refunds that follow each */
} crm_measures;

extern crm_status crm_ledger_measure(const uint8_t *bytes, size_t length,
									 int32_t as_of, crm_measures *out);

/* Between active days, of which there are two or more. */
static inline double
crm_mean_gap(const crm_measures *measures)
{
	return ((double) measures->last_day - measures->first_day) /
		(measures->active_days - 1);
}

extern crm_status crm_ledger_gaps(const uint8_t *bytes, size_t length, int32_t as_of,
								  int32_t *gaps, int32_t *count);
extern crm_status crm_median_of(int32_t *values, int32_t count,
								crm_interrupt interrupt, void *arg,
								double *median);
extern crm_status crm_ledger_decayed(const uint8_t *bytes, size_t length,
									 int32_t as_of, double half_life,
									 double *events, double *amount);

#endif							/* CRM_CORE_ACTIVITY_ACTIVITY_H */
