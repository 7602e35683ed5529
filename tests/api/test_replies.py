from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from softfront_api.diary import Entry, StoredPrompt
from softfront_api.doing import of_pause
from softfront_api.errors import AnsweredAlready, DiaryFull, NotInDiary
from softfront_api.reasons import utc
from softfront_api.shapes.heard import FinishIn, PauseIn
from softfront_api.tact import DISMISSED_MS, LATER_MS, LIFETIME_MS, REFRACTORY_MS
from softfront_sensors.simulated import Episode, Kind
from softfront_signal.moments import Answer

from .living import START, Home, Said, Time, a_shift, up_to_second

AFTER_THE_OFFER_S = 1420
LONG = a_shift(2300, Episode(Kind.STRAIN, 1500, 700))


def answers(*answers: Answer) -> Said:
    async def say(home: Home) -> None:
        for answer in answers:
            await home.replies.answer(latest(home).id, answer)

    return say


def latest(home: Home) -> StoredPrompt:
    return home.diary.prompts()[0]


def offers_s(home: Home) -> list[float]:
    return [(p.t_ms - START) / 1000 for p in home.diary.prompts()]


def statuses(home: Home) -> list[str]:
    return [body["status"] for body in home.bus.of("prompt")]


def test_what_was_put_off_comes_back_as_the_same_offer_with_the_numbers_of_then(
    tmp_path: Path,
) -> None:
    with Home(tmp_path, LONG) as home:
        home.says(AFTER_THE_OFFER_S, answers(Answer.LATER)).lives()
        first, later, back, gone = home.bus.of("prompt")
        assert statuses(home) == ["offered", "later", "offered", "expired"]
        assert len({first["id"], later["id"], back["id"], gone["id"]}) == 1
        assert later["again_at"] == utc(START + AFTER_THE_OFFER_S * 1000 + LATER_MS)
        assert back["reason"]["decision"] != first["reason"]["decision"]
        assert back["reason"]["value"] != first["reason"]["value"]
        assert len(offers_s(home)) == 1


def test_the_wait_begins_anew_when_an_offer_has_come_back(tmp_path: Path) -> None:
    told: list[object] = []

    async def declines(home: Home) -> None:
        _, ack = await home.replies.answer(latest(home).id, Answer.NOT_NOW)
        assert ack is not None
        told.append(ack.values["time"])

    with Home(tmp_path, LONG) as home:
        home.says(AFTER_THE_OFFER_S, answers(Answer.LATER)).says(2050, declines).lives()
        offer = latest(home)
        given = home.session.day.tact.given
        assert [each.t_ms for each in given] == [offer.expires_ms - LIFETIME_MS]
        assert told == [utc(given[0].t_ms + REFRACTORY_MS)]


def test_what_was_put_off_comes_back_after_a_restart_too(tmp_path: Path) -> None:
    time = Time()
    with Home(tmp_path, up_to_second(LONG, 1700), time=time) as home:
        home.says(AFTER_THE_OFFER_S, answers(Answer.LATER)).lives()
    with Home(tmp_path, LONG, time=time) as home:
        home.lives()
        assert statuses(home) == ["offered", "expired"]


@pytest.mark.parametrize("then", [Answer.NOT_NOW, Answer.START, Answer.OTHER_CAUSE])
def test_what_was_put_off_does_not_come_back_once_it_is_answered(
    tmp_path: Path, then: Answer
) -> None:
    with Home(tmp_path, LONG) as home:
        home.says(AFTER_THE_OFFER_S, answers(Answer.LATER)).says(1500, answers(then)).lives()
        assert statuses(home)[1:] == ["later", latest(home).status]


def test_what_was_put_off_leaves_when_it_no_longer_holds(tmp_path: Path) -> None:
    with Home(tmp_path, a_shift(2500)) as home:
        home.says(AFTER_THE_OFFER_S, answers(Answer.LATER)).lives()
        assert statuses(home) == ["offered", "later", "expired"]


def test_an_answer_given_twice_stands_once(tmp_path: Path) -> None:
    with Home(tmp_path, a_shift()) as home:
        home.says(AFTER_THE_OFFER_S, answers(Answer.NOT_NOW, Answer.NOT_NOW)).lives()
        assert statuses(home) == ["offered", "not_now"]


async def refused(home: Home, kind: type[Exception], say: Callable[[], Awaitable[object]]) -> None:
    with pytest.raises(kind):
        await say()


def test_another_answer_is_refused_and_an_unknown_offer_too(tmp_path: Path) -> None:
    async def say(home: Home) -> None:
        name = latest(home).id
        await home.replies.answer(name, Answer.NOT_NOW)
        await refused(home, AnsweredAlready, lambda: home.replies.answer(name, Answer.LATER))
        await refused(home, NotInDiary, lambda: home.replies.answer("none", Answer.START))
        unknown = PauseIn(prompt_id="none")
        await refused(home, NotInDiary, lambda: home.replies.begin_pause("key", unknown))

    with Home(tmp_path, a_shift()) as home:
        home.says(AFTER_THE_OFFER_S, say).lives()
        assert latest(home).status == "not_now"


