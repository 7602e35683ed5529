"""A house by hand: windows drawn on the spot, and what mind and tact make of each."""

import json
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from random import Random

from softfront_api.memory import recalled, remember
from softfront_api.settings import Settings
from softfront_api.tact import (
    Moment,
    TactState,
    Verdict,
    WornShift,
    begin_shift,
    came_back,
    consider,
    dismissed,
    put_off,
    rhythm,
    settle,
)
from softfront_signal.baseline import Baseline, StillMinute
from softfront_signal.mind import Mind, Seen
from softfront_signal.moments import MARK_MS, Answer, Decision, Missing

from .auditing import MINUTE_MS, Book, Told
from .clockwork import Clockwork

HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS
SHIFT_GAP_MS = 2 * HOUR_MS
# The audit looks back over a quarter of an hour.
_REMEMBERED = 200
_CAUSES = (Answer.OTHER_CAUSE, Answer.WAS_MOVING)
_DISMISSED = (Answer.NOT_NOW, *_CAUSES)
WISHES = (
    "with someone",
    "snoozed",
    "snoozed for the shift",
    "switched off",
    "calendar",
    "in a pause",
)
_NOT_WORN = (Missing.NO_LINK, Missing.STRAP_OFF)


def earlier(now_ms: int) -> Baseline:
    """Three days of a calm heart, ten minutes of each at this hour."""
    return Baseline(
        StillMinute(now_ms - day * DAY_MS + i * MINUTE_MS, 63 + i % 7, 30 + i % 9)
        for day in (3, 2, 1)
        for i in range(-5, 5)
    )


@dataclass
class Wear:
    """The shift that goes on, by one clock."""

    start_ms: int | None = None
    worn_ms: int = 0

    def worn(self, t_ms: int) -> bool:
        """Take in that the strap is on; say whether a shift begins with that."""
        begins = self.start_ms is None or t_ms - self.worn_ms > SHIFT_GAP_MS
        self.worn_ms = t_ms
        if begins:
            self.start_ms = t_ms
        return begins


