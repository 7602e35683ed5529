"""A day at a glance: still, moving, strap off, poor signal, below the usual, and its pauses."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from softfront_signal.moments import MARK_MS, Missing

from .diary import Glance, Reader, glances
from .reasons import utc
from .shapes.ribbon import Ribbon, Run
from .windows import pauses_of

_OFF = (Missing.NO_LINK.value, Missing.STRAP_OFF.value)
_POOR = (Missing.POOR_SIGNAL.value, Missing.IRREGULAR.value, Missing.NO_INTERVALS.value)


@dataclass(frozen=True, slots=True)
class _Run:
    begin_ms: int
    end_ms: int
    state: str
    below: bool

    @property
    def lasts_s(self) -> int:
        return (self.end_ms - self.begin_ms) // 1000


def ribbon(reader: Reader, from_ms: int, to_ms: int) -> Ribbon:
    """Lay the marks of a stretch into runs, and add them up."""
    runs = list(_runs(glances(reader, from_ms, to_ms + 1)))
    return Ribbon.model_validate(
        {
            "from": utc(from_ms),
            "to": utc(to_ms),
            "spans": [_told(run) for run in runs],
            "pauses": pauses_of(reader.pauses(from_ms, to_ms)),
            "worn_s": _sum(run for run in runs if run.state not in _OFF),
            "still_s": _sum(run for run in runs if run.state == "still"),
            "moving_s": _sum(run for run in runs if run.state == Missing.MOVING.value),
            "strap_off_s": _sum(run for run in runs if run.state in _OFF),
            "poor_signal_s": _sum(run for run in runs if run.state in _POOR),
            "below_s": _sum(run for run in runs if run.below),
        }
    )


def _runs(marks: Iterable[Glance]) -> Iterator[_Run]:
    """Put neighbours that are alike together; a mark tells of the five seconds before it."""
    run: _Run | None = None
    for it in marks:
        begin_ms = it.t_ms - MARK_MS
        if run is not None and begin_ms < run.end_ms:  # two senders had a word on one mark
            continue
        if run is not None and (run.end_ms, run.state, run.below) == (begin_ms, it.state, it.below):
            run = _Run(run.begin_ms, it.t_ms, it.state, it.below)
            continue
        if run is not None:
            yield run
        run = _Run(begin_ms, it.t_ms, it.state, it.below)
    if run is not None:
        yield run


def _told(run: _Run) -> Run:
    return Run.model_validate(
        {"from": utc(run.begin_ms), "to": utc(run.end_ms), "state": run.state, "below": run.below}
    )


def _sum(runs: Iterable[_Run]) -> int:
    return sum(run.lasts_s for run in runs)
