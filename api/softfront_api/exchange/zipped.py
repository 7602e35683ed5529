"""A zip written as it is sent, of any size and without a copy on disk."""

import hashlib
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

# What is written before it is handed on.
_PIECE = 1 << 16
# Readings shrink to a seventh by the quickest, and to an eighth by what takes three times as long.
_LEVEL = 1


@dataclass(frozen=True, slots=True)
class Written:
    """One file of a zip: how long it is, and what it can be told by."""

    bytes: int
    sha256: str


class _Sink:
    """Where a zip writes to; it cannot go back."""

    def __init__(self) -> None:
        self._held = bytearray()

    def write(self, piece: bytes) -> int:
        self._held += piece
        return len(piece)

    def flush(self) -> None:
        return

    def taken(self) -> bytes:
        """Hand out what was written since."""
        piece, self._held = bytes(self._held), bytearray()
        return piece


@dataclass(slots=True)
class ZipStream:
    """Writes one file after the other, and hands out the zip's bytes as they come."""

    at: datetime
    files: dict[str, Written] = field(default_factory=dict)
    _sink: _Sink = field(default_factory=_Sink)
    _zip: zipfile.ZipFile = field(init=False)

    def __post_init__(self) -> None:
        """Begin the zip."""
        kind = zipfile.ZIP_DEFLATED
        # It only writes, and only forward.
        self._zip = zipfile.ZipFile(self._sink, "w", kind, compresslevel=_LEVEL)  # type: ignore[call-overload]  # a file-like of exactly what is used

    def add(self, name: str, lines: Iterable[str]) -> Iterator[bytes]:
        """Write a file line by line."""
        digest, size = hashlib.sha256(), 0
        info = zipfile.ZipInfo(name, self.at.timetuple()[:6])
        info.compress_type = zipfile.ZIP_DEFLATED
        info.external_attr = 0o600 << 16
        with self._zip.open(info, "w", force_zip64=True) as out:
            for piece in _pieces(lines):
                digest.update(piece)
                size += len(piece)
                out.write(piece)
                yield self._sink.taken()
        self.files[name] = Written(size, digest.hexdigest())
        yield self._sink.taken()

    def end(self) -> Iterator[bytes]:
        """Write the list of what is in it."""
        self._zip.close()
        yield self._sink.taken()


def _pieces(lines: Iterable[str]) -> Iterator[bytes]:
    held: list[str] = []
    size = 0
    for line in lines:
        held.append(line)
        size += len(line)
        if size >= _PIECE:
            yield "".join(held).encode("utf-8", "surrogatepass")
            held, size = [], 0
    if held:
        yield "".join(held).encode("utf-8", "surrogatepass")
