/*
 * blank.h
 *		Characters that nobody sees, and those that look like ASCII.
 */
#ifndef CRM_CORE_IDENTITY_BLANK_H
#define CRM_CORE_IDENTITY_BLANK_H

#include <stdbool.h>
#include <stddef.h>

/* What is neither blank nor ASCII. */
#define CRM_OTHER_CHARACTER 0x80

/*
 * Steps over a character and answers what it is: a space for whatever is blank
 * or invisible, else its ASCII code, else CRM_OTHER_CHARACTER. With folds, the
 * full-width forms of ASCII count as ASCII and every dash as '-'.
 */
extern int	crm_next_character(const char **at, const char *end, bool is_utf8,
							   bool folds);

static inline bool
crm_is_digit(int character)
{
	return character >= '0' && character <= '9';
}

/* Of ASCII alone: what a locale takes for a letter must not matter. */
static inline int
crm_to_lower(int character)
{
	return character >= 'A' && character <= 'Z' ? character + 'a' - 'A' :
		character;
}

static inline bool
crm_is_letter(int character)
{
	int			lower = crm_to_lower(character);

	return lower >= 'a' && lower <= 'z';
}

#endif							/* CRM_CORE_IDENTITY_BLANK_H */
