"""Lengths on a logarithmic scale, so that percentiles of any number of them can be added up. Pure.

A bucket holds all lengths that differ by at most two percent; its middle is told for each of them, at most one percent off.
"""

import math
from collections import Counter

GROWTH = 1.02
ERROR = (GROWTH - 1) / (GROWTH + 1)
"""How far a percentile is from a length that really occurred, at most, as a part of it; lengths under one second count as none."""
_LOG = math.log(GROWTH)


def bucket(length):
    """The bucket of a length in whole seconds: 0 for none, else the n with GROWTH^(n-1) < length <= GROWTH^n, counted from 1."""
    return 0 if length < 1 else 1 + max(0, math.ceil(math.log(length) / _LOG - 1e-9))


def middle(number):
    """The length told for everything in a bucket, seconds."""
    return 0.0 if number == 0 else GROWTH ** (number - 1) * (1 - ERROR) if number > 1 else 1.0


def added(counts):
    """One Counter of many `{bucket: how many}`; keys may be texts."""
    total = {}
    for counted in counts:
        for number, many in counted.items():
            total[number] = total.get(number, 0) + many
    whole = Counter()
    for number, many in total.items():
        whole[int(number)] += many
    return whole


def percentile(counts, share):
    """The length that at least that share (0 to 1) of all lengths do not exceed, seconds, within ERROR; None of nothing."""
    number = sum(counts.values())
    if not number:
        return None
    wanted, passed = max(1, math.ceil(share * number - 1e-9)), 0
    for at in sorted(counts):
        passed += counts[at]
        if passed >= wanted:
            return middle(at)
    return None
