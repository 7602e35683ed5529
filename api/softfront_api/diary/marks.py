"""The marks of a day as columns, and back: what was measured, and what was thought of it."""

import json
from dataclasses import replace
from functools import lru_cache

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
from softfront_signal.threshold import Gone

from .rows import AnyRow, Columns, to_json
from .stored import Judged, Stance, StoredDecision, StoredWindow

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
STILL_MINUTE = ("t_ms", "hr_bpm", "rmssd_ms", "ln_rmssd_se", "soothing", "soothing_se", "moved")
"""The columns a still minute is made of, in the order of its fields."""
# A usual range is written as two bands, then so many numbers, then what is known of the proxy
# and of movement; earlier diaries lack what stands last.
_USUAL_KNOWN = 8
_NO_SOOTHING = dict.fromkeys(("soothing", "soothing_se", "rsa_ms", "breathing_hz"))


def window_columns(stored: StoredWindow) -> Columns:
    """Lay out the numbers of one mark."""
    return {
        "session": stored.session,
        **{name: getattr(stored.window, name) for name in _WINDOW},
        "missing": stored.missing and stored.missing.value,
        "stillness": stored.stillness.value,
        "still_s": stored.still_s,
        "learnt": stored.learnt,
        "moved": stored.moved,
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
        moved=decision.moved,
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
        moved=row.moved,
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
        "needed_s": it.needed_s,
        "rise_ms": it.rise_ms,
        "wording": it.wording.value,
        "usual": it.usual and _usual_json(it.usual),
        "gates": to_json([[g.id, g.open, g.value, g.needed, g.unit] for g in it.gates]),
        "rule": it.rule,
        "percentile": it.percentile,
        "rule_version": it.rule_version,
        "since_ms": it.since_ms,
        "eligible": it.eligible,
        "stance": judged.stance.name if judged.stance else None,
        "stance_ms": judged.stance.since_ms if judged.stance else None,
    }


def decision(row: AnyRow) -> StoredDecision:
    """Give back a decision; `row` holds its window too."""
    beside = window(row)
    it = Decision(
        t_ms=row.t_ms,
        state=State(row.state),
        since_ms=row.since_ms or row.t_ms,
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
        needed_s=row.needed_s,
        rise_ms=row.rise_ms,
        wording=Wording(row.wording),
        gates=tuple(Gate(*gate) for gate in json.loads(row.gates)),
        rule=row.rule,
        percentile=row.percentile,
        rule_version=row.rule_version,
        eligible=row.eligible,
        soothing=beside.soothing,
        moved=beside.moved,
    )
    stance = Stance(row.stance, row.stance_ms) if row.stance else None
    return StoredDecision(row.session, row.demo, it, row.verdict, row.prompt_id, stance)


def gone(row: AnyRow) -> Gone:
    """Give back how far a still, clear minute lay from the usual."""
    return Gone(row.t_ms, row.z_hr, row.z_rmssd)


@lru_cache(maxsize=4)  # the usual range stays the same from mark to mark for a minute and more
def _usual_json(usual: Usual) -> str:
    bands = [[b.low, b.high, b.median] for b in (usual.heart_rate, usual.rmssd)]
    spreads = [usual.hr_spread_bpm, usual.ln_rmssd_median, usual.ln_rmssd_spread]
    thetas = [usual.theta_hr, usual.theta_rmssd]
    known = [usual.minutes, usual.days, usual.hourly]
    calm = usual.soothing
    proxy = [calm.low, calm.high, calm.median] if calm else None
    return to_json(
        [*bands, *spreads, *thetas, *known, proxy, usual.moved, usual.slope_bpm, usual.mean_bpm]
    )


def usual(text: str) -> Usual:
    """Give back a usual range."""
    heart_rate, rmssd, *rest = json.loads(text)
    known = Usual(Band(*heart_rate), Band(*rmssd), *rest[:_USUAL_KNOWN])
    # What an earlier diary had not asked stays unknown.
    proxy, moved, slope, mean = (*rest[_USUAL_KNOWN:], None, None, None, None)[:4]
    soothing = Band(*proxy) if proxy else None
    return replace(known, soothing=soothing, moved=moved, slope_bpm=slope or 0.0, mean_bpm=mean)
