/*
 * model_json.c
 *		A lifetime-value model read from JSON: see model.c.
 */
#include "pg/clv/json.h"

#include "utils/numeric.h"

#include "core/activity/activity.h"

/*
 * Input. The readers return false where something is wrong, and then say what
 * and at which key. A key that is absent leaves the default.
 */

static bool
is_at_fault(crm_clv_fault *fault, const char *what, const char *key)
{
	fault->what = what;
	fault->key = key;
	return false;
}

static bool
has_key(JsonbContainer *object, const char *key, JsonbValue *value)
{
	return getKeyJsonValueFromContainer(object, key, strlen(key), value)
		!= NULL;
}

static bool
is_text(const JsonbValue *value, const char *text)
{
	return value->type == jbvString &&
		(size_t) value->val.string.len == strlen(text) &&
		memcmp(value->val.string.val, text, strlen(text)) == 0;
}

/* Are the keys of an object among those of the list, which ends with NULL? */
static bool
check_keys(JsonbContainer *object, const char *const *known,
		   crm_clv_fault *fault)
{
	JsonbIterator *at = JsonbIteratorInit(object);
	JsonbValue	value;
	JsonbIteratorToken token;

	while ((token = JsonbIteratorNext(&at, &value, true)) != WJB_DONE)
	{
		int			i = 0;

		if (token != WJB_KEY)
			continue;
		while (known[i] != NULL && !is_text(&value, known[i]))
			i++;
		if (known[i] == NULL)
			return is_at_fault(fault, "unrecognized key",
							   pnstrdup(value.val.string.val,
										value.val.string.len));
	}
	return true;
}

static bool
number_of(const JsonbValue *value, const char *key, double *number,
		  crm_clv_fault *fault)
{
	Datum		numeric;

	if (value->type != jbvNumeric)
		return is_at_fault(fault, "expected a number at key", key);
	numeric = NumericGetDatum(value->val.numeric);
	*number = DatumGetFloat8(DirectFunctionCall1(numeric_float8_no_overflow,
												 numeric));
	return true;
}

static bool
read_number(JsonbContainer *object, const char *key, double *number,
			crm_clv_fault *fault)
{
	JsonbValue	value;

	return !has_key(object, key, &value) ||
		number_of(&value, key, number, fault);
}

static bool
read_parameters(JsonbContainer *object, int kind, crm_clv_part *part,
				crm_clv_fault *fault)
{
	const char *const *names;
	const char *known[CRM_CLV_PARAMETERS + 1] = {NULL};
	JsonbValue	value;

	part->n = crm_clv_parameter_names(kind, &names);
	memcpy(known, names, part->n * sizeof(*names));
	if (!has_key(object, "parameters", &value) || value.type != jbvBinary ||
		!JsonContainerIsObject(value.val.binary.data))
		return is_at_fault(fault, "expected an object at key", "parameters");
	if (!check_keys(value.val.binary.data, known, fault))
		return false;
	for (int i = 0; i < part->n; i++)
	{
		JsonbValue	number;

		if (!has_key(value.val.binary.data, names[i], &number))
			return is_at_fault(fault, "missing key", names[i]);
		if (!number_of(&number, names[i], &part->parameter[i], fault))
			return false;
	}
	return true;
}

/* An element that is an array of n elements, or NULL. */
static JsonbContainer *
array_of(const JsonbValue *value, int n)
{
	return value != NULL && value->type == jbvBinary &&
		JsonContainerIsArray(value->val.binary.data) &&
		JsonContainerSize(value->val.binary.data) == (uint32) n
		? value->val.binary.data : NULL;
}

static bool
read_covariance(JsonbContainer *object, crm_clv_part *part,
				crm_clv_fault *fault)
{
	JsonbValue	value;
	JsonbContainer *rows;

	if (!has_key(object, "covariance", &value))
		return true;
	rows = array_of(&value, part->n);
	if (rows == NULL)
		return is_at_fault(fault, "expected a square matrix at key", "covariance");
	for (int i = 0; i < part->n; i++)
	{
		JsonbContainer *row =
			array_of(getIthJsonbValueFromContainer(rows, i), part->n);

		if (row == NULL)
			return is_at_fault(fault, "expected a square matrix at key", "covariance");
		for (int j = 0; j < part->n; j++)
			if (!number_of(getIthJsonbValueFromContainer(row, j), "covariance",
						   &part->covariance[i][j], fault))
				return false;
	}
	part->has_covariance = 1;
	return true;
}

