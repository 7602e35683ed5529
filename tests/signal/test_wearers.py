"""Many people at once are judged and measured as each would be alone."""

import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from softfront_sensors.heart_rate import TICKS_PER_S
from softfront_signal.artefacts import ARTEFACTS, Judge
from softfront_signal.batch.wearers import Heard, Wearers
from softfront_signal.beats import Beat
from softfront_signal.errors import BadIntervals
from softfront_signal.hrv import SlidingWindow
from softfront_signal.moments import Window

from .making import START

ROOT = Path(__file__).parents[2]
SPANS_MS = (60_000, 300_000)
STILL = [800, 812, 795, 806, 790, 808, 799, 815] * 60


def laid(steps: Iterable[tuple[int, int]]) -> list[Beat]:
    """Lay out intervals, each after so many ms without any; where there are some, a run begins."""
    t_ms, run, beats = START, 0, []
    for rr_ticks, silence_ms in steps:
        t_ms += rr_ticks * 1000 // TICKS_PER_S + silence_ms
        run += silence_ms > 0
        beats.append(Beat(t_ms, rr_ticks, run, uncertainty_ms=0, age_ms=0))
    return beats


def heard(wearers: Wearers, people: Sequence[Sequence[Beat]]) -> Iterator[Heard]:
    """Let everybody's beats come in, one of each at a time, as long as each has some."""
    for beats in zip(*people, strict=False):
        columns = [(beat.rr_ticks, beat.t_ms, beat.run) for beat in beats]
        yield wearers.hear(np.arange(len(beats)), *np.transpose(columns))


def alone(beats: Iterable[Beat]) -> Iterator[tuple[list[int], list[Window]]]:
    """Give the verdicts on the latest four beats, and both windows, as the live rooms do."""
    judge, windows = Judge(), [SlidingWindow(span_ms) for span_ms in SPANS_MS]
    held: list[int] = []
    for beat in beats:
        news = judge.judge(beat)
        held = [*held[: len(held) - len(news) + 1], *(ARTEFACTS.index(j.artefact) for j in news)]
        for window in windows:
            window.add(news)
        yield held[-4:], [window.at(beat.t_ms) for window in windows]


def window_of(told: Heard, wearer: int, which: int) -> dict[str, float | None]:
    names = [field.name for field in fields(told) if field.name != "verdicts"]
    values = {name: getattr(told, name)[wearer, which].item() for name in names}
    return {name: None if value != value else value for name, value in values.items()}


silences = st.sampled_from([0] * 40 + [1, 900, 59_000, 65_535, 65_536, 200_000, 301_000])
intervals = st.one_of(
    st.integers(760, 840),
    st.integers(760, 840),
    st.sampled_from([1, 306, 307, 400, 2048, 2049, 4095, 4096, 65_534]),
    st.integers(380, 420),
    st.integers(1550, 1650),
)
hearts = st.lists(st.tuples(intervals, silences), min_size=60, max_size=250)


@settings(max_examples=40, deadline=None)  # the first one waits for the compiler
@given(st.lists(hearts, min_size=3, max_size=3))
def test_many_are_told_what_each_is_told_alone(people: list[list[tuple[int, int]]]) -> None:
    streams = [laid(steps) for steps in people]
    one_by_one = [alone(beats) for beats in streams]
    for told in heard(Wearers(3), streams):
        for wearer, live in enumerate(one_by_one):
            verdicts, windows = next(live)
            assert told.verdicts[wearer].tolist()[-len(verdicts) :] == verdicts
            for which, window in enumerate(windows):
                many = window_of(told, wearer, which)
                for name in ("sdnn_ms", "pnn50"):
                    del many[name]
                assert {name: getattr(window, name) for name in many} == many


def test_what_varies_is_what_a_window_says() -> None:
    window, judge = SlidingWindow(300_000), Judge()
    beats = laid((rr, 0) for rr in STILL)
    *_, told = heard(Wearers(1), [beats])
    for beat in beats:
        window.add(judge.judge(beat))
    window.at(beats[-1].t_ms)
    assert told.sdnn_ms[0, 1] == window.sums.sdnn_ms
    assert told.pnn50[0, 1] == window.sums.pnn50


