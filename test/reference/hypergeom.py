#!/usr/bin/env python3
"""Reference values for 2F1(1, b; b + gap; 1 - y).

    python3 test/reference/hypergeom.py > test/reference/hypergeom.h

mpmath's 2F1 is wrong at some large parameters, so each value must obey two
relations between neighbours (DLMF 15.5) and another precision.
"""
import random
import sys
from mpmath import mp, mpf, hyp2f1, nstr


def value_of(b, gap, y):
    z, c, tiny = 1 - y, b + gap, mpf(10) ** -18
    mp.dps = 90
    again = hyp2f1(1, b, c, z)
    mp.dps = 50
    value = hyp2f1(1, b, c, z)
    raised = hyp2f1(1, b, c + 1, z)
    shifted = hyp2f1(1, b + 1, c + 1, z)
    if (abs(again / value - 1) > tiny
            or abs(y * value + gap / c * z * raised - 1) > tiny
            or abs(1 + b / c * z * shifted - value) > tiny * value):
        print("mpmath fails at", b, gap, y, file=sys.stderr)
    return value


def mean_of_series(b, gap, y):
    """The same for tiny y: the mean of 1 / (y + (1 - y) p), p ~ beta(gap, b)."""
    mp.dps = 50
    # In powers of y (DLMF 15.8.4), with gap moved off an integer both ways.
    def connected(g):
        return ((b + g - 1) / (g - 1) * hyp2f1(1, b, 2 - g, y)
                + y ** (g - 1) * mp.gamma(b + g) * mp.gamma(1 - g) / mp.gamma(b)
                * (1 - y) ** (1 - b - g))
    mp.dps = 400
    if gap == int(gap):
        off = mpf(10) ** -100
        value = (connected(gap + off) + connected(gap - off)) / 2
    else:
        value = connected(gap)
    mp.dps = 50
    return +value


def main():
    random.seed(4)
    print("""/*
 * hypergeom.h
 *		Written by hypergeom.py; do not edit.
 */
static const struct
{
	double		b, gap, y, value;
}			hypergeom_grid[] = {""")
    sizes = ["1e-4", "0.01", "0.3", "1", "2", "3.5", "17", "300", "1e4"]
    for _ in range(300):
        texts = (random.choice(sizes), random.choice(sizes), random.choice(
            ["1e-8", "1e-5", "1e-4", "0.001", "0.01", "0.0909", "0.5", "0.999"]))
        b, gap, y = (mpf(float(t)) for t in texts)
        print("\t{" + ", ".join(texts) + ", "
              + nstr(value_of(b, gap, y), 17) + "},")
    for _ in range(100):
        texts = (random.choice(sizes), random.choice(sizes),
                 random.choice(["1e-7", "1e-10", "1e-12", "1e-14", "1e-30", "1e-300"]))
        b, gap, y = (mpf(float(t)) for t in texts)
        print("\t{" + ", ".join(texts) + ", "
              + nstr(mean_of_series(b, gap, y), 17) + "},")
    print("};")


if __name__ == "__main__":
    main()
