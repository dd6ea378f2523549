/*
 * identity.c
 *		Any bytes as an address, a number and a country: what is one, is one
 *		again, and the same.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/identity/identity.h"

int			LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
fuzz_email(const char *text, size_t length, bool is_utf8)
{
	char		once[CRM_EMAIL_MAX];
	char		twice[CRM_EMAIL_MAX];
	size_t		length_once;
	size_t		length_twice;

	if (!crm_email_normalise(text, length, is_utf8, once, &length_once))
		return;
	if (length_once == 0 || length_once > CRM_EMAIL_MAX ||
		!crm_email_normalise(once, length_once, is_utf8, twice,
							 &length_twice) ||
		length_once != length_twice || memcmp(once, twice, length_once) != 0)
		abort();
}

static void
fuzz_phone(const char *text, size_t length, bool is_utf8, const char *country)
{
	char		once[CRM_PHONE_SIZE];
	char		twice[CRM_PHONE_SIZE];

	if (!crm_phone_normalise(text, length, is_utf8, country, once))
		return;
	if (strlen(once) < 8 || strlen(once) > 16 ||
		!crm_phone_normalise(once, strlen(once), is_utf8, country, twice) ||
		strcmp(once, twice) != 0)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const given[] = {NULL, "1", "49", "39", "7", "36"};
	char		country[CRM_COUNTRY_SIZE];
	const char *text = (const char *) data + 1;
	bool		is_utf8;

	if (size < 1)
		return 0;
	is_utf8 = data[0] & 1;
	size--;
	fuzz_email(text, size, is_utf8);
	for (int i = 0; i < (int) (sizeof(given) / sizeof(given[0])); i++)
		fuzz_phone(text, size, is_utf8, given[i]);
	if (crm_country_code(text, size, country) && strlen(country) > 3)
		abort();
	return 0;
}
