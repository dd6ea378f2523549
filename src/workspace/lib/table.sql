-- What a workspace keeps: settings, ledgers, fits, snapshots.
--
-- Run with the workspace first in search_path, and again by an upgrade: so
-- every statement leaves alone what is there. :customer_id is the type of
-- customers' keys.

CREATE TABLE IF NOT EXISTS setting (
    is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
    min_cell integer NOT NULL DEFAULT 1 CHECK (min_cell >= 1),
    segment_map text NOT NULL DEFAULT crm_segment_map(),
    abc_cuts double precision[] DEFAULT '{0.8,0.95}',
    potential_cut double precision NOT NULL DEFAULT 0.5,
    new_days integer NOT NULL DEFAULT 30,
    window_days integer NOT NULL DEFAULT 90,
    declining_at double precision NOT NULL DEFAULT 1.5,
    departed_at double precision NOT NULL DEFAULT 3,
    shrinking_below double precision NOT NULL DEFAULT 0.7,
    growing_above double precision NOT NULL DEFAULT 1.2,
    prior_weight double precision NOT NULL DEFAULT 3,
    clv_model text NOT NULL DEFAULT 'mbg/nbd',
    horizon_days integer NOT NULL DEFAULT 365 CHECK (horizon_days > 0),
    annual_discount double precision NOT NULL DEFAULT 0.1,
    scale_low double precision NOT NULL DEFAULT 1 CHECK (scale_low > '-Infinity'),
    scale_high double precision NOT NULL DEFAULT 10,
    tolerance double precision NOT NULL DEFAULT 0.5 CHECK (tolerance >= 0 AND tolerance < 'Infinity'),
    half_life_days double precision NOT NULL DEFAULT 90 CHECK (half_life_days > 0),
    gold_snapshots integer NOT NULL DEFAULT 2 CHECK (gold_snapshots > 0),
    gold_window integer NOT NULL DEFAULT 3 CHECK (gold_window > 0)
);
ALTER TABLE setting ADD COLUMN IF NOT EXISTS month_anchor date NOT NULL DEFAULT '2001-01-01'
    CHECK (month_anchor BETWEEN '2000-01-01' AND '2099-12-31');
ALTER TABLE setting ADD COLUMN IF NOT EXISTS week_anchor date NOT NULL DEFAULT '2001-01-01'
    CHECK (week_anchor BETWEEN '2000-01-01' AND '2099-12-31');
ALTER TABLE setting ADD COLUMN IF NOT EXISTS gold_r_score integer NOT NULL DEFAULT 3;
ALTER TABLE setting ADD COLUMN IF NOT EXISTS gold_f_score integer NOT NULL DEFAULT 4;
ALTER TABLE setting ADD COLUMN IF NOT EXISTS rating_days integer CHECK (rating_days > 0);
-- Every model that crm_clv_fit takes; earlier releases knew fewer.
ALTER TABLE setting DROP CONSTRAINT IF EXISTS setting_clv_model_check,
    ADD CONSTRAINT setting_clv_model_check
    CHECK (clv_model ~ '^(m?bg/nbd|pareto/nbd|m?bg/cnbd-(k|[1-9]|1[0-2]))$');
-- What the functions that views give them to would refuse, view by view; 36525 days are a century.
-- NaN is above all numbers.
ALTER TABLE setting DROP CONSTRAINT IF EXISTS setting_days_check,
    DROP CONSTRAINT IF EXISTS setting_stage_check,
    DROP CONSTRAINT IF EXISTS setting_number_check,
    DROP CONSTRAINT IF EXISTS setting_check,
    DROP CONSTRAINT IF EXISTS setting_scale_is_upward,
    DROP CONSTRAINT IF EXISTS setting_segment_check,
    ADD CONSTRAINT setting_days_check
    CHECK (new_days BETWEEN 0 AND 36525 AND window_days BETWEEN 1 AND 36525 AND rating_days <= 36525),
    ADD CONSTRAINT setting_stage_check
    CHECK (declining_at > 0 AND departed_at >= declining_at AND departed_at < 'Infinity'
           AND shrinking_below >= 0 AND growing_above >= shrinking_below AND growing_above < 'Infinity'
           AND (prior_weight = 0 OR prior_weight BETWEEN 1e-9 AND 1e9)),
    ADD CONSTRAINT setting_number_check
    CHECK ((annual_discount = 0 OR annual_discount BETWEEN 1e-9 AND 1e6) AND half_life_days < 'Infinity'
           AND potential_cut > '-Infinity' AND potential_cut < 'Infinity'
           AND scale_low > -1e15 AND scale_high < 1e15),
    ADD CONSTRAINT setting_scale_is_upward CHECK (scale_high > scale_low),
    -- Their own errors say what is wrong with a map or with cuts.
    ADD CONSTRAINT setting_segment_check
    CHECK (crm_segment_map_names(segment_map) IS NOT NULL AND crm_abc_fit('{}'::crm_distribution, abc_cuts) IS NULL);
COMMENT ON TABLE setting IS
'The one row of settings, which the views use. Its owner may UPDATE it.
What the workspace is made of stands in the view definition, and is changed with crm_change_sources
and crm_add_subject.';

