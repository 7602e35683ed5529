"""Where readings come from: the one seam between a body and the house."""

from dataclasses import dataclass
from enum import Enum, IntEnum
from typing import Protocol

from .errors import BluetoothProblem, Loss
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


class Hint(Enum):
    """What a person can try, where a strap keeps us waiting."""

    WORN_AND_WET = "wet"
    """None is heard: straps wake on wet skin."""
    HELD = "held"
    """It is heard and refuses again and again, or refused just now and is heard no more.

    Another app or watch may hold it.
    """
    NO_BEAT = "no_beat"
    """Connected, and no beat for 5 s or more."""
    NO_INTERVALS = "no_intervals"
    """It sends a heart rate and no RR intervals: nothing can be said of variability."""
    STRANGER = "stranger"
    """Another strap of the same name answers; it is another body until somebody says otherwise."""


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
    model: str | None = None
    serial: str | None = None
    hint: Hint | None = None
    last_beat_ms: int | None = None
    """When the latest packet with a heartbeat arrived, on the session's clock."""
    maker: str | None = None
    losses: tuple[tuple[Loss, int], ...] = ()
    """How many links were lost so far, by cause."""


class SourceEnded(Exception):
    """There will be no more readings: a recording came to its end."""


class Rank(IntEnum):
    """Who is believed where two sources read one body at once: the highest."""

    APP = 1
    """Another program's message, rounded and without numbers of its own."""
    RAW = 2
    """A sender that passes on what the strap said."""
    COLLECTOR = 3
    """Our own collector on another machine."""
    HERE = 4
    """A strap read on this machine, a recording, a simulation."""


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
    rank: Rank = Rank.HERE
    boot: str | None = None
    """Names the start of the machine that reads the strap, where it is known."""
    strap: str | None = None
    """What names the strap: its address; on a Mac a UUID that holds for that machine only."""
    offset_ms: int = 0
    """What was added to the sender's clock when the session was first met."""

    @property
    def remote(self) -> bool:
        """Say whether it is read elsewhere, so that its silence may only be the road's."""
        return self.rank is not Rank.HERE


class Part(Enum):
    """What a batch is to the body."""

    LEADS = "leads"
    BESIDE = "beside"
    """Movement, which anyone may report without speaking for the heart."""
    SPARE = "spare"
    """Kept, and not counted: somebody else speaks."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Readings of one session, in the order of their seq."""

    session: SessionInfo
    readings: tuple[Reading, ...]
    part: Part = Part.LEADS


class Source(Protocol):
    """A strap in the room, a simulated one, a recording, or a strap far away."""

    @property
    def session(self) -> SessionInfo:
        """The run of readings that speaks for the body now."""
        ...

    @property
    def status(self) -> StrapStatus:
        """How the link stands now."""
        ...

    def now_ms(self) -> int:
        """Read the session's clock. Unix milliseconds."""
        ...

    async def poll(self) -> tuple[Batch, ...]:
        """Wait for readings in the order of their seq; empty after about a second of silence.

        Raises `SourceEnded` where there will be no more.
        """
        ...

    async def ack(self, session: str, seq: int) -> None:
        """Learn that everything of a session up to `seq` is stored for good."""
        ...

    async def rewind(self, session: str, seq: int) -> None:
        """Continue a session behind `seq`: up to there the store holds it, and no further."""
        ...

    async def close(self) -> None:
        """Let go of the strap; nothing is left connected."""
        ...
