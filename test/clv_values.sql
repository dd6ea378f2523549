-- clv_parameter over the sample of CDNOW up to 1997-09-30, whose models were fitted elsewhere, in 50 digits, by weeks.
\ir lib/needs_data.sql
\if :has_data
BEGIN;
SELECT plan(3);
SET LOCAL client_min_messages = error;
SET LOCAL jit = off;
SET LOCAL crm_ext.as_of = '1997-09-30';

CREATE TABLE cdnow_sample (customer_id integer, sample_id integer, purchased_on date, cds integer, amount numeric);
\set cdnow :data/cdnow_sample.csv
COPY cdnow_sample FROM :'cdnow' (FORMAT csv, HEADER true);
SELECT crm_create_workspace('cdnow', '{"purchase": {"from": "cdnow_sample", "customer_id": "customer_id",
    "purchased_at": "purchased_on", "amount": "amount"}}');
-- Of alpha and its error, which are in the unit of time, the model's unit is taken out. The interval is symmetric in
-- the logarithm: estimate / f and estimate * f.
CREATE TEMPORARY TABLE want AS
SELECT *, exp(1.959963984540054 * std_error / estimate) AS f
FROM (VALUES ('r', .5248431591062976::double precision, .0832682065798::double precision),
             ('alpha', 6.183085279576005, .695620642509), ('a', .8913593907322158, .154789927778),
             ('b', 1.614002240170344, .53749479824)) AS w (parameter, estimate, std_error);
CREATE TEMPORARY TABLE have AS
SELECT p.parameter, p.clv_model_name, p.fitted_on, p.as_of, p.estimate / unit.weeks AS estimate,
       p.std_error / unit.weeks AS std_error, p.low / unit.weeks AS low, p.high / unit.weeks AS high, p.model_notes
FROM cdnow.clv_parameter AS p
CROSS JOIN LATERAL (
    SELECT CASE WHEN p.parameter = 'alpha' THEN 7 / (basis.clv_model::jsonb ->> 'unit_days')::double precision
                ELSE 1 END AS weeks
    FROM cdnow.scoring_basis AS basis
) AS unit
WHERE p.submodel = 'purchase';
SELECT results_eq('SELECT want.parameter, abs(have.estimate / want.estimate - 1) < 1e-6,
        abs(have.std_error / want.std_error - 1) < 1e-5, abs(have.low / want.estimate * f - 1) < 1e-5,
        abs(have.high / want.estimate / f - 1) < 1e-5
    FROM want LEFT JOIN have USING (parameter) ORDER BY 1',
    $$VALUES ('a', true, true, true, true), ('alpha', true, true, true, true), ('b', true, true, true, true),
        ('r', true, true, true, true)$$, 'clv_parameter: estimates, errors and intervals of MBG/NBD');
SELECT results_eq('SELECT DISTINCT clv_model_name, fitted_on, as_of, model_notes FROM have',
    $$VALUES ('mbg/nbd', date '1997-09-30', date '1997-09-30', NULL::text)$$,
    'clv_parameter: which model, of which day');
SET LOCAL crm_ext.as_of = '1997-09-29';
SELECT is_empty('SELECT parameter FROM cdnow.clv_parameter', 'clv_parameter: none from before the first fit');
SELECT * FROM finish();
ROLLBACK;
\endif
