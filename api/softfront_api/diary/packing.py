"""Readings as few bytes as they need, and back.

A chunk is one format byte, then its readings one after the other. A reading holds, each as a
variable-length integer, its kind with the step of its epoch, how far its time lies behind the one
before, how the two clocks drifted apart since, and its value. Seq is implied: what is missing is
told by a gap. A chunk therefore grows at its end, and what is written is never written anew.
"""

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from softfront_sensors.packet import Gap, Motion, Packet, Reading, first_seq

_FORMAT = 2
_PACKET, _STEPS, _MG, _GAP = range(4)
# How many bits tell the kind, by format: the first knew packets and steps only.
_KIND_BITS = {1: 1, 2: 2}


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
    seq0 = first_seq(readings[0])
    before = onto.last if onto else _origin(seq0)
    for reading in readings:
        _put(blob, before, reading)
        before = reading
    times = [r.t_ms for r in readings]
    if onto is None:
        crc32 = zlib.crc32(blob)
        return Chunk(seq0, len(readings), min(times), max(times), bytes(blob), crc32, before)
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
    bits = _KIND_BITS.get(blob[0]) if blob and zlib.crc32(blob) == crc32 else None
    if bits is None:
        raise Unreadable
    before, at = _origin(seq0), 1
    for _ in range(n):
        before, at = _take(blob, at, before, bits)
        yield before
    if at != len(blob):
        raise Unreadable


def _origin(seq0: int) -> Reading:
    """Stand in for the reading before the first."""
    return Packet(seq=seq0 - 1, epoch=0, t_ms=0, wall_ms=0, data=b"")


def _put(blob: bytearray, before: Reading, reading: Reading) -> None:
    kind, value = _told(reading)
    _put_int(blob, _fold(reading.epoch - before.epoch) << _KIND_BITS[_FORMAT] | kind)
    _put_int(blob, _fold(reading.t_ms - before.t_ms))
    drift = (reading.wall_ms - reading.t_ms) - (before.wall_ms - before.t_ms)
    _put_int(blob, _fold(drift))
    if isinstance(value, bytes):
        _put_int(blob, len(value))
        blob += value
    else:
        _put_int(blob, _fold(value))


def _told(reading: Reading) -> tuple[int, int | bytes]:
    if isinstance(reading, Packet):
        return _PACKET, reading.data
    if isinstance(reading, Gap):
        return _GAP, reading.count
    if reading.move_mg is not None:
        return _MG, reading.move_mg
    return _STEPS, reading.steps_per_min or 0


def _take(blob: bytes, at: int, before: Reading, bits: int) -> tuple[Reading, int]:
    head, at = _take_int(blob, at)
    step, at = _take_int(blob, at)
    drift, at = _take_int(blob, at)
    value, at = _take_int(blob, at)
    kind, epoch = head & (1 << bits) - 1, before.epoch + _unfold(head >> bits)
    t_ms = before.t_ms + _unfold(step)
    wall_ms = t_ms + (before.wall_ms - before.t_ms) + _unfold(drift)
    if kind == _GAP:
        lost = _unfold(value)
        return Gap(before.seq + lost, epoch, t_ms, wall_ms, lost), at
    header = before.seq + 1, epoch, t_ms, wall_ms
    if kind == _PACKET:
        end = at + value
        if end > len(blob):
            raise Unreadable
        return Packet(*header, blob[at:end]), end
    steps, mg = (_unfold(value), None) if kind == _STEPS else (None, _unfold(value))
    return Motion(*header, steps, mg), at


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
