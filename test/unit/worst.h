/*
 * worst.h
 *		Many values against a table of reference values, in one test.
 */
#ifndef CRM_TEST_WORST_H
#define CRM_TEST_WORST_H

#include "tap.h"

#define COUNT(array) ((int) (sizeof(array) / sizeof((array)[0])))

/* The largest error so far, and of what. */
typedef struct worst
{
	double		error;
	int			row;
} worst;

/*
 * The error relative to want, or to least where that is larger. A want of 0
 * stands for anything too small for the table.
 */
static void
compare(worst *w, double got, double want, double least, int row)
{
	double		error = fabs(got - want) / fmax(fabs(want), least);

	if (want == 0 && fabs(got) < 1e-280)
		error = 0;
	if (!isfinite(got) || isnan(error))
		error = INFINITY;
	if (error > w->error)
		*w = (worst) {error, row};
}

static void
report(worst w, double most, const char *name)
{
	ok(w.error <= most, "%s within %.0e (worst %.1e, row %d)", name, most,
	   w.error, w.row);
}

#endif							/* CRM_TEST_WORST_H */
