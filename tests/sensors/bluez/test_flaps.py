"""Five hundred links in one run leave nothing behind."""

import asyncio
import gc
import os
from dataclasses import dataclass, replace

from .bus import DAEMON
from .wearing import NEEDS_DBUS, PATIENT, beat, run

if DAEMON:
    from dbus_fast import Message, MessageType
    from dbus_fast.aio import MessageBus

    from softfront_sensors.strap import Strap

    from .fake import FakeBluez

pytestmark = NEEDS_DBUS

FLAPS = 500
HASTY = replace(PATIENT, first_pause_s=0.0005, last_pause_s=0.0005)


@dataclass(frozen=True)
class Held:
    """What a process holds of the system and of the bus."""

    tasks: int
    files: int
    links: int
    subscriptions: int
    rules: object
    """How many signals the daemon passes on, and to how many; `None` where it keeps no count."""


async def held(bus: "MessageBus", bluez: "FakeBluez") -> Held:
    gc.collect()
    answer = await bus.call(
        Message(
            destination="org.freedesktop.DBus",
            path="/org/freedesktop/DBus",
            interface="org.freedesktop.DBus.Debug.Stats",
            member="GetStats",
        )
    )
    told = answer is not None and answer.message_type is MessageType.METHOD_RETURN
    counts = answer.body[0] if answer is not None and told else {}
    return Held(
        len(asyncio.all_tasks()),
        len(os.listdir("/proc/self/fd")),
        sum(strap.connected for strap in bluez.straps),
        bluez.subscriptions,
        [counts[name].value for name in ("MatchRules", "ActiveConnections")] if told else None,
    )


async def settled(bus: "MessageBus", bluez: "FakeBluez", like: Held) -> Held:
    """Look again while a task or two are still on their way out; what stays, stays."""
    for _ in range(100):
        if (now := await held(bus, bluez)) == like:
            break
        await asyncio.sleep(0.05)
    return now


def test_five_hundred_flaps_leave_no_task_no_file_and_no_subscription(bus: str) -> None:
    async def flap() -> tuple[Held, Held, int]:
        async with FakeBluez(bus) as bluez:
            watcher = await MessageBus(bus_address=bus).connect()
            fake = bluez.strap()
            async with Strap(timings=HASTY) as strap:
                for nth in range(1, FLAPS + 2):
                    packet = await beat(fake, strap)
                    assert (packet.seq, packet.epoch) == (nth, nth)
                    await strap.ack(strap.session.id, nth)
                    if nth == 1:  # by now all that stays for good is there
                        first = await held(watcher, bluez)
                    if nth <= FLAPS:
                        fake.drop()
                last = await settled(watcher, bluez, first)
            assert (await held(watcher, bluez)).subscriptions == 0
            watcher.disconnect()
            await watcher.wait_for_disconnect()  # type: ignore[no-untyped-call]  # dbus-fast leaves it so
            return first, last, fake.connects

    first, last, connects = run(flap(), limit_s=120)
    assert last == first
    assert connects == FLAPS + 1
