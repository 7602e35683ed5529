"""What leaves this wing: the values of one moment, frozen."""

from dataclasses import dataclass
from enum import Enum

MARK_MS = 5_000
"""A decision is made so often."""


class State(Enum):
    """Where the monitor stands. What becomes of a candidate is not decided in this wing."""

    OFF = "off"
    """No packet yet, or none for long."""
    CONTACT = "contact"
    """Packets come; the strap says it does not touch skin, or no beat has come."""
    WARMUP = "warmup"
    """On skin too short a time, or the usual range is not known well enough."""
    READY = "ready"
    WATCH = "watch"
    """Outside the usual, not yet for long enough or not allowed to count."""
    CANDIDATE = "candidate"
    """Outside the usual for long enough, with every gate of this wing open."""
    NO_SIGNAL = "no_signal"
    MOVING = "moving"


class Missing(Enum):
    """Why no number can be given for a window."""

    NO_LINK = "no_link"
    STRAP_OFF = "strap_off"
    NO_INTERVALS = "no_intervals"
    """The strap tells a heart rate and never an interval: of variability nothing can be said."""
    POOR_SIGNAL = "poor_signal"
    IRREGULAR = "irregular"
    """Beats come in, and their rhythm makes the measure unusable."""
    MOVING = "moving"


class Stillness(Enum):
    """What is known of movement."""

    STILL = "still"
    MOVING = "moving"
    UNKNOWN = "unknown"
    """Nothing reports movement: a state of its own, neither still nor moving."""


class Movement(Enum):
    """How much a body moves, more finely than `Stillness`: light and active are moving."""

    STILL = "still"
    LIGHT = "light"
    ACTIVE = "active"
    """A walk, or what shakes as much; only this is remembered for minutes."""
    UNKNOWN = "unknown"


class Route(Enum):
    """By which indicator the usual range was left."""

    HEART_RATE = "heart_rate"
    RMSSD = "rmssd"
    BOTH = "both"


class Rule(Enum):
    """By what an offer may open; each against this person's own usual."""

    COMBINED = "combined"
    """Heart rate above, or RMSSD below at a flat heart rate."""
    HRV = "hrv"
    """RMSSD below, and nothing else: the literal reading of "when HRV drops"."""
    HEART_RATE = "heart-rate"
    """Heart rate above, and nothing else."""


PERCENTILES = (90, 95, 98)
"""How far out a departure may be asked to lie among this person's own."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What a wearer has chosen of the rule; all else about it is fixed."""

    rule: Rule = Rule.COMBINED
    percentile: int = 95


UNCHOSEN = Choice()


@dataclass(frozen=True, slots=True)
class Needs:
    """What is asked of a recording before anything is said of it: a live strap's, by default."""

    coverage: float = 0.8
    """Refusing poor signal lifts a detector from AUC 0.69 to 0.82; straps manage 80 % easily."""
    differences: int = 20
    """Below this a number says more about the gaps than about the heart."""
    minutes: int = 20
    """A tenth percentile of fewer than 20 values is a single minute's whim."""
    warmup_s: int = 5 * 60
    """For pads to grow wet and a body to sit down."""
    learning_s: int = 30 * 60
    """On a first day there is nothing to compare with; half an hour is the least that is honest."""
    motion: bool = True
    """Without it, movement is heard and closes nothing: to see what the gate is worth."""


LIVE = Needs()


class Wording(Enum):
    """How an offer may be put."""

    PLAIN = "plain"
    CHECK_IN = "checkin"
    """Movement is unknown, so the offer begins with a question."""


class Answer(Enum):
    """What a person said to an offer."""

    START = "start"
    LATER = "later"
    NOT_NOW = "not_now"
    OTHER_CAUSE = "other_cause"
    WAS_MOVING = "was_moving"


@dataclass(frozen=True, slots=True)
class Window:
    """The 60 s that end at a mark, counted over NN intervals only."""

    t_ms: int
    """The mark. Unix milliseconds on the session's clock."""
    hr_bpm: float | None
    """Where there are no intervals at all, the strap's own."""
    rmssd_ms: float | None
    beats: int
    """RR intervals that ended in the window."""
    valid: int
    """Those of them that are NN intervals."""
    differences: int
    """Pairs of adjacent NN intervals, the n of RMSSD."""
    coverage: float
    """Share of the 60 s that NN intervals cover, 0…1."""
    flagged: float
    """Share of the intervals that are artefacts, 0…1."""
    ln_rmssd_se: float | None = None
    """Standard error of ln RMSSD: 95 times in 100 this heart's own lies within 1.96 of it."""


