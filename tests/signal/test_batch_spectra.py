import subprocess
import sys
from dataclasses import fields
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from softfront_signal.artefacts import Artefact, JudgedBeat
from softfront_signal.batch.series import Floats, Ints, Series
from softfront_signal.batch.spectra import Spectra, kernel, measure
from softfront_signal.spectrum import SlidingSpectrum, Spectrum
from softfront_signal.waves import BLOCK, COHERENCE, FIVE_MINUTES, Grid, Sums, tables

from .making import START
from .rhythms import breathing, columns, wild

seeds = st.integers(0, 10**6)


def live(made: list[JudgedBeat], marks_ms: Ints, seed: int) -> list[Spectrum]:
    """Hear a stream beat by beat and look at each mark, by when what was judged first is final."""
    sliding, draw, at = SlidingSpectrum(), Random(seed), 0
    found = []
    for mark in marks_ms.tolist():
        while at < len(made) and made[at].beat.t_ms <= mark:
            last = at + 1 == len(made) or made[at + 1].beat.t_ms > mark
            guess = JudgedBeat(made[at].beat, draw.choice([None, Artefact.MISSED]))
            sliding.add([*made[max(at - 2, 0) : at], made[at] if last else guess])
            at += 1
        found.append(sliding.at(mark))
    return found


def column(found: list[Spectrum], name: str) -> Floats:
    values = (getattr(one, name) for one in found)
    return np.array([np.nan if value is None else value for value in values])


def assert_alike(one: Spectra, other: Spectra) -> None:
    for field in fields(Spectra):
        mine, theirs = getattr(one, field.name), getattr(other, field.name)
        np.testing.assert_allclose(mine, theirs, rtol=1e-12, err_msg=field.name)


@settings(max_examples=25, deadline=None)  # the first compiles
@given(seeds, st.just(0) | st.integers(300, 1200), st.integers(1000, 60_000))
def test_live_numpy_and_compiled_say_the_same(seed: int, beats: int, apart_ms: int) -> None:
    made = wild(seed, beats)
    last_ms = made[-1].beat.t_ms if made else START
    marks = np.arange(START + 100_000, last_ms + 400_000, apart_ms)[:60]
    series, codes = columns(made)
    fast, slow = measure(series, codes, marks, fast=True), measure(series, codes, marks, fast=False)
    assert_alike(fast, slow)
    heard = live(made, marks, seed)
    for field in fields(Spectra):
        mine, theirs = column(heard, field.name), getattr(slow, field.name)
        np.testing.assert_allclose(mine, theirs, rtol=1e-12, err_msg=field.name)


@settings(max_examples=20, deadline=None)
@given(seeds, st.integers(1, 900), st.sampled_from([FIVE_MINUTES, COHERENCE]))
def test_the_sums_of_both_drivers_are_equal_to_the_last_bit(
    seed: int, beats: int, grid: Grid
) -> None:
    made = [one for one in wild(seed, beats) if one.artefact is None] or wild(seed, 1)
    series, codes = columns(made)
    end = np.array([len(series)])
    first = np.searchsorted(series.t_ms, series.t_ms[-1:] - grid.span_ms, side="right")
    times, of_beats = np.zeros((2, 2 * grid.lines)), np.zeros((2, grid.lines))
    starts, ends = np.array([0, first[0]]), np.array([len(series) // 2, end[0]])
    kernel(
        series.t_ms,
        series.rr_ticks,
        codes,
        starts,
        ends,
        *tables(grid),
        times,
        of_beats,
        grid.period_ms,
        10**12,
        np.zeros((2, 2)),
    )
    sums = Sums(grid)
    within = slice(first[0], None)
    nn = codes[within] == 0
    sums.move(series.t_ms[within][nn], series.rr_ticks[within][nn], np.ones(nn.sum(), int))
    assert np.array_equal(times, sums.times)
    assert np.array_equal(of_beats, sums.beats)


def test_many_windows_leave_no_drift() -> None:
    # After a day and thousands of windows the sums are those of the last alone.
    made = wild(3, 100_000)
    series, codes = columns(made)
    marks = np.arange(START, made[-1].beat.t_ms, 5000)
    long, alone = measure(series, codes, marks), measure(series, codes, marks[-1:])
    for field in fields(Spectra):
        theirs = getattr(alone, field.name)
        assert np.array_equal(getattr(long, field.name)[-1:], theirs, equal_nan=True), field.name


def test_marks_may_be_the_beats_themselves() -> None:
    series, codes = columns(breathing(1))
    found = measure(series, codes, series.t_ms)
    assert len(found.lf_ms2) == len(series)
    assert np.isnan(found.lf_ms2[:150]).all()
    assert not np.isnan(found.lf_ms2[200:]).any()


@pytest.mark.parametrize("fast", [True, False])
def test_marks_out_of_order_are_refused(fast: bool) -> None:
    series, codes = columns(breathing(1))
    with pytest.raises(ValueError, match="order"):
        measure(series, codes, np.array([START + 10_000, START]), fast=fast)


@pytest.mark.parametrize("fast", [True, False])
def test_nothing_heard_is_nothing_measured(fast: bool) -> None:
    nothing = np.zeros(0, np.int64)
    empty, codes = Series(nothing, nothing, nothing), np.zeros(0, np.uint8)
    assert len(measure(empty, codes, nothing, fast=fast).lf_ms2) == 0
    found = measure(empty, codes, np.array([START]), fast=fast)
    assert np.isnan(found.lf_ms2).all()
    assert found.beats.tolist() == [0]


@pytest.mark.parametrize("fast", [True, False])
def test_a_long_time_of_one_constant_value_has_no_power(fast: bool) -> None:
    many = 5000
    t_ms = START + 900 * np.arange(many)
    series = Series(t_ms, np.full(many, 921), np.ones(many, np.int64))
    found = measure(series, np.zeros(many, np.uint8), t_ms[-2:], fast=fast)
    assert found.lf_ms2.tolist() == found.hf_ms2.tolist() == [0.0, 0.0]
    assert np.isnan(found.peak_hz).all()
    assert np.isnan(found.coherence).all()


def test_lines_divide_into_blocks() -> None:
    assert [2 * grid.lines % BLOCK for grid in (FIVE_MINUTES, COHERENCE)] == [0, 0]


def test_without_the_compiler_numpy_measures() -> None:
    code = (
        "import sys; sys.modules['numba'] = None\n"
        "import numpy as np\n"
        "from softfront_signal.batch.series import Series\n"
        "from softfront_signal.batch.spectra import FAST, measure\n"
        "t = np.arange(1, 400) * 900\n"
        "rr = 900 + (40 * np.sin(2 * np.pi * 0.25 * t / 1000)).astype(np.int64)\n"
        "found = measure(Series(t, rr, t * 0), (t * 0).astype(np.uint8), t[-1:])\n"
        "sys.exit(FAST or not 650 < found.hf_ms2[0] < 850)"
    )
    assert subprocess.run([sys.executable, "-c", code], timeout=60, check=False).returncode == 0
