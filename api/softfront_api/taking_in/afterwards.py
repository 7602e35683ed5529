"""What is decided of the past: the same as in the present, and nothing is offered."""

from collections.abc import Iterable
from dataclasses import replace

from softfront_signal.moments import Decision, Gate, State

HISTORY = "history"
"""Why no offer is made of a moment that is over."""


def afterwards(decision: Decision, stood: Iterable[Gate] = ()) -> Decision:
    """Give a silent mark its reason; `stood` is how the gates of tact stood at the time.

    Where everything would have allowed an offer, it is the past that keeps it back.
    """
    gates = tuple(stood)
    if decision.state is not State.CANDIDATE:
        return replace(decision, gates=decision.gates + gates) if gates else decision
    closed = next((gate for gate in gates if not gate.open), None)
    if closed is None:
        closed = Gate(HISTORY, False)
        gates += (closed,)
    return replace(decision, gates=decision.gates + gates, reason=closed.id)
