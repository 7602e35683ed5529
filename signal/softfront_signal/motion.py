"""Still, light, active, or not known: what steps and an accelerometer say at a mark."""

from collections import deque
from dataclasses import dataclass
from math import log1p
from statistics import fmean, median_high

from softfront_sensors.packet import Motion

from .moments import Moved, Movement, Stillness

# Up to 8 steps a minute is shifting one's feet; above 30 a body has walked.
STILL_STEPS = 8
_WALK_STEPS = 30
# The upper end of what other gates allow (20 to 60 mg): at a desk the medians of 17 wrists stay
# below 60 for 90 to 99 % of the time, and below 20 for 70 to 96 %; writing is no walk.
STILL_MG = 60
# Above this movisens calls a body active.
_WALK_MG = 200
# A phone counts in batches; after a minute and a half without a word nothing is known.
_STEPS_FRESH_MS = 90_000
# An accelerometer tells every second; one silent for 15 s has gone with its link.
_MG_FRESH_MS = 15_000
# The median of 15 s: a fidget of seven seconds does not move it, and a walk does after eight.
_SMOOTH_MS = 15_000
_MINUTE_MS = 60_000
# A chest moves by 10 mg with its breath; below that, and below a step a minute, all is rest.
_REST_MG = 10.0
# One a second comes; of a sender that sends faster the latest suffice.
_MOST_REPORTS = 60

_MORE = (Movement.UNKNOWN, Movement.STILL, Movement.LIGHT, Movement.ACTIVE)


@dataclass(slots=True)
class _Teller:
    """One way of telling movement: its latest value, and how long that is good for."""

    still: int
    """Up to here it is still."""
    walk: int
    """Above this it is active."""
    fresh_ms: int
    value: int = 0
    told_ms: int | None = None

    def now(self, t_ms: int) -> int | None:
        """Return the latest value while it is fresh."""
        if self.told_ms is None or t_ms - self.told_ms > self.fresh_ms:
            return None
        return self.value

    def at(self, t_ms: int) -> Movement:
        value = self.now(t_ms)
        if value is None:
            return Movement.UNKNOWN
        if value <= self.still:
            return Movement.STILL
        return Movement.ACTIVE if value > self.walk else Movement.LIGHT


class MotionSense:
    """Remember what each way of telling said last, the beginning of stillness, the last walk."""

    def __init__(self) -> None:
        self._steps = _Teller(STILL_STEPS, _WALK_STEPS, _STEPS_FRESH_MS)
        self._mg = _Teller(STILL_MG, _WALK_MG, _MG_FRESH_MS)
        self._latest_mg: deque[tuple[int, int]] = deque(maxlen=_MOST_REPORTS)
        """Of the last minute."""
        self._still_since_ms: int | None = None
        self._walked_ms: int | None = None

    def hear(self, report: Motion) -> None:
        """Take in a report, the next in time."""
        since_ms = self._since_ms(report.t_ms)
        if report.steps_per_min is not None:
            told, value = self._steps, report.steps_per_min
        elif report.move_mg is not None:
            told, value = self._mg, self._smoothed(report.t_ms, report.move_mg)
        else:
            return
        told.value, told.told_ms = value, report.t_ms
        if told.at(report.t_ms) is Movement.ACTIVE:
            self._walked_ms = report.t_ms
        still = self.at(report.t_ms) is Stillness.STILL
        self._still_since_ms = (report.t_ms if since_ms is None else since_ms) if still else None

    def movement(self, t_ms: int) -> Movement:
        """Say how much the body moves at `t_ms`; of two that tell, the one that tells more."""
        return max((each.at(t_ms) for each in (self._steps, self._mg)), key=_MORE.index)

    def at(self, t_ms: int) -> Stillness:
        """Say what is known of movement at `t_ms`."""
        movement = self.movement(t_ms)
        if movement is Movement.UNKNOWN:
            return Stillness.UNKNOWN
        return Stillness.STILL if movement is Movement.STILL else Stillness.MOVING

    def told(self, t_ms: int) -> Moved:
        """Say all that is known of movement at `t_ms`."""
        return Moved(
            stillness=self.at(t_ms),
            still_s=self.still_s(t_ms),
            since_walk_s=self.since_walk_s(t_ms),
            steps_per_min=self.steps_per_min(t_ms),
            move_mg=self.move_mg(t_ms),
            amount=self.amount(t_ms),
        )

    def amount(self, t_ms: int) -> float | None:
        """Say how much the body moved in the last minute, as `Moved` tells it."""
        if self._mg.now(t_ms) is not None:
            return log1p(
                fmean(mg for at, mg in self._latest_mg if at > t_ms - _MINUTE_MS) / _REST_MG
            )
        steps = self._steps.now(t_ms)
        return None if steps is None else log1p(steps)

    def still_s(self, t_ms: int) -> int | None:
        """Return for how many seconds the body has been still, where that is known."""
        since_ms = self._since_ms(t_ms)
        return None if since_ms is None else (t_ms - since_ms) // 1000

    def since_walk_s(self, t_ms: int) -> int | None:
        """Return the seconds since the body was last active; `None` where that was never told."""
        return None if self._walked_ms is None else (t_ms - self._walked_ms) // 1000

    def steps_per_min(self, t_ms: int) -> int | None:
        """Return the latest report of steps, while it is fresh."""
        return self._steps.now(t_ms)

    def move_mg(self, t_ms: int) -> int | None:
        """Return the movement of the latest 15 s in 1/1000 g, while it is fresh."""
        return self._mg.now(t_ms)

    def _smoothed(self, t_ms: int, move_mg: int) -> int:
        """Return the median of the latest 15 s; of two in the middle the higher."""
        self._latest_mg.append((t_ms, move_mg))
        while t_ms - self._latest_mg[0][0] >= _MINUTE_MS:
            self._latest_mg.popleft()
        return median_high(mg for at, mg in self._latest_mg if t_ms - at < _SMOOTH_MS)

    def _since_ms(self, t_ms: int) -> int | None:
        """Return when the stillness of `t_ms` began."""
        if self.at(t_ms) is not Stillness.STILL:
            return None
        if self._still_since_ms is not None:
            return self._still_since_ms
        # Still only since the one that told of movement has fallen silent: its word ran out then.
        silent = (each for each in (self._steps, self._mg) if each.now(t_ms) is None)
        return max(each.told_ms + each.fresh_ms for each in silent if each.told_ms is not None)
