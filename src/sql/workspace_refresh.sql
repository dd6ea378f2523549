-- Ledgers, fits and snapshots of a workspace, kept and checked.

CREATE FUNCTION crm_log_refresh(action text, as_of date, row_count bigint, started_at timestamptz) RETURNS void
LANGUAGE sql AS $$
    INSERT INTO refresh_log (action, as_of, row_count, duration_ms)
    VALUES (action, as_of, row_count, 1000 * extract(epoch FROM clock_timestamp() - started_at));
$$;
COMMENT ON FUNCTION crm_log_refresh(text, date, bigint, timestamptz) IS
'Writes a row into refresh_log.';

CREATE FUNCTION crm_check_setting(workspace text) RETURNS void
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM setting) THEN
        RAISE EXCEPTION 'workspace "%" has no settings', workspace
            USING ERRCODE = 'object_not_in_prerequisite_state',
                  HINT = format('The row of %I.setting is gone: '
                                'crm_upgrade_workspace makes it again, with the defaults.', workspace);
    END IF;
END $$;
COMMENT ON FUNCTION crm_check_setting(text) IS
'Checks that the workspace in search_path has its row of settings.
Error 55000 where somebody deleted it.';

CREATE FUNCTION crm_fill_ledger(ledger text) RETURNS bigint
LANGUAGE plpgsql STRICT
SET row_security = off
SET work_mem = '4MB' AS $$
DECLARE
    customers bigint;
BEGIN
    -- A hash table beyond the processor's caches waits for memory: with little
    -- work_mem it is split before it grows so large.
    EXECUTE format('DELETE FROM %I', ledger);
    EXECUTE format('INSERT INTO %I %s', ledger,
                   crm_ledger_query(ledger, (SELECT crm_source_rows(source) FROM crm_ledgers() AS l
                                             WHERE l.ledger = crm_fill_ledger.ledger)));
    GET DIAGNOSTICS customers = ROW_COUNT;
    RETURN customers;
END $$;
COMMENT ON FUNCTION crm_fill_ledger(text) IS
'Builds a ledger of the workspace in search_path anew.
Returns how many there are. Error 42501 where row-level security would hide rows.';

CREATE FUNCTION crm_fill() RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    started_at timestamptz := clock_timestamp();
    name text;
    filled bigint;
    customers bigint;
BEGIN
    FOR name IN SELECT ledger FROM crm_active_ledgers(crm_definition()) LOOP
        filled := crm_fill_ledger(name);
        IF name = 'customer_activity' THEN
            customers := filled;
        END IF;
        EXECUTE format('ANALYZE %I', name);
    END LOOP;
    -- Autovacuum does not look at tables so small, and the planner must know that there is one row.
    ANALYZE setting;
    PERFORM crm_log_refresh('fill'::text, NULL::date, customers, started_at);
    RETURN customers;
END $$;
COMMENT ON FUNCTION crm_fill() IS
'Builds the ledgers of a new workspace.
Returns how many customers bought.';

CREATE FUNCTION crm_rebuild_ledger(ledger text) RETURNS bigint
LANGUAGE plpgsql STRICT
SET work_mem = '4MB' AS $$
DECLARE
    l record;
    -- Once and for itself: the cost of reading the queue is no part of what the planner compares.
    prefix text := 'WITH queued AS MATERIALIZED (SELECT DISTINCT customer_id FROM change_queue WHERE is_taken) ';
    queued text := '(SELECT q.customer_id FROM queued AS q)';
    rows text;
    changed bigint;
