"""A recording of any length into a person's own diary: kept whole, decided, never offered from."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from softfront_sensors.packet import Reading
from softfront_sensors.source import SessionInfo
from softfront_signal.monitor import Monitor

from ..diary import Diary, Entry, Json, Judged
from ..memory import monitor_of
from ..straps import found_out
from .afterwards import afterwards

# A shift is wear with no gap over two hours; each is taken up anew, as after a restart.
_SHIFT_GAP_MS = 2 * 3_600_000
# As long as another may be silent and still speak for the body.
_MARGIN_MS = 30_000
# About an hour: one transaction takes as long as a hundred readings, and a kill costs a second.
_AT_ONCE = 4096


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a recording."""

    before: int
    """How far it was stored already."""
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
    before = diary.begin_session(info)
    taking = _Taking(diary, info, _covered(diary, info, to_ms), on_stored)
    for reading in readings:
        if reading.seq > before:
            taking.hear(reading)
    taking.store()
    return Taken(before, taking.kept, taking.spare_kept, taking.marks)


class _Taking:
    """One recording on its way into the diary."""

    def __init__(
        self, diary: Diary, info: SessionInfo, covered: "_Covered", on_stored: Callable[[int], None]
    ) -> None:
        self.kept = self.spare_kept = self.marks = 0
        self._diary, self._info = diary, info
        self._covered, self._on_stored = covered, on_stored
        self._before_ms = diary.reach(info.id)
        self._spare = self._before_ms is not None and covered.holds(self._before_ms)
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
        seq = self._diary.commit(entry)
        self.kept += len(self._readings)
        self.spare_kept += len(self._readings) if self._spare else 0
        self.marks += len(self._judged)
        self._readings, self._judged = [], []
        self._on_stored(seq)

    def _audit(self) -> Json | None:
        """Say what is found out about the strap, where that is new."""
        found = found_out(self._monitor.verdict) if self._monitor else None
        if self._monitor is None or found is None or found == self._found:
            return None
        self._found = found
        return self._monitor.verdict.to_plain()


class _Covered:
    """Stretches of time in which the body is known already."""

    def __init__(self, stretches: Iterable[tuple[int, int]]) -> None:
        self._begins: list[int] = []
        self._ends: list[int] = []
        for begin, end in _joined(stretches):
            self._begins.append(begin)
            self._ends.append(end)

    def holds(self, t_ms: int) -> bool:
        """Say whether a moment lies in one of them."""
        at = bisect_right(self._begins, t_ms)
        return at > 0 and t_ms <= self._ends[at - 1]


def _covered(diary: Diary, info: SessionInfo, to_ms: int) -> _Covered:
    from_ms, to_ms = info.started_ms - _MARGIN_MS, to_ms + _MARGIN_MS
    return _Covered(diary.counted(from_ms, to_ms, besides=info.id))


def _joined(stretches: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Widen stretches by the margin, and make one of those that touch."""
    at: tuple[int, int] | None = None
    for t0_ms, t1_ms in stretches:
        begin, end = t0_ms - _MARGIN_MS, t1_ms + _MARGIN_MS
        if at is not None and begin <= at[1]:
            at = at[0], max(at[1], end)
            continue
        if at is not None:
            yield at
        at = begin, end
    if at is not None:
        yield at
