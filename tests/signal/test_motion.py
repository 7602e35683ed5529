import pytest
from hypothesis import given
from hypothesis import strategies as st

from softfront_signal.moments import Stillness
from softfront_signal.motion import MotionSense

from .making import START, report


def sense(*reports: tuple[float, int]) -> MotionSense:
    motion = MotionSense()
    for at_s, steps_per_min in reports:
        motion.hear(report(at_s, steps_per_min))
    return motion


def ms(at_s: float) -> int:
    return START + round(1000 * at_s)


def test_where_nothing_was_reported_nothing_is_known() -> None:
    motion = sense()
    assert motion.at(ms(0)) is Stillness.UNKNOWN
    assert motion.still_s(ms(0)) is None
    assert motion.since_walk_s(ms(0)) is None
    assert motion.steps_per_min is None


@pytest.mark.parametrize(
    ("steps", "stillness"),
    [(0, Stillness.STILL), (8, Stillness.STILL), (9, Stillness.MOVING), (100, Stillness.MOVING)],
)
def test_up_to_eight_steps_a_minute_are_still(steps: int, stillness: Stillness) -> None:
    assert sense((0, steps)).at(ms(1)) is stillness


@pytest.mark.parametrize("steps", [0, 100])
def test_a_report_is_good_for_ninety_seconds(steps: int) -> None:
    motion = sense((0, steps))
    assert motion.at(ms(90)) is not Stillness.UNKNOWN
    assert motion.at(ms(90.001)) is Stillness.UNKNOWN
    assert motion.still_s(ms(90.001)) is None


def test_stillness_is_counted_from_the_first_still_report() -> None:
    motion = sense((0, 20), (15, 0), (30, 3), (45, 0))
    assert motion.still_s(ms(50)) == 35


def test_stillness_begins_anew_after_a_step() -> None:
    assert sense((0, 0), (60, 9), (75, 0)).still_s(ms(80)) == 5


def test_stillness_does_not_reach_across_silence() -> None:
    assert sense((0, 0), (600, 0)).still_s(ms(610)) == 10


def test_one_who_moves_is_not_still_for_any_time() -> None:
    assert sense((0, 40)).still_s(ms(5)) is None


def test_above_thirty_steps_a_minute_is_a_walk() -> None:
    assert sense((0, 30)).since_walk_s(ms(5)) is None
    assert sense((0, 31)).since_walk_s(ms(5)) == 5


def test_a_walk_is_remembered_when_nothing_is_known_any_more() -> None:
    motion = sense((0, 100), (15, 0))
    assert motion.since_walk_s(ms(3600)) == 3600
    assert motion.at(ms(3600)) is Stillness.UNKNOWN


@given(st.lists(st.tuples(st.integers(0, 200), st.integers(0, 200)), max_size=20))
def test_stillness_is_told_exactly_where_it_is_known(drawn: list[tuple[int, int]]) -> None:
    motion, at_s = MotionSense(), 0
    for wait_s, steps in drawn:
        at_s += wait_s
        assert (motion.still_s(ms(at_s)) is not None) == (motion.at(ms(at_s)) is Stillness.STILL)
        motion.hear(report(at_s, steps))
