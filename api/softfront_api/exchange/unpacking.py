"""The recordings in a zip, laid out beside the diary one by one."""

import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from .refusing import Refused
from .unzipping import Zip

_NAME_MOST = 200
_RECORDINGS = (".jsonl", ".csv", ".txt", ".gz")
_BESIDE = ".json"


def recordings_of(zipped: Zip, room: Path) -> Iterator[Path]:
    """Lay out what may be recordings, each in a folder of its own by its own name.

    Raises:
        Refused: there is none, or the zip is damaged.
    """
    wanted = [name for name in zipped.names if _may_be(name)]
    if not wanted:
        raise Refused("empty", "No recording was found in it.")
    for nth, name in enumerate(wanted):
        folder = room / f"{nth:05}"
        folder.mkdir(mode=0o700)
        yield _laid(zipped, name, folder)


def _may_be(name: str) -> bool:
    path = PurePosixPath(name)
    return path.suffix.lower() in _RECORDINGS and "_events_" not in path.name.lower()


def _laid(zipped: Zip, name: str, folder: Path) -> Path:
    """Lay a file out, with its gaps beside it."""
    path = PurePosixPath(name)
    beside = str(path.with_suffix(_BESIDE))
    for each in (name, *([beside] if beside in zipped.names else [])):
        to = folder / _short(PurePosixPath(each).name)
        descriptor = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as out:
            zipped.copy(each, out)
    return folder / _short(path.name)


def _short(name: str) -> str:
    """Cut a name from its beginning to what any file system takes: its ending says what it is."""
    return name.encode()[-_NAME_MOST:].decode(errors="ignore")
