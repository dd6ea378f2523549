-- What the community's words mean, and what its views go by.

CREATE TABLE IF NOT EXISTS post_activity (
    customer_id :customer_id,
    kind text,
    posts crm_activity NOT NULL,
    PRIMARY KEY (customer_id, kind)
) WITH (fillfactor = 80);
COMMENT ON TABLE post_activity IS
'One row per author and kind of post: the ledger of the posts, kept exact like customer_activity.';
COMMENT ON COLUMN post_activity.posts IS
'Posts day by day: read it with crm_event_count, crm_active_days and the like.';

CREATE TABLE IF NOT EXISTS post_kind (
    kind text PRIMARY KEY,
    role text NOT NULL
        CONSTRAINT post_kind_role_is_known CHECK (role IN ('question', 'answer', 'other')),
    weight double precision NOT NULL DEFAULT 1
        CONSTRAINT post_kind_weight_is_not_negative CHECK (weight >= 0 AND weight < 'Infinity')
);
COMMENT ON TABLE post_kind IS
'One row per word for a kind of post: what it means, and its weight in engagement. Its owner may change it.';
CREATE OR REPLACE TRIGGER word BEFORE INSERT OR UPDATE ON post_kind
    FOR EACH ROW EXECUTE FUNCTION crm_word_trigger('kind');
INSERT INTO post_kind (kind, role, weight) VALUES
    ('question', 'question', 2), ('topic', 'question', 2), ('thread', 'question', 2), ('answer', 'answer', 3),
    ('reply', 'answer', 3), ('solution', 'answer', 3), ('comment', 'other', 1), ('post', 'other', 1),
    ('unknown', 'other', 1)
ON CONFLICT DO NOTHING;

CREATE TABLE IF NOT EXISTS idea_state_kind (
    state text PRIMARY KEY,
    meaning text NOT NULL
        CONSTRAINT idea_state_kind_meaning_is_known CHECK (meaning IN ('open', 'accepted', 'done', 'declined'))
);
COMMENT ON TABLE idea_state_kind IS
'One row per word for a state of an idea: what it means. Its owner may change it.
accepted: it shall be done; done: it is, and was accepted before if nothing else says so; declined: it shall not.';
CREATE OR REPLACE TRIGGER word BEFORE INSERT OR UPDATE ON idea_state_kind
    FOR EACH ROW EXECUTE FUNCTION crm_word_trigger('state');
INSERT INTO idea_state_kind (state, meaning) VALUES
    ('submitted', 'open'), ('open', 'open'), ('draft', 'open'), ('new', 'open'), ('incomplete', 'open'),
    ('active', 'open'),
    ('deferred', 'open'), ('postponed', 'open'), ('accepted', 'accepted'), ('planned', 'accepted'),
    ('provisional', 'accepted'),
    ('final', 'done'), ('done', 'done'), ('shipped', 'done'), ('rejected', 'declined'), ('withdrawn', 'declined'),
    ('declined', 'declined'), ('superseded', 'open'), ('replaced', 'open')
ON CONFLICT DO NOTHING;

ALTER TABLE setting ADD COLUMN IF NOT EXISTS text_search_config text NOT NULL DEFAULT 'simple';
ALTER TABLE setting ADD COLUMN IF NOT EXISTS term_pattern text
    CHECK (regexp_replace('', term_pattern, '') = '');
ALTER TABLE setting ADD COLUMN IF NOT EXISTS term_days integer NOT NULL DEFAULT 28
    CHECK (term_days BETWEEN 1 AND 36525);
ALTER TABLE setting ADD COLUMN IF NOT EXISTS release_interval_days integer NOT NULL DEFAULT 7
    CHECK (release_interval_days > 0);
ALTER TABLE setting ADD COLUMN IF NOT EXISTS release_tolerance_days integer NOT NULL DEFAULT 1
    CHECK (release_tolerance_days >= 0);
