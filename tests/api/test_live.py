"""The stream, and what a house says of itself while it opens and while it is full of secrets."""

import asyncio
import json
import logging
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from softfront_api.app import make_app
from softfront_api.guard import Door

from .asking import HOST, house, within
from .living import START, Home, a_shift, up_to_second

CANARY = "canary-of-a-quiet-line"
SHORT = up_to_second(a_shift(), 60)


@asynccontextmanager
async def served(home: Home) -> AsyncIterator[httpx.AsyncClient]:
    """Speak to a real server on a port of its own."""
    listener = socket.create_server((HOST, 0))
    port = listener.getsockname()[1]
    app: Any = make_app(house(home), Door.at(port))
    config = uvicorn.Config(app, lifespan="off", log_config=None, ws="none")
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    async with httpx.AsyncClient(base_url=f"http://{HOST}:{port}/api/v1/", timeout=10) as door:
        yield door
    home.bus.close()
    server.should_exit = True
    await serving


async def events(door: httpx.AsyncClient, n: int, last: str | None = None) -> list[dict[str, Any]]:
    """Read so many events from the stream."""
    found: list[dict[str, Any]] = []
    event: dict[str, Any] = {}
    headers = {"Last-Event-ID": last} if last else {}
    async with door.stream("GET", "live", headers=headers) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        async for line in answer.aiter_lines():
            name, _, text = line.partition(":")
            if name:
                event[name] = text.strip()
            elif event:
                found.append({**event, "data": json.loads(event["data"])})
                event = {}
            if len(found) == n:
                break
    return found


def on_a_server(home: Home, say: Callable[[httpx.AsyncClient], Awaitable[Any]]) -> Any:
    async def run() -> Any:
        await home.session.run()
        async with asyncio.timeout(20), served(home) as door:
            return await say(door)

    return asyncio.run(run())


def test_a_page_is_first_told_the_moment(tmp_path: Path) -> None:
    with Home(tmp_path, SHORT) as home:
        (first,) = on_a_server(home, lambda door: events(door, 1))
    assert first["event"] == "now"
    assert first["data"]["strap"]["name"] == "simulated"


def test_a_page_that_comes_back_is_told_what_it_missed_and_only_the_latest_moment(
    tmp_path: Path,
) -> None:
    with Home(tmp_path, a_shift()) as home:

        async def comes_back(door: httpx.AsyncClient) -> list[dict[str, Any]]:
            seen = next(e for e in home.bus.told if e.name == "prompt")
            return await events(door, 3, str(seen.id))

        first, *missed = on_a_server(home, comes_back)
        last_now = [e.id for e in home.bus.told if e.name == "now"][-1]
    assert "id" not in first
    assert [(e["event"], e["data"].get("status")) for e in missed] == [
        ("prompt", "expired"),
        ("now", None),
    ]
    assert int(missed[1]["id"]) == last_now


def test_what_happens_is_told_to_all_who_listen(tmp_path: Path) -> None:
    with Home(tmp_path, SHORT) as home:

        async def listen(door: httpx.AsyncClient) -> list[list[dict[str, Any]]]:
            async with asyncio.TaskGroup() as group:
                pages = [group.create_task(events(door, 2)) for _ in range(3)]
                while home.bus.listeners < 3:  # noqa: ASYNC110  # nobody is told who listens
                    await asyncio.sleep(0.01)
                home.bus.publish("strap", {"state": "lost"})
            return [page.result() for page in pages]

        told = on_a_server(home, listen)
        assert [page[1]["data"] for page in told] == [{"state": "lost"}] * 3


@pytest.mark.parametrize("last", ["0", "nonsense", "9" * 5000, "-1"])
def test_a_last_id_that_makes_no_sense_is_no_fault(tmp_path: Path, last: str) -> None:
    with Home(tmp_path, SHORT) as home:
        assert on_a_server(home, lambda door: events(door, 1, last))[0]["event"] == "now"


def test_while_the_house_opens_it_says_so(tmp_path: Path) -> None:
    async def look(home: Home) -> None:
        async with within(home) as door:
            health = (await door.get("health")).json()
            assert (health["status"], health["strap"], health["last_seq"]) == ("starting", None, 0)
            answer = await door.get("now")
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
            assert (await door.get("settings")).status_code == 200

    with Home(tmp_path, SHORT) as home:
        asyncio.run(look(home))


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "windows?from=0001-01-01T00:00:00%2B14:00&to=0001-01-02T00:00:00Z", 422),
        ("GET", "windows?from=9999-12-30T00:00:00Z&to=9999-12-31T23:59:59-12:00", 422),
        ("GET", "windows?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", 422),
        ("GET", "decisions", 422),
        ("GET", "decisions?at=9999-12-31T23:59:59-12:00", 422),
        ("GET", "prompts?cursor=4711", 422),
        ("GET", "pauses/none", 404),
        ("GET", "nothing/at/all", 404),
        ("POST", "nothing/at/all", 405),
        ("POST", "now", 405),
        ("DELETE", "settings", 405),
        ("POST", "pauses", 422),
        ("PUT", "settings", 428),
    ],
)
def test_what_cannot_be_done_gets_a_problem(
    tmp_path: Path, method: str, path: str, status: int
) -> None:
    async def ask(home: Home) -> httpx.Response:
        await home.session.run()
        async with within(home) as door:
            body = None if method == "GET" else b"{}"
            headers = {"content-type": "application/json"}
            return await door.request(method, path, content=body, headers=headers)

    with Home(tmp_path, SHORT) as home:
        answer = asyncio.run(ask(home))
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status
    assert "4711" not in answer.text


@pytest.mark.parametrize("tag", ['"7"', "nonsense", '"' + "9" * 5000 + '"', 'W/"0"', "*"])
def test_settings_are_changed_only_from_what_stands(tmp_path: Path, tag: str) -> None:
    async def ask(home: Home) -> int:
        await home.session.run()
        async with within(home) as door:
            seen = (await door.get("settings")).json()
            return (await door.put("settings", json=seen, headers={"If-Match": tag})).status_code

    with Home(tmp_path, SHORT) as home:
        assert asyncio.run(ask(home)) == 412


def test_no_value_of_a_body_is_ever_written_to_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr(logging.getLogger("httpx"), "disabled", True)  # the page's, not ours
    codes: list[int] = []

    async def says(home: Home) -> None:
        async with within(home) as door:
            (offer,) = (await door.get("prompts")).json()["items"]
            key = {"Idempotency-Key": "a-key-of-the-page"}
            pause = await door.post("pauses", json={"prompt_id": offer["id"]}, headers=key)
            name = pause.json()["id"]
            line = {"text": CANARY, "pause_id": name}
            for path, body in (
                (f"pauses/{name}/finish", {"lasted_s": 90}),
                ("journal", line),
                ("journal", {"text": [CANARY]}),
                ("journal", {CANARY: 1}),
                (f"prompts/{offer['id']}/answer", {"answer": CANARY}),
            ):
                codes.append((await door.post(path, json=body)).status_code)
            await door.get("windows", params={"from": "2026-06-09T10:00Z", "to": CANARY})
            logging.getLogger("softfront_api.session").debug("looked at")

    with Home(tmp_path, a_shift()) as home:
        home.says(1420, says).lives()
        windows = home.diary.windows(START, START + 10**8)
    assert codes == [200, 201, 422, 422, 422]
    assert CANARY not in caplog.text
    assert "looked at" in caplog.text
    values = {f"{v:.3f}" for w in windows for v in (w.window.hr_bpm, w.window.rmssd_ms) if v}
    assert len(values) > 200
    assert not [value for value in values if value in caplog.text]
