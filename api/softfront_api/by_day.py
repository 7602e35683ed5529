"""Quarter-hours laid into the wearer's own days.

A shift is wear with no gap over two hours, and it belongs whole to the day it began on, by the
wearer's own calendar: a night is one night. Who wears the strap for twenty hours and more works
no shift, and there each hour belongs to its date.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from softfront_signal.clustered import Numbers

from .diary import MEASURES, MINUTES, QUARTER_MS, Diary, Quarters, quarters, sum_up

Places: TypeAlias = NDArray[np.int64]

# Who wears it for longer works no shift.
LONGEST_SHIFT = 20 * 3_600_000 // QUARTER_MS
GAP = 2 * 3_600_000 // QUARTER_MS
_A_DAY = 24 * 3_600_000 // QUARTER_MS
# The dates at both ends are whole, with the shifts that reach over them.
_AROUND_MS = (LONGEST_SHIFT + _A_DAY) * QUARTER_MS


@dataclass(frozen=True, slots=True)
class Wear:
    """The quarter-hours of some days, oldest first."""

    numbers: Places
    days: Places
    """The day each belongs to, as `date.toordinal` counts."""
    clock_min: Places
    """By the wearer's clock, from midnight on."""
    minutes: NDArray[np.float32]
    """By quarter-hour, minute and measure; NaN where there is none."""
    of: Quarters
    kept: NDArray[np.bool_]
    """Which rows of `of` these are."""

    @property
    def hours(self) -> Places:
        """Of the day, 0…23."""
        return self.clock_min // 60

    def summed(self, seconds: tuple[int, ...], places: Places, count: int) -> Numbers:
        """Add up seconds by the place of each quarter-hour's day."""
        return np.bincount(places, np.array(seconds, float)[self.kept], count).astype(float)


def wear(diary: Diary, from_ms: int, to_ms: int, zone: tzinfo | None) -> Wear:
    """Give the quarter-hours of the days that a range touches, brought up to date."""
    span = around(from_ms, to_ms)
    sum_up(diary, *span)
    found = quarters(diary, *span)
    numbers = np.array(found.numbers, np.int64)
    minutes = np.frombuffer(found.minutes, "<f4").reshape(-1, MINUTES, MEASURES)
    local = numbers + _ahead(numbers, zone)
    days = _days(numbers, local)
    kept = (days >= day_of(from_ms, zone)) & (days <= day_of(to_ms - 1, zone))
    return Wear(
        numbers[kept],
        days[kept],
        (local % _A_DAY * MINUTES)[kept],
        minutes[kept],
        found,
        kept,
    )


def around(from_ms: int, to_ms: int) -> tuple[int, int]:
    """Say from when to when quarter-hours are read for the days that a range touches."""
    return from_ms - _AROUND_MS, to_ms + _AROUND_MS


def day_of(t_ms: int, zone: tzinfo | None) -> int:
    """Say on which date a moment lies."""
    return datetime.fromtimestamp(t_ms / 1000, zone).toordinal()


def date_of(day: int) -> str:
    """Write a day."""
    return date.fromordinal(day).isoformat()


def _days(numbers: Places, local: Places) -> Places:
    """Give the day of each quarter-hour: that of its shift's first, or its own."""
    begins = np.diff(numbers, prepend=-_A_DAY) > GAP + 1
    shift, firsts = np.cumsum(begins) - 1, np.flatnonzero(begins)
    lasts = np.append(firsts[1:], len(numbers)) - 1
    whole = numbers[lasts] - numbers[firsts] < LONGEST_SHIFT if len(numbers) else begins
    days: Places = np.where(whole[shift], local[firsts][shift], local) // _A_DAY
    return days + date(1970, 1, 1).toordinal()


def _ahead(numbers: Places, zone: tzinfo | None) -> Places:
    """Say by how many quarter-hours the wearer's clock is ahead at each of them, in order."""
    if not len(numbers):
        return numbers
    dates = numbers // _A_DAY
    first, last = int(dates[0]), int(dates[-1])
    edges = np.array([_quarters_ahead(at * _A_DAY, zone) for at in range(first, last + 2)])
    ahead: Places = edges[dates - first]
    for at in np.flatnonzero(np.diff(edges)).tolist():  # on this date the clock is moved
        here = slice(*np.searchsorted(dates, [first + at, first + at + 1]).tolist())
        ahead[here] = [_quarters_ahead(number, zone) for number in numbers[here].tolist()]
    return ahead


def _quarters_ahead(number: int, zone: tzinfo | None) -> int:
    moment = datetime.fromtimestamp(number * QUARTER_MS / 1000, UTC).astimezone(zone)
    ahead = moment.utcoffset()
    assert ahead is not None
    return int(ahead.total_seconds() * 1000) // QUARTER_MS
