/*
 * io.c
 *		crm_calendar as text and as bytes; equality.
 *
 * The bytes are a version, the length of the canonical text, and the text.
 */
#include "pg/calendar/calendar.h"

#include "common/hashfn.h"
#include "libpq/pqformat.h"

#define CALENDAR_VERSION	1

PG_FUNCTION_INFO_V1(crm_calendar_in);
PG_FUNCTION_INFO_V1(crm_calendar_out);
PG_FUNCTION_INFO_V1(crm_calendar_recv);
PG_FUNCTION_INFO_V1(crm_calendar_send);
PG_FUNCTION_INFO_V1(crm_calendar_eq);
PG_FUNCTION_INFO_V1(crm_calendar_ne);
PG_FUNCTION_INFO_V1(crm_calendar_hash);
PG_FUNCTION_INFO_V1(crm_calendar_hash_extended);

crm_calendar *
crm_calendar_make(const char *text)
{
	crm_calendar *calendar = palloc0(sizeof(*calendar));

	crm_calendar_room(text, &calendar->openings_max, &calendar->closures_max);
	calendar->openings = palloc(mul_size(calendar->openings_max,
										 sizeof(crm_opening)));
	calendar->closures = palloc(mul_size(calendar->closures_max,
										 sizeof(crm_closure)));
	return calendar;
}

/* No abbreviations, no leap seconds; but also rules of POSIX, as UTC+3. */
pg_tz *
crm_find_zone(const char *name, size_t length)
{
	char	   *copy = pnstrdup(name, length);
	pg_tz	   *zone = length <= TZ_STRLEN_MAX ? pg_tzset(copy) : NULL;

	pfree(copy);
	return zone != NULL && pg_tz_acceptable(zone) ? zone : NULL;
}

/*
 * Is it in pg_timezone_names? In a rule of POSIX hours are counted westward, and
 * whoever writes UTC+3 means the other way. pg_tzset() of pgtz.c writes rules in
 * upper case, and hardly any name with a number is all in upper case.
 */
static bool
is_listed(pg_tz *zone)
{
	const char *name = pg_get_timezone_name(zone);
	pg_tzenum  *all;
	pg_tz	   *other;
	bool		found = false;

	if (strpbrk(name, "0123456789") == NULL ||
		strpbrk(name, "abcdefghijklmnopqrstuvwxyz") != NULL)
		return true;
	all = pg_tzenumerate_start();
	while (!found && (other = pg_tzenumerate_next(all)) != NULL)
		found = strcmp(pg_get_timezone_name(other), name) == 0;
	pg_tzenumerate_end(all);
	return found;
}

/* The zone that the text of a calendar begins with, or NULL. */
static pg_tz *
find_listed_zone(const crm_calendar *calendar)
{
	pg_tz	   *zone = crm_find_zone(calendar->zone, calendar->zone_length);

	return zone != NULL && is_listed(zone) ? zone : NULL;
}

static struct varlena *
canonical(const crm_calendar *calendar, pg_tz *zone)
{
	const char *name = pg_get_timezone_name(zone);
	Size		length = strlen(name);
	struct varlena *result;

	result = palloc(VARHDRSZ + crm_calendar_text_bound(calendar, length));
	length = crm_calendar_text(calendar, name, length, VARDATA(result));
	SET_VARSIZE(result, VARHDRSZ + length);
	return result;
}

