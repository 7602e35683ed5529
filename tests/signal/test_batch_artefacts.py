"""The two drivers hold together: live, compiled and interpreted, verdict by verdict."""

import subprocess
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from softfront_signal.artefacts import ARTEFACTS, Artefact, Judge, JudgedBeat, settled
from softfront_signal.batch import artefacts as batch
from softfront_signal.batch.compiling import FAST
from softfront_signal.batch.series import Series
from softfront_signal.beats import Beat
from softfront_signal.explaining import FILLER, FIVE, NEAR, NEXT, WIDE

from .making import beats

# A stretch of beats around a level, on a strap's grid or a Holter's, now and then spoilt.
_LEVELS = st.integers(320, 1900)
_STEPS = st.sampled_from([0, 0, 0, 8, -8, 16, -24, 60, -60, 150, -150, 333, -333, 900, -700])
_WILD = st.sampled_from([0, 1, 200, 306, 307, 500, 2048, 2049, 9000, 0xFFFF])
_STRETCH = st.tuples(
    _LEVELS,
    st.lists(st.one_of(_STEPS, _STEPS, st.integers(-40, 40)), max_size=30),
    st.lists(_WILD, max_size=2),
    st.booleans(),
)
_STREAMS = st.lists(_STRETCH, max_size=8)
# The first example waits for the compiler.
unhurried = settings(deadline=None)


def stream(drawn: Sequence[tuple[int, list[int], list[int], bool]]) -> list[Beat]:
    """Lay stretches one after another; before some of them lies a cut."""
    made: list[Beat] = []
    run, t_ms = 1, 0
    for level, steps, wild, cut in drawn:
        run += cut
        made += beats([*(max(0, level + step) for step in steps), *wild], t_ms, run)
        # Whole ticks make no whole milliseconds: a millisecond on, none ends before the last.
        t_ms = made[-1].t_ms + 1 if made else 0
    return made


def codes(judged: Sequence[JudgedBeat]) -> list[int]:
    return [ARTEFACTS.index(one.artefact) for one in judged]


def interpreted(series: Series, filler: int) -> list[int]:
    """Judge without the compiler, whether it is installed or not."""
    kernel: Any = batch.judge_columns
    found = np.zeros(len(series), np.uint8)
    near, wide = np.zeros((2, NEAR), np.int64), np.zeros((2, WIDE), np.int64)
    row = np.zeros(FIVE, np.int64)
    plain = kernel.py_func if FAST else kernel
    plain(filler, series.rr_ticks, series.run, found, near, wide, row)
    return [int(code) for code in found]


@unhurried
@given(_STREAMS)
@example([(800, [0] * 200, [], False), (800, [333, -333, 0, 0, 900], [], True)])
def test_an_archive_is_judged_as_it_was_live(
    drawn: list[tuple[int, list[int], list[int], bool]],
) -> None:
    heard = stream(drawn)
    found = batch.judge(Series.of(heard))
    assert found.dtype == np.uint8
    assert found.tolist() == codes(list(settled(heard)))
    assert found.tolist() == interpreted(Series.of(heard), -1)


@unhurried
@given(st.lists(st.integers(0, 0xFFFF), max_size=200))
def test_noise_is_judged_alike_too(rr_ticks: list[int]) -> None:
    heard = list(beats(rr_ticks))
    assert batch.judge(Series.of(heard)).tolist() == codes(list(settled(heard)))


@unhurried
@given(_STREAMS, st.sampled_from([500, 800, 2049]))
def test_a_filler_is_a_filler_to_both(
    drawn: list[tuple[int, list[int], list[int], bool]], filler: int
) -> None:
    heard, judge, known = stream(drawn), Judge(), list[JudgedBeat]()
    heard = [b for beat in heard for b in (beat, Beat(beat.t_ms, filler, beat.run, 0, 0))]
    for beat in heard:
        news = judge.judge(beat, filler)
        known[len(known) - len(news) + 1 :] = news
    last = judge.end()
    known[len(known) - len(last) :] = last
    assert batch.judge(Series.of(heard), filler).tolist() == codes(known)


def test_without_the_compiler_the_numbers_are_the_same() -> None:
    rr_ticks = [800] * 30 + [400, 410, 800, 1600, 730, 870] + [800] * 9
    code = (
        "import sys; sys.modules['numba'] = None\n"
        "import numpy as np\n"
        "from softfront_signal.batch.artefacts import judge\n"
        "from softfront_signal.batch.series import Series\n"
        f"ticks = np.array({rr_ticks}, np.int64)\n"
        "print(judge(Series(np.cumsum(ticks), ticks, 0 * ticks)).tolist())"
    )
    command = [sys.executable, "-P", "-W", "error", "-c", code]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    found = batch.judge(Series.of(list(beats(rr_ticks)))).tolist()
    assert (ran.stdout, any(found)) == (f"{found}\n", True)


@unhurried
@given(st.lists(st.integers(-9, 9), max_size=40))
def test_a_window_by_size_is_the_window_by_age_sorted(values: list[int]) -> None:
    by_age, by_size, pushed = np.zeros(7, np.int64), np.zeros(7, np.int64), 0
    for value in values:
        pushed = batch.push(by_age, by_size, pushed, value)
    n = min(pushed, 7)
    assert pushed == len(values)
    assert by_size[:n].tolist() == sorted(by_age[:n].tolist()) == sorted(values[-7:])


def test_no_beat_has_no_verdict() -> None:
    assert batch.judge(Series.of([])).tolist() == []


def test_a_year_of_one_value_is_all_nn() -> None:
    ticks = np.full(100_000, 850, np.int64)
    series = Series(np.cumsum(ticks), ticks, np.zeros(len(ticks), np.int64))
    assert not batch.judge(series).any()


def test_each_number_has_its_name() -> None:
    assert ARTEFACTS[FILLER] is Artefact.FILLER
    assert len(ARTEFACTS) == FILLER + 1 <= NEXT
