/*
 * comparison.c
 *		Did two groups differ: shares and means.
 */
#include "core/comparison/comparison.h"

#include "core/numeric/student.h"

static const crm_field moments_fields[] = {
	{"count", CRM_COUNT, CRM_ONCE},
	{"weight", CRM_SUM, CRM_ONCE},
	{"weight_sq", CRM_SUM, CRM_ONCE},
	{"sum", CRM_SUM, CRM_ONCE},
	{"sum_sq", CRM_SUM, CRM_ONCE},
	{"min", CRM_REAL, CRM_ONCE},
	{"max", CRM_REAL, CRM_ONCE}
};

static bool
moments_body_is_valid(const void *body, int width)
{
	(void) width;
	return crm_moments_are_valid(body);
}

static bool
merge_moments(void *into, const void *from, int width)
{
	(void) width;
	crm_moments_merge(into, from);
	return true;
}

const crm_layout crm_moments_layout = {
	"crm_moments", moments_fields,
	sizeof(moments_fields) / sizeof(moments_fields[0]),
	sizeof(crm_moments) / 8, moments_body_is_valid, merge_moments, 0
};

/*
 * Wilson (1927, JASA 22), as distances from the share, which would lose digits
 * as a difference. Written so that at no and at all hits the nearer is 0.
 */
static void
wilson_distances(double x, double n, double z, double *below, double *above)
{
	double		share = x / n;
	double		square = z * z;
	double		shift = square * (0.5 - share);
	double		half = z * sqrt(n * share * (1 - share) + square / 4);

	*below = x == 0 ? 0 : fmax(half - shift, 0) / (n + square);
	*above = x == n ? 0 : fmax(half + shift, 0) / (n + square);
}

crm_status
crm_proportion_difference(double x1, double n1, double x2, double n2,
						  double confidence, crm_difference *result)
{
	double		z = crm_student_quantile((1 - confidence) / 2, INFINITY);
	double		pooled = (x1 + x2) / (n1 + n2);
	double		error;
	double		below1;
	double		above1;
	double		below2;
	double		above2;

	if (!(n1 > 0 && n2 > 0))
		return CRM_TOO_FEW;
	wilson_distances(x1, n1, z, &below1, &above1);
	wilson_distances(x2, n2, z, &below2, &above2);
	result->difference = x1 / n1 - x2 / n2;
	result->interval.low = result->difference - hypot(below1, above2);
	result->interval.high = result->difference + hypot(above1, below2);
	error = sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n2));
	result->p_value = error > 0 ?
		erfc(fabs(result->difference) / error * M_SQRT1_2) : NAN;
	return CRM_OK;
}
