"""What is usual for this person: their own still minutes, at this hour."""

from bisect import bisect_left, insort
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from math import log

from .moments import Band, Usual

_MINUTE_MS = 60_000
_HOUR_MS = 60 * _MINUTE_MS
_DAY_MS = 24 * _HOUR_MS
# Today counts for four hours; the 120 earlier minutes keep one odd day from becoming the measure.
_TODAY_MS = 4 * _HOUR_MS
_EARLIER_MOST = 120
# Two weeks: long enough for every kind of shift, short enough to follow a person.
_KEEP_MS = 14 * _DAY_MS
# A tenth percentile of fewer than 20 values is a single minute's whim.
LEAST_MINUTES = 20
_LEAST_DAYS_FOR_HOURS = 3
# A rise is under way before it shows: the last two minutes wait before they are learnt.
_WAIT_MS = 2 * _MINUTE_MS
# Steady hearts would else make every flutter an event.
_LEAST_HR_SPREAD, _LEAST_LN_SPREAD = 3.0, 0.15
# About two shifts of still minutes, as a nurse sits.
_LEARNT_MINUTES = 240
# Robust standard deviation from the median absolute deviation of a normal distribution.
_MAD_TO_SD = 1.4826
# Where nothing reports movement, a heart this far above its quiet level is taken as on the move.
_QUIET_MARGIN_BPM = 15.0


@dataclass(frozen=True, slots=True)
class StillMinute:
    """One still, unprompted minute of good signal."""

    t_ms: int
    hr_bpm: float
    rmssd_ms: float


class Baseline:
    """Still minutes of two weeks, seeded from earlier shifts and fed by this one."""

    def __init__(self, earlier: Iterable[StillMinute] = ()) -> None:
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
        """Return what is usual at `t_ms`; `None` below 20 still minutes."""
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
        near = [m for m in earlier if _hours_apart(m.t_ms, t_ms) <= 1]
        hourly = len(near) >= LEAST_MINUTES and _days(near, t_ms) >= _LEAST_DAYS_FOR_HOURS
        pool = _thin(near if hourly else earlier, _EARLIER_MOST) + today
        return _describe(pool, _days(pool, t_ms), hourly) if len(pool) >= LEAST_MINUTES else None


def percentile(ordered: list[float], share: float) -> float:
    """Return a quantile of an ordered list, linear between neighbours (Hyndman and Fan type 7)."""
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (place - low) * (ordered[high] - ordered[low])


def _describe(pool: list[StillMinute], days: int, hourly: bool) -> Usual:
    rates = sorted(m.hr_bpm for m in pool)
    variations = sorted(m.rmssd_ms for m in pool)
    logs = [log(v) for v in variations]
    hr_spread = max(_spread(rates), _LEAST_HR_SPREAD)
    ln_spread = max(_spread(logs), _LEAST_LN_SPREAD)
    rate, ln_median = percentile(rates, 0.5), percentile(logs, 0.5)
    return Usual(
        heart_rate=_band(rates),
        rmssd=_band(variations),
        hr_spread_bpm=hr_spread,
        ln_rmssd_median=ln_median,
        ln_rmssd_spread=ln_spread,
        # A person's own 95th percentile, and never less than one spread: 0.3 offers an hour.
        theta_hr=max(1.0, (percentile(rates, 0.95) - rate) / hr_spread),
        theta_rmssd=max(1.0, (ln_median - percentile(logs, 0.05)) / ln_spread),
        minutes=len(pool),
        days=days,
        hourly=hourly,
    )


def _band(ordered: list[float]) -> Band:
    return Band(percentile(ordered, 0.1), percentile(ordered, 0.9), percentile(ordered, 0.5))


def _spread(ordered: list[float]) -> float:
    median = percentile(ordered, 0.5)
    return _MAD_TO_SD * percentile(sorted(abs(v - median) for v in ordered), 0.5)


def _hours_apart(one_ms: int, other_ms: int) -> float:
    """Return the distance of two times of day in hours; a whole hour of tolerance covers DST."""
    apart = abs(one_ms - other_ms) % _DAY_MS
    return min(apart, _DAY_MS - apart) / _HOUR_MS


def _days(minutes: list[StillMinute], t_ms: int) -> int:
    """Count days of 24 h that have this time of day at their middle."""
    return len({(t_ms - m.t_ms + _DAY_MS // 2) // _DAY_MS for m in minutes})


def _thin(minutes: list[StillMinute], most: int) -> list[StillMinute]:
    """Keep at most so many, evenly spread."""
    if len(minutes) <= most:
        return minutes
    return [minutes[i * len(minutes) // most] for i in range(most)]
