"""What other programs write, told by what is in it, whatever it is called."""

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from softfront_sensors.heart_rate import decode
from softfront_sensors.packet import Packet
from softfront_sensors.recording import (
    UNDATED_MS,
    Recording,
    load,
    named_ms,
    outline,
    stream,
    write_gaps,
)

from .files import lines_left_out, read, rr_ticks, t_s

AT_MS = round(datetime(2025, 3, 15, 9, 0, 15, 123000, UTC).timestamp() * 1000)
HRV_LOGGER = """date,rr,since start
2025-03-15 09:00:15.123 +0000,823,0
2025-03-15 09:00:15.946 +0000,812,823
"""
UNIX = f"timestamp, rr, since_start\n{AT_MS},823,0\n{AT_MS + 823},812,823\n"
OPENHRV = """event,value,timestamp
IBI,823,2025-03-15T09:00:15.123000+00:00
hrv,40,2025-03-15T09:00:15.200000+00:00
InterBeatInterval,812,2025-03-15T09:00:15.946+00:00
"""
SENSOR_LOGGER = """Phone timestamp;RR-interval [ms]
2025-03-15T09:00:15.123Z;823
2025-03-15T09:00:15.946Z;812
"""
EMPATICA = f"{AT_MS / 1000:.6f}, IBI\n0.0,0.823\n0.823,0.812\n"
FLOW = "duration,offline\n823,0\n900,1\n812,0\n"
FLOW_SESSION = """Name,Sport,Date,Start time,Duration
A Name,Other indoor,15-03-2025,09:00:15,00:00:02

Sample rate,Time,HR (bpm),Speed (km/h)
1,00:00:00,72,
1,00:00:01,73,
1,00:00:02,,
"""


def times(recording: Recording) -> list[int]:
    return [reading.t_ms for reading in recording.readings]


@pytest.mark.parametrize("text", [HRV_LOGGER, UNIX, OPENHRV, SENSOR_LOGGER, EMPATICA])
@pytest.mark.parametrize("name", ["beats.csv", "beats.txt", "beats"])
def test_it_is_told_by_its_content(tmp_path: Path, text: str, name: str) -> None:
    recording = read(tmp_path, text, name)
    assert rr_ticks(recording) == [843, 831]
    assert times(recording) == [AT_MS, AT_MS + 823]
    assert (recording.dated, recording.problems) == (True, ())


def test_what_polar_flow_made_up_is_time_and_no_interval(tmp_path: Path) -> None:
    recording = read(tmp_path, FLOW)
    assert rr_ticks(recording) == [843, 831]
    assert t_s(recording) == pytest.approx([0.823, 1.723, 2.535])
    assert not recording.dated


def test_a_session_of_polar_flow_is_a_heart_rate_without_intervals(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(FLOW_SESSION, encoding="utf-8")
    told = outline(path, ZoneInfo("Europe/Berlin"))
    packets = [r for r in stream(path, zone=ZoneInfo("Europe/Berlin")) if isinstance(r, Packet)]
    assert [(decode(p.data).hr_bpm, decode(p.data).rr_ticks) for p in packets] == [
        (72, ()),
        (73, ()),
    ]
    # By a clock in Berlin in winter.
    assert told.from_ms == round(datetime(2025, 3, 15, 8, 0, 15, 0, UTC).timestamp() * 1000)
    assert [problem.line for problem in told.problems] == [7]


def test_a_time_without_a_zone_is_the_wearers(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("date,rr,since start\n2025-07-15 09:00:15.5,823,0\n", encoding="utf-8")
    told = outline(path, ZoneInfo("America/New_York"))
    assert told.from_ms == round(datetime(2025, 7, 15, 13, 0, 15, 500000, UTC).timestamp() * 1000)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (HRV_LOGGER + "2025-03-15 09:00:17 +0000,Miller,1\n", 4),
        (HRV_LOGGER + "2025-03-15 08:00:17 +0000,800,1\n", 4),
        (HRV_LOGGER + "never,800,1\n", 4),
        (HRV_LOGGER + "2025\n", 4),
        (OPENHRV + "IBI,800\n", 5),
        (SENSOR_LOGGER + "23:59:59.5;800\n", 4),
        (EMPATICA + "0.5,0.8\n", 4),
        (EMPATICA + "1.5,nan\n", 4),
    ],
)
def test_a_line_that_is_left_out_is_named_and_the_rest_is_kept(
    tmp_path: Path, text: str, line: int
) -> None:
    recording = read(tmp_path, text)
    assert rr_ticks(recording) == [843, 831]
    assert lines_left_out(recording) == [line]


@pytest.mark.parametrize(
    ("name", "at"),
    [
        ("2026-11-23T07-02-11Z.txt", "2026-11-23T07:02:11+00:00"),
        ("2023-05-10 08-07-55.txt", "2023-05-10T08:07:55+01:00"),
        ("Polar_H10_12345678_20260601_211707_RR.txt", "2026-06-01T21:17:07+01:00"),
        ("RR 2026-01-02 03.04.txt", "2026-01-02T03:04:00+00:00"),
    ],
)
def test_the_name_says_when_it_began(name: str, at: str) -> None:
    expected = round(datetime.fromisoformat(at).timestamp() * 1000)
    assert named_ms(name, ZoneInfo("Europe/London")) == expected


@pytest.mark.parametrize(
    "name", ["rest.txt", "2026-13-45 99-99-99.txt", "12345678901234567890.txt"]
)
def test_a_name_without_a_time_says_nothing(name: str) -> None:
    assert named_ms(name, UTC) is None


def test_gaps_lie_beside_a_text(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(write_gaps({2: 60_000.0}, "…"), encoding="utf-8")
    recording = read(tmp_path, "1000\n1000\n1000\n", "a.txt")
    assert t_s(recording) == [1.0, 2.0, 63.0]


@pytest.mark.parametrize(
    "text", ["{", json.dumps({"format": "softfront-gaps", "version": 1, "gaps_ms": [[1, -5]]})]
)
def test_gaps_that_cannot_be_read_are_said_and_left_out(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.json").write_text(text, encoding="utf-8")
    recording = read(tmp_path, "1000\n1000\n", "a.txt")
    assert t_s(recording) == [1.0, 2.0]
    assert [problem.line for problem in recording.problems] == [0]


def test_another_json_beside_it_is_not_asked(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"format": "other", "version": 1}', encoding="utf-8")
    assert read(tmp_path, "1000\n", "a.txt").problems == ()


def test_where_it_is_placed_has_no_part_in_its_name(tmp_path: Path) -> None:
    one = read(tmp_path, "1000\n990\n", "2026-11-23T07-02-11Z.txt")
    assert one.id == read(tmp_path, "1000\n990\n", "rest.txt").id
    assert UNDATED_MS < one.readings[0].t_ms < UNDATED_MS + 2000


def test_a_foreign_file_that_breaks_off_keeps_what_came_before(tmp_path: Path) -> None:
    path = tmp_path / "a.csv.gz"
    lines = "".join(f"{AT_MS + 1000 * n},{800 + n % 7},{n}\n" for n in range(5000))
    path.write_bytes(gzip.compress(f"timestamp,rr,since_start\n{lines}".encode())[:-2000])
    recording = load(path)
    assert len(recording.readings) > 100
    assert recording.problems[-1].why == "the file breaks off here"
