"""One session's thinking: readings and answers in, and what must be stored together out."""

from collections.abc import Iterable
from dataclasses import replace

from softfront_sensors.packet import Reading
from softfront_sensors.source import SessionInfo
from softfront_signal.audit import Verdict
from softfront_signal.contact import Contact
from softfront_signal.moments import Answer, Decision, Missing
from softfront_signal.monitor import Answered, Chosen, Event, Monitor, Offered, Tick
from softfront_signal.unit import Unit

from .clock import Clock
from .diary import Entry, Judged, StoredDecision, StoredPause, StoredPrompt, decision_id
from .memory import remember
from .pause import LENGTH_S
from .reasons import offer as offer_text
from .settings import Settings
from .straps import found_out
from .tact import (
    LATER_WITHIN_MS,
    LIFETIME_MS,
    Moment,
    TactState,
    came_back,
    consider,
    given,
    given_again,
)

# A shift is wear with no gap over two hours.
SHIFT_GAP_MS = 2 * 3_600_000
# What arrived within the last second may still be on its way from the source.
_SILENCE_MS = 1000
# What another machine has not brought by then is not waited for any longer.
_ROAD_MS = 3_600_000
_NOT_WORN = (Missing.NO_LINK, Missing.STRAP_OFF)


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
        self.pause: StoredPause | None = None
        """The pause that runs now."""
        self.shift_start_ms: int | None = None
        self.worn_ms: int | None = None
        """The latest mark at which the strap was on."""
        self.pending = Entry(info.id)
        """What waits to be stored, together or not at all."""
        self._began_mono_ms = clock.mono_ms()
        self._heard_ms = 0
        self._audited: tuple[object, ...] | None = None
        """What was found out about the strap, as far as that is put down."""

    def hear(self, readings: Iterable[Reading], now_ms: int) -> None:
        """Take in what the source sent; where the clock is live, silence crosses marks too."""
        readings = tuple(readings)
        self.pending = replace(self.pending, readings=self.pending.readings + readings)
        for reading in readings:
            self._think(reading, now_ms)
            self._heard_ms = reading.t_ms
        self._keep_verdict()
        if readings or not self.info.live:
            return
        if self.info.remote:  # what it sent may still be on the road, for hours
            self._expire(now_ms)
        else:
            self._think(Tick(now_ms - _SILENCE_MS), now_ms)

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
    def verdict(self) -> Verdict:
        """What this session has found out about its strap."""
        return self._monitor.verdict

    def hear_answer(self, answer: Answer, now_ms: int) -> None:
        """Take in what a person said to an offer."""
        self._think(Answered(now_ms, answer), now_ms)

    def change_settings(self, settings: Settings, now_ms: int) -> None:
        """Go by other settings from here on."""
        self.settings = settings
        self._think(Chosen(now_ms, settings.choice), now_ms)

    def begin_pause(self, pause: StoredPause, now_ms: int) -> None:
        """Take in that a pause has begun: the minutes around it are not the usual."""
        self.pause = pause
        self._think(Offered(pause.started_ms), now_ms)

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
        moment = self._moment(decision, now_ms)
        verdict = consider(decision, self.tact, self.settings.rules(decision.t_ms), moment)
        decision = replace(
            decision,
            gates=decision.gates + verdict.gates,
            reason=verdict.reason or decision.reason,
        )
        if verdict.speak:
            self._speak(decision, moment, verdict.again)
        else:
            self._add(Judged(decision))

    def _speak(self, decision: Decision, moment: Moment, again: str | None) -> None:
        offer = _new_offer(self.info.id, decision)
        if again is not None and self.offer is not None:
            # The same offer, with the numbers and reasons of now.
            self.tact = given_again(self.tact, decision, moment)
            offer = replace(offer, id=again, session=self.offer.session, t_ms=self.offer.t_ms)
        else:
            self.tact = given(self.tact, decision, moment)
        self._monitor.hear(Offered(decision.t_ms))
        self.offer = offer
        self.change_offer(offer)
        self._add(Judged(decision, "prompted", offer.id))

    def _add(self, judged: Judged) -> None:
        self.pending = replace(self.pending, decisions=(*self.pending.decisions, judged))

    def _keep_shift(self, decision: Decision) -> None:
        if decision.missing in _NOT_WORN:
            return
        if self.worn_ms is None or decision.t_ms - self.worn_ms > SHIFT_GAP_MS:
            self.shift_start_ms = decision.t_ms
        self.worn_ms = decision.t_ms

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
        if self.pause is not None and decision.t_ms > self.pause.started_ms + 1000 * LENGTH_S:
            self.pause = None
        live = self.info.live
        return Moment(
            session=self.info.id,
            now_ms=decision.t_ms,
            late_ms=now_ms - decision.t_ms if live else 0,
            boot=self._clock.boot_id if live else None,
            mono_ms=self._clock.mono_ms(),
            since_start_ms=self._clock.mono_ms() - self._began_mono_ms,
            shift_start_ms=self.shift_start_ms or 0,
            in_pause=self.pause is not None,
        )


def as_stored(info: SessionInfo, judged: Judged) -> StoredDecision:
    """Tell a judged mark as the diary gives it back."""
    return StoredDecision(
        info.id, info.demo, judged.decision, judged.verdict, judged.prompt_id, judged.stance
    )


def _new_offer(session: str, decision: Decision) -> StoredPrompt:
    text = offer_text(decision)
    name = decision_id(session, decision.t_ms)
    return StoredPrompt(
        id=name,
        session=session,
        t_ms=decision.t_ms,
        expires_ms=decision.t_ms + LIFETIME_MS,
        wording=decision.wording,
        status="offered",
        reason=_reason(decision, text.id, dict(text.values), name),
    )


def _reason(
    decision: Decision, text: str, values: dict[str, str | float | None], name: str
) -> dict[str, object]:
    usual, window = decision.usual, decision.window
    assert usual is not None
    about = {
        "scope": "hour" if usual.hourly else "day",
        "minutes": usual.minutes,
        "days": usual.days,
    }
    bands = {"hr_bpm": usual.heart_rate, "rmssd_ms": usual.rmssd}
    return {
        "id": text,
        "values": values,
        "value": {"hr_bpm": window.hr_bpm, "rmssd_ms": window.rmssd_ms},
        "band": {
            metric: {"low": b.low, "high": b.high, "median": b.median, **about}
            for metric, b in bands.items()
        },
        "hold_s": decision.held_s,
        "gates": [
            {"id": g.id, "open": g.open, "value": g.value, "needed": g.needed, "unit": g.unit}
            for g in decision.gates
        ],
        "rule": decision.rule,
        "rule_version": decision.rule_version,
        "decision": name,
    }
