"""The longer questions a diary is asked, as statements."""

from typing import Any

from sqlalchemy import Select, Text, case, cast, func, or_, select

from softfront_signal.moments import Missing

from . import tables

SHIFT_GAP_MS = 2 * 3600 * 1000
"""A shift is wear with no gap over 2 h."""
# Nobody's shift is longer, and the search must end somewhere.
_SHIFT_MOST_MS = 48 * 3600 * 1000

_window, _decision = tables.window.c, tables.decision.c

DECISIONS: Select[*tuple[Any, ...]] = (
    select(
        tables.decision,
        *(column for column in _window if column.name not in ("session", "t_ms")),
        tables.session.c.demo,
    )
    .join(tables.window, (_window.session == _decision.session) & (_window.t_ms == _decision.t_ms))
    .join(tables.session, tables.session.c.id == _decision.session)
)
"""Decisions with the numbers of their marks."""


def shift(now_ms: int) -> Select[*tuple[Any, ...]]:
    """Ask for the start and the latest mark of the latest shift, up to a moment."""
    worn = func.coalesce(_window.missing, "").not_in(
        [Missing.NO_LINK.value, Missing.STRAP_OFF.value]
    )
    before = func.lag(_window.t_ms).over(order_by=_window.t_ms)
    marks = (
        select(_window.t_ms, before.label("before"))
        .where(_window.t_ms > now_ms - _SHIFT_MOST_MS, _window.t_ms <= now_ms, worn)
        .subquery()
    )
    begins = case(
        (
            (marks.c.before.is_(None)) | (marks.c.t_ms - marks.c.before > SHIFT_GAP_MS),
            marks.c.t_ms,
        )
    )
    return select(func.max(begins).label("start"), func.max(marks.c.t_ms).label("last"))


def gone(from_ms: int, to_ms: int) -> Select[*tuple[Any, ...]]:
    """Ask how far from the usual each minute lay in which an offer would have been allowed."""
    return (
        select(_decision.t_ms, _decision.z_hr, _decision.z_rmssd)
        .where(_decision.eligible, _decision.z_hr.is_not(None), _decision.t_ms % 60_000 == 0)
        .where(_decision.t_ms >= from_ms, _decision.t_ms < to_ms)
        .order_by(_decision.t_ms, _decision.session)
    )


def eligible(from_ms: int, to_ms: int) -> Select[*tuple[Any, ...]]:
    """Ask at how many marks an offer would have been allowed, by whichever session."""
    return select(func.count(_decision.t_ms.distinct()).label("marks")).where(
        _decision.eligible, _decision.t_ms >= from_ms, _decision.t_ms < to_ms
    )


def skim(from_ms: int, to_ms: int) -> Select[*tuple[Any, ...]]:
    """Ask for what a rule looks at, mark by mark; for gates only where something may be outside."""
    it = _decision
    # What lies within half a spread is inside by every choice: one spread is the least there is.
    outside = or_(it.z_hr > 0.5, it.z_rmssd > 0.5)
    return (
        select(it.session, it.t_ms, it.state, it.z_hr, it.z_rmssd, it.wording, it.eligible)
        .add_columns(func.instr(it.gates, '["motion",false'), case((outside, it.gates)))
        .where(it.t_ms >= from_ms, it.t_ms < to_ms)
        .order_by(it.t_ms, it.session)
    )


def reasons(from_ms: int, to_ms: int) -> Select[*tuple[Any, ...]]:
    """Ask why each mark became an offer or stayed silent."""
    it = _decision
    return (
        select(it.t_ms, it.reason, it.verdict, it.prompt_id)
        .where(it.t_ms >= from_ms, it.t_ms < to_ms)
        .order_by(it.t_ms, it.session)
    )


def choices(from_ms: int, to_ms: int) -> Select[*tuple[Any, ...]]:
    """Ask for the marks from which on the wearer had chosen otherwise, the first among them."""
    said = _decision.rule + "/" + cast(_decision.percentile, Text)
    before = func.lag(said).over(order_by=(_decision.t_ms, _decision.session))
    marks = (
        select(_decision.t_ms, _decision.rule, _decision.percentile, said.label("said"))
        .add_columns(before.label("before"))
        .where(_decision.t_ms >= from_ms, _decision.t_ms < to_ms)
        .subquery()
    )
    other = marks.c.before.is_(None) | (marks.c.before != marks.c.said)
    return select(marks.c.t_ms, marks.c.rule, marks.c.percentile).where(other)
