#!/usr/bin/env python3
"""MBG/CNBD-k by scipy: the likelihood of the paper, customer by customer, with
the gaps themselves, maximised without derivatives. For the constants of
test/clv_cnbd_data.sql.

    bench/clv_cnbd.py ../shared/data/grocery.csv 2006-12-31
"""
import csv
import sys
from collections import defaultdict
from datetime import date

import numpy as np
from scipy.optimize import minimize
from scipy.special import betaln, gammaln, logsumexp

days = defaultdict(set)
as_of = date.fromisoformat(sys.argv[2])
for row in csv.DictReader(open(sys.argv[1], encoding="ascii")):
    day = date.fromisoformat(row["purchased_on"])
    if day <= as_of:
        days[row["customer_id"]].add(day)
x, t_x, T, gaps = [], [], [], []
for of in days.values():
    of = sorted(of)
    x.append(len(of) - 1)
    t_x.append((of[-1] - of[0]).days / 7)
    T.append((as_of - of[0]).days / 7)
    gaps.append(sum(np.log((b - a).days / 7) for a, b in zip(of, of[1:])))
x, t_x, T, gaps = map(np.array, (x, t_x, T, gaps))


def log_likelihood(logs, k):
    r, alpha, a, b = np.exp(logs)
    R = r + k * x
    common = (gammaln(R) - gammaln(r) + r * np.log(alpha)
              + (k - 1) * gaps - x * gammaln(k))
    alive = betaln(a, b + x + 1) - betaln(a, b) + logsumexp(
        [gammaln(R + j) - gammaln(R) - gammaln(j + 1)
         + (j * np.log(np.maximum(T - t_x, 1e-300)) if j > 0 else 0)
         - (R + j) * np.log(alpha + T) for j in range(k)], axis=0)
    left = betaln(a + 1, b + x) - betaln(a, b) - R * np.log(alpha + t_x)
    return np.sum(common + np.logaddexp(alive, left))


for k in range(1, 6):
    at = np.log([1, 6 / k, 0.4, 0.8])
    for _ in range(4):
        at = minimize(lambda p: -log_likelihood(p, k), at, method="Nelder-Mead",
                      options={"xatol": 1e-10, "fatol": 1e-9, "maxiter": 5000}).x
    print(k, log_likelihood(at, k), *np.exp(at))
