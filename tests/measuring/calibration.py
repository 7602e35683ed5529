"""What is as simple as can be, to hold the rest against."""

import numpy as np
from numpy.typing import NDArray

from softfront_sensors.heart_rate import TICKS_PER_S
from softfront_signal.batch.compiling import compiled

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
_50_MS_TICKS = 50 * TICKS_PER_S / 1000


@compiled
def one_pass(rr_ticks: Ints) -> float:
    """Read each interval, 64-bit ticks as stored, and keep one running sum, a 64-bit float.

    Each addition waits for the one before it. A sum of integers would be done several at a time,
    and measures nothing but memory.
    """
    total = 0.0
    for rr in rr_ticks:
        total += rr
    return total


def cumulative_sums(t_ms: Ints, rr_ticks: Ints, span_ms: int) -> tuple[Floats, ...]:
    """Measure the window before every beat by numpy's cumulative sums, as one would at a desk.

    Rate, SDNN, RMSSD and pNN50 of all intervals as they come: nothing is flagged or left out.
    """
    first = np.searchsorted(t_ms, t_ms - span_ms, side="right")
    last = np.arange(1, len(t_ms) + 1)
    steps = np.diff(rr_ticks, prepend=rr_ticks[:1])
    n, m = last - first, np.maximum(last - first - 1, 1)
    total = _within(rr_ticks, first, last)
    squares = _within(rr_ticks * rr_ticks, first, last)
    mean = total / n
    spread = np.sqrt(np.maximum(squares - total * mean, 0) / m)
    rmssd = np.sqrt(_within(steps * steps, first + 1, last) / m)
    pnn50 = _within(np.abs(steps) > _50_MS_TICKS, first + 1, last) / m
    ms = 1000 / TICKS_PER_S
    return 60 * TICKS_PER_S / mean, spread * ms, rmssd * ms, pnn50


def _within(values: NDArray[np.int64 | np.bool_], first: Ints, last: Ints) -> Ints:
    sums: Ints = np.concatenate([[0], np.cumsum(values)])
    within: Ints = sums[last] - sums[np.minimum(first, last)]
    return within
