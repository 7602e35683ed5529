"""Each sentence of the promise is held by a test; one that no test holds may not be shown."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from softfront_api.settings import Settings
from softfront_api.words import catalogue

from ..sensors.broker import free_port
from .beginning import Fresh
from .killing import SOFTFRONT

TESTS = Path(__file__).parents[1]
# What holds each promise, as file::test below tests/.
HELD = {
    "promise.1": "api/test_promises.py::test_nothing_leaves_this_machine",
    "promise.2": "api/test_promises.py::test_no_door_asks_whose_heart_it_is",
    "promise.3": "api/test_promises.py::test_stopping_is_one_request_and_asks_for_no_reason",
    "promise.4": "api/test_promises.py::test_nothing_leaves_this_machine",
    "promise.5": "api/test_rederive.py::test_the_same_rule_derives_the_same_past_to_the_last_byte",
    "promise.6": "api/test_promises.py::test_it_is_open",
    "promise.home_exception": "api/test_promises.py::test_what_leaves_is_off_until_it_is_chosen",
}
# Python tells of every connection and every name that is looked up, whoever asks for it.
WATCHED = """
import sys
def watch(event, told):
    where = told[0] if event == "socket.getaddrinfo" else (
        told[1][0] if event in ("socket.connect", "socket.sendto") and len(told[1]) > 1 else None)
    here = where is None or str(where) in ("127.0.0.1", "::1", "localhost", "None")
    if isinstance(where, str) and not where.startswith("/") and not here:
        print("LEFT", event, where, flush=True)
        raise PermissionError("nothing leaves")
sys.addaudithook(watch)
"""
LEAVING = """
import socket
try:
    socket.create_connection(("192.0.2.1", 9), timeout=0.1)
except OSError:
    pass
"""
A_PERSON = re.compile(r"team|rank|employ|colleague|wearer|user|person|ward\b", re.IGNORECASE)


@contextmanager
def demo(folder: Path, code: str) -> Iterator[tuple[httpx.Client, Path]]:
    told, port = folder / "told.txt", free_port()
    arguments = ["demo", "--no-browser", "--port", str(port), "--data", str(folder / "demo")]
    process = Fresh(code, arguments, told)
    url = f"http://127.0.0.1:{port}"
    try:
        with httpx.Client(base_url=f"{url}/api/v1/", headers={"origin": url}) as door:
            until(lambda: door.get("now").status_code == 200)
            yield door, told
    finally:
        process.kill()
        process.join(15)


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            if holds():
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise AssertionError("waited too long")


def put(door: httpx.Client, **what: Any) -> httpx.Response:
    seen = door.get("settings")
    return door.put("settings", json=seen.json() | what, headers={"if-match": seen.headers["etag"]})


def test_every_promise_is_held_by_a_test_that_is_there() -> None:
    assert set(HELD) == {k for k in catalogue() if k.startswith("promise.")} - {"promise.title"}
    for place in HELD.values():
        file, _, name = place.partition("::")
        assert f"def {name}(" in (TESTS / file).read_text(encoding="utf-8"), place


@pytest.mark.parametrize("leaves", [False, True], ids=["as it is", "negative control"])
def test_nothing_leaves_this_machine(tmp_path: Path, leaves: bool) -> None:
    code = WATCHED + (LEAVING if leaves else "") + SOFTFRONT
    with demo(tmp_path, code) as (door, told):
        for path in ("now", "practices", "settings", "effect", "health", "journal"):
            assert door.get(path).status_code == 200, path
        key = {"idempotency-key": "a-pause-by-hand"}
        assert door.post("pauses", json={}, headers=key).status_code == 201
        assert ("LEFT" in told.read_text()) is leaves


def test_no_door_asks_whose_heart_it_is(tmp_path: Path) -> None:
    with demo(tmp_path, SOFTFRONT) as (door, _):
        described = door.get(str(door.base_url).replace("/api/v1/", "/openapi.json")).json()
    names = list(described["paths"]) + [
        parameter["name"]
        for path in described["paths"].values()
        for operation in path.values()
        for parameter in operation.get("parameters", ())
    ]
    assert len(names) > 20
    assert [name for name in names if A_PERSON.search(name)] == []
    assert A_PERSON.search("/api/v1/teams")


def test_stopping_is_one_request_and_asks_for_no_reason(tmp_path: Path) -> None:
    with demo(tmp_path, SOFTFRONT) as (door, _):
        assert put(door, offers=False).json()["offers"] is False
        until(lambda: door.get("now").json()["stance"]["name"] == "paused")


def test_it_is_open() -> None:
    licence = (TESTS.parent / "LICENSE").read_text(encoding="utf-8")
    assert licence.startswith("MIT License")


def test_what_leaves_is_off_until_it_is_chosen() -> None:
    """A setting that lets something out names an address, or is a switch; none stands open."""
    chosen = {k: v for k, v in Settings() if k.startswith(("phone", "home"))}
    assert not any(chosen.values()), chosen
