"""Beats as columns."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Self, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from softfront_sensors.heart_rate import TICKS_PER_S

from ..beats import Beat
from ..errors import BadIntervals

Ints: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]
Codes: TypeAlias = NDArray[np.uint8]

# An interval travels in 16 bits, and the largest of them stands for "not known".
_UNKNOWN = 0xFFFF
# Some hundred thousand years either side of any zero, and far from what 64 bits hold.
_FAR_MS = 1 << 52


@dataclass(frozen=True, slots=True)
class Series:
    """Beats in order of time, each column of shape (beats,)."""

    t_ms: Ints
    """When each interval ended. Unix milliseconds, or milliseconds from any other zero."""
    rr_ticks: Ints
    """How long it was, in 1/1024 s."""
    run: Ints
    """Beats of two runs are never neighbours."""

    def __post_init__(self) -> None:
        """Refuse columns that are not beside one another, in order, and told in 16 bits."""
        for column in (self.t_ms, self.rr_ticks, self.run):
            if column.dtype != np.int64 or column.ndim != 1 or len(column) != len(self.t_ms):
                raise BadIntervals("beats come as columns of 64-bit integers, all of one length")
        early = np.flatnonzero(self.t_ms[1:] < self.t_ms[:-1])
        if early.size:
            raise BadIntervals("a beat ends before the one before it", int(early[0]) + 1)
        untold = np.flatnonzero((self.rr_ticks < 0) | (self.rr_ticks > _UNKNOWN))
        if untold.size:
            raise BadIntervals("no strap can have told this interval", int(untold[0]))

    @classmethod
    def of(cls, beats: Iterable[Beat]) -> Self:
        """Lay out beats as columns."""
        rows = [(beat.t_ms, beat.rr_ticks, beat.run) for beat in beats]
        table = np.array(rows, dtype=np.int64).reshape(-1, 3)
        t_ms, rr_ticks, run = (np.ascontiguousarray(column) for column in table.T)
        return cls(t_ms, rr_ticks, run)

    @classmethod
    def of_ticks(cls, ticks: ArrayLike, cuts: Iterable[int] = (), start_ms: int = 0) -> Self:
        """Lay out intervals of 1/1024 s, one after another from `start_ms` on.

        `cuts` are the places before which a run ends: the interval there has no neighbour before.
        """
        rr_ticks = _whole(ticks)
        begins = np.zeros(len(rr_ticks), dtype=np.int64)
        for nth, cut in enumerate(cuts):
            if isinstance(cut, bool | np.bool_) or not isinstance(cut, int | np.integer):
                raise BadIntervals("a cut is a place among the intervals, a whole number", nth)
            if not 0 <= cut < len(begins):
                raise BadIntervals("a cut lies outside the intervals", nth)
            begins[cut] = 1
        if not isinstance(start_ms, int | np.integer) or abs(start_ms) > _FAR_MS:
            raise BadIntervals("a beginning is a whole number of milliseconds, within reach")
        t_ms = start_ms + np.cumsum(rr_ticks) * 1000 // TICKS_PER_S
        return cls(t_ms, rr_ticks, np.cumsum(begins))

    def __len__(self) -> int:
        """Count the beats."""
        return len(self.t_ms)


def _whole(ticks: ArrayLike) -> Ints:
    """Take intervals that are whole ticks a strap can tell; refuse all others."""
    if isinstance(ticks, np.ma.MaskedArray):
        raise BadIntervals("intervals are masked; leave them out, and say where with `cuts`")
    try:
        told: NDArray[Any] = np.asarray(ticks)
    except ValueError as error:
        raise BadIntervals("intervals come in one row") from error
    if told.ndim != 1:
        raise BadIntervals("intervals come in one row")
    if told.size and told.dtype.kind not in "iu":
        raise BadIntervals("intervals come in whole ticks of 1/1024 s")
    bad = np.flatnonzero((told < 1) | (told >= _UNKNOWN))
    if bad.size:
        raise BadIntervals("an interval is longer than none and shorter than 64 s", int(bad[0]))
    return np.array(told, dtype=np.int64)
