"""A rise that waits for a still moment."""

from collections.abc import Collection
from dataclasses import replace

from softfront_signal.moments import Decision, State

from .moment import Moment
from .state import Deferred

# What has not found its moment in a quarter of an hour is about something that is over.
DEFERRED_MS = 15 * 60_000
PASSING = frozenset({"motion", "in_pause", "quiet", "calendar", "with_patient"})
"""What passes by itself; anything else that is closed holds nothing for later."""
_WATCHING = (State.WATCH, State.CANDIDATE)
# A body that moves, or a strap that slips, says nothing against it; the next still moment may.
_UNSEEN = (State.MOVING, State.NO_SIGNAL)
_SHOWN = "armed"


def hold(
    item: Deferred | None, decision: Decision, closed: Collection[str], at: Moment
) -> Deferred | None:
    """Return what waits after this mark: as before, new, spent, or nothing.

    It goes with the watch it belongs to, and so one rise is held once. `closed` names the gates
    of tact.
    """
    if item is not None and not _goes_on(item, decision, at):
        item = None
    if item is None:
        return _new(decision, closed, at)
    if decision.state in _UNSEEN:
        item = replace(item, unseen=True)
    over = not item.spent and at.now_ms - item.t_ms > DEFERRED_MS
    return replace(item, spent=True) if over else item


def waits(item: Deferred | None) -> bool:
    """Say whether a rise waits for its moment."""
    return item is not None and not item.spent


def ripe(item: Deferred | None, decision: Decision) -> bool:
    """Say whether there is something to offer: a candidate, or what waited for a moment like this.

    What waited has shown already that it began at rest, and needs a second hold only where it was
    out of sight meanwhile; but the watch goes on, and every other gate of signal is open.
    """
    if decision.state is State.CANDIDATE:
        return True
    still_open = all(gate.open for gate in decision.gates if gate.id != _SHOWN)
    holds = decision.state is State.WATCH and still_open
    return waits(item) and holds and (decision.held or not (item and item.unseen))


def _goes_on(item: Deferred, decision: Decision, at: Moment) -> bool:
    same = item.session == at.session and item.shift_ms == at.shift_start_ms
    return same and decision.state in (*_WATCHING, *_UNSEEN)


def _new(decision: Decision, closed: Collection[str], at: Moment) -> Deferred | None:
    """Hold a rise back where only what passes by itself stands in its way."""
    shut = {*closed, *(gate.id for gate in decision.gates if not gate.open)}
    if not decision.held or decision.state not in _WATCHING or not shut or shut - PASSING:
        return None
    assert decision.route is not None
    rise_ms = decision.t_ms if decision.rise_ms is None else decision.rise_ms
    return Deferred(at.session, at.shift_start_ms, decision.t_ms, rise_ms, decision.route)
