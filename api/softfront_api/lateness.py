"""How late a mark is by the session's clock, and that this clock may have slept."""

from collections.abc import Callable

from softfront_signal.hrv import SPAN_MS

from .tact import LATE_MS


class Lateness:
    """Compares the session's clock with the one on the wall.

    Where a machine's monotonic clock stands still while it sleeps, what was heard before seems to
    be of just now. The wall's has jumped by then; it may also have been set: then a minute passes
    without an offer, and no more.
    """

    def __init__(self, wall_ms: Callable[[], int]) -> None:
        self._wall_ms = wall_ms
        self._ahead_ms: int | None = None
        """By how much the clock on the wall is ahead of the session's."""
        self._jump_ms = self._jumped_ms = 0

    def look(self, now_ms: int) -> None:
        """Note whether the clock on the wall has jumped ahead since the last look."""
        ahead_ms = self._wall_ms() - now_ms
        if self._ahead_ms is not None and ahead_ms - self._ahead_ms > LATE_MS:
            self._jump_ms, self._jumped_ms = ahead_ms - self._ahead_ms, now_ms
        self._ahead_ms = ahead_ms

    def of(self, t_ms: int, now_ms: int) -> int:
        """Return how late a mark is; its minute may reach back behind a jump."""
        late_ms = now_ms - t_ms
        return late_ms if t_ms - self._jumped_ms >= SPAN_MS else max(late_ms, self._jump_ms)
