"""An `org.bluez` without a radio: enough of BlueZ for an unmodified bleak.

It says nothing about radio range or about BlueZ's own timing. Known differences: GATT
objects appear at the first connect and stay, and a discovery advertises once, when it starts.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Self, TypeAlias

from dbus_fast import DBusError, Message, MessageType, Variant
from dbus_fast.aio import MessageBus

ADAPTER, DEVICE = "org.bluez.Adapter1", "org.bluez.Device1"
SERVICE, CHARACTERISTIC = "org.bluez.GattService1", "org.bluez.GattCharacteristic1"
PROPERTIES, OBJECTS = "org.freedesktop.DBus.Properties", "org.freedesktop.DBus.ObjectManager"
HCI = "/org/bluez/hci0"

Interfaces: TypeAlias = dict[str, dict[str, Variant]]
Handler: TypeAlias = Callable[[Message], Awaitable[Message | None]]


def uuid(short: int) -> str:
    """Spell a 16-bit UUID out."""
    return f"0000{short:04x}-0000-1000-8000-00805f9b34fb"


@dataclass
class FakeStrap:
    """A device in the air, with the faults it shall have."""

    bluez: "FakeBluez"
    address: str
    name: str = "Fake H10"
    service: int = 0x180D
    battery: int | None = 82
    rssi: int = -60
    in_air: bool = True
    aborts: int = 0
    """So many connects fail before one succeeds."""
    never_answers: bool = False
    never_resolves: bool = False
    forgotten_once: bool = False
    """BlueZ forgets it as soon as the next discovery stops."""
    stop_takes_s: float = 0
    """How long it takes to end notifying; it sends on meanwhile."""
    connects: int = 0
    disconnects: int = 0
    stops: int = 0
    notifying: bool = False
    also: list[Callable[[], None]] = field(default_factory=list)
    """Called at every connect: adds GATT objects of its own, answered by `FakeBluez.further`."""
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when a connect came in."""
    gave_up: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def path(self) -> str:
        """Where BlueZ keeps it."""
        return f"{HCI}/dev_{self.address.replace(':', '_')}"

    @property
    def connected(self) -> bool:
        """What BlueZ says about the link."""
        known = self.bluez.objects.get(self.path)
        return bool(known and known[DEVICE]["Connected"].value)

    def send(self, data: bytes) -> None:
        """Notify; nobody hears it who did not subscribe."""
        if self.notifying:
            self.bluez.change(self._place(0), CHARACTERISTIC, Value=Variant("ay", data))

    def drop(self) -> None:
        """Lose the link."""
        self.notifying = False
        self.bluez.change(
            self.path, DEVICE, ServicesResolved=Variant("b", False), Connected=Variant("b", False)
        )

    def forget(self) -> None:
        """Let BlueZ forget the device."""
        for path in [p for p in self.bluez.objects if p.startswith(self.path)]:
            self.bluez.remove(path)

    def advertise(self) -> None:
        """Be heard once, unless connected or away."""
        if not self.in_air or self.connected:
            return
        if self.path in self.bluez.objects:
            self.bluez.change(self.path, DEVICE, RSSI=Variant("n", self.rssi))
        else:
            self.bluez.add(self.path, {DEVICE: self._device()})

    async def connect(self) -> None:
        """Answer `Device1.Connect`."""
        self.connects += 1
        self.asked.set()
        if self.never_answers:
            await self.gave_up.wait()
            raise DBusError("org.bluez.Error.Failed", "Operation canceled")
        if self.aborts:
            self.aborts -= 1
            raise DBusError("org.bluez.Error.Failed", "le-connection-abort-by-remote")
        self.bluez.change(self.path, DEVICE, Connected=Variant("b", True))
        if not self.never_resolves:
            self._publish_gatt()
            for publish in self.also:
                publish()
            self.bluez.change(self.path, DEVICE, ServicesResolved=Variant("b", True))

    async def disconnect(self) -> None:
        """Answer `Device1.Disconnect`."""
        self.disconnects += 1
        self.gave_up.set()
        if self.connected:
            self.drop()

    def _device(self) -> dict[str, Variant]:
        return {
            "Address": Variant("s", self.address),
            "Alias": Variant("s", self.name),
            "Name": Variant("s", self.name),
            "Adapter": Variant("o", HCI),
            "Paired": Variant("b", False),
            "Connected": Variant("b", False),
            "ServicesResolved": Variant("b", False),
            "UUIDs": Variant("as", [uuid(self.service)]),
            "RSSI": Variant("n", self.rssi),
        }

    def _place(self, nth: int) -> str:
        return f"{self.path}/service{nth * 16 + 16:04x}/char{nth * 16 + 17:04x}"

    def _publish_gatt(self) -> None:
        offered = [(self.service, 0x2A37, ["notify"])]
        offered += [(0x180F, 0x2A19, ["read"])] if self.battery is not None else []
        for nth, (service, characteristic, flags) in enumerate(offered):
            place = self._place(nth)
            above = place.rsplit("/", 1)[0]
            of_service = {"UUID": Variant("s", uuid(service)), "Device": Variant("o", self.path)}
            of_value = {
                "UUID": Variant("s", uuid(characteristic)),
                "Service": Variant("o", above),
                "Flags": Variant("as", flags),
                "Value": Variant("ay", b""),
            }
            self.bluez.add(above, {SERVICE: {**of_service, "Primary": Variant("b", True)}})
            self.bluez.add(place, {CHARACTERISTIC: of_value})


