"""Days beside each other: what a measure was on each, and how well that is known."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt

from .student import student

# What a mark looks back over.
_LOOK_MS = 5 * 60_000
# A number known to 5 % is known; a single look is not to outweigh the others.
_LEAST_SE = 0.05
# A spread of fewer than four looks is chance.
_LEAST_LOOKS = 4


@dataclass(frozen=True, slots=True)
class Known:
    """A measure at one mark, in natural logarithms, with its standard error."""

    t_ms: int
    value: float
    se: float


@dataclass(frozen=True, slots=True)
class DayMean:
    """What a measure was over one day's looks, with its 95 % interval."""

    value: float | None
    low: float | None
    high: float | None
    looks: int
    """Stretches of five minutes, apart from one another, that it was seen in."""


def day_mean(marks: Iterable[Known]) -> DayMean:
    """Average one day's marks; no value below four looks.

    A mark looks back over five minutes: of marks in order of time only those are taken that share
    none of it. They are weighted by 1/SE². The interval is Student's, of the spread between looks,
    widened where a look resembles the one before it: as an autoregression of the first order has
    it, n looks are worth n (1 − r) / (1 + r).
    """
    looks: list[Known] = []
    for mark in marks:
        if not looks or mark.t_ms >= looks[-1].t_ms + _LOOK_MS:
            looks.append(mark)
    n = len(looks)
    if n < _LEAST_LOOKS:
        return DayMean(None, None, None, n)
    weights = [1 / max(mark.se, _LEAST_SE) ** 2 for mark in looks]
    total = sum(weights)
    mean = sum(mark.value * weight for mark, weight in zip(looks, weights, strict=True)) / total
    # The error of a weighted mean by its own residuals, whatever the weights are worth.
    pulls = [weight * (mark.value - mean) for mark, weight in zip(looks, weights, strict=True)]
    alike = _likeness(pulls)
    worth = max(_LEAST_LOOKS, n * (1 - alike) / (1 + alike))
    se = sqrt(sum(pull * pull for pull in pulls) * n / (n - 1) * n / worth) / total
    within = student(int(worth) - 1) * se
    return DayMean(mean, mean - within, mean + within, n)


def _likeness(pulls: Sequence[float]) -> float:
    """Return how much each resembles the one before, 0…0.9; freed of what few take from it."""
    squares = sum(pull * pull for pull in pulls)
    if not squares:
        return 0.0
    n = len(pulls)
    raw = sum(one * other for one, other in pairwise(pulls)) / squares
    # Kendall 1954 (Biometrika 41:403): of n it falls short by (1 + 4 r) / n.
    return min(0.9, max(0.0, (raw + 1 / n) / (1 - min(4 / n, 0.5))))