class Sketch:
    """One person's program in all its lives: what it knows, and beside it what is true."""

    def __init__(self, clock: Clockwork, settings: Settings, draw: Random) -> None:
        self.clock, self.settings, self.draw = clock, settings, draw
        self.book, self.tact = Book(), TactState()
        self.marks = self.lives = self.shift = self.eligible_ms = 0
        self.behind_ms = 0
        """How late, or by how much too early, what is heard now comes."""
        self.busy_until_ms: int | None = None
        self.pausing_until_ms = 0
        self.shifts: list[WornShift] = []
        self._worn: list[int] = []
        self._said: list[tuple[int, Callable[[], None]]] = []
        self._worn_true_ms = -DAY_MS
        self._wrong_ms = clock.wrong_ms
        """By how much the session's clock is ahead of true time."""
        self.begins()

    # The program.

    def begins(self) -> None:
        """Begin anew with what was written down, by the clock on the wall as it is now."""
        clock = self.clock
        self._clock_moved(clock.wrong_ms - self._wrong_ms)
        self.lives += 1
        self.session = f"life {self.lives}"
        self.tact = recalled(json.loads(json.dumps(dict(remember(self.tact))["tact"])))
        self._lived_ms, self._began_mono_ms = self.tact.lived_ms, clock.mono_ms
        self._began_ms = clock.wall_ms
        self._last_ms = 0
        self._latest: deque[Decision] = deque(maxlen=_REMEMBERED)
        self.mind = Mind(earlier(self.now_ms), choice=self.settings.choice)
        self._take_up_shift()

    def _take_up_shift(self) -> None:
        """Find the shift that goes on, as a diary does: by the marks before now."""
        start_ms = last_ms = None
        for t_ms in sorted(t_ms for t_ms in self._worn if t_ms <= self.now_ms):
            if last_ms is None or t_ms - last_ms > SHIFT_GAP_MS:
                start_ms = t_ms
            last_ms = t_ms
        if last_ms is None or self.now_ms - last_ms > SHIFT_GAP_MS:
            start_ms = None
        self.here = Wear(start_ms, self.now_ms)

    def sleeps(self, for_ms: int, *, goes_on: bool) -> None:
        self.clock.sleeps(for_ms, goes_on=goes_on)
        self._clock_moved(0 if goes_on else -for_ms)

    def _clock_moved(self, by_ms: int) -> None:
        self._wrong_ms += by_ms
        self.book.clock.append((self.clock.true_ms, by_ms))

    @property
    def now_ms(self) -> int:
        """The session's clock."""
        return self._began_ms + self.clock.mono_ms - self._began_mono_ms

    def _true_ms(self, t_ms: int) -> int:
        """Return when the session's clock said so, or will."""
        return self.clock.true_ms - (self.now_ms - t_ms)

    def moment(self, t_ms: int) -> Moment:
        here = self.here.start_ms or 0
        return Moment(
            session=self.session,
            now_ms=t_ms,
            late_ms=self.now_ms - t_ms,
            boot=self.clock.boot,
            mono_ms=self.clock.mono_ms,
            lived_ms=self._lived_ms + self.clock.mono_ms - self._began_mono_ms,
            shift_start_ms=here,
            in_pause=t_ms <= self.pausing_until_ms,
            rhythm=rhythm(self.shifts, here, self.eligible_ms),
            draw=self.draw.random() if self.settings.compare else None,
        )

    def mark_in(self, ms: int) -> int | None:
        """Let time pass; return the next mark, where what is heard now lies behind the last."""
        t_ms = (self.now_ms + ms - self.behind_ms) // MARK_MS * MARK_MS
        self.clock.true_ms += max(0, t_ms + self.behind_ms - self.now_ms)
        self._do_what_is_due()
        return t_ms if t_ms > self._last_ms else None

    def decides(self, seen: Seen, passed_ms: int) -> None:
        """Decide about a mark; so long it stands for."""
        t_ms = self._last_ms = seen.window.t_ms
        self._keep_shift(seen, t_ms)
        decision = self.mind.decide(seen)
        self.eligible_ms += passed_ms if decision.eligible else 0
        at, rules = self.moment(t_ms), self.settings.rules(t_ms, self.busy_until_ms)
        self._let_go(t_ms)
        verdict = consider(decision, self.tact, rules, at)
        self.tact = settle(self.tact, decision, verdict, at)
        assert self.tact.stood is not None
        assert (self.tact.stood.name, self.tact.stood.mark_ms) == (verdict.stance, t_ms)
        assert decision.reason
        self.marks += 1
        self._latest.append(decision)
        self._take_down(verdict, self._true_ms(t_ms))

    def _keep_shift(self, seen: Seen, t_ms: int) -> None:
        if seen.missing in _NOT_WORN:
            return
        begins_ms = self.here.start_ms
        self._worn.append(t_ms)
        if self.here.worn(t_ms):
            if begins_ms is not None:
                self.shifts.append(WornShift(begins_ms, self.eligible_ms))
            self.eligible_ms = 0
            self.mind.begin_shift()
            self.tact = begin_shift(self.tact, t_ms)
        true_ms, last_ms = self._true_ms(t_ms), self._worn_true_ms
        # What the clock ran ahead by may look like time off.
        ahead_ms = max(0, self.book.ahead_ms(last_ms, true_ms))
        self._worn_true_ms = true_ms
        if true_ms - last_ms + ahead_ms > SHIFT_GAP_MS:
            self.shift += 1
            self.book.ends("snoozed for the shift", self.clock.true_ms)

    def _let_go(self, t_ms: int) -> None:
        later = self.tact.later
        if later is not None and t_ms > later.until_ms:
            self.tact = came_back(self.tact)

    def _take_down(self, verdict: Verdict, mark_ms: int) -> None:
        if verdict.name == "silent_control":
            self.book.controls.append(mark_ms)
        if not verdict.speak:
            return
        name = verdict.again or f"{self.session}.{self._last_ms}"
        hours = [(it.begin, it.end) for it in self.settings.quiet_hours]
        *before, mark = self._latest
        mark = replace(mark, gates=mark.gates + verdict.gates)
        self.book.told.append(
            Told(
                name,
                self.clock.true_ms,
                mark_ms,
                (*before, mark),
                self.shift,
                self.settings.max_per_shift,
                self.settings.max_per_week,
                hours,
            )
        )
        self.mind.offered(self._last_ms)
        self._will_answer(name)

    # The person.

    def _will_answer(self, name: str) -> None:
        answer = self.draw.choice([None, *Answer])
        if answer is not None:
            after_ms = self.draw.randrange(3_000, 85_000)
            if answer in _CAUSES:  # what else it was is often told much later
                after_ms += self.draw.choice([0, 25, 35]) * MINUTE_MS
            self.will(after_ms, lambda: self.answers(name, answer))

    def will(self, after_ms: int, do: Callable[[], None]) -> None:
        """Do something a little later."""
        self._said.append((self.clock.true_ms + after_ms, do))

    def _do_what_is_due(self) -> None:
        due = [do for at_ms, do in self._said if at_ms <= self.clock.true_ms]
        self._said = [it for it in self._said if it[0] > self.clock.true_ms]
        for do in due:
            do()

    def answers(self, name: str, answer: Answer) -> None:
        now_ms, true_ms = self.now_ms, self.clock.true_ms
        if answer in _DISMISSED:
            self.tact = dismissed(self.tact, self.moment(now_ms).stamp())
            self.book.noes.append(true_ms)
        elif answer is Answer.LATER:
            self.tact = put_off(self.tact, name, now_ms)
            self.book.put_off.setdefault(name, []).append(true_ms)
        else:
            self.pauses()
        self.mind.answered(now_ms, answer)

    def pauses(self) -> None:
        self.pausing_until_ms = self.now_ms + 90_000
        self.mind.offered(self.now_ms)
        self.book.asks("in a pause", self.clock.true_ms, self.clock.true_ms + 90_000)

    def is_busy(self, for_ms: int) -> None:
        self.busy_until_ms = self.now_ms + for_ms
        self.book.asks("calendar", self.clock.true_ms, self.clock.true_ms + for_ms)

    def wants(self, what: str, why: str, for_ms: int = 0) -> None:
        """Ask for silence, for so long, or take back what was asked for."""
        true_ms = self.clock.true_ms
        until = datetime.fromtimestamp((self.now_ms + for_ms) / 1000, UTC)
        self.settings = self.settings.model_copy(update={what: until if for_ms else None})
        if for_ms:
            self.book.asks(why, true_ms, true_ms + for_ms)
        else:
            self.book.ends(why, true_ms)

    def snoozes_for_the_shift(self) -> None:
        here = datetime.fromtimestamp(self.now_ms / 1000, UTC)
        self.settings = self.settings.model_copy(update={"snoozed_shift": here})
        self.book.asks("snoozed for the shift", self.clock.true_ms)

    def switches(self, *, on: bool) -> None:
        self.settings = self.settings.model_copy(update={"offers": on})
        if on:
            self.book.ends("switched off", self.clock.true_ms)
        else:
            self.book.asks("switched off", self.clock.true_ms)

    def takes_all_back(self) -> None:
        nothing = dict.fromkeys(("with_someone_until", "snoozed_until", "snoozed_shift"))
        self.settings = self.settings.model_copy(update={**nothing, "offers": True})
        self.busy_until_ms, self.pausing_until_ms = None, 0
        for why in WISHES:
            self.book.ends(why, self.clock.true_ms)
