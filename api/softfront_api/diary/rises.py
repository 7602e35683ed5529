"""Confirmed rises, and the marks that follow one."""

from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import select

from softfront_signal.moments import Missing, Rule, Usual

from . import tables
from .marks import usual
from .reading import Reader
from .rows import AnyRow

_window, _decision = tables.window.c, tables.decision.c


@dataclass(frozen=True, slots=True)
class StoredMark:
    """What the way back from a rise is read from."""

    t_ms: int
    rise_ms: int | None
    held_s: int
    needed_s: int
    rule: Rule
    z_hr: float | None
    z_rmssd: float | None
    usual: Usual | None
    missing: Missing | None


def held_rises(reader: Reader, from_ms: int, to_ms: int) -> tuple[int, ...]:
    """Say at which marks a rise had held for long enough, oldest first."""
    query = (
        select(_decision.t_ms)
        .where(_decision.t_ms >= from_ms, _decision.t_ms < to_ms)
        .where(_decision.rise_ms.is_not(None), _decision.held_s >= _decision.needed_s)
        .order_by(_decision.t_ms)
    )
    return tuple(row.t_ms for row in reader.all(query))


def marks_of(reader: Reader, from_ms: int, to_ms: int) -> tuple[StoredMark, ...]:
    """Give back what the way back from a rise is read from, oldest first."""
    held = (_decision.rise_ms, _decision.held_s, _decision.needed_s, _decision.rule)
    of = (_decision.t_ms, *held, _decision.z_hr, _decision.z_rmssd)
    both = (_window.session == _decision.session) & (_window.t_ms == _decision.t_ms)
    query = (
        select(*of, _decision.usual, _window.missing)
        .join_from(tables.decision, tables.window, both)
        .where(_decision.t_ms >= from_ms, _decision.t_ms < to_ms)
        .order_by(_decision.t_ms, _decision.session)
    )
    return tuple(map(_mark, reader.all(query)))


def _mark(row: AnyRow) -> StoredMark:
    return StoredMark(
        t_ms=row.t_ms,
        rise_ms=row.rise_ms,
        held_s=row.held_s,
        needed_s=row.needed_s,
        rule=Rule(row.rule),
        z_hr=row.z_hr,
        z_rmssd=row.z_rmssd,
        usual=_usual(row.usual) if row.usual else None,
        missing=Missing(row.missing) if row.missing else None,
    )


# The usual range stays the same from mark to mark for a minute and more.
_usual = lru_cache(maxsize=4)(usual)
