from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from softfront_signal.moments import PERCENTILES
from softfront_signal.quantiles import percentile
from softfront_signal.threshold import LEAST_MINUTES, Gone, Threshold

from .making import DAY_MS, START

MINUTE_MS = 60_000


def gone(minute: int, rate: float, drop: float | None = 0.0) -> Gone:
    return Gone(START + minute * MINUTE_MS, rate, drop)


def spread(count: int, by: float = 1.0) -> Threshold:
    draw = Random(3)
    return Threshold(gone(n, draw.gauss(0, by), draw.gauss(0, by)) for n in range(count))


@pytest.mark.parametrize("percent", PERCENTILES)
def test_it_is_the_own_percentile_of_what_was_before(percent: int) -> None:
    rates = [n / 50 for n in range(200)]
    threshold = Threshold(gone(n, rate, 2 * rate) for n, rate in enumerate(rates))
    assert threshold.rate(percent) == pytest.approx(percentile(rates, percent / 100))
    assert threshold.drop(percent) == pytest.approx(2 * percentile(rates, percent / 100))


def test_before_an_hour_is_known_departures_are_taken_for_evenly_spread() -> None:
    assert [spread(LEAST_MINUTES - 1, by=9).rate(p) for p in PERCENTILES] == pytest.approx(
        [1.2816, 1.6449, 2.0537], abs=1e-4
    )


def test_it_is_never_below_one_spread() -> None:
    assert spread(500, by=0.1).rate(98) == 1.0


def test_a_higher_percentile_never_asks_for_less() -> None:
    steps = [spread(300).drop(percent) for percent in PERCENTILES]
    assert steps == sorted(steps)


def test_what_is_older_than_two_weeks_is_forgotten() -> None:
    old = [gone(n, 9.0) for n in range(100)]
    fresh = [Gone(START + 15 * DAY_MS + n * MINUTE_MS, 2.0, None) for n in range(100)]
    assert Threshold([*old, *fresh]).rate(95) == 2.0
    assert Threshold([*old, *fresh]).drop(95) == pytest.approx(1.6449, abs=1e-4)


minutes = st.lists(st.tuples(st.integers(0, 40_000), st.floats(-5, 5)), max_size=150)


@given(minutes)
def test_one_by_one_or_all_at_once_it_is_the_same(drawn: list[tuple[int, float]]) -> None:
    known = [gone(minute, rate, rate) for minute, rate in sorted(drawn)]
    one_by_one = Threshold()
    for each in known:
        one_by_one.learn(each)
    assert one_by_one.rate(95) == Threshold(known).rate(95) == one_by_one.drop(95)
