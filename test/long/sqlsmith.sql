-- What sqlsmith finds: functions of the extension, values of every type in one table,
-- and a shop with something of every subject. After test/lib/sweep.sql.
SET client_min_messages = error;
CREATE SCHEMA smith;

-- sqlsmith reads pg_proc without its schema, so that search_path can put another
-- in its place: what is the extension's, and what makes arguments for it.
CREATE TABLE smith.pg_proc AS
SELECT p.* FROM pg_catalog.pg_proc AS p
WHERE EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_catalog.pg_proc'::regclass AND objid = p.oid AND deptype = 'e'
                AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'crm_ext'))
  AND NOT p.proargtypes::oid[] && '{internal,cstring}'::regtype[]::oid[]
UNION ALL
SELECT p.* FROM pg_catalog.pg_proc AS p
WHERE p.oid::regprocedure::text IN (
    'abs(double precision)', 'sqrt(double precision)', 'exp(double precision)', 'ln(double precision)',
    'float8(numeric)', 'float8(integer)', 'float8(bigint)', 'round(numeric)', 'numeric(double precision)',
    'numeric(bigint)', 'int8(integer)',
    'int4(double precision)', 'int4(numeric)', 'lower(text)', '"left"(text,integer)', 'length(text)',
    'date(timestamp with time zone)', 'timestamptz(date)', 'make_date(integer,integer,integer)',
    'count("any")', 'max(date)', 'min(numeric)', 'sum(double precision)', 'string_agg(text,text)');

-- Operators of any range or array are taken for operators of a type called anyrange:
-- the server would refuse most queries for them alone.
SET allow_system_table_mods = on;
DELETE FROM pg_operator
WHERE ARRAY[oprleft, oprright] && '{anyrange,anymultirange,anyelement,anyenum}'::regtype[]::oid[];
RESET allow_system_table_mods;

-- Row n has the n-th value of each type, from the first again where there are fewer.
-- Names are plain: sqlsmith does not quote.
DO $$
BEGIN
    EXECUTE (SELECT format('CREATE TABLE smith.value AS SELECT %s FROM generate_series(0, 199) AS n',
                           string_agg(format('CASE n %% %s %s END AS %s', count, cases,
                                             regexp_replace(type, '\W+', '_', 'g')), ', '))
             FROM (SELECT type, count(*), string_agg(format('WHEN %s THEN %s', k, sql), ' ' ORDER BY k) AS cases
                   FROM (SELECT type, sql, row_number() OVER (PARTITION BY type ORDER BY sql) - 1 AS k
                         FROM sweep.value WHERE type NOT IN ('internal', 'crm_report')) AS v
                   GROUP BY type) AS t);
END $$;

CREATE ROLE smith_tables LOGIN;
CREATE ROLE smith_views LOGIN;
GRANT USAGE ON SCHEMA smith, crm TO smith_tables, smith_views;
GRANT SELECT ON ALL TABLES IN SCHEMA smith TO smith_tables, smith_views;
GRANT SELECT ON ALL TABLES IN SCHEMA crm TO smith_views;
SELECT format('GRANT SELECT ON %s TO smith_tables', oid::regclass)
FROM pg_class WHERE relnamespace = 'crm'::regnamespace AND relkind = 'r'
\gexec
ALTER ROLE smith_tables SET search_path = smith, pg_catalog, public;
ALTER ROLE smith_views SET search_path = smith, pg_catalog, public;
ALTER ROLE smith_tables SET statement_timeout = '2s';
ALTER ROLE smith_views SET statement_timeout = '2s';
