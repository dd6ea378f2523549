/*
 * text.c
 *		Survival states as text, as textbooks write such data: {1,2,3+,4,5+*2}.
 *
 * A duration with + was censored; * says how many there are of it.
 */
#include "core/survival/survival.h"

#include <stdlib.h>
#include <string.h>

/* Runs between two questions whether to go on. */
#define BLOCK	65536

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static void
skip_space(const char **at)
{
	while (**at == ' ' || (**at >= '\t' && **at <= '\r'))
		(*at)++;
}

/* A decimal number from 0 on: no sign, no hexadecimal, no names. */
static bool
parse_duration(const char **at, double *duration)
{
	char	   *end;

	if (!is_digit(**at) && **at != '.')
		return false;
	*duration = strtod(*at, &end);
	if (end == *at || memchr(*at, 'x', end - *at) != NULL ||
		memchr(*at, 'X', end - *at) != NULL)
		return false;
	*at = end;
	return isfinite(*duration);
}

static bool
parse_times(const char **at, uint64_t *times)
{
	*times = 1;
	if (**at != '*')
		return true;
	(*at)++;
	for (*times = 0; is_digit(**at); (*at)++)
	{
		*times = *times * 10 + (**at - '0');
		if (*times > CRM_SURVIVAL_MAX)
			return false;
	}
	return *times > 0;
}

static bool
parse_run(const char **at, crm_run *run)
{
	double		duration;
	bool		is_censored;

	skip_space(at);
	if (!parse_duration(at, &duration))
		return false;
	is_censored = **at == '+';
	*at += is_censored;
	run->key = crm_survival_key(duration, !is_censored);
	if (!parse_times(at, &run->count))
		return false;
	skip_space(at);
	return true;
}

size_t
crm_survival_text_room(const char *text)
{
	size_t		commas = 0;

	for (; *text != '\0'; text++)
		commas += *text == ',';
	return commas + 1;
}

crm_status
crm_survival_parse(const char *text, crm_interrupt interrupt, void *arg,
				   crm_run *runs, size_t *count)
{
	uint64_t	total = 0;
	size_t		n = 0;

	skip_space(&text);
	if (*text++ != '{')
		return CRM_BAD_TEXT;
	skip_space(&text);
	while (*text != '}')
	{
		if (!parse_run(&text, &runs[n]) || (*text != ',' && *text != '}'))
			return CRM_BAD_TEXT;
		total += runs[n++].count;
		if (total > CRM_SURVIVAL_MAX)
			return CRM_OUT_OF_RANGE;
		if (n % BLOCK == 0 && interrupt != NULL && interrupt(arg))
			return CRM_INTERRUPTED;
		/* A comma has something behind it. */
		if (*text == ',' && (text++, skip_space(&text), *text == '}'))
			return CRM_BAD_TEXT;
	}
	text++;
	skip_space(&text);
	if (*text != '\0')
		return CRM_BAD_TEXT;
	*count = n;
	return crm_runs_sort(runs, count, interrupt, arg);
}
