-- crm_survival: how long things last when some of them last still.

\type crm_survival STORAGE = extended

COMMENT ON TYPE crm_survival IS
'Durations, of which some were still open when last seen: Kaplan-Meier.
Holds every distinct duration with how many ended at it and how many were censored at it, sorted, so that equal
contents are equal texts. Text form {1,2.5*3,4+,7+*2}: + for open when last seen, * for how many. Made by
crm_survival_agg, merged by crm_rollup, read by crm_survival_quantile and its like.';

COMMENT ON FUNCTION crm_survival_in(cstring) IS
'Reads durations from text: {1,2.5*3,4+,7+*2}.
In any order. Errors: 22P02 for text that does not parse, 22003 for more than 2^53 items.';
COMMENT ON FUNCTION crm_survival_out(crm_survival) IS
'Writes durations as text; each reads back to the last bit.';
COMMENT ON FUNCTION crm_survival_recv(internal) IS
'Reads durations from their packed bytes; error 22P03 for others.';
COMMENT ON FUNCTION crm_survival_send(crm_survival) IS
'Writes durations as their packed bytes.';

CREATE FUNCTION crm_survival_trans(state internal, duration double precision, is_observed boolean) RETURNS internal
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION crm_survival_rollup_trans(state internal, survival crm_survival) RETURNS internal
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION crm_survival_combine(state internal, other internal) RETURNS internal
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION crm_survival_serialize(state internal) RETURNS bytea
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION crm_survival_deserialize(bytes bytea, state internal) RETURNS internal
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION crm_survival_final(state internal) RETURNS crm_survival
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;

COMMENT ON FUNCTION crm_survival_trans(internal, double precision, boolean) IS
'Support of crm_survival_agg: takes in a duration.';
COMMENT ON FUNCTION crm_survival_rollup_trans(internal, crm_survival) IS
'Support of crm_rollup: takes in all durations of a value.';
COMMENT ON FUNCTION crm_survival_combine(internal, internal) IS
'Support of crm_survival_agg: the durations of both states.';
COMMENT ON FUNCTION crm_survival_serialize(internal) IS
'Support of crm_survival_agg: a state to send to another process.';
COMMENT ON FUNCTION crm_survival_deserialize(bytea, internal) IS
'Support of crm_survival_agg: a state that another process sent.';
COMMENT ON FUNCTION crm_survival_final(internal) IS
'Support of crm_survival_agg: the value of a state.';

