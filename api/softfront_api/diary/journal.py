"""The lines a person wrote: after a pause, under a question, or freely."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from unicodedata import normalize

from sqlalchemy import Select, delete, insert, select, tuple_

from . import rows, tables
from .diary import Diary
from .reading import Reader
from .rows import AnyRow
from .stored import JournalLine, Place

# A search looks through so many lines at a time.
_AT_ONCE = 500

_journal = tables.journal.c
_WITH_KIND: Select[*tuple[Any, ...]] = select(
    tables.journal, tables.practice.c.kind.label("practice_kind")
).join_from(
    tables.journal,
    tables.practice,
    tables.practice.c.id == _journal.practice_id,
    isouter=True,
)


@dataclass(frozen=True, slots=True)
class Search:
    """Which lines are looked for."""

    from_ms: int | None = None
    to_ms: int | None = None
    text: str | None = None
    """Found wherever it stands, in capitals or not."""


ALL_LINES = Search()


def write_line(diary: Diary, line: JournalLine) -> JournalLine | None:
    """Keep a line, in place of the one that stands where it belongs; an empty text removes that.

    A line that is changed stays at the time it was first written.
    """
    earlier = _stands(diary, line)
    if earlier is not None:
        line = replace(earlier, text=line.text)
    with diary.writing() as connection:
        connection.execute(delete(tables.journal).where(_journal.id == line.id))
        if not line.text:
            return None
        connection.execute(insert(tables.journal), rows.journal_columns(line))
    return line


def remove_line(diary: Diary, line_id: str) -> None:
    """Remove a line; nothing where there is none."""
    with diary.writing() as connection:
        connection.execute(delete(tables.journal).where(_journal.id == line_id))


def line_of_pause(reader: Reader, pause_id: str) -> JournalLine | None:
    """Find the line kept after a pause."""
    return _one(reader, _journal.pause_id == pause_id)


def line(reader: Reader, line_id: str) -> JournalLine | None:
    """Find a line."""
    return _one(reader, _journal.id == line_id)


def lines(
    reader: Reader, search: Search = ALL_LINES, *, limit: int = 50, before: Place | None = None
) -> tuple[JournalLine, ...]:
    """Give back lines, newest first; `before` is the time and id of the last seen."""
    query = _WITH_KIND.order_by(_journal.t_ms.desc(), _journal.id.desc())
    if search.from_ms is not None:
        query = query.where(_journal.t_ms >= search.from_ms)
    if search.to_ms is not None:
        query = query.where(_journal.t_ms < search.to_ms)
    if search.text is None:
        return tuple(_page(reader, query, limit, before))
    return tuple(_found(reader, query, folded(search.text), limit, before))


def folded(text: str) -> str:
    """Return a text as a search compares it: ß is ss, and ü is one letter however it was typed."""
    return normalize("NFC", normalize("NFC", text).casefold())


def _found(
    reader: Reader, query: Select[*tuple[Any, ...]], text: str, limit: int, before: Place | None
) -> Iterator[JournalLine]:
    """Look through the lines some at a time: SQLite knows capitals of English only."""
    while limit > 0:
        page = _page(reader, query, _AT_ONCE, before)
        for each in page:
            if limit > 0 and text in folded(each.text):
                limit -= 1
                yield each
        if len(page) < _AT_ONCE:
            return
        before = page[-1].t_ms, page[-1].id


def _page(
    reader: Reader, query: Select[*tuple[Any, ...]], limit: int, before: Place | None
) -> list[JournalLine]:
    if before is not None:
        query = query.where(tuple_(_journal.t_ms, _journal.id) < before)
    return [_with_kind(row) for row in reader.all(query.limit(limit))]


def _stands(reader: Reader, line: JournalLine) -> JournalLine | None:
    """Find the line that this one would take the place of."""
    if line.pause_id is not None:
        return line_of_pause(reader, line.pause_id)
    if line.practice_id is not None and line.question is not None:
        under = (_journal.practice_id == line.practice_id) & (_journal.question == line.question)
        return _one(reader, under)
    return _one(reader, _journal.id == line.id)


def _one(reader: Reader, where: Any) -> JournalLine | None:
    row = reader.one(_WITH_KIND.where(where))
    return _with_kind(row) if row else None


def _with_kind(row: AnyRow) -> JournalLine:
    return replace(rows.journal_line(row), practice_kind=row.practice_kind)
