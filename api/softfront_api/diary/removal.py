"""All of a person's data gone from a folder, begun once and finished whatever happens between."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from . import tables
from .reading import Reader

_MARK = "{name}.deleting"
_PIECE = 1 << 20
# Whatever is made in the folder of one's own data, besides the diary itself.
_BESIDE = ("replay", "incoming", "outbox.db*", "straps.json*", "paired.json*", "voices.json*")
# Enough to tell; each of them is looked for in every file that is left.
_NEEDLES_EACH = 50
_SHORTEST = 6


@dataclass(frozen=True, slots=True)
class Held:
    """What is in a diary: how many records, and some words that stand nowhere else."""

    records: int
    needles: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Gone:
    """What was removed, what would not go, and in how many places anything was found after."""

    files: int
    left: tuple[str, ...]
    found: int


def held(reader: Reader) -> Held:
    """Count a person's records, and note what to look for once they are gone."""
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
    texts = (
        text
        for column in wanted
        for (text,) in reader.all(select(column).distinct().limit(_NEEDLES_EACH))
    )
    needles = {text.encode() for text in texts if text and len(text) >= _SHORTEST}
    return Held(sum(counts), tuple(sorted(needles)))


def begin_removal(folder: Path, *, demo: bool) -> None:
    """Write down that all is to go: from here on it goes, even if this process is killed."""
    descriptor = os.open(_mark(folder, demo=demo), os.O_WRONLY | os.O_CREAT, 0o600)
    os.fsync(descriptor)
    os.close(descriptor)
    _sync(folder)


def removal_begun(folder: Path, *, demo: bool) -> bool:
    """Say whether a removal was begun and not finished."""
    return _mark(folder, demo=demo).exists()


def remove_all(folder: Path, *, demo: bool, needles: tuple[bytes, ...] = ()) -> Gone:
    """Overwrite and remove whatever was made in a folder, then look through what is left.

    The diary's lock must be held, and the diary closed. A demo's removal leaves one's own alone.
    """
    begin_removal(folder, demo=demo)
    gone, left = 0, []
    for file in sorted(_made(folder, demo=demo)):
        try:
            _overwrite(file)
            file.unlink()
            gone += 1
        except OSError:
            left.append(str(file.relative_to(folder)))
    if not demo:
        for name in ("replay", "incoming"):
            shutil.rmtree(folder / name, ignore_errors=True)
    if not left:
        _mark(folder, demo=demo).unlink(missing_ok=True)
    _sync(folder)
    found = {file: _found(file, needles) for file in _files(folder)}
    left += [str(file.relative_to(folder)) for file, count in found.items() if count]
    return Gone(gone, tuple(dict.fromkeys(left)), sum(found.values()))


def _mark(folder: Path, *, demo: bool) -> Path:
    return folder / _MARK.format(name="demo" if demo else "diary")


def _made(folder: Path, *, demo: bool) -> Iterator[Path]:
    yield from folder.glob(f"{'demo' if demo else 'diary'}.db*")
    for pattern in () if demo else _BESIDE:
        for found in folder.glob(pattern):
            yield from _files(found) if found.is_dir() else (found,)


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def _overwrite(file: Path) -> None:
    """Write over it, as far as a file system lets one: some keep what was there elsewhere."""
    with file.open("r+b", buffering=0) as held:
        size = held.seek(0, os.SEEK_END)
        held.seek(0)
        for begin in range(0, size, _PIECE):
            held.write(bytes(min(_PIECE, size - begin)))
        os.fsync(held.fileno())


def _found(file: Path, needles: tuple[bytes, ...]) -> int:
    """Count which of the needles stand in a file; pieces overlap by the longest of them."""
    longest = max(map(len, needles), default=0)
    seen: set[bytes] = set()
    with file.open("rb") as held:
        tail = b""
        while piece := held.read(_PIECE):
            piece = tail + piece
            seen.update(needle for needle in needles if needle in piece)
            tail = piece[-longest:] if longest else b""
    return len(seen)


def _sync(folder: Path) -> None:
    """Let the folder itself reach the disk, where a system can say so."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)
