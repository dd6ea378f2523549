/*
 * log.h
 *		What a log of one case, or of one customer, says once it is in order:
 *		questions and their replies, cycles, hand-overs, conversations.
 *
 * Texts are opaque here: who asks brings the order, and numbers those who are
 * named. Times are instants in microseconds.
 */
#ifndef CRM_CORE_SERVICE_LOG_H
#define CRM_CORE_SERVICE_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What an entry says beside its texts. Which of them it uses a log knows. */
#define CRM_LOG_REPLY	0x01	/* a person's public word to the customer */
#define CRM_LOG_DONE	0x02	/* the state is the end of a cycle */
#define CRM_LOG_CLOSED	0x04	/* and the case is closed */
#define CRM_LOG_WAITING 0x08	/* the state is a pause for the customer */
#define CRM_LOG_IN		0x10	/* from the customer */
#define CRM_LOG_OUT		0x20	/* to the customer */

/*
 * The order is that of at, then of number, those without one last, then of
 * word, those without one last.
 */
typedef struct crm_log_entry
{
	int64_t		at;
	int64_t		number;
	const void *word;
	const void *name;			/* who had it, or said it */
	const void *kind;
	int32_t		who;			/* the number of the name, -1 for nobody */
	uint8_t		flags;
	bool		has_number;
} crm_log_entry;

/* A question and its reply; entries are those of the log, -1 for none. */
typedef struct crm_log_turn
{
	int64_t		asked;			/* the first question nobody had answered yet */
	int64_t		replied;
	bool		is_first;		/* nobody had replied before */
} crm_log_turn;

/* The turns of messages in order, at most as many as there are messages. */
extern size_t crm_log_turns(const crm_log_entry *entries, size_t count,
							crm_log_turn *turns);

/*
 * When a case was first resolved and closed, and since when it is done and
 * closed: the first of these since it was open for the last time.
 */
typedef struct crm_log_end
{
	int64_t		resolved;		/* entries, -1 for none */
	int64_t		closed;
	int64_t		done_since;
	int64_t		closed_since;
} crm_log_end;

extern crm_log_end crm_log_ends(const crm_log_entry *entries, size_t count);

/* From the first state after one that is done to the next that is. */
typedef struct crm_log_cycle
{
	int64_t		started;		/* entries, -1 for none */
	int64_t		resolved;
	bool		is_paused;		/* the last state of all is a pause in it */
	bool		ended_in_pause;
	int64_t		paused;			/* microseconds, until the instant until */
	int64_t		paused_business;
} crm_log_cycle;

/* Microseconds of working time between two instants. */
typedef int64_t (*crm_log_business) (void *arg, int64_t from, int64_t to);

/* The cycles of states in order, at most as many as there are states. */
extern size_t crm_log_cycles(const crm_log_entry *entries, size_t count,
							 int64_t until, crm_log_business business,
							 void *business_arg, crm_log_cycle *cycles);

/* A state of the present cycle, and the time used by its end, without pauses. */
typedef struct crm_log_stay
{
	int64_t		entry;
	int64_t		used;			/* microseconds */
	int64_t		used_business;
} crm_log_stay;

/*
 * The states of a case in order since it was last done, at most as many as
 * there are states; none of a case that is done.
 */
extern size_t crm_log_open_stays(const crm_log_entry *entries, size_t count,
								 int64_t until, crm_log_business business,
								 void *business_arg, crm_log_stay *stays);

/* Runs of states of one holder. Those that nobody had do not count. */
typedef struct crm_log_holding
{
	int64_t		runs;
	int64_t		ping_pongs;		/* runs of who had the last but one */
} crm_log_holding;

extern crm_log_holding crm_log_holders(const crm_log_entry *entries,
									   size_t count);

/* Messages with no gap longer than the one given. */
typedef struct crm_log_talk
{
	size_t		first;			/* entries */
	size_t		last;
	int64_t		in_count;
	int64_t		out_count;
	int64_t		staff_count;	/* different ones */
} crm_log_talk;

/*
 * The conversation that begins with the entry first. seen has room for all
 * numbers of names, 0 before the first conversation of a log.
 */
extern crm_log_talk crm_log_next_talk(const crm_log_entry *entries,
									  size_t count, size_t first, int64_t gap,
									  uint64_t *seen);

/* From one instant to a later one, as far as a number goes; else 0. */
extern int64_t crm_log_span(int64_t from, int64_t to);

#endif							/* CRM_CORE_SERVICE_LOG_H */
