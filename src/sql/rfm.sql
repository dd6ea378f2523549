-- RFM: recency, frequency, monetary value.

CREATE FUNCTION crm_breaks_fit(distribution crm_distribution, bins integer DEFAULT 5) RETURNS double precision[]
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_breaks_fit(crm_distribution, integer) IS
'The bins-1 interior quantiles of a distribution, for crm_score.
As the aggregate crm_breaks_fit(value, bins); NULL for an empty distribution.';

CREATE FUNCTION crm_breaks_fit_final(state crm_distribution) RETURNS double precision[]
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_breaks_fit_final(crm_distribution) IS
'Support of the aggregate crm_breaks_fit: the quantiles.';

CREATE AGGREGATE crm_breaks_fit(value double precision) (
    SFUNC = crm_distribution_trans, STYPE = crm_distribution, SSPACE = 512,
    FINALFUNC = crm_breaks_fit_final, COMBINEFUNC = crm_distribution_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm_breaks_fit(double precision) IS
'The four quantiles that cut a population into five bins.
As crm_breaks_fit(value, 5).';

CREATE AGGREGATE crm_breaks_fit(value double precision, bins integer) (
    SFUNC = crm_distribution_trans, STYPE = crm_distribution, SSPACE = 512,
    FINALFUNC = crm_breaks_fit_final, COMBINEFUNC = crm_distribution_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm_breaks_fit(double precision, integer) IS
'The bins-1 interior quantiles of a population, for crm_score.
Ascending. value: one per customer, in any unit; NULLs are skipped, NaN and infinity refused (22023). bins: 1 to 1000,
the same in every row (else 22023; 22004 for NULL).
Linear interpolation between the closest ranks (type 7 of Hyndman and Fan 1996), as in percentile_cont. No values
give NULL. The result does not depend on the order of rows or on the plan.
Where many customers share a value breaks may coincide, and then a score stays empty: equal values get equal scores.';

CREATE FUNCTION crm_score(value double precision, breaks double precision[], reverse boolean DEFAULT false)
RETURNS integer
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_score(double precision, double precision[], boolean) IS
'1 + the number of breaks below value; reversed, bins + 1 - that.
5 is best: reverse where small is good, as days since the last purchase are. breaks: from crm_breaks_fit or your own,
ascending; n breaks make scores 1 to n + 1. A value on a break belongs to the lower bin, and equal values always get
equal scores.
NULL when an argument is NULL. Error 22023 for NaN and for breaks that do not ascend.';

CREATE FUNCTION crm_breaks_describe(breaks double precision[], distribution crm_distribution DEFAULT NULL,
    reverse boolean DEFAULT false, OUT score integer, OUT above double precision, OUT up_to double precision,
    OUT customers bigint, OUT empty boolean)
RETURNS SETOF record
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20 ROWS 5;
COMMENT ON FUNCTION crm_breaks_describe(double precision[], crm_distribution, boolean) IS
'What each score means, one row per score, for breaks of crm_score.
score: as crm_score gives it with the same reverse. A value has it when it is greater than above and at most up_to; NULL
is an open end. customers: how many values of distribution have it, NULL without distribution. empty: no value can have
this score, because two breaks coincide; a NOTICE tells of it, too.
breaks: from crm_breaks_fit or your own, at most 999, ascending and finite (else 22023). distribution: from
crm_distribution_agg, of the population that was fitted or of another. No rows when breaks or reverse is NULL.';

CREATE FUNCTION crm_segment_map(name text DEFAULT 'grid') RETURNS text
AS 'MODULE_PATHNAME', 'crm_segment_map_text' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_segment_map(text) IS
'The text of a built-in map from RFM scores to segments.
name: ''grid'', recency by frequency, each pair in exactly one of ten segments; or ''rfm_r'', the ranges in the README
of the R package rfm. Error 22023 for another name.
The format, to be edited: one rule per line (or separated by semicolons): the scores of R, F and M as "5", "2-4" or
"*", then the segment. The first rule that matches wins. A last line "else name" takes what is left. "#" begins a
comment line.';

CREATE FUNCTION crm_rfm_segment(r integer, f integer, m integer, map text DEFAULT crm_segment_map()) RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_rfm_segment(integer, integer, integer, text) IS
'The segment of a customer with scores r, f and m, each 1 to 5, 5 best.
map: a built-in map, as crm_segment_map(''rfm_r''), or a text of your own in the same format; it is parsed once per
query. A NOTICE tells of cells without a segment and of rules that are never reached.
NULL when an argument is NULL and where no rule matches. Errors: 22023 for a score outside 1 to 5, 22P02 for a map
that does not parse.';

CREATE FUNCTION crm_segment_map_audit(map text, OUT r integer, OUT f integer, OUT m integer, OUT matches integer,
    OUT segment text)
RETURNS SETOF record
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20 ROWS 125;
COMMENT ON FUNCTION crm_segment_map_audit(text) IS
'The 125 cells of a segment map: how many rules match each, which wins.
r, f, m: the scores. matches: rules that match, "else" not counted: 0 is left to "else" or uncovered, 2 and more are
decided by order. segment: the winner, NULL where the cell is uncovered. Error 22P02 for a map that does not parse.';

CREATE FUNCTION crm_segment_map_names(map text) RETURNS text[]
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION crm_segment_map_names(text) IS
'The segments of a map, each once, in order of first mention.
Also those of rules that are never reached. Error 22P02 for a map that does not parse.
Example: SELECT crm_segment_map_names(''5 * * best; 1-2 * * lost; 3-4 5 * best; else rest'').';

-- Scores of a population, day by day

CREATE FUNCTION crm_score_cells_trans(
    state bytea, activity crm_activity, dates date[], recency_breaks double precision[],
    frequency_breaks double precision[], monetary_breaks double precision[])
RETURNS bytea
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20;
CREATE FUNCTION crm_score_cells_combine(state bytea, other bytea) RETURNS bytea
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
CREATE FUNCTION crm_score_cells_final(state bytea) RETURNS numeric[]
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION crm_score_cells_trans(bytea, crm_activity, date[], double precision[], double precision[],
    double precision[]) IS
'Support of crm_score_cells: takes in a ledger.';
COMMENT ON FUNCTION crm_score_cells_combine(bytea, bytea) IS
'Support of crm_score_cells: adds two states.';
COMMENT ON FUNCTION crm_score_cells_final(bytea) IS
'Support of crm_score_cells: the cells with customers.';

CREATE AGGREGATE crm_score_cells(
    activity crm_activity, dates date[], recency_breaks double precision[],
    frequency_breaks double precision[], monetary_breaks double precision[]) (
    SFUNC = crm_score_cells_trans, STYPE = bytea, SSPACE = 65536,
    FINALFUNC = crm_score_cells_final, COMBINEFUNC = crm_score_cells_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm_score_cells(crm_activity, date[], double precision[], double precision[],
    double precision[]) IS
'Customers and amounts by RFM scores, on several days in one pass.
A row of six numbers for each day and three scores that somebody has: which of dates, counted from 1; the scores of
recency, frequency and monetary value as crm_score gives them of crm_days_since_last (reversed), crm_event_count and
crm_amount as of that day; how many customers; their net amount up to it. Customers count from their first active day
on.
dates: ascending, 1 to 1200. The breaks: ascending, at most 9 each; NULL makes that score 0. All the same in every row
(else 22023). Rows with a NULL ledger or NULL dates are skipped, no rows give NULL. Exact; the order of rows and the
plan change nothing. Error 22003 for an amount beyond 922337203685477.5807 of a customer, or 2^112 units of 0.0001 of
all.
Example: SELECT crm_score_cells(activity, ''{2024-06-30,2024-12-31}'', ''{30,90}'', ''{1,5}'', ''{100,1000}'') FROM
ledger.';
