from dataclasses import replace

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from softfront_api.tact import (
    GATES,
    LATE_MS,
    REFRACTORY_MS,
    Given,
    Moment,
    Rhythm,
    Rules,
    TactState,
    Verdict,
    came_back,
    consider,
    given,
    put_off,
)
from softfront_signal.moments import Decision, Route, State, Stillness, Window, Wording

T = 1_781_000_000_000
MINUTE = 60_000
FREE = Rules()
NOTHING_YET = TactState()
ROOMY = Rhythm(10**9)
"""So far in the shift that nothing is kept back for later."""


def mark(
    t_ms: int = T, state: State = State.CANDIDATE, wording: Wording = Wording.PLAIN
) -> Decision:
    window = Window(t_ms, 90.0, 15.0, 90, 90, 89, 1.0, 0.0)
    return Decision(
        t_ms=t_ms,
        state=state,
        since_ms=t_ms,
        reason="both",
        window=window,
        missing=None,
        stillness=Stillness.STILL,
        still_s=900,
        usual=None,
        learnt_ms=None,
        learnt_percent=100,
        z_hr=5.0,
        z_rmssd=5.0,
        route=Route.BOTH,
        held_s=45,
        needed_s=45,
        rise_ms=t_ms - 45_000,
        wording=wording,
        gates=(),
        rule="combined",
        percentile=95,
        rule_version="1.0",
        eligible=True,
    )


def at(t_ms: int = T, **other: object) -> Moment:
    moment = Moment(
        session="one",
        now_ms=t_ms,
        late_ms=0,
        boot="boot",
        mono_ms=t_ms - T + 10**9,
        lived_ms=10**9,
        shift_start_ms=T - 60 * MINUTE,
        in_pause=False,
        rhythm=ROOMY,
    )
    return replace(moment, **other)  # type: ignore[arg-type]  # fields by name, of any type


def told(t_ms: int = T, session: str = "one", boot: str | None = "boot") -> Given:
    return Given(session, t_ms, boot, t_ms - T + 10**9, Wording.PLAIN, 10**9)


def verdict(
    state: TactState = NOTHING_YET, rules: Rules = FREE, t_ms: int = T, **other: object
) -> Verdict:
    return consider(mark(t_ms), state, rules, at(t_ms, **other))


def test_every_gate_asked_here_is_named() -> None:
    assert tuple(gate.id for gate in verdict().gates) == GATES


def test_a_candidate_with_every_gate_open_is_spoken() -> None:
    assert verdict().speak


@pytest.mark.parametrize("state", [s for s in State if s is not State.CANDIDATE])
def test_nothing_but_a_candidate_is_ever_spoken(state: State) -> None:
    assert not consider(mark(state=state), TactState(), FREE, at()).speak


@pytest.mark.parametrize(
    ("closed", "expected"),
    [
        ({"rules": Rules(offers=False)}, "paused"),
        ({"rules": Rules(quiet_until_ms=T + MINUTE)}, "quiet"),
        ({"rules": Rules(snoozed_until_ms=T + MINUTE)}, "snoozed"),
        ({"rules": Rules(max_per_shift=0)}, "budget"),
        ({"late_ms": LATE_MS + 1}, "late"),
        ({"late_ms": -2001}, "late"),  # of a moment to come
        ({"in_pause": True}, "in_pause"),
        ({"state": TactState((told(T - MINUTE),))}, "refractory"),
    ],
)
def test_each_gate_alone_holds_an_offer_back(closed: dict[str, object], expected: str) -> None:
    found = verdict(**closed)  # type: ignore[arg-type]  # one argument by name, of its own type
    assert (found.speak, found.reason) == (False, expected)


@pytest.mark.parametrize(("ago", "free"), [(REFRACTORY_MS - 1, False), (REFRACTORY_MS, True)])
@pytest.mark.parametrize("session", ["one", "before"])
def test_forty_five_minutes_pass_between_offers(ago: int, free: bool, session: str) -> None:
    assert verdict(TactState((told(T - ago, session),))).speak is free


def test_a_wall_clock_set_forward_does_not_shorten_the_wait() -> None:
    # Ten minutes ago by the machine, a day ago by the wall.
    before = Given("before", T - 24 * 60 * MINUTE, "boot", 10**9 - 10 * MINUTE, Wording.PLAIN)
    assert verdict(TactState((before,))).reason == "refractory"


@pytest.mark.parametrize("wrong_min", [-24 * 60, -1, 0, 60, 24 * 60])
def test_between_two_starts_of_the_machine_only_what_was_seen_to_pass_counts(
    wrong_min: int,
) -> None:
    state = TactState((told(T + wrong_min * MINUTE, "before", "another boot"),))
    soon, late = 10**9 + REFRACTORY_MS - 1, 10**9 + REFRACTORY_MS
    assert verdict(state, lived_ms=soon).reason == "refractory_unsure"
    assert verdict(state, lived_ms=late).speak


def test_a_shift_has_four_offers_and_a_new_shift_four_more() -> None:
    four = TactState(tuple(told(T - (50 + i) * MINUTE) for i in range(4)))
    assert verdict(four, shift_start_ms=T - 120 * MINUTE).reason == "budget"
    assert verdict(four, shift_start_ms=T - 10 * MINUTE).speak


def test_a_week_has_sixteen() -> None:
    many = TactState(tuple(told(T - (5 + 9 * i) * 60 * MINUTE) for i in range(16)))
    assert verdict(many, shift_start_ms=T).reason == "budget"
    assert verdict(TactState(many.given[1:]), shift_start_ms=T).speak


def test_questions_have_half_the_budget() -> None:
    asked = tuple(replace(told(T - (50 + i) * MINUTE), wording=Wording.CHECK_IN) for i in range(2))
    question = mark(wording=Wording.CHECK_IN)
    assert consider(question, TactState(asked), FREE, at()).reason == "budget"
    assert consider(mark(), TactState(asked), FREE, at()).speak


def test_what_was_put_off_comes_back_once_in_its_five_minutes() -> None:
    state = put_off(given(TactState(), mark(), at()), "offer", T)
    assert verdict(state, t_ms=T + 9 * MINUTE).reason == "refractory"
    assert verdict(state, t_ms=T + 10 * MINUTE).again == "offer"
    assert verdict(state, t_ms=T + 16 * MINUTE).reason == "refractory"
    assert verdict(came_back(state), t_ms=T + 11 * MINUTE).reason == "refractory"


def test_what_was_put_off_keeps_every_other_silence() -> None:
    state = put_off(TactState((told(),)), "offer", T)
    asked = Rules(snoozed_until_ms=T + 60 * MINUTE)
    assert verdict(state, asked, t_ms=T + 11 * MINUTE).reason == "snoozed"


@for_all(
    offers=st.booleans(),
    most=st.integers(0, 4),
    quiet=st.none() | st.just(T + 1),
    snoozed=st.none() | st.integers(T - 1, T + 1),
    late=st.integers(0, 60_000),
    ago=st.none() | st.integers(0, 2 * REFRACTORY_MS),
)
def test_gates_only_ever_hold_back(
    offers: bool, most: int, quiet: int | None, snoozed: int | None, late: int, ago: int | None
) -> None:
    state = TactState() if ago is None else TactState((told(T - ago),))
    found = verdict(state, Rules(offers, most, quiet, snoozed), late_ms=late)
    assert found.speak == all(gate.open for gate in found.gates)
    assert not consider(mark(state=State.WATCH), state, FREE, at()).speak
