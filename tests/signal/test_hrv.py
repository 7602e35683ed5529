from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from math import log, sqrt
from random import Random
from statistics import stdev, variance

import pytest
from hypothesis import given
from hypothesis import strategies as st

from softfront_signal.artefacts import Artefact, JudgedBeat
from softfront_signal.hrv import SlidingWindow, Sums, difference, measure
from softfront_signal.moments import Window

from .hearts import heart, stream
from .making import START, beats, judged
from .published import MS_AS_TICKS, Reference, near, pyhrv_nni_ms, toolbox_windows

MINUTE = START + 60_000

# Intervals of a random stream: ticks, whether flagged, whether a cut lies before.
intervals = st.lists(
    st.tuples(st.integers(250, 2200), st.integers(0, 9).map(lambda n: n == 0), st.integers(0, 19)),
    min_size=1,
    max_size=300,
)
marks = st.lists(st.integers(0, 300_000), min_size=1, max_size=10).map(sorted)
spans_ms = st.sampled_from([30_000, 60_000, 120_000, 300_000])


def parts(
    stream: Sequence[JudgedBeat], t_ms: int, span_ms: int
) -> tuple[list[JudgedBeat], list[int], list[int]]:
    """Find the beats of a window, its NN intervals and the differences of neighbours."""
    within = [j for j in stream if t_ms - span_ms < j.beat.t_ms <= t_ms]
    nn = [j.beat.rr_ticks for j in within if j.artefact is None]
    steps = [
        b.beat.rr_ticks - a.beat.rr_ticks
        for a, b in pairwise(within)
        if a.artefact is None and b.artefact is None and a.beat.run == b.beat.run
    ]
    return within, nn, steps


def naive(stream: Sequence[JudgedBeat], t_ms: int, span_ms: int = 60_000) -> Window:
    """Compute a window as one would on paper, save for its error."""
    within, nn, steps = parts(stream, t_ms, span_ms)
    coverage = min(1.0, sum(nn) * 1000 / 1024 / span_ms)
    rmssd = sqrt(sum(s * s for s in steps) / len(steps)) * 1000 / 1024 if steps else 0.0
    holds = coverage >= 0.5 and len(steps) >= 20
    return Window(
        t_ms=t_ms,
        hr_bpm=60 * 1024 * len(nn) / sum(nn) if holds else None,
        rmssd_ms=rmssd if holds else None,
        beats=len(within),
        valid=len(nn),
        differences=len(steps),
        coverage=coverage,
        flagged=1 - len(nn) / len(within) if within else 0.0,
    )


def window(beats: list[JudgedBeat], t_ms: int = MINUTE) -> Window:
    sliding = SlidingWindow()
    for one in beats:
        sliding.add((one,))
    return sliding.at(t_ms)


def without_error(window: Window) -> Window:
    return replace(window, ln_rmssd_se=None)


@given(intervals, marks, spans_ms)
def test_the_sliding_window_is_what_one_would_compute_on_paper(
    drawn: list[tuple[int, bool, int]], at_ms: list[int], span_ms: int
) -> None:
    slides(stream(drawn), at_ms, span_ms)


@given(st.integers(0, 1 << 32), marks, spans_ms)
def test_it_is_so_over_minutes_of_any_heart(seed: int, at_ms: list[int], span_ms: int) -> None:
    slides(heart(seed), at_ms, span_ms)


def slides(beats: list[JudgedBeat], at_ms: list[int], span_ms: int) -> None:
    sliding, waiting = SlidingWindow(span_ms), list(beats)
    for mark in (START + at for at in at_ms):
        while waiting and waiting[0].beat.t_ms <= mark:
            sliding.add((waiting.pop(0),))
        assert without_error(sliding.at(mark)) == naive(beats, mark, span_ms)


@given(st.integers(0, 1 << 32), spans_ms)
def test_a_verdict_that_is_thought_over_counts_as_it_is_thought_now(
    seed: int, span_ms: int
) -> None:
    """Verdicts change up to three beats back, after marks as before them."""
    draw, sliding = Random(seed), SlidingWindow(span_ms)
    now: list[JudgedBeat] = []
    for one in heart(seed):
        now.append(one)
        for at in range(max(0, len(now) - 4), len(now)):
            if draw.random() < 0.1:
                turned = Artefact.EXTRA if now[at].artefact is None else None
                now[at] = JudgedBeat(now[at].beat, turned)
        sliding.add(now[-4:])
        if draw.random() < 0.1:
            mark = one.beat.t_ms + draw.choice([0, 0, 0, 20_000])
            if mark <= one.beat.t_ms or span_ms > 30_000:
                found = sliding.at(one.beat.t_ms)
                assert without_error(found) == naive(now, one.beat.t_ms, span_ms)


