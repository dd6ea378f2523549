/*
 * driver.c
 *		Johnson's relative weights and Shapley shares of R squared.
 *
 * Johnson (2000, Multivariate Behavioral Research 35(1)) relates the drivers
 * to their closest orthonormal variables and those to the outcome. Lindeman,
 * Merenda, Gold (1980) average what a driver adds to R squared over all orders
 * of entering, which is its Shapley value. Both divide up R squared; they need
 * not rank the drivers alike.
 */
#include "core/experience/driver.h"

#include <string.h>

/*
 * The eigenvalues of a correlation matrix are known to some 1e-15, and what is
 * divided by the smallest loses as many digits as that has zeros: from here on
 * six are left. Where rows are no more than drivers, one is 0.
 */
#define SINGULAR_EIGENVALUE 1e-9

/*
 * A variance, as a share of the mean square, that the rounding of n sums may
 * come to: n of CONSTANT_VARIANCE.
 */
#define CONSTANT_VARIANCE 0x1p-105

static const crm_field driver_fields[] = {
	{"count", CRM_COUNT, CRM_ONCE},
	{"skipped", CRM_COUNT, CRM_ONCE},
	{"weight", CRM_SUM, CRM_ONCE},
	{"sum", CRM_SUM, CRM_EACH},
	{"product", CRM_SUM, CRM_PAIRS}
};

static bool
driver_merge(void *into, const void *from, int width)
{
	crm_driver_fit *a = into;
	const crm_driver_fit *b = from;

	a->count += b->count;
	a->skipped += b->skipped;
	a->weight = crm_dd_add(a->weight, b->weight);
	for (int i = 0; i < width + width * (width + 1) / 2; i++)
		a->sum[i] = crm_dd_add(a->sum[i], b->sum[i]);
	return true;
}

crm_status
crm_driver_add(crm_driver_fit *fit, int width, double outcome,
			   const double *drivers, double weight)
{
	crm_dd	   *product = fit->sum + width;
	bool		is_finite;

	fit->count++;
	fit->weight = crm_dd_add_double(fit->weight, weight);
	is_finite = crm_dd_is_finite(fit->weight);
	for (int i = 0; i < width; i++)
	{
		double		x = i == 0 ? outcome : drivers[i - 1];

		if (x != 0 && (x * x < CRM_SMALLEST_PRODUCT ||
					   weight * x * x < CRM_SMALLEST_PRODUCT))
			return CRM_OUT_OF_RANGE;
		fit->sum[i] = crm_dd_add(fit->sum[i], crm_two_product(weight, x));
		is_finite = is_finite && crm_dd_is_finite(fit->sum[i]);
		for (int j = i; j < width; j++, product++)
		{
			double		y = j == 0 ? outcome : drivers[j - 1];

			*product = crm_dd_add(*product,
								  crm_dd_mul_double(crm_two_product(x, y),
													weight));
			is_finite = is_finite && crm_dd_is_finite(*product);
		}
	}
	return is_finite ? CRM_OK : CRM_OUT_OF_RANGE;
}

/* The sum of the products of variables i <= j. */
static crm_dd
product_sum(const crm_driver_fit *fit, int width, int i, int j)
{
	return fit->sum[width + i * width - i * (i - 1) / 2 + j - i];
}

/* The weighted mean of the products of variables i <= j about their means. */
static double
covariance(const crm_driver_fit *fit, int width, int i, int j)
{
	crm_dd		product = crm_dd_div(product_sum(fit, width, i, j),
									 fit->weight);
	crm_dd		means = crm_dd_mul(crm_dd_div(fit->sum[i], fit->weight),
								   crm_dd_div(fit->sum[j], fit->weight));
	double		result = crm_dd_sub(product, means).hi;

	if (i == j && result <= fit->count * CONSTANT_VARIANCE * product.hi)
		return 0;
	return result;
}

/* Do the sums of i <= j allow for a correlation of -1 to 1, to rounding? */
static bool
pair_is_valid(const crm_driver_fit *fit, int width, int i, int j)
{
	double		n = fit->weight.hi;
	double		x = sqrt(product_sum(fit, width, i, i).hi / n);
	double		y = sqrt(product_sum(fit, width, j, j).hi / n);

	if (n == 0)
		return fit->sum[i].hi == 0 && product_sum(fit, width, i, j).hi == 0;
	return fabs(fit->sum[i].hi) <= n * x * (1 + 1e-9) &&
		fabs(covariance(fit, width, i, j)) <=
		sqrt(covariance(fit, width, i, i)) *
		sqrt(covariance(fit, width, j, j)) + 1e-9 * x * y;
}

