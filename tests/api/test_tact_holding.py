from dataclasses import replace

import pytest

from softfront_api.tact import (
    DEFERRED_MS,
    OFFERED,
    Moment,
    Rules,
    TactState,
    Verdict,
    consider,
    draw,
    put_off,
    settle,
)
from softfront_signal.moments import MARK_MS, Decision, Gate, State

from .test_tact import FREE, MINUTE, T, at, mark

WALKED = Gate("motion", False, 3, 10, "min")


def on_the_move(t_ms: int = T) -> Decision:
    """Outside for long enough, and a walk has not faded."""
    return replace(mark(t_ms, State.WATCH), gates=(WALKED,), eligible=False)


def almost_inside(t_ms: int) -> Decision:
    """The watch goes on, and nothing is outside any more."""
    return replace(mark(t_ms, State.WATCH), route=None, held_s=0, rise_ms=None)


def after(
    *marks: Decision, rules: Rules = FREE, state: TactState | None = None, **other: object
) -> tuple[Verdict, TactState]:
    """Decide marks in a row."""
    tact = state or TactState()
    for decision in marks:
        moment = at(decision.t_ms, **other)
        found = consider(decision, tact, rules, moment)
        tact = settle(tact, decision, found, moment)
    return found, tact


def test_a_rise_on_the_move_is_offered_at_the_next_still_moment() -> None:
    held, state = after(on_the_move())
    assert (held.name, held.stance, held.until_ms) == ("deferred", "deferred", T + DEFERRED_MS)
    found, tact = after(almost_inside(T + 10 * MINUTE), state=state)
    assert found.speak
    assert tact.deferred is None


@pytest.mark.parametrize(
    "rules",
    [
        Rules(with_until_ms=T + MINUTE),
        Rules(calendar_until_ms=T + MINUTE),
        Rules(quiet_until_ms=T + MINUTE),
    ],
)
def test_what_a_person_is_busy_with_holds_a_rise_too(rules: Rules) -> None:
    held, state = after(mark(), rules=rules)
    assert held.name == "deferred"
    assert held.reason in ("with_patient", "calendar", "quiet")
    assert after(almost_inside(T + 2 * MINUTE), state=state)[0].speak


def test_a_pause_holds_a_rise_too() -> None:
    held, state = after(mark(), in_pause=True)
    assert (held.name, held.stance) == ("deferred", "in_pause")
    assert after(almost_inside(T + 2 * MINUTE), state=state)[0].speak


@pytest.mark.parametrize(
    "rules", [Rules(offers=False), Rules(snoozed_until_ms=T + MINUTE), Rules(max_per_shift=0)]
)
def test_what_does_not_pass_by_itself_holds_nothing(rules: Rules) -> None:
    held, state = after(on_the_move(), rules=rules)
    assert (held.name, state.deferred) == ("silent", None)


def test_another_closed_gate_of_signal_holds_nothing() -> None:
    effort = replace(on_the_move(), gates=(WALKED, Gate("effort", False)))
    assert after(effort)[0].name == "silent"


def test_it_waits_a_quarter_of_an_hour_and_says_once_that_it_left() -> None:
    _, state = after(on_the_move())
    last, state = after(on_the_move(T + DEFERRED_MS), state=state)
    assert last.name == "deferred"
    gone, state = after(on_the_move(T + DEFERRED_MS + MARK_MS), state=state)
    assert (gone.name, gone.reason) == ("silent", "expired")
    then, state = after(on_the_move(T + DEFERRED_MS + 2 * MARK_MS), state=state)
    assert (then.name, then.reason) == ("silent", None)
    assert not after(almost_inside(T + DEFERRED_MS + MINUTE), state=state)[0].speak


def test_the_same_rise_does_not_wait_anew_and_the_next_one_does() -> None:
    _, state = after(on_the_move(), on_the_move(T + DEFERRED_MS + MARK_MS))
    again, state = after(on_the_move(T + 40 * MINUTE), state=state)
    assert again.name == "silent"
    back = mark(T + 41 * MINUTE, State.READY)
    found, _ = after(back, on_the_move(T + 42 * MINUTE), state=state)
    assert found.name == "deferred"


@pytest.mark.parametrize("state", [State.READY, State.CONTACT, State.OFF, State.WARMUP])
def test_it_leaves_without_a_word_when_the_watch_ends(state: State) -> None:
    found, tact = after(on_the_move(), mark(T + MARK_MS, state))
    assert (found.name, found.reason, tact.deferred) == ("silent", None, None)
    assert not after(almost_inside(T + MINUTE), state=tact)[0].speak


@pytest.mark.parametrize("state", [State.MOVING, State.NO_SIGNAL])
def test_it_waits_through_what_cannot_be_seen_for_the_next_still_moment(state: State) -> None:
    held, tact = after(mark(), rules=Rules(with_until_ms=T + MINUTE))
    waits, tact = after(mark(T + 2 * MINUTE, state), state=tact)
    assert (held.name, waits.name) == ("deferred", "deferred")
    # It has shown that it began at rest; what is seen now need not show it again.
    unarmed = replace(mark(T + 5 * MINUTE, State.WATCH), gates=(Gate("armed", False),))
    assert after(unarmed, state=tact)[0].speak


