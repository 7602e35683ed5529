"""Invitations to practise: once a day in their hours, and never into what was asked for."""

import asyncio
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from softfront_api.day import Day
from softfront_api.diary import (
    Diary,
    Invitation,
    StoredPause,
    StoredPractice,
    StoredPrompt,
    begin_practice,
    invitations,
)
from softfront_api.doing import of_pause, of_practice
from softfront_api.errors import AnsweredAlready, DiaryFull, NotInDiary
from softfront_api.inviting import Inviting
from softfront_api.settings import Settings
from softfront_api.tact import (
    APART_MS,
    LATER_MS,
    LIFETIME_MS,
    STANDS_MS,
    Hours,
    Rules,
    Standing,
    TactState,
    in_the_way,
    may_invite,
)
from softfront_sensors.source import SessionInfo
from softfront_signal.baseline import Baseline
from softfront_signal.moments import Wording
from softfront_signal.monitor import Monitor

from .asking import within
from .living import START, Home, Time, a_shift, up_to_second

BERLIN = ZoneInfo("Europe/Berlin")
MINUTE, HOUR = 60_000, 3_600_000
NOON = round(datetime(2026, 6, 9, 12, 0, tzinfo=BERLIN).timestamp() * 1000)  # a Tuesday
MIDDAY: dict[str, Any] = {
    "time_zone": "Europe/Berlin",
    "practices": {"midday": {"from": "12:00", "to": "14:00"}},
}


def ms(*of: int) -> int:
    return round(datetime(*of, tzinfo=BERLIN).timestamp() * 1000)  # type: ignore[arg-type, misc]  # a date and a time of day


# When an invitation may come: pure.

AT = Standing(NOON)
CLOSED = [
    ("paused", Rules(offers=False), AT),
    ("snoozed", Rules(snoozed_until_ms=NOON + 1), AT),
    (
        "snoozed",
        Rules(snoozed_shift_ms=NOON - HOUR),
        Standing(NOON, shift_start_ms=NOON - 5 * HOUR),
    ),
    ("snoozed", Rules(snoozed_shift_ms=NOON - HOUR), AT),
    (
        "snoozed",
        Rules(snoozed_shift_ms=NOON - 6 * HOUR),
        Standing(NOON, worn_ms=NOON - HOUR, shift_start_ms=NOON - 7 * HOUR),
    ),
    ("with_patient", Rules(with_until_ms=NOON + 1), AT),
    ("calendar", Rules(calendar_until_ms=NOON + 1), AT),
    ("quiet", Rules(quiet_until_ms=NOON + HOUR), AT),
    ("in_pause", Rules(), Standing(NOON, busy=True)),
]
OPEN = [
    (Rules(), AT),
    (Rules(snoozed_until_ms=NOON, with_until_ms=NOON, calendar_until_ms=NOON), AT),
    # The shift for which silence was asked is over: nothing worn for two hours, or a new one.
    (Rules(snoozed_shift_ms=NOON - 3 * HOUR), AT),
    (
        Rules(snoozed_shift_ms=NOON - 3 * HOUR),
        Standing(NOON, worn_ms=NOON, shift_start_ms=NOON - HOUR),
    ),
    (Rules(), Standing(NOON, offered_ms=NOON - APART_MS)),
]


@pytest.mark.parametrize(("gate", "rules", "at"), CLOSED)
def test_each_gate_alone_keeps_an_invitation_away(gate: str, rules: Rules, at: Standing) -> None:
    assert in_the_way(rules, at) == gate
    assert not may_invite(rules, at)


@pytest.mark.parametrize(("rules", "at"), OPEN)
def test_nothing_else_does(rules: Rules, at: Standing) -> None:
    assert may_invite(rules, at)


@pytest.mark.parametrize("ago_ms", [0, APART_MS - 1, -HOUR])
def test_it_waits_after_another_offer_and_longer_where_a_clock_was_set(ago_ms: int) -> None:
    assert not may_invite(Rules(), Standing(NOON, offered_ms=NOON - ago_ms))


