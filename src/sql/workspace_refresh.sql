-- Ledgers, fits and snapshots of a workspace, kept and checked.

CREATE FUNCTION crm_log_refresh(action text, as_of date, row_count bigint, started_at timestamptz) RETURNS void
LANGUAGE sql AS $$
    INSERT INTO refresh_log (action, as_of, row_count, duration_ms)
    VALUES (action, as_of, row_count, 1000 * extract(epoch FROM clock_timestamp() - started_at));
$$;
COMMENT ON FUNCTION crm_log_refresh(text, date, bigint, timestamptz) IS
'Writes a row into refresh_log.';

CREATE FUNCTION crm_fill() RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    started_at timestamptz := clock_timestamp();
    customers bigint;
BEGIN
    INSERT INTO customer_activity
    SELECT customer_id, crm_activity_agg(purchased_on, amount, events) AS purchases FROM purchase
    WHERE customer_id IS NOT NULL GROUP BY customer_id HAVING crm_activity_agg(purchased_on, amount, events) <> '{}';
    GET DIAGNOSTICS customers = ROW_COUNT;
    INSERT INTO channel_activity
    SELECT customer_id, coalesce(channel, 'unknown'), crm_activity_agg(interacted_on, (is_responded IS TRUE)::integer::numeric)
    FROM interaction WHERE customer_id IS NOT NULL GROUP BY 1, 2
    HAVING crm_activity_agg(interacted_on, (is_responded IS TRUE)::integer::numeric) <> '{}';
    ANALYZE customer_activity, channel_activity;
    PERFORM crm_log_refresh('fill'::text, NULL::date, customers, started_at);
    RETURN customers;
END $$;
COMMENT ON FUNCTION crm_fill() IS
'Builds the ledgers of a new workspace; returns how many customers.';

CREATE FUNCTION crm_rebuild_purchases() RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    changed bigint;
BEGIN
    -- DO UPDATE locks the ledgers that are there, in the order of keys, even WHERE false.
    INSERT INTO customer_activity
    SELECT DISTINCT customer_id, '{}'::crm_activity FROM change_queue WHERE is_taken ORDER BY customer_id
    ON CONFLICT (customer_id) DO UPDATE SET purchases = excluded.purchases WHERE false;
    UPDATE customer_activity AS kept SET purchases = rebuilt.purchases
    FROM (SELECT q.customer_id, coalesce(crm_activity_agg(purchased_on, amount, events), '{}') AS purchases
          FROM (SELECT DISTINCT customer_id FROM change_queue WHERE is_taken) AS q
          LEFT JOIN purchase USING (customer_id) GROUP BY q.customer_id) AS rebuilt
    WHERE kept.customer_id = rebuilt.customer_id AND kept.purchases <> rebuilt.purchases;
    GET DIAGNOSTICS changed = ROW_COUNT;
    DELETE FROM customer_activity AS kept
    WHERE purchases = '{}' AND customer_id IN (SELECT q.customer_id FROM change_queue AS q WHERE is_taken);
    RETURN changed;
END $$;
COMMENT ON FUNCTION crm_rebuild_purchases() IS
'Rebuilds the ledgers of purchases of the customers in the queue.
Locks their ledgers before it reads the source: a trigger that is under way either has its row in both, or waits and adds it afterwards. Only who was erased while rows of his are left in the source has no ledger to lock: rows that are being deleted meanwhile can then be counted, until the next refresh.';

CREATE FUNCTION crm_rebuild_interactions() RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    changed bigint;
BEGIN
    INSERT INTO channel_activity
    SELECT customer_id, coalesce(channel, 'unknown') AS channel, '{}'::crm_activity
    FROM interaction WHERE customer_id IN (SELECT q.customer_id FROM change_queue AS q WHERE is_taken)
    UNION
    SELECT customer_id, channel, '{}'
    FROM channel_activity WHERE customer_id IN (SELECT q.customer_id FROM change_queue AS q WHERE is_taken)
    ORDER BY customer_id, channel
    ON CONFLICT (customer_id, channel) DO UPDATE SET interactions = excluded.interactions WHERE false;
    UPDATE channel_activity AS kept SET interactions = rebuilt.interactions
    FROM (SELECT k.customer_id, k.channel,
                 coalesce(crm_activity_agg(interacted_on, (is_responded IS TRUE)::integer::numeric)
                          FILTER (WHERE i.customer_id IS NOT NULL), '{}') AS interactions
          FROM channel_activity AS k
          LEFT JOIN interaction AS i ON i.customer_id = k.customer_id AND coalesce(i.channel, 'unknown') = k.channel
          WHERE k.customer_id IN (SELECT q.customer_id FROM change_queue AS q WHERE is_taken)
          GROUP BY k.customer_id, k.channel) AS rebuilt
    WHERE kept.customer_id = rebuilt.customer_id AND kept.channel = rebuilt.channel
      AND kept.interactions <> rebuilt.interactions;
    GET DIAGNOSTICS changed = ROW_COUNT;
    DELETE FROM channel_activity AS kept
    WHERE interactions = '{}' AND customer_id IN (SELECT q.customer_id FROM change_queue AS q WHERE is_taken);
    RETURN changed;
