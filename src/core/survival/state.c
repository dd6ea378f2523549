/*
 * state.c
 *		Durations, sorted and counted, and packed.
 */
#include "core/survival/survival.h"

#include <string.h>

#include "core/numeric/sort.h"
#include "core/numeric/varint.h"

/* The bits of the largest duration */
#define BITS_MAX	((UINT64_C(0x7ff) << 52) - 1)

#define STEPS_PER_CHECK	65536

#define HEAD_MAX		(1 + 3 * CRM_VARINT_MAX)

uint64_t
crm_survival_key(double duration, bool is_observed)
{
	uint64_t	bits;

	if (duration == 0)
		duration = 0;			/* -0 too */
	memcpy(&bits, &duration, sizeof(bits));
	return bits << 1 | !is_observed;
}

static double
duration_of(uint64_t bits)
{
	double		duration;

	memcpy(&duration, &bits, sizeof(duration));
	return duration;
}

bool
crm_run_is_censored(crm_run run)
{
	return run.key & 1;
}

size_t
crm_runs_of_keys(const uint64_t *keys, size_t count, crm_run *runs)
{
	size_t		n = 0;

	for (size_t i = 0; i < count; i++)
	{
		if (n == 0 || runs[n - 1].key != keys[i])
			runs[n++] = (crm_run) {keys[i], 0};
		runs[n - 1].count++;
	}
	return n;
}

/* Runs of one key may land in any order: their counts are added up. */
static inline bool
is_before(const crm_run *a, const crm_run *b)
{
	return a->key < b->key;
}

CRM_DEFINE_SORT(sort_runs, crm_run, is_before)

static bool
runs_are_sorted(const crm_run *runs, size_t count)
{
	for (size_t i = 1; i < count; i++)
		if (runs[i].key <= runs[i - 1].key)
			return false;
	return true;
}

crm_status
crm_runs_sort(crm_run *runs, size_t *count, crm_interrupt interrupt, void *arg)
{
	size_t		n = 0;

	if (runs_are_sorted(runs, *count))
		return CRM_OK;
	if (sort_runs(runs, *count, interrupt, arg) != CRM_OK)
		return CRM_INTERRUPTED;
	for (size_t i = 0; i < *count; i++)
	{
		if (n > 0 && runs[n - 1].key == runs[i].key)
			runs[n - 1].count += runs[i].count;
		else
			runs[n++] = runs[i];
	}
	*count = n;
	return CRM_OK;
}

size_t
crm_runs_merge(const crm_run *a, size_t a_count, const crm_run *b,
			   size_t b_count, crm_run *out)
{
	const crm_run *a_end = a + a_count;
	const crm_run *b_end = b + b_count;
	crm_run    *at = out;

	while (a < a_end && b < b_end)
	{
		if (a->key == b->key)
		{
			*at = *a++;
			at++->count += b++->count;
		}
		else
			*at++ = a->key < b->key ? *a++ : *b++;
	}
	while (a < a_end)
		*at++ = *a++;
	while (b < b_end)
		*at++ = *b++;
	return at - out;
}

/* The run of i and of the next, where that has the same duration. */
static size_t
step_of_runs(const crm_run *runs, size_t count, size_t i, uint64_t *bits,
			 uint64_t *observed, uint64_t *censored)
{
	size_t		next = i;

	*bits = runs[i].key >> 1;
	*observed = crm_run_is_censored(runs[i]) ? 0 : runs[next++].count;
	*censored = 0;
	if (next < count && runs[next].key == (*bits << 1 | 1))
		*censored = runs[next++].count;
	return next;
}

size_t
crm_survival_packed_bound(const crm_run *runs, size_t count)
{
	size_t		size = HEAD_MAX;
	uint64_t	before = 0;
	uint64_t	bits;
	uint64_t	observed;
	uint64_t	censored;

	for (size_t i = 0; i < count; before = bits)
	{
		i = step_of_runs(runs, count, i, &bits, &observed, &censored);
		size += crm_varint_size(bits - before) +
			crm_varint_size(observed << 1 | 1) +
			(censored > 0 ? crm_varint_size(censored) : 0);
	}
	return size;
}

static uint8_t *
put_head(uint8_t *at, const crm_run *runs, size_t count)
{
	uint64_t	items = 0;
	uint64_t	all_observed = 0;
	uint64_t	durations = 0;
	uint64_t	bits;
	uint64_t	observed;
	uint64_t	censored;

	for (size_t i = 0; i < count; durations++)
	{
		i = step_of_runs(runs, count, i, &bits, &observed, &censored);
		items += observed + censored;
		all_observed += observed;
	}
	*at++ = CRM_SURVIVAL_VERSION;
	at = crm_put_varint(at, items);
	at = crm_put_varint(at, all_observed);
	return crm_put_varint(at, durations);
}

