import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from softfront_sensors.heart_rate import decode
from softfront_sensors.packet import Gap, Motion, Packet, Reading
from softfront_sensors.wire import Malformed, read_reading, write_reading

seqs = st.integers(1, 2**53 - 1)
times = st.integers(0, 2**53 - 1)
readings: st.SearchStrategy[Reading] = st.one_of(
    st.builds(Packet, seqs, times, times, times, st.binary(max_size=255)),
    st.builds(Motion, seqs, times, times, times, st.integers(0, 1000)),
    st.builds(Motion, seqs, times, times, times, st.none(), st.integers(0, 100_000)),
    st.builds(lambda seq, t: Gap(seq, 1, t, t, min(10**9, max(1, seq // 2))), seqs, times),
)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
names = st.sampled_from(
    ["seq", "t_ms", "epoch", "wall_ms", "hex", "hr_bpm", "rr_1024", "rr_ms", "lost", "move_mg"]
)
HEAD = {"seq": 1, "t_ms": 5}


def fault_in(body: object) -> str | None:
    """Say which field is at fault; `None` where the body can be read."""
    try:
        read_reading(body)
    except Malformed as wrong:
        return wrong.field
    return None


@given(readings)
def test_what_is_written_is_read_again(reading: Reading) -> None:
    assert read_reading(json.loads(json.dumps(write_reading(reading)))) == reading


@given(st.lists(st.integers(0, 63_999), max_size=9))
def test_intervals_in_whole_milliseconds_can_be_had_back(rr_ms: list[int]) -> None:
    packet = read_reading({**HEAD, "rr_ms": rr_ms, "hr_bpm": 72})
    assert isinstance(packet, Packet)
    assert [round(ticks * 1000 / 1024) for ticks in decode(packet.data).rr_ticks] == rr_ms


def test_ticks_are_taken_as_they_are() -> None:
    packet = read_reading({**HEAD, "rr_1024": [812, 65535], "hr_bpm": 72})
    assert isinstance(packet, Packet)
    assert decode(packet.data).rr_ticks == (812, 65535)


def test_a_heart_rate_alone_is_never_made_into_intervals() -> None:
    packet = read_reading({**HEAD, "hr_bpm": 72})
    assert isinstance(packet, Packet)
    assert (decode(packet.data).hr_bpm, decode(packet.data).rr_ticks) == (72, ())


@given(st.dictionaries(names, anything) | anything)
def test_anything_else_is_refused_by_its_place_and_never_by_its_value(body: object) -> None:
    known = {"packet", "seq", "t_ms", "epoch", "wall_ms", "hex", "hr_bpm", "rr_1024", "rr_ms"}
    assert fault_in(body) in known | {None, "lost", "steps_per_min", "move_mg"}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"t_ms": 5, "hex": "00"}, "seq"),
        ({**HEAD, "seq": 0, "hex": "00"}, "seq"),
        ({**HEAD, "seq": True, "hex": "00"}, "seq"),
        ({**HEAD, "seq": 1.0, "hex": "00"}, "seq"),
        ({**HEAD, "hex": "0g"}, "hex"),
        ({**HEAD, "hex": "00" * 256}, "hex"),
        ({**HEAD, "rr_ms": [800.5]}, "rr_ms"),
        ({**HEAD, "rr_ms": [64_000]}, "rr_ms"),
        ({**HEAD, "rr_ms": [800] * 121}, "rr_ms"),
        ({**HEAD, "rr_1024": [-1]}, "rr_1024"),
        ({**HEAD, "rr": [800]}, "packet"),
        ({**HEAD, "lost": 2}, "lost"),
    ],
)
def test_each_fault_is_named(body: object, field: str) -> None:
    assert fault_in(body) == field
