-- Service: the instant that a workspace looks from, triggers for tables of one's own.
-- The views are in src/workspace/service.

CREATE FUNCTION crm_as_of_at(time_zone text) RETURNS timestamptz
LANGUAGE sql STABLE STRICT PARALLEL SAFE
RETURN CASE WHEN coalesce(pg_catalog.current_setting('crm_ext.as_of', true), ''::text) = ''::text
            THEN pg_catalog.statement_timestamp()
            ELSE pg_catalog.timezone(time_zone, (crm_as_of(time_zone) + 1)::timestamp) END;
COMMENT ON FUNCTION crm_as_of_at(text) IS
'The instant that a workspace looks from, where days are too coarse.
The end of the day crm_ext.as_of in the time zone, where that is set; else the start of the statement, for a case is
not overdue before its hour. What happened at it or later does not exist yet. NULL for NULL. Error 22023 for a time
zone that there is not.';

CREATE FUNCTION crm_due_trigger() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    extension_schema text := (SELECT extnamespace::pg_catalog.regnamespace FROM pg_catalog.pg_extension
        WHERE extname = 'crm_ext');
    -- What the row is, and was; NULL before it was.
    row_is pg_catalog.jsonb := pg_catalog.to_jsonb(NEW);
    row_was pg_catalog.jsonb := CASE TG_OP WHEN 'UPDATE' THEN pg_catalog.to_jsonb(OLD) END;
    lacking text := (SELECT pg_catalog.min(c) FROM pg_catalog.unnest(ARRAY['status', 'changed_at', 'priority',
        'channel', 'due_at', 'used_seconds', 'resumed_at']) AS c
                     WHERE NOT row_is ? c);
    meaning_of text;
    seconds_of text;
    due_of text;
    now_means text;
    then_meant text;
    used double precision;
    passed double precision;
    target double precision;
    is_business boolean;
    calendar text;
    due timestamptz;
