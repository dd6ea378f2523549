/*
 * student.h
 *		Student's t and the normal distribution.
 */
#ifndef CRM_CORE_NUMERIC_STUDENT_H
#define CRM_CORE_NUMERIC_STUDENT_H

/* P(T > t) with df > 0 degrees of freedom, INFINITY for the normal. */
extern double crm_student_upper(double t, double df);

/*
 * The t that P(T > t) = upper holds for, 0 < upper <= 0.5; INFINITY where no
 * double is that large.
 */
extern double crm_student_quantile(double upper, double df);

#endif							/* CRM_CORE_NUMERIC_STUDENT_H */
