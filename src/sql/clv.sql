-- Lifetime value: models of purchases, contracts and spend; fits and scores.

CREATE TYPE crm_clv_sample;

CREATE FUNCTION crm_clv_sample_in(cstring) RETURNS crm_clv_sample
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE FUNCTION crm_clv_sample_out(crm_clv_sample) RETURNS cstring
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE FUNCTION crm_clv_sample_recv(internal) RETURNS crm_clv_sample
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE FUNCTION crm_clv_sample_send(crm_clv_sample) RETURNS bytea
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE TYPE crm_clv_sample (
    INPUT = crm_clv_sample_in,
    OUTPUT = crm_clv_sample_out,
    RECEIVE = crm_clv_sample_recv,
    SEND = crm_clv_sample_send,
    INTERNALLENGTH = variable,
    STORAGE = extended
);

COMMENT ON TYPE crm_clv_sample IS
'Customers that a fit of lifetime value has seen, alike ones as one row.
The state of crm_clv_fit and its like, and mergeable, so that plans may split it. Text form: its bytes in hexadecimal.';

COMMENT ON FUNCTION crm_clv_sample_in(cstring) IS
'Reads the state of a fit from hexadecimal; error 22P02 for others.';
COMMENT ON FUNCTION crm_clv_sample_out(crm_clv_sample) IS
'Writes the state of a fit in hexadecimal.';
COMMENT ON FUNCTION crm_clv_sample_recv(internal) IS
'Reads the state of a fit from its bytes; error 22P03 for others.';
COMMENT ON FUNCTION crm_clv_sample_send(crm_clv_sample) IS
'Writes the state of a fit as its bytes.';

-- The model

CREATE TYPE crm_clv_model;

CREATE FUNCTION crm_clv_model_in(cstring) RETURNS crm_clv_model
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE FUNCTION crm_clv_model_out(crm_clv_model) RETURNS cstring
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE FUNCTION crm_clv_model_recv(internal) RETURNS crm_clv_model
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE FUNCTION crm_clv_model_send(crm_clv_model) RETURNS bytea
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE TYPE crm_clv_model (
    INPUT = crm_clv_model_in,
    OUTPUT = crm_clv_model_out,
    RECEIVE = crm_clv_model_recv,
    SEND = crm_clv_model_send,
    INTERNALLENGTH = variable,
    ALIGNMENT = double,
    STORAGE = plain
);

COMMENT ON TYPE crm_clv_model IS
'A model of lifetime value: parameters, and how they were fitted.
Text form is JSON: "model" (bg/nbd, mbg/nbd, pareto/nbd, bg/bb, sbg, bg/cnbd-k or mbg/cnbd-k), "unit_days", "as_of", "purchase" and, where there were amounts, "spend" and "correlation" (of frequency and value), "covariates" with their "names", "gamma", "delta", "covariance" (rows are effects, columns the parameters and effects), "marks" and "log_likelihood_without". A part has "parameters", named as in the papers, and of a fit "covariance", "log_likelihood", "customers", "distinct" (histories), "iterations", "gradient_norm", and where there is something to say "boundary", "bounds" (which parameters stand at one) and "warning". Only "model" and the parameters must be there, so published models can be written down. Every number reads back to the last bit.';

COMMENT ON FUNCTION crm_clv_model_in(cstring) IS
'Reads a model from JSON; error 22P02 names the key at fault.';
COMMENT ON FUNCTION crm_clv_model_out(crm_clv_model) IS
'Writes a model as JSON; every number reads back to the last bit.';
COMMENT ON FUNCTION crm_clv_model_recv(internal) IS
'Reads a model from its binary form; error 22P03 for others.';
COMMENT ON FUNCTION crm_clv_model_send(crm_clv_model) IS
'Writes a model in its binary form, field by field.';

CREATE FUNCTION crm_clv_model(model jsonb) RETURNS crm_clv_model
AS 'MODULE_PATHNAME', 'crm_clv_model_from_jsonb' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_clv_model(jsonb) IS
'A model from JSON, as its text form is; also a cast.
Error 22P02 names the key at fault.';

CREATE FUNCTION crm_to_jsonb(model crm_clv_model) RETURNS jsonb
AS 'MODULE_PATHNAME', 'crm_clv_model_to_jsonb' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_to_jsonb(crm_clv_model) IS
'A model as JSON, as its text form is; also a cast.';

CREATE CAST (crm_clv_model AS jsonb) WITH FUNCTION crm_to_jsonb(crm_clv_model) AS ASSIGNMENT;
COMMENT ON CAST (crm_clv_model AS jsonb) IS 'A model as JSON, as its text form is.';
CREATE CAST (jsonb AS crm_clv_model) WITH FUNCTION crm_clv_model(jsonb) AS ASSIGNMENT;
COMMENT ON CAST (jsonb AS crm_clv_model) IS 'A model from JSON, as its text form is.';

-- Fits

