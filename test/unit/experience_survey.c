/*
 * experience_survey.c
 *		NPS, CSAT, CES, Kano and shares.
 */
#include "tap.h"

#include "core/experience/survey.h"

/* Wilson's are scipy's binomtest().proportion_ci; the others are formulas. */
static void
test_shares(void)
{
	static const struct
	{
		int64_t		hits;
		int64_t		n;
		double		confidence;
		const char *method;
		double		low;
		double		high;
	}			want[] = {
		{80, 100, .95, "wilson", 0.711170834406841, 0.8666330666689674},
		{0, 10, .95, "wilson", 0, 0.27753279986288926},
		{7, 9, .9, "wilson", 0.503642782376754, 0.9235052624456035},
		{10, 10, .99, "wilson", 0.6011459066950919, 1},
		{80, 100, .95, "agresti-coull", 0.7104115896667793,
		0.8673923114090292},
		{0, 10, .95, "agresti-coull", 0, 0.3208873057505457},
		{80, 100, .95, "wald", 0.7216014406183979, 0.8783985593816022},
		{7, 9, .9, "wald", 0.5498341213538931, 1},
	};
	crm_interval interval;
	char		name[80];
	int			inexact = 0;

	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++)
	{
		snprintf(name, sizeof(name), "%s of %d/%d at %g", want[i].method,
				 (int) want[i].hits, (int) want[i].n, want[i].confidence);
		is_int(crm_share_bounds(want[i].hits, want[i].n, want[i].confidence,
								want[i].method, &interval), CRM_OK, name);
		is_close(interval.low, want[i].low, 1e-12, name);
		is_close(interval.high, want[i].high, 1e-12, name);
	}
	for (int n = 1; n <= 1000; n++)
	{
		crm_share_bounds(0, n, .95, "wilson", &interval);
		inexact += interval.low != 0;
		crm_share_bounds(n, n, .95, "wilson", &interval);
		inexact += interval.high != 1;
	}
	is_int(inexact, 0, "where all agree, Wilson ends exactly there");
	is_int(crm_share_bounds(0, 0, .95, "wilson", &interval), CRM_TOO_FEW,
		   "nothing has no interval");
	is_int(crm_share_bounds(0, 0, .95, "foo", &interval), CRM_INVALID,
		   "by no method at all");
	is_int(crm_share_bounds(1, 2, .95, "Wilson", &interval), CRM_INVALID,
		   "methods are spelt one way");
}

static void
test_nps(void)
{
	crm_nps_tally tally = {20, 30, 50};
	crm_nps_tally nine = {1, 0, 9};
	crm_nps_tally none = {0, 0, 0};
	crm_nps_tally each = {0, 0, 0};
	crm_interval interval;
	double		value;

	crm_nps_value(&tally, &value);
	is_close(value, 30, 0, "50/30/20 is 30");
	crm_nps_bounds(&tally, .95, "wald", &interval);
	is_close(interval.low, 14.6922, 1e-5, "Wald low");
	is_close(interval.high, 45.3078, 1e-5, "Wald high");
	crm_nps_bounds(&tally, .95, "adjusted-wald", &interval);
	is_close(interval.low, 14.0511, 5e-6, "adjusted low");
	is_close(interval.high, 44.2013, 5e-6, "adjusted high");
	is_close(interval.low + interval.high, 2 * 29.1262, 1e-5, "its centre");
	crm_nps_add(&each, 10);
	crm_nps_bounds(&each, .5, "adjusted-wald", &interval);
	is_close(interval.high, 100, 0, "the interval reaches the score");
	memset(&each, 0, sizeof(each));
	crm_nps_bounds(&nine, .95, "wald", &interval);
	ok(interval.high == 100 && interval.low > 40, "nine of ten clamps at 100");
	is_int(crm_nps_bounds(&tally, .95, "wilson", &interval), CRM_INVALID,
		   "Wilson is for shares");
	is_int(crm_nps_bounds(&none, .95, "wald", &interval), CRM_TOO_FEW,
		   "nobody has no interval");
	is_int(crm_nps_value(&none, &value), CRM_TOO_FEW, "nor a score");
	for (int score = 0; score <= 10; score++)
		crm_nps_add(&each, score);
	ok(each.detractors == 7 && each.passives == 2 && each.promoters == 2,
	   "0..6, 7..8, 9..10");
	ok(crm_nps_add(&each, 11) == CRM_INVALID &&
	   crm_nps_add(&each, -1) == CRM_INVALID &&
	   crm_nps_add(&each, 9.5) == CRM_INVALID &&
	   crm_nps_add(&each, NAN) == CRM_INVALID, "others are refused");
	is_int(crm_nps_answers(&each), 11, "and not counted");
}

