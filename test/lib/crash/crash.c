/*
 * A server that dies at the n-th statement, for test/t/crash.pl.
 *
 * Counts what a session does from SET crash.at on: statements that are
 * executed, those within functions too, then what comes before and after the
 * commit.  Utility commands come by their hook, all others by the executor's,
 * as in contrib/pg_stat_statements.  At number crash.at the backend kills
 * itself, and where crash.whole is on the postmaster before that: nothing has
 * time to clean up.
 */
#include "postgres.h"

#include <signal.h>

#include "access/xact.h"
#include "executor/executor.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "tcop/utility.h"
#include "utils/guc.h"

PG_MODULE_MAGIC;

PGDLLEXPORT void _PG_init(void);

static int	crash_at;			/* 0 counts only, -1 nothing */
static bool crash_whole;		/* the postmaster, too */
static bool crash_writes;		/* count what may write, not what reads */
static int	crash_shown;		/* crash.count has its value from crash_count */
static int	crash_count;

static ProcessUtility_hook_type prev_ProcessUtility;
static ExecutorStart_hook_type prev_ExecutorStart;

static void
crash_step(void)
{
	if (crash_at < 0 || ++crash_count != crash_at)
		return;
	if (crash_whole)
		kill(PostmasterPid, SIGKILL);
	kill(MyProcPid, SIGKILL);
}

static void
crash_utility(PlannedStmt *statement, const char *query, bool read_only_tree,
			  ProcessUtilityContext context, ParamListInfo params,
			  QueryEnvironment *environment, DestReceiver *receiver,
			  QueryCompletion *completion)
{
	crash_step();
	if (prev_ProcessUtility)
		prev_ProcessUtility(statement, query, read_only_tree, context, params,
							environment, receiver, completion);
	else
		standard_ProcessUtility(statement, query, read_only_tree, context,
								params, environment, receiver, completion);
}

static void
crash_start(QueryDesc *query, int flags)
{
	if (!crash_writes || query->operation != CMD_SELECT ||
		query->plannedstmt->hasModifyingCTE || query->plannedstmt->rowMarks)
		crash_step();
	if (prev_ExecutorStart)
		prev_ExecutorStart(query, flags);
	else
		standard_ExecutorStart(query, flags);
}

/* The commit that ends SET crash.at comes before the first statement. */
static void
crash_commit(XactEvent event, void *unused)
{
	if (crash_count > 0 &&
		(event == XACT_EVENT_PRE_COMMIT || event == XACT_EVENT_COMMIT))
		crash_step();
}

static void
crash_begin(int value, void *unused)
{
	crash_count = 0;
}

static const char *
crash_show(void)
{
	return psprintf("%d", crash_count);
}

void
_PG_init(void)
{
	DefineCustomIntVariable("crash.at", "The statement to die at.", NULL,
							&crash_at, -1, -1, INT_MAX, PGC_USERSET, 0,
							NULL, crash_begin, NULL);
	DefineCustomBoolVariable("crash.whole", "Whether the postmaster dies.",
							 NULL, &crash_whole, false, PGC_USERSET, 0,
							 NULL, NULL, NULL);
	DefineCustomBoolVariable("crash.writes", "Whether reading is no step.",
							 NULL, &crash_writes, false, PGC_USERSET, 0,
							 NULL, NULL, NULL);
	DefineCustomIntVariable("crash.count", "What was counted.", NULL,
							&crash_shown, 0, 0, INT_MAX, PGC_INTERNAL, 0,
							NULL, NULL, crash_show);
	prev_ProcessUtility = ProcessUtility_hook;
	ProcessUtility_hook = crash_utility;
	prev_ExecutorStart = ExecutorStart_hook;
	ExecutorStart_hook = crash_start;
	RegisterXactCallback(crash_commit, NULL);
}
