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
from .room import known_in, strap_here
from .serving import OnUrl, Place, Worn, serve


def wear(
    folder: Path,
    listener: socket.socket,
    opening: Opening,
    straps: tuple[str, ...] | None,
    broker: Broker | None,
    *,
    on_url: OnUrl,
    chosen: str | None = None,
) -> Exit:
    """Read the straps named (`None` is none at all), receive, and show the page until stopped.

    One of them may have been `chosen` on a page a moment ago: it is followed to its first beat.
    """
    place = place_for(folder, listener, opening, folder)

    def worn(clock: Clock, diary: Diary) -> Worn:
        receiving = Receiving(diary, clock, broker)
        known = known_in(folder)
        strap = None if straps is None else strap_here(folder, straps, clock, known)
        # A wall clock that was set back since is believed: it may not silence a strap for hours.
        counted_ms = min(diary.counted_ms(), clock.wall_ms())
        source = Several([strap] if strap else [], receiving.remote, counted_ms)
        return Worn(source, receiving, strap, known, chosen)

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