@pytest.mark.parametrize(
    ("hours", "now", "date"),
    [
        (Hours(time(12), time(14)), ms(2026, 6, 9, 12, 0), "2026-06-09"),
        (Hours(time(12), time(14)), ms(2026, 6, 9, 11, 59), None),
        (Hours(time(12), time(14)), ms(2026, 6, 9, 14, 0), None),
        (Hours(time(22), time(1)), ms(2026, 6, 9, 23, 0), "2026-06-09"),
        (Hours(time(22), time(1)), ms(2026, 6, 10, 0, 59), "2026-06-09"),
        (Hours(time(22), time(1)), ms(2026, 6, 10, 1, 0), None),
        (Hours(time(22), time(1), frozenset({1})), ms(2026, 6, 10, 0, 30), "2026-06-09"),
        (Hours(time(22), time(1), frozenset({2})), ms(2026, 6, 10, 0, 30), None),
        (Hours(time(7), time(7)), ms(2026, 6, 9, 6, 0), "2026-06-08"),
        # The night the clocks change: two o'clock comes twice, and it is one day.
        (Hours(time(2), time(3)), ms(2026, 10, 25, 2, 30), "2026-10-25"),
        (Hours(time(2), time(3)), ms(2026, 10, 25, 2, 30) + HOUR, "2026-10-25"),
    ],
)
def test_hours_go_by_the_clock_on_the_wall(hours: Hours, now: int, date: str | None) -> None:
    found = hours.around(datetime.fromtimestamp(now / 1000, BERLIN))
    assert (found.date.isoformat() if found else None) == date
    assert found is None or found.until_ms > now


# Beside a day, in a diary that is real.


class Beside:
    """A day that stands still beside an open diary, looked at as often as one likes."""

    def __init__(self, folder: Path, body: dict[str, Any] = MIDDAY) -> None:
        self.folder, self.now_ms, self.body = folder, NOON, body
        self.told: list[Invitation] = []
        self.starts()

    def starts(self) -> None:
        self.diary = Diary.open(self.folder, demo=False)
        info = SessionInfo("one", "simulated", NOON - HOUR, live=True)
        time = Time(self.now_ms)
        self.day = Day(info, time.clock(), Monitor(Baseline()), TactState(), self.settings)
        self.inviting = Inviting(self.diary, self.told.append)
        self.inviting.take_up(self.now_ms)

    @property
    def settings(self) -> Settings:
        return Settings.model_validate(self.body)

    def stops(self) -> None:
        self.diary.close()

    def looks(self, after_ms: int = 0) -> "Beside":
        self.now_ms += after_ms
        self.day.settings = self.settings
        asyncio.run(self.inviting.look(self.day, self.now_ms))
        return self

    def hears(self, said: Any, name: str | None = None) -> Invitation:
        name = name or self.told[-1].id
        return asyncio.run(self.inviting.answer(name, said, self.now_ms))

    @property
    def seen(self) -> list[tuple[str, str]]:
        return [(it.kind, it.status) for it in self.told]


@pytest.fixture
def beside(tmp_path: Path) -> Iterator[Beside]:
    beside = Beside(tmp_path)
    yield beside
    beside.stops()


def prompted(t_ms: int) -> StoredPrompt:
    return StoredPrompt("p", "one", t_ms, t_ms + LIFETIME_MS, Wording.PLAIN, "expired", {})


def test_one_invitation_comes_leaves_by_itself_and_nothing_follows(beside: Beside) -> None:
    for _ in range(120):
        beside.looks(MINUTE)
    assert beside.seen == [("midday", "offered"), ("midday", "expired")]
    assert beside.told[0].expires_ms == beside.told[0].t_ms + STANDS_MS
    assert beside.inviting.open is None


