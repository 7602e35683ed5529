"""What a strap or a step counter sent, as received and when."""

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Packet:
    """One notification of a strap, undecoded."""

    seq: int
    """Counts every reading of a session from 1, without holes."""
    epoch: int
    """Counts the links of a session from 1: what lies in two epochs is not adjacent."""
    t_ms: int
    """Arrival on the session's clock: wall time when it began, carried on by the monotonic clock.
    Unix milliseconds, never stepping."""
    wall_ms: int
    """Arrival on the wall clock, which may step. Unix milliseconds."""
    data: bytes
    """The value of 0x2A37 as it came."""


@dataclass(frozen=True, slots=True)
class Motion:
    """How much a body moved, from whatever can tell; one of both. Header as in `Packet`."""

    seq: int
    epoch: int
    t_ms: int
    wall_ms: int
    steps_per_min: int | None = None
    """Steps in the minute before."""
    move_mg: int | None = None
    """Standard deviation of the acceleration's magnitude over the seconds before, in 1/1000 g."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Readings that were lost before they could be stored for good. Header as in `Packet`.

    It stands where they stood: `seq` is that of the last one lost.
    """

    seq: int
    epoch: int
    t_ms: int
    wall_ms: int
    count: int
    """How many were lost."""


Reading: TypeAlias = Packet | Motion | Gap


def first_seq(reading: Reading) -> int:
    """Return the first seq a reading stands for; only a gap stands for more than one."""
    return reading.seq - reading.count + 1 if isinstance(reading, Gap) else reading.seq
