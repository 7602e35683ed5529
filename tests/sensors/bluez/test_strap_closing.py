import asyncio

import pytest

from softfront_sensors.source import Source, SourceEnded, StrapState
from softfront_sensors.strap import Strap

from .bus import DAEMON
from .wearing import BEAT, NEEDS_DBUS, PATIENT, QUICK, receive, run, until, worn

if DAEMON:
    from .fake import FakeBluez

pytestmark = NEEDS_DBUS


def test_closing_stops_the_beats_and_frees_the_strap(bus: str) -> None:
    async def close() -> tuple[int, bool, StrapState]:
        async with worn(bus) as (_, fake, strap):
            await until(strap, StrapState.SUBSCRIBED)
            fake.send(BEAT)
            await receive(strap, 1)
            await strap.close()
            await strap.close()
            with pytest.raises(SourceEnded):
                await strap.poll()
            return fake.stops, fake.connected, strap.status.state

    assert run(close()) == (1, False, StrapState.ENDED)


def test_closing_hands_out_what_was_heard_before(bus: str) -> None:
    async def close() -> int:
        async with worn(bus) as (_, fake, strap):
            await until(strap, StrapState.SUBSCRIBED)
            fake.send(BEAT)
            await until(strap, StrapState.LIVE)
            await strap.close()
            return len(await strap.poll())

    assert run(close()) == 1


@pytest.mark.parametrize("fault", ["never_answers", "never_resolves"])
def test_closing_in_the_middle_of_a_connect_leaves_no_link(bus: str, fault: str) -> None:
    async def close_early() -> tuple[int, bool]:
        async with FakeBluez(bus) as bluez:
            fake = bluez.strap()
            setattr(fake, fault, True)
            strap = Strap(timings=PATIENT)
            await strap.poll()
            await fake.asked.wait()
            await asyncio.sleep(0.02)
            await strap.close()
            return fake.disconnects, fake.connected

    assert run(close_early()) == (1, False)


def test_closing_while_a_silent_link_is_given_up_waits_for_the_disconnect(bus: str) -> None:
    async def close_then() -> tuple[bool, bool]:
        async with worn(bus, QUICK) as (_, fake, strap):
            fake.stop_takes_s = 0.1
            await until(strap, StrapState.LOST)
            before = fake.connected
            await strap.close()
            return before, fake.connected

    assert run(close_then()) == (True, False)


def test_closing_is_safe_at_any_moment(bus: str) -> None:
    async def close_after(delay_s: float) -> bool:
        async with FakeBluez(bus) as bluez:
            fake = bluez.strap()
            strap = Strap(timings=PATIENT)
            await strap.__aenter__()
            await asyncio.sleep(delay_s)
            await strap.close()
            return fake.connected

    async def close_everywhere() -> list[bool]:
        return [await close_after(step / 1000) for step in range(0, 60, 2)]

    assert not any(run(close_everywhere()))


def test_a_strap_never_started_closes_at_once(bus: str) -> None:
    async def close() -> StrapState:
        strap: Source = Strap(timings=PATIENT)
        await strap.close()
        return strap.status.state

    assert run(close()) is StrapState.ENDED
