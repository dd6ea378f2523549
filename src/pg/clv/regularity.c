/*
 * regularity.c
 *		How regular purchases are, from ledgers.
 */
#include "pg/clv/clv.h"

#include "core/clv/regularity.h"
#include "pg/activity/activity.h"
#include "pg/distribution/distribution.h"

PG_FUNCTION_INFO_V1(crm_regularity_trans);
PG_FUNCTION_INFO_V1(crm_regularity_final);
PG_FUNCTION_INFO_V1(crm_log_gaps_of_ledger);

/* Takes in a customer's share of gaps, where there is one. */
Datum
crm_regularity_trans(PG_FUNCTION_ARGS)
{
	crm_ledger *ledger;
	double		share;
	crm_status	status;

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		return crm_unchanged_state(fcinfo);
	ledger = PG_GETARG_LEDGER(1);
	status = crm_gap_share(LEDGER_BYTES(ledger), LEDGER_LENGTH(ledger),
						   crm_getarg_as_of(fcinfo, 2), &share);
	if (status == CRM_TOO_FEW)
		return crm_unchanged_state(fcinfo);
	crm_check_ledger(status);
	return crm_distribution_collect(fcinfo, share, NULL, 0);
}

/* Shares are summed in their order, whatever the order of rows. */
Datum
crm_regularity_final(PG_FUNCTION_ARGS)
{
	crm_values *shares = PG_GETARG_VALUES(0);
	uint64		count = crm_values_count(shares);
	double		sum = 0;

	for (Size i = 0; i < shares->distinct; i++)
	{
		double		apart = crm_value_of(shares->keys[i]) - 0.5;

		sum += apart * apart * crm_values_times(shares, i);
	}
	if (count < 2 || sum == 0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(crm_regularity_of(sum / count));
}

/* NULL where nothing was bought by as_of. */
Datum
crm_log_gaps_of_ledger(PG_FUNCTION_ARGS)
{
	int32		as_of = crm_getarg_as_of(fcinfo, 1);
	crm_history history;
	double		value;

	if (!crm_getarg_history(fcinfo, 0, as_of, 1, &history, &value))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(crm_getarg_log_gaps(fcinfo, 0, as_of));
}
