"""A chest strap in the room: found, listened to, and found again when it is lost."""

import asyncio
import logging
import random
import sys
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self, TypeAlias

from .bluetooth import (
    MEASUREMENT,
    AdapterFactory,
    ScannerFactory,
    battery_percent,
    cause,
    find,
    link_errors,
    release,
)
from .errors import BluetoothProblem, BluetoothUnavailable, StrapLost
from .heart_rate import decode
from .inbox import Inbox
from .source import Batch, SessionInfo, SourceEnded, StrapState, StrapStatus

if TYPE_CHECKING:  # see bluetooth.py: bleak is imported when a strap is wanted
    from bleak import BleakClient
    from bleak.backends.characteristic import BleakGATTCharacteristic
    from bleak.backends.device import BLEDevice

ClientFactory: TypeAlias = Callable[..., "BleakClient"]
Clock: TypeAlias = Callable[[], int]

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Timings:
    """How long a strap may keep us waiting."""

    scan_s: float = 10.0
    """A worn strap advertises about once a second; ten tries outlast a crowded room."""
    connect_s: float = 30.0
    """Connecting and asking for beats. bleak's own limit; discovery alone can take 10 s."""
    silent_s: float = 5.0
    """A strap sends about once a second; five missed are no chance."""
    reconnect_s: float = 15.0
    """A link may stand and carry nothing; three times "silent" and we make a new one."""
    first_pause_s: float = 1.0
    last_pause_s: float = 30.0
    """Pauses between tries double up to this: whoever puts a strap on waits no longer."""
    steady_s: float = 60.0
    """A link that carried beats so long was good: the next loss starts at the first pause."""
    battery_s: float = 5.0
    """Beats come meanwhile; only the watch for silence waits."""
    release_s: float = 4.0
    """A disconnect takes about a second; a container has ten before it is killed."""
    poll_s: float = 1.0


