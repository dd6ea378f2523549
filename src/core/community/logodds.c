/*
 * logodds.c
 *		Which words tell one group of texts from another.
 *
 * Monroe, Colaresi, Quinn (2008, Fightin' Words: Lexical Feature Selection and
 * Evaluation for Identifying the Content of Political Conflict, Political
 * Analysis 16(4)), equations 16 to 22: the log-odds ratio with an informative
 * Dirichlet prior, over its standard deviation.
 */
#include "core/community/logodds.h"

#include <math.h>

/* ln of what the word has, counts and prior together, over what others have. */
static double
log_odds_of(crm_word_count of, crm_word_count prior)
{
	return log((of.count + prior.count) /
			   ((of.total - of.count) + (prior.total - prior.count)));
}

crm_status
crm_log_odds_compare(crm_word_count a, crm_word_count b,
					 crm_word_count prior, double *log_odds, double *z)
{
	double		variance;

	if (a.total == 0 || b.total == 0 || prior.count == 0 ||
		prior.count == prior.total)
		return CRM_TOO_FEW;
	variance = 1 / (a.count + prior.count) + 1 / (b.count + prior.count);
	*log_odds = log_odds_of(a, prior) - log_odds_of(b, prior);
	*z = *log_odds / sqrt(variance);
	return isfinite(*log_odds) && isfinite(variance) ?
		CRM_OK : CRM_OUT_OF_RANGE;
}
