"""A line through moments that come by the day, and how well it is known."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from .student import student

Numbers: TypeAlias = NDArray[np.float64]
# Beyond this a number rests on rounding, or on one day alone.
_WORST_CONDITION = 1e8


@dataclass(frozen=True, slots=True)
class Slope:
    """What one column adds, with its 95 % interval."""

    value: float
    low: float
    high: float


def slope(y: Numbers, columns: Numbers, weights: Numbers, days: NDArray[np.int64]) -> Slope | None:
    """Fit weighted least squares, and return what the last column adds.

    `None` where that is not known, or not without one of the days.

    A day's moments resemble one another, so the error is that of days: how far the fit moves when
    one is left out. This jackknife is the sandwich with the leverage correction of Mancl and
    DeRouen 2001 (Biometrics 57:126), times (days − 1) / days: the residuals it corrects are those
    of the day left out. Student's t has as many degrees of freedom as there are days, less one for
    each number fitted. So, in simulations of 12 to 40 days, 95 to 97 intervals in 100 hold the
    truth; without the factor it is 97 on few days, and with the normal quantile 93.
    """
    _, at, sizes = np.unique(days, return_inverse=True, return_counts=True)
    count = len(sizes)
    free = count - columns.shape[1]
    if free < 1:
        return None
    weighted = columns * weights[:, None]
    by_day = _sums(np.einsum("ni,nj->nij", weighted, columns), at, count)
    whole = by_day.sum(axis=0)
    without = whole - by_day
    if not (np.linalg.cond(without) < _WORST_CONDITION).all():
        return None
    fit = np.linalg.solve(whole, weighted.T @ y)
    pulls = _sums(weighted * (y - columns @ fit)[:, None], at, count)
    moves = np.linalg.solve(without, pulls[:, :, None])[:, -1, 0]
    within = student(free) * float(np.sqrt(moves @ moves * (count - 1) / count))
    value = float(fit[-1])
    return Slope(value, value - within, value + within)


def _sums(of_moments: Numbers, at: NDArray[np.intp], count: int) -> Numbers:
    """Add up what belongs to one day."""
    sums = np.zeros((count, *of_moments.shape[1:]))
    np.add.at(sums, at, of_moments)
    return sums
