"""When the body is known already, so that no beat counts twice."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator

# As long as another may be silent and still speak for the body.
MARGIN_MS = 30_000


class Covered:
    """Stretches of time in which the body is known already."""

    def __init__(self, stretches: Iterable[tuple[int, int]]) -> None:
        self._begins: list[int] = []
        self._ends: list[int] = []
        for begin, end in _joined(stretches):
            self._begins.append(begin)
            self._ends.append(end)

    def holds(self, t_ms: int) -> bool:
        """Say whether a moment lies in one of them."""
        at = bisect_right(self._begins, t_ms)
        return at > 0 and t_ms <= self._ends[at - 1]


def _joined(stretches: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Widen stretches by the margin, and make one of those that touch."""
    at: tuple[int, int] | None = None
    for t0_ms, t1_ms in stretches:
        begin, end = t0_ms - MARGIN_MS, t1_ms + MARGIN_MS
        if at is not None and begin <= at[1]:
            at = at[0], max(at[1], end)
            continue
        if at is not None:
            yield at
        at = begin, end
    if at is not None:
        yield at
