#!/usr/bin/env python3
"""What pandas does for return, volatility(20) and z(20) over whole arrays, in samples a second.

    /usr/bin/python3 benchmarks/pandas-features.py [PASSES [SAMPLES]]

Needs the package python3-pandas. Prints what each of the passes, five unless told otherwise, reached,
behind one that warms up. ./tapekeeper bench features calls it and puts it beside ClassicFeaturesBenchmark.classic,
which does more: the baseline, the rules and the signal as well.
"""
import sys
import time

import numpy
import pandas

passes = int(sys.argv[1]) if len(sys.argv) > 1 else 5
samples = int(sys.argv[2]) if len(sys.argv) > 2 else 5_000_000
steps = numpy.rint(numpy.random.default_rng(1).normal(size=samples) * 200).cumsum()
prices = pandas.Series((6_100_000 + steps) / 100.0)  # a random walk in ticks of 0.01


def features():
    change = prices.pct_change()
    volatility = change.rolling(20).std()
    window = prices.rolling(20)
    return change, volatility, (prices - window.mean()) / window.std()


features()
for _ in range(passes):
    begin = time.perf_counter()
    features()
    print(f"{samples / (time.perf_counter() - begin):.0f}")
