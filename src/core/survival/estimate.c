/*
 * estimate.c
 *		What is read from durations: shares, quantiles, means, a test.
 *
 * Kaplan, Meier (1958, JASA 53): of the n items at risk at a duration, d end,
 * and S is multiplied by (n - d) / n; those censored at the same duration are
 * at risk still. Limits of a quantile are where the pointwise limits of S pass
 * it (Brookmeyer, Crowley 1982, Biometrics 38), by Greenwood's variance, plain
 * or on the scale of log(-log S) (Kalbfleisch, Prentice 2002, The Statistical
 * Analysis of Failure Time Data, 1.4).
 *
 * A median is decided by whether S has come down to 1/2, where it often stands
 * exactly: of 24 durations 12 are over after the twelfth, and one rounding
 * would answer the thirteenth. Hence S in twice the precision, as ratios of
 * counts between censorings, and a tolerance of 2^-50 of q, as far as a decimal
 * such as 0.1 may be from its double.
 */
#include "core/survival/survival.h"

#include "core/numeric/student.h"

/* How far from a decision doubles suffice for it. */
#define CLEAR			1e-9

const crm_share crm_share_start = {{1, 0}, 0, 0, 0};

/* The share after the block so far */
static crm_dd
exact_share(const crm_share *share)
{
	crm_dd		risk = {share->block_risk, 0};

	if (share->left == share->block_risk)
		return share->block;
	return crm_dd_div(crm_dd_mul_double(share->block, share->left), risk);
}

void
crm_share_step(crm_share *share, const crm_step *step)
{
	double		risk = (double) step->at_risk;
	double		ended = (double) step->observed;

	/* Something was censored since: a block ends where the next begins. */
	if (share->left != risk)
	{
		share->block = exact_share(share);
		share->block_risk = risk;
	}
	share->left = risk - ended;
	if (ended > 0 && share->left > 0)
		share->greenwood += ended / (risk * share->left);
}

double
crm_share_value(const crm_share *share)
{
	return exact_share(share).hi;
}

void
crm_share_limits(const crm_share *share, crm_limits method, double z,
				 double *low, double *high)
{
	double		s = crm_share_value(share);
	double		root = z * sqrt(share->greenwood);

	*low = *high = s;
	if (s == 0 || share->greenwood == 0)
		return;
	if (method == CRM_LIMITS_PLAIN)
	{
		*low = s - s * root;
		*high = s + s * root;
	}
	else
	{
		double		log_share = log(s);

		*low = exp(log_share * exp(root / -log_share));
		*high = exp(log_share * exp(-root / -log_share));
	}
}

double
crm_normal_deviate(double confidence)
{
	return crm_student_quantile((1 - confidence) / 2, INFINITY);
}

/* Is the share q over? */
static bool
is_over(const crm_share *share, double q)
{
	double		near = share->block_risk == 0 ? 1 :
		share->block.hi * share->left / share->block_risk;
	crm_dd		over;

	if (q == 1 || fabs(near - (1 - q)) > CLEAR)
		return near <= 1 - q;
	over = crm_dd_sub((crm_dd) {1, 0}, exact_share(share));
	return crm_dd_add_double(over, -q).hi >= q * -0x1p-50;
}

crm_status
crm_survival_quantile(crm_survival *s, double q, double *duration)
{
	crm_share	share = crm_share_start;
	crm_step	step;

	*duration = 0;
	if (q == 0)
		return CRM_OK;
	while (crm_survival_next(s, &step))
	{
		crm_share_step(&share, &step);
		if (step.observed > 0 && is_over(&share, q))
		{
			*duration = step.duration;
			return CRM_OK;
		}
	}
	return CRM_TOO_FEW;
}

/*
 * The observed in order, from 0 to their number less 1: where q of that lies
 * between two, on the line between them. The formula is that of percentile_cont
 * in PostgreSQL (src/backend/utils/adt/orderedsetaggs.c), to the last bit.
 */
crm_status
crm_survival_percentile(crm_survival *s, double q, double *duration)
{
	double		place = s->observed > 0 ? q * (double) (s->observed - 1) : 0;
	double		first = floor(place);
	double		ended = 0;
	double		below = NAN;
	crm_step	step;

	while (crm_survival_next(s, &step))
	{
		ended += (double) step.observed;
		if (isnan(below) && ended > first)
			below = step.duration;
		if (ended > ceil(place))
		{
			*duration = below + (place - first) * (step.duration - below);
			return CRM_OK;
		}
	}
	return CRM_TOO_FEW;
}

