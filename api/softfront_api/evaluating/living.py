"""Ordinary days: how often each rule would speak, and for how much of them it could."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from softfront_signal.moments import MARK_MS

from .alarms import APART, alarms, armed, dropped
from .chance import Interval, interval, mean_of
from .columns import Floats
from .deciding import Flags
from .labs import GRID, Lab
from .rules import OURS, Scored

# What a wearer would bear: of all people together, and of the one who gets most.
BUDGET_PER_H, WORST_PER_H = 0.5, 1.0
_LEAST_PEOPLE = 0.8
# How far out among the own past it must be, and how much past that takes.
_OWN, _LEAST_MARKS = 0.95, 600_000 // MARK_MS
_ONCE_A_MINUTE = 60_000 // MARK_MS
_FLOOR = 1.0


@dataclass(frozen=True, slots=True)
class Living:
    """How one rule would have been to live with."""

    hours: float
    """Awake."""
    prompts_per_h: float
    """As it speaks: ours by the own percentile and every gate, a plain one at its lab threshold."""
    prompts_interval: Interval
    worst_per_h: float
    people: int
    people_with_prompts: int
    own_percentile_per_h: float
    """At the own past 95th percentile, still and rested."""
    eligible_share: float
    eligible_interval: Interval
    dropped: "AtBudget"
    """Where an alarm that meets a closed gate is lost, as the studies counted."""
    met: "AtBudget"
    """Where it waits for the gate, as a wearer meets it; ours has to begin at rest."""
    ours: bool

    @property
    def at_budget(self) -> "AtBudget":
        """What a rule is judged by: ours as it works, a plain one as the studies counted it."""
        return self.met if self.ours else self.dropped


@dataclass(frozen=True, slots=True)
class AtBudget:
    """What the lab says at the threshold that keeps the budget here."""

    sensitivity: float | None = None
    interval: Interval = (None, None)
    threshold: float | None = None


def living(
    name: str, days: Sequence[Scored], lab: Lab, at: float, draw: np.random.Generator
) -> Living:
    """Say how a rule does on ordinary days; `at` is its threshold in the lab."""
    awake = [_awake(it) for it in days]
    hours = [float(found.sum()) * MARK_MS / 3_600_000 for found in awake]
    spoke = _spoken(name, days, awake, at)
    rates = _per_h([len(marks) for marks in spoke], hours)
    own = _per_h([len(_own(it, found)) for it, found in zip(days, awake, strict=True)], hours)
    eligible = [_share(_eligible(it), found) for it, found in zip(days, awake, strict=True)]
    ours = name in OURS
    return Living(
        hours=sum(hours),
        prompts_per_h=float(np.mean(rates)),
        prompts_interval=interval(len(days), mean_of(rates), draw),
        worst_per_h=max(rates),
        people=len(days),
        people_with_prompts=sum(rate > 0 for rate in rates),
        own_percentile_per_h=float(np.mean(own)),
        eligible_share=float(np.mean(eligible)),
        eligible_interval=interval(len(days), mean_of(eligible), draw),
        dropped=_at_budget(lab, _rates(days, awake, hours, _lost)),
        met=_at_budget(lab, _rates(days, awake, hours, _met if ours else _waiting)),
        ours=ours,
    )


def _spoken(
    name: str, days: Sequence[Scored], awake: Sequence[Flags], at: float
) -> list[list[int]]:
    """Give the marks of the prompts: ours by the candidates themselves."""
    if name not in OURS:
        return [_lost(it, found, at) for it, found in zip(days, awake, strict=True)]
    return [_candidates(it, found) for it, found in zip(days, awake, strict=True)]


def _candidates(it: Scored, awake: Flags) -> list[int]:
    """Take candidates as they come, ten minutes apart; each has been held already."""
    out: list[int] = []
    for at in np.flatnonzero(it.thought.candidate & awake).tolist():
        if not out or at >= out[-1] + APART:
            out.append(at)
    return out


def _lost(it: Scored, awake: Flags, above: float) -> list[int]:
    return dropped(it.score, above, it.thought.rested & awake)


def _waiting(it: Scored, awake: Flags, above: float) -> list[int]:
    return alarms(it.score, above, it.thought.rested & awake)


def _met(it: Scored, awake: Flags, above: float) -> list[int]:
    begun_at_rest = armed(it.score, above, it.thought.rested)
    return alarms(it.score, above, it.thought.rested & awake & begun_at_rest)


def _own(it: Scored, awake: Flags) -> list[int]:
    """Give the alarms at the own past percentile of what was still and rested."""
    open_at = it.thought.rested & awake
    above, past, theta = np.full(len(it.score), np.inf), list[float](), np.inf
    for at, (score, free) in enumerate(zip(it.score.tolist(), open_at.tolist(), strict=True)):
        if at % _ONCE_A_MINUTE == 0 and len(past) >= _LEAST_MARKS:
            theta = max(_FLOOR, float(np.quantile(past, _OWN)))
        above[at] = theta
        if free and not np.isnan(score):
            past.append(score)
    return [at for at in alarms(it.score, above) if open_at[at]]


_Speaking = Callable[[Scored, Flags, float], list[int]]


def _rates(
    days: Sequence[Scored], awake: Sequence[Flags], hours: Sequence[float], speaking: _Speaking
) -> Floats:
    """Return prompts an hour, a row a person, a column a threshold."""
    counts = [
        [len(speaking(it, found, above)) for above in GRID]
        for it, found in zip(days, awake, strict=True)
    ]
    per_h = np.array(counts, np.float64) / np.maximum(np.array(hours), 1e-9)[:, None]
    return np.asarray(per_h)


def _at_budget(lab: Lab, rates: Floats) -> AtBudget:
    """Find the least threshold from which on the budget is kept, and what the lab says at it."""
    kept = (rates.mean(axis=0) <= BUDGET_PER_H) & (rates.max(axis=0) <= WORST_PER_H)
    over = np.flatnonzero(~kept)
    place = int(over[-1]) + 1 if len(over) else 0
    if place >= len(GRID) or (rates[:, place] > 0).mean() < _LEAST_PEOPLE:
        return AtBudget()
    above = float(GRID[place])
    sensitivity, within = lab.sensitivity_at(above)
    return AtBudget(sensitivity, within, above)


def _awake(it: Scored) -> Flags:
    spans = it.course.awake
    if spans is None:
        return np.ones(len(it.thought.t_ms), np.bool_)
    begins = np.array([span.from_ms for span in spans], np.int64)
    ends = np.array([span.to_ms for span in spans], np.int64)
    last = np.searchsorted(begins, it.thought.t_ms, "right") - 1
    return np.asarray((last >= 0) & (it.thought.t_ms < ends[np.maximum(last, 0)]))


def _eligible(it: Scored) -> Flags:
    return it.thought.eligible | (it.thought.rested & ~np.isnan(it.score))


def _share(what: Flags, among: Flags) -> float:
    return float((what & among).sum() / among.sum()) if among.any() else float("nan")


def _per_h(counts: Sequence[int], hours: Sequence[float]) -> list[float]:
    return [
        count / length if length else float("nan")
        for count, length in zip(counts, hours, strict=True)
    ]
