-- What tests of lifetime value share, as temporary functions and a table.

CREATE FUNCTION pg_temp.close_to(have double precision, want double precision, tolerance double precision, name text)
RETURNS text LANGUAGE sql AS $$
    SELECT ok(coalesce(abs(have - want) <= tolerance * abs(want), false), format('%s: %s (have %s)', name, want, have))
$$;

-- A model of parameters in the order of the papers, with spend or without.
CREATE FUNCTION pg_temp.model(kind text, p double precision[], spend double precision[] DEFAULT NULL,
    unit_days double precision DEFAULT 7)
RETURNS crm_clv_model LANGUAGE sql AS $$
    SELECT (jsonb_build_object('model', kind, 'unit_days', unit_days, 'purchase', jsonb_build_object('parameters',
                (SELECT jsonb_object_agg(n, v)
                 FROM unnest((CASE kind WHEN 'pareto/nbd' THEN '{r,alpha,s,beta}'
                                        WHEN 'bg/bb' THEN '{alpha,beta,gamma,delta}'
                                        WHEN 'sbg' THEN '{alpha,beta}'
                                        ELSE '{r,alpha,a,b}' END)::text[], p) AS u (n, v))))
            || CASE WHEN spend IS NULL THEN '{}' ELSE jsonb_build_object('spend', jsonb_build_object('parameters',
                (SELECT jsonb_object_agg(n, v)
                    FROM unnest('{p,q,gamma}'::text[], spend) AS u (n, v)))) END)::crm_clv_model
$$;

-- A model of each kind, and a customer.
CREATE TEMP TABLE stated AS
SELECT pg_temp.model('bg/nbd', '{0.243,4.414,0.793,2.426}') AS bgnbd,
       pg_temp.model('bg/nbd', '{0.243,4.414,0.793,2.426}', '{6,4,15}') AS spend,
       pg_temp.model('bg/nbd', '{0.243,4.414,0.793,2.426}', '{6,0.5,15}') AS heavy,
       pg_temp.model('bg/bb', '{1,1,1,1}', NULL, 0) AS bgbb, pg_temp.model('sbg', '{1,1}', NULL, 0) AS sbg,
       '{2022-01-03:1:10,2022-02-03:1:10}'::crm_activity AS a;
