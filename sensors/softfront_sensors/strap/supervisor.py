"""Finds a strap, listens to it, and finds it again when it is lost."""

import asyncio
import logging
import random
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..bluetooth import MEASUREMENT, Radio, cause, client, legible, link_errors, loss, release
from ..errors import BluetoothUnavailable, Loss, StrapLost
from ..heart_rate import decode
from .beside import Beside, Movement
from .known import KnownStraps, same_id
from .runs import Runs
from .search import Found, Wish, find
from .standing import REFUSALS, REPEATEDLY, Standing
from .timings import Pauses, Timings

if TYPE_CHECKING:  # see bluetooth.py: bleak is imported when a strap is wanted
    from bleak import BleakClient
    from bleak.backends.characteristic import BleakGATTCharacteristic
    from bleak.backends.device import BLEDevice

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Link:
    """One connection to a strap, from the search for it to its end."""

    device: "BLEDevice | None" = None
    settled: bool = False
    """It was asked for beats: the run of readings is this strap's."""
    first_ms: int = 0
    """When its first packet came, on the monotonic clock."""
    heard_ms: int = 0
    """When its latest came, or when it was asked for."""
    carries: asyncio.Event = field(default_factory=asyncio.Event)
    """Set with the first packet."""
    lost: asyncio.Event = field(default_factory=asyncio.Event)

    def lasted_s(self) -> float:
        """Say for how long it carried packets."""
        return (self.heard_ms - self.first_ms) / 1000 if self.carries.is_set() else 0.0


