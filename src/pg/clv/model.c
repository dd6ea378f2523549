/*
 * model.c
 *		crm_clv_model: a fitted lifetime-value model as a value.
 *
 * Its text is a JSON object. The one that says least is a model from a paper,
 *
 *		{"model": "sbg", "purchase": {"parameters": {"alpha": 0.7, "beta": 1.2}}}
 *
 * and a fit adds what it knows beside the parameters.
 */
#include "pg/clv/clv.h"

#include "catalog/pg_type.h"
#include "common/shortest_dec.h"
#include "lib/stringinfo.h"
#include "libpq/pqformat.h"
#include "utils/jsonb.h"
#include "utils/numeric.h"

#include "core/activity/activity.h"

PG_FUNCTION_INFO_V1(crm_clv_model_in);
PG_FUNCTION_INFO_V1(crm_clv_model_out);
PG_FUNCTION_INFO_V1(crm_clv_model_recv);
PG_FUNCTION_INFO_V1(crm_clv_model_send);
PG_FUNCTION_INFO_V1(crm_clv_model_from_jsonb);
PG_FUNCTION_INFO_V1(crm_clv_model_to_jsonb);

const crm_clv *
crm_getarg_clv(FunctionCallInfo fcinfo, int n)
{
	const crm_clv_datum *datum =
		(const crm_clv_datum *) PG_GETARG_VARLENA_P(n);

	if (VARSIZE(datum) != sizeof(*datum) || datum->format != CRM_CLV_FORMAT)
		ereport(ERROR,
				(errcode(crm_errcode(CRM_CORRUPT)),
				 errmsg("stored crm_clv_model is corrupt")));
	return &datum->clv;
}

/* JSON has no -0, so that a model has none either. */
static void
drop_negative_zeros(crm_clv_part *part)
{
	for (int i = 0; i < CRM_NEWTON_MAX; i++)
		for (int j = 0; j < CRM_NEWTON_MAX; j++)
			part->covariance[i][j] += 0.0;
	part->log_likelihood += 0.0;
	part->gradient_norm += 0.0;
	part->customers += 0.0;
	part->distinct += 0.0;
}

Datum
crm_clv_get_datum(const crm_clv *clv)
{
	crm_clv_datum *datum = palloc(sizeof(*datum));

	SET_VARSIZE(datum, sizeof(*datum));
	datum->format = CRM_CLV_FORMAT;
	datum->clv = *clv;
	datum->clv.correlation += 0.0;
	drop_negative_zeros(&datum->clv.purchase);
	drop_negative_zeros(&datum->clv.spend);
	return PointerGetDatum(datum);
}

/* Output */

static void
append_number(StringInfo text, double value)
{
	char		number[DOUBLE_SHORTEST_DECIMAL_LEN];

	appendBinaryStringInfo(text, number,
						   double_to_shortest_decimal_bufn(value, number));
}

static void
append_field(StringInfo text, const char *key, double value)
{
	appendStringInfo(text, ", \"%s\": ", key);
	append_number(text, value);
}

static void
append_covariance(StringInfo text, const crm_clv_part *part)
{
	appendStringInfoString(text, ", \"covariance\": [");
	for (int i = 0; i < part->n; i++)
	{
		for (int j = 0; j < part->n; j++)
		{
			appendStringInfoString(text, j > 0 ? ", " : i > 0 ? ", [" : "[");
			append_number(text, part->covariance[i][j]);
		}
		appendStringInfoChar(text, ']');
	}
	appendStringInfoChar(text, ']');
}

/* The words for bits from one on, below another, at a key of their own. */
static void
append_notes(StringInfo text, const char *key, unsigned boundary, int from,
			 int end)
{
	bool		is_first = true;

	for (int bit = from; bit < end; bit++)
	{
		if ((boundary >> bit & 1) == 0)
			continue;
		if (is_first)
			appendStringInfo(text, ", \"%s\": [", key);
		appendStringInfo(text, "%s\"%s\"", is_first ? "" : ", ",
						 crm_clv_note(bit));
		is_first = false;
	}
	if (!is_first)
		appendStringInfoChar(text, ']');
}

static void
append_bounds(StringInfo text, const char *const *names,
			  const crm_clv_part *part)
{
	bool		is_first = true;

	for (int i = 0; i < part->n; i++)
	{
		if (crm_clv_side(part, i) == 0)
			continue;
		appendStringInfo(text, "%s\"%s\": \"%s\"",
						 is_first ? ", \"bounds\": {" : ", ", names[i],
						 crm_clv_side(part, i) < 0 ? "lower" : "upper");
		is_first = false;
	}
	if (!is_first)
		appendStringInfoChar(text, '}');
}

