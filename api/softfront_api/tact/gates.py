"""What is asked at every mark before anything is offered; a closed gate only holds back."""

from softfront_signal.moments import Gate, Wording

from .moment import Moment, Rules
from .spacing import Wait, budget, refractory, spread
from .state import TactState

GATES = (
    "paused",
    "snoozed",
    "with_patient",
    "calendar",
    "quiet",
    "in_pause",
    "late",
    "refractory",
    "budget",
    "budget_spread",
)
"""In this order: first what the person has asked for, then what the moment is, then spacing.

Where several are closed, the first is the reason that is told.
"""
REASONS = frozenset(GATES) | {
    *("snoozed_shift", "refractory_answer", "refractory_control", "refractory_unsure"),
    *("expired", "silent_control"),
}
"""Every reason this room gives: its gates and, more closely, what is behind them."""
OWN_SPACING = ("refractory", "budget", "budget_spread")
"""What an offer that was put off passes over: it is the same offer, asked for by the person."""

# What arrived so long ago is history.
LATE_MS = 30_000
# By so much a message may seem to come before it was sent; beyond, some clock is wrong.
_AHEAD_MS = 2_000


def gates(
    wording: Wording, state: TactState, rules: Rules, at: Moment, waited: Wait | None
) -> tuple[Gate, ...]:
    """Return every gate of this room, open or closed, in the order of `GATES`."""
    return (
        Gate("paused", rules.offers),
        _snoozed(rules, at),
        _until("with_patient", rules.with_until_ms, at),
        _until("calendar", rules.calendar_until_ms, at),
        Gate("quiet", rules.quiet_until_ms is None),
        Gate("in_pause", not at.in_pause),
        _late(at),
        refractory(waited),
        budget(wording, state, rules, at),
        spread(state, rules, at),
    )


def snoozed_shift(rules: Rules, at: Moment) -> bool:
    """Say whether silence was asked for in the shift that goes on; a new shift ends it."""
    return rules.snoozed_shift_ms is not None and at.shift_start_ms <= rules.snoozed_shift_ms


def _snoozed(rules: Rules, at: Moment) -> Gate:
    if snoozed_shift(rules, at):
        return Gate("snoozed", False, None, None, "min")
    return _until("snoozed", rules.snoozed_until_ms, at)


def _late(at: Moment) -> Gate:
    in_time = -_AHEAD_MS <= at.late_ms <= LATE_MS
    return Gate("late", in_time, at.late_ms // 1000, LATE_MS // 1000, "s")


def _until(name: str, until_ms: int | None, at: Moment) -> Gate:
    left_ms = (until_ms or 0) - at.now_ms
    return Gate(name, left_ms <= 0, max(0, left_ms) / 60_000, None, "min")
