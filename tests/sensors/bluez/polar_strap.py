"""A Polar strap's measurement service beside a fake strap's heart rate, with the faults it has."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field

from dbus_fast import DBusError

from softfront_sensors.polar import CONTROL, DATA, SERVICE

from ..framing import ASK, START, STOP
from .fake import Characteristic, FakeStrap

# What an H10 offers by its maker's documentation: 25 to 200 Hz, 16 bit, 2, 4 and 8 g.
H10 = bytes.fromhex("0004 1900 3200 6400 C800 0101 1000 0203 0200 0400 0800")
ECG_AND_ACC = bytes.fromhex("0F05")


@dataclass
class PolarStrap:
    """A strap that keeps what it was told, answers as scripted, and streams when it may."""

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

    def __post_init__(self) -> None:
        flags = ["read", "write", "indicate"]
        self._control = Characteristic(CONTROL, flags, on_read=self._read, on_write=self._write)
        self._data = Characteristic(DATA, ["notify"])
        both = (self._control, self._data)
        self.strap.offer(SERVICE, *(each for each in both if each.uuid not in self.without))

    @property
    def notifying(self) -> set[str]:
        """What somebody subscribed to."""
        return {each.uuid for each in (self._control, self._data) if each.notifying}

    @property
    def ops(self) -> list[int]:
        """The commands that came, by their first byte."""
        return [command[0] for command in self.commands]

    def send(self, *frames: bytes) -> None:
        """Notify frames, where somebody subscribed and the strap streams."""
        for frame in frames:
            if self.streaming and self.strap.connected:
                self.strap.tell(self._data, frame)

    def indicate(self, value: bytes) -> None:
        """Say something by the control point."""
        self.strap.tell(self._control, value)

    async def _read(self) -> bytes:
        return self.features

    async def _write(self, command: bytes) -> None:
        if command[0] in self.hangs_at:
            await asyncio.Event().wait()
        self._take(command)

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
