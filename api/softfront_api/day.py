"""One session's thinking: readings and answers in, and what must be stored together out."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from softfront_sensors.packet import Reading
from softfront_sensors.source import SessionInfo
from softfront_signal.audit import Verdict as Audited
from softfront_signal.contact import Contact
from softfront_signal.moments import MARK_MS, Answer, Decision, Missing
from softfront_signal.monitor import Answered, Chosen, Event, Monitor, Offered, Tick
from softfront_signal.unit import Unit

from .clock import Clock
from .diary import Entry, Judged, Stance, StoredDecision, StoredPrompt, decision_id
from .doing import Doing
from .errors import CalendarError
from .lateness import Lateness
from .memory import remember
from .offers import new_offer, occasion
from .settings import Settings
from .straps import found_out
from .tact import (
    LATER_WITHIN_MS,
    Moment,
    Stamp,
    TactState,
    Verdict,
    WornShift,
    begin_shift,
    came_back,
    consider,
    dismissed,
    draw,
    rhythm,
    settle,
)

# A shift is wear with no gap over two hours.
SHIFT_GAP_MS = 2 * 3_600_000
# What arrived within the last second may still be on its way from the source.
_SILENCE_MS = 1000
# What another machine has not brought by then is not waited for any longer.
_ROAD_MS = 3_600_000
_NOT_WORN = (Missing.NO_LINK, Missing.STRAP_OFF)
_DISMISSED = (Answer.NOT_NOW, Answer.OTHER_CAUSE, Answer.WAS_MOVING)


def _unread(t_ms: int) -> int | None:
    return t_ms + MARK_MS


class Day:
    """What is known and remembered while a strap is worn. Synchronous, and no disk behind it."""

    def __init__(
        self,
        info: SessionInfo,
        clock: Clock,
        monitor: Monitor,
        tact: TactState,
        settings: Settings,
        offer: StoredPrompt | None = None,
    ) -> None:
        self.info, self._clock, self._monitor = info, clock, monitor
        self.tact, self.settings = tact, settings
        self.offer = offer
        """The latest offer, whatever became of it."""
        self.doing: Doing | None = None
        """The pause or the practice that began last."""
        self.shift_start_ms: int | None = None
        self.worn_ms: int | None = None
        """The latest mark at which the strap was on."""
        self.shifts: tuple[WornShift, ...] = ()
        """The shifts before this one, of at least four weeks."""
        self.eligible_ms = 0
        """How long an offer would have been allowed in this shift, so far."""
        self.seed: bytes | None = None
        """What chance draws from; `None` where nobody ever asked to compare."""
        # A calendar that has not been read yet may say anything.
        self.busy_until_ms: Callable[[int], int | None] = (
            _unread if settings.calendar_file else lambda t_ms: None
        )
        """Ask the wearer's calendar until when a moment is taken."""
        self.calendar: CalendarError | None = None
        """Why the calendar file is not in use, or not all of it."""
        self.stands: Verdict | None = None
        """What tact made of the latest mark."""
        self.pending = Entry(info.id)
        """What waits to be stored, together or not at all."""
        self._began_mono_ms, self._lived_ms = clock.mono_ms(), tact.lived_ms
        self._lateness = Lateness(clock.wall_ms)
        self._heard_ms = 0
        self._audited: tuple[object, ...] | None = None
        """What was found out about the strap, as far as that is put down."""

    def hear(self, readings: Iterable[Reading], now_ms: int) -> None:
        """Take in what the source sent; where the clock is live, silence crosses marks too."""
        readings = tuple(readings)
        self._lateness.look(now_ms)
        self.pending = replace(self.pending, readings=self.pending.readings + readings)
        for reading in readings:
            self._think(reading, now_ms)
            self._heard_ms = reading.t_ms
        self._keep_verdict()
        if readings or not self.info.live:
            self._keep_tact()
            return
        if self.info.remote:  # what it sent may still be on the road, for hours
            self._expire(now_ms)
        else:
            self._think(Tick(now_ms - _SILENCE_MS), now_ms)
        self._keep_tact()

    def heard_up_to(self, now_ms: int) -> int:
        """Say up to when all that can be expected has been heard."""
        return max(self._heard_ms, now_ms - _ROAD_MS) if self.info.remote else now_ms

    def hear_beside(self, readings: Iterable[Reading], now_ms: int) -> None:
        """Take in movement that somebody else reports, and that is stored already."""
        for reading in readings:
            self._think(reading, now_ms)

    def change(self, info: SessionInfo, unit: Unit | None) -> None:
        """Let another session speak for the body; nothing waits to be stored any more."""
        self.info, self.pending = info, Entry(info.id)
        self._audited = None
        self._monitor.begin(unit)

    @property
    def contact(self) -> Contact:
        """What is known of the strap's touching skin."""
        return self._monitor.contact

    @property
    def verdict(self) -> Audited:
        """What this session has found out about its strap."""
        return self._monitor.verdict

    def hear_answer(self, answer: Answer, now_ms: int) -> None:
        """Take in what a person said to an offer."""
        if answer in _DISMISSED:
            self.tact = dismissed(self.tact, self._stamp(now_ms))
        self._think(Answered(now_ms, answer), now_ms)

    def change_settings(self, settings: Settings, now_ms: int) -> None:
        """Go by other settings from here on."""
        self.settings = settings
        self._think(Chosen(now_ms, settings.choice), now_ms)

    def begin(self, doing: Doing, now_ms: int) -> None:
        """Take in that something has begun: the minutes around it are not the usual."""
        if self.doing is None or doing.until_ms > self.doing.until_ms:
            self.doing = doing
        self._think(doing.begun, now_ms)

    def end(self, name: str) -> None:
        """Take in that it is over before its time."""
        if self.doing is not None and self.doing.id == name:
            self.doing = None

    def busy(self, t_ms: int) -> bool:
        """Say whether a pause or a practice goes on."""
        return self.doing is not None and t_ms <= self.doing.until_ms

    def change_offer(self, offer: StoredPrompt) -> None:
        """Put an offer, new or changed, with what waits to be stored."""
        if self.offer is None or self.offer.id == offer.id:
            self.offer = offer
        others = tuple(p for p in self.pending.prompts if p.id != offer.id)
        self.pending = replace(self.pending, prompts=(*others, offer), state=remember(self.tact))

    def stored(self) -> Entry:
        """Hand out what waited, now that it is stored, and begin anew."""
        entry, self.pending = self.pending, Entry(self.info.id)
        return entry

    def _keep_verdict(self) -> None:
        """Put what is found out about the strap with what waits, where that is new."""
        found = found_out(self._monitor.verdict)
        if found is not None and found != self._audited:
            self._audited = found
            self.pending = replace(self.pending, audit=self._monitor.verdict.to_plain())

    def _think(self, event: Event, now_ms: int) -> None:
        for decision in self._monitor.hear(event):
            self._weigh(decision, now_ms)

    def _weigh(self, decision: Decision, now_ms: int) -> None:
        """Decide what becomes of one mark, and put it with what waits to be stored."""
        self._keep_shift(decision)
        self._expire(decision.t_ms)
        self._keep_later()
        moment, before = self._moment(decision, now_ms), self.tact
        rules = self.settings.rules(decision.t_ms, self.busy_until_ms(decision.t_ms))
        verdict = consider(decision, before, rules, moment)
        self.tact, self.stands = settle(before, decision, verdict, moment), verdict
        decision = replace(
            decision,
            gates=decision.gates + verdict.gates,
            reason=verdict.reason or decision.reason,
        )
        if moment.draw is not None and verdict.again is None:
            self._keep_chance(decision, before, verdict, moment.draw)
        prompt_id = self._speak(decision, verdict.again) if verdict.speak else None
        self._add(decision, verdict.name, prompt_id)

    def _speak(self, decision: Decision, again: str | None) -> str:
        offer = new_offer(self.info.id, decision)
        if again is not None and self.offer is not None:
            # The same offer, with the numbers and reasons of now.
            offer = replace(offer, id=again, session=self.offer.session, t_ms=self.offer.t_ms)
        self._monitor.hear(Offered(decision.t_ms))
        self.offer = offer
        self.change_offer(offer)
        return offer.id

    def _keep_chance(
        self, decision: Decision, before: TactState, verdict: Verdict, said: float
    ) -> None:
        """Put a moment at which chance chose with what waits to be stored."""
        if verdict.name not in ("prompted", "silent_control"):
            return
        chosen = occasion(
            self.info.id, decision, before.deferred, said, offered=verdict.name == "prompted"
        )
        self.pending = replace(self.pending, occasions=(*self.pending.occasions, chosen))

    def _keep_tact(self) -> None:
        """Put what tact must know with the marks that wait: what it knows changes at each."""
        if self.pending.decisions:
            self.pending = replace(self.pending, state=remember(self.tact))

    def _add(self, decision: Decision, verdict: str, prompt_id: str | None) -> None:
        stood = self.tact.stood
        stance = Stance(stood.name, stood.since_ms) if stood else None
        judged = Judged(decision, verdict, prompt_id, stance)
        self.pending = replace(self.pending, decisions=(*self.pending.decisions, judged))

    def _keep_shift(self, decision: Decision) -> None:
        if decision.missing in _NOT_WORN:
            return
        if self.worn_ms is None or decision.t_ms - self.worn_ms > SHIFT_GAP_MS:
            if self.shift_start_ms is not None:
                self.shifts += (WornShift(self.shift_start_ms, self.eligible_ms),)
            self.shift_start_ms, self.eligible_ms = decision.t_ms, 0
            self.tact = begin_shift(self.tact, decision.t_ms)
        self.worn_ms = decision.t_ms
        self.eligible_ms += MARK_MS if decision.eligible else 0

    def _expire(self, t_ms: int) -> None:
        """Let an offer leave that nobody answered; nothing is waiting afterwards."""
        offer = self.offer
        if offer is None:
            return
        gone = offer.status == "offered" and t_ms >= offer.expires_ms
        missed = offer.status == "later" and t_ms > (offer.again_ms or 0) + LATER_WITHIN_MS
        if gone or missed:
            self.change_offer(replace(offer, status="expired", again_ms=None))

    def _keep_later(self) -> None:
        """Forget what was put off once it stands otherwise: answered anew, gone, or replaced."""
        later, offer = self.tact.later, self.offer
        if later and (offer is None or (offer.id, offer.status) != (later.prompt_id, "later")):
            self.tact = came_back(self.tact)

    def _moment(self, decision: Decision, now_ms: int) -> Moment:
        here, start_ms = self._stamp(decision.t_ms), self.shift_start_ms or 0
        return Moment(
            session=here.session,
            now_ms=here.t_ms,
            late_ms=self._lateness.of(decision.t_ms, now_ms) if self.info.live else 0,
            boot=here.boot,
            mono_ms=here.mono_ms,
            lived_ms=here.lived_ms,
            shift_start_ms=start_ms,
            in_pause=self.busy(decision.t_ms),
            rhythm=rhythm(self.shifts, start_ms, self.eligible_ms),
            draw=self._draw(decision.t_ms),
        )

    def _stamp(self, t_ms: int) -> Stamp:
        """Write a moment down by every clock; a replay lies at no start of this machine."""
        boot, mono_ms = self._clock.boot_id, self._clock.mono_ms()
        lived_ms = self._lived_ms + mono_ms - self._began_mono_ms
        return Stamp(self.info.id, t_ms, boot if self.info.live else None, mono_ms, lived_ms)

    def _draw(self, t_ms: int) -> float | None:
        if not self.settings.compare or self.seed is None:
            return None
        return draw(self.seed, decision_id(self.info.id, t_ms))


def as_stored(info: SessionInfo, judged: Judged) -> StoredDecision:
    """Tell a judged mark as the diary gives it back."""
    return StoredDecision(
        info.id, info.demo, judged.decision, judged.verdict, judged.prompt_id, judged.stance
    )
