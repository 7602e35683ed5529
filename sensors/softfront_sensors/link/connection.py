"""One connection to a broker, from its beginning to its end: paho lives only here."""

import asyncio
import logging
import ssl
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from paho.mqtt.client import Client, MQTTMessage, MQTTMessageInfo
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from ..address import Address
from .timings import Timings

LARGEST = 256_000
"""Bytes of a message that are taken: twice what a thousand readings need."""

VERSIONS = {"5": MQTTProtocolVersion.MQTTv5, "3.1.1": MQTTProtocolVersion.MQTTv311}
OTHER_VERSION = "Unsupported protocol version"
"""How a broker says that it does not know the version we speak."""

Over: TypeAlias = "asyncio.Future[Exception | None]"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Message:
    """A message to whoever listens, now or, where it is kept, later."""

    topic: str
    payload: str
    kept: bool = False


class Ear(Protocol):
    """Who hears, in the event loop, what becomes of a connection."""

    def taken(self, reason: str, *, refused: bool) -> None:
        """Hear what the broker says to us."""
        ...

    def subscribed(self, *, refused: bool) -> None:
        """Hear whether it lets us hear our topics."""
        ...

    def heard(self, topic: str, payload: bytes) -> None:
        """Hear a message."""
        ...

    def too_long(self) -> None:
        """Hear that there was one too long to be taken."""
        ...


class Connection:
    """Speaks to a broker from a thread of paho's own until the connection ends.

    It leaves nothing at the broker but what is to be kept there, and when it ends, nothing in the
    client: what went missing is known at both ends of the road, and is sent again from there.
    """

    def __init__(
        self,
        address: Address,
        trusted: ssl.SSLContext | None,
        version: str,
        timings: Timings,
        ear: Ear,
        will: Message | None = None,
    ) -> None:
        """Begin to connect; `over` is set to what went wrong, if anything, when it has ended.

        The broker publishes the `will` where we leave without a word.
        """
        self._loop = asyncio.get_running_loop()
        self.over: Over = self._loop.create_future()
        self._version, self._limit_s, self._ear = version, timings.release_s, ear
        self._left = False
        self._latest: MQTTMessageInfo | None = None
        self._client = _Client(VERSIONS[version], self._end)
        self._client.connect_timeout = timings.connect_s
        if address.user is not None:
            self._client.username_pw_set(address.user, address.password)
        if trusted is not None:
            self._client.tls_set_context(trusted)
        if will is not None:
            self._client.will_set(will.topic, will.payload, qos=1, retain=will.kept)
        self._listen()
        self._client.connect_async(address.host, address.port, keepalive=timings.keepalive_s)
        self._client.loop_start()

    def subscribe(self, topics: tuple[str, ...]) -> None:
        """Ask to hear topics."""
        self._client.subscribe([(topic, 1) for topic in topics])

    def publish(self, message: Message, expires_s: int | None) -> None:
        """Hand a message to the broker; only MQTT 5 knows of an end to its life."""
        properties = None
        if expires_s is not None and self._version == "5":
            properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]  # paho's
            properties.MessageExpiryInterval = expires_s
        self._latest = self._client.publish(
            message.topic, message.payload, qos=1, retain=message.kept, properties=properties
        )

    async def settle(self, limit_s: float) -> None:
        """Wait until the broker has taken all that was handed to it: it takes one by one."""
        if self._latest is not None:
            with suppress(ValueError, RuntimeError):  # it did not even get on its way
                await asyncio.to_thread(self._latest.wait_for_publish, limit_s)

    def leave(self) -> None:
        """Say goodbye."""
        self._client.disconnect()

    async def release(self) -> None:
        """Say goodbye, and wait for the thread; nothing is heard afterwards."""
        deadline_s = self._loop.time() + self._limit_s
        while not self.over.done() and self._loop.time() < deadline_s:
            self.leave()  # again and again: while it still connects it does not listen
            await asyncio.wait({self.over}, timeout=0.05)
        if self.over.done():
            self._client.loop_stop()  # the thread is at its end, so this does not wait
            del self._client  # it closes its last sockets when nobody knows it any more
        else:
            self._left = True
            _log.warning("the connection to the broker did not end in %s s", self._limit_s)

    def _listen(self) -> None:
        self._client.on_connect = lambda client, _, flags, reason, props: self._tell(
            lambda: self._ear.taken(str(reason), refused=reason.is_failure)
        )
        self._client.on_subscribe = lambda client, _, mid, reasons, props: self._tell(
            lambda: self._ear.subscribed(refused=_any_failed(reasons))
        )
        self._client.on_message = lambda client, _, message: self._take(message)

    def _take(self, message: MQTTMessage) -> None:
        """Hear a message, in paho's thread: what a broker had kept says nothing about now."""
        if message.retain:
            return
        if len(message.payload) > LARGEST:
            self._tell(self._ear.too_long)
            return
        with suppress(UnicodeDecodeError):  # a topic that is no text is nobody's
            topic, payload = message.topic, bytes(message.payload)
            self._tell(lambda: self._ear.heard(topic, payload))

    def _tell(self, call: Callable[[], None]) -> None:
        self._soon(lambda: None if self._left else call())

    def _end(self, problem: Exception | None) -> None:
        self._soon(lambda: None if self.over.done() else self.over.set_result(problem))

    def _soon(self, call: Callable[[], None]) -> None:
        """Go over from paho's thread to the loop; where that is closed, nobody listens any more."""
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(call)


class _Client(Client):
    """Lives for one connection, and tells when its thread is done."""

    def __init__(
        self, version: MQTTProtocolVersion, over: Callable[[Exception | None], None]
    ) -> None:
        name = f"softfront-{uuid.uuid4().hex[:12]}"  # 3.1.1 allows 23 letters
        super().__init__(
            CallbackAPIVersion.VERSION2, name, protocol=version, reconnect_on_failure=False
        )
        self._over = over

    def loop_forever(
        self, timeout: float = 1.0, retry_first_connection: bool = False
    ) -> MQTTErrorCode:
        """Serve one connection. paho's own thread runs this, and asks for retries; we make those.

        A name nobody knows and a certificate nobody trusts come out here, too.
        """
        problem: Exception | None = None
        try:
            return super().loop_forever(timeout)
        except OSError as error:
            problem = error
        except Exception as error:  # a thread that dies unheard would be waited for, for ever
            _log.exception("the connection to the broker ended in a way not known here")
            problem = error
        finally:
            self._over(problem)
        return MQTTErrorCode.MQTT_ERR_CONN_LOST


def _any_failed(reasons: list[ReasonCode]) -> bool:
    return any(reason.is_failure for reason in reasons)
