"""People who live, minute by minute, whether or not anything is offered to them."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from softfront_signal.occasions import Around, Occasion
from softfront_signal.recovery import Return

MINUTE = 60_000

SHIFT_MIN = 480
# Spread, and minutes of memory, of what wanders; spread of a single minute; spread of days.
SLOW, MEMORY_MIN, FAST, DAYS = 0.33, 20.0, 0.19, 0.12
LEVEL = 3.4


@dataclass(frozen=True, slots=True)
class Life:
    """How somebody lives, and what an offer does to the minutes 3–8 after it."""

    days: int
    occasions: float
    """About how many there will be."""
    p: float
    effect: float = 0.0


def lives(draw: np.random.Generator, life: Life, count: int) -> Iterator[list[Occasion]]:
    """Give the occasions of so many people: chance speaks where RMSSD is low, as in life."""
    minutes = _minutes(draw, life.days, count)
    people: list[list[Occasion]] = [[] for _ in range(count)]
    columns = life.days * count
    # Days are unequal: some have one occasion, some a dozen.
    wanted = np.maximum(1, draw.poisson(draw.gamma(4, life.occasions / life.days / 4, columns)))
    free_at = np.full(columns, 20)
    for minute in range(20, SHIFT_MIN - 9):
        low = minutes[minute] < LEVEL - 0.25
        chosen = low & (free_at <= minute) & (wanted > 0) & (draw.random(columns) < 0.5)
        for column in np.flatnonzero(chosen):
            it = _occasion(draw, minutes[:, column], minute, int(column) % life.days, life)
            people[column // life.days].append(it)
            free_at[column] = minute + (45 if it.offered else 20)
            wanted[column] -= 1
    yield from people


def _minutes(draw: np.random.Generator, days: int, count: int) -> NDArray[np.float32]:
    """Make ln RMSSD: what wanders slowly, what each minute adds, a day's level and drift."""
    columns = days * count
    made = np.empty((SHIFT_MIN, columns), np.float32)
    kept = np.exp(-1 / MEMORY_MIN)
    slow = draw.normal(0, SLOW, columns)
    level = LEVEL + draw.normal(0, DAYS, columns)
    drift = draw.normal(0, 0.1, columns) / SHIFT_MIN
    for minute in range(SHIFT_MIN):
        slow = kept * slow + draw.normal(0, SLOW * np.sqrt(1 - kept**2), columns)
        made[minute] = level + drift * minute + slow + draw.normal(0, FAST, columns)
    return made


def _occasion(
    draw: np.random.Generator, minutes: NDArray[np.float32], minute: int, day: int, life: Life
) -> Occasion:
    offered = bool(draw.random() < life.p)
    before = float(minutes[minute - 4 : minute].mean())
    after = float(minutes[minute + 3 : minute + 8].mean()) + life.effect * offered
    # Whoever is low before, or is offered something, more often walks away.
    gone = 1 / (1 + np.exp(1.8 + 1.5 * (before - LEVEL) - 0.4 * offered))
    return Occasion(
        t_ms=60_000 * (24 * 60 * day + 8 * 60 + minute),
        day=day,
        offered=offered,
        p=life.p,
        taken=offered and bool(draw.random() < 0.6),
        around=Around(
            before=before if draw.random() < 0.95 else None,
            rise=float(minutes[minute]),
            after=after if draw.random() > gone else None,
        ),
        hour=8 + minute / 60,
        minutes_since_activity=float(draw.exponential(30)) + 10,
    )


@dataclass(frozen=True, slots=True)
class Weeks:
    """Weeks of shifts: on which days, from which hour, and how days hang together."""

    weeks: int
    days: int = 5
    begins: tuple[int, ...] = (6,)
    """The hour a week's shifts begin at, week after week in turn."""
    alike: float = 0.3
    a_day: float = 0.0
    """By how much ln RMSSD rises from day to day."""


CLOCK = 0.25 * np.cos(2 * np.pi * (np.arange(24) - 4) / 24)
"""What the hour of the day adds: most at four in the morning."""


@dataclass(frozen=True, slots=True)
class LivedWeeks:
    """ln RMSSD in quarter-hours of still minutes, with what is true of them."""

    values: NDArray[np.float64]
    places: NDArray[np.int64]
    hours: NDArray[np.int64]
    days: NDArray[np.int64]
    levels: NDArray[np.float64]


def lived_weeks(draw: np.random.Generator, life: Weeks) -> LivedWeeks:
    """Make one person's shifts of eight hours; two minutes in five are still."""
    count = life.weeks * 7
    moods = np.empty(count)
    mood = draw.normal()
    for day in range(count):
        mood = life.alike * mood + draw.normal(0, np.sqrt(1 - life.alike**2))
        moods[day] = mood
    days = np.array([day for day in range(count) if day % 7 < life.days])
    levels = LEVEL + DAYS * moods[days] + life.a_day * days
    kept = np.exp(-1 / MEMORY_MIN)
    made = np.empty((SHIFT_MIN, len(days)))
    slow = draw.normal(0, SLOW, len(days))
    for minute in range(SHIFT_MIN):
        slow = kept * slow + draw.normal(0, SLOW * np.sqrt(1 - kept**2), len(days))
        made[minute] = slow + draw.normal(0, FAST, len(days))
    begins = np.array([life.begins[day // 7 % len(life.begins)] for day in days])
    hours = (begins + np.arange(SHIFT_MIN)[:, None] // 60) % 24
    values = (made + levels + CLOCK[hours]).T.reshape(-1, 15)
    moving = draw.random(values.shape[0] * 3) > 0.4
    values[moving.reshape(-1, 3).repeat(5, axis=1)] = np.nan
    return LivedWeeks(
        values,
        np.repeat(np.arange(len(days)), SHIFT_MIN // 15),
        hours.T.reshape(-1, 15)[:, 0],
        days + 1,
        levels,
    )


def lived_returns(
    draw: np.random.Generator,
    weeks: int,
    days: int,
    a_day: float = 3,
    shorter_a_month: float = 0.0,
    paused_after: float | None = None,
) -> list[Return]:
    """Make times away; days differ, and one in five or so is not seen to end."""
    made = []
    for day in (1 + 7 * week + day for week in range(weeks) for day in range(days)):
        typical = 12 * np.exp(draw.normal(0, 0.2) - shorter_a_month * day / 30)
        for at in range(1 + int(draw.poisson(a_day - 1))):
            lasts, lost = draw.gamma(1.5, typical / 1.5), draw.exponential(50)
            pause = draw.exponential(paused_after) if paused_after else np.inf
            rise_ms = 86_400_000 * day + 3_600_000 * at
            minutes = min(lasts, lost)
            paused_ms = rise_ms + int(MINUTE * pause) if pause < minutes else None
            made.append(
                Return(
                    rise_ms, rise_ms + int(MINUTE * minutes), bool(lasts <= lost), paused_ms, day
                )
            )
    return made
