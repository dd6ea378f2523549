-- A weighted index of 0 to 100, and the importance-performance grid.

CREATE FUNCTION crm_index_trans(
    state crm_index,
    score double precision,
    weight double precision,
    scale_min double precision,
    scale_max double precision)
RETURNS crm_index
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION crm_index_trans(crm_index, double precision, double precision, double precision,
    double precision) IS
'Adds one cell: support for crm_index_agg.';

CREATE AGGREGATE crm_index_agg(
    score double precision,
    weight double precision,
    scale_min double precision,
    scale_max double precision) (
    SFUNC = crm_index_trans, STYPE = crm_index, SSPACE = 72,
    COMBINEFUNC = crm_index_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE crm_index_agg(double precision, double precision, double precision, double precision) IS
'Weighted index over cells, each on a scale of its own.
A score counts as (score - scale_min) / (scale_max - scale_min). A NULL score is an absent cell: its weight lowers the
coverage and is not spread over the others. A NULL weight leaves the cell out. Errors: 22023 for a score off its
scale, a scale that does not rise, a negative weight, NaN and infinities; 22004 for a NULL scale; 22003 for a scale or
weights beyond double precision.';

CREATE FUNCTION crm_index_value(index crm_index)
RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_index_value(crm_index) IS
'The index, 0..100: weighted mean over the cells present.
NULL where their weights add up to 0.';

CREATE FUNCTION crm_index_coverage(index crm_index)
RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_index_coverage(crm_index) IS
'Weight of the cells present as a share, 0..1, of all cells seen.
Absent cells, those with a NULL score, are seen too. NULL where all weights are 0.';

CREATE FUNCTION crm_index_coverage(index crm_index, full_weight double precision)
RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_index_coverage(crm_index, double precision) IS
'Weight of the cells present as a share, 0..1, of the full weight.
For cells that have no row at all. NULL where full_weight is NULL, and where it is 0 as is the weight present. Errors:
22023 when full_weight is less than the weight present.';

CREATE FUNCTION crm_index_weight(index crm_index)
RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_index_weight(crm_index) IS
'Weight of the cells present.
Merge indices with crm_rollup. An index of indices by this weight has the same value, but has lost the weight of
absent cells: see crm_index_absent_weight.';

CREATE FUNCTION crm_index_absent_weight(index crm_index)
RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_index_absent_weight(crm_index) IS
'Weight of the absent cells, those with a NULL score.
With crm_index_weight it makes up the full weight of crm_index_coverage.';

CREATE FUNCTION crm_index_count(index crm_index)
RETURNS bigint
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_index_count(crm_index) IS
'The number of cells present.';

CREATE FUNCTION crm_index_absent_count(index crm_index)
RETURNS bigint
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_index_absent_count(crm_index) IS
'The number of absent cells: a weight, and a NULL score.';

CREATE FUNCTION crm_ipa_quadrant(
    importance double precision,
    performance double precision,
    importance_cross double precision,
    performance_cross double precision)
RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_ipa_quadrant(double precision, double precision, double precision, double precision) IS
'Quadrant of importance-performance analysis.
concentrate here (important, poor), keep up (important, good), low priority (neither), possible overkill (good,
unimportant); a value on the cross counts as high (Martilla and James 1977). Choose the cross: means, medians or scale
middles. NULL when any argument is. Errors: 22023 for NaN and infinities.';
