"""The one door of this wing: events in, one decision per 5-s mark out."""

from dataclasses import dataclass, replace
from typing import TypeAlias

from softfront_sensors.packet import Gap, Motion, Packet

from .audit import Verdict
from .baseline import Baseline, StillMinute
from .beats import Beat
from .contact import Contact
from .gates import EFFORT_MS, Situation, gates, settled
from .heart import Heart
from .hrv import SPAN_MS
from .indicator import RULE, RULE_VERSION, Indicator
from .moments import Answer, Decision, Missing, Soothing, Stillness, Usual, Window, Wording
from .motion import MotionSense
from .naming import reason_of, state_of
from .unit import Unit

MARK_MS = 5_000
# A shift ends with two hours off; what comes after is a new one, and silence until then is told.
_ASLEEP_MS = 2 * 3_600_000
# The proxy looks at five minutes; a walk at their beginning would be in it.
_LONG_S = 5 * 60
# An offer and its pause are not the usual: ten minutes around them are not learnt.
_OFFERED_MS = 10 * 60_000


@dataclass(frozen=True, slots=True)
class Tick:
    """Time went on, and nothing else happened."""

    t_ms: int


@dataclass(frozen=True, slots=True)
class Offered:
    """A pause was offered or begun."""

    t_ms: int


@dataclass(frozen=True, slots=True)
class Answered:
    """A person answered an offer."""

    t_ms: int
    answer: Answer


Event: TypeAlias = Packet | Motion | Gap | Tick | Offered | Answered
_SETTLING = (Packet, Motion, Gap, Tick)


class Monitor:
    """Turn one person's readings into decisions; the same events give the same decisions."""

    def __init__(self, baseline: Baseline) -> None:
        self._baseline = baseline
        self._heart, self._motion, self._indicator = Heart(), MotionSense(), Indicator()
        self._next_mark: int | None = None
        self._effort_until_ms: int | None = None
        self._no_learning_before_ms = 0
        self._minute_ms = 0

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
            free_ms = event.t_ms + _OFFERED_MS
            self._no_learning_before_ms = max(self._no_learning_before_ms, free_ms)
            self._baseline.refuse_waiting()
        elif isinstance(event, Answered) and event.answer in (
            Answer.WAS_MOVING,
            Answer.OTHER_CAUSE,
        ):
            self._effort_until_ms = event.t_ms + EFFORT_MS
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
            self._next_mark = -(-packet.t_ms // MARK_MS) * MARK_MS
        self._heart.hear(packet)

    def _decide(self, t_ms: int, again: bool) -> Decision:
        stillness = self._motion.at(t_ms)
        window, missing = self._heart.at(t_ms, stillness)
        quiet = missing is None and self._quiet(window, stillness)
        free = quiet and self._free_to_learn(window)
        told = self._long_still(t_ms) and (free if again else quiet)
        soothing = self._heart.soothing(t_ms) if told else None
        learnt_ms = self._baseline.learn(t_ms)
        usual = self._baseline.usual(t_ms)
        considered = window if missing is None else replace(window, hr_bpm=None, rmssd_ms=None)
        departure = self._indicator.consider(considered, usual)
        stood = gates(self._situation(window, missing, usual, stillness))
        if departure.held:
            self._baseline.refuse_waiting()
        elif free:
            self._offer_minute(window, soothing)
        return Decision(
            t_ms=t_ms,
            state=state_of(missing, stood, departure),
            reason=reason_of(missing, stood, departure),
            window=window,
            missing=missing,
            stillness=stillness,
            still_s=self._motion.still_s(t_ms),
            usual=usual,
            learnt_ms=learnt_ms,
            learnt_percent=self._baseline.percent(),
            z_hr=departure.z_hr,
            z_rmssd=departure.z_rmssd,
            route=departure.route,
            held_s=departure.held_s,
            rise_ms=departure.rise_ms,
            wording=Wording.CHECK_IN if stillness is Stillness.UNKNOWN else Wording.PLAIN,
            gates=stood,
            rule=RULE,
            rule_version=RULE_VERSION,
            soothing=soothing,
        )

    def _situation(
        self, window: Window, missing: Missing | None, usual: Usual | None, stillness: Stillness
    ) -> Situation:
        return Situation(
            t_ms=window.t_ms,
            window=window,
            missing=missing,
            usual=usual,
            worn_s=self._heart.worn_s(window.t_ms),
            stillness=stillness,
            since_walk_s=self._motion.since_walk_s(window.t_ms),
            reaches_back_s=self._baseline.reaches_back_s(window.t_ms),
            effort_until_ms=self._effort_until_ms,
            since_beat_s=self._heart.since_beat_s(window.t_ms),
            steps_per_min=self._motion.steps_per_min(window.t_ms),
            move_mg=self._motion.move_mg(window.t_ms),
        )

    def _quiet(self, window: Window, stillness: Stillness) -> bool:
        """Say whether a body is still and a walk's echo has faded, as far as that is known."""
        t_ms = window.t_ms
        if not settled(stillness, self._motion.since_walk_s(t_ms)) or window.hr_bpm is None:
            return False
        known = stillness is not Stillness.UNKNOWN
        return known or self._baseline.quiet_enough(window.hr_bpm, t_ms)

    def _long_still(self, t_ms: int) -> bool:
        """Say whether it has been so for the five minutes that the proxy looks at."""
        still_s = self._motion.still_s(t_ms)
        return still_s is None or still_s >= _LONG_S

    def _free_to_learn(self, window: Window) -> bool:
        """Say whether a whole minute has gone by since the last, with no offer in it."""
        fresh = window.t_ms - self._minute_ms >= SPAN_MS
        return fresh and window.t_ms >= self._no_learning_before_ms

    def _offer_minute(self, window: Window, soothing: Soothing | None) -> None:
        """Offer a quiet, free minute that is inside to the baseline."""
        if window.hr_bpm is None or not window.rmssd_ms:
            return
        self._minute_ms = window.t_ms
        proxy = (soothing.index, soothing.se) if soothing else (None, None)
        known = window.hr_bpm, window.rmssd_ms, window.ln_rmssd_se
        self._baseline.offer(StillMinute(window.t_ms, *known, *proxy))
