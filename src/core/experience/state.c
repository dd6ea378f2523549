/*
 * state.c
 *		Text form and validation of the summary types.
 *
 * The text is JSON with the fields in their order, such as
 *		{"version":1,"count":3,"mean":[0.5,0]}
 * so that other programs can read it. Doubles are printed with as many digits
 * as it takes to read the same double back.
 */
#include "core/experience/state.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/numeric/writer.h"

/* Every count up to here is a double too, and a few of them can be added. */
#define MAX_COUNT ((int64_t) 1 << 53)

static int
field_times(const crm_field *field, int width)
{
	switch (field->times)
	{
		case CRM_EACH:
			return width;
		case CRM_PAIRS:
			return width * (width + 1) / 2;
		default:
			return 1;
	}
}

static int
field_words(const crm_field *field, int width)
{
	return field_times(field, width) * (field->kind == CRM_SUM ? 2 : 1);
}

size_t
crm_state_words(const crm_layout *layout, int width)
{
	size_t		words = 0;

	if (layout->words != 0)
		return layout->words;
	for (int i = 0; i < layout->nfields; i++)
		words += field_words(&layout->fields[i], width);
	return words;
}

static bool
word_is_valid(const crm_field *field, const unsigned char *word)
{
	int64_t		count;
	double		real;
	crm_dd		sum;

	switch (field->kind)
	{
		case CRM_COUNT:
			memcpy(&count, word, sizeof(count));
			return count >= 0 && count <= MAX_COUNT;
		case CRM_REAL:
			memcpy(&real, word, sizeof(real));
			return isfinite(real);
		case CRM_SUM:
			memcpy(&sum, word, sizeof(sum));
			return crm_dd_is_finite(sum) && sum.hi + sum.lo == sum.hi;
	}
	return false;
}

static bool
words_are_valid(const crm_layout *layout, int width, const void *body)
{
	const unsigned char *word = body;

	for (int i = 0; i < layout->nfields; i++)
	{
		const crm_field *field = &layout->fields[i];
		size_t		size = field->kind == CRM_SUM ? 16 : 8;

		for (int n = field_times(field, width); n > 0; n--, word += size)
			if (!word_is_valid(field, word))
				return false;
	}
	return true;
}

bool
crm_any_counts(const void *body, int width)
{
	(void) body;
	(void) width;
	return true;
}

crm_status
crm_state_check(const crm_layout *layout, int width, const void *body)
{
	bool		is_valid = words_are_valid(layout, width, body) &&
		layout->is_valid != NULL && layout->is_valid(body, width);

	return is_valid ? CRM_OK : CRM_CORRUPT;
}

crm_status
crm_state_merge(const crm_layout *layout, int width, void *into,
				const void *from)
{
	if (!layout->merge(into, from, width))
		return CRM_INVALID;
	return words_are_valid(layout, width, into) ? CRM_OK : CRM_OUT_OF_RANGE;
}

static void
put_word(crm_writer *out, const crm_field *field, const unsigned char *word)
{
	int64_t		count;
	double		real;

	memcpy(&count, word, sizeof(count));
	memcpy(&real, word, sizeof(real));
	if (field->kind == CRM_COUNT)
		crm_put_integer(out, count);
	else
		crm_put_double(out, real);
}

static void
put_name(crm_writer *out, const char *before, const char *name)
{
	crm_put_text(out, before);
	crm_put_text(out, "\"");
	crm_put_text(out, name);
	crm_put_text(out, "\":");
}

size_t
crm_state_print(const crm_layout *layout, int width, const void *body,
				char *buf, size_t size)
{
	const unsigned char *word = body;
	crm_writer	out = {buf, size, 0};

	put_name(&out, "{", "version");
	crm_put_integer(&out, CRM_STATE_VERSION);
	if (layout->words == 0)
	{
		put_name(&out, ",", "width");
		crm_put_integer(&out, width);
	}
	for (int i = 0; i < layout->nfields; i++)
	{
		const crm_field *field = &layout->fields[i];
		bool		list = field->times != CRM_ONCE || field->kind == CRM_SUM;
		int			words = field_words(field, width);

		put_name(&out, ",", field->name);
		crm_put_text(&out, list ? "[" : "");
		for (int n = 0; n < words; n++, word += 8)
		{
			crm_put_text(&out, n > 0 ? "," : "");
			put_word(&out, field, word);
		}
		crm_put_text(&out, list ? "]" : "");
	}
	crm_put_text(&out, "}");
	return crm_put_end(&out);
}

/* Whitespace as JSON has it. */
static const char *
skip_space(const char *at)
{
	return at + strspn(at, " \t\r\n");
}

