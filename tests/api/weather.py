"""What befalls a person in a shift: strain, errands, a loose strap, clocks and naps; drawn."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from math import exp, log
from random import Random

from softfront_api.settings import Settings
from softfront_signal import gates
from softfront_signal.mind import Seen
from softfront_signal.moments import LIVE, MARK_MS, Missing, Moved, Rule, Stillness, Window

from .auditing import MINUTE_MS
from .clockwork import STEPS_MS, Clockwork
from .sketching import HOUR_MS, Sketch

SHIFT_MS = 8 * HOUR_MS
SHIFTS = 8
"""So many in a row has a person here: about a week, so that its budget is met."""
RESTS_MIN = range(12, 48)
"""So long nothing happens between two happenings."""
# Evenings and mornings around the nights in which the clocks of Berlin change, and in June.
BEGINS = [(3, 24, 17), (3, 28, 23), (10, 20, 18), (10, 24, 22), (6, 15, 5)]


@dataclass(frozen=True, slots=True)
class Body:
    """What a window is drawn from."""

    rate: float = 0.0
    """So many beats a minute above the usual."""
    drop: float = 0.0
    """By so much ln RMSSD is below it."""
    coverage: float = 0.97
    flagged: float = 0.01
    missing: Missing | None = None
    steps: int = 0


CALM = Body()
WALKS = Body(rate=26, drop=0.5, steps=100)
SHUFFLES = Body(rate=12, steps=20)
OFF, SILENT = Body(missing=Missing.STRAP_OFF), Body(missing=Missing.NO_LINK)


def wishes(draw: Random) -> Settings:
    """Draw what a person has set."""
    pick = draw.choice
    return Settings.model_validate(
        {
            "max_per_shift": pick([1, 1, 2, 2, 4, 12]),
            "max_per_week": pick([2, 5, 16, 16, 60]),
            "quiet_hours": pick([[], [{"from": "01:30", "to": "02:45"}]]),
            "time_zone": "Europe/Berlin",
            "compare": pick([False, False, True]),
            "rule": pick(list(Rule)),
            "percentile": pick([90, 95, 98]),
        }
    )


class Days:
    """Shifts of one person, each a row of happenings."""

    def __init__(self, seed: int, rests_min: range = RESTS_MIN, *, fine: bool = False) -> None:
        """Of calm stretches a few marks are drawn, or where `fine` every one."""
        self.draw, self.fine, self._rests_min = Random(seed), fine, rests_min
        begins = datetime(2026, *self.draw.choice(BEGINS), tzinfo=UTC)
        clock = Clockwork(wrong_ms=round(begins.timestamp() * 1000))
        self.sketch = Sketch(clock, wishes(self.draw), self.draw)
        self.befell: set[str] = set()
        self._tells_motion = self.draw.random() < 0.75
        self._on_ms: int | None = None
        self._walked_ms = self._still_ms = -HOUR_MS
        self._kinds: list[Callable[[], None]] = [
            *[self.strains] * 12,
            *[self.walks] * 2,
            *(self.shuffles, self.slips, self.is_unclear, self.takes_off, self.is_silent),
            *(self.goes_blind, self.is_set, self.naps, self.restarts, self.reboots),
            *(self.storms, self.is_late, self.is_ahead, self.is_with_someone, self.snoozes),
            *(self.snoozes_for_the_shift, self.switches_off, self.has_an_appointment),
            *(self.pauses, self.takes_back),
        ]

    @property
    def kinds(self) -> int:
        """How many kinds of happenings there are."""
        return len({kind.__name__ for kind in self._kinds})

    def live(self, shifts: int = SHIFTS) -> Sketch:
        for _ in range(shifts):
            self.is_worn()
            until_ms = self.true_ms + SHIFT_MS
            while self.true_ms < until_ms:
                kind = self.draw.choice(self._kinds)
                self.befell.add(kind.__name__)
                kind()
                self.lasts(CALM, 2 * MINUTE_MS, 2 * MINUTE_MS)
                if self.sketch.tact.later is not None:
                    self.rests(8)
                    self.strains()
                    self.strains()
                self.rests(self.draw.choice(self._rests_min))
            self.goes_home()
        return self.sketch

    @property
    def true_ms(self) -> int:
        return self.sketch.clock.true_ms

    def between(self, low_ms: int, high_ms: int) -> int:
        """Draw a time, short ones as often as long ones."""
        return round(low_ms * exp(self.draw.uniform(0, log(high_ms / low_ms))))

    # A body.

    def is_worn(self) -> None:
        self.rests(7)

    def goes_home(self) -> None:
        self.lasts(OFF, 2 * MINUTE_MS, MINUTE_MS)
        self.sketch.clock.true_ms += self.draw.randrange(3 * HOUR_MS, 20 * HOUR_MS)

    def rests(self, minutes: int) -> None:
        """Sit still; two marks tell enough of that."""
        step_ms = minutes * MINUTE_MS // 2
        self.lasts(CALM, minutes * MINUTE_MS, step_ms)

    def strains(self) -> None:
        rate, drop = self.draw.choice([(18, 0.7), (18, 0.0), (0.0, 0.9), (9, 0.3), (40, 1.0)])
        self.lasts(Body(rate=rate, drop=drop), self.between(25_000, 90_000))

    def walks(self) -> None:
        begins_ms = self.true_ms
        self.lasts(WALKS, self.between(30_000, 5 * MINUTE_MS), 15_000)
        if self._tells_motion:
            self.sketch.book.walks.append((begins_ms, self.true_ms))
        self.strains()

    def shuffles(self) -> None:
        self.lasts(SHUFFLES, self.between(20_000, 3 * MINUTE_MS))
        self.strains()

    def slips(self) -> None:
        self.lasts(OFF, self.between(10_000, 20 * MINUTE_MS), 15_000)

    def takes_off(self) -> None:
        self.lasts(OFF, 2 * MINUTE_MS, MINUTE_MS)
        self.sketch.clock.true_ms += self.between(HOUR_MS, 3 * HOUR_MS)
        self._on_ms = None
        self.rests(6)

    def is_unclear(self) -> None:
        if self.draw.random() < 0.5:
            body = Body(rate=18, drop=0.7, coverage=self.draw.uniform(0.3, 0.79))
        else:
            body = Body(rate=18, drop=0.7, flagged=self.draw.uniform(0.11, 0.4))
        self.lasts(body, self.between(50_000, 2 * MINUTE_MS))

    def is_silent(self) -> None:
        self.lasts(SILENT, self.between(15_000, 10 * MINUTE_MS), 20_000)

    def storms(self) -> None:
        for _ in range(self.draw.randrange(3, 9)):
            self.lasts(SILENT, self.between(5_000, 15_000))
            self.lasts(Body(rate=18, drop=0.7), self.between(5_000, 60_000))

    def goes_blind(self) -> None:
        self._tells_motion = not self._tells_motion

    # Clocks and roads.

    def is_set(self) -> None:
        self.sketch.clock.is_set(self.draw.choice(STEPS_MS))

    def naps(self) -> None:
        for_ms = self.between(30_000, 3 * HOUR_MS)
        self.sketch.sleeps(for_ms, goes_on=self.draw.random() < 0.7)
        self.strains()

    def restarts(self) -> None:
        self.sketch.clock.true_ms += self.between(1_000, MINUTE_MS)
        self.sketch.begins()
        self.strains()

    def reboots(self) -> None:
        self.sketch.clock.true_ms += self.between(20_000, 10 * MINUTE_MS)
        self.sketch.clock.begins_anew()
        self.sketch.clock.is_set(self.draw.choice([0, *STEPS_MS]))
        self.sketch.begins()
        self.rests(2)
        self.strains()

    def is_late(self) -> None:
        self._comes(self.draw.choice([5_000, 30_000, self.between(35_000, 2 * HOUR_MS)]))

    def is_ahead(self) -> None:
        self._comes(-self.draw.choice([1_000, self.between(5_000, HOUR_MS)]))

    def _comes(self, behind_ms: int) -> None:
        """Let what is heard come late, or from a clock that is ahead."""
        self.sketch.clock.true_ms += max(0, behind_ms)
        self.sketch.behind_ms = behind_ms
        self.rests(2)
        for _ in range(3):
            self.strains()
        self.sketch.behind_ms = 0
        self.sketch.clock.true_ms += max(0, -behind_ms)

    # What is asked for.

    def is_with_someone(self) -> None:
        self._wants("with_someone_until", "with someone", HOUR_MS)

    def snoozes(self) -> None:
        half_ms = 30 * MINUTE_MS
        self._wants("snoozed_until", "snoozed", self.draw.choice([half_ms, 2 * half_ms]))

    def _wants(self, what: str, why: str, for_ms: int) -> None:
        self.sketch.wants(what, why, for_ms)
        self.strains()

    def snoozes_for_the_shift(self) -> None:
        self.sketch.snoozes_for_the_shift()
        self.strains()

    def switches_off(self) -> None:
        self.sketch.switches(on=not self.sketch.settings.offers)
        self.strains()

    def has_an_appointment(self) -> None:
        self.sketch.is_busy(self.between(5 * MINUTE_MS, HOUR_MS))
        self.strains()

    def pauses(self) -> None:
        self.sketch.pauses()
        self.strains()

    def takes_back(self) -> None:
        self.sketch.takes_all_back()

    # What is heard.

    def lasts(self, body: Body, for_ms: int, step_ms: int = MARK_MS) -> None:
        step_ms = MARK_MS if self.fine else step_ms
        for _ in range(max(1, for_ms // step_ms)):
            t_ms = self.sketch.mark_in(step_ms)
            if t_ms is not None:
                self.sketch.decides(self._seen(body, t_ms), step_ms)

    def _seen(self, body: Body, t_ms: int) -> Seen:
        now_ms = self.true_ms
        if body.missing is not None:
            self._on_ms = None if body.missing is Missing.STRAP_OFF else self._on_ms
        elif self._on_ms is None:
            self._on_ms = now_ms
        moved = self._moved(body, now_ms)
        window = self._window(body, t_ms)
        missing = body.missing
        if missing is None and moved.stillness is Stillness.MOVING:
            missing = Missing.MOVING
        worn_s = 0 if self._on_ms is None else (now_ms - self._on_ms) // 1000
        missing = missing or gates.signal_missing(window, LIVE)
        return Seen(window, missing, moved, worn_s, None if body.missing else 1)

    def _moved(self, body: Body, now_ms: int) -> Moved:
        if body.steps:
            self._still_ms = now_ms
            self._walked_ms = now_ms if body.steps > 30 else self._walked_ms
        if not self._tells_motion:
            return Moved(Stillness.UNKNOWN)
        since_walk_s = (now_ms - self._walked_ms) // 1000
        if body.steps:
            return Moved(Stillness.MOVING, None, since_walk_s, body.steps, None, 4.0)
        still_s = (now_ms - self._still_ms) // 1000
        return Moved(Stillness.STILL, still_s, since_walk_s, 0, None, 0.0)

    def _window(self, body: Body, t_ms: int) -> Window:
        gauss = self.draw.gauss
        rate, rmssd = 66 + body.rate + gauss(0, 1), 33 * exp(gauss(0, 0.1) - body.drop)
        n = round(rate * body.coverage)
        share = min(1.0, max(0.0, body.coverage + gauss(0, 0.005)))
        valid = round(n * (1 - body.flagged))
        return Window(t_ms, rate, rmssd, n, valid, max(0, valid - 1), share, body.flagged, 0.1)
