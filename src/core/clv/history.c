/*
 * history.c
 *		What the lifetime-value models know of a customer.
 */
#include "core/clv/history.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#define FEW 16					/* rows below which insertion is quicker */
#define MANY 512				/* rows from which spreading is quicker */
#define BUCKETS 256
#define DEEPEST 6				/* times that rows are spread */
#define WIDEST (CRM_COVARIATES_MAX + 4)

/* Rows of a run, at the most. */
#define RUN_MAX 65536

/* Rows of doubles; the last column is the weight, the others are the key. */
typedef struct row_layout
{
	int			width;
	int			keys;
	int			key[WIDEST - 1];	/* columns in the order of comparison */
} row_layout;

/* What a sort is told, beside the rows. */
typedef struct order
{
	row_layout	layout;
	crm_interrupt interrupt;
	void	   *arg;
} order;

static const row_layout history_layout = {4, 3, {0, 2, 1}};
static const row_layout spend_layout = {3, 3, {0, 1, 1}};

bool
crm_history_is_valid(const crm_history *history)
{
	if (!(history->frequency <= CRM_FREQUENCY_MAX)
		|| !(history->age <= CRM_TIME_MAX)
		|| !isfinite(history->weight) || !(history->weight > 0))
		return false;
	if (!(history->recency >= 0 && history->recency <= history->age)
		|| (history->age > 0 && history->age < CRM_TIME_MIN))
		return false;
	return history->frequency >= 1
		|| (history->frequency == 0 && history->recency == 0);
}

bool
crm_spend_is_valid(const crm_spend *spend)
{
	return spend->frequency >= 1 && spend->frequency <= CRM_FREQUENCY_MAX
		&& spend->value >= CRM_VALUE_MIN && spend->value <= CRM_VALUE_MAX
		&& isfinite(spend->weight) && spend->weight > 0;
}

size_t
crm_clv_run_end(const crm_clv_rows *rows, size_t from)
{
	const crm_history *history = rows->history;
	size_t		to = from + rows->stride;

	while (to - from < RUN_MAX && to < rows->count &&
		   history[to].frequency == history[from].frequency)
		to += rows->stride;
	return to;
}

/* Of a history with so many covariates in front of it. */
static row_layout
covariate_layout(int covariates)
{
	row_layout	layout = {covariates + 4, covariates + 3,
	{covariates, covariates + 2, covariates + 1}};

	for (int i = 0; i < covariates; i++)
		layout.key[3 + i] = i;
	return layout;
}

/* By the keys after the third. */
static bool
rest_is_less(const row_layout *layout, const double *a, const double *b)
{
	for (int i = 3; i < layout->keys; i++)
		if (a[layout->key[i]] != b[layout->key[i]])
			return a[layout->key[i]] < b[layout->key[i]];
	return false;
}

/* Without branches: which of two customers is less is not predictable. */
static inline int
is_less(row_layout layout, const double *a, const double *b)
{
	const int  *key = layout.key;

	if (layout.keys > 3 && a[key[0]] == b[key[0]] && a[key[1]] == b[key[1]]
		&& a[key[2]] == b[key[2]])
		return rest_is_less(&layout, a, b);
	return (a[key[0]] < b[key[0]])
		| ((a[key[0]] == b[key[0]])
		   & ((a[key[1]] < b[key[1]])
			  | ((a[key[1]] == b[key[1]]) & (a[key[2]] < b[key[2]]))));
}

static inline void
exchange(row_layout layout, double *a, double *b)
{
	for (int i = 0; i < layout.width; i++)
	{
		double		t = a[i];

		a[i] = b[i];
		b[i] = t;
	}
}

static inline void
insertion_sort(row_layout layout, double *rows, size_t count)
{
	int			w = layout.width;

	for (size_t i = 1; i < count; i++)
		for (double *row = rows + i * w; row > rows; row -= w)
		{
			if (!is_less(layout, row, row - w))
				break;
			exchange(layout, row, row - w);
		}
}

/*
 * Move the rows less than the one at pivot to the front, then the pivot, then
 * the rest; returns how many are less. Each row is exchanged, whether it is
 * less or not, which costs less than a mispredicted branch.
 */
