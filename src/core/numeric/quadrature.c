/*
 * quadrature.c
 *		Integrals of exp(-psi(v)) with psi convex, to machine precision.
 *
 * How many nodes a panel needs was found by trial over random integrands of
 * the Pareto/NBD likelihood: those of the table below keep the relative error
 * below 1e-13. test/unit/quadrature.c holds them to it.
 */
#include "core/numeric/quadrature.h"

#include <math.h>

#include "core/numeric/steps.h"

/* exp(-CUTOFF) is a quarter of the rounding error of 1. */
#define CUTOFF CRM_QUADRATURE_ENOUGH
#define CUTOFF_SLACK 2.0
#define LONGEST_PANEL 4.0

/* Abscissae and weights of Gauss-Legendre rules, the positive half. */
static const crm_quadrature_point rule_4[] = {
	{0.3399810435848562648, 0.65214515486254614263},
	{0.86113631159405257522, 0.34785484513745385737},
};

static const crm_quadrature_point rule_6[] = {
	{0.23861918608319690863, 0.46791393457269104739},
	{0.66120938646626451366, 0.36076157304813860757},
	{0.93246951420315202781, 0.17132449237917034504},
};

static const crm_quadrature_point rule_8[] = {
	{0.18343464249564980494, 0.36268378337836198297},
	{0.52553240991632898582, 0.31370664587788728734},
	{0.79666647741362673959, 0.22238103445337447054},
	{0.96028985649753623168, 0.10122853629037625915},
};

static const crm_quadrature_point rule_10[] = {
	{0.14887433898163121088, 0.29552422471475287017},
	{0.4333953941292471908, 0.26926671930999635509},
	{0.67940956829902440623, 0.219086362515982044},
	{0.86506336668898451073, 0.14945134915058059315},
	{0.97390652851717172008, 0.066671344308688137594},
};

static const crm_quadrature_point rule_12[] = {
	{0.12523340851146891547, 0.249147045813402785},
	{0.36783149899818019375, 0.23349253653835480876},
	{0.5873179542866174473, 0.20316742672306592175},
	{0.76990267419430468704, 0.16007832854334622633},
	{0.90411725637047485668, 0.10693932599531843096},
	{0.98156063424671925069, 0.047175336386511827195},
};

static const crm_quadrature_point rule_16[] = {
	{0.095012509837637440185, 0.18945061045506849629},
	{0.28160355077925891323, 0.18260341504492358887},
	{0.45801677765722738634, 0.16915651939500253819},
	{0.61787624440264374845, 0.14959598881657673208},
	{0.7554044083550030339, 0.12462897125553387205},
	{0.86563120238783174388, 0.09515851168249278481},
	{0.94457502307323257608, 0.062253523938647892863},
	{0.9894009349916499326, 0.027152459411754094852},
};

static const crm_quadrature_point rule_20[] = {
	{0.076526521133497333755, 0.1527533871307258507},
	{0.22778585114164507808, 0.14917298647260374679},
	{0.37370608871541956067, 0.14209610931838205133},
	{0.510867001950827098, 0.1316886384491766269},
	{0.63605368072651502545, 0.11819453196151841731},
	{0.74633190646015079261, 0.10193011981724043504},
	{0.83911697182221882339, 0.083276741576704748725},
	{0.91223442825132590587, 0.06267204833410906357},
	{0.96397192727791379127, 0.040601429800386941331},
	{0.99312859918509492479, 0.017614007139152118312},
};

static const crm_quadrature_point rule_24[] = {
	{0.064056892862605626085, 0.12793819534675215697},
	{0.19111886747361630916, 0.12583745634682829612},
	{0.31504267969616337439, 0.1216704729278033912},
	{0.43379350762604513849, 0.11550566805372560135},
	{0.54542147138883953566, 0.10744427011596563478},
	{0.64809365193697556925, 0.09761865210411388827},
	{0.74012419157855436424, 0.086190161531953275917},
	{0.82000198597390292195, 0.073346481411080305734},
	{0.88641552700440103421, 0.059298584915436780746},
	{0.93827455200273275852, 0.044277438817419806169},
	{0.9747285559713094982, 0.028531388628933663181},
	{0.99518721999702136018, 0.012341229799987199547},
};

static const crm_quadrature_point rule_32[] = {
	{0.048307665687738316235, 0.096540088514727800567},
	{0.14447196158279649349, 0.095638720079274859419},
	{0.23928736225213707454, 0.093844399080804565639},
	{0.33186860228212764978, 0.091173878695763884713},
	{0.42135127613063534536, 0.087652093004403811143},
	{0.50689990893222939002, 0.083311924226946755222},
	{0.58771575724076232904, 0.078193895787070306472},
	{0.66304426693021520098, 0.072345794108848506225},
	{0.73218211874028968039, 0.065822222776361846838},
	{0.79448379596794240696, 0.058684093478535547145},
	{0.84936761373256997013, 0.050998059262376176196},
	{0.89632115576605212397, 0.042835898022226680657},
	{0.93490607593773968917, 0.034273862913021433103},
	{0.96476225558750643077, 0.025392065309262059456},
	{0.9856115115452683354, 0.016274394730905670605},
	{0.99726386184948156354, 0.0070186100094700966004},
};

