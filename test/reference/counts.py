#!/usr/bin/env python3
"""Reference values for the tails of counts.

    python3 test/reference/counts.py > test/reference/counts.h
"""
from mpmath import betainc, exp, factorial, gammainc, inf, mp, mpf, nstr

mp.dps = 60


def upper(x, mean, size):
    if size == inf:
        if x > 5000 or mean > 5000:
            return gammainc(x, 0, mean, regularized=True)
        return 1 - sum(exp(-mean) * mean ** k / factorial(k) for k in range(x)) if x < mean else \
            gammainc(x, 0, mean, regularized=True)
    return betainc(x, size, 0, mean / (size + mean), regularized=True)


print("""/*
 * counts.h
 *		Written by counts.py; do not edit.
 */
static const struct
{
	double		x, mean, size, upper;
}			tails[] = {""")
for xt, mt, st in (("9", "2", "inf"), ("1", "0.2", "inf"), ("1", "1e-9", "inf"), ("5", "5", "inf"),
                   ("2", "7.25", "inf"), ("40", "3", "inf"), ("300", "250.5", "inf"), ("100500", "1e5", "inf"),
                   ("99000", "1e5", "inf"), ("9", "2", "3"), ("1", "0.125", "0.1"), ("7", "0.875", "0.2"),
                   ("5", "5", "1e6"), ("30", "4.5", "1.7"), ("3", "12.5", "0.9"), ("1000", "120", "0.3"),
                   ("120", "100", "1e12"), ("120", "100", "1e17"), ("2500", "1400", "35.5"), ("900", "1400", "35.5"),
                   ("130000", "1e5", "60"), ("400", "20.75", "2.25")):
    x, mean, size = int(xt), mpf(float(mt)), inf if st == "inf" else mpf(float(st))
    print("\t{" + ", ".join([xt, mt, "INFINITY" if st == "inf" else st, nstr(upper(x, mean, size), 17)]) + "},")
print("};")
