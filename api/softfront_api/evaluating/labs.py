"""Rest and labelled strain: how often a rule speaks in the one, and in the other."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from softfront_signal.hrv import SPAN_MS
from softfront_signal.moments import MARK_MS

from .alarms import alarms, auc, first_within
from .chance import Figure, Interval, interval, mean_of, share
from .columns import Floats
from .rules import Scored

# After a task a heart takes its time: three minutes count neither way.
_AFTER_MS = 3 * 60_000
# Of an episode a quarter must have a number; of less nobody can be asked to see it.
_VISIBLE = 0.25
MOST_PER_H = 1.0
GRID: Floats = np.round(np.concatenate([np.arange(0, 4, 0.05), np.arange(4, 10.01, 0.25)]), 2)
"""Thresholds, in spreads or log odds."""


@dataclass(frozen=True, slots=True)
class Stress:
    """How one rule did, thresholds taken from the other people."""

    people: int
    auc: float
    auc_se: float
    auc_interval: Interval
    episodes: int
    """Those with numbers enough to be seen."""
    found: int
    sensitivity_interval: Interval
    fa_per_h: float
    """Per hour of labelled rest, whether it had numbers or not."""
    fa_interval: Interval
    fa_per_scored_h: float
    latency_s: float | None
    latency_interval: Interval
    threshold: float
    """What all people together would have."""

    @property
    def sensitivity(self) -> float:
        """Share of the episodes in which it spoke."""
        return self.found / self.episodes if self.episodes else float("nan")


@dataclass(frozen=True, slots=True)
class _Row:
    """One person at one threshold."""

    false: int
    found: int
    latencies: tuple[float, ...]


class Lab:
    """Every person at every threshold, by one rule."""

    def __init__(self, people: Sequence[Scored]) -> None:
        self._people = people
        self._rest = [_resting(it) for it in people]
        self._visible = [_visible(it) for it in people]
        self._rows = [[self._row(at, above) for above in GRID] for at in range(len(people))]
        self._false = np.array([[row.false for row in rows] for rows in self._rows], np.float64)
        self._hours = np.array([rest.sum() * MARK_MS / 3_600_000 for rest in self._rest])
        scored = (rest & ~np.isnan(it.score) for it, rest in zip(people, self._rest, strict=True))
        self._scored_hours = np.array([found.sum() * MARK_MS / 3_600_000 for found in scored])

    def told(self, draw: np.random.Generator) -> Stress:
        """Say how the rule did on each person at the threshold of all others."""
        everyone = np.arange(len(self._people))
        places = [self._place(everyone[everyone != at]) for at in everyone]
        rows = [self._rows[at][place] for at, place in enumerate(places)]
        areas = [_area(it) for it in self._people]
        known = [area for area in areas if np.isfinite(area)]
        latencies = [list(row.latencies) for row in rows]
        flat = sum(latencies, list[float]())
        of = self._sums(rows)
        return Stress(
            people=len(self._people),
            auc=float(np.mean(known)) if known else float("nan"),
            auc_se=float(np.std(known, ddof=1) / np.sqrt(len(known))) if len(known) > 1 else 0.0,
            auc_interval=interval(len(areas), mean_of(areas), draw),
            episodes=sum(map(len, self._visible)),
            found=sum(row.found for row in rows),
            sensitivity_interval=interval(len(rows), of.sensitivity, draw),
            fa_per_h=of.false_per_h(everyone),
            fa_interval=interval(len(rows), of.false_per_h, draw),
            fa_per_scored_h=float(of.false.sum() / max(self._scored_hours.sum(), 1e-9)),
            latency_s=float(np.median(flat)) if flat else None,
            latency_interval=interval(len(rows), _median_of(latencies), draw),
            threshold=float(GRID[self._place(everyone)]),
        )

    def sensitivity_at(self, above: float) -> tuple[float, Interval]:
        """Say which share of the episodes is seen at one threshold for all."""
        place = int(np.argmin(np.abs(GRID - above)))
        found = sum(rows[place].found for rows in self._rows)
        episodes = sum(map(len, self._visible))
        return (found / episodes if episodes else float("nan")), share(found, episodes)

    def _place(self, people: NDArray[np.int64]) -> int:
        """Find the least threshold from which on all keep to one false alarm an hour."""
        hours = self._hours[people].sum()
        rate = self._false[people].sum(axis=0) / hours if hours else np.zeros(len(GRID))
        over = np.flatnonzero(rate > MOST_PER_H)
        return min(len(GRID) - 1, int(over[-1]) + 1 if len(over) else 0)

    def _row(self, at: int, above: float) -> _Row:
        it = self._people[at]
        spoke = alarms(it.score, above)
        latencies = []
        for begin, end in self._visible[at]:
            first = first_within(spoke, begin, end)
            if first is not None:
                latencies.append((first - begin) * MARK_MS / 1000)
        false = int(self._rest[at][spoke].sum()) if spoke else 0
        return _Row(false, len(latencies), tuple(latencies))

    def _sums(self, rows: Sequence[_Row]) -> "_Sums":
        return _Sums(
            np.array([row.false for row in rows], np.float64),
            np.array([row.found for row in rows], np.float64),
            np.array([len(visible) for visible in self._visible], np.float64),
            self._hours,
        )


@dataclass(frozen=True, slots=True)
class _Sums:
    false: Floats
    found: Floats
    episodes: Floats
    hours: Floats

    def sensitivity(self, drawn: NDArray[np.int64]) -> float:
        episodes = self.episodes[drawn].sum()
        return float(self.found[drawn].sum() / episodes) if episodes else float("nan")

    def false_per_h(self, drawn: NDArray[np.int64]) -> float:
        hours = self.hours[drawn].sum()
        return float(self.false[drawn].sum() / hours) if hours else float("nan")


def _median_of(latencies: Sequence[list[float]]) -> Figure:
    def figure(drawn: NDArray[np.int64]) -> float:
        taken = sum((latencies[at] for at in drawn), list[float]())
        return float(np.median(taken)) if taken else float("nan")

    return figure


def _area(it: Scored) -> float:
    """Return the area under the curve: tasks against rest, by windows wholly inside one."""
    known = ~np.isnan(it.score)
    task = it.thought.within(it.course.episodes, SPAN_MS) & known
    rest = it.thought.within(it.course.rests, SPAN_MS) & known
    return auc(it.score[task], it.score[rest])


def _resting(it: Scored) -> NDArray[np.bool_]:
    """Say at which marks an alarm would be a false one."""
    t_ms = it.thought.t_ms
    rest = np.zeros(len(t_ms), np.bool_)
    for span in it.course.rests:
        rest |= (t_ms > span.from_ms) & (t_ms <= span.to_ms)
    for span in it.course.episodes:
        rest &= ~((t_ms > span.to_ms) & (t_ms <= span.to_ms + _AFTER_MS))
    return rest


def _visible(it: Scored) -> list[tuple[int, int]]:
    """Give the episodes that can be seen, as the marks just before and at their end."""
    t_ms = it.thought.t_ms
    found = []
    for span in it.course.episodes:
        begin, end = (int(np.searchsorted(t_ms, ms, "right")) for ms in (span.from_ms, span.to_ms))
        seen = ~np.isnan(it.score[begin:end])
        if end > begin and seen.mean() >= _VISIBLE:
            found.append((begin - 1, end - 1))
    return found
