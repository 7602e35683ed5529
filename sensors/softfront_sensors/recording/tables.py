"""Intervals as a table or as plain lines, sent again as a strap would send them."""

import csv
from collections.abc import Iterable, Iterator
from itertools import chain

from ..heart_rate import TICKS_PER_S, encode
from ..packet import Packet
from ..wire import MOST_RR, ticks_of
from .lines import BROKEN, Course

UNDATED_MS = 946_890_000_000
"""2000-01-03T09:00Z, a Monday morning: where a file without a date is placed."""
_WIDEST = 0xFFFF
# The longest value a file may claim for one interval: a day. More is another unit.
_LONGEST_MS = 86_400_000.0
# A file whose first twenty lines hold no interval is no RR file.
_BLIND_MOST = 20


def from_table(first: str, lines: Iterable[str], course: Course) -> Iterator[Packet]:
    """Yield the intervals of a CSV file or of plain lines, packet by packet."""
    header = _cells(first)
    if "rr_ms" in header:
        course.known = True
        at = header.index("t_s") if "t_s" in header else None
        return _packets(_timed(lines, header.index("rr_ms"), at, course), course)
    return _packets(_plain(chain([first], lines), course), course)


def _cells(line: str) -> list[str]:
    """Split one line, so that a quote never closed spoils no other."""
    try:
        return [cell.strip() for cell in next(csv.reader([line], skipinitialspace=True), [])]
    except csv.Error:  # a cell of more than 128 kB
        return []


def _timed(
    lines: Iterable[str], rr_at: int, t_at: int | None, course: Course
) -> Iterator[tuple[float, float | None]]:
    """Yield time in seconds and interval in ms; `None` where a row says that none had come."""
    before = 0.0
    for line in lines:
        if not line.strip():
            continue
        row = _cells(line)
        told = row[rr_at] if rr_at < len(row) else ""
        rr = _interval(told)
        if told and rr is None:
            course.skip("not a heartbeat interval")
            continue
        t_s = before + (rr or 0) / 1000 if t_at is None else _number(row, t_at)
        if t_s is None or t_s < before:
            course.skip("no time, or one before the line above")
            continue
        before = t_s
        yield t_s, rr


def _plain(lines: Iterable[str], course: Course) -> Iterator[tuple[float, float]]:
    t_s, seen = 0.0, 0
    for line in lines:
        if not line.strip() or line.startswith("#"):
            continue
        rr = _interval(line)
        if rr is None:
            course.skip("not a heartbeat interval")
            if seen == 0 and course.left_out > _BLIND_MOST:
                return
            continue
        seen += 1
        t_s += rr / 1000
        yield t_s, rr


def _interval(text: str) -> float | None:
    """Read an interval in ms; `None` where it cannot be one."""
    value = _float(text)
    return value if value is not None and 0 < value <= _LONGEST_MS else None


def _number(row: list[str], at: int) -> float | None:
    return _float(row[at]) if at < len(row) else None


def _float(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if abs(value) < 1e12 else None


def _packets(rows: Iterable[tuple[float, float | None]], course: Course) -> Iterator[Packet]:
    """Send the intervals as a strap would: what falls into one second makes one packet."""
    second: int | None = None
    t_s = 0.0
    held: list[int] = []
    broken: Exception | None = None
    try:
        for row_s, rr_ms in rows:
            if second is not None and (int(row_s) != second or len(held) == MOST_RR):
                yield _packet(t_s, held, course.seq + 1)
                held = []
            second, t_s = int(row_s), row_s
            if rr_ms is not None:
                held.append(ticks_of(rr_ms))
    except BROKEN as breaks_off:
        broken = breaks_off
    if second is not None:  # the last second is kept, too, where the file breaks off
        yield _packet(t_s, held, course.seq + 1)
    if broken is not None:
        raise broken


def _packet(t_s: float, ticks: list[int], seq: int) -> Packet:
    # What no 16 bits can hold is lost signal: the time passes and no interval is told.
    told = [rr for rr in ticks if rr <= _WIDEST]
    rate = round(60 * TICKS_PER_S * len(told) / sum(told)) if sum(told) else 0
    t_ms = UNDATED_MS + round(t_s * 1000)
    return Packet(seq, 1, t_ms, t_ms, encode(min(rate, _WIDEST), told))
