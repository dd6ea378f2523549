/*
 * chain_packed.c
 *		A chain as bytes, in the format of chain.h.
 */
#include "core/campaign/chain.h"

#include <math.h>
#include <string.h>

#include "core/numeric/varint.h"

#define WHOLE_MAX 0x1p53

/* Before a double that is no whole number, and before two. */
#define ONE_DOUBLE 1
#define TWO_DOUBLES 3

/* A place to write to that counts as well where there is none. */
typedef struct writer
{
	uint8_t    *at;				/* or NULL */
	size_t		length;
} writer;

static void
put_bytes(writer *out, const void *bytes, size_t length)
{
	if (out->at != NULL && length > 0)
	{
		memcpy(out->at, bytes, length);
		out->at += length;
	}
	out->length += length;
}

static void
put_number(writer *out, uint64_t number)
{
	uint8_t		bytes[CRM_VARINT_MAX];

	put_bytes(out, bytes, crm_put_varint(bytes, number) - bytes);
}

/* Lowest byte first, on every machine. */
static void
put_double(writer *out, double value)
{
	uint64_t	bits;
	uint8_t		bytes[8];

	memcpy(&bits, &value, sizeof(bits));
	for (int i = 0; i < 8; i++, bits >>= 8)
		bytes[i] = (uint8_t) bits;
	put_bytes(out, bytes, sizeof(bytes));
}

static bool
is_whole(crm_dd sum)
{
	return sum.lo == 0 && sum.hi >= 0 && sum.hi <= WHOLE_MAX &&
		sum.hi == floor(sum.hi) && !signbit(sum.hi);
}

static void
put_sum(writer *out, crm_dd sum)
{
	if (is_whole(sum))
	{
		put_number(out, (uint64_t) sum.hi << 1);
		return;
	}
	put_number(out, sum.lo == 0 ? ONE_DOUBLE : TWO_DOUBLES);
	put_double(out, sum.hi);
	if (sum.lo != 0)
		put_double(out, sum.lo);
}

/* A place in the packed chain to one in memory. */
static int
place(const int *order, int to)
{
	return to < CRM_TO_CHANNEL(0) ? to :
		CRM_TO_CHANNEL(order[to - CRM_TO_CHANNEL(0)]);
}

static void
put_weights(writer *out, const crm_chain *chain, const int *order, int from)
{
	int			last = -1;

	for (int to = 0; to < CRM_TO_CHANNEL(chain->channels); to++)
	{
		crm_dd		weight = *crm_chain_weight(chain, from, place(order, to));

		if (weight.hi == 0)
			continue;
		put_number(out, to - last);
		put_sum(out, weight);
		last = to;
	}
	put_number(out, 0);
}

size_t
crm_chain_pack(const crm_chain *chain, const int *order, uint8_t *out)
{
	const uint8_t version = CRM_CHAIN_VERSION;
	writer		to = {out, 0};

	put_bytes(&to, &version, 1);
	put_number(&to, chain->channels);
	for (int i = 0; i < chain->channels; i++)
	{
		put_number(&to, chain->channel[order[i]].length);
		put_bytes(&to, chain->channel[order[i]].name,
				  chain->channel[order[i]].length);
	}
	put_sum(&to, chain->value);
	put_sum(&to, chain->none_value);
	put_weights(&to, chain, order, CRM_FROM_START);
	for (int i = 0; i < chain->channels; i++)
		put_weights(&to, chain, order, CRM_FROM_CHANNEL(order[i]));
	return to.length;
}

/* Reading: where something is wrong, at becomes NULL and stays so. */

static uint64_t
get_number(crm_packed_chain *packed)
{
	uint64_t	number = 0;

	if (packed->at != NULL &&
		!crm_get_varint(&packed->at, packed->end, &number))
		packed->at = NULL;
	return packed->at == NULL ? 0 : number;
}

