"""Whether the time to return changes over weeks."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
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
_THURSDAY = 4


@dataclass(frozen=True, slots=True)
class Fitted:
    """The mean time in the middle of a week as the line has it, with its 95 % interval."""

    week: int
    minutes: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Trend:
    """By how many minutes a month the mean time changes, with its 95 % interval."""

    value: float
    low: float
    high: float
    weeks: int
    """From the first to the last, both counted."""
    line: tuple[Fitted, ...] = ()
    """What there is to draw: nothing where the interval holds zero."""


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
    weeks = range(min(it.week for it in found), max(it.week for it in found) + 1)
    drawn = () if line.low <= 0 <= line.high else tuple(_fitted(shares, days, weeks))
    return Trend(line.value, line.low, line.high, len(weeks), drawn)


def _fitted(shares: Numbers, days: NDArray[np.int64], weeks: range) -> Iterator[Fitted]:
    """Give the line week by week: where time is counted from a moment, it is the constant there."""
    ones = np.ones(len(days))
    for week in weeks:
        months = (days - (7 * week + _THURSDAY)) / _DAYS_A_MONTH
        at = slope(shares, np.column_stack([months, ones]), ones, days)
        if at is not None:
            yield Fitted(week, at.value, at.low, at.high)


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
