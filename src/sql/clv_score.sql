-- Lifetime value: what a model says of a customer, and whether it holds.

-- Scores from ledgers

CREATE FUNCTION crm_p_alive(model crm_clv_model, activity crm_activity, as_of date) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION crm_p_alive(crm_clv_model, crm_activity, date) IS
'The probability that a customer will still purchase, 0 to 1.
As of a day: what the ledger has of later days does not count. Under BG/NBD a customer without a repeat purchase has
had no chance to leave, so it is 1; MBG/NBD and Pareto/NBD have no such rule. NULL when an argument is NULL and where
the customer has not bought by as_of. Error 22023 for models of contracts and of opportunities.';

CREATE FUNCTION crm_p_alive(model crm_clv_model, activity crm_activity, as_of date, at date) RETURNS double precision
AS 'MODULE_PATHNAME', 'crm_p_alive_later' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION crm_p_alive(crm_clv_model, crm_activity, date, date) IS
'P(alive) on a later day, given the history up to as_of.
at: as_of or later (error 22023 if not). Whatever is bought until then is open, as it is when one plans ahead:
crm_p_alive_if_silent is for customers who are watched and buy nothing. Otherwise as crm_p_alive(model, activity,
as_of).';

CREATE FUNCTION crm_p_alive_if_silent(model crm_clv_model, activity crm_activity, as_of date, at date)
RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION crm_p_alive_if_silent(crm_clv_model, crm_activity, date, date) IS
'P(alive) on a later day, if nothing more is bought until then.
at: as_of or later (error 22023 if not). Otherwise as crm_p_alive(model, activity, as_of).';

CREATE FUNCTION crm_purchase_probability(model crm_clv_model, activity crm_activity, as_of date, purchases integer,
    horizon_days integer) RETURNS double precision
AS 'MODULE_PATHNAME', 'crm_customer_probability' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION crm_purchase_probability(crm_clv_model, crm_activity, date, integer, integer) IS
'The probability that a customer buys on so many days after as_of.
P(X(T, T+t) = purchases); of 0, that nothing is bought in the horizon_days, whether the customer has left or not.
purchases: 0 to a million; horizon_days: 0 or more (22023). NULL and other errors as of crm_p_alive.';

CREATE FUNCTION crm_purchase_probability_at_least(model crm_clv_model, activity crm_activity, as_of date,
    purchases integer, horizon_days integer) RETURNS double precision
AS 'MODULE_PATHNAME', 'crm_customer_at_least' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION crm_purchase_probability_at_least(crm_clv_model, crm_activity, date, integer, integer) IS
'The probability that a customer buys on at least so many days.
P(X(T, T+t) >= purchases), exact where it is small. Arguments, NULL and errors as of crm_purchase_probability.';

CREATE FUNCTION crm_expected_purchases(model crm_clv_model, activity crm_activity, as_of date, horizon_days integer)
RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION crm_expected_purchases(crm_clv_model, crm_activity, date, integer) IS
'Expected days with a purchase in the horizon_days after as_of.
E[X(T, T+t)]; horizon_days: 0 or more. NULL and errors as of crm_p_alive.';

CREATE FUNCTION crm_discounted_purchases(model crm_clv_model, activity crm_activity, as_of date, horizon_days integer,
    annual_discount double precision DEFAULT 0.1) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20;
COMMENT ON FUNCTION crm_discounted_purchases(crm_clv_model, crm_activity, date, integer, double precision) IS
'Expected days with a purchase after as_of, discounted.
Lifetime value without amounts: DECT within the horizon_days, DERT where they are NULL, which is without end (Fader,
Hardie & Lee 2005, "RFM and CLV"). Times the mean value of a purchase it is crm_clv. Arguments, NULL and errors as of
crm_clv, but the model need not have a spend part.';

