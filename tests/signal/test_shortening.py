from dataclasses import replace

import numpy as np
import pytest

from softfront_signal.recovery import Return
from softfront_signal.shortening import Trend, full_weeks, own_shares, trend

from .lives import MINUTE, lived_returns


def test_a_week_is_full_with_four_days() -> None:
    four = [Return(0, MINUTE, True, None, day) for day in (1, 2, 4, 7)]
    assert full_weeks(four) == 1
    assert full_weeks([*four, *four]) == 1
    assert full_weeks(four[:3] * 5) == 0
    assert full_weeks([replace(it, day=it.day + 3) for it in four]) == 0


def test_a_trend_needs_three_weeks_of_four_days() -> None:
    draw = np.random.default_rng(3)
    assert trend([]) is None
    assert trend(lived_returns(draw, weeks=2, days=7)) is None
    assert trend(lived_returns(draw, weeks=9, days=3)) is None
    found = trend(lived_returns(draw, weeks=3, days=4))
    assert found is not None
    assert found.weeks == 3


def test_a_trend_needs_eight_that_were_seen_to_end() -> None:
    every = [
        replace(it, back=False) for it in lived_returns(np.random.default_rng(4), weeks=5, days=5)
    ]
    assert trend(every) is None


def test_times_that_are_all_the_same_have_no_trend() -> None:
    every = [Return(0, 5 * MINUTE, True, None, 1 + 7 * w + d) for w in range(4) for d in range(5)]
    assert trend(every) is None


def found_trends(weeks: int, days: int, people: int, shorter: float = 0.0) -> list[Trend]:
    draw = np.random.default_rng(weeks)
    found = [
        trend(lived_returns(draw, weeks, days, shorter_a_month=shorter)) for _ in range(people)
    ]
    return [it for it in found if it is not None]


def test_where_nothing_changes_95_intervals_in_100_hold_that() -> None:
    cases = [(3, 4, 600), (5, 5, 500), (12, 4, 300)]
    found = [it for case in cases for it in found_trends(*case)]
    assert len(found) == 1400
    assert 0.93 <= sum(it.low <= 0 <= it.high for it in found) / len(found) <= 0.97
    # Half of the others lie to either side.
    assert abs(sum(it.value > 0 for it in found) / len(found) - 0.5) < 0.05


def test_what_becomes_shorter_is_told_in_minutes_a_month() -> None:
    found = found_trends(12, 5, 60, shorter=0.3)
    assert sum(it.high < 0 for it in found) > 50
    # Of a mean near 11 minutes three in ten go in a month, and less as it shrinks.
    assert -3.0 < np.mean([it.value for it in found]) < -1.5
    assert {it.weeks for it in found} == {12}


def test_a_line_is_drawn_only_where_its_interval_leaves_zero_out() -> None:
    for it in found_trends(12, 5, 60, shorter=0.15):
        assert bool(it.line) == (it.low > 0 or it.high < 0)


def test_the_line_falls_as_the_trend_says_and_is_surest_amid_its_weeks() -> None:
    draw = np.random.default_rng(12)
    found = trend(lived_returns(draw, weeks=12, days=5, shorter_a_month=0.3))
    assert found is not None
    assert len(found.line) == found.weeks
    falls = np.diff([it.minutes for it in found.line])
    assert falls == pytest.approx(np.full(found.weeks - 1, found.value * 7 / (365.25 / 12)))
    widths = [it.high - it.low for it in found.line]
    assert 2 < int(np.argmin(widths)) < 9
    assert all(it.low < it.minutes < it.high for it in found.line)


def test_one_evening_without_end_is_no_trend() -> None:
    every = lived_returns(np.random.default_rng(6), weeks=6, days=5)
    late = [Return(0, 400 * MINUTE, True, None, 7 * 6 + 1)]
    found, other = trend(every), trend([*every, *late])
    assert found is not None
    assert other is not None
    assert abs(other.value - found.value) < 5.0


def test_times_that_all_ended_are_their_own_shares() -> None:
    minutes = np.array([1.0, 2.0, 2.0, 7.0, 90.0])
    found = own_shares(minutes, np.ones(5, bool), 60.0)
    assert found == pytest.approx([1.0, 2.0, 2.0, 7.0, 60.0])


def test_shares_average_to_the_area_under_the_curve() -> None:
    """By hand: 1 until 2, then 3/4 until 6, then 3/8 until 8."""
    minutes, ended = np.array([2.0, 4.0, 6.0, 8.0]), np.array([True, False, True, False])
    found = own_shares(minutes, ended, 8.0)
    without = [2 + 4 * 2 / 3 + 2 * 1 / 3]
    assert without == pytest.approx([16 / 3])
    assert found.mean() == pytest.approx(2 + 3 + 0.75, rel=0.05)


def test_what_was_lost_counts_for_longer_than_it_was_seen() -> None:
    minutes, ended = np.array([5.0] * 8 + [30.0] * 8 + [4.0]), np.array([True] * 16 + [False])
    found = own_shares(minutes, ended, 60.0)
    assert found[-1] > 15
    assert found[0] < 6
