"""What must be true before an offer may be made; a closed gate can only hold back."""

from dataclasses import dataclass

from .moments import LIVE, Gate, Missing, Moved, Needs, Stillness, Usual, Window
from .motion import STILL_MG, STILL_STEPS

_FLAGGED_ALLOWED = 0.1
# Beats come in plenty and are not to be trusted: that is the rhythm, not the strap.
_FLAGGED_IRREGULAR = 0.25
# No beat for ten seconds is no heart but lost skin.
BEAT_S = 10
# Still now and nothing like a walk for ten minutes: prompts per hour fell from 4.6 to 0.95.
MOTION_MEMORY_S = 10 * 60
# Hearts settle within minutes of a walk; what is learnt as still begins after five.
SHADOW_S = 5 * 60
# A rise beyond this is exertion (98 % of jogging, 3 % of mental arithmetic).
EXERTION_BPM = 30.0
# "I was moving" or "something else" closes the door for as long as a walk would.
EFFORT_MS = 10 * 60_000


@dataclass(frozen=True, slots=True)
class Situation:
    """All that the gates look at, at one mark."""

    t_ms: int
    window: Window
    missing: Missing | None
    usual: Usual | None
    moved: Moved
    worn_s: int
    reaches_back_s: int
    effort_until_ms: int | None
    since_beat_s: int | None = None
    armed: bool = True
    """The body was inside its usual, at rest, before it went outside."""
    needs: Needs = LIVE


def gates(s: Situation) -> tuple[Gate, ...]:
    """Return every gate of this wing, open or closed, in the order they are told."""
    return (
        _contact(s),
        _signal(s.window, s.missing, s.needs),
        Gate("irregular", s.missing is not Missing.IRREGULAR),
        _warmup(s),
        _learning(s),
        _motion(s),
        # A rise that began on the move, or in its shadow, tells of that; it has to begin at rest.
        Gate("armed", s.armed),
        _exertion(s),
        Gate("effort", s.effort_until_ms is None or s.t_ms >= s.effort_until_ms),
    )


def signal_missing(window: Window, needs: Needs) -> Missing | None:
    """Say why a worn strap's window gives no number, if it gives none."""
    if _clear(window, needs) and window.hr_bpm is not None:
        return None
    seen = window.coverage / (1 - window.flagged) if window.valid else 0.0
    irregular = window.flagged >= _FLAGGED_IRREGULAR and seen >= needs.coverage
    return Missing.IRREGULAR if irregular else Missing.POOR_SIGNAL


def rested(moved: Moved) -> bool:
    """Say whether the body does not move, as far as is known, and has not walked for long."""
    walked = moved.since_walk_s is not None and moved.since_walk_s < MOTION_MEMORY_S
    return moved.stillness is not Stillness.MOVING and not walked


def settled(moved: Moved) -> bool:
    """Say whether a body is still and a walk's echo has faded, as far as that is known."""
    faded = moved.since_walk_s is None or moved.since_walk_s >= SHADOW_S
    return moved.stillness is not Stillness.MOVING and faded


def _clear(window: Window, needs: Needs) -> bool:
    return window.coverage >= needs.coverage and window.flagged <= _FLAGGED_ALLOWED


def _contact(s: Situation) -> Gate:
    on = s.missing not in (Missing.NO_LINK, Missing.STRAP_OFF)
    return Gate("contact", on, s.since_beat_s, BEAT_S, "s")


def _signal(window: Window, missing: Missing | None, needs: Needs) -> Gate:
    """Tell the share of the time that could be read or, where that suffices, of the beats."""
    needed = 100 * needs.coverage
    if missing is Missing.POOR_SIGNAL and _clear(window, needs):
        # Beats in plenty, and the strap is known to make them up: none of them counts.
        return Gate("signal", False, 0.0, needed, "%")
    if window.coverage >= needs.coverage and not _clear(window, needs):
        trusted = 100 * (1 - window.flagged)
        return Gate("signal", False, trusted, 100 * (1 - _FLAGGED_ALLOWED), "%")
    return Gate("signal", _clear(window, needs), 100 * window.coverage, needed, "%")


def _warmup(s: Situation) -> Gate:
    needed_s = s.needs.warmup_s
    return Gate("warmup", s.worn_s >= needed_s, s.worn_s // 60, needed_s // 60, "min")


def _learning(s: Situation) -> Gate:
    needed_s = s.needs.learning_s
    long_enough = s.reaches_back_s >= needed_s
    learnt = s.usual is not None and long_enough
    # After half an hour with too few still minutes no number says how long it will take.
    minutes = None if long_enough and not learnt else s.reaches_back_s // 60
    return Gate("learning", learnt, minutes, needed_s // 60, "min")


def _motion(s: Situation) -> Gate:
    """Close while moving and after a walk; where nothing is known, leave room for a question."""
    if not s.needs.motion:
        return Gate("motion", True)
    if s.moved.stillness is Stillness.MOVING:
        return _moving(s.moved)
    since_s = s.moved.since_walk_s
    minutes = None if since_s is None else since_s // 60
    return Gate("motion", rested(s.moved), minutes, MOTION_MEMORY_S // 60, "min")


def _moving(moved: Moved) -> Gate:
    """Tell the number that says so: steps, which are easier to picture, or else the shaking."""
    steps, mg = moved.steps_per_min, moved.move_mg
    if mg is not None and (steps is None or steps <= STILL_STEPS):
        return Gate("motion", False, mg, STILL_MG, "mg")
    return Gate("motion", False, steps, STILL_STEPS, "steps/min")


def _exertion(s: Situation) -> Gate:
    """Where movement is unknown, a far rise is taken for effort."""
    if s.usual is None or s.window.hr_bpm is None or s.moved.stillness is not Stillness.UNKNOWN:
        return Gate("exertion", True, None, EXERTION_BPM, "bpm")
    rise = s.window.hr_bpm - s.usual.heart_rate.median
    return Gate("exertion", rise <= EXERTION_BPM, rise, EXERTION_BPM, "bpm")
