"""Sums over a window that slides along many beats: exact, and the same in both drivers."""

from math import nan, sqrt
from typing import Any

import numpy as np

from .. import hrv
from .compiling import compiled
from .series import Codes, Floats, Ints

_beyond_50_ms = compiled(hrv.beyond_50_ms)
_holds = compiled(hrv.holds)
_in_ms = compiled(hrv.in_ms)
_mean_square = compiled(hrv.mean_square)
_rate_bpm = compiled(hrv.rate_bpm)
_variance = compiled(hrv.variance)

# Two whole numbers travel in one, the first in its upper half: fewer to add, and to wait for.
_UPPER = 1 << 32
ADDED = 5
"""Rows of what a beat adds: NN interval (its count above), square; difference, square, count (of
those beyond 50 ms above). The first two belong to the beat, the rest to it and the one before."""
MOST_BEATS = 1 << 15
"""Of so many, n·Σx² fits into 64 bits and Σx into 32, whatever 16-bit intervals they have."""
# Sums of so many windows stay in the nearest cache until they become numbers.
BLOCK = 256


def lower_of(both: Any) -> Any:
    """Return the lower of two numbers in one: Σx, or how many differences."""
    return both & (_UPPER - 1)


def upper_of(both: Any) -> Any:
    """Return the upper of two numbers in one: how many intervals, or differences beyond 50 ms."""
    return both >> 32


_lower_of, _upper_of = compiled(lower_of), compiled(upper_of)


@compiled
def lay_out(rr: Ints, run: Ints, codes: Codes, added: Ints, place: int) -> None:
    """Fill in, from `place` on, what each beat adds but the first, there to be differed from."""
    # A row of a whole table is one piece of memory, of a part of it many: many at once are slow.
    end = place + len(rr) - 1
    nn, squares, steps = added[0][place:end], added[1][place:end], added[2][place:end]
    step_squares, pairs = added[3][place:end], added[4][place:end]
    for at in range(len(rr) - 1):
        valid = codes[at + 1] == 0
        pair = valid & (codes[at] == 0) & (run[at + 1] == run[at])
        interval = rr[at + 1] if valid else 0
        step = rr[at + 1] - rr[at] if pair else 0
        nn[at] = interval + (_UPPER if valid else 0)
        squares[at] = interval * interval
        steps[at] = step
        step_squares[at] = step * step
        pairs[at] = (1 if pair else 0) + (_UPPER if _beyond_50_ms(step) else 0)


@compiled
def lay_out_all(rr: Ints, run: Ints, codes: Codes, added: Ints) -> None:
    """Fill in what each beat adds, the very first too: it has no difference."""
    if len(rr):
        valid = codes[0] == 0
        added[0, 0] = rr[0] + _UPPER if valid else 0
        added[1, 0] = rr[0] * rr[0] if valid else 0
        added[2, 0] = added[3, 0] = added[4, 0] = 0
        lay_out(rr, run, codes, added, 1)


def lay_out_by_column(rr: Ints, run: Ints, codes: Codes) -> Ints:
    """Return the same, column by column."""
    valid = codes == 0
    pair = np.zeros(len(rr), dtype=bool)
    pair[1:] = valid[1:] & valid[:-1] & (run[1:] == run[:-1])
    nn = np.where(valid, rr, 0)
    step = np.where(pair, np.diff(rr, prepend=rr[:1]), 0)
    counts = pair + hrv.beyond_50_ms(step) * _UPPER
    return np.stack((nn + valid * _UPPER, nn * nn, step, step * step, counts))


@compiled
def slide(t_ms: Ints, added: Ints, marks_ms: Ints, span_ms: int, sums: Ints) -> None:
    """Fill in, a column a mark, how many beats the window before it holds and what they add up to.

    With the oldest beat's going goes the difference of the next, which reached out to it.
    """
    first = last = nn = squares = steps = step_squares = pairs = 0
    for mark in range(len(marks_ms)):
        while last < len(t_ms) and t_ms[last] <= marks_ms[mark]:
            nn += added[0, last]
            squares += added[1, last]
            if last > first:
                steps += added[2, last]
                step_squares += added[3, last]
                pairs += added[4, last]
            last += 1
        while first < last and t_ms[first] <= marks_ms[mark] - span_ms:
            nn -= added[0, first]
            squares -= added[1, first]
            first += 1
            if first < last:
                steps -= added[2, first]
                step_squares -= added[3, first]
                pairs -= added[4, first]
        sums[0, mark], sums[1, mark], sums[2, mark] = last - first, nn, squares
        sums[3, mark], sums[4, mark], sums[5, mark] = steps, step_squares, pairs


