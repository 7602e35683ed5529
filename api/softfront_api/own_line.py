"""A person's own line over time: what they noticed, and what they said of a day. No sums."""

from collections.abc import Iterator

from .diary import Reader, StoredPractice, noticed, practices
from .reasons import utc
from .shapes.practices import Line, LineMark

LONGEST_MS = 400 * 24 * 3_600_000
"""A year, and the weeks from which it is looked back at."""


def own_line(reader: Reader, from_ms: int, to_ms: int) -> Line:
    """Give the marks of a stretch of time, oldest first."""
    marks = [
        (it.t_ms, LineMark(at=utc(it.t_ms), kind="noticed"))
        for it in noticed(reader, from_ms, to_ms)
    ]
    for practice in practices(reader, from_ms, to_ms):
        marks += [(practice.started_ms, mark) for mark in _said(practice)]
    return Line(items=[mark for _, mark in sorted(marks, key=lambda pair: pair[0])])


def _said(practice: StoredPractice) -> Iterator[LineMark]:
    said, at = practice.said or {}, utc(practice.started_ms)
    if said.get("choice") is not None:
        yield LineMark(at=at, kind=said["choice"])
    for sign in said.get("signs") or ():
        yield LineMark(at=at, kind="sign", sign=sign)
