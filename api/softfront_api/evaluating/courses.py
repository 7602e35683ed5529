"""Recordings of other people as what a mind can hear: beats, movement, and what somebody knew."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from softfront_sensors.heart_rate import TICKS_PER_S
from softfront_sensors.packet import Motion
from softfront_signal.artefacts import JudgedBeat, settled
from softfront_signal.beats import Beat
from softfront_signal.moments import LIVE, Needs

from ..errors import DamagedRecording
from .columns import Floats, numbers, rows

LAB = Needs(coverage=0.25, differences=10, minutes=4, warmup_s=0, learning_s=240)
"""A wrist's pulse in a lab: few of its beats can be trusted, and an hour is all there is. Nobody
walks there, so movement of a wrist closes nothing."""
LIVING = replace(LIVE, coverage=0.5, differences=10)
"""A strap whose logger loses a quarter of the time."""
SHORT = replace(LIVE, minutes=4, warmup_s=0, learning_s=240)
"""A clear strap, and ten minutes of sitting to know it by."""
_DAY_MS = 86_400_000
# A heart of 30 to 200 beats a minute.
_SHORTEST_MS, _LONGEST_MS = 300.0, 2000.0
_MOST_TICKS = 0xFFFF - 1
# A day is awake from eight to ten in the evening, lying down apart.
_AWAKE_FROM_S, _AWAKE_TO_S = 8 * 3600, 22 * 3600
_BIN_MS = 15_000
# Each task is gone round and round: sitting for ten minutes, then the task for five.
_SIT_S, _TASK_S = 600.0, 300.0
SITTING = "sitting"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch somebody knew something of."""

    from_ms: int
    to_ms: int
    name: str = ""


@dataclass(frozen=True, slots=True)
class Course:
    """One person's recording. Times are Unix milliseconds on a clock of its own."""

    name: str
    needs: Needs
    beats: tuple[JudgedBeat, ...]
    motion: tuple[Motion, ...]
    to_ms: int
    from_ms: int = _DAY_MS
    episodes: tuple[Span, ...] = ()
    rests: tuple[Span, ...] = ()
    awake: tuple[Span, ...] | None = field(default=None)
    """`None` is all of it."""


def stress(folder: Path) -> Iterator[Course]:
    """Yield labelled rest and tasks: `labels.csv`, and two tables a person.

    Raises:
        DamagedRecording: a file breaks off, or a line of it cannot be read.
    """
    known: dict[str, list[tuple[bool, Span]]] = {}
    file = folder / "labels.csv"
    for line, (who, *texts, task) in rows(file, "subject", "start_s", "end_s", "label", "task"):
        start_s, end_s, label = _all_numbers(file, line, texts)
        span = Span(_at(start_s), _at(end_s), task)
        known.setdefault(who, []).append((label == 1, span))
    for who, labels in sorted(known.items()):
        yield _in_the_lab(folder, who, labels)


def free_living(folder: Path) -> Iterator[Course]:
    """Yield ordinary days with steps and posture: `subjects.csv`, and two tables a person.

    Raises:
        DamagedRecording: a file breaks off, or a line of it cannot be read.
    """
    file = folder / "subjects.csv"
    for line, (who, text) in rows(file, "subject", "clock0_s"):
        [clock_s] = _all_numbers(file, line, [text])
        yield _at_large(folder, who, round(1000 * clock_s))


def motion(file: Path, *, known: bool = True) -> Iterator[tuple[str, Course]]:
    """Yield sitting followed by a task, for each person and task, with made-up movement or none.

    Raises:
        DamagedRecording: the file breaks off, or a line of it cannot be read.
    """
    told: dict[tuple[str, str], list[float]] = {}
    for line, (who, task, text) in rows(file, "subject", "task", "rr_ms"):
        if text:
            told.setdefault((who, task), []).extend(_all_numbers(file, line, [text]))
    for (who, task), rr_ms in sorted(told.items()):
        sitting = told.get((who, SITTING))
        if sitting is not None and task in MOVEMENT:
            yield task, _sat_and_did(who, sitting, rr_ms, MOVEMENT[task] if known else None)


MOVEMENT = {"walking": (110, 350), "hand_bike": (0, 150), "jogging": (160, 900)}
"""Steps a minute, and the shaking of a chest in 1/1000 g, as such tasks have them."""


def _in_the_lab(folder: Path, who: str, labels: Sequence[tuple[bool, Span]]) -> Course:
    t_s, rr_ms, ok = numbers(folder / f"{who}_beats.csv.gz", "t_s", "rr_ms", "ok")
    second_s, mg = numbers(folder / f"{who}_1hz.csv.gz", "t_s", "move_mg")
    # Whoever found the beats said which are one: the others are not there, and cut.
    run = np.cumsum(ok != 1)
    kept = ok == 1
    beats = tuple(JudgedBeat(beat, None) for beat in _beats(t_s[kept], rr_ms[kept], run[kept]))
    known = ~np.isnan(mg)
    moved = _told(second_s[known] + 1, mg[known], "move_mg")
    ends = [beats[-1].beat.t_ms if beats else 0, *(span.to_ms for _, span in labels)]
    return Course(
        who,
        LAB,
        beats,
        moved,
        to_ms=max(ends),
        episodes=tuple(span for task, span in labels if task),
        rests=tuple(span for task, span in labels if not task),
    )


