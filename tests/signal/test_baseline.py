from dataclasses import replace
from math import log
from statistics import median, quantiles

import pytest
from hypothesis import given
from hypothesis import strategies as st

from softfront_signal.baseline import Baseline, StillMinute
from softfront_signal.moments import Usual
from softfront_signal.quantiles import Weighted, percentile

from .making import DAY_MS, START

HOUR_MS = 3_600_000
values = st.floats(30, 200)


def minutes(
    count: int, first_ms: int = START, hr_bpm: float = 70.0, rmssd_ms: float = 30.0
) -> list[StillMinute]:
    """Make still minutes whose values lie around those given: −2 … +2 bpm, −2 … +2 ms."""
    return [
        StillMinute(first_ms + 60_000 * n, hr_bpm + n % 5 - 2, rmssd_ms + n % 5 - 2)
        for n in range(count)
    ]


def usual(known: list[StillMinute], t_ms: int = START) -> Usual:
    found = Baseline(known).usual(t_ms)
    assert found is not None
    return found


def earlier(days_ago: float, count: int = 60, hr_bpm: float = 70.0) -> list[StillMinute]:
    """Make still minutes around this hour, some days ago."""
    first = START - round(days_ago * DAY_MS) - 30_000 * count
    return minutes(count, first, hr_bpm)


@given(st.lists(values, min_size=2, max_size=60))
def test_percentiles_are_those_of_the_books(drawn: list[float]) -> None:
    ordered = sorted(drawn)
    tenths = quantiles(ordered, n=10, method="inclusive")
    assert percentile(ordered, 0.1) == pytest.approx(tenths[0])
    assert percentile(ordered, 0.9) == pytest.approx(tenths[-1])
    assert percentile(ordered, 0.5) == pytest.approx(median(ordered))
    assert (percentile(ordered, 0), percentile(ordered, 1)) == (ordered[0], ordered[-1])


@given(st.lists(st.tuples(values, st.floats(0.1, 10)), min_size=2, max_size=40))
def test_weights_that_are_alike_change_no_percentile(
    drawn: list[tuple[float, float]],
) -> None:
    ordered = sorted(value for value, _ in drawn)
    alike = Weighted((value, 3.0) for value in ordered)
    for share in (0.0, 0.1, 0.5, 0.95, 1.0):
        assert alike.percentile(share) == pytest.approx(percentile(ordered, share))
        within = Weighted(drawn).percentile(share)
        assert ordered[0] - 1e-9 <= within <= ordered[-1] + 1e-9
    middle = Weighted([(1.0, 1.0), (2.0, 8.0), (9.0, 1.0)])
    assert middle.spread() < Weighted([(1.0, 1.0), (2.0, 1.0), (9.0, 1.0)]).spread()


def test_what_is_less_well_known_weighs_less() -> None:
    sure = [replace(m, ln_rmssd_se=0.1) for m in minutes(40, START - HOUR_MS, rmssd_ms=30)]
    unsure = [replace(m, ln_rmssd_se=0.4) for m in minutes(40, START - 2 * HOUR_MS, rmssd_ms=60)]
    alike = minutes(40, START - HOUR_MS, rmssd_ms=30) + minutes(
        40, START - 2 * HOUR_MS, rmssd_ms=60
    )
    assert usual(alike).rmssd.high > 55
    weighted = usual(sure + unsure).rmssd
    assert weighted.median < 33
    assert weighted.high < usual(alike).rmssd.high
    assert usual(sure).rmssd == usual(minutes(40, START - HOUR_MS, rmssd_ms=30)).rmssd


def test_one_very_regular_minute_is_not_the_measure() -> None:
    regular = replace(minutes(1, START - 60_000, rmssd_ms=5)[0], ln_rmssd_se=0.001)
    known = [replace(m, ln_rmssd_se=0.15) for m in minutes(60, START - HOUR_MS - 60_000)]
    assert usual([*known, regular]).rmssd.median > 28


def test_what_is_older_weighs_less() -> None:
    slow = [m for day in (12, 13) for m in earlier(day, hr_bpm=60)]
    fast = [m for day in (1, 2) for m in earlier(day, hr_bpm=80)]
    assert usual(slow + fast).heart_rate.median > 77
    assert usual(slow + fast).heart_rate.low < 63


def test_the_proxy_has_a_usual_once_twenty_minutes_have_one() -> None:
    known = minutes(60, START - HOUR_MS)
    with_one = [
        replace(m, soothing=-3.0 + n % 5 / 10, soothing_se=0.1) for n, m in enumerate(known)
    ]
    assert usual(known).soothing is None
    assert usual(known[:41] + with_one[41:]).soothing is None
    found = usual(with_one)
    assert found.soothing is not None
    assert found.soothing.median == pytest.approx(-2.8)


def test_nothing_is_usual_below_twenty_minutes() -> None:
    assert Baseline(minutes(19, START - HOUR_MS)).usual(START) is None
    assert Baseline(minutes(20, START - HOUR_MS)).usual(START) is not None


