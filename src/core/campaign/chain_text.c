/*
 * chain_text.c
 *		A chain as text, in the form of chain.h.
 *
 * Numbers are printed with as many digits as it takes to read the same double
 * back. The parser takes JSON's white space and escapes, but for \u of what is
 * not ASCII: the text is in the database's encoding already.
 */
#include "core/campaign/chain.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/numeric/writer.h"

static void
put_sum(crm_writer *out, crm_dd sum)
{
	crm_put_double(out, sum.hi);
	if (sum.lo != 0)
	{
		crm_put_text(out, ",");
		crm_put_double(out, sum.lo);
	}
	crm_put_text(out, "]");
}

static void
put_name(crm_writer *out, const crm_channel *channel)
{
	char		escape[8];

	crm_put_text(out, "\"");
	for (size_t i = 0; i < channel->length; i++)
	{
		unsigned char byte = (unsigned char) channel->name[i];

		if (byte < ' ')
			snprintf(escape, sizeof(escape), "\\u%04x", byte);
		else
			snprintf(escape, sizeof(escape),
					 byte == '"' || byte == '\\' ? "\\%c" : "%c", byte);
		crm_put_text(out, escape);
	}
	crm_put_text(out, "\"");
}

/* A place in memory as the text has it. */
static int
code_of(int to)
{
	return to == CRM_TO_CONVERSION ? -1 : to == CRM_TO_NULL ? -2 :
		to - CRM_TO_CHANNEL(0) + 1;
}

static bool
put_weights(crm_writer *out, const crm_chain *chain, const int *order,
			crm_interrupt interrupt, void *arg)
{
	char		codes[CRM_NUMBER_SIZE];
	const char *before = "[";

	for (int i = 0; i <= chain->channels; i++)
	{
		if (interrupt != NULL && interrupt(arg))
			return false;
		for (int to = 0; to < CRM_TO_CHANNEL(chain->channels); to++)
		{
			int			from = i == 0 ? CRM_FROM_START :
				CRM_FROM_CHANNEL(order[i - 1]);
			int			place = to < CRM_TO_CHANNEL(0) ? to :
				CRM_TO_CHANNEL(order[to - CRM_TO_CHANNEL(0)]);
			crm_dd		weight = *crm_chain_weight(chain, from, place);

			if (weight.hi == 0)
				continue;
			snprintf(codes, sizeof(codes), "%s%d,%d,", before, i, code_of(to));
			crm_put_text(out, codes);
			put_sum(out, weight);
			before = ",[";
		}
	}
	return true;
}

size_t
crm_chain_print(const crm_chain *chain, const int *order, char *out,
				crm_interrupt interrupt, void *arg)
{
	crm_writer	to = {out, out == NULL ? 0 : SIZE_MAX, 0};

	crm_put_text(&to, "{\"version\":1,\"channels\":[");
	for (int i = 0; i < chain->channels; i++)
	{
		crm_put_text(&to, i > 0 ? "," : "");
		put_name(&to, &chain->channel[order[i]]);
	}
	crm_put_text(&to, "],\"value\":[");
	put_sum(&to, chain->value);
	crm_put_text(&to, ",\"none_value\":[");
	put_sum(&to, chain->none_value);
	crm_put_text(&to, ",\"weights\":[");
	if (!put_weights(&to, chain, order, interrupt, arg))
		return 0;
	crm_put(&to, "]}", 3);
	return to.length - 1;
}

/* Reading: where something is wrong, at becomes NULL and stays so. */

static void
skip_space(crm_chain_text *text)
{
	text->at += strspn(text->at, " \t\r\n");
}

/* Steps over a token if it stands here. */
static bool
take(crm_chain_text *text, const char *token)
{
	size_t		length = strlen(token);

	if (text->at == NULL)
		return false;
	skip_space(text);
	if (strncmp(text->at, token, length) != 0)
		return false;
	text->at += length;
	return true;
}

static void
need(crm_chain_text *text, const char *token)
{
	if (!take(text, token))
		text->at = NULL;
}

/*
 * A finite number. strtod alone would also take "nan", "infinity" and
 * hexadecimal.
 */
static double
get_double(crm_chain_text *text)
{
	char		number[64];
	char	   *end;
	size_t		length;
	double		value;

	if (text->at == NULL)
		return 0;
	skip_space(text);
	length = strspn(text->at, "+-0123456789.eE");
	if (length == 0 || length >= sizeof(number))
	{
		text->at = NULL;
		return 0;
	}
	memcpy(number, text->at, length);
	number[length] = '\0';
	value = strtod(number, &end);
	text->at = *end == '\0' && isfinite(value) ? text->at + length : NULL;
	return text->at == NULL || value == 0 ? 0 : value;
}

