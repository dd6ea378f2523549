/*
 * clv_sample.c
 *		Any bytes as a packed sample: refused, or only rows that a fit can have
 *		seen, which pack into the same bytes.
 *
 * Chance does not make a head that agrees with its rows; where the first byte is
 * odd, a sample is made of the input, and then a few of its bytes are changed.
 */
#include "core/clv/effects.h"
#include "core/clv/sample.h"

#include <stdlib.h>
#include <string.h>

#include "edit.h"

#define ROWS	512
#define FEW		8

int			LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
try_bytes(const uint8_t *data, size_t size)
{
	static double rows[ROWS * (CRM_COVARIATES_MAX + 4)];
	static crm_spend spend[ROWS];
	static uint8_t out[1 << 16];
	crm_packed_sample packed;

	if (crm_clv_sample_open(data, size, &packed, NULL, NULL) != CRM_OK ||
		packed.histories > ROWS || packed.spends > ROWS)
		return;
	for (uint64_t i = 0; i < packed.histories; i++)
	{
		crm_history history = crm_packed_history(&packed, i);

		crm_packed_row(&packed, i,
					   rows + i * crm_clv_row_width(&packed.terms));
		if (!crm_clv_history_is_valid(packed.terms.kind, &history))
			abort();
	}
	for (uint64_t i = 0; i < packed.spends; i++)
	{
		spend[i] = crm_packed_spend(&packed, i);
		if (!crm_spend_is_valid(&spend[i]))
			abort();
	}
	if (crm_clv_sample_bytes(&packed.terms, packed.histories,
							 packed.spends) != size)
		abort();
	crm_clv_sample_pack(&packed.terms, packed.gaps, rows, packed.histories,
						spend, packed.spends, out);
	if (memcmp(out, data, size) != 0)
		abort();
}

/* Numbers of a quarter each, mostly in an order in which they are valid. */
static void
make_row(const uint8_t **data, size_t *size, int covariates, double *row)
{
	for (int k = 0; k < covariates; k++)
		row[k] = (int8_t) take_byte(data, size);
	row += covariates;
	row[0] = take_byte(data, size) / 4.0;
	row[1] = take_byte(data, size) / 4.0;
	row[2] = row[1] + take_byte(data, size) / 4.0;
	row[3] = take_byte(data, size) + 1;
}

static void
try_made(const uint8_t *data, size_t size)
{
	static uint8_t bytes[1 << 12];
	double		rows[FEW * (CRM_COVARIATES_MAX + 4)];
	crm_spend	spend[FEW];
	crm_clv_terms terms = {.as_of = CRM_CLV_NO_DAY};
	size_t		histories = take_byte(&data, &size) % (FEW + 1);
	size_t		spends = take_byte(&data, &size) % (FEW + 1);

	terms.kind = take_byte(&data, &size) % CRM_CLV_KINDS;
	terms.unit_days = crm_clv_is_continuous(terms.kind) ? 7 : 0;
	if (crm_clv_takes_covariates(terms.kind))
		terms.covariates = take_byte(&data, &size) % (CRM_COVARIATES_MAX + 1);
	for (size_t i = 0; i < histories; i++)
		make_row(&data, &size, terms.covariates,
				 rows + i * crm_clv_row_width(&terms));
	for (size_t i = 0; i < spends; i++)
	{
		spend[i].frequency = 1 + take_byte(&data, &size);
		spend[i].value = 1 + take_byte(&data, &size);
		spend[i].weight = 1;
	}
	crm_clv_sample_pack(&terms, (crm_wide) {0}, rows, histories, spend, spends,
						bytes);
	try_bytes(bytes, edit(bytes, crm_clv_sample_bytes(&terms, histories, spends),
						  data, size));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > 0 && data[0] % 2 == 1)
		try_made(data + 1, size - 1);
	else if (size > 0)
		try_bytes(data + 1, size - 1);
	return 0;
}
