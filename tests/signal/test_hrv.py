from itertools import pairwise
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from softfront_signal.artefacts import JudgedBeat
from softfront_signal.hrv import SlidingWindow, Sums, difference, measure
from softfront_signal.moments import Window

from .making import START, judged

MINUTE = START + 60_000

# Intervals of a random stream: ticks, whether flagged, whether a cut lies before.
intervals = st.lists(
    st.tuples(st.integers(250, 2200), st.integers(0, 9).map(lambda n: n == 0), st.integers(0, 19)),
    min_size=1,
    max_size=300,
)
marks = st.lists(st.integers(0, 300_000), min_size=1, max_size=10).map(sorted)


def stream(drawn: list[tuple[int, bool, int]]) -> list[JudgedBeat]:
    made: list[JudgedBeat] = []
    run, at_ms = 1, START
    for rr, flagged, cut in drawn:
        if cut == 0:
            run, at_ms = run + 1, at_ms + 7000
        made += judged([rr], [0] if flagged else [], at_ms, run)
        at_ms = made[-1].beat.t_ms
    return made


def naive(stream: list[JudgedBeat], t_ms: int, span_ms: int = 60_000) -> Window:
    """Compute a window as one would on paper."""
    within = [j for j in stream if t_ms - span_ms < j.beat.t_ms <= t_ms]
    nn = [j.beat.rr_ticks for j in within if j.artefact is None]
    steps = [
        b.beat.rr_ticks - a.beat.rr_ticks
        for a, b in pairwise(within)
        if a.artefact is None and b.artefact is None and a.beat.run == b.beat.run
    ]
    coverage = min(1.0, sum(nn) * 1000 / 1024 / span_ms)
    rmssd = sqrt(sum(s * s for s in steps) / len(steps)) * 1000 / 1024 if steps else 0.0
    return Window(
        t_ms=t_ms,
        hr_bpm=60 * 1024 * len(nn) / sum(nn) if coverage >= 0.5 else None,
        rmssd_ms=rmssd if coverage >= 0.5 and len(steps) >= 20 else None,
        beats=len(within),
        valid=len(nn),
        differences=len(steps),
        coverage=coverage,
        flagged=1 - len(nn) / len(within) if within else 0.0,
    )


def window(beats: list[JudgedBeat], t_ms: int = MINUTE) -> Window:
    sliding = SlidingWindow()
    for one in beats:
        sliding.add([one])
    return sliding.at(t_ms)


@given(intervals, marks)
def test_the_sliding_window_is_what_one_would_compute_on_paper(
    drawn: list[tuple[int, bool, int]], at_ms: list[int]
) -> None:
    beats, sliding = stream(drawn), SlidingWindow()
    waiting = list(beats)
    for mark in (START + at for at in at_ms):
        while waiting and waiting[0].beat.t_ms <= mark:
            sliding.add([waiting.pop(0)])
        assert sliding.at(mark) == naive(beats, mark)


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
        sliding.add([one])
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
        looked.add([one])
        at_once.add([one])
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
