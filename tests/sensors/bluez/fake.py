"""An `org.bluez` without a radio: enough of BlueZ for an unmodified bleak.

What it is not faithful in, so that no green test is taken for more than it says:

* There is no radio: nothing here speaks of range, of interference, or of how long things take.
  A discovery advertises once, when it starts, and a strap again when `advertise` is called.
* A discovery's filter is not applied; bleak sifts by service itself.
* GATT objects appear at the first connect and stay until the device is forgotten, which BlueZ
  does by itself some time after a discovery, and here only when told to.
* It serves whoever asks. BlueZ ends the notifications of a client that leaves the bus, and
  answers `InProgress` to two calls at once; `NotifyAcquired` is left out, as bleak uses
  `StartNotify`; there is no pairing, no MTU, no descriptors, one adapter.
* Two notifications in a row arrive as two. No thread tells of BlueZ merging any.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
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
class Characteristic:
    """One value of a strap. Its handlers may take their time, and refuse with a `DBusError`."""

    uuid: str
    flags: Sequence[str] = ("read",)
    value: bytes = b""
    on_read: Callable[[], Awaitable[bytes]] | None = None
    on_write: Callable[[bytes], Awaitable[None]] | None = None
    on_notify: Callable[[bool], Awaitable[None]] | None = None
    """Called with whether notifying begins or ends."""
    notifying: bool = False
    reads: int = 0


@dataclass
class FakeStrap:
    """A device in the air, with the faults it shall have."""

    bluez: "FakeBluez"
    address: str
    name: str = "Fake H10"
    service: int = 0x180D
    """Where its measurement is found."""
    advertised: int | None = None
    """What it advertises instead."""
    battery: int | None = 82
    about: dict[int, bytes] = field(default_factory=dict)
    """Device information: characteristic and value."""
    rssi: int = -60
    in_air: bool = True
    aborts: int = 0
    """So many connects fail before one succeeds."""
    aborted_by: str = "remote"
    """With `local` BlueZ says for a moment that it was connected, and bleak tries again itself."""
    drops_in_discovery: int = 0
    """So many links end before the services are known."""
    never_answers: bool = False
    never_resolves: bool = False
    forgotten_once: bool = False
    """BlueZ forgets it as soon as the next discovery stops."""
    stop_takes_s: float = 0
    """How long it takes to end notifying; it sends on meanwhile."""
    connects: int = 0
    disconnects: int = 0
    stops: int = 0
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when a connect came in."""
    gave_up: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.beats = Characteristic(uuid(0x2A37), ["notify"])
        self.level = Characteristic(uuid(0x2A19), on_read=self._level)
        self._offered: dict[str, list[Characteristic]] = {uuid(self.service): [self.beats]}
        if self.battery is not None:
            self.offer(uuid(0x180F), self.level)
        if self.about:
            values = (Characteristic(uuid(short), value=v) for short, v in self.about.items())
            self.offer(uuid(0x180A), *values)

    def offer(self, service: str, *characteristics: Characteristic) -> None:
        """Have another service, as a Polar strap has its own; before the first connect."""
        self._offered.setdefault(service, []).extend(characteristics)

    @property
    def path(self) -> str:
        """Where BlueZ keeps it."""
        return f"{HCI}/dev_{self.address.replace(':', '_')}"

    @property
    def connected(self) -> bool:
        """What BlueZ says about the link."""
        known = self.bluez.objects.get(self.path)
        return bool(known and known[DEVICE]["Connected"].value)

    @property
    def notifying(self) -> bool:
        """Whether anyone subscribed to its beats."""
        return self.beats.notifying

    def send(self, data: bytes) -> None:
        """Send a measurement; nobody hears it who did not subscribe."""
        self.tell(self.beats, data)

    def tell(self, characteristic: Characteristic, data: bytes) -> None:
        """Notify, or indicate, whoever subscribed."""
        if characteristic.notifying:
            place = next(path for path, each in self.places() if each is characteristic)
            self.bluez.change(place, CHARACTERISTIC, Value=Variant("ay", data))

    def places(self) -> Iterable[tuple[str, Characteristic]]:
        """Yield where BlueZ keeps each characteristic."""
        for nth, characteristics in enumerate(self._offered.values()):
            above = f"{self.path}/service{nth * 64 + 16:04x}"
            for at, each in enumerate(characteristics):
                yield f"{above}/char{nth * 64 + at * 4 + 17:04x}", each

    def drop(self) -> None:
        """Lose the link."""
        for _, each in self.places():
            each.notifying = False
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
            self.gave_up.clear()
            await self.gave_up.wait()
            raise DBusError("org.bluez.Error.Failed", "Operation canceled")
        if self.aborts:
            self.aborts -= 1
            if self.aborted_by == "local":
                self.bluez.change(self.path, DEVICE, Connected=Variant("b", True))
                self.drop()
            text = f"le-connection-abort-by-{self.aborted_by}"
            raise DBusError("org.bluez.Error.Failed", text)
        self.bluez.change(self.path, DEVICE, Connected=Variant("b", True))
        if self.drops_in_discovery:
            self.drops_in_discovery -= 1
            asyncio.get_running_loop().call_later(0.01, self.drop)
        elif not self.never_resolves:
            self._publish_gatt()
            self.bluez.change(self.path, DEVICE, ServicesResolved=Variant("b", True))

    async def disconnect(self) -> None:
        """Answer `Device1.Disconnect`."""
        self.disconnects += 1
        self.gave_up.set()
        if self.connected:
            self.drop()

    async def _level(self) -> bytes:
        return bytes([self.battery or 0])

    def _device(self) -> dict[str, Variant]:
        return {
            "Address": Variant("s", self.address),
            "Alias": Variant("s", self.name),
            "Name": Variant("s", self.name),
            "Adapter": Variant("o", HCI),
            "Paired": Variant("b", False),
            "Connected": Variant("b", False),
            "ServicesResolved": Variant("b", False),
            "UUIDs": Variant("as", [uuid(self.advertised or self.service)]),
            "RSSI": Variant("n", self.rssi),
        }

    def _publish_gatt(self) -> None:
        services = list(self._offered)
        for place, each in self.places():
            above = place.rsplit("/", 1)[0]
            nth = (int(above[-4:], 16) - 16) // 64
            of_service = {
                "UUID": Variant("s", services[nth]),
                "Device": Variant("o", self.path),
                "Primary": Variant("b", True),
            }
            of_value = {
                "UUID": Variant("s", each.uuid),
                "Service": Variant("o", above),
                "Flags": Variant("as", list(each.flags)),
                "Value": Variant("ay", b""),
            }
            self.bluez.add(above, {SERVICE: of_service})
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

    @property
    def subscriptions(self) -> int:
        """How many values are being notified."""
        return sum(value.notifying for strap in self.straps for _, value in strap.places())

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
        answer = self._answers().get((message.interface or "", message.member or ""))
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
            (CHARACTERISTIC, "WriteValue"): self._write,
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
        value = self._value(message)
        if value.on_notify is not None:
            await value.on_notify(True)
        value.notifying = True

    async def _stop_notify(self, message: Message) -> None:
        strap, value = self._of(message), self._value(message)
        strap.stops += 1
        await asyncio.sleep(strap.stop_takes_s)
        if value.on_notify is not None:
            await value.on_notify(False)
        value.notifying = False

    async def _read(self, message: Message) -> Message:
        value = self._value(message)
        value.reads += 1
        data = value.value if value.on_read is None else await value.on_read()
        return Message.new_method_return(message, "ay", [data])

    async def _write(self, message: Message) -> None:
        value, data = self._value(message), bytes(message.body[0])
        if value.on_write is None:
            value.value = data
        else:
            await value.on_write(data)

    def _value(self, message: Message) -> Characteristic:
        return dict(self._of(message).places())[message.path or ""]
