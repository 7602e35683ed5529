"""Does it help me: moments with an offer beside moments where chance kept silent."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import cos, expm1, pi, sin
from typing import TypeAlias

import numpy as np

from .clustered import Numbers, slope
from .middle import middle
from .occasions import Around, Occasion, Untreated, check
from .quantiles import percentile

ENOUGH = 48
"""So many show a change of 0.2 in ln RMSSD (22 %) four times in five: what is left of it, once the
minutes before are known, scatters by 0.226."""
# What was simulated begins with a dozen days; an interval by fewer says next to nothing.
LEAST_DAYS = 12
# An arm of fewer rests on each of them.
LEAST_IN_ARM = 8
# A mean, the minutes before and the offer are three numbers for 48 occasions on 12 days; any more
# numbers ask for as many again.
_OCCASIONS_A_NUMBER, _DAYS_A_NUMBER = ENOUGH // 3, LEAST_DAYS // 3
# After an hour a walk has no echo left.
_ECHO_MIN = 60.0

_Outcome: TypeAlias = Callable[[Around], tuple[float | None, float | None]]


@dataclass(frozen=True, slots=True)
class Arm:
    """One side of the comparison: its occasions, and those of them that have an outcome."""

    occasions: int
    outcomes: int

    @property
    def missing(self) -> int:
        """Occasions without an outcome."""
        return self.occasions - self.outcomes


@dataclass(frozen=True, slots=True)
class Estimate:
    """By how much an offer changed the outcome, with a 95 % interval and what it rests on."""

    value: float
    low: float
    high: float
    offered: int
    silent: int


@dataclass(frozen=True, slots=True)
class Change:
    """What became of ln RMSSD: the middle of the days' medians, with its 95 % interval."""

    value: float
    low: float
    high: float
    moments: int
    days: int


@dataclass(frozen=True, slots=True)
class Effect:
    """What chance has shown so far; an estimate is `None` where that is not enough."""

    n: int
    """Occasions with an outcome …"""
    needed: int
    """… of about so many."""
    offered: Arm
    silent: Arm
    rmssd: Estimate | None
    """In ln RMSSD, of all that was offered, whether taken or not."""
    heart_rate: Estimate | None
    """In bpm: the second outcome."""
    taken: Estimate | None
    """In ln RMSSD, of pauses that were taken. When, the wearer chose: no fair comparison."""
    untreated: Change | None
    """From the minutes before to those after, where nothing was offered."""
    untreated_from_rise: Change | None
    """The same from the minute of the rise on: how far it comes back by itself."""
    naive: Change | None
    """From the minute of the rise on, where something was offered. Never an effect: what there is
    in `untreated_from_rise` is in it too."""


def effect(occasions: Sequence[Occasion], held_back: Iterable[Untreated] = ()) -> Effect:
    """Compare moments with an offer to moments where chance kept silent.

    `held_back` are those at which nothing was offered and chance had no say; they are not compared.

    Raises:
        BadOccasions: what cannot have happened, or cannot be compared.
    """
    held_back = tuple(held_back)
    check(occasions, held_back)
    offered = [it for it in occasions if it.offered]
    silent = [it for it in occasions if not it.offered]
    seen = _seen(occasions, _ln_rmssd)
    rmssd = _estimate(occasions, _ln_rmssd)
    chosen = [it for it in occasions if it.taken or not it.offered]
    alone = [*((it.day, it.around) for it in silent), *((it.day, it.around) for it in held_back)]
    return Effect(
        n=len(seen),
        needed=ENOUGH if rmssd else len(seen) + max(_short(seen, ENOUGH), 1),
        offered=Arm(len(offered), len(_seen(offered, _ln_rmssd))),
        silent=Arm(len(silent), len(_seen(silent, _ln_rmssd))),
        rmssd=rmssd,
        heart_rate=_estimate(occasions, _bpm) if rmssd else None,
        taken=_estimate(chosen, _ln_rmssd, least=0) if rmssd else None,
        untreated=_change((day, it.before, it.after) for day, it in alone),
        untreated_from_rise=_change((day, it.rise, it.after) for day, it in alone),
        naive=_change((it.day, it.around.rise, it.around.after) for it in offered),
    )


