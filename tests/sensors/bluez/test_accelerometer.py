import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest

from softfront_sensors.accelerometer import Patience, movement
from softfront_sensors.bluetooth import HEART_RATE_SERVICE, MEASUREMENT
from softfront_sensors.polar import CONTROL, DATA

from ..framing import ASK, START, STOP, delta, header, plain
from .bus import DAEMON
from .wearing import BEAT, NEEDS_DBUS, holds, run

if DAEMON:
    from bleak import BleakClient, BleakScanner
    from bleak.backends.device import BLEDevice
    from bleak.exc import BleakError

    from .fake import FakeBluez, FakeStrap
    from .polar_strap import PolarStrap

pytestmark = NEEDS_DBUS

PATIENT = Patience(start_s=5, stop_s=2)
QUICK = Patience(start_s=0.4, stop_s=0.4)
"""For what never answers."""
ADDRESS = "A0:00:00:00:00:01"
NS = 1_000_000_000

# A strap's chest that is still for a second and then sways, at 25 Hz.
STILL = [(0, 0, 1000)] * 25
SWAYING = [(0, 0, 800), (0, 0, 1200)] * 13


def frames(compressed: bool = False) -> list[bytes]:
    """Three frames, a second each: still, swaying, and what ends the second before."""
    told = []
    for second, samples in enumerate((STILL, SWAYING[:25], STILL), start=1):
        last_ns = second * NS + 24 * NS // 25
        body = delta(samples, 2, each=10) if compressed else plain(samples, 2)
        told.append(header(last_ns, 0x81 if compressed else 1) + body)
    return told


async def seen() -> "BLEDevice":
    """Scan as long as the one strap in the air needs to be heard."""
    async with BleakScanner(service_uuids=[HEART_RATE_SERVICE]) as scanner:
        await holds(lambda: bool(scanner.discovered_devices))
        return scanner.discovered_devices[0]


@asynccontextmanager
async def linked(
    bus: str, **traits: Any
) -> AsyncIterator[tuple["FakeStrap", "PolarStrap", "BleakClient"]]:
    """A Polar strap, and an unmodified bleak connected to it."""
    async with FakeBluez(bus) as bluez:
        fake = bluez.strap(ADDRESS)
        polar = PolarStrap(fake, **traits)
        device = await seen()
        async with BleakClient(device) as client:
            yield fake, polar, client


def ignore(_: int) -> None:
    pass


def moving(
    client: "BleakClient", patience: Patience = PATIENT
) -> AbstractAsyncContextManager[bool]:
    return movement(client, ignore, patience)


def try_out(
    bus: str, patience: Patience = PATIENT, **traits: Any
) -> tuple[bool, "PolarStrap", list[int]]:
    """Begin, hear what is streamed, and end; and see that beats came meanwhile."""

    async def listen() -> tuple[bool, "PolarStrap", list[int]]:
        beats: list[bytes] = []
        heard: list[int] = []
        async with linked(bus, **traits) as (fake, polar, client):
            await client.start_notify(MEASUREMENT, lambda _, data: beats.append(bytes(data)))
            async with movement(client, heard.append, patience) as tells:
                polar.send(*frames())
                fake.send(BEAT)
                await holds(lambda: bool(beats))
            fake.send(BEAT)
            await holds(lambda: len(beats) == 2)
            assert client.is_connected
            assert not polar.notifying & {CONTROL, DATA}
            return tells, polar, heard

    return run(listen())


def test_a_strap_with_an_accelerometer_tells_of_movement_and_is_stopped(bus: str) -> None:
    tells, polar, heard = try_out(bus)
    assert tells
    assert heard == [0, 200]
    assert polar.ops == [ASK, START, STOP]
    assert not polar.streaming


def test_the_lowest_rate_and_the_smallest_range_that_suffices_are_chosen(bus: str) -> None:
    _, polar, _ = try_out(bus)
    assert polar.commands[1].hex() == "02020001190001011000" + "02010400"


@pytest.mark.parametrize(
    ("settings", "command"),
    [
        ("0001 3400 0101 1000 0201 0800 0401 03", "0202 00013400 01011000 02010800 040103"),
        ("0001 1A00 0201 0200", "0202 00011A00 02010200"),
        ("0002 0000 1900", "0202 00011900"),
    ],
)
def test_a_strap_is_started_with_what_it_offers(bus: str, settings: str, command: str) -> None:
    tells, polar, _ = try_out(bus, settings=bytes.fromhex(settings))
    assert tells
    assert polar.commands[1] == bytes.fromhex(command)


