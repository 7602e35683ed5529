"""What the tests of the road share: readings whose bytes follow from their number."""

import hashlib
from collections.abc import Iterable, Sequence

from softfront_sensors.outbox import Run
from softfront_sensors.packet import Gap, Packet, Reading, first_seq
from softfront_sensors.source import SessionInfo

START = 1_781_000_000_000


def session(name: str = "one", started_ms: int = START) -> SessionInfo:
    return SessionInfo(name, "test strap", started_ms, live=True)


def a_run(name: str = "one") -> Run:
    return Run(session(name), START)


def data_of(name: str, seq: int) -> bytes:
    """Make bytes that no other reading has, and that decode to nothing in particular."""
    return hashlib.sha256(f"{name} {seq}".encode()).digest()[:12]


def packet(seq: int, name: str = "one") -> Packet:
    t_ms = START + 1000 * seq
    return Packet(seq, 1, t_ms, t_ms, data_of(name, seq))


def packets(first: int, last: int, name: str = "one") -> list[Reading]:
    return [packet(seq, name) for seq in range(first, last + 1)]


def spans(readings: Iterable[Reading]) -> list[tuple[int, int]]:
    """Say which numbers each reading stands for."""
    return [(first_seq(reading), reading.seq) for reading in readings]


def faults(readings: Sequence[Reading], name: str = "one") -> list[str]:
    """Name what is not as it was made: a hole, a number twice, other bytes."""
    found, due = [], 1
    for reading in readings:
        if first_seq(reading) != due:
            found.append(f"{first_seq(reading)} came where {due} was due")
        if isinstance(reading, Packet) and reading.data != data_of(name, reading.seq):
            found.append(f"{reading.seq} has other bytes")
        due = reading.seq + 1
    return found


def gaps(readings: Iterable[Reading]) -> list[Gap]:
    return [reading for reading in readings if isinstance(reading, Gap)]
