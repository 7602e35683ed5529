"""A recording on disk: every known format, read into one run of readings, and written again."""

import csv
import gzip
import hashlib
import json
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import TextIO, cast

from .errors import UnreadableRecording
from .heart_rate import TICKS_PER_S, encode
from .packet import Gap, Packet, Reading
from .wire import MOST_RR, Malformed, read_reading, ticks_of, write_reading

UNDATED_MS = 946_890_000_000
"""2000-01-03T09:00Z, a Monday morning: where a file without a date is placed."""
FORMATS = ("softfront JSON lines", "CSV t_s,rr_ms", "RR text (ms)")
_HEADER = "softfront-packets"
_VERSION = 1
_WIDEST = 0xFFFF
# The longest value a file may claim for one interval: a day. More is another unit.
_LONGEST_MS = 86_400_000.0


@dataclass(frozen=True, slots=True)
class LineProblem:
    """A line that was left out, and why; the rest is kept. The line's content is not repeated."""

    line: int
    why: str


@dataclass(frozen=True, slots=True)
class Recording:
    """What a file held."""

    id: str
    """Made from the readings: the same recording has the same name anywhere."""
    device: str
    readings: tuple[Reading, ...]
    problems: tuple[LineProblem, ...]
    dated: bool


@dataclass
class _Reader:
    """Collects readings and problems while a file is read."""

    readings: list[Reading] = field(default_factory=list)
    problems: list[LineProblem] = field(default_factory=list)
    line: int = 0
    """The line that was read last."""
    known: bool = False
    """The first line names a format known here."""

    @property
    def last_seq(self) -> int:
        """The seq of the reading before."""
        return self.readings[-1].seq if self.readings else 0

    def count(self, lines: Iterable[str]) -> Iterator[str]:
        for line in lines:
            self.line += 1
            yield line

    def skip(self, why: str, line: int | None = None) -> None:
        self.problems.append(LineProblem(line or self.line, why))


def load(path: Path) -> Recording:
    """Read a recording whole.

    Raises `UnreadableRecording` where the file is in no known format or holds not one reading;
    single bad lines are left out and named in `problems`.
    """
    reader = _Reader()
    device, dated = path.name, False
    try:
        with _open(path) as file:
            lines = reader.count(file)
            first = next(lines, "")
            if first.lstrip().startswith("{"):
                device, dated = _read_json(first, lines, reader), True
            else:
                _read_table(first, lines, reader)
    except (OSError, EOFError, zlib.error) as broken:
        if not reader.readings:
            raise UnreadableRecording(f"{path.name} could not be read: {_why(broken)}") from broken
        reader.skip("the file breaks off here", reader.line + 1)
    if not reader.readings:
        raise UnreadableRecording(f"{path.name} {_nothing(reader)}")
    readings = tuple(reader.readings)
    return Recording(_name(readings), device, readings, tuple(reader.problems), dated)


def dump(readings: Iterable[Reading], device: str, out: TextIO) -> None:
    """Write readings as JSON lines, losing nothing."""
    head = {"format": _HEADER, "version": _VERSION, "device": device}
    out.write(json.dumps(head) + "\n")
    go_on(readings, out)


def go_on(readings: Iterable[Reading], out: TextIO) -> None:
    """Write what comes behind readings that were written."""
    for reading in readings:
        out.write(json.dumps(write_reading(reading), separators=(",", ":")) + "\n")


def _open(path: Path) -> TextIO:
    # A byte that is no text spoils its line, not the file.
    opened = gzip.open if path.suffix == ".gz" else open
    return cast(TextIO, opened(path, "rt", encoding="utf-8-sig", errors="replace", newline=""))


def _why(broken: Exception) -> str:
    if isinstance(broken, OSError):
        return broken.strerror or "it cannot be opened"
    return "it breaks off" if isinstance(broken, EOFError) else "its compression is broken"


def _nothing(reader: _Reader) -> str:
    if reader.known:
        return "holds no heartbeats."
    return f"is in no format Softfront knows. Known are: {', '.join(FORMATS)}."


