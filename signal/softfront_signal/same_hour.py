"""Days made comparable: hour with hour, whatever shift was worked."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from .clustered import Numbers

Places: TypeAlias = NDArray[np.int64]
Measures: TypeAlias = Numbers | NDArray[np.float32]

HOURS = 24
# Of one hour's still minutes ten tell about as much as more would: they resemble one another.
_TELLING = 10.0
# A day whose hours no other day shares is held against what those hours are by themselves: so
# much, in hours, a difference between two kinds of shift must be seen for before it is believed.
_DOUBT = 1.0


@dataclass(frozen=True, slots=True)
class SameHour:
    """A measure by days, and what is left of it hour by hour."""

    level: Numbers
    """Of each day, had it been worn at this person's usual hours; NaN where nothing is known."""
    minutes: Numbers
    """Still, clear minutes of each day."""
    rest: Numbers
    """By day and hour: how far it lay above its day and hour; NaN where nothing is known."""
    usual: Numbers
    """By hour of the day: how far it usually lies above the day's level."""
    weights: Numbers
    """By day and hour: how much is known of it."""


def same_hour(values: Measures, days: Places, hours: Places, count: int) -> SameHour | None:
    """Part minutes into what their day adds and what their hour adds; `None` where there are none.

    A heart is slower at night, so a week of nights held against a week of early shifts shows the
    clock, not the person. Each hour of a day has a mean; these are taken as the sum of a day and
    an hour of the day, fitted by least squares (an additive two-way table, as in Tukey 1977,
    Exploratory Data Analysis, ch. 11, with means in place of medians). Hours that are known by few
    minutes weigh less. Where kinds of shift share no hour, their hours' own means stand in.

    Each row of `values` holds minutes of one hour, NaN where there is none; `days`, which count
    from 0 up to `count`, and `hours` say of which.
    """
    known = ~np.isnan(values)
    if not known.any():
        return None
    row = np.ones(values.shape[1])
    minutes = _table(known @ row, days, hours, count)
    sums = _table(np.where(known, values, 0.0) @ row, days, hours, count)
    table = np.divide(sums, minutes, out=np.zeros_like(sums), where=minutes > 0)
    weights = minutes / (minutes + _TELLING)
    usual = _hours(table, weights)
    of_day, of_hour = weights.sum(axis=1), minutes.sum(axis=0)
    usual -= usual @ of_hour / of_hour.sum()
    level = np.full(count, np.nan)
    np.divide(((table - usual) * weights).sum(axis=1), of_day, out=level, where=of_day > 0)
    rest = np.where(minutes > 0, table - usual - level[:, None], np.nan)
    return SameHour(level, minutes.sum(axis=1), rest, usual, weights)


def _table(of_rows: Numbers, days: Places, hours: Places, count: int) -> Numbers:
    sums = np.bincount(days * HOURS + hours, of_rows, count * HOURS)
    return sums.astype(float).reshape(count, HOURS)


def _hours(table: Numbers, weights: Numbers) -> Numbers:
    """Fit what each hour adds, the days being free: from the hours' own means, as far as seen."""
    of_day, of_hour = weights.sum(axis=1), weights.sum(axis=0)
    own = np.divide((table * weights).sum(axis=0), of_hour, out=np.zeros(HOURS), where=of_hour > 0)
    own[of_hour > 0] -= (table * weights).sum() / weights.sum()
    shares = np.divide(weights, of_day[:, None], out=np.zeros_like(weights), where=weights > 0)
    left = (table - own) * weights
    short = left.sum(axis=0) - shares.T @ left.sum(axis=1)
    whole = np.diag(of_hour + _DOUBT) - shares.T @ weights
    fitted: Numbers = own + np.linalg.solve(whole, short)
    return fitted
