import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, fields
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from softfront_signal.artefacts import JudgedBeat
from softfront_signal.batch import standard_error, sweeping, time_domain
from softfront_signal.batch.marks import bounds
from softfront_signal.batch.series import Codes, Ints, Series
from softfront_signal.batch.time_domain import (
    TimeDomain,
    at_each_beat,
    laid_out,
    measure,
    numbers,
    summed,
    summed_between,
)
from softfront_signal.errors import BadIntervals, BadMarks
from softfront_signal.hrv import SlidingWindow

from .hearts import columns, heart, intervals, lost
from .making import START, judged

seeds = st.integers(0, 1 << 32)
spans_ms = st.sampled_from([30_000, 60_000, 120_000, 300_000])
# Whichever example comes first waits for its kernel to be compiled.
compiling = settings(deadline=None)
VALUES = ("hr_bpm", "rmssd_ms", "ln_rmssd", "sdnn_ms", "pnn50", "sd1_ms", "sd2_ms")
COUNTS = ("beats", "valid", "differences", "coverage", "flagged")
NONE = np.zeros(0, dtype=np.int64)


def plain(kernel: Callable[..., Any]) -> Callable[..., Any]:
    """Return a kernel as it is written, whether or not it was compiled."""
    return getattr(kernel, "py_func", kernel)


def some_marks(seed: int) -> Ints:
    draw = Random(seed)
    return np.array(sorted(START + draw.randrange(700_000) for _ in range(draw.randrange(40))), int)


def live(beats: list[JudgedBeat], marks_ms: Ints, span_ms: int) -> Iterator[tuple[Any, ...]]:
    """Let beats come in one by one; give sums, counts and values at each mark."""
    sliding, waiting = SlidingWindow(span_ms), list(beats)
    for mark in marks_ms:
        while waiting and waiting[0].beat.t_ms <= mark:
            sliding.add((waiting.pop(0),))
        window, sums = sliding.at(int(mark)), sliding.sums
        nn, pairs = sums.ticks + (sums.valid << 32), sums.differences + (sums.beyond << 32)
        exact = (sums.beats, nn, sums.ticks_squared, sums.steps, sums.squares, pairs)
        held = window.hr_bpm is not None
        values = [getattr(sums, name) if held else None for name in VALUES]
        yield exact, [getattr(window, name) for name in COUNTS], values


def same(one: TimeDomain, other: TimeDomain) -> None:
    for name, column in asdict(one).items():
        np.testing.assert_array_equal(column, getattr(other, name), err_msg=name)


@compiling
@given(seeds, spans_ms)
def test_sums_are_the_same_to_the_last_bit_live_with_numpy_and_compiled(
    seed: int, span_ms: int
) -> None:
    beats, marks_ms = heart(seed), some_marks(seed)
    series, codes = columns(beats)
    told = [exact for exact, _, _ in live(beats, marks_ms, span_ms)]
    laid = sweeping.lay_out_by_column(series.rr_ticks, series.run, codes)
    by_totals = sweeping.add_up(laid, *bounds(series, marks_ms, span_ms))
    as_written = np.empty((6, len(marks_ms)), dtype=np.int64)
    plain(sweeping.slide)(series.t_ms, laid, marks_ms, span_ms, as_written)
    assert summed(series, codes, marks_ms, span_ms).T.tolist() == [list(exact) for exact in told]
    assert by_totals.T.tolist() == as_written.T.tolist() == [list(exact) for exact in told]


@compiling
@given(seeds, spans_ms)
def test_numbers_are_those_of_the_sliding_window(seed: int, span_ms: int) -> None:
    beats, marks_ms = heart(seed), some_marks(seed)
    found = measure(*columns(beats), marks_ms, span_ms)
    for at, (_, counts, values) in enumerate(live(beats, marks_ms, span_ms)):
        assert [getattr(found, name)[at] for name in COUNTS] == counts
        here = [getattr(found, name)[at] for name in VALUES]
        told = [np.nan if value is None else value for value in values]
        np.testing.assert_allclose(here, told, rtol=1e-12)


def test_a_window_that_was_empty_begins_anew() -> None:
    series = Series.of_ticks([40_000, 39_000, 41_000])
    marks_ms = np.sort(np.concatenate((series.t_ms, series.t_ms + 31_000)))
    found = measure(series, np.zeros(3, dtype=np.uint8), marks_ms, 30_000)
    assert found.beats.tolist() == [1, 0, 1, 0, 1, 0]
    assert found.differences.tolist() == [0, 0, 0, 0, 0, 0]