void
crm_survival_interval(crm_survival *s, double q, double confidence,
					  crm_limits method, double *low, double *high)
{
	crm_share	share = crm_share_start;
	double		z = crm_normal_deviate(confidence);
	double		lower;
	double		upper;
	crm_step	step;

	*low = *high = q == 0 ? 0 : NAN;
	while (isnan(*high) && crm_survival_next(s, &step))
	{
		crm_share_step(&share, &step);
		if (step.observed == 0)
			continue;
		crm_share_limits(&share, method, z, &lower, &upper);
		if (isnan(*low) && lower <= 1 - q)
			*low = step.duration;
		if (upper <= 1 - q)
			*high = step.duration;
	}
}

double
crm_survival_share(crm_survival *s, double t)
{
	crm_share	share = crm_share_start;
	crm_step	step;

	while (crm_survival_next(s, &step) && step.duration <= t)
		crm_share_step(&share, &step);
	return crm_share_value(&share);
}

/* The area below the curve up to the horizon */
crm_status
crm_survival_mean(crm_survival *s, double horizon, double *mean)
{
	crm_share	share = crm_share_start;
	crm_dd		area = {0, 0};
	double		height = 1;
	double		before = 0;
	crm_step	step;

	while (before < horizon && crm_survival_next(s, &step))
	{
		double		until = fmin(step.duration, horizon);

		area = crm_dd_add(area, crm_two_product(height, until - before));
		crm_share_step(&share, &step);
		height = crm_share_value(&share);
		before = until;
	}
	*mean = area.hi + area.lo;
	if (!isfinite(*mean))
		return CRM_OUT_OF_RANGE;
	/* Beyond the last duration nothing is known, unless all are over. */
	return before >= horizon || (height == 0 && s->count > 0) ?
		CRM_OK : CRM_TOO_FEW;
}

/* Two states read side by side, by duration */
typedef struct pair
{
	crm_survival *state[2];
	crm_step	next[2];		/* not yet passed */
	bool		more[2];
} pair;

static void
advance(pair *p, int i)
{
	p->more[i] = crm_survival_next(p->state[i], &p->next[i]);
}

/* The next duration of either; a state that has none there has a step of 0. */
static bool
next_of_pair(pair *p, crm_step *step)
{
	double		duration;

	if (!p->more[0] && !p->more[1])
		return false;
	duration = fmin(p->more[0] ? p->next[0].duration : INFINITY,
					p->more[1] ? p->next[1].duration : INFINITY);
	for (int i = 0; i < 2; i++)
	{
		bool		is_here = p->more[i] && p->next[i].duration == duration;

		step[i] = (crm_step) {duration, 0, 0, 0};
		if (p->more[i])
			step[i].at_risk = p->next[i].at_risk;
		if (!is_here)
			continue;
		step[i] = p->next[i];
		advance(p, i);
	}
	return true;
}

/*
 * Mantel (1966, Cancer Chemotherapy Reports 50): at each duration, what ends
 * is a draw without replacement from those at risk; one degree of freedom.
 */
crm_status
crm_survival_test(crm_survival *a, crm_survival *b, double *chi_squared,
				  double *p_value)
{
	pair		p = {.state = {a, b}};
	crm_step	step[2];
	crm_dd		excess = {0, 0};
	crm_dd		variance = {0, 0};

	advance(&p, 0);
	advance(&p, 1);
	while (next_of_pair(&p, step))
	{
		double		ended = (double) (step[0].observed + step[1].observed);
		double		risk = (double) (step[0].at_risk + step[1].at_risk);
		double		part = (double) step[0].at_risk / risk;

		if (ended == 0)
			continue;
		excess = crm_dd_add_double(excess, (double) step[0].observed);
		excess = crm_dd_add_double(excess, -ended * part);
		if (risk > 1)
			variance = crm_dd_add_double(variance, ended * part *
										 ((double) step[1].at_risk / risk) *
										 ((risk - ended) / (risk - 1)));
	}
	if (!(variance.hi > 0))
		return CRM_TOO_FEW;
	*chi_squared = excess.hi * (excess.hi / variance.hi);
	*p_value = erfc(sqrt(*chi_squared / 2));
	return CRM_OK;
}
