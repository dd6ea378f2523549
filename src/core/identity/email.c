/*
 * email.c
 *		E-mail addresses in the one form that is compared.
 *
 * An address is what RFC 5321 calls a Mailbox, less quoted local parts and
 * numbers of hosts, with the letters of RFC 6531; its domain has a dot. It is
 * written in lower case of ASCII, the local part too: no provider is known to
 * tell Ann from ann. Other letters stay as they are, for how they change case
 * depends on locale and version of Unicode. Nothing is done for the habits of
 * one provider, such as dots that it ignores.
 */
#include "core/identity/identity.h"

#include <string.h>

#include "core/identity/blank.h"

#define LOCAL_MAX 64
#define LABEL_MAX 63

/*
 * Copies the address without what is blank around it. False where something
 * blank is within, or it is too long.
 */
static bool
copy_trimmed(const char *text, size_t length, bool is_utf8, char *out,
			 size_t *out_length)
{
	const char *at = text;
	const char *end = text + length;
	bool		ended = false;

	*out_length = 0;
	while (at < end)
	{
		const char *from = at;

		if (crm_next_character(&at, end, is_utf8, false) == ' ')
		{
			ended = *out_length > 0;
			continue;
		}
		/* One more than an address has: the dot that may end a domain. */
		if (ended || *out_length + (size_t) (at - from) > CRM_EMAIL_MAX + 1)
			return false;
		while (from < at)
			out[(*out_length)++] = (char) crm_to_lower((unsigned char) *from++);
	}
	return true;
}

static bool
is_alphanumeric(unsigned char byte)
{
	return crm_is_letter(byte) || crm_is_digit(byte) || byte >= 0x80;
}

/* RFC 5322's Dot-string: atoms with single dots between them. */
static bool
is_local_part(const char *text, size_t length)
{
	bool		after_dot = true;

	if (length > LOCAL_MAX)
		return false;
	for (size_t i = 0; i < length; i++)
	{
		bool		is_dot = text[i] == '.';

		if (is_dot ? after_dot : !is_alphanumeric((unsigned char) text[i]) &&
			(text[i] == '\0' || strchr("!#$%&'*+-/=?^_`{|}~", text[i]) == NULL))
			return false;
		after_dot = is_dot;
	}
	return !after_dot;
}

/* Letters, digits and hyphens, these not at an end. */
static bool
is_label(const char *text, size_t length)
{
	if (length == 0 || length > LABEL_MAX || text[0] == '-' ||
		text[length - 1] == '-')
		return false;
	for (size_t i = 0; i < length; i++)
		if (text[i] != '-' && !is_alphanumeric((unsigned char) text[i]))
			return false;
	return true;
}

/* Two labels at least, the last of them no number. */
static bool
is_domain(const char *text, size_t length)
{
	const char *end = text + length;
	const char *dot;
	int			labels = 1;

	while ((dot = memchr(text, '.', (size_t) (end - text))) != NULL)
	{
		if (!is_label(text, (size_t) (dot - text)))
			return false;
		text = dot + 1;
		labels++;
	}
	if (labels < 2 || !is_label(text, (size_t) (end - text)))
		return false;
	while (text < end && crm_is_digit(*text))
		text++;
	return text < end;
}

bool
crm_email_normalise(const char *text, size_t length, bool is_utf8, char *out,
					size_t *out_length)
{
	char		address[CRM_EMAIL_MAX + 1];
	const char *sign;
	size_t		size;
	size_t		local;

	if (!copy_trimmed(text, length, is_utf8, address, &size))
		return false;
	sign = memchr(address, '@', size);
	if (sign == NULL)
		return false;
	if (address[size - 1] == '.')
		size--;					/* the root, which may be named */
	local = (size_t) (sign - address);
	if (size > CRM_EMAIL_MAX || size <= local ||
		!is_local_part(address, local) ||
		!is_domain(sign + 1, size - local - 1))
		return false;
	memcpy(out, address, size);
	*out_length = size;
	return true;
}
