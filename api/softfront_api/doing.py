"""What a person does just now: a pause or a practice, and until when at the latest."""

from dataclasses import dataclass
from typing import cast

from softfront_signal.monitor import Offered

from .diary import StoredPause, StoredPractice
from .pause import LENGTH_S
from .practice import PRACTICES, Kind


@dataclass(frozen=True, slots=True)
class Doing:
    """Minutes that are not the usual ones, and into which nothing is offered."""

    id: str
    begun: Offered
    """As the monitor hears of it."""
    until_ms: int


def of_pause(pause: StoredPause) -> Doing:
    """Tell a pause."""
    return Doing(pause.id, Offered(pause.started_ms), pause.started_ms + 1000 * LENGTH_S)


def of_practice(practice: StoredPractice) -> Doing:
    """Tell a practice: it may be long."""
    began_ms, lasts_ms = practice.started_ms, 1000 * length_s(practice)
    return Doing(practice.id, Offered(began_ms, lasts_ms), began_ms + lasts_ms)


def length_s(practice: StoredPractice) -> int:
    """Say how long a practice takes that nobody ends before its time."""
    # A later version may know of others; what it takes is over at once.
    guided = PRACTICES.get(cast(Kind, practice.kind))
    return guided.length_s if guided else 0