CREATE TABLE IF NOT EXISTS goal (
    goal_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    family text NOT NULL,
    metric text NOT NULL,
    segment text,
    period_start date NOT NULL,
    period_end date NOT NULL,
    target double precision NOT NULL
);
ALTER TABLE goal ADD COLUMN IF NOT EXISTS direction text NOT NULL DEFAULT 'up';
ALTER TABLE goal ADD COLUMN IF NOT EXISTS touchpoint_id text;
ALTER TABLE goal ADD COLUMN IF NOT EXISTS department text;
-- The error for a row that breaks a rule has the name of the rule; earlier releases left that to PostgreSQL.
ALTER TABLE goal DROP CONSTRAINT IF EXISTS goal_family_check,
    DROP CONSTRAINT IF EXISTS goal_metric_check,
    DROP CONSTRAINT IF EXISTS goal_check,
    DROP CONSTRAINT IF EXISTS goal_direction_check,
    DROP CONSTRAINT IF EXISTS goal_family_is_known,
    DROP CONSTRAINT IF EXISTS goal_metric_is_known,
    DROP CONSTRAINT IF EXISTS goal_direction_is_known,
    DROP CONSTRAINT IF EXISTS goal_period_is_forward,
    ADD CONSTRAINT goal_family_is_known CHECK (family IN ('value', 'behaviour', 'experience', 'satisfaction')),
    ADD CONSTRAINT goal_metric_is_known
    CHECK (metric IN ('revenue', 'orders', 'active_customers', 'new_customers', 'retention_share', 'mean_gap',
                      'satisfied_share', 'nps')),
    ADD CONSTRAINT goal_direction_is_known CHECK (direction IN ('up', 'down')),
    ADD CONSTRAINT goal_period_is_forward CHECK (period_end >= period_start);

CREATE TABLE IF NOT EXISTS customer_activity (
    customer_id :customer_id PRIMARY KEY,
    purchases crm_activity NOT NULL
) WITH (fillfactor = 80);
COMMENT ON TABLE customer_activity IS
'One row per customer who bought: the ledger of the purchases, kept exact by triggers or by crm_refresh.';
COMMENT ON COLUMN customer_activity.purchases IS
'Purchases and net amount, day by day: read it with crm_event_count, crm_amount and the like.';

CREATE TABLE IF NOT EXISTS channel_activity (
    customer_id :customer_id,
    channel text,
    interactions crm_activity NOT NULL,
    PRIMARY KEY (customer_id, channel)
) WITH (fillfactor = 80);
COMMENT ON TABLE channel_activity IS
'One row per customer and channel: the ledger of the interactions, kept exact like customer_activity.';
COMMENT ON COLUMN channel_activity.interactions IS
'Interactions day by day; the amount counts those that got a response.';

CREATE TABLE IF NOT EXISTS change_queue (
    customer_id :customer_id,
    is_taken boolean NOT NULL DEFAULT false
);
COMMENT ON TABLE change_queue IS
'One row per customer whose rows changed since the last crm_refresh; empty unless definition.maintain is ''queue''.
A NULL customer_id stands for all of them: a source was truncated, or has an owner for whom triggers do nothing.';

CREATE TABLE IF NOT EXISTS erased_customer (
    source text,
    customer_id :customer_id,
    PRIMARY KEY (source, customer_id)
);
COMMENT ON TABLE erased_customer IS
'One row per source and customer who was erased while the source still has rows of theirs.
What becomes of those rows makes no ledger. It goes with the statement that ends the last of them, and with
crm_refresh, which counts them.';

CREATE TABLE IF NOT EXISTS fit (
    as_of date PRIMARY KEY,
    recency_breaks double precision[],
    frequency_breaks double precision[],
    monetary_breaks double precision[],
    abc_limits double precision[],
    population_gap_days double precision,
    clv_model crm_clv_model,
    customer_count bigint NOT NULL,
    fitted_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
ALTER TABLE fit ADD COLUMN IF NOT EXISTS response_share double precision;
COMMENT ON TABLE fit IS
'One row per day for which crm_refit was run: what depends on all customers. Views use the latest at or before as_of.';

CREATE TABLE IF NOT EXISTS customer_snapshot (
    as_of date,
    customer_id :customer_id,
    r_score integer,
    f_score integer,
    m_score integer,
    segment text,
    class text,
    stage text,
    outcome text,
    p_alive double precision,
    clv :amount,
    PRIMARY KEY (as_of, customer_id)
);
COMMENT ON TABLE customer_snapshot IS
'One row per customer and day for which crm_snapshot was run: what the customer was on that day.';

CREATE TABLE IF NOT EXISTS customer_move (
    moved_on date,
    customer_id :customer_id,
    kind text CHECK (kind IN ('segment', 'class', 'stage', 'outcome')),
    old_value text,
    new_value text,
    PRIMARY KEY (moved_on, customer_id, kind)
);
COMMENT ON TABLE customer_move IS
'One row per customer, day and kind of change from one snapshot to the next; NULL where there was or is no value.';

CREATE TABLE IF NOT EXISTS refresh_log (
    refresh_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    refreshed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    action text NOT NULL,
    as_of date,
    row_count bigint NOT NULL,
    duration_ms double precision NOT NULL
);
COMMENT ON TABLE refresh_log IS
'One row per run of crm_refresh, crm_refit or crm_snapshot, and of the first fill: when, for which day, how many rows,
how long.';

CREATE INDEX IF NOT EXISTS customer_snapshot_customer_id_idx ON customer_snapshot (customer_id);
CREATE INDEX IF NOT EXISTS customer_move_customer_id_idx ON customer_move (customer_id);