class FakeBluez:
    """The service `org.bluez` with one adapter on the bus at `address`."""

    def __init__(self, address: str, adapter: bool = True) -> None:
        self._bus = MessageBus(bus_address=address)
        self.objects: dict[str, Interfaces] = {}
        self.straps: list[FakeStrap] = []
        self.discovering = False
        self.refusal: DBusError | None = None
        """Raised at the start of every discovery."""
        self.further: dict[tuple[str, str], Handler] = {}
        """Who answers for an object of one's own, by path and method."""
        self._tasks: set[asyncio.Task[None]] = set()
        if adapter:
            self.objects[HCI] = {
                ADAPTER: {"Powered": Variant("b", True), "Roles": Variant("as", ["central"])}
            }

    async def __aenter__(self) -> Self:
        await self._bus.connect()
        self._bus.add_message_handler(self._on_message)
        await self._bus.request_name("org.bluez")
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        self._bus.disconnect()

    def strap(self, address: str = "A0:00:00:00:00:01", **traits: Any) -> FakeStrap:
        """Put a strap in the air."""
        strap = FakeStrap(self, address, **traits)
        self.straps.append(strap)
        if self.discovering:
            strap.advertise()
        return strap

    def power(self, on: bool) -> None:
        """Switch the adapter; off ends every link."""
        for strap in self.straps:
            if not on and strap.connected:
                strap.drop()
        self.discovering = False
        self.change(HCI, ADAPTER, Powered=Variant("b", on))

    def change(self, path: str, interface: str, **values: Variant) -> None:
        """Set properties and tell everyone; one signal each, as BlueZ does."""
        for name, value in values.items():
            self.objects[path][interface][name] = value
            self._emit(
                path, PROPERTIES, "PropertiesChanged", "sa{sv}as", interface, {name: value}, []
            )

    def add(self, path: str, interfaces: Interfaces) -> None:
        """Let an object appear, once."""
        if path not in self.objects:
            self.objects[path] = interfaces
            self._emit("/", OBJECTS, "InterfacesAdded", "oa{sa{sv}}", path, interfaces)

    def remove(self, path: str) -> None:
        """Let an object vanish."""
        gone = list(self.objects.pop(path))
        self._emit("/", OBJECTS, "InterfacesRemoved", "oas", path, gone)

    def _emit(self, path: str, interface: str, member: str, signature: str, *body: Any) -> None:
        self._bus.send(Message.new_signal(path, interface, member, signature, list(body)))

    def _on_message(self, message: Message) -> bool:
        if message.message_type is not MessageType.METHOD_CALL:
            return False
        path, interface, member = message.path or "", message.interface or "", message.member or ""
        answer = self.further.get((path, member)) or self._answers().get((interface, member))
        if answer is None:
            return False
        task = asyncio.get_running_loop().create_task(self._reply(message, answer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return True

    async def _reply(self, message: Message, answer: Handler) -> None:
        try:
            if message.path != "/" and message.path not in self.objects:
                raise DBusError("org.freedesktop.DBus.Error.UnknownObject", "no such object")
            reply = await answer(message) or Message.new_method_return(message)
        except DBusError as error:
            reply = Message.new_error(message, error.type, error.text)
        self._bus.send(reply)

    def _answers(self) -> dict[tuple[str, str], Handler]:
        return {
            (OBJECTS, "GetManagedObjects"): self._list,
            (ADAPTER, "SetDiscoveryFilter"): self._nothing,
            (ADAPTER, "StartDiscovery"): self._start_discovery,
            (ADAPTER, "StopDiscovery"): self._stop_discovery,
            (DEVICE, "Connect"): lambda message: self._of(message).connect(),
            (DEVICE, "Disconnect"): lambda message: self._of(message).disconnect(),
            (CHARACTERISTIC, "StartNotify"): self._start_notify,
            (CHARACTERISTIC, "StopNotify"): self._stop_notify,
            (CHARACTERISTIC, "ReadValue"): self._read,
        }

    def _of(self, message: Message) -> FakeStrap:
        return next(s for s in self.straps if (message.path or "").startswith(s.path))

    async def _nothing(self, _: Message) -> None:
        pass

    async def _list(self, message: Message) -> Message:
        return Message.new_method_return(message, "a{oa{sa{sv}}}", [self.objects])

    async def _start_discovery(self, _: Message) -> None:
        if self.refusal is not None:
            raise self.refusal
        self.discovering = True
        for strap in self.straps:
            strap.advertise()

    async def _stop_discovery(self, _: Message) -> None:
        self.discovering = False
        for strap in self.straps:
            if strap.forgotten_once:
                strap.forgotten_once = False
                strap.forget()

    async def _start_notify(self, message: Message) -> None:
        self._of(message).notifying = True

    async def _stop_notify(self, message: Message) -> None:
        strap = self._of(message)
        strap.stops += 1
        await asyncio.sleep(strap.stop_takes_s)
        strap.notifying = False

    async def _read(self, message: Message) -> Message:
        return Message.new_method_return(message, "ay", [bytes([self._of(message).battery or 0])])
