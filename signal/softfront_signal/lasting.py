"""How long things last, some of which were not seen to end."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import exp, log, sqrt

ENOUGH = 8
"""Of seven that are seen to end the interval of the median has both its ends, of six it has not;
and one may have been lost."""
# The 97.5th percentile of the normal distribution.
_Z = 1.959964
# Where others are still to join, fewer than three at risk would speak for all of them.
_FEW = 3
# What remains of a half after a few dozen divisions.
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Spell:
    """Something that lasted for so long, or was seen to last for at least so long."""

    minutes: float
    ended: bool
    from_min: float = 0.0
    """How old it was when it came into view."""


@dataclass(frozen=True, slots=True)
class Lasting:
    """The median, with a 95 % interval; `None` where it is not reached, or too little was seen."""

    median_min: float | None
    low_min: float | None
    high_min: float | None
    n: int
    censored: int
    """Those of them that were not seen to end."""


@dataclass(frozen=True, slots=True)
class _Step:
    """Where the curve goes down: to which share, and between which shares 95 times in 100."""

    minutes: float
    share: float
    low: float
    high: float


def lasting(spells: Sequence[Spell]) -> Lasting:
    """Return how long half of them last, by Kaplan and Meier; no number below `ENOUGH`.

    The interval holds each time at which a half lies within the curve's own, by Greenwood's error
    of log(−log S) (Brookmeyer and Crowley 1982, Biometrics 38:29).
    """
    censored = sum(not spell.ended for spell in spells)
    if len(spells) < ENOUGH:
        return Lasting(None, None, None, len(spells), censored)
    steps = list(_curve(spells))
    return Lasting(
        median_min=_reached((step.minutes, step.share) for step in steps),
        low_min=_reached((step.minutes, step.low) for step in steps),
        high_min=_reached((step.minutes, step.high) for step in steps),
        n=len(spells),
        censored=censored,
    )


def _reached(steps: Iterable[tuple[float, float]]) -> float | None:
    """Find when a curve has come down to a half."""
    return next((minutes for minutes, share in steps if share <= 0.5 + _ROUNDING), None)


def _curve(spells: Iterable[Spell]) -> Iterator[_Step]:
    seen = [spell for spell in spells if spell.minutes > spell.from_min]
    begun = sorted(spell.from_min for spell in seen)
    gone = sorted(spell.minutes for spell in seen)
    share, spread = 1.0, 0.0
    for minutes, ends in sorted(Counter(s.minutes for s in seen if s.ended).items()):
        in_view = bisect_left(begun, minutes)
        at_risk = in_view - bisect_left(gone, minutes)
        if at_risk < _FEW and in_view < len(begun):
            continue
        share *= 1 - ends / at_risk
        if ends == at_risk:
            # Nobody is left, and how many might have been cannot be told.
            yield _Step(minutes, 0.0, 0.0, 1.0)
            continue
        spread += ends / (at_risk * (at_risk - ends))
        reach = exp(_Z * sqrt(spread) / -log(share))
        yield _Step(minutes, share, share**reach, share ** (1 / reach))
