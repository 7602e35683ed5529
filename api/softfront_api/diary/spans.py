"""Questions about stretches of time: shifts, and what was counted when."""

from typing import Any, TypeAlias

from sqlalchemy import Select, and_, exists, func, null, select

from softfront_signal.moments import Missing

from . import tables

Query: TypeAlias = Select[*tuple[Any, ...]]

_SHIFT_GAP_MS = 2 * 3600 * 1000
"""A shift is wear with no gap over 2 h."""
NOTHING_HEARD = (Missing.NO_LINK.value, Missing.STRAP_OFF.value)
"""Why a window holds no beat at all."""

_chunk, _window, _decision = tables.chunk.c, tables.window.c, tables.decision.c

# Movement that somebody reports beside has no marks: who has them spoke for the heart.
_COUNTED = and_(~_chunk.spare, exists().where(_window.session == _chunk.session))


def counted(from_ms: int, to_ms: int, besides: str) -> Query:
    """Ask for the stretches in which sessions other than one were counted, oldest first."""
    return (
        select(_chunk.t0_ms, _chunk.t1_ms)
        .where(_COUNTED, _chunk.session != besides)
        .where(_chunk.t1_ms >= from_ms, _chunk.t0_ms <= to_ms)
        .order_by(_chunk.t0_ms)
    )


def shift_edges(from_ms: int = 0) -> Query:
    """Ask when each shift began, and up to when all before it had been counted; then for the end.

    The last row is the end: nothing begins there. What had ended by `from_ms` is left out.
    """
    order = (_chunk.t0_ms, _chunk.t1_ms)
    until = func.max(_chunk.t1_ms).over(order_by=order, rows=(None, -1))
    counted = select(_chunk.t0_ms, until.label("until")).where(_COUNTED, _chunk.t1_ms >= from_ms)
    all_of = counted.subquery()
    apart = (all_of.c.until.is_(None)) | (all_of.c.t0_ms - all_of.c.until > _SHIFT_GAP_MS)
    begins = select(all_of.c.t0_ms.label("begins"), all_of.c.until).where(apart)
    end = select(null(), func.max(_chunk.t1_ms)).where(_COUNTED)
    return begins.union_all(end).subquery().select()


def rule_versions() -> Query:
    """Ask by which versions of the rule the first and the last mark of each session were decided.

    Marks of offers stay as they were decided, and tell nothing.
    """
    of = select(_decision.rule_version).where(
        _decision.session == tables.session.c.id, _decision.prompt_id.is_(None)
    )
    first, last = (of.order_by(at).limit(1) for at in (_decision.t_ms, _decision.t_ms.desc()))
    return select(
        first.scalar_subquery().label("first"), last.scalar_subquery().label("last")
    ).select_from(tables.session)
