from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from softfront_sensors.packet import Reading
from softfront_sensors.simulated import Episode
from softfront_signal.baseline import Baseline, StillMinute
from softfront_signal.moments import (
    MARK_MS,
    Answer,
    Missing,
    Route,
    State,
    Stillness,
    Wording,
)
from softfront_signal.monitor import Answered, Monitor, Offered

from .making import (
    START,
    after,
    between,
    candidates_s,
    decide,
    decided,
    packet,
    reasons,
    report,
    shift,
    slip,
    states,
    strain,
    tick,
    walk,
    without_motion,
)

HELD = frozenset({State.CANDIDATE})


def test_one_decision_comes_per_mark_without_gaps() -> None:
    marks = [d.t_ms for d in decided()]
    assert marks[0] == START + MARK_MS
    assert {b - a for a, b in pairwise(marks)} == {MARK_MS}
    assert marks[-1] >= START + 1_790_000


def test_a_mark_waits_for_all_that_arrived_up_to_it() -> None:
    monitor = Monitor(Baseline())
    assert monitor.hear(packet(4, 1024)) == ()
    assert monitor.hear(packet(5, 1024)) == ()
    (decision,) = monitor.hear(tick(5.001))
    assert decision.window.beats == 2


def test_before_a_strap_speaks_nothing_is_decided() -> None:
    assert decide([tick(0), report(10, 0), Offered(START), tick(600)]) == []


def test_a_silent_strap_still_crosses_marks_by_ticks() -> None:
    silent = decide([packet(1, 1024), *(tick(s) for s in range(2, 100))])
    assert [d.t_ms for d in silent] == list(range(START + 5000, START + 99_000, MARK_MS))
    assert [d.missing for d in silent][-1] is Missing.NO_LINK


def test_steps_cross_marks_too() -> None:
    assert len(decide([packet(1, 1024), report(21, 0)])) == 4


def test_the_same_readings_give_the_same_decisions() -> None:
    again = decide(shift(strain(900)))
    assert repr(again) == repr(decided(strain(900)))


@settings(max_examples=15, deadline=None)
@given(ticks=st.lists(st.floats(0, 700), max_size=60))
def test_ticks_anywhere_change_no_decision(ticks: list[float]) -> None:
    played = shift(strain(420, 120), slip(580, 30), length_s=660)
    plain = decide(played)
    ticked = decide(after(played, *(tick(at) for at in ticks)))
    assert ticked[: len(plain)] == plain
    assert all(d.t_ms >= played[-1].t_ms for d in ticked[len(plain) :])


@settings(max_examples=10, deadline=None)
@given(st.data())
def test_the_future_changes_no_decision(data: st.DataObject) -> None:
    played = shift(strain(420, 120), length_s=600)
    cut = data.draw(st.integers(1, len(played)))
    begun = decide(played[:cut])
    assert decide(played)[: len(begun)] == begun


def test_a_calm_heart_is_no_candidate() -> None:
    assert not candidates_s(decided())


def test_strain_makes_a_candidate_while_it_lasts_and_no_other_time() -> None:
    found = candidates_s(decided(strain(900)))
    # The rise must show in a minute's window and hold for 45 s; the fade takes as long to leave.
    assert 945 <= found[0] <= 990
    assert found[-1] <= 900 + 180 + 36 + 60
    assert len(found) > 20


def test_a_candidate_says_what_led_to_it() -> None:
    first = next(d for d in decided(strain(900)) if d.state is State.CANDIDATE)
    assert first.reason in {route.value for route in Route}
    assert first.held_s >= 45
    assert first.rise_ms is not None
    assert first.rise_ms == first.t_ms - 1000 * first.held_s
    assert first.z_hr is not None
    assert first.usual is not None
    assert first.z_hr > first.usual.theta_hr
    assert all(gate.open for gate in first.gates)


def test_the_watch_comes_before_the_candidate() -> None:
    strained = between(decided(strain(900)), 900, 1000)
    order = [d.state for d in strained]
    assert State.WATCH in order[: order.index(State.CANDIDATE)]
    assert "short" in reasons(strained)


def test_with_stillness_known_the_wording_is_plain() -> None:
    assert {d.wording for d in decided(strain(900)) if d.state is State.CANDIDATE} == {
        Wording.PLAIN
    }


