from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from softfront_sensors.packet import Motion
from softfront_signal.moments import Movement, Stillness
from softfront_signal.motion import MotionSense

from .making import START, report, shaking


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
    assert motion.steps_per_min(ms(0)) is None


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
    assert (motion.steps_per_min(ms(90)), motion.steps_per_min(ms(90.001))) == (steps, None)


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


def felt(*told: tuple[range, int]) -> MotionSense:
    """Hear an accelerometer that tells a value in each second of a range."""
    motion = MotionSense()
    for seconds, move_mg in told:
        for at_s in seconds:
            motion.hear(shaking(at_s, move_mg))
    return motion


@pytest.mark.parametrize(
    ("move_mg", "movement"),
    [
        (0, Movement.STILL),
        (60, Movement.STILL),
        (61, Movement.LIGHT),
        (200, Movement.LIGHT),
        (201, Movement.ACTIVE),
    ],
)
def test_an_accelerometer_tells_still_light_and_active(move_mg: int, movement: Movement) -> None:
    motion = felt((range(20), move_mg))
    assert motion.movement(ms(20)) is movement
    assert motion.at(ms(20)) is (Stillness.STILL if move_mg <= 60 else Stillness.MOVING)
    assert motion.move_mg(ms(20)) == move_mg


@pytest.mark.parametrize(
    ("steps", "movement"),
    [(8, Movement.STILL), (9, Movement.LIGHT), (30, Movement.LIGHT), (31, Movement.ACTIVE)],
)
def test_steps_tell_still_light_and_active(steps: int, movement: Movement) -> None:
    assert sense((0, steps)).movement(ms(1)) is movement


def test_where_nothing_was_told_the_movement_is_unknown() -> None:
    motion = sense()
    assert motion.movement(ms(0)) is Movement.UNKNOWN
    assert motion.move_mg(ms(0)) is None


def test_an_accelerometer_is_good_for_fifteen_seconds() -> None:
    motion = felt((range(11), 5))
    assert motion.at(ms(25)) is Stillness.STILL
    assert motion.at(ms(25.001)) is Stillness.UNKNOWN
    assert (motion.still_s(ms(25)), motion.still_s(ms(25.001))) == (25, None)
    assert (motion.move_mg(ms(25)), motion.move_mg(ms(25.001))) == (5, None)


def test_a_fidget_is_no_movement() -> None:
    motion = felt((range(60), 10), (range(60, 67), 900), (range(67, 90), 10))
    assert motion.still_s(ms(90)) == 90
    assert motion.since_walk_s(ms(90)) is None


def test_a_walk_is_seen_after_eight_seconds_and_its_end_after_eight() -> None:
    motion = felt((range(60), 10))
    seen = []
    for at_s in range(60, 180):
        motion.hear(shaking(at_s, 300 if at_s < 120 else 10))
        seen += [at_s] if motion.movement(ms(at_s)) is Movement.ACTIVE else []
    assert (seen[0], seen[-1]) == (67, 126)
    assert len(seen) == 60
    assert motion.still_s(ms(180)) == 180 - 127


def test_one_who_moves_every_other_second_moves() -> None:
    motion = MotionSense()
    for at_s in range(60):
        motion.hear(shaking(at_s, 10 if at_s % 2 else 300))
        assert motion.at(ms(at_s)) is Stillness.MOVING or at_s % 2


def test_only_what_is_active_is_remembered_as_a_walk() -> None:
    assert felt((range(60), 200)).since_walk_s(ms(60)) is None
    assert felt((range(60), 201)).since_walk_s(ms(600)) == 541


def test_an_old_fidget_is_not_smoothed_into_a_report_that_comes_alone() -> None:
    motion = felt((range(10), 900), (range(60, 61), 10))
    assert motion.at(ms(60)) is Stillness.STILL
    assert motion.still_s(ms(65)) == 5


def test_a_flood_of_reports_is_not_kept() -> None:
    motion = MotionSense()
    for _ in range(1000):
        motion.hear(shaking(1, 10))
    assert len(motion._latest_mg) == 60


@pytest.mark.parametrize(
    ("steps", "move_mg", "movement"),
    [
        (0, 10, Movement.STILL),
        (100, 10, Movement.ACTIVE),
        (0, 300, Movement.ACTIVE),
        (20, 10, Movement.LIGHT),
        (20, 300, Movement.ACTIVE),
    ],
)
def test_of_two_that_tell_the_one_that_tells_more_is_believed(
    steps: int, move_mg: int, movement: Movement
) -> None:
    motion = sense((0, steps))
    motion.hear(shaking(1, move_mg))
    assert motion.movement(ms(2)) is movement


def test_one_that_fell_silent_has_no_say() -> None:
    motion = sense((0, 100))
    motion.hear(shaking(89, 10))
    assert motion.at(ms(90)) is Stillness.MOVING
    assert motion.at(ms(90.001)) is Stillness.STILL


def test_stillness_begins_when_the_word_of_the_one_that_moved_runs_out() -> None:
    motion = sense((0, 100))
    motion.hear(shaking(89, 10))
    assert motion.still_s(ms(95)) == 5
    motion.hear(shaking(96, 10))
    assert motion.still_s(ms(100)) == 10


def test_a_second_that_begins_to_tell_does_not_begin_stillness_anew() -> None:
    motion = sense((0, 0), (60, 0))
    motion.hear(shaking(70, 10))
    assert motion.still_s(ms(80)) == 80


def test_stillness_goes_over_from_one_that_falls_silent_to_the_other() -> None:
    motion = sense((0, 0))
    for at_s in range(80, 120):
        motion.hear(shaking(at_s, 10))
    assert motion.still_s(ms(120)) == 120


def test_a_report_of_nothing_says_nothing() -> None:
    motion = sense((0, 0))
    motion.hear(Motion(1, 1, ms(80), ms(80)))
    assert motion.at(ms(91)) is Stillness.UNKNOWN


reports = st.lists(
    st.tuples(st.integers(0, 120), st.sampled_from([report, shaking]), st.integers(0, 400)),
    max_size=30,
)


@given(reports)
def test_stillness_is_told_exactly_where_it_is_known(
    drawn: list[tuple[int, Callable[[float, int], Motion], int]],
) -> None:
    motion, at_s = MotionSense(), 0
    for wait_s, make, value in drawn:
        at_s += wait_s
        still_s = motion.still_s(ms(at_s))
        assert (still_s is not None) == (motion.at(ms(at_s)) is Stillness.STILL)
        assert still_s is None or 0 <= still_s <= at_s
        motion.hear(make(at_s, value))


@given(reports, st.integers(0, 120))
def test_what_is_known_is_known_by_the_reports_alone(
    drawn: list[tuple[int, Callable[[float, int], Motion], int]], later_s: int
) -> None:
    """Who is asked in between, and who is asked only now after a restart, say the same."""
    asked, unasked, at_s = MotionSense(), MotionSense(), 0
    for wait_s, make, value in drawn:
        for each_s in range(at_s, at_s + wait_s):
            asked.still_s(ms(each_s))
        at_s += wait_s
        asked.hear(make(at_s, value))
        unasked.hear(make(at_s, value))
    end = ms(at_s + later_s)
    assert asked.still_s(end) == unasked.still_s(end)
    assert asked.since_walk_s(end) == unasked.since_walk_s(end)
    assert asked.movement(end) is unasked.movement(end)
