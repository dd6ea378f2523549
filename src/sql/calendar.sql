-- crm_calendar: working hours, and the time that passes within them.

\type crm_calendar STORAGE = extended

COMMENT ON TYPE crm_calendar IS
'Working hours in a time zone, with closed days and special hours.
Text such as: Europe/Rome; mon-fri 09:00-13:00, 14:00-18:00; sat 10:00-13:00; closed 2024-12-25,
2025-08-11..2025-08-15; open 2024-12-24 09:00-12:00. First the zone, by a name of pg_timezone_names (CET is that zone
here, not the abbreviation); the parts after it in any order, divided by semicolons. Hours go to 24:00 or past
midnight (fri 22:00-06:00), and then belong to the day they start on; what overlaps is united. closed drops the hours
that start on those local dates; open replaces the hours of its date, closed or not. Weekdays that are not named have
no hours. Written back sorted and united: equal texts are equal calendars.';

COMMENT ON FUNCTION crm_calendar_in(cstring) IS
'Reads a calendar from text, and makes that canonical.
Errors: 22P02 for text that does not parse, with the place and why; 22023 for an unknown time zone; 54000 for more
than 10,000 intervals or runs of closed days.';
COMMENT ON FUNCTION crm_calendar_out(crm_calendar) IS
'Writes a calendar as its canonical text.';
COMMENT ON FUNCTION crm_calendar_recv(internal) IS
'Reads a calendar from its binary form; error 22P03 for others.';
COMMENT ON FUNCTION crm_calendar_send(crm_calendar) IS
'Writes a calendar as a version, a length and its canonical text.';

CREATE FUNCTION crm_calendar_eq(one crm_calendar, other crm_calendar) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
CREATE FUNCTION crm_calendar_ne(one crm_calendar, other crm_calendar) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
CREATE FUNCTION crm_calendar_hash(calendar crm_calendar) RETURNS integer
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
CREATE FUNCTION crm_calendar_hash_extended(calendar crm_calendar, seed bigint) RETURNS bigint
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;

COMMENT ON FUNCTION crm_calendar_eq(crm_calendar, crm_calendar) IS
'Support of =: the same canonical text.';
COMMENT ON FUNCTION crm_calendar_ne(crm_calendar, crm_calendar) IS
'Support of <>: another canonical text.';
COMMENT ON FUNCTION crm_calendar_hash(crm_calendar) IS
'Support of hash joins, hashed grouping and hash indexes.';
COMMENT ON FUNCTION crm_calendar_hash_extended(crm_calendar, bigint) IS
'Support of hash partitioning.';

