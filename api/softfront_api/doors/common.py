"""What all commands share: where data lies, how a fault is told, what an exit code means."""

import json
import os
import sys
from collections.abc import Mapping
from datetime import datetime, tzinfo
from enum import IntEnum
from pathlib import Path
from typing import Any, NoReturn

from softfront_sensors.errors import BluetoothProblem

from ..errors import ApiError
from ..reasons import no_bluetooth
from ..words import say


class Exit(IntEnum):
    """How a command ends."""

    OK = 0
    FAILED = 1
    USAGE = 2
    NOTHING_FOUND = 3
    NO_BLUETOOTH = 4
    INTERRUPTED = 130


def data_folder(given: Path | None) -> Path:
    """Return the folder for a person's own data."""
    from platformdirs import user_data_path

    return given if given is not None else user_data_path("softfront", appauthor=False)


def print_json(body: Mapping[str, Any]) -> None:
    """Print one object on one line, and nothing else."""
    print_line(json.dumps(body, separators=(",", ":"), ensure_ascii=False, allow_nan=False))


def print_line(text: str) -> None:
    """Print a line at once; where nobody reads any more, the command is over."""
    try:
        print(text, flush=True)
    except BrokenPipeError:  # whoever reads has had enough, as `head` has
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(int(Exit.OK)) from None


def tell(text: str) -> None:
    """Say something beside the output proper."""
    print(text, file=sys.stderr)


def sentence(error: Exception) -> str:
    """Say what went wrong as the terminal speaks, where the catalogue has a sentence for it."""
    if isinstance(error, ApiError) and error.key is not None:
        return say(error.key, values=error.values)
    return str(error)


def stop(text: str, code: Exit = Exit.FAILED) -> NoReturn:
    """Say what went wrong and what to do, and end."""
    tell(text)
    raise SystemExit(int(code))


def moment(text: str, zone: tzinfo | None) -> datetime:
    """Read a date, or a date with a time; without a zone it is the wearer's, `None` the machine's.

    A text that is none ends the command.
    """
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        stop(say("door.no_date", text=text), Exit.USAGE)
    if not 1970 < read.year < 2200:
        stop(say("door.no_date", text=text), Exit.USAGE)
    return read if read.tzinfo else read.replace(tzinfo=zone or read.astimezone().tzinfo)


def bluetooth_help(problem: BluetoothProblem) -> str:
    """Say which of four things is wrong, what to do, and what goes meanwhile."""
    title, do = no_bluetooth(problem)
    told = (say(title.id) + ".", say(do.id, values=do.values), say("bluetooth.meanwhile"))
    return "\n".join(told)
