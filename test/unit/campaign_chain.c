/*
 * campaign_chain.c
 *		Chains of channels: what is kept, its bytes and text, removal effects.
 */
#include "tap.h"

#include <stdlib.h>

#include "chain.h"

#define LENGTH(a) ((int) (sizeof(a) / sizeof((a)[0])))
#define ROOM 40

/* Memory that is kept until the program ends. */
static void *
grab(size_t size)
{
	static void *all[4096];
	static int	count = 0;

	if (count == LENGTH(all))
		abort();
	return all[count++] = malloc(size);
}

static crm_chain *
new_chain(int capacity)
{
	crm_chain  *chain = grab(sizeof(crm_chain) + crm_chain_bytes(capacity));

	crm_chain_place(chain, chain + 1, capacity);
	return chain;
}

static int
channel(crm_chain *chain, const char *name)
{
	int			found = crm_chain_find(chain, name, strlen(name));

	return found >= 0 ? found : crm_chain_append(chain, name, strlen(name));
}

/* A path of channels that are called by one letter. */
static void
add_path(crm_chain *chain, const char *path, double conversions, double value,
		 double nulls)
{
	static char names[256][2];
	int			from = CRM_FROM_START;
	crm_dd	   *sum = *path != '\0' ? &chain->value : &chain->none_value;

	for (; *path != '\0'; path++)
	{
		char	   *name = names[(unsigned char) *path];
		int			to;

		name[0] = *path;
		to = channel(chain, name);
		crm_chain_add(chain, from, CRM_TO_CHANNEL(to), conversions + nulls);
		from = CRM_FROM_CHANNEL(to);
	}
	crm_chain_add(chain, from, CRM_TO_CONVERSION, conversions);
	crm_chain_add(chain, from, CRM_TO_NULL, nulls);
	*sum = crm_dd_add_double(*sum, value);
}

static char *
print(const crm_chain *chain)
{
	int			order[CRM_CHANNELS_MAX];
	size_t		length;
	char	   *text;

	crm_chain_order(chain, order);
	length = crm_chain_print(chain, order, NULL, NULL, NULL);
	text = grab(length + 1);
	ok(crm_chain_print(chain, order, text, NULL, NULL) == length &&
	   strlen(text) == length, "the text is as long as it says");
	return text;
}

static size_t
pack(const crm_chain *chain, uint8_t **bytes)
{
	int			order[CRM_CHANNELS_MAX];
	size_t		length;

	crm_chain_order(chain, order);
	length = crm_chain_pack(chain, order, NULL);
	*bytes = grab(length);
	ok(crm_chain_pack(chain, order, *bytes) == length,
	   "the bytes are as many as it says");
	return length;
}

static void
forms(void)
{
	static const char want[] = "{\"version\":1,\"channels\":[\"a\",\"b\"],"
		"\"value\":[9.5],\"none_value\":[0.25],\"weights\":[[0,-1,1],[0,1,3],"
		"[0,2,7],[1,1,3],[1,-1,2],[1,-2,1],[2,-1,0.5],[2,-2,6.5]]}";
	static const char in_order[] = "{\"version\":1,\"channels\":[\"a\",\"b\"],"
		"\"value\":[9.5],\"none_value\":[0.25],\"weights\":[[0,-1,1],[0,1,3],"
		"[0,2,7],[1,-1,2],[1,-2,1],[1,1,3],[2,-1,0.5],[2,-2,6.5]]}";
	crm_chain  *chain = new_chain(ROOM);
	crm_chain  *again = new_chain(ROOM);
	char	   *text;
	uint8_t    *bytes;
	size_t		length;
	char		buffer[sizeof(want)];

	add_path(chain, "b", 0.5, 4, 6.5);
	add_path(chain, "aa", 2, 5.5, 1);
	add_path(chain, "", 1, 0.25, 0);
	text = print(chain);
	is_text(text, in_order, "the text form, channels in order");
	length = pack(chain, &bytes);
	ok(unpack(bytes, length, again) == CRM_OK, "packed and unpacked");
	is_text(print(again), in_order, "to the same chain");
	again = new_chain(ROOM);
	ok(parse(want, buffer, again) == CRM_OK, "weights may come in any order");
	is_text(print(again), in_order, "and mean the same");
}