/* The rule of a panel: for how much variation of psi, and what width. */
typedef struct rule
{
	double		variation;
	double		width;
	int			pairs;
	const crm_quadrature_point *point;
} rule;

static const rule rules[] = {
	{0.1, 0.15, 2, rule_4},
	{1, 0.5, 3, rule_6},
	{2.5, 1, 4, rule_8},
	{5, 1.5, 5, rule_10},
	{7, 2, 6, rule_12},
	{12, 3, 8, rule_16},
	{18, 3.5, 10, rule_20},
	{24, 4, 12, rule_24},
	{INFINITY, INFINITY, 16, rule_32},
};

#define RULES ((int) (sizeof(rules) / sizeof(rules[0])))

/*
 * A point where psi exceeds level by at most the slack, or v itself where it
 * does not, with the value there: Newton's method, which never passes the root
 * of a convex function from outside.
 */
static double
descend(crm_convex psi, const void *arg, double v, double level, double *value)
{
	for (int i = 0; i < 200; i++)
	{
		double		slope;

		CRM_STEP();
		*value = psi(arg, v, &slope);
		if (!(*value - level > CUTOFF_SLACK))
			break;
		v -= (*value - level) / slope;
	}
	return v;
}

/* The minimum of psi in [low, high]. */
static double
find_mode(crm_convex psi, const void *arg, double low, double high)
{
	for (int i = 0; i < 60; i++)
	{
		double		middle = 0.5 * (low + high);
		double		slope;

		CRM_STEP();
		(void) psi(arg, middle, &slope);
		if (slope < 0)
			low = middle;
		else
			high = middle;
	}
	return high;
}

/* A point left of mode where psi is at least level, else low. */
static double
find_low(crm_convex psi, const void *arg, double low, double mode,
		 double level)
{
	double		inside = mode;
	double		slope;

	if (psi(arg, low, &slope) <= level)
		return low;
	for (int i = 0; i < 40; i++)
	{
		double		middle = 0.5 * (low + inside);

		CRM_STEP();
		if (psi(arg, middle, &slope) > level)
			low = middle;
		else
			inside = middle;
	}
	return low;
}

static void
choose_rule(crm_quadrature *q, double variation)
{
	const rule *r = rules;

	while (r < rules + RULES - 1 &&
		   !(variation <= r->variation && 2 * q->half <= r->width))
		r++;
	q->point = r->point;
	q->pairs = r->pairs;
}

crm_quadrature
crm_quadrature_plan(crm_convex psi, const void *arg, double low, double high)
{
	crm_quadrature q = {low, 0, 0, 4, rule_8, 0};
	double		slope;
	double		at_low;
	double		at_high;

	if (!(high > low))
		return q;

	/*
	 * A gentle rise is not worth a search for the maximum. A steep one makes
	 * a bell, which is too much for a single panel.
	 */
	q.least = at_low = psi(arg, low, &slope);
	if (slope < -1)
	{
		double		mode = find_mode(psi, arg, low, high);

		q.least = psi(arg, mode, &slope);
		q.low = find_low(psi, arg, low, mode, q.least + CUTOFF);
		q.panels = 1;
		at_low = psi(arg, q.low, &slope);
	}
	high = fmax(descend(psi, arg, high, q.least + CUTOFF, &at_high), q.low);
	q.panels += (int) ceil(fmin((high - q.low) / LONGEST_PANEL,
								CRM_QUADRATURE_PANELS_MAX));
	q.half = (high - q.low) / (2 * q.panels);
	choose_rule(&q, fmax(at_high, at_low) - q.least);
	return q;
}

crm_quadrature
crm_quadrature_panel(double low, double high)
{
	return (crm_quadrature) {low, (high - low) / 2, 1, 8, rule_16, 0};
}

double
crm_quadrature_log(crm_convex psi, const void *arg, double low, double high)
{
	crm_quadrature q = crm_quadrature_plan(psi, arg, low, high);
	double		sum = 0;

	for (int i = 0; i < crm_quadrature_size(&q); i++)
	{
		double		weight;
		double		slope;
		double		v = crm_quadrature_node(&q, i, &weight);

		CRM_STEP();
		sum += weight * exp(q.least - psi(arg, v, &slope));
	}
	return log(sum) - q.least;
}
