"""A recording of any length into a person's own diary: kept whole, decided, never offered from.

Its readings are brought first, which takes a tenth of a second an hour. What follows from them
is thought through afterwards, oldest first, and goes on after a kill where it was.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from softfront_sensors.packet import Reading
from softfront_sensors.source import SessionInfo
from softfront_signal.monitor import Monitor

from ..diary import (
    Arrival,
    Diary,
    Entry,
    Json,
    Judged,
    after,
    arrivals,
    bring,
    chunked,
    count,
    give_up,
)
from ..errors import DamagedChunk
from ..memory import monitor_of
from ..straps import found_out
from .afterwards import afterwards
from .covered import MARGIN_MS, Covered

# A shift is wear with no gap over two hours; each is taken up anew, as after a restart.
_SHIFT_GAP_MS = 2 * 3_600_000
# About an hour: one transaction takes as long as a hundred readings, and a kill costs a second.
_AT_ONCE = 4096


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a recording."""

    before: int
    """How far it was thought through already."""
    readings: int
    spare: int
    """Those of them that were kept and not counted: something else had been heard at the time."""
    marks: int


def take_in(
    diary: Diary,
    info: SessionInfo,
    to_ms: int,
    readings: Iterable[Reading],
    on_stored: Callable[[int], None] = lambda seq: None,
) -> Taken:
    """Store a recording and what follows from it; what is stored already is passed over.

    What was heard before counts: where the diary knows the body already, readings are kept beside,
    and no beat counts twice. `on_stored` is told up to which seq all is durable.
    """
    before = bring(diary, info, to_ms, chunked(readings))
    waits = next((each for each in arrivals(diary) if each.session == info.id), None)
    return Taken(before, 0, 0, 0) if waits is None else think_through(diary, waits, on_stored)


def think_through(
    diary: Diary, waits: Arrival, on_stored: Callable[[int], None] = lambda seq: None
) -> Taken:
    """Think through what waits of a recording. `on_stored` as in `take_in`."""
    stored = diary.session(waits.session)
    if stored is None:
        give_up(diary, waits.session)
        return Taken(waits.done_seq, 0, 0, 0)
    taking = _Taking(diary, stored.info, waits, on_stored)
    try:
        for reading in after(diary, waits.session, waits.done_seq):
            taking.hear(reading)
    except DamagedChunk:  # what lies behind it is kept as it is, and nothing waits for it
        taking.store()
        give_up(diary, waits.session)
    taking.store()
    return Taken(waits.done_seq, taking.kept, taking.spare_kept, taking.marks)


def oldest(diary: Diary) -> Arrival | None:
    """Give what is to be thought through next: what was lived first is learnt first."""

    def began(each: Arrival) -> int:
        stored = diary.session(each.session)
        return stored.started_ms if stored else 0

    return min(arrivals(diary), key=began, default=None)


class _Taking:
    """One recording on its way into what counts."""

    def __init__(
        self, diary: Diary, info: SessionInfo, waits: Arrival, on_stored: Callable[[int], None]
    ) -> None:
        self.kept = self.spare_kept = self.marks = 0
        self._diary, self._info, self._on_stored = diary, info, on_stored
        from_ms, to_ms = info.started_ms - MARGIN_MS, waits.to_ms + MARGIN_MS
        self._covered = Covered(diary.counted(from_ms, to_ms, besides=info.id))
        # What counted last, where it goes on after a kill.
        last = next(after(diary, info.id, waits.done_seq - 1), None) if waits.done_seq else None
        self._before_ms = last.t_ms if last else None
        self._spare = self._before_ms is not None and self._covered.holds(self._before_ms)
        self._monitor: Monitor | None = None
        self._found: object = None
        self._readings: list[Reading] = []
        self._judged: list[Judged] = []

    def hear(self, reading: Reading) -> None:
        """Take in the next reading."""
        before_ms, spare = self._before_ms, self._covered.holds(reading.t_ms)
        apart = before_ms is None or reading.t_ms - before_ms > _SHIFT_GAP_MS
        if apart or spare is not self._spare or len(self._readings) >= _AT_ONCE:
            self.store()
        if apart or spare is not self._spare:
            self._monitor, self._spare = None, spare
            before_ms = reading.t_ms
        if not spare:
            if self._monitor is None:
                assert before_ms is not None
                self._monitor = monitor_of(self._diary, self._info, before_ms)
            decided = self._monitor.hear(reading)
            self._judged += [Judged(afterwards(decision)) for decision in decided]
        self._readings.append(reading)
        self._before_ms = reading.t_ms

    def store(self) -> None:
        """Make all that waits durable, together."""
        if not self._readings:
            return
        entry = Entry(
            self._info.id,
            tuple(self._readings),
            tuple(self._judged),
            spare=self._spare,
            audit=self._audit(),
            fills_in=True,
        )
        count(self._diary, entry)
        self.kept += len(self._readings)
        self.spare_kept += len(self._readings) if self._spare else 0
        self.marks += len(self._judged)
        self._readings, self._judged = [], []
        self._on_stored(entry.readings[-1].seq)

    def _audit(self) -> Json | None:
        """Say what is found out about the strap, where that is new."""
        found = found_out(self._monitor.verdict) if self._monitor else None
        if self._monitor is None or found is None or found == self._found:
            return None
        self._found = found
        return self._monitor.verdict.to_plain()
