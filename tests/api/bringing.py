"""How beats come into a house: by a strap that is read here, or from another machine."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import TypeAlias

from softfront_api.diary import Diary
from softfront_api.doors.receiving import Receiving
from softfront_sensors.envelope import Envelope
from softfront_sensors.errors import FarAhead, NotTaken
from softfront_sensors.packet import Reading
from softfront_sensors.several import Several
from softfront_sensors.source import Batch, Rank, SessionInfo, StrapState, StrapStatus

from .clockwork import Clockwork

Turn: TypeAlias = Callable[[], Awaitable[tuple[Batch, ...]]]
"""What a source is asked for: whoever writes the script says what comes next."""
_AT_ONCE = 1000


class Near:
    """A strap read on this machine: what arrives is stamped by the clock of its session."""

    def __init__(self, name: str, clock: Clockwork, turn: Turn) -> None:
        self.session = SessionInfo(name, "simulated", clock.wall_ms, live=True, boot=clock.boot)
        self.status = StrapStatus(StrapState.LIVE, "simulated", clock.wall_ms, 80)
        self.epoch, self._clock, self._turn = 1, clock, turn
        self._session_ms = clock.clock().session_clock()
        self._seq = 0
        self._latest: tuple[Reading, ...] = ()

    @property
    def name(self) -> str:
        return self.session.id

    def now_ms(self) -> int:
        return self._session_ms()

    def stamp(self, reading: Reading) -> Reading:
        """Take what arrives now."""
        self._seq += 1
        now_ms, wall_ms = self.now_ms(), self._clock.wall_ms
        return replace(reading, seq=self._seq, epoch=self.epoch, t_ms=now_ms, wall_ms=wall_ms)

    async def brings(self, readings: Sequence[Reading], *, again: bool) -> tuple[Batch, ...]:
        """Hand on what was stamped; `again`, what was handed on last comes with it."""
        before, self._latest = self._latest, tuple(readings)
        return (Batch(self.session, (*before, *readings) if again else self._latest),)

    async def poll(self) -> tuple[Batch, ...]:
        return await self._turn()

    async def ack(self, session: str, seq: int) -> None:
        pass

    async def rewind(self, session: str, seq: int) -> None:
        pass

    async def close(self) -> None:
        pass


class Sender:
    """Another machine that reads the strap and keeps what it heard until it is acknowledged."""

    def __init__(self, name: str, clock: Clockwork, *, wrong_ms: int, tells_time: bool) -> None:
        """Its clock is wrong; one that does not tell its time may be set, and then jumps."""
        self.clock, self.wrong_ms, self.tells_time = clock, wrong_ms, tells_time
        rank = Rank.COLLECTOR if tells_time else Rank.RAW
        self.info = SessionInfo(name, "a strap elsewhere", self.now_ms, live=True, rank=rank)
        self.epoch, self.outbox = 1, list[Reading]()
        self._seq = 0

    @property
    def now_ms(self) -> int:
        return self.clock.true_ms + self.wrong_ms

    def stamp(self, reading: Reading) -> Reading:
        self._seq += 1
        now_ms = self.now_ms
        return replace(reading, seq=self._seq, epoch=self.epoch, t_ms=now_ms, wall_ms=now_ms)


class Far(Several):
    """The house's own ear for other machines, to which one of them sends."""

    def __init__(self, sender: Sender, diary: Diary, clock: Clockwork, turn: Turn) -> None:
        self._receiving = Receiving(diary, clock.clock(), None)
        counted_ms = min(diary.counted_ms(), clock.wall_ms)
        super().__init__((), self._receiving.remote, counted_ms)
        self._sender, self._turn = sender, turn
        self._sent: asyncio.Task[int] | None = None

    @property
    def name(self) -> str:
        return self._sender.info.id

    @property
    def epoch(self) -> int:
        return self._sender.epoch

    @epoch.setter
    def epoch(self, to: int) -> None:
        self._sender.epoch = to

    def stamp(self, reading: Reading) -> Reading:
        return self._sender.stamp(reading)

    async def poll(self) -> tuple[Batch, ...]:
        return await self._turn()

    async def brings(self, readings: Sequence[Reading], *, again: bool) -> tuple[Batch, ...]:
        """Send all that is not acknowledged; `again`, an acknowledgement was lost on its way."""
        sender = self._sender
        await self._hear_ack(lost=again)
        sender.outbox += readings
        sent_ms = sender.now_ms if sender.tells_time else None
        envelope = Envelope(sender.info, sent_ms, tuple(sender.outbox[:_AT_ONCE]))
        self._sent = asyncio.create_task(self._receiving.remote.deliver(envelope))
        heard = asyncio.create_task(super().poll())
        await asyncio.wait({self._sent, heard}, return_when=asyncio.FIRST_COMPLETED)
        if heard.done():
            return heard.result()
        heard.cancel()  # nothing in it was new, or it was refused
        await asyncio.gather(heard, return_exceptions=True)
        return ()

    async def close(self) -> None:
        await super().close()
        await self._hear_ack()

    async def _hear_ack(self, *, lost: bool = False) -> None:
        """Hear up to where it is stored by now; who is not heard is sent again."""
        sent, self._sent = self._sent, None
        if sent is None:
            return
        try:
            acked = await sent
        except (FarAhead, NotTaken):
            return
        if not lost:
            self._sender.outbox = [it for it in self._sender.outbox if it.seq > acked]