def percent(difference: float) -> float:
    """Say what a difference of natural logarithms is in percent."""
    return 100 * expm1(difference)


def _ln_rmssd(around: Around) -> tuple[float | None, float | None]:
    return around.before, around.after


def _bpm(around: Around) -> tuple[float | None, float | None]:
    return around.before_bpm, around.after_bpm


def _seen(occasions: Iterable[Occasion], outcome: _Outcome) -> list[Occasion]:
    return [it for it in occasions if outcome(it.around)[1] is not None]


def _short(seen: Sequence[Occasion], least: int) -> int:
    """Say how many occasions are lacking at the very least."""
    offered = sum(it.offered for it in seen)
    days = len({it.day for it in seen})
    in_arm = min(offered, len(seen) - offered)
    return max(0, least - len(seen), LEAST_DAYS - days, LEAST_IN_ARM - in_arm)


def _estimate(
    occasions: Iterable[Occasion], outcome: _Outcome, least: int = ENOUGH
) -> Estimate | None:
    """Fit weighted, centred least squares (Boruvka et al. 2018, J Am Stat Assoc 113:1112).

    Occasions without an outcome are left out; where only the minutes before are not known, they
    are taken to have been as ever, which is fair to both arms: chance decided later.
    """
    seen = _seen(occasions, outcome)
    if _short(seen, least):
        return None
    after = np.array([outcome(it.around)[1] for it in seen], dtype=np.float64)
    offered = np.array([it.offered for it in seen])
    p = np.array([it.p for it in seen])
    usual_p = float(p.mean())
    weights = np.where(offered, usual_p / p, (1 - usual_p) / (1 - p))
    days = np.array([it.day for it in seen], dtype=np.int64)
    for known in _known_before(seen, outcome):
        columns = np.column_stack([np.ones(len(seen)), *known, offered - usual_p])
        found = slope(after, columns, weights, days)
        if found is not None:
            n = int(offered.sum())
            return Estimate(found.value, found.low, found.high, n, len(seen) - n)
    return None


def _known_before(seen: Sequence[Occasion], outcome: _Outcome) -> Iterator[list[Numbers]]:
    """Give what is held constant: as much as the number of occasions bears, then the least."""
    before = _centred(outcome(it.around)[0] for it in seen)
    moved = (it.minutes_since_activity for it in seen)
    turns = [2 * pi * it.hour / 24 for it in seen]
    more = [
        before,
        _centred(None if minutes is None else min(minutes, _ECHO_MIN) for minutes in moved),
        _centred(map(cos, turns)),
        _centred(map(sin, turns)),
    ]
    more, least = ([column for column in known if column.any()] for known in (more, [before]))
    numbers, days = 2 + len(more), len({it.day for it in seen})
    if numbers * _OCCASIONS_A_NUMBER <= len(seen) and numbers * _DAYS_A_NUMBER <= days:
        yield more
    yield least


def _centred(values: Iterable[float | None]) -> Numbers:
    """Give the distances from the mean; none where a value is not known."""
    found = np.array(list(values), dtype=np.float64)
    known = ~np.isnan(found)
    return (
        np.where(known, found - found[known].mean(), 0.0) if known.any() else np.zeros(len(found))
    )


def _change(moments: Iterable[tuple[int, float | None, float | None]]) -> Change | None:
    """Tell what became of moments; a day has one say, for its moments resemble one another."""
    by_day: dict[int, list[float]] = {}
    for day, before, after in moments:
        if before is not None and after is not None:
            by_day.setdefault(day, []).append(after - before)
    found = middle(percentile(sorted(changes), 0.5) for changes in by_day.values())
    if found is None:
        return None
    count = sum(map(len, by_day.values()))
    return Change(found.value, found.low, found.high, count, len(by_day))
