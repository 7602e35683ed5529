"""The one door of this wing: events in, one decision per 5-s mark out."""

from dataclasses import dataclass, replace
from typing import TypeAlias

from softfront_sensors.heart_rate import decode
from softfront_sensors.packet import Gap, Motion, Packet

from .artefacts import Judge
from .audit import Audit, Verdict
from .baseline import Baseline, StillMinute
from .beats import Beat, BeatClock
from .contact import Contact, ContactSense
from .gates import BEAT_S, EFFORT_MS, Situation, gates, settled, signal_missing
from .hrv import SPAN_MS, SlidingWindow
from .indicator import RULE, RULE_VERSION, Departure, Indicator
from .moments import Answer, Decision, Gate, Missing, State, Stillness, Usual, Window, Wording
from .motion import MotionSense
from .unit import Unit

MARK_MS = 5_000
# A strap sends about once a second; after 15 s the link is gone whatever it says.
_LINK_MS = 15_000
# A short slip is no new strap; after a minute off, warming up begins again.
_SLIP_MS = 60_000
# A shift ends with two hours off; what comes after is a new one, and silence until then is told.
_ASLEEP_MS = 2 * 3_600_000
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
        self._clock, self._judge, self._window = BeatClock(), Judge(), SlidingWindow()
        self._motion, self._indicator = MotionSense(), Indicator()
        self._next_mark: int | None = None
        self._packet_ms: int | None = None
        self._beat_ms: int | None = None
        self._last_beat: Beat | None = None
        self._audit, self._contact = Audit(), ContactSense()
        self._worn_since_ms: int | None = None
        self._effort_until_ms: int | None = None
        self._no_learning_before_ms = 0
        self._minute_ms = 0

    @property
    def worn_since_ms(self) -> int | None:
        """When the strap was put on, where it is on."""
        return self._worn_since_ms

    @property
    def verdict(self) -> Verdict:
        """What this session has found out about its strap."""
        return self._audit.verdict

    @property
    def contact(self) -> Contact:
        """What is known of the skin, as of the latest packet."""
        return self._contact.state

    @property
    def last_beat(self) -> Beat | None:
        """The latest beat: how old it was when its packet came, and how far it may be off."""
        return self._last_beat

    def hear(self, event: Event) -> tuple[Decision, ...]:
        """Settle the marks that lie before this event, then take it in.

        What a person does settles none: readings from before it may still be on their way.
        """
        decisions = self._settle(event.t_ms) if isinstance(event, _SETTLING) else ()
        if isinstance(event, Packet):
            self._hear_packet(event)
        elif isinstance(event, Motion):
            self._motion.hear(event)
            self._contact.hear_motion(event)
        elif isinstance(event, Gap):
            self._clock.cut()
            self._audit.break_off()
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
        self._clock.cut()
        self._audit, self._contact = Audit(unit), ContactSense()

    def _settle(self, t_ms: int) -> tuple[Decision, ...]:
        """Decide every mark before `t_ms`; a mark waits for all that arrived up to it."""
        if self._packet_ms is None or self._next_mark is None:
            return ()
        last = min(t_ms - 1, self._packet_ms + _ASLEEP_MS)
        decisions = []
        while self._next_mark <= last:
            decisions.append(self._decide(self._next_mark))
            self._next_mark += MARK_MS
        return tuple(decisions)

    def _hear_packet(self, packet: Packet) -> None:
        t_ms, said = packet.t_ms, decode(packet.data)
        self._contact.hear(packet, said)
        if self._audit.hear(packet, said):
            # No difference between an interval read one way and one read the other.
            self._clock.cut()
        filler = None
        if self._audit.amends:
            said, filler = self._audit.read(said)
        beats = self._clock.hear(packet, said)
        for beat in beats:
            self._window.add((self._judge.judge(beat, filler),))
        if beats:
            if self._beat_ms is None or t_ms - self._beat_ms > _SLIP_MS:
                self._worn_since_ms = t_ms
            self._beat_ms, self._last_beat = t_ms, beats[-1]
        if self._packet_ms is None or t_ms - self._packet_ms > _ASLEEP_MS:
            self._next_mark = -(-t_ms // MARK_MS) * MARK_MS
        self._packet_ms = t_ms

    def _decide(self, t_ms: int) -> Decision:
        window = self._window.at(t_ms)
        stillness = self._motion.at(t_ms)
        missing = self._missing(window, stillness)
        if missing is Missing.NO_INTERVALS:
            window = replace(window, hr_bpm=self._audit.only_rate(t_ms))
        learnt_ms = self._baseline.learn(t_ms)
        usual = self._baseline.usual(t_ms)
        considered = window if missing is None else replace(window, hr_bpm=None, rmssd_ms=None)
        departure = self._indicator.consider(considered, usual)
        stood = gates(self._situation(window, missing, usual, stillness))
        self._offer_minute(window, missing, departure, stillness)
        return Decision(
            t_ms=t_ms,
            state=_state(missing, stood, departure),
            reason=_reason(missing, stood, departure),
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
        )

    def _missing(self, window: Window, stillness: Stillness) -> Missing | None:
        if self._packet_ms is None or window.t_ms - self._packet_ms > _LINK_MS:
            return Missing.NO_LINK
        no_beat = self._beat_ms is None or window.t_ms - self._beat_ms > 1000 * BEAT_S
        contact = self._contact.state
        if contact is Contact.LOST or no_beat:
            told = contact is not Contact.LOST and self._audit.only_rate(window.t_ms)
            return Missing.NO_INTERVALS if told else Missing.STRAP_OFF
        if stillness is Stillness.MOVING:
            return Missing.MOVING
        if contact is Contact.SUSPECT or self._audit.untrusted(window.t_ms):
            return Missing.POOR_SIGNAL
        missing = signal_missing(window)
        # What a strap fills in is its own, and no rhythm.
        filled = missing is Missing.IRREGULAR and self._audit.fills
        return Missing.POOR_SIGNAL if filled else missing

    def _situation(
        self, window: Window, missing: Missing | None, usual: Usual | None, stillness: Stillness
    ) -> Situation:
        worn = self._worn_since_ms
        return Situation(
            t_ms=window.t_ms,
            window=window,
            missing=missing,
            usual=usual,
            worn_s=0 if worn is None else (window.t_ms - worn) // 1000,
            stillness=stillness,
            since_walk_s=self._motion.since_walk_s(window.t_ms),
            reaches_back_s=self._baseline.reaches_back_s(window.t_ms),
            effort_until_ms=self._effort_until_ms,
            since_beat_s=None if self._beat_ms is None else (window.t_ms - self._beat_ms) // 1000,
            steps_per_min=self._motion.steps_per_min(window.t_ms),
            move_mg=self._motion.move_mg(window.t_ms),
        )

    def _offer_minute(
        self, window: Window, missing: Missing | None, departure: Departure, stillness: Stillness
    ) -> None:
        """Offer each whole minute that is still, clear, unprompted and inside to the baseline."""
        if departure.held:
            self._baseline.refuse_waiting()
        fresh = window.t_ms - self._minute_ms >= SPAN_MS
        free = window.t_ms >= self._no_learning_before_ms and not departure.held
        still = settled(stillness, self._motion.since_walk_s(window.t_ms))
        rate, variation = window.hr_bpm, window.rmssd_ms
        if not (missing is None and fresh and free and still) or rate is None or not variation:
            return
        if stillness is Stillness.UNKNOWN and not self._baseline.quiet_enough(rate, window.t_ms):
            return
        self._minute_ms = window.t_ms
        self._baseline.offer(StillMinute(window.t_ms, rate, variation))


_STATE_WITHOUT_NUMBER = {
    Missing.NO_LINK: State.OFF,
    Missing.STRAP_OFF: State.CONTACT,
    Missing.NO_INTERVALS: State.NO_SIGNAL,
    Missing.POOR_SIGNAL: State.NO_SIGNAL,
    Missing.IRREGULAR: State.NO_SIGNAL,
    Missing.MOVING: State.MOVING,
}
_REASON_WITHOUT_NUMBER = {
    Missing.NO_LINK: "silent_strap",
    Missing.STRAP_OFF: "strap_off",
    Missing.NO_INTERVALS: "no_intervals",
    Missing.POOR_SIGNAL: "signal",
    Missing.IRREGULAR: "irregular",
    Missing.MOVING: "moving",
}
_REASON_OF_GATE = {
    "warmup": "warmup",
    "learning": "learning",
    "motion": "moved_recently",
    "exertion": "exertion",
    "effort": "stationary_effort",
}


def _state(missing: Missing | None, stood: tuple[Gate, ...], departure: Departure) -> State:
    if missing is not None and not _just_on(missing, stood):
        return _STATE_WITHOUT_NUMBER[missing]
    if any(not gate.open and gate.id in ("warmup", "learning") for gate in stood):
        return State.WARMUP
    if departure.held and all(gate.open for gate in stood):
        return State.CANDIDATE
    return State.WATCH if departure.watching else State.READY


def _reason(missing: Missing | None, stood: tuple[Gate, ...], departure: Departure) -> str:
    """Name the first thing that kept an offer back, or the indicator that led to one."""
    if missing is not None and not _just_on(missing, stood):
        return _REASON_WITHOUT_NUMBER[missing]
    closed = [gate.id for gate in stood if not gate.open]
    for gate in closed:
        if gate in ("warmup", "learning") or departure.route is not None:
            return _REASON_OF_GATE.get(gate, gate)
    if departure.route is None:
        return "in_range"
    return departure.route.value if departure.held else "short"


def _just_on(missing: Missing, stood: tuple[Gate, ...]) -> bool:
    """Say whether beats are few only because the strap has been on for less than a window."""
    warmup = next(gate for gate in stood if gate.id == "warmup")
    return missing is Missing.POOR_SIGNAL and warmup.value == 0
