"""GET /trends, /trends/practices and /ribbon, through the door."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from softfront_api.diary import StoredPause
from softfront_api.reasons import utc
from softfront_sensors.simulated import Episode, Kind

from .asking import within
from .living import START, Home, a_shift, up_to_second
from .weeks import DAY_MS, MONDAY_MS, lay_in_weeks

WALKED = up_to_second(a_shift(1500, Episode(Kind.WALK, 600, 120)), 1500)
WEEKS = {"from": "2026-01-05T00:00:00Z", "to": "2026-02-02T00:00:00Z"}


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with Home(tmp_path, WALKED) as home:
        yield home.lives()


def ask(home: Home, *paths: tuple[str, dict[str, str], dict[str, str]]) -> list[httpx.Response]:
    async def one_after_the_other() -> list[httpx.Response]:
        async with within(home) as door:
            return [await door.get(path, params=of, headers=head) for path, of, head in paths]

    return asyncio.run(one_after_the_other())


def test_trends_are_told_in_one_answer_and_never_kept_by_others(home: Home) -> None:
    lay_in_weeks(home.diary, 4, hours=1)
    (answer,) = ask(home, ("trends", WEEKS, {}))
    body: Any = answer.json()
    assert (len(body["days"]), len(body["weeks"]), len(body["months"])) == (20, 4, 1)
    assert set(body["panels"]) == {"still", "heart_rate", "rmssd", "soothing"}
    assert body["from"] == "2026-01-05T00:00:00Z"
    assert body["panels"]["rmssd"]["band"]["low"] < body["panels"]["rmssd"]["band"]["high"]
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-type"] == "application/json"


def test_who_has_the_answer_already_is_not_told_it_again(home: Home) -> None:
    lay_in_weeks(home.diary, 1, hours=1)
    (first,) = ask(home, ("trends", WEEKS, {}))
    known = {"If-None-Match": first.headers["etag"]}
    (again,) = ask(home, ("trends", WEEKS, known))
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    home.diary.begin_pause(StoredPause("p", "k", MONDAY_MS + DAY_MS))
    (changed,) = ask(home, ("trends", WEEKS, known))
    assert changed.status_code == 200
    assert changed.headers["etag"] != first.headers["etag"]


def test_a_year_and_its_edges_may_be_asked_for_and_no_more(home: Home) -> None:
    year = {"from": "2025-01-01T00:00:00Z", "to": "2026-02-05T00:00:00Z"}
    more = {"from": "2025-01-01T00:00:00Z", "to": "2026-02-06T00:00:00Z"}
    paths = ("trends", "trends/practices", "returns")
    found = ask(home, *((path, of, {}) for path in paths for of in (year, more)))
    assert [answer.status_code for answer in found] == [200, 422] * 3
    assert found[0].json()["text"]["id"] == "trends.nothing"


def test_a_ribbon_names_each_state_and_adds_up_to_what_was_worn(home: Home) -> None:
    span = {"from": utc(START), "to": utc(START + 1500_000)}
    (answer,) = ask(home, ("ribbon", span, {}))
    body: Any = answer.json()
    states = [run["state"] for run in body["spans"]]
    assert {"still", "moving"} <= set(states)
    assert all(
        one["to"] <= other["from"]
        for one, other in zip(body["spans"], body["spans"][1:], strict=False)
    )
    assert body["still_s"] + body["moving_s"] + body["poor_signal_s"] == body["worn_s"]
    assert 100 < body["moving_s"] < 900
    assert body["pauses"] == []