/* Steps over one token, or makes *at NULL where something else stands. */
static void
take(const char **at, const char *token)
{
	size_t		length = strlen(token);

	if (*at == NULL)
		return;
	*at = skip_space(*at);
	*at = strncmp(*at, token, length) == 0 ? *at + length : NULL;
}

static void
take_name(const char **at, const char *before, const char *name)
{
	take(at, before);
	take(at, "\"");
	take(at, name);
	take(at, "\"");
	take(at, ":");
}

/*
 * Steps over a number and copies it. strtod alone would also take "nan",
 * "infinity" and hexadecimal.
 */
static void
take_number(const char **at, const char *allowed, char number[64])
{
	size_t		length;

	number[0] = '\0';
	if (*at == NULL)
		return;
	*at = skip_space(*at);
	length = strspn(*at, allowed);
	if (length == 0 || length >= 64)
	{
		*at = NULL;
		return;
	}
	memcpy(number, *at, length);
	number[length] = '\0';
	*at += length;
}

static void
take_count(const char **at, int64_t *count)
{
	char		number[64];
	int64_t		value = 0;

	take_number(at, "0123456789", number);
	for (const char *digit = number; *digit != '\0'; digit++)
		if (__builtin_mul_overflow(value, 10, &value) ||
			__builtin_add_overflow(value, *digit - '0', &value))
			*at = NULL;
	*count = value;
}

static void
take_real(const char **at, double *real)
{
	char		number[64];
	char	   *end;

	take_number(at, "+-0123456789.eE", number);
	*real = strtod(number, &end);
	if (end == number || *end != '\0')
		*at = NULL;
}

static void
take_word(const char **at, const crm_field *field, unsigned char *word)
{
	int64_t		count = 0;
	double		real = 0;

	if (field->kind == CRM_COUNT)
	{
		take_count(at, &count);
		memcpy(word, &count, sizeof(count));
	}
	else
	{
		take_real(at, &real);
		memcpy(word, &real, sizeof(real));
	}
}

/* The sum that 0.1.0 did not keep, from the count at the beginning. */
static void
put_added(const void *body, unsigned char *word)
{
	int64_t		count;
	crm_dd		sum = {0, 0};

	memcpy(&count, body, sizeof(count));
	sum.hi = (double) count;
	memcpy(word, &sum, sizeof(sum));
}

void
crm_state_take_released(const crm_layout *layout, int width,
						const void *released, void *body)
{
	unsigned char *word = body;
	size_t		before = 0;
	size_t		bytes = 8 * crm_state_words(layout, width) - sizeof(crm_dd);

	for (int i = 0; i < layout->added; i++)
		before += 8 * (size_t) field_words(&layout->fields[i], width);
	memcpy(word, released, before);
	put_added(body, word + before);
	memcpy(word + before + sizeof(crm_dd),
		   (const unsigned char *) released + before, bytes - before);
}

static bool
has_name(const char *at, const char *name)
{
	take_name(&at, ",", name);
	return at != NULL;
}

static const char *
parse_fields(const crm_layout *layout, const char *at, int width, void *body)
{
	unsigned char *word = body;

	for (int i = 0; i < layout->nfields && at != NULL; i++)
	{
		const crm_field *field = &layout->fields[i];
		bool		list = field->times != CRM_ONCE || field->kind == CRM_SUM;
		int			words = field_words(field, width);

		if (i > 0 && i == layout->added && !has_name(at, field->name))
		{
			put_added(body, word);
			word += sizeof(crm_dd);
			continue;
		}
		take_name(&at, ",", field->name);
		take(&at, list ? "[" : "");
		for (int n = 0; n < words && at != NULL; n++, word += 8)
		{
			take(&at, n > 0 ? "," : "");
			take_word(&at, field, word);
		}
		take(&at, list ? "]" : "");
	}
	take(&at, "}");
	return at;
}

crm_status
crm_state_parse(const crm_layout *layout, const char *text, int *width,
				void *body)
{
	const char *at = text;
	int64_t		number = 0;

	take_name(&at, "{", "version");
	take_count(&at, &number);
	if (at == NULL || number != CRM_STATE_VERSION)
		return CRM_BAD_TEXT;
	number = 0;
	if (layout->words == 0)
	{
		take_name(&at, ",", "width");
		take_count(&at, &number);
	}
	if (at == NULL || number > CRM_STATE_MAX_WIDTH)
		return CRM_BAD_TEXT;
	*width = (int) number;
	if (body == NULL)
		return CRM_OK;
	at = parse_fields(layout, at, *width, body);
	if (at == NULL || *skip_space(at) != '\0')
		return CRM_BAD_TEXT;
	return crm_state_check(layout, *width, body) == CRM_OK ?
		CRM_OK : CRM_BAD_TEXT;
}
