/*
 * survey.c
 *		Survey measures as tallies that merge by addition.
 */
#include "core/experience/survey.h"

#include <string.h>

#include "core/numeric/student.h"

static const crm_field nps_fields[] = {
	{"detractors", CRM_COUNT, CRM_ONCE},
	{"passives", CRM_COUNT, CRM_ONCE},
	{"promoters", CRM_COUNT, CRM_ONCE}
};

static const crm_field box_fields[] = {
	{"count", CRM_COUNT, CRM_ONCE},
	{"hits", CRM_COUNT, CRM_ONCE},
	{"sum", CRM_SUM, CRM_ONCE},
	{"worst", CRM_REAL, CRM_ONCE},
	{"best", CRM_REAL, CRM_ONCE},
	{"top_from", CRM_REAL, CRM_ONCE}
};

static const crm_field kano_fields[] = {
	{"A", CRM_COUNT, CRM_ONCE},
	{"O", CRM_COUNT, CRM_ONCE},
	{"M", CRM_COUNT, CRM_ONCE},
	{"I", CRM_COUNT, CRM_ONCE},
	{"R", CRM_COUNT, CRM_ONCE},
	{"Q", CRM_COUNT, CRM_ONCE}
};

static double
normal_quantile(double confidence)
{
	return crm_student_quantile((1 - confidence) / 2, INFINITY);
}

static crm_interval
clamped(double centre, double half, double low, double high)
{
	crm_interval interval;

	interval.low = fmax(centre - half, low);
	interval.high = fmin(centre + half, high);
	return interval;
}

/*
 * Brown, Cai, DasGupta (2001, Statistical Science 16(2)) compare the three.
 */
crm_status
crm_share_bounds(int64_t hits, int64_t n, double confidence,
				 const char *method, crm_interval *interval)
{
	double		z = normal_quantile(confidence);
	double		size = n;
	double		share = hits / size;
	double		shrunk_size = size + z * z;
	double		shrunk = (hits + z * z / 2) / shrunk_size;

	if (strcmp(method, "wald") == 0)
		*interval = clamped(share, z * sqrt(share * (1 - share) / size), 0, 1);
	else if (strcmp(method, "agresti-coull") == 0)
		*interval = clamped(shrunk,
							z * sqrt(shrunk * (1 - shrunk) / shrunk_size),
							0, 1);
	else if (strcmp(method, "wilson") == 0)
	{
		double		variance = size * share * (1 - share) + z * z / 4;

		*interval = clamped(shrunk, z * sqrt(variance) / shrunk_size, 0, 1);
		/* Rounding must not show; at 0 hits it does not, sqrt(z^2) is z. */
		if (hits == n)
			interval->high = 1;
	}
	else
		return CRM_INVALID;
	return n > 0 ? CRM_OK : CRM_TOO_FEW;
}

/* Adds tallies that are nothing but counts. */
static void
merge_counts(int64_t *into, const int64_t *from, int n)
{
	for (int i = 0; i < n; i++)
		into[i] += from[i];
}

crm_status
crm_nps_add(crm_nps_tally *tally, double score)
{
	if (!(score >= 0 && score <= 10) || score != floor(score))
		return CRM_INVALID;
	if (score >= 9)
		tally->promoters++;
	else if (score >= 7)
		tally->passives++;
	else
		tally->detractors++;
	return CRM_OK;
}

int64_t
crm_nps_answers(const crm_nps_tally *tally)
{
	return tally->detractors + tally->passives + tally->promoters;
}

crm_status
crm_nps_value(const crm_nps_tally *tally, double *value)
{
	int64_t		n = crm_nps_answers(tally);

	if (n == 0)
		return CRM_TOO_FEW;
	*value = 100.0 * (tally->promoters - tally->detractors) / n;
	return CRM_OK;
}

/*
 * The score is a difference of two shares of one multinomial sample. Rocks
 * (2016, The American Statistician 70(4)) finds the interval that adds three
 * quarters of an answer to both ends, and as much to the middle as to both,
 * to cover best.
 */
crm_status
crm_nps_bounds(const crm_nps_tally *tally, double confidence,
			   const char *method, crm_interval *interval)
{
	bool		adjusted = strcmp(method, "adjusted-wald") == 0;
	double		added = adjusted ? 0.75 : 0;
	double		n = crm_nps_answers(tally) + 4 * added;
	double		promoters = (tally->promoters + added) / n;
	double		detractors = (tally->detractors + added) / n;
	double		score = promoters - detractors;
	double		variance = promoters + detractors - score * score;
	double		value = 0;

	if (!adjusted && strcmp(method, "wald") != 0)
		return CRM_INVALID;
	if (crm_nps_answers(tally) == 0)
		return CRM_TOO_FEW;
	*interval = clamped(100 * score, 100 * normal_quantile(confidence) *
						sqrt(fmax(variance, 0) / n), -100, 100);

	/* What is added draws the middle to 0: of few answers, past the score. */
	(void) crm_nps_value(tally, &value);
	interval->low = fmin(interval->low, value);
	interval->high = fmax(interval->high, value);
	return CRM_OK;
}

static bool
nps_merge(void *into, const void *from, int width)
{
	(void) width;
	merge_counts(into, from, 3);
	return true;
}

