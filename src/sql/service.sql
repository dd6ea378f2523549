-- Service: the instant that a workspace looks from, triggers for tables of one's own.
-- The views are in src/workspace/service.

CREATE FUNCTION crm_as_of_at(time_zone text) RETURNS timestamptz
LANGUAGE sql STABLE STRICT PARALLEL SAFE
RETURN CASE WHEN coalesce(pg_catalog.current_setting('crm_ext.as_of', true), ''::text) = ''::text
            THEN pg_catalog.statement_timestamp()
            ELSE crm_day_end(crm_as_of(time_zone), time_zone) END;
COMMENT ON FUNCTION crm_as_of_at(text) IS
'The instant that a workspace looks from, where days are too coarse.
The end of the day crm_ext.as_of in the time zone, where that is set, as crm_day_end has it; else the start of the
statement, for a case is not overdue before its hour. What happened at it or later does not exist yet. NULL for NULL.
Error 22023 for a time zone that does not exist, where a day is set.';

-- What the log of one case or customer says, in one pass: rows that come in
-- order, as from an index, are not sorted.

CREATE TYPE crm_reply_turn AS (
    turn_no bigint, is_first boolean, asked_at timestamptz, replied_at timestamptz, staff_id text
);
COMMENT ON TYPE crm_reply_turn IS
'A question of a customer and its reply by a person.
Made by crm_reply_turn_agg. turn_no counts from 1; is_first: nobody had replied before. asked_at is the first message
that nobody had answered yet, replied_at and staff_id are of the reply, NULL without one.';

CREATE TYPE crm_case_cycle AS (
    cycle_no bigint, started_at timestamptz, resolved_at timestamptz, is_paused boolean,
    paused_seconds double precision, paused_business_seconds double precision, ended_in_pause boolean
);
COMMENT ON TYPE crm_case_cycle IS
'A cycle of a case: from its first state, or the first after it was done.
Made by crm_case_cycle_agg. cycle_no counts from 1. resolved_at is its first state that is done, NULL without one.
is_paused: its last state is the case''s, and a pause. ended_in_pause: it was done from a pause. Seconds of pauses are
on the clock and in working time.';

CREATE TYPE crm_open_stay AS (
    stay_no bigint, started_at timestamptz, ended_at timestamptz, status text, staff_id text, department text,
    is_reopened boolean, cycle_started_at timestamptz, used_seconds double precision,
    used_business_seconds double precision
);
COMMENT ON TYPE crm_open_stay IS
'A state of a case that is open, of its present cycle.
Made by crm_open_stay_agg. stay_no counts all states of the case from 1. ended_at is when the next one began, NULL for
the last. is_reopened: the case was done before; cycle_started_at is the first state since.
used_seconds, on the clock, and used_business_seconds, in working time, are from there to its end, without pauses.';

CREATE TYPE crm_conversation AS (
    conversation_no bigint, started_at timestamptz, ended_at timestamptz, message_count bigint, in_count bigint,
    out_count bigint, staff_count bigint, first_direction text
);
COMMENT ON TYPE crm_conversation IS
'Messages of a customer that follow on each other within a gap.
Made by crm_conversation_agg. conversation_no counts from 1; in_count and out_count are messages of these directions,
staff_count different members of staff, first_direction that of the first message.';

CREATE TYPE crm_case_wait AS (
    started_at timestamptz, wait_seconds double precision, wait_business_seconds double precision, is_observed boolean,
    measure text, ended_at timestamptz, closed_unanswered_at timestamptz, is_paused boolean
);
COMMENT ON TYPE crm_case_wait IS
'A wait of a customer: for a first reply, a next one, a resolution, or one after a reopening.
Made by crm_case_waits. measure is first_reply, next_reply, resolution or reopened.
ended_at is the reply or resolution, NULL while there is none: then is_observed is false.
closed_unanswered_at: the case was done without a reply. Seconds on the clock and in working time,
without pauses where it is for a resolution. is_paused: it ended in a pause, or is in one.';

