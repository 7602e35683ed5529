"""The time domain of many windows at once."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import hrv
from ..errors import BadIntervals, BadMarks
from . import sweeping
from .compiling import FAST
from .series import Floats, Ints, Series


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


def at_each_beat(series: Series, codes: NDArray[Any], span_ms: int) -> EachBeat:
    """Measure anew as each beat comes in: what is asked for most, in one pass where compiled.

    Of beats that ended in the same millisecond each sees only those before it.
    """
    t_ms = checked_marks(series.t_ms, span_ms)
    laid = laid_out(series, codes)
    if FAST:
        values = np.empty((4, len(t_ms)))
        _not_too_many(sweeping.each_beat(t_ms, *laid, span_ms, values))
        return EachBeat(*values)
    first = np.searchsorted(t_ms, t_ms - span_ms, side="right")
    found = numbers(sweeping.add_up(*laid, first, np.arange(1, len(t_ms) + 1)), span_ms)
    return EachBeat(found.hr_bpm, found.rmssd_ms, found.sdnn_ms, found.pnn50)


def checked_marks(marks_ms: NDArray[Any], span_ms: int) -> Ints:
    """Return marks as a column of 64-bit integers; refuse them out of order."""
    marks = np.asarray(marks_ms)
    if span_ms <= 0:
        raise BadMarks("a window lasts some time")
    if marks.ndim != 1 or (marks.size and marks.dtype.kind not in "iu"):
        raise BadMarks("marks come as one row of whole milliseconds")
    early = np.flatnonzero(marks[1:] < marks[:-1])
    if early.size:
        raise BadMarks("a mark lies before the one before it", int(early[0]) + 1)
    return np.ascontiguousarray(marks, dtype=np.int64)


def laid_out(series: Series, codes: NDArray[Any]) -> tuple[Ints, Ints, Ints]:
    """Return what each beat adds: its NN interval, its difference, and the counts of both."""
    flags = np.asarray(codes)
    if flags.shape != (len(series),) or flags.dtype.kind not in "biu":
        raise BadIntervals("each beat has one code, a whole number")
    flags = np.ascontiguousarray(flags if flags.dtype == np.uint8 else flags != 0, dtype=np.uint8)
    if FAST:
        laid = np.empty((3, len(series)), dtype=np.int64)
        sweeping.lay_out(series.rr_ticks, series.run, flags, *laid)
        return laid[0], laid[1], laid[2]
    return sweeping.lay_out_by_column(series.rr_ticks, series.run, flags)


def summed(series: Series, codes: NDArray[Any], marks_ms: Ints, span_ms: int) -> Ints:
    """Return, for each window, beats, counts, Σx, Σx², Σd and Σd²: exact in whole ticks."""
    laid = laid_out(series, codes)
    if FAST:
        sums = np.empty((6, len(marks_ms)), dtype=np.int64)
        sweeping.slide(series.t_ms, *laid, marks_ms, span_ms, sums)
    else:
        sums = sweeping.add_up(*laid, *bounds(series, marks_ms, span_ms))
    _not_too_many(int(sums[0].max(initial=0)))
    return sums


def bounds(series: Series, marks_ms: Ints, span_ms: int) -> tuple[Ints, Ints]:
    """Return the first beat of each window, and the first after it."""
    first = np.searchsorted(series.t_ms, marks_ms - span_ms, side="right")
    return first, np.searchsorted(series.t_ms, marks_ms, side="right")


def numbers(sums: Ints, span_ms: int) -> TimeDomain:
    """Say what sums amount to; numbers only where they hold."""
    beats, counts, ticks, squares, steps, step_squares = sums
    valid, pairs = sweeping.valid_of(counts), sweeping.differences_of(counts)
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
            pnn50=np.where(held, sweeping.beyond_of(counts) / pairs, np.nan),
            sd1_ms=np.where(held, hrv.in_ms(np.sqrt(hrv.across(of_steps))), np.nan),
            sd2_ms=np.where(held & (along >= 0), hrv.in_ms(np.sqrt(along)), np.nan),
        )


def _not_too_many(beats: int) -> None:
    if beats > sweeping.MOST_BEATS:
        raise BadMarks("a window holds more beats than can be summed exactly")
