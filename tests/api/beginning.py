"""A server process: begun from nothing, or from one that has the imports behind it."""

import multiprocessing
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

# Most of the second a server takes to begin goes into these.
_IMPORTS = [
    "softfront_api.doors.wearing",
    "softfront_api.doors.replaying",
    "softfront_api.diary.migrating",
    "softfront_sensors.collector",
    "softfront_sensors.link",
    "softfront_sensors.post",
    "pytest",
]
_FORKED = """
import sys
sys.argv[1:] = {arguments!r}
sys.stdout = sys.stderr = open({told!r}, "a", buffering=1)
{code}
"""


class Process(Protocol):
    """What can be killed."""

    def is_alive(self) -> bool: ...

    def kill(self) -> None: ...

    def join(self, timeout: float) -> None: ...


class Fresh:
    """A Python of its own."""

    def __init__(self, code: str, arguments: Sequence[str], told: Path) -> None:
        command = [sys.executable, "-P", "-c", code, *arguments]
        with told.open("a") as out:
            self._process = subprocess.Popen(command, stdout=out, stderr=out)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        return self._process.poll()

    def is_alive(self) -> bool:
        return self.exit_code is None

    def terminate(self) -> None:
        self._process.terminate()

    def kill(self) -> None:
        self._process.kill()

    def join(self, timeout: float) -> None:
        self._process.wait(timeout)


def begin(code: str, arguments: Sequence[str], told: Path, *, fresh: bool) -> Process:
    """Begin a process that runs `code`; what it says goes into the file `told`."""
    if fresh or sys.platform == "win32":
        return Fresh(code, arguments, told)
    forking = multiprocessing.get_context("forkserver")
    forking.set_forkserver_preload(_IMPORTS)
    text = _FORKED.format(arguments=list(arguments), told=str(told), code=code)
    process = forking.Process(target=exec, args=(text, {"__name__": "__main__"}), daemon=True)
    process.start()
    return process
