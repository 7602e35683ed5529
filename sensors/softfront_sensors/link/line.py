"""A line to a broker: one connection after the other, as long as it is wanted."""

import asyncio
import random
import ssl
from collections.abc import Callable
from contextlib import suppress

from ..address import Address, unreached
from ..errors import Refused, SensorError, Unreachable
from .connection import OTHER_VERSION, Connection, Message
from .timings import Timings


class Line:
    """Hears some topics of a broker, and publishes. It starts by itself, and ends with `close`."""

    def __init__(
        self,
        address: Address,
        trusted: ssl.SSLContext | None,
        topics: tuple[str, ...],
        hear: Callable[[str, bytes], None],
        *,
        timings: Timings | None = None,
        jitter: random.Random | None = None,
        will: Message | None = None,
        greet: Callable[[], None] = lambda: None,
    ) -> None:
        """Call `hear` in the event loop; retained and oversized messages do not come there.

        `greet` is called there each time the broker begins to hear us; it publishes the `will`
        where we are gone without a word.
        """
        self.timings = timings or Timings()
        self.jitter = jitter or random.Random()
        self.problem: SensorError | None = None
        """What keeps it from being connected, in words a person understands."""
        self.connected = False
        self.version = "5"
        """The MQTT that is spoken, or tried."""
        self.oversized = 0
        self._address, self._trusted, self._topics = address, trusted, topics
        self._hear, self._will, self._greet = hear, will, greet
        self._news = asyncio.Event()
        """Set while it is connected, and when what keeps it from that has changed."""
        self._told = ""
        self._answered = self._reached = False
        self._connection: Connection | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to look for the broker."""
        if self._task is None:
            self._task = asyncio.create_task(self._look_after(), name="broker")

    async def ready(self) -> None:
        """Wait until the broker hears us; tell at once what hinders it, where that is new.

        Raises:
            Unreachable, Refused
        """
        self.start()
        with suppress(TimeoutError):
            async with asyncio.timeout(self.timings.patience_s):
                await self._news.wait()
        if not self.connected:
            self._news.clear()
            raise self.problem or self._silent()

    def publish(
        self, topic: str, payload: str, *, expires_s: int | None = None, kept: bool = False
    ) -> None:
        """Hand a message to the broker; where there is none now, it is gone."""
        if self._connection is not None and self.connected:
            self._connection.publish(Message(topic, payload, kept), expires_s)

    async def settle(self) -> None:
        """Wait until the broker has taken all that was handed to it, if it does in time.

        Who hangs up before loses what is on the way: there is an answer to each that nobody reads.
        """
        if self._connection is not None and self.connected:
            await self._connection.settle(self.timings.answer_s)

    async def close(self) -> None:
        """Leave the broker; no thread and no socket stays."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})

    def taken(self, reason: str, *, refused: bool) -> None:
        """Hear what the broker says to us."""
        self._answered = reason != OTHER_VERSION
        if refused:
            self.problem = Refused(f"The broker {self._address} says: {reason}.")
        elif self._connection is not None:
            self._connection.subscribe(self._topics)

    def subscribed(self, *, refused: bool) -> None:
        """Hear whether it lets us hear our topics."""
        if refused:
            topics = ", ".join(self._topics)
            self.problem = Refused(
                f"The broker {self._address} does not let this machine hear {topics}."
            )
            if self._connection is not None:
                self._connection.leave()
        else:
            self.connected, self.problem, self._told = True, None, ""
            self._news.set()
            self._greet()

    def heard(self, topic: str, payload: bytes) -> None:
        """Hear a message."""
        self._hear(topic, payload)

    def too_long(self) -> None:
        """Hear that there was one too long to be taken."""
        self.oversized += 1

    async def _look_after(self) -> None:
        """Make one connection after the other, with growing pauses; only `close` ends it."""
        pause_s = self.timings.first_pause_s
        while True:
            self.version = "5"
            if not await self._hold_one_connection() and self._knows_no_version_5():
                self.version = "3.1.1"
                await self._hold_one_connection()
            if self.problem is None:
                pause_s = self.timings.first_pause_s
            # Half of a pause is chance, so that machines which lost a broker together spread out.
            await asyncio.sleep(pause_s * self.jitter.uniform(0.5, 1.0))
            pause_s = min(pause_s * 2, self.timings.last_pause_s)

    async def _hold_one_connection(self) -> bool:
        """Stay connected as long as it lasts; say whether it came to that."""
        self._answered = was_connected = False
        made = Connection(
            self._address, self._trusted, self.version, self.timings, self, self._will
        )
        self._connection = made
        try:
            await asyncio.wait({made.over}, timeout=self.timings.accept_s)
            was_connected = self.connected
            if was_connected:
                await asyncio.wait({made.over})
        finally:
            self._connection, self.connected = None, False
            self._news.clear()
            await made.release()
        if not was_connected:
            self._explain(made.over.result() if made.over.done() else None)
        return was_connected

    def _knows_no_version_5(self) -> bool:
        """Guess so where the broker was reached and hung up: only newer ones say it in words."""
        return self._reached and not self._answered

    def _explain(self, error: Exception | None) -> None:
        """Say what kept a try from succeeding, once."""
        self._reached = error is None
        if error is not None:
            self.problem = unreached(self._address, error)
        elif not self._answered:
            self.problem = self._silent()
            if self.version == "5":
                return  # the other version comes next, and may do
        if str(self.problem) != self._told:
            self._told = str(self.problem)
            self._news.set()

    def _silent(self) -> Unreachable:
        return Unreachable(f"{self._address} does not answer.")