CREATE FUNCTION crm_expected_value(model crm_clv_model, activity crm_activity, as_of date) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION crm_expected_value(crm_clv_model, crm_activity, date) IS
'Expected mean value of a customer''s purchase days.
Gamma-Gamma: the customer''s own mean, drawn towards that of all customers the more, the fewer repeat days there are.
A mean below 0, of a customer with many refunds, counts as 0. NULL where the law has no mean (p x + q <= 1), otherwise
as of crm_p_alive. Error 22023 where the model has no spend part.';

CREATE FUNCTION crm_clv(model crm_clv_model, activity crm_activity, as_of date, horizon_days integer,
    annual_discount double precision DEFAULT 0.1) RETURNS double precision
AS 'MODULE_PATHNAME', 'crm_clv_of_ledger' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20;
COMMENT ON FUNCTION crm_clv(crm_clv_model, crm_activity, date, integer, double precision) IS
'Present value of a customer''s purchases in the coming days.
The expected value of a purchase, times the purchases to expect, each discounted by (1 + annual_discount)^-(days until
then / 365.25). In the currency of the amounts: revenue, unless the ledger holds margins. horizon_days: 0 or more;
NULL is without end, the mean value times DERT. annual_discount: a share a year, 0 or 1e-9 to 1e6 (22023).
NULL where the sum has no bound (no end, no discount, and customers who may stay for ever), and otherwise as of
crm_expected_value. Past purchases are not in it.';

CREATE FUNCTION crm_clv_scores(model crm_clv_model, activity crm_activity, as_of date, horizon_days integer,
    annual_discount double precision DEFAULT 0.1, OUT p_alive double precision, OUT expected_purchases double precision,
    OUT discounted_purchases double precision, OUT expected_value double precision, OUT clv double precision)
RETURNS record
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20;
COMMENT ON FUNCTION crm_clv_scores(crm_clv_model, crm_activity, date, integer, double precision) IS
'All scores of a customer in one row, at the cost of the dearest.
p_alive, expected_purchases, discounted_purchases, expected_value, clv: as the functions crm_p_alive,
crm_expected_purchases, crm_discounted_purchases, crm_expected_value and crm_clv, to rounding. Where the model has no
spend part the last two are NULL; without end (a horizon_days of NULL) expected_purchases is. NULL where another
argument is, and where the customer has not bought by as_of. Errors as of crm_clv.';

CREATE FUNCTION crm_expected_purchases(model crm_clv_model, activity crm_activity, as_of date, horizon_days integer,
    covariates double precision[]) RETURNS double precision
AS 'MODULE_PATHNAME', 'crm_expected_purchases_covariates' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION crm_expected_purchases(crm_clv_model, crm_activity, date, integer, double precision[]) IS
'Expected days with a purchase of a customer with covariates.
As crm_expected_purchases(crm_clv_for(model, covariates), activity, as_of, horizon_days).';

CREATE FUNCTION crm_clv(model crm_clv_model, activity crm_activity, as_of date, horizon_days integer,
    annual_discount double precision, covariates double precision[]) RETURNS double precision
AS 'MODULE_PATHNAME', 'crm_clv_of_covariates' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20;
COMMENT ON FUNCTION crm_clv(crm_clv_model, crm_activity, date, integer, double precision, double precision[]) IS
'Present value of the purchases of a customer with covariates.
As crm_clv(crm_clv_for(model, covariates), activity, as_of, horizon_days, annual_discount).';

CREATE FUNCTION crm_clv_scores(model crm_clv_model, activity crm_activity, as_of date, horizon_days integer,
    annual_discount double precision, covariates double precision[], OUT p_alive double precision,
    OUT expected_purchases double precision, OUT discounted_purchases double precision,
    OUT expected_value double precision, OUT clv double precision)
RETURNS record
AS 'MODULE_PATHNAME', 'crm_clv_scores_covariates' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20;
COMMENT ON FUNCTION crm_clv_scores(crm_clv_model, crm_activity, date, integer, double precision, double precision[]) IS
'All scores of a customer with covariates in one row.
As crm_clv_scores(crm_clv_for(model, covariates), activity, as_of, horizon_days, annual_discount).';

