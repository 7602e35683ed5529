"""Practices, what is noticed, and the journal, as a page asks for them."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from softfront_api.diary import (
    Diary,
    StoredPractice,
    begin_practice,
    known_practice,
    practices,
)
from softfront_api.practice import PRACTICES
from softfront_api.reasons import utc
from softfront_api.shapes.practices import PracticeSession

from .asking import within
from .living import START, Home, Time, a_shift, up_to_second

FIRST = up_to_second(a_shift(), 700)
KEY = {"Idempotency-Key": "a-key-of-the-page"}
JSON = {"content-type": "application/json"}

Told = Callable[[httpx.AsyncClient], Awaitable[None]]


def asks(home: Home, tells: Told, at_s: float = 600) -> None:
    """Let a page ask in the middle of a shift, and live to its end."""
    done: list[bool] = []

    async def say(home: Home) -> None:
        async with within(home) as door:
            await tells(door)
        done.append(True)

    home.says(at_s, say).lives()
    assert done == [True]


async def begun(door: httpx.AsyncClient, kind: str, key: str = "key-of-it", **more: Any) -> Any:
    said = await door.post(
        f"practices/{kind}/sessions", json=more, headers={"Idempotency-Key": key}
    )
    assert said.status_code == 201, said.text
    return said.json()


def test_all_practices_are_told_step_by_step(tmp_path: Path) -> None:
    async def tells(door: httpx.AsyncClient) -> None:
        items = {it["kind"]: it for it in (await door.get("practices")).json()["items"]}
        assert list(items) == list(PRACTICES)
        assert items["pause"]["steps"][1]["title"] == "pause.step2.title"
        assert items["pause"]["breath"] == {"in_s": 4, "out_s": 6, "from_s": 0}
        assert items["midday"]["fork"]["branches"][0]["lines"][0] == {
            "at_s": 25,
            "text": "midday.resonance.line1",
        }
        assert items["evening"]["questions"][0] == {"at_s": 25, "key": "evening.line3"}
        assert items["weekly_journal"]["breath"] is None
        assert {it["offered"] for it in items.values()} == {None}

    with Home(tmp_path, FIRST) as home:
        asks(home, tells)


def test_hours_that_were_set_are_told_with_their_practice(tmp_path: Path) -> None:
    async def tells(door: httpx.AsyncClient) -> None:
        seen = await door.get("settings")
        assert seen.json()["practices"] == dict.fromkeys(("morning", "midday", "evening", "weekly"))
        hours = {
            "morning": {"from": "06:30", "to": "08:00"},
            "weekly": {"from": "18:00", "to": "21:00", "day": 6},
        }
        changed = seen.json() | {"practices": hours, "signs": True}
        tag = {"If-Match": seen.headers["etag"]}
        assert (await door.put("settings", json=changed, headers=tag)).status_code == 200
        items = {it["kind"]: it["offered"] for it in (await door.get("practices")).json()["items"]}
        assert items["morning"] == {"from": "06:30", "to": "08:00", "days": list(range(7))}
        assert items["weekly_metta"] == {"from": "18:00", "to": "21:00", "days": [6]}
        assert items["pause"] is items["midday"] is None

    with Home(tmp_path, FIRST) as home:
        asks(home, tells)


@pytest.mark.parametrize(
    "hours",
    [
        {"noon": {"from": "06:30", "to": "08:00"}},
        {"weekly": {"from": "18:00", "to": "21:00"}},
        {"weekly": {"from": "18:00", "to": "21:00", "day": 7}},
        {"morning": {"from": "6:30", "to": "08:00"}},
    ],
)
def test_hours_that_no_clock_knows_are_refused(tmp_path: Path, hours: dict[str, object]) -> None:
    async def tells(door: httpx.AsyncClient) -> None:
        seen = await door.get("settings")
        tag = {"If-Match": seen.headers["etag"]}
        changed = seen.json() | {"practices": hours}
        assert (await door.put("settings", json=changed, headers=tag)).status_code == 422

    with Home(tmp_path, FIRST) as home:
        asks(home, tells)


def test_a_practice_begun_twice_with_one_key_is_one_and_ends_once(tmp_path: Path) -> None:
    async def tells(door: httpx.AsyncClient) -> None:
        first = await begun(door, "midday", started_ago_s=60)
        assert await begun(door, "midday", started_ago_s=90) == first
        place = f"practices/midday/sessions/{first['id']}/finish"
        ended = (await door.post(place, json={"lasted_s": 60, "choice": "resonance"})).json()
        assert (ended["lasted_s"], ended["choice"], ended["signs"]) == (60, "resonance", None)
        assert ended["offers"] == ["breath", "kindness"]
        again = await door.post(place, json={"lasted_s": 10, "choice": "warmth"})
        assert again.json() == ended
        listed = (await door.get("practices/sessions")).json()
        assert listed == {"items": [ended], "next": None}

    with Home(tmp_path, FIRST) as home:
        asks(home, tells)
        assert [body["ended_at"] is None for body in home.bus.of("practice")] == [
            True,
            False,
            False,
        ]


def test_signs_are_kept_as_they_are_said_last_and_none_is_an_answer(tmp_path: Path) -> None:
    async def tells(door: httpx.AsyncClient) -> None:
        name = (await begun(door, "midday"))["id"]
        place = f"practices/midday/sessions/{name}"
        await door.post(f"{place}/finish", json={"lasted_s": 60, "choice": "warmth"})
        said = await door.post(f"{place}/signs", json={"signs": ["demand", "resentment"]})
        assert said.json()["signs"] == ["demand", "resentment"]
        assert said.json()["choice"] == "warmth"
        assert said.json()["offers"] == ["breath", "kindness"]
        said = await door.post(f"{place}/signs", json={"signs": []})
        assert (said.json()["signs"], said.json()["offers"]) == ([], [])
        assert (await door.post(f"{place}/signs", json={"signs": ["tired"]})).status_code == 422

    with Home(tmp_path, FIRST) as home:
        asks(home, tells)


def test_what_a_practice_is_not_asked_is_not_kept(tmp_path: Path) -> None:
    async def tells(door: httpx.AsyncClient) -> None:
        name = (await begun(door, "morning"))["id"]
        said = {"lasted_s": 1800, "difficult": False, "choice": "warmth"}
        ended = await door.post(f"practices/morning/sessions/{name}/finish", json=said)
        assert (ended.json()["choice"], ended.json()["difficult"]) == (None, False)
        assert ended.json()["lasted_s"] == 300
        other = await door.post(f"practices/evening/sessions/{name}/finish", json={"lasted_s": 1})
        assert other.status_code == 404
        assert (
            await door.post("practices/pause/sessions", json={}, headers=KEY)
        ).status_code == 422

    with Home(tmp_path, FIRST) as home:
        asks(home, tells)


def test_a_practice_that_a_page_was_told_of_is_there_for_good(tmp_path: Path) -> None:
    """Whoever looks into the file sees it, while the server still holds it open: nothing waits."""

    async def tells(door: httpx.AsyncClient) -> None:
        told = await begun(door, "evening")
        with Diary.peek(tmp_path, demo=False) as other:
            assert known_practice(other, told["id"]).kind == "evening"

    with Home(tmp_path, FIRST) as home:
        asks(home, tells)


def test_practices_are_paged_newest_first(tmp_path: Path) -> None:
    async def tells(door: httpx.AsyncClient) -> None:
        seen, cursor = [], ""
        while cursor is not None:
            asked: dict[str, Any] = {"limit": 2, **({"cursor": cursor} if cursor else {})}
            page = (await door.get("practices/sessions", params=asked)).json()
            seen += [it["id"] for it in page["items"]]
            cursor = page["next"]
        assert seen == ["s4", "s3", "s2", "s1", "s0"]
        some = {"from": utc(START + 2), "to": utc(START + 4)}
        page = (await door.get("practices/sessions", params=some)).json()
        assert [it["id"] for it in page["items"]] == ["s3", "s2"]

    with Home(tmp_path, FIRST) as home:
        for i in range(5):
            begin_practice(home.diary, StoredPractice(f"s{i}", f"key-{i}", "midday", START + i))
        asks(home, tells)


def test_nothing_is_offered_into_a_practice_and_its_minutes_are_not_learnt(tmp_path: Path) -> None:
    async def tells(door: httpx.AsyncClient) -> None:
        await begun(door, "morning", started_ago_s=10)

    with Home(tmp_path, a_shift()) as home:
        asks(home, tells, 1350)
        decided = home.diary.decisions(START + 1_355_000, START + 1_500_000)
        learnt = [w.window.t_ms for w in home.diary.windows(START + 1_340_000, 2**53) if w.learnt]
        assert home.diary.prompts() == ()
    assert "in_pause" in {each.decision.reason for each in decided}
    assert learnt == []


def test_a_practice_that_runs_is_known_after_a_restart(tmp_path: Path) -> None:
    async def tells(door: httpx.AsyncClient) -> None:
        await begun(door, "morning")

    time = Time()
    with Home(tmp_path, up_to_second(a_shift(), 1350), time=time) as home:
        asks(home, tells, 1340)
    with Home(tmp_path, a_shift(), time=time) as home:
        home.lives()
        assert home.session.day.busy(START + 1_600_000)
        assert home.diary.prompts() == ()


def test_a_practice_told_of_later_does_not_end_the_pause_that_runs(tmp_path: Path) -> None:
    async def tells(door: httpx.AsyncClient) -> None:
        await door.post("pauses", json={}, headers=KEY)
        old = await begun(door, "midday", started_ago_s=86_400)
        ended = {"lasted_s": 60, "ended_ago_s": 86_340}
        await door.post(f"practices/midday/sessions/{old['id']}/finish", json=ended)

    with Home(tmp_path, FIRST) as home:
        asks(home, tells)
        assert home.session.day.busy(START + 680_000)


async def checks_in(door: httpx.AsyncClient) -> None:
    name = (await begun(door, "midday", started_ago_s=60))["id"]
    ended = await door.post(f"practices/midday/sessions/{name}/finish", json={"lasted_s": 60})
    assert ended.json()["around"] is None


def around_of(home: Home) -> Any:
    (practice,) = practices(home.diary, START, START + 10**7)
    return PracticeSession.of(practice).around


def test_what_lies_around_a_practice_is_recorded_once_the_minutes_after_it_are_over(
    tmp_path: Path,
) -> None:
    with Home(tmp_path, a_shift()) as home:
        asks(home, checks_in, 760)
        around = around_of(home)
        told = home.bus.of("practice")
    assert around.text.id == "practice.recorded"
    assert around.text.values == {"min_before": 4, "min_after": 8}
    assert [part.missing for part in (around.before, around.during, around.after)] == [None] * 3
    assert around.after.heart_rate.value == pytest.approx(68, abs=6)
    assert [body["around"] is None for body in told] == [True, True, False]
    # Nothing in it says which is more or less than another.
    assert set(told[-1]["around"]) == {"text", "before", "during", "after"}


def test_it_is_recorded_after_a_restart_as_well(tmp_path: Path) -> None:
    time = Time()
    with Home(tmp_path, up_to_second(a_shift(), 800), time=time) as home:
        asks(home, checks_in, 760)
        assert around_of(home) is None
    with Home(tmp_path, a_shift(), time=time) as home:
        home.lives()
        assert around_of(home) is not None


def test_without_a_strap_there_is_nothing_to_record(tmp_path: Path) -> None:
    async def tells(door: httpx.AsyncClient) -> None:
        name = (await begun(door, "midday", started_ago_s=7200))["id"]
        said = {"lasted_s": 60, "ended_ago_s": 7140}
        await door.post(f"practices/midday/sessions/{name}/finish", json=said)

    with Home(tmp_path, FIRST) as home:
        asks(home, tells)
        (practice,) = practices(home.diary, 0, START)
    assert practice.around is None


def test_what_is_noticed_is_marked_once_and_can_be_taken_back(tmp_path: Path) -> None:
    async def tells(door: httpx.AsyncClient) -> None:
        first = await door.post("noticed", json={"ago_s": 30}, headers=KEY)
        assert first.status_code == 201
        assert (await door.post("noticed", json={"ago_s": 90}, headers=KEY)).json() == first.json()
        assert set(first.json()) == {"id", "at"}
        span = {"from": utc(START), "to": utc(START + 10**7)}
        line = (await door.get("line", params=span)).json()
        assert line == {"items": [{"at": first.json()["at"], "kind": "noticed", "sign": None}]}
        for _ in range(2):
            gone = await door.request("DELETE", f"noticed/{first.json()['id']}", headers=JSON)
            assert gone.status_code == 204
        assert (await door.get("line", params=span)).json() == {"items": []}

    with Home(tmp_path, FIRST) as home:
        asks(home, tells)


def test_ones_own_line_holds_what_was_said_in_order_and_no_sum(tmp_path: Path) -> None:
    async def tells(door: httpx.AsyncClient) -> None:
        for ago_s, choice, signs in ((3600, "resonance", ["demand"]), (60, "warmth", [])):
            name = (await begun(door, "midday", f"key-of-{ago_s}", started_ago_s=ago_s))["id"]
            said = {"lasted_s": 60, "choice": choice, "signs": signs}
            await door.post(f"practices/midday/sessions/{name}/finish", json=said)
        await door.post("noticed", json={"ago_s": 1800}, headers=KEY)
        span = {"from": utc(START - 10**8), "to": utc(START + 10**7)}
        line = (await door.get("line", params=span)).json()
        assert [(it["kind"], it["sign"]) for it in line["items"]] == [
            ("resonance", None),
            ("sign", "demand"),
            ("noticed", None),
            ("warmth", None),
        ]
        assert list(line) == ["items"]
        long = {"from": utc(START - 401 * 86_400_000), "to": utc(START)}
        assert (await door.get("line", params=long)).status_code == 422

    with Home(tmp_path, FIRST) as home:
        asks(home, tells)


def test_a_line_belongs_to_its_pause_to_its_question_or_to_nothing(tmp_path: Path) -> None:
    async def tells(door: httpx.AsyncClient) -> None:
        pause = (await door.post("pauses", json={}, headers=KEY)).json()["id"]
        evening = (await begun(door, "evening", "key-of-the-evening"))["id"]
        under = {"practice_key": "key-of-the-evening", "question": "evening.line3"}
        for body in (
            {"text": "Her hand", "pause_id": pause, "written_ago_s": 30},
            {"text": "The lift", "written_ago_s": 20, **under},
            {"text": "The long lift", "written_ago_s": 10, **under},
            {"text": "  Free  "},
        ):
            assert (await door.post("journal", json=body)).status_code == 201
        items = (await door.get("journal")).json()["items"]
        assert [(it["text"], it["practice_kind"], it["question"]) for it in items] == [
            ("Free", None, None),
            ("The long lift", "evening", "evening.line3"),
            ("Her hand", None, None),
        ]
        assert (items[1]["practice_id"], items[2]["pause_id"]) == (evening, pause)
        assert (await door.get(f"pauses/{pause}")).json()["journal"] == "Her hand"
        for unknown in ({"pause_id": "none"}, {"practice_id": "none"}, {"id": "none"}):
            assert (await door.post("journal", json={"text": "x", **unknown})).status_code == 404

    with Home(tmp_path, FIRST) as home:
        asks(home, tells)


def test_a_line_can_be_changed_and_removed_and_stays_at_its_time(tmp_path: Path) -> None:
    async def tells(door: httpx.AsyncClient) -> None:
        first = (await door.post("journal", json={"text": "one", "written_ago_s": 99})).json()
        second = await door.post("journal", json={"text": "two", "id": first["id"]})
        assert second.json() == first | {"text": "two"}
        gone = await door.post("journal", json={"text": " ", "id": first["id"]})
        assert gone.status_code == 204
        third = (await door.post("journal", json={"text": "three"})).json()
        for _ in range(2):
            gone = await door.request("DELETE", f"journal/{third['id']}", headers=JSON)
            assert gone.status_code == 204
        assert (await door.get("journal")).json()["items"] == []

    with Home(tmp_path, FIRST) as home:
        asks(home, tells)


def test_a_free_line_sent_twice_with_one_key_is_one_line(tmp_path: Path) -> None:
    async def tells(door: httpx.AsyncClient) -> None:
        first = await door.post("journal", json={"text": "one"}, headers=KEY)
        again = await door.post("journal", json={"text": "one"}, headers=KEY)
        assert (first.status_code, again.json()) == (201, first.json())
        await door.post("journal", json={"text": "one"})
        assert len((await door.get("journal")).json()["items"]) == 2

    with Home(tmp_path, FIRST) as home:
        asks(home, tells)


def test_a_line_is_found_by_what_it_says(tmp_path: Path) -> None:
    async def tells(door: httpx.AsyncClient) -> None:
        for text in ("Frau Özdemir lächelt", "der Fahrstuhl"):
            await door.post("journal", json={"text": text})
        found = await door.get("journal", params={"find": "ÖZDEMIR"})
        assert [it["text"] for it in found.json()["items"]] == ["Frau Özdemir lächelt"]
        assert (await door.get("journal", params={"find": "x" * 201})).status_code == 422

    with Home(tmp_path, FIRST) as home:
        asks(home, tells)
