"""The demo: a simulated caregiver in the middle of a shift, by the real rules."""

from collections.abc import Iterator
from pathlib import Path
from random import Random
from socket import socket
from uuid import uuid4

from softfront_sensors.simulated import (
    REST_BREATH_HZ,
    Episode,
    Kind,
    Person,
    SimulatedStrap,
    still_minute,
)
from softfront_sensors.source import SessionInfo, Source
from softfront_signal.moments import Soothing, Stillness, Window
from softfront_signal.soothing import proxy_index

from ..clock import Clock
from ..diary import Diary, StoredSession, StoredWindow
from ..errors import DiaryError
from ..tact import REFRACTORY_MS
from .common import Exit, sentence, stop
from .serving import OnUrl, Place, Worn, serve

DEVICE = "Simulated strap"
_SEED = 20
_DAYS = 14
_MINUTE_MS = 60_000
_DAY_MS = 24 * 60 * _MINUTE_MS
_WORN_S = 30 * 60
# Of ln RMSSD in a minute, as hearts at a desk have it.
_SE = 0.1
# A shift of eight hours that lies around this time of day, one still minute in two.
_HALF_SHIFT_MIN, _EVERY_MIN = 240, 2


def demo(folder: Path, listener: socket, *, on_url: OnUrl) -> Exit:
    """Serve the demo from a diary of its own; a person's own data is never opened.

    A demo that ran in this folder less than 45 min ago goes on, as a strap would that stayed on.
    """
    place = Place(folder, listener, demo=True)
    earlier = _earlier(folder)
    return serve(
        place, lambda clock, _: Worn(_strap(clock, earlier)), on_url=on_url, on_pause=_breathe
    )


def caregiver(seed: int = _SEED) -> Person:
    """Make the person of the demo; times count from 30 min before the page opens.

    Behind her lie a walk and a slipped strap, then a quarter of an hour of sitting. Five seconds
    in, her heart rises; once more after ten minutes, for whoever asked for the offer later; then
    the strap slips, and she walks.
    """
    live_s = float(_WORN_S)
    return Person(
        seed,
        (
            Episode(Kind.WALK, 150, 260),
            Episode(Kind.SLIP, 640, 40),
            Episode(Kind.STRAIN, live_s + 5, 300),
            Episode(Kind.STRAIN, live_s + 10.5 * 60, 400),
            Episode(Kind.SLIP, live_s + 20 * 60, 40),
            Episode(Kind.WALK, live_s + 24 * 60, 240),
            Episode(Kind.STRAIN, live_s + 52 * 60, 300),
        ),
    )


def history(person: Person, now_ms: int, session: str) -> Iterator[StoredWindow]:
    """Yield two weeks of still minutes around this hour of the day."""
    random, breath = Random(person.seed), Random(person.seed + 1)
    for day in range(_DAYS, 0, -1):
        deep = breath.gauss(0.95, 0.15)  # no two days are alike
        for minute in range(-_HALF_SHIFT_MIN, _HALF_SHIFT_MIN, _EVERY_MIN):
            t_ms = now_ms - day * _DAY_MS + minute * _MINUTE_MS
            t_ms -= t_ms % _MINUTE_MS
            rate, variation = still_minute(random, t_ms / 3_600_000 % 24, person)
            beats = round(rate)
            window = Window(t_ms, rate, variation, beats, beats, beats - 1, 1.0, 0.0, _SE)
            rsa_ms = variation * breath.gauss(deep, 0.06)
            index = proxy_index(60_000 / rate, variation, rsa_ms)
            proxy = Soothing(index, _SE, rsa_ms, REST_BREATH_HZ)
            yield StoredWindow(session, window, None, Stillness.STILL, 600, True, proxy)


def _strap(clock: Clock, earlier: StoredSession | None) -> Source:
    started_ms = earlier.started_ms if earlier else clock.wall_ms() - _WORN_S * 1000
    name = earlier.id if earlier else str(uuid4())
    info = SessionInfo(name, DEVICE, started_ms, live=True, demo=True)
    return SimulatedStrap(caregiver(), info, clock.session_clock())


def _breathe(source: Source, length_s: float) -> None:
    if isinstance(source, SimulatedStrap):
        source.breathe_with_pause(length_s)


def _earlier(folder: Path) -> StoredSession | None:
    """Find the demo to go on with; where there is none yet, lay in the two weeks before it."""
    now_ms = Clock().wall_ms()
    try:
        with Diary.open(folder, demo=True) as diary:
            last = diary.last_session()
            if last is None:
                info = SessionInfo(
                    "demo-history", DEVICE, now_ms - _DAYS * _DAY_MS, live=False, demo=True
                )
                diary.add_history(info, history(caregiver(), now_ms, info.id))
                return None
            reach_ms = diary.reach(last.id)
    except DiaryError as closed:
        stop(sentence(closed))
    lately = reach_ms is not None and 0 <= now_ms - reach_ms < REFRACTORY_MS
    return last if lately else None