/* Sums need their low parts, names their escapes. */
static void
exact(void)
{
	crm_chain  *chain = new_chain(4);
	crm_chain  *again = new_chain(4);
	char	   *text;
	char		buffer[200];
	uint8_t    *bytes;
	size_t		length;

	channel(chain, "\"quoted\\\"\n");
	crm_chain_add(chain, 0, 2, 0.1);
	crm_chain_add(chain, 0, 2, 1e17);
	crm_chain_add(chain, 1, 0, 0x1p53);
	crm_chain_add(chain, 1, 1, 0x1p54);
	chain->value = (crm_dd) {-3, 0};
	text = print(chain);
	is_text(text, "{\"version\":1,\"channels\":[\"\\\"quoted\\\\\\\"\\u000a\"],"
			"\"value\":[-3],\"none_value\":[0],\"weights\":[[0,1,1e+17,0.1],"
			"[1,-1,9007199254740992],[1,-2,18014398509481984]]}",
			"escapes and two numbers");
	ok(parse(text, buffer, again) == CRM_OK, "can be read");
	is_text(print(again), text, "and are the same");
	length = pack(chain, &bytes);
	again = new_chain(4);
	ok(unpack(bytes, length, again) == CRM_OK, "so are the bytes");
	is_text(print(again), text, "and they are the same");
	again = new_chain(4);
	ok(parse(" { \"version\" : 1 , \"channels\" : [ \"\\u0041\\/\\t\" ] ,"
			 "\"value\":[ -0 ],\"none_value\":[0,0] , \"weights\" : [ ] } ",
			 buffer, again) == CRM_OK, "white space and escapes");
	ok(again->channel[0].length == 3 &&
	   memcmp(again->channel[0].name, "A/\t", 3) == 0, "of JSON");
}

static void
refused(void)
{
	static const char *const bad[] = {
		"", "{", "{}", "{\"version\":2,\"channels\":[],\"value\":[0],\"none_value\":[0],\"weights\":[]}",
		"{\"version\":1,\"channels\":[],\"value\":[0],\"none_value\":[0],\"weights\":[]",
		"{\"version\":1,\"channels\":[],\"value\":[0],\"none_value\":[0],\"weights\":[]}x",
		"{\"version\":1,\"channels\":[,],\"value\":[0],\"none_value\":[0],\"weights\":[]}",
		"{\"version\":1,\"channels\":[\"\\u0000\"],\"value\":[0],\"none_value\":[0],\"weights\":[]}",
		"{\"version\":1,\"channels\":[\"\\u00e4\"],\"value\":[0],\"none_value\":[0],\"weights\":[]}",
		"{\"version\":1,\"channels\":[\"\\u0x41\"],\"value\":[0],\"none_value\":[0],\"weights\":[]}",
		"{\"version\":1,\"channels\":[\"\\u\t041\"],\"value\":[0],\"none_value\":[0],\"weights\":[]}",
		"{\"version\":1,\"channels\":[\"\\u041\"],\"value\":[0],\"none_value\":[0],\"weights\":[]}",
		"{\"version\":1,\"channels\":[\"\\q\"],\"value\":[0],\"none_value\":[0],\"weights\":[]}",
		"{\"version\":1,\"channels\":[\"\n\"],\"value\":[0],\"none_value\":[0],\"weights\":[]}",
		"{\"version\":1,\"channels\":[\"a],\"value\":[0],\"none_value\":[0],\"weights\":[]}",
		"{\"version\":1,\"channels\":[],\"value\":[nan],\"none_value\":[0],\"weights\":[]}",
		"{\"version\":1,\"channels\":[],\"value\":[1e999],\"none_value\":[0],\"weights\":[]}",
		"{\"version\":1,\"channels\":[],\"value\":[1,1],\"none_value\":[0],\"weights\":[]}",
		"{\"version\":1,\"channels\":[],\"value\":[1],\"none_value\":[0],\"weights\":[[0,1,1]]}",
		"{\"version\":1,\"channels\":[\"a\"],\"value\":[1],\"none_value\":[0],\"weights\":[[0,0,1]]}",
		"{\"version\":1,\"channels\":[\"a\"],\"value\":[1],\"none_value\":[0],\"weights\":[[-1,1,1]]}",
		"{\"version\":1,\"channels\":[\"a\"],\"value\":[1],\"none_value\":[0],\"weights\":[[0,1.5,1]]}",
		"{\"version\":1,\"channels\":[\"a\"],\"value\":[1],\"none_value\":[0],\"weights\":[[0,1,-1]]}",
		"{\"version\":1,\"channels\":[\"a\"],\"value\":[1],\"none_value\":[0],\"weights\":[[0,1,0]]}",
		"{\"version\":1,\"channels\":[\"a\"],\"value\":[1],\"none_value\":[0],\"weights\":[[0,1,1],]}",
	};
	char		buffer[200];
	uint8_t    *bytes;
	size_t		length;
	crm_chain  *chain = new_chain(ROOM);
	bool		all = true;

	for (int i = 0; i < LENGTH(bad); i++)
		ok(parse(bad[i], buffer, new_chain(ROOM)) == CRM_BAD_TEXT,
		   "text %d is refused", i);
	add_path(chain, "abcab", 0.5, 4, 6.5);
	add_path(chain, "cb", 0.1, 4, 6.5);
	length = pack(chain, &bytes);
	for (size_t cut = 0; cut < length; cut++)
		all = all && unpack(bytes, cut, new_chain(ROOM)) == CRM_CORRUPT;
	ok(all, "bytes cut anywhere are refused");
	bytes[0]++;
	ok(unpack(bytes, length, new_chain(ROOM)) == CRM_CORRUPT,
	   "so is another version");
}

