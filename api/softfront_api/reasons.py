"""Which sentence belongs to which moment: keys of the catalogue with what fills them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from math import floor

from softfront_sensors.errors import BluetoothProblem
from softfront_sensors.source import Hint
from softfront_signal.indicator import HOLD_MS
from softfront_signal.moments import Band, Decision, Missing, Route, State

from .tact import DEFERRED_MS, OFFERED

HOLD_S = HOLD_MS // 1000
_WAITS_MIN = DEFERRED_MS // 60_000
_SILENT_PERCENT = round(100 * (1 - OFFERED))
START_BLUEZ = "sudo apt install bluez && sudo systemctl start bluetooth"


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence by its key. Times are UTC, written with a Z; the reader's zone is its own."""

    id: str
    values: Mapping[str, str | float | None] = field(default_factory=dict)


def utc(t_ms: int) -> str:
    """Write a moment as everywhere outside: ISO 8601 with a Z, milliseconds where there are any."""
    moment = datetime.fromtimestamp(t_ms / 1000, UTC).isoformat(
        timespec="milliseconds" if t_ms % 1000 else "seconds"
    )
    return moment.replace("+00:00", "Z")


def place(value: float | None, band: Band | None) -> str | None:
    """Say where a number stands against its band."""
    if value is None or band is None:
        return None
    return "above" if value > band.high else "below" if value < band.low else "inside"


def sentence(d: Decision | None) -> Text:
    """Give the one sentence of a moment that is true at a glance."""
    if d is None:
        return Text("now.nothing_yet")
    if d.missing is not None:
        return _without_number(d, d.missing)
    if d.usual is None:
        return Text("now.learning", {"pct": d.learnt_percent})
    rate = place(d.window.hr_bpm, d.usual.heart_rate)
    variation = place(d.window.rmssd_ms, d.usual.rmssd)
    if rate == "above" and variation == "below":
        return Text("now.outside.both")
    if rate in ("above", "below"):
        return Text(f"now.outside.hr_{rate}")
    if variation in ("above", "below"):
        return Text(f"now.outside.rmssd_{variation}")
    return Text("now.inside")


def detail(d: Decision | None) -> Text | None:
    """Give the second line, where a moment needs one."""
    if d is not None and d.missing is not None:
        known = {Missing.MOVING, Missing.STRAP_OFF, Missing.NO_LINK, Missing.NO_INTERVALS}
        return Text(f"now.{d.missing.value}.detail") if d.missing in known else None
    return Text("now.learning.detail") if d is not None and d.usual is None else None


def _without_number(d: Decision, missing: Missing) -> Text:
    if missing is Missing.IRREGULAR:
        return Text("state.irregular.line")
    if d.state is State.WARMUP:
        worn = next((gate for gate in d.gates if gate.id == "warmup"), None)
        left = (worn.needed or 0) - (worn.value or 0) if worn else 0
        return Text("state.warmup.line", {"min": max(1, left)})
    if missing in (Missing.MOVING, Missing.POOR_SIGNAL, Missing.NO_INTERVALS):
        return Text(f"now.{missing.value}")
    since_s = _gate(d, "contact")
    if since_s is None:
        return Text("now.no_link.undated")
    return Text(f"now.{missing.value}", {"time": utc(d.t_ms - int(since_s) * 1000)})


def no_bluetooth(problem: BluetoothProblem) -> tuple[Text, Text]:
    """Say which of four things keeps this machine from a strap, and what to do about it."""
    key = f"bluetooth.{problem.value}"
    return Text(f"{key}.title"), Text(f"{key}.do", {"command": START_BLUEZ})


def hint(what: Hint) -> Text:
    """Say what a person can try, where a strap keeps them waiting."""
    return Text(f"strap.hint.{what.value}")


def found_of(audit: Mapping[str, object]) -> list[Text]:
    """Say what a strap was found to be like; nothing where it is as the standard says."""
    found = ["ms"] if audit.get("unit") == "ms" else []
    found += [name for name in ("filler", "frozen", "doubled") if audit.get(name)]
    return [Text(f"strap.audit.{name}") for name in found]


def why(d: Decision, verdict: str) -> Text:
    """Say why an offer was made at a mark, or why not."""
    if verdict == "prompted" and d.usual and d.window.hr_bpm is not None:
        return _why_prompt(d) if d.held else Text("why.prompt.deferred")
    if d.reason == "in_range" and "outside" in sentence(d).id:
        # Outside the band, and yet nothing that an offer is made for.
        return Text("why.none.no_reason", {"hr": d.window.hr_bpm, "rmssd": d.window.rmssd_ms})
    reason = "moving_mg" if _shaken(d) else d.reason
    return Text(f"why.none.{reason}", _silence_values(d))


