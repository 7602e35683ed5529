"""What must be remembered, across restarts too, to keep silence where it is due."""

from dataclasses import dataclass

from softfront_signal.moments import Route, Wording


@dataclass(frozen=True, slots=True)
class Stamp:
    """A moment, by every clock that may be asked about it later."""

    session: str
    t_ms: int
    """On the session's clock, which never steps."""
    boot: str | None
    mono_ms: int
    lived_ms: int = 0
    """How long, by then, this program had been seen running in all its lives."""


@dataclass(frozen=True, slots=True)
class Given:
    """An offer that was made, by every clock that may be asked about it later."""

    session: str
    t_ms: int
    boot: str | None
    mono_ms: int
    wording: Wording
    lived_ms: int = 0
    shift_ms: int | None = None
    """The beginning of its shift; unknown of offers an earlier version made."""


@dataclass(frozen=True, slots=True)
class Later:
    """An offer put off: it may come back between two moments."""

    prompt_id: str
    from_ms: int
    until_ms: int


@dataclass(frozen=True, slots=True)
class Deferred:
    """A rise that was held when something passing stood in the way."""

    session: str
    shift_ms: int
    t_ms: int
    """The first such mark."""
    rise_ms: int
    route: Route
    unseen: bool = False
    """For a while nothing was seen of it: it has to hold anew."""
    spent: bool = False
    """Its time is over; it is kept so that the same rise does not begin anew."""


@dataclass(frozen=True, slots=True)
class Stood:
    """How things stood at the latest mark, and since when."""

    name: str
    since_ms: int
    mark_ms: int


@dataclass(frozen=True, slots=True)
class TactState:
    """All that is remembered."""

    given: tuple[Given, ...] = ()
    later: Later | None = None
    controls: tuple[Stamp, ...] = ()
    """Where chance chose silence."""
    dismissals: tuple[Stamp, ...] = ()
    """Where a person said not now, or that it was something else."""
    deferred: Deferred | None = None
    stood: Stood | None = None
    lived_ms: int = 0
    """How long this program has been seen running in all its lives, as last written down."""
