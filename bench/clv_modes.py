#!/usr/bin/env python3
"""Does a fit find the best maximum? Ours against an independent optimiser.

Draws data sets over wide truths, mixtures and degenerate cases, of 20 to
20,000 customers, fits each model to them, and maximises the same likelihood
with scipy's L-BFGS-B within the same bounds, from 20 random starts. Prints
each data set where scipy's best is higher by more than 1e-6, and a summary.

    nice bench/clv_modes.py [DATA_SETS [SEED [FIRST]]]    needs numpy and scipy
"""
import ctypes
import os
import subprocess
import sys
import tempfile

import numpy
from scipy.optimize import minimize

MODELS = ["bg/nbd", "mbg/nbd", "pareto/nbd", "bg/bb", "gamma-gamma"]
TOLERANCE = 1e-6
STARTS = 20
MAX = 4
PARAMETERS = 5                  # of a part
top = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")


def build():
    """The core as a shared library."""
    library = os.path.join(tempfile.mkdtemp(), "core.so")
    sources = subprocess.run("ls src/core/*/*.c", shell=True, cwd=top,
                             capture_output=True, text=True, check=True)
    subprocess.run(["cc", "-std=gnu11", "-O2", "-ffp-contract=off", "-shared",
                    "-fPIC", "-Isrc", "-o", library, *sources.stdout.split(),
                    "-lm"], cwd=top, check=True)
    return ctypes.CDLL(library)


class Derivatives(ctypes.Structure):
    _fields_ = [("value", ctypes.c_double),
                ("gradient", ctypes.c_double * MAX),
                ("hessian", ctypes.c_double * (MAX * MAX))]


class Data(ctypes.Structure):
    _fields_ = [("rows", ctypes.c_void_p), ("count", ctypes.c_size_t),
                ("log_gaps", ctypes.c_double), ("k", ctypes.c_int)]


class Part(ctypes.Structure):
    _fields_ = [("n", ctypes.c_int32), ("boundary", ctypes.c_uint32),
                ("iterations", ctypes.c_int32),
                ("has_covariance", ctypes.c_int32),
                ("parameter", ctypes.c_double * PARAMETERS),
                ("covariance", ctypes.c_double * (PARAMETERS * PARAMETERS)),
                ("log_likelihood", ctypes.c_double),
                ("gradient_norm", ctypes.c_double),
                ("customers", ctypes.c_double),
                ("distinct", ctypes.c_double)]


class Bgnbd(ctypes.Structure):
    _fields_ = [("kind", ctypes.c_int),
                ("parameter", ctypes.c_double * 4)]


class Plain(ctypes.Structure):
    _fields_ = [("parameter", ctypes.c_double * 4)]


def derivatives_of(core, model, parameter, rows):
    """Log-likelihood and gradient."""
    result = Derivatives()
    if model in ("bg/nbd", "mbg/nbd"):
        law = Bgnbd(MODELS.index(model), tuple(parameter))
        function = core.crm_bgnbd_derivatives
    else:
        law = Plain(tuple(parameter) + (0,) * (4 - len(parameter)))
        function = {"pareto/nbd": core.crm_pareto_derivatives,
                    "bg/bb": core.crm_bgbb_derivatives,
                    "gamma-gamma": core.crm_gammagamma_derivatives}[model]
    function(ctypes.byref(law), rows.ctypes.data_as(ctypes.c_void_p),
             ctypes.c_size_t(len(rows)), None, None, ctypes.byref(result))
    return result.value, numpy.array(result.gradient[:len(parameter)])


def ours(core, model, rows):
    part = Part()
    pointer = rows.ctypes.data_as(ctypes.c_void_p)
    count = ctypes.c_size_t(len(rows))
    if model == "gamma-gamma":
        correlation = ctypes.c_double()
        status = core.crm_clv_estimate_spend(pointer, count, None, None,
                                             ctypes.byref(part),
                                             ctypes.byref(correlation))
    else:
        data = Data(pointer, len(rows), numpy.nan, 0)
        status = core.crm_clv_estimate(MODELS.index(model), ctypes.byref(data),
                                       None, None, ctypes.byref(part))
    return status, part


