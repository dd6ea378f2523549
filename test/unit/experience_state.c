/*
 * experience_state.c
 *		Text form, validation and layouts of the summary types.
 */
#include "tap.h"

#include <float.h>
#include <stdlib.h>

#include "core/experience/experience.h"
#include "core/experience/driver.h"
#include "core/experience/index.h"
#include "core/experience/survey.h"

static const crm_layout *const layouts[] = {
#define CRM_STATE(type, measure, ...) &measure##_layout,
#include "core/experience/state.def"
#undef CRM_STATE
};

static const char *const types[] = {
#define CRM_STATE(type, ...) #type,
#include "core/experience/state.def"
#undef CRM_STATE
};

static const size_t sizes[] = {
#define CRM_STATE(type, measure, size, ...) size,
#include "core/experience/state.def"
#undef CRM_STATE
};

/*
 * The fields of a layout of one size must fill its struct, and with 8 bytes
 * before them they are the size that the planner is told. Where the width
 * decides, that is some width's.
 */
static void
test_sizes(void)
{
	for (size_t i = 0; i < sizeof(layouts) / sizeof(layouts[0]); i++)
	{
		crm_layout	counted = *layouts[i];

		is_text(counted.type, types[i], "the layout is of its type");
		counted.words = 0;
		if (layouts[i]->words != 0)
		{
			is_int(crm_state_words(&counted, 0), layouts[i]->words,
				   counted.type);
			is_int(sizes[i], 8 + 8 * layouts[i]->words, "its size");
		}
		else
			ok(sizes[i] >= 8 + 8 * crm_state_words(&counted, 1),
			   "a size that holds the smallest width");
	}
	is_int(crm_state_words(&crm_driver_layout, 0), 4, "no driver yet");
	is_int(crm_state_words(&crm_driver_layout, 5), 4 + 2 * (5 + 15),
		   "four drivers");
}

/* A word of a field, of a few that come up in small summaries. */
static void
put_word(crm_field_kind kind, double *word)
{
	static const double reals[] = {0, 1, 2, 4, 5, 0.5, 3, -1};
	int64_t		count = rand() % 3;

	if (kind == CRM_COUNT)
		memcpy(word, &count, sizeof(count));
	else
		*word = reals[rand() % (sizeof(reals) / sizeof(reals[0]))];
}

/*
 * Does the check refuse a value for this field, which stands at the given word,
 * where it takes another? Tried on small values, the empty one among them.
 */
static bool
is_looked_at(const crm_layout *layout, const crm_field *field, int at)
{
	for (int trial = 0; trial < 20000; trial++)
	{
		double		body[100] = {0};
		double		word = 0;

		for (int i = 0, to = 0; trial % 2 && i < layout->nfields; i++)
		{
			put_word(layout->fields[i].kind, &body[to]);
			to += layout->fields[i].kind == CRM_SUM ? 2 : 1;
		}
		if (crm_state_check(layout, 0, body) != CRM_OK)
			continue;
		put_word(field->kind, &word);
		body[at] = word;
		if (crm_state_check(layout, 0, body) != CRM_OK)
			return true;
	}
	return false;
}

/*
 * Every layout says which values are possible. Where it takes any counts it has
 * nothing else; where not, no sum and no real is free of the others.
 */
static void
test_layouts_check(void)
{
	for (size_t i = 0; i < sizeof(layouts) / sizeof(layouts[0]); i++)
	{
		const crm_layout *layout = layouts[i];
		int			at = 0;

		ok(layout->is_valid != NULL, layout->type);
		for (int f = 0; layout->words != 0 && f < layout->nfields; f++)
		{
			const crm_field *field = &layout->fields[f];

			if (field->kind != CRM_COUNT)
				ok(is_looked_at(layout, field, at), field->name);
			at += field->kind == CRM_SUM ? 2 : 1;
		}
	}
}

static void
test_text(void)
{
	static const char *const text =
		"{\"version\":1,\"detractors\":20,\"passives\":30,\"promoters\":50}";
	static const char *const spaced =
		" {\"version\" : 1,\n\"detractors\":\t20, \"passives\": 30 ,"
		"\"promoters\":50 } ";
	crm_nps_tally tally = {0, 0, 0};
	char		buf[100];
	int			width;

	is_int(crm_state_parse(&crm_nps_layout, text, &width, &tally), CRM_OK,
		   "text is read");
	ok(tally.detractors == 20 && tally.passives == 30 && tally.promoters == 50,
	   "as it stands");
	is_int(crm_state_print(&crm_nps_layout, 0, &tally, buf, sizeof(buf)),
		   strlen(text), "its length is told");
	is_text(buf, text, "and it is written back");
	is_int(crm_state_parse(&crm_nps_layout, spaced, &width, &tally), CRM_OK,
		   "JSON's spaces do not matter");
	is_int(crm_state_print(&crm_nps_layout, 0, &tally, buf, 10), strlen(text),
		   "a short buffer gets the length too");
	is_text(buf, "{\"version", "and what fits");
}