const crm_layout crm_nps_layout = {
	"crm_nps_tally", nps_fields, 3, sizeof(crm_nps_tally) / 8,
	crm_any_counts, nps_merge, 0
};

static bool
between(double value, double a, double b)
{
	return value >= fmin(a, b) && value <= fmax(a, b);
}

crm_status
crm_box_start(crm_box_tally *tally, double worst, double best, double top_from)
{
	memset(tally, 0, sizeof(*tally));
	/* -0 is 0, whichever row is the first. */
	tally->worst = worst + 0.0;
	tally->best = best + 0.0;
	tally->top_from = top_from + 0.0;
	return worst != best && between(top_from, worst, best) ?
		CRM_OK : CRM_INVALID;
}

crm_status
crm_box_add(crm_box_tally *tally, double score)
{
	if (!between(score, tally->worst, tally->best))
		return CRM_INVALID;
	tally->count++;
	tally->hits += between(score, tally->top_from, tally->best);
	tally->sum = crm_dd_add_double(tally->sum, score);
	return crm_dd_is_finite(tally->sum) ? CRM_OK : CRM_OUT_OF_RANGE;
}

crm_status
crm_box_share(const crm_box_tally *tally, double *share)
{
	if (tally->count == 0)
		return CRM_TOO_FEW;
	*share = (double) tally->hits / tally->count;
	return CRM_OK;
}

crm_status
crm_box_mean(const crm_box_tally *tally, double *mean)
{
	crm_dd		count = {tally->count, 0};

	if (tally->count == 0)
		return CRM_TOO_FEW;
	*mean = crm_dd_div(tally->sum, count).hi;
	return CRM_OK;
}

static bool
box_merge(void *into, const void *from, int width)
{
	crm_box_tally *a = into;
	const crm_box_tally *b = from;

	(void) width;
	a->count += b->count;
	a->hits += b->hits;
	a->sum = crm_dd_add(a->sum, b->sum);
	return a->worst == b->worst && a->best == b->best &&
		a->top_from == b->top_from;
}

static bool
box_is_valid(const void *body, int width)
{
	const crm_box_tally *t = body;
	double		slack = 1e-9 * fmax(fabs(t->worst), fabs(t->best));
	double		mean = t->sum.hi / t->count;

	(void) width;
	if (t->worst == t->best || !between(t->top_from, t->worst, t->best))
		return false;
	if (t->count == 0)
		return t->hits == 0 && t->sum.hi == 0;
	return t->hits <= t->count &&
		mean >= fmin(t->worst, t->best) - slack &&
		mean <= fmax(t->worst, t->best) + slack;
}

/* Satisfaction rises; effort may be asked either way round. */
static bool
csat_is_valid(const void *body, int width)
{
	const crm_box_tally *t = body;

	return t->worst < t->best && box_is_valid(body, width);
}

const crm_layout crm_csat_layout = {
	"crm_csat_tally", box_fields, 6, sizeof(crm_box_tally) / 8,
	csat_is_valid, box_merge, 0
};

const crm_layout crm_ces_layout = {
	"crm_ces_tally", box_fields, 6, sizeof(crm_box_tally) / 8,
	box_is_valid, box_merge, 0
};

/*
 * Berger et al. (1993, Center for Quality of Management Journal 2(4)): rows
 * are the answers if the feature is there, columns if it is not.
 */
char
crm_kano_of(int functional, int dysfunctional)
{
	static const char *const table[] = {
		"QAAAO",
		"RIIIM",
		"RIIIM",
		"RIIIM",
		"RRRRQ"
	};

	if (functional < 1 || functional > 5 ||
		dysfunctional < 1 || dysfunctional > 5)
		return 0;
	return table[functional - 1][dysfunctional - 1];
}

static int
kano_index(char letter)
{
	const char *at = strchr(CRM_KANO_CLASSES, letter);

	return letter == '\0' || at == NULL ? -1 : (int) (at - CRM_KANO_CLASSES);
}

crm_status
crm_kano_add(crm_kano_tally *tally, int functional, int dysfunctional)
{
	int			i = kano_index(crm_kano_of(functional, dysfunctional));

	if (i < 0)
		return CRM_INVALID;
	tally->count[i]++;
	return CRM_OK;
}

int64_t
crm_kano_answers(const crm_kano_tally *tally, char letter)
{
	int			i = kano_index(letter);

	return i < 0 ? -1 : tally->count[i];
}

crm_status
crm_kano_coefficients(const crm_kano_tally *tally, double *better,
					  double *worse)
{
	double		a = crm_kano_answers(tally, 'A');
	double		o = crm_kano_answers(tally, 'O');
	double		m = crm_kano_answers(tally, 'M');
	double		answers = a + o + m + crm_kano_answers(tally, 'I');

	if (answers == 0)
		return CRM_TOO_FEW;
	*better = (a + o) / answers;
	*worse = 0 - (o + m) / answers; /* and not -0 */
	return CRM_OK;
}

static bool
kano_merge(void *into, const void *from, int width)
{
	(void) width;
	merge_counts(into, from, CRM_KANO_COUNT);
	return true;
}

const crm_layout crm_kano_layout = {
	"crm_kano_tally", kano_fields, CRM_KANO_COUNT, sizeof(crm_kano_tally) / 8,
	crm_any_counts, kano_merge, 0
};
