"""How much the wearer of a Polar strap moves, told once a second by the strap itself."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from math import hypot, sqrt
from typing import TYPE_CHECKING

from .bluetooth import link_errors
from .polar import (
    ALREADY,
    CONTROL,
    DATA,
    DONE,
    Frame,
    Measure,
    Reply,
    Settings,
    ask,
    decode,
    features,
    read_reply,
    read_settings,
    sample_times,
    start,
    stop,
)

if TYPE_CHECKING:  # see bluetooth.py: bleak is imported when a strap is wanted
    from bleak import BleakClient
    from bleak.backends.characteristic import BleakGATTCharacteristic

# A heel's strike reaches two to three g at the chest; a range of two would cut it off.
_LEAST_RANGE_G = 4
# No strap measures beyond 16 g: what tells more is a broken frame.
_MOST_MG = 16_000
# Settings come in one reply, or in two where the link carries 20 bytes.
_MOST_REPLIES = 16
_STOP_TRIES = 3
_TRY_AGAIN_S = 0.1
# A lost link answers nothing; it is looked for again soon only if that is noticed.
_LOOK_EVERY_S = 0.2

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long the accelerometer may keep us waiting."""

    start_s: float = 5.0
    """A reply takes a tenth of a second. Beats come meanwhile; only the watch for silence waits."""
    stop_s: float = 2.0
    """With the disconnect after it this stays below what a strap has to close in."""


@asynccontextmanager
async def movement(
    client: "BleakClient", hear: Callable[[int], None], patience: Patience | None = None
) -> AsyncIterator[bool]:
    """Call `hear` about once a second with the movement in mg, as long as this is open.

    That is the standard deviation of the acceleration's magnitude within a second. Yield whether
    the connected strap tells of it. Nothing the accelerometer does raises here, and it is stopped
    on every way out: an H10 left streaming stays on until its battery is empty.
    """
    stream = _Stream(client, hear, patience or Patience())
    try:
        tells = await stream.start()
        if not tells:
            await stream.stop()  # what was not confirmed may run all the same
        yield tells
    finally:
        await stream.stop()


