"""The simulated caregiver, in the shift the page opens in."""

from collections.abc import Iterator
from random import Random

from softfront_sensors.simulated import REST_BREATH_HZ, Episode, Kind, Person, still_minute
from softfront_signal.moments import Soothing, Stillness, Window
from softfront_signal.soothing import proxy_index

from ..diary import StoredWindow

DEVICE = "Simulated strap"
SEED = 20
WORN_S = 30 * 60
"""So long she has had the strap on when the page opens."""
_DAYS = 14
_MINUTE_MS = 60_000
_DAY_MS = 24 * 60 * _MINUTE_MS
# Of ln RMSSD in a minute, as hearts at a desk have it.
_SE = 0.1
# A shift of eight hours that lies around this time of day, one still minute in two.
_HALF_SHIFT_MIN, _EVERY_MIN = 240, 2


def caregiver(seed: int = SEED) -> Person:
    """Make the person of the demo; times count from 30 min before the page opens.

    Behind her lie a walk and a slipped strap, then a quarter of an hour of sitting. Five seconds
    in, her heart rises; once more after ten minutes, for whoever asked for the offer later; then
    the strap slips, and she walks.
    """
    live_s = float(WORN_S)
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
