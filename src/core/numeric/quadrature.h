/*
 * quadrature.h
 *		Integrals of exp(-psi(v)) with psi convex, to machine precision.
 *
 * The lifetime-value models meet integrals whose integrand is log-concave
 * and, in a logarithm of time, analytic in a strip of half-width pi about the
 * real line. The steepest have exponents of 10^4, the longest reach over ten
 * powers of ten of time. Both become tame once the part that matters is found:
 * beyond the points where the integrand has fallen by exp(-38) from its
 * maximum nothing adds to a double, and between them Gauss-Legendre panels no
 * longer than 4 converge geometrically.
 *
 * The caller sums whatever it needs over the nodes: the integral alone, or
 * its derivatives by every parameter with it.
 */
#ifndef CRM_CORE_NUMERIC_QUADRATURE_H
#define CRM_CORE_NUMERIC_QUADRATURE_H

typedef struct crm_quadrature_point
{
	double		abscissa;		/* in (0, 1); its mirror is a node as well */
	double		weight;
} crm_quadrature_point;

typedef struct crm_quadrature
{
	double		low;
	double		half;			/* half the width of one panel */
	int			panels;
	int			pairs;			/* of nodes in a panel */
	const crm_quadrature_point *point;
	double		least;			/* psi at low, or where it is least */
} crm_quadrature;

/* Beyond a fall by exp(-this) from its maximum an integrand adds nothing. */
#define CRM_QUADRATURE_ENOUGH 38.0

/* More panels than any integral within the limits of the models takes. */
#define CRM_QUADRATURE_PANELS_MAX 1000

/* The convex function at v, and its derivative there. */
typedef double (*crm_convex) (const void *arg, double v, double *slope);

/*
 * Choose the nodes for the integral of exp(-psi) over (low, high). psi must
 * be finite at high, and may be infinite at low alone.
 */
extern crm_quadrature crm_quadrature_plan(crm_convex psi, const void *arg,
										  double low, double high);

/* One panel of 16 nodes, for integrands that the caller knows. */
extern crm_quadrature crm_quadrature_panel(double low, double high);

/* The logarithm of the integral of exp(-psi) over (low, high). */
extern double crm_quadrature_log(crm_convex psi, const void *arg,
								 double low, double high);

static inline int
crm_quadrature_size(const crm_quadrature *q)
{
	return 2 * q->panels * q->pairs;
}

/* The i-th node, and through weight what to multiply the integrand with. */
static inline double
crm_quadrature_node(const crm_quadrature *q, int i, double *weight)
{
	const crm_quadrature_point *point = q->point + (i >> 1) % q->pairs;
	int			panel = (i >> 1) / q->pairs;
	double		middle = q->low + q->half * (2 * panel + 1);
	double		offset = q->half * point->abscissa;

	*weight = q->half * point->weight;
	return (i & 1) ? middle + offset : middle - offset;
}

#endif							/* CRM_CORE_NUMERIC_QUADRATURE_H */
