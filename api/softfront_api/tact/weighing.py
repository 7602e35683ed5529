"""When to speak and when not: what becomes of a mark."""

from dataclasses import dataclass

from softfront_signal.moments import Decision, Gate, State

from .chance import OFFERED
from .gates import OWN_SPACING, gates, snoozed_shift
from .holding import DEFERRED_MS, hold, ripe, waits
from .moment import Moment, Rules
from .spacing import Wait, wait
from .state import Deferred, Later, TactState

_STANCES = {"with_patient": "with_someone", "budget_spread": "budget"}
"""Where a gate gives another name to how things stand than its own."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a mark, and how each gate of this room stood."""

    name: str
    """`silent`, `prompted`, `silent_control` or `deferred`."""
    gates: tuple[Gate, ...]
    stance: str
    """The first that holds: what became of the mark, what is closed, what waits, `free`."""
    reason: str | None = None
    """Why it stays silent, where more is to be said of that than the signal does."""
    until_ms: int | None = None
    """When this stance ends at the latest, where that is known."""
    again: str | None = None
    """The offer that comes back, where this is not a new one."""
    item: Deferred | None = None
    """What waits after this mark."""
    hidden: bool = False
    """Chance chose silence, and telling it now would spoil the comparison."""

    @property
    def speak(self) -> bool:
        """Say whether an offer is made."""
        return self.name == "prompted"


def consider(decision: Decision, state: TactState, rules: Rules, at: Moment) -> Verdict:
    """Decide about one mark. Gates only ever hold back; none of them makes an offer."""
    waited = wait(state, at)
    stood = gates(decision.wording, state, rules, at, waited)
    closed = [gate.id for gate in stood if not gate.open]
    item = hold(state.deferred, decision, closed, at)
    again = _due(state.later, decision)
    barred = [gate for gate in closed if gate not in OWN_SPACING] if again else closed
    if barred or not ripe(item, decision):
        return _silent(decision, state, rules, at, _Stands(stood, closed, item, waited))
    if again is None and at.draw is not None and at.draw >= OFFERED:
        return Verdict("silent_control", stood, "silent_control", "silent_control", hidden=True)
    return Verdict("prompted", stood, "prompted", again=again)


@dataclass(frozen=True, slots=True)
class _Stands:
    gates: tuple[Gate, ...]
    closed: list[str]
    item: Deferred | None
    waited: Wait | None


def _silent(decision: Decision, state: TactState, rules: Rules, at: Moment, it: _Stands) -> Verdict:
    """Name a silence. Of several closed gates the first is told; what waits comes after them."""
    first = it.closed[0] if it.closed else None
    waiting = waits(it.item)
    stance = _STANCES.get(first, first) if first else "deferred" if waiting else "free"
    reason = None
    if it.item is not None and it.item.spent and waits(state.deferred):
        reason = "expired"
    elif first is not None and ripe(it.item, decision):
        reason = _reason(first, rules, at, it.waited)
    return Verdict(
        "deferred" if waiting else "silent",
        it.gates,
        stance,
        reason,
        _until_ms(stance, rules, at, it),
        item=it.item,
        hidden=stance == "refractory" and it.waited is not None and it.waited.kind == "control",
    )


def _reason(gate: str, rules: Rules, at: Moment, waited: Wait | None) -> str:
    """Name the reason more closely than its gate does, where there are several behind it."""
    if gate == "snoozed" and snoozed_shift(rules, at):
        return "snoozed_shift"
    if gate == "refractory" and waited is not None:
        if not waited.known:
            return "refractory_unsure"
        return gate if waited.kind == "prompt" else f"refractory_{waited.kind}"
    return gate


def _until_ms(stance: str, rules: Rules, at: Moment, it: _Stands) -> int | None:
    """Say when a stance ends at the latest, where that is known."""
    ends = {
        "snoozed": None if snoozed_shift(rules, at) else rules.snoozed_until_ms,
        "with_someone": rules.with_until_ms,
        "calendar": rules.calendar_until_ms,
        "quiet": rules.quiet_until_ms,
        "refractory": at.now_ms + it.waited.left_ms if it.waited else None,
        "deferred": it.item.t_ms + DEFERRED_MS if it.item else None,
    }
    return ends.get(stance)


def _due(later: Later | None, decision: Decision) -> str | None:
    """Name the offer that was put off and may come back now: only if it still holds."""
    if later is None or decision.state is not State.CANDIDATE:
        return None
    return later.prompt_id if later.from_ms <= decision.t_ms <= later.until_ms else None
