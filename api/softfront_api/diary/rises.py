"""Confirmed rises, and the marks that follow one."""

from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import select

from softfront_signal.moments import Missing, Rule, Usual

from . import tables
from .marks import usual
from .reading import Reader

_window, _decision = tables.window.c, tables.decision.c
_RULES = {rule.value: rule for rule in Rule}
_MISSING = {missing.value: missing for missing in Missing}


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
    # A year asks for hundreds of thousands: by place and not by name they take half as long.
    return tuple([_mark(*row) for row in reader.all(query)])


def _mark(
    t_ms: int,
    rise_ms: int | None,
    held_s: int,
    needed_s: int,
    rule: str,
    z_hr: float | None,
    z_rmssd: float | None,
    usual: str | None,
    missing: str | None,
) -> StoredMark:
    known = _usual(usual) if usual else None
    why = _MISSING[missing] if missing else None
    return StoredMark(t_ms, rise_ms, held_s, needed_s, _RULES[rule], z_hr, z_rmssd, known, why)


# The usual range stays the same from mark to mark for a minute and more.
_usual = lru_cache(maxsize=4)(usual)
