from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pytest

from softfront_signal.clustered import slope
from softfront_signal.matching import ENOUGH, Moments, compare, spans_of

from .lives import DAYS, FAST, LEVEL, MEMORY_MIN, SHIFT_MIN, SLOW

HOUR = 7
LASTS_MIN = 2


@dataclass(frozen=True, slots=True)
class Practising:
    """When somebody sits down to practise, and what that does to the quarter-hour after."""

    days: int
    a_day: float
    effect: float = 0.0
    lower: float = 4.0
    """How much likelier the lower it is."""


def lived(draw: np.random.Generator, life: Practising) -> tuple[Moments, Moments]:
    """Make one person's shifts: what was done, and each quarter-hour with nothing done before."""
    kept = np.exp(-1 / MEMORY_MIN)
    done: list[tuple[int, int]] = []
    others: list[tuple[int, int]] = []
    values = np.empty((life.days, SHIFT_MIN, 2))
    for day in range(life.days):
        slow, pushes = np.empty(SHIFT_MIN), draw.normal(0, SLOW * np.sqrt(1 - kept**2), SHIFT_MIN)
        now = draw.normal(0, SLOW)
        for minute in range(SHIFT_MIN):
            now = kept * now + pushes[minute]
            slow[minute] = now
        level = draw.normal(0, DAYS)
        ln_rmssd = LEVEL + level + slow + draw.normal(0, FAST, SHIFT_MIN)
        sums = np.concatenate([[0.0], np.cumsum(ln_rmssd)])
        lately = (sums[20 : SHIFT_MIN - 15] - sums[16 : SHIFT_MIN - 19]) / 4
        wish = life.a_day / 250 * np.exp(-life.lower * (lately - LEVEL))
        chosen: list[int] = []
        for minute in (20 + np.flatnonzero(draw.random(len(wish)) < wish)).tolist():
            if not chosen or minute - chosen[-1] > 60:
                chosen.append(minute)
                ln_rmssd[minute + LASTS_MIN : minute + LASTS_MIN + 15] += life.effect
        values[day] = np.column_stack(
            [72 - 8 * (slow + level) + draw.normal(0, 1.5, SHIFT_MIN), ln_rmssd]
        )
        moving = np.repeat(draw.random(SHIFT_MIN // 10) > 0.7, 10)
        values[day][moving] = np.nan
        done += [(day, minute) for minute in chosen]
        free = range(4, SHIFT_MIN - 15, 15)
        others += [(day, at) for at in free if not any(0 <= at - it <= 30 for it in chosen)]
    ends = (1440 * np.arange(life.days)[:, None] + 60 * HOUR + np.arange(1, SHIFT_MIN + 1)).ravel()
    flat = values.reshape(-1, 2)
    return _moments(done, ends, flat), _moments(others, ends, flat)


def _moments(at: list[tuple[int, int]], ends: np.ndarray, values: np.ndarray) -> Moments:
    days, minutes = (np.array([it[place] for it in at], np.int64) for place in (0, 1))
    at_min = 1440 * days + 60 * HOUR + minutes
    after = at_min + LASTS_MIN
    return Moments(
        at_min,
        60 * HOUR + minutes,
        days,
        spans_of(ends, values, at_min - 4, at_min, 3),
        spans_of(ends, values, after + 3, after + 8, 3),
    )


def found(
    life: Practising, people: int
) -> Iterator[tuple[tuple[float, float], tuple[float, float]]]:
    """Give the interval of the difference, and that of before and after alone."""
    draw = np.random.default_rng(life.days)
    for _ in range(people):
        done, others = lived(draw, life)
        it = compare(done, others)
        if it.ln_rmssd is None:
            continue
        seen = done.those(done.seen)
        rise, ones = seen.after[:, 1] - seen.before[:, 1], np.ones(len(seen.days))
        alone = slope(rise, ones[:, None], ones, seen.days)
        assert alone is not None
        difference = it.ln_rmssd.difference
        yield (difference.low, difference.high), (alone.low, alone.high)


def test_what_comes_back_by_itself_is_no_effect_and_alone_it_looks_like_one() -> None:
    seen = [*found(Practising(30, 2), 80), *found(Practising(50, 1), 40)]
    assert len(seen) > 110
    assert 0.91 <= np.mean([low <= 0 <= high for (low, high), _ in seen]) <= 0.99
    # The control: before and after without anything beside it.
    assert np.mean([low <= 0 <= high for _, (low, high) in seen]) < 0.4


def test_what_it_does_is_found() -> None:
    seen = [interval for interval, _ in found(Practising(40, 2, effect=0.25), 20)]
    assert np.mean([low > 0 for low, _ in seen]) > 0.8
    assert np.mean([low <= 0.25 <= high for low, high in seen]) > 0.8


def some(n: int, day: int = 0, bpm: float = 70.0) -> Moments:
    at = 1440 * (day + np.arange(n)) + 600
    before = np.column_stack([np.linspace(bpm - 1, bpm + 1, n), np.linspace(3.3, 3.5, n)])
    return Moments(at, np.full(n, 600), day + np.arange(n), before, before + 0.01)


@pytest.mark.parametrize(("done", "others"), [(ENOUGH - 1, 40), (40, ENOUGH - 1), (0, 0)])
def test_below_eight_nothing_is_said(done: int, others: int) -> None:
    it = compare(some(done), some(others))
    assert (it.ln_rmssd, it.heart_rate) == (None, None)


def test_another_hour_another_level_and_another_month_are_not_like_it() -> None:
    done, others = some(10), some(10)
    assert compare(done, others).matched > 0
    later = Moments(others.at_min, others.clock_min + 61, others.days, others.before, others.after)
    assert compare(done, later).matched == 0
    assert compare(done, some(10, bpm=90)).matched == 0
    assert compare(done, some(10, day=40)).matched == 0


def test_minutes_before_midnight_and_after_are_the_same_hour() -> None:
    done, others = some(10), some(10)
    late = Moments(done.at_min, np.full(10, 1430), done.days, done.before, done.after)
    early = Moments(others.at_min, np.full(10, 20), others.days, others.before, others.after)
    assert compare(late, early).matched > 0


def test_a_stretch_with_too_few_known_minutes_has_no_mean() -> None:
    ends = np.arange(1, 11)
    values = np.column_stack([np.arange(10.0), np.where(np.arange(10) < 8, np.nan, 1.0)])
    means = spans_of(ends, values, np.array([0, 6]), np.array([4, 10]), 3)
    assert means[0, 0] == pytest.approx(1.5)
    assert np.isnan(means[:, 1]).all()
