"""`softfront serve`: the strap in the room, and what other machines and phones send."""

import ipaddress
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from softfront_sensors.several import Several
from softfront_sensors.source import Source
from softfront_sensors.strap import Strap

from ..clock import Clock
from ..diary import Diary
from ..tokens import Tokens
from ..words import say
from .common import Exit, stop
from .receiving import Broker, Receiving
from .serving import OnUrl, Place, Worn, serve


@dataclass(frozen=True, slots=True)
class Opening:
    """How far the door opens: this machine alone, or others with a token."""

    host: str
    names: tuple[str, ...] = ()
    cert: Path | None = None
    key: Path | None = None
    plain: bool = False

    @property
    def beyond(self) -> bool:
        """Say whether other machines can reach it."""
        return not ipaddress.ip_address(self.host).is_loopback


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
    tokens = Tokens(paired_in)
    _check(opening, tokens)
    return Place(
        folder,
        listener,
        names=_names(opening),
        tls=(opening.cert, opening.key) if opening.cert and opening.key else None,
        opened=opening.beyond,
        admits=tokens.admits,
    )


def _strap(straps: Straps, clock: Clock) -> Source:
    wanted = straps.wanted[0] if straps.wanted else None
    return Strap(wanted, wall_ms=clock.wall_ms, mono_ms=clock.mono_ms)


def _check(opening: Opening, tokens: Tokens) -> None:
    """Refuse to open the door further than it can be guarded."""
    if not opening.beyond:
        return
    if not (opening.cert and opening.key) and not opening.plain:
        stop(say("door.needs_tls"), Exit.USAGE)
    for file in (opening.cert, opening.key):
        if file is not None and not file.is_file():
            stop(say("door.no_file", file=str(file)), Exit.USAGE)
    if not tokens.all():
        stop(say("door.needs_token"), Exit.USAGE)


def _names(opening: Opening) -> Sequence[str]:
    """Name this machine as others may: by its address, and by its name on the network."""
    if not opening.beyond:
        return opening.names
    own = socket.gethostname()
    any_address = ipaddress.ip_address(opening.host).is_unspecified
    address = [] if any_address else [_bracketed(opening.host)]
    return (*opening.names, *address, own, f"{own}.local")


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
