import random
from dataclasses import replace

import pytest

from softfront_sensors.bluetooth import diagnose
from softfront_sensors.errors import BluetoothProblem
from softfront_sensors.packet import Packet
from softfront_sensors.source import StrapState
from softfront_sensors.strap import Strap, Timings

from .bus import DAEMON
from .wearing import BEAT, LATER, NEEDS_DBUS, PATIENT, QUICK, beat, holds, receive, run, until, worn

if DAEMON:
    from .fake import FakeBluez, FakeStrap

pytestmark = NEEDS_DBUS


def test_after_a_lost_link_the_strap_is_searched_anew_in_a_new_epoch(bus: str) -> None:
    async def lose_it() -> tuple[list[Packet], StrapState]:
        async with worn(bus) as (_, fake, strap):
            await until(strap, StrapState.SUBSCRIBED)
            fake.send(BEAT)
            packets = await receive(strap, 1)
            fake.in_air = False
            fake.drop()
            seen = await until(strap, StrapState.LOST)
            fake.forget()
            fake.in_air = True
            await until(strap, StrapState.SUBSCRIBED)
            fake.send(LATER)
            return packets + await receive(strap, 1), seen.state

    packets, seen = run(lose_it())
    assert [(p.seq, p.epoch, p.data) for p in packets] == [(1, 1, BEAT), (2, 2, LATER)]
    assert seen is StrapState.LOST


def test_without_bluez_on_the_bus_the_service_is_missing_until_it_comes(bus: str) -> None:
    async def start_it_late() -> BluetoothProblem | None:
        async with Strap(timings=PATIENT) as strap:
            status = await until(strap, StrapState.UNAVAILABLE)
            async with FakeBluez(bus) as bluez:
                bluez.strap()
                await until(strap, StrapState.SUBSCRIBED)
                await strap.close()
            return status.problem

    assert run(start_it_late()) is BluetoothProblem.NO_SERVICE


def test_without_dbus_the_service_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    async def look() -> tuple[BluetoothProblem | None, BluetoothProblem | None]:
        async with Strap(timings=QUICK) as strap:
            status = await until(strap, StrapState.UNAVAILABLE)
            return status.problem, await diagnose()

    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nowhere/at/all")
    assert run(look()) == (BluetoothProblem.NO_SERVICE,) * 2


def test_a_straggler_of_a_link_given_up_is_not_taken_for_a_sign_of_life(bus: str) -> None:
    async def send_late() -> StrapState:
        async with worn(bus, QUICK) as (_, fake, strap):
            fake.stop_takes_s = 0.1
            await until(strap, StrapState.LOST)
            fake.send(BEAT)
            assert await strap.poll() == ()
            return strap.status.state

    assert run(send_late()) is StrapState.LOST


def test_the_pause_begins_again_at_the_first_after_a_steady_minute(bus: str) -> None:
    pauses: list[float] = []
    mono_ms = 0

    class NoWaiting(random.Random):
        def uniform(self, a: float, b: float) -> float:
            pauses.append(b)
            return 0

    async def lose_it_after(fake: "FakeStrap", strap: Strap, s: int) -> None:
        nonlocal mono_ms
        await beat(fake, strap)
        mono_ms += s * 1000
        await beat(fake, strap)
        said = len(pauses)
        fake.drop()
        await holds(lambda: len(pauses) > said)

    async def lose_it_again_and_again() -> None:
        timings = replace(Timings(), scan_s=0.05, poll_s=0.05)
        clocks = {"mono_ms": lambda: mono_ms, "jitter": NoWaiting(), "timings": timings}
        async with FakeBluez(bus) as bluez:
            fake = bluez.strap()
            async with Strap(**clocks) as strap:  # type: ignore[arg-type]  # a dict of what is injected
                for s in (0, 0, 59, 61, 0):
                    await lose_it_after(fake, strap, s)

    run(lose_it_again_and_again())
    assert pauses == [1, 2, 4, 1, 2]