def test_settings_may_come_in_several_indications(bus: str) -> None:
    tells, polar, _ = try_out(bus, most_bytes=9)
    assert tells
    assert polar.commands[1].hex() == "02020001190001011000" + "02010400"


def test_compressed_frames_are_heard_with_the_factor_the_strap_told(bus: str) -> None:
    async def listen() -> list[int]:
        heard: list[int] = []
        factor = b"\x05\x01\x00\x00\x00\x3f"  # one half
        async with (
            linked(bus, factor=factor) as (_, polar, client),
            movement(client, heard.append, PATIENT),
        ):
            polar.send(*frames(compressed=True))
            await holds(lambda: len(heard) == 2)
            return heard

    assert run(listen()) == [0, 100]


def test_broken_frames_and_frames_of_others_are_passed_over(bus: str) -> None:
    async def listen() -> list[int]:
        heard: list[int] = []
        ecg = header(NS, 0, kind=0) + plain([(7,)], 3)
        async with linked(bus) as (_, polar, client), movement(client, heard.append, PATIENT):
            for good in frames():
                cut_short = good[:10] + plain(SWAYING, 2)[:-1]
                polar.send(b"", b"\xff" * 40, ecg, cut_short, good)
            await holds(lambda: len(heard) == 2)
            return heard

    assert run(listen()) == [0, 200]


def test_a_stream_left_by_a_run_that_crashed_is_stopped_and_begun_anew(bus: str) -> None:
    tells, polar, heard = try_out(bus, streaming=True)
    assert (tells, heard) == (True, [0, 200])
    assert polar.ops == [ASK, START, STOP, START, STOP]


@pytest.mark.parametrize(
    "traits",
    [
        {"features": bytes.fromhex("0F01")},
        {"features": b""},
        {"without": (CONTROL, DATA)},
        {"without": (DATA,)},
        {"settings": b""},
        {"refused": {ASK: 3}},
        {"refused": {START: 13}},
        {"silent_to": (ASK,)},
        {"silent_to": (START,)},
        {"silent_to": (ASK, START, STOP)},
        {"hangs_at": (ASK,)},
        {"hangs_at": (START,)},
    ],
)
def test_a_strap_that_tells_of_no_movement_is_listened_to_all_the_same(
    bus: str, traits: dict[str, Any]
) -> None:
    tells, polar, heard = try_out(bus, QUICK, **traits)
    assert (tells, heard) == (False, [])
    assert not polar.streaming


def test_what_was_started_and_never_confirmed_is_stopped_at_once(bus: str) -> None:
    async def begin() -> list[int]:
        async with (
            linked(bus, silent_to=(START,)) as (_, polar, client),
            moving(client, QUICK) as tells,
        ):
            assert not tells
            return polar.ops

    assert run(begin()) == [ASK, START, STOP]


def test_a_strap_without_the_service_is_asked_nothing(bus: str) -> None:
    async def begin() -> bool:
        async with FakeBluez(bus) as bluez:
            bluez.strap(ADDRESS)
            device = await seen()
            async with BleakClient(device) as client, moving(client) as tells:
                return tells

    assert not run(begin())


def test_a_stream_is_stopped_when_the_listener_fails(bus: str) -> None:
    async def fail() -> None:
        async with linked(bus) as (_, polar, client):
            with pytest.raises(RuntimeError, match="no beats"):
                async with moving(client):
                    raise RuntimeError("no beats")
            assert (polar.ops[-1], polar.streaming) == (STOP, False)

    run(fail())


def cancelled(bus: str, when: Callable[["PolarStrap"], bool], **traits: Any) -> "PolarStrap":
    """Cancel who listens as soon as `when` holds; the stop must have come when that is over."""

    async def cancel() -> "PolarStrap":
        async with linked(bus, **traits) as (_, polar, client):

            async def listen() -> None:
                async with moving(client):
                    await asyncio.Event().wait()

            task = asyncio.create_task(listen())
            await holds(lambda: when(polar))
            task.cancel()
            await asyncio.wait({task})
            assert task.cancelled()
            assert not polar.notifying & {CONTROL, DATA}
            return polar

    return run(cancel())


def test_a_stream_is_stopped_when_the_listener_is_cancelled(bus: str) -> None:
    polar = cancelled(bus, lambda polar: polar.streaming)
    assert (polar.ops[-1], polar.streaming) == (STOP, False)


