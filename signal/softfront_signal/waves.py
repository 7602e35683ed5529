"""Beats counted on the waves of many frequencies, exactly: what enters leaves without a trace.

A beat at t stands on the wave of line k at the angle 2π·k·t/period. Times are whole milliseconds,
so the angle of line 1 is an exact step of a table; the other lines are its powers. Cosine and sine
are rounded to 2⁻³³ and so are their products with whole ticks: a sum of such numbers below 2²⁰ has
no rounding error in 64-bit floating point, which holds it like an integer and adds it faster.
"""

from dataclasses import dataclass
from math import pi
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from softfront_sensors.heart_rate import TICKS_PER_S

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]
Counted: TypeAlias = tuple[int, int, Floats, Floats, Floats, Floats]

REFERENCE_TICKS = 800
"""Intervals count as their difference to this: at 30 to 200 beats a minute those of five minutes
add up to half a million at most, half of 2²⁰."""
ROUNDER = 1.5 * 2.0**19
"""Added and taken away again it leaves the nearest multiple of 2⁻³³, as its last bit is that."""
BLOCK = 16
"""Lines are a product of two of their powers: 16 first ones, and every sixteenth."""
FINE = 500
"""Angles are a sum of two: steps of 1 ms below this, and steps of this. Both tables stay small."""

# So many beats' angles are two megabytes.
_AT_ONCE = 512


@dataclass(frozen=True, slots=True)
class Grid:
    """Lines k/period for k = 1, 2, …, as many as `lines`, over the last `span_ms`."""

    span_ms: int
    period_ms: int
    lines: int

    @property
    def hz(self) -> float:
        """The distance of two lines."""
        return 1000 / self.period_ms


FIVE_MINUTES = Grid(300_000, 300_000, 120)
"""To 0.4 Hz in steps of exactly one over the window: so powers of lines add up to the variance."""
COHERENCE = Grid(64_000, 100_000, 40)
"""64 s, as HeartMath does; in steps of 0.01 Hz three lines are its 0.03-Hz window."""


def tables(grid: Grid) -> tuple[Floats, Floats]:
    """Return coarse and fine steps around the circle, each as rows of cosine and sine."""
    coarse = np.arange(grid.period_ms // FINE) * FINE * (2 * pi / grid.period_ms)
    fine = np.arange(FINE) * (2 * pi / grid.period_ms)
    return np.array([np.cos(coarse), np.sin(coarse)]), np.array([np.cos(fine), np.sin(fine)])


class Sums:
    """Sums over the NN intervals of one window, on every line of a grid."""

    def __init__(self, grid: Grid) -> None:
        self.grid = grid
        self._coarse, self._fine = tables(grid)
        self.n = 0
        self.ticks = 0
        """Sum of the intervals."""
        self.times = np.zeros((2, 2 * grid.lines))
        """Σ cos and Σ sin: of the beats' times alone, on twice as many lines."""
        self.beats = np.zeros((2, grid.lines))
        """Σ x·cos and Σ x·sin; x is the interval less the reference, in ticks."""

    @property
    def counted(self) -> Counted:
        """The sums in the order the formulas take them."""
        return self.n, self.ticks, *self.times, *self.beats

    @property
    def coverage(self) -> float:
        """The share of the span that NN intervals cover, at most 1."""
        return min(1.0, self.ticks * 1000 / TICKS_PER_S / self.grid.span_ms)

    def move(self, t_ms: ArrayLike, rr_ticks: ArrayLike, signs: ArrayLike) -> None:
        """Count beats in (sign 1) or out (-1)."""
        at, rr, sign = (np.asarray(each, np.int64) for each in (t_ms, rr_ticks, signs))
        self.n += int(sign.sum())
        self.ticks += int((sign * rr).sum())
        x = sign * (rr - REFERENCE_TICKS)
        for first in range(0, len(at), _AT_ONCE):
            some = slice(first, first + _AT_ONCE)
            turned = self._turn(at[some])
            self.times += (turned * sign[some]).sum(axis=2)
            self.beats += (turned[:, : self.grid.lines] * x[some]).sum(axis=2)

    def _turn(self, t_ms: Ints) -> Floats:
        """Return cosine and sine by line and beat, rounded to 2⁻³³."""
        step = t_ms % self.grid.period_ms
        one = _times(self._coarse[:, step // FINE], self._fine[:, step % FINE])
        first = _powers(one, BLOCK)
        blocks = 2 * self.grid.lines // BLOCK
        every = _powers(first[:, -1], blocks - 1)
        # The first block is not turned on; the others are, by one power each.
        rest = _times(first[:, None], every[:, :, None])
        turned = np.concatenate([first[:, None], rest], axis=1)
        return ((turned + ROUNDER) - ROUNDER).reshape(2, 2 * self.grid.lines, len(t_ms))


def _times(one: Floats, other: Floats) -> Floats:
    """Multiply complex numbers given as rows; real products alone round alike on every machine."""
    return np.array([one[0] * other[0] - one[1] * other[1], one[0] * other[1] + one[1] * other[0]])


def _powers(one: Floats, count: int) -> Floats:
    """Return the powers 1…count, by doubling."""
    powers = one[:, None]
    while powers.shape[1] < count:
        more = count - powers.shape[1]
        powers = np.concatenate([powers, _times(powers[:, :more], powers[:, -1:])], axis=1)
    return powers
