/*
 * steps.h
 *		Counts the steps of iterations, for the test that they end.
 *
 * Every loop of the core whose end depends on convergence states a bound on
 * its steps and calls CRM_STEP() in each of them. Only the unit tests are
 * built with a counter: test/unit/steps.c drives each loop to its worst.
 */
#ifndef CRM_CORE_NUMERIC_STEPS_H
#define CRM_CORE_NUMERIC_STEPS_H

#ifdef CRM_COUNT_STEPS

#include <stdint.h>

extern uint64_t crm_steps;
#define CRM_STEP()	((void) crm_steps++)

#else

#define CRM_STEP()	((void) 0)

#endif

#endif							/* CRM_CORE_NUMERIC_STEPS_H */
