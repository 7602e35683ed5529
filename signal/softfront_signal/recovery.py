"""Time to return: from a confirmed rise until a body is back in its own usual range."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from .errors import BadMarks
from .lasting import Lasting, Spell, lasting

# A minute clearly inside, as the watch over a rise ends.
_CALM_MS = 60_000
# Marks follow one another every five seconds; one that is missing breaks a row.
_STEP_MS = 5_000
# In more than ten unseen minutes a body may well have been back and out again; a walk, too, is
# forgotten after ten.
_UNSEEN_MS = 10 * 60_000


@dataclass(frozen=True, slots=True)
class Mark:
    """What one mark knew."""

    t_ms: int
    rise_ms: int | None
    """The first mark outside of the present stretch."""
    held: bool
    """Outside for long enough to be a rise."""
    inside: bool | None
    """Clearly inside; `None` where there was no number."""
    worn: bool
    shift: int


@dataclass(frozen=True, slots=True)
class Return:
    """One time away: until back, or until nothing more was seen of it."""

    rise_ms: int
    until_ms: int
    back: bool
    paused_ms: int | None
    """When the first pause in it was begun, if one was."""
    day: int
    """Of the rise, by the wearer's own calendar, as `date.toordinal` counts: 1 is a Monday."""

    @property
    def minutes(self) -> float:
        """Say how long it was, or was seen to be."""
        return (self.until_ms - self.rise_ms) / 60_000

    @property
    def week(self) -> int:
        """Number its week, which begins on a Monday."""
        return (self.day - 1) // 7

    @property
    def paused(self) -> bool:
        """Say whether a pause was begun in it."""
        return self.paused_ms is not None


@dataclass(slots=True)
class _Away:
    """A time away, while it lasts."""

    rise_ms: int
    known_ms: int
    """The latest mark that had a number."""
    shift: int
    calm_ms: int | None = None
    """Since when clearly inside."""

    def ended(self, mark: Mark) -> tuple[int, bool] | None:
        """Say until when it lasted and whether it ended inside, if this mark ends it."""
        unseen_ms = mark.t_ms - self.known_ms
        if not mark.worn or mark.shift != self.shift or unseen_ms > _UNSEEN_MS:
            return self.known_ms, False
        if mark.inside is None:
            return None
        self.known_ms = mark.t_ms
        if not mark.inside:
            self.calm_ms = None
        elif self.calm_ms is None or unseen_ms > _STEP_MS:
            self.calm_ms = mark.t_ms
        elif mark.t_ms - self.calm_ms >= _CALM_MS:
            return self.calm_ms, True
        return None


def returns(
    marks: Iterable[Mark], pauses_ms: Sequence[int], day_of: Callable[[int], int]
) -> Iterator[Return]:
    """Give each time away, in order; two rises without a return between them are one.

    It begins at the first mark outside and ends at the first of a minute of marks clearly inside.
    Where the strap comes off, the shift ends, or ten minutes have no number, it was seen to last
    until the last mark that had one; so also where the marks end. `pauses_ms`, in order, say when
    pauses were begun.

    Raises:
        BadMarks: marks are out of order.
    """
    away: _Away | None = None
    before_ms = until_ms = -1

    def told(it: _Away, end_ms: int, back: bool) -> Return:
        at = bisect_left(pauses_ms, it.rise_ms)
        first = pauses_ms[at] if at < len(pauses_ms) and pauses_ms[at] < end_ms else None
        return Return(it.rise_ms, end_ms, back, first, day_of(it.rise_ms))

    for mark in marks:
        if mark.t_ms <= before_ms:
            raise BadMarks("marks are out of order")
        before_ms = mark.t_ms
        if away is not None and (end := away.ended(mark)) is not None:
            until_ms = end[0]
            yield told(away, *end)
            away = None
        if away is None and mark.held and mark.worn and mark.inside is False:
            rise_ms = mark.t_ms if mark.rise_ms is None else min(mark.rise_ms, mark.t_ms)
            away = _Away(max(rise_ms, until_ms), mark.t_ms, mark.shift)
    if away is not None:
        yield told(away, away.known_ms, back=False)


def until_back(found: Iterable[Return]) -> Lasting:
    """Tell how long it takes, of all that is given."""
    return lasting([Spell(it.minutes, it.back) for it in found])


def until_back_or_pause(found: Iterable[Return]) -> Lasting:
    """Tell how long it takes while there is no pause.

    Whoever is away for long has more time to begin one: to part those with a pause from those
    without would make the former long by itself. So each counts here until its pause, and in
    `after_pause` from there (Simon and Makuch 1984, Stat Med 3:35).
    """
    return lasting([_before_pause(it) for it in found])


def after_pause(found: Iterable[Return]) -> Lasting:
    """Tell how long it takes, from the rise on, once there is a pause."""
    return lasting(
        [
            Spell(it.minutes, it.back, (it.paused_ms - it.rise_ms) / 60_000)
            for it in found
            if it.paused_ms is not None
        ]
    )


def _before_pause(it: Return) -> Spell:
    if it.paused_ms is None:
        return Spell(it.minutes, it.back)
    return Spell((it.paused_ms - it.rise_ms) / 60_000, ended=False)