static inline size_t
partition(row_layout layout, double *rows, size_t count, size_t pivot)
{
	int			w = layout.width;
	size_t		less = 1;
	double		first[WIDEST];

	exchange(layout, rows, rows + pivot * w);
	memcpy(first, rows, w * sizeof(double));
	for (size_t i = 1; i < count; i++)
	{
		int			one = is_less(layout, rows + i * w, first);

		exchange(layout, rows + i * w, rows + less * w);
		less += one;
	}
	less--;
	exchange(layout, rows, rows + less * w);
	return less;
}

/*
 * Move the rows that equal the first one next to it; returns how many rows
 * the group has, where none is less than the first.
 */
static inline size_t
gather(row_layout layout, double *rows, size_t count)
{
	int			w = layout.width;
	size_t		same = 1;

	for (size_t i = 1; i < count; i++)
		if (!is_less(layout, rows, rows + i * w))
			exchange(layout, rows + i * w, rows + same++ * w);
	return same;
}

static bool
is_stopped(const order *order)
{
	return order->interrupt && order->interrupt(order->arg);
}

/* Rows of an array. */
typedef struct run
{
	double	   *rows;
	size_t		count;
} run;

/*
 * Rows less than the one at pivot, and rows after it. Where the former are few
 * there may be many rows that equal it, as customers often do, so these are
 * taken out together.
 */
static void
cut(row_layout layout, run whole, size_t pivot, run *less, run *rest)
{
	less->rows = whole.rows;
	less->count = partition(layout, whole.rows, whole.count, pivot);
	rest->rows = whole.rows + less->count * layout.width;
	rest->count = whole.count - less->count;
	if (less->count < rest->count / 8)
	{
		size_t		same = gather(layout, rest->rows, rest->count);

		rest->rows += (same - 1) * layout.width;
		rest->count -= same - 1;
	}
	rest->rows += layout.width;
	rest->count--;
}

/*
 * Quicksort with a pivot that no order of input can foresee; the fixed seed
 * keeps it deterministic. False where it was stopped.
 */
static bool
quicksort(const order *order, double *rows, size_t count)
{
	const row_layout layout = order->layout;
	run			waiting[64];	/* the larger parts: at most log2(count) */
	run			now = {rows, count};
	int			depth = 0;
	uint64_t	seed = 0x9E3779B97F4A7C15u;

	for (;;)
	{
		run			less;
		run			rest;

		if (now.count < FEW)
		{
			insertion_sort(layout, now.rows, now.count);
			if (depth == 0)
				return true;
			now = waiting[--depth];
			continue;
		}
		if (now.count >= MANY && is_stopped(order))
			return false;
		seed = seed * 6364136223846793005u + 1442695040888963407u;
		cut(layout, now, (seed >> 33) % now.count, &less, &rest);
		waiting[depth++] = less.count > rest.count ? less : rest;
		now = less.count > rest.count ? rest : less;
	}
}

/* Where rows lie along a column: bucket i begins at start[i]. */
typedef struct spread
{
	int			column;
	double		least;
	double		scale;			/* buckets to a unit */
	size_t		start[BUCKETS + 1];
} spread;

/* Never less for a greater value, as no step of the arithmetic is. */
static inline size_t
bucket_of(const spread *s, const double *row)
{
	size_t		bucket = (size_t) ((row[s->column] - s->least) * s->scale);

	return bucket < BUCKETS ? bucket : BUCKETS - 1;
}

/* False where the column does not tell rows apart. */
static bool
measure(row_layout layout, int column, const double *rows, size_t count,
		spread *s)
{
	const double *end = rows + count * layout.width;
	double		least = rows[column];
	double		most = rows[column];

	for (const double *row = rows; row < end; row += layout.width)
	{
		least = row[column] < least ? row[column] : least;
		most = row[column] > most ? row[column] : most;
	}
	s->column = column;
	s->least = least;
	s->scale = BUCKETS / (most - least);
	return most > least && isfinite(s->scale);
}

/*
 * Move every row to its bucket, by exchanges (McIlroy, Bostic & McIlroy,
 * Engineering Radix Sort, 1993). False where it was stopped.
 */
static bool
distribute(const order *order, double *rows, size_t count, spread *s)
{
	const row_layout layout = order->layout;
	int			w = layout.width;
	size_t		next[BUCKETS];

	memset(s->start, 0, sizeof(s->start));
	for (size_t i = 0; i < count; i++)
		s->start[bucket_of(s, rows + i * w) + 1]++;
	for (int b = 0; b < BUCKETS; b++)
	{
		next[b] = s->start[b];
		s->start[b + 1] += s->start[b];
	}
	for (int b = 0; b < BUCKETS; b++)
	{
		if (is_stopped(order))
			return false;
		while (next[b] < s->start[b + 1])
		{
			double	   *row = rows + next[b] * w;
			size_t		to = bucket_of(s, row);

			if (to == (size_t) b)
				next[b]++;
			else
				exchange(layout, row, rows + next[to]++ * w);
		}
	}
	return true;
}

