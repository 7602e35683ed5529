"""What every open page is told, as it happens."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic
from typing import Any

_KEPT_S = 300
"""A phone that slept for five minutes misses nothing; after that, `now` says it all."""
_WAITING_MOST = 64
_COALESCED = "now"
"""Only the latest state is worth having."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something a page is told."""

    id: int
    name: str
    body: Mapping[str, Any]


class Listener:
    """What waits for one page, in order.

    A page that reads too slowly is let go, never waited for; it comes back with the last id it saw.
    """

    def __init__(self, missed: list[Event]) -> None:
        self._waiting = deque(missed)
        self._stirred = asyncio.Event()
        self._ended = False

    def put(self, event: Event) -> None:
        """Let an event wait; a newer `now` takes the place of the older."""
        if event.name == _COALESCED:
            older = [each for each in self._waiting if each.name == _COALESCED]
            for each in older:
                self._waiting.remove(each)
        if len(self._waiting) >= _WAITING_MOST:
            self.end()
        else:
            self._waiting.append(event)
        self._stirred.set()

    def end(self) -> None:
        """Say that nothing more comes."""
        self._ended = True
        self._stirred.set()

    def __aiter__(self) -> AsyncIterator[Event]:
        """Hand out itself."""
        return self

    async def __anext__(self) -> Event:
        """Wait for the next event, as long as the bus runs."""
        while not self._waiting:
            if self._ended:
                raise StopAsyncIteration
            self._stirred.clear()
            await self._stirred.wait()
        return self._waiting.popleft()


class Bus:
    """Tells every open page what happened. For one event loop; publishing never waits."""

    def __init__(self, *, first_id: int = 1, clock: Callable[[], float] = monotonic) -> None:
        """Take a `first_id` that grew since the last start, such as the time in ms."""
        self._next_id = first_id
        self._clock = clock
        self._kept: deque[tuple[float, Event]] = deque()
        self._listeners: set[Listener] = set()
        self._closed = False

    def publish(self, name: str, body: Mapping[str, Any]) -> Event:
        """Tell it to all who listen, and keep it for those who come back within 5 min."""
        now_s = self._clock()
        event = Event(self._next_id, name, body)
        self._next_id += 1
        self._kept.append((now_s, event))
        while self._kept[0][0] < now_s - _KEPT_S:
            self._kept.popleft()
        for listener in self._listeners:
            listener.put(event)
        return event

    @contextmanager
    def subscribe(self, last_id: int | None = None) -> Iterator[Listener]:
        """Listen from now on, or from behind `last_id` as far as that is still kept."""
        listener = Listener([] if last_id is None else self._missed(last_id))
        self._listeners.add(listener)
        if self._closed:
            listener.end()
        try:
            yield listener
        finally:
            self._listeners.discard(listener)

    def close(self) -> None:
        """Let every listener come to its end."""
        self._closed = True
        for listener in self._listeners:
            listener.end()

    @property
    def listeners(self) -> int:
        """How many listen."""
        return len(self._listeners)

    def _missed(self, last_id: int) -> list[Event]:
        behind = [event for _, event in self._kept if event.id > last_id]
        last_now = max((e.id for e in behind if e.name == _COALESCED), default=None)
        return [e for e in behind if e.name != _COALESCED or e.id == last_now]
