"""Whether the time to return changes over weeks."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .clustered import Numbers, slope
from .lasting import ENOUGH
from .recovery import Return

# An hour away is an hour away; one long evening is not to outweigh a month.
_MOST_MIN = 60.0
WEEKS_NEEDED = 3
DAYS_A_WEEK = 4
"""Two weeks have a difference and no trend; a day or two are not a week."""
_DAYS_A_MONTH = 365.25 / 12


@dataclass(frozen=True, slots=True)
class Trend:
    """By how many minutes a month the mean time changes, with its 95 % interval."""

    value: float
    low: float
    high: float
    weeks: int
    """From the first to the last, both counted."""


def full_weeks(found: Iterable[Return]) -> int:
    """Count the weeks in which enough days have one."""
    days = Counter(week for week, _ in {(it.week, it.day) for it in found})
    return sum(count >= DAYS_A_WEEK for count in days.values())


def trend(found: Sequence[Return]) -> Trend | None:
    """Fit a line through the times of weeks; `None` where there are too few to tell.

    A time counts up to an hour, and one that was not seen to end for what it adds to the mean.
    """
    if full_weeks(found) < WEEKS_NEEDED or sum(it.back for it in found) < ENOUGH:
        return None
    minutes = np.array([it.minutes for it in found])
    ended = np.array([it.back for it in found])
    shares = own_shares(minutes, ended, min(_MOST_MIN, float(minutes.max())))
    if np.ptp(shares) == 0:
        return None
    days = np.array([it.day for it in found], dtype=np.int64)
    months = (days - days.min()) / _DAYS_A_MONTH
    ones = np.ones(len(found))
    line = slope(shares, np.column_stack([ones, months]), ones, days)
    if line is None:
        return None
    weeks = [it.week for it in found]
    return Trend(line.value, line.low, line.high, max(weeks) - min(weeks) + 1)


def own_shares(minutes: Numbers, ended: NDArray[np.bool_], most_min: float) -> Numbers:
    """Give for each spell what it adds to the mean time, of which nobody's counts above a limit.

    Where all are seen to end these are the times themselves, up to the limit. Else they are the
    pseudo-observations of the area under the curve of Kaplan and Meier (Andersen, Hansen and Klein
    2004, Lifetime Data Anal 10:335), which can be averaged, and compared, like numbers.
    """
    n = len(minutes)
    times = np.unique(minutes[ended & (minutes <= most_min)])
    at_risk = (minutes[:, None] >= times).astype(float)
    ends = ((minutes[:, None] == times) & ended[:, None]).astype(float)
    widths = np.diff(np.concatenate([[0.0], times, [most_min]]))
    whole = _area(at_risk.sum(axis=0), ends.sum(axis=0), widths)
    without = _area(at_risk.sum(axis=0) - at_risk, ends.sum(axis=0) - ends, widths)
    return n * whole - (n - 1) * without


def _area(at_risk: Numbers, ends: Numbers, widths: Numbers) -> Numbers:
    kept = 1 - ends / np.maximum(at_risk, 1)
    area: Numbers = widths[0] + np.cumprod(kept, axis=-1) @ widths[1:]
    return area
