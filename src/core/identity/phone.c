/*
 * phone.c
 *		Telephone numbers in the one form that is compared: ITU-T E.164, a plus
 *		sign and at most fifteen digits.
 *
 * What numbers are in use, country by country, changes every month and is not
 * looked at. Rules are only those without which a number and its international
 * form would not come to the same: the prefixes that are dialled before a
 * number within its country, and that are no part of it.
 */
#include "core/identity/identity.h"

#include <string.h>

#include "core/identity/blank.h"

/* Longer than any number with all its ornaments. */
#define WRITTEN_MAX 64

#define DIGITS_MIN 7
#define DIGITS_MAX 15

typedef struct number
{
	bool		is_international;
	int			count;
	char		digits[WRITTEN_MAX + 1];
} number;

/* A prefix within a country, where it is not 0. */
typedef struct trunk
{
	const char *country;
	const char *prefix;
	int			length;			/* of the number with it, 0 where it may vary */
} trunk;

static const trunk trunks[] = {
	{"1", "1", 11},				/* North America */
	{"7", "8", 11},				/* Russia, Kazakhstan */
	{"36", "06", 0},			/* Hungary */
	{"39", "", 0},				/* Italy: a 0 is part of the number */
	{"225", "", 0},				/* Côte d'Ivoire */
	{"229", "", 0},				/* Benin */
	{"242", "", 0},				/* Congo */
	{"378", "", 0},				/* San Marino */
};

#define TRUNK_COUNT ((int) (sizeof(trunks) / sizeof(trunks[0])))

/* ISO 3166-1 codes of countries, and XK for Kosovo, with calling codes. */
static const char countries[] =
"AD376 AE971 AF93 AG1 AI1 AL355 AM374 AO244 AR54 AS1 AT43 AU61 AW297 AX358 "
"AZ994 BA387 BB1 BD880 BE32 BF226 BG359 BH973 BI257 BJ229 BL590 BM1 BN673 "
"BO591 BQ599 BR55 BS1 BT975 BW267 BY375 BZ501 CA1 CC61 CD243 CF236 CG242 CH41 "
"CI225 CK682 CL56 CM237 CN86 CO57 CR506 CU53 CV238 CW599 CX61 CY357 CZ420 DE49 "
"DJ253 DK45 DM1 DO1 DZ213 EC593 EE372 EG20 EH212 ER291 ES34 ET251 FI358 FJ679 "
"FK500 FM691 FO298 FR33 GA241 GB44 GD1 GE995 GF594 GG44 GH233 GI350 GL299 "
"GM220 GN224 GP590 GQ240 GR30 GT502 GU1 GW245 GY592 HK852 HN504 HR385 HT509 "
"HU36 ID62 IE353 IL972 IM44 IN91 IO246 IQ964 IR98 IS354 IT39 JE44 JM1 JO962 "
"JP81 KE254 KG996 KH855 KI686 KM269 KN1 KP850 KR82 KW965 KY1 KZ7 LA856 LB961 "
"LC1 LI423 LK94 LR231 LS266 LT370 LU352 LV371 LY218 MA212 MC377 MD373 ME382 "
"MF590 MG261 MH692 MK389 ML223 MM95 MN976 MO853 MP1 MQ596 MR222 MS1 MT356 "
"MU230 MV960 MW265 MX52 MY60 MZ258 NA264 NC687 NE227 NF672 NG234 NI505 NL31 "
"NO47 NP977 NR674 NU683 NZ64 OM968 PA507 PE51 PF689 PG675 PH63 PK92 PL48 PM508 "
"PR1 PS970 PT351 PW680 PY595 QA974 RE262 RO40 RS381 RU7 RW250 SA966 SB677 "
"SC248 SD249 SE46 SG65 SH290 SI386 SJ47 SK421 SL232 SM378 SN221 SO252 SR597 "
"SS211 ST239 SV503 SX1 SY963 SZ268 TC1 TD235 TG228 TH66 TJ992 TK690 TL670 "
"TM993 TN216 TO676 TR90 TT1 TV688 TW886 TZ255 UA380 UG256 US1 UY598 UZ998 VA39 "
"VC1 VE58 VG1 VI1 VN84 VU678 WF681 WS685 XK383 YE967 YT262 ZA27 ZM260 ZW263 ";

/* The characters but blanks, full-width ones as ASCII. */
static bool
read_written(const char *text, size_t length, bool is_utf8,
			 char written[WRITTEN_MAX + 1])
{
	const char *at = text;
	const char *end = text + length;
	int			count = 0;

	while (at < end)
	{
		int			character = crm_next_character(&at, end, is_utf8, true);

		if (character == ' ')
			continue;
		if (character == CRM_OTHER_CHARACTER || character == '\0' ||
			count == WRITTEN_MAX)
			return false;
		written[count++] = (char) crm_to_lower(character);
	}
	written[count] = '\0';
	return true;
}

static bool
starts_with(const number *n, const char *prefix)
{
	return strncmp(n->digits, prefix, strlen(prefix)) == 0;
}

