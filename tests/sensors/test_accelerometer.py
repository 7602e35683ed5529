from collections.abc import Sequence
from math import hypot, inf, nan, pi, sin
from statistics import pstdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from softfront_sensors.accelerometer import Seconds
from softfront_sensors.polar import Frame, Measure

RATE_HZ = 25
NS = 1_000_000_000


def heard(samples: Sequence[Sequence[float]], each: int = 36, rate_hz: int = RATE_HZ) -> list[int]:
    """Send samples in frames of `each`, the last sample of all at a whole second."""
    seconds, count = Seconds(rate_hz), len(samples)
    told: list[int] = []
    for at in range(0, count, each):
        some = tuple(tuple(sample) for sample in samples[at : at + each])
        last_ns = 100 * NS - (count - at - len(some)) * NS // rate_hz
        told += seconds.hear(Frame(Measure.ACC, last_ns, some, incomplete=False))
    return told


def swaying(swing_mg: float, length_s: int, rate_hz: int = RATE_HZ) -> list[tuple[float, ...]]:
    """Sway up and down with two steps a second, as a walking chest does."""
    return [
        (0.0, 0.0, 1000 + swing_mg * sin(2 * pi * 2 * n / rate_hz))
        for n in range(length_s * rate_hz + 1)
    ]


def test_a_body_at_rest_moves_by_nothing_whichever_way_it_lies() -> None:
    lying = [(600.0, 0.0, 800.0)] * 26 + [(0.0, 1000.0, 0.0)] * 26
    assert set(heard(lying)) == {0}


def test_movement_is_the_spread_of_the_magnitude_within_a_second() -> None:
    assert heard(swaying(300, length_s=8)) == [round(300 / 2**0.5)] * 8


@pytest.mark.parametrize(("rate_hz", "each"), [(25, 1), (25, 36), (52, 17), (200, 36)])
def test_it_is_told_once_a_second_at_any_rate_and_length_of_frame(rate_hz: int, each: int) -> None:
    told = heard(swaying(100, length_s=10, rate_hz=rate_hz), each, rate_hz)
    assert told == [pytest.approx(100 / 2**0.5, abs=1)] * 10


@given(st.lists(st.tuples(*[st.integers(-8000, 8000)] * 3), min_size=25, max_size=25))
def test_it_is_what_statistics_call_the_standard_deviation(second: list[tuple[int, ...]]) -> None:
    [told] = heard([*second, (0, 0, 0)])
    assert told == pytest.approx(pstdev(hypot(*sample) for sample in second), abs=0.51)


def test_less_than_half_a_second_says_nothing() -> None:
    seconds = Seconds(RATE_HZ)
    part = ((0.0, 0.0, 0.0), (0.0, 0.0, 900.0)) * 6
    for second in (10, 20, 30):
        last_ns = second * NS + 15 * NS // RATE_HZ
        assert not list(seconds.hear(Frame(Measure.ACC, last_ns, part, incomplete=False)))


@pytest.mark.parametrize("value", [nan, inf, 1e300, 40_000.0])
def test_what_no_strap_can_measure_is_not_told(value: float) -> None:
    assert heard([(value, 0, 0), (0, 0, 0)] * 13, each=13) == []


def test_a_clock_that_is_set_back_ends_a_second_and_no_more() -> None:
    seconds = Seconds(RATE_HZ)
    told: list[int] = []
    for last_ns in (50 * NS - 1, 3 * NS - 1, 4 * NS - 1, 4 * NS):
        told += seconds.hear(Frame(Measure.ACC, last_ns, ((0, 0, 1000),) * 25, incomplete=False))
    assert told == [0, 0, 0]
