"""Days, weeks and months beside each other, and whether anything changes over them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

import numpy as np

from softfront_signal.resampling import drawings
from softfront_signal.trends import ENOUGH_MIN, WEEKS_NEEDED

from .by_day import Places, date_of
from .diary import BY_HAND, OFFERED
from .lived import Lived
from .panels import SCALES, Told, of_minutes, of_shares, tell
from .reasons import Text, utc
from .shapes.common import TextOut
from .shapes.trends import Measured, Panel, Panels, Trends

_SHARE, *_BY_MINUTE = SCALES
_WEEK, _YEAR, _HOUR_MIN = 7, 12, 60

_Sums: TypeAlias = Mapping[str, Places]


@dataclass(frozen=True, slots=True)
class _Groups:
    """Days put together."""

    names: Places
    of: Places
    """By day: in which group it is, counted from 0."""

    @classmethod
    def by(cls, names: Places) -> "_Groups":
        """Put days of one name together."""
        return cls(*np.unique(names, return_inverse=True))

    def add_up(self, sums: _Sums) -> dict[str, Places]:
        """Add up what days have, and the days."""
        of_all = {"days": np.ones(len(self.of)), **sums}
        return {
            name: np.bincount(self.of, each, len(self.names)).astype(np.int64)
            for name, each in of_all.items()
        }


def trends(it: Lived) -> Trends:
    """Tell days, weeks and months; the same days are always told the same."""
    days: Places = np.union1d(it.wear.days, np.array([day for day, _ in it.deeds], np.int64))
    weeks, months = _Groups.by((days - 1) // _WEEK), _Groups.by(_months(days))
    sums = it.seconds(days) | _practised(it, days)
    told = _told(it, days, (weeks.of, months.of), sums)
    panels = {name: one.panel for name, one in told.items()}
    of_days, of_weeks, of_months = (
        list(_rows({name: getattr(one, part) for name, one in told.items()}, of))
        for part, of in (
            ("days", sums),
            ("weeks", weeks.add_up(sums)),
            ("months", months.add_up(sums)),
        )
    )
    return Trends.model_validate(
        {
            "from": utc(it.from_ms),
            "to": utc(it.to_ms),
            "zone": it.zone and str(it.zone),
            "text": TextOut.of(_headline(list(panels.values()), len(days))),
            "days": [
                {**row, "date": date_of(day), "monday": _monday((day - 1) // _WEEK)}
                for day, row in zip(days.tolist(), of_days, strict=True)
            ],
            "weeks": [
                {**row, "monday": _monday(week)}
                for week, row in zip(weeks.names.tolist(), of_weeks, strict=True)
            ],
            "months": [
                {**row, "month": f"{at // _YEAR:04}-{at % _YEAR + 1:02}"}
                for at, row in zip(months.names.tolist(), of_months, strict=True)
            ],
            "panels": Panels(**panels),
        }
    )


def _told(it: Lived, days: Places, groups: tuple[Places, Places], sums: _Sums) -> dict[str, Told]:
    dice = it.dice()
    drawn = drawings(len(days), dice)
    worn_s = sums["worn_s"]
    shares = np.where(
        worn_s >= ENOUGH_MIN * 60, _HOUR_MIN * sums["still_s"] / np.maximum(worn_s, 1), np.nan
    )
    series = {_SHARE: of_shares(shares, days)}
    minutes = it.minutes()
    places = np.searchsorted(days, it.wear.days)
    for at, name in enumerate(_BY_MINUTE):
        series[name] = of_minutes(minutes[:, :, at], places, it.wear.hours, days, dice)
    return {name: tell(name, of, groups, drawn, dice) for name, of in series.items()}


def _practised(it: Lived, days: Places) -> dict[str, Places]:
    """Count pauses, and add up what was practised in all, by day."""
    places = np.searchsorted(days, [day for day, _ in it.deeds])
    pauses = [float(deed.kind in (BY_HAND, OFFERED)) for _, deed in it.deeds]
    lasted = [float(deed.lasted_s or 0) for _, deed in it.deeds]
    return {
        name: np.bincount(places, np.array(each), len(days)).astype(np.int64)
        for name, each in (("pauses", pauses), ("practice_s", lasted))
    }


def _rows(
    measures: Mapping[str, Sequence[Measured | None]], sums: _Sums
) -> Iterator[dict[str, Measured | int | None]]:
    """Lay what was measured beside what was added up, row by row."""
    names = (*measures, *sums)
    columns = (*measures.values(), *(each.tolist() for each in sums.values()))
    return (dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True))


def _headline(panels: Sequence[Panel], days: int) -> Text:
    weeks = max(panel.weeks for panel in panels)
    if not days:
        return Text("trends.nothing")
    if not weeks:
        full = max(panel.full_weeks for panel in panels)
        return Text("trend.not_enough", {"n": min(full, WEEKS_NEEDED - 1)})
    changed = sum(bool(panel.line) for panel in panels)
    values = {"weeks": weeks, "n": changed, "of": len(panels)}
    return Text(f"trends.{'changed' if changed else 'unchanged'}", values)


def _months(days: Places) -> Places:
    dates = map(date.fromordinal, days.tolist())
    return np.array([_YEAR * it.year + it.month - 1 for it in dates], np.int64)


def _monday(week: int) -> str:
    return date_of(_WEEK * week + 1)
