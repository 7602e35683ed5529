"""True time, and what the clocks of a machine make of it."""

from dataclasses import dataclass

from softfront_api.clock import Clock

# An NTP step as it comes: a clock that drifted, one never set since it was carried, one an hour off
# because it was set by hand in the night the clocks change.
STEPS_MS = tuple(sign * ms for ms in (2_000, 300_000, 3_600_000) for sign in (1, -1))


@dataclass
class Clockwork:
    """One machine: true time is moved by hand, its clocks go with it as well as they can."""

    true_ms: int = 0
    wrong_ms: int = 1_781_000_000_000
    """By how much the clock on the wall is ahead of true time, which begins at nothing."""
    starts: int = 0
    """Of the machine, so far."""
    stood_ms: int = 0
    """How long the monotonic clock stood still, where it does while the machine sleeps."""
    _started_ms: int = 0

    @property
    def wall_ms(self) -> int:
        return self.true_ms + self.wrong_ms

    @property
    def mono_ms(self) -> int:
        return self.true_ms - self._started_ms - self.stood_ms

    @property
    def boot(self) -> str:
        return f"start {self.starts}"

    def clock(self) -> Clock:
        return Clock(lambda: self.wall_ms, lambda: self.mono_ms, self.boot)

    def is_set(self, by_ms: int) -> None:
        """The clock on the wall is set, and nothing else."""
        self.wrong_ms += by_ms

    def sleeps(self, for_ms: int, *, goes_on: bool) -> None:
        """The machine sleeps; on Linux the monotonic clock goes on meanwhile, elsewhere not."""
        self.true_ms += for_ms
        self.stood_ms += 0 if goes_on else for_ms

    def begins_anew(self) -> None:
        """The machine is started; its monotonic clock knows nothing of before."""
        self.starts += 1
        self._started_ms, self.stood_ms = self.true_ms, 0
