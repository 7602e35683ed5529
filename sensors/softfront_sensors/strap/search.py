"""Which strap is taken, of those that are heard."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..bluetooth import HEART_RATE_SERVICE, Radio, connected, legible, scanner, translated
from .known import same_id

if TYPE_CHECKING:  # see bluetooth.py: bleak is imported when a strap is wanted
    from bleak.backends.device import BLEDevice
    from bleak.backends.scanner import AdvertisementData


@dataclass(frozen=True, slots=True)
class Wish:
    """Which strap is wanted: by its id, or any that has the heart-rate service."""

    ids: tuple[str, ...] = ()
    """The first is taken before the second; without any, whichever is heard first."""
    names: frozenset[str] = frozenset()
    """What the wanted are called. A name is told, never followed."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a search came to."""

    device: "BLEDevice | None"
    stranger: bool
    """Another strap was heard, under the name of one that is wanted."""


async def find(
    wish: Wish, radio: Radio, seconds: float, patience_s: float, *, everything: bool = False
) -> Found:
    """Listen until the strap wanted most is heard, or `patience_s` after another that will do.

    A strap that does not tell its service is heard only among `everything`, by its id.

    Raises:
        BluetoothUnavailable: this machine cannot listen.
        StrapLost: listening failed for another reason.
    """
    ears = _Ears(wish)
    with translated():
        for device in await connected(radio):
            ears.take(device)
        if not ears.content.is_set():
            async with scanner(radio, ears.hear, everything=everything):
                await ears.listen(seconds, patience_s)
    return Found(ears.best, ears.stranger)


class _Ears:
    """What was heard so far."""

    def __init__(self, wish: Wish) -> None:
        self._wish = wish
        self._heard: dict[int, BLEDevice] = {}
        """By how much it is wanted: 0 is most."""
        self._any = asyncio.Event()
        self.content = asyncio.Event()
        self.stranger = False

    @property
    def best(self) -> "BLEDevice | None":
        return self._heard[min(self._heard)] if self._heard else None

    def hear(self, device: "BLEDevice", advert: "AdvertisementData") -> None:
        has_service = HEART_RATE_SERVICE in advert.service_uuids
        if has_service or self._wish.ids:
            self.take(device, has_service=has_service)

    def take(self, device: "BLEDevice", *, has_service: bool = True) -> None:
        rank = self._rank(device.address)
        if rank is None:
            self.stranger |= has_service and legible(device.name) in self._wish.names
            return
        self._heard.setdefault(rank, device)
        self._any.set()
        if rank == 0:
            self.content.set()

    async def listen(self, seconds: float, patience_s: float) -> None:
        loop = asyncio.get_running_loop()
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds) as limit:
                await self._any.wait()
                end_s = limit.when()
                if end_s is not None:
                    limit.reschedule(min(end_s, loop.time() + patience_s))
                await self.content.wait()

    def _rank(self, address: str) -> int | None:
        if not self._wish.ids:
            return 0
        ranks = (rank for rank, each in enumerate(self._wish.ids) if same_id(each, address))
        return next(ranks, None)
