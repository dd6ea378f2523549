/*
 * identity.c
 *		crm_normal_email() and crm_normal_phone().
 */
#include "pg/support/extension.h"

#include "mb/pg_wchar.h"

#include "core/identity/identity.h"

PG_FUNCTION_INFO_V1(crm_normal_email);
PG_FUNCTION_INFO_V1(crm_normal_phone);

static bool
is_utf8(void)
{
	return GetDatabaseEncoding() == PG_UTF8;
}

Datum
crm_normal_email(PG_FUNCTION_ARGS)
{
	text	   *given = PG_GETARG_TEXT_PP(0);
	char		address[CRM_EMAIL_MAX];
	size_t		length;

	if (!crm_email_normalise(VARDATA_ANY(given), VARSIZE_ANY_EXHDR(given),
							 is_utf8(), address, &length))
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text_with_len(address, length));
}

/* The calling code in argument n, or NULL for none. */
static const char *
getarg_country(FunctionCallInfo fcinfo, int n, char code[CRM_COUNTRY_SIZE])
{
	text	   *given;

	if (PG_ARGISNULL(n))
		return NULL;
	given = PG_GETARG_TEXT_PP(n);
	if (!crm_country_code(VARDATA_ANY(given), VARSIZE_ANY_EXHDR(given), code))
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 errmsg("unrecognized country code: \"%s\"",
						crm_clip_text(text_to_cstring(given))),
				 errhint("Give a calling code such as 49, or the two capital letters of a country such as DE.")));
	return code;
}

Datum
crm_normal_phone(PG_FUNCTION_ARGS)
{
	char		code[CRM_COUNTRY_SIZE];
	char		phone[CRM_PHONE_SIZE];
	const char *country = getarg_country(fcinfo, 1, code);
	text	   *given;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	given = PG_GETARG_TEXT_PP(0);
	if (!crm_phone_normalise(VARDATA_ANY(given), VARSIZE_ANY_EXHDR(given),
							 is_utf8(), country, phone))
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(phone));
}