Datum
crm_calendar_in(PG_FUNCTION_ARGS)
{
	char	   *text = PG_GETARG_CSTRING(0);
	crm_calendar *calendar = crm_calendar_make(text);
	crm_text_fault fault;
	crm_status	status = crm_calendar_parse(text, calendar, &fault);
	pg_tz	   *zone;

	if (status == CRM_NO_SPACE)
		crm_ereturn(fcinfo->context,
					(errcode(crm_errcode(status)),
					 errmsg("value is too long for crm_calendar: \"%s\"",
							crm_clip_text(text)),
					 errhint("It holds up to %d opening intervals and as many runs of closed days. Leave out years that are not needed.",
							 CRM_OPENINGS_MAX)));
	if (status != CRM_OK)
		crm_ereturn(fcinfo->context,
					(errcode(crm_errcode(status)),
					 errmsg("invalid input syntax for type crm_calendar: \"%s\"",
							crm_clip_text(text)),
					 errdetail("%s The error is near \"%s\".",
							   fault.reason, crm_clip_text(fault.at)),
					 errhint("Write for example Europe/Rome; mon-fri 09:00-13:00, 14:00-18:00; closed 2024-12-25; open 2024-12-24 09:00-12:00.")));
	zone = find_listed_zone(calendar);
	if (zone == NULL)
		crm_ereturn(fcinfo->context,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("time zone \"%s\" not recognized",
							crm_clip_text(pnstrdup(calendar->zone,
												   calendar->zone_length))),
					 errhint("Begin with a name from pg_timezone_names, such as Europe/Rome.")));
	PG_RETURN_POINTER(canonical(calendar, zone));
}

Datum
crm_calendar_out(PG_FUNCTION_ARGS)
{
	PG_RETURN_CSTRING(text_to_cstring(PG_GETARG_TEXT_PP(0)));
}

Datum
crm_calendar_recv(PG_FUNCTION_ARGS)
{
	StringInfo	message = (StringInfo) PG_GETARG_POINTER(0);
	int			version = pq_getmsgbyte(message);
	uint32		length = pq_getmsgint(message, 4);
	crm_calendar *calendar;
	crm_text_fault fault;
	pg_tz	   *zone;
	char	   *text;

	if (version == CALENDAR_VERSION &&
		length == (uint32) (message->len - message->cursor))
	{
		text = pnstrdup(pq_getmsgbytes(message, length), length);
		calendar = crm_calendar_make(text);
		if (strlen(text) == length &&
			crm_calendar_parse(text, calendar, &fault) == CRM_OK &&
			(zone = find_listed_zone(calendar)) != NULL)
			PG_RETURN_POINTER(canonical(calendar, zone));
	}
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
			 errmsg("invalid binary representation of crm_calendar")));
	PG_RETURN_NULL();
}

Datum
crm_calendar_send(PG_FUNCTION_ARGS)
{
	struct varlena *text = PG_GETARG_VARLENA_PP(0);
	StringInfoData message;

	pq_begintypsend(&message);
	pq_sendbyte(&message, CALENDAR_VERSION);
	pq_sendint32(&message, VARSIZE_ANY_EXHDR(text));
	pq_sendbytes(&message, VARDATA_ANY(text), VARSIZE_ANY_EXHDR(text));
	PG_RETURN_BYTEA_P(pq_endtypsend(&message));
}

/* Equality: of the canonical texts */

static bool
calendars_equal(FunctionCallInfo fcinfo)
{
	struct varlena *a = PG_GETARG_VARLENA_PP(0);
	struct varlena *b = PG_GETARG_VARLENA_PP(1);
	bool		equal = VARSIZE_ANY_EXHDR(a) == VARSIZE_ANY_EXHDR(b) &&
		memcmp(VARDATA_ANY(a), VARDATA_ANY(b), VARSIZE_ANY_EXHDR(a)) == 0;

	PG_FREE_IF_COPY(a, 0);
	PG_FREE_IF_COPY(b, 1);
	return equal;
}

Datum
crm_calendar_eq(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(calendars_equal(fcinfo));
}

Datum
crm_calendar_ne(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(!calendars_equal(fcinfo));
}

Datum
crm_calendar_hash(PG_FUNCTION_ARGS)
{
	struct varlena *text = PG_GETARG_VARLENA_PP(0);
	Datum		hash = hash_any((unsigned char *) VARDATA_ANY(text),
								VARSIZE_ANY_EXHDR(text));

	PG_FREE_IF_COPY(text, 0);
	return hash;
}

Datum
crm_calendar_hash_extended(PG_FUNCTION_ARGS)
{
	struct varlena *text = PG_GETARG_VARLENA_PP(0);
	Datum		hash = hash_any_extended((unsigned char *) VARDATA_ANY(text),
										 VARSIZE_ANY_EXHDR(text),
										 PG_GETARG_INT64(1));

	PG_FREE_IF_COPY(text, 0);
	return hash;
}
