"""Readings that came and are not yet known to be stored."""

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress

from ..packet import Reading


class Inbox:
    """Numbers readings without holes and keeps each until it is acknowledged."""

    def __init__(self) -> None:
        self._readings: deque[Reading] = deque()
        self._last_seq = 0
        self._taken = 0
        """The seq up to which readings were handed out."""
        self._arrived = asyncio.Event()

    @property
    def waiting(self) -> bool:
        """Tell whether there is something to take."""
        return self._taken < self._last_seq

    def __len__(self) -> int:
        """Count what is kept."""
        return len(self._readings)

    def put(self, numbered: Callable[[int], Reading]) -> None:
        """Keep what becomes of the next seq."""
        self._last_seq += 1
        self._readings.append(numbered(self._last_seq))
        self._arrived.set()

    def take(self) -> tuple[Reading, ...]:
        """Hand out everything not handed out yet."""
        fresh = tuple(reading for reading in self._readings if reading.seq > self._taken)
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
        while self._readings and self._readings[0].seq <= seq:
            self._readings.popleft()

    def rewind(self, seq: int) -> None:
        """Hand out again what is kept behind `seq`; never skip what was not handed out."""
        self._taken = min(self._taken, seq)
