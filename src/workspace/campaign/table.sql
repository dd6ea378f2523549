-- What the words of campaigns mean, and what their views go by.

CREATE TABLE IF NOT EXISTS touch_kind (
    kind text PRIMARY KEY,
    meaning text NOT NULL
        CONSTRAINT touch_kind_meaning_is_known
        CHECK (meaning IN ('post', 'repost', 'reply', 'like', 'click', 'view', 'message', 'other')),
    is_attributed boolean NOT NULL DEFAULT true
);
COMMENT ON TABLE touch_kind IS
'One row per word for a kind of touch: what it means, and whether conversions are credited to it.
Its owner may change it.';
CREATE OR REPLACE TRIGGER word BEFORE INSERT OR UPDATE ON touch_kind
    FOR EACH ROW EXECUTE FUNCTION crm_word_trigger('kind');
INSERT INTO touch_kind (kind, meaning) VALUES
    ('post', 'post'), ('tweet', 'post'), ('repost', 'repost'), ('retweet', 'repost'), ('share', 'repost'),
    ('forward', 'repost'), ('reply', 'reply'), ('comment', 'reply'), ('like', 'like'), ('favourite', 'like'),
    ('favorite', 'like'), ('click', 'click'), ('visit', 'click'), ('view', 'view'), ('impression', 'view'),
    ('open', 'view'), ('message', 'message'), ('mail', 'message'), ('e-mail', 'message'), ('email', 'message'),
    ('sms', 'message'), ('call', 'message'), ('letter', 'message')
ON CONFLICT DO NOTHING;

CREATE TABLE IF NOT EXISTS channel_rule (
    channel text PRIMARY KEY,
    is_attributed boolean NOT NULL
);
COMMENT ON TABLE channel_rule IS
'One row per channel with a rule: whether conversions are credited to it. Its owner may change it.
Channels without a row are; direct visits and payment providers, the last touch of everybody,
are often not meant to be.';

CREATE TABLE IF NOT EXISTS arm_kind (
    arm text PRIMARY KEY,
    is_holdout boolean NOT NULL
);
COMMENT ON TABLE arm_kind IS
'One row per word for an arm of an experiment: whether it is held out. Its owner may change it.
A touch of an arm that is held out says that the customer was assigned to it and not touched. A word that is not here is
an arm that was touched.';
CREATE OR REPLACE TRIGGER word BEFORE INSERT OR UPDATE ON arm_kind
    FOR EACH ROW EXECUTE FUNCTION crm_word_trigger('arm');
INSERT INTO arm_kind (arm, is_holdout) VALUES
    ('holdout', true), ('hold-out', true), ('control', true), ('placebo', true), ('treatment', false), ('test', false)
ON CONFLICT DO NOTHING;

CREATE TABLE IF NOT EXISTS sentiment_kind (
    sentiment text PRIMARY KEY,
    meaning text NOT NULL
        CONSTRAINT sentiment_kind_meaning_is_known CHECK (meaning IN ('positive', 'neutral', 'negative'))
);
COMMENT ON TABLE sentiment_kind IS
'One row per word for a sentiment: what it means. Its owner may change it.';
CREATE OR REPLACE TRIGGER word BEFORE INSERT OR UPDATE ON sentiment_kind
    FOR EACH ROW EXECUTE FUNCTION crm_word_trigger('sentiment');
INSERT INTO sentiment_kind (sentiment, meaning) VALUES
    ('positive', 'positive'), ('pos', 'positive'), ('+', 'positive'), ('1', 'positive'), ('neutral', 'neutral'),
    ('neu', 'neutral'), ('mixed', 'neutral'), ('0', 'neutral'), ('negative', 'negative'), ('neg', 'negative'),
    ('-', 'negative'), ('-1', 'negative')
ON CONFLICT DO NOTHING;

CREATE TABLE IF NOT EXISTS deflection_assumption (
    scenario text PRIMARY KEY
        CONSTRAINT deflection_assumption_scenario_is_known CHECK (scenario IN ('low', 'mid', 'high')),
    view_share double precision NOT NULL
        CONSTRAINT deflection_assumption_view_share_is_share CHECK (view_share BETWEEN 0 AND 1),
    contained_share double precision NOT NULL
        CONSTRAINT deflection_assumption_contained_share_is_share CHECK (contained_share BETWEEN 0 AND 1)
);
COMMENT ON TABLE deflection_assumption IS
'One row low, mid and high: what is assumed of people who helped themselves. Its owner may change it.';
INSERT INTO deflection_assumption (scenario, view_share, contained_share) VALUES
    ('low', 0.005, 0.3), ('mid', 0.01, 0.5), ('high', 0.02, 0.7)
ON CONFLICT DO NOTHING;

CREATE TABLE IF NOT EXISTS alert (
    alert_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL,
    brand text NOT NULL,
    period_at timestamptz NOT NULL,
    mention_count bigint NOT NULL,
    expected_count double precision,
    z double precision,
    p_value double precision,
    alerted_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    UNIQUE (kind, brand, period_at)
);
COMMENT ON TABLE alert IS
'One row per surge of mentions that crm_alert found: each is written once.';

ALTER TABLE setting ADD COLUMN IF NOT EXISTS attribution_model text NOT NULL DEFAULT 'linear'
    CHECK (attribution_model IN ('first', 'last', 'linear', 'position', 'decay'));
ALTER TABLE setting ADD COLUMN IF NOT EXISTS attribution_window_days double precision
    CHECK (attribution_window_days >= 0 AND attribution_window_days <= 36525);
ALTER TABLE setting ADD COLUMN IF NOT EXISTS attribution_half_life_days double precision NOT NULL DEFAULT 7
    CHECK (attribution_half_life_days > 0 AND attribution_half_life_days < 'Infinity');
ALTER TABLE setting ADD COLUMN IF NOT EXISTS is_path_ended_by_conversion boolean NOT NULL DEFAULT false;
ALTER TABLE setting ADD COLUMN IF NOT EXISTS margin_share double precision NOT NULL DEFAULT 1
    CHECK (margin_share > 0 AND margin_share <= 1);
ALTER TABLE setting ADD COLUMN IF NOT EXISTS mention_period text NOT NULL DEFAULT 'day'
    CHECK (mention_period IN ('day', 'hour'));
ALTER TABLE setting ADD COLUMN IF NOT EXISTS contact_cost double precision
    CHECK (contact_cost >= 0 AND contact_cost < 'Infinity');
