"""Before and after something one chose to do, held against moments like it without it.

Whoever sits down to practise has often just come from something, and what stood out comes back by
itself: before and after alone show that, whatever was done between them (regression to the mean).
So each time is held against moments of the same person at about the same hour and level, and of
those weeks. What one chose remains chosen: no matching makes a fair coin of it.
"""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from .clustered import Numbers, Slope, slope
from .student import student

Places: TypeAlias = NDArray[np.int64]
Flags: TypeAlias = NDArray[np.bool_]

ENOUGH = 8
"""Below eight moments the middle of them is two moments' whim."""
# A difference between few days is known by as many days, and four can still tell a spread.
LEAST_DAYS = 4
AROUND_MIN = 60
"""What is usual drifts over a day: an hour to either side is the same hour."""
_WITHIN_MIN = 14 * 24 * 60
# Of the person's own spread: nearer leaves too few, farther is another level.
_NEAR = 0.5
# More say no more, and the farthest say less.
_MOST = 8
_A_DAY_MIN = 24 * 60
# 1.96 for the interval, 0.84 to be outside of it four times in five.
_POWER = 0.84


@dataclass(frozen=True, slots=True)
class Moments:
    """Moments in a row, each with what was before and after it; NaN is not known."""

    at_min: Places
    """In minutes since 1970."""
    clock_min: Places
    """Of the wearer's day."""
    days: Places
    before: Numbers
    """By moment: heart rate, ln RMSSD."""
    after: Numbers

    @property
    def seen(self) -> Flags:
        """Which have all four numbers."""
        known: Flags = np.isfinite(np.hstack([self.before, self.after]).sum(axis=1))
        return known

    def those(self, which: Flags) -> "Moments":
        """Give some of them."""
        at_min, clock_min, days = self.at_min[which], self.clock_min[which], self.days[which]
        return Moments(at_min, clock_min, days, self.before[which], self.after[which])


@dataclass(frozen=True, slots=True)
class Contrast:
    """By how much one measure changed, with and without, and the difference."""

    done: Slope
    without: Slope
    difference: Slope
    detectable: float
    """A smaller difference would not be seen four times in five."""


@dataclass(frozen=True, slots=True)
class Compared:
    """What a comparison rests on, and what it shows; `None` where that is too little."""

    n: int
    """Times that have numbers before and after, and moments like them."""
    days: int
    matched: int
    heart_rate: Contrast | None
    ln_rmssd: Contrast | None


def spans_of(ends_min: Places, values: Numbers, begin: Places, end: Places, least: int) -> Numbers:
    """Average minutes that end after `begin` and up to `end`; NaN below so many known ones.

    `ends_min` are in order; rows of `values` are of those minutes.
    """
    known = ~np.isnan(values)
    zero = np.zeros((1, values.shape[1]))
    sums = np.vstack([zero, np.cumsum(np.where(known, values, 0.0), axis=0)])
    counts = np.vstack([zero, np.cumsum(known, axis=0)])
    first = np.searchsorted(ends_min, begin, side="right")
    last = np.searchsorted(ends_min, end, side="right")
    total, n = sums[last] - sums[first], counts[last] - counts[first]
    means: Numbers = np.divide(total, n, out=np.full(total.shape, np.nan), where=n >= least)
    return means


def compare(done: Moments, others: Moments) -> Compared:
    """Hold moments at which something was done against others, each against those like it."""
    done, others = done.those(done.seen), others.those(others.seen)
    weights = np.zeros(len(others.days))
    matched = np.zeros(len(done.days), bool)
    spread = others.before.std(axis=0) if len(others.days) else np.ones(2)
    for at in range(len(done.days)):
        like = _like(done, at, others, np.maximum(spread, 1e-9))
        if len(like):
            matched[at] = True
            weights[like] += 1 / len(like)
    done, n = done.those(matched), int(matched.sum())
    used = weights > 0
    days, count = len(np.unique(done.days)), int(used.sum())
    if n < ENOUGH or count < ENOUGH or days < LEAST_DAYS:
        return Compared(n, days, count, None, None)
    others, weights = others.those(used), weights[used]
    both = [_contrast(done, others, weights, measure) for measure in (0, 1)]
    return Compared(n, days, count, *both)


def _like(done: Moments, at: int, others: Moments, spread: Numbers) -> Places:
    """Find the moments most like one: same hour, same weeks, same level before."""
    apart = np.abs(others.clock_min - done.clock_min[at])
    hour = np.minimum(apart, _A_DAY_MIN - apart) <= AROUND_MIN
    weeks = np.abs(others.at_min - done.at_min[at]) <= _WITHIN_MIN
    away = np.abs(others.before - done.before[at]) / spread
    like = np.flatnonzero(hour & weeks & (away <= _NEAR).all(axis=1))
    nearest: Places = like[np.argsort(away[like].sum(axis=1), kind="stable")[:_MOST]]
    return nearest


def _contrast(done: Moments, others: Moments, weights: Numbers, measure: int) -> Contrast | None:
    """Fit the change on what was done, the level before being held.

    So what matching leaves unequal is evened out (Ho et al. 2007, Polit Anal 15:199).
    Days are the sample, whichever side their moments are on: one that serves many times is one.
    """
    before = np.concatenate([done.before[:, measure], others.before[:, measure]])
    change = np.concatenate([done.after[:, measure], others.after[:, measure]]) - before
    days = np.concatenate([done.days, others.days])
    of_done = np.concatenate([np.ones(len(done.days)), np.zeros(len(others.days))])
    every = np.concatenate([np.ones(len(done.days)), weights])
    level = before - np.average(before, weights=every)
    ones = np.ones(len(days))
    sides = [np.column_stack([level, first, of_done]) for first in (1 - of_done, ones)]
    found = [slope(change, columns, every, days) for columns in sides]
    alone = slope(change, np.column_stack([level, of_done, 1 - of_done]), every, days)
    few = len(np.unique(done.days)) - 1
    if found[0] is None or found[1] is None or alone is None:
        return None
    free = len(np.unique(days)) - 3
    done_slope, without, difference = (_fewer(it, free, few) for it in (found[0], alone, found[1]))
    se = (difference.high - difference.value) / student(min(free, few))
    return Contrast(done_slope, without, difference, (student(min(free, few)) + _POWER) * se)


def _fewer(it: Slope, free: int, few: int) -> Slope:
    """Widen an interval to what the days on which something was done can tell."""
    within = (it.high - it.value) / student(free) * student(min(free, few))
    return Slope(it.value, it.value - within, it.value + within)
