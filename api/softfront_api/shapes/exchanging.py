"""What crosses the door of one's own data."""

from datetime import datetime
from typing import Literal

from .common import Out, TextOut


class FormatOut(Out):
    """A format that goes out or comes in."""

    name: str
    title: str
    reads: bool
    writes: bool
    loses: str | None
    """What it cannot hold, as a text's key."""


class Waiting(Out):
    """Recordings that are in and being thought through."""

    percent: int
    sessions: int


class Holdings(Out):
    """What is kept, and where."""

    folder: str
    size_bytes: int
    beats: int
    readings: int
    shifts: int
    days: int
    first_at: datetime | None
    last_at: datetime | None
    records: int
    waiting: Waiting | None
    formats: list[FormatOut]


class LineOut(Out):
    """A line that was left out, or a file."""

    file: str
    line: int | None
    text: str


class ImportOut(Out):
    """What became of a file so far."""

    id: str
    file: str
    state: Literal["reading", "deriving", "done", "refused"]
    percent: int
    beats_new: int
    beats_known: int
    lines_left_out: int
    problems: list[LineOut]
    undated: bool
    placed_at: datetime | None
    why: TextOut | None
    restored: bool


class Imports(Out):
    """All that came in since the server began, the newest first."""

    imports: list[ImportOut]


class ExportOut(Out):
    """How far an export is."""

    id: str
    format: str
    n: int
    total: int
    done: bool
    failed: bool
    file: str
    beats: int
    days: int
    size_bytes: int
