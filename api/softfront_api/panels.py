"""One measure over days, as it is told: its unit, its band, its line, and what could be seen."""

from collections.abc import Callable
from dataclasses import dataclass
from math import isnan
from typing import Any, TypeAlias

import numpy as np

from softfront_signal import trends as arithmetic
from softfront_signal.clustered import Numbers
from softfront_signal.same_hour import Measures, SameHour, same_hour
from softfront_signal.through_days import Line, line
from softfront_signal.trends import ENOUGH_MIN, WEEKS_NEEDED, Change, Fitted, Means

from .by_day import Places, date_of
from .reasons import Text
from .shapes.common import TextOut, Values
from .shapes.trends import Bracket, Interval, LineAt, Measured, Panel

Number: TypeAlias = Any
"""A number, or an array of them."""
_BAND = (10, 90, 50)
# So many minutes tell a percentile as well as ten times as many.
_MANY = 20_000


def _same(value: Number) -> Number:
    return value


def _percent(difference: Number) -> Number:
    return 100 * np.expm1(difference)


def _ms(logarithm: Number) -> Number:
    return np.exp(logarithm)


def _per_mille(index: Number) -> Number:
    return 1000 * np.exp(index)


@dataclass(frozen=True, slots=True)
class Scale:
    """How a measure is told, where arithmetic knows it as something else."""

    unit: str
    change_unit: str
    words: str
    """The last part of the keys of its sentences."""
    told: Callable[[Number], Number] = _same
    """From what arithmetic knows to the unit."""
    changed: Callable[[Number], Number] = _same
    """The same for a change."""


SCALES = {
    "still": Scale("min/h", "min/h", "still"),
    "heart_rate": Scale("bpm", "bpm", "bpm"),
    "rmssd": Scale("ms", "%", "percent", _ms, _percent),
    "soothing": Scale("ms/s", "%", "percent", _per_mille, _percent),
}
"""The four measures, those of minutes in the order the diary keeps them in."""


@dataclass(frozen=True, slots=True)
class Series:
    """A measure by days that follow one another, and by the hours of each."""

    days: Places
    level: Numbers
    """NaN where too little is known."""
    values: Numbers
    weights: Numbers
    each: Means
    band: Numbers | None = None
    """As `_BAND` has it."""


def of_shares(shares: Numbers, days: Places) -> Series:
    """Take numbers that are one a day; NaN is a day without."""
    unknown = np.full(len(days), np.nan)
    known = (~np.isnan(shares)).astype(np.int64)
    each = Means(shares, unknown, unknown, known)
    return Series(days, shares, np.nan_to_num(shares)[:, None], known[:, None].astype(float), each)


def of_minutes(
    values: Measures, places: Places, hours: Places, days: Places, draw: np.random.Generator
) -> Series:
    """Take numbers minute by minute, quarter-hours in rows; `places` say of which of the days."""
    found = same_hour(values, places, hours, len(days))
    if found is None:
        return of_shares(np.full(len(days), np.nan), days)
    enough = found.minutes >= ENOUGH_MIN
    return Series(
        days,
        np.where(enough, found.level, np.nan),
        np.nan_to_num(found.rest + found.usual + found.level[:, None]),
        found.weights * enough[:, None],
        arithmetic.of_days(found, draw),
        _band(values, hours, found),
    )


def _band(values: Measures, hours: Places, found: SameHour) -> Numbers | None:
    some = slice(None, None, 1 + values.size // _MANY)
    level = values[some] - found.usual[hours[some]][:, None]
    known = level[~np.isnan(level)]
    return np.percentile(known, _BAND) if len(known) else None


@dataclass(frozen=True, slots=True)
class Told:
    """A measure as it is told: by days, weeks and months, and altogether."""

    days: list[Measured | None]
    weeks: list[Measured | None]
    months: list[Measured | None]
    panel: Panel


def tell(
    name: str,
    it: Series,
    groups: tuple[Places, Places],
    drawn: Numbers,
    draw: np.random.Generator,
) -> Told:
    """Tell a measure; `groups` say in which week and in which month each day is."""
    scale = SCALES[name]
    found = line(it.values, it.weights, it.days, drawn)
    alike = found.likeness if found else 0.0
    weeks, months = (arithmetic.of_groups(it.level, of, alike, draw) for of in groups)
    days, of_weeks, of_months = (_measured(means, scale) for means in (it.each, weeks, months))
    return Told(days, of_weeks, of_months, _panel(it, scale, found))


def _measured(means: Means, scale: Scale) -> list[Measured | None]:
    value, low, high = (scale.told(ends).tolist() for ends in (means.value, means.low, means.high))
    return [
        None if isnan(middle) else Measured(value=middle, low=_known(least), high=_known(most), n=n)
        for middle, least, most, n in zip(value, low, high, means.n.tolist(), strict=True)
    ]


def _known(value: float) -> float | None:
    return None if isnan(value) else value


def _panel(it: Series, scale: Scale, found: Line | None) -> Panel:
    full = arithmetic.full_weeks(it.level, it.days)
    known = it.days[~np.isnan(it.level)]
    change = arithmetic.change(found, known) if found and full >= WEEKS_NEEDED else None
    band = None if it.band is None else [scale.told(edge) for edge in it.band.tolist()]
    return Panel.model_validate(
        {
            "unit": scale.unit,
            "band": band and dict(zip(("low", "high", "median"), band, strict=True)),
            "change": _interval(change, scale),
            "change_unit": scale.change_unit,
            "full_weeks": full,
            "weeks": change.weeks if change else 0,
            "line": [_at(fitted, scale) for fitted in change.line] if change else [],
            "detectable": scale.changed(change.detectable) if change else None,
            "detectable_at": _bracket(it.level, change, scale),
            "text": TextOut.of(_text(change, full, scale)),
        }
    )


def _at(it: Fitted, scale: Scale) -> LineAt:
    value, low, high = map(scale.told, (it.value, it.low, it.high))
    return LineAt(monday=date_of(it.monday), value=value, low=low, high=high)


def _interval(change: Change | None, scale: Scale) -> Interval | None:
    if change is None:
        return None
    value, low, high = map(scale.changed, (change.value, change.low, change.high))
    return Interval(value=value, low=low, high=high)


def _bracket(level: Numbers, change: Change | None, scale: Scale) -> Bracket | None:
    """Lay the smallest change that could be seen about the middle of the days."""
    if change is None:
        return None
    middle, half = float(np.nanmedian(level)), change.detectable / 2
    return Bracket(low=scale.told(middle - half), high=scale.told(middle + half))


def _text(change: Change | None, full: int, scale: Scale) -> Text:
    if change is None:
        few = Text("trend.not_enough", {"n": full})
        return Text("trend.apart") if full >= WEEKS_NEEDED else few
    low, high = scale.changed(change.low), scale.changed(change.high)
    which = "higher" if low > 0 else "lower" if high < 0 else "unclear"
    if which == "lower":
        low, high = -high, -low
    values: Values = {"weeks": change.weeks, "low": _tenths(low), "high": _tenths(high)}
    return Text(f"trend.{which}.{scale.words}", values)


def _tenths(number: float) -> str:
    """Write a number small enough that whole ones would hide it, with a real minus."""
    return f"{number:.1f}".replace("-", "−")