static void
append_part(StringInfo text, const char *key, int kind,
			const crm_clv_part *part)
{
	const char *const *names;
	int			n = crm_clv_parameter_names(kind, &names);

	appendStringInfo(text, ", \"%s\": {\"parameters\": {", key);
	for (int i = 0; i < n; i++)
	{
		appendStringInfo(text, "%s\"%s\": ", i > 0 ? ", " : "", names[i]);
		append_number(text, part->parameter[i]);
	}
	appendStringInfoChar(text, '}');
	if (part->has_covariance)
		append_covariance(text, part);
	if (part->customers > 0)
	{
		append_field(text, "log_likelihood", part->log_likelihood);
		append_field(text, "customers", part->customers);
		append_field(text, "distinct", part->distinct);
		append_field(text, "iterations", part->iterations);
		append_field(text, "gradient_norm", part->gradient_norm);
	}
	append_notes(text, "boundary", part->boundary, 0, CRM_CLV_BOUNDARIES);
	append_bounds(text, names, part);
	append_notes(text, "warning", part->boundary, CRM_CLV_BOUNDARIES,
				 CRM_CLV_NOTES);
	appendStringInfoChar(text, '}');
}

static char *
model_text(const crm_clv *clv)
{
	StringInfoData text;
	char		day[CRM_DAY_TEXT + 1];

	initStringInfo(&text);
	appendStringInfo(&text, "{\"model\": \"%s\"",
					 crm_clv_kind_name(clv->kind));
	if (clv->unit_days > 0)
		append_field(&text, "unit_days", clv->unit_days);
	if (clv->as_of != CRM_CLV_NO_DAY)
		appendStringInfo(&text, ", \"as_of\": \"%.*s\"",
						 crm_day_text(clv->as_of, day), day);
	append_part(&text, "purchase", clv->kind, &clv->purchase);
	if (clv->spend.n > 0)
	{
		append_part(&text, "spend", CRM_CLV_SPEND, &clv->spend);
		append_field(&text, "correlation", clv->correlation);
	}
	appendStringInfoChar(&text, '}');
	return text.data;
}

Datum
crm_clv_model_out(PG_FUNCTION_ARGS)
{
	PG_RETURN_CSTRING(model_text(crm_getarg_clv(fcinfo, 0)));
}

Datum
crm_clv_model_to_jsonb(PG_FUNCTION_ARGS)
{
	char	   *text = model_text(crm_getarg_clv(fcinfo, 0));

	return DirectFunctionCall1(jsonb_in, CStringGetDatum(text));
}

/*
 * Input. The readers return false where something is wrong, and then say what
 * and at which key. A key that is absent leaves the default.
 */

typedef struct model_fault
{
	const char *what;
	const char *key;
} model_fault;

static bool
is_at_fault(model_fault *fault, const char *what, const char *key)
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
		   model_fault *fault)
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
			return is_at_fault(fault, "unknown key",
							   pnstrdup(value.val.string.val,
										value.val.string.len));
	}
	return true;
}

static bool
number_of(const JsonbValue *value, const char *key, double *number,
		  model_fault *fault)
{
	Datum		numeric;

	if (value->type != jbvNumeric)
		return is_at_fault(fault, "no number at key", key);
	numeric = NumericGetDatum(value->val.numeric);
	*number = DatumGetFloat8(DirectFunctionCall1(numeric_float8_no_overflow,
												 numeric));
	return true;
}

static bool
read_number(JsonbContainer *object, const char *key, double *number,
			model_fault *fault)
{
	JsonbValue	value;

	return !has_key(object, key, &value) ||
		number_of(&value, key, number, fault);
}

