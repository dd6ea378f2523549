/*
 * state.h
 *		What the summary types of this topic have in common.
 *
 * Each is a row of counts, reals and double-double sums that merges with
 * another of its kind. A layout says which, so that one printer, one parser
 * and one set of input and output functions serve them all.
 */
#ifndef CRM_CORE_EXPERIENCE_STATE_H
#define CRM_CORE_EXPERIENCE_STATE_H

#include <stddef.h>

#include "core/numeric/doubledouble.h"
#include "core/status.h"

/* The format of the text, of the bytes sent and of the bytes stored. */
#define CRM_STATE_VERSION 1

/* A product below this may lose the last bits of its low part. */
#define CRM_SMALLEST_PRODUCT 0x1p-900

/* An upper bound of every layout's width. */
#define CRM_STATE_MAX_WIDTH 65

typedef enum crm_field_kind
{
	CRM_COUNT,					/* an int64 from 0 to 2^53 */
	CRM_REAL,					/* a finite double */
	CRM_SUM						/* a finite crm_dd: two words */
} crm_field_kind;

/* How often a field occurs in a state of a given width. */
typedef enum crm_field_times
{
	CRM_ONCE,
	CRM_EACH,					/* width times */
	CRM_PAIRS					/* width * (width + 1) / 2 times */
} crm_field_times;

typedef struct crm_field
{
	const char *name;
	crm_field_kind kind;
	crm_field_times times;
} crm_field;

typedef struct crm_layout
{
	const char *type;			/* the SQL name */
	const crm_field *fields;
	int			nfields;
	size_t		words;			/* 8-byte words, 0 when the width decides */

	/*
	 * Do values that are fine one by one make sense together? Without this a
	 * layout takes no value, so that nobody forgets it.
	 */
	bool		(*is_valid) (const void *body, int width);

	/*
	 * Adds from to into, without looking at limits: crm_state_merge() does.
	 * False when the two do not go together.
	 */
	bool		(*merge) (void *into, const void *from, int width);

	/*
	 * The number of a sum that 0.1.0 did not keep, or 0: its value is then
	 * the count that comes first.
	 */
	int			added;
} crm_layout;

/* The layouts of all types. */
#define CRM_STATE(type, measure, ...) extern const crm_layout measure##_layout;
#include "core/experience/state.def"
#undef CRM_STATE

extern size_t crm_state_words(const crm_layout *layout, int width);

/*
 * Fills a body of crm_state_words() from one of 0.1.0, which has the two words
 * of the sum that was added less.
 */
extern void crm_state_take_released(const crm_layout *layout, int width,
									const void *released, void *body);

/* For layouts in which any counts are valid. */
extern bool crm_any_counts(const void *body, int width);

/* CRM_CORRUPT unless every word and the whole are valid. */
extern crm_status crm_state_check(const crm_layout *layout, int width,
								  const void *body);

/*
 * Adds from to into, of the same width. CRM_INVALID when they are of two
 * scales, CRM_OUT_OF_RANGE when a sum does not fit; into is then lost.
 */
extern crm_status crm_state_merge(const crm_layout *layout, int width,
								  void *into, const void *from);

/*
 * Writes the text form, a JSON object, into buf and ends it with a zero byte.
 * Returns its length without that, as snprintf does, even beyond size.
 */
extern size_t crm_state_print(const crm_layout *layout, int width,
							  const void *body, char *buf, size_t size);

/*
 * Reads the text form. The first call, with body NULL, finds the width; the
 * second fills a body of crm_state_words().
 */
extern crm_status crm_state_parse(const crm_layout *layout, const char *text,
								  int *width, void *body);

#endif							/* CRM_CORE_EXPERIENCE_STATE_H */