CREATE FUNCTION crm_clv_trans(state crm_clv_sample, activity crm_activity, as_of date) RETURNS crm_clv_sample
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION crm_clv_trans(state crm_clv_sample, activity crm_activity, as_of date, model text) RETURNS crm_clv_sample
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION crm_clv_trans(state crm_clv_sample, activity crm_activity, as_of date, model text, covariates double precision[]) RETURNS crm_clv_sample
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION crm_clv_trans_summary(state crm_clv_sample, frequency double precision, recency double precision, age double precision, monetary double precision) RETURNS crm_clv_sample
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION crm_clv_trans_summary(state crm_clv_sample, frequency double precision, recency double precision, age double precision, monetary double precision, model text) RETURNS crm_clv_sample
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION crm_clv_trans_summary(state crm_clv_sample, frequency double precision, recency double precision, age double precision, monetary double precision, model text, unit_days double precision) RETURNS crm_clv_sample
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION crm_clv_trans_summary(state crm_clv_sample, frequency double precision, recency double precision, age double precision, monetary double precision, model text, unit_days double precision, log_gaps double precision) RETURNS crm_clv_sample
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION crm_clv_trans_summary(state crm_clv_sample, frequency double precision, recency double precision, age double precision, monetary double precision, model text, unit_days double precision, covariates double precision[]) RETURNS crm_clv_sample
AS 'MODULE_PATHNAME', 'crm_clv_trans_summary_covariates' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION crm_clv_trans_bgbb(state crm_clv_sample, frequency integer, recency integer, opportunities integer) RETURNS crm_clv_sample
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION crm_clv_trans_bgbb(state crm_clv_sample, frequency integer, recency integer, opportunities integer, weight double precision) RETURNS crm_clv_sample
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION crm_clv_trans_sbg(state crm_clv_sample, lifetime integer, churned boolean) RETURNS crm_clv_sample
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION crm_clv_trans_sbg(state crm_clv_sample, lifetime integer, churned boolean, weight double precision) RETURNS crm_clv_sample
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION crm_clv_combine(state crm_clv_sample, other crm_clv_sample) RETURNS crm_clv_sample
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION crm_clv_final(state crm_clv_sample) RETURNS crm_clv_model
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_clv_trans(crm_clv_sample, crm_activity, date) IS
'Support of crm_clv_fit: takes in a ledger.';
COMMENT ON FUNCTION crm_clv_trans(crm_clv_sample, crm_activity, date, text) IS
'Support of crm_clv_fit: takes in a ledger, for a named model.';
COMMENT ON FUNCTION crm_clv_trans(crm_clv_sample, crm_activity, date, text, double precision[]) IS
'Support of crm_clv_fit: takes in a ledger and its covariates.';
COMMENT ON FUNCTION crm_clv_trans_summary(crm_clv_sample, double precision, double precision, double precision, double precision, text, double precision, double precision[]) IS
'Support of crm_clv_fit_summary: takes in a summary and covariates.';
COMMENT ON FUNCTION crm_clv_trans_summary(crm_clv_sample, double precision, double precision, double precision, double precision) IS
'Support of crm_clv_fit_summary: takes in a summary.';
COMMENT ON FUNCTION crm_clv_trans_summary(crm_clv_sample, double precision, double precision, double precision, double precision, text) IS
'Support of crm_clv_fit_summary: takes in a summary, for a named model.';
COMMENT ON FUNCTION crm_clv_trans_summary(crm_clv_sample, double precision, double precision, double precision, double precision, text, double precision) IS
'Support of crm_clv_fit_summary: takes in a summary in a unit of time.';
COMMENT ON FUNCTION crm_clv_trans_summary(crm_clv_sample, double precision, double precision, double precision, double precision, text, double precision, double precision) IS
'Support of crm_clv_fit_summary: takes in a summary with its gaps.';
COMMENT ON FUNCTION crm_clv_trans_bgbb(crm_clv_sample, integer, integer, integer) IS
'Support of crm_bgbb_fit: takes in a customer.';
COMMENT ON FUNCTION crm_clv_trans_bgbb(crm_clv_sample, integer, integer, integer, double precision) IS
'Support of crm_bgbb_fit: takes in customers that are alike.';
COMMENT ON FUNCTION crm_clv_trans_sbg(crm_clv_sample, integer, boolean) IS
'Support of crm_sbg_fit: takes in a contract.';
COMMENT ON FUNCTION crm_clv_trans_sbg(crm_clv_sample, integer, boolean, double precision) IS
'Support of crm_sbg_fit: takes in contracts that are alike.';
COMMENT ON FUNCTION crm_clv_combine(crm_clv_sample, crm_clv_sample) IS
'Support of fits of lifetime value: both samples in one.';
COMMENT ON FUNCTION crm_clv_final(crm_clv_sample) IS
'Support of fits of lifetime value: maximum likelihood.';

