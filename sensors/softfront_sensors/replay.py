"""A recording played again, at any speed, by its own clock."""

import asyncio
from bisect import bisect_right
from collections.abc import Callable

from .recording import Recording
from .source import Batch, SessionInfo, SourceEnded, StrapState, StrapStatus

_BATCH = 256


class Replay:
    """A `Source` whose clock is the recording's: a day in seconds, with the day's decisions."""

    def __init__(
        self,
        recording: Recording,
        speed: float | None,
        mono_s: Callable[[], float],
        *,
        demo: bool = False,
    ) -> None:
        """Play at `speed` times real time; `None` is as fast as it goes."""
        readings = recording.readings
        self.session = SessionInfo(
            recording.id, recording.device, readings[0].t_ms, live=False, demo=demo
        )
        self._readings = readings
        self._speed = speed
        self._mono_s = mono_s
        self._at = 0
        self._began: tuple[float, int] | None = None

    @property
    def status(self) -> StrapStatus:
        """Stand as a strap does, and say when the end is reached."""
        ended = self._at >= len(self._readings)
        state = StrapState.ENDED if ended else StrapState.LIVE
        return StrapStatus(state, self.session.device, self.session.started_ms)

    def now_ms(self) -> int:
        """Read the recording's clock."""
        if self._speed is None or self._began is None:
            return self._readings[max(0, self._at - 1)].t_ms
        began_s, began_ms = self._began
        return began_ms + round((self._mono_s() - began_s) * self._speed * 1000)

    async def poll(self) -> tuple[Batch, ...]:
        """Return the next readings when their time has come."""
        if self._at >= len(self._readings):
            raise SourceEnded
        until = min(self._at + _BATCH, len(self._readings))
        if self._speed is None:
            await asyncio.sleep(0)  # Whoever else lives in this loop has a turn.
        else:
            until = min(until, await self._due(self._speed))
        batch = self._readings[self._at : until]
        self._at = until
        return (Batch(self.session, batch),) if batch else ()

    async def ack(self, session: str, seq: int) -> None:
        """Need nothing: the recording stays."""

    async def rewind(self, session: str, seq: int) -> None:
        """Continue behind what the store already holds."""
        self._at = bisect_right(self._readings, seq, key=lambda reading: reading.seq)

    async def close(self) -> None:
        """Hold nothing open."""

    async def _due(self, speed: float) -> int:
        """Wait up to a second for the next reading; return where the readings due now end."""
        following = self._readings[self._at].t_ms
        if self._began is None:
            self._began = self._mono_s(), following
        wait_s = (following - self.now_ms()) / 1000 / speed
        await asyncio.sleep(max(0.0, min(wait_s, 1.0)))
        return bisect_right(self._readings, self.now_ms(), key=lambda reading: reading.t_ms)
