"""The demo: a simulated caregiver in the middle of a shift, by the real rules."""

from collections.abc import Iterator
from pathlib import Path
from random import Random
from socket import socket
from uuid import uuid4

from softfront_sensors.simulated import Episode, Kind, Person, SimulatedStrap, still_minute
from softfront_sensors.source import SessionInfo, Source
from softfront_signal.moments import Stillness, Window

from ..clock import Clock
from ..diary import Diary, StoredWindow, file_in
from .common import Exit
from .serving import OnUrl, Place, serve

DEVICE = "Simulated strap"
_SEED = 20
_DAYS = 14
_MINUTE_MS = 60_000
_DAY_MS = 24 * 60 * _MINUTE_MS
_WORN_S = 30 * 60
# A shift of eight hours that lies around this time of day, one still minute in two.
_HALF_SHIFT_MIN, _EVERY_MIN = 240, 2


def demo(folder: Path, listener: socket, *, on_url: OnUrl) -> Exit:
    """Serve the demo from a fresh diary of its own; a person's own data is never opened."""
    place = Place(folder, listener, demo=True)
    _begin_afresh(folder)
    return serve(place, _strap, on_url=on_url, on_pause=_breathe)


def caregiver(seed: int = _SEED) -> Person:
    """Make the person of the demo; times count from 30 min before the page opens.

    Behind her lie a walk and a slipped strap, then a quarter of an hour of sitting. Five seconds
    in, her heart rises; later she walks, and the strap slips once more.
    """
    live_s = float(_WORN_S)
    return Person(
        seed,
        (
            Episode(Kind.WALK, 150, 260),
            Episode(Kind.SLIP, 640, 40),
            Episode(Kind.STRAIN, live_s + 5, 300),
            Episode(Kind.SLIP, live_s + 15 * 60, 40),
            Episode(Kind.WALK, live_s + 20 * 60, 240),
            Episode(Kind.STRAIN, live_s + 52 * 60, 300),
        ),
    )


def history(person: Person, now_ms: int, session: str) -> Iterator[StoredWindow]:
    """Yield two weeks of still minutes around this hour of the day."""
    random = Random(person.seed)
    for day in range(_DAYS, 0, -1):
        for minute in range(-_HALF_SHIFT_MIN, _HALF_SHIFT_MIN, _EVERY_MIN):
            t_ms = now_ms - day * _DAY_MS + minute * _MINUTE_MS
            t_ms -= t_ms % 5000
            rate, variation = still_minute(random, t_ms / 3_600_000 % 24, person)
            beats = round(rate)
            window = Window(t_ms, rate, variation, beats, beats, beats - 1, 1.0, 0.0)
            yield StoredWindow(session, window, None, Stillness.STILL, 600, learnt=True)


def _strap(clock: Clock) -> Source:
    started_ms = clock.wall_ms() - _WORN_S * 1000
    now_ms = clock.session_clock()
    info = SessionInfo(str(uuid4()), DEVICE, started_ms, live=True, demo=True)
    return SimulatedStrap(caregiver(), info, now_ms)


def _breathe(source: Source, length_s: float) -> None:
    if isinstance(source, SimulatedStrap):
        source.breathe_with_pause(length_s)


def _begin_afresh(folder: Path) -> None:
    """Make a new demo diary with its two weeks; what an earlier demo left is removed."""
    file = file_in(folder, demo=True)
    if file.exists():
        # Opened once, so that a demo still running keeps its diary.
        Diary.open(folder, demo=True).close()
        for left in folder.glob(f"{file.name}*"):
            left.unlink()
    now_ms = Clock().wall_ms()
    info = SessionInfo("demo-history", DEVICE, now_ms - _DAYS * _DAY_MS, live=False, demo=True)
    with Diary.open(folder, demo=True) as fresh:
        fresh.add_history(info, history(caregiver(), now_ms, info.id))