/* 00 is what ITU-T recommends to dial for a plus sign; North America has 011. */
static const char *
international_prefix(const char *country)
{
	return country != NULL && strcmp(country, "1") == 0 ? "011" : "00";
}

/*
 * Is a zero that comes next dialled only by who leaves out what stands before
 * it? After a calling code, but for countries where it is part of the number.
 */
static bool
is_before_trunk_zero(const number *n, const char *prefix)
{
	size_t		skipped = n->is_international ? 0 : strlen(prefix);
	const char *code = n->digits + skipped;

	if ((size_t) n->count <= skipped ||
		(!n->is_international && !starts_with(n, prefix)))
		return false;
	for (int i = 0; i < TRUNK_COUNT; i++)
		if (trunks[i].prefix[0] == '\0' && strcmp(trunks[i].country, code) == 0)
			return false;
	return true;
}

/*
 * The digits, and whether a plus sign stands before them. A zero in brackets
 * after a calling code is left out where only a call within the country has it.
 */
static bool
read_digits(const char *written, const char *prefix, number *n)
{
	memset(n, 0, sizeof(*n));
	if (strncmp(written, "tel:", 4) == 0)
		written += 4;
	for (; *written != '\0'; written++)
	{
		if (*written == '+' && n->count == 0 && !n->is_international)
			n->is_international = true;
		else if (strncmp(written, "(0)", 3) == 0 &&
				 is_before_trunk_zero(n, prefix))
			written += 2;
		else if (crm_is_digit(*written))
			n->digits[n->count++] = *written;
		else if (strchr("-./()", *written) == NULL)
			return false;
	}
	return true;
}

static void
drop(number *n, size_t digits)
{
	n->count -= (int) digits;
	memmove(n->digits, n->digits + digits, (size_t) n->count + 1);
}

static void
drop_international_prefix(number *n, const char *prefix)
{
	if (!n->is_international && starts_with(n, prefix))
	{
		drop(n, strlen(prefix));
		n->is_international = true;
	}
}

static void
drop_trunk_prefix(number *n, const char *country)
{
	trunk		rule = {country, "0", 0};

	for (int i = 0; i < TRUNK_COUNT; i++)
		if (strcmp(trunks[i].country, country) == 0)
			rule = trunks[i];
	if ((rule.length == 0 || n->count == rule.length) &&
		starts_with(n, rule.prefix))
		drop(n, strlen(rule.prefix));
}

/* A number of a country becomes an international one. */
static bool
prepend(number *n, const char *country)
{
	size_t		length = strlen(country);

	drop_trunk_prefix(n, country);
	if (n->count == 0 || (size_t) n->count + length > DIGITS_MAX)
		return false;
	memmove(n->digits + length, n->digits, (size_t) n->count + 1);
	memcpy(n->digits, country, length);
	n->count += (int) length;
	return true;
}

/*
 * No calling code begins with 0. In North America an area code and three
 * digits more follow it, neither of which begins with 0 or 1, and then four.
 */
static bool
is_number(const number *n)
{
	if (n->count < DIGITS_MIN || n->count > DIGITS_MAX || n->digits[0] == '0')
		return false;
	return n->digits[0] != '1' ||
		(n->count == 11 && n->digits[1] >= '2' && n->digits[4] >= '2');
}

bool
crm_phone_normalise(const char *text, size_t length, bool is_utf8,
					const char *country, char out[CRM_PHONE_SIZE])
{
	char		written[WRITTEN_MAX + 1];
	const char *prefix = international_prefix(country);
	number		n;

	if (!read_written(text, length, is_utf8, written) ||
		!read_digits(written, prefix, &n))
		return false;
	drop_international_prefix(&n, prefix);
	if (!n.is_international && (country == NULL || !prepend(&n, country)))
		return false;
	if (!is_number(&n))
		return false;
	out[0] = '+';
	memcpy(out + 1, n.digits, (size_t) n.count + 1);
	return true;
}

/* The code that stands behind two letters in the table. */
static bool
find_country(const char *letters, char out[CRM_COUNTRY_SIZE])
{
	for (const char *at = countries; *at != '\0'; at = strchr(at, ' ') + 1)
		if (at[0] == letters[0] && at[1] == letters[1])
		{
			size_t		length = strcspn(at + 2, " ");

			memcpy(out, at + 2, length);
			out[length] = '\0';
			return true;
		}
	return false;
}

bool
crm_country_code(const char *text, size_t length, char out[CRM_COUNTRY_SIZE])
{
	if (length == 2 && crm_is_letter(text[0]))
		return find_country(text, out);
	if (length > 0 && text[0] == '+')
	{
		text++;
		length--;
	}
	if (length == 0 || length >= CRM_COUNTRY_SIZE || text[0] == '0')
		return false;
	for (size_t i = 0; i < length; i++)
	{
		if (!crm_is_digit(text[i]))
			return false;
		out[i] = text[i];
	}
	out[length] = '\0';
	return true;
}
