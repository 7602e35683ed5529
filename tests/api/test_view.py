from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from softfront_api.diary import StoredDecision
from softfront_api.reasons import utc
from softfront_api.settings import Settings
from softfront_api.shapes.moments import Now
from softfront_api.view import now, strap
from softfront_sensors.errors import BluetoothProblem
from softfront_sensors.source import StrapState, StrapStatus
from softfront_signal.moments import Missing

from .living import START, Home, a_shift, up_to_second

LIVE = StrapStatus(StrapState.LIVE, "Strap", START, 82)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    with Home(tmp_path_factory.mktemp("home"), up_to_second(a_shift(), 1400)) as home:
        yield home.lives()


def at(home: Home, at_s: float) -> StoredDecision:
    found = home.diary.decision_near(START + round(1000 * at_s), 2500)
    assert found is not None
    return found


def shown(home: Home, stored: StoredDecision | None, late_s: float = 2) -> Now:
    now_ms = (stored.decision.t_ms if stored else START) + round(1000 * late_s)
    return now(stored, home.session.day.offer, home.session.day, now_ms, LIVE)


def test_every_number_comes_with_its_age_its_band_and_its_place(home: Home) -> None:
    seen = shown(home, at(home, 1390))
    assert seen.age_s == 2.0
    assert seen.heart_rate.value is not None
    assert seen.heart_rate.band is not None
    assert (seen.heart_rate.place, seen.rmssd.place) == ("above", "below")
    assert seen.sentence.id == "now.outside.both"
    assert seen.hold.held_s == seen.heart_rate.outside_s > 0
    assert seen.worn_since == utc(START + 5000)


def test_while_moving_no_number_stands_there(home: Home) -> None:
    seen = shown(home, at(home, 240))
    assert (seen.state, seen.missing) == ("moving", "moving")
    assert (seen.heart_rate.value, seen.rmssd.value) == (None, None)
    assert seen.detail is not None


@pytest.mark.parametrize(("late_s", "fresh"), [(14.9, True), (15, False), (3600, False)])
def test_an_old_number_is_never_shown_as_a_new_one(home: Home, late_s: float, fresh: bool) -> None:
    seen = shown(home, at(home, 1000), late_s)
    assert (seen.heart_rate.value is not None) == fresh
    assert (seen.at is not None) == fresh
    assert (seen.missing == "no_link") != fresh


def test_before_the_first_mark_nothing_is_known(home: Home) -> None:
    seen = shown(home, None)
    assert (seen.at, seen.age_s, seen.still_s, seen.worn_since) == (None,) * 4
    assert (seen.state, seen.sentence.id) == ("off", "now.nothing_yet")


def test_without_bluetooth_the_page_says_which_of_four_things_it_is(home: Home) -> None:
    status = StrapStatus(StrapState.UNAVAILABLE, problem=BluetoothProblem.SWITCHED_OFF)
    seen = now(None, None, home.session.day, START, status)
    assert (seen.sentence.id, seen.strap.problem) == ("bluetooth.off.title", "off")


@pytest.mark.parametrize(
    ("status", "open_now"),
    [("offered", True), ("later", True), ("not_now", False), ("expired", False)],
)
def test_an_offer_is_shown_while_it_is_open(home: Home, status: str, open_now: bool) -> None:
    offer = home.session.day.offer
    assert offer is not None
    day, here = home.session.day, at(home, 1394)
    seen = now(here, replace(offer, status=status), day, here.decision.t_ms, LIVE)
    assert (seen.prompt is not None) == open_now


def test_silence_is_shown_until_the_later_of_its_ends(home: Home) -> None:
    day, stood = home.session.day, home.session.day.settings
    quiet = [{"from": "00:00", "to": "23:59"}]
    said = {"snoozed_until": utc(START + 60_000), "quiet_hours": quiet, "time_zone": "UTC"}
    day.settings = Settings.model_validate(said)
    seen = shown(home, at(home, 1000))
    day.settings = stood
    assert seen.quiet_until == "2026-06-09T23:59:00Z"
    assert shown(home, at(home, 1000)).quiet_until is None


def test_contact_is_told_only_while_there_is_a_link(home: Home) -> None:
    here = at(home, 1000)
    lost = StrapStatus(StrapState.LOST, "Strap", START)
    assert strap(here, home.session.day, here.decision.t_ms, LIVE).contact == "on"
    assert strap(here, home.session.day, here.decision.t_ms, lost).contact is None
    off = replace(
        here,
        decision=replace(
            here.decision,
            missing=Missing.STRAP_OFF,
            gates=tuple(replace(g, open=g.id != "contact") for g in here.decision.gates),
        ),
    )
    assert strap(off, home.session.day, here.decision.t_ms, LIVE).contact == "lost"


def test_the_last_beat_grows_older_between_marks(home: Home) -> None:
    here = at(home, 1000)
    ages = [
        strap(here, home.session.day, here.decision.t_ms + s * 1000, LIVE).last_beat_age_s
        for s in (0, 3)
    ]
    assert ages[0] is not None
    assert ages[1] == ages[0] + 3


def test_the_days_own_offer_is_not_shown_before_it_is_stored(tmp_path: Path) -> None:
    with Home(tmp_path, a_shift()) as home:
        home.lives()
        home.session.day.offer = None
        (offer,) = home.diary.prompts()
        assert offer.status == "expired"
        assert home.session.now().prompt is None
