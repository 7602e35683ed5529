"""Beats as columns."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..beats import Beat

Ints: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]
Codes: TypeAlias = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Series:
    """Beats in order of time, each column of shape (beats,)."""

    t_ms: Ints
    """When each interval ended. Unix milliseconds, or milliseconds from any other zero."""
    rr_ticks: Ints
    """How long it was, in 1/1024 s."""
    run: Ints
    """Beats of two runs are never neighbours."""

    @classmethod
    def of(cls, beats: Iterable[Beat]) -> Self:
        """Lay out beats as columns."""
        rows = [(beat.t_ms, beat.rr_ticks, beat.run) for beat in beats]
        table = np.array(rows, dtype=np.int64).reshape(-1, 3)
        t_ms, rr_ticks, run = (np.ascontiguousarray(column) for column in table.T)
        return cls(t_ms, rr_ticks, run)

    def __len__(self) -> int:
        """Count the beats."""
        return len(self.t_ms)
