"""The moments a person noticed: marked, and never counted."""

from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.dialects.sqlite import insert as upsert

from . import tables
from .diary import Diary
from .reading import Reader

_noticed = tables.noticed.c
_ADD = upsert(tables.noticed).on_conflict_do_nothing(index_elements=["id"])


@dataclass(frozen=True, slots=True)
class Noticed:
    """A moment at which a person noticed that they had been carried off."""

    id: str
    t_ms: int


def mark_noticed(diary: Diary, noticed: Noticed) -> Noticed:
    """Keep a moment; marked twice, the first stands."""
    with diary.writing() as connection:
        connection.execute(_ADD, [{"id": noticed.id, "t_ms": noticed.t_ms}])
        row = connection.execute(select(tables.noticed).where(_noticed.id == noticed.id)).one()
    return Noticed(row.id, row.t_ms)


def take_back(diary: Diary, noticed_id: str) -> None:
    """Forget a moment; nothing where there is none."""
    with diary.writing() as connection:
        connection.execute(delete(tables.noticed).where(_noticed.id == noticed_id))


def noticed(reader: Reader, from_ms: int, to_ms: int) -> tuple[Noticed, ...]:
    """Give back what was noticed in the range, oldest first."""
    query = (
        select(tables.noticed)
        .where(_noticed.t_ms >= from_ms, _noticed.t_ms < to_ms)
        .order_by(_noticed.t_ms, _noticed.id)
    )
    return tuple(Noticed(row.id, row.t_ms) for row in reader.all(query))
