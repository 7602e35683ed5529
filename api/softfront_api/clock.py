"""The clocks of this machine, in one place, so that they can be handed over."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

# Goes on while the machine sleeps, where the system has such a clock (Linux).
_MONOTONIC = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def _wall_ms() -> int:
    return time.time_ns() // 1_000_000


def _mono_ms() -> int:
    return time.clock_gettime_ns(_MONOTONIC) // 1_000_000


def _boot_id() -> str | None:
    """Name this start of the machine; `None` where the system does not tell."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return None


@dataclass(frozen=True, slots=True)
class Clock:
    """Wall time may step; monotonic time may not, and means nothing after a restart."""

    wall_ms: Callable[[], int] = _wall_ms
    mono_ms: Callable[[], int] = _mono_ms
    boot_id: str | None = None

    @classmethod
    def of_this_machine(cls) -> "Clock":
        """Return the machine's own clocks."""
        return cls(boot_id=_boot_id())

    def session_clock(self) -> Callable[[], int]:
        """Begin a clock at wall time now that never steps."""
        wall, mono = self.wall_ms(), self.mono_ms()
        return lambda: wall + self.mono_ms() - mono
