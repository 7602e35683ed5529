"""The near end of a peer that runs in its own Python."""

import json
import os
import select
import subprocess
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

NAMES = ("neurokit2", "pyhrv", "hrv-analysis", "systole", "heartpy", "flirt")
PARTS = ("correction", "time", "spectrum", "dfa")
_RUNNER = Path(__file__).with_name("runner.py")
# The first answer loads and compiles: seconds with each of them, and a cold disk on top.
_ANSWER_S = 180


class PeerBroke(Exception):
    """A peer does not run here, or gave no answer in time."""


class Peer:
    """A running peer; each window it is given it measures once."""

    def __init__(self, python: Path, name: str) -> None:
        """Start it; what it prints beside its answers is thrown away."""
        self.name = name
        self.version = ""
        # Isolated: what is set for this Python is not for that one. No figure is to be shown.
        command = [str(python), "-I", "-W", "ignore", str(_RUNNER), name]
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=os.environ | {"MPLBACKEND": "Agg"},
        )

    def __enter__(self) -> Self:
        """Hear its version, the first thing it says."""
        try:
            self.version = self._hear()
        except PeerBroke:
            self.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End it."""
        self.close()

    def measure(self, rr_ms: Sequence[float]) -> dict[str, float | str]:
        """Return the seconds each part took for one window, or the name of what broke it."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(list(rr_ms)) + "\n")
            self._process.stdin.flush()
        except OSError as gone:
            raise PeerBroke("ended by itself") from gone
        answer = self._hear()
        if "broken" in answer:
            raise PeerBroke(str(answer["broken"]))
        return dict(answer)

    def close(self) -> None:
        """End the process, and wait for it."""
        self._process.kill()
        self._process.communicate()

    def _hear(self) -> Any:
        out = self._process.stdout
        assert out is not None
        # One line answers one line, so that nothing waits in a buffer out of sight.
        ready, _, _ = select.select([out], [], [], _ANSWER_S)
        line = out.readline() if ready else ""
        if not line:
            raise PeerBroke("gave no answer")
        return json.loads(line)
