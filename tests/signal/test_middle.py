from math import log
from random import Random

import pytest
from scipy.stats import binom

from softfront_signal.middle import middle


def test_six_values_are_the_fewest() -> None:
    assert middle([1.0, 2.0, 3.0, 4.0, 5.0]) is None
    found = middle([1.0, 2.0, 3.0, 4.0, 5.0, 6.0])
    assert found is not None
    assert found.value == 3.5


def test_order_says_nothing() -> None:
    values = [3.0, 1.0, 8.0, 2.0, 7.0, 5.0, 6.0]
    assert middle(values) == middle(sorted(values))


@pytest.mark.parametrize("n", [6, 9, 17, 40, 365])
def test_it_lies_between_the_pairs_of_the_sign_test(n: int) -> None:
    found = middle(float(place) for place in range(1, n + 1))
    assert found is not None
    sure = max(d for d in range(1, n // 2 + 1) if 2 * binom.cdf(d - 1, n, 0.5) <= 0.05)
    assert sure <= found.low <= sure + 1
    assert found.low + found.high == pytest.approx(n + 1)


def test_it_is_fast_for_years_of_days() -> None:
    found = middle(float(place) for place in range(3000))
    assert found is not None
    assert 1440 < found.low < 1450


@pytest.mark.parametrize("n", [6, 7, 12, 30])
def test_a_lopsided_median_is_held_as_often_as_it_says(n: int) -> None:
    draw, held = Random(n), 0
    for _ in range(3000):
        found = middle(draw.expovariate(1) for _ in range(n))
        assert found is not None
        held += found.low <= log(2) <= found.high
    assert 0.935 <= held / 3000 <= 0.965