CREATE OPERATOR = (
    FUNCTION = crm_calendar_eq,
    LEFTARG = crm_calendar, RIGHTARG = crm_calendar,
    COMMUTATOR = =, NEGATOR = <>,
    RESTRICT = eqsel, JOIN = eqjoinsel, HASHES
);
CREATE OPERATOR <> (
    FUNCTION = crm_calendar_ne,
    LEFTARG = crm_calendar, RIGHTARG = crm_calendar,
    COMMUTATOR = <>, NEGATOR = =,
    RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR = (crm_calendar, crm_calendar) IS 'same zone, hours and exceptions';
COMMENT ON OPERATOR <> (crm_calendar, crm_calendar) IS 'zone, hours or exceptions differ';

CREATE OPERATOR CLASS crm_calendar_ops DEFAULT FOR TYPE crm_calendar USING hash AS
    OPERATOR 1 =,
    FUNCTION 1 crm_calendar_hash(crm_calendar),
    FUNCTION 2 crm_calendar_hash_extended(crm_calendar, bigint);
COMMENT ON OPERATOR CLASS crm_calendar_ops USING hash IS 'same zone, hours and exceptions';

-- IMMUTABLE as timestamptz AT TIME ZONE text is: a new version of the time zone
-- database can change answers, nothing else.

CREATE FUNCTION crm_business_seconds("from" timestamptz, "to" timestamptz, calendar crm_calendar)
RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION crm_business_seconds(timestamptz, timestamptz, crm_calendar) IS
'Working seconds from one instant to another, by a calendar.
The time that passes while the local clock, t AT TIME ZONE the calendar''s zone, stands in an interval; microseconds
count. So a night shift has 7 or 9 hours on the nights when the clock changes, and hours around the clock make wall
time. 0 where "to" is at or before "from"; NULL for NULL or infinite input. The cost does not grow with the
distance.';

CREATE FUNCTION crm_elapsed_seconds("from" timestamptz, "to" timestamptz) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_elapsed_seconds(timestamptz, timestamptz) IS
'Seconds on the clock from one instant to another.
As date_part(''epoch'', "to" - "from"), below 0 where "to" is before "from", but NULL for infinite input, which the
subtraction refuses before PostgreSQL 17, and at a fraction of the cost. NULL for NULL.
Example: SELECT crm_elapsed_seconds(''2024-03-31 00:00+00'', ''2024-04-01 00:00+00'').';

CREATE FUNCTION crm_business_deadline("from" timestamptz, seconds double precision, calendar crm_calendar)
RETURNS timestamptz
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION crm_business_deadline(timestamptz, double precision, crm_calendar) IS
'First instant by which so many working seconds have passed.
The inverse of crm_business_seconds, to the microsecond: crm_business_seconds("from", deadline, calendar) = seconds. 0
seconds give "from" itself, also outside hours. NULL where the calendar has no such working time left before the end
of timestamps, and for NULL or infinite "from". Error 22023 for negative seconds and NaN.';

CREATE FUNCTION crm_elapsed_deadline("from" timestamptz, seconds double precision) RETURNS timestamptz
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 20
RETURN crm_business_deadline("from", seconds, 'UTC; mon-sun 00:00-24:00');
COMMENT ON FUNCTION crm_elapsed_deadline(timestamptz, double precision) IS
'The instant by which so many seconds have passed on the clock.
The inverse of crm_elapsed_seconds, to the microsecond: as crm_business_deadline, with a calendar that is always open.';

CREATE FUNCTION crm_is_business_time(at timestamptz, calendar crm_calendar)
RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION crm_is_business_time(timestamptz, crm_calendar) IS
'Whether an instant lies in working hours.
By the rule of crm_business_seconds: the local clock stands in an interval, whose start is in and whose end is out.
NULL for NULL or infinite input.';

CREATE FUNCTION crm_calendar_zone(calendar crm_calendar)
RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_calendar_zone(crm_calendar) IS
'The name of a calendar''s time zone.
For the local clock: opened_at AT TIME ZONE crm_calendar_zone(calendar).';

CREATE FUNCTION crm_local_month(at timestamptz, time_zone text) RETURNS date
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_local_month(timestamptz, text) IS
'The first day of the month in which an instant lies in a time zone.
As date_trunc(''month'', at AT TIME ZONE time_zone)::date, at a fifth of the cost for names of zones with a slash.
A month that begins before all days has the first day there is, 4714-11-24 BC. Infinite instants give infinite days.
NULL for NULL. Error 22023 for a time zone that does not exist.
Example: SELECT crm_local_month(now(), ''Europe/Rome'').';

-- A microsecond before midnight is no clock time that comes twice, as midnight may
-- be; but where clocks are put back at 00:01, the hour before midnight comes twice
-- as well, and the day ends where its second one does.
CREATE FUNCTION crm_day_end(day date, time_zone text) RETURNS timestamptz
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN least(pg_catalog.timezone(time_zone, (day + 1)::timestamp),
             pg_catalog.timezone(time_zone, (day + 1)::timestamp - '1 microsecond'::interval)
                 + '1 microsecond'::interval);
COMMENT ON FUNCTION crm_day_end(date, text) IS
'The instant at which a day ends in a time zone.
The midnight after it, of two the first from which the clock no longer goes back to the day: where clocks are put back
at 00:01, as in St. John''s until 2011, that is the second. Infinite days end at infinite instants. NULL for NULL.
Error 22023 for a time zone that does not exist, 22008 for days beyond the range of timestamps.
Example: SELECT crm_day_end(''2023-11-04'', ''America/Havana'').';

CREATE FUNCTION crm_month(day date) RETURNS date
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_month(date) IS
'The first day of the month in which a day lies.
As date_trunc(''month'', day::timestamp)::date, at a tenth of the cost. A month that begins before all days has the
first day there is, 4714-11-24 BC. Infinite days stay as they are. NULL for NULL.';

CREATE FUNCTION crm_month_end(day date) RETURNS date
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION crm_month_end(date) IS
'The last day of the month in which a day lies.
Of every day, also of those that no timestamp reaches. Infinite days stay as they are. NULL for NULL.';

CREATE FUNCTION crm_oldest_month(as_of date) RETURNS date
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (crm_month(as_of) - '1199 months'::interval)::date;
COMMENT ON FUNCTION crm_oldest_month(date) IS
'The month with which views by month begin at the earliest.
Of the 1,200 months that end with that of as_of the first: one date of the year 1, which mostly stands for none, would
else be followed by thousands of months without anything. NULL for NULL. Error 22008 where it begins before all days.';