BEGIN
    SELECT known.*, crm_key_list(known.keys) AS key_list
    INTO l FROM crm_ledgers() AS known WHERE known.ledger = crm_rebuild_ledger.ledger;
    rows := format('(SELECT * FROM %s WHERE customer_id IN %s) AS queued_row', crm_source_rows(l.source), queued);
    -- DO UPDATE locks the ledgers that are there, in the order of keys, even WHERE false.
    EXECUTE prefix || format($sql$
        INSERT INTO %1$I (%2$s, %3$I)
        SELECT %2$s, '{}'::crm_activity
        FROM (SELECT %2$s FROM (%4$s) AS rebuilt UNION SELECT %2$s FROM %1$I WHERE customer_id IN %5$s) AS known
        ORDER BY %2$s
        ON CONFLICT (%2$s) DO UPDATE SET %3$I = excluded.%3$I WHERE false$sql$,
        ledger, l.key_list, l.ledger_column, crm_ledger_query(ledger, rows), queued);
    -- Now that they are locked, their rows are read.
    EXECUTE prefix || format($sql$
        UPDATE %1$I AS kept SET %2$I = coalesce(rebuilt.%2$I, '{}'::crm_activity)
        FROM (SELECT * FROM %1$I WHERE customer_id IN %3$s) AS known LEFT JOIN (%4$s) AS rebuilt USING (%5$s)
        WHERE %6$s AND kept.%2$I <> coalesce(rebuilt.%2$I, '{}'::crm_activity)$sql$,
        ledger, l.ledger_column, queued, crm_ledger_query(ledger, rows), l.key_list,
        crm_same_keys(l.keys, 'kept', 'known'));
    GET DIAGNOSTICS changed = ROW_COUNT;
    EXECUTE prefix || format('DELETE FROM %I WHERE %I = ''{}''::crm_activity AND customer_id IN %s',
                             ledger, l.ledger_column, queued);
    RETURN changed;
END $$;
COMMENT ON FUNCTION crm_rebuild_ledger(text) IS
'Rebuilds the ledgers of the customers in the queue.
Locks their ledgers before it reads the source: a trigger that is under way either has its row in both,
or waits and adds it afterwards. Only who was erased while rows of theirs are left in the source has no ledger
to lock: rows that are being deleted meanwhile can then be counted, until the next refresh.';

CREATE FUNCTION crm_ledger_differences(OUT ledger text, OUT customer_id text, OUT channel text, OUT maintained text,
    OUT rebuilt text)
RETURNS SETOF record
LANGUAGE plpgsql STABLE ROWS 10
SET row_security = off
SET work_mem = '4MB' AS $$
DECLARE
    l record;
BEGIN
    FOR l IN SELECT known.*, crm_key_list(known.keys) AS key_list
             FROM crm_active_ledgers(crm_definition()) AS known LOOP
        RETURN QUERY EXECUTE format($sql$
            SELECT %1$L::text, customer_id::text, %2$s::text, kept.%3$I::text, rebuilt.%3$I::text
            FROM %1$I AS kept FULL JOIN (%4$s) AS rebuilt USING (%5$s)
            WHERE coalesce(kept.%3$I, '{}'::crm_activity) <> coalesce(rebuilt.%3$I, '{}'::crm_activity)$sql$,
            l.ledger, coalesce(quote_ident(l.keys[2]), 'NULL'), l.ledger_column,
            crm_ledger_query(l.ledger, crm_source_rows(l.source)), l.key_list);
    END LOOP;
END $$;
COMMENT ON FUNCTION crm_ledger_differences() IS
'Ledgers of the workspace in search_path against their rows.
One row per ledger that differs: its keys, the ledger as it is kept and as its rows make it, NULL where there is none.
Error 42501 where row-level security would hide rows.';

CREATE FUNCTION crm_refresh(workspace text, everything boolean DEFAULT NULL) RETURNS bigint
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET standard_conforming_strings = on
SET row_security = off
SET enable_seqscan = on AS $$
DECLARE
    extension_schema text := (SELECT extnamespace::regnamespace FROM pg_extension WHERE extname = 'crm_ext');
    started_at timestamptz := clock_timestamp();
    definition jsonb;
    is_all boolean;
    taken bigint;
    changed bigint := 0;
BEGIN
    EXECUTE format('SELECT %s.crm_enter_workspace($1)', extension_schema) INTO definition USING workspace;
    PERFORM crm_check_snapshot('a workspace cannot be refreshed');
    -- One refresh at a time.
    PERFORM FROM setting FOR UPDATE;
    PERFORM crm_check_setting(workspace);
    is_all := coalesce(everything, definition ->> 'maintain' <> 'queue'
                                   OR EXISTS (SELECT FROM change_queue WHERE customer_id IS NULL)
                                   OR EXISTS (SELECT FROM crm_unfollowed(workspace)));
    BEGIN
        IF is_all THEN
            DELETE FROM change_queue WHERE customer_id IS NULL;
            DELETE FROM erased_customer;
            PERFORM crm_queue_differences(ledger) FROM crm_active_ledgers(definition);
        END IF;
        UPDATE change_queue SET is_taken = true WHERE customer_id IS NOT NULL;
        -- A customer stands there once for every statement, and for old and new rows.
        SELECT count(DISTINCT customer_id) INTO taken FROM change_queue WHERE is_taken;
        IF taken > 0 THEN
            -- Look few customers up by index, whatever the cost of random reads is set to.
            IF taken < 0.05 * (SELECT reltuples FROM pg_class WHERE oid = 'customer_activity'::regclass) THEN
                PERFORM set_config('enable_seqscan', 'off', true);
            END IF;
            SELECT sum(crm_rebuild_ledger(ledger)) INTO changed FROM crm_active_ledgers(definition);
            DELETE FROM erased_customer AS e USING change_queue AS q
            WHERE q.is_taken AND e.customer_id = q.customer_id;
            DELETE FROM change_queue WHERE is_taken;
        END IF;
    EXCEPTION WHEN data_exception THEN
        PERFORM crm_blame_source(definition);
        RAISE;
    END;
    PERFORM crm_log_refresh('refresh'::text, NULL::date, changed, started_at);
    RETURN changed;
