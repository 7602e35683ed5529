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

# Three counts travel in one integer: NN intervals, differences, and those beyond 50 ms.
DIFFERENCE, BEYOND = 1 << 20, 1 << 40
_FIELD = DIFFERENCE - 1
MOST_BEATS = 46_340
"""Of so many, n·Σx² fits into 64 bits, whatever 16-bit intervals they have."""
# Sums of so many windows stay in the nearest cache until they become numbers.
_BLOCK = 256


def valid_of(counts: Any) -> Any:
    """Return the NN intervals of a count, or of a column of them."""
    return counts & _FIELD


def differences_of(counts: Any) -> Any:
    """Return the differences of a count, or of a column of them."""
    return (counts >> 20) & _FIELD


def beyond_of(counts: Any) -> Any:
    """Return the differences beyond 50 ms of a count, or of a column of them."""
    return counts >> 40


_valid_of, _differences_of = compiled(valid_of), compiled(differences_of)
_beyond_of = compiled(beyond_of)


@compiled
def lay_out(rr: Ints, run: Ints, codes: Codes, nn: Ints, step: Ints, counts: Ints) -> None:
    """Fill in what each beat adds: its NN interval or 0, its difference or 0, and the counts."""
    if len(rr):
        nn[0] = rr[0] if codes[0] == 0 else 0
        step[0] = 0
        counts[0] = 1 if codes[0] == 0 else 0
    for at in range(1, len(rr)):
        valid = codes[at] == 0
        pair = valid & (codes[at - 1] == 0) & (run[at] == run[at - 1])
        apart = rr[at] - rr[at - 1] if pair else 0
        nn[at] = rr[at] if valid else 0
        step[at] = apart
        count = (1 if valid else 0) + (DIFFERENCE if pair else 0)
        counts[at] = count + (BEYOND if _beyond_50_ms(apart) else 0)


def lay_out_by_column(rr: Ints, run: Ints, codes: Codes) -> tuple[Ints, Ints, Ints]:
    """Return the same, column by column."""
    valid = codes == 0
    pair = np.zeros(len(rr), dtype=bool)
    pair[1:] = valid[1:] & valid[:-1] & (run[1:] == run[:-1])
    step = np.where(pair, np.diff(rr, prepend=rr[:1]), 0)
    beyond = hrv.beyond_50_ms(step)
    return np.where(valid, rr, 0), step, valid + pair * DIFFERENCE + beyond * BEYOND


@compiled
def slide(
    t_ms: Ints, nn: Ints, step: Ints, counts: Ints, marks_ms: Ints, span_ms: int, sums: Ints
) -> None:
    """Fill in, a column a mark, beats, counts, Σx, Σx², Σd and Σd² of the window before it."""
    first = last = beats = ticks = squares = steps = step_squares = count = 0
    for mark in range(len(marks_ms)):
        while last < len(t_ms) and t_ms[last] <= marks_ms[mark]:
            ticks += nn[last]
            squares += nn[last] * nn[last]
            steps += step[last]
            step_squares += step[last] * step[last]
            count += counts[last]
            last += 1
        while first < last and t_ms[first] <= marks_ms[mark] - span_ms:
            ticks -= nn[first]
            squares -= nn[first] * nn[first]
            steps -= step[first]
            step_squares -= step[first] * step[first]
            count -= counts[first]
            first += 1
        # The oldest beat's difference to one that has left reaches outside.
        outside = step[first] if first < last else 0
        bridge = counts[first] & ~_FIELD if first < last else 0
        beats = last - first
        sums[0, mark], sums[1, mark], sums[2, mark] = beats, count - bridge, ticks
        sums[3, mark], sums[4, mark] = squares, steps - outside
        sums[5, mark] = step_squares - outside * outside


def add_up(nn: Ints, step: Ints, counts: Ints, first: Ints, last: Ints) -> Ints:
    """Return the same sums over the beats from `first` to before `last`, by running totals."""
    sums = np.empty((6, len(first)), dtype=np.int64)
    sums[0] = last - first
    # A total may run over 64 bits; the differences of totals are exact all the same.
    for row, added in enumerate((counts, nn, nn * nn, step, step * step), start=1):
        totals = np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(added)))
        sums[row] = totals[last] - totals[first]
    held = np.flatnonzero(first < last)
    outside = step[first[held]]
    sums[1, held] -= counts[first[held]] & ~_FIELD
    sums[4, held] -= outside
    sums[5, held] -= outside * outside
    return sums


@compiled
def _finish(
    sums: Ints, span_ms: int, hr_bpm: Floats, rmssd: Floats, sdnn: Floats, pnn50: Floats
) -> None:
    """Turn the counts, Σx, Σx² and Σd² of windows into numbers, NaN where they do not hold."""
    for at in range(len(hr_bpm)):
        ticks, valid, pairs = sums[1, at], _valid_of(sums[0, at]), _differences_of(sums[0, at])
        held = 1.0 if _holds(pairs, ticks, span_ms) else nan
        hr_bpm[at] = _rate_bpm(valid, ticks) * held
        rmssd[at] = _in_ms(sqrt(_mean_square(sums[3, at], pairs))) * held
        sdnn[at] = _in_ms(sqrt(_variance(sums[2, at], ticks, valid))) * held
        pnn50[at] = _beyond_of(sums[0, at]) / pairs * held


@compiled
def each_beat(t_ms: Ints, nn: Ints, step: Ints, counts: Ints, span_ms: int, values: Floats) -> int:
    """Fill in heart rate, RMSSD, SDNN and pNN50 as each beat comes in; return the most beats held.

    One pass: sums of few windows at a time become numbers while they are at hand.
    """
    ticks = squares = step_squares = count = 0
    # Unsigned, so that no index can mean one from the end, and none is looked at for it.
    first, one, most = np.uint64(0), np.uint64(1), np.int64(0)
    sums = np.empty((4, _BLOCK), dtype=np.int64)
    for start in range(0, len(t_ms), _BLOCK):
        end = min(start + _BLOCK, len(t_ms))
        for last in range(start, end):
            ticks += nn[last]
            squares += nn[last] * nn[last]
            step_squares += step[last] * step[last]
            count += counts[last]
            while t_ms[first] <= t_ms[last] - span_ms:
                ticks -= nn[first]
                squares -= nn[first] * nn[first]
                step_squares -= step[first] * step[first]
                count -= counts[first]
                first += one
            held = np.int64(last + 1) - np.int64(first)
            most = held if held > most else most
            sums[0, last - start] = count - (counts[first] & ~_FIELD)
            sums[1, last - start] = ticks
            sums[2, last - start] = squares
            sums[3, last - start] = step_squares - step[first] * step[first]
        _finish(
            sums,
            span_ms,
            values[0, start:end],
            values[1, start:end],
            values[2, start:end],
            values[3, start:end],
        )
    return int(most)
