"""Weeks of shifts, laid into a diary minute by minute."""

from collections.abc import Callable, Iterator
from math import exp
from random import Random

from softfront_api.diary import Diary, StoredWindow
from softfront_sensors.source import SessionInfo
from softfront_signal.moments import Missing, Soothing, Stillness, Window

MONDAY_MS = 1_767_571_200_000  # 2026-01-05, 00:00 UTC
MINUTE_MS, HOUR_MS, DAY_MS = 60_000, 3_600_000, 86_400_000


def mark(
    t_ms: int,
    *,
    bpm: float = 70.0,
    ln_rmssd: float = 3.4,
    index: float | None = -3.0,
    missing: Missing | None = None,
    session: str = "s",
) -> StoredWindow:
    measured = Window(t_ms, bpm, exp(ln_rmssd), 70, 70, 69, 0.98, 0.0, 0.1)
    proxy = None if index is None or missing else Soothing(index, 0.1, 25.0, 0.25)
    stillness = Stillness.MOVING if missing is Missing.MOVING else Stillness.STILL
    return StoredWindow(session, measured, missing, stillness, 600, soothing=proxy)


def shift(begin_ms: int, hours: int, dice: Random, bpm: float = 70.0) -> Iterator[StoredWindow]:
    """Give a mark a minute: two of three still, each third quarter-hour moved through."""
    slow = dice.gauss(0, 1)
    for minute in range(1, 60 * hours + 1):
        slow = 0.95 * slow + dice.gauss(0, 0.3)
        moved = Missing.MOVING if (minute - 1) // 15 % 3 == 2 else None
        yield mark(
            begin_ms + minute * MINUTE_MS,
            bpm=bpm - 3 * slow + dice.gauss(0, 1),
            ln_rmssd=3.4 + 0.2 * slow + dice.gauss(0, 0.1),
            index=-3.0 + 0.2 * slow,
            missing=moved,
        )


def lay_in(diary: Diary, windows: Iterator[StoredWindow], session: str = "s") -> None:
    diary.add_history(SessionInfo(session, "made", MONDAY_MS, live=True), windows)


def lay_in_weeks(
    diary: Diary,
    weeks: int,
    days: int = 5,
    hours: int = 8,
    bpm: Callable[[int], float] = lambda day: 70.0,
) -> None:
    """Lay in early shifts, Monday to Friday; `bpm` is the level of a day, counted from 0."""
    dice = Random(weeks)
    for day in range(7 * weeks):
        if day % 7 < days:
            begin_ms = MONDAY_MS + day * DAY_MS + 6 * HOUR_MS
            lay_in(diary, shift(begin_ms, hours, dice, bpm(day) + dice.gauss(0, 1)))