/* Two forms of one sum would make equal chains differ. */
static void
canonical(void)
{
	static const uint8_t whole[] = {1, 0, 10, 0, 0};
	static const uint8_t one[] = {1, 0, 1, 0, 0, 0, 0, 0, 0, 0xf8, 0x3f, 0, 0};
	uint8_t		bytes[sizeof(one) + 8];

	ok(unpack(whole, sizeof(whole), new_chain(1)) == CRM_OK, "a value of 5");
	ok(unpack(one, sizeof(one), new_chain(1)) == CRM_OK, "and of 1.5");
	memcpy(bytes, one, sizeof(one));
	bytes[9] = 0xf0;
	ok(unpack(bytes, sizeof(one), new_chain(1)) == CRM_CORRUPT,
	   "1 is no double");
	bytes[10] = 0x7f;
	ok(unpack(bytes, sizeof(one), new_chain(1)) == CRM_CORRUPT,
	   "infinity is no value");
	memset(bytes, 0, sizeof(bytes));
	memcpy(bytes, one, 11);
	bytes[2] = 3;
	ok(unpack(bytes, sizeof(bytes), new_chain(1)) == CRM_CORRUPT,
	   "a second double is not 0");
	memcpy(bytes + 11, one + 3, 8);
	ok(unpack(bytes, sizeof(bytes), new_chain(1)) == CRM_CORRUPT,
	   "nor one that the first could hold");
	bytes[17] = 0;
	bytes[18] = 0x3c;
	ok(unpack(bytes, sizeof(bytes), new_chain(1)) == CRM_OK, "but a small one");
}

static double
solve(const crm_chain *chain, const int *order, double *removal,
	  crm_chain_credit *credit)
{
	double	   *workspace = malloc(8 * (crm_chain_workspace(chain->channels) + 1));
	crm_status	status = crm_chain_solve(chain, order, workspace, removal,
										 credit, NULL, NULL);

	ok(status == CRM_OK, "the chain is solved");
	free(workspace);
	return credit->probability;
}

/*
 * a (3 convert, 1 leaves), ab (2, 0), b (0, 4): half convert from a where 6
 * come, of whom 2 go on to b.
 */
static void
by_hand(void)
{
	crm_chain  *chain = new_chain(ROOM);
	int			order[ROOM];
	double		removal[ROOM];
	crm_chain_credit credit;

	add_path(chain, "a", 3, 0, 1);
	add_path(chain, "ab", 2, 0, 0);
	add_path(chain, "b", 0, 0, 4);
	add_path(chain, "zzz", 0, 0, 0);
	add_path(chain, "", 5, 0, 5);
	crm_chain_order(chain, order);
	is_close(solve(chain, order, removal, &credit), 0.5, 1e-15,
			 "five of ten convert");
	is_close(credit.conversions, 5, 0, "paths without channels are outside");
	/* h(b) = 1/3, h(a) = 1/2 + 1/3 * 1/3 = 11/18; p = 0.6 h(a) + 0.4 h(b). */
	is_close(removal[0], 0.6 * (11.0 / 18) / 0.5, 1e-15, "without a");
	is_close(removal[1], (0.6 / 3 + 0.4) / 3 / 0.5, 1e-15, "without b");
	ok(removal[2] == 0, "what no weight comes to has no effect");
}

static uint64_t seed = 7;

static double
chance(void)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (double) (seed >> 11) * 0x1p-53;
}

/*
 * The probability of a conversion by the definition: weights as they are, who
 * comes to a removed channel leaves, and the chain is walked until hardly any
 * weight is still under way.
 */
static long double
walk(const crm_chain *chain, int removed)
{
	long double at[ROOM] = {0};
	long double next[ROOM];
	long double converted = 0;
	long double starts = 0;
	long double rest = 1;

	for (int i = 0; i < chain->channels; i++)
	{
		at[i] = crm_chain_weight(chain, 0, CRM_TO_CHANNEL(i))->hi;
		starts += at[i];
	}
	while (rest > 1e-25L)
	{
		memset(next, 0, sizeof(next));
		rest = 0;
		for (int i = 0; i < chain->channels; i++)
		{
			long double leaves = 0;

			if (i == removed || at[i] == 0)
				continue;
			for (int to = 0; to < CRM_TO_CHANNEL(chain->channels); to++)
				leaves += crm_chain_weight(chain, i + 1, to)->hi;
			for (int to = 0; to < chain->channels; to++)
				next[to] += at[i] / leaves *
					crm_chain_weight(chain, i + 1, CRM_TO_CHANNEL(to))->hi;
			converted += at[i] / leaves * crm_chain_weight(chain, i + 1, 0)->hi;
		}
		for (int i = 0; i < chain->channels; i++)
		{
			at[i] = i == removed ? 0 : next[i];
			rest += at[i] / starts;
		}
	}
	return converted / starts;
}

