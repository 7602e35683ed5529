"""Recordings that are in and not thought through yet: kept, and counted piece by piece.

What waits lies in the diary as readings that are kept beside, and a state says up to where each
recording has been thought through. A piece counts from the transaction on that stores its marks.
"""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from itertools import islice
from typing import Any

from sqlalchemy import Connection, delete, func, select, update

from softfront_sensors.packet import Reading, first_seq
from softfront_sensors.source import SessionInfo

from ..errors import DamagedChunk
from . import putting, rows, statements, tables
from .diary import Diary
from .packing import Chunk, Unreadable, pack, unpack
from .reading import Reader
from .stored import Entry

_NAME = "arrivals"
_chunk = tables.chunk.c
# About two shifts: a transaction of them takes a fiftieth of a second.
_CHUNKS_AT_ONCE = 1000
_PAGE = 200


@dataclass(frozen=True, slots=True)
class Arrival:
    """A recording that is in, and up to where it has been thought through."""

    session: str
    to_ms: int
    done_seq: int
    last_seq: int


def arrivals(reader: Reader) -> tuple[Arrival, ...]:
    """Give the recordings that wait, in the order they came."""
    body = reader.state(_NAME) or {}
    return tuple(Arrival(**each) for each in body.get("waiting", ()))


def share_done(reader: Reader) -> float | None:
    """Say which share of what came in has been thought through; `None` where nothing waits."""
    body = reader.state(_NAME) or {}
    waiting = [Arrival(**each) for each in body.get("waiting", ())]
    if not waiting:
        return None
    left = sum(each.last_seq - each.done_seq for each in waiting)
    return 1 - left / max(int(body["total"]), left, 1)


def bring(diary: Diary, info: SessionInfo, to_ms: int, chunks: Iterable[Chunk]) -> int:
    """Keep a recording beside, to be thought through later; say up to where it was known.

    Chunks come in the order of their seq; what is stored of them is passed over.
    """
    before = diary.begin_session(info)
    new = _behind(chunks, before)
    while some := list(islice(new, _CHUNKS_AT_ONCE)):
        last_seq = some[-1].last.seq
        with diary.writing() as connection:
            columns = [_columns(info.id, chunk, spare=True) for chunk in some]
            connection.execute(statements.PUT_CHUNK, columns)
            up_to = {"of_session": info.id, "up_to": last_seq}
            connection.execute(statements.STORED_UP_TO, [up_to])
            _wait(connection, Arrival(info.id, to_ms, before, last_seq))
    diary.look_anew(info.id)
    return before


def wait_for(diary: Diary, came: Iterable[Arrival]) -> None:
    """Let recordings wait that waited where they come from."""
    with diary.writing() as connection:
        for each in came:
            _wait(connection, each)


def after(reader: Reader, session: str, seq: int) -> Iterator[Reading]:
    """Yield the readings of a session behind one, a few minutes of them held at a time.

    Raises:
        DamagedChunk: where this is met; what came before it has been given.
    """
    columns = select(_chunk.seq0, _chunk.n, _chunk.blob, _chunk.crc32)
    behind = _holding(reader, session, seq + 1)
    while True:
        query = columns.where(_chunk.session == session, _chunk.seq0 >= behind)
        found = reader.all(query.order_by(_chunk.seq0).limit(_PAGE))
        for row in found:
            try:
                for reading in unpack(row.seq0, row.n, row.blob, row.crc32):
                    if reading.seq > seq:
                        yield reading
            except Unreadable:
                raise DamagedChunk(session, row.seq0) from None
        if len(found) < _PAGE:
            return
        behind = found[-1].seq0 + 1


