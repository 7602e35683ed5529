"""Readings as JSON lines, below a line that names the format."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TextIO

from ..errors import UnreadableRecording
from ..packet import Gap, Packet, Reading
from ..wire import Malformed, read_reading, write_reading
from .lines import Course

_HEADER = "softfront-packets"
_VERSION = 1
# A packet as `go_on` writes it, which nearly every line is: a third of the time of any JSON.
_USUAL = re.compile(
    r'\{"seq":(\d{1,15}),"epoch":(\d{1,15}),"t_ms":(\d{1,15}),"wall_ms":(\d{1,15}),'
    r'"hex":"((?:[0-9a-f]{2}){0,255})"\}\r?\n'
).fullmatch


def from_json(first: str, lines: Iterable[str], course: Course) -> Iterator[Reading]:
    """Yield readings in the order of their times; a run counts without holes.

    Raises:
        UnreadableRecording: the first line names another format.
    """
    head = _object(first)
    if head is None or head.get("format") != _HEADER or head.get("version") != _VERSION:
        raise UnreadableRecording(
            f"line 1 does not name the format {_HEADER}, version {_VERSION}; nothing was read"
        )
    course.known = course.dated = True
    course.device = str(head.get("device", "recording"))
    before_ms = 0
    for line in lines:
        if not line.strip():
            continue
        reading = _from_json(line)
        if reading is None:
            broken_off = not line.endswith("\n")
            course.skip("the file breaks off here" if broken_off else "not a packet")
        elif reading.t_ms < before_ms:
            course.skip("earlier than the line before it")
        else:
            before_ms = reading.t_ms
            yield _renumber(reading, course.seq)


def dump(readings: Iterable[Reading], device: str, out: TextIO) -> None:
    """Write readings as JSON lines, losing nothing."""
    head = {"format": _HEADER, "version": _VERSION, "device": device}
    out.write(json.dumps(head) + "\n")
    go_on(readings, out)


def go_on(readings: Iterable[Reading], out: TextIO) -> None:
    """Write what comes behind readings that were written."""
    for reading in readings:
        out.write(json.dumps(write_reading(reading), separators=(",", ":")) + "\n")


def _object(line: str) -> dict[str, object] | None:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def exact(lines: Iterable[str]) -> Iterator[Reading]:
    """Read lines that were written here one by one, whatever their numbers and times say.

    Raises:
        Malformed: a line is none of ours.
    """
    for line in lines:
        reading = _usual(line)
        yield read_reading(_object(line)) if reading is None else reading


def _usual(line: str) -> Packet | None:
    found = _USUAL(line)
    if found is None or found[1].strip("0") == "":
        return None
    seq, epoch, t_ms, wall_ms, data = found.groups()
    return Packet(int(seq), int(epoch), int(t_ms), int(wall_ms), bytes.fromhex(data))


def _from_json(line: str) -> Reading | None:
    usual = _usual(line)
    if usual is not None:
        return usual
    try:
        return read_reading(_object(line))
    except Malformed:
        return None


def _renumber(reading: Reading, before: int) -> Reading:
    """Close the holes that lines left out have made: a run counts without holes."""
    seq = before + 1 if not isinstance(reading, Gap) else before + reading.count
    return reading if reading.seq == seq else replace(reading, seq=seq)