def test_a_stream_is_stopped_when_it_is_cancelled_while_it_begins(bus: str) -> None:
    polar = cancelled(bus, lambda polar: START in polar.ops, silent_to=(START,))
    assert (polar.ops, polar.streaming) == ([ASK, START, STOP], False)


def test_a_second_cancel_does_not_outrun_the_stop(bus: str) -> None:
    async def cancel_twice() -> bool:
        async with linked(bus, writes_fail=1) as (_, polar, client):

            async def listen() -> None:
                async with moving(client):
                    await asyncio.Event().wait()

            task = asyncio.create_task(listen())
            await holds(lambda: polar.streaming)
            task.cancel()
            await holds(lambda: not polar.writes_fail)
            task.cancel()
            await asyncio.wait({task})
            return polar.streaming

    assert not run(cancel_twice())


def test_a_stop_that_fails_is_tried_again(bus: str) -> None:
    _, polar, _ = try_out(bus, writes_fail=1)
    assert (polar.ops[-1], polar.streaming) == (STOP, False)


def test_a_stop_that_is_never_taken_ends_in_time_and_is_logged(
    bus: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        tells, _, _ = try_out(bus, writes_fail=99)
    assert tells
    assert caplog.messages == ["the strap did not take the stop of its accelerometer"]


def test_a_dead_link_does_not_hold_up_who_leaves(bus: str) -> None:
    async def leave() -> float:
        loop = asyncio.get_running_loop()
        async with linked(bus, hangs_at=(STOP,)) as (_, _polar, client):
            async with moving(client, QUICK) as tells:
                assert tells
                began = loop.time()
            return loop.time() - began

    assert run(leave()) < PATIENT.stop_s


def test_a_lost_link_leaves_nothing_to_stop_and_holds_nobody_up(bus: str) -> None:
    async def lose() -> tuple[float, list[int]]:
        async with linked(bus) as (fake, polar, client):
            loop = asyncio.get_running_loop()
            async with moving(client) as tells:
                assert tells
                fake.drop()
                await holds(lambda: not client.is_connected)
                began = loop.time()
            return loop.time() - began, polar.ops

    took_s, ops = run(lose())
    assert took_s < PATIENT.stop_s
    assert ops == [ASK, START]


def test_a_link_lost_while_it_begins_is_noticed_and_no_error_of_the_accelerometer(bus: str) -> None:
    async def lose() -> tuple[bool, float]:
        loop = asyncio.get_running_loop()
        async with linked(bus, silent_to=(ASK,)) as (fake, polar, client):

            async def drop() -> None:
                await holds(lambda: ASK in polar.ops)
                fake.drop()

            dropping, began = asyncio.create_task(drop()), loop.time()
            async with moving(client) as tells:
                took_s = loop.time() - began
                await dropping
                with pytest.raises(BleakError):
                    await client.read_gatt_char(MEASUREMENT)
                return tells, took_s

    tells, took_s = run(lose())
    assert not tells
    assert took_s < PATIENT.start_s / 2


def test_a_control_point_that_talks_without_end_is_not_listened_to_for_ever(bus: str) -> None:
    async def begin() -> bool:
        async with linked(bus, silent_to=(ASK,)) as (_, polar, client):

            async def talk() -> None:
                await holds(lambda: ASK in polar.ops)
                while True:
                    polar.indicate(bytes.fromhex("F0 01 02 00 01 0001"))
                    await asyncio.sleep(0.002)

            talking = asyncio.create_task(talk())
            async with moving(client, QUICK) as tells:
                talking.cancel()
                return tells

    assert not run(begin())


def test_a_link_may_come_and_go_many_times(bus: str) -> None:
    async def flap() -> list[int]:
        async with FakeBluez(bus) as bluez:
            fake = bluez.strap(ADDRESS)
            polar, heard, told = PolarStrap(fake), list[int](), list[int]()
            for _ in range(20):
                heard.clear()
                device = await seen()
                async with BleakClient(device) as client, movement(client, heard.append, PATIENT):
                    polar.send(*frames())
                    await holds(lambda: len(heard) == 2)
                    fake.drop()
                told += heard
            return told

    assert run(flap()) == [0, 200] * 20


def test_values_of_a_body_are_in_no_log(bus: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, logger="softfront_sensors"):
        try_out(bus)
        try_out(bus, refused={START: 13})
    assert caplog.messages == ["the strap does not tell of movement: it has none, or refused"]