CREATE AGGREGATE crm_survival_agg(duration double precision, is_observed boolean) (
    SFUNC = crm_survival_trans, STYPE = internal, SSPACE = 256,
    FINALFUNC = crm_survival_final, COMBINEFUNC = crm_survival_combine,
    SERIALFUNC = crm_survival_serialize, DESERIALFUNC = crm_survival_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm_survival_agg(double precision, boolean) IS
'Durations with whether each one''s end was observed.
is_observed false: still open when last seen, so it lasts longer than that (censored). Any unit, from 0 on. Rows with
a NULL are skipped; no rows give NULL. Error 22023 for negative durations, NaN and infinity.
Example: crm_survival_agg(extract(epoch FROM coalesce(answered_at, now()) - opened_at), answered_at IS NOT NULL).';

CREATE AGGREGATE crm_rollup(survival crm_survival) (
    SFUNC = crm_survival_rollup_trans, STYPE = internal, SSPACE = 256,
    FINALFUNC = crm_survival_final, COMBINEFUNC = crm_survival_combine,
    SERIALFUNC = crm_survival_serialize, DESERIALFUNC = crm_survival_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm_rollup(crm_survival) IS
'Merges durations into one, as if from all their rows.
NULLs are skipped; nothing but NULLs, or no rows, gives NULL. Error 22003 for more than 2^53 items.';

CREATE FUNCTION crm_survival_count(survival crm_survival) RETURNS bigint
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_survival_count(crm_survival) IS
'The number of durations, observed and censored.';

CREATE FUNCTION crm_survival_observed_count(survival crm_survival) RETURNS bigint
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_survival_observed_count(crm_survival) IS
'The number of durations whose end was observed.
crm_survival_count less this are still open.';

CREATE FUNCTION crm_survival_quantile(survival crm_survival, share double precision) RETURNS double precision
AS 'MODULE_PATHNAME', 'crm_survival_quantile_of' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_survival_quantile(crm_survival, double precision) IS
'Duration by which this share is over; 0.5 for the median.
The least t with 1 - S(t) >= share of the Kaplan-Meier (1958) estimator, where what is censored at a duration is still
at risk at it. Where S stands exactly at 1 - share, the first such t; decided in twice double precision, with a
tolerance of 2^-50 of it. NULL where the share is never over. Error 22023 unless 0 <= share <= 1.';

CREATE FUNCTION crm_survival_percentile(survival crm_survival, share double precision) RETURNS double precision
AS 'MODULE_PATHNAME', 'crm_survival_percentile_of' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_survival_percentile(crm_survival, double precision) IS
'Percentile of the durations that ended, as by percentile_cont.
Between two durations on the line between them, to the last bit what percentile_cont gives over the observed; the
censored are left out, which flatters: see crm_survival_quantile for all. NULL where none ended. Error 22023 unless 0
<= share <= 1.';

CREATE FUNCTION crm_survival_interval(
    survival crm_survival,
    share double precision,
    confidence double precision DEFAULT 0.95,
    method text DEFAULT 'log-log',
    OUT low double precision,
    OUT high double precision)
RETURNS record
AS 'MODULE_PATHNAME', 'crm_survival_interval_of' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION crm_survival_interval(crm_survival, double precision, double precision, text) IS
'Interval of a quantile of durations: low, high.
Where the pointwise limits of S first come down to 1 - share (Brookmeyer and Crowley 1982), by Greenwood''s variance;
method ''log-log'' or ''plain''. A limit that is never reached is NULL; high is finite once everything is over.
Errors: 22023 for another method, or unless 0 <= share <= 1 and 0 < confidence < 1.';

CREATE FUNCTION crm_survival_share(survival crm_survival, duration double precision) RETURNS double precision
AS 'MODULE_PATHNAME', 'crm_survival_share_of' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_survival_share(crm_survival, double precision) IS
'Share, 0..1, that lasts longer than a duration: S of Kaplan-Meier.
Beyond the last duration it stays where it was then, for nothing was seen there. NULL for no durations. Error 22023
for a negative duration and NaN.';

CREATE FUNCTION crm_survival_mean(survival crm_survival, horizon double precision) RETURNS double precision
AS 'MODULE_PATHNAME', 'crm_survival_mean_of' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_survival_mean(crm_survival, double precision) IS
'Mean duration up to a horizon: the area below the curve.
What lasts longer counts with the horizon (the restricted mean). NULL where the horizon lies beyond the last duration
and that was censored, for nothing is known there; where all are over, the horizon may be infinity. Error 22023 for a
negative horizon and NaN.';

CREATE FUNCTION crm_survival_curve(
    survival crm_survival,
    OUT duration double precision,
    OUT at_risk_count bigint,
    OUT observed_count bigint,
    OUT censored_count bigint,
    OUT share double precision,
    OUT low double precision,
    OUT high double precision)
RETURNS SETOF record
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20 ROWS 100;
COMMENT ON FUNCTION crm_survival_curve(crm_survival) IS
'The Kaplan-Meier curve, a row for each distinct duration.
How many were at risk, ended and were censored at it, the share S that lasts longer, and its pointwise 95 % limits on
the log-log scale. Before the first row S is 1.';

CREATE FUNCTION crm_survival_test(
    one crm_survival,
    other crm_survival,
    OUT chi_squared double precision,
    OUT p_value double precision)
RETURNS record
AS 'MODULE_PATHNAME', 'crm_survival_test_of' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION crm_survival_test(crm_survival, crm_survival) IS
'Log-rank test of whether two groups last equally long.
Mantel (1966): chi_squared with one degree of freedom and its p_value. NULL where nothing ended while both groups had
something open.';
