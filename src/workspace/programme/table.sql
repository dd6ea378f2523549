-- What the words of surveys mean, and what the views of the programme go by.

-- With the programme ratings fade, unless its owner has said otherwise.
DO $do$
BEGIN
    IF to_regclass('survey_kind') IS NULL THEN
        UPDATE setting SET rating_days = 365 WHERE rating_days IS NULL;
        ALTER TABLE setting ALTER COLUMN rating_days SET DEFAULT 365;
    END IF;
END $do$;

CREATE TABLE IF NOT EXISTS survey_kind (
    kind text PRIMARY KEY,
    meaning text NOT NULL
        CONSTRAINT survey_kind_meaning_is_known CHECK (meaning IN ('nps', 'csat', 'ces', 'other'))
);
COMMENT ON TABLE survey_kind IS
'One row per word for a kind of survey: what it measures. Its owner may change it.';
CREATE OR REPLACE TRIGGER word BEFORE INSERT OR UPDATE ON survey_kind
    FOR EACH ROW EXECUTE FUNCTION crm_word_trigger('kind');
INSERT INTO survey_kind (kind, meaning) VALUES
    ('nps', 'nps'), ('recommend', 'nps'), ('csat', 'csat'), ('satisfaction', 'csat'), ('ces', 'ces'), ('effort', 'ces')
ON CONFLICT DO NOTHING;

CREATE TABLE IF NOT EXISTS answer_code (
    code text PRIMARY KEY,
    meaning text NOT NULL
        CONSTRAINT answer_code_meaning_is_known CHECK (meaning IN ('answer', 'dk', 'na', 'refused'))
);
COMMENT ON TABLE answer_code IS
'One row per word that an answer consists of: what it means. Its owner may change it.
dk: does not know; na: did not answer; refused: would not.';
CREATE OR REPLACE TRIGGER word BEFORE INSERT OR UPDATE ON answer_code
    FOR EACH ROW EXECUTE FUNCTION crm_word_trigger('code');
INSERT INTO answer_code (code, meaning) VALUES
    ('answer', 'answer'), ('dk', 'dk'), ('don''t know', 'dk'), ('do not know', 'dk'), ('undecided', 'dk'),
        ('uncertain', 'dk'),
    ('not sure', 'dk'), ('unsure', 'dk'), ('na', 'na'), ('n/a', 'na'),
        ('no answer', 'na'),
    ('', 'na'), ('refused', 'refused'), ('abstain', 'refused'), ('prefer not to say', 'refused')
ON CONFLICT DO NOTHING;
-- "Uncertain" and "do not know" in Chinese, byte by byte: this text is read in the encoding of
-- any database, and most have no such characters.
INSERT INTO answer_code (code, meaning)
SELECT convert_from(decode(bytes, 'hex'), 'UTF8'), 'dk'
FROM unnest('{e4b88de7a1aee5ae9a,e4b88de79fa5e98193}'::text[]) AS bytes
WHERE getdatabaseencoding() IN ('UTF8', 'EUC_CN', 'SQL_ASCII')
ON CONFLICT DO NOTHING;

CREATE TABLE IF NOT EXISTS maturity (
    practice text PRIMARY KEY,
    level text NOT NULL
        CONSTRAINT maturity_level_is_known CHECK (level IN ('none', 'project', 'programme', 'strategy')),
    declared_on date NOT NULL
);
-- Said again when the workspace gets another time zone.
ALTER TABLE maturity ALTER declared_on SET DEFAULT crm_as_of(:'time_zone');
COMMENT ON TABLE maturity IS
'One row per practice: how far the company says it is, from isolated projects to a strategy. Filled by its owner.';

ALTER TABLE setting ADD COLUMN IF NOT EXISTS survey_days integer NOT NULL DEFAULT 30
    CHECK (survey_days BETWEEN 1 AND 36525);
ALTER TABLE setting ADD COLUMN IF NOT EXISTS contact_days integer NOT NULL DEFAULT 90
    CHECK (contact_days BETWEEN 1 AND 36525);
ALTER TABLE setting ADD COLUMN IF NOT EXISTS action_days integer NOT NULL DEFAULT 90
    CHECK (action_days BETWEEN 1 AND 36525);
ALTER TABLE setting ADD COLUMN IF NOT EXISTS ease_cut double precision NOT NULL DEFAULT 0.5 CHECK (ease_cut BETWEEN 0
    AND 1);

CREATE OR REPLACE VIEW programme_span AS
SELECT crm_period_bounds(span.opened_on, basis.as_of, 'month', basis.month_anchor) AS month_bounds,
       basis.month_over_on,
       basis.min_cell,
       crm_day_end(basis.as_of, :'time_zone') AS ended_at,
       basis.as_of
FROM calendar_basis AS basis
CROSS JOIN (
    SELECT least((SELECT min(rated_on) FROM rating WHERE rated_on <= (SELECT crm_as_of()) AND isfinite(rated_on)),
                 (SELECT (min(begun.at) AT TIME ZONE :'time_zone')::date
                  FROM survey CROSS JOIN LATERAL (VALUES (sent_at), (answered_at)) AS begun (at)
                  WHERE begun.at < (SELECT crm_day_end(crm_as_of(), :'time_zone'))
                    AND isfinite(begun.at)))
               AS opened_on
    OFFSET 0
) AS span;
COMMENT ON VIEW programme_span IS
'One row: the bounds of the months from the first rating or survey to as_of.
Not for BI: it holds an array.';

-- The planner takes an array for ten elements, and generate_series for a thousand.
CREATE OR REPLACE VIEW programme_month AS
SELECT bound.month_on,
       bound.n::integer AS month_number,
       bound.n < cardinality(month_bounds) - 1 OR month_bounds[bound.n + 1] - 1 <= month_over_on AS is_complete,
       as_of
FROM programme_span
CROSS JOIN LATERAL unnest(month_bounds) WITH ORDINALITY AS bound (month_on, n)
WHERE bound.n < cardinality(month_bounds);
COMMENT ON VIEW programme_month IS
'One row per month, from the first rating or survey to as_of.';
