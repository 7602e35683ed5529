from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from softfront_api.diary import Stance as StoredStance
from softfront_api.diary import StoredDecision
from softfront_api.reasons import utc
from softfront_api.settings import Settings
from softfront_api.shapes.moments import Now, Stance
from softfront_api.tact import REFRACTORY_MS, Stamp, TactState
from softfront_api.view import now, strap
from softfront_sensors.errors import BluetoothProblem
from softfront_sensors.source import StrapState, StrapStatus
from softfront_signal.moments import MARK_MS, Missing

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


def test_how_offers_stand_is_told_with_its_beginning_and_its_end(tmp_path: Path) -> None:
    with Home(tmp_path, a_shift(1450)) as home:
        told = home.lives().bus.of("now")[-1]
        (offer,) = home.diary.prompts()
    assert told["stance"] == {
        "name": "refractory",
        "since": utc(offer.t_ms + MARK_MS),
        "until": utc(offer.t_ms + REFRACTORY_MS),
    }


def test_being_with_someone_is_told_until_it_ends(home: Home) -> None:
    day = home.session.day
    here = at(home, 1390)
    until = here.decision.t_ms + 60_000
    before = day.settings
    day.settings = Settings.model_validate({"with_someone_until": utc(until)})
    try:
        assert shown(home, here).with_someone_until == utc(until)
        assert shown(home, here, late_s=61).with_someone_until is None
    finally:
        day.settings = before


@pytest.mark.parametrize("restarted", [False, True])
def test_a_silence_that_chance_chose_stays_unsaid_while_it_spaces(
    home: Home, restarted: bool
) -> None:
    day, here = home.session.day, at(home, 1390)
    tact, stands = day.tact, day.stands
    assert stands is not None
    day.tact = TactState(controls=(Stamp("one", START, None, 0),))
    day.stands = None if restarted else replace(stands, stance="refractory", hidden=True)
    try:
        seen = shown(home, replace(here, stance=StoredStance("refractory", START)))
        assert seen.stance == Stance(name="free", since=None, until=None)
    finally:
        day.tact, day.stands = tact, stands
