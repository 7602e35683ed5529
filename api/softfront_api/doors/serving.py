"""One server: a socket, a diary, a session, and a page until it is told to stop."""

import asyncio
import signal
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Protocol

import uvicorn

from softfront_sensors.source import Source
from softfront_signal.moments import Answer

from ..app import make_app
from ..clock import Clock
from ..day import Day
from ..diary import Diary, Entry
from ..errors import AnsweredAlready, DiaryError
from ..exchange.desk import Desk, Import
from ..guard import Door
from ..house import House
from ..notify import Bus, Desktop
from ..replies import Replies
from ..routers.exchanging import told
from ..session import Session
from ..waking import take_back
from .common import Exit, bluetooth_help, stop, tell
from .receiving import Receiving

# An open stream is told to end; what does not listen is cut off after this.
_FAREWELL_S = 3


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


def serve(
    place: Place,
    make_worn: Callable[[Clock, Diary], Worn],
    *,
    on_url: OnUrl,
    on_pause: Callable[[Source, float], None] = lambda source, length_s: None,
    on_stored: Callable[[Entry], None] = lambda entry: None,
    desktop: bool = True,
    for_s: float | None = None,
) -> Exit:
    """Serve until a signal comes, or for so long. What keeps it from starting is said in a line."""
    try:
        diary = Diary.open(place.folder, demo=place.demo)
    except DiaryError as closed:
        place.listener.close()
        stop(str(closed))
    clock = Clock.of_this_machine()
    try:
        with asyncio.Runner() as runner:
            server = _House(make_worn(clock, diary), diary, clock, on_stored, desktop=desktop)
            return runner.run(server.run(place, on_url, on_pause, for_s))
    finally:
        diary.close()


class _House:
    """Builds the house and keeps its tasks."""

    def __init__(
        self,
        worn: Worn,
        diary: Diary,
        clock: Clock,
        on_stored: Callable[[Entry], None],
        *,
        desktop: bool,
    ) -> None:
        source = worn.source
        self._bus = Bus(first_id=clock.wall_ms())
        self._desktop = Desktop(self._answer) if desktop else None
        self._session = Session(source, diary, self._bus, clock, self._desktop, on_stored)
        self._diary, self._source, self._receiving = diary, source, worn.receiving
        self._replies: Replies
        self._clock = clock

    async def run(
        self,
        place: Place,
        on_url: OnUrl,
        on_pause: Callable[[Source, float], None],
        for_s: float | None,
    ) -> Exit:
        receiving = self._receiving
        self._replies = Replies(self._session, lambda length_s: on_pause(self._source, length_s))
        remote = receiving.remote if receiving else None
        desk = Desk(self._diary, self._clock.wall_ms, self._tell_import, self._go_on)
        house = House(self._diary, self._bus, self._session, self._replies, remote, desk)
        server = _Server(make_app(house, place.door), self._bus, place.tls)
        tasks = [asyncio.create_task(self._session.run())]
        tasks.append(asyncio.create_task(house.agenda.run(self._day, self._source.now_ms)))
        if self._desktop is not None:
            tasks.append(asyncio.create_task(self._desktop.run()))
        if receiving is not None:
            tasks.append(asyncio.create_task(receiving.run(self._session.pending)))
        tasks.append(asyncio.create_task(self._say_when_ready(place.url, on_url)))
        tasks.append(asyncio.create_task(desk.run()))
        if for_s is not None:
            tasks.append(asyncio.create_task(server.end_after(for_s)))
        try:
            await server.serve(sockets=[place.listener])
            return self._exit(server)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _tell_import(self, it: Import) -> None:
        self._bus.publish("import", told(it).model_dump(mode="json"))

    def _go_on(self, it: Import) -> None:
        """Let the day go by what a backup has brought back."""
        take_back(self._session.day, self._diary, it.tact, self._source.now_ms())

    def _day(self) -> Day | None:
        return self._session.day if self._session.taken_up else None

    async def _answer(self, prompt_id: str, answer: Answer) -> None:
        try:
            await self._replies.answer(prompt_id, answer)
        except AnsweredAlready:
            return

    async def _say_when_ready(self, url: str, on_url: OnUrl) -> None:
        await self._session.ready.wait()
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
        self._bus.close()
        self.should_exit = True

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to stop."""
        self.interrupted = sig == signal.SIGINT
        asyncio.get_running_loop().call_soon_threadsafe(self._bus.close)
        super().handle_exit(sig, frame)
