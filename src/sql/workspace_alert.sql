-- What is unusual is told once.

CREATE FUNCTION crm_alert(workspace text) RETURNS bigint
LANGUAGE plpgsql STRICT
SET search_path = pg_catalog, pg_temp
SET standard_conforming_strings = on AS $$
DECLARE
    extension_schema text := (SELECT extnamespace::regnamespace FROM pg_extension WHERE extname = 'crm_ext');
    news record;
    alerts bigint := 0;
BEGIN
    EXECUTE format('SELECT %s.crm_enter_workspace($1)', extension_schema) USING workspace;
    IF to_regclass('mention_surge') IS NULL THEN
        RAISE EXCEPTION 'workspace "%" does not have the subject campaign', workspace
            USING ERRCODE = 'undefined_table',
                  HINT = format('Use crm_add_subject(%L, ''campaign'') to add it.', workspace);
    END IF;
    FOR news IN
        WITH written AS (
            INSERT INTO alert (kind, brand, period_at, mention_count, expected_count, z, p_value)
            SELECT 'mention_surge', s.brand, s.period_at, s.mention_count, s.expected_count, s.z, s.p_value
            FROM mention_surge AS s
            WHERE s.is_surge
            ON CONFLICT DO NOTHING
            RETURNING brand, period_at, mention_count
        )
        SELECT brand, count(*) AS surges, max(period_at) AS period_at,
               (array_agg(mention_count ORDER BY period_at DESC))[1] AS mention_count
        FROM written GROUP BY brand ORDER BY brand
    LOOP
        -- A message has at most 8,000 bytes.
        PERFORM pg_notify('crm_ext', json_build_object('workspace', workspace, 'kind', 'mention_surge',
                                                       'brand', left(news.brand, 200), 'surges', news.surges,
                                                       'period_at', news.period_at, 'mentions',
                                                       news.mention_count)::text);
        alerts := alerts + news.surges;
    END LOOP;
    RETURN alerts;
END $$;
COMMENT ON FUNCTION crm_alert(text) IS
'Writes new surges of mentions into the table alert, and notifies.
Returns how many there were. A surge, a row of mention_surge with is_surge, is written once and stays, whatever its
count becomes later. NOTIFY on channel crm_ext tells of each brand with news, as JSON: workspace, kind, brand, surges
(how many), period_at and mentions of the latest. Looks at everything up to crm_as_of(): run it after each load, or by
the hour. Errors: 3F000 where there is no such workspace, 42P01 for one without the subject campaign.';