/* The words for bits from one on, below another. */
static bool
read_notes(JsonbContainer *object, const char *key, int from, int end,
		   crm_clv_part *part, crm_clv_fault *fault)
{
	JsonbValue	value;

	if (!has_key(object, key, &value))
		return true;
	if (value.type != jbvBinary ||
		!JsonContainerIsArray(value.val.binary.data))
		return is_at_fault(fault, "expected an array at key", key);
	for (uint32 i = 0; i < JsonContainerSize(value.val.binary.data); i++)
	{
		JsonbValue *word =
			getIthJsonbValueFromContainer(value.val.binary.data, i);
		int			bit = from;

		while (bit < end && !is_text(word, crm_clv_note(bit)) &&
			   !is_text(word, crm_clv_note_of_first_release(bit)))
			bit++;
		if (bit == end)
			return is_at_fault(fault, "unrecognized value at key", key);
		part->boundary |= 1u << bit;
	}
	return true;
}

static bool
read_bounds(JsonbContainer *object, int kind, crm_clv_part *part,
			crm_clv_fault *fault)
{
	const char *const *names;
	const char *known[CRM_CLV_PARAMETERS + 1] = {NULL};
	JsonbValue	value;
	JsonbValue	side;

	crm_clv_parameter_names(kind, &names);
	memcpy(known, names, part->n * sizeof(*names));
	if (!has_key(object, "bounds", &value))
		return true;
	if (value.type != jbvBinary ||
		!JsonContainerIsObject(value.val.binary.data))
		return is_at_fault(fault, "expected an object at key", "bounds");
	if (!check_keys(value.val.binary.data, known, fault))
		return false;
	for (int i = 0; i < part->n; i++)
	{
		if (!has_key(value.val.binary.data, names[i], &side))
			continue;
		if (is_text(&side, "lower"))
			crm_clv_set_side(part, i, -1);
		else if (is_text(&side, "upper"))
			crm_clv_set_side(part, i, 1);
		else if (is_text(&side, "given"))
			crm_clv_set_side(part, i, CRM_CLV_GIVEN);
		else
			return is_at_fault(fault, "expected lower, upper or given at key",
							   names[i]);
	}
	return true;
}

/* The part at a key, where there is one. */
static bool
read_part(JsonbContainer *object, const char *key, int kind,
		  crm_clv_part *part, crm_clv_fault *fault)
{
	static const char *const known[] = {
		"parameters", "covariance", "log_likelihood", "customers", "distinct",
		"iterations", "gradient_norm", "boundary", "bounds", "warning", NULL
	};
	JsonbValue	value;
	JsonbContainer *inner;
	double		iterations = 0;

	if (!has_key(object, key, &value))
		return true;
	if (value.type != jbvBinary ||
		!JsonContainerIsObject(value.val.binary.data))
		return is_at_fault(fault, "expected an object at key", key);
	inner = value.val.binary.data;
	if (!check_keys(inner, known, fault) ||
		!read_parameters(inner, kind, part, fault) ||
		!read_covariance(inner, part, fault) ||
		!read_notes(inner, "boundary", 0, CRM_CLV_BOUNDARIES, part, fault) ||
		!read_bounds(inner, kind, part, fault) ||
		!read_notes(inner, "warning", CRM_CLV_BOUNDARIES, CRM_CLV_NOTES, part,
					fault) ||
		!read_number(inner, "log_likelihood", &part->log_likelihood, fault) ||
		!read_number(inner, "customers", &part->customers, fault) ||
		!read_number(inner, "distinct", &part->distinct, fault) ||
		!read_number(inner, "iterations", &iterations, fault) ||
		!read_number(inner, "gradient_norm", &part->gradient_norm, fault))
		return false;
	if (part->customers == 0 && (has_key(inner, "log_likelihood", &value) ||
								 has_key(inner, "distinct", &value) ||
								 has_key(inner, "iterations", &value) ||
								 has_key(inner, "gradient_norm", &value)))
		return is_at_fault(fault, "results of a fit need a positive number at key",
						   "customers");
	if (!(iterations >= 0 && iterations <= PG_INT32_MAX))
		return is_at_fault(fault, "impossible number at key", "iterations");
	part->iterations = (int32) iterations;
	return true;
}

