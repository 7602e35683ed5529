"""*Use my strap*, by the door of a real server on a bus with straps in the air."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from softfront_api.diary import Diary
from softfront_api.shapes.straps import signal, tail
from softfront_sensors.heart_rate import Contact, encode
from softfront_sensors.strap import KnownStraps

from .bus import DAEMON
from .wearing import NEEDS_DBUS, holds, run

if DAEMON:
    from dbus_fast import DBusError

    from .fake import FakeBluez, FakeStrap

pytestmark = NEEDS_DBUS

MINE, OTHER = "A0:00:00:00:4F:21", "A0:00:00:00:00:02"
BEAT = encode(60, [1024], Contact.ON)
LIMIT_S = 90.0

Ask = Callable[..., Any]


async def beats(fake: "FakeStrap") -> None:
    while True:
        fake.send(BEAT)
        await asyncio.sleep(0.2)


@asynccontextmanager
async def opened(command: str, folder: Path) -> AsyncIterator[httpx.AsyncClient]:
    """Start a server of its own, and open its door."""
    words = ("-P", "-m", "softfront_api", command, "--no-browser", "--json", "--port", "0")
    pipe, quiet = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
    program = await asyncio.create_subprocess_exec(
        sys.executable, *words, "--data", str(folder), stdout=pipe, stderr=quiet
    )
    try:
        assert program.stdout is not None
        url = json.loads(await program.stdout.readline())["url"]
        async with httpx.AsyncClient(
            base_url=f"{url}/api/v1/", headers={"origin": url}, timeout=20
        ) as door:
            yield door
    finally:
        program.terminate()
        await program.communicate()


async def asked(door: httpx.AsyncClient, until: Callable[[Any], bool]) -> Any:
    """Ask until it is so; a server that changes is waited for."""
    while True:
        with suppress(httpx.TransportError):
            told = (await door.get("straps")).json()
            if until(told):
                return told
        await asyncio.sleep(0.05)


def strap_of(diary: Diary, session: str) -> str | None:
    stored = diary.session(session)
    return stored.info.strap if stored else None


def other_found(told: Any) -> bool:
    return {it["id"] for it in told["found"]} >= {OTHER}


def test_of_two_straps_the_one_chosen_is_worn_and_its_steps_are_told(
    bus: str, tmp_path: Path
) -> None:
    async def choose() -> Any:
        async with FakeBluez(bus) as bluez, asyncio.TaskGroup() as group:
            mine = bluez.strap(MINE, name="Polar H10", rssi=-50)
            async with opened("serve", tmp_path) as door:
                await holds(lambda: mine.notifying)
                other = bluez.strap(OTHER, name="TICKR", rssi=-85)
                beating = group.create_task(beats(other))
                assert (await door.post("straps/scan", json={})).status_code == 202
                again = (await door.post("straps/scan", json={})).json()
                assert again["looking_s"] is not None
                found = await asked(door, other_found)
                [heard] = found["found"]
                assert (heard["tail"], heard["signal"], heard["current"]) == ("0002", "far", False)
                assert (await door.post("straps/choose", json={"id": OTHER})).status_code == 200
                told = await asked(door, lambda it: it["chosen"]["beat_s"] is not None)
                await holds(lambda: not mine.connected)
                known = await asked(door, lambda it: any(k["current"] for k in it["known"]))
                health = (await door.get("health")).json()
                beating.cancel()
                return told, known, health

    told, known, health = run(choose(), LIMIT_S)
    steps = told["chosen"]
    reached = [steps[f"{step}_s"] for step in ("found", "connected", "skin", "beat")]
    assert reached == sorted(reached)
    assert reached[-1] <= 10
    assert (steps["name"], told["looking_s"], told["can"]) == ("TICKR", None, "here")
    assert [(it["id"], it["current"]) for it in known["known"]] == [(OTHER, True)]
    assert health["strap"]["name"] == "TICKR"


def test_a_strap_chosen_in_the_demo_begins_ones_own_day_at_the_same_address(
    bus: str, tmp_path: Path
) -> None:
    async def leave() -> None:
        async with FakeBluez(bus) as bluez, asyncio.TaskGroup() as group:
            mine = bluez.strap(MINE, name="Polar H10")
            beating = group.create_task(beats(mine))
            async with opened("demo", tmp_path) as door:
                before = (await door.get("straps")).json()
                assert (before["can"], before["chosen"]) == ("leave", None)
                await door.post("straps/scan", json={})
                await asked(door, lambda told: bool(told["found"]))
                assert not mine.connected
                assert (await door.post("straps/choose", json={"id": MINE})).status_code == 200
                told = await asked(
                    door, lambda it: it["chosen"] is not None and it["chosen"]["beat_s"] is not None
                )
                assert told["can"] == "here"
                assert (await door.get("health")).json()["demo"] is False
            beating.cancel()

    run(leave(), LIMIT_S)
    with Diary.open(tmp_path, demo=False) as own:
        [strap] = {strap_of(own, it.session) for it in own.readings(0, 2**53)}
    assert strap == MINE
    assert KnownStraps(tmp_path / "straps.json").straps[0].id == MINE


def test_where_bluetooth_is_off_it_says_so_and_what_else_there_is(bus: str, tmp_path: Path) -> None:
    async def look() -> Any:
        async with FakeBluez(bus) as bluez, opened("demo", tmp_path) as door:
            bluez.refusal = DBusError("org.bluez.Error.NotReady", "Resource Not Ready")
            await door.post("straps/scan", json={})
            return await asked(door, lambda told: told["problem"] is not None)

    told = run(look(), LIMIT_S)
    assert told["problem"]["title"]["id"] == "bluetooth.off.title"
    assert told["problem"]["do"]["id"] == "bluetooth.off.do"
    assert (told["looking_s"], told["found"]) == (None, [])


def test_what_was_neither_heard_nor_worn_is_not_chosen(bus: str, tmp_path: Path) -> None:
    async def choose() -> int:
        async with FakeBluez(bus), opened("demo", tmp_path) as door:
            return (await door.post("straps/choose", json={"id": MINE})).status_code

    assert run(choose(), LIMIT_S) == 404


@pytest.mark.parametrize(
    ("dbm", "word"), [(-40, "close"), (-64, "close"), (-75, "near"), (-95, "far"), (None, None)]
)
def test_a_signal_is_told_in_a_word(dbm: int | None, word: str | None) -> None:
    assert signal(dbm) == word


def test_two_straps_of_one_name_are_told_apart_by_four_signs() -> None:
    assert tail(MINE) == "4F21"
    assert tail("0D6B2C41-9E2F-4C0E-8a11-7c5d1f00beef") == "BEEF"
