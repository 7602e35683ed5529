"""A device at a broker: announced, told of, and removed."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

from softfront_sensors.address import Address, trust
from softfront_sensors.errors import Refused, SensorError

from ..addresses import broker
from ..reasons import Text
from .discovery import NEWS, OFFLINE, ONLINE, Device, announcements
from .standing import Standing

if TYPE_CHECKING:
    from softfront_sensors.link import Line, Timings

# Whoever asks whether a broker is there waits no longer for it.
_PATIENCE_S = 8.0
_NOTHING = ""
"""What is kept at a broker goes by an empty message in its place."""


class Place:
    """Keeps one device known at one broker, through whatever happens to either."""

    def __init__(
        self,
        address: Address,
        device: Device,
        values: frozenset[str],
        obey: Callable[[str, str], None],
        timings: "Timings | None" = None,
    ) -> None:
        """Begin with these values of a body; call `obey` with what is pressed, and what it says."""
        self._address, self._device, self._obey = address, device, obey
        self._commands = device.topic("cmd/")
        self._values = values
        self._leaving = False
        self._standing: Standing | None = None
        self._told: dict[str, float | None] = {}
        self._line = _line(address, device, self._hear, self.greet, timings)
        self._line.start()

    @property
    def problem(self) -> Text | None:
        """What keeps the broker from hearing us."""
        problem = self._line.problem
        return _why(self._address, problem) if problem is not None else None

    @property
    def connected(self) -> bool:
        """Say whether the broker hears us now."""
        return self._line.connected

    def greet(self) -> None:
        """Say all of it: the broker, or Home Assistant, has begun anew."""
        for announcement in announcements(self._device, self._values):
            self._line.publish(self._device.config, announcement, kept=True)
        self._line.publish(self._device.topic("status"), ONLINE, kept=True)
        if self._standing is not None:
            self._line.publish(self._device.topic("state"), self._standing.written(), kept=True)
        for name, value in self._told.items():
            self._tell(name, value)

    def show(self, standing: Standing, values: dict[str, float | None]) -> None:
        """Tell how things stand, where that has changed. Values of a body are never kept there."""
        if values.keys() != self._values:
            self._values, self._told = frozenset(values), {}
            self._standing = standing
            self.greet()
        if standing != self._standing:
            self._standing = standing
            self._line.publish(self._device.topic("state"), standing.written(), kept=True)
        for name, value in values.items():
            if name not in self._told or value != self._told[name]:
                self._tell(name, value)
        self._told = values

    def happen(self, event: str) -> None:
        """Tell that something happened; who is not there now does not hear of it later."""
        self._line.publish(self._device.topic("event/pause"), json.dumps({"event_type": event}))

    async def leave(self, *, remove: bool) -> None:
        """Leave the broker: for now, or for good, and then nothing stays there."""
        self._leaving = True
        if remove:
            for topic in (self._device.config, *map(self._device.topic, ("state", "status"))):
                self._line.publish(topic, _NOTHING, kept=True)
        else:
            self._line.publish(self._device.topic("status"), OFFLINE, kept=True)
        await self._line.settle()
        await self._line.close()

    def _tell(self, name: str, value: float | None) -> None:
        self._line.publish(self._device.topic(f"value/{name}"), str(value))

    def _hear(self, topic: str, payload: bytes) -> None:
        said = payload.decode(errors="replace")
        if self._leaving:  # our own goodbye comes back to us, too
            return
        if topic == NEWS:
            if said == ONLINE:
                self.greet()
        elif topic == self._device.topic("status"):
            # The will of a connection that is long gone may come after we are back.
            if said == OFFLINE:
                self._line.publish(topic, ONLINE, kept=True)
        else:
            self._obey(topic.removeprefix(self._commands), said)


async def reach(url: str) -> Text | None:
    """Ask a broker whether it lets us in; return what keeps it from that."""
    from softfront_sensors.link import Timings

    address, prefix = broker(url)
    device = Device("nobody", prefix, "", "")
    timings = Timings(patience_s=_PATIENCE_S)
    line = _line(address, device, lambda *_: None, lambda: None, timings, will=False)
    try:
        await line.ready()
    except SensorError as problem:
        return _why(address, problem)
    finally:
        await line.close()
    return None


def _line(
    address: Address,
    device: Device,
    hear: Callable[[str, bytes], None],
    greet: Callable[[], None],
    timings: "Timings | None",
    *,
    will: bool = True,
) -> "Line":
    from softfront_sensors.link import Line, Message  # only where there is a broker

    last = Message(device.topic("status"), OFFLINE, kept=True) if will else None
    topics = (NEWS, device.topic("status"), device.topic("cmd/+"))
    trusted = trust(None) if address.secure else None
    return Line(address, trusted, topics, hear, timings=timings, will=last, greet=greet)


def _why(address: Address, problem: SensorError) -> Text:
    key = "error.home.refused" if isinstance(problem, Refused) else "error.home.unreached"
    return Text(key, {"host": address.host})