static double
get_double(crm_packed_chain *packed)
{
	uint64_t	bits = 0;
	double		value;

	if (packed->at == NULL || packed->end - packed->at < 8)
	{
		packed->at = NULL;
		return 0;
	}
	for (int i = 7; i >= 0; i--)
		bits = bits << 8 | packed->at[i];
	packed->at += 8;
	memcpy(&value, &bits, sizeof(value));
	return value;
}

/* Only as put_sum() writes it. */
static crm_dd
get_sum(crm_packed_chain *packed)
{
	crm_dd		sum = {0, 0};
	uint64_t	number = get_number(packed);

	if ((number & 1) == 0)
	{
		sum.hi = (double) (number >> 1);
		if (number >> 1 > (uint64_t) WHOLE_MAX)
			packed->at = NULL;
		return sum;
	}
	sum.hi = get_double(packed);
	if (number == TWO_DOUBLES)
		sum.lo = get_double(packed);
	if ((number != ONE_DOUBLE && number != TWO_DOUBLES) ||
		!crm_dd_is_finite(sum) || sum.hi == 0 ||
		(number == ONE_DOUBLE ? is_whole(sum) :
		 sum.lo == 0 || sum.hi + sum.lo != sum.hi))
		packed->at = NULL;
	return sum;
}

static void
get_values(crm_packed_chain *packed)
{
	packed->value = get_sum(packed);
	packed->none_value = get_sum(packed);
}

void
crm_packed_chain_open(crm_packed_chain *packed, const uint8_t *bytes,
					  size_t length)
{
	uint64_t	channels;

	memset(packed, 0, sizeof(*packed));
	packed->to = -1;
	packed->end = bytes + length;
	if (length < 1 || bytes[0] != CRM_CHAIN_VERSION)
		return;
	packed->at = bytes + 1;
	channels = get_number(packed);
	if (channels > CRM_CHANNELS_MAX)
		packed->at = NULL;
	else
		packed->channels = (int) channels;
	if (channels == 0)
		get_values(packed);
}

bool
crm_packed_chain_name(crm_packed_chain *packed, const char **name,
					  size_t *length)
{
	crm_channel channel = {NULL, 0, 0};

	if (packed->names_read == packed->channels)
		return false;
	channel.length = get_number(packed);
	if (packed->at == NULL ||
		channel.length > (size_t) (packed->end - packed->at))
	{
		packed->at = NULL;
		return false;
	}
	channel.name = (const char *) packed->at;
	packed->at += channel.length;
	if (packed->names_read++ > 0)
	{
		size_t		shorter = channel.length < packed->last.length ?
			channel.length : packed->last.length;
		int			difference = memcmp(packed->last.name, channel.name,
										shorter);

		if (difference > 0 ||
			(difference == 0 && packed->last.length >= channel.length))
			packed->at = NULL;
	}
	packed->last = channel;
	if (packed->names_read == packed->channels)
		get_values(packed);
	*name = channel.name;
	*length = channel.length;
	return packed->at != NULL;
}

bool
crm_packed_chain_weight(crm_packed_chain *packed, int *from, int *to,
						crm_dd *weight)
{
	while (packed->at != NULL && packed->from <= packed->channels)
	{
		uint64_t	step = get_number(packed);

		if (step == 0)
		{
			packed->from++;
			packed->to = -1;
			continue;
		}
		if (step > (uint64_t) (packed->channels + 1 - packed->to))
		{
			packed->at = NULL;
			break;
		}
		packed->to += (int) step;
		*from = packed->from;
		*to = packed->to;
		*weight = get_sum(packed);
		if (!(weight->hi > 0))
			packed->at = NULL;
		return packed->at != NULL;
	}
	return false;
}

crm_status
crm_packed_chain_close(const crm_packed_chain *packed)
{
	return packed->at != NULL && packed->at == packed->end &&
		packed->names_read == packed->channels &&
		packed->from == packed->channels + 1 ? CRM_OK : CRM_CORRUPT;
}
