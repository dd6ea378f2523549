#!/usr/bin/env python3
"""Reference values for the BG/BB model.

    python3 test/reference/clv_bgbb.py > test/reference/clv_bgbb.h

The formulas of Fader, Hardie & Shang (2010) as printed, with digits enough to
lose. A removable pole is passed at a distance of 10^-60.
"""
import random
from mpmath import mp, mpf, binomial, exp, hyp2f1, ln, loggamma

from rows import exact, number, show

mp.dps = 100
NEAR = mpf(10) ** -60


def beta(a, b):
    return exp(loggamma(a) + loggamma(b) - loggamma(a + b))


def terms(al, be, ga, de, x, t_x, n):
    """The summands of the likelihood: of those alive, of all others."""
    scale = beta(al, be) * beta(ga, de)
    alive = beta(al + x, be + n - x) * beta(ga, de + n) / scale
    dead = sum(beta(al + x, be + i - x) * beta(ga + 1, de + i)
               for i in range(t_x, n)) / scale
    return alive, dead


def expected(al, be, ga, de, x, t_x, n, more):
    alive, dead = terms(al, be, ga, de, x, t_x, n)
    if ga == 1:
        ga += NEAR
    ratio = exp(loggamma(1 + de + n + more) - loggamma(1 + de + n)
                + loggamma(ga + de + n) - loggamma(ga + de + n + more))
    return alive / (alive + dead) * (al + x) / (al + be + n) \
        * (de + n) / (ga - 1) * (1 - ratio)


def residual(al, be, ga, de, x, t_x, n, rate):
    alive, dead = terms(al, be, ga, de, x, t_x, n)
    return alive / (alive + dead) * (al + x) / (al + be + n) \
        * (de + n) / (ga + de + n) / (1 + rate) \
        * hyp2f1(1, de + n + 1, ga + de + n + 1, 1 / (1 + rate))


def probability(al, be, ga, de, x, n):
    scale = beta(al, be) * beta(ga, de)
    return (binomial(n, x) * beta(al + x, be + n - x) * beta(ga, de + n)
            + sum(binomial(i, x) * beta(al + x, be + i - x)
                  * beta(ga + 1, de + i) for i in range(x, n))) / scale


SIZES = ["1e-4", "0.01", "0.6567", "1", "2.7834", "50", "1e4"]
HISTORIES = [(0, 0, 0), (0, 0, 6), (4, 5, 6), (6, 6, 6), (1, 1, 100),
             (50, 80, 100), (1, 99, 100), (200, 200, 1000), (3, 4900, 5000),
             (5000, 5000, 5000), (1, 4000, 5000)]


def main():
    random.seed(4)
    print("""/*
 * clv_bgbb.h
 *		Written by clv_bgbb.py; do not edit.
 *
 * Values below 1e-290 are given as 0.
 */
static const struct
{
	double		alpha, beta, gamma, delta, x, t_x, n, more, rate;
	double		log_likelihood, was_alive, expected, residual;
}			bgbb_grid[] = {""")
    for _ in range(250):
        model = [random.choice(SIZES) for _ in range(4)]
        history = random.choice(HISTORIES)
        more, rate = random.choice([1, 10, 1000]), random.choice(
            ["0.001", "0.1", "0.5"])
        p = exact(*model)
        alive, dead = terms(*p, *history)
        show(*model, *map(str, history), str(more), rate, ln(alive + dead),
             alive / (alive + dead), expected(*p, *history, more),
             residual(*p, *history, *exact(rate)))
    print("""};

static const struct
{
	double		alpha, beta, gamma, delta;
	int			x, n;
	double		probability;
}			bgbb_probability[] = {""")
    for _ in range(100):
        model = [random.choice(SIZES) for _ in range(4)]
        n = random.choice([1, 6, 50, 300])
        x = random.choice([0, 1, n // 2, n])
        show(*model, str(x), str(n), probability(*exact(*model), x, n))
    print("};")


main()