static bool
read_parameters(JsonbContainer *object, int kind, crm_clv_part *part,
				model_fault *fault)
{
	const char *const *names;
	const char *known[CRM_NEWTON_MAX + 1] = {NULL};
	JsonbValue	value;

	part->n = crm_clv_parameter_names(kind, &names);
	memcpy(known, names, part->n * sizeof(*names));
	if (!has_key(object, "parameters", &value) || value.type != jbvBinary ||
		!JsonContainerIsObject(value.val.binary.data))
		return is_at_fault(fault, "no object at key", "parameters");
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
				model_fault *fault)
{
	JsonbValue	value;
	JsonbContainer *rows;

	if (!has_key(object, "covariance", &value))
		return true;
	rows = array_of(&value, part->n);
	if (rows == NULL)
		return is_at_fault(fault, "no square matrix at key", "covariance");
	for (int i = 0; i < part->n; i++)
	{
		JsonbContainer *row =
			array_of(getIthJsonbValueFromContainer(rows, i), part->n);

		if (row == NULL)
			return is_at_fault(fault, "no square matrix at key", "covariance");
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
		   crm_clv_part *part, model_fault *fault)
{
	JsonbValue	value;

	if (!has_key(object, key, &value))
		return true;
	if (value.type != jbvBinary ||
		!JsonContainerIsArray(value.val.binary.data))
		return is_at_fault(fault, "no array at key", key);
	for (uint32 i = 0; i < JsonContainerSize(value.val.binary.data); i++)
	{
		JsonbValue *word =
			getIthJsonbValueFromContainer(value.val.binary.data, i);
		int			bit = from;

		while (bit < end && !is_text(word, crm_clv_note(bit)))
			bit++;
		if (bit == end)
			return is_at_fault(fault, "unknown word at key", key);
		part->boundary |= 1u << bit;
	}
	return true;
}

static bool
read_bounds(JsonbContainer *object, int kind, crm_clv_part *part,
			model_fault *fault)
{
	const char *const *names;
	const char *known[CRM_NEWTON_MAX + 1] = {NULL};
	JsonbValue	value;
	JsonbValue	side;

	crm_clv_parameter_names(kind, &names);
	memcpy(known, names, part->n * sizeof(*names));
	if (!has_key(object, "bounds", &value))
		return true;
	if (value.type != jbvBinary ||
		!JsonContainerIsObject(value.val.binary.data))
		return is_at_fault(fault, "no object at key", "bounds");
	if (!check_keys(value.val.binary.data, known, fault))
		return false;
	for (int i = 0; i < part->n; i++)
	{
		if (!has_key(value.val.binary.data, names[i], &side))
			continue;
		if (!is_text(&side, "lower") && !is_text(&side, "upper"))
			return is_at_fault(fault, "neither lower nor upper at key",
							   names[i]);
		crm_clv_set_side(part, i, is_text(&side, "lower") ? -1 : 1);
	}
	return true;
}

/* The part at a key, where there is one. */
static bool
read_part(JsonbContainer *object, const char *key, int kind,
		  crm_clv_part *part, model_fault *fault)
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
		return is_at_fault(fault, "no object at key", key);
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
		return is_at_fault(fault, "figures of a fit, and 0 or no key",
						   "customers");
	if (!(iterations >= 0 && iterations <= PG_INT32_MAX))
		return is_at_fault(fault, "impossible number at key", "iterations");
	part->iterations = (int32) iterations;
	return true;
}

static bool
read_kind(JsonbContainer *object, crm_clv *clv, model_fault *fault)
{
	JsonbValue	value;

	if (!has_key(object, "model", &value))
		return is_at_fault(fault, "missing key", "model");
	clv->kind = value.type != jbvString ? -1
		: crm_clv_kind_of(value.val.string.val, value.val.string.len);
	if (clv->kind < 0)
		return is_at_fault(fault, "unknown model at key", "model");
	clv->unit_days = crm_clv_is_continuous(clv->kind) ? CRM_CLV_UNIT_DAYS : 0;
	return true;
}

/* A day stands alone in the text of a ledger of that one day. */
static bool
read_day(JsonbContainer *object, crm_clv *clv, model_fault *fault)
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
		crm_parse_ledger(pnstrdup(value.val.string.val,
								  value.val.string.len),
						 NULL, NULL, &day.buffer, &at) != CRM_OK)
		return is_at_fault(fault, "no day like 2024-12-31 at key", "as_of");
	clv->as_of = day.buffer.entries[0].day;
	return true;
}

static bool
read_model(JsonbContainer *object, crm_clv *clv, model_fault *fault)
{
	static const char *const known[] = {
		"model", "unit_days", "as_of", "purchase", "spend", "correlation",
		NULL
	};

	memset(clv, 0, sizeof(*clv));
	if (!JsonContainerIsObject(object))
		return is_at_fault(fault, "no object", "");
	if (!check_keys(object, known, fault) ||
		!read_kind(object, clv, fault) ||
		!read_day(object, clv, fault) ||
		!read_number(object, "unit_days", &clv->unit_days, fault) ||
		!read_part(object, "purchase", clv->kind, &clv->purchase, fault) ||
		!read_part(object, "spend", CRM_CLV_SPEND, &clv->spend, fault) ||
		!read_number(object, "correlation", &clv->correlation, fault))
		return false;
	if (clv->purchase.n == 0)
		return is_at_fault(fault, "missing key", "purchase");
	if (clv->spend.n == 0 && clv->correlation != 0)
		return is_at_fault(fault, "a correlation without key", "spend");
	return crm_clv_is_valid(clv) ||
		is_at_fault(fault, "a number is out of its range", "");
}

