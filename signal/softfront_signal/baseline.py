"""What is usual for this person: their own still minutes, at this hour."""

from bisect import bisect_left, bisect_right, insort
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from math import log

from .moments import LIVE, Band, Usual
from .quantiles import Weighted, percentile

_MINUTE_MS = 60_000
_HOUR_MS = 60 * _MINUTE_MS
_DAY_MS = 24 * _HOUR_MS
# Today counts for four hours; earlier days weigh as much as 120 minutes, whatever their number, and
# so keep one odd day from becoming the measure. Evenly chosen, 360 of them tell what all would.
_TODAY_MS = 4 * _HOUR_MS
_EARLIER_WEIGHT, _EARLIER_MOST = 120.0, 360
# A week ago counts half as much as today: bodies, beds and seasons change.
_HALF_LIFE_MS = 7 * _DAY_MS
# A number known to 5 % is known: how far one minute differs from the next is many times that, and
# a single very regular minute would else outweigh the others.
_LEAST_SE = 0.05
# Two weeks: long enough for every kind of shift, short enough to follow a person.
_KEEP_MS = 14 * _DAY_MS
_LEAST_DAYS_FOR_HOURS = 3
# A rise is under way before it shows: the last two minutes wait before they are learnt.
_WAIT_MS = 2 * _MINUTE_MS
# Steady hearts would else make every flutter an event.
_LEAST_HR_SPREAD, _LEAST_LN_SPREAD = 3.0, 0.15
# How the heart goes with movement is believed only once movement has varied by so much, summed
# over the minutes: a resting body's hardly does.
_RIDGE = 0.5
# About two shifts of still minutes, as a nurse sits.
_LEARNT_MINUTES = 240
# Where nothing reports movement, a heart this far above its quiet level is taken as on the move.
_QUIET_MARGIN_BPM = 15.0


@dataclass(frozen=True, slots=True)
class StillMinute:
    """One still, unprompted minute of good signal."""

    t_ms: int
    hr_bpm: float
    rmssd_ms: float
    ln_rmssd_se: float | None = None
    """Standard error of ln RMSSD; a minute less well known weighs less."""
    soothing: float | None = None
    """Index of the soothing-system proxy, where breathing could be seen."""
    soothing_se: float | None = None
    moved: float | None = None
    """How much the body moved in it, as `Moved.amount`."""