-- A fourth argument of crm_p_alive that is a literal is a day: there is none with an array in its place.
CREATE FUNCTION crm_p_alive(model crm_clv_model, activity crm_activity, as_of date, at date,
    covariates double precision[]) RETURNS double precision
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 20
RETURN crm_p_alive(crm_clv_for(model, covariates), activity, as_of, at);
COMMENT ON FUNCTION crm_p_alive(crm_clv_model, crm_activity, date, date, double precision[]) IS
'P(alive) of a customer with covariates, on as_of or later.
As crm_p_alive(crm_clv_for(model, covariates), activity, as_of, at).';

CREATE FUNCTION crm_discounted_purchases(model crm_clv_model, activity crm_activity, as_of date, horizon_days integer,
    annual_discount double precision, covariates double precision[]) RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 20
RETURN crm_discounted_purchases(crm_clv_for(model, covariates), activity, as_of, horizon_days, annual_discount);
COMMENT ON FUNCTION crm_discounted_purchases(crm_clv_model, crm_activity, date, integer, double precision,
    double precision[]) IS
'Discounted days with a purchase of a customer with covariates.
As crm_discounted_purchases(crm_clv_for(model, covariates), activity, as_of, horizon_days, annual_discount).';

CREATE FUNCTION crm_purchase_probability(model crm_clv_model, activity crm_activity, as_of date, purchases integer,
    horizon_days integer, covariates double precision[]) RETURNS double precision
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 20
RETURN crm_purchase_probability(crm_clv_for(model, covariates), activity, as_of, purchases, horizon_days);
COMMENT ON FUNCTION crm_purchase_probability(crm_clv_model, crm_activity, date, integer, integer, double precision[]) IS
'The probability of so many purchases, with covariates.
As crm_purchase_probability(crm_clv_for(model, covariates), activity, as_of, purchases, horizon_days).';

CREATE FUNCTION crm_clv_interval(model crm_clv_model, activity crm_activity, as_of date, horizon_days integer,
    annual_discount double precision DEFAULT 0.1, confidence double precision DEFAULT 0.9, OUT low double precision,
    OUT high double precision)
RETURNS record
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION crm_clv_interval(crm_clv_model, crm_activity, date, integer, double precision, double precision) IS
'Confidence interval of crm_clv from the uncertainty of the parameters.
By the delta method on its logarithm, from the covariance matrices of both parts, which are taken to be independent. It
covers how well the expected value is known from so many customers. It does not cover chance, by which a single customer
spends far more or less than expected, nor that the model may be wrong, nor parameters at a boundary. confidence:
between 0 and 1 (22023).
NULL where crm_clv is, and where the model has no covariance.';

CREATE FUNCTION crm_clv_interval(model crm_clv_model, activity crm_activity, as_of date, horizon_days integer,
    annual_discount double precision, confidence double precision, covariates double precision[],
    OUT low double precision, OUT high double precision)
RETURNS record
LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 1000
BEGIN ATOMIC
    SELECT i.low, i.high
    FROM crm_clv_interval(crm_clv_for(model, covariates), activity, as_of, horizon_days, annual_discount,
        confidence) AS i;
END;
COMMENT ON FUNCTION crm_clv_interval(crm_clv_model, crm_activity, date, integer, double precision, double precision,
    double precision[]) IS
'Confidence interval of crm_clv of a customer with covariates.
As crm_clv_interval(crm_clv_for(model, covariates), activity, as_of, horizon_days, annual_discount, confidence).';

-- Scores of customers to come

CREATE FUNCTION crm_new_customer_purchases(model crm_clv_model, days integer) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION crm_new_customer_purchases(crm_clv_model, integer) IS
'Expected repeat purchase days of a new customer in the first days.
E[X(t)]; the first purchase is not counted. days: 0 or more (22023).';

