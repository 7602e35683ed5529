"""The other end of the road: a real `RemoteStrap`, and a store that behaves as the diary does."""

import asyncio
import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace

from softfront_sensors.envelope import Envelope, Pending, Reply, read_envelope, write_envelope
from softfront_sensors.errors import NotTaken, Unreachable
from softfront_sensors.packet import Gap, Reading, first_seq
from softfront_sensors.remote import Known, RemoteStrap
from softfront_sensors.source import (
    Batch,
    SessionInfo,
    SourceEnded,
    StrapState,
    StrapStatus,
)

from .spooling import START, session


class Elsewhere:
    """Stores what follows on what it has, session by session, and sends back what does not."""

    def __init__(self, now_ms: Callable[[], int] = lambda: START) -> None:
        self.stored: dict[str, list[Reading]] = {}
        self.infos: dict[str, SessionInfo] = {}
        self.remote = RemoteStrap(self._recall, now_ms, now_ms)

    def restarted(self) -> "Elsewhere":
        """Be another process with the same store."""
        after = Elsewhere()
        after.stored, after.infos = self.stored, self.infos
        return after

    async def run(self) -> None:
        with suppress(SourceEnded):
            while True:
                for batch in await self.remote.poll():
                    await self._take(batch)

    def last_seq(self, name: str) -> int:
        stored = self.stored.get(name)
        return stored[-1].seq if stored else 0

    async def _recall(self, name: str) -> Known | None:
        known = name in self.infos
        return Known(self.last_seq(name), self.infos[name].offset_ms) if known else None

    async def _take(self, batch: Batch) -> None:
        name, last = batch.session.id, self.last_seq(batch.session.id)
        self.infos[name] = batch.session
        fresh = [_rest(reading, last) for reading in batch.readings if reading.seq > last]
        if fresh and first_seq(fresh[0]) != last + 1:
            await self.remote.rewind(name, last)
            return
        self.stored.setdefault(name, []).extend(fresh)
        await self.remote.ack(name, self.last_seq(name))


def _rest(reading: Reading, last: int) -> Reading:
    if isinstance(reading, Gap) and first_seq(reading) <= last:
        return replace(reading, count=reading.seq - last)
    return reading


class Direct:
    """A carrier without a road: what is sent is there at once, unless it is told otherwise."""

    def __init__(self, elsewhere: Elsewhere) -> None:
        self.elsewhere = elsewhere
        self.sent: list[Envelope] = []
        self.answered: list[Envelope] = []
        self.prompt: Pending | None = None
        self.fault: Exception | None = None
        self.closed = False

    async def send(self, envelope: Envelope) -> Reply:
        self.sent.append(envelope)
        await asyncio.sleep(0)
        if self.fault is not None:
            raise self.fault
        travelled = read_envelope(json.loads(json.dumps(write_envelope(envelope))))
        try:
            acked = await self.elsewhere.remote.deliver(travelled)
        except NotTaken as untaken:
            raise Unreachable(str(untaken)) from None
        self.answered.append(envelope)
        return Reply(envelope.session.id, acked, self.prompt)

    async def close(self) -> None:
        self.closed = True


class Told:
    """A source that says what it is told to say."""

    def __init__(self, name: str = "one", *, live: bool = True) -> None:
        self.session = replace(session(name), live=live)
        self.status = StrapStatus(StrapState.LIVE, "H10", battery_percent=80)
        self.acked: list[int] = []
        self.time_ms = START
        self.closed = False
        self._said: asyncio.Queue[tuple[Reading, ...] | None] = asyncio.Queue()

    def say(self, readings: Sequence[Reading]) -> None:
        self._said.put_nowait(tuple(readings))

    def end(self) -> None:
        self._said.put_nowait(None)

    def now_ms(self) -> int:
        return self.time_ms

    async def poll(self) -> tuple[Batch, ...]:
        said = await self._said.get()
        if said is None:
            raise SourceEnded
        return (Batch(self.session, said),) if said else ()

    async def ack(self, session: str, seq: int) -> None:
        self.acked.append(seq)

    async def rewind(self, session: str, seq: int) -> None:
        raise AssertionError("an outbox forgets nothing that it was given")

    async def close(self) -> None:
        self.closed = True
        self.end()
