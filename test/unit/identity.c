/*
 * identity.c
 *		Addresses and numbers: what they become, and what is none.
 */
#include "tap.h"

#include "core/identity/filter.h"
#include "core/identity/identity.h"

#define LENGTH(a) ((int) (sizeof(a) / sizeof((a)[0])))

/* Given, wanted; NULL for no address. */
static const char *const emails[][2] = {
	{" Ann.Smith+Shop@Example.COM\r\n", "ann.smith+shop@example.com"},
	{"\xc2\xa0" "a@b.de\xe2\x80\x8b\xef\xbb\xbf", "a@b.de"},
	{"a@b.de.", "a@b.de"},
	{"o'neil!#$%&*/=?^_`{|}~-@sub.b-c.museum", "o'neil!#$%&*/=?^_`{|}~-@sub.b-c.museum"},
	{"M\xc3\x9cLLER@B\xc3\x9c" "CHER.de", "m\xc3\x9cller@b\xc3\x9c" "cher.de"},
	{"1@2.x3", "1@2.x3"},
	{"", NULL}, {" ", NULL}, {"@", NULL}, {"a", NULL}, {"a@", NULL}, {"@b.de", NULL},
	{"a@b", NULL}, {"a@b..de", NULL}, {"a@.de", NULL}, {"a@b.de..", NULL},
	{"a b@c.de", NULL}, {"a\xc2\xa0" "b@c.de", NULL}, {"a@b\xe2\x80\x8b.de", NULL},
	{"a@b.1", NULL}, {"a@[127.0.0.1]", NULL}, {"a@b@c.de", NULL},
	{".a@b.de", NULL}, {"a.@b.de", NULL}, {"a..b@c.de", NULL},
	{"\"a\"@b.de", NULL}, {"a,b@c.de", NULL}, {"a@-b.de", NULL},
	{"a@b-.de", NULL}, {"a@b_c.de", NULL}, {"Ann <a@b.de>", NULL}, {"a\x01@b.de", NULL},
};

/* Given, country, wanted. */
static const char *const phones[][3] = {
	{"+49 (0)30 90 18-20", NULL, "+4930901820"},
	{"(030) 901820", "49", "+4930901820"},
	{"(0)30 901820", "49", "+4930901820"},
	{"0049 30 901820", "49", "+4930901820"},
	{"0049 (0)30 90 18-20", NULL, "+4930901820"},
	{"00 49 (0) 30 901820", "49", "+4930901820"},
	{"011 49 (0)30 901820", "1", "+4930901820"},
	{"+39 (0)6 698 12345", NULL, "+390669812345"},
	{"0039 (0)6 698 12345", "49", "+390669812345"},
	{"0049 30 901820", NULL, "+4930901820"},
	{"(+49) 30.901820", NULL, "+4930901820"},
	{"tel:+49-30-901820", NULL, "+4930901820"},
	{"\xef\xbc\x8b\xef\xbc\x94\xef\xbc\x99\xe3\x80\x80\xef\xbc\x93\xef\xbc\x90\xe2\x80\x93" "901820", NULL,
	"+4930901820"},
	{"415 555 2671", "1", "+14155552671"},
	{"1 (415) 555-2671", "1", "+14155552671"},
	{"+1 415-555-2671", "49", "+14155552671"},
	{"011 49 30 901820", "1", "+4930901820"},
	{"8 912 345-67-89", "7", "+79123456789"},
	{"912 345-67-89", "7", "+79123456789"},
	{"800 123-45-67", "7", "+78001234567"},
	{"06 1 234 5678", "36", "+3612345678"},
	{"02 1234 5678", "39", "+390212345678"},
	{"138 0013 8000", "86", "+8613800138000"},
	{"+123456789012345", NULL, NULL},	/* 15 digits, but +1 has 11 */
	{"+223456789012345", NULL, "+223456789012345"},
	{"+2234567890123456", NULL, NULL},
	{"030 901820", NULL, NULL}, {"+0 30 901820", NULL, NULL},
	{"+49", NULL, NULL}, {"+49 (0)", NULL, NULL}, {"", "49", NULL},
	{"+", "49", NULL}, {"0", "49", NULL}, {"00", "49", NULL},
	{"110", "49", NULL}, {"+49 30 901820 x5", NULL, NULL},
	{"1-800-FLOWERS", "1", NULL}, {"+49+30901820", NULL, NULL},
	{"30+4990182", "49", NULL}, {"115 555 2671", "1", NULL},
	{"415 155 2671", "1", NULL}, {"555 2671", "1", NULL},
	{"+49 30 901820\xc3\xa4", NULL, NULL},
	{"0000000000000000000000000000000000000000000000000000000000000000000", "49", NULL},
};

static const char *const countries[][2] = {
	{"49", "49"}, {"+49", "49"}, {"DE", "49"}, {"US", "1"}, {"CN", "86"},
	{"AD", "376"}, {"ZW", "263"}, {"VA", "39"}, {"1", "1"}, {"+420", "420"},
	{"", NULL}, {"+", NULL}, {"de", NULL}, {"D", NULL}, {"DEU", NULL},
	{"XX", NULL}, {"049", NULL}, {"4900", NULL}, {"4x", NULL}, {"49 ", NULL},
	{"D4", NULL}, {"76", "76"},
};

