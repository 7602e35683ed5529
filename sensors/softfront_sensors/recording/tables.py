"""Intervals as a table or as plain lines, sent again as a strap would send them."""

import csv
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import NamedTuple

from ..heart_rate import TICKS_PER_S, encode
from ..packet import Packet
from ..wire import MOST_RR, ticks_of
from . import foreign
from .lines import BROKEN, UNDATED_MS, Course
from .numbers import interval, number

_WIDEST = 0xFFFF
# A file whose first twenty lines hold no interval is no RR file.
_BLIND_MOST = 20


class _Row(NamedTuple):
    """An interval, and when it was told; no interval where a row says that none had come."""

    t_s: float
    rr_ms: float | None


def from_table(first: str, lines: Iterable[str], course: Course) -> Iterator[Packet]:
    """Yield the intervals of a CSV file or of plain lines, packet by packet."""
    header = cells(first)
    if "rr_ms" in header:
        course.known = True
        at = header.index("t_s") if "t_s" in header else None
        return _packets(_timed(lines, header.index("rr_ms"), at, course), course)
    rows = foreign.rows_of(first, lines, course)
    if rows is not None:
        course.known = True
        return _told_together(rows, course)
    return _packets(_plain(chain([first], lines), course), course)


def cells(line: str) -> list[str]:
    """Split one line, so that a quote never closed spoils no other."""
    try:
        return [cell.strip() for cell in next(csv.reader([line], skipinitialspace=True), [])]
    except csv.Error:  # a cell of more than 128 kB
        return []


def _timed(lines: Iterable[str], rr_at: int, t_at: int | None, course: Course) -> Iterator[_Row]:
    """Yield time in seconds and interval in ms."""
    before = 0.0
    for line in lines:
        if not line.strip():
            continue
        row = cells(line)
        told = row[rr_at] if rr_at < len(row) else ""
        rr = interval(told)
        if told and rr is None:
            course.skip("not a heartbeat interval")
            continue
        t_s = before + (rr or 0) / 1000 if t_at is None else number(row, t_at)
        if t_s is None or t_s < before:
            course.skip("no time, or one before the line above")
            continue
        before = t_s
        yield _Row(t_s, rr)


def _plain(lines: Iterable[str], course: Course) -> Iterator[_Row]:
    t_s, seen = 0.0, 0
    for line in lines:
        if not line.strip() or line.startswith("#"):
            continue
        rr = interval(line)
        if rr is None:
            course.skip("not a heartbeat interval")
            if seen == 0 and course.left_out > _BLIND_MOST:
                return
            continue
        t_s += course.gaps_ms.get(seen, 0.0) / 1000 + rr / 1000
        seen += 1
        yield _Row(t_s, rr)


def _packets(rows: Iterable[_Row], course: Course) -> Iterator[Packet]:
    """Send the intervals as a strap would: what falls into one second makes one packet."""
    second: int | None = None
    t_s = 0.0
    held: list[int] = []
    broken: Exception | None = None
    try:
        for row_s, rr_ms in rows:
            if second is not None and (int(row_s) != second or len(held) == MOST_RR):
                yield _packet(UNDATED_MS + round(t_s * 1000), held, course.seq + 1)
                held = []
            second, t_s = int(row_s), row_s
            if rr_ms is not None:
                held.append(ticks_of(rr_ms))
    except BROKEN as breaks_off:
        broken = breaks_off
    if second is not None:  # the last second is kept, too, where the file breaks off
        yield _packet(UNDATED_MS + round(t_s * 1000), held, course.seq + 1)
    if broken is not None:
        raise broken


def _told_together(rows: Iterable[foreign.Told], course: Course) -> Iterator[Packet]:
    """Send what was told at one moment as one packet."""
    t_ms: int | None = None
    rate: int | None = None
    held: list[int] = []
    broken: Exception | None = None
    try:
        for row in rows:
            if t_ms is not None and (row.t_ms != t_ms or len(held) == MOST_RR):
                yield _packet(t_ms, held, course.seq + 1, rate)
                held, rate = [], None
            t_ms, rate = row.t_ms, row.hr_bpm if rate is None else rate
            if row.rr_ms is not None:
                held.append(ticks_of(row.rr_ms))
    except BROKEN as breaks_off:
        broken = breaks_off
    if t_ms is not None:
        yield _packet(t_ms, held, course.seq + 1, rate)
    if broken is not None:
        raise broken


def _packet(t_ms: int, ticks: list[int], seq: int, rate: int | None = None) -> Packet:
    # What no 16 bits can hold is lost signal: the time passes and no interval is told.
    told = [rr for rr in ticks if rr <= _WIDEST]
    if rate is None:
        rate = round(60 * TICKS_PER_S * len(told) / sum(told)) if sum(told) else 0
    return Packet(seq, 1, t_ms, t_ms, encode(min(rate, _WIDEST), told))