END $$;
COMMENT ON FUNCTION crm_refresh(text, boolean) IS
'Brings a workspace''s ledgers up to date, and returns how many changed.
everything: compare all ledgers with their rows, and rebuild those that differ.
false looks only at the customers in the queue. NULL, the default, does so where maintain is queue and all tables are
followed; with any other maintain, or where a table lacks a trigger, it compares all.
Writers go on meanwhile, and nothing of theirs is lost. Wants an index on the customer''s key of each source.
Errors: 42501 where row-level security would hide rows, 25001 but in READ COMMITTED.';

CREATE FUNCTION crm_queue_differences(ledger text) RETURNS void
LANGUAGE plpgsql STRICT
SET work_mem = '4MB' AS $$
BEGIN
    EXECUTE (SELECT format($sql$
        INSERT INTO change_queue (customer_id)
        SELECT DISTINCT customer_id FROM %1$I AS kept FULL JOIN (%2$s) AS rebuilt USING (%3$s)
        WHERE coalesce(kept.%4$I, '{}'::crm_activity) <> coalesce(rebuilt.%4$I, '{}'::crm_activity)$sql$,
        l.ledger, crm_ledger_query(l.ledger, crm_source_rows(l.source)),
        crm_key_list(l.keys), l.ledger_column)
        FROM crm_ledgers() AS l WHERE l.ledger = crm_queue_differences.ledger);
END $$;
COMMENT ON FUNCTION crm_queue_differences(text) IS
'Queues the customers whose ledgers differ from their rows.';

CREATE FUNCTION crm_check_workspace(workspace text, OUT ledger text, OUT customer_id text, OUT channel text,
    OUT maintained text, OUT rebuilt text)
RETURNS SETOF record
LANGUAGE plpgsql STABLE STRICT ROWS 10
SET search_path = pg_catalog, pg_temp
SET standard_conforming_strings = on AS $$
DECLARE
    extension_schema text := (SELECT extnamespace::regnamespace FROM pg_extension WHERE extname = 'crm_ext');
BEGIN
    EXECUTE format('SELECT %s.crm_enter_workspace($1)', extension_schema) USING workspace;
    RETURN QUERY SELECT * FROM crm_ledger_differences() AS d ORDER BY 1, 2, 3;
END $$;
COMMENT ON FUNCTION crm_check_workspace(text) IS
'Ledgers that differ from their rows; there should be none.
Reads every row of the sources. With maintain queue or refresh, what crm_refresh has not taken in shows up here.
channel: the second key of ledgers that have one. Error 42501 where row-level security would hide rows.';

-- Fits

CREATE FUNCTION crm_check_day(as_of date, time_zone text) RETURNS date
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    IF as_of NOT BETWEEN '0001-01-01' AND '9999-12-31' THEN
        RAISE EXCEPTION 'as_of cannot be %', as_of
            USING ERRCODE = 'invalid_parameter_value', HINT = 'Give a day such as 2024-12-31, in the years 1 to 9999.';
    END IF;
    RETURN coalesce(as_of, crm_as_of(time_zone));
END $$;
COMMENT ON FUNCTION crm_check_day(date, text) IS
'The day to fit or to take a snapshot for: NULL is crm_as_of.
Error 22023 for a day that crm_ext.as_of does not take.';

