"""Straps that are read elsewhere: what other machines and phones deliver here."""

import asyncio
import uuid
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TypeAlias

from .envelope import Envelope
from .errors import FarAhead, NotTaken
from .packet import Packet, Reading
from .source import Batch, Rank, SessionInfo, SourceEnded, StrapState, StrapStatus

Clock: TypeAlias = Callable[[], int]

# A sender that says nothing for so long is out of reach, whatever it said of its strap.
_SILENT_MS = 15_000
# Longer than a commit on a card that is busy; the sender keeps what it sent, and sends it again.
_PATIENCE_S = 10.0
# An outbox that was away for a day comes in pieces; more than this at once is no outbox.
_MOST_WAITING = 20_000
# A phone's clock may be off by minutes; further ahead is another day, and nothing can be placed.
_AHEAD_MS = 10 * 60_000
# By so much one message may have been quicker than the one the clocks were compared by.
_ROUNDING_MS = 2_000
# A sender with a new name for each message is not to fill the memory.
_MOST_SENDERS = 500
_POLL_S = 1.0


@dataclass(frozen=True, slots=True)
class Known:
    """What the store holds of a session."""

    last_seq: int
    offset_ms: int


Recall: TypeAlias = Callable[[str], Awaitable[Known | None]]


@dataclass(slots=True)
class _Sender:
    """One session that is being delivered."""

    info: SessionInfo
    acked: int
    heard_ms: int
    status: StrapStatus | None = None
    last_beat_ms: int | None = None


