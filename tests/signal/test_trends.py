from random import Random
from statistics import mean, stdev

import pytest
from scipy.stats import t

from softfront_signal.trends import Known, day_mean

from .making import START

LOOK_MS = 300_000


def looks(values: list[float], se: float = 0.1) -> list[Known]:
    """Make one mark a minute, five to a look."""
    first = START - START % LOOK_MS
    return [
        Known(first + LOOK_MS * n + 60_000 * minute, value, se)
        for n, value in enumerate(values)
        for minute in range(5)
    ]


def test_a_day_is_the_mean_of_its_looks_with_students_interval() -> None:
    values = [-3.0, -3.2, -2.9, -3.4, -3.1, -3.0]
    found = day_mean(looks(values))
    within = t.ppf(0.975, 5) * stdev(values) / 6**0.5
    assert found.value == pytest.approx(mean(values))
    assert found.looks == 6
    assert (found.low, found.high) == pytest.approx(
        (mean(values) - within, mean(values) + within), rel=1e-3
    )


def test_below_four_looks_a_day_has_no_number() -> None:
    found = day_mean(looks([-3.0, -3.2, -2.9]))
    assert (found.value, found.low, found.high, found.looks) == (None, None, None, 3)
    assert day_mean([]).looks == 0


def test_many_marks_in_one_look_are_one_look() -> None:
    assert day_mean(looks([-3.0, -3.2, -2.9, -3.0])).looks == 4


def test_what_is_less_well_known_weighs_less() -> None:
    sure, unsure = looks([-3.0] * 6), looks([-3.0] * 6 + [-2.0], se=0.4)[-5:]
    found = day_mean(sure + unsure)
    assert found.value is not None
    assert -3.0 < found.value < -2.95


@pytest.mark.parametrize("n", [4, 5, 12, 13, 40, 90])
def test_the_interval_holds_the_truth_as_often_as_it_says(n: int) -> None:
    draw, held = Random(n), 0
    for _ in range(1500):
        found = day_mean(looks([draw.gauss(-3.0, 0.3) for _ in range(n)]))
        assert found.low is not None
        assert found.high is not None
        held += found.low <= -3.0 <= found.high
    assert 0.93 <= held / 1500 <= 0.98


def test_looks_that_resemble_one_another_are_worth_less() -> None:
    draw, held = Random(7), 0
    for _ in range(800):
        values, now = [], 0.0
        for _ in range(60):
            now = 0.6 * now + draw.gauss(0, 0.2)
            values.append(now - 3.0)
        found = day_mean(looks(values))
        held += (found.low or 0) <= -3.0 <= (found.high or -9)
    assert held / 800 >= 0.9


def test_marks_that_look_back_over_the_same_minutes_are_one_look() -> None:
    at = (299_000, 300_000, 599_000, 900_000)
    assert day_mean([Known(START + t_ms, -3.0, 0.1) for t_ms in at]).looks == 3
