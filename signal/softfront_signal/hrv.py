"""Heart rate and its variability over the seconds before a mark."""

from collections import deque
from collections.abc import Sequence
from math import sqrt

from softfront_sensors.heart_rate import TICKS_PER_S

from .artefacts import JudgedBeat
from .moments import Window

SPAN_MS = 60_000
"""Against five minutes, 60 s give ln RMSSD with r = 0.92; 10 s give 0.72."""
# Below this a number says more about the gaps than about the heart.
_LEAST_DIFFERENCES = 20
_LEAST_COVERAGE = 0.5


class Sums:
    """Sums over NN intervals, exact in integer ticks; a beat can come in and go out again.

    RMSSD: root of the mean squared difference of adjacent NN intervals (Task Force 1996,
    Circulation 93:1043). A difference counts where both intervals are NN and neighbours in a run.
    """

    def __init__(self) -> None:
        self.beats = 0
        self.valid = 0
        self.ticks = 0
        self.differences = 0
        self.squares = 0

    def change(self, judged: JudgedBeat, difference: int | None, sign: int) -> None:
        """Count a beat in (`sign` 1) or out (-1), with its difference to the beat before it."""
        self.beats += sign
        if judged.artefact is None:
            self.valid += sign
            self.ticks += sign * judged.beat.rr_ticks
        if difference is not None:
            self.differences += sign
            self.squares += sign * difference * difference

    def forget(self, difference: int) -> None:
        """Count a difference out whose beat stays."""
        self.differences -= 1
        self.squares -= difference * difference

    @property
    def hr_bpm(self) -> float | None:
        """Mean heart rate: 60 s over the mean NN interval."""
        return 60 * TICKS_PER_S * self.valid / self.ticks if self.ticks else None

    @property
    def rmssd_ms(self) -> float | None:
        """RMSSD in milliseconds; `None` below 20 differences."""
        if self.differences < _LEAST_DIFFERENCES:
            return None
        return sqrt(self.squares / self.differences) * 1000 / TICKS_PER_S

    @property
    def flagged(self) -> float:
        """Share of the intervals that are artefacts."""
        return 1 - self.valid / self.beats if self.beats else 0.0

    def coverage(self, span_ms: float) -> float:
        """Share of `span_ms` that the NN intervals cover, at most 1."""
        return min(1.0, self.ticks * 1000 / TICKS_PER_S / span_ms) if span_ms > 0 else 0.0


def difference(before: JudgedBeat | None, after: JudgedBeat) -> int | None:
    """Return the difference of two intervals in ticks; `None` unless they are NN neighbours."""
    if before is None or before.artefact is not None or after.artefact is not None:
        return None
    one, other = before.beat, after.beat
    return other.rr_ticks - one.rr_ticks if one.run == other.run else None


class SlidingWindow:
    """The last 60 s of beats, at the cost of one step a beat."""

    def __init__(self, span_ms: int = SPAN_MS) -> None:
        self._span_ms = span_ms
        self._sums = Sums()
        self._beats: deque[tuple[JudgedBeat, int | None]] = deque()

    def add(self, judged: Sequence[JudgedBeat]) -> None:
        """Take in the next beat in time; verdicts before its own stand for those on the last."""
        for _ in range(min(len(judged) - 1, len(self._beats))):
            self._sums.change(*self._beats.pop(), -1)
        for each in judged:
            pair = (each, difference(self._beats[-1][0] if self._beats else None, each))
            self._beats.append(pair)
            self._sums.change(*pair, 1)

    def at(self, t_ms: int) -> Window:
        """Measure the window that ends at `t_ms`; marks come in order."""
        while self._beats and self._beats[0][0].beat.t_ms <= t_ms - self._span_ms:
            self._sums.change(*self._beats.popleft(), -1)
        self._forget_bridge()
        return measure(self._sums, t_ms, self._span_ms)

    def _forget_bridge(self) -> None:
        """Drop the oldest beat's difference to the beat that has left: it reaches outside."""
        if not self._beats:
            return
        judged, reach = self._beats[0]
        if reach is not None:
            self._sums.forget(reach)
            self._beats[0] = (judged, None)


def measure(sums: Sums, t_ms: int, span_ms: int) -> Window:
    """Say what sums over `span_ms` before `t_ms` amount to; numbers only where they hold."""
    coverage = sums.coverage(span_ms)
    enough = coverage >= _LEAST_COVERAGE
    return Window(
        t_ms=t_ms,
        hr_bpm=sums.hr_bpm if enough else None,
        rmssd_ms=sums.rmssd_ms if enough else None,
        beats=sums.beats,
        valid=sums.valid,
        differences=sums.differences,
        coverage=coverage,
        flagged=sums.flagged,
    )