def test_a_verdict_on_a_beat_that_has_left_changes_nothing() -> None:
    first, second, third = judged([1024, 1024, 1024])
    sliding = SlidingWindow()
    sliding.add((first,))
    sliding.add((second,))
    late = replace(third.beat, t_ms=second.beat.t_ms + 90_000)
    sliding.at(late.t_ms)
    sliding.add((JudgedBeat(first.beat, Artefact.EXTRA), second, JudgedBeat(late, None)))
    found = sliding.at(late.t_ms)
    assert (found.beats, found.valid, found.differences) == (1, 1, 0)


@given(st.integers(0, 1 << 32))
def test_sums_are_the_definitions(seed: int) -> None:
    sliding, beats = SlidingWindow(300_000), heart(seed)
    for one in beats:
        sliding.add((one,))
    mark = beats[-1].beat.t_ms if beats else START
    sliding.at(mark)
    sums, (_, nn, steps) = sliding.sums, parts(beats, mark, 300_000)
    if len(steps) < 20:
        found = (sums.sdnn_ms, sums.pnn50, sums.sd1_ms, sums.sd2_ms, sums.ln_rmssd)
        assert found == (None, None, None, None, None)
        return
    nn_ms, steps_ms = [rr / 1.024 for rr in nn], [step / 1.024 for step in steps]
    assert sums.sdnn_ms == pytest.approx(stdev(nn_ms), rel=1e-9, abs=1e-9)
    assert sums.pnn50 == sum(abs(step) > 50 for step in steps_ms) / len(steps)
    assert sums.sd1_ms == pytest.approx(stdev(steps_ms) / sqrt(2), rel=1e-9, abs=1e-9)
    squared = 2 * variance(nn_ms) - variance(steps_ms) / 2
    if sums.sd2_ms is None:
        assert squared < 1e-6
    else:
        assert sums.sd2_ms**2 == pytest.approx(squared, rel=1e-9, abs=1e-6)
    rmssd_ms = sqrt(sum(step * step for step in steps_ms) / len(steps))
    assert rmssd_ms == 0 if sums.ln_rmssd is None else sums.ln_rmssd == pytest.approx(log(rmssd_ms))


def summed(rr_ticks: Sequence[int]) -> Sums:
    sums = Sums()
    before = None
    for beat in beats(rr_ticks):
        one = JudgedBeat(beat, None)
        sums.change(one, difference(before, one), 1)
        before = one
    return sums


@pytest.mark.parametrize(
    ("which", "rmssd_ms", "sdnn_ms", "nn50"), [(0, 101.301, 95.690, 163), (1, 60.523, 85.357, 1338)]
)
def test_the_values_pyhrv_published_are_met(
    which: int, rmssd_ms: float, sdnn_ms: float, nn50: int
) -> None:
    nni_ms = pyhrv_nni_ms()[which]
    sums = summed(nni_ms)
    assert sums.rmssd_ms == pytest.approx(rmssd_ms / MS_AS_TICKS, abs=0.0005)
    assert sums.sdnn_ms == pytest.approx(sdnn_ms / MS_AS_TICKS, abs=0.0005)
    assert summed([round(rr * MS_AS_TICKS) for rr in nni_ms]).beyond == nn50


def test_sd1_and_sd2_are_pyhrvs_save_that_it_divides_by_n() -> None:
    """It takes the spread of the pairs themselves, which differs by a beat at either end."""
    sums = summed(pyhrv_nni_ms()[1])
    assert sums.sd1_ms == pytest.approx(42.797 / MS_AS_TICKS, rel=0.0005)
    assert sums.sd2_ms == pytest.approx(112.837 / MS_AS_TICKS, rel=0.0005)


@pytest.mark.parametrize(("reference", "rr_samples"), toolbox_windows())
def test_the_windows_of_the_physionet_toolbox_are_met(
    reference: Reference, rr_samples: tuple[int, ...]
) -> None:
    sums = summed([8 * rr for rr in rr_samples])
    assert near(60_000 / (sums.hr_bpm or 0) * MS_AS_TICKS, reference.mean_ms)
    assert near((sums.rmssd_ms or 0) * MS_AS_TICKS, reference.rmssd_ms)
    assert near((sums.sdnn_ms or 0) * MS_AS_TICKS, reference.sdnn_ms)
    assert near((sums.sd1_ms or 0) * MS_AS_TICKS, reference.sd1_ms)
    assert near((sums.sd2_ms or 0) * MS_AS_TICKS, reference.sd2_ms)


def test_fifty_milliseconds_are_not_more_than_fifty() -> None:
    # 51.2 ticks are 50 ms: 51 are not beyond it, and 52 are.
    assert summed([1024, 1075] * 11).pnn50 == 0.0
    assert summed([1024, 1076] * 11).pnn50 == 1.0


def test_where_differences_say_more_than_intervals_there_is_no_sd2() -> None:
    # Lone intervals between artefacts have no difference, and lie in the middle of the seesaw.
    sliding = SlidingWindow()
    for one in judged([1000, 1010] * 20 + [1005] * 40, flagged=range(40, 80, 2)):
        sliding.add((one,))
    assert sliding.sums.sd1_ms is not None
    assert sliding.sums.sd2_ms is None