static void
test_bad_text(void)
{
	static const char *const bad[] = {
		"",
		"{}",
		"{\"version\":2,\"detractors\":1,\"passives\":1,\"promoters\":1}",
		"{\"version\":1,\"detractors\":1,\"passives\":1,\"promoters\":1",
		"{\"version\":1,\"detractors\":1,\"passives\":1,\"promoters\":1}}",
		"{\"version\":1,\"detractors\":-1,\"passives\":1,\"promoters\":1}",
		"{\"version\":1,\"detractors\":1.5,\"passives\":1,\"promoters\":1}",
		"{\"version\":1,\"detractors\":,\"passives\":1,\"promoters\":1}",
		"{\"version\":1,\"passives\":1,\"detractors\":1,\"promoters\":1}",
		"{\"version\":1,\"detractors\":9007199254740993,\"passives\":1,"
		"\"promoters\":1}",
		"{\"version\":1,\"detractors\":99999999999999999999,\"passives\":1,"
		"\"promoters\":1}"
	};
	static const char *const bad_real[] = {
		"NaN", "infinity", "1e999", "0x1p3", "1..2", "--1", "e", "\"1\"",
		"1111111111111111111111111111111111111111111111111111111111111111"
	};
	crm_nps_tally tally;
	crm_box_tally box;
	char		text[200];
	int			width;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		is_int(crm_state_parse(&crm_nps_layout, bad[i], &width, &tally),
			   CRM_BAD_TEXT, bad[i]);
	for (size_t i = 0; i < sizeof(bad_real) / sizeof(bad_real[0]); i++)
	{
		snprintf(text, sizeof(text), "{\"version\":1,\"count\":0,\"hits\":0,"
				 "\"sum\":[0,0],\"worst\":1,\"best\":5,\"top_from\":%s}",
				 bad_real[i]);
		is_int(crm_state_parse(&crm_csat_layout, text, &width, &box),
			   CRM_BAD_TEXT, bad_real[i]);
	}
	ok(crm_state_parse(&crm_driver_layout,
					   "{\"version\":1,\"width\":66,\"count\":0", &width,
					   NULL) == CRM_BAD_TEXT, "too many drivers");
	ok(crm_state_parse(&crm_driver_layout,
					   "{\"version\":1,\"count\":0,\"skipped\":0", &width,
					   NULL) == CRM_BAD_TEXT, "no width");
}

/* Summaries of awkward doubles come back bit by bit. */
static void
test_round_trip(void)
{
	int			differ = 0;

	srand(99);
	for (int trial = 0; trial < 2000; trial++)
	{
		crm_experience e = {0};
		crm_experience back;
		char		text[2000];
		int			width;

		for (int i = rand() % 20; i >= 0; i--)
		{
			double		expected = rand() / 7.0 * pow(10, rand() % 60 - 30);
			double		actual = rand() / 3.0 * pow(10, rand() % 60 - 30);

			crm_experience_add(&e, rand() % 4 ? &expected : NULL,
							   rand() % 4 ? &actual : NULL, rand() / 1e9);
		}
		crm_state_print(&crm_experience_layout, 0, &e, text, sizeof(text));
		differ += crm_state_parse(&crm_experience_layout, text, &width,
								  &back) != CRM_OK ||
			memcmp(&back, &e, sizeof(e)) != 0;
	}
	is_int(differ, 0, "2000 random summaries survive a round trip");
}

static bool
is_corrupt(const crm_layout *layout, const void *body)
{
	return crm_state_check(layout, 0, body) == CRM_CORRUPT;
}

/* As if the pairs weighed twice what the expected scores do. */
static bool
merged_beyond_sides(crm_experience e)
{
	e.gap.weight.hi = 2;
	e.gap.weight_sq.hi = 4;
	e.gap.sum.hi *= 2;
	e.gap.sum_sq.hi *= 2;
	e.outcome[CRM_POSITIVE].hi = 2;
	return is_corrupt(&crm_experience_layout, &e);
}

/* Sums of which each may be, while the standard deviation is NaN. */
static bool
has_no_deviation(void)
{
	double		mean = sqrt(DBL_MAX) * (1 + 5e-10);
	crm_experience e = {0};

	e.actual = (crm_moments)
	{
		3,
		{
			0.5, 0
		},
		{
			0.1, 0
		},
		{
			0.5		   *mean,
						0
		}		   ,
		{
			0.5		   *DBL_MAX,
						0
		}		   , 0.9 * mean, 1.1 * mean
	};
	return is_corrupt(&crm_experience_layout, &e);
}

