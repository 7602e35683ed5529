"""A Polar strap's measurement service beside a fake strap's heart rate, with the faults it has."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field

from dbus_fast import DBusError, Message, Variant

from softfront_sensors.polar import CONTROL, DATA, SERVICE

from ..framing import ASK, START, STOP
from .fake import CHARACTERISTIC, FakeBluez, FakeStrap
from .fake import SERVICE as GATT_SERVICE

# What an H10 offers by its maker's documentation: 25 to 200 Hz, 16 bit, 2, 4 and 8 g.
H10 = bytes.fromhex("0004 1900 3200 6400 C800 0101 1000 0203 0200 0400 0800")
ECG_AND_ACC = bytes.fromhex("0F05")


@dataclass
class PolarStrap:
    """A strap that keeps what it was told, answers as scripted, and streams when it may."""

    bluez: FakeBluez
    strap: FakeStrap
    features: bytes = ECG_AND_ACC
    settings: bytes = H10
    factor: bytes = b""
    """Settings told in the reply to a start."""
    silent_to: tuple[int, ...] = ()
    """Commands that are carried out and never answered."""
    refused: dict[int, int] = field(default_factory=dict)
    """The status a command is always refused with."""
    writes_fail: int = 0
    """So many writes of a stop fail."""
    hangs_at: tuple[int, ...] = ()
    """Commands whose writing never ends, as on a link that is dead and not yet known to be."""
    without: tuple[str, ...] = ()
    """Characteristics that an old firmware lacks."""
    most_bytes: int = 200
    """How much fits into one indication."""
    streaming: bool = False
    commands: list[bytes] = field(default_factory=list)
    notifying: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._places = {
            CONTROL: f"{self.strap.path}/service0100/char0101",
            DATA: f"{self.strap.path}/service0100/char0103",
        }
        self.strap.also.append(self._publish)

    @property
    def ops(self) -> list[int]:
        """The commands that came, by their first byte."""
        return [command[0] for command in self.commands]

    def send(self, *frames: bytes) -> None:
        """Notify frames, where somebody subscribed and the strap streams."""
        for frame in frames:
            if self.streaming and self.strap.connected:
                self._notify(DATA, frame)

    def indicate(self, value: bytes) -> None:
        """Say something by the control point."""
        self._notify(CONTROL, value)

    def _notify(self, uuid: str, value: bytes) -> None:
        if uuid in self.notifying:
            self.bluez.change(self._places[uuid], CHARACTERISTIC, Value=Variant("ay", value))

    def _publish(self) -> None:
        self.notifying.clear()  # subscriptions do not survive a link
        above = f"{self.strap.path}/service0100"
        of_service = {
            "UUID": Variant("s", SERVICE),
            "Device": Variant("o", self.strap.path),
            "Primary": Variant("b", True),
        }
        self.bluez.add(above, {GATT_SERVICE: of_service})
        flags = {CONTROL: ["read", "write", "indicate"], DATA: ["notify"]}
        for uuid, place in self._places.items():
            if uuid in self.without:
                continue
            of_value = {
                "UUID": Variant("s", uuid),
                "Service": Variant("o", above),
                "Flags": Variant("as", flags[uuid]),
                "Value": Variant("ay", b""),
            }
            self.bluez.add(place, {CHARACTERISTIC: of_value})
            self._answer_for(uuid, place)

    def _answer_for(self, uuid: str, place: str) -> None:
        async def begin(_: Message) -> None:
            self.notifying.add(uuid)

        async def end(_: Message) -> None:
            self.notifying.discard(uuid)

        async def read(message: Message) -> Message:
            return Message.new_method_return(message, "ay", [self.features])

        async def write(message: Message) -> None:
            command = bytes(message.body[0])
            if command[0] in self.hangs_at:
                await asyncio.Event().wait()
            self._take(command)

        members = {"StartNotify": begin, "StopNotify": end, "ReadValue": read, "WriteValue": write}
        self.bluez.further |= {(place, member): each for member, each in members.items()}

    def _take(self, command: bytes) -> None:
        op = command[0]
        if op == STOP and self.writes_fail:
            self.writes_fail -= 1
            raise DBusError("org.bluez.Error.Failed", "Operation failed with ATT error: 0x0e")
        self.commands.append(command)
        status = self.refused.get(op, 6 if op == START and self.streaming else 0)
        if status == 0 and op in (START, STOP):
            self.streaming = op == START
        if op not in self.silent_to:
            told = {ASK: self.settings, START: self.factor}.get(op, b"") if status == 0 else b""
            for reply in self._replies(command, status, told):
                self.indicate(reply)

    def _replies(self, command: bytes, status: int, told: bytes) -> Iterable[bytes]:
        parts = [told[at : at + self.most_bytes] for at in range(0, len(told), self.most_bytes)]
        for nth, part in enumerate(parts or [b""], start=1):
            more = nth < len(parts)
            yield bytes([0xF0, *command[:2], status, more]) + part
