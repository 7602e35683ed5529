"""Moments that are looked at once they are over: rises without an offer, and what chance chose."""

from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import Select, or_, select

from softfront_signal.moments import State

from . import rows, tables
from .reading import Reader
from .stored import Occasion, StoredPrompt, decision_id

Query: TypeAlias = Select[*tuple[Any, ...]]

_CHOSEN = ("prompted", "silent_control")

_decision, _occasion, _prompt = tables.decision.c, tables.occasion.c, tables.prompt.c


@dataclass(frozen=True, slots=True)
class HeldBack:
    """A rise at which nothing was offered, and chance was not asked."""

    id: str
    """Of its first decision that might have been an offer."""
    t_ms: int
    rise_ms: int


def held_back(reader: Reader, from_ms: int, to_ms: int) -> tuple[HeldBack, ...]:
    """Give the rises that might have led to an offer and did not, by their first such mark.

    Oldest first; a rise that led to one at any mark is not among them.
    """
    found: dict[int, HeldBack | None] = {}
    for row in reader.all(_might_have_been(from_ms, to_ms)):
        if row.verdict in _CHOSEN:
            found[row.rise_ms] = None
        elif row.rise_ms not in found:
            name = decision_id(row.session, row.t_ms)
            found[row.rise_ms] = HeldBack(name, row.t_ms, row.rise_ms)
    return tuple(sorted((it for it in found.values() if it), key=lambda it: it.t_ms))


def unmeasured(reader: Reader) -> tuple[Occasion, ...]:
    """Give the moments at which chance chose and that nothing was measured around, in order."""
    query = select(tables.occasion).where(_occasion.outcome.is_(None))
    return tuple(map(rows.occasion, reader.all(query.order_by(_occasion.t_ms, _occasion.id))))


def offers(reader: Reader, from_ms: int, to_ms: int) -> tuple[StoredPrompt, ...]:
    """Give the offers that were first made in a range, oldest first."""
    query = select(tables.prompt).where(_prompt.t_ms >= from_ms, _prompt.t_ms < to_ms)
    return tuple(map(rows.prompt, reader.all(query.order_by(_prompt.t_ms, _prompt.id))))


def _might_have_been(from_ms: int, to_ms: int) -> Query:
    might = or_(_decision.state == State.CANDIDATE.value, _decision.verdict.in_(_CHOSEN))
    return (
        select(_decision.session, _decision.t_ms, _decision.rise_ms, _decision.verdict)
        .where(_decision.t_ms >= from_ms, _decision.t_ms < to_ms)
        .where(_decision.rise_ms.is_not(None), might)
        .order_by(_decision.t_ms, _decision.session)
    )
