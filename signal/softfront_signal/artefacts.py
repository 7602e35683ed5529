"""From RR to NN: which intervals can be trusted.

Causal: what an interval is called rests on those before it, and within three beats on the three
after it. Nothing is ever substituted, removed or put in; a missed beat's interval cut in two and
an extra beat's two made one are seen by the local level alone.
"""

from bisect import bisect_left, insort
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from softfront_sensors.heart_rate import SHORTEST_TICKS

from .beats import Beat
from .explaining import (
    AHEAD,
    EXTRA,
    FILLER,
    FIVE,
    MISSED,
    NEAR,
    NEXT,
    OUT_OF_RANGE,
    UNKNOWN,
    WIDE,
    Around,
    agree,
    bend,
    calm,
    explain,
    halves,
    most,
    seen,
)


class Artefact(Enum):
    """Why an interval is not an NN interval."""

    OUT_OF_RANGE = "out_of_range"
    MISSED = "missed"
    """About twice as long as its neighbours: a beat was not seen."""
    EXTRA = "extra"
    """With its partner about as long as one: a beat too many was seen."""
    ECTOPIC = "ectopic"
    """An early beat, or the longer wait after it."""
    MISALIGNED = "misaligned"
    """A beat seen where it was not: one interval too long, its neighbour too short."""
    FILLER = "filler"
    """The strap filled it in where it had measured nothing."""


