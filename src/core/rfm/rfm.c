/*
 * rfm.c
 *		Maps from RFM scores to segments; the format is described in rfm.h.
 */
#include "core/rfm/rfm.h"

#include <string.h>

/* The recency and frequency grid that campaign tools draw; M is not used. */
static const char grid_map[] =
"# R   F    M   segment\n"
"  5   4-5  *   champions\n"
"  3-4 4-5  *   loyal\n"
"  4-5 2-3  *   potential loyalist\n"
"  5   1    *   new\n"
"  4   1    *   promising\n"
"  3   3    *   need attention\n"
"  3   1-2  *   about to sleep\n"
"  1-2 3-4  *   at risk\n"
"  1-2 5    *   can't lose\n"
"  1-2 1-2  *   hibernating\n";

/* The ranges in the README of the R package rfm, version 0.3. */
static const char rfm_r_map[] =
"# R   F    M   segment\n"
"  5   5    5   Champions\n"
"  3-5 3-5  2-5 Potential Loyalist\n"
"  2-4 2-4  2-4 Loyal Customers\n"
"  3-4 1-3  3-5 Promising\n"
"  4-5 1-3  1-5 New Customers\n"
"  1-2 3-4  4-5 Can't Lose Them\n"
"  1-2 2-5  4-5 At Risk\n"
"  1-3 3-5  3-5 Need Attention\n"
"  2-3 1-3  1-4 About To Sleep\n"
"  1   1-5  1-5 Lost\n"
"  else         Others\n";

const char *
crm_segment_map_builtin(const char *name)
{
	if (strcmp(name, "grid") == 0)
		return grid_map;
	if (strcmp(name, "rfm_r") == 0)
		return rfm_r_map;
	return NULL;
}

typedef struct cursor
{
	const char *at;
	const char *end;
} cursor;

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static void
skip_space(cursor *line)
{
	while (line->at < line->end && is_space(*line->at))
		line->at++;
}

static bool
parse_score(cursor *line, uint8_t *score)
{
	if (line->at == line->end || *line->at < '1' ||
		*line->at > '0' + CRM_SCORES)
		return false;
	*score = (uint8_t) (*line->at++ - '0');
	return true;
}

/* "3", "2-4" or "*", and then at least one space */
static bool
parse_range(cursor *line, uint8_t *low, uint8_t *high)
{
	if (line->at < line->end && *line->at == '*')
	{
		line->at++;
		*low = 1;
		*high = CRM_SCORES;
	}
	else
	{
		if (!parse_score(line, low))
			return false;
		*high = *low;
		if (line->at < line->end && *line->at == '-')
		{
			line->at++;
			if (!parse_score(line, high) || *high < *low)
				return false;
		}
	}
	if (line->at == line->end || !is_space(*line->at))
		return false;
	skip_space(line);
	return true;
}

/* The rest of the line, without the space around it. */
static bool
parse_name(cursor *line, const char *text, crm_segment_rule *rule)
{
	const char *end = line->end;

	skip_space(line);
	while (end > line->at && is_space(end[-1]))
		end--;
	rule->name_at = (int) (line->at - text);
	rule->name_length = (int) (end - line->at);
	return rule->name_length > 0;
}

static bool
parse_else(cursor *line)
{
	if (line->end - line->at < 5 || memcmp(line->at, "else", 4) != 0 ||
		!is_space(line->at[4]))
		return false;
	line->at += 5;
	return true;
}

static bool
parse_line(cursor line, const char *text, crm_segment_map *map)
{
	crm_segment_rule *rule;

	skip_space(&line);
	if (line.at == line.end || *line.at == '#')
		return true;
	if (map->rule_count == CRM_RULES_MAX || map->other != CRM_NO_SEGMENT)
		return false;
	rule = &map->rules[map->rule_count++];
	if (parse_else(&line))
		map->other = map->rule_count - 1;
	else
	{
		for (int i = 0; i < 3; i++)
			if (!parse_range(&line, &rule->low[i], &rule->high[i]))
				return false;
	}
	return parse_name(&line, text, rule);
}

static bool
rule_takes(const crm_segment_rule *rule, int r, int f, int m)
{
	return r >= rule->low[0] && r <= rule->high[0] &&
		f >= rule->low[1] && f <= rule->high[1] &&
		m >= rule->low[2] && m <= rule->high[2];
}

static void
fill_cell(crm_segment_map *map, int r, int f, int m)
{
	int			cell = crm_cell_of(r, f, m);

	map->matches[cell] = 0;
	map->segment[cell] = (int16_t) map->other;
	for (int i = map->rule_count - 1; i >= 0; i--)
	{
		if (i == map->other || !rule_takes(&map->rules[i], r, f, m))
			continue;
		map->matches[cell]++;
		map->segment[cell] = (int16_t) i;
	}
}

/* A newline ends a rule and so does a semicolon, but not within a comment. */
static const char *
end_of_rule(const char *at, const char *end)
{
	bool		comment;

	while (at < end && is_space(*at))
		at++;
	comment = at < end && *at == '#';
	while (at < end && *at != '\n' && (comment || *at != ';'))
		at++;
	return at;
}

/* On CRM_BAD_TEXT *fault_line is the number of the rule, from 1, comments included. */
crm_status
crm_segment_map_parse(const char *text, size_t length, crm_segment_map *map,
					  int *fault_line)
{
	const char *end = text + length;
	cursor		line = {text, text};

	memset(map, 0, sizeof(*map));
	map->other = CRM_NO_SEGMENT;
	*fault_line = 1;
	for (; line.at < end; line.at = line.end + 1, (*fault_line)++)
	{
		line.end = end_of_rule(line.at, end);
		if (!parse_line(line, text, map))
			return CRM_BAD_TEXT;
	}
	if (map->rule_count == 0)
		return CRM_BAD_TEXT;

	for (int r = 1; r <= CRM_SCORES; r++)
		for (int f = 1; f <= CRM_SCORES; f++)
			for (int m = 1; m <= CRM_SCORES; m++)
				fill_cell(map, r, f, m);
	return CRM_OK;
}

/* Is there a cell that this rule wins? */
bool
crm_rule_is_reached(const crm_segment_map *map, int rule)
{
	for (int cell = 0; cell < CRM_CELLS; cell++)
		if (map->segment[cell] == rule)
			return true;
	return false;
}
