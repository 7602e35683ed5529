"""One server: a socket, a diary, a session, and a page until it is told to stop."""

import asyncio
import signal
import socket
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import FrameType
from typing import Protocol, TypeAlias

import uvicorn

from softfront_sensors.source import Source
from softfront_sensors.strap import KnownStraps, Strap
from softfront_signal.contact import Contact

from ..app import make_app
from ..buttons import Buttons
from ..clock import Clock
from ..day import Day
from ..diary import Diary, Entry
from ..errors import DiaryError
from ..exchange.desk import Desk, Import
from ..guard import Door
from ..home import Device, Home
from ..house import VERSION, House
from ..names import names_in
from ..notify import Bus, Desktop, Phone, Voices
from ..picking import Leave, Picking
from ..removing import Removal
from ..replies import Replies
from ..routers.exchanging import told
from ..session import Session
from ..waking import take_back
from ..words import speak
from .common import Exit, bluetooth_help, sentence, stop, tell
from .receiving import Receiving

# An open stream is told to end; what does not listen is cut off after this.
_FAREWELL_S = 3
# An answer on its way is out by then.
_ANSWERED_S = 0.3

Meanwhile: TypeAlias = Callable[[Diary], Awaitable[None]]
"""What goes on beside a day, in its diary."""


class OnUrl(Protocol):
    """Someone who wants to know when the page can be opened."""

    def __call__(self, url: str) -> None:
        """Hear the address."""
        ...


@dataclass(frozen=True, slots=True)
class Place:
    """Where a server lives."""

    folder: Path
    listener: socket.socket
    demo: bool = False
    names: Sequence[str] = ()
    """What others call this machine."""
    tls: tuple[Path, Path] | None = None
    """Certificate and key."""
    opened: bool = False
    """Other machines can reach it."""
    admits: Callable[[str], bool] = lambda token: False

    @property
    def url(self) -> str:
        """Where the page is, on this machine."""
        host, port = self.listener.getsockname()[:2]
        local = "127.0.0.1" if self.opened else host
        return f"{'https' if self.tls else 'http'}://{local}:{port}"

    @property
    def door(self) -> Door:
        """Who is let in here."""
        port = self.listener.getsockname()[1]
        return Door.at(
            port, self.names, tls=self.tls is not None, opened=self.opened, admits=self.admits
        )


@dataclass(frozen=True, slots=True)
class Worn:
    """Where readings come from, and by which way others bring theirs."""

    source: Source
    receiving: Receiving | None = None
    strap: Strap | None = None
    """The one in the room, where a page may choose it."""
    known: KnownStraps | None = None
    chosen: str | None = None
    """The strap that was chosen a moment ago."""
    leave: Leave | None = None
    """Goes on elsewhere with a strap, where none can be worn here; then the server ends."""


def serve(
    place: Place,
    make_worn: Callable[[Clock, Diary], Worn],
    *,
    on_url: OnUrl,
    on_pause: Callable[[Source, float], None] = lambda source, length_s: None,
    on_stored: Callable[[Entry], None] = lambda entry: None,
    aloud: bool = True,
    meanwhile: Meanwhile | None = None,
    for_s: float | None = None,
) -> Exit:
    """Serve until a signal comes, or for so long. What keeps it from starting is said in a line.

    `aloud` lets it speak outside the page, as the settings say. What goes on `meanwhile` begins
    once the page can be opened, and ends with the server.
    """
    with place.listener:
        while True:
            try:
                diary = Diary.open(place.folder, demo=place.demo)
            except DiaryError as closed:
                stop(sentence(closed))
            clock = Clock.of_this_machine()
            with diary, asyncio.Runner() as runner:
                house = _House(make_worn(clock, diary), diary, clock, on_stored)
                end = house.run(place, on_url, on_pause, for_s, meanwhile, aloud=aloud)
                code = runner.run(end)
            if not house.anew:
                return code
            on_url, meanwhile = lambda url: None, None


