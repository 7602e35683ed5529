"""Several sources for one body: a strap here, a spare, another machine, a phone."""

import asyncio
from collections.abc import Sequence

from .lead import Lead
from .remote import RemoteStrap
from .source import Batch, SessionInfo, Source, SourceEnded, StrapState, StrapStatus

_POLL_S = 1.0
_TALKING = (StrapState.LIVE, StrapState.SILENT, StrapState.SUBSCRIBED, StrapState.CONNECTING)


class Several:
    """A `Source` made of others: all that is heard is kept, and one of them speaks at a time."""

    def __init__(
        self, here: Sequence[Source], remote: RemoteStrap | None = None, counted_ms: int = 0
    ) -> None:
        """Take sources of this machine, what others deliver, and up to when all was counted."""
        self._remote = remote
        self._sources: list[Source] = [*here, *([remote] if remote else [])]
        self._going = list(self._sources)
        self._polls: dict[asyncio.Task[tuple[Batch, ...]], Source] = {}
        self._of: dict[str, Source] = {}
        self._infos: dict[str, SessionInfo] = {}
        self._lead = Lead(counted_ms)

    @property
    def session(self) -> SessionInfo:
        """The session that speaks for the body."""
        leader = self._lead.leader
        return self._infos[leader] if leader is not None else self._furthest.session

    @property
    def status(self) -> StrapStatus:
        """How its strap stands."""
        leader = self._lead.leader
        if leader is None:
            return self._furthest.status
        source = self._of[leader]
        return self._remote.status_of(leader) if source is self._remote else source.status

    @property
    def _furthest(self) -> Source:
        """Whichever has got furthest, while none has spoken."""
        talking = (s for s in self._sources if s.status.state in _TALKING)
        return next(talking, self._sources[0])

    def now_ms(self) -> int:
        """Read the clock they share."""
        return self._sources[0].now_ms()

    async def poll(self) -> tuple[Batch, ...]:
        """Wait until one of them has something; empty after about a second of silence.

        Raises:
            SourceEnded: all of them have come to their end.
        """
        for source in self._going:
            if source not in self._polls.values():
                self._polls[asyncio.create_task(source.poll())] = source
        if not self._polls:
            raise SourceEnded
        done, _ = await asyncio.wait(
            self._polls, timeout=_POLL_S, return_when=asyncio.FIRST_COMPLETED
        )
        in_turn = [task for task in self._polls if task in done]  # a set has no order
        heard = (pair for task in in_turn for pair in self._of_task(task))
        return tuple(part for batch, source in heard for part in self._heard(batch, source))

    async def ack(self, session: str, seq: int) -> None:
        """Pass on to the source of a session what is stored of it."""
        await self._source(session).ack(session, seq)

    async def rewind(self, session: str, seq: int) -> None:
        """Pass on to the source of a session where to continue it."""
        await self._source(session).rewind(session, seq)

    async def close(self) -> None:
        """Let go of all of them."""
        await asyncio.gather(*(source.close() for source in self._sources))
        for task in self._polls:
            task.cancel()
        await asyncio.gather(*self._polls, return_exceptions=True)

    def _of_task(self, task: "asyncio.Task[tuple[Batch, ...]]") -> list[tuple[Batch, Source]]:
        source = self._polls.pop(task)
        try:
            return [(batch, source) for batch in task.result()]
        except SourceEnded:
            self._going.remove(source)
            return []

    def _heard(self, batch: Batch, source: Source) -> tuple[Batch, ...]:
        self._of[batch.session.id], self._infos[batch.session.id] = source, batch.session
        return self._lead.hear(batch, self.now_ms())

    def _source(self, session: str) -> Source:
        return self._of.get(session, self._furthest)
