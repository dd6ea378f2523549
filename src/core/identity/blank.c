/*
 * blank.c
 *		Characters that nobody sees, and those that look like ASCII.
 *
 * Addresses and numbers are copied out of letters and web pages, and with them
 * come no-break spaces, marks of direction, and characters as wide as Chinese
 * ones. The ranges are from the Unicode Character Database: white space,
 * controls, and format characters of general punctuation.
 */
#include "core/identity/blank.h"

typedef struct range
{
	unsigned	first;
	unsigned	last;
} range;

static const range blank[] = {
	{0x80, 0xa0},				/* controls, no-break space */
	{0xad, 0xad},				/* soft hyphen */
	{0x1680, 0x1680},			/* Ogham space */
	{0x180e, 0x180e},			/* Mongolian vowel separator */
	{0x2000, 0x200f},			/* spaces, zero-width ones, directions */
	{0x2028, 0x202f},
	{0x205f, 0x206f},
	{0x3000, 0x3000},			/* ideographic space */
	{0xfeff, 0xfeff},			/* byte order mark */
};

static const range dash[] = {
	{0x2010, 0x2015},
	{0x2212, 0x2212},			/* minus sign */
	{0xff70, 0xff70},			/* half-width prolonged sound mark */
};

#define IS_IN(ranges, code) \
	is_in(ranges, sizeof(ranges) / sizeof((ranges)[0]), code)

static bool
is_in(const range *ranges, size_t count, unsigned code)
{
	for (size_t i = 0; i < count; i++)
		if (code >= ranges[i].first && code <= ranges[i].last)
			return true;
	return false;
}

/* A character of valid UTF-8. Of what is not valid, a byte is one. */
static unsigned
next_code(const char **at, const char *end)
{
	unsigned	code = (unsigned char) *(*at)++;
	int			more = code >= 0xf0 ? 3 : code >= 0xe0 ? 2 : code >= 0xc0 ? 1 : 0;

	if (more == 0 || end - *at < more)
		return code >= 0x80 ? 0xfffd : code;
	code &= 0x3f >> more;
	for (; more > 0; more--)
		code = code << 6 | ((unsigned char) *(*at)++ & 0x3f);
	return code;
}

int
crm_next_character(const char **at, const char *end, bool is_utf8,
				   bool folds)
{
	unsigned	code = is_utf8 ? next_code(at, end) :
		(unsigned char) *(*at)++;

	if (code == ' ' || (code >= '\t' && code <= '\r'))
		return ' ';
	if (code < 0x80)
		return (int) code;
	if (!is_utf8)
		return CRM_OTHER_CHARACTER;
	if (IS_IN(blank, code))
		return ' ';
	if (folds && code >= 0xff01 && code <= 0xff5e)
		return (int) (code - 0xff01 + '!');
	if (folds && IS_IN(dash, code))
		return '-';
	return CRM_OTHER_CHARACTER;
}
