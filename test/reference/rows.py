"""Rows of a table in C, for the scripts beside this one."""
from mpmath import mpf, nstr


def exact(*texts):
    """The doubles that a C compiler makes of them."""
    return [mpf(float(t.replace("INFINITY", "inf"))) for t in texts]


def number(v):
    return nstr(v, 17) if abs(v) > mpf(10) ** -290 else "0"


def show(*values):
    print("\t{" + ", ".join(v if isinstance(v, str) else number(v)
                            for v in values) + "},")
