"""The sender: always the oldest that waits, until the other end has stored it."""

import asyncio
from collections.abc import Callable
from random import Random
from typing import Protocol, TypeAlias

from ..envelope import Envelope, Pending, Reply
from ..errors import OutboxFull, Refused, Unreachable
from ..outbox import Outbox, Run
from ..packet import Reading
from .pace import Timings, pause_s, spread_s
from .standing import Board


class Carrier(Protocol):
    """Who takes an envelope to the other end, and brings back the reply."""

    async def send(self, envelope: Envelope) -> Reply:
        """Send one; raises `Unreachable` or `Refused` where no reply comes."""
        ...

    async def close(self) -> None:
        """Leave the road."""
        ...


Write: TypeAlias = Callable[[Run | None, tuple[Reading, ...]], Envelope]
"""Puts readings of a session into an envelope; `None` is the present one."""


class Sender:
    """Empties an outbox over a carrier, one envelope at a time.

    What is sent is always what waits first. So an acknowledgement below what was sent is all that
    is needed to go back, and after a silence the same goes out again.
    """

    def __init__(
        self,
        outbox: Outbox,
        carrier: Carrier,
        write: Write,
        board: Board,
        on_prompt: Callable[[Pending], None],
        timings: Timings,
        jitter: Random,
    ) -> None:
        self._outbox, self._carrier, self._write = outbox, carrier, write
        self._board, self._on_prompt = board, on_prompt
        self._timings, self._jitter = timings, jitter
        self._open = self._finishing = False
        self._prompted: str | None = None
        self._arrived = asyncio.Event()

    def wake(self) -> None:
        """Look at once whether something waits."""
        self._arrived.set()

    def finish(self) -> None:
        """End as soon as nothing waits."""
        self._finishing = True
        self._arrived.set()

    async def run(self) -> None:
        """Send until nothing waits, and nothing more will come."""
        failures = 0
        while not (self._finishing and not self._outbox.waiting):
            try:
                await self._turn()
                failures = 0
            except (Unreachable, Refused) as hindered:
                failures, self._open = failures + 1, False
                self._board.hindered(str(hindered))
                refused = isinstance(hindered, Refused)
                await asyncio.sleep(pause_s(failures, self._timings, self._jitter, refused=refused))
            except OutboxFull as full:  # not even what may be forgotten can be noted
                self._board.keeps(unkept=str(full))
                await asyncio.sleep(self._timings.full_pause_s)

    async def _turn(self) -> None:
        """Send one envelope, or wait for something to send."""
        self._arrived.clear()
        waiting = self._outbox.waiting
        if not self._open and spread_s(waiting, self._timings):
            await self._give_sign()  # is anyone there at all?
            await self._spread(waiting)
        found = await asyncio.to_thread(self._outbox.next, self._timings.envelope_most)
        if found is None:
            await self._rest()
            return
        await self._exchange(self._write(*found))
        if self._outbox.waiting > self._timings.blip:
            await asyncio.sleep(self._timings.between_s * self._jitter.uniform(0.5, 1.5))

    async def _rest(self) -> None:
        """Wait for something to send; tell from time to time that we are here."""
        if self._finishing:
            return
        try:
            async with asyncio.timeout(self._timings.sign_of_life_s):
                await self._arrived.wait()
        except TimeoutError:
            await self._give_sign()

    async def _spread(self, waiting: int) -> None:
        """Let others go first, by chance, after an outage that may have been theirs as well."""
        left_s = self._jitter.uniform(0, spread_s(waiting, self._timings))
        while left_s > 0:
            await asyncio.sleep(min(left_s, self._timings.sign_of_life_s))
            left_s -= self._timings.sign_of_life_s
            if left_s > 0:
                await self._give_sign()

    async def _give_sign(self) -> None:
        await self._exchange(self._write(None, ()))

    async def _exchange(self, envelope: Envelope) -> None:
        """Send an envelope, and forget here what is stored there."""
        reply = await self._carrier.send(envelope)
        if reply.session != envelope.session.id:
            raise Unreachable("The answer is to something else than what was sent.")
        if reply.prompt is not None and reply.prompt.id != self._prompted:
            self._prompted = reply.prompt.id
            self._on_prompt(reply.prompt)
        moved = await asyncio.to_thread(self._outbox.ack, reply.session, reply.acked)
        if envelope.readings and not moved:
            raise Unreachable("The server answers, and does not store what is sent.")
        self._open = True
        self._board.opened()
