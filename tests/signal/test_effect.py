from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from math import cos, inf, log, nan, pi
from random import Random

import numpy as np
import pytest

from softfront_signal.effect import ENOUGH, LEAST_DAYS, Effect, Estimate, effect, percent
from softfront_signal.errors import BadOccasions
from softfront_signal.occasions import Around, Occasion, Untreated, spans

from .lives import Life, lives

# 48 to 200 occasions on 12 to 40 days; a part of them is lost to those who walk away.
NULL = (Life(12, 130, 0.6), Life(20, 120, 0.5), Life(24, 120, 0.7), Life(40, 230, 0.6))
HELPS = Life(24, 62, 0.7, effect=0.2)


@cache
def told(life: Life, people: int, seed: int = 5) -> tuple[Effect, ...]:
    """Give what can be told, to those of whom something can."""
    draw = np.random.default_rng(seed)
    found = [effect(occasions) for occasions in lives(draw, life, people)]
    return tuple(it for it in found if it.rmssd is not None)


def holds(found: Estimate | None, truth: float) -> bool:
    assert found is not None
    return found.low <= truth <= found.high


def made(n: int = 60, days: int = 20, p: float = 0.5, seed: int = 1) -> list[Occasion]:
    """Make occasions by the rule that every second is offered something."""
    draw = Random(seed)
    return [
        Occasion(
            t_ms=1000 * at,
            day=at % days,
            offered=at % 2 == at // days % 2,
            p=p,
            taken=False,
            around=Around(
                before=draw.gauss(3.4, 0.3),
                rise=draw.gauss(3.0, 0.3),
                after=draw.gauss(3.4, 0.3),
                before_bpm=draw.gauss(75, 8),
                after_bpm=draw.gauss(75, 8),
            ),
            hour=draw.uniform(8, 16),
            minutes_since_activity=draw.choice([None, 12.0, 40.0, 200.0]),
        )
        for at in range(n)
    ]


def changed(occasions: Sequence[Occasion], **around: float | None) -> list[Occasion]:
    return [replace(it, around=replace(it.around, **around)) for it in occasions]


def test_where_nothing_helps_95_intervals_in_100_hold_that() -> None:
    found = [it for life in NULL for it in told(life, 350)]
    assert len(found) > 1200
    assert 0.93 <= sum(holds(it.rmssd, 0.0) for it in found) / len(found) <= 0.97


def test_before_and_after_sells_what_comes_back_by_itself() -> None:
    found = [it.naive for life in NULL for it in told(life, 350) if it.naive is not None]
    assert len(found) > 1200
    assert sum(it.low > 0 for it in found) / len(found) > 0.9
    assert 20 < percent(float(np.mean([it.value for it in found]))) < 35


def test_moments_without_an_offer_show_the_same_return() -> None:
    found = told(NULL[3], 350)
    alone = [it.untreated_from_rise for it in found if it.untreated_from_rise is not None]
    offered = [it.naive.value for it in found if it.naive is not None]
    assert sum(it.low > 0 for it in alone) / len(alone) > 0.9
    assert np.mean([it.value for it in alone]) == pytest.approx(np.mean(offered), abs=0.02)


def test_the_minutes_before_do_not_sell_it() -> None:
    found = [it.untreated.value for it in told(NULL[3], 350) if it.untreated is not None]
    assert -0.1 < np.mean(found) < 0.02


def test_48_occasions_find_a_change_of_a_fifth_four_times_in_five() -> None:
    found = [it for it in told(HELPS, 700) if it.n <= 60]
    assert np.mean([it.n for it in found]) == pytest.approx(52, abs=3)
    power = np.mean([not holds(it.rmssd, 0.0) for it in found])
    assert 0.7 <= power <= 0.87
    values = [it.rmssd.value for it in found if it.rmssd is not None]
    assert np.mean(values) == pytest.approx(0.2, abs=0.01)
    assert 0.92 <= np.mean([holds(it.rmssd, 0.2) for it in found]) <= 0.98


@pytest.mark.soak
@pytest.mark.parametrize("p", [0.5, 0.6, 0.7])
@pytest.mark.parametrize(
    ("days", "occasions"), [(12, 90), (12, 140), (24, 75), (40, 75), (40, 230)]
)
def test_intervals_hold_whatever_the_chance_and_the_days(
    days: int, occasions: float, p: float
) -> None:
    found = told(Life(days, occasions, p), 3000, seed=days)
    assert 0.93 <= sum(holds(it.rmssd, 0.0) for it in found) / len(found) <= 0.97


