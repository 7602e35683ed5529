from itertools import pairwise

from softfront_signal.baseline import Baseline
from softfront_signal.moments import (
    State,
)
from softfront_signal.monitor import Offered

from .making import (
    START,
    after,
    between,
    candidates_s,
    decide,
    decided,
    reasons,
    shift,
    still_minutes,
    strain,
    walk,
)

HELD = frozenset({State.CANDIDATE})


def test_the_first_half_hour_of_all_makes_no_candidate() -> None:
    played = shift(strain(1300, 300), length_s=1700)
    first_day = decide(played, Baseline())
    assert not candidates_s(first_day)
    assert reasons(between(first_day, 310, 1690)) == {"learning"}
    assert first_day[-1].usual is not None


def test_the_first_day_knows_its_usual_after_half_an_hour() -> None:
    first_day = decide(shift(strain(2400), length_s=2700), Baseline())
    assert 2445 < candidates_s(first_day)[0] < 2600
    assert first_day[-1].usual is not None
    assert not first_day[-1].usual.hourly


def test_the_beginning_of_a_held_rise_is_never_learnt() -> None:
    strained = decided(strain(900, 600))
    first = min((d for d in strained if d.held), key=lambda d: d.t_ms)
    learnt = {d.learnt_ms for d in strained if d.learnt_ms is not None}
    assert learnt
    assert first.rise_ms is not None
    assert not any(first.rise_ms <= mark <= first.t_ms for mark in learnt)


def test_what_stays_is_usual_in_the_end() -> None:
    # A fever, a new medicine: else nothing would ever be inside again.
    strained = decided(strain(900, 5400), length_s=6300)
    assert any(d.held for d in between(strained, 900, 1500))
    assert not any(d.held for d in between(strained, 6000, 6300))


def test_still_minutes_are_learnt_one_by_one_two_minutes_later() -> None:
    learnt = [(d.t_ms, d.learnt_ms) for d in decided() if d.learnt_ms is not None]
    assert len(learnt) >= 26
    assert all(t_ms - minute >= 120_000 for t_ms, minute in learnt)
    assert all(b - a >= 60_000 for (_, a), (_, b) in pairwise(learnt))


def test_nothing_is_learnt_while_moving_or_five_minutes_after() -> None:
    learnt = [d.learnt_ms - START for d in decided(walk(900)) if d.learnt_ms is not None]
    assert not [ms for ms in learnt if 915_000 < ms < 1_320_000]
    assert [ms for ms in learnt if ms > 1_400_000]


def test_an_offer_is_not_learnt_from() -> None:
    offered = Offered(START + 900_000)
    learnt = [d.learnt_ms for d in decide(after(shift(), offered)) if d.learnt_ms is not None]
    assert not [ms for ms in learnt if START + 780_000 < ms < START + 1_500_000]
    assert [ms for ms in learnt if ms < START + 780_000]
    assert [ms for ms in learnt if ms >= START + 1_500_000]


def test_known_minutes_are_a_person_much_like_the_simulated_one() -> None:
    found = still_minutes(14).usual(START)
    assert found is not None
    assert found.hourly
