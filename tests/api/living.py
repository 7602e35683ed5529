"""A shift lived in seconds: a simulated strap, a clock set by hand, and a house that is real."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

from softfront_api.clock import Clock
from softfront_api.demo import history
from softfront_api.diary import Diary
from softfront_api.notify import Bus
from softfront_api.notify.bus import Event
from softfront_api.replies import Replies
from softfront_api.session import Session
from softfront_sensors.packet import Reading
from softfront_sensors.simulated import Episode, Kind, Person, readings
from softfront_sensors.source import Batch, SessionInfo, SourceEnded, StrapState, StrapStatus

START = 1_781_000_000_000
STRAIN_S = 1320
"""The walk is ten minutes past, and the strap has been on for twenty."""


@dataclass
class Time:
    """Wall and monotonic clock, both moved by hand."""

    now_ms: int = START
    stepped_ms: int = 0
    boot: str = "this boot"

    def clock(self) -> Clock:
        return Clock(lambda: self.now_ms + self.stepped_ms, lambda: self.now_ms, self.boot)


def a_shift(
    length_s: float = 1500,
    *more: Episode,
    strain_s: float = STRAIN_S,
    accelerometer: bool = False,
) -> list[Reading]:
    """Walk, sit, and let the heart rise for three minutes."""
    walk = Episode(Kind.WALK, 150, 120)
    person = Person(7, (walk, Episode(Kind.STRAIN, strain_s, 180), *more))
    return list(readings(person, START, length_s, accelerometer))


Said: TypeAlias = Callable[["Home"], Awaitable[object]]


class Worn:
    """A strap whose packets come as fast as they are asked for, and the clock goes with them."""

    def __init__(self, info: SessionInfo, sent: Sequence[Reading], time: Time) -> None:
        self.session, self._time = info, time
        self.sent = list(sent)
        self.batch_ms = 20_000
        self.said: list[tuple[int, Callable[[], Awaitable[object]]]] = []
        self.acked = 0

    @property
    def status(self) -> StrapStatus:
        return StrapStatus(StrapState.LIVE, self.session.device, self.session.started_ms, 82)

    def now_ms(self) -> int:
        return self._time.now_ms

    async def poll(self) -> tuple[Batch, ...]:
        if not self.sent:
            raise SourceEnded
        first_ms = self.sent[0].t_ms
        until_ms = first_ms + self.batch_ms
        if self.said and self.said[0][0] <= first_ms:
            at_ms, say = self.said.pop(0)
            self._time.now_ms = max(at_ms, self._time.now_ms)
            await say()
        if self.said:
            until_ms = min(until_ms, self.said[0][0])
        due = [reading for reading in self.sent if reading.t_ms < until_ms] or self.sent[:1]
        del self.sent[: len(due)]
        self._time.now_ms = max(due[-1].t_ms + 10, self._time.now_ms)
        return (Batch(self.session, tuple(due)),)

    async def ack(self, session: str, seq: int) -> None:
        self.acked = seq

    async def rewind(self, session: str, seq: int) -> None:
        self.sent = [reading for reading in self.sent if reading.seq > seq]

    async def close(self) -> None:
        pass


class Heard(Bus):
    """A bus that remembers all it told."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[Event] = []

    def publish(self, name: str, body: Mapping[str, Any]) -> Event:
        event = super().publish(name, body)
        self.told.append(event)
        return event

    def of(self, name: str) -> list[Mapping[str, Any]]:
        return [event.body for event in self.told if event.name == name]


class Home:
    """A house on a real diary. Two weeks of a person much like the simulated one lie behind it."""

    def __init__(
        self,
        folder: Path,
        sent: Sequence[Reading],
        session: str = "one",
        time: Time | None = None,
        *,
        live: bool = True,
    ) -> None:
        self.time = time or Time()
        started_ms = self.time.now_ms + self.time.stepped_ms
        info = SessionInfo(session, "simulated", started_ms, live=live)
        self.diary = Diary.open(folder, demo=False)
        past = SessionInfo("past", "simulated", START - 15 * 86_400_000, live=False)
        self.diary.add_history(past, history(Person(20), START, past.id))
        self.source, self.bus = Worn(info, sent, self.time), Heard()
        self.session = Session(self.source, self.diary, self.bus, self.time.clock())
        self.replies = Replies(self.session)

    def says(self, at_s: float, say: Said) -> "Home":
        """Let something be said at a second of the shift."""
        said = (START + round(1000 * at_s), lambda: say(self))
        self.source.said = sorted([*self.source.said, said], key=lambda each: each[0])
        return self

    def lives(self) -> "Home":
        """Hear everything that was sent."""
        asyncio.run(self.session.run())
        return self

    def __enter__(self) -> "Home":
        return self

    def __exit__(self, *_: object) -> None:
        self.diary.close()


def from_second(sent: Iterable[Reading], at_s: float) -> list[Reading]:
    """Keep what came from a second on, numbered anew as a new link does."""
    kept = [reading for reading in sent if reading.t_ms >= START + 1000 * at_s]
    return [replace(reading, seq=seq) for seq, reading in enumerate(kept, start=1)]


def up_to_second(sent: Iterable[Reading], at_s: float) -> list[Reading]:
    """Keep what came before a second."""
    return [reading for reading in sent if reading.t_ms < START + 1000 * at_s]