def test_the_next_comes_on_the_next_day_only(beside: Beside) -> None:
    beside.looks().looks(HOUR).looks(23 * HOUR).looks(HOUR)
    assert [it.date for it in beside.told] == ["2026-06-09"] * 2 + ["2026-06-10"] * 2


def test_it_never_stands_beyond_its_hours(beside: Beside) -> None:
    beside.now_ms = NOON + 2 * HOUR - 5 * MINUTE
    assert beside.looks().told[0].expires_ms == NOON + 2 * HOUR


def test_what_was_not_possible_in_its_hours_is_not_made_up_for(beside: Beside) -> None:
    beside.body = {**MIDDAY, "quiet_hours": [{"from": "11:00", "to": "14:00"}]}
    for _ in range(300):
        beside.looks(MINUTE)
    assert beside.told == []


def test_a_restart_brings_none_anew_and_takes_away_what_stood(beside: Beside) -> None:
    beside.looks()
    beside.stops()
    beside.starts()
    beside.looks(MINUTE)
    assert beside.seen == [("midday", "offered")]
    assert beside.inviting.open is not None
    beside.stops()
    beside.starts()
    beside.looks(HOUR)
    assert beside.seen == [("midday", "offered"), ("midday", "expired")]


def test_a_practice_done_already_that_day_is_not_offered(beside: Beside) -> None:
    begin_practice(beside.diary, StoredPractice("m", "key", "midday", NOON - 3 * HOUR))
    assert beside.looks().looks(MINUTE).told == []


def test_another_practice_or_another_day_counts_for_nothing(beside: Beside) -> None:
    begin_practice(beside.diary, StoredPractice("a", "key-a", "morning", NOON - HOUR))
    begin_practice(beside.diary, StoredPractice("b", "key-b", "midday", NOON - 13 * HOUR))
    assert beside.looks().seen == [("midday", "offered")]


@pytest.mark.parametrize(
    "asked",
    [
        {"offers": False},
        {"with_someone_until": "2026-06-09T20:00:00Z"},
        {"snoozed_until": "2026-06-09T20:00:00Z"},
        {"quiet_hours": [{"from": "11:00", "to": "14:00"}]},
        {"practices": {}},
    ],
)
def test_one_that_stands_leaves_when_silence_is_asked_for(
    beside: Beside, asked: dict[str, Any]
) -> None:
    beside.looks()
    beside.body = {**MIDDAY, **asked}
    assert beside.looks(1000).seen == [("midday", "offered"), ("midday", "expired")]


def test_one_that_stands_gives_way_to_a_pause_and_to_an_offer(tmp_path: Path) -> None:
    for number, comes in enumerate(("pause", "offer")):
        (tmp_path / str(number)).mkdir()
        beside = Beside(tmp_path / str(number)).looks()
        if comes == "pause":
            beside.day.begin(of_pause(StoredPause("p", "key", NOON)), NOON)
        else:
            beside.day.offer = prompted(NOON)
        assert beside.looks(1000).seen[1:] == [("midday", "expired")]
        beside.stops()


def test_two_kinds_at_one_time_come_one_after_the_other_and_apart(beside: Beside) -> None:
    hours = {"from": "12:00", "to": "14:00"}
    beside.body = {**MIDDAY, "practices": {"midday": hours, "weekly": {**hours, "day": 1}}}
    for _ in range(120):
        beside.looks(MINUTE)
    assert beside.seen == [(k, s) for k in ("midday", "weekly") for s in ("offered", "expired")]
    assert beside.told[2].t_ms - beside.told[1].expires_ms >= APART_MS


def test_no_is_heard_once_and_brings_silence(beside: Beside) -> None:
    beside.looks()
    assert beside.hears("not_now").status == "not_now"
    assert beside.hears("not_now").status == "not_now"
    with pytest.raises(AnsweredAlready):
        beside.hears("start")
    with pytest.raises(NotInDiary):
        beside.hears("start", "none")
    beside.looks(HOUR)
    assert beside.seen == [("midday", "offered"), ("midday", "not_now")]


