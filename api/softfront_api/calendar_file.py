"""When the wearer's own calendar says they are taken."""

import json
import subprocess
import sys
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from stat import S_ISREG
from typing import TypeAlias

from .appointments import LIMIT_S, MOST_TIMES, Taken
from .errors import (
    CalendarBreaksOff,
    CalendarEntriesLeftOut,
    CalendarError,
    CalendarMissing,
    CalendarTooLarge,
    CalendarUnreadable,
)

# A meeting that was moved is heeded within half a minute; looking costs next to nothing.
LOOK_MS = 30_000
# Years of a full calendar, without its attachments.
MOST_BYTES = 5_000_000
# What is known reaches past a week of holidays without the file, and back over a long shift.
BEFORE, AHEAD = timedelta(days=2), timedelta(days=8)
# As the days go on they are read anew, though the file is the same.
ANEW_MS = 24 * 3_600_000


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch that is taken; the end no longer belongs to it."""

    begin_ms: int
    end_ms: int


Read: TypeAlias = Callable[[bytes, datetime, datetime], Taken | None]
"""Read a calendar between two moments; `None` where it came to no end."""


def read_apart(content: bytes, since: datetime, until: datetime) -> Taken | None:
    """Have another process read a calendar, and end it where it takes too long."""
    # No warning of a library, as of a zone it had to guess, is to become an error there.
    command = [sys.executable, "-P", "-W", "ignore", "-m", "softfront_api.appointments"]
    try:
        done = subprocess.run(
            [*command, since.isoformat(), until.isoformat()],
            input=content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # a traceback would quote the calendar
            timeout=LIMIT_S,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return Taken(**json.loads(done.stdout)) if done.returncode == 0 else None


class Calendar:
    """A calendar file in use. Of its events, begin and end are kept and nothing else.

    Floating times and whole days go by `zone`; `None` is the machine's.
    """

    def __init__(self, path: Path, zone: tzinfo | None, read: Read = read_apart) -> None:
        self.problem: CalendarError | None = None
        """Why the file, or a part of it, is not in use; what was read before still counts."""
        self._path, self._zone, self._read = path, zone, read
        self._blocks: tuple[Block, ...] = ()
        self._looked_ms: int | None = None
        self._read_ms = 0
        self._stamp: tuple[int, int] | None = None

    def refresh(self, now_ms: int) -> None:
        """Look whether the file has changed, at most every 30 s, and read it where it has.

        Waits for the disk and for another process: for a thread, and one at a time. Does not
        raise for anything that is the file's; `problem` tells.
        """
        if self._looked_ms is not None and abs(now_ms - self._looked_ms) < LOOK_MS:
            return
        self._looked_ms = now_ms
        try:
            content = self._changed(now_ms)
            if content is not None:
                self._take(content, now_ms)
        except CalendarError as problem:
            self.problem = problem

    def busy_until_ms(self, t_ms: int) -> int | None:
        """Return when the stretch ends in which a moment is taken."""
        at = bisect_right(self._blocks, t_ms, key=lambda block: block.begin_ms) - 1
        if at < 0 or self._blocks[at].end_ms <= t_ms:
            return None
        return self._blocks[at].end_ms

    def busy(self, from_ms: int, to_ms: int) -> tuple[Block, ...]:
        """Return what is taken between two moments, in order, whole and apart from each other."""
        return tuple(b for b in self._blocks if b.begin_ms < to_ms and from_ms < b.end_ms)

    def _changed(self, now_ms: int) -> bytes | None:
        """Return what stands in the file, where it is to be read."""
        try:
            status = self._path.stat()
            # Opening a pipe would wait for somebody to write.
            if not S_ISREG(status.st_mode):
                raise CalendarUnreadable(self._path)
            stamp = status.st_mtime_ns, status.st_size
            if stamp == self._stamp and abs(now_ms - self._read_ms) < ANEW_MS:
                return None
            with self._path.open("rb") as file:
                content = file.read(MOST_BYTES + 1)
        except (OSError, ValueError, CalendarError) as why:
            self._stamp = None
            if isinstance(why, FileNotFoundError | NotADirectoryError):
                raise CalendarMissing(self._path) from why
            raise CalendarUnreadable(self._path) from why
        # From here on it is the same file until it changes, whatever it holds.
        self._stamp, self._read_ms = stamp, now_ms
        return content

    def _take(self, content: bytes, now_ms: int) -> None:
        if len(content) > MOST_BYTES:
            raise CalendarTooLarge(self._path, limit=f"{MOST_BYTES // 1_000_000} MB")
        now = datetime.fromtimestamp(now_ms / 1000, UTC)
        found = self._read(content, now - BEFORE, now + AHEAD)
        if found is None:
            raise CalendarTooLarge(self._path, limit=f"{LIMIT_S:.0f} s of reading")
        if found.too_many:
            limit = f"{MOST_TIMES:,} times in {(BEFORE + AHEAD).days} days"
            raise CalendarTooLarge(self._path, limit=limit)
        if found.breaks_off is not None:
            raise CalendarBreaksOff(self._path, line=str(found.breaks_off))
        times = [(self._ms(begin), self._ms(end)) for begin, end in found.times]
        self._blocks = joined(Block(begin, end) for begin, end in times)
        self.problem = self._left_out(found.left_out)

    def _left_out(self, lines: Sequence[int]) -> CalendarError | None:
        if not lines:
            return None
        return CalendarEntriesLeftOut(self._path, line=str(lines[0]), n=str(len(lines)))

    def _ms(self, text: str) -> int:
        """Read a moment; what has no offset is the wearer's own clock."""
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None and self._zone is not None:
            moment = moment.replace(tzinfo=self._zone)
        return round(moment.timestamp() * 1000)


def joined(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """Sort blocks, and make one of those that touch; what has no length is nothing."""
    found: list[Block] = []
    for block in sorted(blocks, key=lambda block: block.begin_ms):
        if block.end_ms <= block.begin_ms:
            continue
        if found and block.begin_ms <= found[-1].end_ms:
            last = found.pop()
            block = Block(last.begin_ms, max(last.end_ms, block.end_ms))
        found.append(block)
    return tuple(found)
