/*
 * chain.h
 *		Paths of touches as a Markov chain of the first order: how much weight
 *		went from where to where.
 *
 * A path of channels with conversions c and nulls n has weight c + n: it goes
 * from the start to its first channel, from each channel to the next, and from
 * the last one to conversion with c and to null with n. Start, conversion and
 * null are places of their own, and no name can be taken for them. A path
 * without channels goes from the start straight to conversion or null, outside
 * the chain.
 *
 * All that is kept are sums, so chains merge. They are held to twice the
 * precision of a double: neither the order of paths nor how a plan split them
 * shows after rounding.
 *
 * Packed, a chain is
 *
 *		version byte
 *		varint	number of channels
 *		each channel, in order of bytes: varint length, then the name
 *		sum		value of the paths with channels, then of those without
 *		from the start and from each channel, for each place where weight went:
 *				varint	how many places on from the one before, at least 1
 *				sum		weight
 *		ended by	varint 0
 *
 * where the places are, in order, conversion, null and the channels, and a sum
 * is varint 2 * sum for a whole number up to 2^53, else varint 1 and a double,
 * or 3 and two.
 */
#ifndef CRM_CORE_CAMPAIGN_CHAIN_H
#define CRM_CORE_CAMPAIGN_CHAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/numeric/doubledouble.h"
#include "core/status.h"

#define CRM_CHAIN_VERSION 1

/* Weights are a square of this. */
#define CRM_CHANNELS_MAX 1000

/* Where weight comes from: the start, or channel i. */
#define CRM_FROM_START 0
#define CRM_FROM_CHANNEL(i) ((i) + 1)

/* Where it goes to. */
#define CRM_TO_CONVERSION 0
#define CRM_TO_NULL 1
#define CRM_TO_CHANNEL(i) ((i) + 2)

typedef struct crm_channel
{
	const char *name;			/* not ended by a zero byte */
	size_t		length;
	uint64_t	hash;
} crm_channel;

/* What follows capacity points into the caller's memory, and names do too. */
typedef struct crm_chain
{
	int			channels;
	int			capacity;		/* at most CRM_CHANNELS_MAX */
	crm_dd		value;			/* of paths with channels */
	crm_dd		none_value;		/* of paths without */
	crm_dd	   *weight;			/* a row for each from, a column for each to */
	crm_channel *channel;
	uint16_t   *slot;			/* channel + 1 by hash, 0 where none */
} crm_chain;

/* An empty chain with room for channels, in so many bytes aligned to 8. */
extern size_t crm_chain_bytes(int capacity);
extern void crm_chain_place(crm_chain *chain, void *memory, int capacity);

/* Takes over what from holds; chain is empty, and has the room. */
extern void crm_chain_move(crm_chain *chain, const crm_chain *from);

/* The channel of that name, or -1. */
extern int	crm_chain_find(const crm_chain *chain, const char *name,
						   size_t length);

/* A channel that was not found, for which there is room. */
extern int	crm_chain_append(crm_chain *chain, const char *name,
							 size_t length);

static inline crm_dd *
crm_chain_weight(const crm_chain *chain, int from, int to)
{
	return &chain->weight[(size_t) from * (chain->capacity + 2) + to];
}

static inline void
crm_chain_add(crm_chain *chain, int from, int to, double weight)
{
	crm_dd	   *sum = crm_chain_weight(chain, from, to);

	*sum = crm_dd_add_double(*sum, weight);
}

/* CRM_OUT_OF_RANGE when a sum has grown beyond a double. */
extern crm_status crm_chain_check(const crm_chain *chain);

/* The channels in order of bytes: order[0] is the first. */
extern void crm_chain_order(const crm_chain *chain, int *order);

/*
 * Packed. Answers how many bytes it takes, and writes them unless out is NULL.
 */
extern size_t crm_chain_pack(const crm_chain *chain, const int *order,
							 uint8_t *out);

/*
 * Reading a packed chain: crm_packed_chain_open(), each name, each weight, and
 * crm_packed_chain_close(), which alone says whether all of it was valid.
 * Channels are numbered in order of their names.
 */
typedef struct crm_packed_chain
{
	const uint8_t *at;			/* NULL once something was wrong */
	const uint8_t *end;
	int			channels;
	int			names_read;
	crm_channel last;			/* name */
	int			from;
	int			to;
	crm_dd		value;			/* known once all names were read */
	crm_dd		none_value;
} crm_packed_chain;

extern void crm_packed_chain_open(crm_packed_chain *packed,
								  const uint8_t *bytes, size_t length);
extern bool crm_packed_chain_name(crm_packed_chain *packed,
								  const char **name, size_t *length);
extern bool crm_packed_chain_weight(crm_packed_chain *packed, int *from,
									int *to, crm_dd *weight);
extern crm_status crm_packed_chain_close(const crm_packed_chain *packed);

/*
 * The text form, a JSON object:
 *		{"version":1,"channels":["mail","shop"],"value":[9.5],"none_value":[0],
 *		 "weights":[[0,1,20],[1,2,12.5],[2,-1,3]]}
 * a weight being [from, to, sum], 0 the start, -1 conversion, -2 null, and the
 * others the channels in their order. A sum that needs it has two numbers.
 * Answers its length, 0 where it was interrupted, and writes it with a zero
 * byte unless out is NULL.
 */
extern size_t crm_chain_print(const crm_chain *chain, const int *order,
							  char *out, crm_interrupt interrupt, void *arg);

/*
 * Reading it likewise: names, weights, then close. A name is put into the
 * caller's buffer, of as many bytes as the text.
 */
typedef struct crm_chain_text
{
	const char *at;				/* NULL once something was wrong */
	int			channels;		/* names read */
	int			weights;		/* weights read */
	crm_dd		value;
	crm_dd		none_value;
} crm_chain_text;

extern void crm_chain_text_open(crm_chain_text *text, const char *from);
extern bool crm_chain_text_name(crm_chain_text *text, char *name,
								size_t *length);
extern bool crm_chain_text_weight(crm_chain_text *text, int *from, int *to,
								  crm_dd *weight);
extern crm_status crm_chain_text_close(crm_chain_text *text);

/* What the chain says: shares of its conversions by removal. */
typedef struct crm_chain_credit
{
	double		conversions;	/* of paths with channels */
	double		probability;	/* of a conversion; NAN without weight */
	double		removal_sum;
} crm_chain_credit;

/* How many doubles crm_chain_solve() needs as workspace. */
extern size_t crm_chain_workspace(int channels);

/*
 * removal[i] is the removal effect of channel order[i]: the share of the
 * probability of a conversion that is lost where who comes to the channel
 * leaves; NAN where there are no conversions. CRM_SINGULAR where weight goes
 * round and never out, which no path does.
 */
extern crm_status crm_chain_solve(const crm_chain *chain, const int *order,
								  double *workspace, double *removal,
								  crm_chain_credit *credit,
								  crm_interrupt interrupt,
								  void *interrupt_arg);

#endif							/* CRM_CORE_CAMPAIGN_CHAIN_H */
