"""Clocks, restarts, gates, answers, toggles and chance, in any order: what tact never does."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import ClassVar
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import Phase
from hypothesis import settings as trying
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from softfront_api.memory import recalled, remember
from softfront_api.settings import Settings
from softfront_api.tact import (
    CONTROL_MS,
    DEFERRED_MS,
    DISMISSED_MS,
    LATE_MS,
    REFRACTORY_MS,
    Moment,
    Rhythm,
    TactState,
    Verdict,
    consider,
    dismissed,
    put_off,
    settle,
    spacing,
)
from softfront_api.tact.moment import ago_ms
from softfront_signal.moments import Decision, Gate, State, Wording

from .test_tact import mark

MINUTE_MS = 60_000
DAY_MIN = 24 * 60
WEEK_MS = 7 * DAY_MIN * MINUTE_MS
BERLIN = ZoneInfo("Europe/Berlin")
# Shifts around the nights in which the clocks there change, and one in between.
BEGINS = [datetime(2026, *day, 19, tzinfo=UTC) for day in ((3, 28), (10, 24), (6, 15))]
NIGHT = [{"from": "22:00", "to": "06:00"}]
STANCES = {
    *("free", "prompted", "silent_control", "deferred", "refractory", "budget", "quiet"),
    *("calendar", "with_someone", "snoozed", "paused", "in_pause", "late"),
}
MOTION = Gate("motion", False, 3, 10, "min")


class Machine(RuleBasedStateMachine):
    """One person's days in true time, and what a program makes of them by the clocks it has."""

    rooms: ClassVar[tuple[int, ...]] = (REFRACTORY_MS, CONTROL_MS, DISMISSED_MS)
    """What is held to, in true time, after an offer, a silence by chance, and a no."""

    @initialize(
        begins=st.sampled_from(BEGINS),
        per_shift=st.sampled_from([0, 1, 2, 3, 4, 4, 4]),
        per_week=st.sampled_from([0, 1, 3, 5, 16, 16]),
        night=st.booleans(),
        compare=st.booleans(),
    )
    def a_person_begins(
        self, begins: datetime, per_shift: int, per_week: int, night: bool, compare: bool
    ) -> None:
        self.true_ms = self.boot_ms = self.ahead_ms = 0
        self.wrong_ms = round(begins.timestamp() * 1000)
        self.boot = uuid4().hex
        self.settings = Settings.model_validate(
            {
                "max_per_shift": per_shift,
                "max_per_week": per_week,
                "quiet_hours": NIGHT if night else [],
                "time_zone": "Europe/Berlin",
                "compare": compare,
            }
        )
        self.offers: list[tuple[int, int]] = []
        self.controls: list[int] = []
        self.answers: list[int] = []
        self.held_ms: int | None = None
        self.busy_until_ms: int | None = None
        self.pausing = False
        self.shift_ms = self.wall_ms
        self.begins_program(TactState())

    # What a program knows.

    @property
    def wall_ms(self) -> int:
        return self.true_ms + self.wrong_ms

    @property
    def now_ms(self) -> int:
        return self.began_wall_ms + self.true_ms - self.began_ms

    def begins_program(self, tact: TactState) -> None:
        self.tact, self.lived_ms = tact, tact.lived_ms
        self.began_ms, self.began_wall_ms = self.true_ms, self.wall_ms
        self.session, self.held_ms = uuid4().hex, None
        if self.shift_ms > self.wall_ms:  # what lies ahead is no shift that goes on
            self.shift_ms = self.wall_ms

    def recalls(self) -> TactState:
        return recalled(json.loads(json.dumps(dict(remember(self.tact))["tact"])))

    def moment(self, *, late_ms: int = 0, draw: float = 0.0) -> Moment:
        return Moment(
            session=self.session,
            now_ms=self.now_ms,
            late_ms=late_ms,
            boot=self.boot,
            mono_ms=self.true_ms - self.boot_ms,
            lived_ms=self.lived_ms + self.true_ms - self.began_ms,
            shift_start_ms=self.shift_ms,
            in_pause=self.pausing,
            rhythm=Rhythm(10**9),
            draw=draw if self.settings.compare else None,
        )

    # What happens.

    @rule(minutes=st.integers(1, 50))
    def time_passes(self, minutes: int) -> None:
        self.true_ms += minutes * MINUTE_MS

    @rule(minutes=st.integers(-DAY_MIN, DAY_MIN))
    def the_wall_clock_is_set(self, minutes: int) -> None:
        self.wrong_ms += minutes * MINUTE_MS
        self.ahead_ms += max(0, minutes) * MINUTE_MS

    @rule()
    def the_program_begins_anew(self) -> None:
        self.begins_program(self.recalls())

    @rule(off_min=st.integers(-DAY_MIN, DAY_MIN), down_min=st.integers(0, 30))
    def the_machine_begins_anew(self, off_min: int, down_min: int) -> None:
        self.true_ms += down_min * MINUTE_MS
        self.wrong_ms += off_min * MINUTE_MS
        self.ahead_ms += max(0, off_min) * MINUTE_MS
        self.boot, self.boot_ms = uuid4().hex, self.true_ms
        self.begins_program(self.recalls())

    @rule()
    def a_new_shift_begins(self) -> None:
        self.true_ms += 150 * MINUTE_MS
        self.shift_ms, self.held_ms = self.now_ms, None

    @rule(
        what=st.sampled_from(["offers", "with_someone_until", "snoozed_until", "snoozed_shift"]),
        minutes=st.integers(-5, 60),
    )
    def something_is_asked_for(self, what: str, minutes: int) -> None:
        until = datetime.fromtimestamp(self.now_ms / 1000, UTC)
        if what != "snoozed_shift":
            until += timedelta(minutes=minutes)
        said = not self.settings.offers if what == "offers" else until
        self.settings = self.settings.model_copy(update={what: said})

    @rule()
    def all_is_taken_back(self) -> None:
        nothing = dict.fromkeys(("with_someone_until", "snoozed_until", "snoozed_shift"))
        self.settings = self.settings.model_copy(update={**nothing, "offers": True})
        self.busy_until_ms, self.pausing = None, False

    @rule(minutes=st.integers(1, 60))
    def an_appointment_begins(self, minutes: int) -> None:
        self.busy_until_ms = self.now_ms + minutes * MINUTE_MS

    @rule()
    def a_pause_begins_or_ends(self) -> None:
        self.pausing = not self.pausing

    @rule()
    def a_no_is_said(self) -> None:
        self.tact = dismissed(self.tact, self.moment().stamp())
        self.answers.append(self.true_ms)

    @rule(minutes=st.integers(0, 16))
    def in_ten_minutes_is_said_and_it_still_holds(self, minutes: int) -> None:
        if self.offers and self.true_ms - self.offers[-1][0] < 20 * MINUTE_MS:
            self.tact = put_off(self.tact, "offer", self.now_ms)
            self.true_ms += minutes * MINUTE_MS
            self.decides(mark(self.now_ms), self.moment())

    @rule(
        wording=st.sampled_from(Wording),
        late_ms=st.sampled_from([0, 0, 0, LATE_MS, LATE_MS + 1]),
        draw=st.floats(0, 1, exclude_max=True),
    )
    def the_heart_rises(self, wording: Wording, late_ms: int, draw: float) -> None:
        self.decides(mark(self.now_ms, wording=wording), self.moment(late_ms=late_ms, draw=draw))

    @rule(minutes=st.integers(0, 16), draw=st.floats(0, 1, exclude_max=True))
    def it_rises_while_on_the_move_and_then_comes_to_rest(self, minutes: int, draw: float) -> None:
        moving = replace(mark(self.now_ms, State.WATCH), gates=(MOTION,), eligible=False, held_s=45)
        self.decides(moving, self.moment(draw=draw))
        self.true_ms += minutes * MINUTE_MS
        self.nearly_inside(draw)

    @rule(draw=st.floats(0, 1, exclude_max=True))
    def nearly_inside(self, draw: float) -> None:
        here = mark(self.now_ms, State.WATCH)
        self.decides(replace(here, route=None, held_s=0, rise_ms=None), self.moment(draw=draw))

    @rule(state=st.sampled_from([s for s in State if s is not State.CANDIDATE]))
    def the_watch_ends(self, state: State) -> None:
        if state is not State.WATCH:
            here = replace(mark(self.now_ms, state), route=None, held_s=0, rise_ms=None)
            self.decides(here, self.moment())

    # What is looked at.

    def decides(self, decision: Decision, at: Moment) -> None:
        rules = self.settings.rules(at.now_ms, self.busy_until_ms)
        found = consider(decision, self.tact, rules, at)
        self.has_one_stance(found)
        if found.name in ("prompted", "silent_control"):
            self.was_allowed(decision, at, found)
        self.never_speaks_with_one_more_gate_closed(decision, at)
        self.tact = settle(self.tact, decision, found, at)
        assert self.tact.stood is not None
        assert self.tact.stood.name == found.stance
        self.keeps_count(decision, found)

    def keeps_count(self, decision: Decision, found: Verdict) -> None:
        if found.name == "silent_control":
            self.controls.append(self.true_ms)
        if found.speak and found.again is not None:
            self.offers.pop()
        if found.speak:
            self.offers.append((self.true_ms, self.shift_ms))
        if decision.held and decision.state in (State.WATCH, State.CANDIDATE):
            self.held_ms = self.true_ms
        if decision.state not in (State.WATCH, State.CANDIDATE):
            self.held_ms = None

    def has_one_stance(self, found: Verdict) -> None:
        assert found.stance in STANCES
        assert found.name in ("silent", "prompted", "silent_control", "deferred")
        assert (found.stance == found.name) or found.name in ("silent", "deferred")
        if found.stance == "free":
            assert all(gate.open for gate in found.gates)

    def was_allowed(self, decision: Decision, at: Moment, found: Verdict) -> None:
        asked, now_ms = self.settings, at.now_ms
        assert asked.offers
        for until in (asked.snoozed_until, asked.with_someone_until):
            assert until is None or until.timestamp() * 1000 <= now_ms
        shift = asked.snoozed_shift
        assert shift is None or shift.timestamp() * 1000 < self.shift_ms
        assert self.busy_until_ms is None or self.busy_until_ms <= now_ms
        hour = datetime.fromtimestamp(now_ms / 1000, BERLIN).hour
        assert not asked.quiet_hours or 6 <= hour < 22
        assert not self.pausing
        assert at.late_ms <= LATE_MS
        assert decision.state is State.CANDIDATE or self.waited_for_this(decision)
        if found.again is None:
            self.was_far_enough(found)

    def waited_for_this(self, decision: Decision) -> bool:
        within = self.held_ms is not None and self.true_ms - self.held_ms <= DEFERRED_MS
        return decision.state is State.WATCH and decision.eligible and within

    def was_far_enough(self, found: Verdict) -> None:
        after_offer, after_control, after_no = self.rooms
        for past, needed in (
            ([true_ms for true_ms, _ in self.offers], after_offer),
            (self.controls, after_control),
            (self.answers, after_no),
        ):
            assert all(self.true_ms - each >= needed for each in past)
        if found.speak:
            mine = [shift for _, shift in self.offers if shift == self.shift_ms]
            assert len(mine) < self.settings.max_per_shift
            # A clock set forward between two starts of the machine lets a week end so much earlier.
            week = [ms for ms, _ in self.offers if self.true_ms - ms < WEEK_MS - self.ahead_ms]
            assert len(week) < self.settings.max_per_week

    def never_speaks_with_one_more_gate_closed(self, decision: Decision, at: Moment) -> None:
        until_ms = at.now_ms + 1
        rules = self.settings.rules(at.now_ms, self.busy_until_ms)
        closed = [
            (decision, replace(rules, offers=False), at),
            (decision, replace(rules, snoozed_until_ms=until_ms), at),
            (decision, replace(rules, with_until_ms=until_ms), at),
            (decision, replace(rules, calendar_until_ms=until_ms), at),
            (decision, replace(rules, quiet_until_ms=until_ms), at),
            (decision, rules, replace(at, in_pause=True)),
            (decision, rules, replace(at, late_ms=LATE_MS + 1)),
            (_moving(decision), rules, at),
        ]
        assert not any(consider(d, self.tact, r, m).speak for d, r, m in closed)


