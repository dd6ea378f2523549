#!/usr/bin/env python3
"""BG/NBD, MBG/NBD and Pareto/NBD with covariates by scipy, from the formulas of
the papers, maximised by differences. For the constants of
test/clv_covariates.sql, whose customers it reads from standard input: lines of
frequency, recency, age and covariates, in weeks.

    bench/clv_covariates.py pareto/nbd < customers.csv
"""
import sys

import numpy as np
from scipy.optimize import minimize
from scipy.special import betaln, gammaln, hyp2f1

data = np.loadtxt(sys.stdin, delimiter=",")
x, t_x, T = data[:, :3].T
z = data[:, 3:]
q = z.shape[1]


def bgnbd(m, r, alpha, a, b):
    common = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
    alive = betaln(a, b + x + m) - betaln(a, b) - (r + x) * np.log(alpha + T)
    left = betaln(a + 1, b + x + m - 1) - betaln(a, b) \
        - (r + x) * np.log(alpha + t_x)
    left = np.where(x + m > 0, left, -np.inf)
    return common + np.logaddexp(alive, left)


def pareto(r, alpha, s, beta):
    """With A0 of Fader & Hardie (2005)."""
    less = alpha < beta
    top = np.maximum(alpha, beta)
    second = np.where(less, r + x, s + 1)
    ratio = np.abs(alpha - beta)

    def part(t):
        return hyp2f1(r + s + x, second, r + s + x + 1, ratio / (top + t)) \
            / (top + t) ** (r + s + x)
    common = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + s * np.log(beta)
    alive = (alpha + T) ** -(r + x) * (beta + T) ** -s
    return common + np.log(alive + s / (r + s + x) * (part(t_x) - part(T)))


def log_likelihood(p):
    r, alpha, third, fourth = np.exp(p[:4])
    alpha = alpha * np.exp(-z @ p[4:4 + q])
    move = np.exp(z @ p[4 + q:])
    # Beyond it the differences of ln Gamma have lost their digits.
    if max(move.max(), 1 / move.min()) * max(third, fourth) > 1e6:
        return -1e10
    with np.errstate(all="ignore"):
        if sys.argv[1] == "pareto/nbd":
            value = pareto(r, alpha, third, fourth / move).sum()
        else:
            value = bgnbd(sys.argv[1] == "mbg/nbd", r, alpha, third * move,
                          fourth * move).sum()
    return value if np.isfinite(value) else -1e10


at = np.concatenate([np.log([1, 5, 1, 5]), np.zeros(2 * q)])
for _ in range(3):
    at = minimize(lambda p: -log_likelihood(p), at, method="BFGS",
                  options={"gtol": 1e-6}).x
    at = minimize(lambda p: -log_likelihood(p), at, method="Nelder-Mead",
                  options={"xatol": 1e-9, "fatol": 1e-9, "maxiter": 20000,
                           "maxfev": 20000, "adaptive": True}).x
print(repr(log_likelihood(at)), *np.exp(at[:4]), *at[4:])