def test_a_chance_that_changes_is_weighed() -> None:
    """Where offers are likelier RMSSD is lower, and there alone they help."""
    draw = np.random.default_rng(3)
    occasions = []
    for at, it in enumerate(made(4000, days=200)):
        likely = bool(draw.random() < 0.5)
        p = 0.8 if likely else 0.4
        offered = bool(draw.random() < p)
        after = (3.0 if likely else 3.8) + 0.4 * (likely and offered) + draw.normal(0, 0.2)
        around = replace(it.around, before=None, after=float(after))
        occasions.append(replace(it, t_ms=at, offered=offered, p=p, around=around))
    found = effect(occasions).rmssd
    assert holds(found, 0.2)
    assert found is not None
    assert found.high - found.low < 0.1


def test_below_48_outcomes_nothing_is_told_but_how_many() -> None:
    found = effect(made(ENOUGH - 1))
    assert (found.n, found.needed) == (47, 48)
    assert (found.rmssd, found.heart_rate, found.taken) == (None, None, None)
    assert effect(made(ENOUGH)).rmssd is not None


def test_nothing_yet_is_no_error() -> None:
    found = effect([])
    assert (found.n, found.needed, found.untreated, found.naive) == (0, 48, None, None)


def test_too_few_days_ask_for_one_occasion_each() -> None:
    found = effect(made(100, days=LEAST_DAYS - 2))
    assert (found.rmssd, found.n, found.needed) == (None, 100, 102)
    assert effect(made(100, days=1)).rmssd is None
    assert effect(made(100, days=LEAST_DAYS)).rmssd is not None


@pytest.mark.parametrize("offered", [True, False])
def test_one_arm_alone_is_compared_with_nothing(offered: bool) -> None:
    found = effect([replace(it, offered=offered) for it in made(100)])
    assert (found.rmssd, found.needed) == (None, 108)


def test_an_arm_on_one_day_alone_tells_nothing() -> None:
    occasions = made(100, days=20)
    ten = [replace(it, t_ms=-1 - it.t_ms, day=3, offered=False) for it in occasions[:10]]
    found = effect([*(replace(it, offered=True) for it in occasions), *ten])
    assert (found.n, found.needed, found.rmssd) == (110, 111, None)


def test_an_outcome_that_is_missing_counts_for_its_arm_alone() -> None:
    occasions = made(60)
    gone = [*changed(occasions[:5], after=None), *occasions[5:]]
    found = effect(gone)
    lost = [it.offered for it in occasions[:5]]
    assert (found.n, found.offered.missing, found.silent.missing) == (
        55,
        lost.count(True),
        lost.count(False),
    )
    assert found.rmssd is not None
    assert (found.rmssd.offered, found.rmssd.silent) == (
        found.offered.outcomes,
        found.silent.outcomes,
    )


def test_without_the_minutes_before_an_occasion_still_counts() -> None:
    found = effect([*changed(made(60)[:20], before=None), *made(60)[20:]])
    assert found.n == 60
    assert found.rmssd is not None
    assert effect(changed(made(60), before=None)).rmssd is not None


def test_what_lies_before_is_taken_out() -> None:
    """An outcome that the minutes before explain wholly is known nearly wholly."""
    occasions = [
        replace(it, around=replace(it.around, after=it.around.before + 0.3 * it.offered + noise))
        for it, noise in zip(made(60), np.random.default_rng(1).normal(0, 0.01, 60), strict=True)
        if it.around.before is not None
    ]
    found = effect(occasions).rmssd
    assert holds(found, 0.3)
    assert found is not None
    assert found.high - found.low < 0.02


def test_hour_and_movement_are_held_constant_once_there_are_96_occasions_on_24_days() -> None:
    def width(n: int, days: int) -> float:
        occasions = [
            replace(it, around=replace(it.around, after=3 + cos(pi * it.hour / 12)))
            for it in made(n, days)
        ]
        found = effect(occasions).rmssd
        assert found is not None
        return found.high - found.low

    assert width(96, 24) < 1e-6 < width(96, 23)
    assert width(95, 24) > 1e-6


