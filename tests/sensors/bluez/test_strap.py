import logging
import subprocess
import sys

import pytest

from softfront_sensors.packet import Packet
from softfront_sensors.source import StrapState, StrapStatus
from softfront_sensors.strap import Strap

from .bus import DAEMON
from .wearing import BEAT, LATER, NEEDS_DBUS, PATIENT, QUICK, holds, receive, run, until, worn

if DAEMON:
    from .fake import FakeBluez

pytestmark = NEEDS_DBUS


def test_the_very_bytes_arrive_numbered_and_the_same_twice_arrive_twice(bus: str) -> None:
    async def listen() -> tuple[list[Packet], StrapStatus, str]:
        async with worn(bus) as (_, fake, strap):
            await until(strap, StrapState.SUBSCRIBED)
            for data in (BEAT, BEAT, LATER):
                fake.send(data)
            packets = await receive(strap, 3)
            await holds(lambda: strap.status.battery_percent is not None)
            return packets, strap.status, strap.session.device

    packets, status, device = run(listen())
    assert [(p.seq, p.epoch, p.data) for p in packets] == [
        (1, 1, BEAT),
        (2, 1, BEAT),
        (3, 1, LATER),
    ]
    assert (status.state, status.name, status.battery_percent) == (StrapState.LIVE, "Fake H10", 82)
    assert device == "Fake H10"


def test_packets_carry_the_sessions_clock_and_the_walls(bus: str) -> None:
    async def listen_while_the_wall_clock_steps() -> tuple[Packet, int, int]:
        wall, mono = 1_000_000, 500
        async with FakeBluez(bus) as bluez:
            fake = bluez.strap()
            clocks = {"wall_ms": lambda: wall, "mono_ms": lambda: mono}
            async with Strap(timings=PATIENT, **clocks) as strap:  # type: ignore[arg-type]  # a dict of clocks
                await until(strap, StrapState.SUBSCRIBED)
                wall, mono = wall - 3_600_000, mono + 2_000
                fake.send(BEAT)
                [packet] = await receive(strap, 1)
                return packet, strap.session.started_ms, strap.now_ms()

    packet, started_ms, now_ms = run(listen_while_the_wall_clock_steps())
    assert (packet.t_ms, packet.wall_ms) == (1_002_000, 1_000_000 - 3_600_000)
    assert (started_ms, now_ms) == (1_000_000, 1_002_000)


def test_poll_comes_back_empty_when_nothing_is_heard(bus: str) -> None:
    async def wait() -> object:
        async with FakeBluez(bus), Strap(timings=QUICK) as strap:
            return await strap.poll()

    assert run(wait()) == ()


def test_no_log_holds_what_a_heart_did(bus: str, caplog: pytest.LogCaptureFixture) -> None:
    async def listen() -> None:
        async with worn(bus) as (_, fake, strap):
            await until(strap, StrapState.SUBSCRIBED)
            fake.send(LATER)
            await receive(strap, 1)
            fake.drop()
            await until(strap, StrapState.LOST)

    with caplog.at_level(logging.DEBUG):
        run(listen())
    assert "no link to a strap: the link ended" in caplog.messages
    spelt = (str(LATER), str(bytearray(LATER)), LATER.hex(), str(list(LATER)), "A0:00:00")
    assert not [line for line in caplog.messages if any(form in line for form in spelt)]


def test_importing_the_strap_does_not_import_bleak() -> None:
    look = "import sys, softfront_sensors.strap; sys.exit('bleak' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", look], check=False).returncode == 0
