"""From RR to NN: which intervals can be trusted."""

from bisect import bisect_left, insort
from collections import deque
from dataclasses import dataclass
from enum import Enum

from softfront_sensors.heart_rate import TICKS_PER_S

from .beats import Beat

# 30 to 200 beats a minute; beyond lies no heart at work.
_SHORTEST = 300 * TICKS_PER_S // 1000
_LONGEST = 2000 * TICKS_PER_S // 1000
# Lipponen and Tarvainen 2019: a median of 11 beats, quartiles of 91, and 5.2 quartile deviations.
_NEAR, _WIDE, _ALPHA = 11, 91, 5.2
# Quartiles shrink to nothing in a steady heart; below this share of an interval nothing is flagged.
_FLOOR = 0.15
# And no breath moves an interval by more than a third: a rhythm that does is not to be measured.
_CEILING = 0.35
# Five in a row are no artefacts but a new level.
_NEW_LEVEL = 5


class Artefact(Enum):
    """Why an interval is not an NN interval."""

    OUT_OF_RANGE = "out_of_range"
    MISSED = "missed"
    """About twice as long as its neighbours: a beat was not seen."""
    EXTRA = "extra"
    """With the one before it about as long as one: a beat too many was seen."""
    ECTOPIC = "ectopic"
    """An early beat, or the longer wait after it."""
    MISALIGNED = "misaligned"
    FILLER = "filler"
    """The strap filled it in where it had measured nothing."""


# What says nothing of the level a heart is at.
_NO_HEART = (Artefact.OUT_OF_RANGE, Artefact.FILLER)


@dataclass(frozen=True, slots=True)
class JudgedBeat:
    """A beat, and why it is not to be trusted, if it is not."""

    beat: Beat
    artefact: Artefact | None

    @property
    def is_nn(self) -> bool:
        """Say whether this is an NN interval."""
        return self.artefact is None


class Judge:
    """Hold each interval against the local median of the intervals before it.

    Causal and final at once: nothing is looked up ahead, substituted or removed. Thresholds after
    Lipponen and Tarvainen 2019 (doi 10.1080/03091902.2019.1640306) over the past 91 beats, kept
    between 15 % and 35 % of the local median.
    """

    def __init__(self) -> None:
        self._near: deque[int] = deque(maxlen=_NEAR)
        self._wide: deque[int] = deque()
        self._sorted: list[int] = []
        self._row: list[int] = []
        self._before: tuple[int, bool] = (0, False)

    def judge(self, beat: Beat, filler: int | None = None) -> JudgedBeat:
        """Flag one beat, the next in time; a strap's filler is flagged whatever stands around."""
        rr = beat.rr_ticks
        artefact = self._look(rr) if rr != filler else Artefact.FILLER
        if artefact is None:
            if self._row:
                self._row.clear()
            self._near.append(rr)
        elif artefact not in _NO_HEART:
            artefact = self._maybe_new_level(rr, artefact)
        self._before = (rr, artefact is not None)
        return JudgedBeat(beat, artefact)

    def _look(self, rr: int) -> Artefact | None:
        if not _SHORTEST <= rr <= _LONGEST:
            return Artefact.OUT_OF_RANGE
        near = sorted(self._near)
        if len(near) < _NEW_LEVEL:
            return None
        median = near[len(near) // 2]
        limit, deviation = self._limit(median), rr - median
        self._wide.append(deviation)
        insort(self._sorted, deviation)
        if len(self._wide) > _WIDE:
            del self._sorted[bisect_left(self._sorted, self._wide.popleft())]
        return None if -limit <= deviation <= limit else self._name(rr, median, limit)

    def _name(self, rr: int, median: int, limit: float) -> Artefact:
        before, before_flagged = self._before
        if abs(rr - 2 * median) <= limit:
            return Artefact.MISSED
        if before_flagged and abs(before + rr - median) <= limit:
            return Artefact.EXTRA
        if rr < median or (before_flagged and before < median < rr):
            return Artefact.ECTOPIC
        return Artefact.MISALIGNED

    def _maybe_new_level(self, rr: int, artefact: Artefact) -> Artefact | None:
        """Accept what keeps coming: the fifth interval in a row that agrees with the other four."""
        self._row.append(rr)
        if len(self._row) < _NEW_LEVEL:
            return artefact
        middle = sorted(self._row)[len(self._row) // 2]
        if max(abs(r - middle) for r in self._row) > 2 * _FLOOR * middle:
            del self._row[0]
            return artefact
        self._near.clear()
        self._near.extend(self._row)
        self._row.clear()
        return None

    def _limit(self, median: int) -> float:
        """Say how far from the median an interval may be, within bounds."""
        n, low, high = len(self._sorted), _FLOOR * median, _CEILING * median
        if n < _NEAR:
            return low
        limit = _ALPHA * (self._sorted[3 * n // 4] - self._sorted[n // 4]) / 2
        return low if limit < low else high if limit > high else limit
