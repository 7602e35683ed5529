"""Let a collector in, or let it in no more."""

import time
from pathlib import Path

from ..errors import FolderNotWritable
from ..tokens import Tokens
from ..words import say
from .common import Exit, print_json, sentence, stop, tell

_LONGEST_NAME = 60


def pair(folder: Path, name: str, *, as_json: bool) -> Exit:
    """Make a token for a collector, and show it this once; only its hash is kept."""
    if not (0 < len(name) <= _LONGEST_NAME and name.isprintable()):
        stop(say("door.odd_name"), Exit.USAGE)
    tokens = Tokens(folder)
    try:
        token = tokens.make(name, time.time_ns() // 1_000_000)
    except FolderNotWritable as closed:
        stop(sentence(closed))
    made = tokens.all()[-1]
    if as_json:
        print_json({"id": made.id, "name": made.name, "token": token})
        return Exit.OK
    tell(say("door.paired", name=name))
    print(token)
    tell(say("door.paired.next", id=made.id))
    return Exit.OK


def unpair(folder: Path, ident: str, *, as_json: bool) -> Exit:
    """Let a collector in no more, from this moment on."""
    try:
        gone = Tokens(folder).remove(ident)
    except FolderNotWritable as closed:
        stop(sentence(closed))
    if as_json:
        print_json({"unpaired": gone.id if gone else None})
    if gone is None:
        stop(say("door.unpaired.unknown"), Exit.NOTHING_FOUND)
    tell(say("door.unpaired", name=gone.name))
    return Exit.OK
