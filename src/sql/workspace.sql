-- Workspaces: a schema of views over the tables that people already have.

CREATE FUNCTION crm_as_of() RETURNS date
AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_as_of() IS
'The day that views look from: the setting crm_ext.as_of, else today.
SET crm_ext.as_of = ''1998-06-30'' moves every view of every workspace there; empty or RESET is today in the session''s time zone, the one place where the extension reads a clock.';

-- Triggers that keep ledgers in step with a table

CREATE FUNCTION crm_activity_trigger() RETURNS trigger
AS 'MODULE_PATHNAME' LANGUAGE C;

COMMENT ON FUNCTION crm_activity_trigger() IS
'Keeps ledgers in step with a table, a statement at a time.
For AFTER INSERT, UPDATE, DELETE (with REFERENCING NEW TABLE, OLD TABLE) or TRUNCATE, FOR EACH STATEMENT. Arguments: table and column of the ledgers; expressions over the table''s columns for the day (date), amount, events, and a condition; then for each key a column of the ledgers'' table and an expression. The keys are a unique index of that table.
Acts with the rights of the table''s owner where the trigger''s comment, which the owner alone can write, has the seal of the trigger (crm_trigger_seal), and who owns the ledgers has those rights anyhow; otherwise with the rights of whose statement it is. Names in expressions are looked up in pg_catalog and the extension''s schema. Rows with a NULL key are left out. A ledger with nothing left in it is deleted; one that was erased stays away when rows are deleted. Errors: 39P01 for wrong arguments, 42P01 where the ledgers are gone, 22023 and 22003 for amounts that no ledger can hold.';

CREATE FUNCTION crm_trigger_seal(relation regclass, trigger text) RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION crm_trigger_seal(regclass, text) IS
'The seal of a trigger: hexadecimal digits that go with its definition.
The owner of a table who writes it into the trigger''s comment lets crm_activity_trigger or crm_queue_trigger act with his rights, as long as neither trigger nor owner change. Look at the triggers of a table before you take it over: who had it could have sealed them for you. NULL where there is no such trigger.';

CREATE FUNCTION crm_queue_trigger() RETURNS trigger
AS 'MODULE_PATHNAME' LANGUAGE C;

COMMENT ON FUNCTION crm_queue_trigger() IS
'Notes which customers'' rows a statement changed, for crm_refresh.
As crm_activity_trigger. Arguments: the table of the queue, which has a column customer_id; a condition; an expression for the customer''s key. TRUNCATE is noted as a NULL key.';

CREATE FUNCTION crm_move_trigger() RETURNS trigger
AS 'MODULE_PATHNAME' LANGUAGE C;

COMMENT ON FUNCTION crm_move_trigger() IS
'Logs how columns of a row changed, such as a customer''s segment.
For a trigger AFTER INSERT, UPDATE or DELETE, FOR EACH ROW, on any table. Arguments: the table to log in, which has the columns customer_id, kind, old_value and new_value (text); the column of the customer''s key; the columns to watch. For each that changed it inserts a row: the key, the column''s name, the values before and after as text, NULL where there was or is none. Inserts as the user whose statement it is. A trigger on the log can act upon it.';
