"""The collector: a source heard, its readings kept, and a sender at work beside it."""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, replace

from ..envelope import Envelope, Pending
from ..errors import OutboxError, OutboxFull
from ..outbox import Outbox, Run
from ..packet import Reading
from ..source import Batch, Rank, SessionInfo, Source, SourceEnded
from .pace import Timings
from .sending import Carrier, Sender
from .standing import Board, Standing


@dataclass(frozen=True, slots=True)
class Clocks:
    """This machine's clocks, and what names its present start."""

    wall_ms: Callable[[], int]
    mono_ms: Callable[[], int]
    boot: str | None = None


class Collector:
    """Keeps all a source says, and sends it until the other end has stored it."""

    def __init__(
        self,
        source: Source,
        outbox: Outbox,
        carrier: Carrier,
        clocks: Clocks,
        *,
        session_ms: Callable[[], int] | None = None,
        on_prompt: Callable[[Pending], None] = lambda prompt: None,
        on_standing: Callable[[Standing], None] = lambda standing: None,
        timings: Timings | None = None,
        jitter: random.Random | None = None,
    ) -> None:
        """Let `on_prompt` hear of each offer once, and `on_standing` when the road has changed.

        `session_ms` reads the session's clock, where that is not the source's own.
        """
        self._source, self._outbox, self._carrier = source, outbox, carrier
        self._clocks, self._session_ms = clocks, session_ms or source.now_ms
        self._timings = timings or Timings()
        self._board = Board(outbox, on_standing, self._timings.blip)
        self._sender = Sender(
            outbox,
            carrier,
            self._write,
            self._board,
            on_prompt,
            self._timings,
            jitter or random.Random(),
        )
        self._runs: dict[str, int] = {}
        """What the clock of each session shows at 0 of the monotonic clock."""
        self._stop = asyncio.Event()

    def stop(self) -> None:
        """Let `run` end soon: what has been heard is kept; what waits is sent another time."""
        self._stop.set()

    async def run(self) -> None:
        """Go on until `stop`, or until the source has ended and all is stored elsewhere.

        Raises:
            OutboxError: nothing can be kept any more.
        """
        try:
            async with asyncio.TaskGroup() as group:
                sending = group.create_task(self._sender.run(), name="send")
                stopping = group.create_task(self._close_on_stop(), name="stop")
                await self._hear()
                self._sender.finish()
                await asyncio.wait({sending, stopping}, return_when=asyncio.FIRST_COMPLETED)
                sending.cancel()
                stopping.cancel()
        except ExceptionGroup as failed:
            broken, others = failed.split(OutboxError)
            if broken is None or others is not None:
                raise
            raise broken.exceptions[0] from None
        finally:
            await self._source.close()
            await self._carrier.close()

    async def _close_on_stop(self) -> None:
        await self._stop.wait()
        await self._source.close()

    async def _hear(self) -> None:
        """Keep what the source says until it ends, or once more after `stop`."""
        last = False
        while not last:
            last = self._stop.is_set()
            try:
                batches = await self._source.poll()
            except SourceEnded:
                return
            for batch in batches:
                await self._keep(batch)
            if not self._source.session.live:
                await self._let_drain()

    async def _keep(self, batch: Batch) -> None:
        """Keep a batch for good; only then does its source learn that it may forget it."""
        run = self._run_of(batch.session)
        while True:
            try:
                seq = await asyncio.to_thread(self._outbox.append, run, batch.readings)
                break
            except OutboxFull as full:
                self._board.keeps(unkept=str(full))
                if self._stop.is_set():
                    return
                await asyncio.sleep(self._timings.full_pause_s)
        self._board.keeps()
        self._sender.wake()
        await self._source.ack(batch.session.id, seq)

    async def _let_drain(self) -> None:
        """Read a file no faster than it is taken: beyond its cap the outbox would drop some."""
        while (  # noqa: ASYNC110  a number falls, and nobody tells when
            self._outbox.waiting > self._timings.unsent_most and not self._stop.is_set()
        ):
            await asyncio.sleep(self._timings.between_s)

    def _run_of(self, session: SessionInfo) -> Run:
        zero_ms = self._session_ms() - self._clocks.mono_ms()
        info = replace(session, rank=Rank.COLLECTOR, boot=self._clocks.boot)
        return Run(info, self._runs.setdefault(session.id, zero_ms))

    def _write(self, run: Run | None, readings: tuple[Reading, ...]) -> Envelope:
        run = run or self._run_of(self._source.session)
        present = run.info.id == self._source.session.id
        status = self._source.status if present else None
        return Envelope(run.info, self._sent_ms(run, readings), readings, status)

    def _sent_ms(self, run: Run, readings: tuple[Reading, ...]) -> int:
        """Read the clock of a session, which may be one from before a crash or a power cut."""
        if run.info.id == self._source.session.id:
            return self._session_ms()
        if run.info.boot is not None and run.info.boot == self._clocks.boot:
            return run.zero_ms + self._clocks.mono_ms()
        # Its clock went with the power. It was sent after it was heard, that much is known.
        latest_ms = readings[-1].t_ms if readings else 0
        return max(self._clocks.wall_ms(), latest_ms)
