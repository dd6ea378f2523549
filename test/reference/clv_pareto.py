#!/usr/bin/env python3
"""Reference values for the Pareto/NBD model.

    python3 test/reference/clv_pareto.py > test/reference/clv_pareto.h

The likelihood is that of Fader & Hardie (2005, "A Note on Deriving the
Pareto/NBD Model"), a difference of two 2F1 with digits enough to lose, and
again from its integral by tanh-sinh quadrature; both must agree. Discounted
transactions come from the exponential integral, purchase counts from the
negative binomial averaged over the time of death. Nothing here is arranged
as the C code is.
"""
import random
import sys
from mpmath import (mp, mpf, exp, expint, expm1, gamma, hyp2f1,
                    inf, ln, log1p, loggamma, quad, rf)
from mpmath.libmp import NoConvergence

from rows import exact, number, show

mp.dps = 40


def steps(end, scale):
    """Break points from 0 to end, doubling in length from scale up to 1."""
    points = [mpf(0)]
    while points[-1] + scale < end:
        points.append(points[-1] + scale)
        scale = min(2 * scale, mpf(1))
    return points + [end]


def death_by_quadrature(r, alpha, s, beta, x, t_x, T):
    """Integral of (alpha + y)^-k (beta + y)^-(s+1), over its value at t_x."""
    m = min(alpha, beta) + t_x

    def density(v):
        y = m * expm1(v)
        return exp(v - (r + x) * log1p(y / (alpha + t_x))
                   - (s + 1) * log1p(y / (beta + t_x)))
    return m * quad(density, steps(log1p((T - t_x) / m), 1 / (r + x + s + 2)))


def death_in_closed_form(r, alpha, s, beta, x, t_x, T):
    k, w, b = r + x, max(alpha, beta), (s + 1 if alpha >= beta else r + x)
    mp.dps = 120

    def part(t):
        return ((w + t_x) / (w + t)) ** (k + s) * hyp2f1(
            k + s, b, k + s + 1, abs(alpha - beta) / (w + t))
    try:
        value = ((alpha + t_x) / (w + t_x)) ** k \
            * ((beta + t_x) / (w + t_x)) ** (s + 1) * (w + t_x) \
            * (part(t_x) - part(T)) / (k + s)
    except NoConvergence:
        value = None
    mp.dps = 40
    return value


def likelihood(r, alpha, s, beta, x, t_x, T):
    """ln of it, and P(alive)."""
    k = r + x
    death = death_by_quadrature(r, alpha, s, beta, x, t_x, T)
    closed = death_in_closed_form(r, alpha, s, beta, x, t_x, T)
    if closed is None or abs(closed - death) > mpf(10) ** -25 * death:
        print("no closed form:", r, alpha, s, beta, x, t_x, T, closed, death,
              file=sys.stderr)
    alive = ((alpha + T) / (alpha + t_x)) ** -k * ((beta + T) / (beta + t_x)) ** -s
    dead = s / (beta + t_x) * death
    value = (loggamma(k) - loggamma(r) + r * ln(alpha) + s * ln(beta)
             - k * ln(alpha + t_x) - s * ln(beta + t_x) + ln(alive + dead))
    return value, alive / (alive + dead)


def survival(s, beta, t):
    """Integral of (beta / (beta + u))^s over (0, t)."""
    if s == 1:
        return beta * log1p(t / beta)
    return beta / (s - 1) * (1 - (beta / (beta + t)) ** (s - 1))


def scaled_expint(s, z):
    """exp(z) E_s(z); where mpmath is slow by Abramowitz & Stegun 5.1.22."""
    if s + z < 50:
        return exp(z) * expint(s, z)
    tail = z
    for j in range(2000, 0, -1):
        tail = z + (s + j - 1) / (1 + j / tail)
    return 1 / tail


def discounted_survival(s, beta, t, rate):
    def from_on(beta):
        return beta * scaled_expint(s, rate * beta)
    value = from_on(beta)
    if t != inf:
        value -= exp(-rate * t) * (beta / (beta + t)) ** s * from_on(beta + t)
    return value


