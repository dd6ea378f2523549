/*
 * identity.h
 *		Keys that say who somebody is, in the one form that is compared.
 */
#ifndef CRM_CORE_IDENTITY_IDENTITY_H
#define CRM_CORE_IDENTITY_IDENTITY_H

#include <stdbool.h>
#include <stddef.h>

/* What RFC 5321 leaves of an address between angle brackets. */
#define CRM_EMAIL_MAX 254

/* A sign and fifteen digits, as ITU-T E.164 has them, and a zero byte. */
#define CRM_PHONE_SIZE 17

/* The calling code of a country and a zero byte. */
#define CRM_COUNTRY_SIZE 4

/*
 * Texts are in UTF-8 where is_utf8 says so, and otherwise in an encoding whose
 * bytes below 128 are ASCII, as every encoding of a PostgreSQL server is. All
 * three return false where the text is nothing of the kind.
 */

/* Writes the length bytes of an address, at most CRM_EMAIL_MAX, to out. */
extern bool crm_email_normalise(const char *text, size_t length, bool is_utf8,
								char *out, size_t *out_length);

/* country is a calling code, or NULL where numbers without one are none. */
extern bool crm_phone_normalise(const char *text, size_t length, bool is_utf8,
								const char *country,
								char out[CRM_PHONE_SIZE]);

/* The calling code that "49", "+49" or "DE" stands for. */
extern bool crm_country_code(const char *text, size_t length,
							 char out[CRM_COUNTRY_SIZE]);

#endif							/* CRM_CORE_IDENTITY_IDENTITY_H */