def box(model, rows):
    """The bounds of our fits, in logarithms."""
    weights = rows[:, -1] / rows[:, -1].sum()
    lower, upper = numpy.full(4, 1e-6), numpy.full(4, 1e6)
    if model == "gamma-gamma":
        mean = (rows[:, 1] * weights).sum()
        lower, upper = lower[:3], upper[:3]
        lower[2], upper[2] = 1e-12 * mean, 1e10 * mean
    elif model != "bg/bb":
        age = (rows[:, 2] * weights).sum()
        for i in (1, 3) if model == "pareto/nbd" else (1,):
            lower[i], upper[i] = 1e-6 * age, 1e10 * age
    return numpy.log(lower), numpy.log(upper)


def theirs(core, model, rows, chance):
    lower, upper = box(model, rows)

    def objective(logs):
        parameter = numpy.exp(logs)
        value, gradient = derivatives_of(core, model, parameter, rows)
        if not numpy.isfinite(value):
            return 1e300, numpy.zeros(len(logs))
        return -value, -gradient * parameter

    best, best_at = -numpy.inf, None
    centre = numpy.log(1.0) * numpy.ones(len(lower))
    for i, (low, high) in enumerate(zip(lower, upper)):
        if high - low > 40 or low != numpy.log(1e-6):
            centre[i] = low - numpy.log(1e-6) if model != "gamma-gamma" \
                else low - numpy.log(1e-12)
    for _ in range(STARTS):
        start = numpy.clip(centre + chance.uniform(-7, 7, len(lower)), lower,
                           upper)
        end = minimize(objective, start, jac=True, method="L-BFGS-B",
                       bounds=list(zip(lower, upper)),
                       options={"maxiter": 3000, "maxfun": 6000,
                                "ftol": 1e-15, "gtol": 1e-8, "maxls": 50})
        if -end.fun > best:
            best, best_at = -end.fun, numpy.exp(end.x)
    return best, best_at


# Data

def grouped(rows):
    """Equal rows as one, in the order of frequency, age and recency."""
    keys, counts = numpy.unique(rows, axis=0, return_counts=True)
    rows = numpy.column_stack([keys, counts.astype(float)])
    order = numpy.lexsort((rows[:, 1], rows[:, 2], rows[:, 0])) \
        if keys.shape[1] == 3 else numpy.lexsort((rows[:, 1], rows[:, 0]))
    return numpy.ascontiguousarray(rows[order])


def purchases(chance, n, age, lives, rate):
    """Histories in days / 7 of customers with a rate, and what ends a life."""
    rows = numpy.zeros((n, 3))
    for i in range(n):
        time, last, x = 0.0, 0.0, 0
        end = lives[0][i] if lives[0] is not None else numpy.inf
        leave = lives[1][i] if lives[1] is not None else 0
        if lives[2] and chance.random() < leave:
            end = 0
        while x < 200:
            time += chance.exponential(1 / rate[i]) if rate[i] > 0 else 1e9
            if time > age[i] or time > end:
                break
            day = min(round(time * 7) / 7, age[i])
            if day > last:
                x, last = x + 1, day
            if chance.random() < leave:
                break
        rows[i] = x, last, age[i]
    return rows


def draw_part(chance, n, age):
    r, alpha = numpy.exp(chance.uniform(-3, 3)), numpy.exp(chance.uniform(-1, 4))
    rate = chance.gamma(r, 1 / alpha, n)
    style = chance.integers(6)
    if style == 0:              # nobody leaves
        return purchases(chance, n, age, (None, None, False), rate)
    if style == 1:              # nobody comes back
        return purchases(chance, n, age, (numpy.zeros(n), None, False), rate)
    if style == 2:              # one rate, as steady as a clock
        rate = numpy.full(n, min(r / alpha, 3))
        return purchases(chance, n, age, (None, None, False), rate)
    if style == 3:              # lives end at a rate
        s, beta = numpy.exp(chance.uniform(-3, 2)), numpy.exp(chance.uniform(-4, 5))
        lives = chance.exponential(1, n) / chance.gamma(s, 1 / beta, n)
        return purchases(chance, n, age, (lives, None, False), rate)
    a, b = numpy.exp(chance.uniform(-3, 2, 2))
    leave = chance.beta(a, b, n)
    return purchases(chance, n, age, (None, leave, style == 5), rate)


