-- What replies mean, and what the views of events go by.

CREATE TABLE IF NOT EXISTS response_kind (
    response text PRIMARY KEY,
    meaning text NOT NULL
        CONSTRAINT response_kind_meaning_is_known CHECK (meaning IN ('yes', 'no', 'waitlist', 'other'))
);
COMMENT ON TABLE response_kind IS
'One row per word of reply to an event: what it means. Its owner may change it.';
CREATE OR REPLACE TRIGGER word BEFORE INSERT OR UPDATE ON response_kind
    FOR EACH ROW EXECUTE FUNCTION crm_word_trigger('response');
INSERT INTO response_kind (response, meaning) VALUES
    ('yes', 'yes'), ('accepted', 'yes'), ('going', 'yes'), ('attending', 'yes'), ('no', 'no'), ('declined', 'no'),
    ('not going', 'no'), ('waitlist', 'waitlist'), ('waitlisted', 'waitlist'), ('maybe', 'other'),
    ('tentative', 'other')
ON CONFLICT DO NOTHING;

ALTER TABLE setting ADD COLUMN IF NOT EXISTS effect_days integer NOT NULL DEFAULT 90
    CHECK (effect_days BETWEEN 1 AND 36525);
ALTER TABLE setting ADD COLUMN IF NOT EXISTS care_purpose text NOT NULL DEFAULT 'care';
