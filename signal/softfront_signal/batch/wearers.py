"""Tens of thousands of people at once: a beat of each, and what is known of them by then.

The rules and definitions of the live rooms, bit for bit. Beats come in arrays: one a person at
most, in order of the places the people have.
"""

from dataclasses import dataclass
from math import nan, sqrt
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .. import hrv
from ..errors import BadIntervals
from ..explaining import UNKNOWN
from .ahead import ask
from .compiling import compiled
from .held import BEATS, LONGEST_WAIT_MS, SPANS_MS, Record, hold, in_ring, think_again
from .series import Codes, Floats, Ints
from .verdicts import JUDGE, OPEN, end, judge_next

_holds, _in_ms, _mean_square = compiled(hrv.holds), compiled(hrv.in_ms), compiled(hrv.mean_square)
_rate_bpm, _variance = compiled(hrv.rate_bpm), compiled(hrv.variance)

_WEARER = np.dtype([("beats", BEATS), ("judge", JUDGE)])
_WINDOWS = len(SPANS_MS)
_NEVER_MS = -(1 << 62)
# An interval travels in 16 bits, and the largest of them stands for "not known".
_UNTOLD = 0xFFFF

# Memory comes in lines of 64 bytes. Of one wearer's 75 a beat touches 14: all but the ring, and in
# the ring its end and where both windows begin, which is known once the first ones are there.
_LINE = 64
_JUDGE, _RING = BEATS.itemsize, BEATS.itemsize - BEATS["ring"].itemsize
_ALWAYS = (*range(0, _RING, _LINE), *range(_JUDGE, _WEARER.itemsize, _LINE))
# A line is there after some 0.1 µs, under load after one or two: the time of four wearers.
_EARLY, _SOON = 8, 4


@dataclass(frozen=True, slots=True)
class Heard:
    """What is known of each wearer at their new beat, in the order in which they were given.

    Windows are columns of shape (wearers, 2): the 60 s and the 300 s up to the beat, as
    `SlidingWindow` measures them; NaN is `None`.
    """

    verdicts: Codes
    """On the latest four beats of each, the newest last, as places in `artefacts.ARTEFACTS`. The
    first is final; so are all before a run's beginning. Before a wearer's first beats stands 0."""
    beats: Ints
    valid: Ints
    differences: Ints
    coverage: Floats
    hr_bpm: Floats
    rmssd_ms: Floats
    sdnn_ms: Floats
    pnn50: Floats


