-- Expected against actual: gaps, outcomes, intervals, tests.

CREATE FUNCTION crm_experience_gap(
    expected double precision,
    actual double precision)
RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_experience_gap(double precision, double precision) IS
'The gap of one rating: actual - expected, in scale points.
SERVQUAL: Parasuraman, Zeithaml, Berry (1988). NULL when either side is. Errors: 22023 for NaN and infinities, 22003
for overflow.';

CREATE FUNCTION crm_experience_outcome(
    expected double precision,
    actual double precision,
    tolerance double precision DEFAULT 0.5)
RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_experience_outcome(double precision, double precision, double precision) IS
'Outcome of one rating: negative, satisfied or positive.
Expectation-disconfirmation (Oliver 1980): satisfied while the gap is at most tolerance, in scale points, either way;
the default is half a scale step. Rounding of decimal scores does not count: 0.6 to 1.1 is satisfied. An infinite gap
of finite scores is what its sign says. NULL when either side is. Errors: 22023 for NaN, infinities and a negative
tolerance.';

CREATE FUNCTION crm_experience_trans(
    state crm_experience,
    expected double precision,
    actual double precision)
RETURNS crm_experience
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION crm_experience_trans(crm_experience, double precision, double precision) IS
'Adds one rating to a summary: support for crm_experience_agg.';

CREATE FUNCTION crm_experience_trans(
    state crm_experience,
    expected double precision,
    actual double precision,
    weight double precision)
RETURNS crm_experience
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION crm_experience_trans(crm_experience, double precision, double precision, double precision) IS
'Adds one rating to a summary: support for crm_experience_agg.';

