"""Several straps, one wearer: who takes over from whom, and in which session."""

import asyncio
from dataclasses import replace

from softfront_sensors.errors import Loss
from softfront_sensors.packet import Packet
from softfront_sensors.source import Batch, StrapState
from softfront_sensors.strap import Strap

from .bus import DAEMON
from .wearing import BEAT, LATER, NEEDS_DBUS, PATIENT, QUICK, beat, holds, run, until

if DAEMON:
    from .fake import FakeBluez, FakeStrap

pytestmark = NEEDS_DBUS

MINE, SPARE = "A0:00:00:00:00:01", "A0:00:00:00:00:02"
BOTH = (MINE, SPARE)
LEISURELY = replace(PATIENT, scan_s=1, prefer_s=0.5)


async def take_off(fake: "FakeStrap") -> None:
    fake.in_air = False
    fake.drop()


def told(batches: tuple[Batch, ...]) -> list[tuple[str | None, list[tuple[int, int, bytes]]]]:
    return [
        (b.session.strap, [(p.seq, p.epoch, p.data) for p in b.readings if isinstance(p, Packet)])
        for b in batches
    ]


def test_a_spare_takes_over_in_a_session_of_its_own_and_nothing_of_the_first_is_lost(
    bus: str,
) -> None:
    async def change() -> None:
        async with FakeBluez(bus) as bluez:
            mine = bluez.strap(MINE, name="Mine", about={0x2A24: b"H10"})
            spare = bluez.strap(SPARE, name="Spare", in_air=False, battery=40)
            async with Strap(BOTH, boot="b00t", timings=PATIENT) as strap:
                await holds(lambda: mine.notifying)
                mine.send(BEAT)
                mine.send(LATER)
                await holds(lambda: strap.status.model == "H10")
                first = strap.session
                await take_off(mine)
                spare.in_air = True
                await holds(lambda: spare.notifying)
                spare.send(BEAT)
                await holds(lambda: strap.status.battery_percent == 40)
                await until(strap, StrapState.LIVE)
                second, status = strap.session, strap.status
                assert (status.state, status.name, status.model) == (StrapState.LIVE, "Spare", None)
                assert (second.strap, second.device, second.boot) == (SPARE, "Spare", "b00t")
                assert second.id != first.id
                assert second.started_ms >= first.started_ms
                assert (first.strap, first.device) == (MINE, "Mine")

                heard = told(await strap.poll())
                assert heard == [(MINE, [(1, 1, BEAT), (2, 1, LATER)]), (SPARE, [(1, 1, BEAT)])]
                await strap.ack(second.id, 1)
                await strap.ack(first.id, 1)
                await strap.rewind(first.id, 1)
                assert told(await strap.poll()) == [(MINE, [(2, 1, LATER)])]

    run(change())


def test_of_two_in_the_air_the_one_wanted_most_is_taken_though_heard_later(bus: str) -> None:
    async def choose() -> None:
        async with FakeBluez(bus) as bluez:
            spare = bluez.strap(SPARE)
            async with Strap(BOTH, timings=LEISURELY) as strap:
                await holds(lambda: bluez.discovering)
                await asyncio.sleep(0.02)
                mine = bluez.strap(MINE)
                await beat(mine, strap)
            assert spare.connects == 0

    run(choose())


def test_a_short_loss_does_not_hop_to_the_spare(bus: str) -> None:
    async def lose_it_shortly() -> None:
        async with FakeBluez(bus) as bluez:
            mine, spare = bluez.strap(MINE), bluez.strap(SPARE)
            async with Strap((SPARE, MINE), timings=LEISURELY) as strap:
                spare.in_air = False
                await beat(mine, strap)
                first = strap.session.id
                await take_off(mine)
                spare.in_air = True
                await until(strap, StrapState.LOST)
                await holds(lambda: bluez.discovering)
                await asyncio.sleep(LEISURELY.prefer_s)  # the spare is heard, and mine is not yet
                mine.in_air = True
                mine.advertise()
                await beat(mine, strap)
                assert (strap.session.id, spare.connects) == (first, 0)

    run(lose_it_shortly())


def test_one_that_comes_back_begins_yet_another_session(bus: str) -> None:
    async def go_and_come_back() -> list[str]:
        async with FakeBluez(bus) as bluez:
            mine, spare = bluez.strap(MINE), bluez.strap(SPARE, in_air=False)
            async with Strap(BOTH, timings=PATIENT) as strap:
                sessions = []
                for here, away in ((mine, spare), (spare, mine), (mine, spare)):
                    if away.connected:
                        await take_off(away)
                    here.in_air = True
                    packet = await beat(here, strap)
                    assert (packet.seq, packet.epoch) == (1, 1)
                    sessions.append(strap.session.id)
                return sessions

    assert len(set(run(go_and_come_back()))) == 3


def test_one_that_connects_in_vain_lets_the_spare_go_first(bus: str) -> None:
    async def refuse() -> None:
        async with FakeBluez(bus) as bluez:
            mine, spare = bluez.strap(MINE, aborts=99), bluez.strap(SPARE)
            async with Strap(BOTH, timings=PATIENT) as strap:
                await beat(spare, strap)
                assert mine.connects == 2
                assert dict(strap.status.losses) == {Loss.REFUSED: 2}

    run(refuse())


def test_one_that_is_connected_and_stays_silent_lets_the_spare_go_first(bus: str) -> None:
    async def say_nothing() -> None:
        async with FakeBluez(bus) as bluez:
            mine, spare = bluez.strap(MINE), bluez.strap(SPARE)
            async with Strap(BOTH, timings=QUICK) as strap:
                await beat(spare, strap)
                assert mine.connects == 2

    run(say_nothing())


def test_until_the_spare_is_subscribed_to_the_session_is_still_the_first(bus: str) -> None:
    async def try_the_spare() -> None:
        async with FakeBluez(bus) as bluez:
            mine, spare = bluez.strap(MINE), bluez.strap(SPARE, in_air=False, aborts=1)
            async with Strap(BOTH, timings=PATIENT) as strap:
                await beat(mine, strap)
                first = strap.session
                await take_off(mine)
                spare.in_air = True
                await holds(lambda: spare.connects == 1)
                spare.in_air, mine.in_air = False, True
                packet = await beat(mine, strap)
                assert (strap.session, packet.seq, packet.epoch) == (first, 2, 2)

    run(try_the_spare())
