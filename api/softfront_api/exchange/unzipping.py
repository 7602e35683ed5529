"""A zip that came from anywhere, read with care: by what comes out of it, not what it says."""

import io
import stat
import zipfile
import zlib
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from .refusing import BadZip

# A recording a day for twenty years, each with what lies beside it.
MOST_ENTRIES = 20_000
# Thirty years of a strap.
MOST_BYTES = 64 << 30
# The quickest deflate makes a twentieth of our tables; a bomb is a thousandth.
MOST_RATIO = 200
# Below it no ratio does harm.
_HARMLESS = 16 << 20
_LINE_MOST = 4 << 20
_PIECE = 1 << 16


@dataclass(slots=True)
class Zip:
    """The files of a zip, one at a time."""

    file: Path
    names: tuple[str, ...]
    _zip: zipfile.ZipFile
    _came: int = 0
    """How much has come out, of whatever was read."""

    def lines(self, name: str) -> Generator[str, None, None]:
        """Yield the lines of a file. Raises: `BadZip`."""
        with self.opened(name) as told:
            while line := told.readline(_LINE_MOST):
                if len(line) >= _LINE_MOST:
                    raise BadZip("a line in it is longer than any of ours")
                yield line.decode("utf-8", "surrogatepass")

    def copy(self, name: str, to: IO[bytes]) -> None:
        """Write a file out. Raises: `BadZip`."""
        with self.opened(name) as told:
            while piece := told.read(_PIECE):
                to.write(piece)

    def size(self, name: str) -> int:
        """Say how long a file says that it is; for a progress bar only."""
        return self._zip.getinfo(name).file_size

    @contextmanager
    def opened(self, name: str) -> Iterator[io.BufferedReader]:
        """Open a file, and count what comes out of it."""
        packed = self._zip.getinfo(name).compress_size
        try:
            with self._zip.open(name) as inside:
                counted = _Counted(inside, self, packed)
                yield io.BufferedReader(counted, _PIECE)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as broken:
            raise BadZip("it is damaged") from broken

    def count(self, came: int, of_file: int, packed: int) -> None:
        """Let so much more come out. Raises: `BadZip` where that is too much."""
        self._came += came
        if self._came > MOST_BYTES:
            raise BadZip("more comes out of it than anyone has lived")
        if of_file > _HARMLESS and of_file > MOST_RATIO * max(packed, 1):
            raise BadZip("more comes out of it than it can hold")


class _Counted(io.RawIOBase):
    """A file inside a zip that says how much was read of it."""

    def __init__(self, inside: IO[bytes], of: Zip, packed: int) -> None:
        super().__init__()
        self._inside, self._of, self._packed, self._came = inside, of, packed, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]  # what BufferedReader hands in is one
        piece = self._inside.read(len(view))
        view[: len(piece)] = piece
        self._came += len(piece)
        self._of.count(len(piece), self._came, self._packed)
        return len(piece)


@contextmanager
def open_zip(file: Path) -> Iterator[Zip]:
    """Open a zip, if there is nothing in it that could do harm. Raises: `BadZip`."""
    try:
        opened = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError) as broken:
        raise BadZip("it is damaged") from broken
    with opened:
        inside = [each for each in opened.infolist() if not each.is_dir()]
        if len(inside) > MOST_ENTRIES:
            raise BadZip("it holds too many files")
        for each in inside:
            _look_at(each)
        names = tuple(each.filename for each in inside)
        if len(set(names)) < len(names):
            raise BadZip("two files in it have one name")
        yield Zip(file, names, opened)


def is_zip(file: Path) -> bool:
    """Say whether a file begins as a zip does."""
    with file.open("rb") as opened:
        return opened.read(4) in (b"PK\x03\x04", b"PK\x05\x06")


def _look_at(each: zipfile.ZipInfo) -> None:
    path = PurePosixPath(each.filename)
    outside = path.is_absolute() or ".." in path.parts or "\\" in each.filename
    if outside or ":" in path.parts[0]:
        raise BadZip("a file in it would lie outside of it")
    if stat.S_ISLNK(each.external_attr >> 16):
        raise BadZip("a file in it points to another")
    if path.suffix.lower() == ".zip":
        raise BadZip("a zip lies in it")
    if each.flag_bits & 1:
        raise BadZip("it is locked with a password")
