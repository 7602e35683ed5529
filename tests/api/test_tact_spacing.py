from dataclasses import replace

import pytest

from softfront_api.tact import (
    CONTROL_MS,
    DISMISSED_MS,
    REFRACTORY_MS,
    Given,
    Rhythm,
    Rules,
    TactState,
    Verdict,
    WornShift,
    begin_shift,
    rhythm,
)
from softfront_api.tact.spacing import most_per_shift
from softfront_signal.moments import Gate, Wording

from .test_tact import MINUTE, T, at, verdict

HOUR = 60 * MINUTE
DAY = 24 * HOUR


def offered(ago_min: float, shift_ms: int = T - 60 * MINUTE) -> Given:
    t_ms = round(T - ago_min * MINUTE)
    return Given("one", t_ms, "boot", 10**9, Wording.PLAIN, 10**9, shift_ms)


def gate(found: Verdict, name: str) -> Gate:
    return next(gate for gate in found.gates if gate.id == name)


@pytest.mark.parametrize(("ago", "free"), [(CONTROL_MS - 1, False), (CONTROL_MS, True)])
def test_twenty_minutes_pass_after_a_silence_by_chance_and_after_a_no(ago: int, free: bool) -> None:
    assert CONTROL_MS == DISMISSED_MS == 20 * MINUTE
    past = (at(T - ago).stamp(),)
    assert verdict(TactState(controls=past)).speak is free
    assert verdict(TactState(dismissals=past)).speak is free


def test_of_several_waits_the_one_that_ends_last_is_told() -> None:
    no = at(T - 1 * MINUTE).stamp()
    early, late = TactState((offered(10),), dismissals=(no,)), TactState((offered(40),))
    assert verdict(early).reason == "refractory"
    assert verdict(replace(late, dismissals=(no,))).reason == "refractory_answer"
    assert verdict(replace(late, controls=(no,))).reason == "refractory_control"
    assert verdict(early).until_ms == T - 10 * MINUTE + REFRACTORY_MS


def test_a_silence_by_chance_is_hidden_for_as_long_as_it_spaces() -> None:
    chance = at(T - 1 * MINUTE).stamp()
    assert verdict(TactState(controls=(chance,))).hidden
    assert not verdict(TactState(dismissals=(chance,))).hidden
    assert not verdict(TactState((offered(1),))).hidden


def test_silences_by_chance_cost_nothing_of_the_budget() -> None:
    past = tuple(at(T - (25 + i) * MINUTE).stamp() for i in range(9))
    assert verdict(TactState(controls=past), Rules(max_per_shift=1)).speak


def test_further_offers_are_spread_over_the_time_a_shift_usually_leaves() -> None:
    state = TactState((offered(50),))
    usual = Rhythm(usual_eligible_ms=2 * HOUR)
    early, due = 30 * MINUTE - 1, 30 * MINUTE
    kept = verdict(state, rhythm=replace(usual, eligible_ms_so_far=early))
    assert (kept.reason, kept.stance) == ("budget_spread", "budget")
    assert gate(kept, "budget_spread").needed == 30
    assert verdict(state, rhythm=replace(usual, eligible_ms_so_far=due)).speak
    two = TactState((offered(100), offered(50)))
    assert verdict(two, rhythm=replace(usual, eligible_ms_so_far=due)).reason == "budget_spread"


def test_the_first_offer_of_a_shift_waits_for_nothing() -> None:
    assert verdict(rhythm=Rhythm()).speak
    assert verdict(TactState((offered(50, T - 10 * HOUR),)), rhythm=Rhythm()).speak


def test_which_shift_an_offer_was_in_is_known_without_a_clock() -> None:
    # By the wall it was yesterday; by its shift it was this one.
    here = replace(offered(24 * 60), session="before", boot="another")
    assert verdict(TactState((here,)), Rules(max_per_shift=1), lived_ms=2 * 10**9).reason == (
        "budget"
    )


def test_a_clock_set_back_into_the_time_before_a_shift_is_no_way_round_its_budget() -> None:
    before, ahead = offered(400, T - 9 * HOUR), offered(50, T + 5 * MINUTE)
    begun = begin_shift(TactState((before, ahead)), T)
    assert [given.shift_ms for given in begun.given] == [T - 9 * HOUR, T]
    one = Rules(max_per_shift=1)
    assert verdict(begun, one, shift_start_ms=T).reason == "budget"


@pytest.mark.parametrize(
    ("per_shift", "per_week", "shifts", "most"),
    [
        (4, 16, None, 4),
        (4, 16, 4.0, 4),
        (4, 16, 5.2, 3),
        (4, 16, 7.0, 2),
        (4, 3, 7.0, 1),
        (4, 3, None, 3),
        (0, 16, 5.0, 0),
        (4, 0, 5.0, 0),
        (12, 60, 0.3, 12),
    ],
)
def test_the_budget_of_a_week_is_shared_among_its_usual_shifts(
    per_shift: int, per_week: int, shifts: float | None, most: int
) -> None:
    rules = Rules(max_per_shift=per_shift, max_per_week=per_week)
    assert most_per_shift(rules, Rhythm(shifts_per_week=shifts)) == most


def test_what_is_usual_is_the_median_of_four_weeks_and_of_three_shifts_at_least() -> None:
    shifts = [WornShift(T - i * DAY, 1000 * i) for i in range(1, 40)]
    assert rhythm(shifts, T).usual_eligible_ms == 14_500
    assert rhythm(shifts[:2], T) == replace(Rhythm(), shifts_per_week=2.0)
    assert rhythm((), T, 7) == Rhythm(7)


def test_shifts_that_counted_nothing_say_nothing_of_what_is_usual() -> None:
    shifts = [WornShift(T - i * DAY, 0) for i in range(1, 9)]
    assert rhythm(shifts, T).usual_eligible_ms == Rhythm().usual_eligible_ms
    assert rhythm(shifts, T).shifts_per_week == 7.0
