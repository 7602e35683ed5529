"""The compassion pause: its steps, its seconds, and what is compared around it."""

from dataclasses import dataclass
from typing import NamedTuple

LENGTH_S = 90
BELLS_S = (0, 30, 60, LENGTH_S)
BEFORE_S = 4 * 60
# The alarm window itself must not be the "before": any dip drifts back by itself (+18 % RMSSD).
_WINDOW_S = 60
AFTER_FROM_S, AFTER_TO_S = 3 * 60, 8 * 60


@dataclass(frozen=True, slots=True)
class Line:
    """One line of guidance, shown from `at_s` until the next."""

    at_s: int
    text: str


@dataclass(frozen=True, slots=True)
class Step:
    """Some lines with one intention; some have a title."""

    at_s: int
    title: str | None
    lines: tuple[Line, ...]


def _step(number: int, at_s: int, *seconds: int) -> Step:
    key = f"pause.step{number}"
    lines = (Line(s, f"{key}.line{i}") for i, s in enumerate(seconds, start=1))
    return Step(at_s, f"{key}.title", tuple(lines))


STEPS = (
    _step(1, 0, 0, 7, 15, 24),
    _step(2, 30, 30, 37, 47),
    _step(3, 60, 60, 68, 77, 85),
)


class Span(NamedTuple):
    """From when to when, in Unix milliseconds."""

    from_ms: int
    to_ms: int


@dataclass(frozen=True, slots=True)
class Spans:
    """The three stretches that are shown around a pause."""

    before: Span
    during: Span
    after: Span

    @property
    def ready_ms(self) -> int:
        """Say when `after` is over."""
        return self.after.to_ms


def spans(started_ms: int, lasted_s: int, rise_ms: int | None) -> Spans:
    """Lay out before, during and after.

    Before are the 4 minutes that end where the 60-s window of the first mark outside began
    (`rise_ms`), or at the start of a pause taken by hand; after are minutes 3 to 8.
    """
    ended_ms = started_ms + 1000 * lasted_s
    until = started_ms if rise_ms is None else rise_ms - 1000 * _WINDOW_S
    return Spans(
        Span(until - 1000 * BEFORE_S, until),
        Span(started_ms, ended_ms),
        Span(ended_ms + 1000 * AFTER_FROM_S, ended_ms + 1000 * AFTER_TO_S),
    )