static bool
read_kind(JsonbContainer *object, crm_clv *clv, crm_clv_fault *fault)
{
	JsonbValue	value;

	if (!has_key(object, "model", &value))
		return is_at_fault(fault, "missing key", "model");
	clv->kind = value.type != jbvString ? -1
		: crm_clv_kind_of(value.val.string.val, value.val.string.len);
	if (clv->kind < 0)
		return is_at_fault(fault, "unrecognized model at key", "model");
	clv->unit_days = crm_clv_is_continuous(clv->kind) ? CRM_CLV_UNIT_DAYS : 0;
	return true;
}

/* A day stands alone in the text of a ledger of that one day. */
static bool
read_day(JsonbContainer *object, crm_clv *clv, crm_clv_fault *fault)
{
	JsonbValue	value;
	union
	{
		crm_buffer	buffer;
		char		bytes[CRM_BUFFER_BYTES(1)];
	}			day;
	const char *at;

	clv->as_of = CRM_CLV_NO_DAY;
	if (!has_key(object, "as_of", &value))
		return true;
	crm_buffer_init(&day.buffer, 1);
	if (value.type != jbvString || value.val.string.len == 0 ||
		!isdigit((unsigned char) value.val.string.val[0]) ||
		crm_ledger_parse(pnstrdup(value.val.string.val,
								  value.val.string.len),
						 NULL, NULL, &day.buffer, &at) != CRM_OK)
		return is_at_fault(fault, "expected a day such as 2024-12-31 at key", "as_of");
	clv->as_of = day.buffer.entries[0].day;
	return true;
}

/* Numbers of an array of n of them at a key. */
static bool
read_numbers(JsonbContainer *object, const char *key, int n, double *values,
			 crm_clv_fault *fault)
{
	JsonbValue	value;
	JsonbContainer *array;

	if (!has_key(object, key, &value) || (array = array_of(&value, n)) == NULL)
		return is_at_fault(fault, "expected as many numbers as names at key", key);
	for (int i = 0; i < n; i++)
		if (!number_of(getIthJsonbValueFromContainer(array, i), key,
					   &values[i], fault))
			return false;
	return true;
}

/* How many names there are, and what they are. */
static bool
read_names(JsonbContainer *object, crm_clv_effects *effects,
		   crm_clv_fault *fault)
{
	JsonbValue	value;
	JsonbContainer *array;

	if (!has_key(object, "names", &value) || value.type != jbvBinary ||
		!JsonContainerIsArray(value.val.binary.data))
		return is_at_fault(fault, "expected an array at key", "names");
	array = value.val.binary.data;
	if (JsonContainerSize(array) < 1 ||
		JsonContainerSize(array) > CRM_COVARIATES_MAX)
		return is_at_fault(fault, "expected 1 to 8 names at key", "names");
	effects->n = JsonContainerSize(array);
	for (int i = 0; i < effects->n; i++)
	{
		JsonbValue *name = getIthJsonbValueFromContainer(array, i);

		if (name->type != jbvString || name->val.string.len == 0 ||
			name->val.string.len >= CRM_COVARIATE_NAME)
			return is_at_fault(fault, "expected names of 1 to 63 bytes at key",
							   "names");
		memcpy(effects->name[i], name->val.string.val, name->val.string.len);
	}
	return true;
}

static bool
read_marks(JsonbContainer *object, crm_clv_effects *effects,
		   crm_clv_fault *fault)
{
	JsonbValue	value;
	JsonbContainer *array;
	bool		is_marked = false;

	if (!has_key(object, "marks", &value))
		return true;
	array = array_of(&value, 2 * effects->n);
	for (int i = 0; array != NULL && i < 2 * effects->n; i++)
	{
		JsonbValue *word = getIthJsonbValueFromContainer(array, i);
		int			mark = 0;

		while (mark < CRM_EFFECT_MARKS &&
			   !is_text(word, crm_clv_mark_word(mark)))
			mark++;
		if (mark == CRM_EFFECT_MARKS)
			return is_at_fault(fault, "unrecognized value at key", "marks");
		effects->mark[i] = mark;
		is_marked = is_marked || mark != 0;
	}
	return is_marked ||
		is_at_fault(fault, "expected an array of strings at key", "marks");
}

