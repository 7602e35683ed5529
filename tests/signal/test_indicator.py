from math import exp

import pytest

from softfront_signal.indicator import HOLD_MS, Departure, Indicator
from softfront_signal.moments import Band, Choice, Route, Rule, Usual, Window

from .making import START

# 70 bpm ± 3 and ln RMSSD 3.4 ± 0.2; outside from 1.5 spreads on: 74.5 bpm, 22.2 ms.
USUAL = Usual(
    heart_rate=Band(66, 74, 70),
    rmssd=Band(25, 35, exp(3.4)),
    hr_spread_bpm=3.0,
    ln_rmssd_median=3.4,
    ln_rmssd_spread=0.2,
    theta_hr=1.5,
    theta_rmssd=1.5,
    minutes=120,
    days=3,
    hourly=True,
)
CALM, UP, EDGE = (70.0, 30.0), (75.0, 30.0), (74.0, 30.0)
LOW, BOTH = (71.0, 15.0), (75.0, 15.0)
FAR = (85.0, 30.0)
NOTHING = (None, None)


def window(t_s: float, hr_bpm: float | None, rmssd_ms: float | None) -> Window:
    return Window(START + round(1000 * t_s), hr_bpm, rmssd_ms, 70, 70, 69, 1.0, 0.0)


def follow(
    *marks: tuple[float | None, float | None], rule: Rule = Rule.COMBINED
) -> list[Departure]:
    indicator, choice = Indicator(), Choice(rule)
    return [indicator.consider(window(5 * n, *mark), USUAL, choice) for n, mark in enumerate(marks)]


@pytest.mark.parametrize(
    ("mark", "route"),
    [
        (UP, Route.HEART_RATE),
        (LOW, Route.RMSSD),
        (BOTH, Route.BOTH),
        (CALM, None),
        ((74.5, 30.0), None),
        ((74.6, 30.0), Route.HEART_RATE),
        ((70.0, 22.3), None),
        ((70.0, 22.1), Route.RMSSD),
        ((80.0, None), Route.HEART_RATE),
        ((50.0, 60.0), None),
    ],
)
def test_each_route_leads_outside_alone(
    mark: tuple[float, float | None], route: Route | None
) -> None:
    assert follow(mark)[0].route is route


def test_departures_are_counted_in_spreads() -> None:
    departure = follow((76.0, exp(3.0)))[0]
    assert departure.z_hr == pytest.approx(2.0)
    assert departure.z_rmssd == pytest.approx(2.0)


@pytest.mark.parametrize("mark", [UP, LOW, BOTH])
def test_it_is_held_after_forty_five_seconds(mark: tuple[float, float]) -> None:
    held = follow(*[mark] * 12)
    assert [d.held for d in held] == [False] * 9 + [True] * 3
    assert held[9].held_s * 1000 == HOLD_MS
    assert {d.rise_ms for d in held} == {START}


@pytest.mark.parametrize(
    ("rule", "mark", "route"),
    [
        (Rule.HEART_RATE, UP, Route.HEART_RATE),
        (Rule.HEART_RATE, LOW, None),
        (Rule.HEART_RATE, BOTH, Route.HEART_RATE),
        (Rule.HRV, UP, None),
        (Rule.HRV, LOW, Route.RMSSD),
        (Rule.HRV, BOTH, Route.RMSSD),
    ],
)
def test_each_rule_opens_by_its_own_indicator_and_by_no_other(
    rule: Rule, mark: tuple[float, float], route: Route | None
) -> None:
    held = follow(*[mark] * 10, rule=rule)[-1]
    assert (held.route, held.held) == (route, route is not None)


@pytest.mark.parametrize("rule", Rule)
def test_the_watch_of_a_rule_ends_by_its_own_indicator(rule: Rule) -> None:
    other = LOW if rule is Rule.HEART_RATE else UP
    outside = UP if rule is not Rule.HRV else LOW
    rule_watches = follow(outside, *[CALM] * 13, other, rule=rule)
    assert rule_watches[0].watching
    assert rule_watches[-1].watching is (rule is Rule.COMBINED)


def test_where_the_odds_are_clear_half_a_minute_is_enough() -> None:
    far = follow(*[FAR] * 12)
    first = next(d for d in far if d.held)
    assert (first.held_s, first.needed_s) == (35, 30)


def test_a_falling_variation_alone_is_never_clear() -> None:
    held = follow(*[(71.0, 5.0)] * 12)
    assert [d.needed_s for d in held] == [45] * 12


def test_a_rise_that_is_not_far_takes_its_time() -> None:
    assert [d.held for d in follow(*[UP] * 10)] == [False] * 9 + [True]


def test_the_routes_may_take_turns_within_one_hold() -> None:
    assert follow(*[UP] * 4, *[LOW] * 3, *[BOTH] * 3)[-1].held


def test_a_dip_that_recovers_begins_anew() -> None:
    again = follow(*[UP] * 9, CALM, *[UP] * 10)
    assert [d.held for d in again] == [False] * 19 + [True]
    assert again[-1].rise_ms == START + 50_000


def test_a_mark_without_numbers_begins_anew() -> None:
    again = follow(*[UP] * 9, NOTHING, *[UP] * 9)
    assert not any(d.held for d in again)
    assert again[9] == Departure()


def test_where_nothing_is_usual_nothing_departs() -> None:
    assert Indicator().consider(window(0, *BOTH), None) == Departure()


def test_a_variation_of_zero_is_no_fall() -> None:
    # Equal intervals for a minute come from a pacemaker or a simulator.
    assert follow((70.0, 0.0))[0].route is None


def test_the_watch_ends_after_a_minute_clearly_inside() -> None:
    watched = follow(UP, *[CALM] * 14)
    assert [d.watching for d in watched] == [True] * 13 + [False] * 2


def test_just_inside_is_not_clearly_inside() -> None:
    assert all(d.watching for d in follow(UP, *[EDGE] * 40))


def test_a_mark_at_the_edge_begins_the_minute_anew() -> None:
    watched = follow(UP, *[CALM] * 11, EDGE, *[CALM] * 14)
    assert [d.watching for d in watched] == [True] * 25 + [False] * 2


def test_a_calm_heart_is_not_watched() -> None:
    assert not any(d.watching for d in follow(*[EDGE] * 40))


def test_a_mark_without_numbers_ends_the_watch() -> None:
    assert not any(d.watching for d in follow(UP, NOTHING, *[EDGE] * 9)[1:])