CREATE FUNCTION crm_purchase_probability(model crm_clv_model, purchases integer, days integer) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION crm_purchase_probability(crm_clv_model, integer, integer) IS
'The probability of so many repeat purchases in the first days.
P(X(t) = purchases). purchases: 0 to a million; days: 0 or more (22023).';

-- Scores from summaries, in the model's unit of time

CREATE FUNCTION crm_p_alive_summary(model crm_clv_model, frequency double precision, recency double precision,
    age double precision) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION crm_p_alive_summary(crm_clv_model, double precision, double precision, double precision) IS
'The probability that a customer will still purchase, from a summary.
frequency, recency, age: as of crm_clv_fit_summary, in the unit of the model, times up to 1e16 and frequencies up to
1e10; for BG/BB whole numbers of opportunities, up to a million. Error 22023 for a history that is not possible and
for models of contracts.';

CREATE FUNCTION crm_p_alive_summary(model crm_clv_model, frequency double precision, recency double precision,
    age double precision, at double precision) RETURNS double precision
AS 'MODULE_PATHNAME', 'crm_p_alive_later_summary' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION crm_p_alive_summary(crm_clv_model, double precision, double precision, double precision,
    double precision) IS
'P(alive) at a later age, given the history, from a summary.
at: age or more, up to 1e16 (error 22023 if not), counted like it from the first purchase. Whatever is bought until
then is open. Otherwise as crm_p_alive_summary(model, frequency, recency, age).';

CREATE FUNCTION crm_p_alive_if_silent_summary(model crm_clv_model, frequency double precision, recency double precision,
    age double precision, at double precision) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION crm_p_alive_if_silent_summary(crm_clv_model, double precision, double precision, double precision,
    double precision) IS
'P(alive) at a later age, if nothing more is bought until then.
at: as of crm_p_alive_summary(model, frequency, recency, age, at).';

CREATE FUNCTION crm_purchase_probability_summary(model crm_clv_model, frequency double precision,
    recency double precision, age double precision, purchases integer, horizon double precision)
RETURNS double precision
AS 'MODULE_PATHNAME', 'crm_customer_probability_summary' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION crm_purchase_probability_summary(crm_clv_model, double precision, double precision,
    double precision, integer, double precision) IS
'The probability of so many purchases in the horizon, from a summary.
horizon: in the unit of the model, 0 to 1e16; for BG/BB opportunities. Otherwise as crm_purchase_probability and
crm_p_alive_summary.';

CREATE FUNCTION crm_purchase_probability_at_least_summary(model crm_clv_model, frequency double precision,
    recency double precision, age double precision, purchases integer, horizon double precision)
RETURNS double precision
AS 'MODULE_PATHNAME', 'crm_customer_at_least_summary' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION crm_purchase_probability_at_least_summary(crm_clv_model, double precision, double precision,
    double precision, integer, double precision) IS
'The probability of at least so many purchases, from a summary.
Arguments as of crm_purchase_probability_summary.';

CREATE FUNCTION crm_discounted_purchases_summary(model crm_clv_model, frequency double precision,
    recency double precision, age double precision, horizon double precision,
    annual_discount double precision DEFAULT 0.1) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20;
COMMENT ON FUNCTION crm_discounted_purchases_summary(crm_clv_model, double precision, double precision,
    double precision, double precision, double precision) IS
'Expected purchases after a summary, discounted: DECT, DERT.
horizon: in the unit of the model, 0 to 1e16; NULL is without end. Otherwise as crm_discounted_purchases and
crm_p_alive_summary.';

CREATE FUNCTION crm_expected_purchases_summary(model crm_clv_model, frequency double precision,
    recency double precision, age double precision, horizon double precision) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION crm_expected_purchases_summary(crm_clv_model, double precision, double precision, double precision,
    double precision) IS
'Expected purchases in the horizon, from a summary.
horizon: in the unit of the model, 0 to 1e16; for BG/BB opportunities. Otherwise as crm_p_alive_summary.';

