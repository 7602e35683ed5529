"""Told to stop, a program lets go of its strap: one that stays connected is heard by nobody."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from softfront_sensors.source import StrapState
from softfront_sensors.strap import Strap

from .bus import DAEMON
from .wearing import BEAT, NEEDS_DBUS, PATIENT, holds, run, until

if DAEMON:
    from .fake import FakeBluez, FakeStrap

pytestmark = NEEDS_DBUS

LISTENING = str(Path(__file__).with_name("listening.py"))
SERVE = ["-m", "softfront_api", "serve", "--no-browser", "--json", "--port", "0", "--data"]


@asynccontextmanager
async def listening(fake: "FakeStrap", *command: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """Start a program, and send it beats from when it asks for them."""
    program = await asyncio.create_subprocess_exec(
        sys.executable, *command, stdout=asyncio.subprocess.DEVNULL
    )
    try:
        await holds(lambda: fake.notifying)
        fake.send(BEAT)
        yield program
    finally:
        if program.returncode is None:
            program.kill()
            await program.wait()


@pytest.mark.parametrize("how", ["closed", "cancelled", "serving"])
def test_a_program_told_to_stop_disconnects_first(bus: str, tmp_path: Path, how: str) -> None:
    async def stop() -> None:
        command = [*SERVE, str(tmp_path)] if how == "serving" else [LISTENING, how]
        async with FakeBluez(bus) as bluez:
            fake = bluez.strap()
            async with listening(fake, *command) as program:
                program.send_signal(signal.SIGTERM)
                code = await program.wait()
            assert not fake.connected
            assert (fake.stops, fake.disconnects) == (1, 1)
            assert code == 0

    run(stop(), limit_s=60)


def test_the_connection_of_a_program_that_was_killed_is_taken_over(bus: str) -> None:
    async def kill_and_come_back() -> None:
        async with FakeBluez(bus) as bluez:
            fake = bluez.strap()
            async with listening(fake, LISTENING, "closed") as program:
                program.kill()
                await program.wait()
            assert fake.connected
            async with Strap(timings=PATIENT) as strap:
                await until(strap, StrapState.SUBSCRIBED)
                assert fake.connects == 1
            assert not fake.connected

    run(kill_and_come_back(), limit_s=60)
