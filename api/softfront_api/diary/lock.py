"""One server at a time for one diary."""

import os
import sys
from pathlib import Path

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_FAR = 1 << 30
"""Windows locks bytes against reading too; this one lies beyond the process id."""


class Taken(Exception):
    """Another process holds the lock; `pid` is what it wrote down, where that can be read."""

    def __init__(self, pid: int | None) -> None:
        super().__init__()
        self.pid = pid


class Lock:
    """A file held as long as the diary is open; the system lets go of it when a process dies."""

    def __init__(self, file: Path) -> None:
        self._fd = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _hold(self._fd)
        except (BlockingIOError, PermissionError):
            pid = _pid(self._fd)
            os.close(self._fd)
            raise Taken(pid) from None
        os.ftruncate(self._fd, 0)
        os.write(self._fd, str(os.getpid()).encode())

    def release(self) -> None:
        """Let the next one in."""
        os.close(self._fd)


def _hold(fd: int) -> None:
    if sys.platform == "win32":
        os.lseek(fd, _FAR, os.SEEK_SET)
        msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)
        os.lseek(fd, 0, os.SEEK_SET)
    else:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _pid(fd: int) -> int | None:
    os.lseek(fd, 0, os.SEEK_SET)
    written = os.read(fd, 20)
    return int(written) if written.isdigit() else None