def _name(readings: tuple[Reading, ...]) -> str:
    digest = hashlib.sha256()
    for reading in readings:
        digest.update(json.dumps(write_reading(reading)).encode())
    return digest.hexdigest()[:32]


def _read_json(first: str, lines: Iterable[str], reader: _Reader) -> str:
    head = _object(first)
    if head is None or head.get("format") != _HEADER or head.get("version") != _VERSION:
        raise UnreadableRecording(
            f"line 1 does not name the format {_HEADER}, version {_VERSION}; nothing was read"
        )
    reader.known = True
    for line in lines:
        if not line.strip():
            continue
        reading = _from_json(line)
        if reading is None:
            broken_off = not line.endswith("\n")
            reader.skip("the file breaks off here" if broken_off else "not a packet")
        elif reader.readings and reading.t_ms < reader.readings[-1].t_ms:
            reader.skip("earlier than the line before it")
        else:
            reader.readings.append(_renumber(reading, reader.last_seq))
    return str(head.get("device", "recording"))


def _object(line: str) -> dict[str, object] | None:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _from_json(line: str) -> Reading | None:
    try:
        return read_reading(_object(line))
    except Malformed:
        return None


def _renumber(reading: Reading, before: int) -> Reading:
    """Close the holes that lines left out have made: a run counts without holes."""
    seq = before + 1 if not isinstance(reading, Gap) else before + reading.count
    return reading if reading.seq == seq else replace(reading, seq=seq)


def _read_table(first: str, lines: Iterable[str], reader: _Reader) -> None:
    header = _cells(first)
    if "rr_ms" in header:
        reader.known = True
        at = header.index("t_s") if "t_s" in header else None
        _packets(_timed(lines, header.index("rr_ms"), at, reader), reader)
    else:
        _packets(_plain(chain([first], lines), reader), reader)


def _cells(line: str) -> list[str]:
    """Split one line, so that a quote never closed spoils no other."""
    try:
        return [cell.strip() for cell in next(csv.reader([line], skipinitialspace=True), [])]
    except csv.Error:  # a cell of more than 128 kB
        return []


def _timed(
    lines: Iterable[str], rr_at: int, t_at: int | None, reader: _Reader
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
            reader.skip("not a heartbeat interval")
            continue
        t_s = before + (rr or 0) / 1000 if t_at is None else _number(row, t_at)
        if t_s is None or t_s < before:
            reader.skip("no time, or one before the line above")
            continue
        before = t_s
        yield t_s, rr


def _plain(lines: Iterable[str], reader: _Reader) -> Iterator[tuple[float, float]]:
    t_s, seen = 0.0, 0
    for line in lines:
        if not line.strip() or line.startswith("#"):
            continue
        rr = _interval(line)
        if rr is None:
            reader.skip("not a heartbeat interval")
            if seen == 0 and len(reader.problems) > 20:
                return  # A file whose first twenty lines hold no interval is no RR file.
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


def _packets(rows: Iterable[tuple[float, float | None]], reader: _Reader) -> None:
    """Send the intervals as a strap would: what falls into one second makes one packet."""
    second: int | None = None
    t_s = 0.0
    held: list[int] = []
    try:
        for row_s, rr_ms in rows:
            if second is not None and (int(row_s) != second or len(held) == MOST_RR):
                _send(t_s, held, reader)
                held = []
            second, t_s = int(row_s), row_s
            if rr_ms is not None:
                held.append(ticks_of(rr_ms))
    finally:  # The last second is kept, too, where the file breaks off.
        if second is not None:
            _send(t_s, held, reader)


def _send(t_s: float, ticks: list[int], reader: _Reader) -> None:
    # What no 16 bits can hold is lost signal: the time passes and no interval is told.
    told = [rr for rr in ticks if rr <= _WIDEST]
    rate = round(60 * TICKS_PER_S * len(told) / sum(told)) if sum(told) else 0
    seq, t_ms = len(reader.readings) + 1, UNDATED_MS + round(t_s * 1000)
    reader.readings.append(Packet(seq, 1, t_ms, t_ms, encode(min(rate, _WIDEST), told)))
