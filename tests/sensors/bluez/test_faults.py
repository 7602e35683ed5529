"""Every fault of a strap, a radio or a Bluetooth service we have read of, through unmodified bleak.

`LIST` names them; each has one scenario below, which makes the fault and asserts that the state
recovers. Those about bytes are sent through the whole path and must arrive bit for bit.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TypeAlias

import pytest

from softfront_sensors.errors import BluetoothProblem, Loss
from softfront_sensors.heart_rate import Contact, encode
from softfront_sensors.source import Hint, StrapState, StrapStatus
from softfront_sensors.strap import Strap

from .bus import DAEMON, PrivateBus
from .wearing import (
    BEAT,
    LATER,
    NEEDS_DBUS,
    PATIENT,
    QUICK,
    beat,
    holds,
    receive,
    run,
    suggested,
    until,
    worn,
)

if DAEMON:
    from .fake import FakeBluez, FakeStrap

pytestmark = NEEDS_DBUS

LIST = (
    "stale device",
    "zombie link",
    "drop mid-run",
    "drop during discovery",
    "aborted connects",
    "adapter off and on",
    "bus death",
    "strap without RR",
    "strap without battery",
    "contact lost and back",
    "HR 0",
    "energy field",
    "uint16 HR",
    "nine RR",
    "odd byte",
    "millisecond strap",
    "500-ms filler",
    "frozen value",
    "doubled beats",
    "two straps",
    "strap held by another client",
    "leftover connection",
)

Scenario: TypeAlias = Callable[[str], Awaitable[None]]

FAULTS: dict[str, list[Scenario]] = {}

BYTES = {
    "strap without RR": [encode(72)] * 5,
    "contact lost and back": [
        encode(72, [853], Contact.ON),
        encode(72, [], Contact.LOST),
        encode(0, [], Contact.LOST),
        encode(74, [830], Contact.ON),
    ],
    "HR 0": [encode(0)] * 3 + [encode(0, [1024])],
    "energy field": [encode(72, [853], energy_kj=7), encode(72, energy_kj=0xFFFF)],
    "uint16 HR": [encode(300, [205]), encode(300, [205]), encode(0xFFFF)],
    "nine RR": [encode(180, [341] * 9), encode(180, [341] * 9)],
    "odd byte": [LATER[:-1], BEAT + b"\x05", b"\x10", b"", b"\x19\x48"],
    "millisecond strap": [encode(98, [603, 587]), encode(98, [612])] * 3,
    "500-ms filler": [encode(62, [500])] * 4 + [encode(62, [968])],
    "frozen value": [encode(72, [853])] * 20,
    "doubled beats": [encode(72, [853, 853]), encode(72, [853, 888])] * 2,
}
"""What each fault puts into the packets, equal neighbours included."""


def fault(name: str) -> Callable[[Scenario], Scenario]:
    def note(scenario: Scenario) -> Scenario:
        FAULTS.setdefault(name, []).append(scenario)
        return scenario

    return note


def losses(status: StrapStatus) -> dict[Loss, int]:
    return dict(status.losses)


async def recovers(fake: "FakeStrap", strap: Strap) -> None:
    """A good beat comes through, and nothing else is left of the fault."""
    await beat(fake, strap, LATER)
    status = strap.status
    assert (status.state, status.hint, status.problem) == (StrapState.LIVE, None, None)
    assert status.last_beat_ms is not None


@fault("stale device")
async def forgotten_before_the_connect(bus: str) -> None:
    async with worn(bus, forgotten_once=True) as (_, fake, strap):
        await recovers(fake, strap)
        assert (fake.connects, losses(strap.status)) == (1, {Loss.FORGOTTEN: 1})


@fault("zombie link")
async def connected_and_silent(bus: str) -> None:
    async with worn(bus, QUICK) as (_, fake, strap):
        await beat(fake, strap)
        await until(strap, StrapState.SILENT)
        assert fake.connected
        assert strap.status.hint is Hint.NO_BEAT
        await until(strap, StrapState.SUBSCRIBED)
        assert fake.disconnects == 1
        packet = await beat(fake, strap)
        assert (packet.seq, packet.epoch) == (2, 2)
        assert losses(strap.status) == {Loss.SILENT: 1}


@fault("zombie link")
async def connected_silent_and_deaf_to_being_told_to_stop(bus: str) -> None:
    timings = replace(QUICK, release_s=0.2)
    async with worn(bus, timings, stop_takes_s=5) as (_, fake, strap):
        await beat(fake, strap)
        await until(strap, StrapState.LOST)
        fake.stop_takes_s = 0
        await holds(lambda: fake.disconnects == 1)
        await recovers(fake, strap)


@fault("zombie link")
async def silent_and_then_heard_again(bus: str) -> None:
    async with worn(bus, replace(QUICK, reconnect_s=5)) as (_, fake, strap):
        await until(strap, StrapState.SILENT)
        await recovers(fake, strap)
        assert (fake.connects, fake.disconnects) == (1, 0)


@fault("drop mid-run")
async def dropped_between_two_beats(bus: str) -> None:
    async with worn(bus) as (_, fake, strap):
        await beat(fake, strap)
        fake.drop()
        await until(strap, StrapState.LOST)
        packet = await beat(fake, strap)
        assert (packet.seq, packet.epoch) == (2, 2)
        assert losses(strap.status) == {Loss.ENDED: 1}


@fault("drop during discovery")
async def dropped_before_its_services_are_known(bus: str) -> None:
    async with worn(bus, drops_in_discovery=1) as (_, fake, strap):
        await recovers(fake, strap)
        assert (fake.connects, losses(strap.status)) == (2, {Loss.REFUSED: 1})


@fault("aborted connects")
async def aborted_three_times_by_the_strap(bus: str) -> None:
    async with worn(bus, aborts=3) as (_, fake, strap):
        await suggested(strap, Hint.HELD)
        await recovers(fake, strap)
        assert (fake.connects, losses(strap.status)) == (4, {Loss.REFUSED: 3})


@fault("aborted connects")
async def aborted_twice_by_this_machine_which_bleak_tries_again_itself(bus: str) -> None:
    async with worn(bus, aborts=2, aborted_by="local") as (_, fake, strap):
        await recovers(fake, strap)
        await asyncio.sleep(0.02)
        assert strap.status.state is StrapState.LIVE
        assert (fake.connects, losses(strap.status)) == (3, {})


@fault("adapter off and on")
async def switched_off_while_worn(bus: str) -> None:
    async with worn(bus) as (bluez, fake, strap):
        await beat(fake, strap)
        bluez.power(on=False)
        off = await until(strap, StrapState.UNAVAILABLE)
        assert (off.problem, off.hint) == (BluetoothProblem.SWITCHED_OFF, None)
        assert losses(off) == {Loss.BLUETOOTH: 1}
        assert await strap.poll() == ()
        bluez.power(on=True)
        await recovers(fake, strap)


@fault("bus death")
async def died_while_worn(_: str) -> None:
    with PrivateBus() as own:
        before = os.environ["DBUS_SYSTEM_BUS_ADDRESS"]
        os.environ["DBUS_SYSTEM_BUS_ADDRESS"] = own.address
        try:
            await _die_and_return(own)
        finally:
            os.environ["DBUS_SYSTEM_BUS_ADDRESS"] = before


async def _die_and_return(own: PrivateBus) -> None:
    async with Strap(timings=PATIENT) as strap:
        async with FakeBluez(own.address) as bluez:
            await beat(bluez.strap(), strap)
            own.stop()
            gone = await until(strap, StrapState.UNAVAILABLE)
            assert gone.problem is BluetoothProblem.NO_SERVICE
            assert losses(gone) == {Loss.BLUETOOTH: 1}
        own.start()
        async with FakeBluez(own.address) as bluez:
            await recovers(bluez.strap(), strap)
            await strap.close()


@fault("strap without RR")
async def a_minute_without_intervals(bus: str) -> None:
    mono_ms = 0
    async with FakeBluez(bus) as bluez:
        fake = bluez.strap()
        async with Strap(timings=PATIENT, mono_ms=lambda: mono_ms) as strap:
            await beat(fake, strap, encode(72))
            mono_ms += 60_000
            await beat(fake, strap, encode(72))
            assert strap.status.hint is Hint.NO_INTERVALS
            await recovers(fake, strap)


@fault("strap without battery")
async def no_battery_to_be_read(bus: str) -> None:
    async with worn(bus, battery=None, about={0x2A24: b"H10"}) as (_, fake, strap):
        await holds(lambda: strap.status.model == "H10")
        await recovers(fake, strap)
        assert strap.status.battery_percent is None


@fault("HR 0")
async def no_rate_and_no_beat(bus: str) -> None:
    async with worn(bus, replace(QUICK, reconnect_s=5)) as (_, fake, strap):
        await holds(lambda: fake.notifying)
        while strap.status.hint is None:
            fake.send(encode(0))
            await asyncio.sleep(0.01)
        status = strap.status
        assert (status.state, status.hint) == (StrapState.LIVE, Hint.NO_BEAT)
        assert status.last_beat_ms is None
        await strap.poll()
        await recovers(fake, strap)


@fault("odd byte")
async def bytes_missing_and_left_over(bus: str) -> None:
    async with worn(bus) as (_, fake, strap):
        for data in BYTES["odd byte"]:
            await beat(fake, strap, data)
        assert strap.status.incomplete == len(BYTES["odd byte"])
        await recovers(fake, strap)


@fault("two straps")
async def the_wanted_one_among_two(bus: str) -> None:
    async with FakeBluez(bus) as bluez:
        other = bluez.strap("A0:00:00:00:00:01", name="Somebody else's")
        mine = bluez.strap("A0:00:00:00:00:0F", name="Mine")
        async with Strap("a0:00:00:00:00:0f", timings=PATIENT) as strap:
            await recovers(mine, strap)
            assert (other.connects, strap.status.name) == (0, "Mine")


@fault("two straps")
async def the_other_is_not_taken_when_the_first_is_lost(bus: str) -> None:
    async with worn(bus) as (bluez, fake, strap):
        await beat(fake, strap)
        other = bluez.strap("A0:00:00:00:00:02", name="Somebody else's")
        fake.in_air = False
        fake.drop()
        await suggested(strap, Hint.WORN_AND_WET)
        await asyncio.sleep(QUICK.scan_s * 2)
        fake.in_air = True
        await recovers(fake, strap)
        assert other.connects == 0


@fault("strap held by another client")
async def heard_and_not_answering(bus: str) -> None:
    timings = replace(PATIENT, connect_s=0.05)
    async with worn(bus, timings, never_answers=True) as (_, fake, strap):
        await suggested(strap, Hint.HELD)
        assert losses(strap.status)[Loss.UNANSWERED] >= 2
        fake.never_answers = False
        await recovers(fake, strap)


@fault("strap held by another client")
async def taken_between_two_tries_and_let_go_again(bus: str) -> None:
    async with worn(bus, aborts=2) as (_, fake, strap):
        await suggested(strap, Hint.HELD)
        fake.in_air = False  # a strap that another holds does not advertise
        fake.aborts = 0
        await holds(lambda: strap.status.state is StrapState.ABSENT)
        await asyncio.sleep(QUICK.scan_s * 2)
        assert strap.status.hint is Hint.HELD
        fake.in_air = True
        await recovers(fake, strap)


@fault("leftover connection")
async def left_by_a_crash(bus: str) -> None:
    async with FakeBluez(bus) as bluez:
        fake = bluez.strap()
        fake.advertise()
        await fake.connect()
        async with Strap(timings=PATIENT) as strap:
            await recovers(fake, strap)
            assert fake.connects == 1
        assert not fake.connected


async def through_the_whole_path(bus: str, sent: list[bytes]) -> None:
    async with worn(bus) as (_, fake, strap):
        await holds(lambda: fake.notifying)
        for data in sent:
            fake.send(data)
        packets = await receive(strap, len(sent))
        assert [(p.seq, p.epoch, p.data) for p in packets] == [
            (seq, 1, data) for seq, data in enumerate(sent, start=1)
        ]
        await recovers(fake, strap)
        assert (fake.connects, fake.disconnects) == (1, 0)


def test_every_fault_of_the_list_has_a_scenario() -> None:
    assert sorted(LIST) == sorted({*FAULTS, *BYTES})


@pytest.mark.parametrize(
    ("name", "scenario"),
    [
        pytest.param(name, scenario, id=f"{name}: {scenario.__name__}".replace("_", " "))
        for name in LIST
        for scenario in FAULTS.get(name, ())
    ],
)
def test_a_strap_recovers_from(bus: str, name: str, scenario: Scenario) -> None:
    run(scenario(bus))


@pytest.mark.parametrize("name", [name for name in LIST if name in BYTES])
def test_bit_for_bit_and_equal_neighbours_too_arrives(bus: str, name: str) -> None:
    run(through_the_whole_path(bus, BYTES[name]))
