"""All peers side by side: each measures the same windows, one after the other."""

import statistics
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from .peer import NAMES, PARTS, Peer, PeerBroke


@dataclass(slots=True)
class Taken:
    """What a peer has shown so far."""

    name: str
    version: str = ""
    seconds: dict[str, list[float]] = field(default_factory=dict)
    broken: dict[str, str] = field(default_factory=dict)
    """Which part broke, and how; `all` where the peer does not run at all."""

    def median(self, part: str) -> float | None:
        """Return the median seconds of a part; `None` where the peer has no such part."""
        times = self.seconds.get(part)
        return statistics.median(times) if times else None

    def sum(self, parts: Sequence[str] = PARTS) -> float | None:
        """Add up the parts it has: what a window costs, and so a beat, where each asks for one."""
        times = [median for part in parts if (median := self.median(part)) is not None]
        return sum(times) if times else None

    def note(self, answer: dict[str, float | str]) -> None:
        """Keep what it has answered."""
        for part, told in answer.items():
            if isinstance(told, str):
                self.broken[part] = told
            else:
                self.seconds.setdefault(part, []).append(told)


class Team:
    """The peers that run here; one that breaks is left out from then on, and said."""

    def __init__(self, python: Path, names: Sequence[str] = NAMES) -> None:
        """Name their Python and who of them is asked."""
        self.taken = [Taken(name) for name in names]
        self._python = python
        self._running: list[tuple[Peer, Taken]] = []
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        """Start every peer."""
        for taken in self.taken:
            try:
                peer = self._stack.enter_context(Peer(self._python, taken.name))
            except PeerBroke as broken:
                taken.broken["all"] = str(broken)
                continue
            taken.version = peer.version
            self._running.append((peer, taken))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End every peer."""
        self._stack.close()

    def measure(self, rr_ms: Sequence[float]) -> None:
        """Let each peer measure one window."""
        for peer, taken in list(self._running):
            try:
                taken.note(peer.measure(rr_ms))
            except PeerBroke as broken:
                taken.broken["all"] = str(broken)
                self._running.remove((peer, taken))

    def forget(self) -> None:
        """Forget what was measured so far: the first time loads and compiles."""
        for taken in self.taken:
            taken.seconds.clear()