static void
test_emails(void)
{
	for (int i = 0; i < LENGTH(emails); i++)
	{
		char		got[CRM_EMAIL_MAX + 1];
		char		again[CRM_EMAIL_MAX + 1];
		size_t		length;
		size_t		length_again;
		bool		is_one = crm_email_normalise(emails[i][0],
												 strlen(emails[i][0]), true,
												 got, &length);

		if (emails[i][1] == NULL)
		{
			ok(!is_one, "address %d is none", i);
			continue;
		}
		got[is_one ? length : 0] = '\0';
		is_text(got, emails[i][1], "an address");
		ok(crm_email_normalise(got, length, true, again, &length_again) &&
		   length == length_again && memcmp(got, again, length) == 0,
		   "and it stays what it is");
	}
}

/* A domain of labels of 63, cut to length. */
static bool
is_email_of(size_t local, size_t domain)
{
	char		text[600];
	char		out[CRM_EMAIL_MAX];
	size_t		length;

	memset(text, 'a', sizeof(text));
	text[local] = '@';
	for (size_t i = 60; i + 2 < domain; i += 60)
		text[local + 1 + i] = '.';
	return crm_email_normalise(text, local + 1 + domain, true, out, &length);
}

static bool
is_label_of(size_t length)
{
	char		text[100] = "a@";
	char		out[CRM_EMAIL_MAX];

	memset(text + 2, 'b', length);
	memcpy(text + 2 + length, ".de", 4);
	return crm_email_normalise(text, strlen(text), true, out, &length);
}

static void
test_lengths(void)
{
	ok(is_email_of(64, 189), "254 bytes are an address");
	ok(!is_email_of(64, 190), "255 are none");
	ok(!is_email_of(65, 100), "nor are 65 before the @");
	ok(!is_email_of(10, 500), "nor are five hundred");
	ok(is_label_of(63) && !is_label_of(64), "a label has 63 at most");
}

/* In other encodings bytes beyond ASCII are letters, whatever they are. */
static void
test_other_encodings(void)
{
	char		out[CRM_EMAIL_MAX];
	char		phone[CRM_PHONE_SIZE];
	size_t		length;

	ok(crm_email_normalise("m\xa0@b.de", 7, false, out, &length) &&
	   length == 7, "a byte of Latin 2");
	ok(!crm_phone_normalise("+4930\xa0" "901820", 12, false, NULL, phone),
	   "which is no digit");
	ok(crm_email_normalise("m\xe2@b.de", 7, true, out, &length),
	   "and UTF-8 that is none is read to its end");
}

static void
test_phones(void)
{
	for (int i = 0; i < LENGTH(phones); i++)
	{
		char		got[CRM_PHONE_SIZE] = "";
		char		again[CRM_PHONE_SIZE] = "";
		bool		is_one = crm_phone_normalise(phones[i][0],
												 strlen(phones[i][0]), true,
												 phones[i][1], got);

		if (phones[i][2] == NULL)
		{
			ok(!is_one, "number %d is none", i);
			continue;
		}
		is_text(got, phones[i][2], "a number");
		ok(crm_phone_normalise(got, strlen(got), true, phones[i][1], again) &&
		   strcmp(got, again) == 0, "and it stays what it is");
	}
}

static void
test_countries(void)
{
	for (int i = 0; i < LENGTH(countries); i++)
	{
		char		code[CRM_COUNTRY_SIZE] = "";
		bool		is_one = crm_country_code(countries[i][0],
											  strlen(countries[i][0]), code);

		ok(is_one == (countries[i][1] != NULL) &&
		   (!is_one || strcmp(code, countries[i][1]) == 0),
		   "country \"%s\"", countries[i][0]);
	}
}

/* Of a generator that is none of the filter's. */
static uint64_t
next_value(uint64_t *state)
{
	*state = *state * UINT64_C(6364136223846793005) + 1442695040888963407;
	return *state ^ *state >> 29;
}

static void
test_filter(void)
{
	enum
	{
		COUNT = 40000
	};
	static uint64_t filter[COUNT / CRM_FILTER_VALUES + 1];
	size_t		words = crm_filter_words(COUNT);
	uint64_t	state = 1;
	int			missed = 0;
	int			wrong = 0;

	ok(words == LENGTH(filter), "a word for four values");
	for (int i = 0; i < COUNT; i++)
		crm_filter_add(filter, words, next_value(&state));
	for (int i = 0; i < COUNT; i++)
		wrong += crm_filter_has(filter, words, next_value(&state));
	state = 1;
	for (int i = 0; i < COUNT; i++)
		missed += !crm_filter_has(filter, words, next_value(&state));
	ok(missed == 0, "every value is found");
	ok(wrong < COUNT / 100, "%d of %d others are", wrong, COUNT);
	ok(crm_filter_place(words, UINT64_MAX) == words - 1 &&
	   crm_filter_place(words, 0) == 0, "no value has a place beyond");
	ok(crm_filter_has(NULL, 0, 1), "nothing is known of an empty filter");
}

int
main(void)
{
	test_filter();
	test_emails();
	test_lengths();
	test_other_encodings();
	test_phones();
	test_countries();
	return done_testing();
}
