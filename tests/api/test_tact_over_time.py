"""Clocks are set, programs begin anew, machines begin anew: 45 min lie between two offers."""

from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar
from uuid import uuid4

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from softfront_api.diary import Diary, Entry
from softfront_api.memory import recall, remember
from softfront_api.tact import (
    REFRACTORY_MS,
    Moment,
    Rules,
    TactState,
    consider,
    given,
    given_again,
    put_off,
)
from softfront_sensors.source import SessionInfo
from softfront_signal.moments import Wording

from .test_tact import ROOMY, mark

MINUTE_MS = 60_000
DAY_MIN = 24 * 60


class Machine(RuleBasedStateMachine):
    """One person's days in true time, and what a program on a machine makes of them."""

    diary: ClassVar[Diary]

    @initialize()
    def begins(self) -> None:
        self.true_ms = self.boot_ms = 0
        self.wrong_ms = 1_781_000_000_000
        self.boot = uuid4().hex
        self.offered_ms: list[int] = []
        self.begins_program(TactState())

    def begins_program(self, tact: TactState) -> None:
        self.tact, self.began_ms, self.began_wall_ms = tact, self.true_ms, self.wall_ms
        self.session = uuid4().hex
        info = SessionInfo(self.session, "simulated", self.began_wall_ms, live=True)
        self.diary.begin_session(info)
        self.keeps()

    @property
    def wall_ms(self) -> int:
        return self.true_ms + self.wrong_ms

    def keeps(self) -> None:
        self.diary.commit(Entry(self.session, state=remember(self.tact)))

    def recalls(self) -> TactState:
        return recall(self.diary)

    @rule(minutes=st.integers(1, 50))
    def time_passes(self, minutes: int) -> None:
        self.true_ms += minutes * MINUTE_MS

    @rule(minutes=st.integers(-DAY_MIN, DAY_MIN))
    def the_clock_is_set(self, minutes: int) -> None:
        self.wrong_ms += minutes * MINUTE_MS

    @rule()
    def the_program_begins_anew(self) -> None:
        self.begins_program(self.recalls())

    @rule(off_min=st.integers(-DAY_MIN, DAY_MIN))
    def the_machine_begins_anew(self, off_min: int) -> None:
        self.wrong_ms += off_min * MINUTE_MS
        self.boot, self.boot_ms = uuid4().hex, self.true_ms
        self.begins_program(self.recalls())

    @rule(question=st.booleans(), later=st.booleans())
    def the_heart_rises(self, question: bool, later: bool) -> None:
        now_ms = self.began_wall_ms + self.true_ms - self.began_ms
        decision = mark(now_ms, wording=Wording.CHECK_IN if question else Wording.PLAIN)
        at = Moment(
            session=self.session,
            now_ms=now_ms,
            late_ms=0,
            boot=self.boot,
            mono_ms=self.true_ms - self.boot_ms,
            lived_ms=self.tact.lived_ms + self.true_ms - self.began_ms,
            shift_start_ms=self.began_wall_ms,
            in_pause=False,
            rhythm=ROOMY,
        )
        found = consider(decision, self.tact, Rules(max_per_shift=12), at)
        if not found.speak:
            return
        if found.again is None:
            waited_ms = self.true_ms - max(self.offered_ms, default=-REFRACTORY_MS)
            assert waited_ms >= REFRACTORY_MS, waited_ms / MINUTE_MS
            self.tact = given(self.tact, decision, at)
        else:
            self.tact = given_again(self.tact, decision, at)
        self.offered_ms.append(self.true_ms)
        if later:
            self.tact = put_off(self.tact, "offer", now_ms)
        self.keeps()


class Forgetful(Machine):
    """Begins anew without a word of what was offered."""

    def recalls(self) -> TactState:
        return replace(super().recalls(), given=())


@pytest.fixture(autouse=True, scope="module")
def diary(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with Diary.open(tmp_path_factory.mktemp("diary"), demo=False) as Machine.diary:
        yield


def tried(machine: type[Machine], examples: int) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=30,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
        ),
    )


def test_two_new_offers_are_never_closer_than_forty_five_minutes() -> None:
    tried(Machine, 80)


def test_a_program_that_forgets_would_be_noticed() -> None:
    with pytest.raises(AssertionError):
        tried(Forgetful, 200)
