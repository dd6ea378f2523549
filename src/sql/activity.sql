-- crm_activity: the day ledger.

\type crm_activity STORAGE = extended

COMMENT ON TYPE crm_activity IS
'A ledger of one customer: events and net amount, day by day.
Exact: amounts in steps of 0.0001 up to 922337203685477.5807 a day, at most 2147483647 events a day, any finite date.
Text form {day:events:amount,...}, for example {2024-01-05:1:29.33,2024-02-01:2:15}. A day without events and amount
does not appear.
Takes about 5 bytes a day. Equal ledgers have equal bytes, however they were made.';

COMMENT ON FUNCTION crm_activity_in(cstring) IS
'Reads a ledger from text: {day:events:amount,...}.
Days may come in any order; the same day twice is added up. A day alone without braces, as in 2024-01-05, is one event
of amount 0.
Error 22P02 for text that does not parse, 22003 for a day that does not fit.';
COMMENT ON FUNCTION crm_activity_out(crm_activity) IS
'Writes a ledger as text, dates in ISO 8601 whatever DateStyle says.';
COMMENT ON FUNCTION crm_activity_recv(internal) IS
'Reads a ledger from its packed bytes; error 22P03 for any other bytes.';
COMMENT ON FUNCTION crm_activity_send(crm_activity) IS
'Writes a ledger as its packed bytes.';

-- Made from one entry, added and taken back

CREATE FUNCTION crm_activity(day date, amount numeric DEFAULT 0, events integer DEFAULT 1)
RETURNS crm_activity
AS 'MODULE_PATHNAME', 'crm_activity_entry' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION crm_activity(date, numeric, integer) IS
'A ledger of one entry: what a trigger adds or takes back.
day: the day of the event; infinity is refused (22008). amount: rounded half away from zero to 0.0001, and a refund
where it is then negative; NaN (22023) and amounts that do not fit (22003) are refused. events: how many; counts as 0
where amount is negative, because a refund lowers money and is no event.
Never NULL, so that adding the result never loses a ledger: NULL day gives the empty ledger, NULL amount and NULL
events count as 0.';

CREATE FUNCTION crm_activity_add(one crm_activity, other crm_activity) RETURNS crm_activity
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;

COMMENT ON FUNCTION crm_activity_add(crm_activity, crm_activity) IS
'The sum of two ledgers, day by day: the operator +.
NULL when either is NULL. Error 22003 where the total of a day does not fit.';

CREATE FUNCTION crm_activity_subtract(one crm_activity, other crm_activity) RETURNS crm_activity
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;

COMMENT ON FUNCTION crm_activity_subtract(crm_activity, crm_activity) IS
'The first ledger with the second taken back: the operator -.
(a + b) - b is a, to the last bit. Counts may be negative on the way: a deletion may arrive before its insertion. NULL
when either is NULL. Error 22003 where the total of a day does not fit.';

CREATE OPERATOR + (
    FUNCTION = crm_activity_add,
    LEFTARG = crm_activity, RIGHTARG = crm_activity,
    COMMUTATOR = +
);
COMMENT ON OPERATOR + (crm_activity, crm_activity) IS 'sum of two ledgers, day by day';

CREATE OPERATOR - (
    FUNCTION = crm_activity_subtract,
    LEFTARG = crm_activity, RIGHTARG = crm_activity
);
COMMENT ON OPERATOR - (crm_activity, crm_activity) IS 'left ledger with the right one taken back';

-- Equality, and an order for DISTINCT, GROUP BY and merge joins

CREATE FUNCTION crm_activity_eq(one crm_activity, other crm_activity) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
CREATE FUNCTION crm_activity_ne(one crm_activity, other crm_activity) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
CREATE FUNCTION crm_activity_lt(one crm_activity, other crm_activity) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
CREATE FUNCTION crm_activity_le(one crm_activity, other crm_activity) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
CREATE FUNCTION crm_activity_gt(one crm_activity, other crm_activity) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
CREATE FUNCTION crm_activity_ge(one crm_activity, other crm_activity) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
CREATE FUNCTION crm_activity_cmp(one crm_activity, other crm_activity) RETURNS integer
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
CREATE FUNCTION crm_activity_hash(activity crm_activity) RETURNS integer
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
CREATE FUNCTION crm_activity_hash_extended(activity crm_activity, seed bigint) RETURNS bigint
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;