static Datum
model_of(fmNodePtr context, Jsonb *json)
{
	crm_clv		clv;
	model_fault fault;

	(void) context;				/* servers before 16 have no soft errors */
	if (!read_model(&json->root, &clv, &fault))
		crm_ereturn(context,
					(errcode(crm_errcode(CRM_BAD_TEXT)),
					 errmsg("invalid input for type crm_clv_model: %s%s%s%s",
							fault.what, fault.key[0] != '\0' ? " \"" : "",
							fault.key, fault.key[0] != '\0' ? "\"" : ""),
					 errhint("Parameters are positive and named as in the papers, for example {\"model\": \"bg/nbd\", \"purchase\": {\"parameters\": {\"r\": 0.24, \"alpha\": 4.41, \"a\": 0.79, \"b\": 2.43}}}.")));
	return crm_clv_get_datum(&clv);
}

Datum
crm_clv_model_in(PG_FUNCTION_ARGS)
{
	Datum		json;

#if PG_VERSION_NUM >= 160000
	if (!DirectInputFunctionCallSafe(jsonb_in, PG_GETARG_CSTRING(0),
									 InvalidOid, -1, fcinfo->context, &json))
		PG_RETURN_NULL();
#else
	json = DirectFunctionCall1(jsonb_in, PG_GETARG_DATUM(0));
#endif
	return model_of(fcinfo->context, DatumGetJsonbP(json));
}

Datum
crm_clv_model_from_jsonb(PG_FUNCTION_ARGS)
{
	return model_of(fcinfo->context, PG_GETARG_JSONB_P(0));
}

/* Binary: the fields in their order */

static void
send_part(StringInfo message, const crm_clv_part *part)
{
	pq_sendint32(message, part->n);
	pq_sendint32(message, part->boundary);
	pq_sendint32(message, part->iterations);
	pq_sendint32(message, part->has_covariance);
	for (int i = 0; i < CRM_NEWTON_MAX; i++)
		pq_sendfloat8(message, part->parameter[i]);
	for (int i = 0; i < CRM_NEWTON_MAX; i++)
		for (int j = 0; j < CRM_NEWTON_MAX; j++)
			pq_sendfloat8(message, part->covariance[i][j]);
	pq_sendfloat8(message, part->log_likelihood);
	pq_sendfloat8(message, part->gradient_norm);
	pq_sendfloat8(message, part->customers);
	pq_sendfloat8(message, part->distinct);
}

static void
receive_part(StringInfo message, crm_clv_part *part)
{
	part->n = pq_getmsgint(message, 4);
	part->boundary = pq_getmsgint(message, 4);
	part->iterations = pq_getmsgint(message, 4);
	part->has_covariance = pq_getmsgint(message, 4);
	for (int i = 0; i < CRM_NEWTON_MAX; i++)
		part->parameter[i] = pq_getmsgfloat8(message);
	for (int i = 0; i < CRM_NEWTON_MAX; i++)
		for (int j = 0; j < CRM_NEWTON_MAX; j++)
			part->covariance[i][j] = pq_getmsgfloat8(message);
	part->log_likelihood = pq_getmsgfloat8(message);
	part->gradient_norm = pq_getmsgfloat8(message);
	part->customers = pq_getmsgfloat8(message);
	part->distinct = pq_getmsgfloat8(message);
}

Datum
crm_clv_model_send(PG_FUNCTION_ARGS)
{
	const crm_clv *clv = crm_getarg_clv(fcinfo, 0);
	StringInfoData message;

	pq_begintypsend(&message);
	pq_sendint32(&message, CRM_CLV_FORMAT);
	pq_sendint32(&message, clv->kind);
	pq_sendint32(&message, clv->as_of);
	pq_sendfloat8(&message, clv->unit_days);
	pq_sendfloat8(&message, clv->correlation);
	send_part(&message, &clv->purchase);
	send_part(&message, &clv->spend);
	PG_RETURN_BYTEA_P(pq_endtypsend(&message));
}

/* Bytes that no text would make, such as -0, are no model. */
static bool
is_as_its_text(const crm_clv *clv)
{
	Datum		json = DirectFunctionCall1(jsonb_in,
										   CStringGetDatum(model_text(clv)));
	crm_clv		again;
	model_fault fault;

	return read_model(&DatumGetJsonbP(json)->root, &again, &fault) &&
		memcmp(&again, clv, sizeof(again)) == 0;
}

Datum
crm_clv_model_recv(PG_FUNCTION_ARGS)
{
	StringInfo	message = (StringInfo) PG_GETARG_POINTER(0);
	int			format = pq_getmsgint(message, 4);
	crm_clv		clv;

	clv.kind = pq_getmsgint(message, 4);
	clv.as_of = pq_getmsgint(message, 4);
	clv.unit_days = pq_getmsgfloat8(message);
	clv.correlation = pq_getmsgfloat8(message);
	receive_part(message, &clv.purchase);
	receive_part(message, &clv.spend);
	if (format != CRM_CLV_FORMAT || !crm_clv_is_valid(&clv) ||
		!is_as_its_text(&clv))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid binary representation of crm_clv_model")));
	return crm_clv_get_datum(&clv);
}