CREATE FUNCTION crm_refit(workspace text, as_of date DEFAULT NULL) RETURNS bigint
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET standard_conforming_strings = on AS $$
#variable_conflict use_column
DECLARE
    extension_schema text := (SELECT extnamespace::regnamespace FROM pg_extension WHERE extname = 'crm_ext');
    started_at timestamptz := clock_timestamp();
    definition jsonb;
    day date;
    customers bigint;
    kind text;
BEGIN
    EXECUTE format('SELECT %s.crm_enter_workspace($1)', extension_schema) INTO definition USING workspace;
    PERFORM crm_check_all_seen(definition);
    day := crm_check_day(as_of, definition ->> 'time_zone');
    PERFORM crm_check_setting(workspace);
    kind := (SELECT clv_model FROM setting);
    IF NOT EXISTS (SELECT FROM customer_activity WHERE crm_active_days(purchases, day) > 0) THEN
        RAISE NOTICE 'workspace "%" has no purchases as of %: nothing is fitted', workspace, day;
        PERFORM crm_log_refresh('refit'::text, day, 0::bigint, started_at);
        RETURN 0;
    END IF;
    INSERT INTO fit (as_of, recency_breaks, frequency_breaks, monetary_breaks, abc_limits, population_gap_days,
                     customer_count, response_share)
    SELECT day, crm_breaks_fit(crm_days_since_last(purchases, day)), crm_breaks_fit(crm_event_count(purchases, day)),
           crm_breaks_fit(crm_amount(purchases, day)::double precision),
           crm_abc_fit(crm_amount(purchases, day)::double precision, abc_cuts),
           crm_cadence_fit(purchases, day), count(purchases),
           (SELECT sum(nullif(crm_amount(interactions, day), 0)) / nullif(sum(crm_event_count(interactions, day)), 0)
            FROM channel_activity)
    FROM setting JOIN customer_activity ON crm_active_days(purchases, day) > 0
    GROUP BY abc_cuts
    ON CONFLICT (as_of) DO UPDATE
    SET recency_breaks = excluded.recency_breaks, frequency_breaks = excluded.frequency_breaks,
        monetary_breaks = excluded.monetary_breaks, abc_limits = excluded.abc_limits,
        population_gap_days = excluded.population_gap_days, clv_model = NULL,
        customer_count = excluded.customer_count, response_share = excluded.response_share,
        fitted_at = excluded.fitted_at
    RETURNING customer_count INTO customers;
    BEGIN
        UPDATE fit SET clv_model = (SELECT crm_clv_fit(purchases, day, kind) FROM customer_activity
                                    WHERE crm_active_days(purchases, day) > 0)
        WHERE as_of = day;
    EXCEPTION WHEN data_exception THEN
        RAISE NOTICE 'workspace "%" has no lifetime values as of %: %', workspace, day, SQLERRM;
    END;
    ANALYZE fit;
    PERFORM crm_log_refresh('refit'::text, day, customers, started_at);
    RETURN customers;
END $$;
COMMENT ON FUNCTION crm_refit(text, date) IS
'Fits RFM breaks, ABC limits, cadence and the CLV model as of a day.
Returns the number of customers. as_of: NULL is the day that the workspace looks from.
Views score against the latest fit at or before it. A fit of the same day is replaced, others stay.
Without purchases nothing is fitted. Error 42501 where row-level security hides customers of the workspace.
Where too few customers came back for a CLV model a NOTICE says so, and lifetime values are NULL from that day on, even
where an earlier fit has a model: a fit is used as a whole.';

-- Snapshots

CREATE FUNCTION crm_log_moves(workspace text, from_day date, to_day date) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    news record;
    moves bigint := 0;