ARTEFACTS: tuple[Artefact | None, ...] = (None, *Artefact)
"""What each number of `explaining` stands for: 0 is an NN interval."""
_NOT_YET = (UNKNOWN,) * AHEAD


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
    """Call each interval at once, and say within three beats what stays.

    A verdict is final when three more beats have come in its run, or the run has ended: what is
    looked up, and the partner of what is spoilt, never lie across a cut. The level carries over.
    """

    def __init__(self) -> None:
        self._near: deque[int] = deque(maxlen=NEAR)
        self._wide: deque[int] = deque()
        self._ordered: list[int] = []
        self._row: list[int] = []
        self._level, self._limit = 0, 0.0
        self._two_before = self._before = UNKNOWN
        self._owed = 0
        self._open: list[JudgedBeat] = []
        self._flagged = False
        self._seen: list[int] = []

    def judge(self, beat: Beat, filler: int | None = None) -> tuple[JudgedBeat, ...]:
        """Take in the next beat in time; return the verdicts that are new or have changed.

        They follow one another without a gap, and the last of at most four is the new beat's. A
        strap's filler is flagged whatever stands around.
        """
        told = tuple(self._open)
        settled: tuple[JudgedBeat, ...] = ()
        if told and told[-1].beat.run != beat.run:
            settled = self.end()
        rr = seen(beat.rr_ticks, UNKNOWN if filler is None else filler)
        code = 0 if rr >= 0 else FILLER if beat.rr_ticks == filler else OUT_OF_RANGE
        self._open.append(JudgedBeat(beat, ARTEFACTS[code]))
        self._seen.append(rr)
        if len(self._open) > AHEAD:
            settled = (self._settle(),)
        if self._flagged or not self._calm():
            self._foresee()
        now, same = (*settled, *self._open), 0
        while same < len(told) and now[same] is told[same]:
            same += 1
        return now[same:]

    def end(self) -> tuple[JudgedBeat, ...]:
        """End the run; return the last verdicts on what was still open."""
        settled = tuple(self._settle() for _ in range(len(self._open)))
        self._forget_neighbours()
        return settled

    def _settle(self) -> JudgedBeat:
        """Let go the oldest open beat with its final verdict, and learn from it."""
        rr = self._seen[0]
        if rr < 0:
            self._forget_neighbours()
            del self._seen[0]
            return self._open.pop(0)
        around = self._around(0, self._two_before, self._before)
        code = explain(self._level, self._limit, self._owed, around)
        if self._level:
            self._learn_bend(bend(around))
        here, self._owed = code % NEXT, code // NEXT
        if here and rr >= SHORTEST_TICKS and self._is_new_level(rr):
            here = self._owed = 0
        self._learn_level(rr, around[3], here)
        del self._seen[0]
        return _called(self._open.pop(0), here)

    def _foresee(self) -> None:
        """Call the open beats by what is known so far."""
        self._flagged = False
        owed, two_before, before = self._owed, self._two_before, self._before
        for at, rr in enumerate(self._seen):
            if rr < 0:
                owed, two_before, before = 0, UNKNOWN, UNKNOWN
                self._flagged = True
                continue
            around = self._around(at, two_before, before)
            code = explain(self._level, self._limit, owed, around)
            here, owed = code % NEXT, code // NEXT
            self._open[at] = _called(self._open[at], here)
            two_before, before = (UNKNOWN, UNKNOWN) if here else (before, rr)
            self._flagged |= here > 0

    def _calm(self) -> bool:
        """Say whether all that is open, and what it is held against, is too even to look at."""
        level, two_before, before = self._level, self._two_before, self._before
        around = (
            level,
            level if two_before < 0 else two_before,
            level if before < 0 else before,
            *self._seen,
        )
        return not self._owed and calm(self._limit, min(around), max(around))

    def _around(self, at: int, two_before: int, before: int) -> Around:
        known = [two_before, before, *self._seen[at : at + AHEAD + 1], *_NOT_YET][: AHEAD + 3]
        two, one, rr, after, second, third = known
        level = self._level
        return (
            two if two >= 0 else level,
            one if one >= 0 else level,
            rr,
            after if after >= 0 else level,
            second if second >= 0 else level,
            third if third >= 0 else level,
        )

    def _forget_neighbours(self) -> None:
        self._two_before = self._before = UNKNOWN
        self._owed = 0

    def _learn_bend(self, bent: int) -> None:
        self._wide.append(bent)
        insort(self._ordered, bent)
        if len(self._wide) > WIDE:
            del self._ordered[bisect_left(self._ordered, self._wide.popleft())]

    def _is_new_level(self, rr: int) -> bool:
        """Accept what keeps coming: the fifth interval in a row that agrees with the other four."""
        self._row.append(rr)
        if len(self._row) < FIVE:
            return False
        if not agree(min(self._row), max(self._row)):
            del self._row[0]
            return False
        self._near.clear()
        self._near.extend(self._row[:-1])
        return True

    def _learn_level(self, rr: int, after: int, here: int) -> None:
        self._two_before, self._before = (UNKNOWN, UNKNOWN) if here else (self._before, rr)
        if not here:
            self._near.append(rr)
            self._row.clear()
        elif self._owed == EXTRA:
            self._near.append(rr + after)
        elif here == MISSED and halves(rr, self._level):
            self._near.extend((rr // 2, rr - rr // 2))
        near, n = sorted(self._near), len(self._ordered)
        self._level = near[len(near) // 2] if len(near) >= FIVE else 0
        apart = self._ordered[3 * n // 4] - self._ordered[n // 4] if n >= NEAR else -1
        self._limit = most(self._level, apart)


def _called(judged: JudgedBeat, code: int) -> JudgedBeat:
    artefact = ARTEFACTS[code]
    return judged if judged.artefact is artefact else JudgedBeat(judged.beat, artefact)


def settled(beats: Iterable[Beat], filler: int | None = None) -> Iterator[JudgedBeat]:
    """Give the final verdict on each of the beats, in order and at most three beats late."""
    judge, held = Judge(), list[JudgedBeat]()
    for beat in beats:
        news = judge.judge(beat, filler)
        held[len(held) - len(news) + 1 :] = news
        yield from held[:-AHEAD]
        del held[:-AHEAD]
    last = judge.end()
    yield from held[: len(held) - len(last)]
    yield from last
