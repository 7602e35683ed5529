"""`softfront collect`: read a strap here, and bring what it says to another machine."""

import asyncio
import signal
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from types import FrameType

from softfront_sensors.address import trust
from softfront_sensors.collector import Carrier, Clocks, Collector, Timings
from softfront_sensors.errors import (
    BluetoothProblem,
    OutboxError,
    UnreadableRecording,
    UnusableAddress,
)
from softfront_sensors.outbox import Outbox
from softfront_sensors.source import SessionInfo, Source

from ..clock import Clock
from ..words import say
from .common import Exit, stop, tell
from .telling import Teller

# A person wants to see that a strap was found, and no more often than a strap sends.
_LOOK_S = 1.0
_SIMULATED = "Simulated strap"


@dataclass(frozen=True, slots=True)
class What:
    """What is to be read: the straps named (or any), a simulated heart, or a recording."""

    straps: tuple[str, ...] = ()
    simulated: bool = False
    recording: Path | None = None
    speed: float | None = 1.0
    """Times real time; `None` is as fast as it is taken."""


@dataclass(frozen=True, slots=True)
class Where:
    """Where it goes, and by what right."""

    url: str
    token: str | None = None
    ca: Path | None = None
    plain_http: bool = False


@dataclass(frozen=True, slots=True)
class _Read:
    """A source, and the clock its session goes by."""

    source: Source
    session_ms: Callable[[], int]
    timings: Timings | None = None


def collect(what: What, where: Where, folder: Path, *, as_json: bool) -> Exit:
    """Read and send until told to stop, or until a recording is stored there to its end."""
    clock = Clock.of_this_machine()
    try:
        # The spool is opened first: who is refused there has not yet taken anyone's strap.
        with Outbox.open(folder) as outbox, asyncio.Runner() as runner:
            carrier, read = _carrier(where), _read(what, folder, clock)
            collecting = _Collecting(read, outbox, carrier, clock, Teller(where.url, as_json))
            return runner.run(collecting.run())
    except UnusableAddress as unusable:
        stop(str(unusable), Exit.USAGE)
    except (OutboxError, UnreadableRecording) as broken:
        stop(str(broken))


def token_in(file: Path | None, environment: str | None) -> str | None:
    """Read the token from a file, or take the one from the environment."""
    try:
        token = file.read_text(encoding="utf-8").strip() if file else (environment or "").strip()
    except (OSError, UnicodeDecodeError):
        stop(say("collect.no_token", file=str(file)), Exit.USAGE)
    if file and not token:
        stop(say("collect.no_token", file=str(file)), Exit.USAGE)
    if not (token.isascii() and token.isprintable()) or " " in token:
        stop(say("collect.odd_token"), Exit.USAGE)
    return token or None


class _Collecting:
    """Runs a collector until a signal comes."""

    def __init__(
        self, read: _Read, outbox: Outbox, carrier: Carrier, clock: Clock, teller: Teller
    ) -> None:
        self._source, self._outbox, self._teller = read.source, outbox, teller
        self._interrupted = False
        self._problem: BluetoothProblem | None = None
        self._collector = Collector(
            read.source,
            outbox,
            carrier,
            Clocks(clock.wall_ms, clock.mono_ms, clock.boot_id),
            session_ms=read.session_ms,
            timings=read.timings,
            on_prompt=teller.tell_prompt,
            on_standing=teller.tell_standing,
        )

    async def run(self) -> Exit:
        loop = asyncio.get_running_loop()

        def end(number: int, _: FrameType | None) -> None:
            self._interrupted = number == signal.SIGINT
            self._problem = self._source.status.problem  # a source that was closed has none
            loop.call_soon_threadsafe(self._collector.stop)

        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, end)
        watching = asyncio.create_task(self._watch())
        try:
            await self._collector.run()
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)
            self._teller.tell_end(self._outbox.waiting)
        if self._problem is not None:
            return Exit.NO_BLUETOOTH
        return Exit.INTERRUPTED if self._interrupted else Exit.OK

    async def _watch(self) -> None:
        """Tell how the strap stands, whenever that has changed."""
        while True:
            self._teller.tell_strap(self._source.status)
            await asyncio.sleep(_LOOK_S)


def _carrier(where: Where) -> Carrier:
    if where.url.startswith("mqtt"):
        from softfront_sensors.link import MqttCarrier, broker

        address = broker(where.url)
        return MqttCarrier(address, trust(where.ca) if address.secure else None)
    if not where.url.startswith("http"):
        stop(say("collect.address"), Exit.USAGE)
    from softfront_sensors.post import HttpCarrier, server

    address = server(where.url, plain=where.plain_http)
    return HttpCarrier(address, where.token, trust(where.ca) if address.secure else None)


def _read(what: What, folder: Path, clock: Clock) -> _Read:
    if what.recording is not None:
        return _recorded(what.recording, what.speed)
    if what.simulated:
        from softfront_sensors.simulated import Person, SimulatedStrap

        info = SessionInfo(str(uuid.uuid4()), _SIMULATED, clock.wall_ms(), live=True)
        simulated = SimulatedStrap(Person(_seed(info)), info, clock.session_clock())
        tell(say("collect.simulated"))
        return _Read(simulated, simulated.now_ms)

    from .room import strap_here

    strap = strap_here(folder, what.straps, clock)
    return _Read(strap, strap.now_ms)


def _seed(info: SessionInfo) -> int:
    return uuid.UUID(info.id).int


def _recorded(file: Path, speed: float | None) -> _Read:
    """Play a recording as if it were worn now; a quick one ends now, so that nothing lies ahead."""
    from softfront_sensors.recording import load
    from softfront_sensors.replay import Replay

    recording = load(file)
    replay = Replay(recording, speed, time.monotonic)
    # Each time it is another session: one of the same name would be stored there already.
    replay.session = replace(replay.session, id=str(uuid.uuid4()))
    end_ms = recording.readings[-1].t_ms
    # Nobody's outage: there is no fleet to make room for.
    at_once = Timings(spread_most_s=0, between_s=0)
    return _Read(replay, replay.now_ms if speed == 1 else lambda: end_ms, at_once)
