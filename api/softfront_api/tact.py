"""When to speak and when not: what becomes of a candidate."""

from dataclasses import dataclass, replace

from softfront_signal.moments import Decision, Gate, State, Wording

# The closest studies leave half an hour; a shift is long, and quiet is kind.
REFRACTORY_MS = 45 * 60_000
WEEK_MS = 7 * 24 * 3_600_000
MOST_PER_WEEK = 16
# "In 10 minutes" comes back once, within five minutes of its time, and only if it still holds.
LATER_MS, LATER_WITHIN_MS = 10 * 60_000, 5 * 60_000
GATES = ("paused", "late", "in_pause", "refractory", "budget", "quiet", "snoozed")
"""What is asked here at every mark, in this order."""

# An offer leaves by itself.
LIFETIME_MS = 90_000
# What arrives this late is history.
LATE_MS = 30_000


@dataclass(frozen=True, slots=True)
class Given:
    """An offer that was made, by every clock that may be asked about it later."""

    session: str
    t_ms: int
    boot: str | None
    mono_ms: int
    wording: Wording


@dataclass(frozen=True, slots=True)
class Later:
    """An offer put off: it may come back between two moments."""

    prompt_id: str
    from_ms: int
    until_ms: int


@dataclass(frozen=True, slots=True)
class TactState:
    """What must be remembered across restarts to keep silence where it is due."""

    given: tuple[Given, ...] = ()
    later: Later | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """What the person has set."""

    offers: bool = True
    max_per_shift: int = 4
    quiet_until_ms: int | None = None
    """The end of the quiet hours that hold now."""
    snoozed_until_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Moment:
    """When and where a candidate stands."""

    session: str
    now_ms: int
    """The mark, on the session's clock."""
    late_ms: int
    """How long ago the mark was when it could be decided; 0 in a replay."""
    boot: str | None
    mono_ms: int
    since_start_ms: int
    """How long this process has been watching."""
    shift_start_ms: int
    in_pause: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether to speak, and how each gate of this room stood."""

    speak: bool
    reason: str | None
    """The first closed gate, where there is a candidate and it stays silent."""
    gates: tuple[Gate, ...]
    again: str | None = None
    """The offer that comes back, where this is not a new one."""


def consider(decision: Decision, state: TactState, rules: Rules, at: Moment) -> Verdict:
    """Decide about one mark. Gates only ever hold back; none of them makes an offer."""
    stood = _gates(decision, state, rules, at)
    if decision.state is not State.CANDIDATE:
        return Verdict(False, None, stood)
    closed = [gate.id for gate in stood if not gate.open]
    again = _due(state.later, decision.t_ms)
    if again is not None:
        # It is the same offer, asked for by the person: only its own spacing is passed over.
        closed = [gate for gate in closed if gate not in ("refractory", "budget")]
    if closed:
        return Verdict(False, closed[0], stood)
    return Verdict(True, None, stood, again)


def given(state: TactState, decision: Decision, at: Moment) -> TactState:
    """Remember an offer; offers of more than a week ago are forgotten."""
    recent = tuple(g for g in state.given if 0 <= _apart_ms(g, at) < WEEK_MS)
    offer = Given(at.session, decision.t_ms, at.boot, at.mono_ms, decision.wording)
    return TactState((*recent, offer), None)


def put_off(state: TactState, prompt_id: str, now_ms: int) -> TactState:
    """Remember that an offer was asked to come back."""
    due = now_ms + LATER_MS
    return replace(state, later=Later(prompt_id, due, due + LATER_WITHIN_MS))


def given_again(state: TactState, decision: Decision, at: Moment) -> TactState:
    """Remember that an offer came back: it counts once, and the wait begins anew."""
    before = state.given[:-1]
    return given(TactState(before), decision, at)


def came_back(state: TactState) -> TactState:
    """Forget what was put off: it comes back once."""
    return replace(state, later=None)


def since_ms(offer: Given, at: Moment) -> int:
    """Return how long ago an offer was, by the best clock there is.

    Within a session its own clock tells; within one start of the machine the monotonic clock;
    else the wall clock, and if that has gone back, only the time this process has seen pass. A
    clock set forward between two starts of the machine is believed: nothing there could tell.
    """
    apart_ms = _apart_ms(offer, at)
    return apart_ms if apart_ms >= 0 else at.since_start_ms


def _apart_ms(offer: Given, at: Moment) -> int:
    """Ask the best clock there is; below 0 the wall clock has gone back, and nothing is known."""
    if offer.session != at.session and offer.boot is not None and offer.boot == at.boot:
        return at.mono_ms - offer.mono_ms
    return at.now_ms - offer.t_ms


def _gates(decision: Decision, state: TactState, rules: Rules, at: Moment) -> tuple[Gate, ...]:
    return (
        Gate("paused", rules.offers),
        Gate("late", at.late_ms <= LATE_MS, at.late_ms // 1000, LATE_MS // 1000, "s"),
        Gate("in_pause", not at.in_pause),
        _refractory(state, at),
        _budget(decision.wording, state, rules, at),
        Gate("quiet", rules.quiet_until_ms is None),
        _snoozed(rules, at),
    )


def _snoozed(rules: Rules, at: Moment) -> Gate:
    left_ms = (rules.snoozed_until_ms or 0) - at.now_ms
    return Gate("snoozed", left_ms <= 0, max(0, left_ms) / 60_000, None, "min")


def _refractory(state: TactState, at: Moment) -> Gate:
    needed = REFRACTORY_MS // 60_000
    if not state.given:
        return Gate("refractory", True, None, needed, "min")
    since = min(since_ms(offer, at) for offer in state.given)
    return Gate("refractory", since >= REFRACTORY_MS, since // 60_000, needed, "min")


def _budget(wording: Wording, state: TactState, rules: Rules, at: Moment) -> Gate:
    """Count this week's offers and this shift's; questions have half the budget of offers."""
    week = [g for g in state.given if 0 <= _apart_ms(g, at) < WEEK_MS]
    if len(week) >= MOST_PER_WEEK:
        return Gate("budget", False, len(week), MOST_PER_WEEK)
    shift = [g for g in week if _apart_ms(g, at) <= at.now_ms - at.shift_start_ms]
    asked = [g for g in shift if g.wording is Wording.CHECK_IN]
    most = rules.max_per_shift
    half = -(-most // 2)
    if wording is Wording.CHECK_IN and len(asked) >= half and len(shift) < most:
        return Gate("budget", False, len(asked), half)
    return Gate("budget", len(shift) < most, len(shift), most)


def _due(later: Later | None, t_ms: int) -> str | None:
    if later is None or not later.from_ms <= t_ms <= later.until_ms:
        return None
    return later.prompt_id
