-- Which drivers an outcome goes with: relative importance.

CREATE FUNCTION crm_driver_trans(
    state crm_driver_model,
    outcome double precision,
    drivers double precision[])
RETURNS crm_driver_model
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20;

COMMENT ON FUNCTION crm_driver_trans(crm_driver_model, double precision, double precision[]) IS
'Adds one row: support for crm_driver_fit.';

CREATE FUNCTION crm_driver_trans(
    state crm_driver_model,
    outcome double precision,
    drivers double precision[],
    weight double precision)
RETURNS crm_driver_model
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20;

COMMENT ON FUNCTION crm_driver_trans(crm_driver_model, double precision, double precision[], double precision) IS
'Adds one weighted row: support for crm_driver_fit.';

CREATE AGGREGATE crm_driver_fit(
    outcome double precision,
    drivers double precision[]) (
    SFUNC = crm_driver_trans, STYPE = crm_driver_model, SSPACE = 512,
    COMBINEFUNC = crm_driver_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE crm_driver_fit(double precision, double precision[]) IS
'Fits an outcome on an array of drivers, for crm_drivers.
A row with a NULL outcome, array or element is left out and counted by crm_driver_skipped. No rows give NULL. Errors:
22023 for NaN, infinities, arrays of differing length, and other than 1 to 64 drivers; 22003 where a sum overflows or
a square vanishes.';

CREATE AGGREGATE crm_driver_fit(
    outcome double precision,
    drivers double precision[],
    weight double precision) (
    SFUNC = crm_driver_trans, STYPE = crm_driver_model, SSPACE = 512,
    COMBINEFUNC = crm_driver_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE crm_driver_fit(double precision, double precision[], double precision) IS
'Fits an outcome on an array of drivers, respondents weighted.
weight: how many of the population a respondent stands for, or any multiple of it; 0 or more (22023). A row with a
weight of 0 does not count, one with a NULL is counted by crm_driver_skipped. Otherwise as crm_driver_fit(outcome,
drivers).';

CREATE FUNCTION crm_drivers(
    fit crm_driver_model,
    OUT driver integer,
    OUT correlation double precision,
    OUT beta double precision,
    OUT relative_weight double precision,
    OUT shapley double precision)
RETURNS SETOF record
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
COST 1000 ROWS 5;

COMMENT ON FUNCTION crm_drivers(crm_driver_model) IS
'What each driver contributes, by its place in the array.
correlation with the outcome; beta, the standardized regression coefficient; relative_weight (Johnson 2000) and
shapley (LMG: Lindeman, Merenda, Gold 1980), which each divide R squared among the drivers and need not rank them
alike. Correlation is not cause. shapley is NULL beyond 15 drivers. A constant variable, dependent drivers (an
eigenvalue of their correlation matrix below 1e-9) or too few rows give NULLs and a NOTICE; five rows a driver or
fewer give a NOTICE.';

CREATE FUNCTION crm_r_squared(fit crm_driver_model)
RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;

COMMENT ON FUNCTION crm_r_squared(crm_driver_model) IS
'Share, 0..1, of the variance of the outcome that the drivers explain.
The sum of relative_weight, and of shapley, over crm_drivers, to rounding. NULL and a NOTICE where they are NULL.';

CREATE FUNCTION crm_driver_count(fit crm_driver_model)
RETURNS bigint
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_driver_count(crm_driver_model) IS
'The number of rows used in a fit.';

CREATE FUNCTION crm_driver_skipped(fit crm_driver_model)
RETURNS bigint
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_driver_skipped(crm_driver_model) IS
'The number of rows left out because of a NULL.';
