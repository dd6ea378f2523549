/*
 * writer.h
 *		Text into a buffer, which counts on beyond its end: so a caller learns how
 *		large it must be.
 */
#ifndef CRM_CORE_NUMERIC_WRITER_H
#define CRM_CORE_NUMERIC_WRITER_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The longest double is 24 characters: -2.2250738585072014e-308. */
#define CRM_NUMBER_SIZE 32

typedef struct crm_writer
{
	char	   *buf;			/* may be NULL where size is 0 */
	size_t		size;
	size_t		length;			/* of the text, whether or not it fits */
} crm_writer;

static inline void
crm_put(crm_writer *out, const char *text, size_t length)
{
	if (out->length < out->size)
	{
		size_t		rest = out->size - out->length;

		memcpy(out->buf + out->length, text, length < rest ? length : rest);
	}
	out->length += length;
}

static inline void
crm_put_text(crm_writer *out, const char *text)
{
	crm_put(out, text, strlen(text));
}

static inline void
crm_put_integer(crm_writer *out, int64_t value)
{
	char		number[CRM_NUMBER_SIZE];

	crm_put(out, number,
			snprintf(number, sizeof(number), "%lld", (long long) value));
}

/* With as many digits as it takes to read the same double back. */
static inline void
crm_put_double(crm_writer *out, double value)
{
	char		number[CRM_NUMBER_SIZE];
	int			length = 0;

	for (int digits = 15; digits <= 17; digits++)
	{
		length = snprintf(number, sizeof(number), "%.*g", digits, value);
		if (strtod(number, NULL) == value)
			break;
	}
	crm_put(out, number, length);
}

/* The end of a string of C's, cut where it does not fit; returns the length. */
static inline size_t
crm_put_end(crm_writer *out)
{
	if (out->size > 0)
		out->buf[out->length < out->size ? out->length : out->size - 1] = '\0';
	return out->length;
}

#endif							/* CRM_CORE_NUMERIC_WRITER_H */
