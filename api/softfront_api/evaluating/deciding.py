"""One course through a mind, mark by mark: what was measured, and what was thought of it."""

from dataclasses import dataclass
from math import log, nan

import numpy as np
from numpy.typing import NDArray

from softfront_signal.baseline import Baseline
from softfront_signal.gates import signal_missing
from softfront_signal.hrv import SlidingWindow
from softfront_signal.mind import Mind, Seen
from softfront_signal.moments import (
    MARK_MS,
    Choice,
    Decision,
    Missing,
    Needs,
    Stillness,
    Window,
    Wording,
)
from softfront_signal.motion import MotionSense

from .columns import Floats
from .courses import Course, Span

Marks = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Thought:
    """Columns, one row a mark; NaN where there is no number."""

    t_ms: Marks
    hr_bpm: Floats
    ln_rmssd: Floats
    z_hr: Floats
    z_rmssd: Floats
    theta_hr: Floats
    theta_rmssd: Floats
    settled: Flags
    """Still, and a walk's echo has faded: what may be learnt from."""
    rested: Flags
    """The gate of movement is open."""
    eligible: Flags
    candidate: Flags
    plain: Flags
    """An offer here would be made in plain words."""

    def within(self, spans: tuple[Span, ...], lead_ms: int = 0) -> Flags:
        """Say which marks lie in one of the spans, and so does all the time they look back on."""
        found = np.zeros(len(self.t_ms), np.bool_)
        for span in spans:
            found |= (self.t_ms - lead_ms >= span.from_ms) & (self.t_ms <= span.to_ms)
        return found


def think(course: Course, choice: Choice, needs: Needs | None = None) -> Thought:
    """Let a mind decide about every mark of a course; `needs` other than the course's own."""
    needs = needs or course.needs
    mind = Mind(Baseline(least=needs.minutes), choice=choice, needs=needs)
    window, motion = SlidingWindow(needs=needs), MotionSense()
    beats, reports = iter(course.beats), iter(course.motion)
    beat, report = next(beats, None), next(reports, None)
    first = course.from_ms // MARK_MS * MARK_MS + MARK_MS
    decided: list[Decision] = []
    for t_ms in range(first, course.to_ms + 1, MARK_MS):
        while beat is not None and beat.beat.t_ms <= t_ms:
            window.add((beat,))
            beat = next(beats, None)
        while report is not None and report.t_ms <= t_ms:
            motion.hear(report)
            report = next(reports, None)
        moved = motion.told(t_ms)
        seen = window.at(t_ms)
        missing = _missing(seen, moved.stillness, needs)
        decided.append(mind.decide(Seen(seen, missing, moved, (t_ms - first) // 1000)))
    return _columns(decided)


def _missing(window: Window, stillness: Stillness, needs: Needs) -> Missing | None:
    if needs.motion and stillness is Stillness.MOVING:
        return Missing.MOVING
    return signal_missing(window, needs)


def _columns(decided: list[Decision]) -> Thought:
    def flags(*values: bool) -> Flags:
        return np.array(values, np.bool_)

    return Thought(
        t_ms=np.array([d.t_ms for d in decided], np.int64),
        hr_bpm=_floats([d.window.hr_bpm if d.missing is None else None for d in decided]),
        ln_rmssd=_floats([_ln(d) for d in decided]),
        z_hr=_floats([d.z_hr for d in decided]),
        z_rmssd=_floats([d.z_rmssd for d in decided]),
        theta_hr=_floats([d.usual.theta_hr if d.usual else None for d in decided]),
        theta_rmssd=_floats([d.usual.theta_rmssd if d.usual else None for d in decided]),
        settled=flags(*(_settled(d) for d in decided)),
        rested=flags(*(_open(d, "motion") for d in decided)),
        eligible=flags(*(d.eligible for d in decided)),
        candidate=flags(*(d.held and d.eligible for d in decided)),
        plain=flags(*(d.wording is Wording.PLAIN for d in decided)),
    )


def _floats(values: list[float | None]) -> Floats:
    return np.array([nan if value is None else value for value in values])


def _ln(d: Decision) -> float | None:
    return log(d.window.rmssd_ms) if d.missing is None and d.window.rmssd_ms else None


def _settled(d: Decision) -> bool:
    return d.stillness is not Stillness.MOVING


def _open(d: Decision, name: str) -> bool:
    return any(gate.id == name and gate.open for gate in d.gates)
