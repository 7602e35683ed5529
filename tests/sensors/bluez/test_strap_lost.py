import asyncio
from dataclasses import replace

import pytest

from softfront_sensors.bluetooth import diagnose
from softfront_sensors.errors import BluetoothProblem
from softfront_sensors.packet import Packet
from softfront_sensors.source import StrapState, StrapStatus
from softfront_sensors.strap import Strap

from .bus import DAEMON, PrivateBus
from .wearing import BEAT, LATER, NEEDS_DBUS, PATIENT, QUICK, receive, run, until, worn

if DAEMON:
    from .fake import FakeBluez

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


def test_a_strap_that_bluez_forgot_before_the_connect_is_found_again(bus: str) -> None:
    async def forget_it() -> int:
        async with FakeBluez(bus) as bluez:
            fake = bluez.strap(forgotten_once=True)
            async with Strap(timings=PATIENT) as strap:
                await until(strap, StrapState.SUBSCRIBED)
                assert not fake.forgotten_once
                return fake.connects

    assert run(forget_it()) == 1


def test_two_aborted_connects_are_followed_by_a_third(bus: str) -> None:
    async def abort() -> tuple[int, StrapState]:
        async with FakeBluez(bus) as bluez:
            fake = bluez.strap(aborts=2)
            async with Strap(timings=PATIENT) as strap:
                status = await until(strap, StrapState.SUBSCRIBED)
                return fake.connects, status.state

    assert run(abort()) == (3, StrapState.SUBSCRIBED)


def test_a_link_that_carries_nothing_is_called_silent_and_then_made_anew(bus: str) -> None:
    async def fall_silent() -> tuple[bool, int, list[Packet]]:
        async with worn(bus, QUICK) as (_, fake, strap):
            await until(strap, StrapState.SUBSCRIBED)
            fake.send(BEAT)
            packets = await receive(strap, 1)
            await until(strap, StrapState.SILENT)
            still_connected = fake.connected
            await until(strap, StrapState.SUBSCRIBED)
            fake.send(BEAT)
            return still_connected, fake.disconnects, packets + await receive(strap, 1)

    still_connected, disconnects, packets = run(fall_silent())
    assert still_connected
    assert disconnects == 1
    assert [(p.seq, p.epoch) for p in packets] == [(1, 1), (2, 2)]


def test_a_packet_after_silence_makes_the_strap_live_again(bus: str) -> None:
    async def pause_sending() -> tuple[StrapState, int]:
        async with worn(bus, replace(QUICK, reconnect_s=5)) as (_, fake, strap):
            await until(strap, StrapState.SILENT)
            fake.send(BEAT)
            await receive(strap, 1)
            return strap.status.state, fake.disconnects

    assert run(pause_sending()) == (StrapState.LIVE, 0)


def test_an_adapter_switched_off_is_named_and_waited_for(bus: str) -> None:
    async def switch() -> tuple[StrapStatus, StrapStatus]:
        async with worn(bus) as (bluez, _, strap):
            await until(strap, StrapState.SUBSCRIBED)
            bluez.power(on=False)
            off = await until(strap, StrapState.UNAVAILABLE)
            assert await strap.poll() == ()
            bluez.power(on=True)
            return off, await until(strap, StrapState.SUBSCRIBED)

    off, on = run(switch())
    assert off.problem is BluetoothProblem.SWITCHED_OFF
    assert on.problem is None


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


def test_when_dbus_dies_the_link_is_lost_and_comes_back_with_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def die(bus: PrivateBus) -> tuple[StrapStatus, list[Packet]]:
        async with Strap(timings=PATIENT) as strap:
            async with FakeBluez(bus.address) as bluez:
                bluez.strap()
                await until(strap, StrapState.SUBSCRIBED)
                bus.stop()
                gone = await until(strap, StrapState.UNAVAILABLE)
            bus.start()
            async with FakeBluez(bus.address) as bluez:
                fake = bluez.strap()
                await until(strap, StrapState.SUBSCRIBED)
                fake.send(BEAT)
                packets = await receive(strap, 1)
                await strap.close()
            return gone, packets

    with PrivateBus() as own:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", own.address)
        gone, packets = run(die(own))
    assert gone.problem is BluetoothProblem.NO_SERVICE
    assert [(p.seq, p.epoch) for p in packets] == [(1, 2)]


def test_a_session_keeps_to_the_body_it_began_with(bus: str) -> None:
    async def lose_mine() -> int:
        async with worn(bus) as (bluez, fake, strap):
            await until(strap, StrapState.SUBSCRIBED)
            other = bluez.strap("A0:00:00:00:00:02", name="Somebody else's")
            fake.in_air = False
            fake.drop()
            await until(strap, StrapState.LOST)
            await asyncio.sleep(QUICK.scan_s * 2)
            fake.in_air = True
            await until(strap, StrapState.SUBSCRIBED)
            return other.connects

    assert run(lose_mine()) == 0


def test_a_connection_left_by_a_crash_is_taken_over_and_ended(bus: str) -> None:
    async def leave_and_return() -> tuple[int, int, bool]:
        async with FakeBluez(bus) as bluez:
            fake = bluez.strap()
            fake.advertise()
            await fake.connect()
            async with Strap(timings=PATIENT) as strap:
                await until(strap, StrapState.SUBSCRIBED)
                fake.send(BEAT)
                packets = await receive(strap, 1)
            return len(packets), fake.connects, fake.connected

    assert run(leave_and_return()) == (1, 1, False)


def test_a_straggler_of_a_link_given_up_is_not_taken_for_a_sign_of_life(bus: str) -> None:
    async def send_late() -> StrapState:
        async with worn(bus, QUICK) as (_, fake, strap):
            fake.stop_takes_s = 0.1
            await until(strap, StrapState.LOST)
            fake.send(BEAT)
            assert await strap.poll() == ()
            return strap.status.state

    assert run(send_late()) is StrapState.LOST
