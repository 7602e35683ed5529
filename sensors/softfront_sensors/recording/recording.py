"""One recording: whole, or reading by reading where it is long."""

import hashlib
import json
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, replace
from datetime import tzinfo
from pathlib import Path

from ..heart_rate import LONGEST_TICKS, SHORTEST_TICKS, decode
from ..packet import Packet, Reading
from ..wire import write_reading
from .json_lines import dump, from_json, go_on
from .lines import BROKEN, UNDATED_MS, Course, LineProblem, open_text, unreadable
from .moments import named_ms
from .sidecar import gaps_beside
from .tables import from_table

__all__ = ["Outline", "Recording", "dump", "go_on", "load", "outline", "stream"]

# Another unit shows in every packet.
_LOOKED_AT = 8
# Of a year that is damaged throughout, the first lines suffice to see why.
_NAMED_MOST = 20


@dataclass(frozen=True, slots=True)
class Recording:
    """What a file held."""

    id: str
    """Made from the readings: the same recording has the same name anywhere."""
    device: str
    readings: tuple[Reading, ...]
    problems: tuple[LineProblem, ...]
    dated: bool


@dataclass(frozen=True, slots=True)
class Outline:
    """What a file holds, as far as can be said without holding it."""

    path: Path
    id: str
    """That of the recording; where an undated file is placed has no part in it."""
    device: str
    last_seq: int
    from_ms: int
    to_ms: int
    problems: tuple[LineProblem, ...]
    """The first of them."""
    left_out: int
    dated: bool
    plausible: float = 1.0
    """Share of its intervals that a heart could have: 30 to 200 beats a minute.

    Of every eighth packet.
    """
    named_ms: int | None = None
    """When it began, as its name says; for one that holds no date itself."""


def load(path: Path) -> Recording:
    """Read a recording whole.

    Raises `UnreadableRecording` where the file is in no known format or holds not one reading;
    single bad lines are left out and named in `problems`.
    """
    problems: list[LineProblem] = []
    course = Course(path.name, problems.append)
    readings = tuple(_read(path, course))
    digest = hashlib.sha256()
    for reading in readings:
        _add(digest, reading)
    return Recording(_name(digest), course.device, readings, tuple(problems), course.dated)


def _unheard(reading: Reading, dated: bool) -> None:
    return


def outline(
    path: Path,
    zone: tzinfo | None = None,
    hear: Callable[[Reading, bool], None] = _unheard,
) -> Outline:
    """Read through a recording of any length, keeping none of it. Raises: as `load`.

    Times without a zone are in the wearer's; `None` is the machine's. `hear` is told each
    reading, and whether the file holds a date.
    """
    problems: list[LineProblem] = []

    def note(problem: LineProblem) -> None:
        if len(problems) < _NAMED_MOST:
            problems.append(problem)

    course, digest, from_ms, to_ms = Course(path.name, note, zone), hashlib.sha256(), 0, 0
    intervals = plausible = 0
    for reading in _read(path, course):
        from_ms, to_ms = from_ms or reading.t_ms, reading.t_ms
        _add(digest, reading)
        hear(reading, course.dated)
        if isinstance(reading, Packet) and reading.seq % _LOOKED_AT == 1:
            told = decode(reading.data).rr_ticks
            intervals += len(told)
            plausible += sum(SHORTEST_TICKS <= rr <= LONGEST_TICKS for rr in told)
    found = course.device, course.seq, from_ms, to_ms, tuple(problems)
    share = plausible / intervals if intervals else 1.0
    named = None if course.dated else named_ms(path.name, zone)
    return Outline(path, _name(digest), *found, course.left_out, course.dated, share, named)


def stream(
    path: Path, start_ms: int = UNDATED_MS, zone: tzinfo | None = None
) -> Generator[Reading, None, None]:
    """Yield the readings of a file; one without a date begins at `start_ms`. Raises: as `load`."""
    course, by_ms = Course(path.name, lambda problem: None, zone), start_ms - UNDATED_MS
    for reading in _read(path, course):
        if by_ms and not course.dated:
            t_ms, wall_ms = reading.t_ms + by_ms, reading.wall_ms + by_ms
            yield replace(reading, t_ms=t_ms, wall_ms=wall_ms)
        else:
            yield reading


def _read(path: Path, course: Course) -> Iterator[Reading]:
    """Yield what can be read; where it breaks off, what came before has been given."""
    try:
        with open_text(path) as file:
            lines = course.count(file)
            first = next(lines, "")
            as_json = first.lstrip().startswith("{")
            course.gaps_ms = gaps_beside(path, course)
            for reading in (from_json if as_json else from_table)(first, lines, course):
                course.seq = reading.seq
                yield reading
    except BROKEN as broken:
        if not course.seq:
            raise unreadable(path, course, broken) from broken
        course.skip("the file breaks off here", course.line + 1)
    if not course.seq:
        raise unreadable(path, course)


def _add(digest: "hashlib._Hash", reading: Reading) -> None:
    if isinstance(reading, Packet):  # the same bytes, in a sixth of the time
        seq, epoch, t_ms, wall_ms = reading.seq, reading.epoch, reading.t_ms, reading.wall_ms
        head = f'{{"seq": {seq}, "epoch": {epoch}, "t_ms": {t_ms}, "wall_ms": {wall_ms}, '
        digest.update(f'{head}"hex": "{reading.data.hex()}"}}'.encode())
    else:
        digest.update(json.dumps(write_reading(reading)).encode())


def _name(digest: "hashlib._Hash") -> str:
    return digest.hexdigest()[:32]
