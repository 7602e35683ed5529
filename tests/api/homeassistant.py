"""Home Assistant as a broker sees it: it hears announcements, follows topics, and presses."""

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple, TypeAlias

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

Part: TypeAlias = dict[str, Any]
_SHARED = ("availability_topic", "payload_available", "payload_not_available", "qos")
_FIELD = re.compile(r"\{\{ value_json\.(\w+) \}\}")


class Heard(NamedTuple):
    topic: str
    payload: str
    retained: bool


class HomeAssistant:
    """One start of it. What it knows it has from the broker alone."""

    def __init__(self, port: int) -> None:
        self.heard: list[Heard] = []
        """Everything that was on the broker, whoever it was meant for."""
        self.configs: list[dict[str, Any]] = []
        self.parts: dict[str, Part] = {}
        self.events: list[str] = []
        self._last: dict[str, str] = {}
        self._lock = threading.RLock()
        self._client = Client(CallbackAPIVersion.VERSION2)
        self._client.on_connect = lambda client, *_: client.subscribe("#", qos=1)
        self._client.on_message = self._hear
        self._client.reconnect_delay_set(1, 1)
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()

    def stop(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()
        del self._client

    def say_online(self) -> None:
        self.publish("homeassistant/status", "online")

    def publish(self, topic: str, payload: str, *, kept: bool = False) -> None:
        self._client.publish(topic, payload, qos=1, retain=kept).wait_for_publish(5)

    def press(self, entity: str) -> None:
        part = self.parts[entity]
        self.publish(part["command_topic"], part["payload_press"])

    def flip(self, entity: str, *, on: bool) -> None:
        part = self.parts[entity]
        self.publish(part["command_topic"], part["payload_on" if on else "payload_off"])

    def state(self, entity: str) -> str | None:
        """What the entity shows: `None` before anything was heard of it."""
        with self._lock:
            part = self.parts[entity]
            available = self._last.get(part["availability_topic"])
            if available != part["payload_available"]:
                return "unavailable"
            said = self._last.get(part["state_topic"])
        if said is None or "value_template" not in part:
            return said
        found = _FIELD.fullmatch(part["value_template"])
        assert found is not None
        value = json.loads(said)[found[1]]
        return "None" if value is None else str(value)

    def kept(self) -> dict[str, str]:
        """What a newcomer would find at the broker."""
        with self._lock:
            return {each.topic: each.payload for each in self.heard if each.retained}

    def _hear(self, client: Client, _: object, message: MQTTMessage) -> None:
        payload = message.payload.decode()
        with self._lock:
            self.heard.append(Heard(message.topic, payload, message.retain))
            if message.topic.startswith("homeassistant/device/"):
                self._discover(payload)
                return
            self._last[message.topic] = payload
            for part in self.parts.values():
                if part["p"] == "event" and part["state_topic"] == message.topic:
                    self._happen(part, payload, retained=message.retain)

    def _happen(self, part: Part, payload: str, *, retained: bool) -> None:
        if not retained and payload:
            event = json.loads(payload)["event_type"]
            assert event in part["event_types"]
            self.events.append(event)

    def _discover(self, payload: str) -> None:
        if not payload:
            self.parts.clear()
            return
        config = json.loads(payload)
        self.configs.append(config)
        shared = {key: config[key] for key in _SHARED}
        for name, part in config["cmps"].items():
            # The platform alone takes a part away; one that is left out stays as it is.
            known = [entity for entity, old in self.parts.items() if old["id"] == name]
            for entity in known:
                del self.parts[entity]
            if len(part) > 1:
                self.parts[part["default_entity_id"]] = shared | part | {"id": name}


def until(true: Callable[[], object], limit_s: float = 10) -> None:
    deadline_s = time.monotonic() + limit_s
    while not true():
        assert time.monotonic() < deadline_s, "it did not come to that"
        time.sleep(0.01)


@contextmanager
def at(port: int) -> Iterator[HomeAssistant]:
    home = HomeAssistant(port)
    try:
        yield home
    finally:
        home.stop()
