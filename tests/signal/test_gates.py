from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from softfront_signal.gates import Situation, gates, settled, signal_missing
from softfront_signal.indicator import Departure
from softfront_signal.moments import (
    LIVE,
    Band,
    Gate,
    Missing,
    Moved,
    Route,
    State,
    Stillness,
    Usual,
    Window,
)
from softfront_signal.naming import state_of

from .making import START

USUAL = Usual(Band(66, 74, 70), Band(25, 35, 30), 3.0, 3.4, 0.2, 1.5, 1.5, 120, 3, True)
WINDOW = Window(START, 85.0, 15.0, 80, 80, 79, 1.0, 0.0)
AT_MOST = ("steps/min", "mg")
OPEN = Situation(
    t_ms=START,
    window=WINDOW,
    missing=None,
    usual=USUAL,
    moved=Moved(Stillness.STILL),
    worn_s=3600,
    reaches_back_s=86_400,
    effort_until_ms=None,
)
UNKNOWN = Moved(Stillness.UNKNOWN)
HELD = Departure(5.0, 3.0, Route.BOTH, 60, 45, START - 60_000, watching=True)


def walked(since_s: int, stillness: Stillness = Stillness.STILL) -> Moved:
    return Moved(stillness, since_walk_s=since_s)


seconds = st.integers(0, 7200)
shares = st.floats(0, 1)
windows = st.builds(
    lambda hr, coverage, flagged: replace(WINDOW, hr_bpm=hr, coverage=coverage, flagged=flagged),
    st.none() | st.floats(40, 180),
    shares,
    shares,
)
situations = st.builds(
    Situation,
    t_ms=st.just(START),
    window=windows,
    missing=st.none() | st.sampled_from(Missing),
    usual=st.none() | st.just(USUAL),
    moved=st.builds(
        Moved,
        stillness=st.sampled_from(Stillness),
        since_walk_s=st.none() | seconds,
        steps_per_min=st.none() | st.integers(0, 200),
        move_mg=st.none() | st.integers(0, 2000),
    ),
    worn_s=seconds,
    reaches_back_s=seconds,
    effort_until_ms=st.none() | st.integers(START - 10_000, START + 10_000),
    since_beat_s=st.none() | seconds,
)
departures = st.builds(
    Departure,
    z_hr=st.just(2.0),
    z_rmssd=st.just(2.0),
    route=st.none() | st.sampled_from(Route),
    held_s=st.sampled_from([0, 40, 45, 50]),
    rise_ms=st.just(START),
    watching=st.booleans(),
)


def window(coverage: float = 1.0, flagged: float = 0.0, hr_bpm: float | None = 85.0) -> Window:
    return replace(WINDOW, coverage=coverage, flagged=flagged, hr_bpm=hr_bpm)


def closed(situation: Situation) -> list[str]:
    return [gate.id for gate in gates(situation) if not gate.open]


def test_a_still_clear_well_known_heart_passes_every_gate() -> None:
    assert closed(OPEN) == []


@pytest.mark.parametrize(
    ("gate", "situation"),
    [
        ("contact", replace(OPEN, missing=Missing.STRAP_OFF)),
        ("contact", replace(OPEN, missing=Missing.NO_LINK)),
        ("signal", replace(OPEN, window=window(coverage=0.79))),
        ("signal", replace(OPEN, window=window(flagged=0.11))),
        ("irregular", replace(OPEN, missing=Missing.IRREGULAR)),
        ("warmup", replace(OPEN, worn_s=299)),
        ("learning", replace(OPEN, usual=None)),
        ("learning", replace(OPEN, reaches_back_s=29 * 60)),
        ("motion", replace(OPEN, moved=Moved(Stillness.MOVING))),
        ("motion", replace(OPEN, moved=walked(599))),
        ("motion", replace(OPEN, moved=walked(599, Stillness.UNKNOWN))),
        ("exertion", replace(OPEN, moved=UNKNOWN, window=window(hr_bpm=101.0))),
        ("effort", replace(OPEN, effort_until_ms=START + 1)),
    ],
)
def test_each_gate_closes_alone_and_ends_a_candidate(gate: str, situation: Situation) -> None:
    assert closed(situation) == [gate]
    assert state_of(None, gates(situation), HELD) is not State.CANDIDATE


@pytest.mark.parametrize(
    "situation",
    [
        replace(OPEN, window=window(coverage=0.8, flagged=0.1)),
        replace(OPEN, worn_s=300),
        replace(OPEN, reaches_back_s=30 * 60),
        replace(OPEN, moved=walked(600)),
        replace(OPEN, moved=UNKNOWN, window=window(hr_bpm=100.0)),
        replace(OPEN, window=window(hr_bpm=140.0)),
        replace(OPEN, effort_until_ms=START),
    ],
)
def test_at_its_limit_a_gate_is_open(situation: Situation) -> None:
    assert closed(situation) == []


