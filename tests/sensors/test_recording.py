import gzip
import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from softfront_sensors.heart_rate import decode, encode
from softfront_sensors.packet import Gap, Motion, Packet, Reading

from .files import HEAD, LINE, as_text, read, rr_ticks, t_s

times = st.integers(0, 2**53 - 1)
packets = st.builds(Packet, st.just(0), times, times, times, st.binary(max_size=255))
steps = st.builds(Motion, st.just(0), times, times, times, st.integers(0, 999))
moves = st.builds(Motion, st.just(0), times, times, times, st.none(), st.integers(0, 9999))
gaps = st.builds(Gap, st.just(0), times, times, times, st.integers(1, 9999))
anything: st.SearchStrategy[Reading] = packets | steps | moves | gaps


def numbered(readings: list[Reading]) -> list[Reading]:
    """Bring drawn readings into an order that a session could have."""
    found: list[Reading] = []
    seq = 0
    for reading in sorted(readings, key=lambda r: r.t_ms):
        seq += reading.count if isinstance(reading, Gap) else 1
        found.append(replace(reading, seq=seq))
    return found


@given(readings=st.lists(anything, min_size=1, max_size=8).map(numbered))
def test_what_was_written_is_read_again(
    tmp_path_factory: pytest.TempPathFactory, readings: list[Reading]
) -> None:
    folder = tmp_path_factory.mktemp("written")
    again = read(folder, as_text(readings), "shift.jsonl")
    assert again.readings == tuple(readings)
    assert (again.device, again.dated, again.problems) == ("Polar H10", True, ())


def test_csv_with_times_is_read(tmp_path: Path) -> None:
    recording = read(tmp_path, "t_s,rr_ms\n1.5,1000\n2.25,750\n3.0,750\n")
    assert rr_ticks(recording) == [1024, 768, 768]
    assert t_s(recording) == [1.5, 2.25, 3.0]
    assert not recording.dated


def test_csv_without_times_counts_its_intervals(tmp_path: Path) -> None:
    assert t_s(read(tmp_path, "rr_ms\n1000\n1000\n1500\n")) == [1.0, 2.0, 3.5]


def test_columns_are_found_by_name(tmp_path: Path) -> None:
    recording = read(tmp_path, '"hr_bpm", "rr_ms" ,"t_s"\n60,1000,1.0\n')
    assert rr_ticks(recording) == [1024]


def test_rr_text_is_read_with_its_comments_passed_over(tmp_path: Path) -> None:
    recording = read(tmp_path, "# my rest\n1000\n\n 875.0 \r\n", "rest.txt")
    assert rr_ticks(recording) == [1024, 896]
    assert recording.problems == ()


def test_what_falls_into_one_second_makes_one_packet(tmp_path: Path) -> None:
    recording = read(tmp_path, "t_s,rr_ms\n1.1,500\n1.6,500\n2.1,500\n")
    assert [decode(r.data).rr_ticks for r in recording.readings if isinstance(r, Packet)] == [
        (512, 512),
        (512,),
    ]


def test_an_undated_file_starts_on_a_monday_in_2000_at_nine(tmp_path: Path) -> None:
    recording = read(tmp_path, "t_s,rr_ms\n0,1000\n")
    assert recording.readings[0].t_ms == 946_890_000_000  # date -ud @946890000: 2000-01-03 09:00


@pytest.mark.parametrize(
    ("name", "text"),
    [("a.csv", "t_s,rr_ms\n1,1000\n2,990\n"), ("a.txt", "1000\n990\n"), ("a.jsonl", HEAD + LINE)],
)
def test_a_compressed_file_is_the_same_recording(tmp_path: Path, name: str, text: str) -> None:
    plain = read(tmp_path, text, name)
    packed = read(tmp_path, gzip.compress(text.encode()), name + ".gz")
    assert packed.readings == plain.readings
    assert packed.id == plain.id


def test_the_same_readings_have_the_same_name_anywhere(tmp_path: Path) -> None:
    one = read(tmp_path, "t_s,rr_ms\n1,1000\n2,990\n", "one.csv")
    other = read(tmp_path, "\ufefft_s,rr_ms,note\r\n1.0,1000.0,x\r\n2.0,990.0,\r\n", "other.csv")
    assert one.id == other.id
    # Written down once: a name that changes between versions would orphan what was stored under it.
    assert read(tmp_path, HEAD + LINE).id == "3f05d91ed475537939a654e95682675a"


def test_another_recording_has_another_name(tmp_path: Path) -> None:
    one, other = read(tmp_path, "1000\n990\n"), read(tmp_path, "1000\n991\n")
    assert one.id != other.id


def test_a_blank_interval_is_a_packet_without_beats(tmp_path: Path) -> None:
    recording = read(tmp_path, "t_s,rr_ms,hr_bpm\n1.0,1000,60\n2.0,,60\n3.0,1000,60\n")
    packets = [decode(r.data).rr_ticks for r in recording.readings if isinstance(r, Packet)]
    assert packets == [(1024,), (), (1024,)]
    assert recording.problems == ()


def test_blank_lines_are_no_problem(tmp_path: Path) -> None:
    assert read(tmp_path, "t_s,rr_ms\n1,1000\n\n2,1000\n\n").problems == ()
    assert read(tmp_path, HEAD + LINE + "\n\n").problems == ()


def test_a_second_full_of_intervals_makes_packets_that_can_be_written(tmp_path: Path) -> None:
    recording = read(tmp_path, "2\n" * 450, "seconds.txt")
    again = read(tmp_path, as_text(list(recording.readings)), "again.jsonl")
    assert again.readings == recording.readings


def test_eighty_nine_seconds_are_lost_time_and_no_interval(tmp_path: Path) -> None:
    recording = read(tmp_path, "1000\n89000\n1000\n", "holter.txt")
    assert rr_ticks(recording) == [1024, 1024]
    assert t_s(recording)[-1] == 91.0


def test_a_written_packet_is_what_the_strap_sent() -> None:
    text = as_text([Packet(1, 2, 3, 4, encode(72, [812]))])
    assert json.loads(text.splitlines()[1]) == {
        "seq": 1,
        "epoch": 2,
        "t_ms": 3,
        "wall_ms": 4,
        "hex": "10482c03",
    }
