#!/usr/bin/env python3
"""Reference values for the BG/CNBD-k and MBG/CNBD-k models.

    python3 test/reference/clv_cnbd.py > test/reference/clv_cnbd.h

By other routes than the C code takes. The likelihood and P(alive) are
integrals over the rate, with the incomplete gamma function for the gap that
goes on. Purchases are a sum over the ends of phases, which are negative
binomial; of a long horizon, and k = 2, the integral over the probability to
leave of what the two eigenvalues of the cycle say. Discounted ones are an
integral over time of a series of densities of arrival.
"""
import random
from mpmath import (mp, mpf, beta, exp, expm1, gamma, gammainc, inf, ln, log1p,
                    loggamma, quad, rf)

from rows import exact, number, show

mp.dps = 30


def rate_integral(f, shape, rate):
    """The mean of f over a gamma distribution, in the logarithm."""
    def g(v):
        lam = exp(v)
        return exp(shape * v + shape * ln(rate) - lam * rate - loggamma(shape)) * f(lam)
    middle = ln((shape + 1) / rate)
    width = 1 / mp.sqrt(shape + 1)
    low, high = middle - 90 / min(shape, mpf(1)) - 12 * width, middle + 6
    points = [low, middle - 60 * width, middle - 20 * width] if low < middle - 60 * width else [low]
    points += [middle + i * width for i in range(-12, 13, 2) if middle + i * width > points[-1]]
    points += [p for p in (high,) if p > points[-1]]
    return quad(g, points)


def stay(a, b, n):
    return rf(b, n) / rf(a + b, n)


def parts(m, k, r, alpha, a, b, x, t_x, T):
    """Likelihood of who is alive, and of who has left."""
    n = x + m
    R, u = r + k * x, T - t_x
    common = exp(loggamma(R) - loggamma(r) + r * ln(alpha)
                 - R * ln(alpha + t_x))
    alive = ((alpha + t_x) / (alpha + T)) ** R * rate_integral(
        lambda lam: exp(lam * u) * gammainc(k, lam * u, inf, regularized=True),
        R, alpha + T)
    left = a / (a + b + n - 1) * stay(a, b, n - 1) if n > 0 else mpf(0)
    return common * stay(a, b, n) * alive, common * left


def phases(k, R, A, u):
    w = [rf(R, j) / gamma(j + 1) * (u / A) ** j for j in range(k)]
    return [v / sum(w) for v in w]


def over_leaving(f, a, b):
    """The mean of f over a beta distribution, in the logit."""
    def g(v):
        p = 1 / (1 + exp(-v))
        return exp(a * v - (a + b) * log1p(exp(v))) / beta(a, b) * f(p)
    middle = ln(a / b)
    low, high = middle - 75 / min(a, 1), middle + 75 / min(b, 1)
    steps = [middle + i for i in (-60, -40, -20, -10, -6, -3, -1, 0, 1, 3, 6, 10, 20, 40)]
    return quad(g, [low] + [v for v in steps if low < v < high] + [high])


def from_now(m, k, r, alpha, a, b, x, t_x, T, t):
    """Purchases expected, and being alive then, of who is alive: sums over
    the ends of phases, which are negative binomial."""
    R, A, B = r + k * x, alpha + T, b + x + m
    w = phases(k, R, A, T - t_x)
    z = t / (A + t)
    expected, later = mpf(0), mpf(0)
    for j in range(k):
        mass = (1 - z) ** (R + j)
        alive, made, ends = mpf(1), mpf(0), 0
        while ends < 3 * k + 2 * (R + j) * t / A or \
                mass * (1 + made) / (1 - z) > mpf(10) ** -22 * min(later, expected):
            if ends > 0 and (ends + j) % k == 0:
                n = (ends + j) // k
                made += alive
                alive *= (B + n - 1) / (a + B + n - 1)
            expected += w[j] * mass * made
            later += w[j] * mass * alive
            mass *= (R + j + ends) / (ends + 1) * z
            ends += 1
    return expected, later


def from_now_two(m, r, alpha, a, b, x, t_x, T, t):
    """The same for k = 2, however long: of who leaves with a probability p
    from the eigenvalues of the cycle, integrated over p."""
    R, A, B = r + 2 * x, alpha + T, b + x + m
    w = phases(2, R, A, T - t_x)
    s = t / A

    def given(p):
        root = mp.sqrt(1 - p)
        total = mpf(0)
        for j in range(2):
            for sign in (1, -1):
                c = 1 - sign * root if sign < 0 else p / (1 + root)
                total += w[j] * sign ** (j + 1) * root ** (j - 1) / 2 \
                    * -expm1(-(R + j) * log1p(s * c)) / c
        return total
    return over_leaving(given, a, B), 1 - over_leaving(lambda p: p * given(p), a, B)


def discounted(m, k, r, alpha, a, b, x, t_x, T, t, rate):
    """Of who is alive: the densities of arrival of all purchases, in time."""
    R, A, B = r + k * x, alpha + T, b + x + m
    w = phases(k, R, A, T - t_x)

    def intensity(u):
        total = mpf(0)
        for j in range(k):
            s = mpf(0)
            for n in range(1, 4000):
                e = k * n - j
                term = stay(a, B, n - 1) * exp(
                    -ln(u) - log_beta(R + j, e) + e * ln(u / (A + u))
                    - (R + j) * log1p(u / A))
                s += term
                if term < s * mpf(10) ** -19 and n > 3:
                    break
            total += w[j] * s
        return total * exp(-rate * u)
    gap = A * k / R
    points, at = [mpf(0)], gap / 4
    while at < t and at < 45 / rate:
        points.append(at)
        at += min(gap / 2, at) if at < 12 * gap else at / 2
    points.append(t if t < 45 / rate else 45 / rate)
    with mp.workdps(20):
        return quad(intensity, points, maxdegree=5)


