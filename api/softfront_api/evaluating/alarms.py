"""When a score speaks: above a threshold for long enough, and where that would be an offer."""

from bisect import bisect_left

import numpy as np
from numpy.typing import NDArray

from softfront_signal.indicator import HOLD_MS
from softfront_signal.moments import MARK_MS

from .columns import Floats
from .deciding import Flags

HELD = HOLD_MS // MARK_MS
# The studies let ten minutes pass between two alarms; what a wearer gets is further apart.
APART = 10 * 60_000 // MARK_MS
_UNSEEN_MOST = 60_000 // MARK_MS


def alarms(score: Floats, above: Floats | float, open_at: Flags | None = None) -> list[int]:
    """Return at which marks it speaks: held above, again after ten minutes; NaN ends a stretch.

    Where a gate is given, an alarm waits for it, and the ten minutes count from those that passed.
    """
    out: list[int] = []
    free = 0
    for begin, end in _stretches(score > above):
        at = begin + HELD
        while at < end:
            at = max(at, free)
            if at < end and (open_at is None or open_at[at]):
                out.append(at)
                free = at + APART
            at += 1
    return out


def dropped(score: Floats, above: float, open_at: Flags) -> list[int]:
    """Return the alarms that meet an open gate as they begin; what meets a closed one is lost.

    So the studies counted: an alarm that is not offered hides what follows for ten minutes too.
    """
    return [at for at in alarms(score, above) if open_at[at]]


def armed(score: Floats, above: float, rested: Flags) -> Flags:
    """Say at which marks the score has been seen inside, at rest, since the body last moved.

    What was not seen for a minute may have moved.
    """
    place = np.arange(len(score))
    inside = np.maximum.accumulate(np.where(rested & (score <= above), place, -1))
    seen = np.maximum.accumulate(np.where(np.isnan(score), -1, place))
    away = ~rested | (place - seen > _UNSEEN_MOST)
    moved = np.maximum.accumulate(np.where(away, place, -1))
    return np.asarray(inside > moved)


def auc(raised: Floats, calm: Floats) -> float:
    """Return the share of pairs in which the raised one scores higher; ties count half."""
    if len(raised) == 0 or len(calm) == 0:
        return float("nan")
    ordered = np.sort(calm)
    below = np.searchsorted(ordered, raised, "left")
    upto = np.searchsorted(ordered, raised, "right")
    return float((below + upto).mean() / (2 * len(calm)))


def first_within(marks: list[int], begin: int, end: int) -> int | None:
    """Return the first of sorted marks in a stretch that holds its end and not its begin."""
    at = bisect_left(marks, begin + 1)
    return marks[at] if at < len(marks) and marks[at] <= end else None


def _stretches(above: NDArray[np.bool_]) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[0], above.view(np.int8), [0]])))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