def lines(d: Decision, verdict: str) -> list[Text]:
    """Tell a decision in the order of the drawer."""
    told = [why(d, verdict)]
    prompted = verdict == "prompted"
    if prompted and d.held and d.route is Route.BOTH:
        told.append(_why_rmssd(d))
    if prompted and d.needed_s < HOLD_S:
        told.append(Text("why.prompt.strong", {"hold_s": d.needed_s}))
    if verdict == "deferred":
        told.append(Text("why.deferred", {"max_min": _WAITS_MIN}))
    if d.usual is not None:
        known = {"still_min": d.usual.minutes, "days": d.usual.days}
        told.append(Text("why.known_from" if d.usual.days > 1 else "why.known_today", known))
    if d.still_s is not None and d.missing is None:
        told.append(Text("why.still", {"min": d.still_s // 60}))
    if d.missing is None:
        told.append(Text("why.signal", {"pct": round(100 * (1 - d.window.flagged))}))
    if prompted:
        told.append(Text("why.guess"))
    told.append(Text("why.rule", {"rule": d.rule, "version": d.rule_version}))
    return told


def offer(d: Decision) -> Text:
    """Give the sentence an offer is made with."""
    assert d.usual is not None
    if not d.held:  # it waited for a still moment; what led to it is minutes ago
        return Text("prompt.body.deferred")
    by = {Route.HEART_RATE: "hr", Route.RMSSD: "rmssd", Route.BOTH: "both"}
    route = d.route or Route.HEART_RATE
    band = d.usual.rmssd if route is Route.RMSSD else d.usual.heart_rate
    values = {
        "hr": d.window.hr_bpm,
        "rmssd": d.window.rmssd_ms,
        "low": band.low,
        "high": band.high,
    }
    return Text(f"prompt.body.{by[route]}", values)


def _why_prompt(d: Decision) -> Text:
    assert d.usual is not None
    assert d.window.hr_bpm is not None
    if d.route is Route.RMSSD:
        return _why_rmssd(d)
    median = d.usual.heart_rate.median
    values = {
        "hold_s": d.held_s,
        "hr": d.window.hr_bpm,
        "delta": _whole(d.window.hr_bpm) - _whole(median),
        "median": median,
    }
    return Text("why.prompt.hr", values)


def _why_rmssd(d: Decision) -> Text:
    assert d.usual is not None
    low, high = d.usual.rmssd.low, d.usual.rmssd.high
    values = {"hold_s": d.held_s, "rmssd": d.window.rmssd_ms, "low": low, "high": high}
    return Text("why.prompt.rmssd", values)


def _silence_values(d: Decision) -> dict[str, str | float | None]:
    """Fill what any of the sentences on silence asks for; each takes what it needs."""
    gate = {g.id: g for g in d.gates}
    name = {"moved_recently": "motion", "moving": "motion", "stationary_effort": "effort"}.get(
        d.reason, d.reason
    )
    name = "contact" if d.reason in ("silent_strap", "strap_off") else name
    name = "refractory" if d.reason.startswith("refractory") else name
    at = gate.get(name)
    value, needed = (at.value, at.needed) if at else (None, None)
    table: dict[str, dict[str, str | float | None]] = {
        "in_range": {"hr": d.window.hr_bpm, "rmssd": d.window.rmssd_ms},
        "short": {"s": d.held_s, "hold_s": d.needed_s},
        "moving": {"mg" if _shaken(d) else "steps": value},
        "moved_recently": {"min": value},
        "exertion": {"delta": value},
        "signal": {"pct": value, "needed_pct": needed},
        "silent_strap": {"s": value},
        "warmup": {"min": value, "needed_min": needed},
        "refractory": {"min": value},
        "refractory_answer": {"min": value},
        "refractory_control": {"min": value},
        "expired": {"max_min": _WAITS_MIN},
        "silent_control": {"pct": _SILENT_PERCENT},
        "budget": {"n": value, "max": needed},
        "snoozed": {"time": utc(d.t_ms + round(60_000 * (value or 0)))},
        "late": {"s": value},
    }
    return table.get(d.reason, {})


def _shaken(d: Decision) -> bool:
    """Say whether it was an accelerometer that told of moving, and not steps."""
    return d.reason == "moving" and any(g.id == "motion" and g.unit == "mg" for g in d.gates)


def _whole(number: float) -> int:
    """Round as it is shown, so that a difference agrees with what stands beside it."""
    return floor(number + 0.5)


def _gate(d: Decision, name: str) -> float | None:
    return next((gate.value for gate in d.gates if gate.id == name), None)
