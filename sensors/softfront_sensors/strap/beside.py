"""What a strap tells beside its beats: who it is, how full it is, how much the body moves."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TYPE_CHECKING, TypeAlias

from ..bluetooth import cause, link_errors
from .known import KnownStrap, KnownStraps, same_id
from .nameplate import Nameplate, battery_percent, nameplate
from .runs import Runs
from .standing import Standing
from .timings import Timings

if TYPE_CHECKING:  # see bluetooth.py: bleak is imported when a strap is wanted
    from bleak import BleakClient

Movement: TypeAlias = Callable[
    ["BleakClient", Callable[[int], None]], AbstractAsyncContextManager[bool]
]
"""While entered, it tells about once a second how much a body moves; it yields whether it can."""

_log = logging.getLogger(__name__)


@asynccontextmanager
async def no_movement(client: "BleakClient", hear: Callable[[int], None]) -> AsyncIterator[bool]:
    """Ask a strap for nothing but its beats."""
    yield False


class Beside:
    """Asks a connected strap, one question after the other; none of it can end the link."""

    def __init__(
        self,
        runs: Runs,
        standing: Standing,
        known: KnownStraps | None,
        movement: Movement,
        timings: Timings,
    ) -> None:
        self._runs, self._standing, self._known = runs, standing, known
        self._movement, self._timings = movement, timings
        self._plate: tuple[str, Nameplate] | None = None
        """The session it was read in; a strap does not change its maker."""

    @asynccontextmanager
    async def asking(self, client: "BleakClient", carries: asyncio.Event) -> AsyncIterator[None]:
        """Ask while the beats are listened to; once it `carries` them, the strap is remembered."""
        task = asyncio.create_task(self._ask(client, carries), name="ask the strap")
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait({task}, timeout=self._timings.release_s)
            if task.done() and not task.cancelled() and (failed := task.exception()):
                _log.error("what a strap tells beside its beats failed", exc_info=failed)

    def recall(self, strap: str) -> KnownStrap | None:
        """Return what is remembered of a strap."""
        straps = self._known.straps if self._known else ()
        return next((each for each in straps if same_id(each.id, strap)), None)

    async def _ask(self, client: "BleakClient", carries: asyncio.Event) -> None:
        try:
            await self._read(client)
            await carries.wait()
            await self._remember()
            async with self._movement(client, self._runs.move):
                while True:
                    await asyncio.sleep(self._timings.battery_every_s)
                    await self._read(client)
                    await self._remember()
        except link_errors() as error:
            _log.info("no more is asked of the strap: %s", cause(error))

    async def _read(self, client: "BleakClient") -> None:
        self._standing.charged(await battery_percent(client, self._timings.ask_s))
        session = self._runs.current.info.id
        if self._plate is None or self._plate[0] != session:
            plate = await nameplate(client, self._timings.ask_s)
            self._standing.told(plate)
            if plate != Nameplate(None, None, None):
                self._plate = session, plate

    async def _remember(self) -> None:
        """Note that the strap was worn now."""
        strap, status = self._runs.current.info.strap, self._standing.status
        if self._known is None or strap is None:
            return
        now_ms = self._runs.clocks.wall_ms()
        self._known.remember(KnownStrap(strap, status.name, status.model, status.serial, now_ms))
        await asyncio.to_thread(self._known.save)
