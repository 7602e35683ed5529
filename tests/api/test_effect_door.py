"""GET /effect: chance compared, below and above what is enough, and what comes back by itself."""

import asyncio
import json
import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import exp
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest

from softfront_api.diary import Entry, Occasion, StoredPause, StoredPrompt
from softfront_api.outcomes import Outcome
from softfront_api.tact import LIFETIME_MS
from softfront_api.untreated import untreated
from softfront_api.words import say
from softfront_sensors.simulated import Episode, Kind
from softfront_signal.moments import Wording

from .asking import within
from .chances import at, chooses, chosen, measured
from .living import START, Home, a_shift, up_to_second

DAY_MS = 86_400_000
SHORT = up_to_second(a_shift(), 60)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with Home(tmp_path, SHORT) as home:
        yield home.lives()


def effect(home: Home) -> Any:
    return json.loads(said(home))


def said(home: Home) -> bytes:
    async def ask() -> httpx.Response:
        async with within(home) as door:
            return await door.get("effect")

    answer = asyncio.run(ask())
    assert answer.status_code == 200
    return answer.content


def chance(
    n: int, days: int = 20, *, helps: float = 0.0, rises: float = 0.4, lost: Sequence[int] = ()
) -> list[Occasion]:
    """Make occasions of the days before, the half of them offered; RMSSD comes back by itself."""
    draw = Random(4)
    made = []
    for i in range(n):
        offered = (i + i // days) % 2 == 0
        before = draw.gauss(3.4, 0.25)
        after = 3.4 + 0.5 * (before - 3.4) + helps * offered + draw.gauss(0, 0.15)
        out = measured(
            before,
            None if i in lost else after,
            rise=before - rises + draw.gauss(0, 0.1),
            bpm=(draw.gauss(72, 4), draw.gauss(74, 4)),
            missing=("moved", "strap_off")[i % 2],
        )
        t_ms = START - DAY_MS * (1 + i % days) + 900_000 * (i // days)
        made.append(chosen(t_ms, offered=offered, outcome=out))
    return made


def keep(home: Home, occasions: Sequence[Occasion]) -> None:
    home.diary.commit(Entry("one", occasions=tuple(occasions)))


def texts(found: Any) -> list[Any]:
    estimates = (found["taken"], found["untreated"], found["naive"])
    inner = [each["text"] for each in estimates if each and each["text"]]
    return [found["text"], *([found["do"]] if found["do"] else []), *inner, *found["notes"]]


def test_with_nothing_known_it_says_how_much_is_needed(home: Home) -> None:
    found = effect(home)
    assert found["text"] == {"id": "effect.not_enough", "values": {"n": 0, "needed": 48}}
    assert found["comparing"] is False
    assert found["offered"] == found["silent"] == {"n": 0, "missing": 0, "why": []}
    assert (found["rmssd"], found["heart_rate"], found["taken"]) == (None, None, None)
    assert [text["id"] for text in found["regression"]] == [f"effect.rtm.{n}" for n in (1, 2, 3)]
    assert [text["id"] for text in found["notes"]] == ["effect.what", "effect.feel"]


def test_below_48_there_is_no_number_and_it_says_how_far_it_has_come(home: Home) -> None:
    keep(home, chance(47, helps=0.5))
    found = effect(home)
    assert found["text"] == {"id": "effect.not_enough", "values": {"n": 47, "needed": 48}}
    assert (found["rmssd"], found["heart_rate"], found["taken"]) == (None, None, None)
    assert (found["offered"]["n"], found["silent"]["n"]) == (24, 23)


def test_from_48_on_the_difference_is_told_with_its_interval(home: Home) -> None:
    keep(home, chance(60, helps=0.3))
    found = effect(home)
    rmssd, rate = found["rmssd"], found["heart_rate"]
    assert found["text"]["id"] == "effect.clearer_with"
    assert (rmssd["unit"], rate["unit"]) == ("%", "bpm")
    assert 0 < rmssd["low"] < rmssd["value"] < rmssd["high"]
    assert rmssd["low"] < 100 * (exp(0.3) - 1) < rmssd["high"]
    assert rate["low"] < 0 < rate["high"]
    assert found["text"]["values"] == {"low": rmssd["low"], "high": rmssd["high"], "n": 48}


def test_where_it_does_nothing_that_is_told_as_plainly(home: Home) -> None:
    keep(home, chance(60))
    found = effect(home)
    assert found["text"]["id"] == "effect.unclear"
    assert found["rmssd"]["low"] < 0 < found["rmssd"]["high"]
    assert found["do"] is None


def test_where_silence_is_clearer_that_is_told_from_its_side(home: Home) -> None:
    keep(home, chance(60, helps=-0.3))
    found = effect(home)
    assert found["text"]["id"] == "effect.clearer_without"
    assert found["do"]["id"] == "effect.clearer_without.do"
    low, high = (found["text"]["values"][name] for name in ("low", "high"))
    assert 0 < low < 100 * (exp(0.3) - 1) < high
    # 26 % less after an offer are 35 % more after silence.
    assert (1 + low / 100) * (1 + found["rmssd"]["high"] / 100) == pytest.approx(1)


def test_what_seems_to_follow_an_offer_stands_beside_what_comes_by_itself(home: Home) -> None:
    keep(home, chance(60))
    found = effect(home)
    alone, naive = found["untreated"], found["naive"]
    assert alone["low"] > 20
    assert naive["low"] > 20
    assert alone["text"]["id"] == "effect.untreated"
    assert naive["text"]["id"] == "effect.naive"
    before = found["untreated_from_before"]
    assert before["low"] < 0 < before["high"]


def test_what_is_missing_is_told_by_arm_and_counts_for_nothing(home: Home) -> None:
    keep(home, chance(60, lost=(0, 2, 3)))
    found = effect(home)
    assert found["n"] == 57
    assert found["offered"] == {"n": 30, "missing": 2, "why": [{"id": "moved", "n": 2}]}
    assert found["silent"] == {"n": 30, "missing": 1, "why": [{"id": "strap_off", "n": 1}]}
    assert {"id": "effect.missing", "values": {"n": 3}} in found["notes"]


def test_what_is_not_measured_yet_is_not_missing(home: Home) -> None:
    keep(home, [*chance(10), chosen(START - 1000)])
    found = effect(home)
    assert (found["n"], found["offered"]["missing"]) == (10, 0)


@pytest.mark.parametrize(
    ("began_s", "lasted_s", "counts"), [(20, 90, True), (20, 59, False), (200, 90, False)]
)
def test_a_pause_is_taken_that_was_mostly_heard_before_the_minutes_that_count(
    home: Home, began_s: int, lasted_s: int, counts: bool
) -> None:
    occasions = chance(96, 24)
    keep(home, occasions)
    for i, it in enumerate(it for it in occasions if it.offered):
        if i % 2:
            pause(home, it, began_s, lasted_s)
    found = effect(home)
    assert found["rmssd"]["n"] == 96
    assert (found["taken"]["n"] if found["taken"] else None) == (72 if counts else None)
    if counts:
        assert found["taken"]["text"]["id"] == "effect.taken"


def pause(home: Home, it: Occasion, began_s: int, lasted_s: int) -> None:
    begun_ms = it.t_ms + 1000 * began_s
    home.diary.commit(Entry("one", prompts=(an_offer(it),)))
    stored = StoredPause(f"p{it.id}", f"key of {it.id}", begun_ms, it.id)
    home.diary.begin_pause(stored)
    home.diary.finish_pause(stored.id, ended_ms=begun_ms + 1000 * lasted_s, lasted_s=lasted_s)


def an_offer(it: Occasion) -> StoredPrompt:
    return StoredPrompt(it.id, "one", it.t_ms, it.t_ms + LIFETIME_MS, Wording.PLAIN, "started", {})


def test_numbers_no_heart_can_have_are_not_compared(home: Home) -> None:
    keep(home, [replace(it, outcome=measured().to_plain()) for it in chance(60)])
    found = effect(home)
    assert found["text"]["id"] == "effect.unusable"
    assert (found["rmssd"], found["naive"]) == (None, None)
    assert found["offered"]["n"] == 30


def test_it_says_whether_chance_may_choose(home: Home) -> None:
    async def agree() -> None:
        async with within(home) as door:
            settings = await door.get("settings")
            body, tag = {**settings.json(), "compare": True}, settings.headers["etag"]
            put = await door.put("settings", json=body, headers={"If-Match": tag})
            assert put.status_code == 200

    asyncio.run(agree())
    assert effect(home)["comparing"] is True


@pytest.mark.parametrize("helps", [0.3, 0.0, -0.3])
def test_every_sentence_of_it_can_be_said(home: Home, helps: float) -> None:
    keep(home, chance(60, helps=helps, lost=(1,)))
    found = effect(home)
    assert all(say(text["id"], values=text["values"]) for text in texts(found))
    assert all(say(text["id"]) for text in found["regression"])


# Three rises: one is offered something, one falls into the quiet after it, one chance kept silent.
RISES_S = (1320, 2820, 4320)
LONG = a_shift(6000, *(Episode(Kind.STRAIN, each, 180) for each in RISES_S[1:]))


def a_long_shift(folder: Path, batch_ms: int = 20_000) -> tuple[bytes, list[Any]]:
    home = Home(folder, LONG)
    home.source.batch_ms = batch_ms
    with home:
        silent = chosen(at(RISES_S[2] + 75), offered=False)
        home.says(RISES_S[0] + 80, chooses(chosen(at(RISES_S[0] + 75))))
        home.says(RISES_S[2] + 80, chooses(silent)).lives()
        told = said(home)
        moments = [(it.t_ms - START) / 1000 for it in untreated(home.diary, at(6000))]
        offers = [(it.t_ms - START) / 1000 for it in home.diary.prompts()]
        occasions = [it.outcome for it in home.diary.occasions(0, at(6000))]
    return told, [moments, offers, occasions]


def test_a_moment_without_an_offer_is_never_one_with(tmp_path: Path) -> None:
    _, (moments, offers, _) = a_long_shift(tmp_path)
    assert len(moments) == 1
    assert RISES_S[1] < moments[0] < RISES_S[1] + 180
    assert any(RISES_S[0] < offer < RISES_S[0] + 180 for offer in offers)
    assert all(abs(moments[0] - offer) > 480 for offer in offers)


def test_a_replay_tells_the_same_bytes(tmp_path: Path) -> None:
    first, second = (a_long_shift(tmp_path / str(ms), ms) for ms in (20_000, 9_000))
    assert first[0] == second[0]
    assert first[1] == second[1]
    assert None not in first[1][2]


def test_no_value_of_a_body_is_written_to_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr(logging.getLogger("httpx"), "disabled", True)  # the page's, not ours
    _, (_, _, occasions) = a_long_shift(tmp_path)
    logging.getLogger("softfront_api.comparing").debug("looked at")
    outcomes = [Outcome.of_plain(body) for body in occasions]
    values = [part.hr_bpm for it in outcomes for part in (it.before, it.rise, it.after)]
    assert len([value for value in values if value]) == 6
    assert "looked at" in caplog.text
    assert not [value for value in values if f"{value:.3f}" in caplog.text]


def test_while_the_house_opens_it_says_so(tmp_path: Path) -> None:
    async def ask(home: Home) -> int:
        async with within(home) as door:
            return (await door.get("effect")).status_code

    with Home(tmp_path, SHORT) as home:
        assert asyncio.run(ask(home)) == 503
