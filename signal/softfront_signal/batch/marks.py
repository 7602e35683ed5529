"""Windows that end at marks: which beats they hold, and how full they are."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from softfront_sensors.heart_rate import TICKS_PER_S

from ..errors import BadIntervals, BadMarks
from .series import Codes, Floats, Ints, Series


def checked_marks(marks_ms: NDArray[Any], span_ms: int) -> Ints:
    """Return marks as a column of 64-bit integers; refuse them out of order."""
    marks = np.asarray(marks_ms)
    some_time(span_ms)
    if marks.ndim != 1 or (marks.size and marks.dtype.kind not in "iu"):
        raise BadMarks("marks come as one row of whole milliseconds")
    early = np.flatnonzero(marks[1:] < marks[:-1])
    if early.size:
        raise BadMarks(
            "marks come in order, and this one lies before the one before it", int(early[0]) + 1
        )
    return np.ascontiguousarray(marks, dtype=np.int64)


def checked_codes(series: Series, codes: NDArray[Any]) -> Codes:
    """Return one code a beat; all are artefacts but 0."""
    flags = np.asarray(codes)
    if flags.shape != (len(series),) or flags.dtype.kind not in "biu":
        raise BadIntervals("each beat has one code, a whole number")
    return np.ascontiguousarray(flags if flags.dtype == np.uint8 else flags != 0, dtype=np.uint8)


def some_time(span_ms: int) -> None:
    """Refuse a window that lasts none."""
    if span_ms <= 0:
        raise BadMarks("a window lasts some time")


def bounds(series: Series, marks_ms: Ints, span_ms: int) -> tuple[Ints, Ints]:
    """Return the first beat of each window, and the first after it."""
    first = np.searchsorted(series.t_ms, marks_ms - span_ms, side="right")
    return first, np.searchsorted(series.t_ms, marks_ms, side="right")


def filling(
    series: Series, codes: Codes, first: Ints, last: Ints, span_ms: int
) -> tuple[Ints, Ints, Floats, Floats]:
    """Return, for each window, its beats, its NN intervals, its coverage and its share flagged."""
    nn = codes == 0
    valid = _within(nn, first, last)
    beats, ticks = last - first, _within(np.where(nn, series.rr_ticks, 0), first, last)
    coverage = np.minimum(1.0, ticks * 1000 / TICKS_PER_S / span_ms)
    return beats, valid, coverage, np.where(beats > 0, 1 - valid / np.maximum(beats, 1), 0.0)


def _within(each: NDArray[Any], first: Ints, last: Ints) -> Ints:
    sums = np.concatenate([[0], np.cumsum(each, dtype=np.int64)])
    within: Ints = sums[last] - sums[first]
    return within
