"""Quarter-hours, summed up: what a year is read from.

Every time zone's hours and days begin at one, so no setting makes them wrong. They are made of
windows when they are first asked for, and again where windows have changed since: triggers mark
those in the same transaction, whoever writes. That costs a microsecond a window; to make them anew
at every mark would cost more, and each writer would have to think of it. Each keeps its minutes one
by one: for percentiles, and for the minutes around a practice.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from math import log, nan
from struct import Struct
from typing import Any, TypeAlias

from sqlalchemy import Connection, Select, and_, case, delete, func, insert, select

from softfront_signal.moments import MARK_MS, Missing, Stillness

from . import tables
from .diary import Diary
from .reading import Reader
from .spans import NOTHING_HEARD

QUARTER_MS = 15 * 60_000
MINUTES = 15
MEASURES = 3
"""Of each minute: heart rate, ln RMSSD, and the index of the soothing-system proxy."""
# So many are summed up in one transaction: in some 30 ms, for which a packet can wait.
_TOGETHER = 32
_MINUTE_MS = 60_000
# Four bytes are precise to a ten-millionth, which is a thousand times finer than any strap.
_PACKED = Struct(f"<{MINUTES * MEASURES}f")
NO_MINUTES = _PACKED.pack(*[nan] * (MINUTES * MEASURES))
# A tenth of a person's own still minutes lies farther below, where they spread evenly.
_BELOW = 1.28

_window, _decision = tables.window.c, tables.decision.c
_BOTH = and_(_decision.session == _window.session, _decision.t_ms == _window.t_ms)
_Query: TypeAlias = Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Quarters:
    """Quarter-hours with wear, oldest first, column by column."""

    numbers: tuple[int, ...]
    """Of which each begins at `QUARTER_MS` times it."""
    worn_s: tuple[int, ...]
    still_s: tuple[int, ...]
    moving_s: tuple[int, ...]
    strap_off_s: tuple[int, ...]
    poor_signal_s: tuple[int, ...]
    below_s: tuple[int, ...]
    minutes: bytes
    """The measures of each minute, as little-endian 4-byte floats; NaN where there is none."""


def quarters(reader: Reader, from_ms: int, to_ms: int) -> Quarters:
    """Give the quarter-hours that begin in a range, as far as they are summed up."""
    rows = reader.plain(bare(from_ms, to_ms))
    # Column by column: taking eight thousand rows apart at once takes three times as long.
    numbers, worn, still, moving, off, poor, below = (
        tuple([row[at] for row in rows]) for at in range(len(tables.quarter.c) - 1)
    )
    minutes = b"".join([row[-1] or NO_MINUTES for row in rows])
    return Quarters(numbers, worn, still, moving, off, poor, below, minutes)


def bare(from_ms: int, to_ms: int) -> _Query:
    """Ask for them."""
    return select(tables.quarter).where(_within(tables.quarter.c.quarter, from_ms, to_ms))


@dataclass(frozen=True, slots=True)
class Glance:
    """One mark, as far as a ribbon needs it."""

    t_ms: int
    state: str
    below: bool


def glances(reader: Reader, from_ms: int, to_ms: int) -> tuple[Glance, ...]:
    """Give the marks of a range at a glance, oldest first."""
    query = (
        select(_window.t_ms, func.coalesce(_window.missing, _window.stillness))
        .add_columns(_below().is_(True))
        .join_from(tables.window, tables.decision, _BOTH, isouter=True)
        .where(_window.t_ms >= from_ms, _window.t_ms < to_ms)
        .order_by(_window.t_ms, _window.session)
    )
    return tuple(Glance(*row) for row in reader.all(query))


def stale(reader: Reader, from_ms: int, to_ms: int) -> Iterator[tuple[int, int]]:
    """Say which must be summed up anew, in runs of neighbours: the first, and one past the last."""
    of = tables.stale_quarter.c.quarter
    query = select(of).where(_within(of, from_ms, to_ms)).order_by(of)
    numbers = [row.quarter for row in reader.all(query)]
    for _, group in groupby(enumerate(numbers), key=lambda it: (it[1] // _TOGETHER, it[1] - it[0])):
        run = [number for _, number in group]
        yield run[0], run[-1] + 1


def sum_up(diary: Diary, from_ms: int, to_ms: int) -> None:
    """Bring the quarter-hours of a range up to date, some at a time."""
    for begin, end in stale(diary, from_ms, to_ms):
        with diary.writing() as connection:
            _sum_up(connection, begin, end)


def _sum_up(connection: Connection, begin: int, end: int) -> None:
    """Make the quarter-hours of a run anew from their windows."""
    for table in (tables.quarter, tables.stale_quarter):
        connection.execute(delete(table).where(table.c.quarter.between(begin, end - 1)))
    minutes = dict(_minutes(connection, begin, end))
    made = [
        {**row, "minutes": minutes.get(row["quarter"])}
        for row in map(dict, connection.execute(_seconds(begin, end)).mappings())
    ]
    if made:
        connection.execute(insert(tables.quarter), made)


def _within(column: Any, from_ms: int, to_ms: int) -> Any:
    return and_(column >= -(-from_ms // QUARTER_MS), column < -(-to_ms // QUARTER_MS))


def _quarter() -> Any:
    """Say where a mark belongs, which tells of the seconds before it."""
    return (_window.t_ms - 1) // QUARTER_MS


def _inside(begin: int, end: int) -> Any:
    return and_(_window.t_ms > begin * QUARTER_MS, _window.t_ms <= end * QUARTER_MS)


def _seconds(begin: int, end: int) -> _Query:
    """Ask for how long each state held, where a strap was worn at all."""
    missing = func.coalesce(_window.missing, "")
    clear, off = missing == "", missing.in_(NOTHING_HEARD)
    states = {
        "worn_s": ~off,
        "still_s": and_(clear, _window.stillness == Stillness.STILL.value),
        "moving_s": missing == Missing.MOVING.value,
        "strap_off_s": off,
        "poor_signal_s": ~(clear | off | (missing == Missing.MOVING.value)),
        "below_s": _below(),
    }
    columns = {name: _held(state).label(name) for name, state in states.items()}
    return (
        select(_quarter().label("quarter"), *columns.values())
        .join_from(tables.window, tables.decision, _BOTH, isouter=True)
        .where(_inside(begin, end))
        .group_by(_quarter())
        .having(columns["worn_s"] > 0)
    )


def _below() -> Any:
    return and_(_window.missing.is_(None), _decision.z_rmssd > _BELOW)


def _held(state: Any) -> Any:
    # Where one sender followed another, both may have a word on one mark.
    return func.min(func.sum(case((state, 1), else_=0)) * (MARK_MS // 1000), QUARTER_MS // 1000)


def _minutes(connection: Connection, begin: int, end: int) -> Iterator[tuple[int, bytes]]:
    """Give the minutes that have a number, quarter by quarter; while moving there is none."""
    query = (
        select(_window.t_ms, _window.hr_bpm, _window.rmssd_ms, _window.soothing)
        .where(_inside(begin, end), _window.t_ms % _MINUTE_MS == 0)
        .where(_window.missing.is_(None), _window.hr_bpm.is_not(None))
        .order_by(_window.t_ms, _window.session)
    )
    for number, group in groupby(connection.execute(query), lambda it: (it.t_ms - 1) // QUARTER_MS):
        cells = [nan] * (MINUTES * MEASURES)
        for t_ms, bpm, rmssd_ms, index in group:
            at = MEASURES * ((t_ms - 1) % QUARTER_MS // _MINUTE_MS)
            variation = log(rmssd_ms) if rmssd_ms else nan
            cells[at : at + MEASURES] = bpm, variation, nan if index is None else index
        yield number, _PACKED.pack(*cells)
