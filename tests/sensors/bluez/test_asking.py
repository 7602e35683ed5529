"""What a strap is asked beside its beats, none of which can end the link."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from softfront_sensors.packet import Motion
from softfront_sensors.source import StrapState
from softfront_sensors.strap import Strap

from .bus import DAEMON
from .wearing import BEAT, LATER, NEEDS_DBUS, PATIENT, beat, holds, run, until, worn

if DAEMON:
    from dbus_fast import DBusError

    from .fake import Characteristic, FakeBluez, uuid

pytestmark = NEEDS_DBUS

ABOUT = {0x2A29: b"Polar Electro Oy", 0x2A24: b"H10", 0x2A25: b"C0FFEE\0\0"}


def test_a_strap_says_who_made_it_and_how_full_it_is(bus: str) -> None:
    async def ask() -> None:
        async with worn(bus, about=ABOUT) as (_, _, strap):
            await holds(lambda: strap.status.serial is not None)
            status = strap.status
            assert (status.maker, status.model, status.serial) == (
                "Polar Electro Oy",
                "H10",
                "C0FFEE",
            )
            assert status.battery_percent == 82

    run(ask())


def test_it_is_asked_who_made_it_once_and_how_full_it_is_again_and_again(bus: str) -> None:
    async def ask() -> None:
        timings = replace(PATIENT, battery_every_s=0.01)
        model = Characteristic(uuid(0x2A24), value=b"H10")
        async with FakeBluez(bus) as bluez:
            fake = bluez.strap()
            fake.offer(uuid(0x180A), model)
            async with Strap(timings=timings) as strap:
                await beat(fake, strap)
                fake.battery = 81
                await holds(lambda: strap.status.battery_percent == 81)
                fake.drop()
                await until(strap, StrapState.LOST)
                await beat(fake, strap)
                await holds(lambda: fake.level.reads > 4)
        assert model.reads == 1
        assert not fake.level.notifying

    run(ask())


def test_an_answer_that_fails_or_never_comes_costs_only_itself(bus: str) -> None:
    async def refuse() -> bytes:
        raise DBusError("org.bluez.Error.NotPermitted", "Read not permitted")

    async def hang() -> bytes:
        await asyncio.sleep(60)
        return b"late"

    async def ask() -> None:
        timings = replace(PATIENT, ask_s=0.05)
        async with FakeBluez(bus) as bluez:
            fake = bluez.strap(battery=None)
            maker = Characteristic(uuid(0x2A29), on_read=refuse)
            model = Characteristic(uuid(0x2A24), on_read=hang)
            serial = Characteristic(uuid(0x2A25), value=b"7")
            fake.offer(uuid(0x180A), maker, model, serial)
            fake.offer(uuid(0x180F), Characteristic(uuid(0x2A19), on_read=refuse))
            async with Strap(timings=timings) as strap:
                await beat(fake, strap)
                await holds(lambda: strap.status.serial == "7")
                status = strap.status
                assert (status.maker, status.model) == (None, None)
                assert (status.battery_percent, status.state) == (None, StrapState.LIVE)
                assert status.losses == ()

    run(ask())


def test_beats_are_heard_and_silence_is_noticed_while_a_strap_keeps_an_answer_back(
    bus: str,
) -> None:
    async def hang() -> bytes:
        await asyncio.sleep(60)
        return b""

    async def ask() -> None:
        timings = replace(PATIENT, silent_s=0.1, ask_s=60)
        async with FakeBluez(bus) as bluez:
            fake = bluez.strap()
            fake.level.on_read = hang
            async with Strap(timings=timings) as strap:
                await beat(fake, strap)
                await until(strap, StrapState.SILENT)

    run(ask())


@pytest.mark.parametrize(
    ("said", "kept"),
    [(b"H\x0010\x07", "H10"), (b"\xff\xfe", None), (b"  ", None), (b"x" * 300, "x" * 100)],
)
def test_of_a_text_from_the_air_only_what_can_be_printed_is_kept(
    bus: str, said: bytes, kept: str | None
) -> None:
    async def ask() -> None:
        async with worn(bus, about={0x2A24: said, 0x2A25: b"last"}) as (_, _, strap):
            await holds(lambda: strap.status.serial == "last")
            assert strap.status.model == kept

    run(ask())


class Moving:
    """An accelerometer that says what it is told to say."""

    def __init__(self, fails: Exception | None = None) -> None:
        self.fails, self.entered, self.stopped = fails, 0, 0
        self.hear: Callable[[int], None] = lambda move_mg: None

    @asynccontextmanager
    async def movement(self, client: Any, hear: Callable[[int], None]) -> AsyncIterator[bool]:
        self.hear, self.entered = hear, self.entered + 1
        if self.fails is not None:
            raise self.fails
        try:
            yield True
        finally:
            self.stopped += client.is_connected


def test_movement_is_numbered_among_the_beats(bus: str) -> None:
    async def move() -> None:
        moving = Moving()
        async with FakeBluez(bus) as bluez:
            fake = bluez.strap()
            async with Strap(timings=PATIENT, movement=moving.movement, mono_ms=lambda: 5) as strap:
                await beat(fake, strap)
                await holds(lambda: moving.entered == 1)
                moving.hear(12)
                await beat_again(strap, fake.send)
                [batch] = await strap.poll()
                motion, packet = batch.readings
                assert motion == Motion(2, 1, strap.now_ms(), motion.wall_ms, move_mg=12)
                assert (packet.seq, packet.epoch) == (3, 1)
                await strap.ack(strap.session.id, 3)

    run(move())


async def beat_again(strap: Strap, send: Callable[[bytes], None]) -> None:
    before = strap.status.incomplete
    send(LATER[:-1])
    await holds(lambda: strap.status.incomplete > before)


def test_movement_is_stopped_before_the_strap_is_let_go_and_begun_anew_with_the_next_link(
    bus: str,
) -> None:
    async def move() -> None:
        moving = Moving()
        async with FakeBluez(bus) as bluez:
            fake = bluez.strap()
            async with Strap(timings=PATIENT, movement=moving.movement) as strap:
                await beat(fake, strap)
                await holds(lambda: moving.entered == 1)
                fake.drop()
                await beat(fake, strap)
                await holds(lambda: moving.entered == 2)
            assert moving.stopped == 1  # the first link was gone already

    run(move())


@pytest.mark.parametrize("failed", [OSError("gone"), EOFError(), ZeroDivisionError()])
def test_movement_that_fails_costs_no_beat(
    bus: str, failed: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    async def move() -> None:
        moving = Moving(failed)
        async with FakeBluez(bus) as bluez:
            fake = bluez.strap()
            async with Strap(timings=PATIENT, movement=moving.movement) as strap:
                await beat(fake, strap)
                await holds(lambda: moving.entered == 1)
                await beat(fake, strap, BEAT)
                assert strap.status.losses == ()

    with caplog.at_level(logging.ERROR):
        run(move())
    assert bool(caplog.records) is isinstance(failed, ZeroDivisionError)
