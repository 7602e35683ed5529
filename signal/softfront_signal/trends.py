"""Days beside each other: what a measure was on each, and how well that is known."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt

# Windows of five minutes overlap; what lies in one stretch of five minutes is one look.
_LOOK_MS = 5 * 60_000
# A number known to 5 % is known; a single look is not to outweigh the others.
_LEAST_SE = 0.05
# A spread of fewer than four looks is chance.
_LEAST_LOOKS = 4
# The 97.5th percentile of Student's t for 3, 4, … degrees of freedom; then 1.96 + 2.4 / df.
_T = (3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228)


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
    """Stretches of five minutes it was seen in."""


def day_mean(marks: Iterable[Known]) -> DayMean:
    """Average one day's marks; no value below four looks.

    Looks are weighted by 1/SE². The interval is Student's, of the spread between looks: what
    lies between them is part of it, and so is each look's own error.
    """
    looks: dict[int, list[Known]] = {}
    for mark in marks:
        looks.setdefault(mark.t_ms // _LOOK_MS, []).append(mark)
    means = [_weighted_mean(look) for look in looks.values()]
    n = len(means)
    if n < _LEAST_LOOKS:
        return DayMean(None, None, None, n)
    weights = [weight for _, weight in means]
    total = sum(weights)
    mean = sum(value * weight for value, weight in means) / total
    # The error of a weighted mean by its own residuals, whatever the weights are worth.
    squares = sum((weight * (value - mean)) ** 2 for value, weight in means)
    se = sqrt(squares * n / (n - 1)) / total
    within = _student(n - 1) * se
    return DayMean(mean, mean - within, mean + within, n)


def _weighted_mean(look: Sequence[Known]) -> tuple[float, float]:
    """Return the mean of one look, and its weight: that of a typical mark in it."""
    weights = [1 / max(mark.se, _LEAST_SE) ** 2 for mark in look]
    total = sum(weights)
    mean = sum(mark.value * weight for mark, weight in zip(look, weights, strict=True)) / total
    return mean, total / len(look)


def _student(df: int) -> float:
    return _T[df - 3] if df - 3 < len(_T) else 1.96 + 2.4 / df