def count(diary: Diary, entry: Entry) -> None:
    """Store what was thought of readings that waited, and let them count unless they are spare."""
    from_seq, up_to = first_seq(entry.readings[0]), entry.readings[-1].seq
    with diary.writing() as connection:
        _split(connection, entry.session, up_to)
        if not entry.spare:
            _split(connection, entry.session, from_seq - 1)
            connection.execute(
                update(tables.chunk)
                .where(_chunk.session == entry.session)
                .where(_chunk.seq0 >= from_seq, _chunk.seq0 <= up_to)
                .values(spare=False)
            )
        if entry.audit is not None:
            audit = {"of_session": entry.session, "found": rows.to_json(entry.audit)}
            connection.execute(statements.AUDITED, [audit])
        putting.way(connection, entry)
        putting.decisions(connection, entry)
        _done(connection, entry.session, up_to)
    diary.look_anew(entry.session)


def give_up(diary: Diary, session: str) -> None:
    """Wait for a recording no longer: what is left of it stays kept beside."""
    with diary.writing() as connection:
        _done(connection, session, 2**53)


def _behind(chunks: Iterable[Chunk], before: int) -> Iterator[Chunk]:
    for chunk in chunks:
        if chunk.seq0 > before:
            yield chunk
        elif chunk.last.seq > before:
            told = unpack(chunk.seq0, chunk.n, chunk.blob, chunk.crc32)
            yield pack([reading for reading in told if reading.seq > before])


def _holding(reader: Reader, session: str, seq: int) -> int:
    query = select(func.max(_chunk.seq0).label("at")).where(
        _chunk.session == session, _chunk.seq0 <= seq
    )
    row = reader.one(query)
    return (row.at if row else None) or 0


def _split(connection: Connection, session: str, at_seq: int) -> None:
    """Make two chunks of the one that holds a reading and more behind it."""
    query = (
        select(tables.chunk)
        .where(_chunk.session == session, _chunk.seq0 <= at_seq)
        .order_by(_chunk.seq0.desc())
        .limit(1)
    )
    row = connection.execute(query).first()
    if row is None:
        return
    told = list(unpack(row.seq0, row.n, row.blob, row.crc32))
    if told[-1].seq <= at_seq:
        return
    cut = next(at for at, reading in enumerate(told) if reading.seq > at_seq)
    here = (_chunk.session == session) & (_chunk.seq0 == row.seq0)
    connection.execute(delete(tables.chunk).where(here))
    halves = [pack(half) for half in (told[:cut], told[cut:])]
    columns = [_columns(session, half, spare=row.spare) for half in halves]
    connection.execute(statements.PUT_CHUNK, columns)


def _columns(session: str, chunk: Chunk, *, spare: bool) -> rows.Columns:
    names = ("seq0", "n", "t0_ms", "t1_ms", "blob", "crc32")
    return {
        "session": session,
        "spare": spare,
        **{name: getattr(chunk, name) for name in names},
    }


def _wait(connection: Connection, came: Arrival) -> None:
    body = _body(connection)
    waiting = {each["session"]: Arrival(**each) for each in body["waiting"]}
    known = waiting.get(came.session)
    new = came.last_seq - (known.last_seq if known else came.done_seq)
    waiting[came.session] = replace(known, last_seq=came.last_seq) if known else came
    total = (body["total"] if body["waiting"] else 0) + new
    _put(connection, waiting.values(), total)


def _done(connection: Connection, session: str, up_to: int) -> None:
    body = _body(connection)
    waiting = [Arrival(**each) for each in body["waiting"]]
    stand = [
        replace(each, done_seq=max(up_to, each.done_seq)) if each.session == session else each
        for each in waiting
    ]
    _put(connection, [each for each in stand if each.done_seq < each.last_seq], body["total"])


def _body(connection: Connection) -> dict[str, Any]:
    query = select(tables.state.c.body).where(tables.state.c.name == _NAME)
    row = connection.execute(query).first()
    return rows.from_json(row.body) if row else {"waiting": [], "total": 0}


def _put(connection: Connection, waiting: Iterable[Arrival], total: int) -> None:
    body = {"waiting": [asdict(each) for each in waiting], "total": total}
    putting.states(connection, ((_NAME, body),))
