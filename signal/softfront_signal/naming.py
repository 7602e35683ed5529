"""What a moment is called: its state, and the reason for silence or an offer."""

from .indicator import Departure
from .moments import Gate, Missing, State

_STATE_WITHOUT_NUMBER = {
    Missing.NO_LINK: State.OFF,
    Missing.STRAP_OFF: State.CONTACT,
    Missing.NO_INTERVALS: State.NO_SIGNAL,
    Missing.POOR_SIGNAL: State.NO_SIGNAL,
    Missing.IRREGULAR: State.NO_SIGNAL,
    Missing.MOVING: State.MOVING,
}
_REASON_WITHOUT_NUMBER = {
    Missing.NO_LINK: "silent_strap",
    Missing.STRAP_OFF: "strap_off",
    Missing.NO_INTERVALS: "no_intervals",
    Missing.POOR_SIGNAL: "signal",
    Missing.IRREGULAR: "irregular",
    Missing.MOVING: "moving",
}
_REASON_OF_GATE = {
    "warmup": "warmup",
    "learning": "learning",
    "motion": "moved_recently",
    "exertion": "exertion",
    "effort": "stationary_effort",
}


def state_of(missing: Missing | None, stood: tuple[Gate, ...], departure: Departure) -> State:
    """Name the state of a moment."""
    if missing is not None and not _just_on(missing, stood):
        return _STATE_WITHOUT_NUMBER[missing]
    if any(not gate.open and gate.id in ("warmup", "learning") for gate in stood):
        return State.WARMUP
    if departure.held and all(gate.open for gate in stood):
        return State.CANDIDATE
    return State.WATCH if departure.watching else State.READY


def reason_of(missing: Missing | None, stood: tuple[Gate, ...], departure: Departure) -> str:
    """Name the first thing that kept an offer back, or the indicator that led to one."""
    if missing is not None and not _just_on(missing, stood):
        return _REASON_WITHOUT_NUMBER[missing]
    closed = [gate.id for gate in stood if not gate.open]
    for gate in closed:
        if gate in ("warmup", "learning") or departure.route is not None:
            return _REASON_OF_GATE.get(gate, gate)
    if departure.route is None:
        return "in_range"
    return departure.route.value if departure.held else "short"


def _just_on(missing: Missing, stood: tuple[Gate, ...]) -> bool:
    """Say whether beats are few only because the strap has been on for less than a window."""
    warmup = next(gate for gate in stood if gate.id == "warmup")
    return missing is Missing.POOR_SIGNAL and warmup.value == 0
