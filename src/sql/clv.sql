-- Lifetime value: models of purchases, contracts and spend, and their fits.

\type crm_clv_sample STORAGE = extended

COMMENT ON TYPE crm_clv_sample IS
'Customers that a fit of lifetime value has seen; equal ones are one.
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

\type crm_clv_model ALIGNMENT = double, STORAGE = plain

COMMENT ON TYPE crm_clv_model IS
'A model of lifetime value: parameters, and how they were fitted.
Text form is JSON: "model" (bg/nbd, mbg/nbd, pareto/nbd, bg/bb, sbg, bg/cnbd-k or mbg/cnbd-k), "unit_days",
"as_of", "purchase" and, where there were amounts, "spend" and "correlation" (of frequency and value), "covariates"
with their "names", "gamma", "delta", "covariance" (rows are effects, columns the parameters and effects),
"marks" and "log_likelihood_without". A part has "parameters", named as in the papers,
and of a fit "covariance", "log_likelihood", "customers", "distinct" (histories), "iterations", "gradient_norm",
and where there is something to say "boundary", "bounds" (which parameters stand at one) and "warning".
Only "model" and the parameters must be there, so published models can be written down.
Every number reads back to the last bit.';

COMMENT ON FUNCTION crm_clv_model_in(cstring) IS
'Reads a model from JSON; error 22P02 names the key at fault.';
COMMENT ON FUNCTION crm_clv_model_out(crm_clv_model) IS
'Writes a model as JSON; every number reads back to the last bit.';
COMMENT ON FUNCTION crm_clv_model_recv(internal) IS
'Reads a model from its binary form; error 22P03 for others.';
COMMENT ON FUNCTION crm_clv_model_send(crm_clv_model) IS
'Writes a model in its binary form, field by field.';

CREATE FUNCTION crm_clv_model(model jsonb) RETURNS crm_clv_model
AS 'MODULE_PATHNAME', 'crm_clv_model_from_jsonb' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION crm_clv_model(jsonb) IS
'A model from JSON, as its text form is; also a cast.
Error 22P02 names the key at fault.';

CREATE FUNCTION crm_to_jsonb(model crm_clv_model) RETURNS jsonb
AS 'MODULE_PATHNAME', 'crm_clv_model_to_jsonb' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION crm_to_jsonb(crm_clv_model) IS
'A model as JSON, as its text form is; also a cast.';

CREATE CAST (crm_clv_model AS jsonb) WITH FUNCTION crm_to_jsonb(crm_clv_model) AS ASSIGNMENT;
COMMENT ON CAST (crm_clv_model AS jsonb) IS 'A model as JSON, as its text form is.';
CREATE CAST (jsonb AS crm_clv_model) WITH FUNCTION crm_clv_model(jsonb) AS ASSIGNMENT;
COMMENT ON CAST (jsonb AS crm_clv_model) IS 'A model from JSON, as its text form is.';

-- Fits

CREATE FUNCTION crm_clv_trans(state crm_clv_sample, activity crm_activity, as_of date) RETURNS crm_clv_sample
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION crm_clv_trans(state crm_clv_sample, activity crm_activity, as_of date, model text)
RETURNS crm_clv_sample
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION crm_clv_trans(state crm_clv_sample, activity crm_activity, as_of date, model text,
    covariates double precision[]) RETURNS crm_clv_sample
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION crm_clv_trans_summary(state crm_clv_sample, frequency double precision, recency double precision,
    age double precision, monetary double precision) RETURNS crm_clv_sample
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION crm_clv_trans_summary(state crm_clv_sample, frequency double precision, recency double precision,
    age double precision, monetary double precision, model text) RETURNS crm_clv_sample
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION crm_clv_trans_summary(state crm_clv_sample, frequency double precision, recency double precision,
    age double precision, monetary double precision, model text, unit_days double precision) RETURNS crm_clv_sample
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION crm_clv_trans_summary(state crm_clv_sample, frequency double precision, recency double precision,
    age double precision, monetary double precision, model text, unit_days double precision,
    log_gaps double precision) RETURNS crm_clv_sample
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION crm_clv_trans_summary(state crm_clv_sample, frequency double precision, recency double precision,
    age double precision, monetary double precision, model text, unit_days double precision,
    covariates double precision[]) RETURNS crm_clv_sample
