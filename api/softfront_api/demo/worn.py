"""A strap that was worn on a day that is over: its readings, as fast as they are asked for."""

from collections.abc import Awaitable, Callable

from softfront_sensors.packet import Reading
from softfront_sensors.simulated import Kind, Person, readings
from softfront_sensors.source import Batch, SessionInfo, SourceEnded, StrapState, StrapStatus

# While nothing happens a minute is heard at once; where an offer may come she can answer in time.
_CALM_MS, _NEAR_MS = 60_000, 5_000
_AROUND_S = 300


class PastStrap:
    """A `Source` whose clock goes with what it hands out, and with nothing else."""

    def __init__(self, person: Person, info: SessionInfo, length_s: int) -> None:
        self.session, self._person = info, person
        self._readings = readings(person, info.started_ms, length_s)
        self._next: Reading | None = next(self._readings)
        self._now_ms = info.started_ms
        self.before_each: Callable[[], Awaitable[None]] | None = None
        """Asked before each batch: what a person does at this moment."""

    @property
    def status(self) -> StrapStatus:
        """Stand as a good strap does."""
        return StrapStatus(StrapState.LIVE, self.session.device, self.session.started_ms)

    def now_ms(self) -> int:
        """Read the day's clock."""
        return self._now_ms

    def breathe_with_pause(self, length_s: float) -> None:
        """Let the person take the pause that begins now."""
        start_s = (self._now_ms - self.session.started_ms) / 1000
        self._person.pauses.append((start_s, start_s + length_s))

    async def poll(self) -> tuple[Batch, ...]:
        """Hand out the next stretch. Raises `SourceEnded` where the day is over."""
        if self.before_each is not None:
            await self.before_each()
        if self._next is None:
            raise SourceEnded
        until_ms = self._now_ms + (_NEAR_MS if self._near() else _CALM_MS)
        due: list[Reading] = []
        while self._next is not None and self._next.t_ms <= until_ms:
            due.append(self._next)
            self._next = next(self._readings, None)
        self._now_ms = until_ms
        return (Batch(self.session, tuple(due)),) if due else ()

    async def ack(self, session: str, seq: int) -> None:
        """Need nothing: what is lost can be made again."""

    async def rewind(self, session: str, seq: int) -> None:
        """Begin at the beginning: a day is lived once."""

    async def close(self) -> None:
        """Hold nothing open."""

    def _near(self) -> bool:
        t_s = (self._now_ms - self.session.started_ms) / 1000
        rises = (e for e in self._person.episodes if e.kind is Kind.STRAIN)
        return any(e.start_s - 60 <= t_s <= e.start_s + e.length_s + _AROUND_S for e in rises)
