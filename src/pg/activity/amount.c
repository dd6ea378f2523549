/*
 * amount.c
 *		SQL numbers to the ledger's units of 0.0001, and back.
 *
 * A numeric is stored as base-10000 digits, so one of them ends exactly on
 * 0.0001 and the digits before it are the answer: no numeric arithmetic. The
 * layout is private to src/backend/utils/adt/numeric.c, but it is what every
 * table on disk holds since 9.1, so it cannot change; sql/activity.sql reads
 * numerics of every shape and would notice.
 */
#include "pg/support/extension.h"

#include "utils/fmgrprotos.h"
#include "utils/numeric.h"

#include "core/activity/amount.h"
#include "pg/activity/amount.h"

/* The two forms of header: a word of everything, or two words. */
#define HEADER_SPECIAL(h)	(((h) & 0xC000) == 0xC000)
#define HEADER_SHORT(h)		(((h) & 0x8000) != 0)
#define LONG_NEGATIVE(h)	(((h) & 0xC000) == 0x4000)
#define SHORT_NEGATIVE(h)	(((h) & 0x2000) != 0)
#define SHORT_WEIGHT(h)		(((h) & 0x0040 ? ~0x003F : 0) | ((h) & 0x003F))

/* The short form, as it is written: sign, decimals, weight. */
#define HEADER_SHORT_BIT	0x8000
#define SHORT_SIGN_BIT		0x2000
#define SHORT_SCALE_SHIFT	7
#define SHORT_WEIGHT_BITS	0x007F

#define DIGIT_BASE			10000
#define DIGITS_MAX			6	/* of 64 bits, and three zeros more */
#define DIGIT_HALF			5000

typedef struct numeric_parts
{
	const char *digits;			/* int16 each, perhaps not aligned */
	int			count;
	int			weight;			/* power of 10000 of the first digit */
	bool		negative;
} numeric_parts;

static inline int
word_at(const char *at)
{
	int16		word;

	memcpy(&word, at, sizeof(word));
	return word;
}

/* False for NaN and the infinities. */
static inline bool
take_apart(const char *data, Size length, numeric_parts *parts)
{
	int			header = word_at(data) & 0xFFFF;
	Size		header_size = HEADER_SHORT(header) ? 2 : 4;

	if (HEADER_SPECIAL(header))
		return false;
	if (HEADER_SHORT(header))
	{
		parts->negative = SHORT_NEGATIVE(header);
		parts->weight = SHORT_WEIGHT(header);
	}
	else
	{
		parts->negative = LONG_NEGATIVE(header);
		parts->weight = word_at(data + 2);
	}
	parts->digits = data + header_size;
	parts->count = (length - header_size) / sizeof(int16);
	return true;
}

/* Rounds half away from zero at the fourth decimal. */
static inline crm_status
to_units(const numeric_parts *parts, int64 *units)
{
	int			whole = parts->weight + 2;	/* digits down to 0.0001 */
	uint64		total = 0;

	if (parts->count == 0 || whole < 0)
	{
		*units = 0;
		return CRM_OK;
	}
	for (int i = 0; i < whole; i++)
	{
		int			digit = i < parts->count ?
			word_at(parts->digits + i * sizeof(int16)) : 0;

		if (__builtin_mul_overflow(total, (uint64) DIGIT_BASE, &total) ||
			__builtin_add_overflow(total, (uint64) digit, &total) ||
			total > CRM_AMOUNT_MAX)
			return CRM_OUT_OF_RANGE;
	}
	if (whole < parts->count &&
		word_at(parts->digits + whole * sizeof(int16)) >= DIGIT_HALF)
		total++;
	if (total > CRM_AMOUNT_MAX)
		return CRM_OUT_OF_RANGE;
	*units = parts->negative ? -(int64) total : (int64) total;
	return CRM_OK;
}

static void
refuse_amount(crm_status status, const char *value)
{
	if (status == CRM_INVALID)
		ereport(ERROR,
				(errcode(crm_errcode(status)),
				 errmsg("amount cannot be %s", value),
				 errhint("Use NULL for an event whose amount is not known.")));
	ereport(ERROR,
			(errcode(crm_errcode(status)),
			 errmsg("amount %s is out of range for crm_activity",
					crm_clip_text(value)),
			 errdetail("Amounts are held exactly, to four decimals, between -922337203685477.5807 and 922337203685477.5807.")));
}

