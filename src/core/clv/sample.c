/*
 * sample.c
 *		The customers that a fit has seen so far, as bytes.
 */
#include "core/clv/sample.h"

#include <math.h>
#include <string.h>

#include "core/activity/activity.h"
#include "core/clv/cnbd.h"
#include "core/clv/effects.h"

#define WORD			sizeof(uint64_t)
#define HEAD_WORDS		11
#define SPEND_WORDS		3

static uint8_t *
put_word(uint8_t *out, uint64_t value)
{
	for (int i = 0; i < (int) WORD; i++)
		*out++ = (uint8_t) (value >> 8 * i);
	return out;
}

static uint64_t
get_word(const uint8_t *at)
{
	uint64_t	value = 0;

	for (int i = 0; i < (int) WORD; i++)
		value |= (uint64_t) at[i] << 8 * i;
	return value;
}

static uint8_t *
put_double(uint8_t *out, double value)
{
	uint64_t	bits;

	memcpy(&bits, &value, sizeof(bits));
	return put_word(out, bits);
}

static double
get_double(const uint8_t *at)
{
	uint64_t	bits = get_word(at);
	double		value;

	memcpy(&value, &bits, sizeof(value));
	return value;
}

bool
crm_clv_terms_equal(const crm_clv_terms *a, const crm_clv_terms *b)
{
	return a->kind == b->kind && a->as_of == b->as_of &&
		a->unit_days == b->unit_days && a->k == b->k &&
		a->known_gaps == b->known_gaps && a->covariates == b->covariates;
}

bool
crm_clv_add_gaps(crm_wide *sum, double log_gaps)
{
	__int128	more = (__int128) rint(log_gaps / CRM_CLV_GAP_UNIT);

	return crm_wide_add(sum, more);
}

double
crm_clv_gaps(const crm_clv_terms *terms, const crm_wide *sum)
{
	return terms->known_gaps
		? (double) crm_wide_value(*sum) * CRM_CLV_GAP_UNIT : NAN;
}

size_t
crm_clv_sample_bytes(const crm_clv_terms *terms, size_t histories,
					 size_t spends)
{
	return (HEAD_WORDS + crm_clv_row_width(terms) * histories
			+ SPEND_WORDS * spends) * WORD;
}

void
crm_clv_sample_pack(const crm_clv_terms *terms, crm_wide gaps,
					const double *rows, size_t histories,
					const crm_spend *spend, size_t spends, uint8_t *out)
{
	out = put_word(out, CRM_CLV_SAMPLE_VERSION);
	out = put_word(out, terms->kind);
	out = put_word(out, (uint32_t) terms->as_of);
	out = put_double(out, terms->unit_days);
	out = put_word(out, (uint32_t) terms->k);
	out = put_word(out, (uint32_t) terms->known_gaps);
	out = put_word(out, (uint32_t) terms->covariates);
	out = put_word(out, gaps.low);
	out = put_word(out, (uint64_t) gaps.high);
	out = put_word(out, histories);
	out = put_word(out, spends);
	for (size_t i = 0; i < histories * crm_clv_row_width(terms); i++)
		out = put_double(out, rows[i]);
	for (const crm_spend *s = spend; s < spend + spends; s++)
	{
		out = put_double(out, s->frequency);
		out = put_double(out, s->value);
		out = put_double(out, s->weight);
	}
}

static crm_history
get_history(const uint8_t *at)
{
	return (crm_history) {get_double(at), get_double(at + WORD),
						  get_double(at + 2 * WORD), get_double(at + 3 * WORD)};
}

static crm_spend
get_spend(const uint8_t *at)
{
	return (crm_spend) {get_double(at), get_double(at + WORD),
						get_double(at + 2 * WORD)};
}

crm_history
crm_packed_history(const crm_packed_sample *packed, uint64_t i)
{
	int			width = crm_clv_row_width(&packed->terms);

	return get_history(packed->rows
					   + (i * width + packed->terms.covariates) * WORD);
}

void
crm_packed_row(const crm_packed_sample *packed, uint64_t i, double *row)
{
	int			width = crm_clv_row_width(&packed->terms);

	for (int k = 0; k < width; k++)
		row[k] = get_double(packed->rows + (i * width + k) * WORD);
}