@dataclass(frozen=True, slots=True)
class Moved:
    """What is known of movement at a mark."""

    stillness: Stillness
    still_s: int | None = None
    """How long still, where that is known."""
    since_walk_s: int | None = None
    """`None` where a walk was never told."""
    steps_per_min: int | None = None
    move_mg: int | None = None
    amount: float | None = None
    """How much in the last minute: ln(1 + mg / 10), or of steps, where there are only those."""


@dataclass(frozen=True, slots=True)
class Soothing:
    """The soothing-system proxy over five still minutes, and what it is made of."""

    index: float
    """Mean of ln(RSA amplitude / mean NN) and ln(RMSSD / mean NN)."""
    se: float
    """Its standard error."""
    rsa_ms: float
    """Amplitude of the NN intervals' swing at the wearer's own breathing peak."""
    breathing_hz: float


@dataclass(frozen=True, slots=True)
class Band:
    """10th to 90th percentile, and median, of this person's own still minutes."""

    low: float
    high: float
    median: float


@dataclass(frozen=True, slots=True)
class Usual:
    """What is usual for this person, still, at this hour."""

    heart_rate: Band
    rmssd: Band
    hr_spread_bpm: float
    """Robust standard deviation, at least 3 bpm."""
    ln_rmssd_median: float
    ln_rmssd_spread: float
    """Robust standard deviation of ln RMSSD, at least 0.15."""
    theta_hr: float
    theta_rmssd: float
    """Above these departures (in spreads) a window counts as outside: an own percentile of them."""
    minutes: int
    """Still minutes behind it."""
    days: int
    hourly: bool
    """Made from this hour of the day (and its neighbours), not from the whole day."""
    soothing: Band | None = None
    """Of the index of the soothing-system proxy; `None` below 20 still minutes that have one."""
    moved: float | None = None
    """How much the body moves in these minutes, as `Moved.amount`; where that is known …"""
    slope_bpm: float = 0.0
    """… by how much more the heart beats where it moves one more."""

    mean_bpm: float | None = None
    """Mean heart rate of the middle four fifths of these minutes."""

    def expected_bpm(self, amount: float | None) -> float:
        """Say which heart rate is usual with so much movement, still as it may be."""
        expected = self.heart_rate.median if self.mean_bpm is None else self.mean_bpm
        if amount is None or self.moved is None:
            return expected
        return expected + self.slope_bpm * (amount - self.moved)


@dataclass(frozen=True, slots=True)
class Gate:
    """One condition for an offer, and how it stood. A closed gate only ever holds an offer back."""

    id: str
    open: bool
    value: float | None = None
    needed: float | None = None
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What was thought at one 5-s mark, silent marks included."""

    t_ms: int
    state: State
    since_ms: int
    """The first mark of this state."""
    reason: str
    """A key of the texts `why.none.*` or `why.prompt.*`, without that prefix."""
    window: Window
    missing: Missing | None
    stillness: Stillness
    still_s: int | None
    """How long still, where that is known."""
    usual: Usual | None
    learnt_percent: int
    """How far learning has come, 0…100."""
    z_hr: float | None
    """Heart rate above the usual median, in spreads."""
    z_rmssd: float | None
    """ln RMSSD below its usual median, in spreads."""
    route: Route | None
    held_s: int
    """How long outside, without a break."""
    needed_s: int
    """How long it takes to count; less where the change is clear."""
    rise_ms: int | None
    """The first mark outside of this stretch."""
    wording: Wording
    gates: tuple[Gate, ...]
    rule: str
    percentile: int
    """How far out among this person's own departures it had to be."""
    rule_version: str
    eligible: bool = False
    """Every gate of this wing was open: an offer would have been allowed, had there been reason."""
    moved: float | None = None
    """How much the body moved in the last minute, as `Moved.amount`."""
    learnt_ms: int | None = None
    """The mark of the still minute that entered the person's usual range now, two minutes old."""
    soothing: Soothing | None = None
    """Where the body has been still for long enough, and breathing shows in the beats."""

    @property
    def held(self) -> bool:
        """Say whether it has been outside for long enough."""
        return self.route is not None and self.held_s >= self.needed_s