def test_what_was_put_off_comes_back_once_after_ten_minutes(beside: Beside) -> None:
    beside.looks()
    beside.hears("later")
    assert beside.looks(LATER_MS - 1).seen[1:] == [("midday", "later")]
    assert beside.looks(1).seen[2:] == [("midday", "offered")]
    assert len({it.id for it in beside.told}) == 1
    assert beside.hears("later").status == "not_now"


def test_what_was_put_off_leaves_where_its_time_finds_no_room(beside: Beside) -> None:
    beside.looks()
    beside.hears("later")
    beside.body = {**MIDDAY, "quiet_hours": [{"from": "12:05", "to": "14:00"}]}
    for _ in range(30):
        beside.looks(MINUTE)
    assert beside.seen == [("midday", it) for it in ("offered", "later", "expired")]


def test_one_that_has_left_may_still_be_begun_but_not_declined(beside: Beside) -> None:
    beside.looks().looks(HOUR)
    assert beside.hears("not_now").status == "expired"
    assert beside.hears("start").status == "started"


def test_a_full_disk_lets_an_invitation_go_and_the_day_goes_on(
    beside: Beside, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*_: object, **__: object) -> None:
        raise DiaryFull(beside.folder)

    beside.looks()
    monkeypatch.setattr("softfront_api.inviting.answer_invitation", full)
    for _ in range(30):
        beside.looks(MINUTE)
    assert beside.inviting.open is None
    assert caplog.text.count("an invitation is not kept") == 1


def test_a_recording_invites_nobody(beside: Beside) -> None:
    beside.day.info = SessionInfo("one", "simulated", NOON - HOUR, live=False)
    assert beside.looks().told == []


# In a house, by its door.


def test_an_invitation_is_told_answered_by_beginning_and_gone(tmp_path: Path) -> None:
    at = datetime.fromtimestamp(START / 1000, ZoneInfo("UTC"))
    hours = {"from": f"{at:%H:%M}", "to": f"{at + timedelta(hours=1):%H:%M}"}
    names: list[str] = []

    async def begins(home: Home) -> None:
        async with within(home) as door:
            it = (await door.get("now")).json()["invitation"]
            assert (it["kind"], it["status"]) == ("morning", "offered")
            names.append(it["id"])
            key = {"Idempotency-Key": "key-of-the-morning"}
            begun = await door.post(
                "practices/morning/sessions", json={"invitation_id": it["id"]}, headers=key
            )
            assert begun.status_code == 201
            assert (await door.get("now")).json()["invitation"] is None
            await refused(door, it["id"])

    async def refused(door: httpx.AsyncClient, name: str) -> None:
        place = f"invitations/{name}/answer"
        assert (await door.post(place, json={"answer": "start"})).status_code == 200
        assert (await door.post(place, json={"answer": "not_now"})).status_code == 409
        assert (await door.post(place, json={"answer": "maybe"})).status_code == 422
        none = await door.post("invitations/none/answer", json={"answer": "start"})
        assert none.status_code == 404

    with Home(tmp_path, up_to_second(a_shift(), 700)) as home:
        body = {"time_zone": "UTC", "practices": {"morning": hours}}
        home.diary.put_settings(body, version=0)
        home.says(600, begins).lives()
        assert [(b["id"], b["status"]) for b in home.bus.of("invitation")] == [
            (names[0], "offered"),
            (names[0], "started"),
        ]


# And whatever happens, in whatever order.


OPENINGS = {
    "morning": ("11:50", "12:30"),
    "midday": ("12:00", "14:00"),
    "evening": ("12:30", "01:00"),
}


