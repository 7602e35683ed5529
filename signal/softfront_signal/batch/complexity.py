"""DFA α1 and sample entropy before many marks, by the formulas of the live room."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..complexity import (
    FORMULAS,
    LEAST_COVERAGE,
    LEAST_PATTERNS,
    PARTS,
    SIZES,
    SPAN_MS,
    add_up,
    covered,
    entropy,
    exponent,
    match,
    patterns,
    tabulate,
    tolerance,
    unbroken,
)
from .compiling import compiled, known
from .marks import bounds, checked_codes, checked_marks, filling
from .series import Codes, Floats, Ints, Series

for formula in FORMULAS:
    known(formula)


@dataclass(frozen=True, slots=True)
class Measured:
    """One number over the 300 s before each mark; NaN where it is withheld."""

    t_ms: Ints
    value: Floats
    se: Floats
    beats: Ints
    valid: Ints
    coverage: Floats
    flagged: Floats


def dfa(series: Series, codes: Codes, marks_ms: Ints) -> Measured:
    """Measure DFA α1 before marks, which come in order of time; a code of 0 is an NN interval."""
    return _measure(series, codes, marks_ms, dfa_kernel)


def sample_entropy(series: Series, codes: Codes, marks_ms: Ints) -> Measured:
    """Measure SampEn (m = 2, r = 0.2 SD) before marks, in order; a code of 0 is an NN interval."""
    return _measure(series, codes, marks_ms, entropy_kernel)


def _measure(series: Series, codes: Codes, marks_ms: Ints, kernel: Callable[..., None]) -> Measured:
    marks_ms, codes = checked_marks(marks_ms, SPAN_MS), checked_codes(series, codes)
    starts, ends = bounds(series, marks_ms, SPAN_MS)
    found = np.full((len(marks_ms), 2), np.nan)
    kernel(series.rr_ticks, series.run, codes, starts, ends, found)
    beats, valid, coverage, flagged = filling(series, codes, starts, ends, SPAN_MS)
    return Measured(marks_ms, found[:, 0], found[:, 1], beats, valid, coverage, flagged)


@compiled
def dfa_kernel(
    rr_ticks: Ints, runs: Ints, codes: Codes, starts: Ints, ends: Ints, found: Floats
) -> None:
    """Fill in α1 and its standard error for the beats from each start to each end."""
    most = np.max(ends - starts) if len(ends) else 0
    kept, stops = np.zeros(most, np.int64), np.zeros(most + 1, np.int64)
    misfits, boxes = np.zeros(SIZES * PARTS, np.int64), np.zeros(SIZES * PARTS, np.int64)
    sums = np.zeros(3 * (most + 1), np.int64)
    for row in range(len(starts)):
        one = slice(starts[row], ends[row])
        n, stretches = unbroken(rr_ticks[one], runs[one], codes[one], kept, stops)
        if covered(np.sum(kept[:n])) < LEAST_COVERAGE:
            continue
        misfits[:] = 0
        boxes[:] = 0
        add_up(kept[:n], sums[: 3 * (n + 1)])
        tabulate(sums[: 3 * (n + 1)], stops[:stretches], misfits, boxes)
        found[row, 0], found[row, 1] = exponent(misfits, boxes)


@compiled
def entropy_kernel(
    rr_ticks: Ints, runs: Ints, codes: Codes, starts: Ints, ends: Ints, found: Floats
) -> None:
    """Fill in SampEn and its standard error for the beats from each start to each end."""
    most = np.max(ends - starts) if len(ends) else 0
    kept, stops = np.zeros(most, np.int64), np.zeros(most + 1, np.int64)
    begins = np.zeros(most, np.int64)
    pairs, longer = np.zeros(PARTS + 1, np.int64), np.zeros(PARTS + 1, np.int64)
    for row in range(len(starts)):
        one = slice(starts[row], ends[row])
        n, stretches = unbroken(rr_ticks[one], runs[one], codes[one], kept, stops)
        count = patterns(stops[:stretches], begins)
        if covered(np.sum(kept[:n])) < LEAST_COVERAGE or count < LEAST_PATTERNS:
            continue
        within = tolerance(kept[:n])
        if within <= 0.0:
            continue
        pairs[:] = 0
        longer[:] = 0
        match(kept[:n], begins[:count], within, pairs, longer)
        found[row, 0], found[row, 1] = entropy(pairs, longer)