static bool
driver_is_valid(const void *body, int width)
{
	const crm_driver_fit *fit = body;

	for (int i = 0; i < width; i++)
		for (int j = i; j < width; j++)
			if (!pair_is_valid(fit, width, i, j))
				return false;
	return width != 1 && (width > 0 || fit->count == 0) &&
		(fit->count > 0 ? fit->weight.hi > 0 : fit->weight.hi == 0);
}

const crm_layout crm_driver_layout = {
	"crm_driver_model", driver_fields, 5, 0, driver_is_valid, driver_merge, 2
};

/* The matrices of a solution, cut from the caller's workspace. */
typedef struct solution
{
	int			p;				/* drivers */
	double	   *r;				/* correlations of the drivers, p by p */
	double	   *vectors;		/* eigenvectors of those, in columns */
	double	   *values;			/* and eigenvalues */
	double	   *outcome;		/* correlations with the outcome, p */
	double	   *projected;		/* those on the eigenvectors */
	double	   *scale;			/* standard deviations, 1 + p */
	double	   *factor;			/* Cholesky rows of a subset, p by p */
	double	   *forward;		/* the outcome solved forward through them */
	double	   *explained;		/* R squared of every subset, 2^p, or none */
} solution;

size_t
crm_driver_workspace(int width)
{
	size_t		p = width - 1;

	return 3 * p * p + 5 * p + 1 +
		(p <= CRM_MAX_SHAPLEY ? (size_t) 1 << p : 0);
}

static solution
divide_workspace(int p, double *workspace)
{
	solution	s = {.p = p};

	s.r = workspace;
	s.vectors = s.r + p * p;
	s.factor = s.vectors + p * p;
	s.values = s.factor + p * p;
	s.outcome = s.values + p;
	s.projected = s.outcome + p;
	s.forward = s.projected + p;
	s.scale = s.forward + p;
	s.explained = s.scale + p + 1;
	return s;
}

/* Fills r and outcome; false when a variable does not vary. */
static bool
correlate(const crm_driver_fit *fit, const solution *s)
{
	int			width = s->p + 1;
	bool		all_vary = true;

	for (int i = 0; i < width; i++)
	{
		s->scale[i] = fit->count == 0 ? 0 : sqrt(covariance(fit, width, i, i));
		all_vary = all_vary && s->scale[i] > 0;
	}
	for (int i = 0; i < width; i++)
		for (int j = i + 1; j < width; j++)
		{
			double		scale = s->scale[i] * s->scale[j];
			double		r = scale > 0 ?
				covariance(fit, width, i, j) / scale : NAN;

			r = r > 1 ? 1 : r < -1 ? -1 : r;
			if (i == 0)
				s->outcome[j - 1] = r;
			else
				s->r[(i - 1) * s->p + j - 1] =
					s->r[(j - 1) * s->p + i - 1] = r;
		}
	for (int i = 0; i < s->p; i++)
		s->r[i * s->p + i] = 1;
	return all_vary;
}

/* Turns the plane of columns i and j, or of rows with step 1, by an angle. */
static void
rotate(double *matrix, int p, int i, int j, int step, double cosine,
	   double sine)
{
	int			other = step == 1 ? p : 1;

	for (int k = 0; k < p; k++)
	{
		double	   *x = &matrix[k * step + i * other];
		double	   *y = &matrix[k * step + j * other];
		double		turned = cosine * *x - sine * *y;

		*y = sine * *x + cosine * *y;
		*x = turned;
	}
}

/*
 * Eigenvalues and eigenvectors by cyclic Jacobi rotations, with the angle of
 * Golub and Van Loan (Matrix Computations, 8.5). The matrix in a is lost.
 */
static void
jacobi(double *a, int p, double *vectors, double *values)
{
	double		off = 1;

	for (int i = 0; i < p * p; i++)
		vectors[i] = i % (p + 1) == 0;
	for (int sweep = 0; sweep < 60 && off > 1e-40; sweep++)
	{
		off = 0;
		for (int i = 0; i < p; i++)
			for (int j = i + 1; j < p; j++)
			{
				double		apart = a[j * p + j] - a[i * p + i];
				double		shared = a[i * p + j];
				double		tau = apart / (2 * shared);
				double		t = copysign(1 / (fabs(tau) +
											  sqrt(1 + tau * tau)), tau);
				double		cosine = 1 / sqrt(1 + t * t);

				if (shared == 0)
					continue;
				off += shared * shared;
				rotate(a, p, i, j, p, cosine, t * cosine);
				rotate(a, p, i, j, 1, cosine, t * cosine);
				rotate(vectors, p, i, j, p, cosine, t * cosine);
			}
	}
	for (int i = 0; i < p; i++)
		values[i] = a[i * p + i];
}

