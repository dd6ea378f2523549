-- Workspaces: a schema of views over the tables that people already have.

CREATE FUNCTION crm_as_of() RETURNS date
AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_as_of() IS
'The day that a session looks from.
The setting crm_ext.as_of, else today. SET crm_ext.as_of = ''1998-06-30'' moves every view of every workspace there;
empty or RESET is today in the session''s time zone. Views of a workspace call crm_as_of(time_zone), whose today is
the workspace''s.';

CREATE FUNCTION crm_as_of(time_zone text) RETURNS date
AS 'MODULE_PATHNAME', 'crm_as_of_zone' LANGUAGE C STABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_as_of(text) IS
'The day that a workspace looks from: crm_ext.as_of, else its today.
time_zone: a name like Europe/Rome or an offset, as for AT TIME ZONE; today is the date there when the
transaction began. No day is read from a clock but here. NULL for NULL. Error 22023 for a time zone that does not exist,
where today is asked for.';

CREATE FUNCTION crm_over_on(time_zone text) RETURNS date
AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_over_on(text) IS
'The last day that is over, as a workspace looks: what is complete.
The day crm_ext.as_of where that is set, which is meant whole; else the day before today, which still goes on. A period
is complete when its last day is not after it. time_zone: as for crm_as_of. NULL for NULL. Error 22023 for a time zone
that does not exist, where today is asked for.';

-- Small groups

CREATE FUNCTION crm_is_shown(min_cell integer, VARIADIC counts bigint[]) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 10
RETURN NOT EXISTS (SELECT FROM unnest(counts) AS counted WHERE counted BETWEEN 1 AND min_cell - 1);

COMMENT ON FUNCTION crm_is_shown(integer, bigint[]) IS
'Whether each count of customers is 0 or at least min_cell.
counts: of how many customers a figure is, and of how many the figures are that could be worked out from it: the parts
of a shown total, what is left of one, all smaller groups together. 0 and NULL are of nobody, and shown. A summary
view shows a figure only where this is true for setting.min_cell. A min_cell of 1, and NULL, hide nothing.';

-- Whose rights

CREATE FUNCTION crm_owner_has_rights(relation regclass) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_owner_has_rights(regclass) IS
'Has the owner of a relation the rights of the current user?
As pg_has_role(owner, current_user, ''USAGE''). Where it is so, the owner gains nothing by what their relation makes
the current user run. NULL for NULL, and for no relation.';

CREATE FUNCTION crm_triggers_have_rights(relation regclass) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL RESTRICTED;
COMMENT ON FUNCTION crm_triggers_have_rights(regclass) IS
'Have the owners of a relation''s triggers the current user''s rights?
Where it is not so, writing would run with the current user''s rights what somebody without them wrote, who was given
the right TRIGGER. Whoever has its owner''s rights keeps the lock of a write on it to the end of the transaction, so
that the answer stays true. NULL for NULL, and for no relation.';

CREATE FUNCTION crm_partitions_have_rights(partition regclass) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL RESTRICTED COST 20;
COMMENT ON FUNCTION crm_partitions_have_rights(regclass) IS
'Have the owners of all partitions the current user''s rights?
And may the current user read all, with no row-level security that hides rows? Then to read it runs nothing of
somebody without these rights. partition: any of the table''s, or the table. Whoever may read it keeps the locks of a
reader on all of it to the end of the transaction, so that the answer stays true. NULL for NULL, and for no
relation.';

CREATE FUNCTION crm_is_trigger_of(relation regclass, trigger_name name, workspace name) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_is_trigger_of(regclass, name, name) IS
'Does a trigger call a function in the schema of that name?
A workspace may have been renamed, and another have its name. False for no trigger, and for no schema; NULL for NULL,
and for no relation.';

CREATE FUNCTION crm_is_followed(partition regclass, trigger_name name) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_is_followed(regclass, name) IS
'Does the whole table of a partition have the trigger so named itself?
Triggers of a source''s partitions ask it: one that was detached is no longer of the source. By what is committed now,
also in a transaction that began before. False for what is no partition; NULL for NULL.';

-- Words of sources, which views look up in small letters

CREATE FUNCTION crm_word_trigger() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_LEVEL <> 'ROW' OR TG_WHEN <> 'BEFORE' OR TG_OP NOT IN ('INSERT', 'UPDATE') OR TG_NARGS <> 1 THEN
        RAISE EXCEPTION 'crm_word_trigger must be called by a BEFORE INSERT OR UPDATE trigger FOR EACH ROW'
            USING ERRCODE = 'trigger_protocol_violated', HINT = 'Its one argument is the column of the word.';
    END IF;
    RETURN jsonb_populate_record(NEW, jsonb_build_object(TG_ARGV[0], lower(to_jsonb(NEW) ->> TG_ARGV[0] COLLATE "C")));
