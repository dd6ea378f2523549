/*
 * cdnow.h
 *		The CDNOW 1/10 sample as histories, where its file is at hand.
 *
 * The folder is $CRM_SHARED, or ../shared beside the repository.
 */
#ifndef CRM_TEST_CDNOW_H
#define CRM_TEST_CDNOW_H

#include <stdio.h>
#include <stdlib.h>

#include "core/clv/history.h"

#define CDNOW_CUSTOMERS 2357
#define CDNOW_CALIBRATION 19970930

typedef struct cdnow
{
	crm_history history[CDNOW_CUSTOMERS];	/* in weeks, file order */
	size_t		histories;
	crm_spend	spend[CDNOW_CUSTOMERS];
	size_t		spends;
} cdnow;

static long
cdnow_day(int year, int month, int day)
{
	static const int before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273,
	304, 334};

	/* 1997 and 1998 are no leap years. */
	return 365L * (year - 1997) + before[month - 1] + day;
}

/* One customer's days so far. */
typedef struct cdnow_customer
{
	long		id;
	long		first;
	long		last;
	int			days;
	double		amount;			/* of all days but the first */
} cdnow_customer;

static void
cdnow_finish(cdnow *data, const cdnow_customer *c, long end)
{
	int			x = c->days - 1;

	if (c->days == 0)
		return;
	data->history[data->histories++] = (crm_history)
	{
		x, (c->last - c->first) / 7.0, (end - c->first) / 7.0, 1
	};
	if (x > 0 && c->amount > 0)
		data->spend[data->spends++] = (crm_spend)
	{
		x, c->amount / x, 1
	};
}

/* Read purchases up to the day yyyymmdd; false where there is no file. */
static bool
__attribute__((unused))
cdnow_read(cdnow *data, int until)
{
	const char *folder = getenv("CRM_SHARED");
	long		end = cdnow_day(until / 10000, until / 100 % 100, until % 100);
	cdnow_customer c = {0};
	char		line[256];
	FILE	   *file;

	snprintf(line, sizeof(line), "%s/data/cdnow_sample.csv",
			 folder ? folder : "../shared");
	data->histories = data->spends = 0;
	file = fopen(line, "r");
	if (!file)
		return false;
	while (fgets(line, sizeof(line), file))
	{
		long		id;
		int			year,
					month,
					day;
		double		amount;
		long		on;

		if (sscanf(line, "%ld,%*d,%d-%d-%d,%*d,%lf", &id, &year, &month, &day,
				   &amount) != 5)
			continue;
		on = cdnow_day(year, month, day);
		if (on > end)
			continue;
		if (c.days == 0 || id != c.id)
		{
			cdnow_finish(data, &c, end);
			c = (cdnow_customer) {id, on, on, 1, 0};
			continue;
		}
		c.days += on != c.last;
		c.last = on;
		if (on != c.first)
			c.amount += amount;
	}
	cdnow_finish(data, &c, end);
	fclose(file);
	return data->histories == CDNOW_CUSTOMERS;
}

#endif							/* CRM_TEST_CDNOW_H */
