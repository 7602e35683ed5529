import numpy as np
import pytest

from softfront_signal.resampling import drawings, errors_of_means, likeness, scatter
from softfront_signal.same_hour import HOURS, SameHour, same_hour
from softfront_signal.through_days import line


def fitted(cells: dict[tuple[int, int], float], days: int) -> SameHour:
    """Lay in hours of a day, sixty minutes each."""
    at = [place for place in cells for _ in range(4)]
    values = np.repeat([[cells[place]] for place in at], 15, axis=1).astype(float)
    of_day, of_hour = np.array(at).T
    found = same_hour(values, of_day, of_hour, days)
    assert found is not None
    return found


def test_a_day_of_nights_stands_beside_a_day_of_early_hours() -> None:
    """Hour 5 is 10 lower than hour 6 on the day that has both; the other two have one each."""
    found = fitted({(0, 5): 60, (0, 6): 70, (1, 5): 62, (2, 6): 72}, 3)
    assert found.level[1] == pytest.approx(found.level[2], abs=0.7)
    assert found.level[1] - found.level[0] == pytest.approx(2, abs=0.7)


def test_kinds_of_shift_that_share_no_hour_are_held_against_themselves() -> None:
    nights = {(day, 2): 60.0 + day % 2 for day in range(4)}
    early = {(day, 8): 80.0 + day % 2 for day in range(4, 8)}
    found = fitted(nights | early, 8)
    assert found.level[:4].mean() == pytest.approx(found.level[4:].mean())


def test_what_is_left_and_what_was_taken_out_add_up() -> None:
    cells = {
        (day, hour): 70.0 + 3 * day - hour + (day * hour) % 3
        for day in range(3)
        for hour in (6, 7, 8)
    }
    found = fitted(cells, 3)
    for (day, hour), value in cells.items():
        assert found.level[day] + found.usual[hour] + found.rest[day, hour] == pytest.approx(value)
    assert np.isnan(found.rest[0, 9])


def test_where_nothing_is_known_nothing_is_made_of_it() -> None:
    nothing, place = np.full((2, 15), np.nan), np.array([0, 0])
    assert same_hour(nothing, place, place, 1) is None
    some = same_hour(np.ones((1, 15)), np.array([1]), np.array([6]), 3)
    assert some is not None
    assert np.isnan(some.level[[0, 2]]).all()
    assert some.minutes.tolist() == [0, 15, 0]
    assert some.rest.shape == (3, HOURS)


def test_likeness_is_that_of_neighbours_and_gaps_are_gaps() -> None:
    draw = np.random.default_rng(2)
    row = np.empty(4000)
    now = 0.0
    for at in range(4000):
        now = 0.6 * now + draw.normal()
        row[at] = now
    row[::7] = np.nan
    assert likeness(row[None, :] - np.nanmean(row)) == pytest.approx(0.6, abs=0.06)
    assert likeness(draw.normal(size=(1, 4000))) < 0.05
    assert likeness(np.full((1, 5), np.nan)) == 0


def test_neighbours_that_are_alike_scatter_more_together() -> None:
    days, ones = np.arange(20), np.ones(20)
    assert scatter(ones, days, 0.0) == 1
    assert scatter(ones, days, 0.4) > 1.3
    assert scatter(ones, 30 * days, 0.4) == pytest.approx(1)
    assert scatter(np.resize([1.0, -1.0], 20), days, 0.4) < 1  # what swings evens out


def test_a_dozen_numbers_are_needed_before_a_spread_is_told() -> None:
    draw = np.random.default_rng(1)
    assert errors_of_means(draw.normal(size=(4, 3)), 0, draw) is None
    made = draw.normal(size=(80, 5))
    found = errors_of_means(made - made.mean(axis=1)[:, None], 0, draw)
    assert found is not None
    assert found[0] == pytest.approx([-1.96 / 5**0.5, 1.96 / 5**0.5], rel=0.15)


def test_a_line_goes_through_what_lies_on_one() -> None:
    days = np.arange(1, 21)
    values = np.linspace(3.1, 5.0, 20)[:, None]
    found = line(values, np.ones((20, 1)), days, drawings(20, np.random.default_rng(1)))
    assert found is not None
    assert found.slope == pytest.approx(0.1)
    heights, reach = found.at(np.array([5.0]))
    assert heights == pytest.approx([3.5])
    assert reach == pytest.approx([0], abs=1e-9)


def test_a_line_needs_a_dozen_days_and_more_where_kinds_of_shift_change() -> None:
    drawn = drawings(12, np.random.default_rng(1))
    days = np.arange(1, 13)
    values = np.random.default_rng(2).normal(size=(12, 1))
    assert line(values, np.ones((12, 1)), days, drawn) is not None
    assert line(values[:11], np.ones((11, 1)), days[:11], drawn[:, :11]) is None
    kinds = np.eye(3).repeat(4, axis=0)
    assert line(values * kinds, kinds, days, drawn) is None
