#!/usr/bin/env python3
"""Does a fit with covariates find the best maximum?

Draws mixtures of customers, some of whom leave, purchase or stay away by their
covariates, fits each model, and maximises the same likelihood with scipy's
L-BFGS-B within the same bounds, from 20 random starts. Prints each data set
where scipy's best log-likelihood is higher by more than 1e-6, and a summary with the processor time of both fits.

    nice bench/clv_effects_modes.py [DATA_SETS [SEED]]    needs numpy and scipy
"""
import ctypes
import os
import subprocess
import sys
import tempfile
import time

import numpy
from scipy.optimize import minimize

MODELS = ["bg/nbd", "mbg/nbd", "pareto/nbd"]
STARTS = 20
TOLERANCE = 1e-6
top = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")

SHIM = r"""
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/clv/effects.h"
#include "core/clv/family.h"
#include "core/numeric/special.h"

/* Log-likelihood and gradient by ln of the parameters and by the effects. */
double bench_value(int kind, const double *rows, size_t count, int q,
				   const double *u, double *gradient)
{
	const crm_clv_family *family = crm_clv_family_of(kind);
	double value = 0;

	memset(gradient, 0, (4 + 2 * q) * sizeof(double));
	for (size_t i = 0; i < count; i++)
	{
		const double *z = rows + i * (q + 4);
		const crm_history *h = (const crm_history *) (z + q);
		double w = h->weight, p[4], move[2] = {0, 0};
		crm_clv_slopes d;

		for (int k = 0; k < q; k++)
		{
			move[0] += u[4 + k] * z[k];
			move[1] += u[4 + q + k] * z[k];
		}
		for (int j = 0; j < 4; j++)
			p[j] = exp(u[j] + family->by_gamma[j] * move[0]
					   + family->by_delta[j] * move[1]);
		family->slopes(p, h, &d);
		value += w * (d.value + crm_log_rising(p[0], h->frequency));
		gradient[0] += w * p[0] * crm_digamma_rise(p[0], h->frequency);
		for (int j = 0; j < 4; j++)
		{
			gradient[j] += w * d.gradient[j];
			for (int k = 0; k < q; k++)
			{
				gradient[4 + k] += w * family->by_gamma[j] * d.gradient[j] * z[k];
				gradient[4 + q + k] += w * family->by_delta[j] * d.gradient[j] * z[k];
			}
		}
	}
	return value;
}

/* Both fits: their log-likelihoods, the parameters, the effects, the notes. */
int bench_fit(int kind, double *rows, size_t count, int q, double *plain,
			  double *found, double *parameter)
{
	crm_history *history = malloc(count * sizeof(crm_history));
	size_t groups = count;
	crm_clv_data data = {history, 0, NAN, 0};
	crm_clv_part without, part;
	crm_clv_effects effects;
	int status;

	for (size_t i = 0; i < count; i++)
		history[i] = *(crm_history *) (rows + i * (q + 4) + q);
	crm_history_group(history, &groups, NULL, NULL);
	data.count = groups;
	status = crm_clv_estimate(kind, &data, NULL, NULL, &without);
	free(history);
	if (status != 0)
		return 100 + status;
	*plain = without.log_likelihood;
	status = crm_clv_estimate_effects(kind, rows, count, q, &without, NULL,
									  NULL, &part, &effects);
	*found = part.log_likelihood;
	memcpy(parameter, part.parameter, 4 * sizeof(double));
	memcpy(parameter + 4, effects.effect, 2 * q * sizeof(double));
	parameter[4 + 2 * q] = part.boundary & 0xfff;
	return status;
}
"""


def build():
    """The core and the shim as a shared library."""
    folder = tempfile.mkdtemp()
    library = os.path.join(folder, "core.so")
    with open(os.path.join(folder, "shim.c"), "w", encoding="ascii") as file:
        file.write(SHIM)
    sources = subprocess.run("ls src/core/*/*.c", shell=True, cwd=top,
                             capture_output=True, text=True, check=True)
    subprocess.run(["cc", "-std=gnu11", "-O2", "-ffp-contract=off", "-shared",
                    "-fPIC", "-Isrc", "-o", library, file.name,
                    *sources.stdout.split(), "-lm"], cwd=top, check=True)
    core = ctypes.CDLL(library)
    core.bench_value.restype = ctypes.c_double
    return core


def pointer(array):
    return array.ctypes.data_as(ctypes.c_void_p)