AS 'MODULE_PATHNAME', 'crm_clv_trans_summary_covariates' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION crm_clv_trans_bgbb(state crm_clv_sample, frequency integer, recency integer, opportunities integer)
RETURNS crm_clv_sample
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION crm_clv_trans_bgbb(state crm_clv_sample, frequency integer, recency integer, opportunities integer,
    weight double precision) RETURNS crm_clv_sample
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION crm_clv_trans_sbg(state crm_clv_sample, lifetime integer, churned boolean) RETURNS crm_clv_sample
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION crm_clv_trans_sbg(state crm_clv_sample, lifetime integer, churned boolean, weight double precision)
RETURNS crm_clv_sample
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION crm_clv_combine(state crm_clv_sample, other crm_clv_sample) RETURNS crm_clv_sample
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION crm_clv_final(state crm_clv_sample) RETURNS crm_clv_model
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;

COMMENT ON FUNCTION crm_clv_trans(crm_clv_sample, crm_activity, date) IS
'Support of crm_clv_fit: takes in a ledger.';
COMMENT ON FUNCTION crm_clv_trans(crm_clv_sample, crm_activity, date, text) IS
'Support of crm_clv_fit: takes in a ledger, for a named model.';
COMMENT ON FUNCTION crm_clv_trans(crm_clv_sample, crm_activity, date, text, double precision[]) IS
'Support of crm_clv_fit: takes in a ledger and its covariates.';
COMMENT ON FUNCTION crm_clv_trans_summary(crm_clv_sample, double precision, double precision, double precision,
    double precision, text, double precision, double precision[]) IS
'Support of crm_clv_fit_summary: takes in a summary and covariates.';
COMMENT ON FUNCTION crm_clv_trans_summary(crm_clv_sample, double precision, double precision, double precision,
    double precision) IS
'Support of crm_clv_fit_summary: takes in a summary.';
COMMENT ON FUNCTION crm_clv_trans_summary(crm_clv_sample, double precision, double precision, double precision,
    double precision, text) IS
'Support of crm_clv_fit_summary: takes in a summary, for a named model.';
COMMENT ON FUNCTION crm_clv_trans_summary(crm_clv_sample, double precision, double precision, double precision,
    double precision, text, double precision) IS
'Support of crm_clv_fit_summary: takes in a summary in a unit of time.';
COMMENT ON FUNCTION crm_clv_trans_summary(crm_clv_sample, double precision, double precision, double precision,
    double precision, text, double precision, double precision) IS
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
As crm_clv_fit(activity, as_of, ''bg/nbd'').';

