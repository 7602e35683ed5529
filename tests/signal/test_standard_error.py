from collections.abc import Sequence
from math import cos, log, pi, sqrt
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from softfront_signal.batch.compiling import FAST
from softfront_signal.batch.series import Codes, Series
from softfront_signal.batch.standard_error import errors
from softfront_signal.batch.time_domain import measure
from softfront_signal.hrv import SlidingWindow
from softfront_signal.standard_error import long_run_variance, of_ln_rms, of_mean, of_share

from .hearts import STATIONARY, columns, heart, intervals, lost
from .making import START, judged

# Enough for hundreds of the longest windows of each heart.
BEATS = 150_000
SPANS_MS = (30_000, 60_000, 120_000, 300_000)
# In half a minute lie three breaths of ten seconds: how much their depth differs three cannot say.
TOO_FEW_BREATHS = ("breathing six a minute", 30_000)


def on_paper(influences: Sequence[float], places: Sequence[int], length: int) -> float:
    """Project on each cosine, freed of its mean over what is there, and take the mean power."""
    found, powers = np.array(influences), []
    for wave in (1, 2, 3):
        height = np.array([cos(pi * wave * (place + 0.5) / length) for place in places])
        height -= height.mean()
        powers.append((found @ height) ** 2 / (height @ height))
    return len(found) * float(np.mean(powers))


def inside(name: str, span_ms: int, codes: Codes) -> tuple[float, int]:
    """Return the share of windows whose 95 % interval holds the long run, and how many there are.

    They lie side by side, and each stands for itself.
    """
    rr = intervals(name, BEATS)
    series = Series.of_ticks(rr)
    marks_ms = np.arange(span_ms, int(series.t_ms[-1]), span_ms)
    found = measure(series, codes, marks_ms, span_ms).ln_rmssd
    error = errors(series, codes, marks_ms, span_ms).ln_rmssd_se
    long_run = log(np.sqrt(np.mean(np.diff(rr) ** 2)) / 1.024)
    told = ~np.isnan(found)
    holds = np.abs(found - long_run)[told] <= 1.96 * error[told]
    return float(holds.mean()), int(told.sum())


@given(st.integers(0, 1 << 32), st.integers(20, 90), st.integers(0, 30))
def test_the_variance_is_what_one_would_compute_on_paper(seed: int, count: int, gaps: int) -> None:
    draw = Random(seed)
    places = sorted(draw.sample(range(count + gaps), count))
    raw = [draw.gauss(0, 1) for _ in places]
    influences = [value - sum(raw) / count for value in raw]
    found = long_run_variance(influences, places, count + gaps)
    assert found == pytest.approx(on_paper(influences, places, count + gaps), rel=1e-9)


def test_of_uncorrelated_beats_it_is_their_variance_gaps_or_not() -> None:
    draw, found = Random(4), []
    for _ in range(2000):
        places = [at for at in range(60) if not 20 <= at < 45]
        raw = [draw.gauss(0, 2) for _ in places]
        mean = sum(raw) / len(raw)
        found.append(long_run_variance([value - mean for value in raw], places, 60))
    assert sum(found) / len(found) == pytest.approx(4 * 35, rel=0.05)


def test_what_swings_fast_moves_no_mean() -> None:
    seesaw = [(-1.0) ** at for at in range(60)]
    # If it knew nothing of its neighbours, sixty would come of it.
    assert long_run_variance(seesaw, range(60), 60) < 3


def test_what_wanders_slowly_moves_it_most() -> None:
    slow = [cos(pi * 2 * (at + 0.5) / 60) for at in range(60)]
    assert long_run_variance(slow, range(60), 60) > 10 * sum(value * value for value in slow)


def test_an_error_is_never_finer_than_half_a_percent() -> None:
    assert of_ln_rms(0.0, 900.0, 300) == 0.005


def test_an_error_of_few_is_wider() -> None:
    assert of_mean(1.0, 20) / of_mean(1.0, 2000) == pytest.approx(1.2, rel=0.01)


def test_where_none_of_n_was_seen_up_to_three_may_be() -> None:
    assert 1.96 * of_share(0.0, 100) == pytest.approx(0.03, rel=0.05)


