"""What goes out: which format, under which name, and how far it is."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from ..diary import Reader
from .everything import everything


@dataclass(frozen=True, slots=True)
class Wanted:
    """A format, and of which time."""

    format: str = "all"
    from_ms: int = 0
    to_ms: int = 2**53


def file_name(wanted: Wanted, now: datetime) -> str:
    """Name what goes out."""
    kind = "" if wanted.format == "all" else f"-{wanted.format}"
    return f"softfront{kind}-{now:%Y-%m-%dT%H-%M-%SZ}.zip"


def going_out(
    reader: Reader, wanted: Wanted, now: datetime, on_session: Callable[[int, int], None]
) -> Iterator[bytes]:
    """Yield what was asked for as a zip; `on_session` is told how many runs of how many."""
    return everything(reader, now, on_session)
