"""All of a person's data gone from a folder, begun once and finished whatever happens between."""

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy import func, select

from ..errors import DiaryError
from . import tables
from .opening import file_in, removal_mark
from .reading import Reader

_PIECE = 1 << 20
# Whatever is made in the folder of one's own data, besides the diary itself.
_FOLDERS = ("replay", "incoming")
_BESIDE = (*_FOLDERS, "outbox.db*", "straps.json*", "paired.json*", "voices.json*")
# Enough to tell; each of them is looked for in every file that is left.
_NEEDLES_EACH = 50
_SHORTEST = 6


@dataclass(frozen=True, slots=True)
class Held:
    """What is in a diary: how many records, and some words that stand nowhere else."""

    records: int = 0
    needles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Gone:
    """What was removed, what would not go, and in how many places anything was found after."""

    records: int
    files: int
    left: tuple[str, ...]
    found: int


def begin_removal(folder: Path, *, demo: bool) -> None:
    """Write down that all is to go, and what to look for then: from here on it goes.

    Raises:
        OSError: the folder cannot be written in; nothing was begun.
    """
    mark = removal_mark(folder, demo=demo)
    if mark.exists():  # begun before, by who could still count
        return
    descriptor = os.open(mark, os.O_WRONLY | os.O_CREAT, 0o600)
    with open(descriptor, "w", encoding="utf-8") as written:
        json.dump(asdict(_held(folder, demo=demo)), written)
        written.flush()
        os.fsync(written.fileno())
    _sync(folder)


def remove_all(folder: Path, *, demo: bool) -> Gone:
    """Overwrite and remove whatever was made in a folder, then look through what is left.

    A removal must have begun, the diary's lock be held and the diary closed. A demo's removal
    leaves one's own alone.
    """
    what = _noted(folder, demo=demo)
    gone, left = 0, []
    for file in sorted(_made(folder, demo=demo)):
        try:
            _overwrite(file)
            file.unlink()
            gone += 1
        except OSError:
            left.append(str(file.relative_to(folder)))
    found = {file: _found(file, what.needles) for file in _around(folder, demo=demo)}
    left += [str(file.relative_to(folder)) for file, count in found.items() if count]
    if not left:
        _end(folder, demo=demo)
    return Gone(what.records, gone, tuple(dict.fromkeys(left)), sum(found.values()))


def _held(folder: Path, *, demo: bool) -> Held:
    """Count a person's records, as far as they can be read: what is damaged is deleted too."""
    try:
        with Reader(file_in(folder, demo=demo), demo=demo) as reader:
            return _told(reader)
    except DiaryError:
        return Held()


def _told(reader: Reader) -> Held:
    counts = [
        reader.all(select(func.count()).select_from(table))[0][0]
        for table in tables.metadata.sorted_tables
    ]
    wanted = (
        tables.session.c.id,
        tables.session.c.strap,
        tables.session.c.device,
        tables.prompt.c.id,
        tables.pause.c.key,
        tables.practice.c.key,
        tables.journal.c.text,
        tables.settings.c.body,
    )
    texts = {
        text
        for column in wanted
        for (text,) in reader.all(select(column).distinct().limit(_NEEDLES_EACH))
        if text and len(text) >= _SHORTEST
    }
    return Held(sum(counts), tuple(sorted(texts)))


def _noted(folder: Path, *, demo: bool) -> Held:
    try:
        noted = json.loads(removal_mark(folder, demo=demo).read_text(encoding="utf-8"))
        return Held(int(noted["records"]), tuple(map(str, noted["needles"])))
    except (OSError, ValueError, KeyError, TypeError):  # killed while it was written
        return Held()


def _made(folder: Path, *, demo: bool) -> Iterator[Path]:
    yield from folder.glob(f"{file_in(folder, demo=demo).name}*")
    # What lies beside belongs to the diary of one's own, where there is one.
    if not demo or not file_in(folder, demo=False).exists():
        for pattern in _BESIDE:
            for found in folder.glob(pattern):
                yield from _files(found) if found.is_dir() else (found,)


def _around(folder: Path, *, demo: bool) -> Iterator[Path]:
    """Give the files that are left where any were made: what else lies deeper is not ours."""
    mark = removal_mark(folder, demo=demo)
    yield from (path for path in folder.iterdir() if path != mark and _plain(path))
    for name in _FOLDERS:
        yield from _files(folder / name)


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if _plain(path))


def _plain(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()


def _overwrite(file: Path) -> None:
    """Write over it, as far as a file system lets one: some keep what was there elsewhere."""
    with file.open("r+b", buffering=0) as held:
        size = held.seek(0, os.SEEK_END)
        held.seek(0)
        for begin in range(0, size, _PIECE):
            held.write(bytes(min(_PIECE, size - begin)))
        os.fsync(held.fileno())


def _found(file: Path, needles: tuple[str, ...]) -> int:
    """Count which of the needles stand in a file; pieces overlap by the longest of them."""
    wanted = {needle.encode() for needle in needles}
    longest = max(map(len, wanted), default=0)
    seen: set[bytes] = set()
    try:
        with file.open("rb") as held:
            tail = b""
            while piece := held.read(_PIECE):
                piece = tail + piece
                seen.update(needle for needle in wanted if needle in piece)
                tail = piece[-longest:] if longest else b""
    except OSError:  # not ours to read, so not ours to have written
        return 0
    return len(seen)


def _end(folder: Path, *, demo: bool) -> None:
    """Take the mark away, last of all: it holds what was looked for."""
    for name in () if demo else _FOLDERS:
        shutil.rmtree(folder / name, ignore_errors=True)
    mark = removal_mark(folder, demo=demo)
    if mark.exists():
        _overwrite(mark)
        mark.unlink()
    _sync(folder)


def _sync(folder: Path) -> None:
    """Let the folder itself reach the disk, where a system can say so."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)
