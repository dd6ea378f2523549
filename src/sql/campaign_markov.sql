-- Attribution by the Markov chain of channels.

CREATE TYPE crm_markov;

CREATE FUNCTION crm_markov_in(input cstring) RETURNS crm_markov
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_markov_in(cstring) IS
'Reads the text form of crm_markov.
Channels and weights may come in any order. Error 22P02 for text that does not parse.';

CREATE FUNCTION crm_markov_out(value crm_markov) RETURNS cstring
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_markov_out(crm_markov) IS
'Writes the text form of crm_markov, which reads back to the last bit.';

CREATE FUNCTION crm_markov_recv(input internal) RETURNS crm_markov
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_markov_recv(internal) IS
'Reads the binary form of crm_markov: a version byte and the text.';

CREATE FUNCTION crm_markov_send(value crm_markov) RETURNS bytea
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;

COMMENT ON FUNCTION crm_markov_send(crm_markov) IS
'Writes the binary form of crm_markov.';

CREATE TYPE crm_markov (
    INPUT = crm_markov_in, OUTPUT = crm_markov_out,
    RECEIVE = crm_markov_recv, SEND = crm_markov_send,
    INTERNALLENGTH = VARIABLE, STORAGE = extended
);

COMMENT ON TYPE crm_markov IS
'Mergeable weights of a Markov chain of channels, from paths of touches.
How much weight went from the start and from each channel to each channel, to conversion and to null, the value of the
conversions, and apart from all that what came without any touch. Made by crm_markov_agg, merged by crm_rollup, read
by crm_markov_credit and crm_markov_probability. At most 1,000 channels; some 4 bytes a step that occurs. The text
form is JSON: weights are [from, to, sum], 0 being the start, -1 conversion, -2 null, and the others the channels by
number.';

CREATE FUNCTION crm_markov_trans(
    state crm_markov,
    path text[],
    conversions double precision,
    value double precision,
    nulls double precision)
RETURNS crm_markov
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION crm_markov_trans(crm_markov, text[], double precision, double precision, double precision) IS
'Adds one path: support for crm_markov_agg.';

CREATE FUNCTION crm_markov_combine(state crm_markov, other crm_markov) RETURNS crm_markov
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION crm_markov_combine(crm_markov, crm_markov) IS
'Merges two crm_markov values: support for aggregates.';

CREATE AGGREGATE crm_markov_agg(
    path text[],
    conversions double precision,
    value double precision,
    nulls double precision) (
    SFUNC = crm_markov_trans, STYPE = crm_markov, SSPACE = 8192,
    COMBINEFUNC = crm_markov_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE crm_markov_agg(text[], double precision, double precision, double precision) IS
'Collects paths of channels into a Markov chain of the first order.
path: the channels of the touches, oldest first. conversions and nulls: how many of those who took the path converted
and did not, weights of 0 or more that need not be whole; value: of the conversions. A NULL number counts 0, a NULL
within a path is left out, a path that is NULL or empty stands for those without a touch, who stay outside the chain.
Sums are held to 31 digits of the largest part, so that neither order nor plan shows. No rows give NULL.
Errors: 22023 for negative conversions or nulls, NaN and infinity; 2202E for a path of two dimensions; 54000 beyond
1,000 channels; 22003 where a sum overflows.
Example: SELECT c.* FROM (SELECT crm_markov_agg(path, conversions, value, nulls) AS m FROM paths) AS t,
crm_markov_credit(m) AS c.';

CREATE AGGREGATE crm_rollup(chain crm_markov) (
    SFUNC = crm_markov_combine, STYPE = crm_markov, SSPACE = 8192,
    COMBINEFUNC = crm_markov_combine, PARALLEL = SAFE
);

COMMENT ON AGGREGATE crm_rollup(crm_markov) IS
'Merges chains into one, as if from all their paths.
NULLs are skipped; nothing but NULLs, or no rows, gives NULL.';

CREATE FUNCTION crm_markov_credit(
    chain crm_markov,
    OUT channel text,
    OUT conversions double precision,
    OUT value double precision,
    OUT removal_effect double precision)
RETURNS SETOF record
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
COST 1000 ROWS 20;

COMMENT ON FUNCTION crm_markov_credit(crm_markov) IS
'Conversions and value that each channel is credited with, by removal.
removal_effect: the share of the probability of a conversion that would be lost if everybody who comes to the channel
left; exact, from one system of equations, nothing is simulated. conversions and value: of all paths with touches,
divided in proportion to it, so they add up. One row per channel, in order of bytes, also for one without conversions
(0). A last row "none", whose removal_effect is NULL, has the conversions without any touch, if there were paths
without; a channel of that name is another row. Where nothing converted the three numbers are NULL. Anderl, Becker,
von Wangenheim, Schumann 2016. Error 22000 for a chain written by hand that has no way out.';

CREATE FUNCTION crm_markov_probability(chain crm_markov) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;

COMMENT ON FUNCTION crm_markov_probability(crm_markov) IS
'Probability of a conversion by the chain, for a path with touches.
The share of its weight that converted, to rounding. NULL without any weight.';