CREATE FUNCTION crm_expected_value_summary(model crm_clv_model, frequency double precision, monetary double precision)
RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20;
COMMENT ON FUNCTION crm_expected_value_summary(crm_clv_model, double precision, double precision) IS
'Expected mean value of a customer''s purchases, from a summary.
monetary: the mean of frequency repeat purchases; not used, and may be NULL, where frequency is 0. Otherwise as
crm_expected_value.';

CREATE FUNCTION crm_clv_summary(model crm_clv_model, frequency double precision, recency double precision,
    age double precision, monetary double precision, horizon double precision,
    annual_discount double precision DEFAULT 0.1) RETURNS double precision
AS 'MODULE_PATHNAME', 'crm_clv_summary_value' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20;
COMMENT ON FUNCTION crm_clv_summary(crm_clv_model, double precision, double precision, double precision,
    double precision, double precision, double precision) IS
'Value of a customer''s purchases in the horizon, from a summary.
horizon: in the unit of the model, 0 to 1e16; NULL is without end. annual_discount: a share a year, whatever the unit,
0 or 1e-9 to 1e6. Otherwise as crm_clv and crm_expected_value_summary.';

CREATE FUNCTION crm_clv_interval_summary(model crm_clv_model, frequency double precision, recency double precision,
    age double precision, monetary double precision, horizon double precision,
    annual_discount double precision DEFAULT 0.1, confidence double precision DEFAULT 0.9, OUT low double precision,
    OUT high double precision)
RETURNS record
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION crm_clv_interval_summary(crm_clv_model, double precision, double precision, double precision,
    double precision, double precision, double precision, double precision) IS
'Confidence interval of crm_clv_summary from uncertain parameters.
What it covers and what not: as crm_clv_interval. Arguments as of crm_clv_summary.';

CREATE FUNCTION crm_new_customer_purchases_summary(model crm_clv_model, horizon double precision)
RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION crm_new_customer_purchases_summary(crm_clv_model, double precision) IS
'Expected purchases of a new customer, in the model''s unit of time.
As crm_new_customer_purchases, with the horizon in the unit of the model; for BG/BB opportunities.';

CREATE FUNCTION crm_purchase_probability_summary(model crm_clv_model, purchases integer, horizon double precision)
RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION crm_purchase_probability_summary(crm_clv_model, integer, double precision) IS
'The probability of so many purchases, in the model''s unit of time.
As crm_purchase_probability, with the horizon in the unit of the model; for BG/BB opportunities.';

-- Contracts

CREATE FUNCTION crm_sbg_survival(model crm_clv_model, periods integer) RETURNS double precision
AS 'MODULE_PATHNAME', 'crm_sbg_survival_at' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_sbg_survival(crm_clv_model, integer) IS
'The share of new contracts that outlive so many periods, 0 to 1.
periods: 0 or more. Error 22023 for other models than sbg.';

CREATE FUNCTION crm_sbg_retention(model crm_clv_model, period integer) RETURNS double precision
AS 'MODULE_PATHNAME', 'crm_sbg_retention_at' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_sbg_retention(crm_clv_model, integer) IS
'The share of contracts in a period that is renewed at its end.
period: 1 or more. It rises with the period, since those who leave easily leave early. Error 22023 for other models
than sbg.';

CREATE FUNCTION crm_sbg_renewals(model crm_clv_model, periods integer, renewals integer, rate double precision)
RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION crm_sbg_renewals(crm_clv_model, integer, integer, double precision) IS
'Expected renewals of a contract, discounted.
periods: after how many it was renewed so far; renewals: how many ends of periods to look ahead, the first one a
period from now, or NULL for all. A renewal j periods from now counts (1 + rate)^-j; rate: 0 to 1e6, a share a period.
NULL where the sum has no bound. Error 22023 for other models than sbg. Fader & Hardie (2010).';

-- Validation: what was expected against what happened