static void
test_check(void)
{
	crm_experience good = {0};
	crm_experience bad;
	crm_index	index = {1, 0, {1, 0}, {0, 0}, {0.5, 0}};
	crm_driver_fit fit = {0};
	int64_t		space[4 + 2 * (2 + 3)] = {0};
	struct
	{
		int64_t		count;
		int64_t		skipped;
		crm_dd		weight;
		crm_dd		sum[5];		/* x, y, x^2, xy, y^2 */
	}			pair = {2, 0, {2, 0}, {{0, 0}, {2, 0}, {2, 0}, {1, 0}, {2.5, 0}}};
	crm_box_tally box = {1, 1, {5, 0}, 1, 5, 4};
	double		five = 5;
	double		seven = 7;

	crm_experience_add(&good, &five, &seven, 1);
	crm_experience_add(&good, NULL, &seven, 1);
	is_int(crm_state_check(&crm_experience_layout, 0, &good), CRM_OK,
		   "what was added up is valid");

#define SPOILT(change, name) \
	(bad = good, bad.change, \
	 ok(is_corrupt(&crm_experience_layout, &bad), name))
	SPOILT(gap.count = -1, "a negative count");
	SPOILT(gap.count = 0, "sums of nothing");
	SPOILT(gap.sum.hi = NAN, "a NaN");
	SPOILT(gap.sum.lo = 1, "a low part that is not low");
	SPOILT(gap.sum_sq.hi = -1, "a negative sum of squares");
	SPOILT(actual.max = INFINITY, "an infinity");
	SPOILT(actual.max = 6, "a maximum below the minimum");
	SPOILT(outcome[0].hi = 1, "more outcomes than pairs");
	SPOILT(outcome[2].hi = 0, "fewer outcomes than pairs");
	SPOILT(expected.weight.hi = 0, "values without a weight");
	SPOILT(actual.sum.hi = 15, "a mean beyond the maximum");
	SPOILT(actual.sum.hi = 13, "a mean below the minimum");
	SPOILT(actual.sum_sq.hi = 97, "a mean square below the squared mean");
	SPOILT(actual.sum_sq.hi = 99, "a mean square above that of the maximum");
	SPOILT(actual.weight_sq.hi = 1.9, "a weight spread over more than all");
	SPOILT(actual.weight_sq.hi = 4.1, "a weight in more than one place");
	SPOILT(gap.count = 2, "more pairs than expected scores");
	SPOILT(actual.count = 0, "pairs without actual scores");
	ok(merged_beyond_sides(good), "pairs that weigh more than their sides");
	ok(has_no_deviation(), "a squared mean beyond double");

	is_int(crm_state_check(&crm_index_layout, 0, &index), CRM_OK, "an index");
	index.sum.hi = 1.1;
	ok(is_corrupt(&crm_index_layout, &index), "an index above 100");
	ok(!is_corrupt(&crm_driver_layout, &fit), "an empty fit");
	fit.count = 1;
	ok(is_corrupt(&crm_driver_layout, &fit), "rows of no variable");
	ok(crm_state_check(&crm_driver_layout, 1, space) == CRM_CORRUPT,
	   "an outcome without drivers");
	ok(crm_state_check(&crm_driver_layout, 2, space) == CRM_OK,
	   "but one with");
	ok(crm_state_check(&crm_driver_layout, 2, &pair) == CRM_OK,
	   "one with rows");
	pair.sum[3].hi = 1.1;
	ok(crm_state_check(&crm_driver_layout, 2, &pair) == CRM_CORRUPT,
	   "a correlation above 1");
	pair.sum[3].hi = 1;
	pair.sum[1].hi = 2.5;
	ok(crm_state_check(&crm_driver_layout, 2, &pair) == CRM_CORRUPT,
	   "a negative variance");
	pair.weight.hi = 0;
	ok(crm_state_check(&crm_driver_layout, 2, &pair) == CRM_CORRUPT,
	   "rows that weigh nothing");
	pair.count = 0;
	ok(crm_state_check(&crm_driver_layout, 2, &pair) == CRM_CORRUPT,
	   "sums of no row");
	box.hits = 2;
	ok(is_corrupt(&crm_csat_layout, &box), "more hits than answers");
	box = (crm_box_tally)
	{
		2, 1,
		{
			11, 0
		}, 1, 5, 4
	};
	ok(is_corrupt(&crm_csat_layout, &box), "a mean above the scale");
	box.sum.hi = 1;
	ok(is_corrupt(&crm_csat_layout, &box), "a mean below the scale");
	box = (crm_box_tally)
	{
		1, 1,
		{
			1, 0
		}, 5, 1, 2
	};
	ok(!is_corrupt(&crm_ces_layout, &box), "effort on a falling scale");
	ok(is_corrupt(&crm_csat_layout, &box), "but not satisfaction");
	index = (crm_index)
	{
		0, 1,
		{
			1, 0
		},
		{
			1, 0
		},
		{
			0.5, 0
		}
	};
	ok(is_corrupt(&crm_index_layout, &index), "a weight of no cell");
	index = (crm_index)
	{
		1, 0,
		{
			1, 0
		},
		{
			1, 0
		},
		{
			0.5, 0
		}
	};
	ok(is_corrupt(&crm_index_layout, &index), "a weight of no absent cell");
}

static void
test_merge_limit(void)
{
	crm_nps_tally a = {(int64_t) 1 << 53, 0, 0};
	crm_nps_tally b = {1, 0, 0};

	is_int(crm_state_merge(&crm_nps_layout, 0, &a, &b), CRM_OUT_OF_RANGE,
		   "a count beyond 2^53 is refused");
}

int
main(void)
{
	test_sizes();
	test_layouts_check();
	test_text();
	test_bad_text();
	test_round_trip();
	test_check();
	test_merge_limit();
	return done_testing();
}
