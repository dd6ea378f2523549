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
#include "pg/clv/json.h"

#include "catalog/pg_type.h"
#include "common/shortest_dec.h"
#include "lib/stringinfo.h"
#include "libpq/pqformat.h"
#include "utils/json.h"
#include "utils/jsonb.h"

#include "core/activity/activity.h"

PG_FUNCTION_INFO_V1(crm_clv_model_in);
PG_FUNCTION_INFO_V1(crm_clv_model_out);
PG_FUNCTION_INFO_V1(crm_clv_model_recv);
PG_FUNCTION_INFO_V1(crm_clv_model_send);
PG_FUNCTION_INFO_V1(crm_clv_model_from_jsonb);
PG_FUNCTION_INFO_V1(crm_clv_model_to_jsonb);

/* Effects are at the end, and only where there are covariates. */
static Size
datum_size(const crm_clv *clv)
{
	return clv->covariates > 0 ? sizeof(crm_clv_datum)
		: offsetof(crm_clv_datum, effects);
}

/* Nothing in it that leads to where no value is, or that goes on without end? */
static bool
datum_is_sound(const crm_clv_datum *datum)
{
	return VARSIZE(datum) >= offsetof(crm_clv_datum, effects) &&
		datum->format == CRM_CLV_FORMAT &&
		VARSIZE(datum) == datum_size(&datum->clv) &&
		crm_clv_is_sound(&datum->clv) &&
		(datum->clv.covariates == 0 ||
		 crm_clv_effects_are_sound(&datum->clv, &datum->effects));
}

const crm_clv *
crm_getarg_clv(FunctionCallInfo fcinfo, int n)
{
	const crm_clv_datum *datum =
		(const crm_clv_datum *) PG_GETARG_VARLENA_P(n);
	const crm_clv *released = crm_clv_of_first_release(datum);

	if (released != NULL)
		return released;
	if (!datum_is_sound(datum))
		ereport(ERROR,
				(errcode(crm_errcode(CRM_CORRUPT)),
				 errmsg("stored crm_clv_model is corrupt")));
	return &datum->clv;
}

/* Of a model as crm_getarg_clv() has it; NULL where it has no covariates. */
const crm_clv_effects *
crm_effects_of(const crm_clv *clv)
{
	const char *datum = (const char *) clv - offsetof(crm_clv_datum, clv);

	return clv->covariates == 0 ? NULL
		: &((const crm_clv_datum *) datum)->effects;
}

/* JSON has no -0, so that a model has none either. */
static void
drop_negative_zeros(crm_clv_part *part)
{
	for (int i = 0; i < CRM_CLV_PARAMETERS; i++)
		for (int j = 0; j < CRM_CLV_PARAMETERS; j++)
			part->covariance[i][j] += 0.0;
	part->log_likelihood += 0.0;
	part->gradient_norm += 0.0;
	part->customers += 0.0;
	part->distinct += 0.0;
}

static void
drop_negative_zeros_of_effects(crm_clv_effects *effects)
{
	effects->without += 0.0;
	for (int i = 0; i < CRM_EFFECTS_MAX; i++)
	{
		effects->effect[i] += 0.0;
		for (int j = 0; j < CRM_EFFECTS_BASE + CRM_EFFECTS_MAX; j++)
			effects->covariance[i][j] += 0.0;
	}
}

Datum
crm_clv_get_datum(const crm_clv *clv, const crm_clv_effects *effects)
{
	Size		size = datum_size(clv);
	crm_clv_datum *datum = palloc0(size);

	SET_VARSIZE(datum, size);
	if (clv->covariates > 0)
	{
		datum->effects = *effects;
		drop_negative_zeros_of_effects(&datum->effects);
	}
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
						 crm_clv_side_word(crm_clv_side(part, i)));
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