CREATE FUNCTION crm_clv_check_arguments(as_of date, until date, step_days integer, up_to integer) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION crm_clv_check_arguments(date, date, integer, integer) IS
'Support of crm_clv_tracking and its like: refuses bad arguments.
True, or error 22023 that names the argument. NULL for those that a function does not have.';

CREATE FUNCTION crm_clv_tracking(model crm_clv_model, activities crm_activity[], until date,
    step_days integer DEFAULT 7, OUT day date, OUT actual bigint, OUT expected double precision,
    OUT actual_cumulative bigint, OUT expected_cumulative double precision)
RETURNS SETOF record
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE ROWS 100
BEGIN ATOMIC
    WITH customer AS MATERIALIZED (
        SELECT u.a, crm_first_day(u.a, until) AS first_day FROM unnest(activities) AS u (a)
    ), cohort AS MATERIALIZED (
        SELECT c.first_day, count(*) AS customers FROM customer AS c WHERE c.first_day IS NOT NULL GROUP BY c.first_day
    ), start AS MATERIALIZED (
        SELECT min(c.first_day) - 1 AS day FROM cohort AS c
    ), step AS MATERIALIZED (
        SELECT i, s.day + i * step_days AS day FROM start AS s, generate_series(1, (until - s.day) / step_days) AS i
    ), repeat AS MATERIALIZED (
        SELECT (d.day - s.day - 1) / step_days + 1 AS i, count(*) AS customers
        FROM start AS s, customer AS c, crm_days(c.a) AS d
        WHERE d.events > 0 AND d.day > c.first_day AND d.day <= until GROUP BY 1
    ), purchases AS MATERIALIZED (
        SELECT age, crm_new_customer_purchases(model, age) AS expected
        FROM start AS s, generate_series(0, until - s.day - 1) AS age
    ), cumulative AS (
        SELECT s.i, s.day, sum(c.customers * p.expected ORDER BY c.first_day) AS expected
        FROM step AS s JOIN cohort AS c ON c.first_day <= s.day JOIN purchases AS p ON p.age = s.day - c.first_day
        GROUP BY s.i, s.day
    )
    SELECT c.day, coalesce(r.customers, 0), c.expected - lag(c.expected, 1, 0::double precision) OVER w,
           coalesce(sum(r.customers) OVER w, 0)::bigint, c.expected
    FROM cumulative AS c LEFT JOIN repeat AS r USING (i)
    WHERE crm_clv_check_arguments(NULL, until, step_days, NULL)
    WINDOW w AS (ORDER BY c.day) ORDER BY c.day;
END;
COMMENT ON FUNCTION crm_clv_tracking(crm_clv_model, crm_activity[], date, integer) IS
'Repeat purchase days of all customers, step by step: actual, expected.
Of each customer the model is told the first day only. activities: a ledger per customer, with what followed the fit:
ARRAY(SELECT activity FROM customer); NULLs, and customers who have not bought by until, are left out. until: the last
day to look at. step_days: 1 or more; day is the last day of a step, the first step begins with the first purchase of
all, and a part of a step at the end is left out. Before the day of the fit the model should follow, after it the
model is put to the test. A NULL gives no rows. Error 22023 for an infinite day, for step_days below 1, and as of
crm_new_customer_purchases.';

CREATE FUNCTION crm_clv_frequency_check(model crm_clv_model, activities crm_activity[], as_of date,
    up_to integer DEFAULT 7, OUT frequency integer, OUT actual bigint, OUT expected double precision)