class Wearers:
    """The artefacts and windows of many people, in one block of memory for each."""

    def __init__(self, count: int) -> None:
        """Make room for so many, at less than 8 kB each."""
        self._held = np.zeros(count, _WEARER)
        self._lines = self._held.view(np.uint8).reshape(count, _WEARER.itemsize)
        self._t_ms = np.full(count, _NEVER_MS)
        self._run = np.zeros(count, np.int64)
        self.forget(np.arange(count))

    @property
    def bytes_each(self) -> int:
        """How much memory a wearer takes."""
        whole = self._held.nbytes + self._t_ms.nbytes + self._run.nbytes
        return -(-whole // max(1, len(self._held)))

    def forget(self, slots: ArrayLike) -> None:
        """Give places to others: nothing is known of them."""
        where = np.asarray(slots, np.int64)
        self._held[where] = np.zeros((), _WEARER)
        self._held["beats"]["crowded_ms"][where] = _NEVER_MS
        for name in ("two_before", "before"):
            self._held["judge"][name][where] = UNKNOWN
        self._t_ms[where] = _NEVER_MS

    def hear(self, slots: ArrayLike, rr_ticks: ArrayLike, t_ms: ArrayLike, run: ArrayLike) -> Heard:
        """Take in a beat of each wearer named, in order of their places, and measure them.

        `run` differs from the run before where beats are missing between; after more silence than
        an interval can last a run begins in any case. Where anything is refused, nothing is
        taken in.
        """
        where, rr, ends_ms, runs = (_column(each) for each in (slots, rr_ticks, t_ms, run))
        self._refuse(where, rr, ends_ms, runs)
        waits_ms = np.minimum(ends_ms - self._t_ms[where], SPANS_MS[-1])
        begins = (runs != self._run[where]) | (waits_ms > LONGEST_WAIT_MS)
        self._t_ms[where], self._run[where] = ends_ms, runs
        verdicts = np.empty((len(where), OPEN), np.uint8)
        counts = np.empty((3, len(where), _WINDOWS), np.int64)
        numbers = np.empty((5, len(where), _WINDOWS))
        _hear(
            self._held, self._lines, where, rr, ends_ms, waits_ms, begins, verdicts, counts, numbers
        )
        return Heard(verdicts, *counts, *numbers)

    def _refuse(self, where: Ints, rr_ticks: Ints, t_ms: Ints, run: Ints) -> None:
        """Refuse what no strap can have told, before anything is taken in."""
        if not where.shape == rr_ticks.shape == t_ms.shape == run.shape:
            raise BadIntervals("each wearer has one place, interval, time and run")
        _none(np.diff(where, prepend=-1) <= 0, "wearers come in order of their places, each once")
        _none(where >= len(self._held), "there is no such place")
        _none((rr_ticks < 1) | (rr_ticks >= _UNTOLD), "an interval is one a strap can tell")
        _none(t_ms < self._t_ms[where], "a beat ends before the one before it")


def _column(given: ArrayLike) -> Ints:
    """Take whole numbers in one row."""
    column: NDArray[Any] = np.asarray(given)
    if column.ndim != 1 or (column.size and column.dtype.kind not in "iu"):
        raise BadIntervals("wearers' beats come as rows of whole numbers")
    return np.ascontiguousarray(column, np.int64)


def _none(bad: NDArray[np.bool_], why: str) -> None:
    if bad.any():
        raise BadIntervals(why, int(np.argmax(bad)))


@compiled
def _hear(
    held: Record,
    lines: NDArray[np.uint8],
    slots: Ints,
    rr_ticks: Ints,
    t_ms: Ints,
    waits_ms: Ints,
    begins: NDArray[np.bool_],
    verdicts: Codes,
    counts: Ints,
    numbers: Floats,
) -> None:
    """Take in one beat of each, and fill in what is known of them then."""
    for at in range(len(slots)):
        _look_ahead(held, lines, slots, at)
        wearer = held[slots[at]]
        beats, judge = wearer["beats"], wearer["judge"]
        _judge(beats, judge, rr_ticks[at], begins[at])
        hold(beats, t_ms[at], waits_ms[at], rr_ticks[at], judge["told"][OPEN - 1], begins[at])
        for k in range(OPEN):
            verdicts[at, k] = judge["told"][k]
        for k in range(_WINDOWS):
            crowded = t_ms[at] - beats["crowded_ms"] < SPANS_MS[k]
            _tell(beats["windows"][k], SPANS_MS[k], crowded, counts[:, at, k], numbers[:, at, k])


@compiled
def _look_ahead(held: Record, lines: NDArray[np.uint8], slots: Ints, at: int) -> None:
    """Ask for what the wearers to come need, so that their turn does not wait for memory."""
    if at + _EARLY < len(slots):
        for place in _ALWAYS:
            ask(lines, slots[at + _EARLY], place)
    if at + _SOON < len(slots):
        slot = slots[at + _SOON]
        beats = held[slot]["beats"]
        ask(lines, slot, _RING + in_ring(beats["next"]))
        for k in range(_WINDOWS):
            ask(lines, slot, _RING + in_ring(beats["windows"][k]["first"]))


@compiled
def _judge(beats: Record, judge: Record, rr_ticks: int, begins: bool) -> None:
    """Judge the next beat, and correct what was held of the three before it."""
    told = judge["told"]
    three_back, two_back, one_back = told[1], told[2], told[3]
    if begins:
        end(judge)
    judge_next(judge, rr_ticks)
    if told[0] != three_back:
        think_again(beats, 3, told[0])
    if told[1] != two_back:
        think_again(beats, 2, told[1])
    if told[2] != one_back:
        think_again(beats, 1, told[2])


@compiled
def _tell(window: Record, span_ms: int, crowded: bool, counts: Ints, numbers: Floats) -> None:
    """Fill in what the sums of a window amount to; NaN where no number holds."""
    valid, ticks, pairs = window["valid"], window["ticks"], window["differences"]
    counts[0], counts[1], counts[2] = window["beats"], valid, pairs
    numbers[:] = nan
    numbers[0] = min(1.0, _in_ms(ticks) / span_ms)
    if crowded or not _holds(pairs, ticks, span_ms):
        return
    numbers[1] = _rate_bpm(valid, ticks)
    numbers[2] = _in_ms(sqrt(_mean_square(window["squares"], pairs)))
    numbers[3] = _in_ms(sqrt(_variance(window["ticks_squared"], ticks, valid)))
    numbers[4] = window["beyond"] / pairs