@compiling
@given(seeds)
def test_what_a_beat_adds_is_laid_out_alike_by_all(seed: int) -> None:
    series, codes = columns(heart(seed))
    as_written = np.empty((sweeping.ADDED, len(series)), dtype=np.int64)
    plain(sweeping.lay_out_all)(series.rr_ticks, series.run, codes, as_written)
    by_column = sweeping.lay_out_by_column(series.rr_ticks, series.run, codes)
    assert np.array_equal(as_written, laid_out(series, codes))
    assert np.array_equal(as_written, by_column)


@compiling
@given(seeds, spans_ms)
def test_at_each_beat_it_is_what_the_sliding_window_says_then(seed: int, span_ms: int) -> None:
    series, codes = columns(heart(seed))
    found = at_each_beat(series, codes, span_ms)
    first = np.searchsorted(series.t_ms, series.t_ms - span_ms, side="right")
    told = numbers(summed_between(series, codes, first, np.arange(1, len(series) + 1)), span_ms)
    for field in fields(found):
        np.testing.assert_array_equal(
            getattr(found, field.name), getattr(told, field.name), err_msg=field.name
        )


@settings(deadline=None, max_examples=5)
@given(seeds)
def test_at_each_beat_needs_no_more_room_than_it_finds(seed: int) -> None:
    """Ten minutes of beats a tenth of a second apart are more than the first ring holds."""
    draw = Random(seed)
    series = Series.of_ticks([draw.randrange(90, 110) for _ in range(7000)])
    codes = np.zeros(7000, dtype=np.uint8)
    found, told = (
        at_each_beat(series, codes, 600_000),
        measure(series, codes, series.t_ms, 600_000),
    )
    np.testing.assert_array_equal(found.sdnn_ms, told.sdnn_ms)
    np.testing.assert_array_equal(found.rmssd_ms, told.rmssd_ms)


def test_what_is_measured_goes_where_it_should() -> None:
    series, codes = columns(heart(5))
    into = np.empty((4, len(series)))
    found = at_each_beat(series, codes, 60_000, into)
    assert np.shares_memory(found.pnn50, into)
    told = at_each_beat(series, codes, 60_000)
    np.testing.assert_array_equal(found.pnn50, told.pnn50)
    np.testing.assert_array_equal(found.hr_bpm, told.hr_bpm)


@pytest.mark.parametrize(
    "into",
    [np.empty((4, 39)), np.empty((3, 40)), np.empty((4, 40), np.float32), np.empty((40, 4)).T],
    ids=["too few", "three rows", "half floats", "columns"],
)
def test_nothing_is_written_where_there_is_no_place_for_it(into: NDArray[Any]) -> None:
    series, codes = columns(judged([900] * 40))
    with pytest.raises(BadMarks, match="place"):
        at_each_beat(series, codes, 60_000, into)


def test_of_beats_in_one_millisecond_each_sees_those_before_it() -> None:
    rr = np.full(80, 1000)
    t_ms = np.cumsum(rr) * 1000 // 1024
    t_ms[-1] = t_ms[-2]
    series, codes = Series(t_ms, rr, np.zeros_like(rr)), np.zeros(80, dtype=np.uint8)
    rr[-1] = 1010
    found = at_each_beat(series, codes, 60_000)
    assert found.rmssd_ms[-2] == 0.0
    assert found.rmssd_ms[-1] > 0.0


@compiling
@given(seeds, spans_ms)
def test_errors_are_the_same_compiled_and_as_written(seed: int, span_ms: int) -> None:
    series, codes = columns(heart(seed))
    marks_ms = some_marks(seed)[:8]
    sums = summed(series, codes, marks_ms, span_ms)
    held = np.flatnonzero(~np.isnan(numbers(sums, span_ms).rmssd_ms))
    edges = bounds(series, marks_ms[held], span_ms)
    means = standard_error.means_of(sums[:, held])
    parts = (laid_out(series, codes), *edges, means)
    compiled, as_written = standard_error.estimate(*parts), plain(standard_error.estimate)(*parts)
    np.testing.assert_allclose(compiled, as_written, rtol=1e-12)


WITHOUT_NUMBA = """
import sys
sys.modules["numba"] = None
import numpy as np
from softfront_signal.batch import compiling
from softfront_signal.batch.series import Series
from softfront_signal.batch.standard_error import errors
from softfront_signal.batch.time_domain import at_each_beat, measure
assert not compiling.FAST
rr = np.array([int(word) for word in sys.argv[1].split()])
codes = (np.arange(len(rr)) % 17 == 0).astype(np.uint8)
series = Series.of_ticks(rr, cuts=[len(rr) // 2])
marks = np.arange(0, series.t_ms[-1] + 60_000, 7_000)
for found in (
    measure(series, codes, marks, 30_000),
    at_each_beat(series, codes, 30_000),
    errors(series, codes, marks, 30_000),
):
    for name in found.__slots__:
        print(name, getattr(found, name).astype(float).tobytes().hex())
"""


