"""How fast readings travel: live at once, after an outage spread out, never in a crowd."""

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class Timings:
    """How a collector waits, in seconds where nothing else is said."""

    envelope_most: int = 250
    """Readings in one envelope: 27 kB, and four minutes of a strap."""
    sign_of_life_s: float = 10.0
    """A server takes fifteen seconds of silence for a lost strap."""
    first_pause_s: float = 1.0
    last_pause_s: float = 30.0
    """Pauses between tries double up to this."""
    refused_pause_s: float = 60.0
    """Who was refused is so until a person has done something about it."""
    blip: int = 10
    """Readings that may wait before it is more than a blip: as many seconds of a strap."""
    spread_most_s: float = 60.0
    """A fleet that comes back together spreads over so long at most."""
    between_s: float = 0.25
    """Between two envelopes of a backlog: about a thousand readings a second."""
    full_pause_s: float = 5.0
    """A full disk is looked at again after this."""
    unsent_most: int = 5_000
    """What can be read again, like a file, waits there rather than here."""


def spread_s(waiting: int, timings: Timings) -> float:
    """Say over how long those spread out who find the road open again.

    What waits tells how long it was closed, as a strap sends once a second. Half of that: then
    what a fleet brings in an instant is about three times what it brings always, however long the
    outage was, up to two minutes. A blip is not worth a wait.
    """
    return 0.0 if waiting <= timings.blip else min(waiting / 2, timings.spread_most_s)


def pause_s(failures: int, timings: Timings, jitter: Random, *, refused: bool) -> float:
    """Say how long to wait after so many tries in vain; half of it is chance."""
    doubled = timings.first_pause_s * 2 ** min(failures - 1, 30)
    longest = timings.refused_pause_s if refused else min(doubled, timings.last_pause_s)
    return longest * jitter.uniform(0.5, 1.0)
