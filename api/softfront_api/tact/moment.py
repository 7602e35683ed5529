"""When and where a mark stands: what was asked for, and by which clocks it is now."""

from dataclasses import dataclass, field

from .rhythm import Rhythm
from .state import Given, Stamp


@dataclass(frozen=True, slots=True)
class Rules:
    """What the person has asked for, as it holds at a moment."""

    offers: bool = True
    max_per_shift: int = 4
    quiet_until_ms: int | None = None
    """The end of the quiet hours that hold now."""
    snoozed_until_ms: int | None = None
    max_per_week: int = 16
    snoozed_shift_ms: int | None = None
    """Silence for as long as the shift goes on that holds this moment."""
    with_until_ms: int | None = None
    """With someone, until then at the latest."""
    calendar_until_ms: int | None = None
    """The end of the stretch in which the calendar is taken now."""


@dataclass(frozen=True, slots=True)
class Moment:
    """One mark's place in time."""

    session: str
    now_ms: int
    """The mark, on the session's clock."""
    late_ms: int
    """How long ago the mark was when it could be decided; 0 in a replay."""
    boot: str | None
    mono_ms: int
    lived_ms: int
    """How long this program has been seen running in all its lives."""
    shift_start_ms: int
    in_pause: bool
    rhythm: Rhythm = field(default_factory=Rhythm)
    draw: float | None = None
    """What chance says, 0…1; `None` where nobody asked to compare."""

    def stamp(self) -> Stamp:
        """Write this moment down by every clock."""
        return Stamp(self.session, self.now_ms, self.boot, self.mono_ms, self.lived_ms)


def known_ms(past: Stamp | Given, at: Moment) -> int | None:
    """Return how long ago something was by a clock that cannot be set; `None` where none knows.

    Within a session its own clock tells, within one start of the machine the monotonic one.
    """
    if past.session == at.session:
        return max(0, at.now_ms - past.t_ms)
    if past.boot is not None and past.boot == at.boot:
        return max(0, at.mono_ms - past.mono_ms)
    return None


def since_ms(past: Stamp | Given, at: Moment) -> int:
    """Return how long ago something was at least.

    Where no clock knows, only the time counts that this program has seen pass: a wall clock that
    is set, forward or back, between two starts of the machine shortens nothing.
    """
    known = known_ms(past, at)
    return max(0, at.lived_ms - past.lived_ms) if known is None else known


def ago_ms(past: Stamp | Given, at: Moment) -> int:
    """Return how long ago something was, as a calendar counts: the wall clock is believed.

    What this program has seen pass is the least.
    """
    known = known_ms(past, at)
    if known is not None:
        return known
    return max(0, at.now_ms - past.t_ms, at.lived_ms - past.lived_ms)
