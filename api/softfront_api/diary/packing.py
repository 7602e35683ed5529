"""Readings as few bytes as they need, and back.

A chunk is one format byte, then its readings one after the other. A reading holds, each as a
variable-length integer, its kind with the step of its epoch, how far its time lies behind the one
before, how the two clocks drifted apart since, and its value. Seq is implied: there are no holes.
A chunk therefore grows at its end, and what is written is never written anew.
"""

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from softfront_sensors.packet import Motion, Packet, Reading

_FORMAT = 1
_PACKET, _MOTION = 0, 1


class Unreadable(ValueError):
    """These bytes are not a chunk."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Readings in a row, packed."""

    seq0: int
    n: int
    t0_ms: int
    """The earliest arrival in it, on the session's clock."""
    t1_ms: int
    """The latest."""
    blob: bytes
    crc32: int
    last: Reading
    """What the next reading is told relative to."""


def pack(readings: Sequence[Reading], onto: Chunk | None = None) -> Chunk:
    """Pack readings of consecutive seq behind those of a chunk, or into a new one."""
    blob = bytearray()
    if onto is None:
        blob.append(_FORMAT)
    before = onto.last if onto else _origin(readings[0].seq)
    for reading in readings:
        _put(blob, before, reading)
        before = reading
    times = [r.t_ms for r in readings]
    if onto is None:
        crc32 = zlib.crc32(blob)
        return Chunk(
            readings[0].seq, len(readings), min(times), max(times), bytes(blob), crc32, before
        )
    return replace(
        onto,
        n=onto.n + len(readings),
        t0_ms=min(onto.t0_ms, *times),
        t1_ms=max(onto.t1_ms, *times),
        blob=onto.blob + blob,
        crc32=zlib.crc32(blob, onto.crc32),
        last=before,
    )


def unpack(seq0: int, n: int, blob: bytes, crc32: int) -> Iterator[Reading]:
    """Give back the readings of a chunk.

    Raises:
        Unreadable: the bytes are not those that were written.
    """
    if zlib.crc32(blob) != crc32 or not blob or blob[0] != _FORMAT:
        raise Unreadable
    before, at = _origin(seq0), 1
    for _ in range(n):
        before, at = _take(blob, at, before)
        yield before
    if at != len(blob):
        raise Unreadable


def _origin(seq0: int) -> Reading:
    """Stand in for the reading before the first."""
    return Packet(seq=seq0 - 1, epoch=0, t_ms=0, wall_ms=0, data=b"")


def _put(blob: bytearray, before: Reading, reading: Reading) -> None:
    kind = _PACKET if isinstance(reading, Packet) else _MOTION
    _put_int(blob, _fold(reading.epoch - before.epoch) << 1 | kind)
    _put_int(blob, _fold(reading.t_ms - before.t_ms))
    drift = (reading.wall_ms - reading.t_ms) - (before.wall_ms - before.t_ms)
    _put_int(blob, _fold(drift))
    if isinstance(reading, Packet):
        _put_int(blob, len(reading.data))
        blob += reading.data
    else:
        _put_int(blob, _fold(reading.steps_per_min))


def _take(blob: bytes, at: int, before: Reading) -> tuple[Reading, int]:
    head, at = _take_int(blob, at)
    step, at = _take_int(blob, at)
    drift, at = _take_int(blob, at)
    value, at = _take_int(blob, at)
    seq, epoch = before.seq + 1, before.epoch + _unfold(head >> 1)
    t_ms = before.t_ms + _unfold(step)
    wall_ms = t_ms + (before.wall_ms - before.t_ms) + _unfold(drift)
    if head & 1 == _MOTION:
        return Motion(seq, epoch, t_ms, wall_ms, _unfold(value)), at
    end = at + value
    if end > len(blob):
        raise Unreadable
    return Packet(seq, epoch, t_ms, wall_ms, blob[at:end]), end


def _fold(n: int) -> int:
    """Lay negative numbers between the others, so that small ones stay short."""
    return n << 1 if n >= 0 else (-n << 1) - 1


def _unfold(n: int) -> int:
    return -((n + 1) >> 1) if n & 1 else n >> 1


def _put_int(blob: bytearray, n: int) -> None:
    """Write seven bits a byte, the lowest first; the top bit says that more follow."""
    while n > 0x7F:
        blob.append(n & 0x7F | 0x80)
        n >>= 7
    blob.append(n)


def _take_int(blob: bytes, at: int) -> tuple[int, int]:
    n = shift = 0
    while at < len(blob):
        byte = blob[at]
        n |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return n, at
    raise Unreadable
