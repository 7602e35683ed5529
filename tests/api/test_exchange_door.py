"""One's own data by the door: what is kept, a file in, everything out."""

import asyncio
import zipfile
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pytest

from softfront_api.app import make_app
from softfront_api.diary import Diary, arrivals
from softfront_api.exchange.desk import CURRENT, Desk
from softfront_api.guard import Door
from softfront_api.routers import exchanging
from softfront_sensors.recording import dump

from .asking import HOST, house
from .belongings import all_rows, backup_of, lived
from .living import START, Home, a_shift

SHIFT = a_shift(1500)
OVER_MS = START + 10**9
BYTES = {"content-type": "application/octet-stream"}


@asynccontextmanager
async def door_of(home: Home) -> AsyncIterator[httpx.AsyncClient]:
    """Speak to a house that takes files in, while it does."""
    home.session.taken_up = True
    desk = Desk(home.diary, lambda: OVER_MS)
    app = make_app(replace(house(home), desk=desk), Door.at(80))
    url = f"http://{HOST}:80"
    running = asyncio.create_task(desk.run())
    headers = {"origin": url, "host": f"{HOST}:80"}
    try:
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url=f"{url}/api/v1/", headers=headers
        ) as door:
            yield door
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


Ask = Callable[[httpx.AsyncClient], Coroutine[Any, Any, Any]]


def asked(folder: Path, ask: Ask) -> Any:
    async def within() -> Any:
        async with door_of(home) as door:
            return await ask(door)

    with Home(folder, ()) as home:
        return asyncio.run(within())


async def sent(door: httpx.AsyncClient, body: bytes, name: str, **more: str) -> Any:
    """Send a file, and wait until it is in or refused."""
    began = await door.post("import", content=body, params={"name": name, **more}, headers=BYTES)
    assert began.status_code == 202, began.text
    for _ in range(600):
        told = (await door.get(f"import/{began.json()['id']}")).json()
        if told["state"] in ("done", "refused"):
            return told
        await asyncio.sleep(0.1)
    raise AssertionError("it did not end")


def a_recording(folder: Path) -> bytes:
    with (folder / "shift.jsonl").open("w", encoding="utf-8") as out:
        dump(SHIFT, "Polar H10", out)
    return (folder / "shift.jsonl").read_bytes()


def test_a_recording_is_read_and_then_thought_through(tmp_path: Path) -> None:
    async def ask(door: httpx.AsyncClient) -> Any:
        first = await sent(door, a_recording(tmp_path), "shift.jsonl")
        return first, await sent(door, a_recording(tmp_path), "again.jsonl"), await door.get("data")

    first, again, data = asked(tmp_path, ask)
    assert (first["state"], first["beats_new"], first["beats_known"]) == ("done", len(SHIFT), 0)
    assert (again["state"], again["beats_new"], again["beats_known"]) == ("done", 0, len(SHIFT))
    held = data.json()
    assert (held["readings"], held["shifts"], held["days"]) == (len(SHIFT), 1, 1)
    assert held["folder"] == str(tmp_path)
    assert held["waiting"] is None
    assert list((tmp_path / "incoming").iterdir()) == []


def test_one_without_a_date_is_asked_for_it(tmp_path: Path) -> None:
    text = b"800\n790\n" * 300

    async def ask(door: httpx.AsyncClient) -> Any:
        return (
            await sent(door, text, "rest.txt"),
            await sent(door, text, "rest.txt", start="2026-03-01T09:00:00Z"),
            await sent(door, text + b"810\n", "2026-03-02T07-02-11Z.txt"),
        )

    bare, told, named = asked(tmp_path, ask)
    assert (bare["state"], bare["why"]["id"]) == ("refused", "data.import.why.undated")
    assert (told["state"], told["undated"], told["placed_at"][:16]) == (
        "done",
        True,
        "2026-03-01T09:00",
    )
    assert named["placed_at"][:19] == "2026-03-02T07:02:11"


def test_lines_that_are_left_out_are_named_without_what_they_say(tmp_path: Path) -> None:
    text = b"t_s,rr_ms\n1,800\n2,Miller\n3,800\n"

    async def ask(door: httpx.AsyncClient) -> Any:
        return await sent(door, text, "a.csv", start="2026-03-01T09:00:00Z")

    told = asked(tmp_path, ask)
    assert told["problems"] == [{"file": "a.csv", "line": 3, "text": "not a heartbeat interval"}]
    assert told["lines_left_out"] == 1


def test_everything_goes_out_and_comes_back_byte_for_byte(tmp_path: Path) -> None:
    home = lived(tmp_path / "lived")

    async def out(door: httpx.AsyncClient) -> Any:
        return await door.get("export")

    with zipfile.ZipFile(backup_of(home, tmp_path / "b.zip")) as wanted:
        names = set(wanted.namelist())
    body = (tmp_path / "b.zip").read_bytes()

    async def back(door: httpx.AsyncClient) -> Any:
        return await sent(door, body, "softfront.zip"), await out(door)

    with Diary.open(tmp_path / "new", demo=False):
        pass
    told, again = asked(tmp_path / "new", back)
    assert (told["state"], told["restored"]) == ("done", True)
    ours, theirs = all_rows(tmp_path / "new"), all_rows(home)
    assert ours == theirs
    assert again.headers["content-disposition"].startswith('attachment; filename="softfront-')
    with zipfile.ZipFile(BytesIO(again.content)) as zipped:
        assert set(zipped.namelist()) == names
        assert zipped.testzip() is None


def test_what_waited_goes_on_at_the_next_start(tmp_path: Path) -> None:
    with Home(tmp_path, ()) as home:
        from softfront_api.diary import bring, chunked
        from softfront_sensors.source import SessionInfo

        info = SessionInfo("file", "strap", SHIFT[0].t_ms, live=False)
        bring(home.diary, info, SHIFT[-1].t_ms, chunked(SHIFT))
        assert arrivals(home.diary)

    async def ask(door: httpx.AsyncClient) -> Any:
        for _ in range(300):
            told = (await door.get(f"import/{CURRENT}")).json()
            if told.get("state") == "done":
                return told
            await asyncio.sleep(0.1)
        raise AssertionError("it did not end")

    assert asked(tmp_path, ask)["percent"] == 100
    with Diary.peek(tmp_path, demo=False) as reader:
        assert not arrivals(reader)
        assert len(reader.decisions(START, 2**53)) == 300


@pytest.mark.parametrize(
    ("path", "status"),
    [("export?format=none", 422), ("export?from=2026-01-01T00:00:00Z", 422), ("import/x", 404)],
)
def test_what_is_not_there_is_refused(tmp_path: Path, path: str, status: int) -> None:
    async def ask(door: httpx.AsyncClient) -> Any:
        return await door.get(path)

    assert asked(tmp_path, ask).status_code == status


def test_more_than_is_taken_is_refused_and_nothing_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchanging, "_MOST_BYTES", 2_000_000)

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(5):
            yield b"8" * 1_000_000

    async def ask(door: httpx.AsyncClient) -> Any:
        refused = await door.post("import", content=pieces(), headers=BYTES)
        other = await door.post("import", content=b"800", headers={"content-type": "text/plain"})
        strange = await door.post("import", content=b"800", headers={**BYTES, "origin": "http://x"})
        return refused, other, strange

    refused, other, strange = asked(tmp_path, ask)
    assert [each.status_code for each in (refused, other, strange)] == [413, 415, 403]
    assert list((tmp_path / "incoming").iterdir()) == []
