"""How far apart offers lie, and how many there are."""

from dataclasses import dataclass

from softfront_signal.moments import Gate, Wording

from .moment import Moment, Rules, ago_ms, known_ms, since_ms
from .rhythm import WEEK_MS, Rhythm
from .state import Given, Stamp, TactState

# The closest studies leave half an hour; a shift is long, and quiet is kind.
REFRACTORY_MS = 45 * 60_000
# After a silence by chance, or a no, the studies' half hour is more than is needed: nobody was
# taken up by it, and a new rise is a new moment.
CONTROL_MS = DISMISSED_MS = 20 * 60_000
_MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True)
class Wait:
    """What the next offer has to wait for."""

    kind: str
    """`prompt`, `answer` or `control`."""
    since_ms: int
    needed_ms: int
    known: bool
    """A clock tells how long ago it was; else only the least is sure."""

    @property
    def left_ms(self) -> int:
        """How long it goes on."""
        return max(0, self.needed_ms - self.since_ms)


def wait(state: TactState, at: Moment) -> Wait | None:
    """Return the wait that ends last, over or not; `None` where nothing has been."""
    waits = [
        *(_wait("prompt", it, REFRACTORY_MS, at) for it in state.given),
        *(_wait("answer", it, DISMISSED_MS, at) for it in state.dismissals),
        *(_wait("control", it, CONTROL_MS, at) for it in state.controls),
    ]
    return max(waits, key=lambda it: it.needed_ms - it.since_ms, default=None)


def refractory(waited: Wait | None) -> Gate:
    """Say whether enough time has passed since the last offer, and since a no."""
    if waited is None:
        return Gate("refractory", True, None, REFRACTORY_MS // _MINUTE_MS, "min")
    minutes = waited.since_ms // _MINUTE_MS if waited.known else None
    needed = waited.needed_ms // _MINUTE_MS
    return Gate("refractory", waited.left_ms == 0, minutes, needed, "min")


def budget(wording: Wording, state: TactState, rules: Rules, at: Moment) -> Gate:
    """Count this week's offers and this shift's; questions have half the budget of offers."""
    week = [g for g in state.given if ago_ms(g, at) < WEEK_MS]
    if len(week) >= rules.max_per_week:
        return Gate("budget", False, len(week), rules.max_per_week)
    shift, most = of_shift(state, at), most_per_shift(rules, at.rhythm)
    asked = [g for g in shift if g.wording is Wording.CHECK_IN]
    half = -(-most // 2)
    if wording is Wording.CHECK_IN and len(asked) >= half and len(shift) < most:
        return Gate("budget", False, len(asked), half)
    return Gate("budget", len(shift) < most, len(shift), most)


def spread(state: TactState, rules: Rules, at: Moment) -> Gate:
    """Keep offers back for later in the shift, by how much room a shift usually leaves."""
    n, most = len(of_shift(state, at)), most_per_shift(rules, at.rhythm)
    needed_ms = n * at.rhythm.usual_eligible_ms / most if most else 0.0
    so_far_ms = at.rhythm.eligible_ms_so_far
    minutes = so_far_ms // _MINUTE_MS
    return Gate("budget_spread", so_far_ms >= needed_ms, minutes, needed_ms / _MINUTE_MS, "min")


def most_per_shift(rules: Rules, rhythm: Rhythm) -> int:
    """Share the week's budget among as many shifts as a week usually has."""
    if not rules.max_per_week or not rules.max_per_shift or rhythm.shifts_per_week is None:
        return min(rules.max_per_shift, rules.max_per_week)
    share = rules.max_per_week // max(1, round(rhythm.shifts_per_week))
    return max(1, min(rules.max_per_shift, share))


def of_shift(state: TactState, at: Moment) -> tuple[Given, ...]:
    """Return the offers of the shift that goes on; which shift it was is known without a clock."""
    age_ms = at.now_ms - at.shift_start_ms
    return tuple(
        g
        for g in state.given
        if g.shift_ms == at.shift_start_ms or (g.shift_ms is None and ago_ms(g, at) <= age_ms)
    )


def _wait(kind: str, past: Stamp | Given, needed_ms: int, at: Moment) -> Wait:
    return Wait(kind, since_ms(past, at), needed_ms, known_ms(past, at) is not None)
