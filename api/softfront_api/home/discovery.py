"""How a device and its parts are announced, by Home Assistant's device discovery.

One message holds all: `dev` (the device), `o` (who announces it), `cmps` (its parts, each with its
platform `p`). A part that is to vanish is sent once with its platform alone; the device vanishes by
an empty message. Since its version 2026.4 the name of an entity is `default_entity_id`, and holds
its domain.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from ..words import say

Part: TypeAlias = dict[str, Any]

ONLINE, OFFLINE = "online", "offline"
ON, OFF, PRESS = "ON", "OFF", "PRESS"
NEWS = "homeassistant/status"
"""Where Home Assistant says that it has begun anew."""
OFFERED, TAKEN, FINISHED = "offered", "taken", "finished"
HEART_RATE, RMSSD = "heart_rate", "rmssd"
# A value is told every 5 s; older than this it says nothing about now.
_FRESH_S = 30


@dataclass(frozen=True, slots=True)
class Device:
    """One wearer at one broker; the name says nothing of who it is."""

    name: str
    prefix: str
    version: str
    page: str

    @property
    def config(self) -> str:
        """Name the topic of its announcement."""
        return f"homeassistant/device/softfront_{self.name}/config"

    def topic(self, tail: str) -> str:
        """Name a topic in its own tree."""
        return f"{self.prefix}/{self.name}/{tail}"


def announcements(device: Device, values: frozenset[str]) -> tuple[str, ...]:
    """Write what announces a device that tells these values of a body.

    Those it does not tell are taken away first: they may have been there before.
    """
    whole = _whole(device) | {"cmps": _parts(device, values)}
    gone: dict[str, Part] = {each: {"p": "sensor"} for each in _VALUES if each not in values}
    if not gone:
        return (json.dumps(whole),)
    return (json.dumps(whole | {"cmps": whole["cmps"] | gone}), json.dumps(whole))


def _whole(device: Device) -> dict[str, Any]:
    return {
        "dev": {
            "ids": [f"softfront_{device.name}"],
            "name": "Softfront",
            "mf": "Softfront",
            "mdl": say("home.model"),
            "sw": device.version,
            "cu": device.page,
        },
        "o": {"name": "softfront", "sw": device.version},
        "availability_topic": device.topic("status"),
        "payload_available": ONLINE,
        "payload_not_available": OFFLINE,
        "qos": 1,
    }


def _parts(device: Device, values: frozenset[str]) -> dict[str, Part]:
    parts = {
        "pause": _event(device),
        "worn": _told(device, "binary_sensor", "worn"),
        "connected": _told(device, "binary_sensor", "connected")
        | {"device_class": "connectivity", "entity_category": "diagnostic"},
        "battery": _told(device, "sensor", "battery")
        | {"device_class": "battery", "unit_of_measurement": "%", "entity_category": "diagnostic"},
        "start": _part(device, "button", "start")
        | {"command_topic": device.topic("cmd/start"), "payload_press": PRESS},
        "with_someone": _told(device, "switch", "with_someone")
        | {"command_topic": device.topic("cmd/with_someone"), "payload_on": ON, "payload_off": OFF},
    }
    return parts | {each: _value(device, each) for each in _VALUES if each in values}


_VALUES: Mapping[str, str] = {HEART_RATE: "bpm", RMSSD: "ms"}
"""What a body says, with its unit; each is told only where the wearer wants it."""


def _event(device: Device) -> Part:
    return _part(device, "event", "pause") | {
        "state_topic": device.topic("event/pause"),
        "event_types": [OFFERED, TAKEN, FINISHED],
    }


def _told(device: Device, platform: str, name: str) -> Part:
    return _part(device, platform, name) | {
        "state_topic": device.topic("state"),
        "value_template": f"{{{{ value_json.{name} }}}}",
    }


def _value(device: Device, name: str) -> Part:
    return _part(device, "sensor", name) | {
        "state_topic": device.topic(f"value/{name}"),
        "unit_of_measurement": _VALUES[name],
        "state_class": "measurement",
        "suggested_display_precision": 0,
        "expire_after": _FRESH_S,
    }


def _part(device: Device, platform: str, name: str) -> Part:
    return {
        "p": platform,
        "name": say(f"home.{name}"),
        "unique_id": f"softfront_{device.name}_{name}",
        "default_entity_id": f"{platform}.softfront_{name}",
    }
