"""What goes out: which format, under which name, and how far it is."""

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from datetime import datetime

from ..diary import Reader, after, snapshot
from .beats_out import BEATS, Run
from .everything import everything
from .tables_out import tables
from .zipped import ZipStream

_TABLES = "csv"


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
    reader: Reader,
    wanted: Wanted,
    now: datetime,
    on_session: Callable[[int, int], None] = lambda n, total: None,
) -> Generator[bytes, None, None]:
    """Yield what was asked for as a zip; `on_session` is told how many runs of how many."""
    if wanted.format == "all":
        yield from everything(reader, now, on_session)
    elif wanted.format == _TABLES:
        yield from _tables(reader, wanted, now)
    else:
        yield from _beats(reader, wanted, now, on_session)


def _tables(reader: Reader, wanted: Wanted, now: datetime) -> Iterator[bytes]:
    out = ZipStream(now)
    with snapshot(reader) as held:
        for name, lines in tables(held, wanted.from_ms, wanted.to_ms):
            yield from out.add(name, lines)
    yield from out.end()


def _beats(
    reader: Reader, wanted: Wanted, now: datetime, on_session: Callable[[int, int], None]
) -> Iterator[bytes]:
    out = ZipStream(now)
    with snapshot(reader) as held:
        sessions = held.sessions()
    for nth, (session, device) in enumerate(sessions, start=1):
        run = _run(reader, session, device, wanted)
        if run is not None:
            for name, lines in BEATS[wanted.format](reader, run):
                yield from out.add(_unused(name, out), lines)
        on_session(nth, len(sessions))
    yield from out.end()


def _run(reader: Reader, session: str, device: str, wanted: Wanted) -> Run | None:
    """Find where a run begins in the time that is wanted; `None` where it does not lie in it."""
    reach_ms = reader.reach(session)
    if reach_ms is None or reach_ms < wanted.from_ms:
        return None
    inside = (
        each.t_ms
        for each in after(reader, session, 0)
        if wanted.from_ms <= each.t_ms < wanted.to_ms
    )
    begins_ms = next(inside, None)
    if begins_ms is None:
        return None
    return Run(session, device, wanted.from_ms, wanted.to_ms, begins_ms)


def _unused(name: str, out: ZipStream) -> str:
    """Put what began in the same second into a folder of its own."""
    tried, nth = name, 1
    while tried in out.files:
        nth += 1
        tried = f"{nth}/{name}"
    return tried
