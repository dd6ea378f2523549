/*
 * calendar.h
 *		crm_calendar as a value, and the clock that a calendar makes.
 */
#ifndef CRM_PG_CALENDAR_CALENDAR_H
#define CRM_PG_CALENDAR_CALENDAR_H

#include "pg/support/extension.h"

#include "pgtime.h"

#include "core/calendar/calendar.h"

/*
 * The value is the canonical text, so that a dump, the binary form and an
 * equality need nothing else. Who asks row after row has it parsed once.
 */

/* An empty calendar with room for what the text may say. */
extern crm_calendar *crm_calendar_make(const char *text);

/* The zone of that name, its name as the database has it; or NULL. */
extern pg_tz *crm_find_zone(const char *name, size_t length);

#endif							/* CRM_PG_CALENDAR_CALENDAR_H */
