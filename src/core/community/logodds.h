/*
 * logodds.h
 *		Which words tell one group of texts from another.
 */
#ifndef CRM_CORE_COMMUNITY_LOGODDS_H
#define CRM_CORE_COMMUNITY_LOGODDS_H

#include "core/status.h"

/* How often a word, of how many words. */
typedef struct crm_word_count
{
	double		count;
	double		total;
} crm_word_count;

/*
 * The log-odds ratio of a word between a and b under the prior, and its
 * z-score. CRM_TOO_FEW where a corpus is empty, the prior has none of the word
 * or nothing but it.
 */
extern crm_status crm_log_odds_compare(crm_word_count a, crm_word_count b,
									   crm_word_count prior,
									   double *log_odds, double *z);

#endif							/* CRM_CORE_COMMUNITY_LOGODDS_H */
