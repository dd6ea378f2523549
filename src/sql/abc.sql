-- ABC classes, and how concentrated a total is.

CREATE FUNCTION crm_abc_fit(distribution crm_distribution, cuts double precision[] DEFAULT '{0.8,0.95}')
RETURNS double precision[]
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION crm_abc_fit(crm_distribution, double precision[]) IS
'The lowest value of each ABC class, from a distribution.
As the aggregate crm_abc_fit(value, cuts).';

CREATE FUNCTION crm_abc_fit_final(state crm_distribution) RETURNS double precision[]
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION crm_abc_fit_cuts_final(state crm_distribution) RETURNS double precision[]
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_abc_fit_final(crm_distribution) IS
'Support of the aggregate crm_abc_fit(value): the limits.';
COMMENT ON FUNCTION crm_abc_fit_cuts_final(crm_distribution) IS
'Support of the aggregate crm_abc_fit(value, cuts): the limits.';

CREATE AGGREGATE crm_abc_fit(value double precision) (
    SFUNC = crm_distribution_trans, STYPE = crm_distribution, SSPACE = 512,
    FINALFUNC = crm_abc_fit_final, COMBINEFUNC = crm_distribution_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm_abc_fit(double precision) IS
'The lowest value of each of the classes A, B and C.
As crm_abc_fit(value, ''{0.8,0.95}'').';

CREATE AGGREGATE crm_abc_fit(value double precision, cuts double precision[]) (
    SFUNC = crm_distribution_trans, STYPE = crm_distribution, SSPACE = 512,
    FINALFUNC = crm_abc_fit_cuts_final, COMBINEFUNC = crm_distribution_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm_abc_fit(double precision, double precision[]) IS
'The lowest value of each ABC class, descending, for crm_abc_class.
value: one per customer; NULLs are skipped, NaN and infinity refused (22023). cuts: 1 to 12 cumulative shares of the
total, ascending between 0 and 1 (else 22023), the same in every row: n cuts make n + 1 classes.
A value is in the first class whose cut exceeds the share of the total held by strictly greater values. So A is never
empty, the customer who crosses a cut is still in the class before it, and equal values are in one class. A share that
is less than a cut only by rounding, as that of 2.4 in 3 is less than 0.8, has reached it. The total is that of the
positive values; NULL when there is none. A class that stays empty repeats the limit before it.
NULL or empty cuts: three classes whose limits the data decide, computed as Ultsch and Loetsch (PLoS ONE 10, 2015) do,
on the points of the curve themselves.
The result does not depend on the order of rows or on the plan. Error 22003 for a total beyond double precision.';

CREATE FUNCTION crm_abc_class(value double precision, limits double precision[]) RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION crm_abc_class(double precision, double precision[]) IS
'ABC class of a value: ''A'', ''B'', ''C'' and so on; ''Z'' for 0, ''N'' below 0.
limits: the lowest value of each class, from crm_abc_fit or your own, at most 13, descending (else 22023). The first
class whose limit value reaches; a positive value below all of them is in the last.
NULL when value is NULL, and when limits is NULL or empty and value positive. Error 22023 for NaN.';

CREATE FUNCTION crm_abc_grade(value_class text, potential double precision, cut double precision) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN value_class = 'A' THEN 'A' WHEN potential >= cut AND potential <> 'NaN' THEN 'B' ELSE 'C' END;
COMMENT ON FUNCTION crm_abc_grade(text, double precision, double precision) IS
'The grade of a customer: A by value, B by potential, C the rest.
value_class: from crm_abc_class; only ''A'' matters. potential: any score that you trust, as the expected purchases of
a lifetime-value model. cut: the potential from which a customer is B.
Never NULL: a customer without a value yet may be B by potential, and a potential or cut that is NULL or NaN makes
nobody B.';

-- Concentration

CREATE FUNCTION crm_gini(distribution crm_distribution) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_gini(crm_distribution) IS
'Gini coefficient of values that were collected before.
As the aggregate crm_gini(value).';

CREATE AGGREGATE crm_gini(value double precision) (
    SFUNC = crm_distribution_trans, STYPE = crm_distribution, SSPACE = 512,
    FINALFUNC = crm_gini, COMBINEFUNC = crm_distribution_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm_gini(double precision) IS
'Gini coefficient: 0 when all have the same, near 1 when one has all.
G = 2 sum(i v_i) / (n sum(v)) - (n + 1) / n, v ascending: that of the population; times n / (n - 1) for that of a
sample. Zeros count, NULLs are skipped. NULL when a value is negative or the total is 0. Errors: 22023 for NaN and
infinity, 22003 for a total beyond double precision.';

CREATE FUNCTION crm_top_share(distribution crm_distribution, share double precision) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_top_share(crm_distribution, double precision) IS
'Share of the total held by the top customers, from a distribution.
As the aggregate crm_top_share(value, share).';

CREATE FUNCTION crm_top_share_final(state crm_distribution) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_top_share_final(crm_distribution) IS
'Support of the aggregate crm_top_share: the share.';

CREATE AGGREGATE crm_top_share(value double precision, share double precision) (
    SFUNC = crm_distribution_trans, STYPE = crm_distribution, SSPACE = 512,
    FINALFUNC = crm_top_share_final, COMBINEFUNC = crm_distribution_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm_top_share(double precision, double precision) IS
'Share of the total that the top share of customers holds, 0 to 1.
crm_top_share(amount, 0.2) is the 80 of 80/20. share: 0 to 1 (else 22023; 22004 for NULL), of all customers whose
value is not NULL; linear where it ends between two of them. Negative values count as 0. NULL when no value is
positive. Errors: 22023 for NaN and infinity, 22003 for a total beyond double precision.';

CREATE FUNCTION crm_pareto_width(distribution crm_distribution, share double precision) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION crm_pareto_width(crm_distribution, double precision) IS
'Smallest share of customers that holds a share, from a distribution.
As the aggregate crm_pareto_width(value, share).';

CREATE FUNCTION crm_pareto_width_final(state crm_distribution) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_pareto_width_final(crm_distribution) IS
'Support of the aggregate crm_pareto_width: the share of customers.';

CREATE AGGREGATE crm_pareto_width(value double precision, share double precision) (
    SFUNC = crm_distribution_trans, STYPE = crm_distribution, SSPACE = 512,
    FINALFUNC = crm_pareto_width_final, COMBINEFUNC = crm_distribution_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm_pareto_width(double precision, double precision) IS
'The smallest share of customers that holds a share of the total.
crm_pareto_width(amount, 0.8) is the 20 of 80/20: k / n, where the top k of n customers hold at least the share, and k
- 1 do not. share: 0 to 1 (else 22023; 22004 for NULL). Negative values count as 0. NULL when no value is positive.
Errors: 22023 for NaN and infinity, 22003 for a total beyond double precision.';

CREATE FUNCTION crm_hhi(distribution crm_distribution) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_hhi(crm_distribution) IS
'Herfindahl-Hirschman index of values that were collected before.
As the aggregate crm_hhi(value).';

CREATE AGGREGATE crm_hhi(value double precision) (
    SFUNC = crm_distribution_trans, STYPE = crm_distribution, SSPACE = 512,
    FINALFUNC = crm_hhi, COMBINEFUNC = crm_distribution_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm_hhi(double precision) IS
'Herfindahl-Hirschman index: the sum of squared shares, 1/n to 1.
1 / n when all have the same, 1 when one has all; its inverse is the number of equal customers that would be as
concentrated. Times 10,000 in the scale of competition law. Negative values count as 0, NULLs are skipped. NULL when
no value is positive. Errors: 22023 for NaN and infinity, 22003 for a total beyond double precision.';

CREATE FUNCTION crm_lorenz(distribution crm_distribution, points integer) RETURNS double precision[]
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_lorenz(crm_distribution, integer) IS
'Points of the Lorenz curve, from a distribution.
As the aggregate crm_lorenz(value, points).';

CREATE FUNCTION crm_lorenz_final(state crm_distribution) RETURNS double precision[]
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_lorenz_final(crm_distribution) IS
'Support of the aggregate crm_lorenz: the points.';

CREATE AGGREGATE crm_lorenz(value double precision, points integer) (
    SFUNC = crm_distribution_trans, STYPE = crm_distribution, SSPACE = 512,
    FINALFUNC = crm_lorenz_final, COMBINEFUNC = crm_distribution_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm_lorenz(double precision, integer) IS
'The Lorenz curve: element i is what the lowest i/points hold.
As shares of the total, linear between customers; the last element is 1. points: 1 to 1000, the same in every row
(else 22023; 22004 for NULL). NULL when a value is negative or the total is 0. Errors: 22023 for NaN and infinity,
22003 for a total beyond double precision.';
