"""One moment: now, a decision, an offer, the strap."""

from typing import Literal, TypeAlias

from pydantic import TypeAdapter

from ..diary import Stance as StoredStance
from ..diary import StoredDecision, StoredPrompt
from ..reasons import lines, utc, why
from .common import Band, Gate, Metric, Out, TextOut, Values, metrics
from .practices import InvitationOut
from .proxy import Proxy

Became: TypeAlias = Literal["silent", "prompted", "silent_control", "deferred"]
_VERDICT: TypeAdapter[Became] = TypeAdapter(Became)


class Measured(Out):
    """The two numbers an offer rests on."""

    hr_bpm: float | None
    rmssd_ms: float | None


class MeasuredBands(Out):
    """Their bands."""

    hr_bpm: Band
    rmssd_ms: Band


class Reason(Out):
    """Why an offer was made."""

    id: str
    values: Values
    value: Measured
    band: MeasuredBands
    hold_s: int
    gates: list[Gate]
    rule: str
    rule_version: str
    decision: str


class Prompt(Out):
    """An offer, and what was answered."""

    id: str
    at: str
    expires_at: str
    wording: Literal["plain", "checkin"]
    status: Literal[
        "offered", "started", "later", "not_now", "other_cause", "was_moving", "expired"
    ]
    again_at: str | None
    reason: Reason

    @classmethod
    def of(cls, stored: StoredPrompt) -> "Prompt":
        """Tell a stored offer."""
        return cls.model_validate(
            {
                "id": stored.id,
                "at": utc(stored.t_ms),
                "expires_at": utc(stored.expires_ms),
                "wording": stored.wording.value,
                "status": stored.status,
                "again_at": None if stored.again_ms is None else utc(stored.again_ms),
                "reason": stored.reason,
            }
        )


class Ack(Out):
    """What is said back to an answer."""

    prompt: Prompt
    ack: TextOut | None


class BeatsUsed(Out):
    """What a window's numbers were counted from."""

    used: int
    of: int
    coverage: float


class Stance(Out):
    """How offers stand: free, or what keeps them back, with its beginning and its end."""

    name: str
    since: str | None
    until: str | None
    """When it ends at the latest, where that is known."""

    @classmethod
    def of(cls, stored: StoredStance | None, until_ms: int | None = None) -> "Stance | None":
        """Tell a stored stance; marks of an earlier version have none."""
        if stored is None:
            return None
        until = None if until_ms is None else utc(until_ms)
        return cls(name=stored.name, since=utc(stored.since_ms), until=until)


class DecisionOut(Out):
    """What was thought at one mark, and why."""

    id: str
    at: str
    state: str
    since: str
    """Since when it has been so."""
    verdict: Became
    stance: "Stance | None"
    prompt: str | None
    reason: TextOut
    lines: list[TextOut]
    heart_rate: Metric
    rmssd: Metric
    held_s: int
    needed_s: int
    gates: list[Gate]
    beats: BeatsUsed
    rule: str
    percentile: int
    rule_version: str
    demo: bool

    @classmethod
    def of(cls, stored: StoredDecision) -> "DecisionOut":
        """Tell a stored decision."""
        d = stored.decision
        rate, variation = metrics(d)
        return cls(
            id=stored.id,
            at=utc(d.t_ms),
            state=d.state.value,
            since=utc(d.since_ms),
            verdict=_VERDICT.validate_python(stored.verdict),
            stance=Stance.of(stored.stance),
            prompt=stored.prompt_id,
            reason=TextOut.of(why(d, stored.verdict)),
            lines=[TextOut.of(line) for line in lines(d, stored.verdict)],
            heart_rate=rate,
            rmssd=variation,
            held_s=d.held_s,
            needed_s=d.needed_s,
            gates=[Gate.model_validate(gate) for gate in d.gates],
            beats=BeatsUsed(used=d.window.valid, of=d.window.beats, coverage=d.window.coverage),
            rule=d.rule,
            percentile=d.percentile,
            rule_version=d.rule_version,
            demo=stored.demo,
        )


class Strap(Out):
    """How the link to the strap stands."""

    state: str
    name: str | None
    model: str | None
    battery_percent: int | None
    contact: Literal["on", "lost", "plausible", "suspect"] | None
    """As the strap says or, in the last two, as its beats look."""
    since: str | None
    last_beat_age_s: float | None
    problem: Literal["none", "off", "permission", "service"] | None
    incomplete: int
    hint: TextOut | None
    """What a person can try, where the strap keeps them waiting."""
    audit: list[TextOut]
    """What this strap was found to be like; empty where it keeps the standard."""


class Hold(Out):
    """How long outside, of how long it takes."""

    held_s: int
    needed_s: int


class Now(Out):
    """The state of this moment, with its age."""

    at: str | None
    age_s: float | None
    demo: bool
    worn_since: str | None
    state: str
    missing: str | None
    sentence: TextOut
    detail: TextOut | None
    heart_rate: Metric
    rmssd: Metric
    soothing: Proxy
    still_s: int | None
    hold: Hold
    learning_percent: int
    strap: Strap
    prompt: Prompt | None
    invitation: InvitationOut | None
    quiet_until: str | None
    offers: bool
    stance: Stance
    with_someone_until: str | None
    calendar: TextOut | None
    """Why the calendar file is not in use, or not all of it."""


class Health(Out):
    """Whether it runs, and how far everything is stored for good."""

    status: Literal["starting", "ok", "stopped"]
    version: str
    demo: bool
    session: str | None
    last_seq: int
    journal_age_s: float | None
    strap: Strap | None
    problem: str | None
