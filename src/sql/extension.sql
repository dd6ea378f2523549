-- Run by CREATE EXTENSION, never by hand.
\echo Use "CREATE EXTENSION crm_ext" to load this file. \quit

CREATE FUNCTION crm_ext_version() RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_ext_version() IS
'The version of the loaded crm_ext library.
Differs from the version in pg_extension when one of "make install" and "ALTER EXTENSION crm_ext UPDATE" was left out.';