static bool
read_effect_covariance(JsonbContainer *object, crm_clv_effects *effects,
					   crm_clv_fault *fault)
{
	JsonbValue	value;
	JsonbContainer *rows;
	int			columns = CRM_EFFECTS_BASE + 2 * effects->n;

	if (!has_key(object, "covariance", &value))
		return true;
	rows = array_of(&value, 2 * effects->n);
	for (int i = 0; rows != NULL && i < 2 * effects->n; i++)
	{
		JsonbContainer *row =
			array_of(getIthJsonbValueFromContainer(rows, i), columns);

		for (int j = 0; row != NULL && j < columns; j++)
			if (!number_of(getIthJsonbValueFromContainer(row, j), "covariance",
						   &effects->covariance[i][j], fault))
				return false;
		if (row == NULL)
			rows = NULL;
	}
	effects->has_covariance = 1;
	return rows != NULL ||
		is_at_fault(fault, "expected a matrix of effects at key", "covariance");
}

/* Covariates, where there are any. */
static bool
read_effects(JsonbContainer *object, crm_clv *clv, crm_clv_effects *effects,
			 crm_clv_fault *fault)
{
	static const char *const known[] = {
		"names", "gamma", "delta", "marks", "covariance",
		"log_likelihood_without", NULL
	};
	JsonbValue	value;
	JsonbContainer *inner;

	memset(effects, 0, sizeof(*effects));
	if (!has_key(object, "covariates", &value))
		return true;
	if (value.type != jbvBinary ||
		!JsonContainerIsObject(value.val.binary.data))
		return is_at_fault(fault, "expected an object at key", "covariates");
	inner = value.val.binary.data;
	if (!check_keys(inner, known, fault) ||
		!read_names(inner, effects, fault) ||
		!read_numbers(inner, "gamma", effects->n, effects->effect, fault) ||
		!read_numbers(inner, "delta", effects->n,
					  effects->effect + effects->n, fault) ||
		!read_marks(inner, effects, fault) ||
		!read_effect_covariance(inner, effects, fault) ||
		!read_number(inner, "log_likelihood_without", &effects->without,
					 fault))
		return false;
	clv->covariates = effects->n;
	return true;
}

static const char *
parameter_out_of_range(int kind, int covariates, const crm_clv_part *part)
{
	const char *const *names;

	crm_clv_parameter_names(kind, &names);
	for (int i = 0; i < part->n; i++)
		if (!crm_clv_parameter_is_sound(kind, i, covariates, part->parameter[i]))
			return names[i];
	return part->customers >= 0 ? NULL : "customers";
}

/* The first key, NULL where it is a number of the fit's own statistics. */
static const char *
key_out_of_range(const crm_clv *clv)
{
	const char *key = parameter_out_of_range(clv->kind, (int) clv->covariates,
											 &clv->purchase);

	if (key == NULL && clv->spend.n > 0)
		key = parameter_out_of_range(CRM_CLV_SPEND, 0, &clv->spend);
	if (key == NULL && !(clv->correlation >= -1 && clv->correlation <= 1))
		key = "correlation";
	if (key == NULL && !crm_clv_unit_is_valid(clv->unit_days) &&
		(clv->unit_days != 0 || crm_clv_is_continuous(clv->kind)))
		key = "unit_days";
	return key;
}

bool
crm_clv_read_model(JsonbContainer *object, crm_clv *clv,
				   crm_clv_effects *effects, crm_clv_fault *fault)
{
	static const char *const known[] = {
		"model", "unit_days", "as_of", "purchase", "spend", "correlation",
		"covariates", NULL
	};
	const char *key;

	memset(clv, 0, sizeof(*clv));
	if (!JsonContainerIsObject(object))
		return is_at_fault(fault, "expected an object", "");
	if (!check_keys(object, known, fault) ||
		!read_kind(object, clv, fault) ||
		!read_day(object, clv, fault) ||
		!read_number(object, "unit_days", &clv->unit_days, fault) ||
		!read_part(object, "purchase", clv->kind, &clv->purchase, fault) ||
		!read_effects(object, clv, effects, fault) ||
		!read_part(object, "spend", CRM_CLV_SPEND, &clv->spend, fault) ||
		!read_number(object, "correlation", &clv->correlation, fault))
		return false;
	if (clv->purchase.n == 0)
		return is_at_fault(fault, "missing key", "purchase");
	if (clv->spend.n == 0 && clv->correlation != 0)
		return is_at_fault(fault, "correlation needs key", "spend");
	if (crm_clv_is_valid(clv) &&
		(clv->covariates == 0 || crm_clv_effects_are_valid(clv, effects)))
		return true;
	key = key_out_of_range(clv);
	return key == NULL ? is_at_fault(fault, "a number is out of range", "")
		: is_at_fault(fault, "number out of range at key", key);
}
