"""What was practised when, and what was offered: no more of it than a line of time needs."""

from dataclasses import dataclass

from sqlalchemy import and_, case, null, select

from . import tables
from .reading import Reader

BY_HAND, OFFERED = "by_hand", "offered"
"""The two kinds of pause."""

_pause, _practice, _prompt, _decision = (
    table.c for table in (tables.pause, tables.practice, tables.prompt, tables.decision)
)


@dataclass(frozen=True, slots=True)
class Deed:
    """A pause or a practice."""

    kind: str
    """How a pause came about, or which practice it was."""
    id: str
    started_ms: int
    ended_ms: int | None
    lasted_s: int | None
    rise_ms: int | None
    """Of a pause that was offered: the first mark outside."""


def deeds(reader: Reader, from_ms: int, to_ms: int) -> tuple[Deed, ...]:
    """Give what was begun in a range, oldest first."""
    # Asked when it was first offered: what was put off came back for a rise of its own, an hour on.
    asked = and_(_decision.session == _prompt.session, _decision.t_ms == _prompt.t_ms)
    kind = case((_pause.prompt_id.is_(None), BY_HAND), else_=OFFERED)
    pauses = (
        select(kind, _pause.id, _pause.started_ms, _pause.ended_ms, _pause.lasted_s)
        .add_columns(_decision.rise_ms)
        .join_from(tables.pause, tables.prompt, isouter=True)
        .join(tables.decision, asked, isouter=True)
        .where(_pause.started_ms >= from_ms, _pause.started_ms < to_ms)
    )
    of = _practice
    practices = select(of.kind, of.id, of.started_ms, of.ended_ms, of.lasted_s, null()).where(
        of.started_ms >= from_ms, of.started_ms < to_ms
    )
    found = [Deed(*row) for query in (pauses, practices) for row in reader.all(query)]
    return tuple(sorted(found, key=lambda it: (it.started_ms, it.id)))


def offered_at(reader: Reader, from_ms: int, to_ms: int) -> tuple[int, ...]:
    """Say when something was offered in a range, oldest first."""
    query = select(_prompt.t_ms).where(_prompt.t_ms >= from_ms, _prompt.t_ms < to_ms)
    return tuple(row.t_ms for row in reader.all(query.order_by(_prompt.t_ms)))
