/*
 * community_logodds.c
 *		Log-odds against numbers from the definition, by mpmath.
 */
#include "tap.h"

#include "core/community/logodds.h"

static void
is_pair(crm_word_count a, crm_word_count b, crm_word_count prior,
		double log_odds, double z, const char *name)
{
	double		got;
	double		got_z;

	ok(crm_log_odds_compare(a, b, prior, &got, &got_z) == CRM_OK, "%s", name);
	is_close(got, log_odds, 1e-14, "its log-odds");
	is_close(got_z, z, 1e-14, "its z");
}

static void
is_status(crm_status want, crm_word_count a, crm_word_count b,
		  crm_word_count prior, const char *name)
{
	double		log_odds;
	double		z;

	ok(crm_log_odds_compare(a, b, prior, &log_odds, &z) == want, "%s", name);
}

int
main(void)
{
	const crm_word_count word = {3, 10};

	is_pair((crm_word_count) {5, 20}, (crm_word_count) {1, 30},
			(crm_word_count) {2, 100}, 0.96409712813345432, 1.3971094703701159, "a word of a");
	is_pair((crm_word_count) {1, 30}, (crm_word_count) {5, 20},
			(crm_word_count) {2, 100}, -0.96409712813345432, -1.3971094703701159, "and turned round");
	is_pair((crm_word_count) {0, 1e6}, (crm_word_count) {1e6, 1e6},
			(crm_word_count) {0.5, 1}, -29.017316477048189, -20.518336123176089, "all against nothing");
	is_pair(word, word, word, 0, 0, "alike");
	is_status(CRM_TOO_FEW, word, word, (crm_word_count) {0, 100},
			  "a prior without the word");
	is_status(CRM_TOO_FEW, word, word, (crm_word_count) {0, 0},
			  "a prior without words");
	is_status(CRM_TOO_FEW, word, word, (crm_word_count) {7, 7},
			  "a prior of nothing else");
	is_status(CRM_TOO_FEW, (crm_word_count) {0, 0}, word, word, "empty a");
	is_status(CRM_TOO_FEW, word, (crm_word_count) {0, 0}, word, "empty b");
	is_status(CRM_OUT_OF_RANGE, (crm_word_count) {1e308, 1.5e308}, word,
			  (crm_word_count) {1e308, 1.5e308}, "sums beyond a double");
	return done_testing();
}