int64
crm_amount_from_numeric(Datum value)
{
	struct varlena *numeric = PG_DETOAST_DATUM_PACKED(value);
	numeric_parts parts;
	int64		units = 0;
	crm_status	status = CRM_INVALID;

	if (take_apart(VARDATA_ANY(numeric), VARSIZE_ANY_EXHDR(numeric), &parts))
		status = to_units(&parts, &units);
	if (status != CRM_OK)
		refuse_amount(status, DatumGetCString(DirectFunctionCall1(numeric_out,
																  value)));
	if ((Pointer) numeric != DatumGetPointer(value))
		pfree(numeric);
	return units;
}

int64
crm_amount_from_float8(double value)
{
	int64		units = 0;
	crm_status	status = crm_amount_from_double(value, &units);

	if (status != CRM_OK)
		refuse_amount(status, DatumGetCString(DirectFunctionCall1(float8out,
																  Float8GetDatum(value))));
	return units;
}

int64
crm_amount_from_bigint(int64 value)
{
	int64		units = 0;
	crm_status	status = crm_amount_from_int64(value, &units);

	if (status != CRM_OK)
		refuse_amount(status, psprintf(INT64_FORMAT, value));
	return units;
}

/* As int64_div_fast_to_numeric() of PostgreSQL 15, without arithmetic. */
Datum
crm_numeric_of(int64 value, int scale)
{
	static const int align[] = {1, 1000, 100, 10};
	uint64		rest = (value < 0 ? -(uint64) value : (uint64) value) *
		align[scale % 4];
	int			weight = -(scale + 3) / 4;	/* of the last digit */
	int16		digits[DIGITS_MAX];
	int			first = DIGITS_MAX;
	int			end = DIGITS_MAX;
	uint16		header = HEADER_SHORT_BIT | scale << SHORT_SCALE_SHIFT;
	Size		size;
	char	   *numeric;

	for (; rest > 0; rest /= DIGIT_BASE)
		digits[--first] = rest % DIGIT_BASE;
	weight += end - first - 1;
	while (end > first && digits[end - 1] == 0)
		end--;
	if (end > first)
		header |= (value < 0 ? SHORT_SIGN_BIT : 0) | (weight & SHORT_WEIGHT_BITS);
	size = VARHDRSZ + sizeof(header) + (end - first) * sizeof(int16);
	numeric = palloc(size);
	SET_VARSIZE(numeric, size);
	memcpy(VARDATA(numeric), &header, sizeof(header));
	memcpy(VARDATA(numeric) + sizeof(header), digits + first,
		   (end - first) * sizeof(int16));
	return PointerGetDatum(numeric);
}

/* Two decimals, as money is read, or four where it has more. */
Datum
crm_amount_to_numeric(int64 amount)
{
	if (amount % 100 == 0)
		return crm_numeric_of(amount / 100, 2);
	return crm_numeric_of(amount, 4);
}

/* Decimals as crm_amount_to_numeric() has them. */
Datum
crm_wide_to_numeric(__int128 amount)
{
	char		whole[CRM_WIDE_TEXT];
	int			rest = (int) (amount % CRM_UNITS);
	bool		whole_cents = rest % 100 == 0;
	char	   *text;

	if (amount >= -CRM_AMOUNT_MAX && amount <= CRM_AMOUNT_MAX)
		return crm_amount_to_numeric((int64) amount);
	text = psprintf("%.*s.%0*d", crm_wide_text(amount - rest, whole), whole,
					whole_cents ? 2 : 4,
					whole_cents ? abs(rest) / 100 : abs(rest));
	return DirectFunctionCall3(numeric_in, CStringGetDatum(text),
							   ObjectIdGetDatum(InvalidOid),
							   Int32GetDatum(-1));
}

double
crm_amount_to_double(int64 amount)
{
	return (double) amount / CRM_UNITS;
}