@given(st.lists(st.tuples(values, st.floats(2, 200)), min_size=20, max_size=100))
def test_the_band_is_the_tenth_to_the_ninetieth_percentile(
    drawn: list[tuple[float, float]],
) -> None:
    known = [StillMinute(START - 60_000 * n, *both) for n, both in enumerate(drawn, start=1)]
    found = usual(known)
    rates, variations = (sorted(column) for column in zip(*drawn, strict=True))
    for band, column in ((found.heart_rate, rates), (found.rmssd, variations)):
        tenths = quantiles(column, n=10, method="inclusive")
        assert [band.low, band.high] == pytest.approx([tenths[0], tenths[-1]])
        assert band.median == pytest.approx(median(column))
    apart = [abs(rate - median(rates)) for rate in rates]
    assert found.hr_spread_bpm == pytest.approx(max(3.0, 1.4826 * median(apart)))
    assert found.ln_rmssd_median == pytest.approx(median(map(log, variations)))


def test_a_steady_heart_keeps_a_least_spread() -> None:
    flat = [StillMinute(START - 60_000 * n, 70.0, 30.0) for n in range(60)]
    found = usual(flat)
    assert (found.hr_spread_bpm, found.ln_rmssd_spread) == (3.0, 0.15)
    assert (found.theta_hr, found.theta_rmssd) == (1.0, 1.0)


def test_the_hour_counts_once_it_was_seen_on_three_days() -> None:
    other_hours = [m for day in (1, 2, 3) for m in earlier(day + 0.25, hr_bpm=90)]
    two = usual(other_hours + earlier(1) + earlier(2))
    three = usual(other_hours + earlier(1) + earlier(2) + earlier(3))
    assert not two.hourly
    assert three.hourly
    assert three.heart_rate.median == 70.0


def test_days_are_counted_as_a_person_counts_them() -> None:
    # Yesterday's minutes from 08:30 to 09:30, asked at 09:00, are one day and not two.
    assert usual(earlier(1)).days == 1
    assert usual(earlier(1) + earlier(2) + earlier(3)).days == 3
    assert usual(earlier(1) + minutes(10, START - 600_000)).days == 2


def test_the_same_hour_is_found_across_midnight() -> None:
    midnight = START - 9 * HOUR_MS
    known = [m for day in (1, 2, 3) for m in minutes(20, midnight - day * DAY_MS - 1_800_000)]
    assert usual(known, midnight + 900_000).hourly


def test_today_counts_besides_the_hour_of_earlier_days() -> None:
    known = [m for day in (1, 2, 3) for m in earlier(day)]
    assert usual(known + minutes(60, START - HOUR_MS)).minutes == 3 * 60 + 60


def test_one_odd_day_does_not_become_the_measure() -> None:
    known = [m for day in range(1, 11) for m in earlier(day)]
    odd = minutes(90, START - 90 * 60_000, hr_bpm=95)
    assert usual(known + odd).heart_rate.median < 75


def test_what_is_older_than_two_weeks_is_forgotten() -> None:
    baseline = Baseline(earlier(15) + earlier(13))
    baseline.offer(StillMinute(START, 70.0, 30.0))
    assert baseline.learn(START + 120_000) == START
    now = baseline.usual(START + 120_000)
    assert now is not None
    assert now.minutes == 61
    assert baseline.reaches_back_s(START) < 14 * 86_400


def test_minutes_of_two_weeks_ago_are_forgotten_before_anything_new_is_learnt() -> None:
    baseline = Baseline(earlier(15))
    assert baseline.learn(START) is None
    assert baseline.usual(START) is None
    assert baseline.percent() == 0


def test_a_minute_waits_two_before_it_is_learnt() -> None:
    baseline = Baseline()
    baseline.offer(StillMinute(START, 70.0, 30.0))
    assert baseline.learn(START + 119_999) is None
    assert baseline.learn(START + 120_000) == START
    assert baseline.learn(START + 500_000) is None


def test_a_refused_minute_is_never_learnt() -> None:
    baseline = Baseline()
    baseline.offer(StillMinute(START, 120.0, 10.0))
    baseline.refuse_waiting()
    assert baseline.learn(START + 900_000) is None


def test_what_was_learnt_changes_what_is_usual() -> None:
    baseline = Baseline(minutes(20, START - HOUR_MS))
    before = baseline.usual(START)
    baseline.offer(StillMinute(START, 90.0, 30.0))
    baseline.learn(START + 120_000)
    after = baseline.usual(START)
    assert before is not None
    assert after is not None
    assert (before.minutes, after.minutes) == (20, 21)


def test_learning_is_done_after_four_hours_of_still_minutes() -> None:
    assert Baseline().percent() == 0
    assert Baseline(minutes(60)).percent() == 25
    assert Baseline(minutes(500)).percent() == 100


def test_the_order_in_which_earlier_minutes_come_does_not_matter() -> None:
    known = earlier(1) + earlier(2)
    assert Baseline(reversed(known)).usual(START) == Baseline(known).usual(START)


def test_a_minute_learnt_after_the_clock_was_set_back_finds_its_place() -> None:
    baseline = Baseline(minutes(30, START + HOUR_MS))
    baseline.offer(StillMinute(START, 70.0, 30.0))
    baseline.learn(START + 120_000)
    assert baseline.reaches_back_s(START + 60_000) == 60


def test_a_heart_near_its_quiet_level_is_taken_as_still() -> None:
    baseline = Baseline(minutes(30, START - HOUR_MS))
    assert baseline.quiet_enough(80.0, START)
    assert not baseline.quiet_enough(90.0, START)
    assert Baseline(earlier(1)).quiet_enough(150.0, START)  # nothing is known of today