class Strap:
    """A `Source`: one strap, looked for as long as this lives.

    It starts as an async context manager or at the first `poll`; `close` frees the strap.
    Without a `wanted` id the first strap found is taken, and kept to for the whole session: another
    person's strap in the room is another body.
    """

    def __init__(
        self,
        wanted: str | None = None,
        *,
        client_factory: ClientFactory | None = None,
        scanner_factory: ScannerFactory | None = None,
        adapter_factory: AdapterFactory | None = None,
        wall_ms: Clock = lambda: time.time_ns() // 1_000_000,
        mono_ms: Clock = lambda: _awake_and_asleep_ns() // 1_000_000,
        jitter: random.Random | None = None,
        timings: Timings | None = None,
    ) -> None:
        self._wanted = wanted
        self._client_factory = client_factory
        self._scanner_factory = scanner_factory
        self._adapter_factory = adapter_factory
        self._wall_ms, self._mono_ms = wall_ms, mono_ms
        self._jitter = jitter or random.Random()
        self._timings = timings or Timings()
        self._id = str(uuid.uuid4())
        self._started_ms, self._began_mono_ms = wall_ms(), mono_ms()
        self._status = StrapStatus(StrapState.ABSENT, since_ms=self._started_ms)
        self._inbox = Inbox()
        self._epoch = 0
        self._first_ms: int | None = None
        """When this link's first packet came, on the monotonic clock."""
        self._heard_ms = 0
        """When its latest came, or when it was asked for."""
        self._said: str | None = None
        self._task: asyncio.Task[None] | None = None
        self._closed = False

    async def __aenter__(self) -> Self:
        """Begin to look for the strap."""
        self._start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Let go of the strap."""
        await self.close()

    @property
    def session(self) -> SessionInfo:
        """The run of readings this strap began; its device is named once it was found."""
        name = self._status.name or "Bluetooth strap"
        return SessionInfo(self._id, name, self._started_ms, live=True)

    @property
    def status(self) -> StrapStatus:
        """How the link stands now."""
        return self._status

    def now_ms(self) -> int:
        """Read the session's clock. Unix milliseconds."""
        return self._started_ms + self._mono_ms() - self._began_mono_ms

    async def poll(self) -> tuple[Batch, ...]:
        """Wait for readings in the order of their seq; empty after about a second of silence.

        Raises:
            SourceEnded: it was closed, and everything heard has been handed out.
        """
        if self._closed and not self._inbox.waiting:
            raise SourceEnded
        self._start()
        await self._inbox.wait(self._timings.poll_s)
        heard = self._inbox.take()
        return (Batch(self.session, heard),) if heard else ()

    async def ack(self, session: str, seq: int) -> None:
        """Forget everything up to `seq`: it is stored for good."""
        self._inbox.ack(seq)

    async def rewind(self, session: str, seq: int) -> None:
        """Hand out again what is kept behind `seq`; a fresh session has nothing yet."""
        self._inbox.rewind(seq)

    async def close(self) -> None:
        """Let go of the strap, which advertises again only then; safe at any moment, and twice."""
        self._closed = True
        if self._task is not None:
            self._task.cancel()
            # bleak undoes half a connection when cancelled, and then the release has its own limit.
            limit_s = self._timings.release_s * 2
            _, held = await asyncio.wait({self._task}, timeout=limit_s)
            if held:
                _log.warning("the disconnect was not confirmed in %s s", limit_s)
                self._task.cancel()  # this one nothing survives but code that holds the loop
                await asyncio.wait({self._task}, timeout=1)
        self._become(StrapState.ENDED)
        self._inbox.wake()

    def _start(self) -> None:
        if self._task is None and not self._closed:
            self._task = asyncio.create_task(self._look_after(), name="strap")

    async def _look_after(self) -> None:
        """Make one link after the other, with growing pauses; only `close` ends it."""
        pause_s = self._timings.first_pause_s
        while not self._closed:
            await self._try()
            if self._was_steady():
                pause_s = self._timings.first_pause_s
            # Half of a pause is chance, so that machines which lost a strap together spread out.
            await asyncio.sleep(pause_s * self._jitter.uniform(0.5, 1.0))
            pause_s = min(pause_s * 2, self._timings.last_pause_s)

    async def _try(self) -> None:
        self._first_ms = None
        try:
            await self._hold_one_link()
        except BluetoothUnavailable as unavailable:
            self._end_link(unavailable, StrapState.UNAVAILABLE, unavailable.problem)
        except StrapLost as lost:
            self._end_link(lost, self._away)
        except link_errors() as error:
            self._end_link(error, self._away)
        except Exception as error:  # a shift without beats is worse than a bug gone round
            _log.exception("the strap's link failed in a way not known here")
            self._end_link(error, self._away)

    @property
    def _away(self) -> StrapState:
        return StrapState.LOST if self._epoch else StrapState.ABSENT

    def _end_link(
        self, error: Exception, state: StrapState, problem: BluetoothProblem | None = None
    ) -> None:
        self._become(state, problem)
        said = cause(error)
        if said != self._said:  # a strap in a drawer is one line, not one every half minute
            _log.info("no link to a strap: %s", said)
        self._said = said

    async def _hold_one_link(self) -> None:
        """Find the strap and listen until the link ends, which is always an exception."""
        factories = self._scanner_factory, self._adapter_factory
        device = await find(self._wanted, self._timings.scan_s, *factories)
        if device is None:
            raise StrapLost("none advertises")
        self._become(StrapState.CONNECTING)
        self._status = replace(self._status, name=device.name or self._status.name)
        lost = asyncio.Event()
        client = self._client(device, lost)
        try:
            await self._subscribe(client, device, lost)
            percent = await battery_percent(client, self._timings.battery_s)
            self._status = replace(self._status, battery_percent=percent)
            await self._watch(lost)
        finally:
            lost.set()
            self._become(self._away)  # before the disconnect, which may take its time
            await release(client, self._timings.release_s)

    def _client(self, device: "BLEDevice", lost: asyncio.Event) -> "BleakClient":
        from bleak import BleakClient

        return (self._client_factory or BleakClient)(
            device,
            disconnected_callback=lambda _: lost.set(),
            timeout=self._timings.connect_s,
        )

    async def _subscribe(
        self, client: "BleakClient", device: "BLEDevice", lost: asyncio.Event
    ) -> None:
        def hear(_: "BleakGATTCharacteristic", data: bytearray) -> None:
            if not lost.is_set():  # a straggler of a link given up would claim to be of the next
                self._hear(bytes(data))

        async with asyncio.timeout(self._timings.connect_s):
            await client.connect()
            self._epoch += 1
            self._heard_ms = self._mono_ms()
            await client.start_notify(MEASUREMENT, hear)
        self._wanted = device.address
        if self._first_ms is None:
            self._become(StrapState.SUBSCRIBED)

    def _hear(self, data: bytes) -> None:
        self._heard_ms = self._mono_ms()
        if self._first_ms is None:
            self._first_ms, self._said = self._heard_ms, None
        self._become(StrapState.LIVE)
        if decode(data).incomplete:
            self._status = replace(self._status, incomplete=self._status.incomplete + 1)
        if not self._inbox.put(self._epoch, self.now_ms(), self._wall_ms(), data):
            self._epoch += 1  # what comes after a packet not kept is not adjacent

    async def _watch(self, lost: asyncio.Event) -> None:
        """Wait for the link to end or to carry nothing for too long.

        Raises:
            StrapLost: always, in the end.
        """
        while not lost.is_set():
            quiet_s = (self._mono_ms() - self._heard_ms) / 1000
            if quiet_s >= self._timings.reconnect_s:
                raise StrapLost("the link stands and carries nothing")
            silent = quiet_s >= self._timings.silent_s
            if silent:
                self._become(StrapState.SILENT)
            until_s = self._timings.reconnect_s if silent else self._timings.silent_s
            with suppress(TimeoutError):
                async with asyncio.timeout(until_s - quiet_s):
                    await lost.wait()
        raise StrapLost("the link ended")

    def _was_steady(self) -> bool:
        if self._first_ms is None:
            return False
        return self._heard_ms - self._first_ms >= self._timings.steady_s * 1000

    def _become(self, state: StrapState, problem: BluetoothProblem | None = None) -> None:
        if (state, problem) != (self._status.state, self._status.problem):
            self._status = replace(
                self._status, state=state, problem=problem, since_ms=self.now_ms()
            )


def _awake_and_asleep_ns() -> int:
    """Read a clock that never steps and runs on while a laptop sleeps."""
    if sys.platform == "linux":  # elsewhere the monotonic clock does so by itself
        return time.clock_gettime_ns(time.CLOCK_BOOTTIME)
    return time.monotonic_ns()
