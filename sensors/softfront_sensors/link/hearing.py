"""The server's end: envelopes in, and a reply to each once it is stored."""

import asyncio
import json
import logging
import random
import ssl
import traceback
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from ..address import Address
from ..envelope import Envelope, Pending, Reply, read_envelope, write_reply
from ..errors import FarAhead, NotTaken, SensorError
from ..wire import Json, Malformed
from .line import Line
from .timings import Timings
from .topics import topics_of

Deliver: TypeAlias = Callable[[Envelope], Awaitable[int]]
OnOther: TypeAlias = Callable[[str, object], Awaitable[object]]

# An offer that comes later than this is worse than none.
_REPLY_LIVES_S = 60
# A broker may have much at once; what is not taken is sent again.
_MOST_WAITING = 64
# Who sends nonsense may send it in many ways.
_MOST_NAMED = 50
_REST = "other"

_log = logging.getLogger(__name__)


def nothing_waits() -> Pending | None:
    """Say that no offer waits."""
    return None


class Subscriber:
    """Hands every envelope to whoever stores it, and sends back how far that has come."""

    def __init__(
        self,
        address: Address,
        deliver: Deliver,
        pending: Callable[[], Pending | None] = nothing_waits,
        *,
        trusted: ssl.SSLContext | None = None,
        on_other: OnOther | None = None,
        timings: Timings | None = None,
        jitter: random.Random | None = None,
    ) -> None:
        """Let `on_other` have what phones send: the topic, and its JSON or text.

        `pending` names the offer that waits; it goes out with each reply.
        """
        self._topics = topics_of(address)
        self._deliver, self._pending, self._on_other = deliver, pending, on_other
        heard = (self._topics.packets, *([self._topics.phones] if on_other else []))
        self._line = Line(address, trusted, heard, self._hear, timings=timings, jitter=jitter)
        self._queue: asyncio.Queue[tuple[str, bytes]] = asyncio.Queue(_MOST_WAITING)
        self._left_out: Counter[str] = Counter()

    @property
    def problem(self) -> SensorError | None:
        """What keeps it from hearing the broker; `None` where nothing is known to."""
        return self._line.problem

    @property
    def connected(self) -> bool:
        """Say whether the broker hears us now."""
        return self._line.connected

    @property
    def left_out(self) -> dict[str, int]:
        """Count messages that were not taken, by reason; nothing of what they said is kept."""
        return dict(self._left_out) | ({"too long": n} if (n := self._line.oversized) else {})

    async def run(self) -> None:
        """Listen until cancelled."""
        self._line.start()
        try:
            while True:
                await self._take(*await self._queue.get())
        finally:
            await self._line.close()

    def _hear(self, topic: str, payload: bytes) -> None:
        if self._queue.full():
            self._count("too many at once")
        else:
            self._queue.put_nowait((topic, payload))

    async def _take(self, topic: str, payload: bytes) -> None:
        """Take one message; whatever it is, the next one is heard."""
        try:
            if topic == self._topics.packets:
                await self._take_envelope(payload)
            elif self._on_other is not None:
                await self._on_other(topic, _json_or_text(payload))
        except Malformed as wrong:
            self._count(str(wrong))
        except (NotTaken, FarAhead) as later:  # the sender keeps it, and sends it again
            self._count(str(later))
        except Exception as slip:  # a message may bring out a slip of ours; the next may not
            self._count("a fault of ours")
            # By its places alone: what it says may quote the message.
            places = "".join(traceback.format_tb(slip.__traceback__))
            _log.error("a message could not be taken: %s\n%s", type(slip).__name__, places)

    async def _take_envelope(self, payload: bytes) -> None:
        envelope = read_envelope(_json(payload))
        acked = await self._deliver(envelope)
        reply = write_reply(Reply(envelope.session.id, acked, self._pending()))
        self._line.publish(self._topics.acks, json.dumps(reply), expires_s=_REPLY_LIVES_S)

    def _count(self, why: str) -> None:
        known = why in self._left_out or len(self._left_out) < _MOST_NAMED
        name = why if known else _REST
        self._left_out[name] += 1
        if self._left_out[name] == 1:
            _log.info("a message was not taken: %s", name)


def _json(payload: bytes) -> Json:
    try:
        body: Json = json.loads(payload)
    except (ValueError, RecursionError):
        raise Malformed("body", "not JSON") from None
    return body


def _json_or_text(payload: bytes) -> object:
    try:
        return _json(payload)
    except Malformed:
        return payload.decode("utf-8", errors="replace")
