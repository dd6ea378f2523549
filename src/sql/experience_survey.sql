-- Survey measures: NPS, CSAT, CES, Kano, and intervals of a share.

CREATE FUNCTION crm_proportion_interval(
    hits bigint,
    trials bigint,
    confidence double precision DEFAULT 0.95,
    method text DEFAULT 'wilson',
    OUT low double precision,
    OUT high double precision)
RETURNS record
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;

COMMENT ON FUNCTION crm_proportion_interval(bigint, bigint, double precision, text) IS
'Interval of a share, 0..1: hits out of trials.
Methods: wilson (1927), agresti-coull (1998), wald (textbook; poor near 0 and 1), clamped to 0..1. NULL when trials is
0. Errors: 22023 unless 0 <= hits <= trials and 0 < confidence < 1, and for another method.';

-- A sum of counts is numeric. Through double precision, the preferred type of numbers, a call of
-- integers still finds one function alone.
CREATE FUNCTION crm_proportion_interval(
    hits double precision,
    trials double precision,
    confidence double precision DEFAULT 0.95,
    method text DEFAULT 'wilson',
    OUT low double precision,
    OUT high double precision)
RETURNS record
AS 'MODULE_PATHNAME', 'crm_proportion_interval_double' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;

COMMENT ON FUNCTION crm_proportion_interval(double precision, double precision, double precision, text) IS
'Interval of a share, 0..1: hits out of trials of any numeric type.
As crm_proportion_interval(bigint, bigint), for counts such as sum(x) and sum(y). Error 22023 also for what is no whole
number below 2^53.';

CREATE FUNCTION crm_nps_trans(state crm_nps_tally, score double precision)
RETURNS crm_nps_tally
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION crm_nps_trans(crm_nps_tally, double precision) IS
'Adds one score: support for crm_nps_agg.';

