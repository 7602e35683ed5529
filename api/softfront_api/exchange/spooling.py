"""A file read once: what it is told by, and its readings packed beside, until it has a place."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import tzinfo
from pathlib import Path
from struct import Struct
from types import TracebackType
from typing import Self

from softfront_sensors.packet import Packet, Reading
from softfront_sensors.recording import UNDATED_MS, Outline, named_ms, outline

from ..diary import Chunk, Chunks

# seq0, n, t0_ms, t1_ms, crc32, last seq, bytes that follow.
_HEAD = Struct("<QIQQIQI")


@dataclass(frozen=True, slots=True)
class Spooled:
    """What a file holds, and where its readings lie packed."""

    outline: Outline
    by_ms: int
    """What was added to the times of one without a date."""
    spool: Path

    def chunks(self) -> Iterator[Chunk]:
        """Yield the packed readings."""
        with self.spool.open("rb") as opened:
            while head := opened.read(_HEAD.size):
                seq0, n, t0_ms, t1_ms, crc32, last, size = _HEAD.unpack(head)
                stand_in = Packet(last, 0, t1_ms, t1_ms, b"")
                yield Chunk(seq0, n, t0_ms, t1_ms, opened.read(size), crc32, stand_in)


def spool(file: Path, to: Path, zone: tzinfo | None, start_ms: int | None) -> Spooled:
    """Read a file whole, holding a minute of it. Raises: `UnreadableRecording`.

    One without a date begins at `start_ms`, or where its name says.
    """
    begins = start_ms if start_ms is not None else named_ms(file.name, zone)
    by_ms = 0 if begins is None else begins - UNDATED_MS
    with _Spooling(to, by_ms) as spooling:
        told = outline(file, zone, spooling.hear)
    return Spooled(told, 0 if told.dated else by_ms, to)


class _Spooling:
    """Packs what it hears into a file."""

    def __init__(self, to: Path, by_ms: int) -> None:
        self._out = os.fdopen(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")
        self._by_ms = by_ms
        self._chunks = Chunks()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None:
            self._write(self._chunks.rest())
        self._out.close()

    def hear(self, reading: Reading, dated: bool) -> None:
        """Take the next reading."""
        if self._by_ms and not dated:
            t_ms, wall_ms = reading.t_ms + self._by_ms, reading.wall_ms + self._by_ms
            reading = replace(reading, t_ms=t_ms, wall_ms=wall_ms)
        self._write(self._chunks.add(reading))

    def _write(self, chunk: Chunk | None) -> None:
        if chunk is not None:
            it = chunk
            head = it.seq0, it.n, it.t0_ms, it.t1_ms, it.crc32, it.last.seq, len(it.blob)
            self._out.write(_HEAD.pack(*head))
            self._out.write(it.blob)