def _moving(decision: Decision) -> Decision:
    state = State.WATCH if decision.state is State.CANDIDATE else decision.state
    return replace(decision, state=state, gates=(MOTION,), eligible=False)


def tried(examples: int, machine: type[Machine] = Machine) -> None:
    run_state_machine_as_test(
        machine,
        settings=trying(
            max_examples=examples,
            stateful_step_count=40,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
        ),
    )


def test_tact_keeps_every_silence_whatever_happens() -> None:
    tried(1500)


@pytest.mark.soak
def test_tact_keeps_every_silence_for_long() -> None:
    tried(20_000)


@pytest.mark.parametrize("name", ["REFRACTORY_MS", "CONTROL_MS", "DISMISSED_MS"])
def test_a_wait_that_is_not_kept_would_be_noticed(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spacing, name, 0)
    with pytest.raises(AssertionError):
        tried(1500)


def test_a_wall_clock_that_is_believed_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spacing, "since_ms", ago_ms)
    with pytest.raises(AssertionError):
        tried(1500)


class Forgetful(Machine):
    """Begins anew without a word of what was offered."""

    def recalls(self) -> TactState:
        return replace(super().recalls(), given=())


def test_a_program_that_forgets_would_be_noticed() -> None:
    with pytest.raises(AssertionError):
        tried(1500, Forgetful)
