"""A strap that bumble made, GATT and all, and the radio of a machine on the same air."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from random import Random
from typing import Self

from bleak import BleakAdapter, BleakClient, BleakScanner
from bumble.controller import Controller
from bumble.core import UUID, AdvertisingData
from bumble.device import Connection, Device
from bumble.hci import Address, HCI_ErrorCode
from bumble.host import Host
from bumble.link import LocalLink
from bumble.profiles.battery_service import BatteryService
from bumble.profiles.device_information_service import DeviceInformationService
from bumble.profiles.heart_rate_service import HeartRateService
from bumble.transport.common import AsyncPipeSink

from softfront_sensors.strap import Strap, Timings

from .backend import BumbleAdapter, BumbleClient, BumbleScanner
from .meaning import Measurement

_INTERVAL_MS = 50
"""Real straps advertise about once a second; a test need not wait so long."""


class BumbleStrap:
    """A chest strap: heart rate, who made it and, where it has one, its battery."""

    def __init__(self, device: Device, battery: int | None) -> None:
        self._device = device
        self._heart = HeartRateService(
            lambda _: Measurement(0), HeartRateService.BodySensorLocation.CHEST
        )
        device.add_service(self._heart)
        device.add_service(DeviceInformationService("Bumble", "B10", "0000001"))
        if battery is not None:
            device.add_service(BatteryService(lambda _: battery))
        self.connects = 0
        device.on(Device.EVENT_CONNECTION, self._count)

    @property
    def connected(self) -> bool:
        """Say whether a client holds it."""
        return bool(self._links)

    def held(self, times: int) -> bool:
        """Say whether it is connected, and was so many times."""
        return self.connected and self.connects == times

    @property
    def subscribed(self) -> bool:
        """Say whether a client has asked for beats."""
        handle = self._heart.heart_rate_measurement_characteristic.handle
        asked = self._device.gatt_server.subscribers
        return any(asked.get(link, {}).get(handle, b"\0")[0] & 1 for link in self._links)

    async def appear(self, service: UUID = HeartRateService.UUID) -> None:
        """Advertise until connected, and again when the link has ended."""
        said = {
            AdvertisingData.Type.COMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS: bytes(service),
            AdvertisingData.Type.COMPLETE_LOCAL_NAME: self._device.name.encode(),
        }
        await self._device.start_advertising(
            advertising_data=bytes(AdvertisingData(list(said.items()))),
            advertising_interval_min=_INTERVAL_MS,
            advertising_interval_max=_INTERVAL_MS,
            auto_restart=True,
        )

    async def vanish(self) -> None:
        """Be out of reach: the link ends and nothing is advertised."""
        await self._device.stop_advertising()
        await self.drop()

    async def drop(self) -> None:
        """End the link."""
        for link in self._links:
            await link.disconnect(HCI_ErrorCode.REMOTE_USER_TERMINATED_CONNECTION_ERROR)

    async def send(self, *measurements: Measurement) -> None:
        """Notify whoever has asked for beats, one packet a measurement."""
        characteristic = self._heart.heart_rate_measurement_characteristic
        for measurement in measurements:
            for link in self._links:
                await self._device.notify_subscriber(link, characteristic, measurement)

    @property
    def _links(self) -> list[Connection]:
        """Those that stand; bumble's list of subscribers keeps one that asked as its link ended."""
        return list(self._device.connections.values())

    def _count(self, _: object) -> None:
        self.connects += 1


class Air:
    """Where devices hear each other; `radio` is this machine's."""

    def __init__(self) -> None:
        self._link = LocalLink()  # type: ignore[no-untyped-call]  # bumble's own omission
        self._devices: list[Device] = []

    async def __aenter__(self) -> Self:
        self.radio = await self.device("F0:00:00:00:00:99", "this machine")
        return self

    async def __aexit__(self, *_: object) -> None:
        for device in self._devices:
            await device.stop_advertising()
            await device.power_off()

    async def device(self, address: str, name: str) -> Device:
        """Switch one more device on."""
        controller = Controller(name, link=self._link, public_address=address)
        host = Host(controller, AsyncPipeSink(controller))
        device = Device(name, Address(address), host=host)
        self._devices.append(device)
        await device.power_on()
        return device

    async def strap(
        self,
        address: str = "F0:00:00:00:00:01",
        name: str = "Bumble B10",
        battery: int | None = 82,
    ) -> BumbleStrap:
        """Make a strap; it is not heard yet."""
        return BumbleStrap(await self.device(address, name), battery)

    async def adapter(self) -> BleakAdapter:
        """Ask this machine what it is connected to."""
        return BleakAdapter(BumbleAdapter(self.radio))


@asynccontextmanager
async def worn(
    timings: Timings, battery: int | None = 82
) -> AsyncIterator[tuple[Air, BumbleStrap, Strap]]:
    """A strap in the air, and ours on the way to it."""
    async with Air() as air:
        other = await air.strap(battery=battery)
        await other.appear()
        async with ours(air, timings) as strap:
            yield air, other, strap


def ours(air: Air, timings: Timings) -> Strap:
    """Our side, on this machine's radio."""
    return Strap(
        client_factory=partial(BleakClient, backend=BumbleClient, radio=air.radio),
        scanner_factory=partial(BleakScanner, backend=BumbleScanner, radio=air.radio),
        adapter_factory=air.adapter,
        timings=timings,
        jitter=Random(7),
    )
