"""Slow and fast swings of the heart, and the breath among them, over the last five minutes.

Lomb's and Scargle's periodogram of the NN intervals at their true times; nothing is interpolated.
A ratio of LF to HF is not offered: it measures no balance of anything.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan, nan
from typing import TYPE_CHECKING

from softfront_sensors.heart_rate import TICKS_PER_S

from .artefacts import JudgedBeat

if TYPE_CHECKING:
    from .waves import Grid

# 150 s hold six cycles of 0.04 Hz, and more than the two minutes LF needs (Task Force 1996).
_LEAST_COVERAGE = 0.5
# No heart at work waits longer: what covers half a window with fewer beats is none.
_LONGEST_MS = 2000
# Where nobody asks for long; so many angles at once are half a megabyte.
_MOST_MOVES = 128


@dataclass(frozen=True, slots=True)
class Spectrum:
    """The 300 s that end at a mark, and of them the last 64 s for coherence.

    Numbers are `None` below 50 % coverage of their span.
    """

    t_ms: int
    lf_ms2: float | None
    """Power from 0.04 to 0.15 Hz; a sinusoid of amplitude A has A²/2."""
    lf_se_ms2: float | None
    hf_ms2: float | None
    """Power from 0.15 to 0.4 Hz, or to where beats are too few to show it."""
    hf_se_ms2: float | None
    peak_hz: float | None
    """Where the most power lies, from 0.04 Hz up."""
    peak_se_hz: float | None
    breathing_hz: float | None
    """The wearer's own breathing peak; `None` where none is clear."""
    breathing_se_hz: float | None
    rsa_ms: float | None
    """Amplitude, half from trough to peak, of what swings within 0.03 Hz of the breath."""
    rsa_se_ms: float | None
    coherence: float | None
    """The highest peak's power over all the rest: how even the swing was, a ratio."""
    coherence_se: float | None
    beats: int
    """RR intervals that ended in the 300 s."""
    valid: int
    """Those of them that are NN intervals."""
    coverage: float
    """Share of the 300 s that NN intervals cover, 0…1."""
    flagged: float
    """Share of the intervals that are artefacts, 0…1."""


class SlidingSpectrum:
    """The last five minutes of beats; a mark costs what has come and gone since the one before."""

    def __init__(self, *, coherence: bool = True) -> None:
        # Imported here: numpy takes its time, and not all who import this room need it.
        from .waves import COHERENCE, FIVE_MINUTES

        self._whole = _Window(FIVE_MINUTES)
        self._last = _Window(COHERENCE) if coherence else None
        """What nobody asks for costs nothing."""

    def add(self, judged: Sequence[JudgedBeat]) -> None:
        """Take in the next beat, the last of these; those before it replace what was held."""
        self._whole.add(judged)
        if self._last is not None:
            self._last.add(judged)

    def let_go(self, t_ms: int) -> None:
        """Drop what has left the windows that end at `t_ms`, where nobody asks for them."""
        self._whole.let_go(t_ms)
        if self._last is not None:
            self._last.let_go(t_ms)

    def at(self, t_ms: int) -> Spectrum:
        """Measure the windows that end at `t_ms`; marks come in order."""
        from .swings import NUMBERS, coherence, spectrum

        whole, last = self._whole, self._last
        found = [nan] * len(NUMBERS)
        if whole.slide(t_ms):
            found[:-2] = spectrum(*whole.sums.counted)
        if last is not None and last.slide(t_ms):
            found[-2:] = coherence(*last.sums.counted)
        numbers = (None if isnan(number) else float(number) for number in found)
        return Spectrum(
            t_ms=t_ms,
            beats=len(whole.beats),
            valid=whole.sums.n,
            coverage=whole.sums.coverage,
            flagged=1 - whole.sums.n / len(whole.beats) if whole.beats else 0.0,
            **dict(zip(NUMBERS, numbers, strict=True)),
        )


def enough(n: int, ticks: int, span_ms: int) -> bool:
    """Say whether NN intervals, by their number and sum, hold enough of a span to measure it."""
    covered = ticks * 1000 / TICKS_PER_S >= _LEAST_COVERAGE * span_ms
    return covered and n * _LONGEST_MS >= _LEAST_COVERAGE * span_ms


class _Window:
    """The beats of one span; they are counted when asked for, many at a time."""

    def __init__(self, grid: "Grid") -> None:
        from .waves import Sums

        self._span_ms = grid.span_ms
        self.sums = Sums(grid)
        self.beats: deque[JudgedBeat] = deque()
        self._moves: list[tuple[int, int, int]] = []

    def add(self, judged: Sequence[JudgedBeat]) -> None:
        """Take in a beat, and judge those before it anew."""
        for _ in range(min(len(judged) - 1, len(self.beats))):
            self._move(self.beats.pop(), -1)
        for one in judged:
            self._move(one, 1)
        self.beats.extend(judged)

    def slide(self, t_ms: int) -> bool:
        """Let go of what has left the span before `t_ms`; say whether enough of it is held."""
        self.let_go(t_ms)
        self._count()
        return enough(self.sums.n, self.sums.ticks, self._span_ms)

    def let_go(self, t_ms: int) -> None:
        """Drop what has left the span before `t_ms`."""
        while self.beats and self.beats[0].beat.t_ms <= t_ms - self._span_ms:
            self._move(self.beats.popleft(), -1)

    def _move(self, judged: JudgedBeat, sign: int) -> None:
        if judged.artefact is None:
            self._moves.append((judged.beat.t_ms, judged.beat.rr_ticks, sign))
            if len(self._moves) >= _MOST_MOVES:
                self._count()

    def _count(self) -> None:
        if self._moves:
            self.sums.move(*zip(*self._moves, strict=True))
            self._moves.clear()