static int
get_code(crm_chain_text *text, int least, int most)
{
	double		code = get_double(text);

	if (text->at == NULL || code < least || code > most ||
		code != floor(code))
	{
		text->at = NULL;
		return least;
	}
	return (int) code;
}

/* One number or two, and the bracket after them. */
static crm_dd
get_sum(crm_chain_text *text)
{
	crm_dd		sum = {get_double(text), 0};

	if (take(text, ","))
		sum.lo = get_double(text);
	need(text, "]");
	if (sum.hi + sum.lo != sum.hi || !isfinite(sum.hi))
		text->at = NULL;
	return sum;
}

void
crm_chain_text_open(crm_chain_text *text, const char *from)
{
	memset(text, 0, sizeof(*text));
	text->at = from;
	need(text, "{");
	need(text, "\"version\"");
	need(text, ":");
	if (get_double(text) != CRM_CHAIN_VERSION)
		text->at = NULL;
	need(text, ",");
	need(text, "\"channels\"");
	need(text, ":");
	need(text, "[");
}

/* Four digits, of a character that is ASCII and not zero. */
static char
get_unicode(crm_chain_text *text)
{
	char		digits[5] = {0};
	long		code = 0;

	for (int i = 0; i < 4 && text->at[i] != '\0'; i++)
		digits[i] = text->at[i];
	if (strspn(digits, "0123456789abcdefABCDEF") == 4)
		code = strtol(digits, NULL, 16);
	if (code < 1 || code > 127)
	{
		text->at = NULL;
		return 0;
	}
	text->at += 4;
	return (char) code;
}

/* The character after a backslash. */
static char
get_escape(crm_chain_text *text)
{
	static const char codes[] = "\"\\/bfnrt";
	static const char means[] = "\"\\/\b\f\n\r\t";
	char		code = *text->at;
	const char *found = code == '\0' ? NULL : strchr(codes, code);

	if (code == 'u')
	{
		text->at++;
		return get_unicode(text);
	}
	if (found == NULL)
	{
		text->at = NULL;
		return 0;
	}
	text->at++;
	return means[found - codes];
}

/* What remains of a string after its first quotation mark. */
static size_t
get_string(crm_chain_text *text, char *name)
{
	size_t		length = 0;

	while (text->at != NULL && *text->at != '"')
	{
		if ((unsigned char) *text->at < ' ')
			text->at = NULL;
		else if (*text->at != '\\')
			name[length++] = *text->at++;
		else
		{
			text->at++;
			name[length++] = get_escape(text);
		}
	}
	need(text, "\"");
	return length;
}

/* The names end: the values, and the beginning of the weights. */
static void
get_values(crm_chain_text *text)
{
	need(text, ",");
	need(text, "\"value\"");
	need(text, ":");
	need(text, "[");
	text->value = get_sum(text);
	need(text, ",");
	need(text, "\"none_value\"");
	need(text, ":");
	need(text, "[");
	text->none_value = get_sum(text);
	need(text, ",");
	need(text, "\"weights\"");
	need(text, ":");
	need(text, "[");
}

bool
crm_chain_text_name(crm_chain_text *text, char *name, size_t *length)
{
	if (take(text, "]"))
	{
		get_values(text);
		return false;
	}
	if (text->channels > 0)
		need(text, ",");
	need(text, "\"");
	*length = get_string(text, name);
	if (++text->channels > CRM_CHANNELS_MAX)
		text->at = NULL;
	return text->at != NULL;
}

bool
crm_chain_text_weight(crm_chain_text *text, int *from, int *to,
					  crm_dd *weight)
{
	int			code;

	if (take(text, "]"))
		return false;
	if (text->weights++ > 0)
		need(text, ",");
	need(text, "[");
	*from = get_code(text, 0, text->channels);
	need(text, ",");
	code = get_code(text, -2, text->channels);
	need(text, ",");
	*to = code == -1 ? CRM_TO_CONVERSION : code == -2 ? CRM_TO_NULL :
		CRM_TO_CHANNEL(code - 1);
	*weight = get_sum(text);
	if (code == 0 || !(weight->hi > 0))
		text->at = NULL;
	if (text->weights > (CRM_CHANNELS_MAX + 1) * (CRM_CHANNELS_MAX + 2))
		text->at = NULL;
	return text->at != NULL;
}

crm_status
crm_chain_text_close(crm_chain_text *text)
{
	need(text, "}");
	if (text->at != NULL)
		skip_space(text);
	return text->at != NULL && *text->at == '\0' ? CRM_OK : CRM_BAD_TEXT;
}