/*
 * Sort by spreading rows over the range of the first column that tells them
 * apart, again and again while they are many; what lies unevenly is left to
 * quicksort. False where it was stopped.
 */
static bool
sort(const order *order, double *rows, size_t count, int depth)
{
	const row_layout layout = order->layout;
	spread		s;
	int			key = 0;

	if (count < MANY || depth == DEEPEST)
		return quicksort(order, rows, count);
	while (!measure(layout, layout.key[key], rows, count, &s))
		if (++key == layout.keys)
			return quicksort(order, rows, count);
	if (is_stopped(order) || !distribute(order, rows, count, &s))
		return false;
	for (int b = 0; b < BUCKETS; b++)
		if (!sort(order, rows + s.start[b] * layout.width,
				  s.start[b + 1] - s.start[b], depth + 1))
			return false;
	return true;
}

/* Add up the weights of equal neighbours. */
static inline size_t
merge(row_layout layout, double *rows, size_t count)
{
	int			w = layout.width;
	size_t		last = 0;

	for (size_t i = 1; i < count; i++)
	{
		if (!is_less(layout, rows + last * w, rows + i * w))
			rows[last * w + w - 1] += rows[i * w + w - 1];
		else if (++last < i)
			memcpy(rows + last * w, rows + i * w, w * sizeof(double));
	}
	return count > 0 ? last + 1 : 0;
}

static crm_status
group(row_layout layout, double *rows, size_t *count, crm_interrupt interrupt,
	  void *arg)
{
	order order = {layout, interrupt, arg};

	if (!sort(&order, rows, *count, 0))
		return CRM_INTERRUPTED;
	*count = merge(layout, rows, *count);
	return CRM_OK;
}

crm_status
crm_history_group(crm_history *history, size_t *count,
				  crm_interrupt interrupt, void *arg)
{
	return group(history_layout, (double *) history, count, interrupt, arg);
}

crm_status
crm_spend_group(crm_spend *spend, size_t *count, crm_interrupt interrupt,
				void *arg)
{
	return group(spend_layout, (double *) spend, count, interrupt, arg);
}

crm_status
crm_covariate_group(double *rows, int covariates, size_t *count,
					crm_interrupt interrupt, void *arg)
{
	return group(covariate_layout(covariates), rows, count, interrupt, arg);
}

/*
 * Take the lesser row from either side. What is written never overtakes what
 * is read of the rows that lie in out.
 */
static crm_status
merge_sorted(row_layout layout, const double *rows, size_t *count, double *out,
			 size_t more, crm_interrupt interrupt, void *arg)
{
	int			w = layout.width;
	const double *a = rows;
	const double *a_end = rows + *count * w;
	const double *b = out + *count * w;
	const double *b_end = b + more * w;
	double	   *end = out;
	bool		is_ordered = true;

	while (a < a_end || b < b_end)
	{
		bool		from_b = a == a_end ||
			(b < b_end && is_less(layout, b, a));
		const double *row = from_b ? b : a;
		bool		rises = end == out || is_less(layout, end - w, row);

		if (!rises && !is_less(layout, row, end - w))
			end[-1] += row[w - 1];
		else
		{
			is_ordered = is_ordered && rises;
			memmove(end, row, w * sizeof(double));
			end += w;
		}
		if (from_b)
			b += w;
		else
			a += w;
	}
	*count = (end - out) / w;
	return is_ordered ? CRM_OK : group(layout, out, count, interrupt, arg);
}

crm_status
crm_spend_merge(const crm_spend *spend, size_t *count, crm_spend *out,
				size_t more, crm_interrupt interrupt, void *arg)
{
	return merge_sorted(spend_layout, (const double *) spend, count,
						(double *) out, more, interrupt, arg);
}

crm_status
crm_covariate_merge(const double *rows, int covariates, size_t *count,
					double *out, size_t more, crm_interrupt interrupt,
					void *arg)
{
	return merge_sorted(covariate_layout(covariates), rows, count, out, more,
						interrupt, arg);
}
