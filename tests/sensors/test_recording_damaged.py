import gzip
import json
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from softfront_sensors.errors import UnreadableRecording
from softfront_sensors.recording import load

from .files import HEAD, LINE, as_text, lines_left_out, read, rr_ticks, t_s


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n\n",
        b"\x00\x01\x02\xff\xfe" * 500,
        b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40,
        b"<html><body>not a heart</body></html>",
        b"[[[[" * 50_000,
        b'{"a":' * 50_000,
        b'{"format":"other"}\n',
        b'{"format":"softfront-packets","version":2}\n',
        b"hello\n" * 1000,
    ],
)
def test_what_is_no_recording_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(UnreadableRecording, match=r"rest\.csv|line 1"):
        read(tmp_path, content)


@pytest.mark.parametrize("name", ["rest.csv", "rest.csv.gz"])
def test_a_missing_file_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnreadableRecording, match=r"rest\.csv"):
        load(tmp_path / name)


def test_a_file_that_only_claims_to_be_compressed_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableRecording):
        read(tmp_path, b"1000\n990\n", "rest.txt.gz")


@pytest.mark.parametrize("content", ["t_s,rr_ms\n", HEAD])
def test_a_header_alone_is_said_to_hold_nothing(tmp_path: Path, content: str) -> None:
    with pytest.raises(UnreadableRecording, match="holds no heartbeats"):
        read(tmp_path, content)


def test_no_message_repeats_what_stood_in_the_file(tmp_path: Path) -> None:
    recording = read(tmp_path, "rr_ms\n1000\nMrs Miller\n")
    assert "Miller" not in str(recording.problems)


@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "-800", "0", "1e300", "8,5", "x", "1e9"])
def test_a_value_that_is_no_interval_is_left_out_and_its_line_named(
    tmp_path: Path, value: str
) -> None:
    table = read(tmp_path, f't_s,rr_ms\n1,1000\n2,"{value}"\n3,1000\n')
    text = read(tmp_path, f"1000\n{value}\n1000\n", "rest.txt")
    assert rr_ticks(table) == rr_ticks(text) == [1024, 1024]
    assert lines_left_out(table) == [3]
    assert lines_left_out(text) == [2]


@pytest.mark.parametrize("time", ["nan", "inf", "-1", "1e300", "", "x"])
def test_a_row_without_a_usable_time_is_left_out(tmp_path: Path, time: str) -> None:
    recording = read(tmp_path, f"t_s,rr_ms\n1,1000\n{time},1000\n3,1000\n")
    assert t_s(recording) == [1.0, 3.0]
    assert lines_left_out(recording) == [3]


def test_times_that_run_backwards_are_left_out(tmp_path: Path) -> None:
    recording = read(tmp_path, "t_s,rr_ms\n1,1000\n5,1000\n2,1000\n6,1000\n")
    assert t_s(recording) == [1.0, 5.0, 6.0]
    assert lines_left_out(recording) == [4]


def test_a_row_that_is_too_short_is_left_out(tmp_path: Path) -> None:
    recording = read(tmp_path, "rr_ms,t_s\n1000,1\n1000\n1000,3\n")
    assert lines_left_out(recording) == [3]


def test_a_quote_that_is_never_closed_spoils_only_its_line(tmp_path: Path) -> None:
    recording = read(tmp_path, 't_s,rr_ms\n1,1000\n2,"1000\n3,500\n4,500\n')
    assert rr_ticks(recording)[-2:] == [512, 512]


def test_a_byte_that_is_no_text_spoils_only_its_line(tmp_path: Path) -> None:
    table = read(tmp_path, b"t_s,rr_ms\n1,1000\n2,10\xff0\n3,1000\n")
    lines = read(tmp_path, HEAD.encode() + b'{"seq":\xff}\n' + LINE.encode(), "a.jsonl")
    assert rr_ticks(table) == [1024, 1024]
    assert lines_left_out(table) == [3]
    assert len(lines.readings) == 1
    assert lines_left_out(lines) == [2]


