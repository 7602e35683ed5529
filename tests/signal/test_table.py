import subprocess
import sys
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import softfront_signal
from softfront_sensors.simulated import Person
from softfront_signal.artefacts import settled
from softfront_signal.batch.series import Series
from softfront_signal.batch.table import SPANS_S, Table
from softfront_signal.beats import Beat
from softfront_signal.complexity import SlidingScaling
from softfront_signal.errors import BadIntervals, BadMarks
from softfront_signal.hrv import SlidingWindow
from softfront_signal.spectrum import SlidingSpectrum

HOUR = [rr for _, (_, rr) in zip(range(4000), Person(7).beats(), strict=False)]
CUTS = (700, 1500)


def spoilt(seed: int, count: int = 2500) -> list[int]:
    """Make a heart with beats missed, extra and early."""
    draw, made = Random(seed), list(HOUR[:count])
    for at in draw.sample(range(50, count - 50), 25):
        made[at] = draw.choice((2 * made[at], made[at] // 3, 3000))
    return made


@pytest.fixture(scope="module")
def table() -> Table:
    return softfront_signal.analyse(spoilt(1), cuts=CUTS)


def live(series: Series, marks: list[int]) -> dict[str, list[float | None]]:
    """Measure beat by beat, as a strap's are."""
    rows = zip(series.t_ms.tolist(), series.rr_ticks.tolist(), series.run.tolist(), strict=True)
    waiting = list(settled(Beat(t_ms, rr, run, 0, 0) for t_ms, rr, run in rows))
    windows = {span: SlidingWindow(1000 * span) for span in SPANS_S}
    spectrum, scaling = SlidingSpectrum(), SlidingScaling()
    listening: list[SlidingWindow | SlidingSpectrum | SlidingScaling] = [spectrum, scaling]
    listening += windows.values()
    found: dict[str, list[float | None]] = {}
    for mark in marks:
        while waiting and waiting[0].beat.t_ms <= mark:
            for each in listening:
                each.add((waiting[0],))
            del waiting[0]
        for span, window in windows.items():
            it = window.at(mark)
            for name in ("hr_bpm", "rmssd_ms", "coverage", "flagged"):
                found.setdefault(f"{name}_{span}s", []).append(getattr(it, name))
            found.setdefault(f"ln_rmssd_{span}s_se", []).append(it.ln_rmssd_se)
        breath = spectrum.at(mark)
        for name in ("lf_ms2", "hf_ms2", "rsa_ms", "breathing_hz", "coherence"):
            found.setdefault(name, []).append(getattr(breath, name))
        found.setdefault("dfa_alpha1", []).append(scaling.at(mark).alpha1)
    return found


def test_every_number_is_the_one_the_live_rooms_give_of_final_verdicts(table: Table) -> None:
    series = Series.of_ticks(spoilt(1), CUTS)
    told = live(series, table.t_ms.tolist())
    for name, column in told.items():
        expected = np.array([np.nan if value is None else value for value in column])
        np.testing.assert_allclose(table[name], expected, rtol=1e-12, err_msg=name)
    assert np.isfinite(table["rmssd_ms_60s"]).sum() > 20
    assert np.isfinite(table["dfa_alpha1"]).sum() > 10


def test_each_number_has_its_error_beside_it(table: Table) -> None:
    for span in SPANS_S:
        for name in ("hr_bpm", "rmssd_ms", "ln_rmssd", "sdnn_ms", "pnn50", "sd1_ms", "sd2_ms"):
            value, error = table[f"{name}_{span}s"], table[f"{name}_{span}s_se"]
            assert np.all(np.isnan(error) == np.isnan(value)), name
    for name in ("lf_ms2", "hf_ms2", "breathing_hz", "rsa_ms"):
        error = table[f"{name}_se"]
        assert np.all(np.isfinite(error[np.isfinite(table[name])])), name
    assert {"dfa_alpha1_se", "sample_entropy_se", "coherence_se"} <= set(table.columns)


def test_marks_stand_on_the_clocks_minutes() -> None:
    table = softfront_signal.analyse(HOUR[:200], start_ms=90_500)
    assert table.t_ms.tolist() == [120_000, 180_000, 240_000, 300_000][: len(table)]
    assert table.t_ms[-1] >= Series.of_ticks(HOUR[:200], (), 90_500).t_ms[-1]


def test_rows_are_plain_and_what_is_withheld_is_none(table: Table) -> None:
    first, *_ = rows = list(table.rows())
    assert len(rows) == len(table)
    assert first["t_ms"] == 60_000
    assert first["dfa_alpha1"] is None
    assert isinstance(first["rmssd_ms_60s"], float)
    assert all(value == value for row in rows for value in row.values() if value is not None)


@pytest.mark.parametrize(
    ("ticks", "index"),
    [([800, 0], 1), ([-5], 0), ([800, 65535], 1), ([800.5], None), ([float("nan")], None)],
)
def test_what_is_no_interval_is_refused_by_its_place(ticks: list[float], index: int | None) -> None:
    with pytest.raises(BadIntervals) as bad:
        softfront_signal.analyse(ticks)
    assert bad.value.index == index
    assert not any(
        str(int(value)) in str(bad.value) for value in ticks if value == value and value > 99
    )


@pytest.mark.parametrize("cuts", [[5.0], ["a"], [True], [10], [-1]])
def test_what_is_no_place_cuts_nothing(cuts: list[int]) -> None:
    with pytest.raises(BadIntervals) as bad:
        softfront_signal.analyse(HOUR[:10], cuts=cuts)
    assert bad.value.index == 0


def test_masked_intervals_and_beginnings_out_of_reach_are_refused() -> None:
    masked = np.array(HOUR[:10]).view(np.ma.MaskedArray)
    with pytest.raises(BadIntervals):
        softfront_signal.analyse(masked)
    with pytest.raises(BadIntervals):
        softfront_signal.analyse(HOUR[:10], start_ms=2**62)


def test_marks_that_lie_no_time_apart_are_refused() -> None:
    with pytest.raises(BadMarks):
        softfront_signal.analyse(HOUR[:10], every_s=0)
    with pytest.raises(BadMarks):
        softfront_signal.analyse(HOUR[:10], spans_s=(0,))


def test_nothing_is_a_table_without_rows() -> None:
    table = softfront_signal.analyse([])
    assert (len(table), len(table.intervals), list(table.rows())) == (0, 0, [])


def test_a_clockwork_has_no_variation_and_no_logarithm_of_it() -> None:
    table = softfront_signal.analyse(np.full(40_000, 1024), every_s=300)
    full = slice(2, -1)
    assert set(table["rmssd_ms_60s"][full]) == set(table["sdnn_ms_60s"][full]) == {0.0}
    assert set(table["hr_bpm_60s"][full]) == {60.0}
    for name in ("ln_rmssd_60s", "breathing_hz", "dfa_alpha1", "sample_entropy"):
        assert np.all(np.isnan(table[name])), name
    assert set(table["lf_ms2"][full]) <= {0.0}


@given(st.lists(st.integers(1, 65534), max_size=120), st.integers(-(10**6), 10**6))
@settings(max_examples=40, deadline=None)
def test_whatever_comes_gives_numbers_that_can_be(ticks: list[int], start_ms: int) -> None:
    table = softfront_signal.analyse(ticks, start_ms=start_ms, every_s=5, spans_s=(30,))
    assert len(table.intervals) == len(ticks)
    assert np.all((table["coverage_30s"] >= 0) & (table["coverage_30s"] <= 1))
    for name, least in (("hr_bpm_30s", 30.0), ("rmssd_ms_30s", 0.0), ("rsa_ms", 0.0)):
        known = table[name][np.isfinite(table[name])]
        assert np.all((known >= least) & (known < 2000)), name
        assert not np.any(np.isinf(table[name]))


def test_live_needs_neither_the_library_nor_numba() -> None:
    code = "import sys, softfront_signal.monitor; print({'numba', 'numpy'} & set(sys.modules))"
    ran = subprocess.run(
        [sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert ran.stdout.strip() == "set()"
