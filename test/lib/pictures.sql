-- pg_temp.picture(workspace, name): what a query of the report returns there, such as
-- 10_who/01_segments, or head. A temporary table with the name of a view takes its place.
CREATE TEMPORARY TABLE picture_query (name text PRIMARY KEY, query text);
\copy picture_query FROM PROGRAM 'awk -f test/lib/pictures.awk dashboard/report/*/*.sql dashboard/report/head.sql'
CREATE FUNCTION pg_temp.picture(workspace text, picture text) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
    before text := current_setting('search_path');
    drawn json;
BEGIN
    PERFORM set_config('search_path', format('%I, public', workspace), true);
    EXECUTE (SELECT query FROM picture_query WHERE name = picture) INTO drawn;
    PERFORM set_config('search_path', before, true);
    RETURN drawn;
END;
$$;
CREATE FUNCTION pg_temp.title(workspace text, picture text) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.picture(workspace, picture) ->> 'title';
$$;