def test_pauses_that_were_taken_stand_apart() -> None:
    occasions = [
        replace(
            it,
            taken=it.offered and at % 3 > 0,
            around=replace(it.around, after=3.4 + 0.5 * (it.offered and at % 3 > 0) + at % 5 / 100),
        )
        for at, it in enumerate(made(90))
    ]
    found = effect(occasions)
    assert found.rmssd is not None
    assert found.taken is not None
    assert (found.taken.offered, found.taken.silent) == (30, 45)
    assert found.taken.value == pytest.approx(0.5, abs=0.02)
    assert found.rmssd.value == pytest.approx(0.5 * 30 / 45, abs=0.1)


def test_few_taken_pauses_are_not_told() -> None:
    occasions = [replace(it, taken=it.offered and at < 12) for at, it in enumerate(made(90))]
    assert effect(occasions).taken is None


def test_heart_rate_is_told_beside_it() -> None:
    occasions = [
        replace(it, around=replace(it.around, after_bpm=70 - 5 * it.offered + at % 7 / 10))
        for at, it in enumerate(made(60))
    ]
    found = effect(occasions).heart_rate
    assert found is not None
    assert found.value == pytest.approx(-5, abs=0.2)
    assert effect(changed(made(60), before_bpm=None, after_bpm=None)).heart_rate is None


def test_what_was_held_back_without_chance_is_only_looked_at() -> None:
    occasions = [replace(it, offered=True) for it in made(60)]
    assert effect(occasions).untreated is None
    held = [Untreated(it.day, it.around) for it in made(60)]
    found = effect(occasions, held)
    assert found.untreated is not None
    assert (found.untreated.moments, found.untreated.days, found.n) == (60, 20, 60)
    one_more = effect(made(60), held).untreated
    assert one_more is not None
    assert one_more.moments == 90


def test_a_days_moments_have_one_say() -> None:
    quiet = [Untreated(day, Around(3.0, 2.8, 3.0 + day / 100)) for day in range(7)]
    loud = [Untreated(0, Around(3.0, 2.8, 9.0))] * 50
    found = effect([], [*quiet, *loud]).untreated
    assert found is not None
    assert found.value == pytest.approx(0.04)


@pytest.mark.parametrize("p", [0.0, 1.0, -0.2, 1.5, nan, inf])
def test_what_is_no_chance_is_refused(p: float) -> None:
    with pytest.raises(BadOccasions, match="at index 3"):
        effect([*made(3), replace(made(4)[3], p=p)])


@pytest.mark.parametrize("number", [nan, inf, -inf])
@pytest.mark.parametrize("name", ["before", "rise", "after", "before_bpm", "after_bpm"])
def test_what_is_no_number_is_refused(name: str, number: float) -> None:
    bad = changed(made(4)[3:], **{name: number})
    with pytest.raises(BadOccasions, match="at index 3") as refused:
        effect([*made(3), *bad])
    assert str(number) not in str(refused.value).split()
    with pytest.raises(BadOccasions):
        effect([], [Untreated(0, bad[0].around)])


def test_nan_hours_and_minutes_are_refused() -> None:
    for bad in (replace(made(1)[0], hour=nan), replace(made(1)[0], minutes_since_activity=inf)):
        with pytest.raises(BadOccasions):
            effect([bad])


@pytest.mark.parametrize("name", ["before", "rise", "after", "after_bpm"])
def test_a_number_that_never_changes_is_no_hearts(name: str) -> None:
    with pytest.raises(BadOccasions):
        effect(changed(made(60), **{name: 3.5}))


def test_what_was_not_offered_cannot_be_taken() -> None:
    with pytest.raises(BadOccasions):
        effect([replace(made(1)[0], offered=False, taken=True)])


def test_a_moment_comes_once() -> None:
    with pytest.raises(BadOccasions):
        effect([*made(2), made(1)[0]])


def test_order_says_nothing() -> None:
    occasions = made(60)
    found, other = effect(occasions).rmssd, effect(occasions[::-1]).rmssd
    assert found is not None
    assert other is not None
    assert (found.low, found.high) == pytest.approx((other.low, other.high))


def test_the_same_occasions_say_the_same_to_the_last_bit() -> None:
    assert effect(made(60)) == effect(made(60))


def test_a_difference_of_logarithms_is_told_in_percent() -> None:
    assert percent(log(1.22)) == pytest.approx(22)
    assert percent(-0.2) == pytest.approx(-18.13, abs=0.01)


def test_before_ends_where_the_minute_of_the_rise_begins() -> None:
    found = spans(t_ms=1_000_000, rise_ms=950_000)
    assert found.before == (650_000, 890_000)
    assert found.rise == (890_000, 950_000)
    assert found.after == (1_180_000, 1_480_000)