def test_without_numba_the_numbers_are_the_same() -> None:
    rr = intervals("breathing", 150)
    command = [sys.executable, "-W", "error", "-c", WITHOUT_NUMBA, " ".join(map(str, rr))]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    lines = (line.split() for line in ran.stdout.splitlines())
    found = [(name, np.frombuffer(bytes.fromhex(told))) for name, told in lines]
    codes = (np.arange(len(rr)) % 17 == 0).astype(np.uint8)
    series = Series.of_ticks(rr, cuts=[len(rr) // 2])
    marks = np.arange(0, series.t_ms[-1] + 60_000, 7_000)
    here = [
        (field.name, getattr(table, field.name))
        for table in (
            measure(series, codes, marks, 30_000),
            at_each_beat(series, codes, 30_000),
            standard_error.errors(series, codes, marks, 30_000),
        )
        for field in fields(table)
    ]
    assert [name for name, _ in here] == [name for name, _ in found]
    for (name, ours), (_, theirs) in zip(here, found, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-12, err_msg=name)


def test_without_the_extra_the_other_driver_measures(monkeypatch: pytest.MonkeyPatch) -> None:
    series, codes = columns(heart(11))
    marks_ms = some_marks(11)
    fast = measure(series, codes, marks_ms, 60_000)
    monkeypatch.setattr(time_domain, "FAST", False)
    same(measure(series, codes, marks_ms, 60_000), fast)


def test_a_cut_has_no_neighbour_before_it() -> None:
    series = Series.of_ticks([1000] * 40 + [800] * 40, cuts=[40])
    found = measure(series, np.zeros(80, dtype=np.uint8), series.t_ms[-1:], 120_000)
    assert (found.differences[0], found.rmssd_ms[0]) == (78, 0.0)


def test_nothing_measured_is_nothing() -> None:
    empty = Series.of_ticks([])
    found = measure(empty, NONE, np.array([0, 1000]), 60_000)
    assert found.beats.tolist() == [0, 0]
    assert np.isnan([getattr(found, name) for name in VALUES]).all()
    assert at_each_beat(empty, NONE, 60_000).rmssd_ms.shape == (0,)
    one = Series.of_ticks([900])
    assert measure(one, np.zeros(1, dtype=np.uint8), NONE, 60_000).beats.shape == (0,)


def test_one_beat_is_no_number() -> None:
    found = measure(Series.of_ticks([900]), np.zeros(1, dtype=np.uint8), np.array([878]), 60_000)
    assert (found.beats[0], found.valid[0], found.differences[0]) == (1, 1, 0)
    assert np.isnan(found.hr_bpm[0])


def test_a_heart_that_never_varies_varies_by_nothing() -> None:
    """A day stands in for a year: sums that grow for ever would show it."""
    series = Series.of_ticks(np.full(84_000, 1000))
    codes = np.zeros(len(series), dtype=np.uint8)
    found = measure(series, codes, series.t_ms[100::1000], 60_000)
    assert set(found.rmssd_ms) == set(found.sdnn_ms) == set(found.sd2_ms) == {0.0}
    assert set(found.hr_bpm) == {60 * 1024 / 1000}
    assert np.isnan(found.ln_rmssd).all()


def test_totals_that_run_over_change_no_window() -> None:
    """So large a total needs a century, so it is begun near the end of 64 bits."""
    rr = np.array([1000, 1010] * 50)
    laid = sweeping.lay_out_by_column(rr, np.zeros_like(rr), np.zeros(100, dtype=np.uint8))
    first, last = np.array([0, 40]), np.array([60, 100])
    large = np.full((sweeping.ADDED, 3), (1 << 62) - 1)
    found = sweeping.add_up(np.concatenate((large, laid), axis=1), first + 3, last + 3)
    assert np.array_equal(found, sweeping.add_up(laid, first, last))


@pytest.mark.parametrize("seed", range(3))
def test_with_two_in_five_beats_lost_rmssd_is_told_without_bias(seed: int) -> None:
    series = Series.of_ticks(intervals("breathing", 150_000))
    whole, some = np.zeros(len(series), dtype=np.uint8), lost(len(series), 0.4, 10, seed)
    marks_ms = np.arange(300_000, int(series.t_ms[-1]), 300_000)
    truth, found = (measure(series, c, marks_ms, 300_000).rmssd_ms for c in (whole, some))
    told = ~np.isnan(found)
    assert 0.37 < some.mean() < 0.43
    assert told.mean() > 0.8
    assert abs(np.mean(found[told] / truth[told]) - 1) < 0.005
    assert abs(np.median(found[told] / truth[told]) - 1) < 0.005


@pytest.mark.parametrize(
    ("ticks", "index"),
    [
        ([900, -1, 900], 1),
        ([900, 900, 0], 2),
        ([65535, 900], 0),
        ([900, 1 << 40], 1),
        ([900.0, 901.0], None),
        ([900, float("nan")], None),
        ([[900, 901]], None),
        ([[900], [901, 902]], None),
        (["900"], None),
        ([True, True], None),
        (900, None),
        ([None], None),
    ],
)
def test_what_no_strap_can_tell_is_refused(ticks: Any, index: int | None) -> None:
    with pytest.raises(BadIntervals) as refused:
        Series.of_ticks(ticks)
    assert refused.value.index == index


def test_an_error_names_the_place_and_never_the_value() -> None:
    with pytest.raises(BadIntervals, match=r"\(at index 2\)$") as refused:
        Series.of_ticks([901, 902, -903])
    assert "903" not in str(refused.value)


def test_times_are_exact_for_ever() -> None:
    series = Series.of_ticks([1023] * 100_000, start_ms=START)
    assert series.t_ms[-1] == START + 1023 * 100_000 * 1000 // 1024


@pytest.mark.parametrize("cut", [-1, 3])
def test_a_cut_lies_within_the_intervals(cut: int) -> None:
    with pytest.raises(BadIntervals, match="cut"):
        Series.of_ticks([900, 900, 900], cuts=[cut])


def test_beats_out_of_order_are_refused() -> None:
    rr = np.array([900, 900, 900])
    with pytest.raises(BadIntervals, match="at index 2"):
        Series(np.array([900, 1800, 1700]), rr, rr)


@pytest.mark.parametrize(
    "column",
    [np.array([900.0, 900.0, 900.0]), np.array([900, 900]), np.array([[900], [900], [900]])],
    ids=["floats", "too few", "a table"],
)
def test_columns_that_do_not_fit_are_refused(column: NDArray[Any]) -> None:
    with pytest.raises(BadIntervals, match="columns"):
        Series(np.array([1, 2, 3]), column, np.array([0, 0, 0]))


@pytest.mark.parametrize(
    ("marks_ms", "index"),
    [([2000, 1000], 1), ([1000.5], None), ([[1000]], None), ([float("nan")], None)],
)
def test_marks_out_of_order_or_of_no_time_are_refused(marks_ms: Any, index: int | None) -> None:
    series, codes = columns(judged([900, 900]))
    with pytest.raises(BadMarks) as refused:
        measure(series, codes, np.array(marks_ms), 60_000)
    assert refused.value.index == index


@pytest.mark.parametrize("span_ms", [0, -1])
def test_a_window_of_no_time_is_refused(span_ms: int) -> None:
    series, codes = columns(judged([900, 900]))
    with pytest.raises(BadMarks):
        measure(series, codes, series.t_ms, span_ms)
    with pytest.raises(BadMarks):
        at_each_beat(series, codes, span_ms)


@pytest.mark.parametrize(
    "codes", [np.zeros(1, dtype=np.uint8), np.zeros((2, 1), dtype=np.uint8), np.zeros(2)]
)
def test_codes_that_do_not_fit_are_refused(codes: Codes) -> None:
    series, _ = columns(judged([900, 900]))
    with pytest.raises(BadIntervals, match="code"):
        measure(series, codes, series.t_ms, 60_000)


def test_any_whole_code_but_zero_is_an_artefact() -> None:
    series, _ = columns(judged([900] * 40))
    codes = np.zeros(40, dtype=np.int64)
    codes[7], codes[9] = 256, -1
    assert measure(series, codes, series.t_ms[-1:], 60_000).valid[0] == 38


def test_a_window_too_long_to_be_summed_exactly_is_refused() -> None:
    series = Series.of_ticks(np.full(50_000, 1000))
    codes = np.zeros(50_000, dtype=np.uint8)
    with pytest.raises(BadMarks, match="exactly"):
        measure(series, codes, series.t_ms[-1:], 1 << 40)
    with pytest.raises(BadMarks, match="exactly"):
        at_each_beat(series, codes, 1 << 40)
