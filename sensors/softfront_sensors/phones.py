"""Programs on a phone that number nothing and repeat nothing: what they say is numbered here."""

import re
import uuid
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from .adapters import Heard, read_message
from .envelope import Envelope
from .errors import FarAhead, NotTaken
from .packet import Packet
from .source import Rank, SessionInfo

# Ten minutes of a message a second: a store that hangs so long has been noticed.
_MOST_WAITING = 600
# A pause of the program longer than this is a new link to the strap, as far as anyone can tell.
_BREAK_MS = 10_000


@dataclass(slots=True)
class _Run:
    """One run of messages, made into a session."""

    info: SessionInfo
    last_ms: int
    seq: int = 0
    epoch: int = 1
    waiting: deque[Packet] = field(default_factory=deque)


class Phones:
    """Turn messages into envelopes that follow on one another, and keep what is not stored yet."""

    def __init__(
        self, deliver: Callable[[Envelope], Awaitable[int]], now_ms: Callable[[], int]
    ) -> None:
        self._deliver, self._now_ms = deliver, now_ms
        self._runs: dict[tuple[str, str, str, str], _Run] = {}
        self._begun = 0
        self._name = uuid.uuid4().hex[:12]
        """A run begun before this process began is another session: its numbers are gone."""

    async def hear(self, topic: str, message: object) -> Heard:
        """Take one message, and pass it on; return what was heard in it.

        Raises:
            Malformed: it is of no kind known here.
            FarAhead: the phone's clock is more than ten minutes ahead.
        """
        heard = read_message(message)
        run = self._run(topic, heard)
        t_ms = self._now_ms() if heard.t_ms is None else heard.t_ms
        if t_ms > run.last_ms:  # the same stamp is the same message, delivered once more
            if run.seq and t_ms - run.last_ms > _BREAK_MS:
                run.epoch += 1
            run.seq, run.last_ms = run.seq + 1, t_ms
            run.waiting.append(Packet(run.seq, run.epoch, t_ms, t_ms, heard.data))
        await self._pass_on(run)
        return heard

    async def _pass_on(self, run: _Run) -> None:
        waiting = tuple(run.waiting)
        if not waiting:
            return
        try:
            acked = await self._deliver(Envelope(run.info, None, waiting))
        except FarAhead:
            self._begin_anew(run)
            raise
        except NotTaken:
            if len(run.waiting) >= _MOST_WAITING:
                self._begin_anew(run)
            return
        while run.waiting and run.waiting[0].seq <= acked:
            run.waiting.popleft()

    def _begin_anew(self, run: _Run) -> None:
        """Forget a run that cannot be stored; what follows is another."""
        self._runs = {key: each for key, each in self._runs.items() if each is not run}

    def _run(self, topic: str, heard: Heard) -> _Run:
        key = topic, heard.program, heard.device, heard.run
        if key not in self._runs:
            plain = re.sub(r"[^\w.\-]+", "-", f"{heard.device}-{heard.run}")[:60]
            self._begun += 1
            name = f"{plain}.{self._name}.{self._begun}"
            info = SessionInfo(
                name,
                f"{heard.device} ({heard.program})",
                self._now_ms(),
                live=True,
                rank=Rank.APP,
                strap=heard.device,
            )
            self._runs[key] = _Run(info, last_ms=0)
        return self._runs[key]
