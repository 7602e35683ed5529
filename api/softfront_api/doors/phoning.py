"""`softfront doctor --phone`: wait a minute, and say what arrives from phones and collectors."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from time import time_ns
from typing import Any

from softfront_sensors.envelope import Envelope
from softfront_sensors.heart_rate import TICKS_PER_S, decode
from softfront_sensors.packet import Motion, Packet
from softfront_sensors.several import Several
from softfront_sensors.source import Rank

from ..clock import Clock
from ..diary import Diary
from ..words import say
from .beyond import Broker, Opening, check
from .common import Exit, print_json, tell
from .listening import listen
from .receiving import Receiving
from .serving import Worn, serve
from .wearing import place_for

_SENDERS = {Rank.COLLECTOR: "collector", Rank.RAW: "raw sender", Rank.APP: "app"}


@dataclass(slots=True)
class Arrived:
    """What came of one session."""

    device: str
    sender: str
    ahead_ms: int | None = None
    """How far the sender's clock is ahead of ours, at its least late."""
    packets: int = 0
    with_rr: int = 0
    moves: int = 0
    ticks: int = 0
    first_ms: int | None = None
    last_ms: int = 0
    seen: set[int] = field(default_factory=set)

    def take(self, envelope: Envelope, now_ms: int) -> None:
        """Count what an envelope brings that has not been counted."""
        for reading in envelope.readings:
            if reading.seq in self.seen:
                continue
            self.seen.add(reading.seq)
            self.moves += isinstance(reading, Motion)
            if isinstance(reading, Packet):
                self._count(reading)
        told_ms = self.last_ms if envelope.sent_ms is None else envelope.sent_ms
        ahead_ms = told_ms - now_ms
        self.ahead_ms = ahead_ms if self.ahead_ms is None else max(self.ahead_ms, ahead_ms)

    def _count(self, packet: Packet) -> None:
        said = decode(packet.data)
        self.packets += 1
        self.with_rr += bool(said.rr_ticks)
        if self.first_ms is None:
            self.first_ms = packet.t_ms  # its intervals lie before it
        else:
            self.ticks += sum(said.rr_ticks)
        self.last_ms = max(self.last_ms, packet.t_ms)

    @property
    def missing_percent(self) -> float | None:
        """Share of the time that no interval covers; `None` where there are none."""
        span_ms = self.last_ms - (self.first_ms or 0)
        if not self.with_rr or span_ms <= 0:
            return None
        return max(0.0, 100 * (1 - self.ticks * 1000 / TICKS_PER_S / span_ms))

    def told(self) -> dict[str, Any]:
        """Tell it as plain values; none of them is a body's."""
        missing = self.missing_percent
        return {
            "device": self.device,
            "sender": self.sender,
            "packets": self.packets,
            "rr": self.with_rr > 0,
            "movement": self.moves > 0,
            "missing_percent": None if missing is None else round(missing, 1),
            "clock_ahead_ms": self.ahead_ms,
        }


@dataclass(frozen=True, slots=True)
class Ears:
    """Where to listen."""

    port: int
    opening: Opening
    broker: Broker | None


def listen_for_phones(folder: Path, ears: Ears, seconds: float, *, as_json: bool) -> Exit:
    """Take what comes for a while, into a diary that is thrown away, and tell of it."""
    check(ears.opening, folder)
    listener = listen(ears.port, ears.opening.host)
    arrived: dict[str, Arrived] = {}

    def hear(envelope: Envelope) -> None:
        info = envelope.session
        told = arrived.setdefault(info.id, Arrived(info.device, _SENDERS[info.rank]))
        told.take(envelope, time_ns() // 1_000_000)

    def worn(clock: Clock, diary: Diary) -> Worn:
        receiving = Receiving(diary, clock, ears.broker, hear)
        return Worn(Several((), receiving.remote), receiving)

    tell(say("phone.waiting", s=seconds))
    with TemporaryDirectory(prefix="softfront-") as own:
        place = place_for(Path(own), listener, ears.opening, folder)
        serve(place, worn, on_url=lambda url: None, aloud=False, for_s=seconds)
    return _report(list(arrived.values()), print_json if as_json else None)


def _report(arrived: list[Arrived], as_json: Callable[[dict[str, Any]], None] | None) -> Exit:
    if as_json is not None:
        as_json({"arrived": [each.told() for each in arrived]})
    for each in arrived if as_json is None else ():
        print(f"{each.device} ({each.sender}): {each.packets} packets")
        print(f"  {say('phone.rr' if each.with_rr else 'phone.no_rr')}")
        if each.missing_percent is not None:
            print(f"  {say('phone.missing', pct=each.missing_percent)}")
        if each.moves:
            print(f"  {say('phone.movement')}")
        print(f"  {say('phone.clock', ms=each.ahead_ms)}")
    if not arrived:
        tell(say("phone.nothing"))
        return Exit.NOTHING_FOUND
    return Exit.OK
