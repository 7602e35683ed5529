"""The one door of this wing: events in, one decision per 5-s mark out."""

from dataclasses import dataclass
from typing import TypeAlias

from softfront_sensors.packet import Gap, Motion, Packet

from .audit import Verdict
from .baseline import Baseline
from .beats import Beat
from .contact import Contact
from .heart import Heart
from .mind import Mind, Seen
from .moments import MARK_MS, UNCHOSEN, Answer, Choice, Decision
from .motion import MotionSense
from .threshold import Threshold
from .unit import Unit

# A shift ends with two hours off; what comes after is a new one, and silence until then is told.
_ASLEEP_MS = 2 * 3_600_000


@dataclass(frozen=True, slots=True)
class Tick:
    """Time went on, and nothing else happened."""

    t_ms: int


@dataclass(frozen=True, slots=True)
class Offered:
    """A pause was offered or begun, or a practice was."""

    t_ms: int
    lasts_ms: int = 0
    """How long it takes, where that is longer than a pause."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A person answered an offer."""

    t_ms: int
    answer: Answer


@dataclass(frozen=True, slots=True)
class Chosen:
    """A wearer chose how the rule works from here on."""

    t_ms: int
    choice: Choice


Event: TypeAlias = Packet | Motion | Gap | Tick | Offered | Answered | Chosen
_SETTLING = (Packet, Motion, Gap, Tick)


class Monitor:
    """Turn one person's readings into decisions; the same events give the same decisions."""

    def __init__(
        self, baseline: Baseline, threshold: Threshold | None = None, choice: Choice = UNCHOSEN
    ) -> None:
        self._heart, self._motion = Heart(), MotionSense()
        self._mind = Mind(baseline, threshold, choice)
        self._next_mark: int | None = None

    @property
    def worn_since_ms(self) -> int | None:
        """When the strap was put on, where it is on."""
        return self._heart.worn_since_ms

    @property
    def verdict(self) -> Verdict:
        """What this session has found out about its strap."""
        return self._heart.audit.verdict

    @property
    def contact(self) -> Contact:
        """What is known of the skin, as of the latest packet."""
        return self._heart.contact

    @property
    def last_beat(self) -> Beat | None:
        """The latest beat: how old it was when its packet came, and how far it may be off."""
        return self._heart.last_beat

    def hear(self, event: Event, *, again: bool = False) -> tuple[Decision, ...]:
        """Settle the marks that lie before this event, then take it in.

        What a person does settles none: readings from before it may still be on their way. What is
        heard `again` was decided then: what its decisions only show, the proxy, is left out.
        """
        decisions = self._settle(event.t_ms, again) if isinstance(event, _SETTLING) else ()
        if isinstance(event, Packet):
            self._hear_packet(event)
        elif isinstance(event, Motion):
            self._motion.hear(event)
            self._heart.hear_motion(event)
        elif isinstance(event, Gap):
            self._heart.break_off()
        elif isinstance(event, Offered):
            self._mind.offered(event.t_ms + event.lasts_ms)
        elif isinstance(event, Answered):
            self._mind.answered(event.t_ms, event.answer)
        elif isinstance(event, Chosen):
            self._mind.choice = event.choice
        return decisions

    def begin(self, unit: Unit | None = None) -> None:
        """Begin a new session, apart from all beats before; `unit` is known from earlier wear."""
        self._heart.begin(unit)

    def _settle(self, t_ms: int, again: bool) -> tuple[Decision, ...]:
        """Decide every mark before `t_ms`; a mark waits for all that arrived up to it."""
        packet_ms = self._heart.packet_ms
        if packet_ms is None or self._next_mark is None:
            return ()
        last = min(t_ms - 1, packet_ms + _ASLEEP_MS)
        decisions = []
        while self._next_mark <= last:
            decisions.append(self._decide(self._next_mark, again))
            self._next_mark += MARK_MS
        return tuple(decisions)

    def _hear_packet(self, packet: Packet) -> None:
        before_ms = self._heart.packet_ms
        if before_ms is None or packet.t_ms - before_ms > _ASLEEP_MS:
            self._mind.begin_shift()
            self._next_mark = -(-packet.t_ms // MARK_MS) * MARK_MS
        self._heart.hear(packet)

    def _decide(self, t_ms: int, again: bool) -> Decision:
        moved = self._motion.told(t_ms)
        window, missing = self._heart.at(t_ms, moved.stillness)
        heart = self._heart
        seen = Seen(window, missing, moved, heart.worn_s(t_ms), heart.since_beat_s(t_ms))
        return self._mind.decide(seen, lambda: heart.soothing(t_ms), again=again)
