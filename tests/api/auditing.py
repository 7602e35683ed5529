"""What offers must keep to, looked at from outside: in true time, and by the numbers stored.

It is written without the rooms that decide, so that it cannot make the same mistake.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import combinations
from math import log
from zoneinfo import ZoneInfo

from softfront_signal.moments import Decision, State, Stillness, Usual, Wording

BERLIN = ZoneInfo("Europe/Berlin")
MINUTE_MS = 60_000
WEEK_MS = 7 * 24 * 60 * MINUTE_MS
BETWEEN_MS = 45 * MINUTE_MS
AFTER_NO_MS = 20 * MINUTE_MS
AFTER_WALK_MS = 10 * MINUTE_MS
LATE_MS = 30_000
# By so much a message may seem to come before it was sent.
AHEAD_MS = 2_000
NEVER_MS = 2**53
_MARK_MS = 5_000
_SPACING = ("refractory", "budget", "budget_spread")
_WAITS_MS = 15 * MINUTE_MS


@dataclass(frozen=True, slots=True)
class Told:
    """An offer as it was told."""

    id: str
    told_ms: int
    """In true time, as all here that is not said to be otherwise."""
    mark_ms: int
    marks: Sequence[Decision]
    """Its mark as the last, and those before it for at least a quarter of an hour."""
    shift: int
    """Counts the stretches of wear without two hours off."""
    per_shift: int
    """How many the person wanted then, at most."""
    per_week: int
    quiet: Sequence[tuple[str, str]] = ()
    """Begin and end, by the clock on the wall in Berlin as the house reads it."""

    @property
    def mark(self) -> Decision:
        return self.marks[-1]


@dataclass(frozen=True, slots=True)
class Hush:
    """A stretch in which nothing may be told; its first moment and its end do not belong to it."""

    why: str
    from_ms: int
    until_ms: int = NEVER_MS
    timed: bool = False
    """It was asked for until a time on the clock."""


@dataclass
class Book:
    """What happened, put down while it does."""

    told: list[Told] = field(default_factory=list)
    hushes: list[Hush] = field(default_factory=list)
    noes: list[int] = field(default_factory=list)
    controls: list[int] = field(default_factory=list)
    """Where chance chose silence."""
    put_off: dict[str, list[int]] = field(default_factory=dict)
    """When "in ten minutes" was said, by offer."""
    walks: list[tuple[int, int]] = field(default_factory=list)
    """From when until when the body walked, where something told so."""
    clock: list[tuple[int, int]] = field(default_factory=list)
    """When the clock of the house moved against true time, and by how much: it stood still while
    the machine slept, or a program began by a clock that had been set."""

    def asks(self, why: str, from_ms: int, until_ms: int = NEVER_MS) -> None:
        """Somebody asks for silence; what was asked for by that name before is over."""
        self.ends(why, from_ms)
        self.hushes.append(Hush(why, from_ms, until_ms, until_ms < NEVER_MS))

    def ends(self, why: str, at_ms: int) -> None:
        self.hushes = [
            replace(it, until_ms=min(it.until_ms, at_ms)) if it.why == why else it
            for it in self.hushes
        ]

    def ends_at(self, why: str, at_ms: int) -> None:
        """What was asked for by that name before a moment ends there."""
        self.hushes = [
            replace(it, until_ms=min(it.until_ms, at_ms))
            if it.why == why and it.from_ms < at_ms
            else it
            for it in self.hushes
        ]

    def ahead_ms(self, from_ms: int, to_ms: int) -> int:
        """Return by how much that clock ran ahead of true time meanwhile."""
        return sum(by_ms for at, by_ms in self.clock if from_ms < at <= to_ms)


def faults(book: Book) -> list[str]:
    """Name every offer that should not have been, and why."""
    return [
        f"{why}, at {told.told_ms / MINUTE_MS:.2f} min"
        for at, told in enumerate(book.told)
        for why in (
            *_of_spacing(book, told, book.told[:at]),
            *_of_budget(book, told, book.told[:at]),
            *_of_hushes(book, told),
            *_of_its_time(book, told),
            *_of_its_numbers(told, again=_comes_back(told, book.told[:at])),
        )
    ]


def _comes_back(told: Told, before: Sequence[Told]) -> bool:
    return any(other.id == told.id for other in before)


def _of_spacing(book: Book, told: Told, before: Sequence[Told]) -> Iterator[str]:
    if _comes_back(told, before):
        yield from _of_coming_back(book, told, before)
        return
    if any(told.mark_ms - other.mark_ms < BETWEEN_MS for other in before):
        yield "within 45 min of another"
    if any(0 <= told.mark_ms - at < AFTER_NO_MS - _MARK_MS for at in book.noes):
        yield "within 20 min of a no"
    if any(0 <= told.mark_ms - at < AFTER_NO_MS for at in book.controls):
        yield "within 20 min of a silence by chance"


def _of_coming_back(book: Book, told: Told, before: Sequence[Told]) -> Iterator[str]:
    said = [at for at in book.put_off.get(told.id, ()) if at <= told.told_ms]
    # A mark lies up to five seconds from the moment something was said.
    least_ms, most_ms = 10 * MINUTE_MS - _MARK_MS, 15 * MINUTE_MS + _MARK_MS
    if not any(
        least_ms <= told.mark_ms - at + book.ahead_ms(at, told.told_ms) <= most_ms for at in said
    ):
        yield "came back at a time it was not put off to"
    if sum(other.id == told.id for other in before) > len(said):
        yield "came back more often than it was put off"


def _of_budget(book: Book, told: Told, before: Sequence[Told]) -> Iterator[str]:
    if _comes_back(told, before):
        return
    once = {other.id: other for other in before}.values()
    shift = [other for other in once if other.shift == told.shift]
    if len(shift) >= told.per_shift:
        yield f"more than {told.per_shift} in the shift"
    asked = [other for other in shift if other.mark.wording is Wording.CHECK_IN]
    if told.mark.wording is Wording.CHECK_IN and len(asked) >= (told.per_shift + 1) // 2:
        yield "more questions than half of the shift's offers"
    week = [other for other in once if _age_ms(book, other, told) < WEEK_MS]
    if len(week) >= told.per_week:
        yield f"more than {told.per_week} in the week"


def _age_ms(book: Book, other: Told, told: Told) -> int:
    """A clock that runs ahead between two programs lets a week end so much earlier, and no more."""
    ahead_ms = max(0, book.ahead_ms(other.told_ms, told.told_ms))
    return told.mark_ms - other.mark_ms + ahead_ms


def _of_hushes(book: Book, told: Told) -> Iterator[str]:
    for hush in book.hushes:
        # What begins by the clock may begin between a mark and its telling.
        at_ms = told.mark_ms if hush.why == "calendar" else told.told_ms
        # What was to end at a time on the clock ends so much earlier where that ran ahead.
        until_ms = hush.until_ms - max(0, book.ahead_ms(hush.from_ms, told.told_ms))
        if hush.from_ms < at_ms < (until_ms if hush.timed else hush.until_ms):
            yield f"while {hush.why}"
    clock = datetime.fromtimestamp(told.mark.t_ms / 1000, BERLIN).strftime("%H:%M")
    for begin, end in told.quiet:
        if begin <= clock < end or (end < begin and not end <= clock < begin):
            yield "in the quiet hours"


def _of_its_time(book: Book, told: Told) -> Iterator[str]:
    if told.told_ms - told.mark_ms > LATE_MS:
        yield f"late by {(told.told_ms - told.mark_ms) / 1000:.0f} s"
    if told.mark_ms - told.told_ms > AHEAD_MS:
        yield "of a moment to come"
    for begin_ms, end_ms in book.walks:
        if begin_ms + _MARK_MS <= told.mark_ms < end_ms + AFTER_WALK_MS - _MARK_MS:
            yield "within ten minutes of a walk"


def _of_its_numbers(told: Told, *, again: bool) -> Iterator[str]:
    """An offer that comes back passes over what spaces offers: the person asked for it."""
    mark, window, shown = told.mark, told.mark.window, {"armed", *(_SPACING if again else ())}
    if window.hr_bpm is None or mark.usual is None or mark.missing is not None:
        yield "without a number"
    if window.coverage < 0.8 or window.flagged > 0.1:
        yield "on a poor signal"
    if any(not gate.open for gate in mark.gates if gate.id not in shown):
        yield "past a closed gate"
    wording = {Stillness.STILL: Wording.PLAIN, Stillness.UNKNOWN: Wording.CHECK_IN}
    if wording.get(mark.stillness) is not mark.wording:
        yield "in words that do not fit what is known of movement"
    if not _was_held(told.marks):
        yield "without having been held"


def _was_held(marks: Sequence[Decision]) -> bool:
    """Say whether it had been outside for long enough: now or, where it waited, not long ago."""
    now = marks[-1]
    if now.state is State.CANDIDATE:
        return _held(marks)
    if now.state is not State.WATCH:
        return False
    for at in range(len(marks) - 1, 0, -1):
        before = marks[at - 1]
        if before.state in (State.READY, State.WARMUP, State.OFF, State.CONTACT):
            return False
        if now.t_ms - before.t_ms > _WAITS_MS + _MARK_MS:
            return False
        if _held(marks[:at]):
            return True
    return False


def _held(marks: Sequence[Decision]) -> bool:
    """Hold the last mark and those before it against the usual they were judged by."""
    last, since_ms = marks[-1], None
    for mark in reversed(marks):
        if not _outside(mark):
            break
        since_ms = mark.t_ms
    needed_s = last.needed_s
    if since_ms is None or needed_s not in (30, 45):
        return False
    return last.t_ms - since_ms >= 1000 * needed_s


def _outside(mark: Decision) -> bool:
    if mark.missing is not None or mark.usual is None or mark.window.hr_bpm is None:
        return False
    usual = mark.usual
    rate = (mark.window.hr_bpm - _expected(usual, mark.moved)) / usual.hr_spread_bpm
    drop = None
    if mark.window.rmssd_ms:
        drop = (usual.ln_rmssd_median - log(mark.window.rmssd_ms)) / usual.ln_rmssd_spread
    up = rate > usual.theta_hr
    down = drop is not None and drop > usual.theta_rmssd
    return {
        "heart-rate": up,
        "hrv": down,
        "combined": up or (down and abs(rate) < 1),
    }[mark.rule]


def _expected(usual: Usual, moved: float | None) -> float:
    expected = usual.heart_rate.median if usual.mean_bpm is None else usual.mean_bpm
    if moved is not None and usual.moved is not None:
        expected += usual.slope_bpm * (moved - usual.moved)
    return expected


def closest_ms(told: Sequence[Told]) -> int:
    """Return how close the two closest offers are that are not the same."""
    pairs = combinations(told, 2)
    return min((abs(b.mark_ms - a.mark_ms) for a, b in pairs if a.id != b.id), default=WEEK_MS)