COMMENT ON FUNCTION crm_activity_eq(crm_activity, crm_activity) IS 'The operator =: same days, events and amounts.';
COMMENT ON FUNCTION crm_activity_ne(crm_activity, crm_activity) IS 'The operator <>: some day differs.';
COMMENT ON FUNCTION crm_activity_lt(crm_activity, crm_activity) IS
'The operator <: an order for sorting, without meaning.';
COMMENT ON FUNCTION crm_activity_le(crm_activity, crm_activity) IS
'The operator <=: an order for sorting, without meaning.';
COMMENT ON FUNCTION crm_activity_gt(crm_activity, crm_activity) IS
'The operator >: an order for sorting, without meaning.';
COMMENT ON FUNCTION crm_activity_ge(crm_activity, crm_activity) IS
'The operator >=: an order for sorting, without meaning.';
COMMENT ON FUNCTION crm_activity_cmp(crm_activity, crm_activity) IS 'Support of the btree operator class.';
COMMENT ON FUNCTION crm_activity_hash(crm_activity) IS 'Support of the hash operator class.';
COMMENT ON FUNCTION crm_activity_hash_extended(crm_activity, bigint) IS
'Support of the hash operator class, with a seed.';

CREATE OPERATOR = (
    FUNCTION = crm_activity_eq,
    LEFTARG = crm_activity, RIGHTARG = crm_activity,
    COMMUTATOR = =, NEGATOR = <>,
    RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES
);
CREATE OPERATOR <> (
    FUNCTION = crm_activity_ne,
    LEFTARG = crm_activity, RIGHTARG = crm_activity,
    COMMUTATOR = <>, NEGATOR = =,
    RESTRICT = neqsel, JOIN = neqjoinsel
);
CREATE OPERATOR < (
    FUNCTION = crm_activity_lt,
    LEFTARG = crm_activity, RIGHTARG = crm_activity,
    COMMUTATOR = >, NEGATOR = >=,
    RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
CREATE OPERATOR <= (
    FUNCTION = crm_activity_le,
    LEFTARG = crm_activity, RIGHTARG = crm_activity,
    COMMUTATOR = >=, NEGATOR = >,
    RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
CREATE OPERATOR > (
    FUNCTION = crm_activity_gt,
    LEFTARG = crm_activity, RIGHTARG = crm_activity,
    COMMUTATOR = <, NEGATOR = <=,
    RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
CREATE OPERATOR >= (
    FUNCTION = crm_activity_ge,
    LEFTARG = crm_activity, RIGHTARG = crm_activity,
    COMMUTATOR = <=, NEGATOR = <,
    RESTRICT = scalargesel, JOIN = scalargejoinsel
);

COMMENT ON OPERATOR = (crm_activity, crm_activity) IS 'same days, events and amounts';
COMMENT ON OPERATOR <> (crm_activity, crm_activity) IS 'some day differs';
COMMENT ON OPERATOR < (crm_activity, crm_activity) IS 'order for sorting, without meaning';
COMMENT ON OPERATOR <= (crm_activity, crm_activity) IS 'order for sorting, without meaning';
COMMENT ON OPERATOR > (crm_activity, crm_activity) IS 'order for sorting, without meaning';
COMMENT ON OPERATOR >= (crm_activity, crm_activity) IS 'order for sorting, without meaning';

CREATE OPERATOR CLASS crm_activity_ops DEFAULT FOR TYPE crm_activity USING btree AS
    OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >,
    FUNCTION 1 crm_activity_cmp(crm_activity, crm_activity);

CREATE OPERATOR CLASS crm_activity_ops DEFAULT FOR TYPE crm_activity USING hash AS
    OPERATOR 1 =,
    FUNCTION 1 crm_activity_hash(crm_activity),
    FUNCTION 2 crm_activity_hash_extended(crm_activity, bigint);

COMMENT ON OPERATOR CLASS crm_activity_ops USING btree IS 'order of the bytes, without meaning';
COMMENT ON OPERATOR CLASS crm_activity_ops USING hash IS 'same days, events and amounts';

CREATE FUNCTION crm_activity_to_jsonb(activity crm_activity) RETURNS jsonb
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;

COMMENT ON FUNCTION crm_activity_to_jsonb(crm_activity) IS
'The ledger as a JSON array, an object a day; also the cast a::jsonb.
For example [{"day": "2024-01-05", "events": 1, "amount": 29.33}]. Days in order, dates in ISO 8601. NULL gives NULL.';

CREATE CAST (crm_activity AS jsonb) WITH FUNCTION crm_activity_to_jsonb(crm_activity);
COMMENT ON CAST (crm_activity AS jsonb) IS 'the ledger as a JSON array, an object a day';

CREATE FUNCTION crm_activity_to_json(activity crm_activity) RETURNS json
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;

COMMENT ON FUNCTION crm_activity_to_json(crm_activity) IS
'The same as json, which to_jsonb, row_to_json and the like look for.';

CREATE CAST (crm_activity AS json) WITH FUNCTION crm_activity_to_json(crm_activity);
COMMENT ON CAST (crm_activity AS json) IS 'the ledger as a JSON array, an object a day';

-- Rows to ledgers

CREATE FUNCTION crm_activity_agg_trans(state internal, day date) RETURNS internal
AS 'MODULE_PATHNAME', 'crm_activity_agg_trans_day' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION crm_activity_agg_trans(state internal, day date, amount numeric) RETURNS internal
AS 'MODULE_PATHNAME', 'crm_activity_agg_trans_numeric' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION crm_activity_agg_trans(state internal, day date, amount double precision) RETURNS internal
AS 'MODULE_PATHNAME', 'crm_activity_agg_trans_float8' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION crm_activity_agg_trans(state internal, day date, amount bigint) RETURNS internal
AS 'MODULE_PATHNAME', 'crm_activity_agg_trans_bigint' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION crm_activity_agg_trans(state internal, day date, amount numeric, events integer) RETURNS internal
AS 'MODULE_PATHNAME', 'crm_activity_agg_trans_events' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION crm_activity_agg_combine(state internal, other internal) RETURNS internal
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION crm_activity_agg_serialize(state internal) RETURNS bytea
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION crm_activity_agg_deserialize(bytes bytea, state internal) RETURNS internal
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION crm_activity_agg_final(state internal) RETURNS crm_activity
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION crm_activity_agg_trans(internal, date) IS 'Support of crm_activity_agg: takes in a row.';
COMMENT ON FUNCTION crm_activity_agg_trans(internal, date, numeric) IS 'Support of crm_activity_agg: takes in a row.';
COMMENT ON FUNCTION crm_activity_agg_trans(internal, date, double precision) IS
'Support of crm_activity_agg: takes in a row.';
COMMENT ON FUNCTION crm_activity_agg_trans(internal, date, bigint) IS 'Support of crm_activity_agg: takes in a row.';
COMMENT ON FUNCTION crm_activity_agg_trans(internal, date, numeric, integer) IS
'Support of crm_activity_agg: takes in a row.';
COMMENT ON FUNCTION crm_activity_agg_combine(internal, internal) IS
'Support of crm_activity_agg: adds two partial states.';
COMMENT ON FUNCTION crm_activity_agg_serialize(internal) IS 'Support of crm_activity_agg: a partial state as bytes.';
COMMENT ON FUNCTION crm_activity_agg_deserialize(bytea, internal) IS
'Support of crm_activity_agg: a partial state from bytes.';
COMMENT ON FUNCTION crm_activity_agg_final(internal) IS 'Support of crm_activity_agg: the ledger.';

CREATE AGGREGATE crm_activity_agg(day date) (
    SFUNC = crm_activity_agg_trans, STYPE = internal, SSPACE = 128,
    FINALFUNC = crm_activity_agg_final, COMBINEFUNC = crm_activity_agg_combine,
    SERIALFUNC = crm_activity_agg_serialize, DESERIALFUNC = crm_activity_agg_deserialize,
    PARALLEL = SAFE
);
CREATE AGGREGATE crm_activity_agg(day date, amount numeric) (
    SFUNC = crm_activity_agg_trans, STYPE = internal, SSPACE = 128,
    FINALFUNC = crm_activity_agg_final, COMBINEFUNC = crm_activity_agg_combine,
    SERIALFUNC = crm_activity_agg_serialize, DESERIALFUNC = crm_activity_agg_deserialize,
    PARALLEL = SAFE
);
CREATE AGGREGATE crm_activity_agg(day date, amount double precision) (
    SFUNC = crm_activity_agg_trans, STYPE = internal, SSPACE = 128,
    FINALFUNC = crm_activity_agg_final, COMBINEFUNC = crm_activity_agg_combine,
    SERIALFUNC = crm_activity_agg_serialize, DESERIALFUNC = crm_activity_agg_deserialize,
    PARALLEL = SAFE
);
CREATE AGGREGATE crm_activity_agg(day date, amount bigint) (
    SFUNC = crm_activity_agg_trans, STYPE = internal, SSPACE = 128,
    FINALFUNC = crm_activity_agg_final, COMBINEFUNC = crm_activity_agg_combine,
    SERIALFUNC = crm_activity_agg_serialize, DESERIALFUNC = crm_activity_agg_deserialize,
    PARALLEL = SAFE
);
CREATE AGGREGATE crm_activity_agg(day date, amount numeric, events integer) (
    SFUNC = crm_activity_agg_trans, STYPE = internal, SSPACE = 128,
    FINALFUNC = crm_activity_agg_final, COMBINEFUNC = crm_activity_agg_combine,
    SERIALFUNC = crm_activity_agg_serialize, DESERIALFUNC = crm_activity_agg_deserialize,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE crm_activity_agg(date) IS
'The ledger of events that carry no amount: posts, visits, contacts.
A row with NULL day is skipped; no rows give NULL. Error 22008 for an infinite day.';
COMMENT ON AGGREGATE crm_activity_agg(date, numeric) IS
'The ledger of one customer''s rows, each an event with an amount.
A negative amount is a refund: it lowers the amount of its day and is no event. NULL day is skipped, NULL amount is an
event of amount 0, no rows give NULL.
Amounts are rounded half away from zero to 0.0001, each row by itself. Errors: 22023 for NaN and infinity, 22003 for
an amount or a day''s total that does not fit, 22008 for an infinite day.
Example: SELECT customer_id, crm_activity_agg(ordered_on, total) FROM orders GROUP BY customer_id.';
COMMENT ON AGGREGATE crm_activity_agg(date, double precision) IS
'The ledger of one customer''s rows, from binary amounts, taken exactly.
0.00015 is a little less than that in binary and so rounds to 0.0001. Rows, NULLs and errors as in
crm_activity_agg(date, numeric).';
COMMENT ON AGGREGATE crm_activity_agg(date, bigint) IS
'The ledger of one customer''s rows, from amounts of type bigint.
Rows, NULLs and errors as in crm_activity_agg(date, numeric).';
COMMENT ON AGGREGATE crm_activity_agg(date, numeric, integer) IS
'The ledger of a table with several rows per purchase: line items.
events: 1 on one row of each purchase, best the dearest, and 0 (or NULL) on its others; counts as 0 where amount is
negative. Rows, NULLs and errors as in crm_activity_agg(date, numeric).';

-- Ledgers to ledgers

CREATE FUNCTION crm_rollup_trans(state crm_activity, activity crm_activity) RETURNS crm_activity
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION crm_rollup_final(state crm_activity) RETURNS crm_activity
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_rollup_trans(crm_activity, crm_activity) IS
'Support of crm_rollup: adds a ledger to the sum so far.';
COMMENT ON FUNCTION crm_rollup_final(crm_activity) IS
'Support of crm_rollup: the sum.';

CREATE AGGREGATE crm_rollup(activity crm_activity) (
    SFUNC = crm_rollup_trans, STYPE = crm_activity, SSPACE = 256,
    FINALFUNC = crm_rollup_final, COMBINEFUNC = crm_rollup_trans,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm_rollup(crm_activity) IS
'The sum of ledgers, the same bytes in any order and grouping.
NULLs are skipped; no ledgers give NULL. Error 22003 where the total of a day does not fit.';

-- Accessors

CREATE FUNCTION crm_first_day(activity crm_activity, as_of date DEFAULT 'infinity') RETURNS date
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_first_day(crm_activity, date) IS
'The first active day: the first with a positive number of events.
as_of: later days are ignored; all count when it is left out. NULL when there is nothing yet.';

CREATE FUNCTION crm_first_entry_day(activity crm_activity, as_of date DEFAULT 'infinity') RETURNS date
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_first_entry_day(crm_activity, date) IS
'The first day with any entry, refunds included.
From where on amounts have to be added up, to have all of them; crm_first_day is the first active day. as_of: later
days are ignored; all count when it is left out. NULL when there is nothing yet.';

CREATE FUNCTION crm_last_day(activity crm_activity, as_of date DEFAULT 'infinity') RETURNS date
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_last_day(crm_activity, date) IS
'The last active day up to as_of; a refund does not count as activity.
as_of: later days are ignored; all count when it is left out. NULL when there is nothing yet.';

CREATE FUNCTION crm_active_days(activity crm_activity, as_of date DEFAULT 'infinity') RETURNS integer
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_active_days(crm_activity, date) IS
'How many days have a positive number of events.
as_of: later days are ignored; all count when it is left out. 0 when there is nothing yet.';

CREATE FUNCTION crm_event_count(activity crm_activity, as_of date DEFAULT 'infinity') RETURNS bigint
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_event_count(crm_activity, date) IS
'The number of events, several on a day included, refunds not.
as_of: later days are ignored; all count when it is left out. 0 when there is nothing yet.';

CREATE FUNCTION crm_amount(activity crm_activity, as_of date DEFAULT 'infinity') RETURNS numeric
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_amount(crm_activity, date) IS
'The exact net amount, less refunds.
as_of: later days are ignored; all count when it is left out. 0 when there is nothing yet. Two decimals, four where
the amount has more than two. Error 22003 beyond 922337203685477.5807.';

CREATE FUNCTION crm_days_since_last(activity crm_activity, as_of date) RETURNS integer
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_days_since_last(crm_activity, date) IS
'Days from the last active day to as_of: the R of RFM.
0 on the day itself; NULL when there is nothing yet. Error 22023 when as_of is infinite. Not the recency of the CLV
literature: see crm_recency.';

CREATE FUNCTION crm_tenure_days(activity crm_activity, as_of date) RETURNS integer
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_tenure_days(crm_activity, date) IS
'Days from the first active day to as_of.
NULL when there is nothing yet. Error 22023 when as_of is infinite. crm_age is the same number.';

CREATE FUNCTION crm_mean_gap_days(activity crm_activity, as_of date DEFAULT 'infinity') RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_mean_gap_days(crm_activity, date) IS
'Mean number of days between consecutive active days.
as_of: later days are ignored; all count when it is left out. NULL below two active days.';

CREATE FUNCTION crm_median_gap_days(activity crm_activity, as_of date DEFAULT 'infinity') RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_median_gap_days(crm_activity, date) IS
'Median number of days between consecutive active days.
The mean of the middle two where their number is even. as_of: later days are ignored; all count when it is left out.
NULL below two active days.';

CREATE FUNCTION crm_gap_days(activity crm_activity, as_of date DEFAULT 'infinity') RETURNS SETOF integer
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20 ROWS 10;
COMMENT ON FUNCTION crm_gap_days(crm_activity, date) IS
'Days between consecutive active days, one row each, in order of time.
What crm_mean_gap_days and crm_median_gap_days are made of. as_of: later days are ignored; all count when it is left
out. No rows below two active days, and for NULL arguments.';

-- Days and gaps, counted over all ledgers

CREATE FUNCTION crm_day_counts_trans(state bytea, activity crm_activity, as_of date) RETURNS bytea
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20;
CREATE FUNCTION crm_gap_counts_trans(state bytea, activity crm_activity, as_of date) RETURNS bytea
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20;
CREATE FUNCTION crm_census_combine(state bytea, other bytea) RETURNS bytea
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
CREATE FUNCTION crm_census_final(state bytea) RETURNS bigint[]
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION crm_day_counts_trans(bytea, crm_activity, date) IS
'Support of crm_day_counts: takes in a ledger.';
COMMENT ON FUNCTION crm_gap_counts_trans(bytea, crm_activity, date) IS
'Support of crm_gap_counts: takes in a ledger.';
COMMENT ON FUNCTION crm_census_combine(bytea, bytea) IS
'Support of crm_day_counts and crm_gap_counts: adds two states.';
COMMENT ON FUNCTION crm_census_final(bytea) IS
'Support of crm_day_counts and crm_gap_counts: the counts in order.';

CREATE AGGREGATE crm_day_counts(activity crm_activity, as_of date) (
    SFUNC = crm_day_counts_trans, STYPE = bytea, SSPACE = 32768,
    FINALFUNC = crm_census_final, COMBINEFUNC = crm_census_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm_day_counts(crm_activity, date) IS
'For each day, the number of ledgers in which it is an active day.
A row of two numbers for each such day, in order: the day, in days since 2000-01-01, and the number of ledgers.
What GROUP BY over crm_days counts, without a row for each ledger and day. as_of: later days are ignored; ''infinity''
is allowed. Rows with a NULL are skipped, no rows give NULL, ledgers without an active day an empty array. The order
of rows and the plan change nothing.
Example: SELECT date ''2000-01-01'' + counts[n][1]::integer AS day, counts[n][2] AS customer_count FROM (SELECT
crm_day_counts(activity, ''2024-12-31'') AS counts FROM ledger) AS x, generate_subscripts(counts, 1) AS n.';

CREATE AGGREGATE crm_gap_counts(activity crm_activity, as_of date) (
    SFUNC = crm_gap_counts_trans, STYPE = bytea, SSPACE = 32768,
    FINALFUNC = crm_census_final, COMBINEFUNC = crm_census_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm_gap_counts(crm_activity, date) IS
'For each number of days, how often it lies between active days.
A row of two numbers for each number of days from one active day to the next, in order: the days, and how often. What
GROUP BY over crm_gap_days counts, in a fraction of the time. as_of: later days are ignored; ''infinity'' is allowed.
Rows with a NULL are skipped, no rows give NULL, ledgers of one active day an empty array. The order of rows and the
plan change nothing.';

CREATE FUNCTION crm_frequency(activity crm_activity, as_of date) RETURNS integer
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_frequency(crm_activity, date) IS
'Repeat purchases: active days after the first, up to as_of.
The x of the CLV literature. 0 for a customer who bought on one day only, NULL when there is nothing yet.';

CREATE FUNCTION crm_recency(activity crm_activity, as_of date) RETURNS integer
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_recency(crm_activity, date) IS
'Days from the first active day to the last: age at the last purchase.
The t_x of the CLV literature, in days: large means recent for one''s age. Not the R of RFM, which counts back from
as_of: see crm_days_since_last. NULL when there is nothing yet.';

CREATE FUNCTION crm_age(activity crm_activity, as_of date) RETURNS integer
AS 'MODULE_PATHNAME', 'crm_tenure_days' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_age(crm_activity, date) IS
'Days from the first active day to as_of: time under observation.
The T of the CLV literature, in days. NULL when there is nothing yet. Error 22023 when as_of is infinite.';

CREATE FUNCTION crm_monetary(activity crm_activity, as_of date) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_monetary(crm_activity, date) IS
'Mean amount of the repeat days, those active after the first.
The z of the CLV literature, as of a day. A refund on a day without a purchase lowers the value of the latest earlier
active day, so that one after the first day alone does not count. NULL without a repeat day.';

CREATE FUNCTION crm_decayed_events(activity crm_activity, as_of date, half_life_days double precision)
RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_decayed_events(crm_activity, date, double precision) IS
'Events up to as_of, each weighing 2^(-age / half_life_days).
Age in days. An engagement score: events at ages 0, 30 and 60 days with half-life 30 give 1.75. half_life_days:
positive and finite, else error 22023; so too for an infinite as_of. 0 when there is nothing yet.';

CREATE FUNCTION crm_decayed_amount(activity crm_activity, as_of date, half_life_days double precision)
RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_decayed_amount(crm_activity, date, double precision) IS
'Net amount up to as_of, a day weighing 2^(-age / half_life_days).
Age in days. half_life_days: positive and finite, else error 22023; so too for an infinite as_of. 0 when there is
nothing yet.';

CREATE FUNCTION crm_slice(activity crm_activity, from_day date, to_day date) RETURNS crm_activity
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION crm_slice(crm_activity, date, date) IS
'The part of a ledger from from_day to to_day, both included.
A NULL end is open. Empty where nothing falls in between; NULL when activity is NULL.';

CREATE FUNCTION crm_days(activity crm_activity, OUT day date, OUT events bigint, OUT amount numeric)
RETURNS SETOF record
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20 ROWS 10;
COMMENT ON FUNCTION crm_days(crm_activity) IS
'The ledger as rows, in order of day.
day: with anything on it. events: how many, 0 on a day of refunds only. amount: net, exact. No rows for an empty or
NULL ledger.';
