#!/usr/bin/env python3
"""Reference values for gamma-function terms.

    python3 test/reference/special.py > test/reference/special.h
"""
from mpmath import loggamma, ln, mp, mpf, nstr, psi

mp.dps = 400                   # 1e100 + 1 needs its digits


def show(texts, *values):
    print("\t{" + ", ".join(list(texts) + [nstr(v, 17) for v in values]) + "},")


print("""/*
 * special.h
 *		Written by special.py; do not edit.
 */
static const struct
{
	double		a, n, log_rising, digamma_rise, trigamma_rise, log_beta;
}			rises[] = {""")
for at in ("1e-100", "1e-6", "1e-3", "0.2425945", "1", "1.5", "2", "11.999",
           "12", "100.25", "1e4", "1e6", "1e8", "1e100"):
    for nt in ("1", "1.5", "2", "7", "171", "5000", "1e8", "1e15"):
        a, n = mpf(float(at)), mpf(float(nt))
        show((at, nt), loggamma(a + n) - loggamma(a), psi(0, a + n) - psi(0, a),
             psi(1, a + n) - psi(1, a),
             loggamma(a) + loggamma(n) - loggamma(a + n))
print("""};

static const struct
{
	double		x, trigamma, rest;
}			gammas[] = {""")
for xt in ("1e-100", "1e-5", "0.1", "0.5", "1", "1.4616321449683623", "2",
           "3.25", "11.75", "12", "12.5", "50", "1e4", "1e8", "1e100"):
    x = mpf(float(xt))
    show((xt,), psi(1, x), loggamma(x) - x * ln(x) + x)
print("};")
