"""`softfront export`: everything, or one's beats in a format of others, as one zip."""

import os
import sys
from collections.abc import Iterable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from ..clock import Clock
from ..diary import Diary
from ..errors import DatabaseMissing, DiaryError
from ..exchange.formats import FORMATS, WRITES
from ..exchange.going_out import Wanted, file_name, going_out
from ..settings import Settings
from ..words import say
from .common import Exit, moment, print_json, stop, tell
from .progress import bar


def export_all(
    folder: Path,
    kind: str,
    begins: str | None,
    ends: str | None,
    out: str | None,
    *,
    demo: bool,
    as_json: bool,
) -> Exit:
    """Write a zip to a file, or to the standard output where it is called `-`."""
    if kind not in WRITES:
        stop(f"{kind}: not a format that is written. Choose of: {', '.join(WRITES)}.", Exit.USAGE)
    if kind == "all" and (begins or ends):
        stop("Everything is everything: --from and --to go with another format.", Exit.USAGE)
    now = datetime.fromtimestamp(Clock().wall_ms() // 1000, UTC)
    try:
        with Diary.peek(folder, demo=demo) as reader:
            zone = Settings.read(dict(reader.settings().body)).zone
            from_ms = 0 if begins is None else round(moment(begins, zone).timestamp() * 1000)
            to_ms = 2**53 if ends is None else round(moment(ends, zone).timestamp() * 1000)
            if to_ms <= from_ms:
                stop("--to lies after --from.", Exit.USAGE)
            wanted = Wanted(kind, from_ms, to_ms)
            name = out or file_name(wanted, now)
            with (
                bar("Writing", 1) as show,
                closing(going_out(reader, wanted, now, lambda n, total: show(n / total))) as pieces,
            ):
                size = _written(pieces, name)
    except DatabaseMissing as missing:
        stop(str(missing), Exit.NOTHING_FOUND)
    except DiaryError as closed:
        stop(str(closed))
    except FileExistsError:
        stop(f"{name} is there already. Name another with -o.")
    except OSError as failed:
        stop(f"{name} could not be written: {failed.strerror}.")
    _say(kind, name, size, as_json=as_json)
    return Exit.OK


def _written(pieces: Iterable[bytes], name: str) -> int:
    if name == "-":
        return _pour(pieces, sys.stdout.buffer)
    descriptor = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            return _pour(pieces, file)
    except BaseException:
        Path(name).unlink(missing_ok=True)  # half a backup is none
        raise


def _pour(pieces: Iterable[bytes], out: IO[bytes]) -> int:
    size = 0
    for piece in pieces:
        size += out.write(piece)
    out.flush()
    return size


def _say(kind: str, name: str, size: int, *, as_json: bool) -> None:
    loses = next(it.loses for it in FORMATS if it.name == kind)
    if as_json and name != "-":
        print_json({"file": name, "format": kind, "size_bytes": size, "loses": loses})
        return
    if name != "-":
        print(f"{name}: {size / 1e6:,.1f} MB.")
    if loses is not None:
        tell(say("data.export.loss", what=say(loses)))
    tell(say("data.export.note"))
