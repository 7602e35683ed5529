"""Recordings written and read for tests."""

import io
from pathlib import Path

from softfront_sensors.heart_rate import decode
from softfront_sensors.packet import Packet, Reading
from softfront_sensors.recording import UNDATED_MS, Recording, dump, load

HEAD = '{"format":"softfront-packets","version":1,"device":"Polar H10"}\n'
LINE = '{"seq":1,"epoch":1,"t_ms":1000,"wall_ms":2000,"hex":"10482c03"}\n'


def read(folder: Path, text: str | bytes, name: str = "rest.csv") -> Recording:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return load(path)


def rr_ticks(recording: Recording) -> list[int]:
    said = [decode(r.data) for r in recording.readings if isinstance(r, Packet)]
    return [rr for one in said for rr in one.rr_ticks]


def t_s(recording: Recording) -> list[float]:
    return [(r.t_ms - UNDATED_MS) / 1000 for r in recording.readings]


def lines_left_out(recording: Recording) -> list[int]:
    return [problem.line for problem in recording.problems]


def as_text(readings: list[Reading]) -> str:
    out = io.StringIO()
    dump(readings, "Polar H10", out)
    return out.getvalue()
