"""This machine's Bluetooth: what it hears, or why it cannot."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from .errors import BluetoothProblem, BluetoothUnavailable, StrapLost

if (
    TYPE_CHECKING
):  # bleak takes 0.2 s to import; nothing here may cost that before a strap is wanted
    from bleak import BleakAdapter, BleakClient, BleakScanner
    from bleak.backends.device import BLEDevice
    from bleak.backends.scanner import AdvertisementData, AdvertisementDataCallback

HEART_RATE_SERVICE = "0000180d-0000-1000-8000-00805f9b34fb"
MEASUREMENT = "00002a37-0000-1000-8000-00805f9b34fb"
_BATTERY = "00002a19-0000-1000-8000-00805f9b34fb"

ScannerFactory: TypeAlias = Callable[..., "BleakScanner"]
AdapterFactory: TypeAlias = Callable[[], Awaitable["BleakAdapter"]]

_UNKNOWN_DBM = -127
"""What bleak says where the system gave no signal strength."""

_REASONS = {
    "NO_BLUETOOTH": BluetoothProblem.NO_ADAPTER,
    "NO_BLE_CENTRAL_ROLE": BluetoothProblem.NO_ADAPTER,
    "POWERED_OFF": BluetoothProblem.SWITCHED_OFF,
    "DENIED_BY_USER": BluetoothProblem.NOT_PERMITTED,
    "DENIED_BY_SYSTEM": BluetoothProblem.NOT_PERMITTED,
    "DENIED_BY_UNKNOWN": BluetoothProblem.NOT_PERMITTED,
    "UNKNOWN": BluetoothProblem.NO_SERVICE,
}

# The first prefix that fits decides: an adapter that was pulled out leaves its object unknown.
_DBUS_ERRORS = (
    ("org.bluez.Error.NotReady", BluetoothProblem.SWITCHED_OFF),
    ("org.bluez.Error.Blocked", BluetoothProblem.SWITCHED_OFF),
    ("org.bluez.Error.NotPermitted", BluetoothProblem.NOT_PERMITTED),
    ("org.bluez.Error.NotAuthorized", BluetoothProblem.NOT_PERMITTED),
    ("org.freedesktop.DBus.Error.AccessDenied", BluetoothProblem.NOT_PERMITTED),
    ("org.freedesktop.DBus.Error.AuthFailed", BluetoothProblem.NOT_PERMITTED),
    ("org.freedesktop.DBus.Error.Unknown", BluetoothProblem.NO_ADAPTER),
    ("org.freedesktop.", BluetoothProblem.NO_SERVICE),  # D-Bus or systemd could not reach BlueZ
)


@dataclass(frozen=True, slots=True)
class FoundStrap:
    """A strap that was heard."""

    id: str
    """Its address; on a Mac a UUID that holds for that machine only."""
    name: str | None
    signal_dbm: int | None


async def scan(
    seconds: float, scanner_factory: ScannerFactory | None = None
) -> tuple[FoundStrap, ...]:
    """Listen for `seconds`; return the straps heard, the strongest first.

    Raises:
        BluetoothUnavailable: this machine cannot listen.
        StrapLost: listening failed for another reason.
    """
    with _translated():
        async with _scanner(scanner_factory) as scanner:
            await asyncio.sleep(seconds)
    heard = scanner.discovered_devices_and_advertisement_data.values()
    nearest = sorted(heard, key=lambda pair: -pair[1].rssi)
    return tuple(FoundStrap(strap.address, strap.name, _signal(ad)) for strap, ad in nearest)


async def diagnose(scanner_factory: ScannerFactory | None = None) -> BluetoothProblem | None:
    """Say what keeps this machine from hearing straps; `None` where nothing does."""
    try:
        await scan(0, scanner_factory)
    except BluetoothUnavailable as unavailable:
        return unavailable.problem
    except StrapLost:  # Bluetooth answered: the radio was busy, which passes
        return None
    return None


async def find(
    wanted: str | None,
    seconds: float,
    scanner_factory: ScannerFactory | None = None,
    adapter_factory: AdapterFactory | None = None,
) -> "BLEDevice | None":
    """Return the strap `wanted` (any, if `None`) as soon as it is heard; `None` if it is not.

    Raises: as `scan`.
    """
    with _translated():
        for device in await _held(adapter_factory):
            if _is(wanted, device):
                return device
        return await _first_heard(wanted, seconds, scanner_factory)


async def battery_percent(client: "BleakClient", limit_s: float) -> int | None:
    """Ask a connected strap once; it need not have a battery service."""
    try:
        async with asyncio.timeout(limit_s):
            level = await client.read_gatt_char(_BATTERY)
    except link_errors():
        return None
    return level[0] if level and level[0] <= 100 else None


async def release(client: "BleakClient", limit_s: float) -> None:
    """Stop and disconnect within the limit, even when cancelled meanwhile."""
    work = asyncio.create_task(_release(client, limit_s), name="release the strap")
    try:
        await asyncio.shield(work)
    except asyncio.CancelledError:
        await asyncio.wait({work})
        raise


def link_errors() -> tuple[type[Exception], ...]:
    """Everything a Bluetooth call may end in when a strap, a radio or a service goes away."""
    from bleak.exc import BleakError

    return BleakError, OSError, EOFError  # TimeoutError is an OSError


def cause(error: BaseException) -> str:
    """Say in a log what ended a link, without naming the person's device."""
    from bleak.exc import BleakDBusError

    named = isinstance(error, BleakDBusError | StrapLost | BluetoothUnavailable)
    return str(error) if named else type(error).__name__


