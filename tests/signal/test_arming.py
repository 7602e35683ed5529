from softfront_signal.arming import Arming
from softfront_signal.indicator import Departure
from softfront_signal.moments import Route

INSIDE, OUTSIDE, UNKNOWN = Departure(0.1), Departure(3.0, route=Route.HEART_RATE), Departure()


def test_a_rise_that_began_at_rest_holds_for_as_long_as_the_body_rests() -> None:
    arming = Arming()
    assert arming.holds(INSIDE)
    assert not arming.holds(OUTSIDE)
    arming.note(INSIDE, at_rest=True)
    arming.note(OUTSIDE, at_rest=True)
    assert arming.holds(OUTSIDE)
    arming.note(UNKNOWN, at_rest=True)
    assert arming.holds(OUTSIDE)


def test_on_the_move_nothing_is_armed_and_a_rise_there_does_not_arm_itself() -> None:
    arming = Arming()
    arming.note(INSIDE, at_rest=True)
    arming.note(INSIDE, at_rest=False)
    assert not arming.holds(OUTSIDE)
    arming.note(OUTSIDE, at_rest=True)
    arming.note(UNKNOWN, at_rest=True)
    assert not arming.holds(OUTSIDE)