@pytest.mark.parametrize("name", ["rest.csv", "rest.txt", "rest.jsonl"])
def test_a_compressed_file_that_breaks_off_keeps_what_came_before(
    tmp_path: Path, name: str
) -> None:
    draw = Random(1)
    rows = [f"{n * 0.4:.1f},{draw.randint(700, 1000)}\n" for n in range(1, 4000)]
    text = "t_s,rr_ms\n" + "".join(rows)
    if name == "rest.txt":
        text = "".join(row.split(",")[1] for row in rows)
    if name == "rest.jsonl":
        path = tmp_path / "whole.csv"
        path.write_text(text)
        text = as_text(list(load(path).readings))
    packed = gzip.compress(text.encode())
    recording = read(tmp_path, packed[: len(packed) // 2], name + ".gz")
    kept = recording.readings if name == "rest.jsonl" else rr_ticks(recording)
    assert len(kept) > 500
    # The line named is the first that could not be read.
    header_lines = 0 if name == "rest.txt" else 1
    assert lines_left_out(recording) == [len(kept) + header_lines + 1]


def test_a_compressed_file_with_a_spoilt_middle_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    draw = Random(1)
    packed = gzip.compress("".join(f"{draw.randint(700, 1000)}\n" for _ in range(60_000)).encode())
    recording = read(tmp_path, packed[: len(packed) // 2] + b"\xff" * 5000, "rest.txt.gz")
    assert len(rr_ticks(recording)) > 20_000
    assert recording.problems[-1].why == "the file breaks off here"


def test_a_compressed_file_that_is_spoilt_from_the_start_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableRecording, match="its compression is broken"):
        read(tmp_path, gzip.compress(b"1000\n" * 100)[:10] + b"\xff" * 50, "rest.txt.gz")


def test_a_json_line_that_lies_earlier_than_the_one_before_is_left_out(tmp_path: Path) -> None:
    earlier = LINE.replace('"t_ms":1000', '"t_ms":999')
    recording = read(tmp_path, HEAD + LINE + earlier + LINE)
    assert [r.t_ms for r in recording.readings] == [1000, 1000]
    assert lines_left_out(recording) == [3]


def test_a_json_line_that_breaks_off_is_named_and_the_rest_kept(tmp_path: Path) -> None:
    recording = read(tmp_path, HEAD + LINE + LINE[:30])
    assert len(recording.readings) == 1
    assert [(p.line, p.why) for p in recording.problems] == [(3, "the file breaks off here")]


@pytest.mark.parametrize(
    "change",
    [
        {"t_ms": "1000"},
        {"t_ms": 1000.5},
        {"t_ms": -1},
        {"t_ms": True},
        {"t_ms": 2**53},
        {"seq": None},
        {"hex": "1"},
        {"hex": "zz"},
        {"hex": 5510},
        {"hex": "00" * 256},
        {"hex": None, "steps_per_min": -1},
        {"hex": None, "steps_per_min": True},
        {"hex": None, "steps_per_min": 1.5},
    ],
)
def test_a_json_line_that_is_no_packet_is_left_out(
    tmp_path: Path, change: dict[str, object]
) -> None:
    bad = json.dumps({**json.loads(LINE), **change}) + "\n"
    recording = read(tmp_path, HEAD + LINE + bad + LINE)
    assert len(recording.readings) == 2
    assert lines_left_out(recording) == [3]


@pytest.mark.parametrize("bad", ["[]\n", "7\n", "null\n", "{]\n", "[" * 100_000 + "\n", '"x"\n'])
def test_a_line_that_is_no_object_is_left_out(tmp_path: Path, bad: str) -> None:
    assert lines_left_out(read(tmp_path, HEAD + bad + LINE)) == [2]


def test_a_run_counts_without_holes_whatever_was_left_out(tmp_path: Path) -> None:
    later = LINE.replace('"seq":1', '"seq":9')
    recording = read(tmp_path, HEAD + LINE + "{}\n" + later)
    assert [r.seq for r in recording.readings] == [1, 2]


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    folder = tmp_path_factory.mktemp("any")
    for name, head in (("a.csv", b"t_s,rr_ms\n"), ("a.txt", b"800\n"), ("a.jsonl", HEAD.encode())):
        try:
            recording = read(folder, head + content, name)
        except UnreadableRecording:
            continue
        times = [r.t_ms for r in recording.readings]
        assert times == sorted(times)
