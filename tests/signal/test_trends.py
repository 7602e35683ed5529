from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from softfront_signal.resampling import drawings
from softfront_signal.same_hour import same_hour
from softfront_signal.through_days import line
from softfront_signal.trends import (
    DAYS_A_MONTH,
    Change,
    Means,
    change,
    full_weeks,
    of_days,
    of_groups,
)

from .lives import CLOCK, LEVEL, LivedWeeks, Weeks, lived_weeks

ROTATING, EARLY = (6, 14, 22), (6,)


@dataclass(frozen=True, slots=True)
class Seen:
    """What is said of one person, beside what is true."""

    life: LivedWeeks
    clock: float
    days: Means
    weeks: Means
    change: Change | None
    naive: tuple[float, float]
    """The slope of all minutes, each taken for one of its own, and its standard error."""


def look(life: LivedWeeks, draw: np.random.Generator) -> Seen:
    found = same_hour(life.values, life.places, life.hours, len(life.days))
    assert found is not None
    table = np.nan_to_num(found.rest + found.usual + found.level[:, None])
    fit = line(table, found.weights, life.days, drawings(len(life.days), draw))
    known = ~np.isnan(life.values)
    hours = np.repeat(life.hours, 15).reshape(known.shape)[known]
    weeks = of_groups(found.level, (life.days - 1) // 7, fit.likeness if fit else 0, draw)
    said = change(fit, life.days) if fit else None
    clock = float(CLOCK[hours].mean())
    return Seen(life, clock, of_days(found, draw), weeks, said, naive(life, known))


def naive(life: LivedWeeks, known: NDArray[np.bool_]) -> tuple[float, float]:
    at = np.repeat(life.days[life.places], 15).reshape(known.shape)[known].astype(float)
    x, y = at - at.mean(), life.values[known] - life.values[known].mean()
    slope = float(x @ y / (x @ x))
    return slope, float(np.sqrt(((y - slope * x) ** 2).mean() / (x @ x)))


@cache
def people(life: Weeks, count: int) -> tuple[Seen, ...]:
    draw = np.random.default_rng(life.weeks)
    return tuple(look(lived_weeks(draw, life), draw) for _ in range(count))


def held(seen: Iterator[tuple[float, float, float]]) -> float:
    every = [low <= truth <= high for truth, low, high in seen if not np.isnan(low)]
    assert len(every) > 150
    return sum(every) / len(every)


def of_change(seen: tuple[Seen, ...], a_day: float = 0.0) -> Iterator[tuple[float, float, float]]:
    for it in seen:
        if it.change is not None:
            yield a_day * DAYS_A_MONTH, it.change.low, it.change.high


NOTHING = [
    (Weeks(3, 4, EARLY, 0.0), 400),
    (Weeks(3, 4, EARLY), 400),
    (Weeks(9, 5, ROTATING), 250),
    (Weeks(9, 5, ROTATING, 0.5), 250),
    (Weeks(26, 5, ROTATING), 160),
]


@pytest.mark.parametrize(("life", "count"), NOTHING)
def test_where_nothing_changes_95_intervals_in_100_hold_that(life: Weeks, count: int) -> None:
    seen = people(life, count)
    assert 0.91 <= held(of_change(seen)) <= 0.99  # of so few people; all together see below


def test_a_line_is_drawn_for_five_people_in_100_in_whom_nothing_changes() -> None:
    seen = tuple(it for case in NOTHING for it in people(*case))
    assert 0.93 <= held(of_change(seen)) <= 0.97
    drawn = [bool(it.change.line) for it in seen if it.change]
    assert sum(drawn) / len(drawn) <= 0.05 + 0.015


def test_minutes_taken_for_numbers_of_their_own_see_changes_everywhere() -> None:
    """The control: what this house does not do, and why."""
    seen = people(Weeks(9, 5, ROTATING), 250)
    ends = (
        (0.0, it.naive[0] - 1.96 * it.naive[1], it.naive[0] + 1.96 * it.naive[1]) for it in seen
    )
    assert held(ends) < 0.4


def test_nights_after_early_shifts_are_no_change() -> None:
    """The clock alone adds 0.4; days held against each other whole would tell it as a change."""
    seen = people(Weeks(8, 5, (6, 6, 6, 6, 22, 22, 22, 22)), 160)
    assert held(of_change(seen)) >= 0.92
    raw = []
    for it in seen:
        days = np.array([np.nanmean(it.life.values[it.life.places == at]) for at in range(40)])
        drawn = drawings(40, np.random.default_rng(1))
        fit = line(days[:, None], np.ones((40, 1)), it.life.days, drawn)
        assert fit is not None
        raw.append((0.0, fit.low, fit.high))
    assert held(iter(raw)) < 0.7


def test_what_changes_is_seen_as_often_as_the_least_detectable_says() -> None:
    life = Weeks(12, 5, ROTATING, 0.3, 0.003)
    seen = people(life, 160)
    assert 0.91 <= held(of_change(seen, life.a_day)) <= 0.99
    drawn = np.mean([bool(it.change and it.change.line) for it in seen])
    # A change that is just detectable is seen by four in five.
    least = np.median([it.change.detectable for it in seen if it.change])
    assert least == pytest.approx(0.003 * 81, rel=0.1)
    assert drawn == pytest.approx(0.8, abs=0.08)


def test_a_day_and_a_week_are_known_as_well_as_is_said() -> None:
    days, weeks = [], []
    for it in people(Weeks(9, 5, ROTATING), 250)[:120]:
        truths = zip(it.life.levels + it.clock, it.days.low, it.days.high, strict=True)
        days += [(truth, low, high) for truth, low, high in truths]
        weeks += [(LEVEL + it.clock, *at) for at in zip(it.weeks.low, it.weeks.high, strict=True)]
    assert 0.93 <= held(iter(days)) <= 0.97
    assert 0.94 <= held(iter(weeks)) <= 0.985  # the spread that all weeks lend is a careful one


def test_the_same_days_are_told_the_same() -> None:
    life = lived_weeks(np.random.default_rng(1), Weeks(5))
    once, again = (look(life, np.random.default_rng(7)) for _ in range(2))
    assert once.change == again.change
    assert np.array_equal(once.days.low, again.days.low)


def test_a_week_is_full_with_four_days() -> None:
    days = np.array([1, 2, 4, 7, 8, 9, 10])
    values = np.ones(7)
    assert full_weeks(values, days) == 1
    assert full_weeks(np.where(days == 4, np.nan, values), days) == 0


def test_a_day_of_few_still_minutes_has_no_number() -> None:
    values = np.full((8, 15), np.nan)
    values[:4] = 3.0
    values[4, :10] = 3.0
    found = same_hour(values, np.repeat([0, 1], 4), np.tile([6, 6, 7, 7], 2), 2)
    assert found is not None
    means = of_days(found, np.random.default_rng(1))
    assert means.value[0] == pytest.approx(3.0)
    assert np.isnan(means.value[1])
    assert np.isnan(means.low).all()  # two days tell no spread
