"""Our strap on a link that others wrote, from the scan to the ATT notification."""

import asyncio
from functools import partial
from importlib.util import find_spec
from random import Random

import pytest

from softfront_sensors.heart_rate import decode
from softfront_sensors.packet import Packet
from softfront_sensors.source import StrapState, StrapStatus

from ..bluez.wearing import PATIENT, QUICK, holds, receive, run, until

if find_spec("bumble"):
    from bumble.core import UUID

    from .air import Air, ours, worn
    from .meaning import Measurement, meant

pytestmark = pytest.mark.skipif(
    not find_spec("bumble"), reason="bumble is missing: the second oracle is UNTESTED"
)


def test_a_strap_is_found_connected_and_heard() -> None:
    async def wear() -> tuple[StrapStatus, list[Packet]]:
        async with worn(PATIENT) as (_, other, strap):
            await until(strap, StrapState.SUBSCRIBED)
            await other.send(Measurement(61, None, None, [1.0, 0.984375]))
            packets = await receive(strap, 1)
            await holds(lambda: strap.status.battery_percent is not None)
            return strap.status, packets

    status, packets = run(wear())
    assert (status.state, status.name, status.battery_percent) == (
        StrapState.LIVE,
        "Bumble B10",
        82,
    )
    assert [packet.data.hex() for packet in packets] == ["103d0004f003"]


def test_every_measurement_arrives_once_in_order_and_as_it_was_meant() -> None:
    chance = Random(2_037)
    # Twenty bytes fit into a notification at the smallest MTU.
    sent = [
        Measurement(
            chance.choice((0, chance.randrange(40, 220), chance.randrange(256, 400))),
            chance.choice((None, False, True)),
            chance.choice((None, chance.randrange(0x10000))),
            [chance.uniform(0.3, 1.5) for _ in range(chance.randrange(8))] or None,
        )
        for _ in range(300)
    ]

    async def wear() -> list[Packet]:
        async with worn(PATIENT) as (_, other, strap):
            await until(strap, StrapState.SUBSCRIBED)
            await other.send(*sent)
            return await receive(strap, len(sent))

    packets = run(wear())
    assert [packet.data for packet in packets] == [bytes(measurement) for measurement in sent]
    assert [decode(packet.data) for packet in packets] == [
        meant(measurement) for measurement in sent
    ]
    assert [packet.seq for packet in packets] == list(range(1, 301))


def test_nine_beats_fit_and_the_tenth_is_no_half_beat() -> None:
    async def wear() -> list[Packet]:
        async with worn(PATIENT) as (_, other, strap):
            await until(strap, StrapState.SUBSCRIBED)
            await other.send(Measurement(200, None, None, [0.25] * 10))
            await other.send(Measurement(300, None, None, [0.25] * 9))
            return await receive(strap, 2)

    nine, eight = (decode(packet.data) for packet in run(wear()))
    assert (nine.rr_ticks, nine.incomplete) == ((256,) * 9, False)
    assert (eight.rr_ticks, eight.incomplete) == ((256,) * 8, True)


def test_a_link_that_is_lost_comes_back_and_says_that_beats_are_missing() -> None:
    async def lose() -> tuple[list[Packet], int]:
        async with worn(PATIENT) as (_, other, strap):
            packets = []
            for hr_bpm in (60, 61, 62):
                await until(strap, StrapState.SUBSCRIBED)
                await other.send(Measurement(hr_bpm))
                packets += await receive(strap, 1)
                await other.drop()
                await until(strap, StrapState.LOST)
                await other.send(Measurement(99))
            return packets, other.connects

    packets, connects = run(lose())
    assert [(p.seq, p.epoch, decode(p.data).hr_bpm) for p in packets] == [
        (1, 1, 60),
        (2, 2, 61),
        (3, 3, 62),
    ]
    assert connects == 3


def test_a_strap_out_of_reach_is_waited_for() -> None:
    async def leave() -> list[Packet]:
        async with worn(QUICK) as (_, other, strap):
            await until(strap, StrapState.SUBSCRIBED)
            await other.vanish()
            await until(strap, StrapState.LOST)
            await asyncio.sleep(QUICK.scan_s * 2)
            await other.appear()
            await until(strap, StrapState.SUBSCRIBED)
            await other.send(Measurement(60))
            return await receive(strap, 1)

    assert [packet.epoch for packet in run(leave())] == [2]


