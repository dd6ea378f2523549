#!/usr/bin/env python3
"""Reference values for the Gamma-Gamma model.

    python3 test/reference/clv_gammagamma.py > test/reference/clv_gammagamma.h

Straight from the model's assumptions: the mean of x purchases is gamma
distributed with shape p x and rate nu x, and nu is gamma distributed with
shape q and rate gamma. The density of the mean, and the mean purchase that
follows from it, are integrals over nu, taken in its logarithm about the
maximum of the integrand.
"""
import random
from mpmath import exp, ln, loggamma, mp, mpf, nstr, quad, sqrt

mp.dps = 40


def log_integral(k, rate):
    """ln of the integral of nu^(k - 1) exp(-rate nu)."""
    width = 1 / sqrt(k)
    top = k * ln(k / rate) - k

    def integrand(v):
        return exp(k * v - rate * exp(v) - top)
    middle = ln(k / rate)
    right = [middle + j * min(width, 1) for j in (1, 3, 6, 10, 15)]
    left = [middle - j * width for j in (1, 3, 6, 10, 15)]
    while k * (middle - left[-1]) < 110:
        left.append(middle - 2 * (middle - left[-1]))
    return ln(quad(integrand, left[::-1] + [middle] + right)) + top


def log_density(p, q, gamma, x, z):
    constant = (p * x * ln(x) + (p * x - 1) * ln(z) - loggamma(p * x)
                + q * ln(gamma) - loggamma(q))
    return constant + log_integral(p * x + q, x * z + gamma)


def expected(p, q, gamma, x, z):
    """E[p / nu], given x purchases of mean z."""
    k, rate = p * x + q, x * z + gamma
    return p * exp(log_integral(k - 1, rate) - log_integral(k, rate))


print("""/*
 * clv_gammagamma.h
 *		Written by clv_gammagamma.py; do not edit.
 */
static const struct
{
	double		p, q, gamma, x, z, log_likelihood, expected;
}			gammagamma_grid[] = {""")
random.seed(6)
for _ in range(150):
    text = [random.choice(["0.01", "0.5", "1", "6.25", "80", "1e4"]),
            random.choice(["1.01", "1.5", "3.74", "40", "1e4"]),
            random.choice(["1e-4", "1", "15.44", "1e4"]),
            random.choice(["1", "2", "26", "5000"]),
            random.choice(["0.01", "35.17", "1e4"])]
    v = [mpf(float(t)) for t in text]
    print("\t{" + ", ".join(text + [nstr(log_density(*v), 17),
                                    nstr(expected(*v), 17)]) + "},")
print("};")
