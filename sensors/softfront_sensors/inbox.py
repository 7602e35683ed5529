"""Packets that came and are not yet known to be stored."""

import asyncio
from collections import deque
from contextlib import suppress

from .packet import Packet

KEPT = 2 * 60 * 60
"""Two hours of a strap that sends once a second: a store that hangs so long is found by then."""


class Inbox:
    """Numbers packets without holes and keeps each until it is acknowledged."""

    def __init__(self, kept: int = KEPT) -> None:
        self._limit = kept
        self._packets: deque[Packet] = deque()
        self._last_seq = 0
        self._taken = 0
        """The seq up to which packets were handed out."""
        self._arrived = asyncio.Event()

    @property
    def waiting(self) -> bool:
        """Tell whether there is something to take."""
        return self._taken < self._last_seq

    def put(self, epoch: int, t_ms: int, wall_ms: int, data: bytes) -> bool:
        """Keep a packet; return False, and drop it, where all places are taken.

        The oldest stay: dropping one of them would leave a hole.
        """
        if len(self._packets) >= self._limit:
            return False
        self._last_seq += 1
        self._packets.append(Packet(self._last_seq, epoch, t_ms, wall_ms, data))
        self._arrived.set()
        return True

    def take(self) -> tuple[Packet, ...]:
        """Hand out everything not handed out yet."""
        fresh = tuple(packet for packet in self._packets if packet.seq > self._taken)
        self._taken = self._last_seq
        return fresh

    async def wait(self, limit_s: float) -> None:
        """Wait until there is something to take, somebody calls `wake`, or `limit_s` is over."""
        if self.waiting:
            return
        self._arrived.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(limit_s):
                await self._arrived.wait()

    def wake(self) -> None:
        """End a `wait`."""
        self._arrived.set()

    def ack(self, seq: int) -> None:
        """Forget everything up to `seq`."""
        while self._packets and self._packets[0].seq <= seq:
            self._packets.popleft()

    def rewind(self, seq: int) -> None:
        """Hand out again what is kept behind `seq`; never skip what was not handed out."""
        self._taken = min(self._taken, seq)