/* Answers how many bytes it wrote. */
size_t
crm_survival_pack(const crm_run *runs, size_t count, uint8_t *out)
{
	uint8_t    *at = put_head(out, runs, count);
	uint64_t	before = 0;
	uint64_t	bits;
	uint64_t	observed;
	uint64_t	censored;

	for (size_t i = 0; i < count; before = bits)
	{
		i = step_of_runs(runs, count, i, &bits, &observed, &censored);
		at = crm_put_varint(at, bits - before);
		at = crm_put_varint(at, observed << 1 | (censored > 0));
		if (censored > 0)
			at = crm_put_varint(at, censored - 1);
	}
	return at - out;
}

/* A varint as the encoder writes it, without padding. */
static bool
get_short_varint(const uint8_t **at, const uint8_t *end, uint64_t *value)
{
	const uint8_t *begin = *at;

	return crm_get_varint(at, end, value) &&
		*at - begin == crm_varint_size(*value);
}

/* The counts at one duration, moving the reader; false at bad bytes. */
static bool
read_step(crm_survival *s, crm_step *step)
{
	bool		is_first = s->left == s->count;
	uint64_t	distance;
	uint64_t	code;

	if (!get_short_varint(&s->at, s->end, &distance) ||
		!get_short_varint(&s->at, s->end, &code) ||
		(distance == 0 && !is_first) || distance > BITS_MAX - s->bits ||
		code == 0)
		return false;
	s->bits += distance;
	step->duration = duration_of(s->bits);
	step->at_risk = s->left;
	step->observed = code >> 1;
	step->censored = 0;
	if (code & 1)
	{
		if (!get_short_varint(&s->at, s->end, &step->censored) ||
			step->censored >= s->left)
			return false;
		step->censored++;
	}
	if (step->observed > s->left - step->censored)
		return false;
	s->left -= step->observed + step->censored;
	return true;
}

crm_status
crm_survival_open(const uint8_t *bytes, size_t length, crm_survival *s)
{
	uint64_t	durations;

	*s = (crm_survival) {.at = bytes + 1, .end = bytes + length};
	if (length < 1 || bytes[0] != CRM_SURVIVAL_VERSION ||
		!get_short_varint(&s->at, s->end, &s->count) ||
		!get_short_varint(&s->at, s->end, &s->observed) ||
		!get_short_varint(&s->at, s->end, &durations) ||
		s->count > CRM_SURVIVAL_MAX || s->observed > s->count ||
		durations > s->count || durations > (size_t) (s->end - s->at))
		return CRM_CORRUPT;
	s->left = s->count;
	s->durations = durations;
	return CRM_OK;
}

crm_status
crm_survival_check(const uint8_t *bytes, size_t length,
				   crm_interrupt interrupt, void *interrupt_arg)
{
	crm_survival s;
	crm_step	step;
	uint64_t	observed = 0;

	if (crm_survival_open(bytes, length, &s) != CRM_OK)
		return CRM_CORRUPT;
	s.interrupt = interrupt;
	s.interrupt_arg = interrupt_arg;
	while (crm_survival_next(&s, &step))
		observed += step.observed;
	return s.at == s.end && s.left == 0 && observed == s.observed &&
		s.steps == s.durations ? CRM_OK : CRM_CORRUPT;
}

/* Every so many steps: is it time to stop? */
static bool
is_interrupted(const crm_survival *s)
{
	return s->steps % STEPS_PER_CHECK == STEPS_PER_CHECK - 1 &&
		s->interrupt != NULL && s->interrupt(s->interrupt_arg);
}

bool
crm_survival_next(crm_survival *s, crm_step *step)
{
	if (s->steps == s->durations || is_interrupted(s) || !read_step(s, step))
		return false;
	s->steps++;
	return true;
}

size_t
crm_survival_unpack(crm_survival *s, crm_run *runs)
{
	crm_step	step;
	size_t		n = 0;

	while (crm_survival_next(s, &step))
	{
		if (step.observed > 0)
			runs[n++] = (crm_run) {s->bits << 1, step.observed};
		if (step.censored > 0)
			runs[n++] = (crm_run) {s->bits << 1 | 1, step.censored};
	}
	return n;
}
