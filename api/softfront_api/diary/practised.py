"""The practices a person did, with what they said and what was recorded around them."""

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Select, select, tuple_, update
from sqlalchemy.dialects.sqlite import insert as upsert

from ..errors import NotInDiary
from . import tables
from .diary import Diary
from .reading import Reader
from .rows import AnyRow, Columns, from_json, to_json
from .stored import Json, Place

_practice = tables.practice.c
_BODIES = ("said", "around")
_ADD = upsert(tables.practice).on_conflict_do_nothing(index_elements=["key"])


@dataclass(frozen=True, slots=True)
class StoredPractice:
    """One time a person practised."""

    id: str
    key: str
    """Made by the page; a practice begun twice with one key is one practice."""
    kind: str
    started_ms: int
    session: str | None = None
    invitation_id: str | None = None
    ended_ms: int | None = None
    lasted_s: int | None = None
    said: Json | None = None
    """What was chosen or ticked, by its name."""
    around: Json | None = None
    """What was recorded before, during and after, once it is known."""


def begin_practice(diary: Diary, practice: StoredPractice) -> StoredPractice:
    """Keep a practice that begins; where its key is known, give back the one that stands."""
    with diary.writing() as connection:
        connection.execute(_ADD, [_columns(practice)])
        row = connection.execute(select(tables.practice).where(_practice.key == practice.key)).one()
    return _practised(row)


def finish_practice(
    diary: Diary, practice_id: str, *, ended_ms: int, lasted_s: int, said: Json
) -> StoredPractice:
    """Keep when a practice ended, with what was said in it; told twice, the first stands."""
    practice = known_practice(diary, practice_id)
    if practice.ended_ms is not None:
        return practice
    body = {**(practice.said or {}), **said}
    return _put(diary, replace(practice, ended_ms=ended_ms, lasted_s=lasted_s, said=body or None))


def tell_practice(diary: Diary, practice_id: str, said: Json) -> StoredPractice:
    """Keep what was said of a practice, in place of what was said of the same before."""
    practice = known_practice(diary, practice_id)
    return _put(diary, replace(practice, said={**(practice.said or {}), **said}))


def store_around(diary: Diary, practice_id: str, around: Json) -> StoredPractice:
    """Keep what was recorded around a practice."""
    return _put(diary, replace(known_practice(diary, practice_id), around=around))


def known_practice(reader: Reader, practice_id: str) -> StoredPractice:
    """Find a practice by its id or by the key it was begun with.

    Raises:
        NotInDiary: there is none.
    """
    named = (_practice.id == practice_id) | (_practice.key == practice_id)
    row = reader.one(select(tables.practice).where(named))
    if row is None:
        raise NotInDiary("practice")
    return _practised(row)


def practices(reader: Reader, from_ms: int, to_ms: int) -> tuple[StoredPractice, ...]:
    """Give back practices that began in the range, oldest first."""
    query = _within(from_ms, to_ms).order_by(_practice.started_ms, _practice.id)
    return tuple(map(_practised, reader.all(query)))


def latest_practices(
    reader: Reader, from_ms: int, to_ms: int, *, limit: int, before: Place | None = None
) -> tuple[StoredPractice, ...]:
    """Give back practices, newest first; `before` is the time and id of the last seen."""
    query = _within(from_ms, to_ms).order_by(_practice.started_ms.desc(), _practice.id.desc())
    if before is not None:
        query = query.where(tuple_(_practice.started_ms, _practice.id) < before)
    return tuple(map(_practised, reader.all(query.limit(limit))))


def _within(from_ms: int, to_ms: int) -> Select[*tuple[Any, ...]]:
    began = _practice.started_ms
    return select(tables.practice).where(began >= from_ms, began < to_ms)


def _put(diary: Diary, practice: StoredPractice) -> StoredPractice:
    statement = update(tables.practice).where(_practice.id == practice.id)
    with diary.writing() as connection:
        connection.execute(statement, _columns(practice))
    return practice


def _columns(practice: StoredPractice) -> Columns:
    plain = {column.name: getattr(practice, column.name) for column in _practice}
    bodies = {name: to_json(plain[name]) if plain[name] else None for name in _BODIES}
    return {**plain, **bodies}


def _practised(row: AnyRow) -> StoredPractice:
    columns = dict(row._mapping)
    bodies = {name: from_json(columns[name]) if columns[name] else None for name in _BODIES}
    return StoredPractice(**{**columns, **bodies})