/* The sum over the eigenvectors of v_j v_k lambda^power. */
static double
spectral(const solution *s, int j, int k, double power)
{
	double		sum = 0;

	for (int e = 0; e < s->p; e++)
		sum += s->vectors[j * s->p + e] * s->vectors[k * s->p + e] *
			pow(s->values[e], power);
	return sum;
}

/* As spectral(), for the outcome's correlations instead of a column. */
static double
spectral_outcome(const solution *s, int j, double power)
{
	double		sum = 0;

	for (int e = 0; e < s->p; e++)
		sum += s->vectors[j * s->p + e] * s->projected[e] *
			pow(s->values[e], power);
	return sum;
}

/*
 * With R = V D V', the closest orthonormal variables relate to the drivers by
 * L = V sqrt(D) V' and to the outcome by b = V D^(-1/2) V' r. Driver j then
 * accounts for the sum over k of L_jk^2 b_k^2.
 */
static double
relative_weights(const solution *s, crm_driver *result)
{
	double		r_squared = 0;

	for (int j = 0; j < s->p; j++)
	{
		result[j].beta = spectral_outcome(s, j, -1);
		result[j].relative_weight = 0;
		for (int k = 0; k < s->p; k++)
		{
			double		l = spectral(s, j, k, 0.5);
			double		b = spectral_outcome(s, k, -0.5);

			result[j].relative_weight += l * l * b * b;
		}
		r_squared += result[j].relative_weight;
	}
	return r_squared;
}

/*
 * Visits every subset that adds drivers beyond those in mask, in ascending
 * order. Row `size` of the Cholesky factor belongs to the driver just added,
 * so that each subset costs one row.
 */
static void
explain_subsets(const solution *s, int *member, int size, int mask)
{
	double	   *row = s->factor + size * s->p;
	int			first = size == 0 ? 0 : member[size - 1] + 1;

	for (int j = first; j < s->p; j++)
	{
		double		rest = s->outcome[j];
		double		variance = 1;

		for (int k = 0; k < size; k++)
		{
			const double *above = s->factor + k * s->p;

			row[k] = s->r[member[k] * s->p + j];
			for (int l = 0; l < k; l++)
				row[k] -= row[l] * above[l];
			row[k] /= above[k];
			variance -= row[k] * row[k];
			rest -= row[k] * s->forward[k];
		}
		row[size] = sqrt(variance);
		s->forward[size] = rest / row[size];
		member[size] = j;
		s->explained[mask | 1 << j] = s->explained[mask] +
			s->forward[size] * s->forward[size];
		explain_subsets(s, member, size + 1, mask | 1 << j);
	}
}

/* Driver j's mean gain over all orders: by the size of what came before. */
static double
shapley_share(const solution *s, int j)
{
	double		share = 0;

	for (int mask = 0; mask < 1 << s->p; mask++)
	{
		int			size = __builtin_popcount(mask);
		double		orders = s->p;

		if (mask & 1 << j)
			continue;
		for (int k = 1; k <= size; k++)
			orders *= (double) (s->p - k) / k;
		share += (s->explained[mask | 1 << j] - s->explained[mask]) / orders;
	}
	return share;
}

static bool
is_singular(const solution *s)
{
	for (int e = 0; e < s->p; e++)
		if (!(s->values[e] > SINGULAR_EIGENVALUE))
			return true;
	return false;
}

crm_status
crm_driver_solve(const crm_driver_fit *fit, int width, double *workspace,
				 crm_driver *result, double *r_squared)
{
	solution	s = divide_workspace(width - 1, workspace);
	bool		all_vary = correlate(fit, &s);
	int			member[CRM_MAX_SHAPLEY];

	*r_squared = NAN;
	for (int j = 0; j < s.p; j++)
		result[j] = (crm_driver) {s.outcome[j], NAN, NAN, NAN};
	if (!all_vary)
		return CRM_SINGULAR;
	memcpy(s.factor, s.r, sizeof(double) * s.p * s.p);
	jacobi(s.factor, s.p, s.vectors, s.values);
	if (is_singular(&s))
		return CRM_SINGULAR;
	for (int e = 0; e < s.p; e++)
	{
		s.projected[e] = 0;
		for (int j = 0; j < s.p; j++)
			s.projected[e] += s.vectors[j * s.p + e] * s.outcome[j];
	}
	*r_squared = fmin(relative_weights(&s, result), 1);
	if (s.p > CRM_MAX_SHAPLEY)
		return CRM_OK;
	s.explained[0] = 0;
	explain_subsets(&s, member, 0, 0);
	for (int j = 0; j < s.p; j++)
		result[j].shapley = shapley_share(&s, j);
	return CRM_OK;
}
