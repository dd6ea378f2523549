"""Kaplan-Meier and log-rank values at 40 digits, for test/unit/survival.c.

    python3 test/reference/survival.py > test/reference/survival.h

The data are those of Freireich et al. (1963, Blood 21), weeks of remission of
leukaemia with and without 6-mercaptopurine, on which the method is taught.
Shares are exact fractions. Checked by hand against lifelines and scipy.
"""
from fractions import Fraction

from mpmath import erfc, exp, log, mp, mpf, nstr, sqrt

mp.dps = 40
TREATED = [(6, 1), (6, 1), (6, 1), (6, 0), (7, 1), (9, 0), (10, 1), (10, 0), (11, 0), (13, 1), (16, 1),
           (17, 0), (19, 0), (20, 0), (22, 1), (23, 1), (25, 0), (32, 0), (32, 0), (34, 0), (35, 0)]
PLACEBO = [(t, 1) for t in (1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23)]
Z = sqrt(2) * mp.erfinv(mpf('0.95'))


def real(x):
    return mpf(x.numerator) / x.denominator


def curve(data):
    """Rows (duration, at risk, ended, censored, share, Greenwood's sum)."""
    share, greenwood, rows = Fraction(1), Fraction(0), []
    for t in sorted({t for t, _ in data}):
        risk = sum(1 for u, _ in data if u >= t)
        ended = sum(1 for u, o in data if u == t and o)
        share *= Fraction(risk - ended, risk)
        if risk > ended:
            greenwood += Fraction(ended, risk * (risk - ended))
        rows.append((t, risk, ended, sum(1 for u, o in data if u == t and not o), share, greenwood))
    return rows


def limits(share, greenwood, method):
    s, root = real(share), Z * sqrt(real(greenwood))
    if share in (0, 1):
        return s, s
    if method == 'plain':
        return s - s * root, s + s * root
    return tuple(exp(log(s) * exp(sign * root / -log(s))) for sign in (1, -1))


def mean(rows, horizon):
    area, height, before = Fraction(0), Fraction(1), 0
    for t, *_, share, _ in rows:
        until = min(t, horizon)
        area += height * (until - before)
        height, before = share, until
    return real(area)


def log_rank(a, b):
    excess, variance = Fraction(0), Fraction(0)
    for t in sorted({t for t, o in a + b if o}):
        n1, n2 = (sum(1 for u, _ in g if u >= t) for g in (a, b))
        d1, d = (sum(1 for u, o in g if u == t and o) for g in (a, a + b))
        n = n1 + n2
        excess += d1 - Fraction(d * n1, n)
        if n > 1:
            variance += Fraction(d * n1 * n2 * (n - d), n * n * (n - 1))
    chi = real(excess * excess / variance)
    return chi, erfc(sqrt(chi / 2))


def number(x):
    return nstr(mpf(x), 20, strip_zeros=False)


print('/* Made by test/reference/survival.py. */')
for name, data in (('treated', TREATED), ('placebo', PLACEBO)):
    print(f'static const char *const {name}_text =\n\t"{{' +
          ',\\\n'.join([','.join(f'{t}{"" if o else "+"}' for t, o in data)]) + '}";')
    print(f'static const double {name}_curve[][8] = {{')
    print('\t/* duration, at risk, ended, share, log-log low, high, plain low, high */')
    for t, risk, ended, _, share, greenwood in curve(data):
        row = [number(real(share))] + [number(x) for m in ('log-log', 'plain') for x in limits(share, greenwood, m)]
        print(f'\t{{{t}, {risk}, {ended}, {row[0]},\n\t\t{row[1]}, {row[2]},\n\t\t{row[3]}, {row[4]}}},')
    print('};')
rows = curve(TREATED)
print(f'static const double treated_mean_30 = {number(mean(rows, 30))};')
print(f'static const double treated_mean_35 = {number(mean(rows, 35))};')
print(f'static const double placebo_mean = {number(mean(curve(PLACEBO), 23))};')
chi, p = log_rank(TREATED, PLACEBO)
print(f'static const double log_rank_chi_squared = {number(chi)};')
print(f'static const double log_rank_p_value = {number(p)};')
