"""`softfront doctor` on a bus with a strap in the air, as its users run it."""

import asyncio
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from softfront_sensors.heart_rate import decode
from softfront_sensors.recording import load
from softfront_sensors.simulated import Person, readings
from softfront_sensors.strap import KnownStraps

from .bus import DAEMON
from .wearing import NEEDS_DBUS, holds, run

if DAEMON:
    from .fake import FakeBluez, FakeStrap

pytestmark = NEEDS_DBUS


async def softfront(*words: str) -> tuple[int, str, str]:
    program = await asyncio.create_subprocess_exec(
        sys.executable,
        "-P",
        "-m",
        "softfront_api",
        *words,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await program.communicate()
    return program.returncode or 0, out.decode(), err.decode()


async def beat(fake: "FakeStrap", data: list[bytes], every_s: float) -> None:
    """Send notifications as soon as somebody listens."""
    await holds(lambda: fake.notifying)
    for each in data:
        fake.send(each)
        await asyncio.sleep(every_s)


def doctored(
    bus: str, folder: Path, *words: str, traits: dict[str, Any] | None = None, air: bool = True
) -> tuple[int, dict[str, Any], str]:
    sent = [r.data for r in readings(Person(7), 0, 60) if hasattr(r, "data")]

    async def look() -> tuple[int, str, str]:
        async with FakeBluez(bus) as bluez:
            fake = bluez.strap(**(traits or {}), in_air=air)
            beating = asyncio.create_task(beat(fake, sent, 0.1))
            told = await softfront("doctor", "--data", str(folder), "--json", *words)
            beating.cancel()
            return told

    code, out, err = run(look(), limit_s=60)
    return code, json.loads(out), err


def test_it_names_the_straps_in_the_room(bus: str, tmp_path: Path) -> None:
    _, told, _ = doctored(bus, tmp_path, traits={"name": "Polar H10 1234"})
    assert told["bluetooth"] == "ok"
    assert [strap["name"] for strap in told["straps"]] == ["Polar H10 1234"]
    assert told["remembered"] == told["paired"] == []


def test_a_soak_tells_how_it_was_heard_and_its_capture_is_a_recording(
    bus: str, tmp_path: Path
) -> None:
    file = tmp_path / "soak.jsonl"
    words = ("--soak", "--minutes", "0.08", "--capture", str(file))
    code, told, _ = doctored(bus, tmp_path, *words, traits={"about": {0x2A24: b"H10"}})
    assert code == 0
    assert told["strap"]["model"] == "H10"
    assert told["links"] == 1
    assert told["packets"] > 20
    assert told["first_beat_s"] < 5
    recording = load(file)
    assert len(recording.readings) == told["packets"]
    intervals = sum(len(decode(r.data).rr_ticks) for r in recording.readings if hasattr(r, "data"))
    assert intervals == told["intervals"]
    code, out, err = run(softfront("replay", str(file)), limit_s=30)
    assert (code, err, "packets." in out) == (0, "", True)
    known = KnownStraps(tmp_path / "straps.json").straps
    assert [strap.id for strap in known] == ["A0:00:00:00:00:01"]


def test_without_a_strap_in_the_air_it_says_what_to_try(bus: str, tmp_path: Path) -> None:
    code, told, err = doctored(bus, tmp_path, "--soak", "--minutes", "0.06", air=False)
    assert (code, told["packets"], told["strap"]["state"]) == (3, 0, "absent")
    assert "Are the pads wet?" in err


@pytest.mark.parametrize(
    ("off", "problem"), [(lambda bluez: bluez.power(on=False), "off"), (lambda bluez: None, "ok")]
)
def test_it_says_whether_bluetooth_is_on(
    bus: str, tmp_path: Path, off: Callable[["FakeBluez"], None], problem: str
) -> None:
    async def look() -> tuple[int, str, str]:
        async with FakeBluez(bus) as bluez:
            off(bluez)
            return await softfront("doctor", "--data", str(tmp_path), "--json")

    code, out, _ = run(look(), limit_s=60)
    assert json.loads(out)["bluetooth"] == problem
    assert (code == 4) is (problem == "off")
