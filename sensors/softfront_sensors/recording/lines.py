"""The lines of a recording: read one by one, counted, and those left out named."""

import gzip
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from pathlib import Path
from typing import TextIO, cast

from ..errors import UnreadableRecording

FORMATS = (
    "softfront JSON lines",
    "CSV t_s,rr_ms",
    "RR text (ms)",
    "HRV Logger",
    "OpenHRV",
    "Polar Sensor Logger",
    "Polar Flow",
    "Empatica IBI",
)

UNDATED_MS = 946_890_000_000
"""2000-01-03T09:00Z, a Monday morning: where a file without a date is placed."""

BROKEN = (OSError, EOFError, zlib.error)
"""What reading on may end with in the middle of a file."""


@dataclass(frozen=True, slots=True)
class LineProblem:
    """A line that was left out, and why; the rest is kept. The line's content is not repeated."""

    line: int
    why: str


@dataclass(slots=True)
class Course:
    """How far a file has been read, and what is known of it so far."""

    device: str
    note: Callable[[LineProblem], None]
    """Told of each line that is left out."""
    zone: tzinfo | None = None
    """The wearer's, for times that come without one; `None` is the machine's."""
    gaps_ms: Mapping[int, float] = field(default_factory=dict)
    """How long nothing was heard, by how many intervals came before."""
    dated: bool = False
    known: bool = False
    """The first line names a format known here."""
    line: int = 0
    """The line that was read last."""
    seq: int = 0
    """The seq of the reading before."""
    left_out: int = 0

    def count(self, lines: Iterable[str]) -> Iterator[str]:
        """Give back lines and count them."""
        for line in lines:
            self.line += 1
            yield line

    def skip(self, why: str, line: int | None = None) -> None:
        """Leave a line out."""
        self.left_out += 1
        self.note(LineProblem(self.line if line is None else line, why))


def open_text(path: Path) -> TextIO:
    """Open a file, compressed or not; a byte that is no text spoils its line, not the file."""
    opened = gzip.open if path.suffix == ".gz" else open
    return cast(TextIO, opened(path, "rt", encoding="utf-8-sig", errors="replace", newline=""))


def unreadable(path: Path, course: Course, broken: Exception | None = None) -> UnreadableRecording:
    """Say why not one reading was found."""
    if broken is not None:
        return UnreadableRecording(f"{path.name} could not be read: {_why(broken)}")
    if course.known:
        return UnreadableRecording(f"{path.name} holds no heartbeats.")
    known = ", ".join(FORMATS)
    return UnreadableRecording(f"{path.name} is in no format Softfront knows. Known are: {known}.")


def _why(broken: Exception) -> str:
    if isinstance(broken, OSError):
        return broken.strerror or "it cannot be opened"
    return "it breaks off" if isinstance(broken, EOFError) else "its compression is broken"
