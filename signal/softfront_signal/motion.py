"""Still, moving, or not known: what step reports say at a mark."""

from softfront_sensors.packet import Motion

from .moments import Stillness

# A phone counts in batches; after a minute and a half without a word nothing is known.
_FRESH_MS = 90_000
# Up to 8 steps a minute is shifting one's feet; above 30 a body has walked.
STILL_STEPS = 8
_WALK_STEPS = 30


class MotionSense:
    """Remember the latest report, the last time of not being still, and the last walk."""

    def __init__(self) -> None:
        self._last: Motion | None = None
        self._still_since_ms: int | None = None
        self._walked_ms: int | None = None

    def hear(self, report: Motion) -> None:
        """Take in a report, the next in time."""
        if report.steps_per_min is None:
            return
        broken = self._last is None or report.t_ms - self._last.t_ms > _FRESH_MS
        if report.steps_per_min > STILL_STEPS:
            self._still_since_ms = None
        elif broken or self._still_since_ms is None:
            self._still_since_ms = report.t_ms
        if report.steps_per_min > _WALK_STEPS:
            self._walked_ms = report.t_ms
        self._last = report

    def at(self, t_ms: int) -> Stillness:
        """Say what is known of movement at `t_ms`."""
        if self._last is None or t_ms - self._last.t_ms > _FRESH_MS:
            return Stillness.UNKNOWN
        return Stillness.MOVING if self._still_since_ms is None else Stillness.STILL

    def still_s(self, t_ms: int) -> int | None:
        """Return for how many seconds the body has been still, where that is known."""
        if self.at(t_ms) is not Stillness.STILL or self._still_since_ms is None:
            return None
        return (t_ms - self._still_since_ms) // 1000

    def since_walk_s(self, t_ms: int) -> int | None:
        """Return the seconds since the last walk; `None` where none was ever reported."""
        return None if self._walked_ms is None else (t_ms - self._walked_ms) // 1000

    @property
    def steps_per_min(self) -> int | None:
        """The latest report."""
        return None if self._last is None else self._last.steps_per_min
