/*
 * index.c
 *		The weighted mean of the cells present, and how much is present.
 */
#include "core/experience/index.h"

static const crm_field index_fields[] = {
	{"present", CRM_COUNT, CRM_ONCE},
	{"absent", CRM_COUNT, CRM_ONCE},
	{"weight", CRM_SUM, CRM_ONCE},
	{"absent_weight", CRM_SUM, CRM_ONCE},
	{"sum", CRM_SUM, CRM_ONCE}
};

crm_status
crm_index_add(crm_index *index, const double *score, double weight,
			  double scale_min, double scale_max)
{
	double		width = scale_max - scale_min;

	if (!isfinite(width) || (weight > 0 && weight < CRM_SMALLEST_PRODUCT))
		return CRM_OUT_OF_RANGE;
	if (score == NULL)
	{
		index->absent++;
		index->absent_weight = crm_dd_add_double(index->absent_weight, weight);
		return crm_dd_is_finite(index->absent_weight) ?
			CRM_OK : CRM_OUT_OF_RANGE;
	}
	if (*score < scale_min || *score > scale_max)
		return CRM_INVALID;
	index->present++;
	index->weight = crm_dd_add_double(index->weight, weight);
	index->sum = crm_dd_add(index->sum,
							crm_two_product(weight,
											(*score - scale_min) / width));
	return crm_dd_is_finite(index->weight) && crm_dd_is_finite(index->sum) ?
		CRM_OK : CRM_OUT_OF_RANGE;
}

crm_status
crm_index_score(const crm_index *index, double *value)
{
	if (!(index->weight.hi > 0))
		return CRM_TOO_FEW;
	*value = fmin(100 * crm_dd_div(index->sum, index->weight).hi, 100);
	return CRM_OK;
}

double
crm_index_full_weight(const crm_index *index)
{
	return crm_dd_add(index->weight, index->absent_weight).hi;
}

/*
 * Ten weights of 0.1 do not add up to 1 in doubles: a full weight that is
 * less than the weight present by rounding alone means all of it.
 */
crm_status
crm_index_present(const crm_index *index, double full_weight,
				  double *coverage)
{
	if (index->weight.hi > full_weight * (1 + 1e-9))
		return CRM_INVALID;
	if (full_weight == 0)
		return CRM_TOO_FEW;
	*coverage = fmin(index->weight.hi / full_weight, 1);
	return CRM_OK;
}

const char *
crm_quadrant_of(double importance, double performance,
				double importance_cross, double performance_cross)
{
	if (importance >= importance_cross)
		return performance >= performance_cross ?
			"keep up" : "concentrate here";
	return performance >= performance_cross ?
		"possible overkill" : "low priority";
}

static bool
index_merge(void *into, const void *from, int width)
{
	crm_index  *a = into;
	const crm_index *b = from;

	(void) width;
	a->present += b->present;
	a->absent += b->absent;
	a->weight = crm_dd_add(a->weight, b->weight);
	a->absent_weight = crm_dd_add(a->absent_weight, b->absent_weight);
	a->sum = crm_dd_add(a->sum, b->sum);
	return true;
}

static bool
index_is_valid(const void *body, int width)
{
	const crm_index *index = body;

	(void) width;
	if ((index->present == 0 && index->weight.hi != 0) ||
		(index->absent == 0 && index->absent_weight.hi != 0))
		return false;
	return index->weight.hi >= 0 && index->absent_weight.hi >= 0 &&
		index->sum.hi >= 0 &&
		index->sum.hi <= index->weight.hi * (1 + 1e-9);
}

const crm_layout crm_index_layout = {
	"crm_index", index_fields, 5, sizeof(crm_index) / 8,
	index_is_valid, index_merge, 0
};