CREATE AGGREGATE crm_clv_fit(activity crm_activity, as_of date) (
    SFUNC = crm_clv_trans, STYPE = crm_clv_sample, SSPACE = 2048,
    FINALFUNC = crm_clv_final, COMBINEFUNC = crm_clv_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm_clv_fit(crm_activity, date) IS
'The BG/NBD model of these customers, and their spend, as of a day.
As crm_clv_fit(a, as_of, ''bg/nbd'').';

CREATE AGGREGATE crm_clv_fit(activity crm_activity, as_of date, model text) (
    SFUNC = crm_clv_trans, STYPE = crm_clv_sample, SSPACE = 2048,
    FINALFUNC = crm_clv_final, COMBINEFUNC = crm_clv_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm_clv_fit(crm_activity, date, text) IS
'A model of when these customers purchase and how much, as of a day.
a: a ledger per customer; NULLs, and customers who have not bought by as_of, are skipped. model: ''bg/nbd'' (Fader, Hardie & Lee 2005), ''mbg/nbd'' (Batislam et al. 2007; Hoppe & Wagner 2007), ''pareto/nbd'' (Schmittlein et al. 1987), ''bg/cnbd-k'' or ''mbg/cnbd-k'' (Platzer & Reutterer 2016). Under BG/NBD and BG/CNBD-k every one-time buyer has P(alive) = 1; the others can see him gone. CNBD-k is for customers who buy regularly, every k-th event of a Poisson process: k, from 1 to 12, is chosen by likelihood, or given in its place, as in ''mbg/cnbd-2''; with 1 it is (M)BG/NBD. Time is counted in weeks, days / 7. Where there are amounts, the Gamma-Gamma model (Fader & Hardie 2013) of the mean value of repeat days is fitted to customers with one above 0; a refund on a day without a purchase lowers the latest earlier one.
Maximum likelihood; the result depends neither on the order of rows nor on the plan. A maximum at a boundary is usable, and a NOTICE, once a query, says what it means. No customers give NULL. Errors: 22000 where nobody has bought on a second day or nothing converges (with GROUP BY choose the groups before the fit, as doc/clv.md shows), 22023 for an unknown model and for arguments that differ from row to row, 22004 where they are NULL.';

CREATE AGGREGATE crm_clv_fit(activity crm_activity, as_of date, model text, covariates double precision[]) (
    SFUNC = crm_clv_trans, STYPE = crm_clv_sample, SSPACE = 2048,
    FINALFUNC = crm_clv_final, COMBINEFUNC = crm_clv_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm_clv_fit(crm_activity, date, text, double precision[]) IS
'A model of customers of whom more is known, that does not change.
covariates: 1 to 8 numbers a customer, always in the same order, of any sign and size: 1 or 0 for yes or no, an amount, a distance. Of a customer with covariates z alpha is alpha exp(-gamma z); a and b are a exp(delta z) and b exp(delta z), or for Pareto/NBD beta exp(-delta z) (Fader & Hardie 2007). A gamma above 0 means more purchases; a delta above 0 an earlier end (Pareto/NBD), or customers more alike in their leaving (BG/NBD, MBG/NBD). model: ''bg/nbd'', ''mbg/nbd'' or ''pareto/nbd''. Parameters are those of a customer whose covariates are all 0: subtract what is usual from each. Spend does not depend on covariates.
Who has the same covariates and history is one row. A covariate that is the same for all, or follows from those before it, gets an effect of 0, and a WARNING and crm_clv_model_notes say so. Names are x1, x2 and so on: see crm_clv_name_covariates. Score with crm_clv_for(model, covariates). Errors: 22004 for a NULL, 22023 for NaN and infinity, for a number of covariates that differs from row to row and for a model that takes none, 22003 where 0 lies so far from the covariates that parameters have no meaning there; otherwise as crm_clv_fit(a, as_of, model).';

CREATE AGGREGATE crm_clv_fit_summary(frequency double precision, recency double precision, age double precision, monetary double precision) (
    SFUNC = crm_clv_trans_summary, STYPE = crm_clv_sample, SSPACE = 2048,
    FINALFUNC = crm_clv_final, COMBINEFUNC = crm_clv_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm_clv_fit_summary(double precision, double precision, double precision, double precision) IS
'The BG/NBD model from summaries in weeks.
As crm_clv_fit_summary(frequency, recency, age, monetary, ''bg/nbd'', 7).';

CREATE AGGREGATE crm_clv_fit_summary(frequency double precision, recency double precision, age double precision, monetary double precision, model text) (
    SFUNC = crm_clv_trans_summary, STYPE = crm_clv_sample, SSPACE = 2048,
    FINALFUNC = crm_clv_final, COMBINEFUNC = crm_clv_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm_clv_fit_summary(double precision, double precision, double precision, double precision, text) IS
'A model of when customers purchase, from summaries in weeks.
As crm_clv_fit_summary(frequency, recency, age, monetary, model, 7).';

CREATE AGGREGATE crm_clv_fit_summary(frequency double precision, recency double precision, age double precision, monetary double precision, model text, unit_days double precision) (
    SFUNC = crm_clv_trans_summary, STYPE = crm_clv_sample, SSPACE = 2048,
    FINALFUNC = crm_clv_final, COMBINEFUNC = crm_clv_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm_clv_fit_summary(double precision, double precision, double precision, double precision, text, double precision) IS
'A model of when customers purchase and how much, from summaries.
frequency: repeat purchases, 0 or at least 1. recency: age at the last of them, 0 where there is none. age: time since the first purchase, also written T. monetary: mean value of the repeat purchases; NULL or not above 0 where it is not known. unit_days: days in a unit of recency and age, above 0. model and errors as of crm_clv_fit(a, as_of, model); 22023 also for a history that is not possible. Rows with a NULL frequency, recency or age are skipped. Without log_gaps CNBD-k sees of a customer''s regularity what frequency and recency tell, and its log-likelihood is integrated over the gaps.';

CREATE AGGREGATE crm_clv_fit_summary(frequency double precision, recency double precision, age double precision, monetary double precision, model text, unit_days double precision, log_gaps double precision) (
    SFUNC = crm_clv_trans_summary, STYPE = crm_clv_sample, SSPACE = 2048,
    FINALFUNC = crm_clv_final, COMBINEFUNC = crm_clv_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm_clv_fit_summary(double precision, double precision, double precision, double precision, text, double precision, double precision) IS
'A model of when customers purchase and how much, with their gaps.
log_gaps: the sum of ln(gap) over the gaps between a customer''s purchases, gaps in the unit of recency: of weeks crm_log_gaps(a, as_of) - crm_frequency(a, as_of) * ln(7). It tells CNBD-k which k it is, as ledgers do, and at which log-likelihood; other models do not look at it. At most frequency * ln(recency / frequency), of equal gaps (22023 beyond it); not used where frequency is 0, and a row with a NULL is skipped. Otherwise as crm_clv_fit_summary(frequency, recency, age, monetary, model, unit_days).';

CREATE AGGREGATE crm_clv_fit_summary(frequency double precision, recency double precision, age double precision, monetary double precision, model text, unit_days double precision, covariates double precision[]) (
    SFUNC = crm_clv_trans_summary, STYPE = crm_clv_sample, SSPACE = 2048,
    FINALFUNC = crm_clv_final, COMBINEFUNC = crm_clv_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm_clv_fit_summary(double precision, double precision, double precision, double precision, text, double precision, double precision[]) IS
'A model of customers of whom more is known, from summaries.
covariates: as of crm_clv_fit(a, as_of, model, covariates). Otherwise as crm_clv_fit_summary(frequency, recency, age, monetary, model, unit_days).';

CREATE AGGREGATE crm_bgbb_fit(frequency integer, recency integer, opportunities integer) (
    SFUNC = crm_clv_trans_bgbb, STYPE = crm_clv_sample, SSPACE = 2048,
    FINALFUNC = crm_clv_final, COMBINEFUNC = crm_clv_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm_bgbb_fit(integer, integer, integer) IS
'The BG/BB model of purchases at opportunities in turn.
As with a weight of 1.';

CREATE AGGREGATE crm_bgbb_fit(frequency integer, recency integer, opportunities integer, weight double precision) (
    SFUNC = crm_clv_trans_bgbb, STYPE = crm_clv_sample, SSPACE = 2048,
    FINALFUNC = crm_clv_final, COMBINEFUNC = crm_clv_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm_bgbb_fit(integer, integer, integer, double precision) IS
'The BG/BB model of purchases at opportunities in turn.
Fader, Hardie & Shang (2010): a yearly appeal, a monthly meeting. frequency: opportunities taken; recency: the last one taken, 0 where none was; opportunities: all there were since acquisition. weight: customers who are alike, a whole number. Rows with a NULL or a weight of 0 are skipped, no rows give NULL. Errors: 22023 for a history that is not possible, 22000 where nobody has purchased. Ask the model with the functions whose names end in _summary.';

CREATE AGGREGATE crm_sbg_fit(lifetime integer, churned boolean) (
    SFUNC = crm_clv_trans_sbg, STYPE = crm_clv_sample, SSPACE = 2048,
    FINALFUNC = crm_clv_final, COMBINEFUNC = crm_clv_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm_sbg_fit(integer, boolean) IS
'The shifted beta-geometric model of contracts.
As with a weight of 1.';

CREATE AGGREGATE crm_sbg_fit(lifetime integer, churned boolean, weight double precision) (
    SFUNC = crm_clv_trans_sbg, STYPE = crm_clv_sample, SSPACE = 2048,
    FINALFUNC = crm_clv_final, COMBINEFUNC = crm_clv_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm_sbg_fit(integer, boolean, double precision) IS
'The shifted beta-geometric model of contracts.
Fader & Hardie (2007). lifetime: whole periods so far, including the one at whose end the contract was not renewed; churned: whether it has ended. weight: contracts that are alike, a whole number. Rows with a NULL or a weight of 0 are skipped, no rows give NULL. Errors: 22023 for a lifetime that is not possible, 22000 where no contract has come to its first renewal. Ask the model with crm_sbg_survival, crm_sbg_retention and crm_sbg_renewals.';

-- Regularity

CREATE FUNCTION crm_regularity_trans(state crm_distribution, activity crm_activity, as_of date) RETURNS crm_distribution
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION crm_regularity_final(state crm_distribution) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_regularity_trans(crm_distribution, crm_activity, date) IS
'Support of crm_regularity: takes in the last two gaps of a customer.';
COMMENT ON FUNCTION crm_regularity_final(crm_distribution) IS
'Support of crm_regularity: the shape of gaps.';

CREATE AGGREGATE crm_regularity(activity crm_activity, as_of date) (
    SFUNC = crm_regularity_trans, STYPE = crm_distribution, SSPACE = 512,
    FINALFUNC = crm_regularity_final, COMBINEFUNC = crm_distribution_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm_regularity(crm_activity, date) IS
'How regular purchases are: 1 is by chance, more is more regular.
The shape k of gamma distributed gaps between purchase days, by Wheat & Morrison (1990), from the last two gaps of each customer with three or more purchase days up to as_of; rates may differ. bg/nbd, mbg/nbd and pareto/nbd take k to be 1; bg/cnbd-k and mbg/cnbd-k find it with the rest, so that a k well above 1 is a reason to fit them. Below 1 purchases come in clusters. NULL where there are no two such customers and where all gaps are alike; rows with a NULL are skipped. Error 22023 for an infinite as_of. The result does not depend on the order of rows or on the plan.';

CREATE FUNCTION crm_log_gaps(activity crm_activity, as_of date) RETURNS double precision
AS 'MODULE_PATHNAME', 'crm_log_gaps_of_ledger' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION crm_log_gaps(crm_activity, date) IS
'The sum of ln(days) over the gaps between purchase days up to as_of.
What crm_clv_fit_summary wants as log_gaps, in days. 0 with less than two purchase days; NULL where nothing was bought by as_of, and when an argument is NULL. Error 22023 for an infinite as_of.';

-- Readers

CREATE FUNCTION crm_model_name(model crm_clv_model) RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_model_name(crm_clv_model) IS
'Which model it is: bg/nbd, mbg/nbd, pareto/nbd, bg/bb, sbg and so on.
The others are bg/cnbd-k and mbg/cnbd-k; their k is a parameter.';

CREATE FUNCTION crm_clv_model_parameters(model crm_clv_model, OUT submodel text, OUT parameter text, OUT estimate double precision, OUT std_error double precision, OUT low double precision, OUT high double precision, OUT bound text)
RETURNS SETOF record
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 7;
COMMENT ON FUNCTION crm_clv_model_parameters(crm_clv_model) IS
'The parameters of a model with standard errors and 95% intervals.
submodel: purchase or spend. std_error: from the exact Hessian at the maximum. low, high: symmetric in the logarithm of the parameter, estimate / f and estimate * f with f = exp(1.96 std_error / estimate). These three are NULL for a parameter at a boundary and for a model that was not fitted here. bound: lower or upper where the estimate stands at that bound of its range, or would move on to it; given for the k of CNBD-k where the fit was told what it is, and then crm_aic and crm_bic do not count it; collinear for a covariate without an effect of its own, lower or upper for an effect that has no end in sight; NULL otherwise. k has no standard error. Effects of covariates follow the parameters, as gamma(name) and delta(name), with intervals symmetric about them.';

CREATE FUNCTION crm_clv_model_notes(model crm_clv_model, OUT submodel text, OUT note text, OUT meaning text)
RETURNS SETOF record
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 1;
COMMENT ON FUNCTION crm_clv_model_notes(crm_clv_model) IS
'What the data of a fit do not tell: boundaries and warnings in words.
submodel: purchase or spend. note: as "boundary" and "warning" in the JSON of the model; "churn not identified" where the share of customers that leaves is within two standard errors of none, "not identified" where other parameters do as well. meaning: what follows, and what to do, after the names of the covariates that it is about. No rows where there is nothing to say.';

CREATE FUNCTION crm_log_likelihood(model crm_clv_model, submodel text DEFAULT 'purchase') RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_log_likelihood(crm_clv_model, text) IS
'The log-likelihood that a fit has reached.
submodel: ''purchase'' or ''spend'' (error 22023 for others). A sum over customers, in the model''s unit of time: compare models of the same customers in the same unit only. NULL where that part was not fitted here.';

CREATE FUNCTION crm_aic(model crm_clv_model, submodel text DEFAULT 'purchase') RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_aic(crm_clv_model, text) IS
'Akaike''s information criterion, 2 parameters - 2 log-likelihood.
Smaller is better. NULL and errors as of crm_log_likelihood.';

CREATE FUNCTION crm_bic(model crm_clv_model, submodel text DEFAULT 'purchase') RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_bic(crm_clv_model, text) IS
'Bayesian information criterion, ln(customers) for each parameter.
ln(customers) * parameters - 2 log-likelihood; smaller is better. NULL and errors as of crm_log_likelihood.';

-- Covariates

CREATE FUNCTION crm_clv_for(model crm_clv_model, covariates double precision[]) RETURNS crm_clv_model
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_clv_for(crm_clv_model, double precision[]) IS
'The model of customers who have these covariates.
An ordinary model, which every function here can be asked: crm_p_alive(crm_clv_for(model, covariates), a, as_of). Its covariance comes from that of the effects by the delta method, so that intervals hold it too. covariates: as many as the fit was told, in the same order (22023 if not); error 22004 for a NULL among them, 22003 where they lie so far from those of the fit that a parameter is beyond its range.';

CREATE FUNCTION crm_clv_name_covariates(model crm_clv_model, names text[]) RETURNS crm_clv_model
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_clv_name_covariates(crm_clv_model, text[]) IS
'The same model with names of its covariates.
names: as many as it has, in the order of the fit, of 1 to 63 bytes, and no two the same (22023 if not); until then they are x1, x2 and so on. crm_clv_model_parameters and the JSON have them.';

CREATE FUNCTION crm_clv_likelihood_ratio(model crm_clv_model, OUT statistic double precision, OUT df integer, OUT p_value double precision) RETURNS record
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_clv_likelihood_ratio(crm_clv_model) IS
'Do covariates tell anything? Against the model of the same customers.
statistic: twice the log-likelihood gained over the fit without covariates. df: effects, two for each covariate that has one of its own. p_value: the chance of so much where covariates have no effect, by chi-squared, 0 to 1. NULL for a model without covariates and for one that was not fitted.';

-- Scores from ledgers

CREATE FUNCTION crm_p_alive(model crm_clv_model, activity crm_activity, as_of date) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION crm_p_alive(crm_clv_model, crm_activity, date) IS
'The probability that a customer will still purchase, 0 to 1.
As of a day: what the ledger says later is not looked at. Under BG/NBD a customer without a repeat purchase has had no chance to leave, so it is 1; MBG/NBD and Pareto/NBD have no such rule. NULL when an argument is NULL and where the customer has not bought by as_of. Error 22023 for models of contracts and of opportunities.';

CREATE FUNCTION crm_p_alive(model crm_clv_model, activity crm_activity, as_of date, at date) RETURNS double precision
AS 'MODULE_PATHNAME', 'crm_p_alive_later' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 50;
COMMENT ON FUNCTION crm_p_alive(crm_clv_model, crm_activity, date, date) IS
'P(alive) on a later day, given the history up to as_of.
at: as_of or later (error 22023 if not). Whatever is bought until then is open, as it is when one plans ahead: crm_p_alive_if_silent is for customers who are watched and buy nothing. Otherwise as crm_p_alive(model, a, as_of).';

CREATE FUNCTION crm_p_alive_if_silent(model crm_clv_model, activity crm_activity, as_of date, at date) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION crm_p_alive_if_silent(crm_clv_model, crm_activity, date, date) IS
'P(alive) on a later day, if nothing more is bought until then.
at: as_of or later (error 22023 if not). Otherwise as crm_p_alive(model, a, as_of).';

CREATE FUNCTION crm_purchase_probability(model crm_clv_model, activity crm_activity, as_of date, purchases integer, horizon_days integer) RETURNS double precision
AS 'MODULE_PATHNAME', 'crm_customer_probability' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 50;
COMMENT ON FUNCTION crm_purchase_probability(crm_clv_model, crm_activity, date, integer, integer) IS
'The probability that a customer buys on so many days after as_of.
P(X(T, T+t) = purchases); of 0, that nothing more comes in the horizon_days, from who has left or from who has not. purchases: 0 to a million; horizon_days: 0 or more (22023). NULL and other errors as of crm_p_alive.';

CREATE FUNCTION crm_purchase_probability_at_least(model crm_clv_model, activity crm_activity, as_of date, purchases integer, horizon_days integer) RETURNS double precision
AS 'MODULE_PATHNAME', 'crm_customer_at_least' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 50;
COMMENT ON FUNCTION crm_purchase_probability_at_least(crm_clv_model, crm_activity, date, integer, integer) IS
'The probability that a customer buys on at least so many days.
P(X(T, T+t) >= purchases), exact where it is small. Arguments, NULL and errors as of crm_purchase_probability.';

CREATE FUNCTION crm_expected_purchases(model crm_clv_model, activity crm_activity, as_of date, horizon_days integer) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION crm_expected_purchases(crm_clv_model, crm_activity, date, integer) IS
'Days with a purchase to expect in the horizon_days after as_of.
E[X(T, T+t)]; horizon_days: 0 or more. NULL and errors as of crm_p_alive.';

CREATE FUNCTION crm_discounted_purchases(model crm_clv_model, activity crm_activity, as_of date, horizon_days integer, annual_discount double precision DEFAULT 0.1) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION crm_discounted_purchases(crm_clv_model, crm_activity, date, integer, double precision) IS
'Days with a purchase to expect after as_of, discounted.
Lifetime value without amounts: DECT within the horizon_days, DERT where they are NULL, which is without end (Fader, Hardie & Lee 2005, "RFM and CLV"). Times the mean value of a purchase it is crm_clv. Arguments, NULL and errors as of crm_clv, but that the model need not know of amounts.';

CREATE FUNCTION crm_expected_value(model crm_clv_model, activity crm_activity, as_of date) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION crm_expected_value(crm_clv_model, crm_activity, date) IS
'The mean value to expect of a customer''s purchase days.
Gamma-Gamma: his own mean, drawn towards that of all customers the more, the fewer repeat days he has. A mean below 0, of a customer with many refunds, counts as 0. NULL where the law has no mean (p x + q <= 1), otherwise as of crm_p_alive. Error 22023 where the model has no spend part.';

CREATE FUNCTION crm_clv(model crm_clv_model, activity crm_activity, as_of date, horizon_days integer, annual_discount double precision DEFAULT 0.1) RETURNS double precision
AS 'MODULE_PATHNAME', 'crm_clv_of_ledger' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION crm_clv(crm_clv_model, crm_activity, date, integer, double precision) IS
'Today''s value of a customer''s purchases in the coming days.
The expected value of a purchase, times the purchases to expect, each discounted by (1 + annual_discount)^-(days until then / 365.25). In the currency of the amounts: revenue, unless the ledger holds margins. horizon_days: 0 or more; NULL is without end, the mean value times DERT. annual_discount: a share a year, 0 or 1e-9 to 1e6 (22023).
NULL where the sum has no bound (no end, no discount, and customers who may stay for ever), and otherwise as of crm_expected_value. Past purchases are not in it.';

CREATE FUNCTION crm_clv_scores(model crm_clv_model, activity crm_activity, as_of date, horizon_days integer, annual_discount double precision DEFAULT 0.1, OUT p_alive double precision, OUT expected_purchases double precision, OUT discounted_purchases double precision, OUT expected_value double precision, OUT clv double precision)
RETURNS record
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 120;
COMMENT ON FUNCTION crm_clv_scores(crm_clv_model, crm_activity, date, integer, double precision) IS
'All scores of a customer in one row, at the price of the dearest.
p_alive, expected_purchases, discounted_purchases, expected_value, clv: as the functions crm_p_alive, crm_expected_purchases, crm_discounted_purchases, crm_expected_value and crm_clv, to rounding. Where the model has no spend part the last two are NULL; without end (a horizon_days of NULL) expected_purchases is. NULL where another argument is, and where the customer has not bought by as_of. Errors as of crm_clv.';

CREATE FUNCTION crm_expected_purchases(model crm_clv_model, activity crm_activity, as_of date, horizon_days integer, covariates double precision[]) RETURNS double precision
AS 'MODULE_PATHNAME', 'crm_expected_purchases_covariates' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION crm_expected_purchases(crm_clv_model, crm_activity, date, integer, double precision[]) IS
'Days with a purchase to expect of a customer with covariates.
As crm_expected_purchases(crm_clv_for(model, covariates), a, as_of, horizon_days).';

CREATE FUNCTION crm_clv(model crm_clv_model, activity crm_activity, as_of date, horizon_days integer, annual_discount double precision, covariates double precision[]) RETURNS double precision
AS 'MODULE_PATHNAME', 'crm_clv_of_covariates' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION crm_clv(crm_clv_model, crm_activity, date, integer, double precision, double precision[]) IS
'Today''s value of the coming purchases of a customer with covariates.
As crm_clv(crm_clv_for(model, covariates), a, as_of, horizon_days, annual_discount).';

CREATE FUNCTION crm_clv_scores(model crm_clv_model, activity crm_activity, as_of date, horizon_days integer, annual_discount double precision, covariates double precision[], OUT p_alive double precision, OUT expected_purchases double precision, OUT discounted_purchases double precision, OUT expected_value double precision, OUT clv double precision)
RETURNS record
AS 'MODULE_PATHNAME', 'crm_clv_scores_covariates' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 120;
COMMENT ON FUNCTION crm_clv_scores(crm_clv_model, crm_activity, date, integer, double precision, double precision[]) IS
'All scores of a customer with covariates in one row.
As crm_clv_scores(crm_clv_for(model, covariates), a, as_of, horizon_days, annual_discount).';

CREATE FUNCTION crm_clv_interval(model crm_clv_model, activity crm_activity, as_of date, horizon_days integer, annual_discount double precision DEFAULT 0.1, confidence double precision DEFAULT 0.9, OUT low double precision, OUT high double precision)
RETURNS record
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 2000;
COMMENT ON FUNCTION crm_clv_interval(crm_clv_model, crm_activity, date, integer, double precision, double precision) IS
'Confidence interval of crm_clv from the uncertainty of the parameters.
By the delta method on its logarithm, from the covariance matrices of both parts, which are taken to be independent. It covers how well the expected value is known from so many customers. It does not cover chance, with which the one customer spends far more or less than expected, nor that the model may be wrong, nor parameters at a boundary. confidence: between 0 and 1 (22023).
NULL where crm_clv is, and where the model has no covariance.';

-- Scores of customers to come

CREATE FUNCTION crm_new_customer_purchases(model crm_clv_model, days integer) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION crm_new_customer_purchases(crm_clv_model, integer) IS
'Repeat purchase days to expect of a new customer in his first days.
E[X(t)]; the first purchase is not counted. days: 0 or more (22023).';

CREATE FUNCTION crm_purchase_probability(model crm_clv_model, purchases integer, days integer) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION crm_purchase_probability(crm_clv_model, integer, integer) IS
'The probability of so many repeat purchases in the first days.
P(X(t) = purchases). purchases: 0 to a million; days: 0 or more (22023).';

-- Scores from summaries, in the model's unit of time

CREATE FUNCTION crm_p_alive_summary(model crm_clv_model, frequency double precision, recency double precision, age double precision) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION crm_p_alive_summary(crm_clv_model, double precision, double precision, double precision) IS
'The probability that a customer will still purchase, from a summary.
frequency, recency, age: as of crm_clv_fit_summary, in the unit of the model, times up to 1e16 and frequencies up to 1e10; for BG/BB whole numbers of opportunities, up to a million. Error 22023 for a history that is not possible and for models of contracts.';

CREATE FUNCTION crm_p_alive_summary(model crm_clv_model, frequency double precision, recency double precision, age double precision, at double precision) RETURNS double precision
AS 'MODULE_PATHNAME', 'crm_p_alive_later_summary' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 50;
COMMENT ON FUNCTION crm_p_alive_summary(crm_clv_model, double precision, double precision, double precision, double precision) IS
'P(alive) at a later age, given the history, from a summary.
at: age or more, up to 1e16 (error 22023 if not), counted like it from the first purchase. Whatever is bought until then is open. Otherwise as crm_p_alive_summary(model, frequency, recency, age).';

CREATE FUNCTION crm_p_alive_if_silent_summary(model crm_clv_model, frequency double precision, recency double precision, age double precision, at double precision) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION crm_p_alive_if_silent_summary(crm_clv_model, double precision, double precision, double precision, double precision) IS
'P(alive) at a later age, if nothing more is bought until then.
at: as of crm_p_alive_summary(model, frequency, recency, age, at).';

CREATE FUNCTION crm_purchase_probability_summary(model crm_clv_model, frequency double precision, recency double precision, age double precision, purchases integer, horizon double precision) RETURNS double precision
AS 'MODULE_PATHNAME', 'crm_customer_probability_summary' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 50;
COMMENT ON FUNCTION crm_purchase_probability_summary(crm_clv_model, double precision, double precision, double precision, integer, double precision) IS
'The probability of so many purchases in the horizon, from a summary.
horizon: in the unit of the model, 0 to 1e16; for BG/BB opportunities. Otherwise as crm_purchase_probability and crm_p_alive_summary.';

CREATE FUNCTION crm_purchase_probability_at_least_summary(model crm_clv_model, frequency double precision, recency double precision, age double precision, purchases integer, horizon double precision) RETURNS double precision
AS 'MODULE_PATHNAME', 'crm_customer_at_least_summary' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 50;
COMMENT ON FUNCTION crm_purchase_probability_at_least_summary(crm_clv_model, double precision, double precision, double precision, integer, double precision) IS
'The probability of at least so many purchases, from a summary.
Arguments as of crm_purchase_probability_summary.';

CREATE FUNCTION crm_discounted_purchases_summary(model crm_clv_model, frequency double precision, recency double precision, age double precision, horizon double precision, annual_discount double precision DEFAULT 0.1) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION crm_discounted_purchases_summary(crm_clv_model, double precision, double precision, double precision, double precision, double precision) IS
'Purchases to expect after a summary, discounted: DECT, DERT.
horizon: in the unit of the model, 0 to 1e16; NULL is without end. Otherwise as crm_discounted_purchases and crm_p_alive_summary.';

CREATE FUNCTION crm_expected_purchases_summary(model crm_clv_model, frequency double precision, recency double precision, age double precision, horizon double precision) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION crm_expected_purchases_summary(crm_clv_model, double precision, double precision, double precision, double precision) IS
'Purchases to expect in the horizon after a summary.
horizon: in the unit of the model, 0 to 1e16; for BG/BB opportunities. Otherwise as crm_p_alive_summary.';

CREATE FUNCTION crm_expected_value_summary(model crm_clv_model, frequency double precision, monetary double precision) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20;
COMMENT ON FUNCTION crm_expected_value_summary(crm_clv_model, double precision, double precision) IS
'The mean value to expect of a customer''s purchases, from a summary.
monetary: the mean of frequency repeat purchases; not used, and may be NULL, where frequency is 0. Otherwise as crm_expected_value.';

CREATE FUNCTION crm_clv_summary(model crm_clv_model, frequency double precision, recency double precision, age double precision, monetary double precision, horizon double precision, annual_discount double precision DEFAULT 0.1) RETURNS double precision
AS 'MODULE_PATHNAME', 'crm_clv_summary_value' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION crm_clv_summary(crm_clv_model, double precision, double precision, double precision, double precision, double precision, double precision) IS
'Value of a customer''s purchases in the horizon, from a summary.
horizon: in the unit of the model, 0 to 1e16; NULL is without end. annual_discount: a share a year, whatever the unit, 0 or 1e-9 to 1e6. Otherwise as crm_clv and crm_expected_value_summary.';

CREATE FUNCTION crm_clv_interval_summary(model crm_clv_model, frequency double precision, recency double precision, age double precision, monetary double precision, horizon double precision, annual_discount double precision DEFAULT 0.1, confidence double precision DEFAULT 0.9, OUT low double precision, OUT high double precision)
RETURNS record
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 2000;
COMMENT ON FUNCTION crm_clv_interval_summary(crm_clv_model, double precision, double precision, double precision, double precision, double precision, double precision, double precision) IS
'Confidence interval of crm_clv_summary: how well it is known.
What it covers and what not: as crm_clv_interval. Arguments as of crm_clv_summary.';

CREATE FUNCTION crm_new_customer_purchases_summary(model crm_clv_model, horizon double precision) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION crm_new_customer_purchases_summary(crm_clv_model, double precision) IS
'Purchases to expect of a new customer, in the model''s unit of time.
As crm_new_customer_purchases, with the horizon in the unit of the model; for BG/BB opportunities.';

CREATE FUNCTION crm_purchase_probability_summary(model crm_clv_model, purchases integer, horizon double precision) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION crm_purchase_probability_summary(crm_clv_model, integer, double precision) IS
'The probability of so many purchases, in the model''s unit of time.
As crm_purchase_probability, with the horizon in the unit of the model; for BG/BB opportunities.';

-- Contracts

CREATE FUNCTION crm_sbg_survival(model crm_clv_model, periods integer) RETURNS double precision
AS 'MODULE_PATHNAME', 'crm_sbg_survival_at' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_sbg_survival(crm_clv_model, integer) IS
'The share of new contracts that outlive so many periods, 0 to 1.
periods: 0 or more. Error 22023 for other models than sbg.';

CREATE FUNCTION crm_sbg_retention(model crm_clv_model, period integer) RETURNS double precision
AS 'MODULE_PATHNAME', 'crm_sbg_retention_at' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_sbg_retention(crm_clv_model, integer) IS
'The share of contracts in a period that is renewed at its end.
period: 1 or more. It rises with the period, since those who leave easily leave early. Error 22023 for other models than sbg.';

CREATE FUNCTION crm_sbg_renewals(model crm_clv_model, periods integer, renewals integer, rate double precision) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION crm_sbg_renewals(crm_clv_model, integer, integer, double precision) IS
'Renewals to expect of a contract, discounted.
periods: after how many it was renewed so far; renewals: how many ends of periods to look ahead, the first one a period from now, or NULL for all. A renewal j periods from now counts (1 + rate)^-j; rate: 0 to 1e6, a share a period. NULL where the sum has no bound. Error 22023 for other models than sbg. Fader & Hardie (2010).';

-- Validation: what was expected against what happened

CREATE FUNCTION crm_clv_check_arguments(as_of date, until date, step_days integer, up_to integer) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION crm_clv_check_arguments(date, date, integer, integer) IS
'Support of crm_clv_tracking and its like: refuses bad arguments.
True, or error 22023 that names the argument. NULL for those that a function does not have.';

CREATE FUNCTION crm_clv_tracking(model crm_clv_model, activities crm_activity[], until date, step_days integer DEFAULT 7, OUT day date, OUT actual bigint, OUT expected double precision, OUT actual_cumulative bigint, OUT expected_cumulative double precision)
RETURNS SETOF record
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE ROWS 100
BEGIN ATOMIC
    WITH customer AS MATERIALIZED (
        SELECT u.a, crm_first_day(u.a, until) AS first_day FROM unnest(activities) AS u (a)
    ), cohort AS MATERIALIZED (
        SELECT c.first_day, count(*) AS customers FROM customer AS c WHERE c.first_day IS NOT NULL GROUP BY c.first_day
    ), start AS MATERIALIZED (
        SELECT min(c.first_day) - 1 AS day FROM cohort AS c
    ), step AS MATERIALIZED (
        SELECT i, s.day + i * step_days AS day FROM start AS s, generate_series(1, (until - s.day) / step_days) AS i
    ), repeat AS MATERIALIZED (
        SELECT (d.day - s.day - 1) / step_days + 1 AS i, count(*) AS customers
        FROM start AS s, customer AS c, crm_days(c.a) AS d
        WHERE d.events > 0 AND d.day > c.first_day AND d.day <= until GROUP BY 1
    ), purchases AS MATERIALIZED (
        SELECT age, crm_new_customer_purchases(model, age) AS expected
        FROM start AS s, generate_series(0, until - s.day - 1) AS age
    ), cumulative AS (
        SELECT s.i, s.day, sum(c.customers * p.expected ORDER BY c.first_day) AS expected
        FROM step AS s JOIN cohort AS c ON c.first_day <= s.day JOIN purchases AS p ON p.age = s.day - c.first_day
        GROUP BY s.i, s.day
    )
    SELECT c.day, coalesce(r.customers, 0), c.expected - lag(c.expected, 1, 0::double precision) OVER w,
           coalesce(sum(r.customers) OVER w, 0)::bigint, c.expected
    FROM cumulative AS c LEFT JOIN repeat AS r USING (i)
    WHERE crm_clv_check_arguments(NULL, until, step_days, NULL)
    WINDOW w AS (ORDER BY c.day) ORDER BY c.day;
END;
COMMENT ON FUNCTION crm_clv_tracking(crm_clv_model, crm_activity[], date, integer) IS
'Repeat purchase days of all customers, step by step: actual, expected.
The model knows of a customer his first day only. activities: a ledger per customer, with what followed the fit: ARRAY(SELECT a FROM customer); NULLs, and customers who have not bought by until, are left out. until: the last day to look at. step_days: 1 or more; day is the last day of a step, the first step begins with the first purchase of all, and a part of a step at the end is left out. Before the day of the fit the model should follow, after it it is put to the test. A NULL gives no rows. Error 22023 for an infinite day, for step_days below 1, and as of crm_new_customer_purchases.';

CREATE FUNCTION crm_clv_frequency_check(model crm_clv_model, activities crm_activity[], as_of date, up_to integer DEFAULT 7, OUT frequency integer, OUT actual bigint, OUT expected double precision)
RETURNS SETOF record
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE ROWS 8
BEGIN ATOMIC
    WITH customer AS MATERIALIZED (
        SELECT least(crm_frequency(u.a, as_of), up_to) AS frequency, crm_age(u.a, as_of) AS age, count(*) AS customers
        FROM unnest(activities) AS u (a) WHERE crm_active_days(u.a, as_of) > 0 GROUP BY 1, 2
    ), cohort AS MATERIALIZED (
        SELECT c.age, sum(c.customers)::bigint AS customers FROM customer AS c GROUP BY c.age
    ), bin AS (
        SELECT f, (SELECT coalesce(sum(c.customers), 0)::bigint FROM customer AS c WHERE c.frequency = f) AS actual,
               (SELECT sum(c.customers * crm_purchase_probability(model, f, c.age) ORDER BY c.age) FROM cohort AS c) AS expected
        FROM generate_series(0, up_to) AS f
    )
    SELECT b.f, b.actual,
           CASE WHEN b.f < up_to THEN b.expected
                ELSE (SELECT sum(c.customers) FROM cohort AS c)::double precision
                     - coalesce(sum(b.expected) OVER (ORDER BY b.f ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) END
    FROM bin AS b WHERE crm_clv_check_arguments(as_of, NULL, NULL, up_to) ORDER BY b.f;
END;
COMMENT ON FUNCTION crm_clv_frequency_check(crm_clv_model, crm_activity[], date, integer) IS
'Customers by their number of repeat purchase days: actual, expected.
The model knows of a customer his first day only. activities: a ledger per customer, ARRAY(SELECT a FROM customer); NULLs, and customers who have not bought by as_of, are left out; expected is NULL where nobody is left. up_to: 0 or more; the last row stands for this frequency and more. A NULL gives no rows. Error 22023 for an infinite day, for up_to below 0, and as of crm_purchase_probability.';

CREATE FUNCTION crm_clv_holdout(model crm_clv_model, activities crm_activity[], as_of date, until date, up_to integer DEFAULT 7, OUT frequency integer, OUT customers bigint, OUT expected double precision, OUT actual double precision)
RETURNS SETOF record
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE ROWS 8
BEGIN ATOMIC
    SELECT c.frequency, count(*), avg(c.expected ORDER BY c.expected), avg(c.actual)::double precision
    FROM (SELECT least(crm_frequency(u.a, as_of), up_to) AS frequency,
                 -- CASE, for the planner may come to this before the check does.
                 crm_expected_purchases(model, u.a, as_of, CASE WHEN isfinite(until) AND isfinite(as_of) THEN until - as_of END)
                     AS expected,
                 crm_active_days(u.a, until) - crm_active_days(u.a, as_of) AS actual
          FROM unnest(activities) AS u (a) WHERE crm_active_days(u.a, as_of) > 0) AS c
    WHERE crm_clv_check_arguments(as_of, until, NULL, up_to)
    GROUP BY c.frequency ORDER BY c.frequency;
END;
COMMENT ON FUNCTION crm_clv_holdout(crm_clv_model, crm_activity[], date, date, integer) IS
'Purchase days per customer after a day: expected and actual.
The ledger can be read as of any day, so no second table is needed: fit as of a day, compare with what followed until a later one. activities: a ledger per customer, ARRAY(SELECT a FROM customer); NULLs, and customers who have not bought by as_of, are left out. frequency: repeat purchase days by as_of, up_to (0 or more) and more in the last row. expected, actual: means. A NULL gives no rows. Error 22023 for an infinite day, for an until before as_of, for up_to below 0, and as of crm_expected_purchases.';

-- Simulation

CREATE FUNCTION crm_simulate_purchases(model crm_clv_model, customers integer, first_day date, days integer, seed bigint, OUT customer_id bigint, OUT day date, OUT amount numeric)
RETURNS SETOF record
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 10000;
COMMENT ON FUNCTION crm_simulate_purchases(crm_clv_model, integer, date, integer, bigint) IS
'Purchases of customers drawn from a model, the same for the same seed.
customer_id: 1 to customers, in order, and each in order of time. All begin on first_day, at noon, and are watched for so many days after it. day: several purchases may fall on one. amount: of the spend part, in cents; NULL where the model has none. What a customer does depends on the seed and on his number alone. Errors 22023 for models of contracts, of opportunities without "unit_days", and for numbers below 0.';