def draw(chance, q):
    """Customers of one or two kinds, and covariates that know something."""
    n = int(numpy.exp(chance.uniform(numpy.log(100), numpy.log(3000))))
    z = numpy.column_stack([chance.random(n) < 0.4 if chance.random() < 0.5
                            else chance.normal(0, 1, n) for _ in range(q)])
    z = z.astype(float)
    age = numpy.ceil(chance.uniform(20, 80, n))
    kind = chance.random(n) < chance.uniform(0.3, 1)
    style = chance.integers(5)
    gamma, delta = chance.normal(0, 0.7, (2, q))
    rate = chance.gamma(numpy.exp(chance.uniform(-1, 2)), 1, n) \
        * numpy.exp(chance.uniform(-4, 0) + z @ gamma)
    rate = numpy.minimum(rate, 5)
    a, b = numpy.exp(chance.uniform(-2, 2, 2))
    leave = chance.beta(a, b, n)
    if style == 1:              # the others never come back
        leave = numpy.where(kind, leave, 1)
    elif style == 2:            # the others are steady
        leave = numpy.where(kind, leave, 0)
        rate = numpy.where(kind, rate, numpy.median(rate))
    elif style == 3:            # who leaves is by the covariates
        leave = 1 / (1 + numpy.exp(2 - 1.5 * (z @ delta)))
    elif style == 4:            # half never come back, half always do
        leave = numpy.where(kind, 0, 1)
    rows = numpy.zeros((n, q + 4))
    rows[:, :q], rows[:, q + 2], rows[:, q + 3] = z, age, 1
    for i in range(n):
        t, x, last = 0.0, 0, 0.0
        if style in (1, 4) and chance.random() < leave[i]:
            continue
        while x < 300:
            t += chance.exponential(1 / rate[i])
            if t > age[i]:
                break
            day = min(round(t * 7) / 7, age[i])
            if day > last:
                x, last = x + 1, day
            if chance.random() < leave[i]:
                break
        rows[i, q], rows[i, q + 1] = x, last
    order = numpy.lexsort((rows[:, q + 1], rows[:, q + 2], rows[:, q]))
    return style, numpy.ascontiguousarray(rows[order])


def theirs(core, kind, rows, q, chance):
    """In covariates that are centred and scaled, within our box."""
    scaled = rows.copy()
    scaled[:, :q] = (rows[:, :q] - rows[:, :q].mean(0)) / rows[:, :q].std(0)
    age = rows[:, q + 2].mean()
    n = 4 + 2 * q
    lower, upper = numpy.full(n, -20.0), numpy.full(n, 20.0)
    lower[:4], upper[:4] = numpy.log(1e-6), numpy.log(1e6)
    for i in (1, 3) if kind == 2 else (1,):
        lower[i], upper[i] = numpy.log(1e-6 * age), numpy.log(1e10 * age)
    gradient = numpy.zeros(n)

    def objective(u):
        u = numpy.ascontiguousarray(u)
        value = core.bench_value(kind, pointer(scaled),
                                 ctypes.c_size_t(len(rows)), q, pointer(u),
                                 pointer(gradient))
        if not numpy.isfinite(value + gradient.sum()):
            return 1e300, numpy.zeros(n)
        return -value, -gradient.copy()

    best, at = -numpy.inf, None
    for _ in range(STARTS):
        start = numpy.concatenate([chance.uniform(-3, 3, 4),
                                   chance.normal(0, 0.7, 2 * q)])
        for i in (1, 3) if kind == 2 else (1,):
            start[i] += numpy.log(age) / 2
        end = minimize(objective, start, jac=True, method="L-BFGS-B",
                       bounds=list(zip(lower, upper)),
                       options={"maxiter": 1000, "maxfun": 2000,
                                "ftol": 1e-14, "gtol": 1e-7})
        if -end.fun > best:
            best, at = -end.fun, end.x
    return best, at


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    core = build()
    tried, worse, better, failed = 0, 0, 0, 0
    for number in range(count):
        chance = numpy.random.default_rng([seed, number])
        q = int(chance.integers(1, 4))
        kind = number % 3
        style, rows = draw(chance, q)
        plain, found = ctypes.c_double(), ctypes.c_double(-numpy.inf)
        parameter = numpy.zeros(5 + 2 * q)
        since = time.process_time()
        status = core.bench_fit(kind, pointer(rows), ctypes.c_size_t(len(rows)),
                                q, ctypes.byref(plain), ctypes.byref(found),
                                pointer(parameter))
        took = time.process_time() - since
        if status >= 100:
            continue
        tried += 1
        if status != 0:
            failed += 1
            print(f"{number}: {MODELS[kind]} status {status}", flush=True)
            continue
        best, at = theirs(core, kind, rows, q, chance)
        gap = best - found.value
        better += gap < -1e-3
        if gap > TOLERANCE:
            worse += 1
            print(f"{number}: {MODELS[kind]} style {style}, {len(rows)} rows, "
                  f"{q} covariates: {found.value:.6f} (without {plain.value:.3f}"
                  f", {took:.3f} s), scipy {best:.6f}, higher by {gap:.2e}\n"
                  f"  {numpy.round(parameter, 3)}\n  {numpy.round(at, 3)}",
                  flush=True)
    print(f"{tried} data sets, scipy higher in {worse}, lower by more than "
          f"0.001 in {better}, refused {failed}")
    return worse > 0


if __name__ == "__main__":
    sys.exit(main())
