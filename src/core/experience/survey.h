/*
 * survey.h
 *		Survey measures: NPS, CSAT, CES, Kano, and intervals of a share.
 */
#ifndef CRM_CORE_EXPERIENCE_SURVEY_H
#define CRM_CORE_EXPERIENCE_SURVEY_H

#include <stdint.h>

#include "core/experience/experience.h"

/* Answers to "would you recommend us", 0 to 10. */
typedef struct crm_nps_tally
{
	int64_t		detractors;		/* 0 to 6 */
	int64_t		passives;		/* 7 and 8 */
	int64_t		promoters;		/* 9 and 10 */
} crm_nps_tally;

/* Answers on a scale, and how many reached its favourable end. */
typedef struct crm_box_tally
{
	int64_t		count;
	int64_t		hits;			/* from top_from to best */
	crm_dd		sum;
	double		worst;			/* one end of the scale */
	double		best;			/* the other, above or below worst */
	double		top_from;
} crm_box_tally;

/* Kano's categories, by their letters. */
#define CRM_KANO_CLASSES "AOMIRQ"
#define CRM_KANO_COUNT 6

typedef struct crm_kano_tally
{
	int64_t		count[CRM_KANO_COUNT];	/* in the order of the letters */
} crm_kano_tally;

/*
 * method: 'wilson', 'agresti-coull' or 'wald', or else CRM_INVALID.
 * CRM_TOO_FEW when n is 0. The caller sees to 0 <= hits <= n.
 */
extern crm_status crm_share_bounds(int64_t hits, int64_t n,
								   double confidence,
								   const char *method,
								   crm_interval *interval);

/* CRM_INVALID for anything but a whole number from 0 to 10. */
extern crm_status crm_nps_add(crm_nps_tally *tally, double score);
extern int64_t crm_nps_answers(const crm_nps_tally *tally);

/* -100 to 100; CRM_TOO_FEW of nothing. */
extern crm_status crm_nps_value(const crm_nps_tally *tally, double *value);

/* method: 'adjusted-wald' or 'wald', or else CRM_INVALID. */
extern crm_status crm_nps_bounds(const crm_nps_tally *tally,
								 double confidence, const char *method,
								 crm_interval *interval);

/*
 * An empty tally of a scale; CRM_INVALID unless worst and best differ and
 * top_from lies between them.
 */
extern crm_status crm_box_start(crm_box_tally *tally, double worst,
								double best, double top_from);

/* CRM_INVALID for a score off the scale. */
extern crm_status crm_box_add(crm_box_tally *tally, double score);
extern crm_status crm_box_share(const crm_box_tally *tally, double *share);
extern crm_status crm_box_mean(const crm_box_tally *tally, double *mean);

/*
 * The letter of a pair of answers, each 1 'I like it', 2 'It must be so',
 * 3 'I am neutral', 4 'I can live with it', 5 'I dislike it'; 0 for others.
 */
extern char crm_kano_of(int functional, int dysfunctional);

/* CRM_INVALID for other answers. */
extern crm_status crm_kano_add(crm_kano_tally *tally, int functional,
							   int dysfunctional);

/* How many of a letter; -1 for a letter that is none. */
extern int64_t crm_kano_answers(const crm_kano_tally *tally, char letter);

/*
 * Better, 0..1, is what having the feature adds to satisfaction; worse, -1..0,
 * what lacking it takes away. CRM_TOO_FEW when all answers are R or Q.
 */
extern crm_status crm_kano_coefficients(const crm_kano_tally *tally,
										double *better, double *worse);

#endif							/* CRM_CORE_EXPERIENCE_SURVEY_H */