CREATE FUNCTION crm_log_combine(state internal, other internal) RETURNS internal
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION crm_log_serialize(state internal) RETURNS bytea
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION crm_log_deserialize(state bytea, unused internal) RETURNS internal
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION crm_reply_turn_trans(state internal, at timestamptz, is_reply boolean, staff_id text) RETURNS internal
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION crm_reply_turn_final(state internal) RETURNS crm_reply_turn[]
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION crm_case_end_trans(state internal, changed_at timestamptz, event_no bigint, status text,
    done_words text[], closed_words text[]) RETURNS internal
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION crm_case_end_final(state internal) RETURNS timestamptz[]
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION crm_case_cycle_trans(state internal, changed_at timestamptz, event_no bigint, status text,
    done_words text[], waiting_words text[], until_at timestamptz, calendar crm_calendar) RETURNS internal
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION crm_case_cycle_final(state internal) RETURNS crm_case_cycle[]
AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL SAFE;
CREATE FUNCTION crm_open_stay_trans(state internal, changed_at timestamptz, event_no bigint, status text,
    done_words text[], waiting_words text[], until_at timestamptz, calendar crm_calendar, staff_id text,
    department text) RETURNS internal
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION crm_open_stay_final(state internal) RETURNS crm_open_stay[]
AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL SAFE;
CREATE FUNCTION crm_holder_trans(state internal, changed_at timestamptz, event_no bigint, status text, holder text)
RETURNS internal
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION crm_holder_final(state internal) RETURNS bigint[]
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION crm_conversation_trans(state internal, at timestamptz, message_id text, direction text, staff_id text,
                                       gap_seconds double precision) RETURNS internal
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION crm_conversation_final(state internal) RETURNS crm_conversation[]
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION crm_log_combine(internal, internal) IS
'Support of aggregates of logs: both states in one.';
COMMENT ON FUNCTION crm_log_serialize(internal) IS
'Support of aggregates of logs: the state for another process.';
COMMENT ON FUNCTION crm_log_deserialize(bytea, internal) IS
'Support of aggregates of logs: the state from another process.';
COMMENT ON FUNCTION crm_reply_turn_trans(internal, timestamptz, boolean, text) IS
'Support of crm_reply_turn_agg: takes in a message.';
COMMENT ON FUNCTION crm_reply_turn_final(internal) IS
'Support of crm_reply_turn_agg: reads the turns.';
COMMENT ON FUNCTION crm_case_end_trans(internal, timestamptz, bigint, text, text[], text[]) IS
'Support of crm_case_end_agg: takes in a state.';
COMMENT ON FUNCTION crm_case_end_final(internal) IS
'Support of crm_case_end_agg: reads the ends.';
COMMENT ON FUNCTION crm_case_cycle_trans(internal, timestamptz, bigint, text, text[], text[], timestamptz,
    crm_calendar) IS
'Support of crm_case_cycle_agg: takes in a state.';
COMMENT ON FUNCTION crm_case_cycle_final(internal) IS
'Support of crm_case_cycle_agg: reads the cycles.';
COMMENT ON FUNCTION crm_open_stay_trans(internal, timestamptz, bigint, text, text[], text[], timestamptz,
    crm_calendar, text, text) IS
'Support of crm_open_stay_agg: takes in a state.';
COMMENT ON FUNCTION crm_open_stay_final(internal) IS
'Support of crm_open_stay_agg: reads the present states.';
COMMENT ON FUNCTION crm_holder_trans(internal, timestamptz, bigint, text, text) IS
'Support of crm_holder_agg: takes in a state.';
COMMENT ON FUNCTION crm_holder_final(internal) IS
'Support of crm_holder_agg: counts.';
COMMENT ON FUNCTION crm_conversation_trans(internal, timestamptz, text, text, text, double precision) IS
'Support of crm_conversation_agg: takes in a message.';
COMMENT ON FUNCTION crm_conversation_final(internal) IS
'Support of crm_conversation_agg: reads the conversations.';

