-- What words of the sources mean, and settings.

ALTER TABLE setting ADD COLUMN IF NOT EXISTS calendar crm_calendar NOT NULL
    DEFAULT (:'time_zone' || '; mon-fri 09:00-18:00')::crm_calendar;
ALTER TABLE setting ADD COLUMN IF NOT EXISTS conversation_gap_seconds double precision NOT NULL DEFAULT 1800
    CHECK (conversation_gap_seconds BETWEEN 0 AND 'Infinity');
ALTER TABLE setting ADD COLUMN IF NOT EXISTS is_conversation_by_channel boolean NOT NULL DEFAULT true;
ALTER TABLE setting ADD COLUMN IF NOT EXISTS coverage_seconds double precision NOT NULL DEFAULT 14400
    CHECK (coverage_seconds >= 0);
ALTER TABLE setting ADD COLUMN IF NOT EXISTS daily_contact_target double precision
    CHECK (daily_contact_target > 0);
ALTER TABLE setting ADD COLUMN IF NOT EXISTS handover_cost numeric NOT NULL DEFAULT 0;
ALTER TABLE setting ADD COLUMN IF NOT EXISTS onboarding_days integer NOT NULL DEFAULT 30
    CHECK (onboarding_days BETWEEN 0 AND 36525);
ALTER TABLE setting ADD COLUMN IF NOT EXISTS repeat_days integer NOT NULL DEFAULT 30
    CHECK (repeat_days BETWEEN 0 AND 36525);

CREATE TABLE IF NOT EXISTS case_status (
    status text PRIMARY KEY,
    meaning text NOT NULL
        CONSTRAINT case_status_meaning_is_known CHECK (meaning IN ('queued', 'open', 'waiting', 'resolved', 'closed')),
    cost numeric NOT NULL DEFAULT 0
        CONSTRAINT case_status_cost_is_not_negative CHECK (cost >= 0 AND cost < 'NaN')
);
COMMENT ON TABLE case_status IS
'One row per status of case_state, a to z in upper and lower case alike: what it means. Its owner may change it.
queued: nobody has it. open: somebody works on it. waiting: for the customer, so the time does not count.
resolved: done, may come back. closed: done. A status that is not here counts as open; data_quality lists it.';
CREATE UNIQUE INDEX IF NOT EXISTS case_status_lower_idx ON case_status (lower(status COLLATE "C"));
INSERT INTO case_status (status, meaning)
SELECT word, meaning
FROM (VALUES ('new', 'queued'), ('queued', 'queued'), ('unassigned', 'queued'),
             ('open', 'open'), ('assigned', 'open'), ('accepted', 'open'), ('in progress', 'open'),
             ('pending', 'waiting'), ('waiting', 'waiting'), ('waiting for customer', 'waiting'),
             ('solved', 'resolved'), ('resolved', 'resolved'), ('completed', 'resolved'), ('done', 'resolved'),
             ('closed', 'closed'), ('cancelled', 'closed')) AS word (word, meaning)
WHERE NOT EXISTS (SELECT FROM case_status);

CREATE TABLE IF NOT EXISTS contact_purpose (
    purpose text PRIMARY KEY,
    meaning text NOT NULL
        CONSTRAINT contact_purpose_meaning_is_known
        CHECK (meaning IN ('onboarding', 'service', 'promotion', 'research', 'other')),
    needs_consent boolean NOT NULL DEFAULT false
);
COMMENT ON TABLE contact_purpose IS
'One row per purpose of interactions, a to z in upper and lower case alike: what it means. Its owner may change it.
onboarding: training and guidance of new customers. needs_consent: nobody may be contacted for it without.
A purpose that is not here needs none; data_quality lists it.';
CREATE UNIQUE INDEX IF NOT EXISTS contact_purpose_lower_idx ON contact_purpose (lower(purpose COLLATE "C"));
INSERT INTO contact_purpose (purpose, meaning, needs_consent)
SELECT word, meaning, meaning = 'promotion'
FROM (VALUES ('onboarding', 'onboarding'), ('training', 'onboarding'), ('welcome', 'onboarding'),
             ('service', 'service'), ('support', 'service'), ('question', 'service'), ('complaint', 'service'),
             ('marketing', 'promotion'), ('newsletter', 'promotion'), ('promotion', 'promotion'),
             ('offer', 'promotion'),
             ('survey', 'research'), ('research', 'research')) AS word (word, meaning)
WHERE NOT EXISTS (SELECT FROM contact_purpose);

CREATE TABLE IF NOT EXISTS visit_purpose (
    purpose text PRIMARY KEY,
    meaning text NOT NULL
        CONSTRAINT visit_purpose_meaning_is_known
        CHECK (meaning IN ('repair', 'test', 'upgrade', 'trial', 'pickup', 'care', 'other'))
);
COMMENT ON TABLE visit_purpose IS
'One row per purpose of visits, a to z in upper and lower case alike: what it means. Its owner may change it.
care: a small kindness. A purpose that is not here counts as other; data_quality lists it.';
CREATE UNIQUE INDEX IF NOT EXISTS visit_purpose_lower_idx ON visit_purpose (lower(purpose COLLATE "C"));
INSERT INTO visit_purpose (purpose, meaning)
SELECT word, meaning
FROM (VALUES ('repair', 'repair'), ('test', 'test'), ('upgrade', 'upgrade'), ('trial', 'trial'), ('pickup', 'pickup'),
             ('care', 'care')) AS word (word, meaning)
WHERE NOT EXISTS (SELECT FROM visit_purpose);

CREATE TABLE IF NOT EXISTS reply_policy (
    policy text NOT NULL,
    channel text,
    UNIQUE (policy, channel)
);
COMMENT ON TABLE reply_policy IS
'One row per policy and channel: who replies there in public must be trained in it. NULL for all channels.';

CREATE TABLE IF NOT EXISTS overdue_case (
    case_id text,
    measure text,
    due_at timestamptz,
    customer_id :customer_id,
    owner_id text,
    noted_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (case_id, measure, due_at)
);
COMMENT ON TABLE overdue_case IS
'One row per case and deadline that crm_note_overdue found near or past.
A deadline is noted once; one that moves is noted again.';