def probability(r, alpha, s, beta, n, t):
    def nbd(y):
        return rf(r, n) / gamma(n + 1) * (alpha / (alpha + y)) ** r \
            * (y / (alpha + y)) ** n
    m = min(alpha, beta)

    def density(v):
        y = m * expm1(v)
        return nbd(y) * s / beta * (1 + y / beta) ** (-s - 1) * (m + y)

    # Where it is not negligible, to thirty digits.
    end = log1p(t / m)
    scan = [end * (mpf(2) ** -i) for i in range(60)]
    scan = sorted(scan + [end * i / 400 for i in range(1, 400)])
    heights = [density(v) for v in scan]
    least = max(heights) * mpf(10) ** -30
    there = [i for i, h in enumerate(heights) if h > least]
    low = scan[there[0] - 1] if there[0] > 0 else mpf(0)
    high = scan[min(there[-1] + 1, len(scan) - 1)]
    points = [low + (high - low) * i / 96 for i in range(97)]
    return nbd(t) * (1 + t / beta) ** -s + quad(density, points)


SHAPES = ["1e-4", "0.01", "0.5533", "1", "11", "300", "1e4"]
SCALES = ["1e-4", "0.01", "1", "11.669", "300", "1e4"]
HISTORIES = [("0", "0", "0"), ("0", "0", "39"), ("0", "0", "1e5"),
             ("1", "0", "39"), ("1", "39", "39"), ("2", "30.43", "38.86"),
             ("3", "1", "1e5"), ("10", "20", "39"), ("26", "30.857", "31"),
             ("100", "0.5", "200"), ("221", "103.42857", "103.57143"),
             ("300", "250", "260"), ("1000", "1e4", "1e5"),
             ("5000", "38", "40"), ("5000", "1e5", "1e5"),
             ("5000", "0", "1e3"), ("5000", "99999.999", "1e5")]
TIMES = ["1e-3", "1", "52.18", "1e3", "1e5"]


def parameters():
    chosen = [random.choice(c) for c in (SHAPES, SCALES, SHAPES, SCALES)]
    if random.random() < 0.2:
        chosen[3] = chosen[1]
    return chosen


def print_grid():
    random.seed(4)
    print("""/*
 * clv_pareto.h
 *		Written by clv_pareto.py; do not edit.
 *
 * Values below 1e-290 are given as 0.
 */
static const struct
{
	double		r, alpha, s, beta, x, t_x, T, t;
	double		log_likelihood, p_alive, expected;
}			pareto_grid[] = {""")
    for _ in range(400):
        model, history, t = parameters(), random.choice(HISTORIES), \
            random.choice(TIMES)
        r, alpha, s, beta, x, t_x, T, u = exact(*model, *history, t)
        value, alive = likelihood(r, alpha, s, beta, x, t_x, T)
        show(*model, *history, t, value, alive,
             alive * (r + x) / (alpha + T) * survival(s, beta + T, u))
    print("};")


def print_discounted():
    random.seed(5)
    print("""
static const struct
{
	double		r, alpha, s, beta, x, t_x, T, t, rate;
	double		discounted;
}			pareto_discounted[] = {""")
    for _ in range(100):
        model, history = parameters(), random.choice(HISTORIES)
        t, rate = random.choice(TIMES + 3 * ["INFINITY"]), \
            random.choice(["1e-5", "0.0018265", "0.02", "1"])
        r, alpha, s, beta, x, t_x, T, u, d = exact(*model, *history, t, rate)
        _, alive = likelihood(r, alpha, s, beta, x, t_x, T)
        show(*model, *history, t, rate, alive * (r + x) / (alpha + T)
             * discounted_survival(s, beta + T, u, d))
    print("};")


def print_probability():
    random.seed(6)
    print("""
static const struct
{
	double		r, alpha, s, beta;
	int			n;
	double		t, probability, new_customer;
}			pareto_probability[] = {""")
    for _ in range(120):
        model, n, t = parameters(), random.choice([0, 1, 2, 10, 171, 5000]), \
            random.choice(TIMES)
        r, alpha, s, beta, u = exact(*model, t)
        show(*model, str(n), t, probability(r, alpha, s, beta, n, u),
             r / alpha * survival(s, beta, u))
    print("};")


print_grid()
print_discounted()
print_probability()
