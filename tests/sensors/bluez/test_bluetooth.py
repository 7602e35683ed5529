import pytest

from softfront_sensors.bluetooth import FoundStrap, diagnose, scan
from softfront_sensors.errors import BluetoothProblem, BluetoothUnavailable

from .bus import DAEMON
from .wearing import NEEDS_DBUS, run

if DAEMON:
    from dbus_fast import DBusError

    from .fake import FakeBluez

pytestmark = NEEDS_DBUS


def test_a_scan_finds_straps_by_their_service_and_nothing_else(bus: str) -> None:
    async def look() -> tuple[FoundStrap, ...]:
        async with FakeBluez(bus) as bluez:
            bluez.strap("A0:00:00:00:00:01", name="Far", rssi=-90)
            bluez.strap("A0:00:00:00:00:02", name="Near", rssi=-40)
            bluez.strap("A0:00:00:00:00:03", name="Polar H10 scale", service=0x181D)
            return await scan(0.05)

    assert run(look()) == (
        FoundStrap("A0:00:00:00:00:02", "Near", -40),
        FoundStrap("A0:00:00:00:00:01", "Far", -90),
    )


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("org.bluez.Error.NotReady", BluetoothProblem.SWITCHED_OFF),
        ("org.bluez.Error.NotPermitted", BluetoothProblem.NOT_PERMITTED),
        ("org.freedesktop.DBus.Error.AccessDenied", BluetoothProblem.NOT_PERMITTED),
        ("org.freedesktop.DBus.Error.UnknownObject", BluetoothProblem.NO_ADAPTER),
        ("org.freedesktop.DBus.Error.ServiceUnknown", BluetoothProblem.NO_SERVICE),
        ("org.bluez.Error.InProgress", None),
    ],
)
def test_what_bluez_refuses_is_named(bus: str, name: str, problem: BluetoothProblem | None) -> None:
    async def look() -> BluetoothProblem | None:
        async with FakeBluez(bus) as bluez:
            bluez.refusal = DBusError(name, "refused")
            return await diagnose()

    assert run(look()) is problem


def test_a_machine_without_an_adapter_says_so(bus: str) -> None:
    async def look() -> None:
        async with FakeBluez(bus, adapter=False):
            await scan(0.01)

    with pytest.raises(BluetoothUnavailable) as caught:
        run(look())
    assert caught.value.problem is BluetoothProblem.NO_ADAPTER


def test_a_healthy_machine_has_no_problem(bus: str) -> None:
    async def look() -> BluetoothProblem | None:
        async with FakeBluez(bus):
            return await diagnose()

    assert run(look()) is None
