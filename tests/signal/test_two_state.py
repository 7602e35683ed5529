import pytest
from hypothesis import given
from hypothesis import strategies as st

from softfront_signal.two_state import SURE, TwoState

from .making import START


def odds(*zs: float, every_ms: int = 5_000) -> list[float]:
    state = TwoState()
    return [state.hear(START + n * every_ms, z) for n, z in enumerate(zs)]


def test_it_begins_with_what_free_living_shows() -> None:
    assert odds(1.0) == [pytest.approx(-2.48, abs=0.03)]


def test_a_far_departure_is_clear_within_seconds_and_a_near_one_never() -> None:
    assert odds(*[5.0] * 2)[-1] > SURE
    assert max(odds(*[1.0] * 100)) < SURE


def test_a_rise_that_falls_back_is_calm_again_within_a_minute() -> None:
    assert odds(*[5.0] * 20, *[0.0] * 12)[-1] < 0


def test_what_was_not_seen_for_a_minute_is_forgotten() -> None:
    state = TwoState()
    for n in range(20):
        state.hear(START + 5_000 * n, 5.0)
    assert state.hear(START + 200_000, 5.0) < SURE


@pytest.mark.parametrize("every_ms", [1_000, 5_000, 15_000])
def test_looking_more_often_brings_no_more_opinion(every_ms: int) -> None:
    seen = odds(*[2.0] * (60_000 // every_ms), every_ms=every_ms)
    assert seen[-1] == pytest.approx(odds(*[2.0] * 12)[-1], abs=0.6)


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=200))
def test_the_odds_are_bounded_whatever_is_seen(zs: list[float]) -> None:
    assert all(-8 <= log_odds <= 8 for log_odds in odds(*zs))
