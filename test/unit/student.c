/*
 * student.c
 *		Student's t against numbers from mpmath, at 40 digits.
 */
#include "tap.h"

#include "core/numeric/student.h"

static const double upper[][3] = {
	{1, 0.3, 0.34161139088051674},
	{12.7, 1, 0.02501216384467208},
	{0.01, 2, 0.49646455447910049},
	{2, 2.5, 0.078695747878982993},
	{1.96, 5, 0.053643976252647086},
	{3, 29, 0.0027495960669517031},
	{0.5, 249, 0.30875832555657261},
	{8, 249, 2.3556690070268674e-14},
	{1.7, 1000, 0.044720943479620021},
	{1.7, 1000.5, 0.04472086578110704},
	{5, 12345.6, 2.9058697161696778e-7},
	{1.96, 1e7, 0.024997909012657096},
	{1.96, INFINITY, 0.024997895148220436},
	{8, INFINITY, 6.2209605742717841e-16},
};

static const double quantile[][3] = {
	{0.025, 1, 12.706204736174704},
	{0.025, 0.3, 6582.0356994007758},
	{0.4, 2, 0.28867513459481282},
	{0.025, 2, 4.3026527297494637},
	{0.005, 4.7, 4.1678920401190581},
	{0.025, 29, 2.0452296421327043},
	{0.05, 163, 1.6542555849136267},
	{0.025, 249, 1.9695368676403509},
	{0.025, 1000.5, 1.9623378924593485},
	{0.0005, 1e7, 3.2905277044652224},
	{0.025, INFINITY, 1.9599639845400542},
	{0.05, INFINITY, 1.6448536269514727},
	{1e-09, INFINITY, 5.9978070150076869},
};

int
main(void)
{
	char		name[80];

	for (size_t i = 0; i < sizeof(upper) / sizeof(upper[0]); i++)
	{
		const double *u = upper[i];

		snprintf(name, sizeof(name), "P(T > %g), df %g", u[0], u[1]);
		is_close(crm_student_upper(u[0], u[1]), u[2], 1e-12, name);
		snprintf(name, sizeof(name), "P(T > %g), df %g", -u[0], u[1]);
		is_close(crm_student_upper(-u[0], u[1]), 1 - u[2], 1e-12, name);
	}
	for (size_t i = 0; i < sizeof(quantile) / sizeof(quantile[0]); i++)
	{
		const double *q = quantile[i];

		snprintf(name, sizeof(name), "quantile of %g, df %g", q[0], q[1]);
		is_close(crm_student_quantile(q[0], q[1]), q[2], 1e-12, name);
	}
	ok(crm_student_upper(0, 3) == 0.5, "half lies above 0");
	ok(crm_student_upper(1e200, 3) == 0, "nothing above 1e200");
	ok(crm_student_quantile(0.5, 3) == 0, "the median is 0");
	ok(crm_student_quantile(0.025, 1e-6) == INFINITY,
	   "a quantile beyond double is infinite");
	return done_testing();
}
