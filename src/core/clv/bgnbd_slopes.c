/*
 * bgnbd_slopes.c
 *		The BG/NBD and MBG/NBD models: derivatives of one customer, whose
 *		parameters may be his own.
 *
 * The same terms as in bgnbd.c, by the logarithms of the parameters. Nothing
 * can be shared between customers, so that what a frequency makes of a and b
 * is summed term by term where it is a small number.
 */
#include "core/clv/bgnbd.h"
#include "core/clv/family.h"

#include <math.h>
#include <string.h>

#include "core/numeric/special.h"

#define FEW 40					/* chances to leave that are summed one by one */

/* ln of staying n times, and what it is made of. */
typedef struct stays
{
	double		log_stay;
	double		b;				/* sum of 1 / (b + j) */
	double		bb;				/* minus the sum of its squares */
	double		ab;				/* the same of a + b + j */
	double		aabb;
} stays;

static inline stays
stays_of(double a, double b, double n)
{
	stays		s = {0};
	double		product = 1;

	if (n > FEW || n != floor(n))
	{
		s.log_stay = crm_log_rising(b, n) - crm_log_rising(a + b, n);
		s.b = crm_digamma_rise(b, n);
		s.bb = crm_trigamma_rise(b, n);
		s.ab = crm_digamma_rise(a + b, n);
		s.aabb = crm_trigamma_rise(a + b, n);
		return s;
	}
	for (int j = 0; j < (int) n; j++)
	{
		double		one = 1 / (b + j);
		double		all = 1 / (a + b + j);

		/* a / (a + b + j) of them leave; a product of 40 may be tiny. */
		product *= (b + j) * all;
		if (product < 1e-200)
		{
			s.log_stay += log(product);
			product = 1;
		}
		s.b += one;
		s.bb -= one * one;
		s.ab += all;
		s.aabb -= all * all;
	}
	s.log_stay += log(product);
	return s;
}

void
crm_bgnbd_slopes(const crm_bgnbd *model, const crm_history *h,
				 crm_clv_slopes *d)
{
	double		r = model->r;
	double		alpha = model->alpha;
	double		a = model->a;
	double		b = model->b;
	double		x = h->frequency;
	double		n = x + model->kind;
	double		shape = r + x;
	double		k = h->age / (alpha + h->age);
	double		U = alpha / (alpha + h->age);
	double		late = alpha / (alpha + h->recency);
	double		L = log1p(h->age / alpha);
	double		gap = (h->age - h->recency) / (alpha + h->recency);
	double		D = gap * U;
	double		G = log1p(gap);
	double		e = n > 0 ? b / (b + (n - 1)) : 0;
	stays		s = stays_of(a, b, n);
	double		w = 0;
	double		v = 0;
	double		dead = 0;		/* -ln of being alive */
	double	   *g = d->gradient;
	double		(*H)[4] = d->hessian;

	if (n > 0)
	{
		double		odds = log(a / (b + (n - 1))) + shape * G;
		double		small = exp(-fabs(odds));

		w = odds > 0 ? 1 / (1 + small) : small / (1 + small);
		v = small / ((1 + small) * (1 + small));
		dead = fmax(odds, 0) + log1p(small);
	}
	d->value = dead - shape * L - x * log(alpha) + s.log_stay;
	g[0] = r * (w * G - L);
	g[1] = r * k - x * U - shape * w * D;
	g[2] = w - a * s.ab;
	g[3] = b * (s.b - s.ab) - w * e;
	H[0][0] = r * r * v * G * G + g[0];
	H[1][0] = r * (k - w * D - shape * v * G * D);
	H[1][1] = r * (k * k - 2 * k) + x * (U - k + k * k)
		+ shape * D * (w * (late + U) + shape * v * D) + g[1];
	H[2][0] = r * v * G;
	H[2][1] = -shape * v * D;
	H[2][2] = v - w - a * a * s.aabb + g[2];
	H[3][0] = -r * v * G * e;
	H[3][1] = shape * v * D * e;
	H[3][2] = -a * b * s.aabb - v * e;
	H[3][3] = b * b * (s.bb - s.aabb) + (w + v) * e * e + g[3];
}