def draw_histories(chance):
    n = int(numpy.exp(chance.uniform(numpy.log(20), numpy.log(20000))))
    longest = numpy.exp(chance.uniform(1, 5.5))
    age = numpy.ceil(longest * chance.uniform(chance.choice([0.1, 0.5, 1]), 1, n)
                     * 7) / 7
    parts = chance.choice([1, 2, 3], p=[0.5, 0.4, 0.1])
    which = chance.integers(parts, size=n)
    rows = [draw_part(chance, (which == k).sum(), age[which == k])
            for k in range(parts)]
    return grouped(numpy.vstack(rows))


def draw_spends(chance):
    n = int(numpy.exp(chance.uniform(numpy.log(20), numpy.log(20000))))
    x = chance.geometric(numpy.exp(chance.uniform(-3, -0.2)), n).astype(float)
    style = chance.integers(5)
    if style == 0:              # two prices
        z = numpy.where(chance.random(n) < chance.uniform(0.1, 0.9), 5.0,
                        numpy.exp(chance.uniform(2, 8)))
    elif style == 1:            # the law itself
        p, q = numpy.exp(chance.uniform(-2, 4, 2))
        z = numpy.maximum(chance.gamma(p * x) / x / chance.gamma(q, 1, n) * 30,
                          0.01)
    elif style == 2:            # by how often
        z = numpy.where(x % 2 == 0, 5.0, 500.0)
    elif style == 3:
        z = numpy.exp(chance.normal(3, numpy.exp(chance.uniform(-2, 1)), n))
    else:
        p = numpy.exp(chance.uniform(-1, 3))
        z = 20 * chance.gamma(p * x) / (p * x) + 0.01
    return grouped(numpy.column_stack([x, numpy.round(numpy.minimum(z, 1e15), 2)
                                       + 0.01]))


def draw_opportunities(chance):
    n = int(numpy.exp(chance.uniform(numpy.log(20), numpy.log(20000))))
    turns = int(chance.choice([3, 4, 6, 12, 30]))
    law = numpy.exp(chance.uniform(-3, 3, 4))
    buys, leaves = chance.beta(law[0], law[1], n), chance.beta(law[2], law[3], n)
    if chance.random() < 0.3:   # some never, some always
        leaves[chance.random(n) < 0.5] = chance.choice([0, 1])
    alive, x, last = numpy.ones(n, bool), numpy.zeros(n), numpy.zeros(n)
    for turn in range(1, turns + 1):
        alive &= chance.random(n) >= leaves
        bought = alive & (chance.random(n) < buys)
        x += bought
        last[bought] = turn
    return grouped(numpy.column_stack([x, last, numpy.full(n, float(turns))]))


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    first = int(sys.argv[3]) if len(sys.argv) > 3 else 0
    core = build()
    tried = dict.fromkeys(MODELS, 0)
    worse = dict.fromkeys(MODELS, 0)
    better = dict.fromkeys(MODELS, 0)
    for number in range(first, first + count):
        chance = numpy.random.default_rng([seed, number])
        model = MODELS[number % len(MODELS)]
        rows = draw_spends(chance) if model == "gamma-gamma" else \
            draw_opportunities(chance) if model == "bg/bb" else \
            draw_histories(chance)
        status, part = ours(core, model, rows)
        if status == 6 or len(rows) == 0:   # CRM_TOO_FEW
            continue
        tried[model] += 1
        best, at = theirs(core, model, rows, chance)
        gap = best - part.log_likelihood if status == 0 else numpy.inf
        better[model] += gap < -1e-3
        if gap > TOLERANCE:
            worse[model] += 1
            print(f"data set {number}, {model}, {len(rows)} rows: "
                  f"{part.log_likelihood:.6f} at {list(part.parameter)} "
                  f"flags {part.boundary}, scipy {best:.6f} at {list(at)} "
                  f"(status {status}, higher by {gap:.2e})", flush=True)
    for model in MODELS:
        print(f"{model}: {tried[model]} data sets, scipy higher in "
              f"{worse[model]}, lower by more than 0.001 in {better[model]}")
    return sum(worse.values()) > 0


if __name__ == "__main__":
    sys.exit(main())
