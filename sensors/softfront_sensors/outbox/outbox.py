"""The spool itself: what is kept, what is handed out, what is forgotten."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock
from typing import Any, Self

from ..packet import Gap, Reading, first_seq
from .opening import connect, translated
from .rows import Run, gap, read, read_run, without_holes, write, write_run

CAP = 36_000
"""Readings: eight hours of a strap that sends once a second and of movement beside it, 6 MB."""

_FILE = "outbox.db"
_ADD_RUN = """
INSERT INTO run (session, info, last_seq, last_ms, acked, kept) VALUES (?, ?, 0, 0, 0, 0)
ON CONFLICT (session) DO UPDATE SET info = excluded.info
"""
_FIND_RUN = "SELECT n, last_seq, last_ms, acked FROM run WHERE session = ?"
_BODIES = "SELECT body FROM reading WHERE run = ? ORDER BY seq LIMIT ?"


@dataclass(frozen=True, slots=True)
class _Row:
    """Where a run stands: what lies above `acked` and up to `last_seq` is kept, or a gap."""

    n: int
    last_seq: int
    last_ms: int
    acked: int


class Outbox:
    """Keeps sessions in the order of their beginning; every method is one transaction.

    What one of them has taken survives a crash and a power cut. It may be called from any thread.
    """

    def __init__(self, file: Path, cap: int) -> None:
        self.file = file
        self.lost = 0
        """Readings given up since this was opened: there were too many, or they had been stored
        elsewhere and are not there any more."""
        self._sql, self._cap, self._turn = connect(file), cap, Lock()
        with translated(file):
            self.waiting = self._kept()
        """What is kept and not acknowledged."""

    @classmethod
    def open(cls, folder: Path, *, cap: int = CAP) -> Self:
        """Open the spool of a folder, made where it is missing, for this process alone.

        Raises:
            OutboxInUse, OutboxForeign, OutboxFull, OutboxUnusable
        """
        return cls(folder / _FILE, cap)

    def close(self) -> None:
        """Let the next one in."""
        with self._turn:
            self._sql.close()

    def __enter__(self) -> Self:
        """Hand out itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let the next one in."""
        self.close()

    def append(self, run: Run, readings: Iterable[Reading]) -> int:
        """Keep what follows on a session, and say up to where it is kept; twice is once.

        What is missing between is kept as a gap; beyond the cap the oldest become one.

        Raises:
            OutboxFull, OutboxUnusable: nothing of it was kept; all that was before still is.
        """
        with self._writing():
            row = self._begin(run)
            fresh = list(without_holes(readings, row.last_seq))
            if fresh:
                row = replace(row, last_seq=fresh[-1].seq, last_ms=fresh[-1].t_ms)
                self._put(row.n, fresh)
                self._place(row)
            self._forget_drained()
            lost = self._shorten()
        self.lost += lost
        return row.last_seq

    def next(self, limit: int) -> tuple[Run, tuple[Reading, ...]] | None:
        """Hand out the oldest session of which something waits, and its first readings."""
        with self._turn, translated(self.file):
            found = self._one("SELECT n, info FROM run WHERE kept > 0 ORDER BY n LIMIT 1")
            if found is None:
                return None
            bodies = self._sql.execute(_BODIES, (found[0], limit)).fetchall()
        return read_run(found[1]), tuple(read(body) for (body,) in bodies)

    def ack(self, session: str, seq: int) -> bool:
        """Forget what is stored elsewhere up to `seq`; say whether that changed anything.

        Where less is stored there than was forgotten here, what no longer exists becomes a gap.

        Raises:
            OutboxFull, OutboxUnusable: nothing was forgotten.
        """
        with self._writing():
            row = self._find(session)
            if row is None or min(seq, row.last_seq) == row.acked:
                return False
            row = replace(row, acked=min(seq, row.last_seq))
            self._take(row.n, up_to=row.acked)
            self._place(row)
            lost = self._close_up(row)
            self._forget_drained()
        self.lost += lost
        return True

    def _begin(self, run: Run) -> _Row:
        self._sql.execute(_ADD_RUN, (run.info.id, write_run(run)))
        row = self._find(run.info.id)
        assert row is not None
        return row

    def _find(self, session: str) -> _Row | None:
        row = self._one(_FIND_RUN, session)
        return _Row(*row) if row else None

    def _place(self, row: _Row) -> None:
        query = "UPDATE run SET last_seq = ?, last_ms = ?, acked = ? WHERE n = ?"
        self._sql.execute(query, (row.last_seq, row.last_ms, row.acked, row.n))

    def _put(self, n: int, readings: Iterable[Reading]) -> None:
        rows = [(n, reading.seq, write(reading)) for reading in readings]
        self._sql.executemany("INSERT INTO reading (run, seq, body) VALUES (?, ?, ?)", rows)
        self._sql.execute("UPDATE run SET kept = kept + ? WHERE n = ?", (len(rows), n))

    def _take(self, n: int, *, up_to: int) -> None:
        query = "DELETE FROM reading WHERE run = ? AND seq <= ?"
        taken = self._sql.execute(query, (n, up_to)).rowcount
        self._sql.execute("UPDATE run SET kept = kept - ? WHERE n = ?", (taken, n))

    def _close_up(self, row: _Row) -> int:
        """Let a run begin right behind what is acknowledged; say how many that tells as lost."""
        found = self._one(_BODIES, row.n, 1)
        head = read(found[0]) if found else None
        before = first_seq(head) - 1 if head else row.last_seq
        if isinstance(head, Gap):
            self._take(row.n, up_to=head.seq)
            self._put(row.n, [gap(head, head.seq, head.seq - row.acked)])
        elif before > row.acked:
            like = head or Gap(before, 1, row.last_ms, row.last_ms, 1)
            self._put(row.n, [gap(like, before, before - row.acked)])
        return max(0, before - row.acked)

    def _shorten(self) -> int:
        """Let the oldest beyond the cap become gaps; say how many readings that are."""
        lost = 0
        while (over := self._kept() - self._cap) > 0:
            # A gap that stands alone is only given up where nothing else is left.
            (n,) = self._one("SELECT n FROM run WHERE kept > 0 ORDER BY kept = 1, n LIMIT 1")
            oldest = [read(body) for (body,) in self._sql.execute(_BODIES, (n, over + 1))]
            lost += sum(not isinstance(reading, Gap) for reading in oldest)
            last = oldest[-1]
            self._take(n, up_to=last.seq)
            if len(oldest) > 1:
                self._put(n, [gap(last, last.seq, last.seq - first_seq(oldest[0]) + 1)])
        return lost

    def _kept(self) -> int:
        return int(self._one("SELECT ifnull(sum(kept), 0) FROM run")[0])

    def _forget_drained(self) -> None:
        """Forget sessions of which nothing waits; the latest may still go on."""
        self._sql.execute("DELETE FROM run WHERE kept = 0 AND n < (SELECT max(n) FROM run)")

    def _one(self, query: str, *values: object) -> Any:
        return self._sql.execute(query, values).fetchone()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """One transaction: all of it is kept for good, or none."""
        with self._turn, translated(self.file):
            self._sql.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._sql.execute("COMMIT")
                self.waiting = self._kept()
            finally:
                if self._sql.in_transaction:
                    self._sql.execute("ROLLBACK")
