-- Service: the instant that a workspace looks from, and triggers for tables of
-- one's own. The views are in src/workspace/service.

CREATE FUNCTION crm_as_of_at(time_zone text) RETURNS timestamptz
LANGUAGE sql STABLE STRICT PARALLEL SAFE
RETURN CASE WHEN coalesce(pg_catalog.current_setting('crm_ext.as_of', true), ''::text) = ''::text
            THEN pg_catalog.statement_timestamp()
            ELSE pg_catalog.timezone(time_zone, (crm_as_of(time_zone) + 1)::timestamp) END;
COMMENT ON FUNCTION crm_as_of_at(text) IS
'The instant that a workspace looks from, where days are too coarse.
The end of the day crm_ext.as_of in the time zone, where that is set; else the start of the statement, for a case is not overdue before its hour. What happened at it or later does not exist yet. NULL for NULL. Error 22023 for a time zone that there is not.';