async def flap(moments: range) -> tuple[int, int]:
    """End one link after the other, each so many turns of the loop after it began."""
    mine = asyncio.all_tasks()
    async with worn(PATIENT) as (_, other, strap):
        for lost, turns in enumerate(moments):
            await holds(partial(other.held, lost + 1))
            for _ in range(turns):
                await asyncio.sleep(0)
            await other.drop()
        await holds(lambda: other.subscribed)
        await until(strap, StrapState.SUBSCRIBED)
        await other.send(Measurement(60))
        packets = await receive(strap, 1)
    await holds(lambda: asyncio.all_tasks() == mine)
    return other.connects, len(packets)


# A link is ready after some 150 turns of the loop; so the last ones end in the middle of a run.
def test_a_link_may_end_at_any_moment_of_its_beginning() -> None:
    assert run(flap(range(0, 176, 25))) == (9, 1)


@pytest.mark.soak
@pytest.mark.parametrize("begin", range(8))
def test_a_link_may_end_at_every_moment_of_its_beginning(begin: int) -> None:
    assert run(flap(range(begin, 200, 8))) == (26, 1)


def test_a_link_that_carries_nothing_is_made_anew() -> None:
    async def keep_silent() -> None:
        async with worn(QUICK) as (_, other, strap):
            await until(strap, StrapState.SILENT)
            await until(strap, StrapState.LOST)
            await holds(lambda: other.connects == 2)

    run(keep_silent())


def test_a_strap_without_a_battery_service_lacks_nothing_else() -> None:
    async def wear() -> StrapStatus:
        async with worn(PATIENT, battery=None) as (_, other, strap):
            await until(strap, StrapState.SUBSCRIBED)
            await other.send(Measurement(60))
            await receive(strap, 1)
            return strap.status

    status = run(wear())
    assert (status.state, status.battery_percent) == (StrapState.LIVE, None)


def test_of_two_devices_the_one_with_the_service_is_taken_whatever_its_name() -> None:
    async def look() -> tuple[int, int]:
        async with Air() as air:
            scale = await air.strap("F0:00:00:00:00:02", "Polar H10 scale")
            await scale.appear(UUID.from_16_bits(0x181D))
            nameless = await air.strap("F0:00:00:00:00:03", "")
            await nameless.appear()
            async with ours(air, PATIENT) as strap:
                await until(strap, StrapState.SUBSCRIBED)
            return scale.connects, nameless.connects

    assert run(look()) == (0, 1)


def test_a_strap_that_another_machine_holds_is_waited_for() -> None:
    async def hold() -> tuple[StrapState, StrapState]:
        async with Air() as air:
            other = await air.strap()
            await other.appear()
            rival = await air.device("F0:00:00:00:00:98", "another machine")
            await rival.connect("F0:00:00:00:00:01")
            async with ours(air, QUICK) as strap:
                await asyncio.sleep(QUICK.scan_s * 2)
                held = strap.status.state
                await other.drop()
                await until(strap, StrapState.SUBSCRIBED)
                return held, strap.status.state

    assert run(hold())[0] is StrapState.ABSENT


def test_a_connection_left_by_a_crash_is_taken_over_and_ended() -> None:
    async def leave_and_return() -> tuple[int, int, bool]:
        async with Air() as air:
            other = await air.strap()
            await other.appear()
            left = await air.radio.connect("F0:00:00:00:00:01")
            await left.gatt_client.discover_services()
            async with ours(air, PATIENT) as strap:
                await until(strap, StrapState.SUBSCRIBED)
                await other.send(Measurement(60))
                packets = await receive(strap, 1)
            return len(packets), other.connects, other.connected

    assert run(leave_and_return()) == (1, 1, False)


def test_closing_ends_the_subscription_and_the_link_and_leaves_no_task() -> None:
    async def close() -> tuple[bool, tuple[bool, bool]]:
        mine = asyncio.all_tasks()
        async with Air() as air:
            other = await air.strap()
            await other.appear()
            async with ours(air, PATIENT) as strap:
                await until(strap, StrapState.SUBSCRIBED)
                before = other.subscribed
            after = other.subscribed, other.connected
        # bumble lets the strap advertise again in a task of its own, and ends with it.
        await holds(lambda: asyncio.all_tasks() == mine)
        return before, after

    assert run(close()) == (True, (False, False))
