/*
 * period_retention.c
 *		Any text, or any bytes, as a retention: refused, or read, and written
 *		as text that reads the same. What was read answers, and merges.
 *
 * The first byte chooses: text, words, or customers to make one of, whose text is
 * then changed here and there.
 */
#include "core/period/retention.h"

#include <stdlib.h>
#include <string.h>

#include "core/activity/amount.h"
#include "edit.h"

/* Few periods are enough to test, and do not make it wait. */
#define ENOUGH	30

int			LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
ask(crm_retention *retention, int32_t periods)
{
	crm_cohort_walk walk;
	crm_cohort_row row;
	crm_growth	growth;

	for (int32_t i = 0; i < periods; i++)
		crm_growth_of(retention, i, &growth);
	for (crm_cohorts_init(&walk, retention); crm_cohorts_next(&walk, &row);)
		;
	crm_retention_merge(retention, retention);
}

static void
round_trip(crm_retention *retention, int32_t periods)
{
	size_t		length = crm_retention_text(retention, NULL, 0, NULL, NULL);
	char	   *text = malloc(length + 1);
	crm_retention *again = calloc(1, crm_retention_bytes(periods));
	const char *fault;

	crm_retention_text(retention, text, length + 1, NULL, NULL);
	if (crm_retention_parse(text, &periods, again, &fault, NULL, NULL) != CRM_OK ||
		memcmp(again, retention, crm_retention_bytes(periods)) != 0)
		abort();
	free(text);
	free(again);
}

static void
try_text(const uint8_t *data, size_t size)
{
	char	   *text = malloc(size + 1);
	crm_retention *made;
	const char *fault;
	int32_t		periods;

	memcpy(text, data, size);
	text[size] = '\0';
	if (crm_retention_parse(text, &periods, NULL, &fault, NULL, NULL) == CRM_OK &&
		periods <= ENOUGH)
	{
		made = calloc(1, crm_retention_bytes(periods));
		if (crm_retention_parse(text, &periods, made, &fault, NULL, NULL) == CRM_OK)
		{
			round_trip(made, periods);
			ask(made, periods);
		}
		free(made);
	}
	free(text);
}

/* Two periods, all words from the input, 0 where it is too short. */
static void
try_bytes(const uint8_t *data, size_t size)
{
	const int32_t bounds[] = {-3, 0, 7};
	size_t		bytes = crm_retention_bytes(2);
	crm_retention *made = calloc(1, bytes);
	size_t		head;

	crm_retention_init(made, bounds, 2, 1);
	head = (char *) crm_retention_open(made).sizes - (char *) made;
	memcpy((char *) made + head, data,
		   size < bytes - head ? size : bytes - head);
	if (crm_retention_check(made, bytes) == CRM_OK)
	{
		round_trip(made, 2);
		ask(made, 2);
	}
	free(made);
}

/* A customer of two days, one of them perhaps a refund. */
static void
add_customer(crm_retention *to, const uint8_t **data, size_t *size)
{
	uint8_t		bytes[CRM_PACKED_BOUND(2)];
	crm_entry	entries[2] = {0};

	for (int i = 0; i < 2; i++)
	{
		entries[i].day = take_byte(data, size) % 8 + 8 * i;
		entries[i].events = take_byte(data, size) % 3;
		entries[i].amount = take_byte(data, size) *
			(entries[i].events == 0 ? -INT64_C(100) : 1000) - 1;
	}
	crm_retention_add(to, bytes, crm_ledger_pack(entries, 2, bytes));
}

static void
try_made(const uint8_t *data, size_t size)
{
	const int32_t bounds[] = {-3, 2, 9, 16};
	crm_retention *made = calloc(1, crm_retention_bytes(3));
	size_t		length;
	char	   *text;

	crm_retention_init(made, bounds, 3, take_byte(&data, &size) % 9);
	for (int n = take_byte(&data, &size) % 8; n > 0; n--)
		add_customer(made, &data, &size);
	if (crm_retention_check(made, crm_retention_bytes(3)) != CRM_OK)
		abort();
	length = crm_retention_text(made, NULL, 0, NULL, NULL);
	text = malloc(length + 1);
	crm_retention_text(made, text, length + 1, NULL, NULL);
	try_text((uint8_t *) text, edit(text, length, data, size));
	free(text);
	free(made);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > 0 && data[0] == 0xff)
		try_bytes(data + 1, size - 1);
	else if (size > 0 && data[0] >= 0x80)
		try_made(data + 1, size - 1);
	else
		try_text(data, size);
	return 0;
}