END $$;
COMMENT ON FUNCTION crm_word_trigger() IS
'Keeps the words of a vocabulary, such as touch_kind, in small letters.
For a trigger BEFORE INSERT OR UPDATE, FOR EACH ROW; its argument is the column of the word. Views look words up
in small letters, so those of the sources may be written in any, and so may those that are put into the vocabulary.
That is of A to Z, in whatever language the database is; other letters count as they are written.
Error 39P01 for a trigger of another kind.';

-- What becomes of a row's columns

CREATE FUNCTION crm_move_trigger() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    log pg_catalog.regclass;
    watched pg_catalog.text[];
    values_of pg_catalog.text;
    before pg_catalog.text[];
    after pg_catalog.text[];
    styles pg_catalog.text[];
BEGIN
    IF TG_LEVEL OPERATOR(pg_catalog.<>) 'ROW' OR TG_WHEN OPERATOR(pg_catalog.<>) 'AFTER'
       OR TG_NARGS OPERATOR(pg_catalog.<) 3 THEN
        RAISE EXCEPTION 'crm_move_trigger must be called by an AFTER trigger FOR EACH ROW'
            USING ERRCODE = 'trigger_protocol_violated',
                  HINT = 'Its arguments are the table to log in, the column of the customer''s key, '
                         'and the columns to watch.';
    END IF;
    log := TG_ARGV[0]::pg_catalog.regclass;
    -- A row that gets another key is the same row, and whoever follows the log must learn of it. One that
    -- loses its key is nobody's: logged as no customer's, the key would outlive the customer's erasure.
    watched := TG_ARGV[CASE WHEN TG_OP OPERATOR(pg_catalog.=) 'UPDATE'
                             AND TG_ARGV[1] OPERATOR(pg_catalog.<>) ALL (TG_ARGV[2:]) THEN 1 ELSE 2 END:];
    values_of := pg_catalog.format('SELECT ARRAY[%s]', (
        SELECT pg_catalog.string_agg(pg_catalog.format('($1).%I::pg_catalog.text', name), ', ' ORDER BY place)
        FROM pg_catalog.unnest(watched) WITH ORDINALITY AS u (name, place)));
    -- Values are written alike in every session, and to the last digit, or a change of it would be none. Triggers on
    -- the log run with what the session has set.
    styles := ARRAY[pg_catalog.current_setting('DateStyle'), pg_catalog.current_setting('IntervalStyle'),
                    pg_catalog.current_setting('extra_float_digits'), pg_catalog.current_setting('bytea_output')];
    PERFORM pg_catalog.set_config('DateStyle', 'ISO', true), pg_catalog.set_config('IntervalStyle', 'postgres', true),
            pg_catalog.set_config('extra_float_digits', '1', true), pg_catalog.set_config('bytea_output', 'hex', true);
    IF TG_OP OPERATOR(pg_catalog.<>) 'INSERT' THEN
        EXECUTE values_of INTO before USING OLD;
    END IF;
    IF TG_OP OPERATOR(pg_catalog.<>) 'DELETE' THEN
        EXECUTE values_of INTO after USING NEW;
    END IF;
    PERFORM pg_catalog.set_config('DateStyle', styles[1], true),
            pg_catalog.set_config('IntervalStyle', styles[2], true),
            pg_catalog.set_config('extra_float_digits', styles[3], true),
            pg_catalog.set_config('bytea_output', styles[4], true);
    FOR i IN 1 .. pg_catalog.cardinality(watched) LOOP
        -- IS DISTINCT FROM would take the operator of a schema in front of pg_catalog.
        CONTINUE WHEN before[i] OPERATOR(pg_catalog.=) after[i] OR before[i] IS NULL AND after[i] IS NULL;
        IF after[i] IS NOT NULL OR watched[i] OPERATOR(pg_catalog.=) ANY (TG_ARGV[2:]) THEN
            EXECUTE pg_catalog.format('INSERT INTO %s (customer_id, kind, old_value, new_value)
                                       VALUES (($1).%I, $2, $3, $4)', log, TG_ARGV[1])
            USING CASE WHEN TG_OP OPERATOR(pg_catalog.=) 'DELETE' THEN OLD ELSE NEW END, watched[i], before[i],
                  after[i];
        END IF;
    END LOOP;
    RETURN NULL;
END $$;

COMMENT ON FUNCTION crm_move_trigger() IS
'Logs how columns of a row changed, such as a customer''s segment.
For a trigger AFTER INSERT, UPDATE or DELETE, FOR EACH ROW, on any table. Arguments: the table to log in, which has
the columns customer_id, kind, old_value and new_value (text); the column of the customer''s key; the columns to
watch. For each that changed it inserts a row: the key, the column''s name, the values before and after as text, NULL
where there was or is none. The text is that of ISO dates and of numbers with all digits, whatever the session has
set; a moment is in its time zone. So also where an UPDATE changes the key, under the new one, unless that is NULL. Runs
with the rights of the user whose statement it is. Errors: 39P01 for a trigger of another kind, 42P01 and 42703 for
names that do not exist.';