class Supervisor:
    """Makes one link after the other for as long as it runs, and keeps how things stand."""

    def __init__(
        self,
        wanted: tuple[str, ...],
        known: KnownStraps | None,
        radio: Radio,
        runs: Runs,
        movement: Movement,
        jitter: random.Random,
        timings: Timings,
    ) -> None:
        self._wanted, self._known = wanted, known
        self._radio, self._runs, self._jitter, self._timings = radio, runs, jitter, timings
        self._mono_ms = runs.clocks.mono_ms
        self.standing = Standing(runs, timings)
        self._beside = Beside(runs, self.standing, known, movement, timings)
        self._in_use_first = False
        """A strap was lost a moment ago: one search is for it, before a spare will do."""
        self._unheard = 0
        """How many searches in a row heard none."""
        self._barren: Counter[str] = Counter()
        """How often in a row connecting to a strap came to nothing."""
        self._said: str | None = None

    def want(self, strap: str) -> None:
        """Want one strap, and only that one, from the next search on."""
        self._wanted, self._in_use_first = (strap,), False
        self._barren.clear()

    async def look_after(self) -> None:
        """Make one link after the other, with growing pauses, until cancelled."""
        pauses = Pauses(self._timings, self._jitter)
        while True:
            if await self._try() >= self._timings.steady_s:
                pauses.reset()
            await asyncio.sleep(pauses.next_s())

    async def _try(self) -> float:
        """Hold one link to its end; say for how many seconds it carried packets."""
        link = _Link()
        try:
            await self._hold(link)
        except BluetoothUnavailable as unavailable:
            self.standing.unavailable(unavailable.problem)
            self._say(unavailable)
        except StrapLost as lost:
            self._end(link, lost, lost.loss)
        except link_errors() as error:
            self._end(link, error, loss(error))
        except Exception as error:  # a shift without beats is worse than a bug gone round
            _log.exception("the strap's link failed in a way not known here")
            self._end(link, error, Loss.FAULT)
        return link.lasted_s()

    def _end(self, link: _Link, error: Exception, loss: Loss | None) -> None:
        self.standing.lost(loss)
        self._in_use_first = link.carries.is_set()
        barren = link.settled or loss in REFUSALS
        if link.device is not None and barren and not link.carries.is_set():
            self._barren[link.device.address.casefold()] += 1
        self._say(error)

    def _say(self, error: Exception) -> None:
        said = cause(error)
        if said != self._said:  # a strap in a drawer is one line, not one every half minute
            _log.info("no link to a strap: %s", said)
        self._said = said

    async def _hold(self, link: _Link) -> None:
        """Find a strap and listen until the link ends, which is always an exception."""
        link.device = device = await self._search()
        self.standing.connecting(legible(device.name))
        bleak = client(self._radio, device, link.lost.set, self._timings.connect_s)
        try:
            await self._subscribe(link, bleak)
            async with self._beside.asking(bleak, link.carries):
                await self._watch(link)
        finally:
            link.lost.set()
            self.standing.away()  # before the disconnect, which may take its time
            await release(bleak, self._timings.release_s)

    async def _search(self) -> "BLEDevice":
        """Return a strap that was heard. Raises `StrapLost` where none was."""
        wish, t = self._wish(), self._timings
        patience_s = t.scan_s if self._in_use_first else t.prefer_s
        # Only when none was heard: in a house full of beacons, everything is a lot.
        everything = bool(wish.ids) and self._unheard % 2 == 1
        found: Found = await find(wish, self._radio, t.scan_s, patience_s, everything=everything)
        self._in_use_first = False
        heard = found.device is not None
        self._unheard = 0 if heard else self._unheard + 1
        self.standing.searched(heard=heard, stranger=found.stranger)
        if found.device is None:
            raise StrapLost("none advertises")
        return found.device

    def _wish(self) -> Wish:
        """Say which strap is wanted now: those named, else those remembered, else any."""
        remembered = self._known.straps if self._known else ()
        worn = self._runs.current.info
        in_use = (worn.strap,) if worn.strap else ()
        ids = self._wanted or tuple(strap.id for strap in remembered) or in_use
        names = {strap.name for strap in remembered if any(same_id(strap.id, i) for i in ids)}
        if in_use:
            names.add(worn.device)
        if self._in_use_first:
            ids = (*in_use, *ids)
        # Who is tried again and again in vain lets another go first.
        ids = tuple(sorted(ids, key=lambda each: self._barren[each.casefold()] >= REPEATEDLY))
        return Wish(ids, frozenset(name for name in names if name))

    async def _subscribe(self, link: _Link, bleak: "BleakClient") -> None:
        def hear(_: "BleakGATTCharacteristic", data: bytearray) -> None:
            if not link.lost.is_set():  # a straggler of a link given up would be of the next
                self._hear(link, bytes(data))

        async with asyncio.timeout(self._timings.connect_s):
            await bleak.connect()
            link.lost.clear()  # bleak tries twice by itself, and calls the first a loss
            if not bleak.is_connected:
                raise StrapLost("the link broke off", Loss.REFUSED)
            link.heard_ms = self._mono_ms()
            await bleak.start_notify(MEASUREMENT, hear)
        self._settle(link)

    def _settle(self, link: _Link) -> None:
        """Let the run of readings be this strap's from here on."""
        if link.settled or link.device is None:
            return
        link.settled = True
        strap, name = link.device.address, legible(link.device.name)
        first = self._runs.current.info.strap is None
        known = self._beside.recall(strap)
        name = name or (known.name if known else None)
        if self._runs.put_on(strap, name) or first:
            self.standing.put_on(name, known)
        self._runs.current.begin_epoch()
        self.standing.subscribed()

    def _hear(self, link: _Link, data: bytes) -> None:
        self._settle(link)  # the first packet may come before the answer to asking for it
        link.heard_ms = self._mono_ms()
        if not link.carries.is_set():
            link.carries.set()
            link.first_ms, self._said = link.heard_ms, None
            self._barren.clear()
        self.standing.heard(decode(data))
        self._runs.hear(data)

    async def _watch(self, link: _Link) -> None:
        """Wait for the link to end or to carry nothing for too long.

        Raises:
            StrapLost: always, in the end.
        """
        while not link.lost.is_set():
            quiet_s = (self._mono_ms() - link.heard_ms) / 1000
            if quiet_s >= self._timings.reconnect_s:
                raise StrapLost("the link stands and carries nothing", Loss.SILENT)
            silent = quiet_s >= self._timings.silent_s
            if silent:
                self.standing.silent()
            until_s = self._timings.reconnect_s if silent else self._timings.silent_s
            with suppress(TimeoutError):
                async with asyncio.timeout(until_s - quiet_s):
                    await link.lost.wait()
        raise StrapLost("the link ended", Loss.ENDED)
