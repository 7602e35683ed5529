"""The names by which other devices know this wearer: drawn by chance once, and kept."""

import json
import os
import re
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from .errors import FolderNotWritable

_NAME = re.compile(r"[-\w]{12,40}", re.ASCII)
# 128 bits: who does not know the topic cannot answer for somebody else.
_SECRET_BYTES = 16
_SHORT_BYTES = 6


@dataclass(frozen=True, slots=True)
class Names:
    """They say nothing of who it is."""

    answers: str
    """What the topic of answers ends with; whoever knows it can answer."""
    home: str
    """The device at the broker of Home Assistant."""


def names_in(folder: Path) -> Names:
    """Return the names kept in a folder; where there are none, draw them.

    Raises:
        FolderNotWritable
    """
    file = folder / "voices.json"
    try:
        names = Names(**json.loads(file.read_text(encoding="utf-8")))
        if all(_NAME.fullmatch(name) for name in (names.answers, names.home)):
            return names
    except (OSError, ValueError, TypeError):
        pass
    names = Names(secrets.token_urlsafe(_SECRET_BYTES), secrets.token_hex(_SHORT_BYTES))
    _write(file, names)
    return names


def _write(file: Path, names: Names) -> None:
    partial = file.with_suffix(".partial")
    try:
        fd = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(fd, "w", encoding="utf-8") as out:
            json.dump(asdict(names), out)
            out.flush()
            os.fsync(out.fileno())
        os.replace(partial, file)
    except OSError as error:
        raise FolderNotWritable(file.parent) from error
