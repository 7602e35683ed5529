"""A shift beat by beat through the real house, and all that befalls it."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

from softfront_api.demo import history
from softfront_api.diary import Diary
from softfront_api.errors import AnsweredAlready
from softfront_api.notify import Bus
from softfront_api.notify.bus import Event
from softfront_api.replies import Replies
from softfront_api.session import Session
from softfront_api.settings import Settings
from softfront_api.shapes.heard import PauseIn
from softfront_sensors.heart_rate import decode, encode
from softfront_sensors.packet import Packet, Reading
from softfront_sensors.simulated import Episode, Kind, Person, readings
from softfront_sensors.source import Batch, SessionInfo, SourceEnded
from softfront_signal.moments import Answer

from .auditing import MINUTE_MS, Book
from .bringing import Far, Near, Sender
from .clockwork import STEPS_MS, Clockwork
from .weather import BEGINS

HOUR_MS = 60 * MINUTE_MS
_BATCH_MS = 20_000
# Every how many of the still minutes of two weeks that lie behind: enough for each hour.
_PAST_EVERY = 8
_NO = (Answer.NOT_NOW, Answer.OTHER_CAUSE, Answer.WAS_MOVING)


class Teller(Bus):
    """A bus that notes when an offer is told."""

    def __init__(self, told: Callable[[str], None]) -> None:
        super().__init__()
        self._told = told

    def publish(self, name: str, body: Mapping[str, Any]) -> Event:
        if name == "prompt" and body["status"] == "offered":
            self._told(body["id"])
        return super().publish(name, body)


def person(draw: Random, length_s: int) -> tuple[Person, list[tuple[int, int]]]:
    """Draw a body whose heart rises every few minutes, that walks now and then, and slips."""
    episodes, at_s = [Episode(Kind.WALK, 40, 20)], 680
    while at_s < length_s:
        episodes.append(Episode(Kind.STRAIN, at_s, draw.randrange(70, 200)))
        at_s += draw.randrange(220, 330)
        if draw.random() < 0.1:
            episodes.append(Episode(Kind.WALK, at_s, draw.randrange(40, 100)))
            at_s += 660
        if draw.random() < 0.15:
            episodes.append(Episode(Kind.SLIP, at_s - 120, draw.randrange(5, 90)))
    walks = [it for it in episodes if it.kind is Kind.WALK]
    times = [(round(1000 * it.start_s), round(1000 * (it.start_s + it.length_s))) for it in walks]
    return Person(draw.randrange(1000), tuple(episodes)), times


class Shift:
    """One shift in true time. The body lives only where something may hear it."""

    def __init__(self, seed: int, folder: Path, length_s: int) -> None:
        self.draw, self.length_ms = Random(seed), 1000 * length_s
        begins = datetime(2026, *BEGINS[seed % len(BEGINS)], tzinfo=UTC)
        self.clock = Clockwork(wrong_ms=round(begins.timestamp() * 1000))
        self.book, self.befell = Book(), set[str]()
        self.told: list[tuple[str, int]] = []
        self.unstored: list[str] = []
        self.brought: dict[str, list[tuple[int, int, bool]]] = {}
        """Of each session, by seq: when in true time a reading was sent, and if it has beats."""
        self.begun: dict[str, tuple[int, int]] = {}
        """By its own clock and in true time, when a session read here began."""
        self.ended_ms: list[int] = []
        """When each program ended, by its clock."""
        self.diary = Diary.open(folder, demo=False)
        self._lay_in_the_past()
        self._embody(("mg", "steps", None, "steps")[seed % 4])
        self._skipped_ms = self._silent_ms = self._lost = self._lives = 0
        self._unclear_ms = self._stormy_ms = -1
        self._held: list[Reading] = []
        self._again = self._over = False
        self._between: Callable[[], None] = lambda: None
        self._said: list[tuple[int, Callable[[], Awaitable[None]]]] = []
        self._tellings = 0
        self._busy = (0, 0)
        self._wrong_ms = self.clock.wrong_ms
        self._sender = self._sends_from_afar(seed)
        self._due = sorted(self._drawn(), key=lambda it: it[0])

    def _lay_in_the_past(self) -> None:
        info = SessionInfo("past", "simulated", self.clock.wall_ms - 20 * 24 * HOUR_MS, live=False)
        past = list(history(Person(20), self.clock.wall_ms, info.id))
        self.diary.add_history(info, past[::_PAST_EVERY])
        settings = {
            "max_per_shift": self.draw.choice([1, 2, 4, 12, 12]),
            "max_per_week": self.draw.choice([2, 16, 60]),
            "quiet_hours": self.draw.choice([[], [{"from": "01:30", "to": "02:45"}]]),
            "time_zone": "Europe/Berlin",
            "compare": self.draw.random() < 0.3,
        }
        self.settings = self._at_first = Settings.model_validate(settings)
        self.diary.put_settings(self.settings.model_dump(mode="json", by_alias=True), version=0)

    def _embody(self, moves: str | None) -> None:
        body, walks = person(self.draw, self.length_ms // 1000)
        heard = readings(body, 0, None, moves == "mg")
        self._body: Iterator[Reading] = (it for it in heard if moves or isinstance(it, Packet))
        self._next = next(self._body)
        self._walks = walks if moves else []

    def _sends_from_afar(self, seed: int) -> Sender | None:
        """Of five shifts two are heard from another machine; one that does not tell its time."""
        if seed % 5 not in (1, 3):
            return None
        wrong_ms = self.clock.wrong_ms
        if seed % 5 == 1:
            wrong_ms += self.draw.choice([0, 37_000, -HOUR_MS])
        return Sender("far", self.clock, wrong_ms=wrong_ms, tells_time=seed % 5 == 1)

    # Programs, one after the other.

    def __enter__(self) -> "Shift":
        return self

    def __exit__(self, *_: object) -> None:
        self.diary.close()

    def live(self) -> "Shift":
        while not self._over:
            asyncio.run(self._live_once())
            self._between()
        return self

    async def _live_once(self) -> None:
        self._lives += 1
        clock, self._between = self.clock, lambda: None
        if self._sender is not None:
            self.source: Near | Far = Far(self._sender, self.diary, clock, self._turn)
        else:
            self.source = Near(f"life-{self._lives}", clock, self._turn)
            self.begun[self.source.name] = (self.source.now_ms(), clock.true_ms)
        self._clock_moved(self.source.now_ms() - clock.true_ms - self._wrong_ms)
        self.session = Session(self.source, self.diary, Teller(self._tell), clock.clock())
        self.replies = Replies(self.session, seed=lambda: b"the same")
        await self.session.run()
        self.ended_ms.append(self.source.now_ms())

    def _clock_moved(self, by_ms: int) -> None:
        self._wrong_ms += by_ms
        self.book.clock.append((self.clock.true_ms, by_ms))

    def _tell(self, prompt_id: str) -> None:
        self.told.append((prompt_id, self.clock.true_ms))
        stored = self.diary.prompt(prompt_id)
        if stored is None or stored.status != "offered":
            self.unstored.append(prompt_id)

    # What a source is asked for, again and again.

    async def _turn(self) -> tuple[Batch, ...]:
        self.session.day.busy_until_ms = self._busy_until
        self._hear_offer()
        await self._do_what_is_due()
        if self._silent_ms > 0:
            self._waits()
            return ()
        if self._held:
            return await self._brings(())
        if self._next.t_ms >= self.length_ms:
            self._over = True
            raise SourceEnded
        return await self._brings(self._hears(_BATCH_MS))

    def _waits(self) -> None:
        """Let time pass in which the body cannot be heard."""
        step_ms = min(self._silent_ms, 5_000 if self._silent_ms < 2 * MINUTE_MS else MINUTE_MS)
        self._silent_ms -= step_ms
        self._passes(step_ms)

    def _passes(self, ms: int) -> None:
        self.clock.true_ms += ms
        self._skipped_ms += ms

    def _hears(self, for_ms: int) -> list[Reading]:
        """Let the body live on, and stamp what arrives of what it sends."""
        until_ms = self._next.t_ms + for_ms
        if self._due:
            until_ms = min(until_ms, max(self._due[0][0], self._next.t_ms + 1))
        heard = []
        while self._next.t_ms < until_ms:
            sent, self._next = self._next, next(self._body)
            self.clock.true_ms = sent.t_ms + self._skipped_ms
            self._note_walk(sent.t_ms)
            if not self._is_lost(sent.t_ms):
                heard.append(self._stamped(self._unclear(sent)))
        return heard

    def _stamped(self, sent: Reading) -> Reading:
        beats = isinstance(sent, Packet) and bool(decode(sent.data).rr_ticks)
        of = self.brought.setdefault(self.source.name, [])
        of.append((self.clock.true_ms, isinstance(sent, Packet), beats))
        return self.source.stamp(sent)

    def _note_walk(self, body_ms: int) -> None:
        while self._walks and self._walks[0][1] <= body_ms:
            begin_ms, end_ms = self._walks.pop(0)
            by_ms = self._skipped_ms
            self.book.walks.append((begin_ms + by_ms, end_ms + by_ms))

    def _is_lost(self, body_ms: int) -> bool:
        if body_ms < self._stormy_ms and self._lost == 0 and self.draw.random() < 0.15:
            self._lost = self.draw.randrange(1, 9)
            self.source.epoch += 1
        if self._lost == 0:
            return False
        self._lost -= 1
        return True

    def _unclear(self, sent: Reading) -> Reading:
        if not isinstance(sent, Packet) or sent.t_ms >= self._unclear_ms:
            return sent
        said = decode(sent.data)
        ticks = [round(tick * self.draw.choice([0.6, 1, 1, 1.5])) for tick in said.rr_ticks]
        return replace(sent, data=encode(said.hr_bpm or 0, ticks, said.contact))

    async def _brings(self, heard: "tuple[()] | list[Reading]") -> tuple[Batch, ...]:
        held, self._held = self._held, []
        again, self._again = self._again, False
        return await self.source.brings([*held, *heard], again=again)

    # A person.

    def _hear_offer(self) -> None:
        """See an offer, and make up one's mind what to say to it, if anything."""
        if len(self.told) == self._tellings:
            return
        self._tellings = len(self.told)
        name, answer = self.told[-1][0], self.draw.choice([None, *Answer, Answer.LATER])
        if answer is None:
            return
        after_ms = self.draw.randrange(3_000, 80_000)
        if answer in (Answer.OTHER_CAUSE, Answer.WAS_MOVING):
            after_ms += self.draw.choice([0, 25, 35]) * MINUTE_MS
        self._said.append((self.clock.true_ms + after_ms, lambda: self._answers(name, answer)))

    async def _answers(self, name: str, answer: Answer) -> None:
        self.befell.add(answer.value)
        if answer is Answer.START:
            await self.pauses(name)
            return
        with suppress(AnsweredAlready):
            await self.replies.answer(name, answer)
            if answer in _NO:
                self.book.noes.append(self.clock.true_ms)
            else:
                self.book.put_off.setdefault(name, []).append(self.clock.true_ms)

    async def pauses(self, prompt_id: str | None = None) -> None:
        true_ms = self.clock.true_ms
        await self.replies.begin_pause(f"key {true_ms}", PauseIn(prompt_id=prompt_id))
        self.book.asks("in a pause", true_ms, true_ms + 90_000)

    async def _do_what_is_due(self) -> None:
        for said in [it for it in self._said if it[0] <= self.clock.true_ms]:
            self._said.remove(said)
            await said[1]()
        while self._due and self._due[0][0] <= self._next.t_ms and self._silent_ms <= 0:
            befalls = self._due.pop(0)[1]
            self.befell.add(befalls.__name__)
            await befalls()

    # What befalls them.

    def _drawn(self) -> Iterator[tuple[int, Callable[[], Awaitable[None]]]]:
        asks = (
            *(self.is_with_someone, self.snoozes, self.snoozes_for_the_shift, self.pauses),
            *(self.switches_off, self.has_an_appointment),
        )
        kinds = [
            *(self.naps, self.naps, self.restarts, self.restarts, self.reboots, self.storms),
            *(self.is_silent, self.is_set, self.is_set, self.is_unclear, self.comes_twice),
            *self.draw.sample(asks, 3),
        ]
        hours = [self.takes_off, self.naps_for_long]
        if self._sender is not None:
            kinds, hours = [*kinds, *[self.is_late] * 3], [*hours, self.is_late_for_long]
            kinds += [] if self._sender.tells_time else [self.is_ahead] * 3
        # Hours in which nothing is heard are many marks that all say so: one shift in two has some.
        if self.draw.random() < 0.5:
            yield self.draw.randrange(self.length_ms), self.draw.choice(hours)
        at_ms = 400_000
        while at_ms < self.length_ms:
            yield at_ms, self.draw.choice(kinds)
            at_ms += self.draw.randrange(60_000, 300_000)

    def _between_ms(self, low_ms: int, high_ms: int) -> int:
        """Draw a time, short ones as often as long ones."""
        return int(low_ms * (high_ms / low_ms) ** self.draw.random())

    async def is_set(self) -> None:
        self.clock.is_set(self.draw.choice(STEPS_MS))

    async def naps(self) -> None:
        await self._sleeps(self._between_ms(30_000, 10 * MINUTE_MS))

    async def naps_for_long(self) -> None:
        await self._sleeps(self._between_ms(10 * MINUTE_MS, 3 * HOUR_MS))

    async def _sleeps(self, for_ms: int) -> None:
        """The machine sleeps; what had arrived by then is taken in when it wakes."""
        if self._sender is None:
            self._held += self._hears(8_000)
        goes_on = self.draw.random() < 0.7
        self.clock.sleeps(for_ms, goes_on=goes_on)
        self._skipped_ms += for_ms
        self._clock_moved(0 if goes_on else -for_ms)
        self.source.epoch += 1

    async def restarts(self) -> None:
        self._between = lambda: self._passes(self._between_ms(1_000, MINUTE_MS))
        raise SourceEnded

    async def reboots(self) -> None:
        def between() -> None:
            self._passes(self._between_ms(20_000, 10 * MINUTE_MS))
            self.clock.begins_anew()
            self.clock.is_set(self.draw.choice([0, *STEPS_MS]))

        self._between = between
        raise SourceEnded

    async def storms(self) -> None:
        self._stormy_ms = self._next.t_ms + self._between_ms(30_000, 3 * MINUTE_MS)

    async def is_unclear(self) -> None:
        self._unclear_ms = self._next.t_ms + self._between_ms(60_000, 5 * MINUTE_MS)

    async def is_silent(self) -> None:
        self._silent_ms = self._between_ms(5_000, 5 * MINUTE_MS)
        self.source.epoch += 1

    async def takes_off(self) -> None:
        self._silent_ms = self.draw.randrange(125 * MINUTE_MS, 3 * HOUR_MS)
        self.source.epoch += 1

    async def is_late(self) -> None:
        await self._is_held_up(self._between_ms(40_000, 10 * MINUTE_MS))

    async def is_late_for_long(self) -> None:
        await self._is_held_up(self._between_ms(10 * MINUTE_MS, 2 * HOUR_MS))

    async def _is_held_up(self, for_ms: int) -> None:
        """Nothing gets through for a while; then all of it does."""
        self._held += self._hears(90_000)
        self._silent_ms = for_ms

    async def is_ahead(self) -> None:
        """The clock of a sender that tells no time is set, mostly forward."""
        assert self._sender is not None
        self._sender.wrong_ms += self.draw.choice([300_000, HOUR_MS, -300_000])

    async def comes_twice(self) -> None:
        self._again = True

    # What is asked for.

    async def _wants(self, what: str, why: str, for_ms: int) -> None:
        until = datetime.fromtimestamp((self.source.now_ms() + for_ms) / 1000, UTC)
        await self._change(**{what: until})
        self.book.asks(why, self.clock.true_ms, self.clock.true_ms + for_ms)

    async def _change(self, **to: object) -> None:
        self.settings = self.settings.model_copy(update=to)
        await self.replies.change(self.settings, self.diary.settings().version)
        if self.settings != self._at_first:  # for some minutes of the body's
            back_ms = self._next.t_ms + self.draw.randrange(120_000, 500_000)
            self._due = sorted([*self._due, (back_ms, self.takes_back)], key=lambda it: it[0])

    async def is_with_someone(self) -> None:
        await self._wants("with_someone_until", "with someone", HOUR_MS)

    async def snoozes(self) -> None:
        await self._wants("snoozed_until", "snoozed", self.draw.choice([30, 60]) * MINUTE_MS)

    async def snoozes_for_the_shift(self) -> None:
        here = datetime.fromtimestamp(self.source.now_ms() / 1000, UTC)
        await self._change(snoozed_shift=here)
        self.book.asks("snoozed for the shift", self.clock.true_ms)

    async def switches_off(self) -> None:
        await self._change(offers=False)
        self.book.asks("switched off", self.clock.true_ms)

    async def has_an_appointment(self) -> None:
        for_ms, now_ms = self._between_ms(5 * MINUTE_MS, HOUR_MS), self.source.now_ms()
        self._busy = (now_ms, now_ms + for_ms)
        self.book.asks("calendar", self.clock.true_ms, self.clock.true_ms + for_ms)

    def _busy_until(self, t_ms: int) -> int | None:
        begin_ms, end_ms = self._busy
        return end_ms if begin_ms <= t_ms < end_ms else None

    async def takes_back(self) -> None:
        wanted = ("with_someone_until", "snoozed_until", "snoozed_shift", "offers")
        await self._change(**{what: getattr(self._at_first, what) for what in wanted})
        for why in ("with someone", "snoozed", "snoozed for the shift", "switched off"):
            self.book.ends(why, self.clock.true_ms)
