"""Whoever reaches straps may be another: a radio that is far away, or one that has a bug."""

import logging
from typing import Any

import pytest

from softfront_sensors.errors import Loss
from softfront_sensors.strap import Strap

from .bus import DAEMON
from .wearing import NEEDS_DBUS, PATIENT, beat, holds, run

if DAEMON:
    from bleak import BleakAdapter, BleakClient, BleakScanner

    from .fake import FakeBluez

pytestmark = NEEDS_DBUS


def test_client_scanner_and_adapter_may_be_anothers(bus: str) -> None:
    made: list[str] = []

    def client(*given: Any, **named: Any) -> "BleakClient":
        made.append("client")
        return BleakClient(*given, **named)

    def scanner(**named: Any) -> "BleakScanner":
        made.append("scanner")
        return BleakScanner(**named)

    async def adapter() -> "BleakAdapter":
        made.append("adapter")
        return await BleakAdapter.get()

    async def wear() -> None:
        async with FakeBluez(bus) as bluez:
            fake = bluez.strap()
            async with Strap(
                client_factory=client,
                scanner_factory=scanner,
                adapter_factory=adapter,
                timings=PATIENT,
            ) as strap:
                await beat(fake, strap)

    run(wear())
    assert made == ["adapter", "scanner", "client"]


def test_an_adapter_that_cannot_tell_what_is_connected_is_no_hindrance(bus: str) -> None:
    async def adapter() -> "BleakAdapter":
        raise NotImplementedError

    async def wear() -> None:
        async with FakeBluez(bus) as bluez:
            fake = bluez.strap()
            async with Strap(adapter_factory=adapter, timings=PATIENT) as strap:
                await beat(fake, strap)

    run(wear())


def test_a_fault_not_known_here_is_logged_and_gone_round(
    bus: str, caplog: pytest.LogCaptureFixture
) -> None:
    faults = iter([ZeroDivisionError()])

    def client(*given: Any, **named: Any) -> "BleakClient":
        for fault in faults:
            raise fault
        return BleakClient(*given, **named)

    async def wear() -> None:
        async with FakeBluez(bus) as bluez:
            fake = bluez.strap()
            async with Strap(client_factory=client, timings=PATIENT) as strap:
                await beat(fake, strap)
                await holds(lambda: dict(strap.status.losses) == {Loss.FAULT: 1})

    with caplog.at_level(logging.ERROR, "softfront_sensors"):
        run(wear())
    assert [record.exc_info is not None for record in caplog.records] == [True]