@given(situations)
def test_every_gate_is_told_at_every_mark_in_one_order(situation: Situation) -> None:
    assert [gate.id for gate in gates(situation)] == [gate.id for gate in gates(OPEN)]


@given(situations, departures)
def test_a_candidate_has_every_gate_open_and_was_held(
    situation: Situation, departure: Departure
) -> None:
    stood = gates(situation)
    if state_of(situation.missing, stood, departure) is State.CANDIDATE:
        assert all(gate.open for gate in stood)
        assert departure.held


@given(situations, departures, st.data())
def test_closing_a_gate_never_turns_silence_into_a_candidate(
    situation: Situation, departure: Departure, data: st.DataObject
) -> None:
    stood = gates(situation)
    tighter = tuple(replace(gate, open=gate.open and data.draw(st.booleans())) for gate in stood)
    if state_of(situation.missing, tighter, departure) is State.CANDIDATE:
        assert state_of(situation.missing, stood, departure) is State.CANDIDATE


@given(situations, departures)
def test_what_is_missing_never_leads_to_a_candidate(
    situation: Situation, departure: Departure
) -> None:
    for missing in Missing:
        assert state_of(missing, gates(situation), departure) is not State.CANDIDATE


@given(situations)
def test_a_closed_gate_never_tells_a_value_that_would_open_it(situation: Situation) -> None:
    told = [g for g in gates(situation) if g.id not in ("contact", "exertion") and not g.open]
    for gate in told:
        if gate.value is not None and gate.needed is not None and gate.unit not in AT_MOST:
            assert gate.value < gate.needed, gate


@pytest.mark.parametrize(
    ("steps", "move_mg", "told"),
    [
        (40, None, (40, 8, "steps/min")),
        (None, 300, (300, 60, "mg")),
        (0, 300, (300, 60, "mg")),
        (40, 300, (40, 8, "steps/min")),
        (40, 10, (40, 8, "steps/min")),
    ],
)
def test_movement_is_told_by_the_number_that_says_so_in_its_own_unit(
    steps: int | None, move_mg: int | None, told: tuple[int, int, str]
) -> None:
    moving = replace(OPEN, moved=Moved(Stillness.MOVING, None, None, steps, move_mg))
    [gate] = (gate for gate in gates(moving) if not gate.open)
    assert (gate.value, gate.needed, gate.unit) == told


def learning(situation: Situation) -> Gate:
    return next(gate for gate in gates(situation) if gate.id == "learning")


def test_learning_tells_how_far_it_has_come() -> None:
    early = learning(replace(OPEN, usual=None, reaches_back_s=12 * 60))
    late = learning(replace(OPEN, reaches_back_s=25 * 60))
    assert (early.value, early.needed, early.open) == (12, 30, False)
    assert (late.value, late.needed, late.open) == (25, 30, False)


def test_learning_promises_no_time_where_too_little_was_still() -> None:
    never_still = learning(replace(OPEN, usual=None, reaches_back_s=3600))
    assert (never_still.value, never_still.open) == (None, False)


def test_too_many_artefacts_are_told_as_the_share_that_could_be_read() -> None:
    flagged = replace(OPEN, window=window(coverage=0.95, flagged=0.15))
    gate = next(gate for gate in gates(flagged) if gate.id == "signal")
    assert (gate.value, gate.needed, gate.open) == (85, 90, False)


@pytest.mark.parametrize(
    ("missing", "found"),
    [
        (None, window()),
        (None, window(coverage=0.8, flagged=0.1)),
        (Missing.POOR_SIGNAL, window(coverage=0.79)),
        (Missing.POOR_SIGNAL, window(coverage=0.85, flagged=0.15)),
        (Missing.POOR_SIGNAL, window(coverage=0.4, flagged=0.4)),
        (Missing.POOR_SIGNAL, window(hr_bpm=None, coverage=0.0)),
        (Missing.IRREGULAR, window(coverage=0.7, flagged=0.25)),
        (Missing.IRREGULAR, window(coverage=0.2, flagged=0.8)),
    ],
)
def test_too_few_beats_are_poor_signal_and_too_many_flags_an_unusable_rhythm(
    missing: Missing | None, found: Window
) -> None:
    assert signal_missing(found, LIVE) is missing


def test_two_odd_beats_in_a_minute_are_no_rhythm() -> None:
    sparse = Window(START, None, None, 2, 0, 0, 0.0, 1.0)
    assert signal_missing(sparse, LIVE) is Missing.POOR_SIGNAL


@pytest.mark.parametrize(
    ("stillness", "since_walk_s", "is_settled"),
    [
        (Stillness.STILL, None, True),
        (Stillness.STILL, 300, True),
        (Stillness.STILL, 299, False),
        (Stillness.UNKNOWN, None, True),
        (Stillness.MOVING, None, False),
    ],
)
def test_a_body_settles_five_minutes_after_a_walk(
    stillness: Stillness, since_walk_s: int | None, is_settled: bool
) -> None:
    assert settled(Moved(stillness, since_walk_s=since_walk_s)) is is_settled