crm_spend
crm_packed_spend(const crm_packed_sample *packed, uint64_t i)
{
	return get_spend(packed->rows + packed->histories
					 * crm_clv_row_width(&packed->terms) * WORD
					 + i * SPEND_WORDS * WORD);
}

/* The head of a sample, in words that may be larger than what they say. */
typedef struct head
{
	uint64_t	kind;
	uint64_t	as_of;
	uint64_t	k;
	uint64_t	known_gaps;
	uint64_t	covariates;
} head;

static head
read_head(const uint8_t *bytes, crm_packed_sample *packed)
{
	head		h = {
		get_word(bytes + WORD), get_word(bytes + 2 * WORD),
		get_word(bytes + 4 * WORD), get_word(bytes + 5 * WORD),
		get_word(bytes + 6 * WORD)
	};

	packed->terms.kind = (int32_t) h.kind;
	packed->terms.as_of = (int32_t) (uint32_t) h.as_of;
	packed->terms.unit_days = get_double(bytes + 3 * WORD);
	packed->terms.k = (int32_t) h.k;
	packed->terms.known_gaps = (int32_t) h.known_gaps;
	packed->terms.covariates = (int32_t) h.covariates;
	packed->gaps = (crm_wide) {get_word(bytes + 7 * WORD),
							   (int64_t) get_word(bytes + 8 * WORD)
		};
	packed->histories = get_word(bytes + 9 * WORD);
	packed->spends = get_word(bytes + 10 * WORD);
	packed->rows = bytes + HEAD_WORDS * WORD;
	return h;
}

static bool
head_is_valid(const uint8_t *bytes, size_t length, crm_packed_sample *packed)
{
	uint64_t	most = length / WORD;	/* so that counts cannot overflow */
	head		h;

	if (length < HEAD_WORDS * WORD ||
		get_word(bytes) != CRM_CLV_SAMPLE_VERSION)
		return false;
	h = read_head(bytes, packed);
	return h.kind < CRM_CLV_KINDS && h.as_of <= UINT32_MAX &&
		h.k <= CRM_CNBD_MAX && h.known_gaps <= 1 &&
		h.covariates <= CRM_COVARIATES_MAX &&
		(h.covariates == 0 || crm_clv_takes_covariates((int) h.kind)) &&
		crm_wide_fits(crm_wide_value(packed->gaps)) &&
		(h.known_gaps == 1 ||
		 (packed->gaps.low == 0 && packed->gaps.high == 0)) &&
		(packed->terms.as_of == CRM_CLV_NO_DAY ||
		 (packed->terms.as_of >= CRM_DAY_MIN &&
		  packed->terms.as_of <= CRM_DAY_MAX)) &&
		(crm_clv_is_continuous((int) h.kind)
		 ? crm_clv_unit_is_valid(packed->terms.unit_days)
		 : packed->terms.unit_days == 0) &&
		packed->histories <= most && packed->spends <= most &&
		length == crm_clv_sample_bytes(&packed->terms, packed->histories,
									   packed->spends);
}

/* Whether to, in row i. */
static bool
gives_up(uint64_t i, crm_interrupt interrupt, void *arg)
{
	return i % 4096 == 0 && interrupt != NULL && interrupt(arg);
}

crm_status
crm_clv_sample_open(const uint8_t *bytes, size_t length,
					crm_packed_sample *packed, crm_interrupt interrupt,
					void *arg)
{
	if (!head_is_valid(bytes, length, packed))
		return CRM_CORRUPT;
	for (uint64_t i = 0; i < packed->histories; i++)
	{
		crm_history history = crm_packed_history(packed, i);
		double		row[CRM_COVARIATES_MAX + 4];

		if (gives_up(i, interrupt, arg))
			return CRM_INTERRUPTED;
		if (!crm_clv_history_is_valid(packed->terms.kind, &history))
			return CRM_CORRUPT;
		crm_packed_row(packed, i, row);
		for (int k = 0; k < packed->terms.covariates; k++)
			if (!(fabs(row[k]) <= CRM_COVARIATE_SIZE))
				return CRM_CORRUPT;
	}
	for (uint64_t i = 0; i < packed->spends; i++)
	{
		crm_spend	spend = crm_packed_spend(packed, i);

		if (gives_up(i, interrupt, arg))
			return CRM_INTERRUPTED;
		if (!crm_spend_is_valid(&spend))
			return CRM_CORRUPT;
	}
	return CRM_OK;
}