def discounted_by_rate(m, k, r, alpha, a, b, x, t_x, T, t, rate):
    """The same, quicker, for other k: purchase after purchase, given the rate of
    phases, over which the trapezium rule in its logarithm goes. Both routes give
    the same 14 digits for k = 2 and 3."""
    R, A, B = r + k * x, alpha + T, b + x + m
    w = phases(k, R, A, T - t_x)
    h, total = mpf(1) / 32, mpf(0)

    def given(lam, j):
        phi, s = lam / (lam + rate), mpf(0)
        for n in range(1, 20000):
            e = k * n - j
            term = stay(a, B, n - 1) * phi ** e
            if t < inf:
                term *= gammainc(e, 0, (lam + rate) * t, regularized=True)
            s += term
            if term < s * mpf(10) ** -20:
                break
        return s
    with mp.workdps(20):
        middle = ln((R + k) / A)
        for i in range(-int(50 / min(R, 1) / h), int(6 / h)):
            lam = exp(middle + i * h)
            for j in range(k):
                density = exp((R + j) * ln(lam * A) - lam * A - loggamma(R + j))
                if density > mpf(10) ** -22:
                    total += w[j] * density * given(lam, j) * h
    return total


def log_beta(x, y):
    return loggamma(x) + loggamma(y) - loggamma(x + y)


def probability(m, k, r, alpha, a, b, n, t):
    z = t / (alpha + t)
    with mp.workdps(300):
        def mass(i):
            return rf(r, i) / gamma(i + 1) * (1 - z) ** r * z ** i
        window = sum(mass(i) for i in range(k * n, k * n + k))
        more = 1 - sum(mass(i) for i in range(k * n))
        value = stay(a, b, n + m) * window
        if n + m > 0:
            value += stay(a, b, n + m - 1) * a / (a + b + n + m - 1) * more
        return +value


SHAPES = ["0.05", "0.4", "1", "3.5", "40"]
SCALES = ["0.1", "4.4", "100"]
HISTORIES = [("0", "0", "0"), ("0", "0", "39"), ("1", "0.5", "39"), ("1", "39", "39"),
             ("2", "30.43", "38.86"), ("10", "20", "39"), ("26", "30.857", "31"), ("100", "180", "200")]
TIMES = ["0.01", "1", "10", "52.18", "520"]
KS = [2, 3, 4, 7, 12]

print("""/*
 * clv_cnbd.h
 *		Written by clv_cnbd.py; do not edit.
 *
 * Values below 1e-290 are given as 0. Purchases and being alive later are those
 * of those who are alive.
 */
static const struct
{
	int			kind, k;
	double		r, alpha, a, b, x, t_x, T, t;
	double		log_likelihood, p_alive, purchases, later;
}			cnbd_grid[] = {""")
random.seed(16)
for _ in range(120):
    m, k = random.choice([0, 1]), random.choice(KS)
    parameters = [random.choice(SHAPES), random.choice(SCALES), random.choice(SHAPES), random.choice(SHAPES)]
    history, t = random.choice(HISTORIES), random.choice(TIMES)
    p, h = exact(*parameters), exact(*history)
    alive, left = parts(m, k, *p, *h)
    if k == 2 and random.random() < 0.5:
        t = "1e5"
        x, later = from_now_two(m, *p, *h, *exact(t))
    else:
        if exact(t)[0] > 100 * (p[1] + h[2]):
            t = "10"
        x, later = from_now(m, k, *p, *h, *exact(t))
    show(str(m), str(k), *parameters, *history, t, ln(alive + left), alive / (alive + left), x, later)
print("""};

static const struct
{
	int			kind, k;
	double		r, alpha, a, b, x, t_x, T, t, rate;
	double		purchases;
}			cnbd_discounted[] = {""")
# Half an hour.
for m, k, parameters in ((1, 2, ["1.3", "3", "0.4", "2.2"]), (0, 3, ["0.4", "4.4", "1", "3.5"])):
    for history in (HISTORIES[1], HISTORIES[4]):
        for t, rate in (("10", "0.0018265"), ("52.18", "0.1"), ("INFINITY", "0.2")):
            p, h = exact(*parameters), exact(*history)
            end, = exact(t.replace("INFINITY", "inf"))
            show(str(m), str(k), *parameters, *history, t, rate,
                 discounted(m, k, *p, *h, end, *exact(rate)))
for k in (1, 4, 6, 12):
    for m, t, rate in ((1, "52.18", "0.1"), (0, "INFINITY", "0.2")):
        p, h = exact("1.3", str(1.5 * k), "0.4", "2.2"), exact(*HISTORIES[4])
        end, = exact(t.replace("INFINITY", "inf"))
        show(str(m), str(k), "1.3", str(1.5 * k), "0.4", "2.2", *HISTORIES[4], t, rate,
             discounted_by_rate(m, k, *p, *h, end, *exact(rate)))
print("""};

static const struct
{
	int			kind, k;
	double		r, alpha, a, b;
	int			n;
	double		t, probability;
}			cnbd_probability[] = {""")
random.seed(17)
for _ in range(80):
    m, k = random.choice([0, 1]), random.choice(KS)
    parameters = [random.choice(SHAPES), random.choice(SCALES), random.choice(SHAPES), random.choice(SHAPES)]
    n, t = random.choice([0, 1, 2, 10, 60]), random.choice(TIMES)
    show(str(m), str(k), *parameters, str(n), t, probability(m, k, *exact(*parameters), n, *exact(t)))
print("};")