class RemoteStrap:
    """A `Source` that is delivered to; each delivery learns up to where its session is stored.

    Readings keep their sender's order and numbers. Their times are moved by one offset for the
    whole session, so that a machine without a clock of its own is placed where it belongs.
    """

    def __init__(
        self,
        recall: Recall,
        wall_ms: Clock,
        mono_ms: Clock,
        on_envelope: Callable[[Envelope], None] = lambda envelope: None,
    ) -> None:
        """Let `recall` say what is stored of a session from before this began."""
        self._on_envelope = on_envelope
        self._recall, self._mono_ms = recall, mono_ms
        self._began_ms, self._began_mono_ms = wall_ms(), mono_ms()
        self._senders: dict[str, _Sender] = {}
        self._last: str | None = None
        self._nobody = SessionInfo(
            str(uuid.uuid4()), "another machine", self._began_ms, live=True, rank=Rank.RAW
        )
        self._queue: deque[Batch] = deque()
        self._waiting: list[tuple[str, int, asyncio.Future[int]]] = []
        self._arrived = asyncio.Event()
        self._closed = False

    @property
    def session(self) -> SessionInfo:
        """The session that was delivered to last."""
        return self._senders[self._last].info if self._last else self._nobody

    @property
    def status(self) -> StrapStatus:
        """How the strap of the last sender stands, as far as it has been told."""
        if self._last is None:
            return StrapStatus(StrapState.ABSENT, since_ms=self._began_ms)
        return self.status_of(self._last)

    def status_of(self, session: str) -> StrapStatus:
        """Tell how the strap of one session stands."""
        sender = self._senders.get(session)
        if sender is None:  # silent for so long that it was forgotten
            return StrapStatus(StrapState.LOST)
        told = sender.status or StrapStatus(StrapState.LIVE)
        silent = self.now_ms() - sender.heard_ms > _SILENT_MS
        return replace(
            told,
            state=StrapState.LOST if silent else told.state,
            name=told.name or sender.info.device,
            since_ms=sender.heard_ms if silent else told.since_ms,
            last_beat_ms=sender.last_beat_ms,
        )

    def now_ms(self) -> int:
        """Read this machine's clock, which never steps."""
        return self._began_ms + self._mono_ms() - self._began_mono_ms

    async def deliver(self, envelope: Envelope) -> int:
        """Take an envelope; return up to where its session is stored for good.

        Raises:
            FarAhead: its clock is more than ten minutes ahead, and it does not say by how much.
            NotTaken: it could not be stored in time; the sender keeps it and tries again.
        """
        sender = await self._sender(envelope)
        self._on_envelope(envelope)
        sender.heard_ms, sender.status = self.now_ms(), envelope.status or sender.status
        self._last = sender.info.id
        fresh = tuple(r for r in envelope.readings if r.seq > sender.acked)
        if not fresh:
            return sender.acked
        self._make_room(len(fresh))
        if any(isinstance(reading, Packet) for reading in fresh):
            sender.last_beat_ms = sender.heard_ms
        moved = self._placed(fresh, sender.info.offset_ms)
        stored: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._waiting.append((sender.info.id, fresh[-1].seq, stored))
        self._queue.append(Batch(sender.info, moved))
        self._arrived.set()
        return await self._answered(stored)

    async def poll(self) -> tuple[Batch, ...]:
        """Wait for what is delivered; empty after about a second of silence.

        Raises:
            SourceEnded: it was closed.
        """
        if not self._queue and not self._closed:
            self._arrived.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(_POLL_S):
                    await self._arrived.wait()
        if self._closed:
            raise SourceEnded
        batches = tuple(self._queue)
        self._queue.clear()
        return batches

    async def ack(self, session: str, seq: int) -> None:
        """Let the senders know whose readings are stored by now."""
        self._settle(session, seq, lambda last: last <= seq)

    async def rewind(self, session: str, seq: int) -> None:
        """Let the sender know that it is to go back to where the store ends."""
        self._settle(session, seq, lambda last: True)

    async def close(self) -> None:
        """Take nothing more; who still waits is told that it was not stored."""
        self._closed = True
        self._arrived.set()
        for _, _, stored in self._waiting:
            if not stored.done():
                stored.set_exception(NotTaken("the server is being stopped"))

    def _placed(self, readings: tuple[Reading, ...], offset_ms: int) -> tuple[Reading, ...]:
        """Place readings by this machine's clock; none is later than now, whoever says so.

        A sender whose clock was set meanwhile would silence everyone else until that time comes.
        What it said stays in `wall_ms`.
        """
        now_ms = self.now_ms()
        ahead_ms = max(reading.t_ms for reading in readings) + offset_ms - now_ms
        latest_ms = now_ms if ahead_ms > _ROUNDING_MS else now_ms + _ROUNDING_MS
        return tuple(
            replace(reading, t_ms=max(0, min(reading.t_ms + offset_ms, latest_ms)))
            for reading in readings
        )

    def _settle(self, session: str, seq: int, done: Callable[[int], bool]) -> None:
        if session in self._senders:
            self._senders[session].acked = seq
        for of, last, stored in self._waiting:
            if of == session and done(last) and not stored.done():
                stored.set_result(seq)

    async def _answered(self, stored: "asyncio.Future[int]") -> int:
        try:
            async with asyncio.timeout(_PATIENCE_S):
                return await stored
        except TimeoutError:
            raise NotTaken("it was not stored in time") from None
        finally:
            self._waiting = [each for each in self._waiting if each[2] is not stored]

    def _make_room(self, count: int) -> None:
        waiting = sum(len(batch.readings) for batch in self._queue)
        if self._closed or waiting + count > _MOST_WAITING:
            raise NotTaken("too much is waiting to be stored")

    async def _sender(self, envelope: Envelope) -> _Sender:
        name = envelope.session.id
        if name not in self._senders:
            known = await self._recall(name)
            offset_ms = known.offset_ms if known else self._offset(envelope)
            info = replace(
                envelope.session,
                offset_ms=offset_ms,
                started_ms=envelope.session.started_ms + offset_ms,
            )
            acked = known.last_seq if known else 0
            self._forget_old()
            self._senders.setdefault(name, _Sender(info, acked, self.now_ms()))
        return self._senders[name]

    def _forget_old(self) -> None:
        """Forget who has been silent the longest; the store knows them still."""
        waiting = {name for name, _, _ in self._waiting} | {self._last}
        idle = [name for name in self._senders if name not in waiting]
        if len(self._senders) >= _MOST_SENDERS and idle:
            del self._senders[min(idle, key=lambda name: self._senders[name].heard_ms)]

    def _offset(self, envelope: Envelope) -> int:
        """Say how far this machine's clock is ahead of the sender's, which may not tell it."""
        if envelope.sent_ms is not None:
            return self.now_ms() - envelope.sent_ms
        latest_ms = max((reading.t_ms for reading in envelope.readings), default=0)
        ahead_ms = latest_ms - self.now_ms()
        if ahead_ms > _AHEAD_MS:
            raise FarAhead
        return min(0, -ahead_ms)
