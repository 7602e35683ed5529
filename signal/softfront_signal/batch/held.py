"""What is held of one wearer: five minutes of beats in 32 bits each, and the sums over them."""

from typing import Any, TypeAlias

import numpy as np

from ..hrv import beyond_50_ms
from .compiling import compiled

SPANS_MS = (60_000, 300_000)
# As many beats as fill 300 s at 205 a minute; a ring's mask wants a power of two.
_PLACES = 1024
_MASK = _PLACES - 1
# A beat in 32 bits, from below: its verdict (3), whether a run begins with it (1), its interval
# (12), the milliseconds since the beat before it (16).
_VERDICT, _BEGINS, _RR_AT, _SINCE_AT = 0b111, 0b1000, 4, 16
# Whatever is longer than 4 s is out of range, and its length counts nowhere.
_LONGEST_RR = (1 << 12) - 1
LONGEST_WAIT_MS = (1 << 16) - 1
"""No interval a strap can tell is as long: after more silence than this a run begins."""
# The verdict on silence, laid down where a wait is longer than a place can say.
_NOBODY = 0b111

_WINDOW = np.dtype(
    [
        ("beats", "i8"),
        ("valid", "i8"),
        ("ticks", "i8"),
        ("ticks_squared", "i8"),
        ("differences", "i8"),
        ("steps", "i8"),
        ("squares", "i8"),
        ("beyond", "i8"),
        ("first", "i8"),  # the oldest place that is counted
        ("first_ms", "i8"),  # and its time
    ]
)
BEATS = np.dtype(
    [
        ("next", "i8"),  # how many places were ever filled
        ("crowded_ms", "i8"),  # the time of the last beat that had to leave too early
        ("windows", _WINDOW, len(SPANS_MS)),
        ("ring", "u4", _PLACES),
    ]
)
"""One wearer's beats."""
Record: TypeAlias = Any
"""One row of an array of records; numpy and numba name its type differently."""


@compiled
def hold(held: Record, t_ms: int, wait_ms: int, rr_ticks: int, verdict: int, begins: bool) -> None:
    """Take in the next beat, and let go of those that lie before the windows that end with it."""
    for k in range(len(SPANS_MS)):
        _let_go(held["windows"][k], held["ring"], held["next"], t_ms - SPANS_MS[k])
    while wait_ms > LONGEST_WAIT_MS and held["next"] > held["windows"][-1]["first"]:
        wait_ms -= LONGEST_WAIT_MS
        _lay(held, t_ms - wait_ms, LONGEST_WAIT_MS << _SINCE_AT | _NOBODY)
    packed = min(wait_ms, LONGEST_WAIT_MS) << _SINCE_AT | min(rr_ticks, _LONGEST_RR) << _RR_AT
    _lay(held, t_ms, packed | (_BEGINS if begins else 0) | verdict)


@compiled
def in_ring(place: int) -> int:
    """Return where a place is, in bytes from the beginning of the ring."""
    return 4 * (place & _MASK)


@compiled
def think_again(held: Record, back: int, verdict: int) -> None:
    """Change the verdict on a beat: `back` 1 is the latest, 2 the one before it."""
    at, ring = held["next"] - back, held["ring"]
    was = _read(ring, at)
    if was & _VERDICT == verdict:
        return
    for k in range(len(SPANS_MS)):
        _count_around(held["windows"][k], ring, at, held["next"], -1)
    ring[at & _MASK] = was & ~_VERDICT | verdict
    for k in range(len(SPANS_MS)):
        _count_around(held["windows"][k], ring, at, held["next"], 1)


@compiled
def _read(ring: Any, place: int) -> Any:
    """Return a beat as a number that has a sign, as differences want it."""
    return np.int64(ring[place & _MASK])


@compiled
def _lay(held: Record, t_ms: int, packed: int) -> None:
    """Fill the next place; where the ring is full, the oldest beat leaves before its time."""
    at, ring = held["next"], held["ring"]
    for k in range(len(SPANS_MS)):
        window = held["windows"][k]
        if at - window["first"] == _PLACES:
            held["crowded_ms"] = window["first_ms"]
            _let_go(window, ring, at, window["first_ms"])
    ring[at & _MASK] = packed
    held["next"] = at + 1
    for k in range(len(SPANS_MS)):
        window = held["windows"][k]
        if window["first"] == at:
            window["first_ms"] = t_ms
        _count_around(window, ring, at, at + 1, 1)


@compiled
def _let_go(window: Record, ring: Any, end: int, t_ms: int) -> None:
    """Count out what fell at a time or before it."""
    first = window["first"]
    while first < end and window["first_ms"] <= t_ms:
        beat = _read(ring, first)
        _count(window, beat, -1)
        first += 1
        if first < end:
            after = _read(ring, first)
            _count_step(window, beat, after, -1)
            window["first_ms"] += after >> _SINCE_AT
    window["first"] = first


@compiled
def _count_around(window: Record, ring: Any, at: int, end: int, sign: int) -> None:
    """Count a beat in (`sign` 1) or out (-1), with its differences to both neighbours."""
    if at < window["first"]:
        return
    beat = _read(ring, at)
    _count(window, beat, sign)
    if at > window["first"]:
        _count_step(window, _read(ring, at - 1), beat, sign)
    if at + 1 < end:
        _count_step(window, beat, _read(ring, at + 1), sign)


@compiled
def _count(window: Record, beat: int, sign: int) -> None:
    verdict = beat & _VERDICT
    if verdict != _NOBODY:
        window["beats"] += sign
    if verdict == 0:
        rr = beat >> _RR_AT & _LONGEST_RR
        window["valid"] += sign
        window["ticks"] += sign * rr
        window["ticks_squared"] += sign * rr * rr


@compiled
def _count_step(window: Record, before: int, beat: int, sign: int) -> None:
    """Count the difference of two neighbours in a run, where both are NN intervals."""
    if (before | beat) & _VERDICT or beat & _BEGINS:
        return
    step = (beat >> _RR_AT & _LONGEST_RR) - (before >> _RR_AT & _LONGEST_RR)
    window["differences"] += sign
    window["steps"] += sign * step
    window["squares"] += sign * step * step
    if _beyond_50_ms(step):
        window["beyond"] += sign


_beyond_50_ms = compiled(beyond_50_ms)