static void
append_numbers(StringInfo text, const char *before, const double *values,
			   int n)
{
	appendStringInfoString(text, before);
	for (int i = 0; i < n; i++)
	{
		appendStringInfoString(text, i > 0 ? ", " : "[");
		append_number(text, values[i]);
	}
	appendStringInfoChar(text, ']');
}

/* Covariates: their names, effects, and what is known of these. */
static void
append_effects(StringInfo text, const crm_clv_effects *effects)
{
	int			n = effects->n;
	bool		is_marked = false;

	appendStringInfoString(text, ", \"covariates\": {\"names\": ");
	for (int i = 0; i < n; i++)
	{
		appendStringInfoString(text, i > 0 ? ", " : "[");
		escape_json(text, effects->name[i]);
	}
	append_numbers(text, "], \"gamma\": ", effects->effect, n);
	append_numbers(text, ", \"delta\": ", effects->effect + n, n);
	for (int i = 0; i < 2 * n; i++)
		is_marked = is_marked || effects->mark[i] != 0;
	for (int i = 0; is_marked && i < 2 * n; i++)
		appendStringInfo(text, "%s\"%s\"", i > 0 ? ", " : ", \"marks\": [",
						 crm_clv_mark_word(effects->mark[i]));
	if (is_marked)
		appendStringInfoChar(text, ']');
	for (int i = 0; effects->has_covariance && i < 2 * n; i++)
		append_numbers(text, i > 0 ? ", " : ", \"covariance\": [",
					   effects->covariance[i], CRM_EFFECTS_BASE + 2 * n);
	if (effects->has_covariance)
		appendStringInfoChar(text, ']');
	if (effects->without != 0)
		append_field(text, "log_likelihood_without", effects->without);
	appendStringInfoChar(text, '}');
}

static char *
model_text(const crm_clv *clv, const crm_clv_effects *effects)
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
	if (clv->covariates > 0)
		append_effects(&text, effects);
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
	const crm_clv *clv = crm_getarg_clv(fcinfo, 0);

	PG_RETURN_CSTRING(model_text(clv, crm_effects_of(clv)));
}

Datum
crm_clv_model_to_jsonb(PG_FUNCTION_ARGS)
{
	const crm_clv *clv = crm_getarg_clv(fcinfo, 0);
	char	   *text = model_text(clv, crm_effects_of(clv));

	return DirectFunctionCall1(jsonb_in, CStringGetDatum(text));
}

/* Input */

static Datum
model_of(fmNodePtr context, Jsonb *json)
{
	crm_clv		clv;
	crm_clv_effects effects;
	crm_clv_fault fault;

	(void) context;				/* servers before 16 have no soft errors */
	if (!crm_clv_read_model(&json->root, &clv, &effects, &fault))
		crm_ereturn(context,
					(errcode(crm_errcode(CRM_BAD_TEXT)),
					 errmsg("invalid input for type crm_clv_model: %s%s%s%s",
							fault.what, fault.key[0] != '\0' ? " \"" : "",
							fault.key, fault.key[0] != '\0' ? "\"" : ""),
					 errhint("Parameters are positive and named as in the papers, for example {\"model\": \"bg/nbd\", \"purchase\": {\"parameters\": {\"r\": 0.24, \"alpha\": 4.41, \"a\": 0.79, \"b\": 2.43}}}.")));
	return crm_clv_get_datum(&clv, &effects);
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
	for (int i = 0; i < CRM_CLV_PARAMETERS; i++)
		pq_sendfloat8(message, part->parameter[i]);
	for (int i = 0; i < CRM_CLV_PARAMETERS; i++)
		for (int j = 0; j < CRM_CLV_PARAMETERS; j++)
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
	for (int i = 0; i < CRM_CLV_PARAMETERS; i++)
		part->parameter[i] = pq_getmsgfloat8(message);
	for (int i = 0; i < CRM_CLV_PARAMETERS; i++)
		for (int j = 0; j < CRM_CLV_PARAMETERS; j++)
			part->covariance[i][j] = pq_getmsgfloat8(message);
	part->log_likelihood = pq_getmsgfloat8(message);
	part->gradient_norm = pq_getmsgfloat8(message);
	part->customers = pq_getmsgfloat8(message);
	part->distinct = pq_getmsgfloat8(message);
}

