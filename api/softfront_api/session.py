"""One person's day, the only loop: source, monitor, tact, diary, and only then the page."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable

from softfront_sensors.envelope import Pending
from softfront_sensors.packet import first_seq
from softfront_sensors.source import Batch, Part, SessionInfo, Source, SourceEnded

from .catching_up import CatchingUp
from .clock import Clock
from .day import Day, as_stored
from .diary import (
    Diary,
    Entry,
    Invitation,
    StoredDecision,
    StoredPause,
    StoredPractice,
    StoredPrompt,
    fresh,
    unmeasured,
)
from .errors import DiaryError, SequenceGap
from .inviting import Inviting
from .notify import Bus, Desktop
from .results import result
from .shapes.moments import Now, Prompt, Strap
from .shapes.practices import InvitationOut, PracticeSession
from .straps import unit_of
from .traces import shape
from .view import now, strap
from .waking import pauses_around, practices_around, take_up

_log = logging.getLogger(__name__)

_RETRY_S = 1.0
# Once a second, give or take the jitter of a strap.
_SHOW_EVERY_MS = 900
# What was due before comes in hundreds; a live strap sends a few.
_CAUGHT_UP = 32


class Session:
    """Run one source into one diary; nothing is shown that is not stored."""

    def __init__(
        self,
        source: Source,
        diary: Diary,
        bus: Bus,
        clock: Clock,
        desktop: Desktop | None = None,
        on_stored: Callable[[Entry], None] = lambda entry: None,
    ) -> None:
        """Let `on_stored` know of each entry that is durable."""
        self.source, self.diary = source, diary
        self.turn = asyncio.Lock()
        """Held by whoever changes what is remembered: the loop, or a person's answer."""
        self.last: StoredDecision | None = None
        """The latest mark that is stored."""
        self._offer: StoredPrompt | None = None
        """The latest offer as it is stored; the day may be ahead of it."""
        self._heard: deque[Batch] = deque()
        """What came and has not been taken in: a fault may keep it waiting."""
        self._seqs: dict[str, int] = {}
        """The last reading taken in, by session."""
        self._named: dict[str, SessionInfo] = {}
        """Each session as the diary knows it: a strap may be found after its session began."""
        self.problem: str | None = None
        self._bus, self._clock, self._desktop = bus, clock, desktop
        self._on_stored = on_stored
        self._stored_mono_ms = clock.mono_ms()
        self._shown_mono_ms = 0
        self._shown_strap: Strap | None = None
        self.catching_up = CatchingUp(diary, bus.publish)
        """What is told once the minutes after it are over."""
        self.inviting = Inviting(diary, self._show_invitation)
        """What is offered at a time of its own."""
        self.ready = asyncio.Event()
        """Set when the day is taken up and all that was due has been heard."""
        self.taken_up = self.stopped = False
        self.day: Day

    async def run(self) -> None:
        """Go on until the source ends or the task is cancelled."""
        try:
            await asyncio.to_thread(self._take_up)
            info = self.day.info
            await self.source.rewind(info.id, self._seqs[info.id])
            self.taken_up = True
            while True:
                await self.take(await self.source.poll())
        except SourceEnded:
            await self.catching_up.finish(self._heard_up_to())
            self._show()
        except Exception as stopped:
            self.problem = _name(stopped)
            _log.error("the session stopped:\n%s", shape(stopped))
            raise
        finally:
            self.stopped = True
            self.ready.set()
            await self.catching_up.stop()
            await self.source.close()

    async def take(self, batches: tuple[Batch, ...]) -> None:
        """Hear some readings, store what follows from them, then show it."""
        async with self.turn:
            self._heard.extend(batches)
            try:
                if not self._heard:
                    self.day.hear((), self.source.now_ms())
                while self._heard:
                    await self._take_in(self._heard[0])
                    self._heard.popleft()
                await self.store()
                await self.inviting.look(self.day, self.source.now_ms())
                self._show_in_time()
                self._note_ready(sum(len(batch.readings) for batch in batches))
            except DiaryError as unstored:
                # Nothing is lost: what waits is kept, and stored with the next turn.
                self.problem = _name(unstored)
                _log.error("not stored, to be tried again: %s", unstored)
                await asyncio.sleep(_RETRY_S)
            except Exception as failed:  # a shift without its loop is worse than a lost turn
                if self._heard:
                    self._heard.popleft()
                _log.error("one turn of the session failed:\n%s", shape(failed))

    async def _take_in(self, batch: Batch) -> None:
        """Hear one batch, or keep it beside; where it does not follow, its sender goes back."""
        info = batch.session
        if self._named.get(info.id) != info:
            stored = await asyncio.to_thread(self.diary.begin_session, info)
            self._named[info.id] = info
            self._seqs.setdefault(info.id, stored)
        try:
            readings = tuple(fresh(batch.readings, self._seqs[info.id]))
        except SequenceGap:
            await self.store()
            await self.source.rewind(info.id, self._seqs[info.id])
            return
        if not readings:  # all of it is known: whoever sent it did not hear so
            await self.source.ack(info.id, self._stored_seq(info.id))
        elif batch.part is Part.LEADS:
            await self._listen_to(info)
            self._seqs[info.id] = readings[-1].seq
            self.day.hear(readings, self.source.now_ms())
        else:
            await self._keep(Entry(info.id, readings, spare=batch.part is Part.SPARE))
            self._seqs[info.id] = readings[-1].seq
            if batch.part is Part.BESIDE:
                self.day.hear_beside(readings, self.source.now_ms())

    async def _listen_to(self, info: SessionInfo) -> None:
        """Let a session speak for the body from here on, and call it as its strap is called."""
        if info.id != self.day.info.id:
            await self.store()
            self.day.change(info, await asyncio.to_thread(unit_of, self.diary, info.id))
        self.day.info = info

    async def _keep(self, entry: Entry) -> None:
        """Store readings that do not speak for the heart."""
        if entry.session == self.day.info.id:
            await self.store()
        seq = await asyncio.to_thread(self.diary.commit, entry)
        await self.source.ack(entry.session, seq)

    def _note_ready(self, heard: int) -> None:
        if not self.ready.is_set() and heard < _CAUGHT_UP:
            self.ready.set()

    @property
    def last_seq(self) -> int:
        """The last reading stored for good of the session that speaks."""
        return self._stored_seq(self.day.info.id) if self.taken_up else 0

    def _stored_seq(self, session: str) -> int:
        waiting = self.day.pending.readings if session == self.day.info.id else ()
        return first_seq(waiting[0]) - 1 if waiting else self._seqs.get(session, 0)

    async def store(self) -> None:
        """Make all that waits durable in one transaction, and only then publish it."""
        entry = self.day.pending
        if entry.readings or entry.decisions or entry.prompts or entry.state:
            entry, seq = await asyncio.to_thread(self.diary.keep, entry)
            self.day.stored()
            self._on_stored(entry)
            self._stored_mono_ms, self.problem = self._clock.mono_ms(), None
            await self.source.ack(entry.session, seq)
        await self.publish(entry)

    async def publish(self, entry: Entry) -> None:
        """Show what has just become durable."""
        self._offer = self.day.offer
        if entry.decisions:
            self.last = as_stored(self.day.info, entry.decisions[-1])
        for prompt in entry.prompts:
            self._show_prompt(prompt)
        for occasion in entry.occasions:
            self.catching_up.expect(occasion)
        self.catching_up.look(self._heard_up_to())

    async def show_pause(self, pause: StoredPause) -> None:
        """Show a pause that began, ended, or whose minutes after it are in."""
        told = await asyncio.to_thread(result, self.diary, pause, self.source.now_ms())
        self._bus.publish("pause", told.model_dump(mode="json", by_alias=True))

    def show_practice(self, practice: StoredPractice) -> None:
        """Show a practice that began, ended, or was told more of."""
        told = PracticeSession.of(practice)
        self._bus.publish("practice", told.model_dump(mode="json", by_alias=True))

    def now(self) -> Now:
        """Tell this moment."""
        invited, now_ms = self.inviting.open, self.source.now_ms()
        return now(self.last, self._offer, self.day, now_ms, self.source.status, invited)

    def pending(self) -> Pending | None:
        """Tell the offer that waits for an answer, to whoever can tap a wrist."""
        offer = self._offer
        if offer is None or offer.status != "offered":
            return None
        left_s = (offer.expires_ms - self.source.now_ms()) // 1000
        return Pending(offer.id, left_s) if left_s > 0 else None

    def strap(self) -> Strap:
        """Tell how the strap stands."""
        return strap(self.last, self.day, self.source.now_ms(), self.source.status)

    def journal_age_s(self) -> float | None:
        """Say how long the oldest reading that is not stored yet may have waited."""
        if not self.day.pending.readings:
            return 0.0
        return (self._clock.mono_ms() - self._stored_mono_ms) / 1000

    def _take_up(self) -> None:
        """Go on where the day was left: what is usual, what was said, the last minutes."""
        self.day, seq = take_up(self.diary, self.source, self._clock)
        self._seqs[self.day.info.id] = seq
        self._offer = self.day.offer
        for pause in pauses_around(self.diary, self.day):
            self.catching_up.wait_for(pause)
        for practice in practices_around(self.diary, self.day):
            self.catching_up.wait_for_practice(practice)
        for occasion in unmeasured(self.diary):
            self.catching_up.expect(occasion)
        self.inviting.take_up(self.source.now_ms())

    def _heard_up_to(self) -> int:
        return self.day.heard_up_to(self.source.now_ms())

    def _show_prompt(self, prompt: StoredPrompt) -> None:
        self._bus.publish("prompt", Prompt.of(prompt).model_dump(mode="json", by_alias=True))
        self._speak(prompt.id, stands=prompt.status == "offered")

    def _show_invitation(self, invitation: Invitation) -> None:
        told = InvitationOut.of(invitation).model_dump(mode="json", by_alias=True)
        self._bus.publish("invitation", told)
        self._speak(invitation.id, stands=invitation.status == "offered")

    def _speak(self, name: str, *, stands: bool) -> None:
        """Tell an offer outside the page, or take it back there; all sound the same."""
        if self._desktop is None:
            return
        if stands and self.day.settings.desktop:
            self._desktop.offer(name)
        else:
            self._desktop.withdraw(name)

    def _show_in_time(self) -> None:
        if self._clock.mono_ms() - self._shown_mono_ms >= _SHOW_EVERY_MS:
            self._show()

    def _show(self) -> None:
        """Tell the moment, once a second, and the strap when it has changed."""
        self._shown_mono_ms = self._clock.mono_ms()
        self._bus.publish("now", self.now().model_dump(mode="json", by_alias=True))
        stands = self.strap()
        changed = stands.model_copy(update={"last_beat_age_s": None})
        if changed != self._shown_strap:
            self._shown_strap = changed
            self._bus.publish("strap", stands.model_dump(mode="json", by_alias=True))


def _name(error: Exception) -> str:
    """Name a fault as /health does: by its sentence in the catalogue, where it has one."""
    key = error.key if isinstance(error, DiaryError) else None
    return (key or "error.unexpected").removeprefix("error.")
