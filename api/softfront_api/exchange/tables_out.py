"""Windows, offers, pauses and practices as plain tables, for a spreadsheet."""

from collections.abc import Iterator

from ..diary import TABLES, Snapshot
from .beats_out import iso
from .escaping import row

_TIMES = {
    "window": "t_ms",
    "prompt": "t_ms",
    "pause": "started_ms",
    "practice": "started_ms",
}


def tables(held: Snapshot, from_ms: int, to_ms: int) -> Iterator[tuple[str, Iterator[str]]]:
    """Yield each table's name and its lines; a time is told twice, for people and programs."""
    for table, when in _TIMES.items():
        yield f"{table}s.csv", _lines(held, table, when, from_ms, to_ms)


def _lines(held: Snapshot, table: str, when: str, from_ms: int, to_ms: int) -> Iterator[str]:
    columns = TABLES[table]
    at = columns.index(when)
    yield row(["at", *columns])
    for cells in held.rows(table):
        if from_ms <= cells[at] < to_ms:
            yield row([iso(cells[at]), *cells])