def test_a_wearer_takes_less_than_8_kb() -> None:
    assert Wearers(1000).bytes_each <= 8_000


def test_only_those_who_are_named_are_heard() -> None:
    wearers, alone_there = Wearers(9), Wearers(1)
    for beat in laid((rr, 0) for rr in STILL):
        told = wearers.hear([2, 7], [beat.rr_ticks] * 2, [beat.t_ms] * 2, [0, 0])
        other = alone_there.hear([0], [beat.rr_ticks], [beat.t_ms], [0])
    assert told.rmssd_ms[1].tolist() == other.rmssd_ms[0].tolist()
    assert wearers.hear([3], [800], [START], [0]).beats.tolist() == [[1, 1]]


def test_a_place_given_to_another_knows_nothing_of_the_one_before() -> None:
    wearers = Wearers(1)
    *_, last = laid((rr, 0) for rr in STILL)
    for _ in heard(wearers, [laid((rr, 0) for rr in STILL)]):
        pass
    wearers.forget([0])
    told = wearers.hear([0], [1500], [last.t_ms - 60_000], [0])
    assert (told.beats.tolist(), told.verdicts.tolist()) == ([[1, 1]], [[0, 0, 0, 0]])


def test_a_window_of_more_beats_than_are_held_has_no_number() -> None:
    beats = laid((rr, 0) for rr in [*STILL, *[100] * 1000, *STILL])
    many = [told.rmssd_ms[0, 1].item() for told in heard(Wearers(1), [beats])]
    one = [windows[1].rmssd_ms for _, windows in alone(beats)]
    crowded = [i for i, number in enumerate(many) if number != number and one[i] is not None]
    assert len(STILL) + 700 < crowded[0] < len(STILL) + 800
    assert all(many[i] == one[i] for i in range(len(beats)) if many[i] == many[i])
    assert many[-1] == one[-1]


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"slots": [1, 0]}, 1),
        ({"slots": [0, 0]}, 1),
        ({"slots": [-1, 0]}, 0),
        ({"slots": [0, 2]}, 1),
        ({"rr_ticks": [800, 0]}, 1),
        ({"rr_ticks": [65_535, 800]}, 0),
        ({"t_ms": [START, START - 1]}, 1),
        ({"t_ms": [START]}, None),
        ({"rr_ticks": [float("nan"), 800.0]}, None),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_taken_in(
    change: dict[str, list[int]], where: int | None
) -> None:
    wearers = Wearers(2)
    wearers.hear([0, 1], [800, 800], [START, START], [0, 0])
    good = {"slots": [0, 1], "rr_ticks": [800, 800], "t_ms": [START, START], "run": [0, 0]}
    with pytest.raises(BadIntervals) as refused:
        wearers.hear(**(good | change))
    assert refused.value.index == where
    assert wearers.hear(**good).beats.tolist() == [[2, 2], [2, 2]]


def test_nobody_heard_is_nothing_told() -> None:
    assert Wearers(3).hear([], [], [], []).verdicts.shape == (0, 4)


def digest() -> str:
    """Say all that is told of a stream with a bit of everything."""
    steps = [(r, 70_000 * (i % 97 == 96)) for i, r in enumerate([*STILL, 1600, 400, 400, *STILL])]
    told = list(heard(Wearers(1), [laid(steps)]))
    return "".join(repr([getattr(said, f.name).tolist() for f in fields(said)]) for said in told)


def test_it_says_the_same_without_the_compiler() -> None:
    code = (
        "import sys; sys.modules['numba'] = None\n"
        f"sys.path[:] = {[*sys.path, str(ROOT)]!r}\n"
        "from softfront_signal.batch.compiling import FAST\n"
        "from tests.signal.test_wearers import digest\n"
        "print(FAST, digest())"
    )
    command = [sys.executable, "-P", "-c", code]
    plain = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    assert plain.stdout.strip() == f"False {digest()}"
