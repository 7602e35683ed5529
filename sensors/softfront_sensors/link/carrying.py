"""The collector's end: an envelope out, and the reply to it."""

import asyncio
import json
import random
import ssl
from contextlib import suppress

from ..address import Address
from ..envelope import Envelope, Reply, read_reply, write_envelope
from ..errors import Unreachable
from ..wire import Malformed
from .line import Line
from .timings import Timings
from .topics import topics_of


class MqttCarrier:
    """Carries one envelope at a time over a broker."""

    def __init__(
        self,
        address: Address,
        trusted: ssl.SSLContext | None = None,
        *,
        timings: Timings | None = None,
        jitter: random.Random | None = None,
    ) -> None:
        """Take a broker's address; `trusted` says whose word is taken for its certificate."""
        self._topics = topics_of(address)
        self._line = Line(
            address, trusted, (self._topics.acks,), self._hear, timings=timings, jitter=jitter
        )
        self._replies: asyncio.Queue[Reply] = asyncio.Queue()
        self._turn = asyncio.Lock()

    @property
    def version(self) -> str:
        """Name the MQTT that is spoken."""
        return self._line.version

    async def send(self, envelope: Envelope) -> Reply:
        """Send an envelope, and return the reply from whoever stores it.

        Where more than one reply comes, the one that acknowledges all of it counts; one that
        acknowledges less may be late, and counts when no other has come in time.

        Raises:
            Unreachable: there was none in time.
            Refused: the broker does not take us.
        """
        async with self._turn:
            await self._line.ready()
            while not self._replies.empty():
                self._replies.get_nowait()
            self._line.publish(self._topics.packets, json.dumps(write_envelope(envelope)))
            reply = await self._reply_to(envelope)
        if reply is None:
            raise Unreachable("The broker answers, and nobody behind it: is Softfront running?")
        return reply

    async def close(self) -> None:
        """Leave the broker."""
        await self._line.close()

    async def _reply_to(self, envelope: Envelope) -> Reply | None:
        timings = self._line.timings
        limit_s = timings.answer_s + self._line.jitter.uniform(0, timings.answer_jitter_s)
        wanted = envelope.readings[-1].seq if envelope.readings else 0
        heard: Reply | None = None
        with suppress(TimeoutError):
            async with asyncio.timeout(limit_s):
                while heard is None or heard.acked < wanted:
                    reply = await self._replies.get()
                    if reply.session == envelope.session.id:
                        heard = reply
        return heard

    def _hear(self, topic: str, payload: bytes) -> None:
        """Take a reply; what is none comes from somebody else and means nothing to us."""
        with suppress(Malformed, ValueError, RecursionError):
            self._replies.put_nowait(read_reply(json.loads(payload)))