def _at_large(folder: Path, who: str, clock_ms: int) -> Course:
    t_s, rr_ms, seg = numbers(folder / f"{who}_beats.csv.gz", "t_s", "rr_ms", "seg")
    begin_s, n_s, steps, lying = numbers(
        folder / f"{who}_15s.csv.gz", "t_s", "n_s", "steps", "lying"
    )
    from_ms = _DAY_MS + clock_ms
    plausible = (rr_ms >= _SHORTEST_MS) & (rr_ms <= _LONGEST_MS)
    run = seg * 2 + np.cumsum(~plausible) * 2 + 1
    beats = tuple(settled(_beats(t_s[plausible], rr_ms[plausible], run[plausible], from_ms)))
    per_min = _steps_per_min(begin_s, n_s, steps)
    moved = _told(begin_s + 15, per_min, "steps_per_min", from_ms)
    return Course(
        who,
        LIVING,
        beats,
        moved,
        to_ms=beats[-1].beat.t_ms if beats else from_ms,
        from_ms=from_ms,
        awake=tuple(_awake(begin_s, lying, from_ms)),
    )


def _steps_per_min(begin_s: Floats, n_s: Floats, steps: Floats) -> Floats:
    """Count over the last four bins that are there, by the seconds that were seen."""
    ends = begin_s + 15
    first = np.searchsorted(ends, ends - 60, side="right")
    taken, seen = (np.concatenate([[0.0], np.cumsum(column)]) for column in (steps, n_s))
    last = np.arange(1, len(ends) + 1)
    return np.asarray(60 * (taken[last] - taken[first]) / np.maximum(seen[last] - seen[first], 1.0))


def _awake(begin_s: Floats, lying: Floats, from_ms: int) -> Iterator[Span]:
    clock_s = (from_ms // 1000 + begin_s + 15) % 86_400
    awake = (clock_s >= _AWAKE_FROM_S) & (clock_s < _AWAKE_TO_S) & (lying < 0.5)
    for at_s in (begin_s + 15)[awake]:
        at_ms = from_ms + round(1000 * at_s)
        yield Span(at_ms, at_ms + _BIN_MS)


def _sat_and_did(
    who: str, sitting: Sequence[float], task: Sequence[float], moved: tuple[int, int] | None
) -> Course:
    sat = [*_round(sitting, _SIT_S)]
    did = [*_round(task, _TASK_S)]
    rr_ms = np.array(sat + did)
    t_s = np.cumsum(rr_ms) / 1000
    sat_s = sum(sat) / 1000
    run = np.concatenate([np.zeros(len(sat)), np.ones(len(did))])
    beats = tuple(settled(_beats(t_s, rr_ms, run)))
    told: tuple[Motion, ...] = ()
    if moved is not None:
        second_s = np.arange(1.0, t_s[-1])
        steps = np.where(second_s <= sat_s, 0, moved[0])
        shaking = np.where(second_s <= sat_s, 5, moved[1])
        each = [
            *_told(second_s, shaking, "move_mg"),
            *_told(second_s[14::15], steps[14::15], "steps_per_min"),
        ]
        told = tuple(sorted(each, key=lambda report: report.t_ms))
    return Course(who, SHORT, beats, told, to_ms=_at(float(t_s[-1])))


def _round(rr_ms: Sequence[float], length_s: float) -> Iterator[float]:
    """Go through intervals again and again, until so much time is filled."""
    left_ms, at = 1000 * length_s, 0
    while left_ms > 0:
        yield rr_ms[at % len(rr_ms)]
        left_ms -= rr_ms[at % len(rr_ms)]
        at += 1


def _beats(t_s: Floats, rr_ms: Floats, run: Floats, from_ms: int = _DAY_MS) -> Iterator[Beat]:
    ticks = np.clip(np.rint(rr_ms * TICKS_PER_S / 1000), 1, _MOST_TICKS).astype(np.int64)
    times = from_ms + np.rint(1000 * t_s).astype(np.int64)
    for t_ms, rr, of in zip(times.tolist(), ticks.tolist(), run.tolist(), strict=True):
        yield Beat(t_ms, rr, int(of), 0, 0)


def _told(at_s: Floats, value: Floats, name: str, from_ms: int = _DAY_MS) -> tuple[Motion, ...]:
    reports = []
    for seq, (s, said) in enumerate(zip(at_s.tolist(), value.tolist(), strict=True), start=1):
        t_ms = from_ms + round(1000 * s)
        reports.append(Motion(seq, 1, t_ms, t_ms, **{name: round(said)}))
    return tuple(reports)


def _all_numbers(file: Path, line: int, texts: Sequence[str]) -> list[float]:
    try:
        return [float(text) for text in texts]
    except ValueError:
        raise DamagedRecording(file, line) from None


def _at(s: float) -> int:
    return _DAY_MS + round(1000 * s)
