from dataclasses import replace
from math import exp, log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from softfront_signal.moments import Band, Soothing, Usual
from softfront_signal.soothing import interval, soothing, usual_band

from .making import START, still_minutes


def measured(hr_bpm: float = 60.0, rmssd_ms: float = 40.0, rsa_ms: float = 30.0) -> Soothing:
    made = soothing(
        hr_bpm=hr_bpm,
        rmssd_ms=rmssd_ms,
        ln_rmssd_se=0.1,
        rsa_ms=rsa_ms,
        rsa_se_ms=0.2 * rsa_ms,
        breathing_hz=0.2,
    )
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


def test_nothing_is_said_where_a_measure_is_nothing() -> None:
    for rmssd_ms, rsa_ms in ((0.0, 30.0), (40.0, 0.0)):
        nothing = soothing(
            hr_bpm=60.0,
            rmssd_ms=rmssd_ms,
            ln_rmssd_se=0.1,
            rsa_ms=rsa_ms,
            rsa_se_ms=1.0,
            breathing_hz=0.2,
        )
        assert nothing is None


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