class _House:
    """Builds the house and keeps its tasks."""

    def __init__(
        self, worn: Worn, diary: Diary, clock: Clock, on_stored: Callable[[Entry], None]
    ) -> None:
        self._bus = Bus(first_id=clock.wall_ms())
        self._session = Session(worn.source, diary, self._bus, clock, on_stored=on_stored)
        self._diary, self._source, self._receiving = diary, worn.source, worn.receiving
        self._worn, self._clock = worn, clock
        self._tasks: list[asyncio.Task[None]] = []
        self.anew = False
        """All was deleted: another house is to be begun in its place."""

    async def run(
        self,
        place: Place,
        on_url: OnUrl,
        on_pause: Callable[[Source, float], None],
        for_s: float | None,
        meanwhile: Meanwhile | None,
        *,
        aloud: bool,
    ) -> Exit:
        receiving = self._receiving
        replies = Replies(self._session, lambda length_s: on_pause(self._source, length_s))
        buttons = Buttons(self._session, replies, self._bus)
        phone, home = self._voices(place, buttons) if aloud else (None, None)
        self._picking = self._made_picking()
        diary, wall_ms = self._diary, self._clock.wall_ms
        remote = receiving.remote if receiving else None
        house = House(diary, self._bus, self._session, replies, remote, phone, home)
        removal = Removal(diary, self._bus, self._let_go, self._begin_anew, wall_ms)
        desk = Desk(diary, wall_ms, self._tell_import, self._go_on)
        house = replace(house, removal=removal, picking=self._picking, desk=desk)
        self._server = server = _Server(make_app(house, place.door), self._bus, place.tls)
        works = [
            self._session.run(),
            house.agenda.run(self._day, self._source.now_ms),
            buttons.run(),
            self._session.voices.run(),
            desk.run(),
            self._say_when_ready(place.url, on_url),
        ]
        works += [receiving.run(self._session.pending)] if receiving else []
        works += [self._live(meanwhile)] if meanwhile else []
        works += [server.end_after(for_s)] if for_s is not None else []
        self._tasks = [asyncio.create_task(work) for work in works]
        try:
            # A copy: this one is closed with the server, and another may follow.
            await server.serve(sockets=[place.listener.dup()])
            return self._exit(server)
        finally:
            await self._rest()

    async def _let_go(self) -> None:
        self._session.voices.leave_for_good()
        await self._rest()

    async def _rest(self) -> None:
        await self._picking.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _begin_anew(self) -> None:
        """Stop serving once what is being answered is answered."""
        self.anew = True
        self._server.end()

    def _made_picking(self) -> Picking:
        worn = self._worn
        leave = None if worn.leave is None else self._leave
        picking = Picking(self._clock.mono_ms, worn.strap, worn.known, leave, self._contact)
        if worn.chosen is not None:
            picking.follow(worn.chosen)
        return picking

    def _contact(self) -> Contact | None:
        return self._session.day.monitor.contact if self._session.taken_up else None

    async def _leave(self, strap: str) -> None:
        """Go on elsewhere; whoever asked is answered first."""
        assert self._worn.leave is not None
        await self._worn.leave(strap)
        self._leaving = asyncio.create_task(self._server.end_after(_ANSWERED_S))

    def _voices(self, place: Place, buttons: Buttons) -> tuple[Phone, Home]:
        """Let the session speak outside the page."""
        phone = Phone(buttons.answer, lambda: names_in(place.folder).answers)
        home = Home(
            self._session,
            buttons,
            self._bus,
            lambda prefix: Device(names_in(place.folder).home, prefix, VERSION, place.url),
        )
        self._session.voices = Voices(Desktop(buttons.answer), phone, home)
        return phone, home

    def _tell_import(self, it: Import) -> None:
        self._bus.publish("import", told(it).model_dump(mode="json"))

    def _go_on(self, it: Import) -> None:
        """Let the day go by what a backup has brought back."""
        take_back(self._session.day, self._diary, it.tact, self._source.now_ms())

    def _day(self) -> Day | None:
        return self._session.day if self._session.taken_up else None

    async def _live(self, meanwhile: Meanwhile) -> None:
        await self._session.ready.wait()
        await meanwhile(self._diary)

    async def _say_when_ready(self, url: str, on_url: OnUrl) -> None:
        await self._session.ready.wait()
        if (day := self._day()) is not None:
            speak(day.settings.language)
        await asyncio.to_thread(on_url, url)
        if (problem := self._source.status.problem) is not None:
            tell(bluetooth_help(problem))

    def _exit(self, server: "_Server") -> Exit:
        if self._source.status.problem is not None:
            return Exit.NO_BLUETOOTH
        return Exit.INTERRUPTED if server.interrupted else Exit.OK


class _Server(uvicorn.Server):
    """A server that lets its streams end when it is told to stop."""

    def __init__(self, app: object, bus: Bus, tls: tuple[Path, Path] | None) -> None:
        config = uvicorn.Config(
            app,  # type: ignore[arg-type]  # uvicorn types ASGI apps more narrowly than starlette
            log_level="warning",
            access_log=False,
            lifespan="off",
            server_header=False,
            timeout_graceful_shutdown=_FAREWELL_S,
            ssl_certfile=tls and str(tls[0]),
            ssl_keyfile=tls and str(tls[1]),
            proxy_headers=False,  # who asks is who is connected, whatever a header claims
        )
        super().__init__(config)
        self._bus = bus
        self.interrupted = False
        for number in (signal.SIGINT, signal.SIGTERM):
            # uvicorn raises the signal again when it is done; by then all is said.
            signal.signal(number, lambda *_: None)

    async def end_after(self, seconds: float) -> None:
        """Stop when the time is over."""
        await asyncio.sleep(seconds)
        self.end()

    def end(self) -> None:
        """Begin to stop; what is being answered is answered."""
        self._bus.close()
        self.should_exit = True

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to stop."""
        self.interrupted = sig == signal.SIGINT
        asyncio.get_running_loop().call_soon_threadsafe(self._bus.close)
        super().handle_exit(sig, frame)