def test_with_movement_unknown_no_candidate_is_worded_plainly() -> None:
    found = [d for d in decided(strain(900), motion=False) if d.state is State.CANDIDATE]
    assert found
    assert {d.wording for d in found} == {Wording.CHECK_IN}
    assert {d.stillness for d in found} == {Stillness.UNKNOWN}


def test_a_walk_and_the_ten_minutes_after_it_make_no_candidate() -> None:
    # The strain that began in the walk's shadow is none; the one that begins at rest is.
    walked = decided(walk(900), strain(1080, 400), strain(1700, 200), length_s=1900)
    found = candidates_s(walked)
    assert found
    assert min(found) > 1700
    assert states(between(walked, 930, 1020)) == {State.MOVING}
    assert "moved_recently" in reasons(between(walked, 1150, 1600))


def test_a_rise_that_began_on_the_move_is_none_even_when_the_body_has_long_been_still() -> None:
    walked = decided(walk(900), strain(1080, 800), length_s=1900)
    assert not candidates_s(walked)
    assert "armed" in reasons(between(walked, 1640, 1800))


def test_while_moving_no_number_stands() -> None:
    assert {d.missing for d in between(decided(walk(900)), 930, 1020)} == {Missing.MOVING}


def test_a_rise_is_not_held_through_what_could_not_be_measured() -> None:
    walked = between(decided(walk(900)), 930, 1020)
    assert {(d.route, d.z_hr, d.held_s) for d in walked} == {(None, None, 0)}


def test_a_far_rise_with_movement_unknown_is_taken_for_effort() -> None:
    played = without_motion(shift(length_s=900))
    running = [packet(s, 510, 514) for s in range(901, 1200)]
    found = decide([*played, *running])
    assert not candidates_s(found)
    assert reasons(between(found, 1000, 1190)) == {"exertion"}


def test_an_offer_changes_no_state() -> None:
    # What is learnt from then on is another matter.
    offered = decide(after(shift(strain(900)), Offered(START + 980_000)))
    assert states(between(offered, 980, 1080)) == states(between(decided(strain(900)), 980, 1080))
    assert candidates_s(between(offered, 0, 1080)) == candidates_s(
        between(decided(strain(900)), 0, 1080)
    )


@pytest.mark.parametrize("answer", [Answer.WAS_MOVING, Answer.OTHER_CAUSE])
def test_effort_that_was_told_closes_the_door_for_ten_minutes(answer: Answer) -> None:
    told = Answered(START + 980_000, answer)
    found = decide(after(shift(strain(900, 700)), told))
    assert not [s for s in candidates_s(found) if 980 < s < 1580]
    assert [s for s in candidates_s(found) if s >= 1580]
    assert "stationary_effort" in reasons(between(found, 980, 1580))


@pytest.mark.parametrize("answer", [Answer.START, Answer.LATER, Answer.NOT_NOW])
def test_other_answers_close_no_door(answer: Answer) -> None:
    told = Answered(START + 980_000, answer)
    found = decide(after(shift(strain(900)), told))
    assert candidates_s(found) == candidates_s(decided(strain(900)))


def test_a_candidate_needs_its_own_band() -> None:
    # The same strained heart is nothing new to someone whose heart always beats so.
    used_to_it = decide(shift(strain(900)), Baseline(_minutes_at(88.0, 14.0)))
    assert not candidates_s(used_to_it)


def _minutes_at(hr_bpm: float, rmssd_ms: float) -> list[StillMinute]:
    first = START - 3_600_000 * 24
    return [StillMinute(first + 60_000 * n, hr_bpm, rmssd_ms) for n in range(360)]


@settings(max_examples=8, deadline=None)
@given(
    st.lists(
        st.builds(
            lambda make, at, length: make(at, length),
            st.sampled_from([strain, walk, slip]),
            st.integers(0, 1500),
            st.integers(20, 400),
        ),
        max_size=5,
    ),
    st.booleans(),
)
def test_every_candidate_was_held_still_clear_and_well_known(
    episodes: list[Episode], motion: bool
) -> None:
    played: list[Reading] = shift(*episodes, length_s=1800)
    for d in decide(played if motion else without_motion(played)):
        if d.state is not State.CANDIDATE:
            continue
        assert all(gate.open for gate in d.gates)
        assert d.held_s >= d.needed_s
        assert d.missing is None
        assert d.window.coverage >= 0.8
        assert d.stillness is not Stillness.MOVING
        assert (d.wording is Wording.PLAIN) == (d.stillness is Stillness.STILL)
