"""The verdicts on one wearer's beats: one beat more, and what is thought of the last four then."""

from typing import Any

import numpy as np

from softfront_sensors.heart_rate import SHORTEST_TICKS

from .. import explaining as live
from ..explaining import (
    AHEAD,
    EXTRA,
    FIVE,
    MISSED,
    NEAR,
    NEXT,
    OUT_OF_RANGE,
    UNKNOWN,
    WIDE,
)
from .artefacts import go_on, known, limit, push
from .compiling import compiled
from .held import Record

_bend, _calm, _explain = compiled(live.bend), compiled(live.calm), compiled(live.explain)
_halves, _seen = compiled(live.halves), compiled(live.seen)

OPEN = AHEAD + 1
"""The latest beat and those before it that may yet be thought of otherwise."""
JUDGE = np.dtype(
    [
        ("level", "i4"),
        ("nears", "i4"),  # how many intervals, bends and differing intervals came in
        ("wides", "i4"),
        ("rows", "i4"),
        ("owed", "i4"),  # what the interval before the open ones made of the first of them
        ("two_before", "i4"),
        ("before", "i4"),
        ("open", "i4"),
        ("limit", "f8"),
        ("told", "u1", OPEN),  # the verdicts on the latest four, the newest last
        ("seen", "i2", OPEN),  # the open intervals, the oldest first
        ("row", "i2", FIVE),
        ("near", "i2", (2, NEAR)),  # by age, and by size
        ("wide", "i2", (2, WIDE)),
    ],
    align=True,
)
"""What the live `Judge` knows of one wearer."""


@compiled
def begin(judge: Record) -> None:
    """Know no neighbours: the state of nobody, and of a run's beginning."""
    judge["open"], judge["owed"] = 0, 0
    judge["two_before"], judge["before"] = UNKNOWN, UNKNOWN


@compiled
def end(judge: Record) -> None:
    """Say the last word on what is still open: nothing of this run follows."""
    for left in range(judge["open"], 0, -1):
        judge["told"][OPEN - left] = _settle(judge, judge["told"][OPEN - left])
    begin(judge)


@compiled
def judge_next(judge: Record, rr_ticks: int) -> None:
    """Take in the next beat of the run; then `told` holds what is thought of the latest four."""
    told = judge["told"]
    for at in range(OPEN - 1):
        told[at] = told[at + 1]
    rr = _seen(rr_ticks, UNKNOWN)
    told[OPEN - 1] = OUT_OF_RANGE if rr < 0 else 0
    judge["seen"][judge["open"]] = rr
    judge["open"] += 1
    if judge["open"] > AHEAD:
        told[0] = _settle(judge, told[0])
    if told[1] | told[2] | told[3] or not _too_even(judge):
        _foresee(judge)


@compiled
def _settle(judge: Record, told: int) -> int:
    """Let go the oldest open beat, and learn from it; return its final verdict."""
    if judge["seen"][0] >= 0:
        around = _around(judge, 0, judge["two_before"], judge["before"])
        code = _explain(judge["level"], judge["limit"], judge["owed"], around)
        if judge["level"] > 0:
            wide = judge["wide"]
            judge["wides"] = push(wide[0], wide[1], judge["wides"], _bend(around))
        told = _learn(judge, around[2], around[3], code)
    else:
        judge["owed"], judge["two_before"], judge["before"] = 0, UNKNOWN, UNKNOWN
    judge["open"] -= 1
    for at in range(judge["open"]):
        judge["seen"][at] = judge["seen"][at + 1]
    return told


@compiled
def _learn(judge: Record, rr: int, after: int, code: int) -> int:
    """Keep the level and the limit; return the verdict, which a new level takes back."""
    here, owed = code % NEXT, code // NEXT
    by_age, by_size = judge["near"][0], judge["near"][1]
    if here > 0 and rr >= SHORTEST_TICKS:
        judge["rows"] = go_on(judge["row"], judge["rows"], rr)
        if judge["rows"] == FIVE:
            here, owed, judge["nears"] = 0, 0, 0
            for at in range(FIVE - 1):
                judge["nears"] = push(by_age, by_size, judge["nears"], judge["row"][at])
    if here == 0:
        judge["rows"] = 0
        judge["nears"] = push(by_age, by_size, judge["nears"], rr)
    elif owed == EXTRA:
        judge["nears"] = push(by_age, by_size, judge["nears"], rr + after)
    elif here == MISSED and _halves(rr, judge["level"]):
        judge["nears"] = push(by_age, by_size, judge["nears"], rr // 2)
        judge["nears"] = push(by_age, by_size, judge["nears"], rr - rr // 2)
    judge["owed"] = owed
    judge["two_before"] = judge["before"] if here == 0 else UNKNOWN
    judge["before"] = rr if here == 0 else UNKNOWN
    judge["level"] = by_size[min(judge["nears"], NEAR) // 2] if judge["nears"] >= FIVE else 0
    judge["limit"] = limit(judge["wide"][1], min(judge["wides"], WIDE), judge["level"])
    return here


@compiled
def _foresee(judge: Record) -> None:
    """Call the open beats by what is known so far."""
    owed, two_before, before = judge["owed"], judge["two_before"], judge["before"]
    count = judge["open"]
    for at in range(count):
        rr, code = _interval(judge, at), 0
        if rr >= 0:
            around = _around(judge, at, two_before, before)
            code = _explain(judge["level"], judge["limit"], owed, around)
            judge["told"][OPEN - count + at] = code % NEXT
        owed, clear = code // NEXT, rr >= 0 and code % NEXT == 0
        two_before = before if clear else UNKNOWN
        before = rr if clear else UNKNOWN


@compiled
def _too_even(judge: Record) -> bool:
    """Say whether all that is open, and what it is held against, need not be looked at."""
    level = judge["level"]
    two, one = known(judge["two_before"], level), known(judge["before"], level)
    least, longest = min(level, two, one), max(level, two, one)
    for at in range(judge["open"]):
        rr = _interval(judge, at)
        least, longest = min(least, rr), max(longest, rr)
    return judge["owed"] == 0 and _calm(judge["limit"], least, longest)


@compiled
def _around(judge: Record, at: int, two_before: int, before: int) -> live.Around:
    """Return an open interval among its neighbours."""
    level = judge["level"]
    return (
        known(two_before, level),
        known(before, level),
        _interval(judge, at),
        _ahead(judge, at + 1),
        _ahead(judge, at + 2),
        _ahead(judge, at + 3),
    )


@compiled
def _interval(judge: Record, at: int) -> Any:
    """Return an open interval as a number that does not run over."""
    return np.int64(judge["seen"][at])


@compiled
def _ahead(judge: Record, at: int) -> int:
    """Return an open interval; what is not known, or not yet, stands at the level."""
    level = judge["level"]
    return known(_interval(judge, at), level) if at < judge["open"] else level
