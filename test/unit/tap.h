/*
 * tap.h
 *		The Test Anything Protocol, as much as a unit test needs.
 *
 * A test program calls ok() and is() as often as it likes and ends with
 * `return done_testing();`. Any TAP runner reads the result.
 */
#ifndef CRM_TEST_TAP_H
#define CRM_TEST_TAP_H

#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static int	tap_run = 0;
static int	tap_failed = 0;

static bool
__attribute__((format(printf, 2, 3), unused))
ok(bool pass, const char *fmt,...)
{
	va_list		args;

	tap_run++;
	if (!pass)
		tap_failed++;
	printf("%sok %d - ", pass ? "" : "not ", tap_run);
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	printf("\n");
	return pass;
}

static bool
__attribute__((unused))
is_int(int64_t got, int64_t want, const char *name)
{
	if (!ok(got == want, "%s", name))
		printf("# got %lld, want %lld\n", (long long) got, (long long) want);
	return got == want;
}

static bool
__attribute__((unused))
is_text(const char *got, const char *want, const char *name)
{
	bool		same = strcmp(got, want) == 0;

	if (!ok(same, "%s", name))
		printf("# got  %s\n# want %s\n", got, want);
	return same;
}

/* Relative error at most tol, or absolute where want is 0. */
static bool
__attribute__((unused))
is_close(double got, double want, double tol, const char *name)
{
	double		scale = want == 0 ? 1 : fabs(want);
	bool		near = fabs(got - want) <= tol * scale;

	if (!ok(near, "%s", name))
		printf("# got %.17g, want %.17g, error %.3g\n",
			   got, want, fabs(got - want) / scale);
	return near;
}

static int
__attribute__((unused))
done_testing(void)
{
	printf("1..%d\n", tap_run);
	return tap_failed != 0;
}

#endif							/* CRM_TEST_TAP_H */
