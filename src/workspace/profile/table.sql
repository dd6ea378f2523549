-- What to do with whom, and how customers' records changed.

CREATE TABLE IF NOT EXISTS playbook (
    dimension text NOT NULL
        CONSTRAINT playbook_dimension_is_known CHECK (dimension IN ('segment', 'stage', 'class', 'outcome')),
    value text NOT NULL,
    action text NOT NULL,
    due_days integer
        CONSTRAINT playbook_due_days_is_not_negative CHECK (due_days >= 0),
    PRIMARY KEY (dimension, value)
);
COMMENT ON TABLE playbook IS
'One row per value of segment, stage, class or outcome: what to do with such customers.
Filled by its owner; see next_action.';

-- In the form in which crm_move_trigger writes.
CREATE TABLE IF NOT EXISTS customer_change (
    change_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    changed_at timestamptz NOT NULL DEFAULT now(),
    customer_id :customer_id,
    kind text NOT NULL,
    old_value text,
    new_value text
);
CREATE INDEX IF NOT EXISTS customer_change_customer_id_idx ON customer_change (customer_id);
COMMENT ON TABLE customer_change IS
'One row per change of a column of customer: the log that completeness_monthly reads.
Written by a trigger where customer is the workspace''s own table; for a table of yours make one with
crm_move_trigger.';

-- Made again by every upgrade, for it has the name of the workspace in it.
DO $do$
BEGIN
    IF EXISTS (SELECT FROM pg_class WHERE oid = 'customer'::regclass AND relkind = 'r') THEN
        DROP TRIGGER IF EXISTS customer_change ON customer;
        EXECUTE format('CREATE TRIGGER customer_change AFTER UPDATE ON customer FOR EACH ROW
                        EXECUTE FUNCTION crm_move_trigger(%L, ''customer_id'', ''customer_name'', ''email'', ''phone'',
                            ''region'', ''industry'', ''birth_on'', ''gender'', ''acquired_through'')',
                       format('%I.customer_change', current_schema()));
    END IF;
END $do$;

ALTER TABLE setting ADD COLUMN IF NOT EXISTS phone_country text
    CHECK (crm_normal_phone('+49301234567', phone_country) IS NOT NULL);
ALTER TABLE setting ADD COLUMN IF NOT EXISTS age_cuts integer[] NOT NULL DEFAULT '{18,25,35,45,55,65}'
    CHECK (cardinality(age_cuts) > 0 AND array_position(age_cuts, NULL) IS NULL);