BEGIN
    FOR news IN
        WITH moved AS MATERIALIZED (
            SELECT customer_id, kind, old_value, new_value
            FROM (SELECT * FROM customer_snapshot WHERE as_of = from_day) AS o
            FULL JOIN (SELECT * FROM customer_snapshot WHERE as_of = to_day) AS n USING (customer_id),
            LATERAL (VALUES ('segment', o.segment, n.segment), ('class', o.class, n.class), ('stage', o.stage, n.stage),
                            ('outcome', o.outcome, n.outcome)) AS v (kind, old_value, new_value)
            WHERE old_value IS DISTINCT FROM new_value
        ), gone AS (
            DELETE FROM customer_move AS m
            WHERE moved_on = to_day
              AND NOT EXISTS (SELECT FROM moved WHERE moved.customer_id = m.customer_id AND moved.kind = m.kind)
        ), logged AS (
            INSERT INTO customer_move AS m (moved_on, customer_id, kind, old_value, new_value)
            SELECT to_day, moved.* FROM moved
            ON CONFLICT (moved_on, customer_id, kind) DO UPDATE
            SET old_value = excluded.old_value, new_value = excluded.new_value
            WHERE (m.old_value, m.new_value) IS DISTINCT FROM (excluded.old_value, excluded.new_value)
            RETURNING kind, old_value, new_value
        )
        SELECT kind, old_value, new_value, count(*) AS customers FROM logged GROUP BY 1, 2, 3
    LOOP
        -- A message has at most 8,000 bytes.
        PERFORM pg_notify('crm_ext', json_build_object(
            'workspace', workspace, 'moved_on', to_day, 'kind', news.kind, 'old', left(news.old_value, 200),
            'new', left(news.new_value, 200), 'customers', news.customers)::text);
        moves := moves + news.customers;
    END LOOP;
    RETURN moves;
END $$;
COMMENT ON FUNCTION crm_log_moves(text, date, date) IS
'Logs who moved between two snapshots, and notifies of news.
News is what was not logged yet.';

CREATE FUNCTION crm_snapshot(workspace text, as_of date DEFAULT NULL) RETURNS bigint
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET standard_conforming_strings = on
SET jit = off AS $$
#variable_conflict use_column
DECLARE
    extension_schema text := (SELECT extnamespace::regnamespace FROM pg_extension WHERE extname = 'crm_ext');
    started_at timestamptz := clock_timestamp();
    definition jsonb;
    day date;
    customers bigint;
    moves bigint;
    looked_from text := current_setting('crm_ext.as_of', true);
BEGIN
    EXECUTE format('SELECT %s.crm_enter_workspace($1)', extension_schema) INTO definition USING workspace;
    PERFORM crm_check_all_seen(definition);
    day := crm_check_day(as_of, definition ->> 'time_zone');
    PERFORM set_config('crm_ext.as_of', to_char(day::timestamp, 'YYYY-MM-DD'), true);
    PERFORM crm_check_snapshot('a snapshot cannot be made');
    -- One at a time, as with crm_refresh.
    PERFORM FROM setting FOR UPDATE;
    PERFORM crm_check_setting(workspace);
    IF NOT EXISTS (SELECT FROM fit WHERE as_of <= day AND customer_count > 0) THEN
        PERFORM crm_refit(workspace, day);
    END IF;
    DELETE FROM customer_snapshot WHERE as_of = day;
    INSERT INTO customer_snapshot (as_of, customer_id, r_score, f_score, m_score, segment, class, stage, outcome,
                                   p_alive, clv)
    SELECT day, customer_id, r_score, f_score, m_score, segment, class, stage, outcome, p_alive, clv
    FROM customer_360 WHERE NOT is_prospect;
    GET DIAGNOSTICS customers = ROW_COUNT;
    SELECT sum(crm_log_moves(workspace, from_day, to_day)) INTO moves
    FROM (SELECT max(as_of) FILTER (WHERE as_of < day), min(as_of) FILTER (WHERE as_of > day)
          FROM customer_snapshot) AS other (previous, next),
         LATERAL (VALUES (previous, day), (day, next)) AS pair (from_day, to_day)
    WHERE from_day IS NOT NULL AND to_day IS NOT NULL;
    PERFORM crm_log_refresh('snapshot'::text, day, customers, started_at);
    PERFORM set_config('crm_ext.as_of', coalesce(looked_from, ''), true);
    RETURN customers;
END $$;
COMMENT ON FUNCTION crm_snapshot(text, date) IS
'Records the state of each customer as of a day, and logs moves.
Returns the number of customers. Compares with the snapshot before, and the one after
with this: customer_move has a row per customer and kind (segment, class, stage, outcome) that changed.
NOTIFY on channel crm_ext tells of each kind of move once, as JSON: workspace, moved_on, kind, old, new, customers.
Once more on the same day changes nothing, unless the data did. as_of: NULL is the day that the workspace looks from.
Where nobody has bought yet it returns 0: customer_snapshot has no row of the day, and views of snapshots do not know
it; refresh_log has a row, as of every run. Fits where there is no fit yet.
Errors: 22023 for an infinite day or one outside the years 1 to 9999, 42501 where row-level security would hide rows,
25001 but in READ COMMITTED, for an older snapshot could bring back who was erased.';