class Baseline:
    """Still minutes of two weeks, seeded from earlier shifts and fed by this one."""

    def __init__(self, earlier: Iterable[StillMinute] = (), least: int = LIVE.minutes) -> None:
        """Begin with earlier still minutes; below `least` of them nothing is usual yet."""
        self._least = least
        self._minutes = sorted(earlier, key=lambda m: m.t_ms)
        self._waiting: deque[StillMinute] = deque()
        self._made_at: tuple[int, int] | None = None
        self._made: Usual | None = None

    def offer(self, minute: StillMinute) -> None:
        """Put a minute into the queue of those that may be learnt."""
        self._waiting.append(minute)

    def refuse_waiting(self) -> None:
        """Drop the minutes that wait: they were the beginning of a rise, or of an offer."""
        self._waiting.clear()

    def learn(self, t_ms: int) -> int | None:
        """Take in the minute that has waited long enough, if any, and return its mark.

        What is older than two weeks is forgotten.
        """
        old = bisect_left(self._minutes, t_ms - _KEEP_MS, key=lambda m: m.t_ms)
        del self._minutes[:old]
        if not self._waiting or self._waiting[0].t_ms > t_ms - _WAIT_MS:
            return None
        minute = self._waiting.popleft()
        # Earlier minutes may lie ahead where the machine's clock was set back.
        insort(self._minutes, minute, key=lambda m: m.t_ms)
        return minute.t_ms

    def usual(self, t_ms: int) -> Usual | None:
        """Return what is usual at `t_ms`; `None` while too few still minutes are known."""
        asked = (t_ms // (5 * _MINUTE_MS), len(self._minutes))
        if asked != self._made_at:
            self._made_at, self._made = asked, self._make(t_ms)
        return self._made

    def percent(self) -> int:
        """Say how far learning has come, 0…100."""
        return min(100, 100 * len(self._minutes) // _LEARNT_MINUTES)

    def reaches_back_s(self, t_ms: int) -> int:
        """Return the seconds since the oldest still minute known."""
        return (t_ms - self._minutes[0].t_ms) // 1000 if self._minutes else 0

    def quiet_enough(self, hr_bpm: float, t_ms: int) -> bool:
        """Judge stillness by the heart alone, for want of any report of movement."""
        today = sorted(m.hr_bpm for m in self._minutes if m.t_ms > t_ms - _TODAY_MS)
        return not today or hr_bpm <= percentile(today, 0.1) + _QUIET_MARGIN_BPM

    def _make(self, t_ms: int) -> Usual | None:
        split = bisect_left(self._minutes, t_ms - _TODAY_MS, key=lambda m: m.t_ms)
        earlier, today = self._minutes[:split], self._minutes[split:]
        near = _at_this_hour(earlier, t_ms)
        hourly = len(near) >= self._least and _days(near, t_ms) >= _LEAST_DAYS_FOR_HOURS
        chosen = near if hourly else earlier
        if len(chosen) + len(today) < self._least:
            return None
        thinned = _thin(chosen, _EARLIER_MOST)
        aged = [0.5 ** ((t_ms - m.t_ms) / _HALF_LIFE_MS) for m in thinned]
        scale = min(1.0, _EARLIER_WEIGHT / sum(aged)) if aged else 1.0
        weighted = [(m, scale * age) for m, age in zip(thinned, aged, strict=True)]
        weighted += [(m, 1.0) for m in today]
        known = chosen + today
        return _describe(weighted, len(known), _days(known, t_ms), hourly)


def _describe(
    weighted: list[tuple[StillMinute, float]], minutes: int, days: int, hourly: bool
) -> Usual:
    """Say what is usual; a heart rate is known to a beat in any minute, so only age weighs it."""
    precise = _precise([m.ln_rmssd_se for m, _ in weighted])
    rates = Weighted((m.hr_bpm, weight) for m, weight in weighted)
    variations = Weighted(
        (m.rmssd_ms, weight * more) for (m, weight), more in zip(weighted, precise, strict=True)
    )
    logs = variations.of(log)
    hr_spread = max(rates.spread(), _LEAST_HR_SPREAD)
    ln_spread = max(logs.spread(), _LEAST_LN_SPREAD)
    ln_median = logs.percentile(0.5)
    return Usual(
        heart_rate=rates.band(),
        rmssd=variations.band(),
        hr_spread_bpm=hr_spread,
        ln_rmssd_median=ln_median,
        ln_rmssd_spread=ln_spread,
        # How far out is far is another room's to say.
        theta_hr=1.0,
        theta_rmssd=1.0,
        minutes=minutes,
        days=days,
        hourly=hourly,
        soothing=_soothing(weighted),
        mean_bpm=rates.middle_mean(),
        **_with_movement(weighted),
    )


def _with_movement(weighted: list[tuple[StillMinute, float]]) -> dict[str, float]:
    """Say how the heart rate goes with the movement of these minutes, where that is told.

    Ridge regression of the rate on the amount of movement, never downwards: additional heart rate
    (Myrtek 1999, after Blix 1974) with the body at rest.
    """
    known = [(m.moved, m.hr_bpm, weight) for m, weight in weighted if m.moved is not None]
    total = sum(weight for *_, weight in known)
    if not total:
        return {}
    mean = sum(moved * weight for moved, _, weight in known) / total
    rate = sum(hr * weight for _, hr, weight in known) / total
    varied = sum(weight * (moved - mean) ** 2 for moved, _, weight in known)
    together = sum(weight * (moved - mean) * (hr - rate) for moved, hr, weight in known)
    return {"moved": mean, "slope_bpm": max(0.0, together / (varied + _RIDGE))}


def _soothing(weighted: list[tuple[StillMinute, float]]) -> Band | None:
    """Say what is usual of the proxy."""
    known = [
        (m.soothing, m.soothing_se, weight) for m, weight in weighted if m.soothing is not None
    ]
    if len(known) < LIVE.minutes:
        return None
    precise = _precise([se for _, se, _ in known])
    pairs = zip(known, precise, strict=True)
    values = Weighted((value, weight * more) for (value, _, weight), more in pairs)
    return values.band()


def _precise(errors: list[float | None]) -> list[float]:
    """Weigh by 1/SE², one on average; what is not known weighs one."""
    weights = [None if se is None else 1 / max(se, _LEAST_SE) ** 2 for se in errors]
    known = [weight for weight in weights if weight is not None]
    mean = sum(known) / len(known) if known else 1.0
    return [1.0 if weight is None else weight / mean for weight in weights]


def _at_this_hour(minutes: list[StillMinute], t_ms: int) -> list[StillMinute]:
    """Take those within an hour of this time of day, on any day before; that covers DST too."""
    near: list[StillMinute] = []
    for day in range(_KEEP_MS // _DAY_MS, 0, -1):
        middle = t_ms - day * _DAY_MS
        begin = bisect_left(minutes, middle - _HOUR_MS, key=lambda m: m.t_ms)
        near += minutes[begin : bisect_right(minutes, middle + _HOUR_MS, key=lambda m: m.t_ms)]
    return near


def _days(minutes: list[StillMinute], t_ms: int) -> int:
    """Count days of 24 h that have this time of day at their middle."""
    return len({(t_ms - m.t_ms + _DAY_MS // 2) // _DAY_MS for m in minutes})


def _thin(minutes: list[StillMinute], most: int) -> list[StillMinute]:
    """Keep at most so many, evenly spread."""
    if len(minutes) <= most:
        return minutes
    return [minutes[i * len(minutes) // most] for i in range(most)]