async def _release(client: "BleakClient", limit_s: float) -> None:
    with suppress(*link_errors()):  # what is gone already need not answer
        async with asyncio.timeout(limit_s):
            with suppress(*link_errors()):
                await client.stop_notify(MEASUREMENT)
            await client.disconnect()


async def _first_heard(
    wanted: str | None, seconds: float, scanner_factory: ScannerFactory | None
) -> "BLEDevice | None":
    heard: asyncio.Future[BLEDevice] = asyncio.get_running_loop().create_future()

    def hear(device: "BLEDevice", _: "AdvertisementData") -> None:
        if not heard.done() and _is(wanted, device):
            heard.set_result(device)

    async with _scanner(scanner_factory, hear):
        await asyncio.wait({heard}, timeout=seconds)
    return heard.result() if heard.done() else None


async def _held(adapter_factory: AdapterFactory | None) -> "list[BLEDevice]":
    """Return straps that are already connected, as after a crash: those do not advertise."""
    from bleak import BleakAdapter

    try:
        adapter = await (adapter_factory or BleakAdapter.get)()
        return await adapter.get_connected_devices([HEART_RATE_SERVICE])
    except NotImplementedError:  # not every system can tell
        return []


def _scanner(
    scanner_factory: ScannerFactory | None, hear: "AdvertisementDataCallback | None" = None
) -> "BleakScanner":
    """Filter by service, never by name: any strap that keeps the standard is welcome."""
    from bleak import BleakScanner

    # At DEBUG bleak writes down every notification, and those are a body's values.
    logging.getLogger("bleak").setLevel(logging.INFO)
    return (scanner_factory or BleakScanner)(
        detection_callback=hear, service_uuids=[HEART_RATE_SERVICE]
    )


def _is(wanted: str | None, device: "BLEDevice") -> bool:
    return wanted is None or device.address.casefold() == wanted.casefold()


def _signal(advert: "AdvertisementData") -> int | None:
    return None if advert.rssi == _UNKNOWN_DBM else advert.rssi


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except link_errors() as error:
        problem = _problem(error)
        if problem is None:
            raise StrapLost(f"the search failed: {cause(error)}") from error
        raise BluetoothUnavailable(problem) from error


def _problem(error: Exception) -> BluetoothProblem | None:
    """Translate what bleak raises; `None` where Bluetooth itself is not to blame."""
    from bleak.exc import BleakBluetoothNotAvailableError, BleakDBusError

    if isinstance(error, BleakBluetoothNotAvailableError):
        return _REASONS[error.reason.name]
    if isinstance(error, BleakDBusError):
        fits = (problem for prefix, problem in _DBUS_ERRORS if error.dbus_error.startswith(prefix))
        return next(fits, None)
    if isinstance(error, PermissionError):
        return BluetoothProblem.NOT_PERMITTED
    # The socket of the D-Bus daemon is missing, closed or dead.
    return BluetoothProblem.NO_SERVICE if isinstance(error, OSError | EOFError) else None
