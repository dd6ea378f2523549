-- Did two groups differ: shares and means.

CREATE FUNCTION crm_proportion_test(
    x1 double precision,
    n1 double precision,
    x2 double precision,
    n2 double precision,
    confidence double precision DEFAULT 0.95,
    OUT difference double precision,
    OUT low double precision,
    OUT high double precision,
    OUT p_value double precision)
RETURNS record
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION crm_proportion_test(double precision, double precision, double precision, double precision,
    double precision) IS
'Difference of two shares, x1 of n1 less x2 of n2, and its p-value.
difference is x1/n1 - x2/n2; low..high its interval by method 10 of Newcombe (1998), of Wilson''s intervals of both
shares; p_value is of the two-sided score test with the pooled share, NULL where nobody or everybody has it. Counts or
sums of weights. NULL where a group is empty. Errors: 22023 unless 0 <= x <= n and 0 < confidence < 1.';

CREATE FUNCTION crm_moments_trans(state crm_moments, value double precision) RETURNS crm_moments
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION crm_moments_trans(crm_moments, double precision) IS
'Adds one number to a summary: support for crm_moments_agg.';

CREATE AGGREGATE crm_moments_agg(value double precision) (
    SFUNC = crm_moments_trans, STYPE = crm_moments, SSPACE = 96,
    COMBINEFUNC = crm_moments_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm_moments_agg(double precision) IS
'Summarises numbers for means and their comparison.
NULLs are skipped; no numbers give NULL. Errors: 22023 for NaN and infinities, 22003 where a sum overflows or a square
vanishes.';

CREATE FUNCTION crm_moments_count(moments crm_moments) RETURNS bigint
AS 'MODULE_PATHNAME', 'crm_moments_count_of' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_moments_count(crm_moments) IS
'The number of values in a summary.';

CREATE FUNCTION crm_moments_mean(moments crm_moments) RETURNS double precision
AS 'MODULE_PATHNAME', 'crm_moments_mean_of' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_moments_mean(crm_moments) IS
'Mean of the numbers of a summary.';

CREATE FUNCTION crm_moments_stddev(moments crm_moments) RETURNS double precision
AS 'MODULE_PATHNAME', 'crm_moments_stddev_of' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_moments_stddev(crm_moments) IS
'Sample standard deviation of the numbers of a summary.
NULL below two numbers, exactly 0 where all are equal.';

CREATE FUNCTION crm_moments_interval(
    moments crm_moments,
    confidence double precision DEFAULT 0.95,
    OUT low double precision,
    OUT high double precision)
RETURNS record
AS 'MODULE_PATHNAME', 'crm_moments_interval_of' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION crm_moments_interval(crm_moments, double precision) IS
'Student interval of the mean: low, high.
NULL below two numbers. Error 22023 unless 0 < confidence < 1.';

CREATE FUNCTION crm_mean_difference(
    one crm_moments,
    other crm_moments,
    confidence double precision DEFAULT 0.95,
    OUT difference double precision,
    OUT low double precision,
    OUT high double precision,
    OUT p_value double precision)
RETURNS record
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION crm_mean_difference(crm_moments, crm_moments, double precision) IS
'Difference of two means, one less other, with Welch''s test.
Returns difference, its interval low..high and the two-sided p_value, with the degrees of freedom of Welch (1947).
NULL where one or other has fewer than two numbers, and where neither varies. Error 22023 unless 0 < confidence < 1.';
