-- Profiles over an e-mail test of 64,000 customers, and over a shop.
\ir lib/needs_data.sql
\if :has_data
BEGIN;
SELECT plan(12);
SET LOCAL client_min_messages = warning;
CREATE TABLE email_test (customer_id integer, recency_months integer, history_amount numeric, mens integer,
    womens integer, area text, newbie integer, channel text, arm text, visited integer, converted integer,
    spend_amount numeric);
\set email :data/email_test.csv
COPY email_test FROM :'email' (FORMAT csv, HEADER true);
CREATE TABLE cdnow (customer_id integer, purchased_on date, cds integer, amount numeric);
\set cdnow :data/cdnow.csv
COPY cdnow FROM :'cdnow' (FORMAT csv, HEADER true);

-- E3: margin 40 % of revenue; an e-mail costs $0.10, a visit $0.25.
SELECT crm_create_workspace('mail', $${
    "customer": {"from": "email_test", "customer_id": "customer_id", "region": "channel", "industry": "area",
        "acquired_through": "arm"},
    "purchase": {"from": "email_test", "where": "spend_amount > 0", "customer_id": "customer_id",
        "purchased_at": "make_date(2008, 3, 20)",
        "amount": "spend_amount", "cost_amount": "0.6 * spend_amount"},
    "interaction": {"from": "email_test", "where": "arm <> 'no_email'", "customer_id": "customer_id",
        "interacted_at": "make_date(2008, 3, 6)",
        "channel": "'e-mail'", "purpose": "arm", "is_responded": "visited = 1"},
    "cost": {"from": "email_test", "where": "arm <> 'no_email' OR visited = 1", "customer_id": "customer_id",
        "occurred_at": "make_date(2008, 3, 6)", "amount": "0.10 * (arm <> 'no_email')::integer + 0.25 * visited"}
}$$, subjects => '{profile}');
SET LOCAL crm_ext.as_of = '2008-03-31';
SELECT crm_refit('mail') > 0 AS is_fitted;
SELECT results_eq($$SELECT dimension_value, customer_count, amount, cost_to_serve, profit_amount,
    round(profit_per_customer::numeric, 10)
                    FROM mail.segment_economics WHERE dimension = 'region' ORDER BY dimension_value$$,
    $$VALUES ('multichannel', 7762::bigint, 10880.59, 848.85, 3503.386, 0.4513509405),
        ('phone', 28021, 25468.06, 2760.15, 7427.074, 0.2650538525),
             ('web', 28217, 30909.48, 3008.9, 9354.892, 0.3315338980)$$, 'E3: profit by channel');
SELECT results_eq($$SELECT region, count(*) FROM mail.customer JOIN mail.interaction USING (customer_id) GROUP BY region
    ORDER BY region$$,
    $$VALUES ('multichannel', 5156::bigint), ('phone', 18694), ('web', 18844)$$, 'E3: e-mails sent');
SELECT is((SELECT sum(customer_count) FROM mail.segment_economics WHERE dimension = 'stage'), 64000::numeric,
    'every dimension has all customers');
SELECT is((SELECT count(DISTINCT total) FROM (SELECT sum(amount) AS total FROM mail.segment_economics
    GROUP BY dimension) AS t), 1::bigint, 'and all revenue');
SELECT is((SELECT sum(customer_count) FROM mail.age_mix WHERE age_band = 'unknown'), 64000::numeric,
    'ages are not known');
SELECT crm_set_target('mail', 'web', 'region = ''web''');
SELECT results_eq('SELECT customer_count, buyer_count, amount FROM mail.target_penetration',
    $$SELECT count(*), count(*) FILTER (WHERE spend_amount > 0), sum(spend_amount)::numeric(18, 2) FROM email_test
    WHERE channel = 'web'$$, 'a target, its buyers and their revenue');
SELECT is((SELECT round((buyer_share / base_buyer_share / buyer_lift)::numeric, 12) FROM mail.target_penetration),
    1.000000000000, 'lift is the ratio of the two shares');
SELECT is((SELECT filled_share FROM mail.completeness WHERE segment IS NULL AND field_name = 'industry'),
    1::double precision, 'completeness');

-- A shop
SELECT crm_create_workspace('music',
    '{"purchase": {"from": "cdnow", "customer_id": "customer_id", "purchased_at": "purchased_on", "amount": "amount",
    "quantity": "cds"}}', subjects => '{profile}');
SET LOCAL crm_ext.as_of = '1998-06-30';
SELECT crm_refit('music') > 0 AS is_fitted;
SELECT results_eq('SELECT sum(buyer_count)::bigint, sum(repeat_count)::bigint FROM music.repeat_rate',
    'SELECT count(*), count(*) FILTER (WHERE days > 1) FROM (SELECT count(DISTINCT purchased_on) AS days FROM cdnow
        GROUP BY customer_id) AS c', 'who bought again');
INSERT INTO music.playbook VALUES ('stage', 'departed', 'win back', 14), ('stage', 'declining', 'ask why', 7),
    ('class', 'A', 'call', 3), ('segment', 'champions', 'thank', NULL);
SELECT crm_snapshot('music') > 0 AS is_taken;
SELECT results_eq('SELECT dimension, count(*) FROM music.next_action GROUP BY dimension ORDER BY dimension',
    $$SELECT 'class', count(*) FILTER (WHERE class = 'A') FROM music.customer_360 UNION ALL
      SELECT 'segment', count(*) FILTER (WHERE segment = 'champions') FROM music.customer_360 UNION ALL
      SELECT 'stage', count(*) FILTER (WHERE stage IN ('departed', 'declining'))
      FROM music.customer_360$$, 'the playbook serves every dimension');
SELECT is((SELECT count(*) FROM music.loyal_profile), (SELECT count(*) FROM music.customer_360 WHERE r_score >= 3
    AND f_score >= 4), 'loyal customers');
SELECT is((SELECT sum(amount) FROM music.need_value_matrix), (SELECT sum(amount) FROM music.customer_360),
    'needs and values have all amounts');
SELECT * FROM finish();
ROLLBACK;
\endif
