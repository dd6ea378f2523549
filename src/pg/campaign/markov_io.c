/*
 * markov_io.c
 *		crm_markov as text, and as bytes.
 *
 * The binary form is a version byte and the text, as jsonb has it: names of
 * channels are text, and go from one encoding to another.
 */
#include "pg/campaign/markov.h"

#include "libpq/pqformat.h"
#include "miscadmin.h"

PG_FUNCTION_INFO_V1(crm_markov_in);
PG_FUNCTION_INFO_V1(crm_markov_out);
PG_FUNCTION_INFO_V1(crm_markov_recv);
PG_FUNCTION_INFO_V1(crm_markov_send);

/* Channels in any order, but each of them once. */
static bool
parse_names(crm_chain_text *text, char *buffer, crm_markov *into,
			int *channel)
{
	size_t		length;

	for (int i = 0; crm_chain_text_name(text, buffer, &length); i++)
	{
		CHECK_FOR_INTERRUPTS();
		channel[i] = crm_markov_channel(into, buffer, length);
		if (channel[i] != i)
			return false;
	}
	return true;
}

/* What a text says, or NULL where it does not parse. */
static crm_markov *
parse(const char *from)
{
	crm_markov *markov = crm_markov_create(CurrentMemoryContext);
	char	   *buffer = palloc(strlen(from) + 1);
	int		   *channel = palloc((CRM_CHANNELS_MAX + 1) * sizeof(int));
	crm_chain_text text;
	int			from_place;
	int			to;
	crm_dd		weight;

	crm_chain_text_open(&text, from);
	if (!parse_names(&text, buffer, markov, channel))
		return NULL;
	while (crm_chain_text_weight(&text, &from_place, &to, &weight))
	{
		crm_dd	   *sum = crm_chain_weight(&markov->chain, from_place, to);

		CHECK_FOR_INTERRUPTS();
		*sum = crm_dd_add(*sum, weight);
	}
	markov->chain.value = text.value;
	markov->chain.none_value = text.none_value;
	if (crm_chain_text_close(&text) != CRM_OK ||
		crm_chain_check(&markov->chain) != CRM_OK)
		return NULL;
	return markov;
}

Datum
crm_markov_in(PG_FUNCTION_ARGS)
{
	char	   *text = PG_GETARG_CSTRING(0);
	crm_markov *markov = parse(text);

	if (markov == NULL)
		crm_ereturn(fcinfo->context,
					(errcode(crm_errcode(CRM_BAD_TEXT)),
					 errmsg("invalid input syntax for type crm_markov: \"%s\"",
							crm_clip_text(text)),
					 errhint("Give text that the type's output function wrote, {\"version\":1,\"channels\":[...],...}.")));
	PG_RETURN_POINTER(crm_markov_pack(markov));
}

static char *
print(Datum datum)
{
	crm_markov *markov = crm_markov_from_datum(datum);
	int		   *order = crm_markov_order(markov);
	Size		length = crm_chain_print(&markov->chain, order, NULL,
										 crm_interrupted, NULL);
	char	   *text = palloc(length + 1);

	crm_chain_print(&markov->chain, order, text, crm_interrupted, NULL);
	return text;
}

Datum
crm_markov_out(PG_FUNCTION_ARGS)
{
	PG_RETURN_CSTRING(print(PG_GETARG_DATUM(0)));
}

Datum
crm_markov_recv(PG_FUNCTION_ARGS)
{
	StringInfo	message = (StringInfo) PG_GETARG_POINTER(0);
	int			version = pq_getmsgbyte(message);
	crm_markov *markov = NULL;
	int			length;

	if (version == CRM_CHAIN_VERSION)
		markov = parse(pq_getmsgtext(message, message->len - message->cursor,
									 &length));
	if (markov == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid binary representation of crm_markov")));
	PG_RETURN_POINTER(crm_markov_pack(markov));
}

Datum
crm_markov_send(PG_FUNCTION_ARGS)
{
	char	   *text = print(PG_GETARG_DATUM(0));
	StringInfoData message;

	pq_begintypsend(&message);
	pq_sendbyte(&message, CRM_CHAIN_VERSION);
	pq_sendtext(&message, text, strlen(text));
	PG_RETURN_BYTEA_P(pq_endtypsend(&message));
}