/* Long paths with loops, and channels that hardly ever lead to anything. */
static void
against_walking(void)
{
	for (int round = 0; round < 6; round++)
	{
		crm_chain  *chain = new_chain(ROOM);
		int			order[ROOM];
		double		removal[ROOM];
		crm_chain_credit credit;
		double worst = 0;
		double		p;

		for (int i = 0; i < 60; i++)
		{
			char		path[30];
			int			length = 1 + (int) (chance() * 28);

			for (int at = 0; at < length; at++)
				path[at] = (char) ('a' + (int) (chance() * chance() * 26));
			path[length] = '\0';
			add_path(chain, path, i % 3 == 0 ? chance() * 1e-6 : 0, 1,
					 floor(chance() * 100) + 1);
		}
		crm_chain_order(chain, order);
		p = solve(chain, order, removal, &credit);
		worst = fabs(p / (double) walk(chain, -1) - 1);

		for (int i = 0; i < chain->channels; i++)
		{
			double		want = (double) (1 - walk(chain, order[i]) /
										 walk(chain, -1));

			worst = fmax(worst, fabs(removal[i] - want));
		}
		ok(worst <1e-13, "%d channels as by walking: %g", chain->channels,
		   worst);
	}
}

static void
degenerate(void)
{
	crm_chain  *chain = new_chain(ROOM);
	int			order[ROOM];
	double		removal[ROOM];
	double		workspace[200];
	crm_chain_credit credit;

	crm_chain_order(chain, order);
	ok(isnan(solve(chain, order, removal, &credit)) && credit.conversions == 0,
	   "an empty chain has no probability");
	add_path(chain, "ab", 0, 0, 5);
	crm_chain_order(chain, order);
	ok(solve(chain, order, removal, &credit) == 0 && isnan(removal[0]),
	   "without conversions no removal has an effect");
	chain = new_chain(ROOM);
	channel(chain, "a");
	channel(chain, "b");
	crm_chain_add(chain, 0, 2, 1);
	crm_chain_add(chain, 1, 3, 1);
	crm_chain_add(chain, 2, 2, 1);
	crm_chain_order(chain, order);
	ok(crm_chain_solve(chain, order, workspace, removal, &credit, NULL,
					   NULL) == CRM_SINGULAR, "a round trip never ends");
	crm_chain_add(chain, 2, 0, INFINITY);
	ok(crm_chain_check(chain) == CRM_OUT_OF_RANGE, "a sum that overflowed");
}

static bool
stop(void *arg)
{
	return --(*(int *) arg) < 0;
}

/* Many channels, and moving them to more room. */
static void
growing(void)
{
	static char names[CRM_CHANNELS_MAX][8];
	crm_chain  *chain = new_chain(1);
	bool		found = true;
	int			order[CRM_CHANNELS_MAX];
	int			rows = 500;

	for (int i = 0; i < CRM_CHANNELS_MAX; i++)
	{
		snprintf(names[i], sizeof(names[i]), "%d", i * 7 % CRM_CHANNELS_MAX);
		if (chain->channels == chain->capacity)
		{
			crm_chain  *larger = new_chain(2 * chain->capacity < CRM_CHANNELS_MAX ?
										   2 * chain->capacity : CRM_CHANNELS_MAX);

			crm_chain_move(larger, chain);
			chain = larger;
		}
		found = found && crm_chain_find(chain, names[i],
										strlen(names[i])) == -1;
		crm_chain_add(chain, CRM_FROM_CHANNEL(channel(chain, names[i])),
					  CRM_TO_CONVERSION, i);
	}
	for (int i = 0; i < CRM_CHANNELS_MAX; i++)
		found = found && channel(chain, names[i]) == i &&
			crm_chain_weight(chain, i + 1, 0)->hi == i;
	ok(found, "a thousand channels are found again");
	crm_chain_order(chain, order);
	ok(crm_chain_print(chain, order, NULL, stop, &rows) == 0 && rows < 0,
	   "writing them can be interrupted");
}

int
main(void)
{
	forms();
	exact();
	refused();
	canonical();
	by_hand();
	against_walking();
	degenerate();
	growing();
	return done_testing();
}
