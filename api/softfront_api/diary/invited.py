"""The times at which a practice was offered: once a day each, whatever became of it."""

from dataclasses import dataclass, replace

from sqlalchemy import select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from ..errors import NotInDiary
from . import tables
from .diary import Diary
from .reading import Reader

_invitation = tables.invitation.c
_COLUMNS = tuple(column.name for column in tables.invitation.c)
_ADD = upsert(tables.invitation).on_conflict_do_nothing(index_elements=["kind", "date"])


@dataclass(frozen=True, slots=True)
class Invitation:
    """An offer to practise, at a time the person chose."""

    id: str
    kind: str
    date: str
    """The wearer's day on which its window began."""
    t_ms: int
    expires_ms: int
    status: str = "offered"
    """`offered`, `started`, `later`, `not_now` or `expired`."""
    answered_ms: int | None = None


def invite(diary: Diary, invitation: Invitation) -> bool:
    """Keep an invitation; say whether it was the first of its kind on that day."""
    with diary.writing() as connection:
        columns = {name: getattr(invitation, name) for name in _COLUMNS}
        added = connection.execute(_ADD, [columns])
        return added.rowcount == 1


def answer_invitation(
    diary: Diary, invitation: Invitation, *, status: str, answered_ms: int | None, expires_ms: int
) -> Invitation:
    """Keep what became of an invitation."""
    told = {"status": status, "answered_ms": answered_ms, "expires_ms": expires_ms}
    statement = update(tables.invitation).where(_invitation.id == invitation.id)
    with diary.writing() as connection:
        connection.execute(statement, told)
    return replace(invitation, status=status, answered_ms=answered_ms, expires_ms=expires_ms)


def known_invitation(reader: Reader, invitation_id: str) -> Invitation:
    """Find an invitation.

    Raises:
        NotInDiary: there is none.
    """
    row = reader.one(select(tables.invitation).where(_invitation.id == invitation_id))
    if row is None:
        raise NotInDiary("invitation")
    return Invitation(**row._mapping)


def invitations(reader: Reader, from_ms: int) -> tuple[Invitation, ...]:
    """Give back the invitations made since a moment, oldest first."""
    query = select(tables.invitation).where(_invitation.t_ms >= from_ms)
    ordered = query.order_by(_invitation.t_ms, _invitation.id)
    return tuple(Invitation(**row._mapping) for row in reader.all(ordered))
