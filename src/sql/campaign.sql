-- Campaigns: shares of a conversion among touches, and surges of mentions.

CREATE FUNCTION crm_attribution_weights(
    touched_at timestamptz[],
    converted_at timestamptz,
    model text,
    half_life_days double precision DEFAULT 7,
    window_days double precision DEFAULT NULL,
    excluded boolean[] DEFAULT NULL)
RETURNS double precision[]
AS 'MODULE_PATHNAME', 'crm_attribution_weights_at' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20;

COMMENT ON FUNCTION crm_attribution_weights(timestamptz[], timestamptz, text, double precision, double precision,
    boolean[]) IS
'The share of a conversion that each touch before it is credited with.
One weight for each touch, at its place in the array; they add up to 1, or are all 0 where no touch counts. Touches that
are NULL, infinite or later than converted_at have 0, one at that instant counts; so have those more than window_days x
86,400 s before it (exactly as many count; NULL, the default: no window), and those whose excluded is true (direct
visits, payment providers; one for each touch; NULL excludes nothing). model: first, last, linear (the same for all),
position (0.4 for the first and the last, the rest shared between; halves for two) or decay (2^(-age / half_life_days),
by age from the newest touch that counts). Only time decides, never the place in the array: touches of one instant share
what their ranks would have. NULL when one of the first four arguments is NULL or converted_at infinite. Errors: 22023
for another model, a half-life that is not positive and finite, a negative window; 2202E for arrays of more than one
dimension or of different lengths.
Example: SELECT channel, sum(w) FROM path, unnest(channels, crm_attribution_weights(touched, converted_at,
''position'')) AS t (channel, w) GROUP BY channel.';

CREATE FUNCTION crm_surge(
    observed double precision,
    baseline double precision[],
    OUT z double precision,
    OUT p_value double precision,
    OUT method text)
RETURNS record
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;

COMMENT ON FUNCTION crm_surge(double precision, double precision[]) IS
'Whether a value is unusually high: its z-score, and a p-value.
baseline: comparable values, such as the same weekday of the last eight weeks, never the value itself; NULLs in it are
left out, a missing period of events is a 0 that the caller fills in. z = (observed - median) / (1.4826 MAD), NULL where
the median absolute deviation is 0 (Iglewicz, Hoaglin 1993). p_value is the probability of a value as large or larger:
for counts (whole numbers from 0 to 1e9) by a negative binomial distribution of the baseline''s mean m and variance, or
Poisson''s where the variance is not above m, with m at least one in all periods together; for others by Student''s t
with s sqrt(1 + 1/n), NULL where they do not vary. method: poisson, negative binomial or student. Flag by p_value, at
0.00135 for what 3 means of a normal z: z >= 3 on eight values flags 3.5 to 8.8 % of ordinary values. NULLs below four
values. Errors: 22023 for NaN and infinity; 22003 where differences overflow.
Example: SELECT (crm_surge(9, ''{2,2,2,2,2}'')).*.';

CREATE FUNCTION crm_forest(
    parents integer[],
    OUT node_number integer,
    OUT root_number integer,
    OUT depth integer,
    OUT subtree_size integer)
RETURNS SETOF record
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000 ROWS 1000;

COMMENT ON FUNCTION crm_forest(integer[]) IS
'The root, depth and size of each node of trees given by parents.
parents: the number of each node''s parent, NULL for a root; nodes are numbered by their place in the array, from 1.
One row per node, in that order: depth is 0 for a root, subtree_size counts the node and all below it. Nodes that go
round in a circle, or hang on one, are in no tree: all but node_number is NULL. The time is linear in the number of
nodes, however deep the trees (order from the leaves up: Kahn 1962). NULL and {} have no rows. Errors: 22023 for a
parent that is no node; 2202E for an array of more than one dimension.
Example: SELECT * FROM crm_forest(''{NULL,1,1,3}'');';