def add_up(added: Ints, first: Ints, last: Ints) -> Ints:
    """Return the same sums over the beats from `first` to before `last`, by running totals."""
    sums = np.empty((1 + ADDED, len(first)), dtype=np.int64)
    sums[0] = last - first
    for row in range(ADDED):
        # A total may run over 64 bits; the differences of totals are exact all the same.
        totals = np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(added[row])))
        # The oldest beat's difference reaches outside.
        begin = first if row < 2 else np.minimum(first + 1, last)
        sums[1 + row] = totals[last] - totals[begin]
    return sums


@compiled
def _finish(sums: Ints, span_ms: int, values: Floats, start: int, end: int) -> None:
    """Turn sums into heart rate, RMSSD, SDNN and pNN50, NaN where they do not hold."""
    hr_bpm, rmssd_ms = values[0][start:end], values[1][start:end]
    sdnn_ms, pnn50 = values[2][start:end], values[3][start:end]
    for at in range(len(hr_bpm)):
        valid, ticks = _upper_of(sums[0, at]), _lower_of(sums[0, at])
        beyond, pairs = _upper_of(sums[3, at]), _lower_of(sums[3, at])
        held = 1.0 if _holds(pairs, ticks, span_ms) else nan
        hr_bpm[at] = _rate_bpm(valid, ticks) * held
        rmssd_ms[at] = _in_ms(sqrt(_mean_square(sums[2, at], pairs))) * held
        sdnn_ms[at] = _in_ms(sqrt(_variance(sums[1, at], ticks, valid))) * held
        pnn50[at] = beyond / pairs * held


@compiled
def each_beat(
    t_ms: Ints, rr: Ints, run: Ints, codes: Codes, span_ms: int, ring: Ints, values: Floats
) -> bool:
    """Fill in heart rate, RMSSD, SDNN and pNN50 as each beat comes in; say whether there was room.

    One pass, few beats at a time: memory is what it waits for. What the beats of a window added
    stands in a ring, whose columns are a power of two and at least twice a block.
    """
    room, sums = ring.shape[1], np.empty((4, BLOCK), dtype=np.int64)
    nn, squares, step_squares, pairs = ring[0], ring[1], ring[3], ring[4]
    # Unsigned, so that no index can mean one from the end, and none is looked at for it.
    first, one, mask = np.uint64(0), np.uint64(1), np.uint64(room - 1)
    sum_nn = sum_squares = sum_step_squares = sum_pairs = 0
    for start in range(0, len(t_ms), BLOCK):
        end, at = min(start + BLOCK, len(t_ms)), start % room
        if end - np.int64(first) > room:
            return False
        if start == 0:
            lay_out_all(rr[:end], run[:end], codes[:end], ring)
        else:
            before = start - 1
            lay_out(rr[before:end], run[before:end], codes[before:end], ring, at)
        for last in range(start, end):
            here, past_ms = np.uint64(last) & mask, t_ms[last] - span_ms
            sum_nn += nn[here]
            sum_squares += squares[here]
            sum_step_squares += step_squares[here]
            sum_pairs += pairs[here]
            while t_ms[first] <= past_ms:
                gone, first = first & mask, first + one
                sum_nn -= nn[gone]
                sum_squares -= squares[gone]
                sum_step_squares -= step_squares[first & mask]
                sum_pairs -= pairs[first & mask]
            sums[0, last - start], sums[1, last - start] = sum_nn, sum_squares
            sums[2, last - start], sums[3, last - start] = sum_step_squares, sum_pairs
        _finish(sums, span_ms, values, start, end)
    return True
