"""A diary as it stands at one moment, row by row, and such rows put back."""

import base64
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Table, func, select, update
from sqlalchemy.dialects.sqlite import insert

from softfront_sensors.packet import Reading

from . import rows, statements, tables
from .diary import Diary
from .failing import translated
from .packing import Unreadable, pack, unpack
from .reading import Reader

Cells = list[Any]
TABLES: Mapping[str, tuple[str, ...]] = {
    table.name: tuple(column.name for column in table.c)
    for table in tables.metadata.sorted_tables
    if table.name not in ("chunk", *tables.SUMMED_UP)
}
"""Each table and its columns, in an order in which they can be put back."""
CHUNKS = ("seq0", "n", "spare", "damaged")
"""What is told of the readings beside themselves; `damaged` holds bytes that cannot be read."""
# A few megabytes; small enough that a live strap waits for hundredths of a second.
_ROWS_AT_ONCE = 1000
_chunk, _session = tables.chunk.c, tables.session.c


class Snapshot:
    """Everything as it stands at one moment, whatever is written meanwhile."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection.execution_options(yield_per=_ROWS_AT_ONCE)

    def rows(self, table: str) -> Iterator[Cells]:
        """Yield the rows of a table in the order of their keys."""
        found = tables.metadata.tables[table]
        query = select(found).order_by(*found.primary_key.columns)
        for row in self._connection.execute(query):
            yield list(row)

    def sessions(self) -> list[tuple[str, str]]:
        """Give each run of readings, with what sent it, as they began."""
        query = select(_session.id, _session.device).order_by(_session.started_ms, _session.id)
        return [(row.id, row.device) for row in self._connection.execute(query)]

    def readings(self, session: str) -> Iterator[tuple[Cells, list[Reading]]]:
        """Yield how readings lie together, with those readings; none where they are damaged."""
        query = select(tables.chunk).where(_chunk.session == session).order_by(_chunk.seq0)
        for row in self._connection.execute(query):
            cells = [row.seq0, row.n, row.spare, None]
            try:
                yield cells, list(unpack(row.seq0, row.n, row.blob, row.crc32))
            except Unreadable:
                yield [*cells[:3], _damaged(row)], []


@contextmanager
def snapshot(reader: Reader) -> Iterator[Snapshot]:
    """Hold a diary still for whoever reads all of it; writing goes on beside."""
    with translated(reader.file), reader.connected() as connection:
        connection.exec_driver_sql("BEGIN")
        try:
            yield Snapshot(connection)
        finally:
            connection.exec_driver_sql("ROLLBACK")


def counts(reader: Reader) -> dict[str, int]:
    """Count the rows of every table."""
    found = tables.metadata.sorted_tables
    return {
        table.name: reader.all(select(func.count()).select_from(table))[0][0] for table in found
    }


def put_back(diary: Diary, table: str, cells: Iterable[Cells], columns: Iterable[str]) -> int:
    """Put rows into a table; what stands there already stays. Say how many were new.

    A run of readings comes back empty: `readings_back` fills it.
    """
    found = tables.metadata.tables[table]
    add = insert(found).on_conflict_do_nothing()
    names, added = tuple(columns), 0
    told = iter(cells)
    while some := list(islice(told, _ROWS_AT_ONCE)):
        body = [dict(zip(names, row, strict=True)) for row in some]
        with diary.writing() as connection:
            for each in body if table == "session" else ():
                each["last_seq"] = 0
            before = _count(connection, found)
            connection.execute(add, body)
            added += _count(connection, found) - before
    return added


def readings_back(
    diary: Diary, session: str, chunks: Iterable[Cells], readings: Iterator[Reading]
) -> int:
    """Put readings into a run behind what it holds, as they lay. Say how many were new."""
    diary.look_anew(session)
    before = diary.last_seq(session)
    told, added = iter(chunks), 0
    while some := list(islice(told, _ROWS_AT_ONCE)):
        columns, last_seq = [], before
        for seq0, n, spare, damaged in some:
            if damaged is not None:
                columns.append(_undamaged(damaged, session, seq0, n, spare))
                continue
            new = [each for each in islice(readings, n) if each.seq > before]
            if new:
                columns.append(_laid(session, new, spare=spare))
                added, last_seq = added + len(new), new[-1].seq
        with diary.writing() as connection:
            if columns:
                connection.execute(statements.PUT_CHUNK, columns)
                up_to = {"of_session": session, "up_to": last_seq}
                connection.execute(statements.STORED_UP_TO, [up_to])
    diary.look_anew(session)
    return added


def ends_at(diary: Diary, ends: Mapping[str, int]) -> None:
    """Say where each run ends, where that is further than its readings tell."""
    with diary.writing() as connection:
        for session, last_seq in ends.items():
            behind = (_session.id == session) & (_session.last_seq < last_seq)
            connection.execute(update(tables.session).where(behind).values(last_seq=last_seq))
    for session in ends:
        diary.look_anew(session)


def body_in_place(
    diary: Diary, name: str, body: str, unless: Callable[[dict[str, Any]], bool]
) -> None:
    """Put a named body in place of the one that stands, unless that holds something."""
    stands = diary.state(name)
    if stands is not None and unless(stands):
        return
    with diary.writing() as connection:
        connection.execute(statements.PUT_STATE, [{"name": name, "body": body}])


def spoken_for(diary: Diary, sessions: Iterable[str], from_ms: int, to_ms: int) -> bool:
    """Say whether a run that is none of these was counted in a stretch of time."""
    known = set(sessions)
    query = select(_chunk.session).where(~_chunk.spare, _chunk.t1_ms >= from_ms)
    query = query.where(_chunk.t0_ms <= to_ms).distinct()
    return any(row.session not in known for row in diary.all(query))


def _laid(session: str, readings: list[Reading], *, spare: bool) -> rows.Columns:
    chunk = pack(readings)
    names = ("seq0", "n", "t0_ms", "t1_ms", "blob", "crc32")
    return {
        "session": session,
        "spare": spare,
        **{name: getattr(chunk, name) for name in names},
    }


def _damaged(row: rows.AnyRow) -> dict[str, Any]:
    """Keep bytes that cannot be read as they are: somebody may read them yet."""
    blob = base64.b64encode(row.blob).decode("ascii")
    return {"t0_ms": row.t0_ms, "t1_ms": row.t1_ms, "blob": blob, "crc32": row.crc32}


def _undamaged(told: dict[str, Any], session: str, seq0: int, n: int, spare: bool) -> rows.Columns:
    blob = base64.b64decode(told["blob"])
    return {"session": session, "seq0": seq0, "n": n, "spare": spare, **told, "blob": blob}


def _count(connection: Connection, table: Table) -> int:
    return int(connection.execute(select(func.count()).select_from(table)).scalar_one())
