"""This machine's Bluetooth: what it hears, or why it cannot."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from .errors import BluetoothProblem, BluetoothUnavailable, Loss, StrapLost

if (
    TYPE_CHECKING
):  # bleak takes 0.2 s to import; nothing here may cost that before a strap is wanted
    from bleak import BleakAdapter, BleakClient, BleakScanner
    from bleak.backends.device import BLEDevice
    from bleak.backends.scanner import AdvertisementData, AdvertisementDataCallback

HEART_RATE_SERVICE = "0000180d-0000-1000-8000-00805f9b34fb"
MEASUREMENT = "00002a37-0000-1000-8000-00805f9b34fb"

ClientFactory: TypeAlias = Callable[..., "BleakClient"]
ScannerFactory: TypeAlias = Callable[..., "BleakScanner"]
AdapterFactory: TypeAlias = Callable[[], Awaitable["BleakAdapter"]]

_UNKNOWN_DBM = -127
"""What bleak says where the system gave no signal strength."""

_LONGEST = 100
"""Characters of a text that are taken; a strap's name has about twenty."""

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
class Radio:
    """What reaches straps: bleak's own classes, or another's, as of a radio that is far away."""

    client: ClientFactory | None = None
    scanner: ScannerFactory | None = None
    adapter: AdapterFactory | None = None


@dataclass(frozen=True, slots=True)
class FoundStrap:
    """A strap that was heard."""

    id: str
    """Its address; on a Mac a UUID that holds for that machine only."""
    name: str | None
    signal_dbm: int | None


async def listen(seconds: float, hear: Callable[[FoundStrap], None], radio: Radio) -> None:
    """Tell of every strap each time it is heard, for `seconds`.

    Raises: as `scan`.
    """

    def tell(device: "BLEDevice", advert: "AdvertisementData") -> None:
        if HEART_RATE_SERVICE in advert.service_uuids:
            hear(FoundStrap(device.address, legible(device.name), _signal(advert)))

    with translated():
        async with scanner(radio, tell):
            await asyncio.sleep(seconds)


async def scan(
    seconds: float, scanner_factory: ScannerFactory | None = None
) -> tuple[FoundStrap, ...]:
    """Listen for `seconds`; return the straps heard, the strongest first.

    Raises:
        BluetoothUnavailable: this machine cannot listen.
        StrapLost: listening failed for another reason.
    """
    with translated():
        async with scanner(Radio(scanner=scanner_factory)) as ears:
            await asyncio.sleep(seconds)
    heard = ears.discovered_devices_and_advertisement_data.values()
    nearest = sorted(heard, key=lambda pair: -pair[1].rssi)
    return tuple(
        FoundStrap(strap.address, legible(strap.name), _signal(ad)) for strap, ad in nearest
    )


async def diagnose(scanner_factory: ScannerFactory | None = None) -> BluetoothProblem | None:
    """Say what keeps this machine from hearing straps; `None` where nothing does."""
    try:
        await scan(0, scanner_factory)
    except BluetoothUnavailable as unavailable:
        return unavailable.problem
    except StrapLost:  # Bluetooth answered: the radio was busy, which passes
        return None
    return None


async def connected(radio: Radio) -> "list[BLEDevice]":
    """Return straps that are connected already, as after a crash: those do not advertise."""
    from bleak import BleakAdapter

    try:
        adapter = await (radio.adapter or BleakAdapter.get)()
        return await adapter.get_connected_devices([HEART_RATE_SERVICE])
    except NotImplementedError:  # not every system can tell
        return []


def scanner(
    radio: Radio, hear: "AdvertisementDataCallback | None" = None, *, everything: bool = False
) -> "BleakScanner":
    """Make what listens for the heart-rate service, or for everything; never for a name."""
    from bleak import BleakScanner

    # At DEBUG bleak writes down every notification, and those are a body's values.
    logging.getLogger("bleak").setLevel(logging.INFO)
    return (radio.scanner or BleakScanner)(
        detection_callback=hear, service_uuids=None if everything else [HEART_RATE_SERVICE]
    )


def client(
    radio: Radio, device: "BLEDevice", lost: Callable[[], None], limit_s: float
) -> "BleakClient":
    """Make what connects to a strap, and calls `lost` when that ends."""
    from bleak import BleakClient

    return (radio.client or BleakClient)(
        device, disconnected_callback=lambda _: lost(), timeout=limit_s
    )


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


def loss(error: Exception) -> Loss:
    """Name what kept a strap that was heard from being read."""
    from bleak.exc import BleakDBusError, BleakDeviceNotFoundError, BleakError

    if isinstance(error, TimeoutError):
        return Loss.UNANSWERED
    if isinstance(error, BleakDeviceNotFoundError):
        return Loss.FORGOTTEN
    if type(error) is BleakError and str(error).endswith("not found"):  # so says bleak 3.1
        return Loss.FORGOTTEN
    if isinstance(error, BleakDBusError) and _problem(error) is not None:
        return Loss.BLUETOOTH
    if isinstance(error, BleakError):
        return Loss.REFUSED
    return Loss.BLUETOOTH if isinstance(error, OSError | EOFError) else Loss.FAULT


def legible(said: str | None) -> str | None:
    """Keep of a text from the air what can be printed; `None` where nothing can."""
    kept = "".join(each for each in said or "" if each.isprintable()).strip()
    return kept[:_LONGEST].strip() or None


def cause(error: BaseException) -> str:
    """Say in a log what ended a link, without naming the person's device."""
    from bleak.exc import BleakDBusError

    named = isinstance(error, BleakDBusError | StrapLost | BluetoothUnavailable)
    return str(error) if named else type(error).__name__


async def _release(client: "BleakClient", limit_s: float) -> None:
    # What is gone already need not answer; and who will not stop is disconnected all the same.
    with suppress(*link_errors()):
        async with asyncio.timeout(limit_s / 2):
            await client.stop_notify(MEASUREMENT)
    with suppress(*link_errors()):
        async with asyncio.timeout(limit_s / 2):
            await client.disconnect()


def _signal(advert: "AdvertisementData") -> int | None:
    return None if advert.rssi == _UNKNOWN_DBM else advert.rssi


@contextmanager
def translated() -> Iterator[None]:
    """Turn what a search may end in into `BluetoothUnavailable` or `StrapLost`."""
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
