"""How far out is far: this person's own departures, still and clear, of two weeks."""

from bisect import bisect_left, insort
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import NormalDist

from .moments import Choice, Rule
from .quantiles import percentile

_KEEP_MS = 14 * 24 * 3_600_000
# A 95th percentile of fewer than sixty is two or three minutes' whim.
LEAST_MINUTES = 60
# Until then, what it would be if departures spread evenly.
_EVENLY = NormalDist()
# Within one spread of the median lies most of life, whatever the percentile says.
_FLOOR = 1.0
# Where two indicators share one budget, four fifths of it are the heart rate's: of the two it tells
# strain better (AUC 0.78, RMSSD 0.54).
_OF_THE_RATE = 0.8


@dataclass(frozen=True, slots=True)
class Gone:
    """How far one still, clear minute lay from the usual, offers and rises included."""

    t_ms: int
    rate: float
    """Departure of the heart rate, in spreads."""
    drop: float | None
    """Of ln RMSSD, downwards."""


class Threshold:
    """Percentiles of the past, never of the moment that is judged by them."""

    def __init__(self, earlier: Iterable[Gone] = ()) -> None:
        self._gone: deque[Gone] = deque()
        self._rates: list[float] = []
        self._drops: list[float] = []
        for gone in sorted(earlier, key=lambda it: it.t_ms):
            self.learn(gone)

    def learn(self, gone: Gone) -> None:
        """Take in a minute, and forget what is older than two weeks."""
        while self._gone and self._gone[0].t_ms < gone.t_ms - _KEEP_MS:
            old = self._gone.popleft()
            _remove(self._rates, old.rate)
            if old.drop is not None:
                _remove(self._drops, old.drop)
        self._gone.append(gone)
        insort(self._rates, gone.rate)
        if gone.drop is not None:
            insort(self._drops, gone.drop)

    def rate(self, percent: float) -> float:
        """Return how far above the usual a heart rate must lie, in spreads; at least one."""
        return _theta(self._rates, percent)

    def drop(self, percent: float) -> float:
        """Return how far below the usual ln RMSSD must lie, in spreads; at least one."""
        return _theta(self._drops, percent)

    def thetas(self, choice: Choice) -> tuple[float, float]:
        """Return both for what a wearer has chosen; a rule that watches both shares one budget."""
        out = 100 - choice.percentile
        if choice.rule is not Rule.COMBINED:
            return self.rate(100 - out), self.drop(100 - out)
        return self.rate(100 - _OF_THE_RATE * out), self.drop(100 - (1 - _OF_THE_RATE) * out)


def _theta(ordered: list[float], percent: float) -> float:
    share = percent / 100
    if len(ordered) < LEAST_MINUTES:
        return max(_FLOOR, _EVENLY.inv_cdf(share))
    return max(_FLOOR, percentile(ordered, share))


def _remove(ordered: list[float], value: float) -> None:
    del ordered[bisect_left(ordered, value)]
