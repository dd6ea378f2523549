/*
 * sample_io.c
 *		crm_clv_sample as text and in binary.
 */
#include "pg/clv/clv.h"

#include "lib/stringinfo.h"
#include "libpq/pqformat.h"
#include "utils/builtins.h"

PG_FUNCTION_INFO_V1(crm_clv_sample_in);
PG_FUNCTION_INFO_V1(crm_clv_sample_out);
PG_FUNCTION_INFO_V1(crm_clv_sample_recv);
PG_FUNCTION_INFO_V1(crm_clv_sample_send);

/* Input and output: the bytes of the flat form, as text in hexadecimal */

static int
digit_of(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 :
		c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* \x and two digits a byte; NULL for any other text. */
static struct varlena *
parse_bytes(const char *text)
{
	Size		length = strlen(text);
	struct varlena *flat = palloc(VARHDRSZ + length / 2);
	char	   *out = VARDATA(flat);

	if (length % 2 != 0 || strncmp(text, "\\x", 2) != 0)
		return NULL;
	for (text += 2; *text != '\0'; text += 2)
	{
		int			high = digit_of(text[0]);
		int			low = digit_of(text[1]);

		if (high < 0 || low < 0)
			return NULL;
		*out++ = (char) (high << 4 | low);
	}
	SET_VARSIZE(flat, out - (char *) flat);
	return flat;
}

Datum
crm_clv_sample_in(PG_FUNCTION_ARGS)
{
	struct varlena *flat = parse_bytes(PG_GETARG_CSTRING(0));
	crm_packed_sample packed;

	if (flat == NULL || crm_open_flat_sample(flat, &packed) != CRM_OK)
		crm_ereturn(fcinfo->context,
					(errcode(crm_errcode(CRM_BAD_TEXT)),
					 errmsg("invalid input syntax for type crm_clv_sample"),
					 errhint("It is an aggregate's internal state and cannot be written by hand.")));
	PG_RETURN_POINTER(flat);
}

Datum
crm_clv_sample_out(PG_FUNCTION_ARGS)
{
	struct varlena *flat = PG_GETARG_VARLENA_PP(0);
	Size		length = VARSIZE_ANY_EXHDR(flat);
	char	   *text = palloc(add_size(mul_size(length, 2), 3));

	strcpy(text, "\\x");
	text[2 + hex_encode(VARDATA_ANY(flat), length, text + 2)] = '\0';
	PG_RETURN_CSTRING(text);
}

Datum
crm_clv_sample_recv(PG_FUNCTION_ARGS)
{
	StringInfo	message = (StringInfo) PG_GETARG_POINTER(0);
	int			length = message->len - message->cursor;
	struct varlena *flat = palloc(VARHDRSZ + length);
	crm_packed_sample packed;

	SET_VARSIZE(flat, VARHDRSZ + length);
	pq_copymsgbytes(message, VARDATA(flat), length);
	if (crm_open_flat_sample(flat, &packed) != CRM_OK)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid binary representation of crm_clv_sample")));
	PG_RETURN_POINTER(flat);
}

Datum
crm_clv_sample_send(PG_FUNCTION_ARGS)
{
	PG_RETURN_BYTEA_P(crm_send_bytes(PG_GETARG_VARLENA_PP(0)));
}
