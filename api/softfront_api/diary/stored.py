"""What the diary takes in and gives back: rows, frozen."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from softfront_sensors.packet import Reading
from softfront_sensors.source import Rank, SessionInfo
from softfront_signal.moments import Decision, Missing, Soothing, Stillness, Window, Wording

Json: TypeAlias = Mapping[str, Any]
"""A body only its writer understands; kept as JSON, NaN is refused."""

Place: TypeAlias = tuple[int, str]
"""A place in a list to page on from: time and id of the last row seen."""


@dataclass(frozen=True, slots=True)
class StoredSession:
    """A run of readings, and how far it is stored."""

    id: str
    wearer: str
    device: str
    started_ms: int
    live: bool
    demo: bool
    last_seq: int
    """The last reading stored for good; 0 before the first."""
    rank: Rank = Rank.HERE
    boot: str | None = None
    strap: str | None = None
    offset_ms: int = 0
    audit: Json | None = None
    """What the strap was found to be like, and on what evidence."""

    @property
    def info(self) -> SessionInfo:
        """What its source said of it."""
        return SessionInfo(
            self.id,
            self.device,
            self.started_ms,
            live=self.live,
            demo=self.demo,
            rank=self.rank,
            boot=self.boot,
            strap=self.strap,
            offset_ms=self.offset_ms,
        )


@dataclass(frozen=True, slots=True)
class StoredReading:
    """A reading and the run it is in."""

    session: str
    reading: Reading


@dataclass(frozen=True, slots=True)
class StoredWindow:
    """The numbers of one mark, and what is known around them."""

    session: str
    window: Window
    missing: Missing | None
    stillness: Stillness
    still_s: int | None
    learnt: bool = False
    """This window entered the person's usual range, then or later."""
    soothing: Soothing | None = None
    moved: float | None = None
    """How much the body moved in the minute, as `Moved.amount`."""


@dataclass(frozen=True, slots=True)
class Stance:
    """How tact stood at a mark, and since when."""

    name: str
    since_ms: int


@dataclass(frozen=True, slots=True)
class Judged:
    """A decision and what became of it."""

    decision: Decision
    verdict: str = "silent"
    """`silent`, `prompted`, `silent_control` or `deferred`."""
    prompt_id: str | None = None
    stance: Stance | None = None


@dataclass(frozen=True, slots=True)
class StoredDecision:
    """What was thought at one mark, as stored."""

    session: str
    demo: bool
    decision: Decision
    verdict: str
    prompt_id: str | None
    stance: Stance | None = None

    @property
    def id(self) -> str:
        """What names this decision for ever."""
        return decision_id(self.session, self.decision.t_ms)


@dataclass(frozen=True, slots=True)
class StoredPrompt:
    """An offer, and what was answered."""

    id: str
    session: str
    t_ms: int
    expires_ms: int
    wording: Wording
    status: str
    """`offered`, `started`, `later`, `not_now`, `other_cause`, `was_moving` or `expired`."""
    reason: Json
    answered_ms: int | None = None
    again_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Occasion:
    """A moment at which chance chose between an offer and silence."""

    id: str
    """The decision's."""
    session: str
    t_ms: int
    rise_ms: int
    offered: bool
    p: float
    """The probability with which an offer was made."""
    draw: float
    """What chance said, 0…1: below `p` it is an offer."""
    strength: float
    """How far out it was, in spreads."""
    wording: str
    outcome: Json | None = None
    """What was measured before and after, once it is known."""


@dataclass(frozen=True, slots=True)
class StoredPause:
    """Ninety seconds, begun from a prompt or by hand."""

    id: str
    key: str
    """Made by the page; a pause begun twice with one key is one pause."""
    started_ms: int
    prompt_id: str | None = None
    session: str | None = None
    ended_ms: int | None = None
    lasted_s: int | None = None
    result: Json | None = None
    """What the body did, once it is known."""


@dataclass(frozen=True, slots=True)
class JournalLine:
    """One line of a person's own."""

    id: str
    t_ms: int
    text: str
    pause_id: str | None = None
    practice_id: str | None = None
    question: str | None = None
    """The key of the line it was written under."""
    practice_kind: str | None = None


@dataclass(frozen=True, slots=True)
class StoredSettings:
    """The settings and how often they were changed; version 0 is none yet."""

    version: int
    body: Json


@dataclass(frozen=True, slots=True)
class Entry:
    """What is stored together or not at all."""

    session: str
    readings: tuple[Reading, ...] = ()
    """In the order of their seq; those already stored are dropped."""
    decisions: tuple[Judged, ...] = ()
    prompts: tuple[StoredPrompt, ...] = ()
    """New ones, and old ones as they are now."""
    occasions: tuple[Occasion, ...] = ()
    state: tuple[tuple[str, Json], ...] = ()
    """Bodies by name, each in place of the one before."""
    spare: bool = False
    """The readings are kept and not counted: another session speaks for the body."""
    audit: Json | None = None
    """What the strap is found to be like by now, where that is new."""
    fills_in: bool = False
    """Marks at which others heard nothing give way: now it is known what was there."""


def decision_id(session: str, t_ms: int) -> str:
    """Name the decision of a session at a mark."""
    return f"{session}.{t_ms}"
