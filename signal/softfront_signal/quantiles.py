"""Quantiles, of values that count alike and of values that do not."""

from bisect import bisect_left
from collections.abc import Callable, Iterable
from itertools import pairwise

from .moments import Band

# Robust standard deviation from the median absolute deviation of a normal distribution.
_MAD_TO_SD = 1.4826
_TAIL = 0.1


def percentile(ordered: list[float], share: float) -> float:
    """Return a quantile of an ordered list, linear between neighbours (Hyndman and Fan type 7)."""
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (place - low) * (ordered[high] - ordered[low])


class Weighted:
    """Values with weights, in order: percentiles by weight, and a robust spread."""

    def __init__(self, pairs: Iterable[tuple[float, float]]) -> None:
        self._ordered = sorted(pairs)
        places, at = [0.0], 0.0
        for (_, one), (_, next_one) in pairwise(self._ordered):
            at += (one + next_one) / 2
            places.append(at)
        self._places = places

    def percentile(self, share: float) -> float:
        """Return a quantile, linear between neighbours; equal weights make it type 7."""
        place = share * self._places[-1]
        high = min(max(bisect_left(self._places, place), 1), len(self._places) - 1)
        (low_value, _), (high_value, _) = self._ordered[high - 1], self._ordered[high]
        width = self._places[high] - self._places[high - 1]
        part = (place - self._places[high - 1]) / width if width else 0.0
        return low_value + part * (high_value - low_value)

    def spread(self) -> float:
        """Return the robust standard deviation: 1.4826 times the median absolute deviation."""
        middle = self.percentile(0.5)
        apart = Weighted((abs(value - middle), weight) for value, weight in self._ordered)
        return _MAD_TO_SD * apart.percentile(0.5)

    def middle_mean(self) -> float:
        """Return the mean of the middle four fifths: steadier than a median, and nearly as calm."""
        cut = _TAIL * sum(weight for _, weight in self._ordered)
        total = weights = at = 0.0
        most = sum(weight for _, weight in self._ordered) - cut
        for value, weight in self._ordered:
            inside = max(0.0, min(at + weight, most) - max(at, cut))
            total, weights, at = total + inside * value, weights + inside, at + weight
        return total / weights

    def of(self, function: Callable[[float], float]) -> "Weighted":
        """Return a rising function of the values, with their weights."""
        return Weighted((function(value), weight) for value, weight in self._ordered)

    def band(self) -> Band:
        """Return the 10th and 90th percentile and the median."""
        return Band(self.percentile(0.1), self.percentile(0.9), self.percentile(0.5))
