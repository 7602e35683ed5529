"""What the tests of a strap share: a strap in the air, ours on the way to it, and patience."""

import asyncio
import gc
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any, TypeVar

import pytest

from softfront_sensors.heart_rate import encode
from softfront_sensors.packet import Packet
from softfront_sensors.source import Hint, StrapState, StrapStatus
from softfront_sensors.strap import Strap, Timings

from .bus import DAEMON

if DAEMON:
    from .fake import FakeBluez, FakeStrap

NEEDS_DBUS = [
    pytest.mark.dbus,
    pytest.mark.skipif(not DAEMON, reason="dbus-daemon is missing: Bluetooth UNTESTED"),
]

QUICK = Timings(
    scan_s=0.2,
    prefer_s=0.1,
    connect_s=2,
    silent_s=0.1,
    reconnect_s=0.3,
    first_pause_s=0.01,
    last_pause_s=0.05,
    release_s=1,
    poll_s=0.05,
)
PATIENT = replace(QUICK, silent_s=5, reconnect_s=15)
BEAT = encode(60, [1024])
LATER = encode(61, [1007, 1001])

T = TypeVar("T")


def run(work: Awaitable[T], limit_s: float = 10) -> T:
    """Run `work` in its own loop; nothing may take longer or be left behind."""

    async def bounded() -> T:
        async with asyncio.timeout(limit_s):
            return await work

    try:
        return asyncio.run(bounded())
    finally:
        gc.collect()  # an unawaited task or an open socket shows here, not in another test


@asynccontextmanager
async def worn(
    bus: str, timings: Timings = PATIENT, wanted: str | None = None, **traits: Any
) -> AsyncIterator[tuple["FakeBluez", "FakeStrap", Strap]]:
    """A strap in the air, with its traits, and ours on the way to it."""
    async with FakeBluez(bus) as bluez:
        fake = bluez.strap(**traits)
        async with Strap(wanted, timings=timings, jitter=random.Random(7)) as strap:
            yield bluez, fake, strap


async def holds(condition: Callable[[], bool]) -> None:
    while not condition():  # noqa: ASYNC110  a status is read, not awaited
        await asyncio.sleep(0.002)


async def until(strap: Strap, state: StrapState) -> StrapStatus:
    await holds(lambda: strap.status.state is state)
    return strap.status


async def suggested(strap: Strap, hint: Hint | None) -> StrapStatus:
    await holds(lambda: strap.status.hint is hint)
    return strap.status


async def receive(strap: Strap, count: int) -> list[Packet]:
    packets: list[Packet] = []
    while len(packets) < count:
        heard = [reading for batch in await strap.poll() for reading in batch.readings]
        packets += [reading for reading in heard if isinstance(reading, Packet)]
    return packets


async def beat(fake: "FakeStrap", strap: Strap, data: bytes = BEAT) -> Packet:
    """Let the strap be subscribed to, send one packet, and receive it."""
    await holds(lambda: fake.notifying)
    fake.send(data)
    [packet] = await receive(strap, 1)
    return packet