class Days(RuleBasedStateMachine):
    """A person's days, lived at random beside what a plain reading of the rules allows."""

    @initialize()
    def opens(self) -> None:
        self.folder = TemporaryDirectory()
        self.beside = Beside(
            Path(self.folder.name),
            {
                "time_zone": "Europe/Berlin",
                "practices": {kind: {"from": a, "to": b} for kind, (a, b) in OPENINGS.items()},
            },
        )
        self.beside.now_ms = NOON - 20 * MINUTE
        self.offered_ms: int | None = None
        self.begun_ms: int | None = None

    @rule()
    def the_next_day_comes(self) -> None:
        now = datetime.fromtimestamp(self.beside.now_ms / 1000, BERLIN)
        noon = datetime.combine(now.date() + timedelta(days=1), time(11, 40), BERLIN)
        self.beside.now_ms = round(noon.timestamp() * 1000)

    @rule(minutes=st.sampled_from([1, 4, 8, 12, 20, 40]))
    def time_passes(self, minutes: int) -> None:
        before = len(self.beside.told)
        self.beside.looks(minutes * MINUTE)
        for it in self.beside.told[before:]:
            if it.status == "offered":
                self._may(it)

    @rule(name=st.sampled_from(["quiet", "with", "snooze", "off", "none"]))
    def asks_for(self, name: str) -> None:
        until = datetime.fromtimestamp((self.beside.now_ms + HOUR) / 1000, BERLIN)
        asked: dict[str, dict[str, Any]] = {
            "quiet": {"quiet_hours": [{"from": "11:30", "to": "12:45"}]},
            "with": {"with_someone_until": until.isoformat()},
            "snooze": {"snoozed_until": until.isoformat()},
            "off": {"offers": False},
            "none": {},
        }
        kept = {name: self.beside.body[name] for name in ("time_zone", "practices")}
        self.beside.body = {**kept, **asked[name]}

    @rule()
    def a_prompt_comes(self) -> None:
        self.offered_ms = self.beside.now_ms
        self.beside.day.offer = prompted(self.beside.now_ms)

    @rule()
    def a_long_practice_begins(self) -> None:
        self.begun_ms = self.beside.now_ms
        begun = StoredPractice(f"p{self.begun_ms}", "key", "weekly_metta", self.begun_ms)
        self.beside.day.begin(of_practice(begun), self.begun_ms)

    @rule(said=st.sampled_from(["start", "later", "not_now"]))
    def answers(self, said: str) -> None:
        if self.beside.inviting.open is not None:
            self.beside.hears(said, self.beside.inviting.open.id)

    @rule()
    def restarts(self) -> None:
        day = self.beside.day
        self.beside.stops()
        self.beside.starts()
        self.beside.day.offer, self.beside.day.doing = day.offer, day.doing

    @invariant()
    def there_is_one_a_day(self) -> None:
        if not hasattr(self, "beside"):
            return
        kept = invitations(self.beside.diary, 0)
        assert len({(it.kind, it.date) for it in kept}) == len(kept)
        assert sum(it.status in ("offered", "later") for it in kept) <= 1

    def teardown(self) -> None:
        if hasattr(self, "beside"):
            self.beside.stops()
            self.folder.cleanup()

    def _may(self, it: Invitation) -> None:
        """Read the rules once more, as plainly as one can."""
        now_ms, body = self.beside.now_ms, self.beside.body
        clock = datetime.fromtimestamp(now_ms / 1000, BERLIN).time()
        begin, end = map(time.fromisoformat, OPENINGS[it.kind])
        assert begin <= clock < end if begin < end else clock >= begin or clock < end
        assert body.get("offers", True)
        if "quiet_hours" in body:
            assert not time(11, 30) <= clock < time(12, 45)
        for name in ("with_someone_until", "snoozed_until"):
            assert (
                name not in body or datetime.fromisoformat(body[name]).timestamp() * 1000 <= now_ms
            )
        assert self.offered_ms is None or now_ms - self.offered_ms >= 10 * MINUTE
        assert self.begun_ms is None or now_ms > self.begun_ms + 30 * MINUTE


TestDays = Days.TestCase
TestDays.settings = settings(
    max_examples=25,
    stateful_step_count=50,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
