"""Runs of readings: each belongs to one strap, and has a name, a clock and numbers of its own."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

from ..packet import Motion, Packet
from ..source import Batch, SessionInfo
from .inbox import Inbox
from .known import same_id

Clock: TypeAlias = Callable[[], int]

KEPT = 2 * 60 * 60 * 2
"""Two hours of beats and movement once a second: a store that hangs so long is found by then."""
_NO_NAME = "Bluetooth strap"


@dataclass(frozen=True, slots=True)
class Clocks:
    """The machine's clocks: the wall's may step, the monotonic one never does."""

    wall_ms: Clock
    mono_ms: Clock


class Run:
    """The readings of one strap, from when it was taken until another is."""

    def __init__(self, clocks: Clocks, boot: str | None) -> None:
        self._clocks, self._began_mono_ms = clocks, clocks.mono_ms()
        self.info = SessionInfo(str(uuid.uuid4()), _NO_NAME, clocks.wall_ms(), live=True, boot=boot)
        self.inbox = Inbox()
        self._epoch = 0

    def now_ms(self) -> int:
        """Read the session's clock: wall time when it began, carried on. Unix milliseconds."""
        return self.info.started_ms + self._clocks.mono_ms() - self._began_mono_ms

    def belongs_to(self, strap: str) -> bool:
        """Say whether it is a strap's, or nobody's yet."""
        return self.info.strap is None or same_id(self.info.strap, strap)

    def name(self, strap: str, device: str | None) -> None:
        """Say whose it is; the id stays."""
        self.info = replace(self.info, strap=strap, device=device or self.info.device)

    def begin_epoch(self) -> None:
        """Set what comes apart from what came: it is not adjacent."""
        self._epoch += 1

    def hear(self, data: bytes) -> None:
        """Keep a notification as it came."""
        header = self._header()
        self.inbox.put(lambda seq: Packet(seq, *header, data))

    def move(self, move_mg: int) -> None:
        """Keep how much the body moved."""
        header = self._header()
        self.inbox.put(lambda seq: Motion(seq, *header, move_mg=move_mg))

    def _header(self) -> tuple[int, int, int]:
        return self._epoch, self.now_ms(), self._clocks.wall_ms()


class Runs:
    """The current run, and those before it until they are stored for good."""

    def __init__(self, clocks: Clocks, boot: str | None = None, kept: int = KEPT) -> None:
        self.clocks, self._boot, self._kept = clocks, boot, kept
        self._past: list[Run] = []
        self.current = Run(clocks, boot)

    @property
    def waiting(self) -> bool:
        """Tell whether there is something to take."""
        return any(run.inbox.waiting for run in self._all)

    @property
    def _all(self) -> list[Run]:
        return [*self._past, self.current]

    def put_on(self, strap: str, device: str | None) -> bool:
        """Go on with the run of a strap, or begin one; say whether it is another strap than before.

        Another strap may be another body, and has another clock: nothing is carried over.
        """
        changed = not self.current.belongs_to(strap)
        if changed:
            before = self.current
            self._past.append(before)
            self.current = Run(self.clocks, self._boot)
            self._forget_stored()
            before.inbox.wake()  # whoever waits there would not hear the new one
        self.current.name(strap, device)
        return changed

    def hear(self, data: bytes) -> None:
        """Keep a notification as it came."""
        if self._has_room():
            self.current.hear(data)

    def move(self, move_mg: int) -> None:
        """Keep how much the body moved."""
        if self._has_room():
            self.current.move(move_mg)

    def take(self) -> tuple[Batch, ...]:
        """Hand out everything not handed out yet, run by run."""
        heard = [(run.info, run.inbox.take()) for run in self._all]
        return tuple(Batch(info, readings) for info, readings in heard if readings)

    async def wait(self, limit_s: float) -> None:
        """Wait until there is something to take, or `limit_s` is over."""
        if not self.waiting:
            await self.current.inbox.wait(limit_s)

    def wake(self) -> None:
        """End a `wait`."""
        self.current.inbox.wake()

    def ack(self, session: str, seq: int) -> None:
        """Forget everything of a session up to `seq`."""
        for run in self._of(session):
            run.inbox.ack(seq)
        self._forget_stored()

    def rewind(self, session: str, seq: int) -> None:
        """Hand out again what is kept of a session behind `seq`."""
        for run in self._of(session):
            run.inbox.rewind(seq)

    def _has_room(self) -> bool:
        """Say whether a place is left; the oldest stay, as dropping one would leave a hole."""
        if sum(len(run.inbox) for run in self._all) < self._kept:
            return True
        self.current.begin_epoch()  # what comes after a reading not kept is not adjacent
        return False

    def _of(self, session: str) -> list[Run]:
        return [run for run in self._all if run.info.id == session]

    def _forget_stored(self) -> None:
        self._past = [run for run in self._past if len(run.inbox)]