CREATE AGGREGATE crm_nps_agg(score double precision) (
    SFUNC = crm_nps_trans, STYPE = crm_nps_tally, SSPACE = 32,
    COMBINEFUNC = crm_nps_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE crm_nps_agg(double precision) IS
'Counts answers from 0 to 10 to: would you recommend us?
Net Promoter (Reichheld 2003): 0..6 detractors, 7..8 passives, 9..10 promoters. NULL scores are skipped; no others
give NULL. Errors: 22023 for anything but a whole number from 0 to 10.';

CREATE FUNCTION crm_nps(tally crm_nps_tally)
RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_nps(crm_nps_tally) IS
'Net Promoter Score, -100..100: % promoters - % detractors.';

CREATE FUNCTION crm_nps_interval(
    tally crm_nps_tally,
    confidence double precision DEFAULT 0.95,
    method text DEFAULT 'adjusted-wald',
    OUT low double precision,
    OUT high double precision)
RETURNS record
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;

COMMENT ON FUNCTION crm_nps_interval(crm_nps_tally, double precision, text) IS
'Interval of the Net Promoter Score, clamped to -100..100.
Methods: adjusted-wald, which adds 3/4 promoter, 3/4 detractor and 3/2 passives (Rocks 2016) and is extended to the
score where that lies outside, and wald. Errors: 22023 for another method or unless 0 < confidence < 1.';

CREATE FUNCTION crm_nps_count(tally crm_nps_tally)
RETURNS bigint
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_nps_count(crm_nps_tally) IS
'The number of answers.';

CREATE FUNCTION crm_nps_promoters(tally crm_nps_tally)
RETURNS bigint
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_nps_promoters(crm_nps_tally) IS
'The number of answers of 9 and 10.';

CREATE FUNCTION crm_nps_passives(tally crm_nps_tally)
RETURNS bigint
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_nps_passives(crm_nps_tally) IS
'The number of answers of 7 and 8.';

CREATE FUNCTION crm_nps_detractors(tally crm_nps_tally)
RETURNS bigint
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_nps_detractors(crm_nps_tally) IS
'The number of answers from 0 to 6.';

CREATE FUNCTION crm_csat_trans(
    state crm_csat_tally,
    score double precision,
    top_from double precision)
RETURNS crm_csat_tally
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION crm_csat_trans(crm_csat_tally, double precision, double precision) IS
'Adds one score: support for crm_csat_agg.';

CREATE FUNCTION crm_csat_trans(
    state crm_csat_tally,
    score double precision,
    top_from double precision,
    scale_min double precision,
    scale_max double precision)
RETURNS crm_csat_tally
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION crm_csat_trans(crm_csat_tally, double precision, double precision, double precision,
    double precision) IS
'Adds one score: support for crm_csat_agg.';

CREATE AGGREGATE crm_csat_agg(
    score double precision,
    top_from double precision) (
    SFUNC = crm_csat_trans, STYPE = crm_csat_tally, SSPACE = 64,
    COMBINEFUNC = crm_csat_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE crm_csat_agg(double precision, double precision) IS
'Counts satisfaction answers from 1 to 5, satisfied from top_from.
With top_from 4 crm_csat is the top-2-box share. NULL scores are skipped; no others give NULL. Errors: 22023 for a
score off the scale and a scale that changes between rows, 22004 for a NULL scale.';

CREATE AGGREGATE crm_csat_agg(
    score double precision,
    top_from double precision,
    scale_min double precision,
    scale_max double precision) (
    SFUNC = crm_csat_trans, STYPE = crm_csat_tally, SSPACE = 64,
    COMBINEFUNC = crm_csat_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE crm_csat_agg(double precision, double precision, double precision, double precision) IS
'Counts satisfaction answers on a scale of its own.
Scores run from scale_min to scale_max; those from top_from on are satisfied. NULL scores are skipped; no others give
NULL. Errors: 22023 for a score off the scale, a scale that does not rise and a scale that changes between rows, 22004
for a NULL scale.';

CREATE FUNCTION crm_csat(tally crm_csat_tally)
RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_csat(crm_csat_tally) IS
'Share, 0..1, of answers that are satisfied.';

CREATE FUNCTION crm_csat_interval(
    tally crm_csat_tally,
    confidence double precision DEFAULT 0.95,
    OUT low double precision,
    OUT high double precision)
RETURNS record
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;

COMMENT ON FUNCTION crm_csat_interval(crm_csat_tally, double precision) IS
'Wilson interval of the share of answers that are satisfied.
Errors: 22023 unless 0 < confidence < 1.';

CREATE FUNCTION crm_csat_mean(tally crm_csat_tally)
RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_csat_mean(crm_csat_tally) IS
'Mean score, in points of the scale asked.';

CREATE FUNCTION crm_csat_count(tally crm_csat_tally)
RETURNS bigint
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_csat_count(crm_csat_tally) IS
'The number of answers.';

CREATE FUNCTION crm_ces_trans(state crm_ces_tally, score double precision)
RETURNS crm_ces_tally
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION crm_ces_trans(crm_ces_tally, double precision) IS
'Adds one score: support for crm_ces_agg.';

CREATE FUNCTION crm_ces_trans(
    state crm_ces_tally,
    score double precision,
    hardest double precision,
    easiest double precision,
    easy_from double precision)
RETURNS crm_ces_tally
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION crm_ces_trans(crm_ces_tally, double precision, double precision, double precision,
    double precision) IS
'Adds one score: support for crm_ces_agg.';

CREATE AGGREGATE crm_ces_agg(score double precision) (
    SFUNC = crm_ces_trans, STYPE = crm_ces_tally, SSPACE = 64,
    COMBINEFUNC = crm_ces_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE crm_ces_agg(double precision) IS
'Counts effort answers from 1 (hard) to 7 (easy); 5 on is easy.
Customer Effort Score 2.0: "the company made it easy" (1 disagree, 7 agree). NULL scores are skipped; no others give
NULL. Errors: 22023 for a score off the scale and a scale that changes between rows, 22004 for a NULL scale.';

CREATE AGGREGATE crm_ces_agg(
    score double precision,
    hardest double precision,
    easiest double precision,
    easy_from double precision) (
    SFUNC = crm_ces_trans, STYPE = crm_ces_tally, SSPACE = 64,
    COMBINEFUNC = crm_ces_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE crm_ces_agg(double precision, double precision, double precision, double precision) IS
'Counts effort answers on a scale of its own.
The ends state the direction: 1, 7, 5 is CES 2.0; 5, 1, 2 is an effort question on which 1 is the least effort and 1
and 2 are easy. NULL scores are skipped; no others give NULL. Errors: 22023 for a score off the scale and a scale that
changes between rows, 22004 for a NULL scale.';

CREATE FUNCTION crm_ces(tally crm_ces_tally)
RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_ces(crm_ces_tally) IS
'Share, 0..1, of answers that are easy.';

CREATE FUNCTION crm_ces_interval(
    tally crm_ces_tally,
    confidence double precision DEFAULT 0.95,
    OUT low double precision,
    OUT high double precision)
RETURNS record
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;

COMMENT ON FUNCTION crm_ces_interval(crm_ces_tally, double precision) IS
'Wilson interval of the share of answers that are easy.
Errors: 22023 unless 0 < confidence < 1.';

CREATE FUNCTION crm_ces_mean(tally crm_ces_tally)
RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_ces_mean(crm_ces_tally) IS
'Mean score, in points of the scale asked.';

CREATE FUNCTION crm_ces_count(tally crm_ces_tally)
RETURNS bigint
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_ces_count(crm_ces_tally) IS
'The number of answers.';

CREATE FUNCTION crm_kano_class(functional integer, dysfunctional integer)
RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_kano_class(integer, integer) IS
'Kano class of two answers: A, O, M, I, R or Q.
The answers, to the feature being there and to its being absent, are 1 (like), 2 (must be), 3 (neutral),
4 (live with) and 5 (dislike).
Attractive, one-dimensional, must-be, indifferent, reverse, questionable (Kano 1984, table of Berger et al. 1993).
NULL when either is. Errors: 22023 for other answers.';

CREATE FUNCTION crm_kano_trans(
    state crm_kano_tally,
    functional integer,
    dysfunctional integer)
RETURNS crm_kano_tally
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION crm_kano_trans(crm_kano_tally, integer, integer) IS
'Adds one pair of answers: support for crm_kano_agg.';

CREATE AGGREGATE crm_kano_agg(functional integer, dysfunctional integer) (
    SFUNC = crm_kano_trans, STYPE = crm_kano_tally, SSPACE = 56,
    COMBINEFUNC = crm_kano_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE crm_kano_agg(integer, integer) IS
'Counts pairs of Kano answers by class.
A pair with a NULL is skipped; no others give NULL. Errors: 22023 for answers other than 1..5.';

CREATE FUNCTION crm_kano_better(tally crm_kano_tally)
RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_kano_better(crm_kano_tally) IS
'Better coefficient, 0..1: (A + O) / (A + O + M + I).
What having the feature adds to satisfaction (Berger et al. 1993). R and Q are left out: see crm_kano_count. NULL when
there are no others.';

CREATE FUNCTION crm_kano_worse(tally crm_kano_tally)
RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_kano_worse(crm_kano_tally) IS
'Worse coefficient, -1..0: -(O + M) / (A + O + M + I).
What lacking the feature takes from satisfaction (Berger et al. 1993). R and Q are left out: see crm_kano_count. NULL
when there are no others.';

CREATE FUNCTION crm_kano_count(tally crm_kano_tally, class text)
RETURNS bigint
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_kano_count(crm_kano_tally, text) IS
'The number of pairs of answers of a class: A, O, M, I, R or Q.
Errors: 22023 for another letter.';
