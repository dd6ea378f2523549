/*
 * experience_index.c
 *		The weighted index and the importance-performance grid.
 */
#include "tap.h"

#include "core/experience/index.h"

int
main(void)
{
	crm_index	index = {0};
	crm_index	other = {0};
	crm_index	tenths = {0};
	double		seven = 7;
	double		three = 3;
	double		eleven = 11;
	double		value;
	double		zero = 0;

	is_int(crm_index_score(&index, &value), CRM_TOO_FEW, "no cell, no index");
	is_int(crm_index_present(&index, 0, &value), CRM_TOO_FEW,
		   "nor a coverage");
	crm_index_add(&index, &seven, 2, 1, 10);
	crm_index_add(&index, &three, 1, 1, 5);
	crm_index_score(&index, &value);
	is_close(value, 100 * (2 * 6.0 / 9 + 0.5) / 3, 1e-15,
			 "cells on two scales");
	crm_index_add(&index, NULL, 1, 1, 5);
	crm_index_score(&index, &value);
	is_close(value, 100 * (2 * 6.0 / 9 + 0.5) / 3, 1e-15,
			 "an absent cell does not move the index");
	crm_index_present(&index, crm_index_full_weight(&index), &value);
	is_close(value, 0.75, 1e-15, "it lowers the coverage");
	crm_index_present(&index, 6, &value);
	is_close(value, 0.5, 1e-15, "of a full weight that is told");
	is_int(crm_index_present(&index, 2.9, &value), CRM_INVALID,
		   "which cannot be less than what is there");
	for (int i = 0; i < 10; i++)
		crm_index_add(&tenths, &three, 0.1, 1, 5);
	is_int(crm_index_present(&tenths, 0.1 * 10 - 1e-15, &value), CRM_OK,
		   "but by rounding");
	is_close(value, 1, 0, "and is then all");
	is_int(crm_index_add(&index, &eleven, 1, 1, 10), CRM_INVALID,
		   "off the scale");
	is_int(crm_index_add(&tenths, &zero, 1, -1e308, 1e308), CRM_OUT_OF_RANGE,
		   "a scale wider than any double");
	is_int(crm_index_add(&tenths, &three, 1e-300, 1, 5), CRM_OUT_OF_RANGE,
		   "a weight that vanishes when multiplied");
	crm_index_add(&other, &eleven, 3, 1, 11);
	is_int(crm_state_merge(&crm_index_layout, 0, &index, &other), CRM_OK,
		   "two merge");
	crm_index_score(&index, &value);
	is_close(value, 100 * (2 * 6.0 / 9 + 0.5 + 3) / 6, 1e-15, "by weight");
	is_int(index.present, 3, "cells present");
	is_int(index.absent, 1, "cells absent");

	is_text(crm_quadrant_of(5, 2, 3, 3), "concentrate here", "quadrant 1");
	is_text(crm_quadrant_of(5, 4, 3, 3), "keep up", "quadrant 2");
	is_text(crm_quadrant_of(2, 2, 3, 3), "low priority", "quadrant 3");
	is_text(crm_quadrant_of(2, 4, 3, 3), "possible overkill", "quadrant 4");
	is_text(crm_quadrant_of(3, 3, 3, 3), "keep up", "the cross is high");
	return done_testing();
}