CREATE AGGREGATE crm_reply_turn_agg(at timestamptz, is_reply boolean, staff_id text) (
    SFUNC = crm_reply_turn_trans, STYPE = internal, SSPACE = 512, FINALFUNC = crm_reply_turn_final,
    COMBINEFUNC = crm_log_combine, SERIALFUNC = crm_log_serialize, DESERIALFUNC = crm_log_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm_reply_turn_agg(timestamptz, boolean, text) IS
'The questions of a case, each with its reply.
Of messages: when, whether it is a person''s public reply (else it is a question of the customer), and by whom.
A question goes before a reply of the same instant; of two replies of one instant the first counts, by staff_id.
Further questions until the reply are the same turn; a reply without a question is none.
Rows with NULL for at or is_reply are skipped; no rows give NULL.
Example: SELECT case_id, unnest(crm_reply_turn_agg(sent_at, sender = ''agent'', agent)) FROM message GROUP BY case_id.';

CREATE AGGREGATE crm_case_end_agg(changed_at timestamptz, event_no bigint, status text, done_words text[],
    closed_words text[]) (
    SFUNC = crm_case_end_trans, STYPE = internal, SSPACE = 512, FINALFUNC = crm_case_end_final,
    COMBINEFUNC = crm_log_combine, SERIALFUNC = crm_log_serialize, DESERIALFUNC = crm_log_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm_case_end_agg(timestamptz, bigint, text, text[], text[]) IS
'When a case was first resolved and closed, and since when it is so.
An array of these four instants, the last two since it was open for the last time; NULL for what was not.
The last state decides whether it is done: by changed_at, then event_no, NULL last, then status. A state is done,
or closed, where the status in lower case (A to Z) is one of the words, which are the same in every row.
Rows without changed_at are skipped; no rows give NULL.';

CREATE AGGREGATE crm_case_cycle_agg(changed_at timestamptz, event_no bigint, status text, done_words text[],
                                    waiting_words text[], until_at timestamptz, calendar crm_calendar) (
    SFUNC = crm_case_cycle_trans, STYPE = internal, SSPACE = 512, FINALFUNC = crm_case_cycle_final,
    COMBINEFUNC = crm_log_combine, SERIALFUNC = crm_log_serialize, DESERIALFUNC = crm_log_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm_case_cycle_agg(timestamptz, bigint, text, text[], text[], timestamptz, crm_calendar) IS
'The cycles of a case, each with its pauses: see crm_case_cycle.
Of its states, in the order of crm_case_end_agg. A state lasts until the next, the last one until until_at;
one whose status is one of waiting_words is a pause for the customer. Pauses are added up in whole microseconds;
working time is by the calendar. All but the first three are the same in every row.
Rows with NULL for changed_at, until_at or calendar are skipped; no rows give NULL.
Error 22023 where until_at, or the calendar of pauses, is not the same in every row.';

CREATE AGGREGATE crm_open_stay_agg(changed_at timestamptz, event_no bigint, status text, done_words text[],
                                   waiting_words text[], until_at timestamptz, calendar crm_calendar, staff_id text,
                                   department text) (
    SFUNC = crm_open_stay_trans, STYPE = internal, SSPACE = 512, FINALFUNC = crm_open_stay_final,
    COMBINEFUNC = crm_log_combine, SERIALFUNC = crm_log_serialize, DESERIALFUNC = crm_log_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm_open_stay_agg(timestamptz, bigint, text, text[], text[], timestamptz, crm_calendar, text,
                                       text) IS
'The states of an open case since it was last done, with time used.
See crm_open_stay. States are in the order of crm_case_end_agg; words, until_at and calendar as in crm_case_cycle_agg.
staff_id and department are who has the case. NULL for a case that is done, and of no rows; rows with NULL for
changed_at, until_at or calendar are skipped.
Error 22023 where until_at or calendar is not the same in every row.';

CREATE AGGREGATE crm_holder_agg(changed_at timestamptz, event_no bigint, status text, holder text) (
    SFUNC = crm_holder_trans, STYPE = internal, SSPACE = 512, FINALFUNC = crm_holder_final,
    COMBINEFUNC = crm_log_combine, SERIALFUNC = crm_log_serialize, DESERIALFUNC = crm_log_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm_holder_agg(timestamptz, bigint, text, text) IS
'How many holders a case had, in how many runs, of which ping-pongs.
An array of these three counts. States are in the order of crm_case_end_agg; a run is one or more of them in a row with
one holder, a ping-pong a run of the holder of the last run but one. Rows without changed_at or holder are skipped, so
the holders before and after follow on each other; no rows give NULL.';

CREATE AGGREGATE crm_conversation_agg(at timestamptz, message_id text, direction text, staff_id text,
    gap_seconds double precision) (
    SFUNC = crm_conversation_trans, STYPE = internal, SSPACE = 2048, FINALFUNC = crm_conversation_final,
    COMBINEFUNC = crm_log_combine, SERIALFUNC = crm_log_serialize, DESERIALFUNC = crm_log_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE crm_conversation_agg(timestamptz, text, text, text, double precision) IS
'The conversations among the messages of a customer.
In the order of at; at one instant in goes before other directions, then by message_id, as text. A new one begins after
a gap longer than gap_seconds, which is the same in every row; NULL is no end. direction is in, out or another word.
Rows without at are skipped; no rows give NULL.
Error 22023 for a gap below 0 or NaN, or one that is not the same in every row.';

CREATE FUNCTION crm_case_waits(asked_at timestamptz, replied_at timestamptz, turns crm_reply_turn[],
    opened_at timestamptz, closed_since_at timestamptz, done_at timestamptz, cycles crm_case_cycle[],
    until_at timestamptz, calendar crm_calendar) RETURNS crm_case_wait[]
AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL SAFE COST 20;
COMMENT ON FUNCTION crm_case_waits(timestamptz, timestamptz, crm_reply_turn[], timestamptz, timestamptz, timestamptz,
                                   crm_case_cycle[], timestamptz, crm_calendar) IS
'The waits of a case, each from its start to its end.
Told from its messages and states: see crm_case_wait. asked_at is when the clock of the first reply starts,
NULL for none; replied_at the first reply, one before asked_at counting at asked_at.
turns are those of crm_reply_turn_agg: all but the first are waits for a next reply.
opened_at is when the first cycle began; cycles are those of crm_case_cycle_agg, NULL where there are no states yet.
closed_since_at and done_at are the fourth and third of crm_case_end_agg: a reply
that never came was waited for until the former, or the latter if it was not closed,
where that is not before the question. What has no end lasts until until_at.
Both times are NULL with an instant that is infinite; working time is by the calendar. NULL where until_at or calendar
is.
Example: SELECT case_id, unnest(crm_case_waits(asked_at, replied_at, NULL, opened_at, NULL, NULL, NULL, now(),
''Europe/Rome; mon-fri 09:00-18:00'')) FROM ticket.';

CREATE FUNCTION crm_due_trigger() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    extension_schema text := (SELECT extnamespace::pg_catalog.regnamespace FROM pg_catalog.pg_extension
        WHERE extname = 'crm_ext');
    -- What the row is, and was; NULL before it was. Its keys are text: an operator for another type could be anybody's.
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
    ELSIF row_was IS NOT NULL AND row_is - ARRAY['due_at', 'used_seconds', 'resumed_at', 'changed_at']
                                  = row_was - ARRAY['due_at', 'used_seconds', 'resumed_at', 'changed_at'] THEN
        RETURN NEW;
    ELSIF pg_catalog.to_regclass(pg_catalog.format('%I.case_status', TG_ARGV[0])) IS NULL THEN
        IF pg_catalog.to_regclass(pg_catalog.format('%I.definition', TG_ARGV[0])) IS NULL THEN
            RAISE EXCEPTION 'workspace "%" does not exist', TG_ARGV[0]
                USING ERRCODE = 'invalid_schema_name', HINT = 'Use crm_create_workspace to create it.';
        END IF;
        RAISE EXCEPTION 'workspace "%" does not have the subject service', TG_ARGV[0]
            USING ERRCODE = 'undefined_table', HINT = 'crm_add_subject adds it.';
    END IF;
    meaning_of := pg_catalog.format('SELECT coalesce((SELECT meaning FROM %I.case_status
        WHERE pg_catalog.lower(status COLLATE "C") = pg_catalog.lower($1 COLLATE "C")), ''open'')', TG_ARGV[0]);
    EXECUTE meaning_of INTO now_means USING row_is ->> 'status'::text;
    IF row_was IS NOT NULL THEN
        EXECUTE meaning_of INTO then_meant USING row_was ->> 'status'::text;
    END IF;
    -- In the order of case_basis, where seconds that cannot be are NULL.
    EXECUTE pg_catalog.format('SELECT t.resolution_seconds, t.is_business IS NOT FALSE
                               FROM (SELECT priority, channel, is_business,
                                            CASE WHEN first_reply_seconds >= ''0''
                                                      AND first_reply_seconds < ''Infinity''
                                                 THEN first_reply_seconds END AS first_reply_seconds,
                                            CASE WHEN resolution_seconds >= ''0''
                                                      AND resolution_seconds < ''Infinity''
                                                 THEN resolution_seconds END AS resolution_seconds,
                                            CASE WHEN next_reply_seconds >= ''0''
                                                      AND next_reply_seconds < ''Infinity''
                                                 THEN next_reply_seconds END AS next_reply_seconds
                                     FROM %I.service_target) AS t
                               WHERE (t.priority IS NULL
                                      OR pg_catalog.lower(t.priority COLLATE "C") = pg_catalog.lower($1 COLLATE "C"))
                                 AND (t.channel IS NULL
                                      OR pg_catalog.lower(t.channel COLLATE "C") = pg_catalog.lower($2 COLLATE "C"))
                               ORDER BY t.priority IS NULL, t.channel IS NULL, t.first_reply_seconds,
                                        t.resolution_seconds, t.next_reply_seconds, t.is_business LIMIT 1', TG_ARGV[0])
    INTO target, is_business USING row_is ->> 'priority'::text, row_is ->> 'channel'::text;
    EXECUTE pg_catalog.format('SELECT calendar::text FROM %I.setting', TG_ARGV[0]) INTO calendar;
    -- A case that was done begins anew.
    used := CASE WHEN then_meant IS NULL
                      OR then_meant IN ('resolved', 'closed') AND now_means NOT IN ('resolved', 'closed') THEN 0
                 ELSE coalesce((row_was ->> 'used_seconds'::text)::double precision, 0) END;
    IF then_meant IN ('queued', 'open') THEN
        seconds_of := CASE WHEN is_business
                           THEN pg_catalog.format('SELECT %s.crm_business_seconds($1, $2, $3::%1$s.crm_calendar)',
                                                  extension_schema)
                           ELSE pg_catalog.format('SELECT %s.crm_elapsed_seconds($1, $2) WHERE $3 IS NOT NULL',
                                                  extension_schema) END;
        EXECUTE seconds_of INTO passed
        USING (row_was ->> 'resumed_at'::text)::timestamptz, (row_is ->> 'changed_at'::text)::timestamptz, calendar;
        passed := greatest(coalesce(passed, 0), 0);
        used := used + passed;
    END IF;
    IF now_means IN ('queued', 'open') THEN
        due_of := CASE WHEN is_business
                       THEN pg_catalog.format('SELECT %s.crm_business_deadline($1, $2, $3::%1$s.crm_calendar)',
                                              extension_schema)
                       ELSE pg_catalog.format('SELECT %s.crm_elapsed_deadline($1, $2) WHERE $3 IS NOT NULL',
                                              extension_schema) END;
        -- Where the time is used up, it was due before: since the state that ends now began, or, which no column
        -- tells any more, before that.
        IF target >= used THEN
            EXECUTE due_of INTO due USING (row_is ->> 'changed_at'::text)::timestamptz, target - used, calendar;
        ELSIF target >= used - passed THEN
            EXECUTE due_of INTO due
            USING (row_was ->> 'resumed_at'::text)::timestamptz, target - (used - passed), calendar;
        ELSIF target IS NOT NULL THEN
            due := least((row_was ->> 'resumed_at'::text)::timestamptz, (row_is ->> 'changed_at'::text)::timestamptz,
                         CASE WHEN row_is -> 'priority'::text = row_was -> 'priority'::text
                               AND row_is -> 'channel'::text = row_was -> 'channel'::text
                              THEN (row_was ->> 'due_at'::text)::timestamptz END);
        END IF;
    ELSIF now_means IN ('resolved', 'closed') THEN
        due := (row_was ->> 'due_at'::text)::timestamptz;
    END IF;
    RETURN pg_catalog.jsonb_populate_record(NEW, pg_catalog.jsonb_build_object(
        'due_at', due, 'used_seconds', used,
        'resumed_at', CASE WHEN now_means IN ('queued', 'open') THEN row_is -> 'changed_at'::text END));
END $$;
COMMENT ON FUNCTION crm_due_trigger() IS
'Fills due_at of your own table of cases as they open and change.
For a trigger BEFORE INSERT OR UPDATE, FOR EACH ROW; its argument is a workspace with the subject service. The table
has the columns status, changed_at (when it came to be so: write it with every change), priority and channel, and the
trigger''s own due_at, used_seconds and resumed_at. The target is that of service_target, the meaning of a status that
of case_status, the hours those of setting.calendar. due_at is the instant at which the time used, without pauses,
reaches the target; it is NULL while the case waits for the customer, stays as it was when the case is done, and is
reckoned anew when it is reopened. A new priority moves the target, not the time used: where that is more than the new
target, due_at is the instant within the last state at which it was reached, or the beginning of that state where it
was reached before, which no column tells any more. used_seconds are in the time of the target, working or on the
clock; those from before a change of one for the other stay as they are, and open_case, which reads the log, is exact.
Runs with the rights of the user whose statement it is, who must be able to read these tables. Errors: 39P01 for a
trigger of another kind, 42703 for a column that is not there, 3F000 where there is no such workspace, 42P01 for one
without the subject service.';

CREATE FUNCTION crm_note_overdue(workspace text, within_seconds double precision DEFAULT 3600) RETURNS bigint
LANGUAGE plpgsql STRICT
SET search_path = pg_catalog, pg_temp
SET standard_conforming_strings = on AS $$
DECLARE
    noted bigint;
BEGIN
    EXECUTE format('SELECT %s.crm_enter_workspace($1)', (SELECT extnamespace::regnamespace FROM pg_extension
        WHERE extname = 'crm_ext'))
    USING workspace;
    IF to_regclass('overdue_case') IS NULL THEN
        RAISE EXCEPTION 'workspace "%" does not have the subject service', workspace
            USING ERRCODE = 'undefined_table', HINT = 'crm_add_subject adds it.';
    ELSIF within_seconds = 'NaN' THEN
        RAISE EXCEPTION 'within_seconds cannot be NaN' USING ERRCODE = 'invalid_parameter_value',
        HINT = 'Give a number of seconds, such as 3600 for an hour.';
    END IF;
    PERFORM crm_check_snapshot('overdue cases cannot be noted');
    WITH near AS (
        INSERT INTO overdue_case (case_id, measure, due_at, customer_id, owner_id)
        SELECT c.case_id, due.measure, due.at, c.customer_id, c.owner_id
        FROM open_case AS c
        CROSS JOIN LATERAL (VALUES ('first_reply', c.reply_due_at), ('resolution', c.due_at)) AS due (measure, at)
        WHERE crm_elapsed_seconds((SELECT until_at FROM service_basis), due.at) < within_seconds
        ON CONFLICT DO NOTHING
        RETURNING case_id, measure, due_at
    )
    SELECT count(pg_notify('crm_overdue', jsonb_build_object('workspace', workspace, 'case_id', case_id,
                                                             'measure', measure, 'due_at', due_at)::text)::text)
    INTO noted
    FROM near;
    RETURN noted;
END $$;
COMMENT ON FUNCTION crm_note_overdue(text, double precision) IS
'Writes cases that are overdue, or will be soon, to overdue_case.
within_seconds: how far ahead. Each deadline once, of a first reply and of a resolution; for each the channel
crm_overdue is notified, with the workspace, the case, the measure and the deadline as JSON. Returns how many were
new. Run it every few minutes, as with pg_cron. Errors: 22023 for NaN, 25001 but in READ COMMITTED, for an older
snapshot could bring back who was erased, 3F000 where there is no such workspace, 42P01
where it does not have the subject service.';
