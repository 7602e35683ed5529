from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from softfront_signal.artefacts import JudgedBeat
from softfront_signal.batch.complexity import (
    Measured,
    dfa,
    dfa_kernel,
    entropy_kernel,
    sample_entropy,
)
from softfront_signal.batch.series import Codes, Floats, Ints, Series
from softfront_signal.complexity import SlidingScaling

from .making import START, judged
from .rhythms import columns, wild
from .test_complexity import heart, sampen

Kernel = Callable[..., None]


def plain(kernel: Kernel) -> Kernel:
    """Return a kernel as it is written, where it was compiled."""
    written: Kernel = getattr(kernel, "py_func", kernel)
    return written


def filled(kernel: Kernel, series: Series, codes: Codes, marks: Ints) -> Floats:
    starts = np.searchsorted(series.t_ms, marks - 300_000, side="right")
    ends = np.searchsorted(series.t_ms, marks, side="right")
    found = np.full((len(marks), 2), np.nan)
    kernel(series.rr_ticks, series.run, codes, starts, ends, found)
    return found


def laid(made: list[JudgedBeat]) -> tuple[Series, Codes, Ints]:
    last_ms = made[-1].beat.t_ms
    return *columns(made), np.arange(START + 100_000, last_ms + 300_000, 60_000)


@settings(max_examples=15, deadline=None)  # the first compiles
@given(st.integers(0, 10**6), st.integers(1, 900))
def test_live_and_batch_say_the_same_exponent(seed: int, beats: int) -> None:
    made = wild(seed, beats)
    series, codes, marks = laid(made)
    found, sliding, at = dfa(series, codes, marks), SlidingScaling(), 0
    for row, mark in enumerate(marks.tolist()):
        while at < beats and made[at].beat.t_ms <= mark:
            sliding.add(made[max(at - 3, 0) : at + 1])
            at += 1
        heard = sliding.at(mark)
        alpha1 = np.nan if heard.alpha1 is None else heard.alpha1
        alpha1_se = np.nan if heard.alpha1_se is None else heard.alpha1_se
        np.testing.assert_allclose([alpha1, alpha1_se], [found.value[row], found.se[row]], 1e-12)
        counts = (found.beats[row], found.valid[row], found.coverage[row], found.flagged[row])
        assert (heard.beats, heard.valid, heard.coverage, heard.flagged) == counts


@settings(max_examples=8, deadline=None)  # the first compiles
@given(st.integers(0, 10**6), st.integers(1, 700))
@pytest.mark.parametrize("kernel", [dfa_kernel, entropy_kernel])
def test_compiled_kernels_do_what_is_written(kernel: Kernel, seed: int, beats: int) -> None:
    series, codes, marks = laid(wild(seed, beats))
    as_written = filled(plain(kernel), series, codes, marks[:4])
    np.testing.assert_allclose(filled(kernel, series, codes, marks[:4]), as_written, 1e-12)


def test_entropy_before_a_mark_is_that_of_its_beats() -> None:
    rr = heart(2)
    series, codes = columns(judged(rr))
    found = sample_entropy(series, codes, np.array([START + 295_000]))
    within = int(found.valid[0])
    assert (found.value[0], found.se[0]) == pytest.approx(sampen(rr[:within]), rel=1e-12)


def test_entropy_is_withheld_below_a_hundred_patterns() -> None:
    beats = judged([rr * 2 for rr in heart(1, 150)], flagged=range(0, 150, 6))
    series, codes = columns(beats)
    found = sample_entropy(series, codes, np.array([START + 300_000]))
    assert found.coverage[0] > 0.6
    assert np.isnan(found.value[0])


@pytest.mark.parametrize("measure", [dfa, sample_entropy])
def test_a_constant_heart_an_empty_one_and_disorder(measure: Callable[..., Measured]) -> None:
    series, codes = columns(judged([1024] * 400))
    assert np.isnan(measure(series, codes, series.t_ms[-1:]).value).all()
    nothing = np.zeros(0, np.int64)
    empty = measure(Series(nothing, nothing, nothing), nothing.astype(np.uint8), np.array([START]))
    assert np.isnan(empty.value).all()
    assert empty.flagged.tolist() == [0.0]
    assert len(measure(series, codes, nothing).value) == 0
    with pytest.raises(ValueError, match="order"):
        measure(series, codes, series.t_ms[::-1])
