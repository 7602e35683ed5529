"""In which unit a strap's words count: told by how fast they add up, confirmed by its heart rate.

The standard says 1/1024 s; some straps send milliseconds. That is 2.4 % in the slope of their sum
against arrival, as much as one beat lost in forty. So only a run is judged in which no beat can
have been lost, and only where the heart rate beside the words says the same.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from softfront_sensors.heart_rate import TICKS_PER_S, HeartRate

_MS_PER_S = 1000
# Within a minute, at 50 beats a minute too; four packets more make hardly another answer.
_LEAST_PACKETS, _LEAST_MS, _EVERY = 40, 45_000, 4
_MOST_PACKETS = 64
# Longer than 1.7 times the usual is a packet lost: delays stretch one interval in ten thousand so.
_LOST_PACKET, _TO_KNOW_USUAL = 1.7, 8
# Halfway between the units lie 1.2 %; a rounded, smoothed rate is off by half a per cent at most.
_RATE_OFF = 0.01
# A dozen packets nearly always hold one that came soon after its beat.
_DOZEN = 12
# A lost beat raises every later lag by an interval; chance lifts the least of a dozen by less.
_STEP = 0.75
# So much chance lifts the least of the last one, two, three … packets, in intervals.
_STEP_AT_THE_END = (1.3, 1.1, 1.0, 0.9, 0.8)
# What came in the first dozen and the last few packets only vouches for the run between them.
_LAST = 4
# In a minute the wrong unit runs away by 1.4 s, and the right one by nothing, save where heart and
# packets keep step for a while. So much further, in intervals, makes the two distinct.
_FURTHER = 0.25


class Unit(Enum):
    """What a word counts."""

    TICKS = "ticks"
    """1/1024 s, as the standard has it."""
    MS = "ms"

    @property
    def per_s(self) -> int:
        """How many make a second."""
        return _MS_PER_S if self is Unit.MS else TICKS_PER_S


def in_ticks(said: HeartRate) -> HeartRate:
    """Read milliseconds as the ticks they are, to the nearest."""
    ticks = tuple((word * TICKS_PER_S + _MS_PER_S // 2) // _MS_PER_S for word in said.rr_ticks)
    return said._replace(rr_ticks=ticks)


@dataclass(frozen=True, slots=True)
class UnitFound:
    """A unit, and what it was told by."""

    unit: Unit
    run_s: float
    """Length of the run without a gap."""
    slope: float
    """By how many words their sum grew in a second of arrival."""
    hr_ratio: float
    """The strap's own heart rate over that of its words read as ticks: 1, or 0.977 for ms."""


class _Heard(NamedTuple):
    """A packet with intervals, and the sums up to it."""

    t_ms: int
    words: int
    beats: int
    rated: int
    """Words, each times the heart rate said beside it."""


class UnitSense:
    """Listen for a run without a gap, and judge it."""

    def __init__(self) -> None:
        self._heard: deque[_Heard] = deque(maxlen=_MOST_PACKETS)
        self._words = self._beats = self._rated = 0
        self.break_off()

    def break_off(self) -> None:
        """Begin anew: beats may have been lost."""
        self._heard.clear()
        self._packets = 0
        self._first_ms = self._last_ms = 0

    def hear(self, t_ms: int, words: Sequence[int], rate: int | None) -> bool:
        """Take in a packet; say whether it is time to judge."""
        if self._packets >= _TO_KNOW_USUAL:
            usual_ms = (self._last_ms - self._first_ms) / (self._packets - 1)
            if t_ms - self._last_ms > _LOST_PACKET * usual_ms:
                self.break_off()
        if not self._packets:
            self._first_ms = t_ms
        self._packets += 1
        self._last_ms = t_ms
        if not words:
            return False
        total = sum(words)
        self._words += total
        self._beats += len(words)
        self._rated += total * (rate or 0)
        self._heard.append(_Heard(t_ms, self._words, self._beats, self._rated))
        many = len(self._heard) >= _LEAST_PACKETS and self._packets % _EVERY == 0
        return many and t_ms - self._heard[0].t_ms >= _LEAST_MS

    def judge(self) -> UnitFound | None:
        """Say in which unit the run counts; nothing where it had a gap, or the two disagree."""
        run = list(self._heard)
        beats = run[-1].beats - run[0].beats
        ratio = (run[-1].rated - run[0].rated) / (60 * TICKS_PER_S * beats)
        unit = next((u for u in Unit if abs(ratio - u.per_s / TICKS_PER_S) < _RATE_OFF), None)
        if unit is None:
            return None
        lags = _lags(run, unit)
        if _beat_lost(lags):
            return None
        other = Unit.TICKS if unit is Unit.MS else Unit.MS
        if _spread(_lags(run, other)) < _spread(lags) + _FURTHER:
            return None
        run_ms = run[-1 - _LAST].t_ms - run[_DOZEN].t_ms
        return UnitFound(unit, run_ms / 1000, _slope(run), ratio)


def _lags(run: Sequence[_Heard], unit: Unit) -> list[float]:
    """Return how late each packet came after its last beat, in mean intervals, from anywhere."""
    interval = (run[-1].words - run[0].words) / (run[-1].beats - run[0].beats)
    return [((h.t_ms - run[0].t_ms) * unit.per_s / 1000 - h.words) / interval for h in run]


def _beat_lost(lags: Sequence[float]) -> bool:
    """Say whether the lags rise by an interval anywhere and stay there."""
    least = lags[0]
    for at in range(1, len(lags)):
        left = len(lags) - at
        allowed = _STEP if left > len(_STEP_AT_THE_END) else _STEP_AT_THE_END[left - 1]
        if min(lags[at : at + _DOZEN]) - least > allowed:
            return True
        least = min(least, lags[at])
    return False


def _spread(lags: Sequence[float]) -> float:
    """Return how far the least of a dozen lags wanders."""
    least = [min(lags[at : at + _DOZEN]) for at in range(0, len(lags) - _DOZEN + 1, 2)]
    return max(least) - min(least)


def _slope(run: Sequence[_Heard]) -> float:
    """Return the slope of words against seconds, by least squares."""
    mid_ms = sum(h.t_ms for h in run) / len(run)
    words = sum((h.t_ms - mid_ms) * h.words for h in run)
    return 1000 * words / sum((h.t_ms - mid_ms) ** 2 for h in run)
