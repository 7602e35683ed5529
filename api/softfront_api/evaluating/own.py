"""A person's own shifts, as they were recorded: what each rule would have offered."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from softfront_sensors.errors import UnreadableRecording
from softfront_sensors.recording import UNDATED_MS, Outline, outline, stream
from softfront_signal.baseline import Baseline
from softfront_signal.moments import MARK_MS, Choice, Decision, Missing, Rule
from softfront_signal.monitor import Monitor
from softfront_signal.threshold import Threshold

from ..tact import REFRACTORY_MS, Rules

_NOT_WORN = (Missing.NO_LINK, Missing.STRAP_OFF)
_MOST = Rules().max_per_shift
_DAY_MS = 24 * 3_600_000
KNOWN = (".jsonl", ".jsonl.gz", ".csv", ".csv.gz", ".txt", ".txt.gz", ".rr")


@dataclass(frozen=True, slots=True)
class Own:
    """What one rule would have meant."""

    shifts: int
    hours: float
    """Worn."""
    eligible_share: float
    prompts: int
    """45 minutes apart, and at most four a shift."""
    most_in_a_shift: int

    @property
    def prompts_per_h(self) -> float:
        """Offers an hour of wear."""
        return self.prompts / self.hours if self.hours else 0.0


@dataclass(slots=True)
class _Shift:
    worn: int = 0
    eligible: int = 0
    prompts: int = 0
    last_ms: int = -REFRACTORY_MS


def recordings(folder: Path) -> tuple[Outline, ...]:
    """Find what can be read of a folder as somebody's shifts, the oldest first."""
    found = []
    for file in sorted(path for path in folder.iterdir() if path.name.endswith(KNOWN)):
        try:
            found.append(outline(file))
        except UnreadableRecording:
            continue
    return tuple(sorted(found, key=lambda it: (it.from_ms, it.path.name)))


def own(shifts: Sequence[Outline], rule: Rule, on_done: Callable[[], None]) -> Own:
    """Let one monitor live through all shifts, each learning from those before."""
    monitor = Monitor(Baseline(), Threshold(), Choice(rule))
    told = []
    for nth, shift in enumerate(shifts):
        counted = _Shift()
        monitor.begin()
        # One without a date is placed a day behind the one before it.
        for reading in stream(shift.path, UNDATED_MS + nth * _DAY_MS):
            _count(counted, monitor.hear(reading))
        told.append(counted)
        on_done()
    worn = sum(shift.worn for shift in told)
    return Own(
        shifts=len(told),
        hours=worn * MARK_MS / 3_600_000,
        eligible_share=sum(shift.eligible for shift in told) / worn if worn else 0.0,
        prompts=sum(shift.prompts for shift in told),
        most_in_a_shift=max((shift.prompts for shift in told), default=0),
    )


def _count(shift: _Shift, decided: Iterable[Decision]) -> None:
    for decision in decided:
        shift.worn += decision.missing not in _NOT_WORN
        shift.eligible += decision.eligible
        apart = decision.t_ms - shift.last_ms >= REFRACTORY_MS
        if decision.held and decision.eligible and apart and shift.prompts < _MOST:
            shift.prompts += 1
            shift.last_ms = decision.t_ms