END $$;
COMMENT ON FUNCTION crm_rebuild_interactions() IS
'Rebuilds the ledgers of interactions of customers in the queue.
As crm_rebuild_purchases.';

CREATE FUNCTION crm_refresh(workspace text, everything boolean DEFAULT NULL) RETURNS bigint
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = on AS $$
DECLARE
    extension_schema text := (SELECT extnamespace::regnamespace FROM pg_extension WHERE extname = 'crm_ext');
    started_at timestamptz := clock_timestamp();
    kept text;
    taken bigint;
    changed bigint := 0;
BEGIN
    EXECUTE format('SELECT %s.crm_enter_workspace($1)', extension_schema) USING workspace;
    -- One refresh at a time.
    SELECT maintain INTO kept FROM setting FOR UPDATE;
    IF coalesce(everything, kept <> 'queue' OR EXISTS (SELECT FROM change_queue WHERE customer_id IS NULL)) THEN
        DELETE FROM change_queue WHERE customer_id IS NULL;
        INSERT INTO change_queue SELECT DISTINCT customer_id FROM ledger_difference;
    END IF;
    UPDATE change_queue SET is_taken = true WHERE customer_id IS NOT NULL;
    GET DIAGNOSTICS taken = ROW_COUNT;
    IF taken > 0 THEN
        -- Look few customers up by index, whatever the cost of random reads is set to.
        IF taken < 0.02 * (SELECT reltuples FROM pg_class WHERE oid = 'customer_activity'::regclass) THEN
            PERFORM set_config('enable_seqscan', 'off', true);
        END IF;
        changed := crm_rebuild_purchases() + crm_rebuild_interactions();
        DELETE FROM change_queue WHERE is_taken;
    END IF;
    PERFORM crm_log_refresh('refresh'::text, NULL::date, changed, started_at);
    RETURN changed;
END $$;
COMMENT ON FUNCTION crm_refresh(text, boolean) IS
'Brings the ledgers of a workspace up to date; says how many changed.
everything: compare all ledgers with their rows, and rebuild those that differ. false looks only at the customers in the queue. NULL, the default, is what setting.maintain asks for. Writers go on meanwhile, and nothing of theirs is lost. Wants an index on the customer''s key of each source.';

CREATE FUNCTION crm_check_workspace(workspace text, OUT ledger text, OUT customer_id text, OUT channel text, OUT maintained text, OUT rebuilt text)
RETURNS SETOF record
LANGUAGE plpgsql STABLE STRICT ROWS 10
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    extension_schema text := (SELECT extnamespace::regnamespace FROM pg_extension WHERE extname = 'crm_ext');
BEGIN
    EXECUTE format('SELECT %s.crm_enter_workspace($1)', extension_schema) USING workspace;
    RETURN QUERY SELECT d.ledger, d.customer_id::text, d.channel, d.maintained, d.rebuilt
                 FROM ledger_difference AS d ORDER BY 1, 2, 3;
END $$;
COMMENT ON FUNCTION crm_check_workspace(text) IS
'Ledgers that are not what their rows add up to; there must be none.
Reads every row of the sources. With maintain queue or refresh, what crm_refresh has not taken in shows up here.';

-- Fits

CREATE FUNCTION crm_refit(workspace text, as_of date DEFAULT crm_as_of()) RETURNS bigint
LANGUAGE plpgsql STRICT
SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    extension_schema text := (SELECT extnamespace::regnamespace FROM pg_extension WHERE extname = 'crm_ext');
    started_at timestamptz := clock_timestamp();
    day date := as_of;
    customers bigint;
    kind text;
