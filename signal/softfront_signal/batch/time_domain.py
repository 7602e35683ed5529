"""The time domain of many windows at once."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import hrv
from ..errors import BadMarks
from . import sweeping
from .compiling import FAST
from .marks import bounds, checked_codes, checked_marks, some_time
from .series import Codes, Floats, Ints, Series


@dataclass(frozen=True, slots=True)
class TimeDomain:
    """What `SlidingWindow` says at each mark, each column of shape (marks,); NaN is its `None`."""

    beats: Ints
    valid: Ints
    differences: Ints
    coverage: Floats
    flagged: Floats
    hr_bpm: Floats
    rmssd_ms: Floats
    ln_rmssd: Floats
    sdnn_ms: Floats
    pnn50: Floats
    sd1_ms: Floats
    sd2_ms: Floats


@dataclass(frozen=True, slots=True)
class EachBeat:
    """The window that ends with each beat, as it came in, each column of shape (beats,)."""

    hr_bpm: Floats
    rmssd_ms: Floats
    sdnn_ms: Floats
    pnn50: Floats


def measure(
    series: Series, codes: NDArray[Any], marks_ms: NDArray[Any], span_ms: int
) -> TimeDomain:
    """Measure the windows (mark − `span_ms`, mark]; a beat whose code is not 0 is an artefact."""
    marks_ms = checked_marks(marks_ms, span_ms)
    return numbers(summed(series, codes, marks_ms, span_ms), span_ms)


def at_each_beat(
    series: Series, codes: NDArray[Any], span_ms: int, into: Floats | None = None
) -> EachBeat:
    """Measure anew as each beat comes in: what is asked for most, in one pass where compiled.

    Of beats that ended in the same millisecond each sees only those before it. The four rows of
    `into`, one place a beat, are used where they are given: new memory costs as much as the sums.
    """
    some_time(span_ms)
    t_ms, flags = series.t_ms, checked_codes(series, codes)
    values = np.empty((4, len(t_ms))) if into is None else into
    if (
        values.shape != (4, len(t_ms))
        or values.dtype != np.float64
        or not values.flags.c_contiguous
    ):
        raise BadMarks("there is one place for each beat in four rows of 64-bit floats")
    if FAST:
        room = 4 * sweeping.BLOCK
        while not _swept(series, flags, span_ms, room, values):
            room *= 2
            _not_too_many(room)
        return EachBeat(*values)
    first = np.searchsorted(t_ms, t_ms - span_ms, side="right")
    found = numbers(summed_between(series, flags, first, np.arange(1, len(t_ms) + 1)), span_ms)
    values[:] = found.hr_bpm, found.rmssd_ms, found.sdnn_ms, found.pnn50
    return EachBeat(*values)


def laid_out(series: Series, flags: Codes) -> Ints:
    """Return what each beat adds."""
    if not FAST:
        return sweeping.lay_out_by_column(series.rr_ticks, series.run, flags)
    added = np.empty((sweeping.ADDED, len(series)), dtype=np.int64)
    sweeping.lay_out_all(series.rr_ticks, series.run, flags, added)
    return added


def summed(series: Series, codes: NDArray[Any], marks_ms: Ints, span_ms: int) -> Ints:
    """Return, for each window, how many beats it holds and what they add up to: exact."""
    flags = checked_codes(series, codes)
    if not FAST:
        return summed_between(series, flags, *bounds(series, marks_ms, span_ms))
    sums = np.empty((1 + sweeping.ADDED, len(marks_ms)), dtype=np.int64)
    sweeping.slide(series.t_ms, laid_out(series, flags), marks_ms, span_ms, sums)
    _not_too_many(int(sums[0].max(initial=0)))
    return sums


def summed_between(series: Series, flags: Codes, first: Ints, last: Ints) -> Ints:
    """Return the same for the beats from `first` to before `last`, without a compiler."""
    _not_too_many(int((last - first).max(initial=0)))
    return sweeping.add_up(laid_out(series, flags), first, last)


def numbers(sums: Ints, span_ms: int) -> TimeDomain:
    """Say what sums amount to; numbers only where they hold."""
    beats, nn, squares, steps, step_squares, counts = sums
    valid, ticks = sweeping.upper_of(nn), sweeping.lower_of(nn)
    pairs = sweeping.lower_of(counts)
    held = hrv.holds(pairs, ticks, span_ms)
    with np.errstate(divide="ignore", invalid="ignore"):
        of_intervals = hrv.variance(squares, ticks, valid)
        of_steps = hrv.variance(step_squares, steps, pairs)
        along = hrv.along(of_intervals, of_steps)
        rmssd_ms = np.where(held, hrv.in_ms(np.sqrt(hrv.mean_square(step_squares, pairs))), np.nan)
        return TimeDomain(
            beats=beats,
            valid=valid,
            differences=pairs,
            coverage=np.minimum(1.0, hrv.in_ms(ticks) / span_ms),
            flagged=np.where(beats > 0, 1 - valid / beats, 0.0),
            hr_bpm=np.where(held, hrv.rate_bpm(valid, ticks), np.nan),
            rmssd_ms=rmssd_ms,
            ln_rmssd=np.log(np.where(rmssd_ms > 0, rmssd_ms, np.nan)),
            sdnn_ms=np.where(held, hrv.in_ms(np.sqrt(of_intervals)), np.nan),
            pnn50=np.where(held, sweeping.upper_of(counts) / pairs, np.nan),
            sd1_ms=np.where(held, hrv.in_ms(np.sqrt(hrv.across(of_steps))), np.nan),
            sd2_ms=np.where(held & (along >= 0), hrv.in_ms(np.sqrt(along)), np.nan),
        )


def _swept(series: Series, flags: Codes, span_ms: int, room: int, values: Floats) -> bool:
    ring = np.empty((sweeping.ADDED, room), dtype=np.int64)
    beats = (series.t_ms, series.rr_ticks, series.run, flags)
    return sweeping.each_beat(*beats, span_ms, ring, values)


def _not_too_many(beats: int) -> None:
    if beats > sweeping.MOST_BEATS:
        raise BadMarks("a window holds more beats than can be summed exactly")
