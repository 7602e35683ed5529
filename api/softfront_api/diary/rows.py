"""What the diary takes in, as columns, and back."""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, TypeAlias

from sqlalchemy import Row

from softfront_sensors.source import Rank, SessionInfo
from softfront_signal.baseline import StillMinute
from softfront_signal.moments import (
    Band,
    Decision,
    Gate,
    Missing,
    Route,
    Soothing,
    State,
    Stillness,
    Usual,
    Window,
    Wording,
)

from .stored import (
    JournalLine,
    Judged,
    StoredDecision,
    StoredPause,
    StoredPrompt,
    StoredSession,
    StoredWindow,
)

Columns: TypeAlias = dict[str, Any]
AnyRow: TypeAlias = Row[*tuple[Any, ...]]

_WINDOW = (
    "t_ms",
    "hr_bpm",
    "rmssd_ms",
    "beats",
    "valid",
    "differences",
    "coverage",
    "flagged",
    "ln_rmssd_se",
)
STILL_MINUTE = ("t_ms", "hr_bpm", "rmssd_ms", "ln_rmssd_se", "soothing", "soothing_se")
"""The columns a still minute is made of, in the order of its fields."""
# A usual range is written as two bands, then so many numbers, then what is known of the proxy.
_USUAL_KNOWN = 8
_NO_SOOTHING = dict.fromkeys(("soothing", "soothing_se", "rsa_ms", "breathing_hz"))


def to_json(body: Mapping[str, Any] | list[Any]) -> str:
    """Write JSON without blanks; NaN and infinity are refused."""
    return json.dumps(body, separators=(",", ":"), allow_nan=False)


def from_json(body: str) -> dict[str, Any]:
    """Read what `to_json` wrote of a mapping."""
    read: dict[str, Any] = json.loads(body)
    return read


def window_columns(stored: StoredWindow) -> Columns:
    """Lay out the numbers of one mark."""
    return {
        "session": stored.session,
        **{name: getattr(stored.window, name) for name in _WINDOW},
        "missing": stored.missing and stored.missing.value,
        "stillness": stored.stillness.value,
        "still_s": stored.still_s,
        "learnt": stored.learnt,
        **(_soothing_columns(stored.soothing) if stored.soothing else _NO_SOOTHING),
    }


def window_of(session: str, decision: Decision) -> StoredWindow:
    """Take the numbers out of a decision: they have a table of their own."""
    return StoredWindow(
        session,
        decision.window,
        decision.missing,
        decision.stillness,
        decision.still_s,
        soothing=decision.soothing,
    )


def window(row: AnyRow) -> StoredWindow:
    """Give back the numbers of one mark."""
    return StoredWindow(
        session=row.session,
        window=Window(*(getattr(row, name) for name in _WINDOW)),
        missing=Missing(row.missing) if row.missing else None,
        stillness=Stillness(row.stillness),
        still_s=row.still_s,
        learnt=row.learnt,
        soothing=_soothing(row),
    )


def _soothing_columns(it: Soothing) -> Columns:
    return {
        "soothing": it.index,
        "soothing_se": it.se,
        "rsa_ms": it.rsa_ms,
        "breathing_hz": it.breathing_hz,
    }


def _soothing(row: AnyRow) -> Soothing | None:
    if row.soothing is None:
        return None
    return Soothing(row.soothing, row.soothing_se, row.rsa_ms, row.breathing_hz)


def still_minute(row: AnyRow) -> StillMinute:
    """Give back what the usual range is made of."""
    return StillMinute(*(getattr(row, name) for name in STILL_MINUTE))


def decision_columns(session: str, judged: Judged) -> Columns:
    """Lay out a decision beside its window."""
    it = judged.decision
    return {
        "session": session,
        "t_ms": it.t_ms,
        "state": it.state.value,
        "reason": it.reason,
        "verdict": judged.verdict,
        "prompt_id": judged.prompt_id,
        "learnt_ms": it.learnt_ms,
        "learnt_percent": it.learnt_percent,
        "z_hr": it.z_hr,
        "z_rmssd": it.z_rmssd,
        "route": it.route and it.route.value,
        "held_s": it.held_s,
        "rise_ms": it.rise_ms,
        "wording": it.wording.value,
        "usual": it.usual and _usual_json(it.usual),
        "gates": to_json([[g.id, g.open, g.value, g.needed, g.unit] for g in it.gates]),
        "rule": it.rule,
        "rule_version": it.rule_version,
    }


def decision(row: AnyRow) -> StoredDecision:
    """Give back a decision; `row` holds its window too."""
    beside = window(row)
    it = Decision(
        t_ms=row.t_ms,
        state=State(row.state),
        reason=row.reason,
        window=beside.window,
        missing=beside.missing,
        stillness=beside.stillness,
        still_s=beside.still_s,
        usual=usual(row.usual) if row.usual else None,
        learnt_ms=row.learnt_ms,
        learnt_percent=row.learnt_percent,
        z_hr=row.z_hr,
        z_rmssd=row.z_rmssd,
        route=Route(row.route) if row.route else None,
        held_s=row.held_s,
        rise_ms=row.rise_ms,
        wording=Wording(row.wording),
        gates=tuple(Gate(*gate) for gate in json.loads(row.gates)),
        rule=row.rule,
        rule_version=row.rule_version,
        soothing=beside.soothing,
    )
    return StoredDecision(row.session, row.demo, it, row.verdict, row.prompt_id)


@lru_cache(maxsize=4)  # the usual range stays the same from mark to mark for a minute and more
def _usual_json(usual: Usual) -> str:
    bands = [[b.low, b.high, b.median] for b in (usual.heart_rate, usual.rmssd)]
    spreads = [usual.hr_spread_bpm, usual.ln_rmssd_median, usual.ln_rmssd_spread]
    thetas = [usual.theta_hr, usual.theta_rmssd]
    known = [usual.minutes, usual.days, usual.hourly]
    calm = usual.soothing
    proxy = [[calm.low, calm.high, calm.median]] if calm else []
    return to_json([*bands, *spreads, *thetas, *known, *proxy])


def usual(text: str) -> Usual:
    """Give back a usual range."""
    heart_rate, rmssd, *rest = json.loads(text)
    known, proxy = rest[:_USUAL_KNOWN], (Band(*band) for band in rest[_USUAL_KNOWN:])
    return Usual(Band(*heart_rate), Band(*rmssd), *known, *proxy)


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
    return JournalLine(row.id, row.t_ms, row.text, row.pause_id)


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