def test_the_error_of_ln_rmssd_stands_beside_it() -> None:
    draw = Random(3)
    hearts = [[round(draw.gauss(860, 30)) for _ in range(70)] for _ in range(60)]
    errors = [window(judged(rr)).ln_rmssd_se or 0 for rr in hearts]
    # So many differences of uncorrelated intervals tell ln RMSSD within √(3/n)/2, about 0.1; three
    # waves and Student's wider quantile make half as much again of it.
    assert sum(errors) / len(errors) == pytest.approx(0.15, abs=0.03)


def test_a_heart_that_never_varies_has_no_logarithm_and_no_error() -> None:
    steady = judged([1024] * 60)
    assert window(steady).rmssd_ms == 0.0
    assert window(steady).ln_rmssd_se is None
    assert summed([1024] * 60).ln_rmssd is None


def test_rmssd_of_a_seesaw_is_its_step() -> None:
    assert window(judged([1024, 1034] * 30)).rmssd_ms == pytest.approx(10 * 1000 / 1024)


def test_heart_rate_is_sixty_seconds_over_the_mean_interval() -> None:
    assert window(judged([512, 1024] * 40)).hr_bpm == 80.0


def test_rmssd_does_not_reach_across_a_cut() -> None:
    before = judged([1000] * 30)
    after = judged([800] * 30, start_ms=before[-1].beat.t_ms, run=2)
    found = window(before + after)
    assert found.differences == 58
    assert found.rmssd_ms == 0.0


def test_rmssd_does_not_reach_across_an_artefact() -> None:
    found = window(judged([1000] * 30 + [1600] + [800] * 30, flagged=[30]))
    assert found.differences == 58
    assert found.rmssd_ms == 0.0


def test_an_artefact_counts_in_no_heart_rate() -> None:
    assert window(judged([1024] * 30 + [300] + [1024] * 29, flagged=[30])).hr_bpm == 60.0


def test_the_difference_to_a_beat_that_has_left_is_forgotten() -> None:
    # 60 s after the first beat of 2000 ticks it is gone, and with it the great step down.
    beats = judged([2000] + [1000] * 70)
    assert window(beats, beats[0].beat.t_ms + 60_000).rmssd_ms == 0.0


def test_a_beat_at_the_mark_belongs_to_the_window_and_one_a_minute_before_does_not() -> None:
    beats = judged([1024] * 61)
    found = window(beats, beats[-1].beat.t_ms)
    assert found.beats == 60
    assert found.differences == 59


def test_rmssd_is_withheld_below_twenty_differences() -> None:
    # 21 intervals of 1.5 s are 20 differences and half a minute.
    assert window(judged([1536] * 21)).rmssd_ms is not None
    assert window(judged([1536] * 20)).rmssd_ms is None


def test_numbers_are_withheld_below_half_a_minute() -> None:
    enough, too_little = window(judged([1024] * 30)), window(judged([1024] * 29 + [1023]))
    assert (enough.hr_bpm, enough.coverage) == (60.0, 0.5)
    assert (too_little.hr_bpm, too_little.rmssd_ms) == (None, None)


def test_an_empty_window_has_no_numbers_and_no_artefacts() -> None:
    assert SlidingWindow().at(MINUTE) == Window(MINUTE, None, None, 0, 0, 0, 0.0, 0.0)


def test_the_share_of_artefacts_is_told() -> None:
    assert window(judged([1024] * 50, flagged=range(5))).flagged == pytest.approx(0.1)


def test_a_window_covers_no_more_than_all_of_itself() -> None:
    assert window(judged([1025] * 60)).coverage <= 1.0


@given(intervals)
def test_what_came_in_and_went_out_leaves_nothing(drawn: list[tuple[int, bool, int]]) -> None:
    sliding = SlidingWindow()
    for one in stream(drawn):
        sliding.add((one,))
    sliding.at(START)
    emptied = sliding.at(START + 10_000_000)
    assert emptied == Window(START + 10_000_000, None, None, 0, 0, 0, 0.0, 0.0)


@given(intervals, st.data())
def test_windows_do_not_depend_on_how_beats_were_grouped(
    drawn: list[tuple[int, bool, int]], data: st.DataObject
) -> None:
    beats = stream(drawn)
    end = beats[-1].beat.t_ms
    looked, at_once = SlidingWindow(), SlidingWindow()
    for one in beats:
        looked.add((one,))
        at_once.add((one,))
        if data.draw(st.booleans()):
            looked.at(one.beat.t_ms)
    assert looked.at(end) == at_once.at(end)


def test_neighbours_differ_and_others_do_not() -> None:
    one, two, flagged = judged([1000, 1010, 1005], flagged=[2])
    (other_run,) = judged([1000], run=2)
    assert difference(one, two) == 10
    assert difference(None, one) is None
    assert difference(two, flagged) is None
    assert difference(flagged, one) is None
    assert difference(one, other_run) is None


def test_nothing_measured_over_no_time_is_nothing() -> None:
    assert measure(Sums(), MINUTE, 0).coverage == 0.0