CREATE AGGREGATE crm_clv_fit(activity crm_activity, as_of date, model text) (
    SFUNC = crm_clv_trans, STYPE = crm_clv_sample, SSPACE = 2048,
    FINALFUNC = crm_clv_final, COMBINEFUNC = crm_clv_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm_clv_fit(crm_activity, date, text) IS
'A model of when these customers purchase and how much, as of a day.
activity: a ledger per customer; NULLs, and customers who have not bought by as_of, are skipped.
model: ''bg/nbd'' (Fader, Hardie & Lee 2005), ''mbg/nbd'' (Batislam et al. 2007; Hoppe & Wagner 2007),
''pareto/nbd'' (Schmittlein et al. 1987), ''bg/cnbd-k'' or ''mbg/cnbd-k'' (Platzer & Reutterer 2016).
Under BG/NBD and BG/CNBD-k every one-time buyer has P(alive) = 1; under the other models such a customer may be gone.
CNBD-k is for customers who buy regularly, at every k-th event of a Poisson process: k, from 1 to 12, is chosen by
likelihood, or given, as in ''mbg/cnbd-2''; with k = 1 it is (M)BG/NBD. Time is counted in weeks, days / 7.
Where there are amounts, the Gamma-Gamma model (Fader & Hardie 2013) of the mean value of repeat days is fitted
to customers with one above 0; a refund on a day without a purchase lowers the latest earlier one.
Maximum likelihood; the result depends neither on the order of rows nor on the plan.
A maximum at a boundary is usable, and a NOTICE, once a query, says what it means. No customers give NULL.
Errors: 22000 where nobody has bought on a second day
or nothing converges (with GROUP BY choose the groups before the fit, as doc/clv.md shows),
22023 for an unknown model and for arguments that differ from row to row, 22004 where they are NULL.';

CREATE AGGREGATE crm_clv_fit(activity crm_activity, as_of date, model text, covariates double precision[]) (
    SFUNC = crm_clv_trans, STYPE = crm_clv_sample, SSPACE = 2048,
    FINALFUNC = crm_clv_final, COMBINEFUNC = crm_clv_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm_clv_fit(crm_activity, date, text, double precision[]) IS
'A model of customers with covariates that do not change.
covariates: 1 to 8 numbers a customer, always in the same order, of any sign and size: 1 or 0 for yes or no, an amount,
a distance. Of a customer with covariates z alpha is alpha exp(-gamma z); a and b are a exp(delta z) and b exp(delta z),
or for Pareto/NBD beta exp(-delta z) (Fader & Hardie 2007). A gamma above 0 means more purchases; a delta above 0 an
earlier end (Pareto/NBD), or customers who differ less in their leaving (BG/NBD, MBG/NBD). model: ''bg/nbd'',
''mbg/nbd'' or ''pareto/nbd''. Parameters are those of a customer whose covariates are all 0: subtract what is usual
from each. Spend does not depend on covariates.
Customers with the same covariates and history are one row. A covariate that is the same for all,
or follows from those before it, gets an effect of 0, and a WARNING and crm_clv_model_notes say so. Names are x1, x2
and so on: see crm_clv_name_covariates. Score with crm_clv_for(model, covariates). Errors: 22004 for a NULL, 22023 for
NaN and infinity, for a number of covariates that differs from row to row and for a model that takes none, 22003 where
0 lies so far from the covariates that parameters have no meaning there; otherwise as crm_clv_fit(activity, as_of,
model).';

CREATE AGGREGATE crm_clv_fit_summary(frequency double precision, recency double precision, age double precision,
    monetary double precision) (
    SFUNC = crm_clv_trans_summary, STYPE = crm_clv_sample, SSPACE = 2048,
    FINALFUNC = crm_clv_final, COMBINEFUNC = crm_clv_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm_clv_fit_summary(double precision, double precision, double precision, double precision) IS
'The BG/NBD model from summaries in weeks.
As crm_clv_fit_summary(frequency, recency, age, monetary, ''bg/nbd'', 7).';

CREATE AGGREGATE crm_clv_fit_summary(frequency double precision, recency double precision, age double precision,
    monetary double precision, model text) (
    SFUNC = crm_clv_trans_summary, STYPE = crm_clv_sample, SSPACE = 2048,
    FINALFUNC = crm_clv_final, COMBINEFUNC = crm_clv_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm_clv_fit_summary(double precision, double precision, double precision, double precision,
    text) IS
'A model of when customers purchase, from summaries in weeks.
As crm_clv_fit_summary(frequency, recency, age, monetary, model, 7).';

CREATE AGGREGATE crm_clv_fit_summary(frequency double precision, recency double precision, age double precision,
    monetary double precision, model text, unit_days double precision) (
    SFUNC = crm_clv_trans_summary, STYPE = crm_clv_sample, SSPACE = 2048,
    FINALFUNC = crm_clv_final, COMBINEFUNC = crm_clv_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm_clv_fit_summary(double precision, double precision, double precision, double precision, text,
    double precision) IS
'A model of when customers purchase and how much, from summaries.
frequency: repeat purchases, 0 or at least 1.
recency: age at the last of them, 0 where there is none.
age: time since the first purchase, also written T.
monetary: mean value of the repeat purchases; NULL or not above 0 where it is not known.
unit_days: days in a unit of recency and age, above 0. model and errors as of crm_clv_fit(activity, as_of, model); 22023
also for a history that is not possible. Rows with a NULL frequency, recency or age are skipped. Without log_gaps CNBD-k
sees of a customer''s regularity what frequency and recency tell,
and its log-likelihood is integrated over the gaps.';

CREATE AGGREGATE crm_clv_fit_summary(frequency double precision, recency double precision, age double precision,
    monetary double precision, model text, unit_days double precision, log_gaps double precision) (
    SFUNC = crm_clv_trans_summary, STYPE = crm_clv_sample, SSPACE = 2048,
    FINALFUNC = crm_clv_final, COMBINEFUNC = crm_clv_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm_clv_fit_summary(double precision, double precision, double precision, double precision, text,
    double precision, double precision) IS
'A model of when customers purchase and how much, with their gaps.
log_gaps: the sum of ln(gap) over the gaps between a customer''s purchases,
gaps in the unit of recency: of weeks crm_log_gaps(activity, as_of) - crm_frequency(activity, as_of) * ln(7). It tells
CNBD-k which k it is, as ledgers do, and at which log-likelihood; other models do not look at it. At most frequency *
ln(recency / frequency), of equal gaps, and at least frequency * ln(1e-12 / frequency) (22023 beyond); not used where
frequency is 0, and a row with a NULL is skipped. Otherwise as crm_clv_fit_summary(frequency, recency, age, monetary,
model, unit_days).';

CREATE AGGREGATE crm_clv_fit_summary(frequency double precision, recency double precision, age double precision,
    monetary double precision, model text, unit_days double precision, covariates double precision[]) (
    SFUNC = crm_clv_trans_summary, STYPE = crm_clv_sample, SSPACE = 2048,
    FINALFUNC = crm_clv_final, COMBINEFUNC = crm_clv_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm_clv_fit_summary(double precision, double precision, double precision, double precision, text,
    double precision, double precision[]) IS
'A model of customers with covariates, from summaries.
covariates: as of crm_clv_fit(activity, as_of, model, covariates).
Otherwise as crm_clv_fit_summary(frequency, recency, age, monetary, model, unit_days).';

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
Fader, Hardie & Shang (2010): a yearly appeal, a monthly meeting.
frequency: opportunities taken; recency: the last one taken, 0 where none was;
opportunities: all there were since acquisition.
weight: customers who are alike, a whole number. Rows with a NULL or a weight of 0 are skipped, no rows give NULL.
Errors: 22023 for a history that is not possible, 22000 where nobody has purchased.
Read the model with the functions whose names end in _summary.';

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
Fader & Hardie (2007).
lifetime: whole periods so far, including the one at whose end the contract was not renewed;
churned: whether it has ended.
weight: contracts that are alike, a whole number. Rows with a NULL or a weight of 0 are skipped, no rows give NULL.
Errors: 22023 for a lifetime that is not possible, 22000 where no contract has come
to its first renewal. Read the model with crm_sbg_survival, crm_sbg_retention and crm_sbg_renewals.';

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
'Regularity of purchases: 1 is random, more is more regular.
The shape k of gamma distributed gaps between purchase days, by Wheat & Morrison (1990),
from the last two gaps of each customer with three or more purchase days up to as_of; rates may differ.
bg/nbd, mbg/nbd and pareto/nbd take k to be 1; bg/cnbd-k and mbg/cnbd-k find it with the rest,
so that a k well above 1 is a reason to fit them. Below 1 purchases come in clusters.
NULL where there are no two such customers and where all gaps are alike; rows with a NULL are skipped.
Error 22023 for an infinite as_of. The result does not depend on the order of rows or on the plan.';

CREATE FUNCTION crm_log_gaps(activity crm_activity, as_of date) RETURNS double precision
AS 'MODULE_PATHNAME', 'crm_log_gaps_of_ledger' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION crm_log_gaps(crm_activity, date) IS
'The sum of ln(days) over the gaps between purchase days up to as_of.
What crm_clv_fit_summary wants as log_gaps, in days. 0 with less than two purchase days;
NULL where nothing was bought by as_of, and when an argument is NULL. Error 22023 for an infinite as_of.';

-- Readers

CREATE FUNCTION crm_model_name(model crm_clv_model) RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_model_name(crm_clv_model) IS
'Which model it is: bg/nbd, mbg/nbd, pareto/nbd, bg/bb, sbg and so on.
The others are bg/cnbd-k and mbg/cnbd-k; their k is a parameter.';

CREATE FUNCTION crm_clv_model_parameters(model crm_clv_model, OUT submodel text, OUT parameter text,
    OUT estimate double precision, OUT std_error double precision, OUT low double precision,
    OUT high double precision, OUT bound text)
RETURNS SETOF record
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20 ROWS 7;
COMMENT ON FUNCTION crm_clv_model_parameters(crm_clv_model) IS
'The parameters of a model with standard errors and 95% intervals.
submodel: purchase or spend.
std_error: from the exact Hessian at the maximum.
low, high: symmetric in the logarithm of the parameter,
estimate / f and estimate * f with f = exp(1.96 std_error / estimate).
These three are NULL for a parameter at a boundary and for a model that was not fitted here.
bound: lower or upper where the estimate stands at that bound of its range, or would move on to it;
given for the k of CNBD-k where the fit was told what it is, and then crm_aic and crm_bic do not count it;
collinear for a covariate without an effect of its own, nearly collinear for one that nearly follows from others;
lower or upper for an effect that grows without limit; NULL otherwise. k has no standard error.
Effects of covariates follow the parameters, as gamma(name) and delta(name), with intervals symmetric about them.';

CREATE FUNCTION crm_clv_model_notes(model crm_clv_model, OUT submodel text, OUT note text, OUT meaning text)
RETURNS SETOF record
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20 ROWS 1;
COMMENT ON FUNCTION crm_clv_model_notes(crm_clv_model) IS
'Boundaries and warnings of a fitted model, in words.
submodel: purchase or spend.
note: as "boundary" and "warning" in the JSON of the model; "churn not identified" where the share of customers
that leaves is within two standard errors of none, "not identified" where other parameters do as well.
meaning: what follows, and what to do, after the names of the covariates that it is about.
No rows where there is nothing to say.';

CREATE FUNCTION crm_log_likelihood(model crm_clv_model, submodel text DEFAULT 'purchase') RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_log_likelihood(crm_clv_model, text) IS
'The log-likelihood of a fitted model.
submodel: ''purchase'' or ''spend'' (error 22023 for others). A sum over customers, in the model''s unit
of time: compare models of the same customers in the same unit only. NULL where that part was not fitted here.';

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
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION crm_clv_for(crm_clv_model, double precision[]) IS
'The model of customers who have these covariates.
An ordinary model, which every function here takes: crm_p_alive(crm_clv_for(model, covariates), activity, as_of). Its
covariance comes from that of the effects by the delta method, so that intervals hold it too.
covariates: as many as the fit was told, in the same order (22023 if not); error 22004 for a NULL among them,
22003 where they lie so far from those of the fit that a parameter is beyond its range.';

CREATE FUNCTION crm_clv_name_covariates(model crm_clv_model, names text[]) RETURNS crm_clv_model
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION crm_clv_name_covariates(crm_clv_model, text[]) IS
'The model with names for its covariates.
names: as many as it has, in the order of the fit, of 1 to 63 bytes, and no two the same (22023 if not);
until then they are x1, x2 and so on. crm_clv_model_parameters and the JSON have them.';

CREATE FUNCTION crm_clv_likelihood_ratio(model crm_clv_model, OUT statistic double precision, OUT df integer,
    OUT p_value double precision) RETURNS record
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION crm_clv_likelihood_ratio(crm_clv_model) IS
'Likelihood-ratio test of the covariates of a model.
statistic: twice the log-likelihood gained over the fit without covariates.
df: effects, two for each covariate that has one of its own.
p_value: the probability of as much where covariates have no effect, by chi-squared, 0 to 1.
NULL for a model without covariates and for one that was not fitted.';