BEGIN
    EXECUTE format('SELECT %s.crm_enter_workspace($1)', extension_schema) USING workspace;
    kind := (SELECT clv_model FROM setting);
    INSERT INTO fit (as_of, recency_breaks, frequency_breaks, monetary_breaks, abc_limits, population_gap_days, customer_count)
    SELECT day, crm_breaks_fit(crm_days_since_last(purchases, day)), crm_breaks_fit(crm_event_count(purchases, day)),
           crm_breaks_fit(crm_amount(purchases, day)::double precision),
           crm_abc_fit(crm_amount(purchases, day)::double precision, abc_cuts),
           crm_cadence_fit(purchases, day), count(purchases)
    FROM setting LEFT JOIN customer_activity ON crm_active_days(purchases, day) > 0
    GROUP BY abc_cuts
    ON CONFLICT (as_of) DO UPDATE
    SET recency_breaks = excluded.recency_breaks, frequency_breaks = excluded.frequency_breaks,
        monetary_breaks = excluded.monetary_breaks, abc_limits = excluded.abc_limits,
        population_gap_days = excluded.population_gap_days, clv_model = NULL,
        customer_count = excluded.customer_count, fitted_at = excluded.fitted_at
    RETURNING customer_count INTO customers;
    BEGIN
        UPDATE fit SET clv_model = (SELECT crm_clv_fit(purchases, day, kind) FROM customer_activity
                                    WHERE crm_active_days(purchases, day) > 0)
        WHERE as_of = day AND customers > 0;
    EXCEPTION WHEN data_exception THEN
        RAISE NOTICE 'workspace "%" has no lifetime values as of %: %', workspace, day, SQLERRM;
    END;
    PERFORM crm_log_refresh('refit'::text, day, customers, started_at);
    RETURN customers;
END $$;
COMMENT ON FUNCTION crm_refit(text, date) IS
'Fits RFM breaks, ABC limits, cadence and the CLV model as of a day.
Returns the number of customers. Views score against the latest fit at or before crm_as_of(). A fit of the same day is replaced, others stay. Where too few customers came back for a CLV model a NOTICE says so, and lifetime values are NULL.';

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
        PERFORM pg_notify('crm_ext', json_build_object('workspace', workspace, 'moved_on', to_day, 'kind', news.kind,
                                                       'old', news.old_value, 'new', news.new_value,
                                                       'customers', news.customers)::text);
        moves := moves + news.customers;
    END LOOP;
    RETURN moves;
END $$;
COMMENT ON FUNCTION crm_log_moves(text, date, date) IS
'Logs who moved between two snapshots, and notifies of news.
News is what was not logged yet.';

CREATE FUNCTION crm_snapshot(workspace text, as_of date DEFAULT crm_as_of()) RETURNS bigint
LANGUAGE plpgsql STRICT
SET search_path = pg_catalog, pg_temp
SET crm_ext.as_of = '' AS $$
#variable_conflict use_column
DECLARE
    extension_schema text := (SELECT extnamespace::regnamespace FROM pg_extension WHERE extname = 'crm_ext');
    started_at timestamptz := clock_timestamp();
    day date := as_of;
    customers bigint;
    moves bigint;
BEGIN
    IF NOT isfinite(day) THEN
        RAISE EXCEPTION 'there is no snapshot as of %', day
            USING ERRCODE = 'invalid_parameter_value', HINT = 'Give a day like 2024-12-31.';
    END IF;
    EXECUTE format('SELECT %s.crm_enter_workspace($1)', extension_schema) USING workspace;
    PERFORM set_config('crm_ext.as_of', to_char(day, 'YYYY-MM-DD'), true);
    -- One at a time, as with crm_refresh.
    PERFORM FROM setting FOR UPDATE;
    IF NOT EXISTS (SELECT FROM fit WHERE as_of <= day) THEN
        PERFORM crm_refit(workspace, day);
    END IF;
    DELETE FROM customer_snapshot WHERE as_of = day;
    INSERT INTO customer_snapshot (as_of, customer_id, r_score, f_score, m_score, segment, class, stage, outcome, p_alive, clv)
    SELECT day, customer_id, r_score, f_score, m_score, segment, class, stage, outcome, p_alive, clv
    FROM customer_360 WHERE NOT is_prospect;
    GET DIAGNOSTICS customers = ROW_COUNT;
    SELECT sum(crm_log_moves(workspace, from_day, to_day)) INTO moves
    FROM (SELECT max(as_of) FILTER (WHERE as_of < day), min(as_of) FILTER (WHERE as_of > day)
          FROM customer_snapshot) AS other (previous, next),
         LATERAL (VALUES (previous, day), (day, next)) AS pair (from_day, to_day)
    WHERE from_day IS NOT NULL AND to_day IS NOT NULL;
    PERFORM crm_log_refresh('snapshot'::text, day, customers, started_at);
    RETURN customers;
END $$;
COMMENT ON FUNCTION crm_snapshot(text, date) IS
'Writes down what each customer is as of a day, and logs who moved.
Returns the number of customers. Compares with the snapshot before, and the one after with this: customer_move has a row a customer and kind (segment, class, stage, outcome) that changed. NOTIFY on channel crm_ext tells of each kind of move once, as JSON: workspace, moved_on, kind, old, new, customers. Once more on the same day changes nothing, unless the data did. Fits where there is no fit yet.';
