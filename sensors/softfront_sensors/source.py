"""Where readings come from: the one seam between a body and the house."""

from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from .errors import BluetoothProblem
from .packet import Reading


class StrapState(Enum):
    """Where the link to a strap stands."""

    ABSENT = "absent"
    """No strap has been found yet."""
    CONNECTING = "connecting"
    SUBSCRIBED = "subscribed"
    """Connected and asked for beats; none has come yet."""
    LIVE = "live"
    SILENT = "silent"
    """Connected, and no packet for 5 s or more."""
    LOST = "lost"
    """The link ended; it is being looked for."""
    UNAVAILABLE = "unavailable"
    """This machine cannot look for straps; `problem` says why."""
    ENDED = "ended"
    """A recording has been read to its end."""


@dataclass(frozen=True, slots=True)
class StrapStatus:
    """What is known of a strap beside its beats."""

    state: StrapState
    name: str | None = None
    since_ms: int | None = None
    """When this state began, on the session's clock."""
    battery_percent: int | None = None
    problem: BluetoothProblem | None = None
    incomplete: int = 0
    """Packets so far whose bytes could not all be read."""


class SourceEnded(Exception):
    """There will be no more readings: a recording came to its end."""


@dataclass(frozen=True, slots=True)
class SessionInfo:
    """What names a run of readings for ever."""

    id: str
    """A UUID, or for a recording a name made from its content."""
    device: str
    """What sent it, in words: "Polar H10", "simulated", a file's name."""
    started_ms: int
    """Where the session's clock began. Unix milliseconds."""
    live: bool
    """True where the clock on the wall is the session's clock; a replay brings its own."""
    demo: bool = False


class Source(Protocol):
    """A strap in the room, a simulated one, a recording, or a strap far away."""

    @property
    def session(self) -> SessionInfo:
        """The run of readings this source is in."""
        ...

    @property
    def status(self) -> StrapStatus:
        """How the link stands now."""
        ...

    def now_ms(self) -> int:
        """Read the session's clock. Unix milliseconds."""
        ...

    async def poll(self) -> tuple[Reading, ...]:
        """Wait for readings in the order of their seq; empty after about a second of silence.

        Raises `SourceEnded` where there will be no more.
        """
        ...

    async def ack(self, seq: int) -> None:
        """Learn that everything up to `seq` is stored for good."""
        ...

    async def rewind(self, seq: int) -> None:
        """Continue behind `seq`, which the store already holds. Called once, before `poll`."""
        ...

    async def close(self) -> None:
        """Let go of the strap; nothing is left connected."""
        ...
