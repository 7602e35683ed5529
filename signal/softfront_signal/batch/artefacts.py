"""From RR to NN, for an archive: the final verdict on each beat, as the live driver gives it."""

from typing import Any

import numpy as np

from softfront_sensors.heart_rate import SHORTEST_TICKS

from .. import explaining as live
from .compiling import FAST, compiled
from .series import Codes, Ints, Series

_FIVE, _NEAR, _WIDE, _NEXT = live.FIVE, live.NEAR, live.WIDE, live.NEXT
_UNKNOWN = live.UNKNOWN
_OUT_OF_RANGE, _MISSED, _EXTRA, _FILLER = live.OUT_OF_RANGE, live.MISSED, live.EXTRA, live.FILLER
_seen, _bend, _most = compiled(live.seen), compiled(live.bend), compiled(live.most)
_explain, _agree, _halves = compiled(live.explain), compiled(live.agree), compiled(live.halves)


def judge(series: Series, filler: int | None = None) -> Codes:
    """Return a number for each beat: its place in `artefacts.ARTEFACTS`, 0 where it is NN."""
    codes = np.zeros(len(series), np.uint8)
    near, wide = np.zeros((2, _NEAR), np.int64), np.zeros((2, _WIDE), np.int64)
    columns = (series.rr_ticks, series.run, codes, near, wide, np.zeros(_FIVE, np.int64))
    given = _UNKNOWN if filler is None else filler
    if FAST:
        judge_columns(given, *columns)
        return codes
    # An interpreter is quicker with lists.
    lists: Any = [column.tolist() for column in columns]
    judge_columns(given, *lists)
    return np.asarray(lists[2], np.uint8)


@compiled
def judge_columns(
    filler: int, rr_ticks: Ints, run: Ints, codes: Codes, near: Ints, wide: Ints, row: Ints
) -> None:
    """Fill in `codes`; `near` and `wide` are windows by age and by size, `row` is what differs."""
    nears, wides, rows, owed, two_before, before = 0, 0, 0, 0, _UNKNOWN, _UNKNOWN
    for i in range(len(rr_ticks)):
        rr = _seen(rr_ticks[i], filler)
        if rr < 0 or (i > 0 and run[i] != run[i - 1]):
            owed, two_before, before = 0, _UNKNOWN, _UNKNOWN
        if rr < 0:
            codes[i] = _FILLER if rr_ticks[i] == filler >= 0 else _OUT_OF_RANGE
            continue
        level = near[1][min(nears, _NEAR) // 2] if nears >= _FIVE else 0
        around = (
            known(two_before, level),
            known(before, level),
            rr,
            _ahead(rr_ticks, run, i, 1, filler, level),
            _ahead(rr_ticks, run, i, 2, filler, level),
            _ahead(rr_ticks, run, i, 3, filler, level),
        )
        code = _explain(level, limit(wide[1], min(wides, _WIDE), level), owed, around)
        if level > 0:
            wides = push(wide[0], wide[1], wides, _bend(around))
        here, owed = code % _NEXT, code // _NEXT
        if here > 0 and rr >= SHORTEST_TICKS:
            rows = go_on(row, rows, rr)
            if rows == _FIVE:
                here, owed, nears = 0, 0, 0
                for at in range(_FIVE - 1):
                    nears = push(near[0], near[1], nears, row[at])
        if here == 0:
            rows, nears = 0, push(near[0], near[1], nears, rr)
        elif owed == _EXTRA:
            nears = push(near[0], near[1], nears, rr + around[3])
        elif here == _MISSED and _halves(rr, level):
            nears = push(near[0], near[1], nears, rr // 2)
            nears = push(near[0], near[1], nears, rr - rr // 2)
        codes[i] = here
        two_before, before = (before, rr) if here == 0 else (_UNKNOWN, _UNKNOWN)


@compiled
def known(rr: int, level: int) -> int:
    """Return an interval; what is not known stands at the level."""
    return rr if rr >= 0 else level


@compiled
def _ahead(rr_ticks: Ints, run: Ints, i: int, steps: int, filler: int, level: int) -> int:
    """Look ahead in the run; what is not known stands at the level."""
    if i + steps >= len(rr_ticks) or run[i + steps] != run[i]:
        return level
    return known(_seen(rr_ticks[i + steps], filler), level)


@compiled
def limit(ordered: Ints, n: int, level: int) -> float:
    """Return the greatest bend that is left alone, after `n` that are ordered by size."""
    return _most(level, ordered[3 * n // 4] - ordered[n // 4] if n >= _NEAR else -1)


@compiled
def go_on(row: Ints, rows: int, rr: int) -> int:
    """Add to the row; return how long it is, five only where the five agree."""
    row[rows] = rr
    if rows < _FIVE - 1:
        return rows + 1
    least = longest = rr
    for each in row:
        least, longest = min(least, each), max(longest, each)
    if _agree(least, longest):
        return _FIVE
    for at in range(_FIVE - 1):
        row[at] = row[at + 1]
    return _FIVE - 1


@compiled
def push(by_age: Ints, ordered: Ints, pushed: int, value: int) -> int:
    """Take a value into a window, in the place of its oldest; return how many have come in."""
    size = len(by_age)
    hole = pushed
    if pushed >= size:
        hole = 0
        while ordered[hole] != by_age[pushed % size]:
            hole += 1
    n = min(pushed + 1, size)
    while hole > 0 and ordered[hole - 1] > value:
        ordered[hole] = ordered[hole - 1]
        hole -= 1
    while hole + 1 < n and ordered[hole + 1] < value:
        ordered[hole] = ordered[hole + 1]
        hole += 1
    ordered[hole] = value
    by_age[pushed % size] = value
    return pushed + 1