def test_what_was_out_of_sight_has_to_hold_anew() -> None:
    _, tact = after(mark(), rules=Rules(with_until_ms=T + MINUTE))
    _, tact = after(mark(T + 2 * MINUTE, State.MOVING), state=tact)
    assert after(almost_inside(T + 5 * MINUTE), state=tact)[0].name == "deferred"


def test_it_belongs_to_its_shift_and_its_session() -> None:
    _, state = after(on_the_move())
    assert not after(almost_inside(T + MINUTE), state=state, shift_start_ms=T)[0].speak
    assert not after(almost_inside(T + MINUTE), state=state, session="two")[0].speak


def test_it_passes_over_no_gate() -> None:
    _, state = after(on_the_move())
    closed = replace(almost_inside(T + MINUTE), gates=(Gate("effort", False),), eligible=False)
    assert not after(closed, state=state)[0].speak
    snoozed = Rules(snoozed_until_ms=T + 60 * MINUTE)
    silent, _ = after(almost_inside(T + MINUTE), state=state, rules=snoozed)
    assert (silent.speak, silent.reason) == (False, "snoozed")


def chances(t_ms: int = T, *, said: float | None, state: TactState | None = None) -> Verdict:
    return after(mark(t_ms), state=state, draw=said)[0]


def test_chance_chooses_between_an_offer_and_silence() -> None:
    assert chances(said=None).speak
    assert chances(said=OFFERED - 1e-9).speak
    silent = chances(said=OFFERED)
    assert (silent.name, silent.reason, silent.stance) == ("silent_control",) * 3


def test_chance_is_asked_of_what_waited_as_well() -> None:
    _, state = after(on_the_move())
    found, tact = after(almost_inside(T + MINUTE), state=state, draw=0.99)
    assert (found.name, tact.deferred) == ("silent_control", None)
    assert len(tact.controls) == 1


def test_chance_is_not_asked_again_of_an_offer_that_comes_back() -> None:
    _, state = after(mark())
    found, _ = after(mark(T + 11 * MINUTE), state=put_off(state, "offer", T), draw=0.99)
    assert (found.name, found.again) == ("prompted", "offer")


def test_chance_never_makes_an_offer() -> None:
    assert not after(mark(), rules=Rules(offers=False), draw=0.0)[0].speak
    assert not after(mark(state=State.WATCH), draw=0.0)[0].speak


def test_a_replay_draws_the_same_and_another_seed_otherwise() -> None:
    names = [f"one.{t}" for t in range(4000)]
    drawn = [draw(b"seed", name) for name in names]
    assert drawn == [draw(b"seed", name) for name in names]
    assert all(0 <= each < 1 for each in drawn)
    # Four standard errors of a share of 4000.
    assert abs(sum(each < OFFERED for each in drawn) / 4000 - OFFERED) < 0.031
    assert draw(b"other", names[0]) != drawn[0]
    assert draw(b"", "") == 0.8894159948913373  # of e3b0c44298fc1c…


def stances(*marks: tuple[int, Rules]) -> list[tuple[str, int]]:
    tact, told = TactState(), []
    for t_ms, rules in marks:
        _, tact = after(mark(t_ms, State.READY), rules=rules, state=tact)
        assert tact.stood is not None
        told.append((tact.stood.name, tact.stood.since_ms))
    return told


def test_a_stance_knows_since_when_it_holds() -> None:
    quiet = Rules(quiet_until_ms=T + MINUTE)
    told = stances((T, FREE), (T + 5000, FREE), (T + 10_000, quiet), (T + 15_000, FREE))
    assert told == [("free", T), ("free", T), ("quiet", T + 10_000), ("free", T + 15_000)]


def test_where_marks_are_missing_a_stance_begins_anew() -> None:
    assert stances((T, FREE), (T + 10_000, FREE)) == [("free", T), ("free", T + 10_000)]


def test_of_several_closed_gates_what_was_asked_for_gives_the_stance() -> None:
    all_at_once = Rules(False, 0, T + 1, T + 1, 0, T, T + 1, T + 1)
    shut: list[tuple[dict[str, object], str]] = [
        ({}, "paused"),
        ({"offers": True}, "snoozed"),
        ({"snoozed_until_ms": None, "snoozed_shift_ms": None}, "with_someone"),
        ({"with_until_ms": None}, "calendar"),
        ({"calendar_until_ms": None}, "quiet"),
        ({"quiet_until_ms": None}, "budget"),
    ]
    rules, told = all_at_once, []
    for change, _ in shut:
        rules = replace(rules, **change)  # type: ignore[arg-type]  # fields by name, of any type
        told.append(consider(mark(), TactState(), rules, here()).stance)
    assert told == [name for _, name in shut]


def here() -> Moment:
    return at(T)


def test_silence_for_a_shift_ends_with_the_next_one() -> None:
    asked = Rules(snoozed_shift_ms=T)
    found = consider(mark(), TactState(), asked, at(T))
    assert (found.reason, found.stance, found.until_ms) == ("snoozed_shift", "snoozed", None)
    later = at(T + 200 * MINUTE, shift_start_ms=T + 180 * MINUTE)
    assert consider(mark(T + 200 * MINUTE), TactState(), asked, later).speak
