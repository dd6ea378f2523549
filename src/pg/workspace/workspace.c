/*
 * workspace.c
 *		The day that a session looks from.
 */
#include "pg/support/extension.h"

#include "access/xact.h"
#include "utils/date.h"
#include "utils/datetime.h"
#include "utils/fmgrprotos.h"
#include "utils/guc.h"

PG_FUNCTION_INFO_V1(crm_as_of);
PG_FUNCTION_INFO_V1(crm_as_of_zone);
PG_FUNCTION_INFO_V1(crm_over_on);

/* Of customer_360 with every subject */
#define PLANNING_MEMORY	(8 * 1024 * 1024)

void		_PG_init(void);

static char *as_of_text = NULL;
static bool as_of_defined = false;
static bool as_of_given = false;
static DateADT as_of_day = 0;

/* So many digits as a number, and from *at the character behind them. */
static bool
parse_digits(const char **at, int digits, int *number)
{
	*number = 0;
	for (; digits > 0; digits--, (*at)++)
	{
		if (**at < '0' || **at > '9')
			return false;
		*number = *number * 10 + (**at - '0');
	}
	return true;
}

/*
 * ISO 8601 alone, four digits, two and two: the setting may be given before
 * DateStyle is, and must not change its meaning with it.
 */
static bool
parse_day(const char *text, DateADT *day)
{
	int			year,
				month,
				mday,
				back[3];

	if (!parse_digits(&text, 4, &year) || *text++ != '-' ||
		!parse_digits(&text, 2, &month) || *text++ != '-' ||
		!parse_digits(&text, 2, &mday) || *text != '\0' || year == 0)
		return false;
	*day = date2j(year, month, mday) - POSTGRES_EPOCH_JDATE;
	j2date(*day + POSTGRES_EPOCH_JDATE, &back[0], &back[1], &back[2]);
	return back[0] == year && back[1] == month && back[2] == mday;
}

static bool
check_as_of(char **text, void **extra, GucSource source)
{
	DateADT		day;

	(void) extra;
	(void) source;
	if (**text == '\0' || parse_day(*text, &day))
		return true;
	GUC_check_errhint("Give a day like 2024-12-31, or nothing for today.");
	return false;
}

static void
assign_as_of(const char *text, void *extra)
{
	(void) extra;
	as_of_given = parse_day(text, &as_of_day);
}

static void
define_as_of(void)
{
	DefineCustomStringVariable("crm_ext.as_of",
							   "The day that crm_as_of() returns.",
							   "A day like 2024-12-31; empty for today.",
							   &as_of_text, "", PGC_USERSET, 0,
							   check_as_of, assign_as_of, NULL);
#if PG_VERSION_NUM >= 150000
	MarkGUCPrefixReserved("crm_ext");
#else
	EmitWarningsOnPlaceholders("crm_ext");
#endif
	as_of_defined = true;
}

/*
 * Whether the session looks from a day that it was given. Within a parallel
 * query a value that was set before the library was loaded cannot be taken over
 * (set_config_option in guc.c), and would be lost to the session. So it stays a
 * setting that PostgreSQL knows by name alone, and is read as such, until a
 * later call.
 */
static bool
given_as_of(DateADT *day)
{
	const char *text;

	if (!as_of_defined && !IsInParallelMode())
		define_as_of();
	if (as_of_defined)
	{
		*day = as_of_day;
		return as_of_given;
	}
	text = GetConfigOption("crm_ext.as_of", true, false);
	return text != NULL && parse_day(text, day);
}

Datum
crm_as_of(PG_FUNCTION_ARGS)
{
	DateADT		day;

	(void) fcinfo;
	PG_RETURN_DATEADT(given_as_of(&day) ? day : GetSQLCurrentDate());
}

/* Like CURRENT_DATE, today is that of the transaction's start. */
static DateADT
today_in(Datum zone)
{
	Datum		now = TimestampTzGetDatum(GetCurrentTransactionStartTimestamp());
	Datum		local = DirectFunctionCall2(timestamptz_zone, zone, now);

	return DatumGetDateADT(DirectFunctionCall1(timestamp_date, local));
}

Datum
crm_as_of_zone(PG_FUNCTION_ARGS)
{
	DateADT		day;

	PG_RETURN_DATEADT(given_as_of(&day) ? day : today_in(PG_GETARG_DATUM(0)));
}

/* A day that was given is meant whole; today is still going on. */
Datum
crm_over_on(PG_FUNCTION_ARGS)
{
	DateADT		day;

	PG_RETURN_DATEADT(given_as_of(&day) ? day : today_in(PG_GETARG_DATUM(0)) - 1);
}

/*
 * To plan a view as wide as customer_360 takes some megabytes, which glibc
 * would give back to the kernel after each statement, and fetch anew, page by
 * page: half of the time that one customer takes. It keeps what is freed up
 * to twice the largest block that it ever mapped and freed by itself
 * (M_MMAP_THRESHOLD in mallopt(3)), which a session that has sorted or hashed
 * something has long done. So it does here, at once; nothing is written to
 * the block, and elsewhere than with glibc it changes nothing.
 */
static void
keep_planning_memory(void)
{
	pfree(palloc(PLANNING_MEMORY));
}

void
_PG_init(void)
{
	keep_planning_memory();
	if (!IsInParallelMode())
		define_as_of();
}