CREATE AGGREGATE crm_experience_agg(
    expected double precision,
    actual double precision) (
    SFUNC = crm_experience_trans, STYPE = crm_experience, SSPACE = 320,
    COMBINEFUNC = crm_experience_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE crm_experience_agg(double precision, double precision) IS
'Summarises pairs of expected and actual scores, one scale.
A rating with one side NULL counts for the other side alone, not for the gap: SERVPERF passes NULL for expected. No
rating at all gives NULL. Outcomes are counted at the default tolerance, 0.5. Errors: 22023 for NaN and infinities,
22003 where a sum overflows or a square vanishes.';

CREATE AGGREGATE crm_experience_agg(
    expected double precision,
    actual double precision,
    weight double precision) (
    SFUNC = crm_experience_trans, STYPE = crm_experience, SSPACE = 320,
    COMBINEFUNC = crm_experience_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE crm_experience_agg(double precision, double precision, double precision) IS
'Summarises weighted pairs of expected and actual scores.
Weights are importance or sampling weights, of which only the ratios matter: standard errors follow from the effective
sample size (sum w)^2 / sum w^2 (Kish 1965), so n equal weights give what n unweighted rows give. A weight of 0 or
NULL leaves the row out. A rating with one side NULL counts for the other side alone, not for the gap: SERVPERF passes
NULL for expected. Errors: 22023 for a negative weight, NaN and infinities, 22003 where a sum overflows or a square
vanishes.';

CREATE FUNCTION crm_gap_count(experience crm_experience)
RETURNS bigint
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_gap_count(crm_experience) IS
'The number of ratings with both scores and a positive weight.';

CREATE FUNCTION crm_gap_mean(experience crm_experience)
RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_gap_mean(crm_experience) IS
'Weighted mean gap, actual - expected.
Over the ratings with both sides. Differs from crm_actual_mean - crm_expected_mean where one side of some ratings is
missing. NULL where there are none.';

CREATE FUNCTION crm_gap_stddev(experience crm_experience)
RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_gap_stddev(crm_experience) IS
'Sample standard deviation of the gap, actual - expected.
NULL below two ratings, exactly 0 where all are equal, up to the rounding of decimal scores.';

CREATE FUNCTION crm_gap_stderr(experience crm_experience)
RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_gap_stderr(crm_experience) IS
'Standard error of the mean gap, actual - expected.
The standard deviation over the root of the (effective) sample size. NULL below two ratings, exactly 0 where all are
equal, up to the rounding of decimal scores.';

CREATE FUNCTION crm_gap_interval(
    experience crm_experience,
    confidence double precision DEFAULT 0.95,
    OUT low double precision,
    OUT high double precision)
RETURNS record
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;

COMMENT ON FUNCTION crm_gap_interval(crm_experience, double precision) IS
'Student interval of the mean gap, actual - expected: low, high.
Degrees of freedom are the (effective) sample size less 1. NULL below two ratings. Errors: 22023 unless 0 < confidence
< 1.';

CREATE FUNCTION crm_expected_count(experience crm_experience)
RETURNS bigint
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_expected_count(crm_experience) IS
'The number of ratings with an expected score and a positive weight.';

CREATE FUNCTION crm_expected_mean(experience crm_experience)
RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_expected_mean(crm_experience) IS
'Weighted mean expected score.
Over the ratings with an expected score. NULL where there are none.';

CREATE FUNCTION crm_expected_stddev(experience crm_experience)
RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_expected_stddev(crm_experience) IS
'Sample standard deviation of the expected score.
NULL below two ratings, exactly 0 where all are equal.';

CREATE FUNCTION crm_expected_stderr(experience crm_experience)
RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_expected_stderr(crm_experience) IS
'Standard error of the mean expected score.
The standard deviation over the root of the (effective) sample size. NULL below two ratings, exactly 0 where all are
equal.';

CREATE FUNCTION crm_expected_interval(
    experience crm_experience,
    confidence double precision DEFAULT 0.95,
    OUT low double precision,
    OUT high double precision)
RETURNS record
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;

COMMENT ON FUNCTION crm_expected_interval(crm_experience, double precision) IS
'Student interval of the mean expected score: low, high.
Degrees of freedom are the (effective) sample size less 1. NULL below two ratings. Errors: 22023 unless 0 < confidence
< 1.';

CREATE FUNCTION crm_actual_count(experience crm_experience)
RETURNS bigint
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_actual_count(crm_experience) IS
'The number of ratings with an actual score and a positive weight.';

CREATE FUNCTION crm_actual_mean(experience crm_experience)
RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_actual_mean(crm_experience) IS
'Weighted mean actual score.
Over the ratings with an actual score. NULL where there are none.';

CREATE FUNCTION crm_actual_stddev(experience crm_experience)
RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_actual_stddev(crm_experience) IS
'Sample standard deviation of the actual score.
NULL below two ratings, exactly 0 where all are equal.';

CREATE FUNCTION crm_actual_stderr(experience crm_experience)
RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_actual_stderr(crm_experience) IS
'Standard error of the mean actual score.
The standard deviation over the root of the (effective) sample size. NULL below two ratings, exactly 0 where all are
equal.';

CREATE FUNCTION crm_actual_interval(
    experience crm_experience,
    confidence double precision DEFAULT 0.95,
    OUT low double precision,
    OUT high double precision)
RETURNS record
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;

COMMENT ON FUNCTION crm_actual_interval(crm_experience, double precision) IS
'Student interval of the mean actual score: low, high.
Degrees of freedom are the (effective) sample size less 1. NULL below two ratings. Errors: 22023 unless 0 < confidence
< 1.';

CREATE FUNCTION crm_outcome_share(experience crm_experience, outcome text)
RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_outcome_share(crm_experience, text) IS
'Share, 0..1, of pairs that are negative, satisfied or positive.
By weight, at a tolerance of 0.5. NULL where no rating has both sides. Errors: 22023 for another outcome.';

CREATE FUNCTION crm_group_outcome(
    experience crm_experience,
    tolerance double precision DEFAULT 0.5,
    confidence double precision DEFAULT 0.95)
RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;

COMMENT ON FUNCTION crm_group_outcome(crm_experience, double precision, double precision) IS
'Outcome of a group: negative, satisfied or positive.
Positive when the whole interval of the mean gap lies above +tolerance, negative when below -tolerance, else
satisfied: no gap worth acting on is proven. Rounding of decimal scores does not count, as in crm_experience_outcome.
NULL below two pairs. Errors: 22023 for a bad tolerance or confidence.';

CREATE FUNCTION crm_gap_test(
    one crm_experience,
    other crm_experience,
    confidence double precision DEFAULT 0.95,
    OUT difference double precision,
    OUT low double precision,
    OUT high double precision,
    OUT p_value double precision)
RETURNS record
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;

COMMENT ON FUNCTION crm_gap_test(crm_experience, crm_experience, double precision) IS
'Difference of two mean gaps, one less other, with Welch''s test.
Returns difference, its interval low..high and the two-sided p_value (Welch 1947). Give the later period as one to
read an improvement as positive. NULL when one or other has fewer than two pairs; p_value is NULL when neither varies
by more than the rounding of decimal scores. Errors: 22023 unless 0 < confidence < 1.';
