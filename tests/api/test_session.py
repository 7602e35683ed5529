import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from softfront_api.diary import Entry
from softfront_api.errors import DiaryFull
from softfront_api.notify.bus import Event
from softfront_api.session import Session
from softfront_api.shapes.heard import FinishIn, PauseIn
from softfront_api.tact import LIFETIME_MS
from softfront_sensors.source import SourceEnded
from softfront_signal.moments import Answer

from .living import START, Heard, Home, Time, a_shift, up_to_second

SENT = a_shift()


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("softfront_api.session._RETRY_S", 0.0)


class Checked(Heard):
    """Names what is told and not stored."""

    home: Home

    def publish(self, name: str, body: Mapping[str, Any]) -> Event:
        event = super().publish(name, body)
        if not self._stored(name, body):
            self.early.append(name)
        return event

    def __init__(self) -> None:
        super().__init__()
        self.early: list[str] = []

    def _stored(self, name: str, body: Mapping[str, Any]) -> bool:
        diary = self.home.diary
        if name == "prompt":
            found = diary.prompt(body["id"])
            return found is not None and found.status == body["status"]
        if name == "now" and body["at"] is not None:
            decided = diary.decisions(START, START + 10**8)
            offered = body["prompt"] is None or self._stored("prompt", body["prompt"])
            return offered and any(body["state"] == d.decision.state.value for d in decided[-1:])
        return True


def checked(folder: Path) -> tuple[Home, Checked]:
    home, bus = Home(folder, SENT), Checked()
    bus.home = home
    home.bus = bus
    home.session = Session(home.source, home.diary, bus, home.time.clock())
    return home, bus


def test_one_rise_gives_one_offer_that_leaves_by_itself(tmp_path: Path) -> None:
    with Home(tmp_path, SENT) as home:
        home.lives()
        told = [(body["id"], body["status"]) for body in home.bus.of("prompt")]
        offers = home.diary.prompts()
    assert [status for _, status in told] == ["offered", "expired"]
    assert len({name for name, _ in told}) == len(offers) == 1
    assert offers[0].expires_ms - offers[0].t_ms == LIFETIME_MS


def test_nothing_is_told_before_it_is_stored(tmp_path: Path) -> None:
    home, bus = checked(tmp_path)
    with home:
        home.lives()
    assert len(bus.told) > 50
    assert bus.early == []


def test_this_would_be_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stores = Session.store

    async def told_first(self: Session) -> None:
        await self.publish(self.day.pending)
        await stores(self)

    monkeypatch.setattr(Session, "store", told_first)
    home, bus = checked(tmp_path)
    with home:
        home.lives()
    assert "prompt" in bus.early


def test_a_full_disk_loses_nothing_and_tells_nothing(tmp_path: Path) -> None:
    with Home(tmp_path, SENT) as home:
        commit, problems, shown = home.diary.commit, [], []

        def full(entry: Entry) -> int:
            if START + 1_380_000 < home.time.now_ms < START + 1_440_000:
                problems.append(home.session.problem)
                shown.append(home.session.now().prompt)
                raise DiaryFull(tmp_path)
            return commit(entry)

        home.diary.commit = full  # type: ignore[method-assign]  # the one fault of this test
        home.lives()
        assert problems[1:] == ["disk_full"] * (len(problems) - 1) != []
        assert set(shown) == {None}
        assert home.session.problem is None
        assert home.session.last_seq == SENT[-1].seq
        assert [stored.reading for stored in home.diary.readings(0, 2**53)] == SENT
        assert [body["status"] for body in home.bus.of("prompt")] == ["offered", "expired"]


