"""Decisions where the strap itself tells of movement."""

import io
from pathlib import Path

from softfront_sensors.packet import Motion, Reading
from softfront_sensors.recording import dump, load
from softfront_signal.moments import Gate, Missing, State, Stillness, Wording

from .making import (
    START,
    between,
    candidates_s,
    decide,
    decided,
    reasons,
    shift,
    states,
    strain,
    walk,
    without_motion,
)


def motion_gate(at_s: float) -> Gate:
    [decision] = between(decided(walk(900), accelerometer=True), at_s - 5, at_s)
    return next(gate for gate in decision.gates if gate.id == "motion")


def test_with_an_accelerometer_a_still_rise_is_a_plain_candidate() -> None:
    found = [d for d in decided(strain(900), accelerometer=True) if d.state is State.CANDIDATE]
    assert found
    assert {(d.wording, d.stillness) for d in found} == {(Wording.PLAIN, Stillness.STILL)}
    assert all(d.still_s is not None and d.still_s >= 900 for d in found)


def test_it_makes_no_difference_by_which_way_stillness_is_told() -> None:
    by_steps, by_mg = decided(strain(900)), decided(strain(900), accelerometer=True)
    assert candidates_s(by_mg) == candidates_s(by_steps)


def test_a_walk_that_an_accelerometer_tells_and_ten_minutes_after_it_make_no_candidate() -> None:
    walked = decided(walk(900), strain(1080, 400), strain(1680, 120), accelerometer=True)
    # Seen eight seconds late, at both ends.
    assert states(between(walked, 910, 1020)) == {State.MOVING}
    assert {d.missing for d in between(walked, 910, 1020)} == {Missing.MOVING}
    assert "moved_recently" in reasons(between(walked, 1150, 1600))
    found = candidates_s(walked)
    assert found
    assert min(found) >= 1680


def test_the_gate_tells_movement_in_mg() -> None:
    gate = motion_gate(1000)
    assert (gate.open, gate.needed, gate.unit) == (False, 60, "mg")
    assert gate.value is not None
    assert 200 < gate.value < 350


def test_after_the_walk_the_gate_tells_the_minutes_since() -> None:
    gate = motion_gate(1200)
    assert (gate.open, gate.value, gate.needed, gate.unit) == (False, 2, 10, "min")


def test_an_accelerometer_that_falls_silent_leaves_movement_unknown() -> None:
    played = shift(accelerometer=True)
    silent = [r for r in played if not isinstance(r, Motion) or r.t_ms < START + 900_000]
    found = decide(silent)
    assert {d.stillness for d in between(found, 20, 910)} == {Stillness.STILL}
    assert {d.stillness for d in between(found, 920, 1790)} == {Stillness.UNKNOWN}


def test_a_recording_of_movement_is_replayed_to_the_same_decisions(tmp_path: Path) -> None:
    played: list[Reading] = shift(walk(900), accelerometer=True)
    written = io.StringIO()
    dump(played, "Polar H10", written)
    assert '"move_mg":' in written.getvalue()
    file = tmp_path / "shift.jsonl"
    file.write_text(written.getvalue())
    replayed = decide(load(file).readings)
    assert replayed == decide(played)
    assert {d.stillness for d in between(replayed, 600, 900)} == {Stillness.STILL}
    assert {d.stillness for d in between(replayed, 910, 1020)} == {Stillness.MOVING}
    assert {d.stillness for d in decide(without_motion(played))} == {Stillness.UNKNOWN}
