"""A moment of an offer or of silence, and what was measured around it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isfinite

from .errors import BadOccasions

# Declared before the first occasion. The pause itself, with its breathing and its words, is over
# by the third minute, and by the eighth most people still sit where they sat.
_AFTER_FROM_MS, _AFTER_TO_MS = 3 * 60_000, 8 * 60_000
# The minute that rose was chosen because it rose, and comes down by itself: it is not "before".
_RISE_MS = 60_000
_BEFORE_MS = 4 * 60_000


@dataclass(frozen=True, slots=True)
class Spans:
    """From when to when to measure around a decision, in milliseconds."""

    before: tuple[int, int]
    rise: tuple[int, int]
    after: tuple[int, int]


def spans(t_ms: int, rise_ms: int) -> Spans:
    """Say where to look: `t_ms` is the decision, `rise_ms` the first mark outside."""
    begun_ms = rise_ms - _RISE_MS
    return Spans(
        before=(begun_ms - _BEFORE_MS, begun_ms),
        rise=(begun_ms, rise_ms),
        after=(t_ms + _AFTER_FROM_MS, t_ms + _AFTER_TO_MS),
    )


@dataclass(frozen=True, slots=True)
class Around:
    """ln RMSSD and heart rate of a still body with a clear signal; `None` where it was not so."""

    before: float | None
    rise: float | None
    after: float | None
    before_bpm: float | None = None
    after_bpm: float | None = None


@dataclass(frozen=True, slots=True)
class Untreated:
    """A moment at which nothing was offered, for whatever reason."""

    day: int
    around: Around


@dataclass(frozen=True, slots=True)
class Occasion:
    """A moment at which chance decided whether to offer or to keep silent."""

    t_ms: int
    day: int
    """By the wearer's own calendar, counted from any day."""
    offered: bool
    p: float
    """How likely an offer was."""
    taken: bool
    """A pause was completed."""
    around: Around
    hour: float
    """Of the wearer's day, 0…24."""
    minutes_since_activity: float | None = None


def check(occasions: Sequence[Occasion], untreated: Sequence[Untreated]) -> None:
    """Refuse what cannot have happened.

    Raises:
        BadOccasions: with the place of the first in its row, where there is one.
    """
    seen: set[int] = set()
    for at, it in enumerate(occasions):
        if not 0 < it.p < 1:
            raise BadOccasions("a probability lies between 0 and 1, or chance has no say", at)
        if it.taken and not it.offered:
            raise BadOccasions("a pause was taken that was not offered", at)
        if it.t_ms in seen:
            raise BadOccasions("two occasions at one moment", at)
        _refuse_endless((it.hour, it.minutes_since_activity, *_numbers(it.around)), at)
        seen.add(it.t_ms)
    for at, moment in enumerate(untreated):
        _refuse_endless(_numbers(moment.around), at)
    for numbers in zip(*(_numbers(it.around) for it in occasions), strict=True):
        _refuse_frozen(numbers)


def _numbers(it: Around) -> tuple[float | None, ...]:
    return it.before, it.rise, it.after, it.before_bpm, it.after_bpm


def _refuse_endless(numbers: Iterable[float | None], at: int) -> None:
    if not all(number is None or isfinite(number) for number in numbers):
        raise BadOccasions("a number is not finite", at)


def _refuse_frozen(numbers: Iterable[float | None]) -> None:
    known = [number for number in numbers if number is not None]
    if len(known) > 1 and min(known) == max(known):
        raise BadOccasions("one and the same number every time: no heart does that")
