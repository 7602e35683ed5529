"""What other programs write: HRV Logger, OpenHRV, Polar Sensor Logger, Polar Flow, Empatica.

Each is told by its first line, whatever the file is called. A time without a zone is the
wearer's.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import NamedTuple, TypeAlias

from .lines import UNDATED_MS, Course
from .moments import date_ms, ms_of, seconds_of
from .numbers import finite, interval


class Told(NamedTuple):
    """What a program wrote down at one moment: an interval, or only a heart rate, or that."""

    t_ms: int
    rr_ms: float | None
    hr_bpm: int | None = None


Rows: TypeAlias = Iterator[Told]
_Reads: TypeAlias = Callable[[list[str]], "Told | None"]
_INTERVAL, _TIME = "not a heartbeat interval", "no time, or one before the line above"
# OpenHRV writes down more than intervals; the rest is made from them.
_INTERVALS = ("ibi", "rr", "interbeatinterval")
_LONGEST_BPM = 0xFF


class _Unread(Exception):
    """A line that is left out, and why."""


def rows_of(first: str, lines: Iterable[str], course: Course) -> Rows | None:
    """Recognise a file by its first line; `None` where it is none of these."""
    head = [cell.strip().lower() for cell in first.strip().split(_mark(first))]
    if "rr" in head and ("since start" in head or "since_start" in head):
        return _dated(lines, course, _hrv_logger(head, course))
    if head[:3] == ["event", "value", "timestamp"]:
        return _dated(lines, course, _open_hrv(course))
    if head[0] == "phone timestamp" and any(cell.startswith("rr-interval") for cell in head):
        return _dated(lines, course, _sensor_logger(head, course))
    if head == ["duration", "offline"]:
        return _flow_intervals(lines, course)
    if head[:3] == ["name", "sport", "date"] and "start time" in head:
        return _flow_session(head, lines, course)
    start_s = finite(head[0])
    if len(head) == 2 and head[1] == "ibi" and start_s is not None and 0 <= start_s < 1e11:
        return _empatica(start_s, lines, course)
    return None


def _mark(line: str) -> str:
    return ";" if line.count(";") > line.count(",") else ","


def _dated(lines: Iterable[str], course: Course, read: _Reads) -> Rows:
    """Yield what lines with a time of their own say, in the order of their times."""
    course.dated = True
    before_ms = 0
    for line in lines:
        if not line.strip():
            continue
        try:
            told = read([cell.strip() for cell in line.strip().split(_mark(line))])
        except _Unread as why:
            course.skip(str(why))
            continue
        if told is None:
            continue
        if told.t_ms < before_ms:
            course.skip(_TIME)
            continue
        before_ms = told.t_ms
        yield told


def _at(text: str, course: Course) -> int:
    t_ms = ms_of(text, course.zone)
    if t_ms is None:
        raise _Unread(_TIME)
    return t_ms


def _rr(text: str) -> float:
    rr_ms = interval(text)
    if rr_ms is None:
        raise _Unread(_INTERVAL)
    return rr_ms


def _hrv_logger(head: list[str], course: Course) -> _Reads:
    rr_at = head.index("rr")
    t_at = next((head.index(name) for name in ("date", "timestamp") if name in head), 0)

    def read(row: list[str]) -> Told | None:
        if len(row) <= max(rr_at, t_at):
            raise _Unread(_INTERVAL)
        return Told(_at(row[t_at], course), _rr(row[rr_at]) if row[rr_at] else None)

    return read


def _open_hrv(course: Course) -> _Reads:
    def read(row: list[str]) -> Told | None:
        if len(row) < 3:
            raise _Unread("not an event")
        if row[0].lower() not in _INTERVALS:
            return None
        return Told(_at(row[2], course), _rr(row[1]))

    return read


def _sensor_logger(head: list[str], course: Course) -> _Reads:
    rr_at = next(at for at, cell in enumerate(head) if cell.startswith("rr-interval"))

    def read(row: list[str]) -> Told | None:
        if len(row) <= rr_at:
            raise _Unread(_INTERVAL)
        return Told(_at(row[0], course), _rr(row[rr_at]))

    return read


def _flow_intervals(lines: Iterable[str], course: Course) -> Rows:
    """Yield Polar Flow's intervals; of one that was made up only the time passes."""
    t_s = 0.0
    for line in lines:
        if not line.strip():
            continue
        duration, _, offline = line.strip().partition(",")
        rr_ms = interval(duration)
        if rr_ms is None:
            course.skip(_INTERVAL)
            continue
        t_s += rr_ms / 1000
        made_up = offline.strip().lower() not in ("0", "", "false")
        yield Told(UNDATED_MS + round(t_s * 1000), None if made_up else rr_ms)


def _flow_session(head: list[str], lines: Iterable[str], course: Course) -> Rows:
    """Yield the heart rate of a session in Polar Flow, which holds no intervals."""
    begins: datetime | None = None
    rate_at: int | None = None
    for line in lines:
        row = [cell.strip() for cell in line.strip().split(",")]
        if not any(row):
            continue
        if rate_at is not None and begins is not None:
            since_s, rate = seconds_of(row[1]) if len(row) > 1 else None, _rate(row, rate_at)
            if since_s is None or rate is None:
                course.skip("no time, or no heart rate")
                continue
            t_ms = round(begins.timestamp() * 1000 + since_s * 1000)
            yield Told(t_ms, None, rate)
        elif row[0].lower() == "sample rate":
            rate_at = next((at for at, it in enumerate(row) if it.lower().startswith("hr ")), None)
        elif len(row) > head.index("start time"):
            day, clock = row[head.index("date")], row[head.index("start time")]
            begins = date_ms(day, clock, course.zone)
            course.dated = begins is not None


def _rate(row: list[str], at: int) -> int | None:
    value = finite(row[at]) if at < len(row) else None
    return round(value) if value is not None and 0 < value <= _LONGEST_BPM else None


def _empatica(start_s: float, lines: Iterable[str], course: Course) -> Rows:
    """Yield intervals in seconds, each with its time since the start."""
    course.dated = True
    before_s = 0.0
    for line in lines:
        if not line.strip():
            continue
        since, _, told = line.partition(",")
        since_s, ibi_s = finite(since), finite(told)
        if ibi_s is None or not 0 < ibi_s < 86_400:
            course.skip(_INTERVAL)
        elif since_s is None or since_s < before_s:
            course.skip(_TIME)
        else:
            before_s = since_s
            yield Told(round((start_s + since_s) * 1000), ibi_s * 1000)
