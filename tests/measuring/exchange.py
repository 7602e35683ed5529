"""A year in and out: how long it takes to bring recordings, and how much memory at most."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from softfront_sensors.heart_rate import encode
from softfront_sensors.packet import Packet
from softfront_sensors.recording import dump

from .figure import Figure

YEAR = 250
"""Shifts."""
_DAY_MS, _BEGAN_MS = 86_400_000, 1_700_000_000_000
_SHIFT_S = 8 * 3600
_WITHIN_S, _WITHIN_MB = 60, 300
# The whole process with all that reads for it.
_LOOK_EVERY_S = 0.05
_END_S = 3600


@dataclass(frozen=True, slots=True)
class _Ran:
    seconds: float
    most_mb: float


def in_and_out(shifts: int) -> Iterator[Figure]:
    """Bring so many shifts of 8 h, write all of them out, and put them back."""
    with TemporaryDirectory(prefix="softfront-bench-") as made:
        folder = Path(made)
        _record(folder / "shifts", shifts)
        brought = _softfront("import", folder / "shifts", "--no-wait", "--data", folder / "own")
        yield Figure(f"import_of_{shifts}_shifts", brought.seconds, "s", _share(shifts))
        yield Figure("import_memory", brought.most_mb, "MB", _WITHIN_MB)
        written = _softfront("export", "-o", folder / "all.zip", "--data", folder / "own")
        yield Figure(f"export_of_{shifts}_shifts", written.seconds, "s")
        yield Figure("export_memory", written.most_mb, "MB", _WITHIN_MB)
        put = ("import", folder / "all.zip", "--no-wait", "--data", folder / "new")
        back = _softfront(*put)
        yield Figure(f"restore_of_{shifts}_shifts", back.seconds, "s")
        yield Figure("restore_memory", back.most_mb, "MB", _WITHIN_MB)


def _share(shifts: int) -> float | None:
    """Hold a whole year against its minute; fewer are only told: to begin takes as long."""
    return _WITHIN_S if shifts >= YEAR else None


def _record(folder: Path, shifts: int) -> None:
    folder.mkdir()
    random = Random(1)
    for nth in range(shifts):
        with (folder / f"shift{nth:03}.jsonl").open("w", encoding="utf-8") as out:
            dump(_shift(_BEGAN_MS + nth * _DAY_MS, random), "Polar H10", out)


def _shift(t_ms: int, random: Random) -> Iterator[Packet]:
    for seq in range(1, _SHIFT_S + 1):
        t_ms += 1000 + random.randint(-20, 20)
        yield Packet(seq, 1, t_ms, t_ms, encode(70, [random.randint(800, 930)]))


def _softfront(*words: str | Path) -> _Ran:
    command = [sys.executable, "-P", "-m", "softfront_api", *map(str, words)]
    began_s, most_mb = time.monotonic(), 0.0
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        while process.poll() is None and time.monotonic() < began_s + _END_S:
            most_mb = max(most_mb, sum(_resident_mb(pid) for pid in _family(process.pid)))
            time.sleep(_LOOK_EVERY_S)
        if process.poll() is None:
            process.kill()
    if process.returncode != 0:
        raise RuntimeError(f"softfront {words[0]} ended with {process.returncode}")
    return _Ran(time.monotonic() - began_s, most_mb)


def _family(pid: int) -> Sequence[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    except OSError:  # it has ended, or this system does not tell
        return (pid,)
    return (pid, *(one for child in children for one in _family(int(child))))


def _resident_mb(pid: int) -> float:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
