/*
 * rfm.h
 *		Recency, frequency, monetary value: scores, and maps from scores to
 *		segments.
 *
 * A map is text, a rule a line (or separated by semicolons): the scores of R,
 * F and M that it takes, then the name of the segment. The first rule that
 * matches wins; the line that begins with "else" names what no rule takes.
 *
 *		# R   F    M   segment
 *		  5   4-5  *   champions
 *		  1-2 5    *   can't lose
 *		  else         others
 */
#ifndef CRM_CORE_RFM_RFM_H
#define CRM_CORE_RFM_RFM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/status.h"

#define CRM_SCORES			5	/* of each dimension */
#define CRM_CELLS			(CRM_SCORES * CRM_SCORES * CRM_SCORES)
#define CRM_RULES_MAX		125
#define CRM_NO_SEGMENT		(-1)

typedef struct crm_segment_rule
{
	uint8_t		low[3];			/* of R, F, M */
	uint8_t		high[3];
	int			name_at;		/* in the text of the map */
	int			name_length;
} crm_segment_rule;

typedef struct crm_segment_map
{
	crm_segment_rule rules[CRM_RULES_MAX];
	int			rule_count;
	int			other;			/* rule of "else", or CRM_NO_SEGMENT */
	int16_t		segment[CRM_CELLS]; /* rule by cell, or CRM_NO_SEGMENT */
	uint8_t		matches[CRM_CELLS]; /* rules that take the cell */
} crm_segment_map;

/* r, f and m from 1 to CRM_SCORES */
static inline int
crm_cell_of(int r, int f, int m)
{
	return ((r - 1) * CRM_SCORES + (f - 1)) * CRM_SCORES + (m - 1);
}

extern crm_status crm_segment_map_parse(const char *text, size_t length,
										crm_segment_map *map, int *fault_line);
extern bool crm_rule_is_reached(const crm_segment_map *map, int rule);

/* NULL when there is no map of that name. */
extern const char *crm_segment_map_builtin(const char *name);

#endif							/* CRM_CORE_RFM_RFM_H */
