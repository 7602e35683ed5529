"""The middle of a few values, and how well it is known, whatever they are distributed like."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import comb

from .quantiles import percentile

_SURE = 0.95
# The extremes of five values hold the median less than 95 times in 100.
_LEAST = 6


@dataclass(frozen=True, slots=True)
class Middle:
    """A median with its 95 % interval."""

    value: float
    low: float
    high: float


def middle(values: Iterable[float]) -> Middle | None:
    """Return the median of values that know nothing of one another; `None` below six of them.

    The interval is that of the sign test, which holds for any distribution, interpolated between
    the two pairs of values that are a little too sure and not sure enough (Hettmansperger and
    Sheather 1986, Stat Probab Lett 4:75).
    """
    ordered = sorted(values)
    n = len(ordered)
    if n < _LEAST:
        return None
    depth, wide, narrow = _depth(n)
    share = (wide - _SURE) / (wide - narrow)
    part = (n - depth) * share / (depth + (n - 2 * depth) * share)
    low = ordered[depth - 1] + part * (ordered[depth] - ordered[depth - 1])
    high = ordered[n - depth] - part * (ordered[n - depth] - ordered[n - depth - 1])
    return Middle(percentile(ordered, 0.5), low, high)


def _depth(n: int) -> tuple[int, float, float]:
    """Count in from either end as far as is sure enough; how sure that is, and one further in."""
    depth, outside = 0, 1
    wide, narrow = 1.0, 1 - 2 / (1 << n)
    while narrow >= _SURE:
        depth += 1
        outside += comb(n, depth)
        wide, narrow = narrow, 1 - 2 * outside / (1 << n)
    return depth, wide, narrow