RETURNS SETOF record
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE ROWS 8
BEGIN ATOMIC
    WITH customer AS MATERIALIZED (
        SELECT least(crm_frequency(u.a, as_of), up_to) AS frequency, crm_age(u.a, as_of) AS age, count(*) AS customers
        FROM unnest(activities) AS u (a) WHERE crm_active_days(u.a, as_of) > 0 GROUP BY 1, 2
    ), cohort AS MATERIALIZED (
        SELECT c.age, sum(c.customers)::bigint AS customers FROM customer AS c GROUP BY c.age
    ), bin AS (
        SELECT f, (SELECT coalesce(sum(c.customers), 0)::bigint FROM customer AS c WHERE c.frequency = f) AS actual,
               (SELECT sum(c.customers * crm_purchase_probability(model, f, c.age) ORDER BY c.age)
                   FROM cohort AS c) AS expected
        FROM generate_series(0, up_to) AS f
    )
    SELECT b.f, b.actual,
           CASE WHEN b.f < up_to THEN b.expected
                ELSE (SELECT sum(c.customers) FROM cohort AS c)::double precision
                     - coalesce(sum(b.expected) OVER (ORDER BY b.f ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING),
                         0) END
    FROM bin AS b WHERE crm_clv_check_arguments(as_of, NULL, NULL, up_to) ORDER BY b.f;
END;
COMMENT ON FUNCTION crm_clv_frequency_check(crm_clv_model, crm_activity[], date, integer) IS
'Customers by their number of repeat purchase days: actual, expected.
Of each customer the model is told the first day only. activities: a ledger per customer, ARRAY(SELECT activity FROM
customer); NULLs, and customers who have not bought by as_of, are left out; expected is NULL where nobody is left.
up_to: 0 or more; the last row stands for this frequency and more. A NULL gives no rows. Error 22023 for an infinite
day, for up_to below 0, and as of crm_purchase_probability.';

CREATE FUNCTION crm_clv_holdout(model crm_clv_model, activities crm_activity[], as_of date, until date,
    up_to integer DEFAULT 7, OUT frequency integer, OUT customers bigint, OUT expected double precision,
    OUT actual double precision)
RETURNS SETOF record
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE ROWS 8
BEGIN ATOMIC
    SELECT c.frequency, count(*), avg(c.expected ORDER BY c.expected), avg(c.actual)::double precision
    FROM (SELECT least(crm_frequency(u.a, as_of), up_to) AS frequency,
                 -- CASE, for the planner may come to this before the check does.
                 crm_expected_purchases(model, u.a, as_of, CASE WHEN isfinite(until)
                     AND isfinite(as_of) THEN until - as_of END)
                     AS expected,
                 crm_active_days(u.a, until) - crm_active_days(u.a, as_of) AS actual
          FROM unnest(activities) AS u (a) WHERE crm_active_days(u.a, as_of) > 0) AS c
    WHERE crm_clv_check_arguments(as_of, until, NULL, up_to)
    GROUP BY c.frequency ORDER BY c.frequency;
END;
COMMENT ON FUNCTION crm_clv_holdout(crm_clv_model, crm_activity[], date, date, integer) IS
'Purchase days per customer after a day: expected and actual.
The ledger can be read as of any day, so no second table is needed: fit as of a day, compare with what followed until
a later one. activities: a ledger per customer, ARRAY(SELECT activity FROM customer); NULLs, and customers who have
not bought by as_of, are left out. frequency: repeat purchase days by as_of, up_to (0 or more) and more in the last
row. expected, actual: means. A NULL gives no rows. Error 22023 for an infinite day, for an until before as_of, for
up_to below 0, and as of crm_expected_purchases.';

-- Simulation

CREATE FUNCTION crm_simulate_purchases(model crm_clv_model, customers integer, first_day date, days integer,
    seed bigint, OUT customer_id bigint, OUT day date, OUT amount numeric)
RETURNS SETOF record
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000 ROWS 10000;
COMMENT ON FUNCTION crm_simulate_purchases(crm_clv_model, integer, date, integer, bigint) IS
'Purchases of customers drawn from a model, the same for the same seed.
customer_id: 1 to customers, in order, and each in order of time. All begin on first_day, at noon, and are watched for
so many days after it. day: several purchases may fall on one. amount: of the spend part, in cents; NULL where the
model has none. What a customer does depends on the seed and on customer_id alone. Errors 22023 for models of
contracts, of opportunities without "unit_days", and for numbers below 0.';
