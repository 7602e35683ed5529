"""An offer as it is made, and the moments at which chance chose whether to make one."""

from softfront_signal.moments import Decision, Route

from .diary import Occasion, StoredPrompt, decision_id
from .reasons import offer as offer_text
from .tact import LIFETIME_MS, OFFERED, Deferred


def new_offer(session: str, decision: Decision) -> StoredPrompt:
    """Make an offer of a mark, with its reasons."""
    text = offer_text(decision)
    name = decision_id(session, decision.t_ms)
    return StoredPrompt(
        id=name,
        session=session,
        t_ms=decision.t_ms,
        expires_ms=decision.t_ms + LIFETIME_MS,
        wording=decision.wording,
        status="offered",
        reason=_reason(decision, text.id, dict(text.values), name),
    )


def _reason(
    decision: Decision, text: str, values: dict[str, str | float | None], name: str
) -> dict[str, object]:
    usual, window = decision.usual, decision.window
    assert usual is not None
    about = {
        "scope": "hour" if usual.hourly else "day",
        "minutes": usual.minutes,
        "days": usual.days,
    }
    bands = {"hr_bpm": usual.heart_rate, "rmssd_ms": usual.rmssd}
    return {
        "id": text,
        "values": values,
        "value": {"hr_bpm": window.hr_bpm, "rmssd_ms": window.rmssd_ms},
        "band": {
            metric: {"low": b.low, "high": b.high, "median": b.median, **about}
            for metric, b in bands.items()
        },
        "hold_s": decision.held_s,
        "gates": [
            {"id": g.id, "open": g.open, "value": g.value, "needed": g.needed, "unit": g.unit}
            for g in decision.gates
        ],
        "rule": decision.rule,
        "rule_version": decision.rule_version,
        "decision": name,
    }


def occasion(
    session: str, decision: Decision, waited: Deferred | None, draw: float, *, offered: bool
) -> Occasion:
    """Tell a moment at which chance chose; what had `waited` for it began with an earlier rise."""
    rise_ms = decision.rise_ms if waited is None else waited.rise_ms
    route = decision.route or (waited.route if waited else None)
    by_rmssd = route is Route.RMSSD and decision.z_rmssd is not None
    strength = decision.z_rmssd if by_rmssd else decision.z_hr
    return Occasion(
        id=decision_id(session, decision.t_ms),
        session=session,
        t_ms=decision.t_ms,
        rise_ms=decision.t_ms if rise_ms is None else rise_ms,
        offered=offered,
        p=OFFERED,
        draw=draw,
        strength=strength or 0.0,
        wording=decision.wording.value,
    )