def test_a_turn_that_fails_does_not_end_the_day(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with Home(tmp_path, SENT) as home:
        hears = 0

        async def breaks(home: Home) -> None:
            nonlocal hears
            think = home.session.day.hear

            def once(*args: Any) -> None:
                nonlocal hears
                hears += 1
                think(*args)
                if hears == 1:
                    raise ValueError("72.25")

            home.session.day.hear = once  # type: ignore[method-assign, assignment]  # a slip of ours

        home.says(600, breaks).lives()
        assert hears > 1
        assert home.session.last_seq == SENT[-1].seq
    assert "one turn of the session failed" in caplog.text


def test_silence_crosses_marks_too(tmp_path: Path) -> None:
    with Home(tmp_path, up_to_second(SENT, 400)) as home:
        sent = home.source.poll

        async def then_nothing() -> tuple[Any, ...]:
            try:
                return await sent()
            except SourceEnded:
                if home.time.now_ms > START + 460_000:
                    raise
                home.time.now_ms += 1000
                return ()

        home.source.poll = then_nothing  # type: ignore[method-assign]  # as a strap falls silent
        home.lives()
        last = home.diary.decisions(START, START + 10**8)[-1].decision
        assert last.reason == "silent_strap"
        assert last.t_ms == START + 455_000
        assert home.session.now().missing == "no_link"


def test_what_cannot_be_taken_up_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Home(tmp_path, SENT) as home:

        def full(*_: object) -> int:
            raise DiaryFull(tmp_path)

        monkeypatch.setattr(home.diary, "begin_session", full)
        with pytest.raises(DiaryFull):
            home.lives()
        assert (home.session.stopped, home.session.problem) == (True, "disk_full")


def test_the_end_of_a_recording_is_shown(tmp_path: Path) -> None:
    with Home(tmp_path, up_to_second(SENT, 20), live=False) as home:
        home.lives()
        assert len(home.bus.of("now")) == 2


async def pauses(home: Home) -> None:
    pause = await home.replies.begin_pause("key-of-the-page", PauseIn())
    await home.replies.finish_pause(pause.id, FinishIn(lasted_s=90))


def test_the_minutes_after_a_pause_are_filled_in_when_they_are_over(tmp_path: Path) -> None:
    with Home(tmp_path, SENT) as home:
        home.says(600, pauses).lives()
        told = home.bus.of("pause")
    assert [body["after"] is None for body in told] == [True, True, False]
    assert told[-1]["ready_at"] is None
    assert told[-1]["after"]["heart_rate"]["value"] == pytest.approx(68, abs=5)


def test_they_are_filled_in_after_a_restart_as_well(tmp_path: Path) -> None:
    time = Time()
    with Home(tmp_path, up_to_second(SENT, 700), time=time) as home:
        home.says(600, pauses).lives()
    with Home(tmp_path, SENT, time=time) as home:
        home.lives()
        assert [body["after"] is None for body in home.bus.of("pause")] == [False]


def test_a_result_that_cannot_be_stored_waits_and_all_else_goes_on(tmp_path: Path) -> None:
    with Home(tmp_path, SENT) as home:
        keep, refused = home.diary.store_result, 0

        def full_once(*args: Any) -> Any:
            nonlocal refused
            refused += 1
            if refused == 1:
                raise DiaryFull(tmp_path)
            return keep(*args)

        home.diary.store_result = full_once  # type: ignore[method-assign, assignment]  # the one fault
        home.says(600, pauses).lives()
        assert home.bus.of("pause")[-1]["after"] is not None
        assert home.session.last_seq == SENT[-1].seq


def test_a_pause_that_runs_is_known_after_a_restart(tmp_path: Path) -> None:
    async def begins(home: Home) -> None:
        await home.replies.begin_pause("key-of-the-page", PauseIn())

    time = Time()
    with Home(tmp_path, up_to_second(SENT, 1350), time=time) as home:
        home.says(1345, begins).lives()
    with Home(tmp_path, SENT, time=time) as home:
        home.lives()
        reasons = {
            d.decision.reason for d in home.diary.decisions(START + 1_355_000, START + 1_434_000)
        }
        offers = home.diary.prompts()
    assert "in_pause" in reasons
    assert [offer.t_ms > START + 1_435_000 for offer in offers] == [True]


def test_an_answer_is_shown_to_every_page(tmp_path: Path) -> None:
    async def declines(home: Home) -> None:
        await home.replies.answer(home.diary.prompts()[0].id, Answer.NOT_NOW)

    with Home(tmp_path, SENT) as home:
        home.says(1420, declines).lives()
        assert [body["status"] for body in home.bus.of("prompt")] == ["offered", "not_now"]
        assert home.session.now().prompt is None


def test_a_day_is_ready_once_what_was_due_is_heard(tmp_path: Path) -> None:
    with Home(tmp_path, SENT) as home:
        home.source.batch_ms = 1000
        seen: list[bool] = []

        async def looks(home: Home) -> None:
            seen.append(home.session.ready.is_set())

        assert not home.session.ready.is_set()
        home.says(30, looks)
        asyncio.run(home.session.run())
        assert seen == [True]


def test_every_mark_of_a_shift_has_a_stance_without_a_hole(tmp_path: Path) -> None:
    with Home(tmp_path, SENT).lives() as home:
        marks = home.diary.decisions(START, 2**53)
    stances = [d.stance for d in marks]
    assert all(stances)
    names = [stance.name for stance in stances if stance]
    assert list(dict.fromkeys(names)) == ["free", "prompted", "refractory"]
    begins = {stance.name: stance.since_ms for stance in stances if stance}
    assert begins["refractory"] == begins["prompted"] + 5000
