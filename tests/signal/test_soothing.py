from dataclasses import replace
from math import exp, log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from softfront_signal.moments import Band, Soothing, Usual, Window
from softfront_signal.soothing import interval, soothing, usual_band
from softfront_signal.spectrum import SlidingSpectrum

from .making import START, still_minutes

WINDOW = Window(START, 60.0, 40.0, 300, 300, 299, 1.0, 0.0, 0.1)
NOTHING = SlidingSpectrum().at(START)
BREATH = replace(NOTHING, breathing_hz=0.2, rsa_ms=30.0, rsa_se_ms=6.0)


def measured(hr_bpm: float = 60.0, rmssd_ms: float = 40.0, rsa_ms: float = 30.0) -> Soothing:
    window = replace(WINDOW, hr_bpm=hr_bpm, rmssd_ms=rmssd_ms)
    made = soothing(window, replace(BREATH, rsa_ms=rsa_ms, rsa_se_ms=0.2 * rsa_ms))
    assert made is not None
    return made


def known(median: float) -> Usual:
    usual = still_minutes(days=3).usual(START)
    assert usual is not None
    return replace(usual, soothing=Band(median - 0.5, median + 0.4, median))


def test_it_is_the_mean_of_both_measures_as_shares_of_the_mean_interval() -> None:
    assert measured().index == pytest.approx((log(30 / 1000) + log(40 / 1000)) / 2)
    assert measured().se == pytest.approx((0.2 + 0.1) / 2)


@given(st.floats(40, 140), st.floats(0.5, 2.0))
def test_a_heart_that_beats_faster_in_the_same_proportions_is_the_same(
    hr_bpm: float, times: float
) -> None:
    slow = measured(hr_bpm, 40.0, 30.0)
    fast = measured(hr_bpm * times, 40.0 / times, 30.0 / times)
    assert fast.index == pytest.approx(slow.index)


def test_nothing_is_said_where_a_measure_or_its_error_is_missing() -> None:
    for window in (
        replace(WINDOW, hr_bpm=None),
        replace(WINDOW, rmssd_ms=0.0),
        replace(WINDOW, ln_rmssd_se=None),
    ):
        assert soothing(window, BREATH) is None
    for breath in (NOTHING, replace(BREATH, rsa_se_ms=None), replace(BREATH, breathing_hz=None)):
        assert soothing(WINDOW, breath) is None


def test_it_is_told_in_ms_a_second_with_its_interval() -> None:
    told = interval(measured())  # of one second: 30 and 40 ms
    assert told.median == pytest.approx(1000 * (0.030 * 0.040) ** 0.5)
    assert told.low == pytest.approx(told.median * exp(-1.96 * 0.15))
    assert told.high == pytest.approx(told.median * exp(1.96 * 0.15))


def test_the_own_band_is_told_in_the_same_unit() -> None:
    band = usual_band(known(log(0.03)))
    assert band is not None
    assert (band.low, band.median, band.high) == pytest.approx(
        (30 * exp(-0.5), 30.0, 30 * exp(0.4))
    )
    assert usual_band(replace(known(0.0), soothing=None)) is None
    assert usual_band(None) is None