def test_effort_closes_the_door_for_ten_minutes_and_it_is_said_until_when(tmp_path: Path) -> None:
    told: list[object] = []

    async def moved(home: Home) -> None:
        _, ack = await home.replies.answer(latest(home).id, Answer.WAS_MOVING)
        assert ack is not None
        told.append(ack.values["time"])

    with Home(tmp_path, LONG) as home:
        home.says(AFTER_THE_OFFER_S, moved).lives()
        offered_ms = latest(home).t_ms
        reasons = [
            d.decision.reason
            for d in home.diary.decisions(START + 1_421_000, START + 2_020_000)
            if d.decision.route is not None
        ]
    assert told == [utc(offered_ms + REFRACTORY_MS)]
    assert set(reasons) <= {"stationary_effort", "short"}


def test_a_no_long_after_its_offer_keeps_the_next_one_away_for_twenty_minutes(
    tmp_path: Path,
) -> None:
    told: list[object] = []

    async def says(home: Home) -> None:
        _, ack = await home.replies.answer(latest(home).id, Answer.OTHER_CAUSE)
        assert ack is not None
        told.append(home.session.day.tact.dismissals[-1].t_ms + DISMISSED_MS)

    with Home(tmp_path, a_shift(4300)) as home:
        home.says(4000, says).lives()
        (last, *_) = reversed(home.diary.decisions(START + 4_200_000, 2**53))
    assert told == [START + 4_000_000 + DISMISSED_MS]
    assert last.stance is not None
    assert last.stance.name == "refractory"


def test_a_full_disk_keeps_an_answer_until_there_is_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("softfront_api.session._RETRY_S", 0.0)

    async def say(home: Home) -> None:
        commit = home.diary.commit

        def full(entry: Entry) -> int:
            if home.time.now_ms < START + 1_440_000:
                raise DiaryFull(tmp_path)
            return commit(entry)

        home.diary.commit = full  # type: ignore[method-assign]  # the one fault of this test
        name = latest(home).id
        await refused(home, DiaryFull, lambda: home.replies.answer(name, Answer.NOT_NOW))
        shown = home.session.now().prompt
        assert shown is not None
        assert shown.status == "offered"

    with Home(tmp_path, a_shift()) as home:
        home.says(AFTER_THE_OFFER_S, say).lives()
        assert latest(home).status == "not_now"


def test_a_pause_begun_twice_with_one_key_is_one_and_answers_its_offer(tmp_path: Path) -> None:
    async def say(home: Home) -> None:
        asked = PauseIn(prompt_id=latest(home).id)
        first = await home.replies.begin_pause("one-key", asked)
        assert await home.replies.begin_pause("one-key", asked) == first
        ended = await home.replies.finish_pause(first.id, FinishIn(lasted_s=40))
        assert await home.replies.finish_pause(first.id, FinishIn(lasted_s=90)) == ended

    with Home(tmp_path, a_shift()) as home:
        home.says(AFTER_THE_OFFER_S, say).lives()
        assert statuses(home) == ["offered", "started"]
        (pause,) = home.diary.pauses(START, START + 10**8)
        assert pause.lasted_s == 40


def test_a_pause_told_of_a_day_later_moves_nobodys_breath(tmp_path: Path) -> None:
    breaths: list[float] = []

    async def say(home: Home) -> None:
        home.replies._on_pause = breaths.append
        await home.replies.begin_pause("old-key", PauseIn(started_ago_s=86_400))
        await home.replies.begin_pause("new-key", PauseIn(started_ago_s=30))

    with Home(tmp_path, up_to_second(a_shift(), 700)) as home:
        home.says(600, say).lives()
    assert breaths == [60.0]


def test_the_end_of_an_old_pause_does_not_end_the_one_that_runs(tmp_path: Path) -> None:
    async def say(home: Home) -> None:
        old = await home.replies.begin_pause("old-key", PauseIn(started_ago_s=600))
        running = await home.replies.begin_pause("new-key", PauseIn())
        await home.replies.finish_pause(old.id, FinishIn(lasted_s=90, ended_ago_s=510))
        assert home.session.day.doing == of_pause(running)

    with Home(tmp_path, up_to_second(a_shift(), 700)) as home:
        home.says(600, say).lives()


def test_a_pause_is_not_learnt_as_usual(tmp_path: Path) -> None:
    async def say(home: Home) -> None:
        await home.replies.begin_pause("one-key", PauseIn())

    with Home(tmp_path, up_to_second(a_shift(), 1300)) as home:
        home.says(700, say).lives()
        learnt = [w.window.t_ms for w in home.diary.windows(START, START + 10**8) if w.learnt]
    assert not [t_ms for t_ms in learnt if 700 <= (t_ms - START) / 1000 < 1300]
    assert learnt
