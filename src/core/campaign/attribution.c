/*
 * attribution.c
 *		How a conversion is shared among the touches before it.
 *
 * The rules look at time alone, never at the place in the array: touches of
 * one instant have one weight, the mean of what their ranks would have. So the
 * order of rows decides nothing.
 */
#include "core/campaign/attribution.h"

#include <math.h>
#include <string.h>

#include "core/numeric/doubledouble.h"

/* What the first and the last touch have by position, each, and the rest. */
#define END_SHARE 0.4
#define BETWEEN_SHARE 0.2

/* The touches that count: how many, from when to when, how many at the ends. */
typedef struct span
{
	size_t		count;
	int64_t		first_at;
	int64_t		last_at;
	size_t		at_first;
	size_t		at_last;
} span;

bool
crm_attribution_model_named(const char *name, size_t length,
							crm_attribution_model *model)
{
	static const char *const names[] = {
		[CRM_ATTRIBUTION_FIRST] = "first",
		[CRM_ATTRIBUTION_LAST] = "last",
		[CRM_ATTRIBUTION_LINEAR] = "linear",
		[CRM_ATTRIBUTION_POSITION] = "position",
		[CRM_ATTRIBUTION_DECAY] = "decay"
	};

	for (int i = 0; i < (int) (sizeof(names) / sizeof(names[0])); i++)
		if (strlen(names[i]) == length && memcmp(names[i], name, length) == 0)
		{
			*model = (crm_attribution_model) i;
			return true;
		}
	return false;
}

/* From earlier to later, which need not fit an int64_t. */
static double
microseconds_between(int64_t earlier, int64_t later)
{
	return (double) ((uint64_t) later - (uint64_t) earlier);
}

bool
crm_touch_counts(int64_t touched_at, int64_t converted_at, double window)
{
	return touched_at <= converted_at &&
		microseconds_between(touched_at, converted_at) <= window;
}

static span
span_of(const int64_t *touched_at, const bool *counts, size_t touches)
{
	span		s = {0, INT64_MAX, INT64_MIN, 0, 0};

	for (size_t i = 0; i < touches; i++)
		if (counts[i])
		{
			s.count++;
			s.first_at = touched_at[i] < s.first_at ? touched_at[i] : s.first_at;
			s.last_at = touched_at[i] > s.last_at ? touched_at[i] : s.last_at;
		}
	for (size_t i = 0; i < touches; i++)
		if (counts[i])
		{
			s.at_first += touched_at[i] == s.first_at;
			s.at_last += touched_at[i] == s.last_at;
		}
	return s;
}

/*
 * 0.4 for the first and the last, the rest shared by those between; halves
 * where none is. Of several first ones the others are of those between.
 */
static double
position_weight(const span *s, int64_t at)
{
	double		between = BETWEEN_SHARE / (double) (s->count - 2);
	size_t		group = at == s->first_at ? s->at_first : s->at_last;

	if (s->count <= 2 || s->first_at == s->last_at)
		return 1 / (double) s->count;
	if (at != s->first_at && at != s->last_at)
		return between;
	return (END_SHARE + (double) (group - 1) * between) / (double) group;
}

/*
 * By age from the newest: by age from the conversion every weight of an old
 * path would vanish, and their ratios with them.
 */
static double
raw_weight(crm_attribution_model model, const span *s, int64_t at,
		   double half_life)
{
	switch (model)
	{
		case CRM_ATTRIBUTION_FIRST:
			return at == s->first_at ? 1 / (double) s->at_first : 0;
		case CRM_ATTRIBUTION_LAST:
			return at == s->last_at ? 1 / (double) s->at_last : 0;
		case CRM_ATTRIBUTION_LINEAR:
			return 1 / (double) s->count;
		case CRM_ATTRIBUTION_POSITION:
			return position_weight(s, at);
		case CRM_ATTRIBUTION_DECAY:
			break;
	}
	return exp2(-microseconds_between(at, s->last_at) / half_life);
}

/* Divides by the sum, which the order of the touches must not change. */
static void
normalise(double *weights, size_t touches)
{
	crm_dd		sum = {0, 0};

	for (size_t i = 0; i < touches; i++)
		sum = crm_dd_add_double(sum, weights[i]);
	for (size_t i = 0; i < touches && sum.hi > 0; i++)
		weights[i] /= sum.hi;
}

void
crm_attribution_weights(crm_attribution_model model,
						const int64_t *touched_at, const bool *counts,
						size_t touches, double half_life, double *weights)
{
	span		s = span_of(touched_at, counts, touches);

	for (size_t i = 0; i < touches; i++)
		weights[i] = counts[i] ?
			raw_weight(model, &s, touched_at[i], half_life) : 0;
	if (model == CRM_ATTRIBUTION_DECAY)
		normalise(weights, touches);
}
