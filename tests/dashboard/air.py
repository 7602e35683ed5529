"""Straps in the air of a private bus, for a server and a page that know nothing of it."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from threading import Thread
from typing import Any, Self, TypeVar

from softfront_sensors.heart_rate import Contact, encode

from ..sensors.bluez.fake import FakeBluez, FakeStrap

BEAT = encode(60, [1024], Contact.ON)
T = TypeVar("T")


class Air:
    """A fake BlueZ in a loop of its own: the test's thread belongs to the browser."""

    def __init__(self, bus: str) -> None:
        self._bus = bus
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever)
        self._beating: list[asyncio.Task[None]] = []
        self._bluez: FakeBluez

    def __enter__(self) -> Self:
        self._thread.start()
        self._do(self._begin())
        return self

    def __exit__(self, *_: object) -> None:
        self._do(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def strap(self, address: str, *, beats: bool = True, **traits: Any) -> None:
        """Put a strap in the air; it sends a beat a second to whoever asks."""

        async def put() -> None:
            strap = self._bluez.strap(address, **traits)
            self._beating.append(asyncio.create_task(_beat(strap) if beats else _hum(strap)))

        self._do(put())

    def now(self, do: Callable[[FakeBluez], None]) -> None:
        """Let something befall Bluetooth."""

        async def befall() -> None:
            do(self._bluez)

        self._do(befall())

    def _do(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(20)

    async def _begin(self) -> None:
        self._bluez = await FakeBluez(self._bus).__aenter__()

    async def _end(self) -> None:
        for task in self._beating:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        await self._bluez.__aexit__()


async def _beat(strap: FakeStrap) -> None:
    while True:
        strap.send(BEAT)
        await asyncio.sleep(0.5)


async def _hum(strap: FakeStrap) -> None:
    """Send packets, and no beat in any of them."""
    while True:
        strap.send(encode(0, [], Contact.LOST))
        await asyncio.sleep(0.5)
