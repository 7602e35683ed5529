"""Out, gone, and back, by one server's own door: the same windows, decisions and trends."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from .killing import SOFTFRONT, Served, make_road

STRETCH = {"from": "2000-01-03T00:00:00Z", "to": "2000-01-04T00:00:00Z"}
# What was measured, decided and told of it, as the page reads it.
TOLD = ("windows?points=2000", "decisions?limit=500", "prompts", "ribbon", "trends", "returns")


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    road = make_road(tmp_path)
    (tmp_path / "data").mkdir()
    with Served(road, tmp_path / "data", "max", SOFTFRONT) as served:
        assert served.live_to_the_end()
        yield served


@pytest.fixture
def door(served: Served) -> Iterator[httpx.Client]:
    url = f"http://127.0.0.1:{served.port}"
    with httpx.Client(base_url=f"{url}/api/v1/", headers={"origin": url}, timeout=60) as client:
        yield client


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 120
    while time.monotonic() < end:
        try:
            if holds():
                return
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    raise AssertionError("waited too long")


def told(door: httpx.Client) -> dict[str, bytes]:
    answers = {}
    for path in TOLD:
        name, _, more = path.partition("?")
        query = dict(pair.split("=") for pair in more.split("&") if pair)
        answers[name] = door.get(name, params=query | STRETCH).raise_for_status().content
    return answers


def test_out_gone_and_back_all_is_as_it_was(door: httpx.Client) -> None:
    before = told(door)
    assert b"rmssd_ms" in before["windows"]
    whole = door.get("export", params={"format": "all"}).raise_for_status().content
    gone = door.request("DELETE", "me", json={"confirm": "delete"}).raise_for_status().json()
    assert gone["found"] == 0
    until(lambda: door.get("now").status_code == 200)
    sent = door.post(
        "import",
        params={"name": "all.zip"},
        content=whole,
        headers={"content-type": "application/octet-stream"},
    )
    assert sent.status_code == 202, sent.text
    where = f"import/{sent.json()['id']}"
    until(lambda: door.get(where).json()["state"] in ("done", "refused"))
    assert door.get(where).json()["state"] == "done", door.get(where).text
    assert told(door) == before
