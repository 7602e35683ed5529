"""Ten shifts of the two weeks before: early, late, one night, a weekend off."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from softfront_sensors.simulated import Episode, Kind, Person

# She works part-time: so much of each shift is worn, and so much must be thought through.
LENGTH_S = 4 * 3600
_FIRST_S, _EVERY_S, _LAST_S = 35 * 60, 55 * 60, 20 * 60
"""Of its rises: far enough apart for an offer each, and none without its minutes afterwards."""
_DAYS = 14
_EARLY, _LATE, _NIGHT = (7, 0), (14, 30), (22, 0)
# By day of the week, from Monday, in the earlier of the two weeks; `None` is free, and what is not
# named lies around the hour at which the page is opened.
_OTHERS = {0: _EARLY, 2: _LATE, 3: _NIGHT, 4: None, 6: None}
_FREE = (5, 6)
# Whoever is at work at night anyway has no night that would run into the next shift.
_BY_DAY = range(5, 19)


@dataclass(frozen=True, slots=True)
class Shift:
    """One shift: when the strap was put on, and what befell her."""

    number: int
    start_ms: int
    length_s: int
    person: Person

    @property
    def name(self) -> str:
        """What its session is called."""
        return f"demo-shift-{self.number}"


def roster(now: datetime, seed: int, length_s: int = LENGTH_S) -> tuple[Shift, ...]:
    """Give the shifts before a moment by the clock on its wall, oldest first."""
    begins = list(_begins(now))
    return tuple(
        Shift(at, round(begin.timestamp()) * 1000, length_s, _person(seed + 101 * at, length_s))
        for at, begin in enumerate(begins, start=1)
    )


def _begins(now: datetime) -> Iterator[datetime]:
    """Yield when each shift began; those of the last week an hour before this time of day."""
    usual = now - timedelta(hours=1)
    usual = usual.replace(minute=usual.minute // 30 * 30, second=0, microsecond=0)
    for days in range(_DAYS, 0, -1):
        day = usual - timedelta(days=days)
        clock: tuple[int, int] | None = (usual.hour, usual.minute)
        if days > _DAYS // 2:
            clock = _OTHERS.get(day.weekday(), clock)
        elif day.weekday() in _FREE:
            clock = None
        if clock == _NIGHT and usual.hour not in _BY_DAY:
            clock = _EARLY
        if clock is not None:
            yield day.replace(hour=clock[0], minute=clock[1])


def _person(seed: int, length_s: int) -> Person:
    """Make her as she was on one day: errands, sitting, and about every hour a rise.

    Oftener would be her usual: what is far is measured by her own past.
    """
    draw = Random(seed)
    episodes: list[Episode] = []
    for middle_s in range(_FIRST_S, length_s - _LAST_S, _EVERY_S):
        at_s = middle_s + draw.uniform(-300, 300)
        rise = Episode(Kind.STRAIN, at_s, draw.uniform(140, 260))
        walked_s = draw.uniform(150, 450)
        # Ten minutes after a walk an offer is possible again; some rises come before that.
        before_s = draw.uniform(240, 500) if draw.random() < 0.15 else draw.uniform(690, 960)
        errand = Episode(Kind.WALK, at_s + draw.uniform(1950, 2150), draw.uniform(60, 150))
        episodes += [Episode(Kind.WALK, at_s - before_s - walked_s, walked_s), rise, errand]
        # Soon after an offer there is none: what becomes of such a rise tells of those without one.
        if draw.random() < 0.7:
            episodes.append(Episode(Kind.STRAIN, at_s + draw.uniform(1150, 1400), 110))
    episodes.append(Episode(Kind.SLIP, draw.uniform(0.2, 0.8) * length_s, 40))
    rest_bpm = 68 + draw.gauss(0, 1.0)  # no two days are alike
    return Person(seed, tuple(episodes), rest_bpm, 34 + draw.gauss(0, 2))