@pytest.mark.skipif(not FAST, reason="interpreted it takes minutes")
@pytest.mark.parametrize("share_lost", [0.0, 0.4], ids=["whole", "with gaps"])
@pytest.mark.parametrize("span_ms", SPANS_MS)
@pytest.mark.parametrize("name", STATIONARY)
def test_the_interval_holds_the_long_run_as_often_as_it_says(
    name: str, span_ms: int, share_lost: float
) -> None:
    share, windows = inside(name, span_ms, lost(BEATS, share_lost, row=10))
    # 93 to 97 in 100, within what so many windows can tell.
    chance = 2 * sqrt(0.95 * 0.05 / windows)
    least = 0.91 if (name, span_ms) == TOO_FEW_BREATHS else 0.93
    assert windows > 100
    assert least - chance <= share <= 0.97 + chance


@pytest.mark.skipif(not FAST, reason="interpreted it takes minutes")
def test_single_artefacts_do_not_narrow_it() -> None:
    share, _ = inside("breathing", 60_000, lost(BEATS, 0.03, row=1))
    assert 0.93 <= share <= 0.97


@settings(deadline=None)  # the first example waits for the compiler
@given(st.integers(0, 1 << 32), st.sampled_from(SPANS_MS))
def test_the_error_is_the_same_live_and_in_batch(seed: int, span_ms: int) -> None:
    beats, sliding, live = heart(seed), SlidingWindow(span_ms), []
    marks_ms = np.arange(START, START + 600_000, 45_000)
    waiting = list(beats)
    for mark in marks_ms:
        while waiting and waiting[0].beat.t_ms <= mark:
            sliding.add((waiting.pop(0),))
        live.append(sliding.at(int(mark)).ln_rmssd_se)
    batch = errors(*columns(beats), marks_ms, span_ms).ln_rmssd_se
    told = [np.nan if error is None else error for error in live]
    np.testing.assert_allclose(batch, told, rtol=1e-12)


def test_errors_scale_with_what_they_are_of() -> None:
    series, codes = columns(judged([int(rr) for rr in intervals("breathing", 300)]))
    at = series.t_ms[-1:]
    found, error = measure(series, codes, at, 120_000), errors(series, codes, at, 120_000)
    assert error.rmssd_ms_se == pytest.approx(found.rmssd_ms * error.ln_rmssd_se)
    assert error.sd1_ms_se == pytest.approx(found.sd1_ms * error.ln_rmssd_se)


@pytest.mark.skipif(not FAST, reason="interpreted it takes minutes")
def test_the_other_errors_are_as_wide_as_their_numbers_scatter() -> None:
    """Half as wide again, for the three waves; slow waves in SDNN are seen as well as they can."""
    series = Series.of_ticks(intervals("noise", BEATS))
    codes = np.zeros(BEATS, dtype=np.uint8)
    marks_ms = np.arange(60_000, int(series.t_ms[-1]), 60_000)
    found = measure(series, codes, marks_ms, 60_000)
    error = errors(series, codes, marks_ms, 60_000)
    for name in ("hr_bpm", "rmssd_ms", "sdnn_ms", "sd1_ms", "sd2_ms"):
        ratio = np.mean(getattr(error, f"{name}_se")) / np.std(getattr(found, name))
        assert 1.3 < ratio < 1.8, name


def test_where_nothing_varies_no_error_is_told_but_that_of_pnn50() -> None:
    series, codes = columns(judged([1024] * 70))
    error = errors(series, codes, series.t_ms[-1:], 60_000)
    assert np.isnan([error.hr_bpm_se, error.ln_rmssd_se, error.sdnn_ms_se, error.sd2_ms_se]).all()
    assert error.pnn50_se[0] == pytest.approx(1.5 / 59)


def test_where_no_number_is_told_no_error_is() -> None:
    series, codes = columns(judged([1024] * 20 + [1030] * 8))
    error = errors(series, codes, series.t_ms[-1:], 60_000)
    assert np.isnan([error.hr_bpm_se, error.rmssd_ms_se, error.pnn50_se]).all()
