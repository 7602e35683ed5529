"""What was found, what was flagged wrongly, and what it does to RMSSD."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import sqrt
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from softfront_signal.batch.series import Ints

from .folder import Labelled
from .injecting import Spoilt

Flags: TypeAlias = NDArray[np.bool_]
Judging: TypeAlias = Callable[[Ints], Flags]
"""Which of a recording's intervals are flagged, in the end."""
_ECTOPIC = ("V", "A")
# What lies nearer to an early beat may be moved by it, and is counted for neither side.
_AWAY = 4


@dataclass(frozen=True, slots=True)
class Score:
    """How one stretch, or one recording with labels, was judged."""

    events: int
    found: int
    """Events of which at least one spoilt interval was flagged."""
    clean: int
    """Intervals that no event touched: a flag on any of them is wrong, a neighbour's too."""
    kept: int
    rmssd_error: float | None = None
    """|RMSSD of what was kept / RMSSD of the stretch before anything was put in − 1|."""


@dataclass(frozen=True, slots=True)
class Summary:
    """Many scores as one."""

    events: int
    found: int
    sensitivity: float | None
    specificity: float | None
    error_median: float | None
    error_p95: float | None


def score(spoilt: Spoilt, before: Ints, judging: Judging) -> Score:
    """Judge a spoilt stretch from cold, and hold it against what was done to it."""
    flagged = judging(spoilt.rr_ticks)
    clean = spoilt.event < 0
    found = len(np.unique(spoilt.event[flagged & ~clean]))
    left = rmssd(spoilt.rr_ticks, ~flagged)
    whole = rmssd(before, np.full(len(before), True))
    error = abs(left / whole - 1) if left is not None and whole else None
    return Score(spoilt.events, found, int(clean.sum()), int((clean & ~flagged).sum()), error)


def score_labelled(beats: Labelled, judging: Judging) -> Score:
    """Judge a whole recording, and hold it against its labels.

    An ectopic beat (V, A) is found where the interval before it or the one after it is flagged;
    specificity is counted on normal beats (N) more than four beats away from any.
    """
    flagged = judging(beats.rr_ticks)
    ectopic = np.isin(beats.label, _ECTOPIC)
    either = flagged | np.append(flagged[1:], False)
    near = np.convolve(ectopic, np.ones(2 * _AWAY + 1))[_AWAY : _AWAY + len(ectopic)] > 0.5
    clean = (beats.label == "N") & ~near
    found, kept = int((ectopic & either).sum()), int((clean & ~flagged).sum())
    return Score(int(ectopic.sum()), found, int(clean.sum()), kept)


def rmssd(rr_ticks: Ints, kept: Flags) -> float | None:
    """Take RMSSD over neighbours that are both kept, in ticks; `None` without any."""
    steps = np.diff(rr_ticks)[kept[1:] & kept[:-1]]
    return sqrt(float(np.mean(steps * steps))) if len(steps) else None


def summary(scores: Iterable[Score]) -> Summary:
    """Sum scores up: events and beats together, errors by their median and 95th percentile."""
    scores = tuple(scores)
    events, found = sum(s.events for s in scores), sum(s.found for s in scores)
    clean, kept = sum(s.clean for s in scores), sum(s.kept for s in scores)
    errors = [s.rmssd_error for s in scores if s.rmssd_error is not None]
    return Summary(
        events=events,
        found=found,
        sensitivity=found / events if events else None,
        specificity=kept / clean if clean else None,
        error_median=float(np.median(errors)) if errors else None,
        error_p95=float(np.percentile(errors, 95)) if errors else None,
    )
