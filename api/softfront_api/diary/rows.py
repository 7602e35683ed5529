"""What the diary takes in, as columns, and back: offers, pauses, lines, runs of readings."""

import json
from collections.abc import Mapping
from typing import Any, TypeAlias

from sqlalchemy import Row

from softfront_sensors.source import Rank, SessionInfo
from softfront_signal.moments import Wording

from .stored import JournalLine, Occasion, StoredPause, StoredPrompt, StoredSession

Columns: TypeAlias = dict[str, Any]
AnyRow: TypeAlias = Row[*tuple[Any, ...]]

_JOURNAL = ("id", "t_ms", "text", "pause_id", "practice_id", "question")
_OCCASION = ("id", "session", "t_ms", "rise_ms", "offered", "p", "draw", "strength", "wording")


def to_json(body: Mapping[str, Any] | list[Any]) -> str:
    """Write JSON without blanks; NaN and infinity are refused."""
    return json.dumps(body, separators=(",", ":"), allow_nan=False)


def from_json(body: str) -> dict[str, Any]:
    """Read what `to_json` wrote of a mapping."""
    read: dict[str, Any] = json.loads(body)
    return read


def prompt_columns(prompt: StoredPrompt) -> Columns:
    """Lay out an offer."""
    return {
        "id": prompt.id,
        "session": prompt.session,
        "t_ms": prompt.t_ms,
        "expires_ms": prompt.expires_ms,
        "wording": prompt.wording.value,
        "status": prompt.status,
        "answered_ms": prompt.answered_ms,
        "again_ms": prompt.again_ms,
        "reason": to_json(prompt.reason),
    }


def prompt(row: AnyRow) -> StoredPrompt:
    """Give back an offer."""
    return StoredPrompt(
        id=row.id,
        session=row.session,
        t_ms=row.t_ms,
        expires_ms=row.expires_ms,
        wording=Wording(row.wording),
        status=row.status,
        reason=from_json(row.reason),
        answered_ms=row.answered_ms,
        again_ms=row.again_ms,
    )


def pause_columns(pause: StoredPause) -> Columns:
    """Lay out a pause."""
    return {
        "id": pause.id,
        "key": pause.key,
        "prompt_id": pause.prompt_id,
        "session": pause.session,
        "started_ms": pause.started_ms,
        "ended_ms": pause.ended_ms,
        "lasted_s": pause.lasted_s,
        "result": None if pause.result is None else to_json(pause.result),
    }


def pause(row: AnyRow) -> StoredPause:
    """Give back a pause."""
    return StoredPause(
        id=row.id,
        key=row.key,
        started_ms=row.started_ms,
        prompt_id=row.prompt_id,
        session=row.session,
        ended_ms=row.ended_ms,
        lasted_s=row.lasted_s,
        result=from_json(row.result) if row.result else None,
    )


def journal_line(row: AnyRow) -> JournalLine:
    """Give back a line of a person's own."""
    return JournalLine(row.id, row.t_ms, row.text, row.pause_id, row.practice_id, row.question)


def journal_columns(line: JournalLine) -> Columns:
    """Lay out a line of a person's own."""
    return {name: getattr(line, name) for name in _JOURNAL}


def session(row: AnyRow) -> StoredSession:
    """Give back a run of readings."""
    return StoredSession(
        id=row.id,
        wearer=row.wearer,
        device=row.device,
        started_ms=row.started_ms,
        live=row.live,
        demo=row.demo,
        last_seq=row.last_seq,
        rank=Rank(row.rank),
        boot=row.boot,
        strap=row.strap,
        offset_ms=row.offset_ms,
        audit=from_json(row.audit) if row.audit else None,
    )


def session_columns(info: SessionInfo) -> Columns:
    """Lay out what names a run of readings."""
    return {
        "id": info.id,
        "device": info.device,
        "started_ms": info.started_ms,
        "live": info.live,
        "demo": info.demo,
        "rank": int(info.rank),
        "boot": info.boot,
        "strap": info.strap,
        "offset_ms": info.offset_ms,
    }


def occasion_columns(occasion: Occasion) -> Columns:
    """Lay out a moment at which chance chose."""
    outcome = occasion.outcome
    return {
        **{name: getattr(occasion, name) for name in _OCCASION},
        "outcome": None if outcome is None else to_json(outcome),
    }


def occasion(row: AnyRow) -> Occasion:
    """Give back a moment at which chance chose."""
    outcome = from_json(row.outcome) if row.outcome else None
    return Occasion(**{name: getattr(row, name) for name in _OCCASION}, outcome=outcome)
