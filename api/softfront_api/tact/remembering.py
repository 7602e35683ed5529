"""What each mark, offer and answer leaves to be remembered."""

from dataclasses import replace

from softfront_signal.moments import MARK_MS, Decision

from .moment import Moment, ago_ms, since_ms
from .rhythm import WEEK_MS
from .spacing import CONTROL_MS, DISMISSED_MS, REFRACTORY_MS
from .state import Given, Later, Stamp, Stood, TactState
from .weighing import Verdict

# "In 10 minutes" comes back once, within five minutes of its time, and only if it still holds.
LATER_MS, LATER_WITHIN_MS = 10 * 60_000, 5 * 60_000
# An offer leaves by itself.
LIFETIME_MS = 90_000


def settle(state: TactState, decision: Decision, verdict: Verdict, at: Moment) -> TactState:
    """Remember what became of a mark; what no longer bears on anything is forgotten."""
    state = replace(
        state,
        controls=_within(state.controls, CONTROL_MS, at),
        dismissals=_within(state.dismissals, DISMISSED_MS, at),
        deferred=verdict.item,
        stood=_stand(state.stood, verdict.stance, decision.t_ms),
        lived_ms=at.lived_ms,
    )
    if verdict.name == "silent_control":
        return replace(state, controls=(*state.controls, at.stamp()))
    if not verdict.speak:
        return state
    return given(state, decision, at) if verdict.again is None else given_again(state, decision, at)


def begin_shift(state: TactState, start_ms: int) -> TactState:
    """Remember that a shift begins; offers whose shift lies ahead were made in this one.

    The clock was set back between two programs: to begin anew would be a way round the budget.
    """
    ours = tuple(
        replace(g, shift_ms=start_ms) if g.shift_ms is not None and g.shift_ms > start_ms else g
        for g in state.given
    )
    return replace(state, given=ours)


def given(state: TactState, decision: Decision, at: Moment) -> TactState:
    """Remember an offer; offers of more than a week ago are forgotten."""
    recent = tuple(
        g for g in state.given if ago_ms(g, at) < WEEK_MS or since_ms(g, at) < REFRACTORY_MS
    )
    offer = Given(
        at.session,
        decision.t_ms,
        at.boot,
        at.mono_ms,
        decision.wording,
        at.lived_ms,
        at.shift_start_ms,
    )
    return replace(state, given=(*recent, offer), later=None)


def given_again(state: TactState, decision: Decision, at: Moment) -> TactState:
    """Remember that an offer came back: it counts once, and the wait begins anew."""
    return given(replace(state, given=state.given[:-1]), decision, at)


def put_off(state: TactState, prompt_id: str, now_ms: int) -> TactState:
    """Remember that an offer was asked to come back."""
    due = now_ms + LATER_MS
    return replace(state, later=Later(prompt_id, due, due + LATER_WITHIN_MS))


def came_back(state: TactState) -> TactState:
    """Forget what was put off: it comes back once."""
    return replace(state, later=None)


def dismissed(state: TactState, stamp: Stamp) -> TactState:
    """Remember that a person said not now, or that it was something else."""
    return replace(state, dismissals=(*state.dismissals, stamp), lived_ms=stamp.lived_ms)


def _within(past: tuple[Stamp, ...], needed_ms: int, at: Moment) -> tuple[Stamp, ...]:
    return tuple(it for it in past if since_ms(it, at) < needed_ms)


def _stand(before: Stood | None, name: str, t_ms: int) -> Stood:
    """Say since when a stance has held; where marks are missing it begins anew."""
    follows = before is not None and before.name == name and t_ms - before.mark_ms == MARK_MS
    return Stood(name, before.since_ms if follows and before else t_ms, t_ms)
