"""A recording too long to hold: read through once for its outline, and again as a stream."""

import gzip
import tracemalloc
from dataclasses import replace
from pathlib import Path

import pytest

from softfront_sensors.errors import UnreadableRecording
from softfront_sensors.recording import UNDATED_MS, load, outline, stream

from .files import HEAD, LINE

FILES = {
    "a.csv": "t_s,rr_ms\n1,1000\n2,x\n3,990\n3.5,500\n",
    "a.txt": "1000\n990\n-1\n",
    "a.jsonl": HEAD + LINE + "{}\n" + LINE.replace('"seq":1', '"seq":7'),
}


@pytest.fixture(params=FILES)
def file(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / str(request.param)
    path.write_text(FILES[request.param], encoding="utf-8")
    return path


def test_an_outline_says_what_loading_would(file: Path) -> None:
    whole, told = load(file), outline(file)
    first, last = whole.readings[0], whole.readings[-1]
    assert (told.id, told.device, told.dated) == (whole.id, whole.device, whole.dated)
    assert (told.from_ms, told.to_ms, told.last_seq) == (first.t_ms, last.t_ms, last.seq)
    assert (told.problems, told.left_out) == (whole.problems, len(whole.problems))


def test_a_stream_is_what_loading_gives(file: Path) -> None:
    assert tuple(stream(file)) == load(file).readings


def test_a_file_without_a_date_begins_where_it_is_told_to(file: Path) -> None:
    by_ms = 1000 * 86_400_000
    placed = tuple(stream(file, UNDATED_MS + by_ms))
    by_ms = 0 if file.suffix == ".jsonl" else by_ms
    whole = load(file).readings
    assert placed == tuple(
        replace(r, t_ms=r.t_ms + by_ms, wall_ms=r.wall_ms + by_ms) for r in whole
    )


def test_a_stream_that_breaks_off_has_given_what_came_before(tmp_path: Path) -> None:
    path = tmp_path / "a.txt.gz"
    path.write_bytes(gzip.compress(b"".join(b"%d\n" % (700 + n % 311) for n in range(9999)))[:-20])
    assert tuple(stream(path)) == load(path).readings
    assert outline(path).problems[-1].why == "the file breaks off here"


def test_of_many_bad_lines_the_first_are_named_and_all_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("t_s,rr_ms\n1,1000\n" + "2,x\n" * 500, encoding="utf-8")
    told = outline(path)
    assert (len(told.problems), told.left_out) == (20, 500)


def test_what_is_no_recording_is_refused_by_a_stream_too(tmp_path: Path) -> None:
    for read in (outline, lambda path: tuple(stream(path))):
        with pytest.raises(UnreadableRecording, match=r"gone\.csv"):
            read(tmp_path / "gone.csv")


def test_a_day_is_read_through_in_the_memory_of_a_moment(tmp_path: Path) -> None:
    path = tmp_path / "day.txt"
    path.write_text("800\n" * 40_000, encoding="utf-8")
    tracemalloc.start()
    try:
        outline(path)
        sum(1 for _ in stream(path))
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert most < 1_000_000  # held whole it would be ten times that
