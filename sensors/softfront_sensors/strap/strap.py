"""A chest strap in the room: found, listened to, and found again when it is lost."""

import asyncio
import logging
import random
import sys
import time
from collections.abc import Callable, Sequence
from typing import Self

from ..bluetooth import (
    AdapterFactory,
    ClientFactory,
    FoundStrap,
    Radio,
    ScannerFactory,
    listen,
)
from ..source import Batch, SessionInfo, SourceEnded, StrapState, StrapStatus
from .beside import Movement, no_movement
from .known import KnownStraps
from .runs import Clock, Clocks, Runs
from .supervisor import Supervisor
from .timings import Timings

_log = logging.getLogger(__name__)

# In these a search may be under way, and a radio does not listen twice at once.
_SEARCHING = (StrapState.ABSENT, StrapState.LOST, StrapState.UNAVAILABLE)


class Strap:
    """A `Source`: a strap and its spares, looked for as long as this lives.

    It starts as an async context manager or at the first `poll`; `close` frees the strap.

    Only those `wanted` are taken, the first before the second; without any, those remembered,
    the most recently worn first; without those, the first that is found, and from then on only
    that one: another strap in the room is another body, whatever its name. Where one takes over
    from another, a new session begins; what is left of the one before is handed out first.
    """

    def __init__(
        self,
        wanted: str | Sequence[str] | None = None,
        *,
        known: KnownStraps | None = None,
        boot: str | None = None,
        client_factory: ClientFactory | None = None,
        scanner_factory: ScannerFactory | None = None,
        adapter_factory: AdapterFactory | None = None,
        movement: Movement = no_movement,
        wall_ms: Clock = lambda: time.time_ns() // 1_000_000,
        mono_ms: Clock = lambda: _awake_and_asleep_ns() // 1_000_000,
        jitter: random.Random | None = None,
        timings: Timings | None = None,
    ) -> None:
        ids = (wanted,) if isinstance(wanted, str) else tuple(wanted or ())
        self._timings = timings or Timings()
        self._runs = Runs(Clocks(wall_ms, mono_ms), boot)
        self._radio = Radio(client_factory, scanner_factory, adapter_factory)
        self._supervisor = Supervisor(
            ids,
            known,
            self._radio,
            self._runs,
            movement,  # the accelerometer joins here
            jitter or random.Random(),
            self._timings,
        )
        self._task: asyncio.Task[None] | None = None
        self._closed = self._resting = False

    async def __aenter__(self) -> Self:
        """Begin to look for the strap."""
        self._start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Let go of the strap."""
        await self.close()

    @property
    def session(self) -> SessionInfo:
        """The run of readings of the strap in use; it is named once one was found."""
        return self._runs.current.info

    @property
    def status(self) -> StrapStatus:
        """How the link stands now."""
        return self._supervisor.standing.status

    def now_ms(self) -> int:
        """Read the session's clock. Unix milliseconds."""
        return self._runs.current.now_ms()

    async def poll(self) -> tuple[Batch, ...]:
        """Wait for readings in the order of their seq; empty after about a second of silence.

        Raises:
            SourceEnded: it was closed, and everything heard has been handed out.
        """
        if self._closed and not self._runs.waiting:
            raise SourceEnded
        self._start()
        await self._runs.wait(self._timings.poll_s)
        return self._runs.take()

    async def ack(self, session: str, seq: int) -> None:
        """Forget everything of a session up to `seq`: it is stored for good."""
        self._runs.ack(session, seq)

    async def rewind(self, session: str, seq: int) -> None:
        """Hand out again what is kept of a session behind `seq`; a fresh one has nothing yet."""
        self._runs.rewind(session, seq)

    async def look(self, seconds: float, hear: Callable[[FoundStrap], None]) -> None:
        """Tell of every strap that is heard, for `seconds`; a link that stands goes on meanwhile.

        Raises:
            BluetoothUnavailable: this machine cannot listen.
            StrapLost: listening failed for another reason.
        """
        self._resting = self.status.state in _SEARCHING
        try:
            if self._resting:
                await self._let_go()
            await listen(seconds, hear, self._radio)
        finally:
            self._resting = False
            self._start()

    async def choose(self, strap: str) -> None:
        """Let go of the strap in use, and want another; what was heard is handed out all the same.

        To be called while nobody looks.
        """
        self._resting = True
        try:
            await self._let_go()
            self._supervisor.want(strap)
        finally:
            self._resting = False
            self._start()

    async def close(self) -> None:
        """Let go of the strap, which advertises again only then; safe at any moment, and twice."""
        self._closed = True
        await self._let_go()
        self._supervisor.standing.ended()
        self._runs.wake()

    async def _let_go(self) -> None:
        if self._task is not None:
            self._task.cancel()
            # bleak undoes half a connection when cancelled, the movement is stopped, and then the
            # release has its own limit.
            limit_s = self._timings.release_s * 2
            _, held = await asyncio.wait({self._task}, timeout=limit_s)
            if held:
                _log.warning("the disconnect was not confirmed in %s s", limit_s)
                self._task.cancel()  # this one nothing survives but code that holds the loop
                await asyncio.wait({self._task}, timeout=1)
            self._task = None

    def _start(self) -> None:
        if self._task is None and not self._closed and not self._resting:
            self._task = asyncio.create_task(self._supervisor.look_after(), name="strap")


def _awake_and_asleep_ns() -> int:
    """Read a clock that never steps and runs on while a laptop sleeps."""
    if sys.platform == "linux":  # elsewhere the monotonic clock does so by itself
        return time.clock_gettime_ns(time.CLOCK_BOOTTIME)
    return time.monotonic_ns()
