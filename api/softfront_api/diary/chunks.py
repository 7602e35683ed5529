"""Which readings lie in one chunk: about a minute of them, so that live it is one row a minute."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from softfront_sensors.packet import Gap, Reading, first_seq

from ..errors import SequenceGap
from .packing import Chunk, pack

LONGEST_MS = 60_000
MOST = 256
"""Bounds what one damaged chunk takes along, and what is written again when it grows."""


def fresh(readings: Sequence[Reading], last_seq: int) -> Sequence[Reading]:
    """Leave out what is stored already.

    Raises:
        SequenceGap: what remains does not follow on `last_seq`, reading by reading.
    """
    new = [_rest(r, last_seq) for r in readings if r.seq > last_seq]
    expected = last_seq + 1
    for reading in new:
        if first_seq(reading) != expected:
            raise SequenceGap(expected, first_seq(reading))
        expected = reading.seq + 1
    return new


def _rest(reading: Reading, last_seq: int) -> Reading:
    """Leave of a gap what is not stored: a part of it may have arrived before it was lost."""
    if isinstance(reading, Gap) and first_seq(reading) <= last_seq:
        return replace(reading, count=reading.seq - last_seq)
    return reading


def fill(readings: Sequence[Reading], growing: Chunk | None) -> list[Chunk]:
    """File readings away: the chunk that was growing first, where it took some, then new ones."""
    filled: list[Chunk] = []
    rest = readings
    while rest:
        count = _room(rest, growing)
        if count:
            growing = pack(rest[:count], growing)
            filled.append(growing)
        rest, growing = rest[count:], None
    return filled


class Chunks:
    """Files readings away one by one, holding a minute of them."""

    def __init__(self) -> None:
        self._held: list[Reading] = []

    def add(self, reading: Reading) -> Chunk | None:
        """Take a reading; hand out the chunk that it no longer fits into."""
        held = self._held
        if held and (len(held) == MOST or reading.t_ms - held[0].t_ms >= LONGEST_MS):
            self._held = [reading]
            return pack(held)
        held.append(reading)
        return None

    def rest(self) -> Chunk | None:
        """Hand out what is held yet."""
        held, self._held = self._held, []
        return pack(held) if held else None


def chunked(readings: Iterable[Reading]) -> Iterator[Chunk]:
    """File away readings of any length, holding a minute of them."""
    chunks = Chunks()
    for reading in readings:
        if (full := chunks.add(reading)) is not None:
            yield full
    if (rest := chunks.rest()) is not None:
        yield rest


def _room(readings: Sequence[Reading], growing: Chunk | None) -> int:
    """Count how many of the readings still go into this chunk, or into a new one."""
    t0_ms = growing.t0_ms if growing else readings[0].t_ms
    most = MOST - (growing.n if growing else 0)
    for count, reading in enumerate(readings[:most]):
        if reading.t_ms - t0_ms >= LONGEST_MS:
            return count
    return min(len(readings), most)