static void
test_boxes(void)
{
	crm_box_tally tally;
	crm_box_tally other;
	double		value;

	is_int(crm_box_start(&tally, 1, 5, 4), CRM_OK, "1..5, top two");
	is_int(crm_box_share(&tally, &value), CRM_TOO_FEW, "no share of none");
	is_int(crm_box_mean(&tally, &value), CRM_TOO_FEW, "no mean of none");
	for (int score = 1; score <= 5; score++)
		crm_box_add(&tally, score);
	crm_box_share(&tally, &value);
	is_close(value, 0.4, 0, "two of five");
	crm_box_mean(&tally, &value);
	is_close(value, 3, 0, "mean");
	ok(crm_box_add(&tally, 5.1) == CRM_INVALID &&
	   crm_box_add(&tally, 0.9) == CRM_INVALID &&
	   crm_box_add(&tally, NAN) == CRM_INVALID, "off the scale");
	crm_box_start(&other, 5, 1, 2);
	for (int score = 1; score <= 5; score++)
		crm_box_add(&other, score);
	crm_box_add(&other, 1);
	crm_box_share(&other, &value);
	is_close(value, 0.5, 0, "on a falling scale 1 and 2 are easy");
	is_int(crm_state_merge(&crm_ces_layout, 0, &tally, &other), CRM_INVALID,
		   "two scales do not merge");
	crm_box_start(&other, 1, 5, 3);
	is_int(crm_state_merge(&crm_csat_layout, 0, &tally, &other), CRM_INVALID,
		   "nor do two thresholds");
	ok(crm_box_start(&other, 1, 1, 1) == CRM_INVALID &&
	   crm_box_start(&other, 1, 5, 6) == CRM_INVALID &&
	   crm_box_start(&other, 5, 1, 6) == CRM_INVALID, "scales that are none");
}

static void
test_kano(void)
{
	static const char *const rows[] = {"QAAAO", "RIIIM", "RIIIM", "RIIIM",
	"RRRRQ"};
	crm_kano_tally tally = {{4, 3, 2, 1, 5, 6}};
	crm_kano_tally none = {{0, 0, 0, 0, 1, 1}};
	int			wrong = 0;
	double		better;
	double		worse;

	for (int f = 1; f <= 5; f++)
		for (int d = 1; d <= 5; d++)
			wrong += crm_kano_of(f, d) != rows[f - 1][d - 1];
	is_int(wrong, 0, "the evaluation table");
	ok(crm_kano_of(0, 1) == 0 && crm_kano_of(1, 6) == 0, "answers 1..5 only");
	crm_kano_coefficients(&tally, &better, &worse);
	is_close(better, 0.7, 1e-15, "better is (A+O)/(A+O+M+I)");
	is_close(worse, -0.5, 1e-15, "worse is -(O+M)/(A+O+M+I)");
	is_int(crm_kano_coefficients(&none, &better, &worse), CRM_TOO_FEW,
		   "R and Q alone say nothing");
	is_int(crm_kano_add(&tally, 1, 5), CRM_OK, "an O more");
	is_int(crm_kano_answers(&tally, 'O'), 4, "is counted");
	is_int(crm_kano_answers(&tally, 'R'), 5, "R is reported");
	ok(crm_kano_answers(&tally, 'X') == -1 &&
	   crm_kano_answers(&tally, '\0') == -1, "other letters are none");
	is_int(crm_kano_add(&tally, 1, 0), CRM_INVALID, "no such answer");
}

int
main(void)
{
	test_shares();
	test_nps();
	test_boxes();
	test_kano();
	return done_testing();
}
