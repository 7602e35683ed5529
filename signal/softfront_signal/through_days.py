"""A line through days, hour held against hour, and how well it is known."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .clustered import Numbers
from .resampling import LEAST, likeness_of_days, scatter
from .student import student

# A dozen days less the two numbers of a line, and a little: hours are not all seen alike.
_LEAST_FREE = LEAST - 2.5
# A day that alone holds the line has nothing to say of its error.
_MOST_OWN = 0.9
# Less than this is nothing but rounding.
_NOTHING = 1e-9


@dataclass(frozen=True, slots=True)
class Line:
    """A straight line through days, by the day, and how well it is known."""

    slope: float
    se: float
    student: float
    """How many standard errors a 95 % interval reaches to either side."""
    likeness: float
    """How much a day resembles the day before, once the line is taken out."""
    middle: float
    """The day in the middle of them …"""
    height: float
    """… and the line's height there."""
    _moved: Numbers
    """By how much each drawing moved the slope, and the height in the middle."""

    @property
    def low(self) -> float:
        """The slope's interval begins here."""
        return self.slope - self.student * self.se

    @property
    def high(self) -> float:
        """The slope's interval ends here."""
        return self.slope + self.student * self.se

    def at(self, days: Numbers) -> tuple[Numbers, Numbers]:
        """Give the line's height on some days, and how far its 95 % interval reaches."""
        away = days - self.middle
        spread = (self._moved @ np.stack([away, np.ones(len(days))])).std(axis=0)
        return self.height + self.slope * away, self.student * spread


def line(values: Numbers, weights: Numbers, days: NDArray[np.int64], drawn: Numbers) -> Line | None:
    """Fit a line through days by drawing them again; `None` where too few could tell.

    `values` and `weights` have a row for each of `days`, in order, and a column for each hour: one
    holds against the other only what is of one hour. So the line runs through what lies above the
    mean of its hour, over how much later that day is than the mean day of this hour (Frisch and
    Waugh 1933, Econometrica 1:387): where early shifts gave way to nights, what the clock did and
    what time did cannot be told apart, and the interval says so.

    `drawn` says how often each day came, drawing by drawing. The standard error is the spread of
    the slopes, which each day moves by as much as if it had not been asked before (the leverage
    correction of Mancl and DeRouen 2001, Biometrics 57:126), and as much wider as days resemble
    the day before.
    """
    seen = weights.sum(axis=1) > 0
    values, weights, days = values[seen], weights[seen], days[seen]
    of_day, of_hour = weights.sum(axis=1), np.maximum(weights.sum(axis=0), _NOTHING)
    # To a day the means of hours are worth one number for each kind of shift.
    own = (weights * weights / of_hour).sum(axis=1) / of_day
    fitted = 1 + float(own.sum())
    later = days[:, None] - days @ weights / of_hour
    run = (weights * later * later).sum(axis=1)
    if len(days) - fitted < _LEAST_FREE or run.sum() < _NOTHING:
        return None
    above = values - (values * weights).sum(axis=0) / of_hour
    rise = (weights * later * above).sum(axis=1)
    slope = float(rise.sum() / run.sum())
    left = (weights * (above - slope * later)).sum(axis=1) / of_day
    alike = likeness_of_days(left, days, fitted)
    more = scatter((weights * later).sum(axis=1), days, alike)
    level, middle = (values * weights).sum(axis=1) / of_day, float(days.mean())
    lies = (level - level.mean() - slope * (days - middle)) / len(days)
    pulls = np.column_stack([(rise - slope * run) / run.sum(), lies])
    moved = more * _moved(pulls, own + run / run.sum(), seen, drawn)
    sure = student(max(1, int(len(days) / more**2 - fitted)))
    se = float(moved[:, 0].std())
    return Line(slope, se, sure, alike, middle, float(level.mean()), moved)


def _moved(pulls: Numbers, own: Numbers, seen: NDArray[np.bool_], drawn: Numbers) -> Numbers:
    """Say by how much each drawing moves the slope and the height."""
    of_all = np.zeros((len(seen), pulls.shape[1]))
    # What a day has pulled towards itself it is freed of, as where it is left out.
    of_all[seen] = pulls / (1 - np.minimum(own, _MOST_OWN))[:, None]
    moved: Numbers = drawn @ of_all - of_all.sum(axis=0)
    return moved
