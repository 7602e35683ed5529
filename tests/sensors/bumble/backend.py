"""bleak's backend where bumble is the machine's Bluetooth: ATT is real, the air is not.

Unlike a real system it waits for ever on a strap that leaves between the scan and the connect.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from bleak.args import SizedBuffer
from bleak.backends.adapter import BaseBleakAdapter
from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.client import BaseBleakClient, NotifyCallback
from bleak.backends.descriptor import BleakGATTDescriptor
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import (
    AdvertisementData,
    AdvertisementDataCallback,
    BaseBleakScanner,
)
from bleak.backends.service import BleakGATTService, BleakGATTServiceCollection
from bleak.exc import BleakError
from bleak.uuids import normalize_uuid_str
from bumble.core import UUID, AdvertisingData, BaseBumbleError
from bumble.device import Advertisement, Connection, Device, Peer
from bumble.gatt import Characteristic
from bumble.gatt_client import ServiceProxy
from bumble.hci import Address

T = TypeVar("T")


class BumbleScanner(BaseBleakScanner):
    """Hears what is advertised on the air of `radio`."""

    def __init__(
        self,
        detection_callback: AdvertisementDataCallback | None,
        service_uuids: list[str] | None,
        scanning_mode: str,
        *,
        radio: Device,
        **_: Any,
    ) -> None:
        super().__init__(detection_callback, service_uuids)
        self._radio = radio

    async def start(self) -> None:
        self.seen_devices = {}
        self._radio.on(Device.EVENT_ADVERTISEMENT, self._hear)
        await self._radio.start_scanning()

    async def stop(self) -> None:
        await self._radio.stop_scanning()
        self._radio.remove_listener(Device.EVENT_ADVERTISEMENT, self._hear)

    def _hear(self, advertisement: Advertisement) -> None:
        name, uuids = _told(advertisement.data)
        if self.is_allowed_uuid(uuids):
            data = AdvertisementData(name, {}, {}, uuids, None, advertisement.rssi, ())
            address = _spelled(advertisement.address)
            device = self.create_or_update_device(address, address, name, None, data)
            self.call_detection_callbacks(device, data)


class BumbleAdapter(BaseBleakAdapter):
    """Knows which devices `radio` is connected to, as a system does after a program crashed."""

    def __init__(self, radio: Device) -> None:
        self._radio = radio

    async def get_connected_devices(self, service_uuids: frozenset[str]) -> list[BLEDevice]:
        return [
            BLEDevice(_spelled(connection.peer_address), None, None)
            for connection in self._radio.connections.values()
            if service_uuids & {_long(s.uuid) for s in connection.gatt_client.services}
        ]


class BumbleClient(BaseBleakClient):
    """Talks ATT with one device over `radio`."""

    def __init__(
        self,
        address_or_ble_device: BLEDevice | str,
        *,
        disconnected_callback: Callable[[], None] | None,
        timeout: float,
        radio: Device,
        **_: Any,
    ) -> None:
        super().__init__(
            address_or_ble_device, disconnected_callback=disconnected_callback, timeout=timeout
        )
        self._radio = radio
        self._connection: Connection | None = None
        self._gone: asyncio.Future[None]

    @property
    def mtu_size(self) -> int:
        return self._peer.connection.att_mtu

    @property
    def is_connected(self) -> bool:
        return self._connection in self._radio.connections.values()

    async def connect(self, pair: bool, **_: Any) -> None:
        address = Address(self.address)
        held = self._radio.find_connection_by_bd_addr(address)
        link = held or await self._radio.connect(address, timeout=None)
        self._connection, self._gone = link, asyncio.get_running_loop().create_future()
        link.on(Connection.EVENT_DISCONNECTION, self._ended)
        await self._answer(self._peer.discover_all())  # type: ignore[no-untyped-call]  # bumble's own omission
        self.services = _collection(self._peer.services, link)

    async def disconnect(self) -> None:
        if self._connection is not None and self.is_connected:
            await self._connection.disconnect()

    async def read_gatt_char(
        self, characteristic: BleakGATTCharacteristic, *, use_cached: bool = False, **_: Any
    ) -> bytearray:
        return bytearray(await self._answer(self._peer.read_value(characteristic.obj)))

    async def write_gatt_char(
        self, characteristic: BleakGATTCharacteristic, data: SizedBuffer, response: bool
    ) -> None:
        await self._answer(self._peer.write_value(characteristic.obj, bytes(data), response))

    async def start_notify(
        self, characteristic: BleakGATTCharacteristic, callback: NotifyCallback, **_: Any
    ) -> None:
        def hear(data: bytes) -> None:
            callback(bytearray(data))

        await self._answer(self._peer.subscribe(characteristic.obj, hear))

    async def stop_notify(self, characteristic: BleakGATTCharacteristic) -> None:
        client = self._peer.gatt_client
        await self._answer(client.unsubscribe(characteristic.obj, force=True))

    async def pair(self, *_: Any, **__: Any) -> None:
        raise NotImplementedError("no strap of these asks for it")

    async def unpair(self) -> None:
        raise NotImplementedError("no strap of these asks for it")

    async def read_gatt_descriptor(
        self, descriptor: BleakGATTDescriptor, *, use_cached: bool = False, **_: Any
    ) -> bytearray:
        raise NotImplementedError("no strap of these has any beside its CCCD")

    async def write_gatt_descriptor(
        self, descriptor: BleakGATTDescriptor, data: SizedBuffer
    ) -> None:
        raise NotImplementedError("no strap of these has any beside its CCCD")

    @property
    def _peer(self) -> Peer:
        if self._connection is None or not self.is_connected:
            raise BleakError("Not connected")
        return Peer(self._connection)

    async def _answer(self, work: Coroutine[Any, Any, T]) -> T:
        """Wait for an answer while the link stands: bumble itself would ask on into the void."""
        task = asyncio.ensure_future(work)
        either: set[asyncio.Future[Any]] = {task, self._gone}
        try:
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                with _translated():
                    return task.result()
            raise BleakError("disconnected")
        finally:
            await _end(task)

    def _ended(self, _: int) -> None:
        self._gone.set_result(None)
        if self._disconnected_callback is not None:
            self._disconnected_callback()


async def _end(task: asyncio.Task[Any]) -> None:
    for _ in range(10):  # before Python 3.12 asyncio's wait_for loses a cancel now and then
        if task.done():
            break
        task.cancel()
        await asyncio.sleep(0)
    if task.done() and not task.cancelled():
        task.exception()  # heard, though it comes too late


@contextmanager
def _translated() -> Iterator[None]:
    """Say in bleak's words what went wrong."""
    try:
        yield
    except BaseBumbleError as error:
        raise BleakError(str(error)) from error
    except asyncio.CancelledError as cancelled:  # by bumble, because the link ended
        raise BleakError("disconnected") from cancelled


def _collection(services: list[ServiceProxy], link: Connection) -> BleakGATTServiceCollection:
    collection = BleakGATTServiceCollection()
    for found in services:
        service = BleakGATTService(found, found.handle, _long(found.uuid))
        collection.add_service(service)
        for proxy in found.characteristics:
            able: list[Any] = [
                ability.name.lower().replace("_", "-")
                for ability in Characteristic.Properties
                if ability in proxy.properties and ability.name
            ]
            collection.add_characteristic(
                BleakGATTCharacteristic(
                    proxy, proxy.handle, _long(proxy.uuid), able, lambda: link.att_mtu - 3, service
                )
            )
    return collection


def _told(data: AdvertisingData) -> tuple[str | None, list[str]]:
    name = data.get(AdvertisingData.Type.COMPLETE_LOCAL_NAME)
    uuids = data.get(AdvertisingData.Type.COMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS)
    return name, [_long(uuid) for uuid in uuids or ()]


def _long(uuid: UUID) -> str:
    return normalize_uuid_str(uuid.to_hex_str("-"))


def _spelled(address: Address) -> str:
    return address.to_string(with_type_qualifier=False)