BEGIN
    IF TG_LEVEL <> 'ROW' OR TG_WHEN <> 'BEFORE' OR TG_OP NOT IN ('INSERT', 'UPDATE') OR TG_NARGS <> 1 THEN
        RAISE EXCEPTION 'crm_due_trigger must be called by a BEFORE INSERT OR UPDATE trigger FOR EACH ROW'
            USING ERRCODE = 'trigger_protocol_violated', HINT = 'Its one argument is the name of the workspace.';
    ELSIF lacking IS NOT NULL THEN
        RAISE EXCEPTION 'crm_due_trigger: table % has no column "%"', TG_RELID::pg_catalog.regclass, lacking
            USING ERRCODE = 'undefined_column',
                  HINT = 'It needs status, changed_at, priority, channel, due_at, used_seconds and resumed_at.';
    ELSIF row_was IS NOT NULL AND row_is - ARRAY['due_at', 'used_seconds', 'resumed_at',
        'changed_at'] = row_was - ARRAY['due_at', 'used_seconds', 'resumed_at', 'changed_at'] THEN
        RETURN NEW;
    END IF;
    meaning_of := pg_catalog.format('SELECT coalesce((SELECT meaning FROM %I.case_status
        WHERE pg_catalog.lower(status) = pg_catalog.lower($1)), ''open'')', TG_ARGV[0]);
    EXECUTE meaning_of INTO now_means USING row_is ->> 'status';
    IF row_was IS NOT NULL THEN
        EXECUTE meaning_of INTO then_meant USING row_was ->> 'status';
    END IF;
    EXECUTE pg_catalog.format('SELECT t.resolution_seconds, t.is_business IS NOT FALSE FROM %I.service_target AS t
                               WHERE (t.priority IS NULL OR t.priority = $1) AND (t.channel IS NULL OR t.channel = $2)
                               ORDER BY t.priority IS NULL, t.channel IS NULL, t.first_reply_seconds, t.resolution_seconds,
                                        t.next_reply_seconds, t.is_business LIMIT 1', TG_ARGV[0])
    INTO target, is_business USING row_is ->> 'priority', row_is ->> 'channel';
    EXECUTE pg_catalog.format('SELECT calendar::text FROM %I.setting', TG_ARGV[0]) INTO calendar;
    -- A case that was done begins anew.
    used := CASE WHEN then_meant IS NULL OR then_meant IN ('resolved', 'closed')
        AND now_means NOT IN ('resolved', 'closed') THEN 0
                 ELSE coalesce((row_was ->> 'used_seconds')::double precision, 0) END;
    IF then_meant IN ('queued', 'open') THEN
        seconds_of := CASE WHEN is_business THEN pg_catalog.format('SELECT %s.crm_business_seconds($1, $2, $3::%1$s.crm_calendar)', extension_schema)
                           ELSE 'SELECT pg_catalog.date_part(''epoch'', $2 - $1) WHERE $3 IS NOT NULL' END;
        EXECUTE seconds_of INTO passed
        USING (row_was ->> 'resumed_at')::timestamptz, (row_is ->> 'changed_at')::timestamptz, calendar;
        used := used + greatest(coalesce(passed, 0), 0);
    END IF;
    IF now_means IN ('queued', 'open') THEN
        due_of := CASE WHEN is_business THEN pg_catalog.format('SELECT %s.crm_business_deadline($1, $2, $3::%1$s.crm_calendar)', extension_schema)
                       ELSE 'SELECT $1 + pg_catalog.make_interval(secs => $2) WHERE $3 IS NOT NULL' END;
        -- Where the time is used up, it was due before: that deadline stays.
        IF target >= used THEN
            EXECUTE due_of INTO due USING (row_is ->> 'changed_at')::timestamptz, target - used, calendar;
        ELSIF target IS NOT NULL THEN
            due := coalesce((row_was ->> 'due_at')::timestamptz, (row_is ->> 'changed_at')::timestamptz);
        END IF;
    ELSIF now_means IN ('resolved', 'closed') THEN
        due := (row_was ->> 'due_at')::timestamptz;
    END IF;
    RETURN pg_catalog.jsonb_populate_record(NEW, pg_catalog.jsonb_build_object(
        'due_at', due, 'used_seconds', used,
        'resumed_at', CASE WHEN now_means IN ('queued', 'open') THEN row_is -> 'changed_at' END));
END $$;
COMMENT ON FUNCTION crm_due_trigger() IS
'Fills due_at of your own table of cases as they open and change.
For a trigger BEFORE INSERT OR UPDATE, FOR EACH ROW; its argument is a workspace with the subject service. The table
has the columns status, changed_at (when it came to be so: write it with every change), priority and channel, and the
trigger''s own due_at, used_seconds and resumed_at. The target is that of service_target, the meaning of a status that
of case_status, the hours those of setting.calendar. due_at is the instant at which the time used, without pauses,
reaches the target; it is NULL while the case waits for the customer, stays as it was when the case is done, and is
reckoned anew when it is reopened. A new priority moves the target, not the time used. Runs with the rights of the
user whose statement it is, who must be able to read these tables. Errors: 39P01 for a trigger of another kind, 42703
for a column that is not there.';

CREATE FUNCTION crm_note_overdue(workspace text, within_seconds double precision DEFAULT 3600) RETURNS bigint
LANGUAGE plpgsql STRICT
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    noted bigint;
BEGIN
    EXECUTE format('SELECT %s.crm_enter_workspace($1)', (SELECT extnamespace::regnamespace FROM pg_extension
        WHERE extname = 'crm_ext'))
    USING workspace;
    IF to_regclass('overdue_case') IS NULL THEN
        RAISE EXCEPTION 'workspace "%" does not have the subject service', workspace
            USING ERRCODE = 'undefined_table', HINT = 'crm_add_subject adds it.';
    END IF;
    WITH near AS (
        INSERT INTO overdue_case (case_id, measure, due_at, customer_id, owner_id)
        SELECT c.case_id, due.measure, due.at, c.customer_id, c.owner_id
        FROM open_case AS c
        CROSS JOIN LATERAL (VALUES ('first_reply', c.reply_due_at), ('resolution', c.due_at)) AS due (measure, at)
        WHERE due.at < (SELECT until_at FROM service_basis) + make_interval(secs => within_seconds)
        ON CONFLICT DO NOTHING
        RETURNING case_id, measure, due_at
    )
    SELECT count(pg_notify('crm_overdue', jsonb_build_object('workspace', workspace, 'case_id', case_id, 'measure',
        measure,
                                                             'due_at', due_at)::text)::text)
    INTO noted
    FROM near;
    RETURN noted;
END $$;
COMMENT ON FUNCTION crm_note_overdue(text, double precision) IS
'Writes cases that are overdue, or will be soon, to overdue_case.
within_seconds: how far ahead. Each deadline once, of a first reply and of a resolution; for each the channel
crm_overdue is notified, with the workspace, the case, the measure and the deadline as JSON. Returns how many were
new. Run it every few minutes, as with pg_cron. Errors: 3F000 where there is no such workspace, 42P01 where it does
not have the subject service.';
