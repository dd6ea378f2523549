-- Run by CREATE EXTENSION, never by hand.
\echo Use "CREATE EXTENSION crm_ext" to load this file. \quit

CREATE FUNCTION crm_ext_version() RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_ext_version() IS
'The version of the loaded crm_ext library.
Differs from the version in pg_extension when one of "make install" and "ALTER EXTENSION crm_ext UPDATE" was left out.';

CREATE FUNCTION crm_planner_support(request internal) RETURNS internal
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_planner_support(internal) IS
'Has the library loaded when a statement is planned: for the planner.
Of a function in SQL PostgreSQL does not know that it calls one of this library until it runs, perhaps in parallel
already, where the library can no longer take over crm_ext.as_of. Tells the planner nothing.';
