"""What we do for a beat, as sides that take turns with others."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from math import tau

import numpy as np
from scipy.signal import lombscargle

from softfront_sensors.heart_rate import TICKS_PER_S
from softfront_signal.artefacts import Judge
from softfront_signal.batch import artefacts, complexity, spectra, time_domain
from softfront_signal.batch.series import Codes, Ints, Series
from softfront_signal.batch.wearers import Wearers
from softfront_signal.beats import Beat
from softfront_signal.spectrum import SlidingSpectrum

from . import live
from .calibration import cumulative_sums, one_pass
from .turns import Side

SPANS_S = (60, 300)
WEARERS = 50_000
_MARK_MS, _MINUTE_MS = 5_000, 60_000
# Dear ones are measured on so many beats of the first day: a fifth of a second and more each.
_SOME = 10_000
# Five minutes and some, so that windows are full and beats leave as others come.
_FULL = 450
_MARKS = 20


def one_stream(days: Sequence[Series]) -> list[Side]:
    """Go through whole days, one after the other, by the batch driver."""
    codes = [artefacts.judge(day) for day in days]
    judged = list(zip(days, codes, strict=True))
    beats = sum(len(day) for day in days)
    some = Series(*(column[:_SOME] for column in (days[0].t_ms, days[0].rr_ticks, days[0].run)))
    flags = codes[0][: len(some)]
    marks, minutes = _every(some, _MARK_MS), _every(some, _MINUTE_MS)

    def side(name: str, work: Callable[[Series, Codes], object]) -> Side:
        def through() -> None:
            # Nothing is kept: memory that is new each time would be measured instead.
            for day, flagged in judged:
                work(day, flagged)

        return Side(name, through, beats)

    def dear(name: str, work: Callable[..., object], at_ms: Ints) -> Side:
        return Side(name, partial(work, some, flags, at_ms), len(some))

    return [
        side("calibration", lambda day, _: one_pass(day.rr_ticks)),
        side("artefacts", lambda day, _: artefacts.judge(day)),
        *(side(f"time {s} s", partial(_at_each_beat, 1000 * s)) for s in SPANS_S),
        *(side(f"numpy {s} s", partial(_by_numpy, 1000 * s)) for s in SPANS_S),
        dear("spectrum", spectra.measure, some.t_ms),
        dear("dfa", complexity.dfa, some.t_ms),
        dear("spectrum at marks", spectra.measure, marks),
        dear("dfa each minute", complexity.dfa, minutes),
    ]


def many_wearers(day: Series, count: int = WEARERS) -> Side:
    """Hear one beat of each, all at different hours of the same day."""
    wearers, slots, zero = Wearers(count), np.arange(count), np.zeros(count, np.int64)
    at, t_ms = slots * 7 % len(day), zero

    def hear() -> None:
        nonlocal at, t_ms
        at = (at + 1) % len(day)
        rr_ticks = day.rr_ticks[at]
        t_ms = t_ms + rr_ticks * 1000 // TICKS_PER_S
        wearers.hear(slots, rr_ticks, t_ms, zero)

    for _ in range(_FULL):
        hear()
    return Side("wearers", hear, count)


def live_road(day: Series) -> list[Side]:
    """Take the live road beat by beat, and its spectrum mark by mark beside scipy's."""
    beats = live.beats_of(day, _SOME)
    marks = _marks(beats)
    window: list[Beat] = []

    def mark() -> None:
        for _ in range(_MARKS):
            window[:] = next(marks)

    def scipy() -> None:
        t_s = np.array([beat.t_ms / 1000 for beat in window])
        rr_ms = np.array([beat.rr_ticks * 1000 / TICKS_PER_S for beat in window])
        lombscargle(t_s, rr_ms - rr_ms.mean(), tau * np.arange(12, 121) / 300)

    return [
        Side("live", partial(live.hear, beats), len(beats)),
        Side("mark", mark, _MARKS),
        Side("lombscargle", scipy, 1),
    ]


def _marks(beats: Sequence[Beat]) -> Iterator[list[Beat]]:
    """Measure the live spectrum every 5 s for ever; give the beats of the window."""
    while True:
        judge, spectrum, mark_ms = Judge(), SlidingSpectrum(), beats[0].t_ms + 300_000
        first = 0
        for last, beat in enumerate(beats):
            if beat.t_ms > mark_ms:
                spectrum.at(mark_ms)
                while beats[first].t_ms <= mark_ms - 300_000:
                    first += 1
                yield list(beats[first:last])
                mark_ms += _MARK_MS
            spectrum.add(judge.judge(beat))


def _at_each_beat(span_ms: int, day: Series, codes: Codes) -> object:
    return time_domain.at_each_beat(day, codes, span_ms)


def _by_numpy(span_ms: int, day: Series, _: Codes) -> object:
    return cumulative_sums(day.t_ms, day.rr_ticks, span_ms)


def _every(day: Series, step_ms: int) -> Ints:
    return np.arange(day.t_ms[0] + step_ms, day.t_ms[-1], step_ms)