class Seconds:
    """The movement of one second after the other, by the strap's own clock."""

    def __init__(self, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        # Where a lost frame took part of a second, the greater part still tells.
        self._enough = max(2, rate_hz / 2)
        self._last_ns: int | None = None
        self._second: int | None = None
        self._begin()

    def hear(self, frame: Frame) -> Iterator[int]:
        """Take in a frame; yield the movement in mg of each second that is over with it."""
        times = sample_times(frame, self._last_ns, self._rate_hz)
        self._last_ns = frame.last_ns
        for t_ns, sample in zip(times, frame.samples, strict=True):
            second = t_ns // 1_000_000_000
            if second != self._second:
                if self._count >= self._enough and self._deviation <= _MOST_MG:
                    yield round(self._deviation)
                self._second = second
                self._begin()
            self._add(hypot(*sample))

    def _begin(self) -> None:
        self._count, self._mean, self._squares = 0, 0.0, 0.0

    def _add(self, magnitude: float) -> None:
        """Add to the running sums of Welford (1962): no number of samples takes more room."""
        self._count += 1
        off = magnitude - self._mean
        self._mean += off / self._count
        self._squares += off * (magnitude - self._mean)

    @property
    def _deviation(self) -> float:
        return sqrt(self._squares / self._count)


class _Stream:
    """The accelerometer of one link: asked for, listened to, and stopped."""

    def __init__(
        self, client: "BleakClient", hear: Callable[[int], None], patience: Patience
    ) -> None:
        self._client, self._hear, self._patience = client, hear, patience
        self._replies: asyncio.Queue[Reply] = asyncio.Queue(_MOST_REPLIES)
        self._may_run = False
        """A command was sent, and no stop after it."""
        self._seconds: Seconds | None = None
        """There once the strap has said that it streams, and as long as somebody listens."""
        self._factor: float | None = None

    async def start(self) -> bool:
        """Say whether the strap streams now."""
        why = "it has none, or refused"
        try:
            async with asyncio.timeout(self._patience.start_s):
                if await self._start():
                    return True
        except link_errors() as error:
            why = type(error).__name__
        _log.info("the strap does not tell of movement: %s", why)
        return False

    async def stop(self) -> None:
        """Stop within the limit, even when cancelled meanwhile."""
        self._seconds = None
        if not self._may_run:
            return
        work = asyncio.create_task(self._stop(), name="stop the accelerometer")
        try:
            await asyncio.shield(work)
        except asyncio.CancelledError:
            await asyncio.wait({work})
            raise

    async def _start(self) -> bool:
        # Read before subscribing: a value read later would arrive as an indication, too.
        if Measure.ACC not in features(bytes(await self._client.read_gatt_char(CONTROL))):
            return False
        self._may_run = True  # a run that crashed may have left it so
        await self._client.start_notify(CONTROL, self._on_reply)
        await self._client.start_notify(DATA, self._on_frame)
        reply = await self._ask(ask(Measure.ACC))
        chosen = _gentlest(read_settings(reply.told)) if reply else Settings()
        if not chosen.rates_hz:
            return False
        begun = await self._begin(start(Measure.ACC, chosen))
        if begun is None or begun.status != DONE:
            return False
        self._factor = read_settings(begun.told).factor
        self._seconds = Seconds(chosen.rates_hz[0])
        return True

    async def _begin(self, command: bytes) -> Reply | None:
        """Start; what a crashed run has left streaming is stopped first, once."""
        reply = await self._ask(command)
        if reply is not None and reply.status == ALREADY:
            await self._ask(stop(Measure.ACC))
            reply = await self._ask(command)
        return reply

    async def _ask(self, command: bytes) -> Reply | None:
        """Send a command and put its reply together; `None` where that does not come."""
        await self._client.write_gatt_char(CONTROL, command, response=True)
        told = b""
        for _ in range(_MOST_REPLIES):
            reply = await self._next_reply()
            if reply is None:
                return None
            if (reply.op, reply.measure) == (command[0], command[1]):
                told += reply.told
                if not reply.more:
                    return replace(reply, told=told)
        return None

    async def _next_reply(self) -> Reply | None:
        """Wait as long as the link stands, and not beyond the limit of who began."""
        while self._client.is_connected:
            with suppress(TimeoutError):
                async with asyncio.timeout(_LOOK_EVERY_S):
                    return await self._replies.get()
        return None

    async def _stop(self) -> None:
        with suppress(*link_errors()):  # what is gone already streams no more
            async with asyncio.timeout(self._patience.stop_s):
                await self._send_stop()
                for place in (DATA, CONTROL):
                    with suppress(*link_errors()):
                        await self._client.stop_notify(place)
        if self._may_run and self._client.is_connected:
            _log.warning("the strap did not take the stop of its accelerometer")

    async def _send_stop(self) -> None:
        for _ in range(_STOP_TRIES):
            with suppress(*link_errors()):
                await self._client.write_gatt_char(CONTROL, stop(Measure.ACC), response=True)
                self._may_run = False
                return
            if not self._client.is_connected:
                return
            await asyncio.sleep(_TRY_AGAIN_S)

    def _on_reply(self, _: "BleakGATTCharacteristic", data: bytearray) -> None:
        reply = read_reply(bytes(data))
        if reply is not None and not self._replies.full():
            self._replies.put_nowait(reply)

    def _on_frame(self, _: "BleakGATTCharacteristic", data: bytearray) -> None:
        if self._seconds is None:
            return
        frame = decode(bytes(data), self._factor)
        if frame is None or frame.measure is not Measure.ACC or frame.incomplete:
            return
        for move_mg in self._seconds.hear(frame):
            self._hear(move_mg)


def _gentlest(offered: Settings) -> Settings:
    """Choose what costs the strap least: 25 samples a second show a walk as well as 200."""
    rates = sorted(rate for rate in offered.rates_hz if rate)
    wide = sorted(each for each in offered.ranges_g if each >= _LEAST_RANGE_G)
    widest = sorted(offered.ranges_g)[-1:]
    return replace(offered, rates_hz=tuple(rates[:1]), ranges_g=tuple(wide[:1] or widest))