static void
send_effects(StringInfo message, const crm_clv_effects *effects)
{
	pq_sendint32(message, effects->has_covariance);
	pq_sendfloat8(message, effects->without);
	for (int i = 0; i < effects->n; i++)
		pq_sendbytes(message, effects->name[i], CRM_COVARIATE_NAME);
	for (int i = 0; i < 2 * effects->n; i++)
	{
		pq_sendfloat8(message, effects->effect[i]);
		pq_sendint32(message, effects->mark[i]);
		for (int j = 0; j < CRM_EFFECTS_BASE + 2 * effects->n; j++)
			pq_sendfloat8(message, effects->covariance[i][j]);
	}
}

static void
receive_effects(StringInfo message, int n, crm_clv_effects *effects)
{
	memset(effects, 0, sizeof(*effects));
	effects->n = n;
	effects->has_covariance = pq_getmsgint(message, 4);
	effects->without = pq_getmsgfloat8(message);
	for (int i = 0; i < n; i++)
		pq_copymsgbytes(message, effects->name[i], CRM_COVARIATE_NAME);
	for (int i = 0; i < 2 * n; i++)
	{
		effects->effect[i] = pq_getmsgfloat8(message);
		effects->mark[i] = pq_getmsgint(message, 4);
		for (int j = 0; j < CRM_EFFECTS_BASE + 2 * n; j++)
			effects->covariance[i][j] = pq_getmsgfloat8(message);
	}
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
	pq_sendint32(&message, (int32) clv->covariates);
	send_part(&message, &clv->purchase);
	send_part(&message, &clv->spend);
	if (clv->covariates > 0)
		send_effects(&message, crm_effects_of(clv));
	PG_RETURN_BYTEA_P(pq_endtypsend(&message));
}

/* Bytes that no text would make, such as -0, are no model. */
static bool
is_as_its_text(const crm_clv *clv, const crm_clv_effects *effects)
{
	char	   *text = model_text(clv, effects);
	Datum		json = DirectFunctionCall1(jsonb_in, CStringGetDatum(text));
	crm_clv		again;
	crm_clv_effects others;
	crm_clv_fault fault;

	return crm_clv_read_model(&DatumGetJsonbP(json)->root, &again, &others,
							  &fault) &&
		memcmp(&again, clv, sizeof(again)) == 0 &&
		(clv->covariates == 0 ||
		 memcmp(&others, effects, sizeof(others)) == 0);
}

Datum
crm_clv_model_recv(PG_FUNCTION_ARGS)
{
	StringInfo	message = (StringInfo) PG_GETARG_POINTER(0);
	int			format = pq_getmsgint(message, 4);
	crm_clv		clv;
	crm_clv_effects effects;

	clv.kind = pq_getmsgint(message, 4);
	clv.as_of = pq_getmsgint(message, 4);
	clv.unit_days = pq_getmsgfloat8(message);
	clv.correlation = pq_getmsgfloat8(message);
	clv.covariates = (int32) pq_getmsgint(message, 4);
	if (clv.covariates < 0 || clv.covariates > CRM_COVARIATES_MAX)
		clv.covariates = -1;
	receive_part(message, &clv.purchase);
	receive_part(message, &clv.spend);
	if (clv.covariates > 0)
		receive_effects(message, (int) clv.covariates, &effects);
	if (format != CRM_CLV_FORMAT || !crm_clv_is_valid(&clv) ||
		(clv.covariates > 0 && !crm_clv_effects_are_valid(&clv, &effects)) ||
		!is_as_its_text(&clv, &effects))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid binary representation of crm_clv_model")));
	return crm_clv_get_datum(&clv, &effects);
}
