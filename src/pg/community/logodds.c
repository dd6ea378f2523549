/*
 * logodds.c
 *		crm_log_odds(): which words tell one group of texts from another.
 */
#include "pg/support/extension.h"

#include "core/community/logodds.h"

PG_FUNCTION_INFO_V1(crm_log_odds);

/* Arguments n and n + 1: how often, of how many. */
static crm_word_count
getarg_count(FunctionCallInfo fcinfo, int n, const char *of)
{
	crm_word_count word = {PG_GETARG_FLOAT8(n), PG_GETARG_FLOAT8(n + 1)};

	if (!(word.count >= 0 && word.count <= word.total && isfinite(word.total)))
		ereport(ERROR,
				(errcode(crm_errcode(CRM_INVALID)),
				 errmsg("a count of %g is not possible in a total of %g of %s",
						word.count, word.total, of),
				 errhint("A count must be between 0 and its total.")));
	return word;
}

Datum
crm_log_odds(PG_FUNCTION_ARGS)
{
	crm_word_count a = getarg_count(fcinfo, 0, "a");
	crm_word_count b = getarg_count(fcinfo, 2, "b");
	crm_word_count prior = getarg_count(fcinfo, 4, "the prior");
	double		pair[2];
	Datum		values[2] = {0};
	bool		nulls[2] = {true, true};
	crm_status	status = crm_log_odds_compare(a, b, prior, &pair[0], &pair[1]);

	if (status == CRM_OUT_OF_RANGE)
		ereport(ERROR,
				(errcode(crm_errcode(status)),
				 errmsg("log-odds of these counts are out of range")));
	for (int i = 0; i < 2 && status == CRM_OK; i++)
	{
		values[i] = Float8GetDatum(pair[i]);
		nulls[i] = false;
	}
	return crm_row(fcinfo, values, nulls);
}
