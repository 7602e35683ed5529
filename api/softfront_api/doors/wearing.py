"""`softfront serve`: the strap in the room, and what other machines and phones send."""

import socket
from pathlib import Path

from softfront_sensors.several import Several

from ..clock import Clock
from ..diary import Diary
from ..tokens import Tokens
from .beyond import Broker, Opening
from .common import Exit
from .receiving import Receiving
from .room import strap_here
from .serving import OnUrl, Place, Worn, serve


def wear(
    folder: Path,
    listener: socket.socket,
    opening: Opening,
    straps: tuple[str, ...] | None,
    broker: Broker | None,
    *,
    on_url: OnUrl,
) -> Exit:
    """Read the straps named (`None` is none at all), receive, and show the page until stopped."""
    place = place_for(folder, listener, opening, folder)

    def worn(clock: Clock, diary: Diary) -> Worn:
        receiving = Receiving(diary, clock, broker)
        here = [] if straps is None else [strap_here(folder, straps, clock)]
        # A wall clock that was set back since is believed: it may not silence a strap for hours.
        counted_ms = min(diary.counted_ms(), clock.wall_ms())
        return Worn(Several(here, receiving.remote, counted_ms), receiving)

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
