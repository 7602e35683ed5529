"""One measure over days, weeks and months, and whether it changes."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .clustered import Numbers
from .resampling import errors_of_means, likeness
from .same_hour import SameHour
from .through_days import Line

WEEKS_NEEDED = 3
DAYS_A_WEEK = 4
"""Two weeks have a difference and no trend; a day or two are not a week."""
ENOUGH_MIN = 20
"""Fewer still minutes say more about those minutes than about the day."""
DAYS_A_MONTH = 365.25 / 12
# 1.96 for the interval, 0.84 to be outside of it four times in five: 2.8 standard errors.
_POWER = 0.84
_WEEK, _THURSDAY = 7, 3


@dataclass(frozen=True, slots=True)
class Means:
    """Means of days, or of weeks or months, in a row, with their 95 % intervals; NaN is unknown."""

    value: Numbers
    low: Numbers
    high: Numbers
    n: NDArray[np.int64]
    """Still minutes of a day; days of a week or month."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """The line at the middle of a week, with its 95 % interval."""

    monday: int
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Change:
    """By how much a measure changes a month, with its 95 % interval."""

    value: float
    low: float
    high: float
    weeks: int
    """From the first to the last, both counted."""
    detectable: float
    """From the first day to the last: a smaller change would not be seen four times in five."""
    line: tuple[Fitted, ...]
    """What there is to draw: nothing where the interval holds zero."""


def of_days(it: SameHour, draw: np.random.Generator) -> Means:
    """Give each day's level; unknown below twenty still minutes.

    The interval is of hours drawn again, as many as the day has: what is left of an hour once its
    day and its hour of the day are taken out is taken from all days together.
    """
    # A night goes on past midnight: the hour after the last is the first.
    round_the_clock = np.hstack([it.rest, it.rest[:, :1]])
    errors = errors_of_means(it.rest, likeness(round_the_clock), draw)
    return _means(np.where(it.minutes >= ENOUGH_MIN, it.level, np.nan), it.minutes, errors)


def of_groups(
    values: Numbers, groups: NDArray[np.int64], alike: float, draw: np.random.Generator
) -> Means:
    """Give the mean of each group of days, weeks or months, with the interval of days drawn again.

    `groups` are counted from 0 and in order of time; NaN in `values` is a day without a number.
    """
    known = ~np.isnan(values)
    count = int(groups.max()) + 1 if len(groups) else 0
    sizes = np.bincount(groups[known], minlength=count)
    sums = np.bincount(groups[known], values[known], count)
    means = np.divide(sums, sizes, out=np.full(count, np.nan), where=sizes > 0)
    errors = errors_of_means(_rows(values - means[groups], groups, count), alike, draw)
    return _means(means, sizes.astype(float), errors)


def full_weeks(values: Numbers, days: NDArray[np.int64]) -> int:
    """Count the weeks in which enough days have a number. Day 1 is a Monday."""
    weeks = (days[~np.isnan(values)] - 1) // _WEEK
    return int((np.unique(weeks, return_counts=True)[1] >= DAYS_A_WEEK).sum())


def change(found: Line, days: NDArray[np.int64]) -> Change:
    """Tell a line through these days by the month, and week by week where there is one to draw."""
    first, last = int(days.min()), int(days.max())
    weeks = range((first - 1) // _WEEK, (last - 1) // _WEEK + 1)
    return Change(
        value=found.slope * DAYS_A_MONTH,
        low=found.low * DAYS_A_MONTH,
        high=found.high * DAYS_A_MONTH,
        weeks=len(weeks),
        detectable=(found.student + _POWER) * found.se * (last - first),
        line=() if found.low <= 0 <= found.high else tuple(_fitted(found, weeks)),
    )


def _fitted(found: Line, weeks: range) -> Iterator[Fitted]:
    mondays = [_WEEK * week + 1 for week in weeks]
    heights, reach = found.at(np.array(mondays, dtype=float) + _THURSDAY)
    for monday, height, within in zip(mondays, heights, reach, strict=True):
        yield Fitted(monday, float(height), float(height - within), float(height + within))


def _rows(values: Numbers, groups: NDArray[np.int64], count: int) -> Numbers:
    """Lay each group's numbers in a row, from its left end; the rest of it stays NaN."""
    begins = np.searchsorted(groups, np.arange(count))
    places = np.arange(len(groups)) - begins[groups]
    rows = np.full((count, int(places.max()) + 1 if len(places) else 1), np.nan)
    rows[groups, places] = values
    return rows


def _means(values: Numbers, counts: Numbers, errors: Numbers | None) -> Means:
    around = np.full((len(values), 2), np.nan) if errors is None else errors
    low, high = values - around[:, 1], values - around[:, 0]
    return Means(values, low, high, counts.astype(np.int64))
