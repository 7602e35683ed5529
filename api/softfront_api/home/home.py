"""A home that is told of offers and pauses, and may ask for one."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from ..addresses import broker
from ..buttons import Buttons
from ..errors import ApiError
from ..notify import Bus, Event, Listener
from ..pause import LENGTH_S
from ..reasons import Text
from ..session import Session
from ..settings import Settings
from .discovery import FINISHED, HEART_RATE, OFF, OFFERED, ON, PRESS, RMSSD, TAKEN, Device
from .place import Place
from .standing import Standing, values

if TYPE_CHECKING:
    from softfront_sensors.link import Timings

_log = logging.getLogger("softfront.api")

# A change of settings is followed within so many seconds, also where nothing else happens.
_EVERY_S = 1.0
# What a page tells later than this happened while it was away: no lamp breathes for it now.
_NEWS_MS = 1000 * LENGTH_S
_MOST_PRESSED = 8


class Home:
    """Follows the settings to a broker, and the day to what is told there."""

    def __init__(
        self,
        session: Session,
        buttons: Buttons,
        bus: Bus,
        make_device: Callable[[str], Device],
        timings: "Timings | None" = None,
    ) -> None:
        """Ask `make_device` for the device below a prefix, once there is a broker."""
        self._session, self._buttons, self._bus = session, buttons, bus
        self._make_device, self._timings = make_device, timings
        self._url: str | None = None
        self._place: Place | None = None
        self._pressed: asyncio.Queue[tuple[str, str]] = asyncio.Queue(_MOST_PRESSED)
        self._under_way: str | None = None
        """The pause that was last told of."""
        self._for_good = False

    @property
    def text(self) -> Text | None:
        """How it stands with the broker; `None` where there is none, or nothing known yet."""
        if self._place is None:
            return None
        return Text("settings.home.connected") if self._place.connected else self._place.problem

    def offer(self, offer_id: str, settings: Settings) -> None:
        """Tell that a pause is offered; of whom and why, nothing."""
        if self._place is not None:
            self._place.happen(OFFERED)

    def withdraw(self, offer_id: str) -> None:
        """Do nothing: an offer that leaves is no event for a home."""

    async def run(self) -> None:
        """Tell and obey until cancelled; then the device is offline."""
        obeying = asyncio.create_task(self._obey())
        try:
            while True:
                with self._bus.subscribe() as events:
                    await self._follow(events)
                await asyncio.sleep(_EVERY_S)  # it read too slowly, and was let go
        finally:
            obeying.cancel()
            await asyncio.gather(obeying, return_exceptions=True)
            await self._leave(remove=self._for_good)

    def leave_for_good(self) -> None:
        """Let nothing be left at the broker once it ends: all is being deleted."""
        self._for_good = True

    async def _follow(self, events: Listener) -> None:
        while True:
            try:
                async with asyncio.timeout(_EVERY_S):
                    event = await anext(events)
            except TimeoutError:
                event = None
            except StopAsyncIteration:
                return
            if not self._session.taken_up:
                continue
            await self._settle(self._session.day.settings)
            if self._place is not None:
                self._tell(self._place, event)

    async def _settle(self, settings: Settings) -> None:
        """Go where the settings say; from where they said before, all is removed."""
        if settings.home_url == self._url:
            return
        await self._leave(remove=True)
        self._url = settings.home_url
        if self._url is not None:
            address, prefix = broker(self._url)
            device, wanted = self._make_device(prefix), _wanted(settings)
            self._place = Place(address, device, wanted, self._press, self._timings)

    def _tell(self, place: Place, event: Event | None) -> None:
        now = self._session.now()
        place.show(Standing.of(now), values(now, _wanted(self._session.day.settings)))
        if event is not None and event.name == "pause":
            self._tell_pause(place, event)

    def _tell_pause(self, place: Place, event: Event) -> None:
        pause, ended_at = event.body["id"], event.body["ended_at"]
        if pause != self._under_way:
            if ended_at is None and self._is_news(event.body["started_at"]):
                self._under_way = pause
                place.happen(TAKEN)
        elif ended_at is not None:
            self._under_way = None
            place.happen(FINISHED)

    def _is_news(self, moment: str) -> bool:
        at_ms = datetime.fromisoformat(moment).timestamp() * 1000
        return self._session.source.now_ms() - at_ms < _NEWS_MS

    def _press(self, what: str, said: str) -> None:
        if not self._pressed.full():
            self._pressed.put_nowait((what, said))

    async def _obey(self) -> None:
        while True:
            pressed = await self._pressed.get()
            try:
                if pressed == ("start", PRESS):
                    await self._buttons.pause()
                elif pressed in (("with_someone", ON), ("with_someone", OFF)):
                    await self._buttons.with_someone(on=pressed[1] == ON)
            except ApiError as error:
                _log.warning("What was pressed at home was not kept: %s", error)

    async def _leave(self, *, remove: bool) -> None:
        place, self._place, self._url = self._place, None, None
        if place is not None:
            await place.leave(remove=remove)


def _wanted(settings: Settings) -> frozenset[str]:
    """Name the values of a body that the wearer lets a home know, one by one."""
    wanted = {HEART_RATE: settings.home_heart_rate, RMSSD: settings.home_rmssd}
    return frozenset(name for name in wanted if wanted[name])
