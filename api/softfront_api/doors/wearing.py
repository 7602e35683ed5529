"""`softfront serve`: the strap in the room, and what other machines and phones send."""

import socket
from dataclasses import dataclass
from pathlib import Path

from softfront_sensors.several import Several
from softfront_sensors.source import Source
from softfront_sensors.strap import Strap

from ..clock import Clock
from ..diary import Diary
from ..tokens import Tokens
from .beyond import Opening
from .common import Exit
from .receiving import Broker, Receiving
from .serving import OnUrl, Place, Worn, serve


@dataclass(frozen=True, slots=True)
class Straps:
    """Which straps are read here; `None` is none at all."""

    wanted: tuple[str, ...] = ()


def wear(
    folder: Path,
    listener: socket.socket,
    opening: Opening,
    straps: Straps | None,
    broker: Broker | None,
    *,
    on_url: OnUrl,
) -> Exit:
    """Read and receive, and show the page, until told to stop."""
    place = place_for(folder, listener, opening, folder)

    def worn(clock: Clock, diary: Diary) -> Worn:
        receiving = Receiving(diary, clock, broker)
        here = [] if straps is None else [_strap(straps, clock)]
        return Worn(Several(here, receiving.remote), receiving)

    return serve(place, worn, on_url=on_url)


def place_for(folder: Path, listener: socket.socket, opening: Opening, paired_in: Path) -> Place:
    """Make the place of a server; let in who was paired in a folder, which may be another."""
    return Place(
        folder,
        listener,
        names=opening.known_as,
        tls=opening.tls,
        opened=opening.beyond,
        admits=Tokens(paired_in).admits,
    )


def _strap(straps: Straps, clock: Clock) -> Source:
    wanted = straps.wanted[0] if straps.wanted else None
    return Strap(wanted, wall_ms=clock.wall_ms, mono_ms=clock.mono_ms)
