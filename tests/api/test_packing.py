from itertools import pairwise
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from softfront_api.diary.chunks import LONGEST_MS, MOST, fill, fresh
from softfront_api.diary.packing import Chunk, Unreadable, pack, unpack
from softfront_api.errors import SequenceGap
from softfront_sensors.packet import Motion, Packet, Reading

NOON_MS = 1_767_614_400_000

heads = st.tuples(
    st.integers(0, 2**40),
    st.integers(-(2**45), 2**45),
    st.integers(-(2**45), 2**45),
)
values = st.one_of(st.binary(max_size=600), st.integers(-(2**20), 2**20))


def reading(seq: int, head: tuple[int, int, int], value: bytes | int) -> Reading:
    if isinstance(value, bytes):
        return Packet(seq, *head, value)
    return Motion(seq, *head, value)


@st.composite
def runs(draw: st.DrawFn) -> list[Reading]:
    seq0 = draw(st.integers(1, 2**40))
    drawn = draw(st.lists(st.tuples(heads, values), min_size=1, max_size=20))
    return [reading(seq0 + i, head, value) for i, (head, value) in enumerate(drawn)]


def a_second_each(n: int, seq0: int = 1) -> list[Reading]:
    data = bytes((0x10, 72, 0x40, 0x03))
    return [
        Packet(seq, 1, NOON_MS + seq * 1000, NOON_MS + seq * 1000 + 3, data)
        for seq in range(seq0, seq0 + n)
    ]


@given(runs())
def test_what_is_packed_comes_back(readings: list[Reading]) -> None:
    it = pack(readings)
    assert list(unpack(it.seq0, it.n, it.blob, it.crc32)) == readings


@given(runs(), st.integers(1, 19))
def test_a_chunk_that_grew_equals_one_packed_at_once(readings: list[Reading], first: int) -> None:
    it = pack(readings[:first])
    for each in readings[first:]:
        it = pack([each], onto=it)
    assert it == pack(readings)


def test_what_is_stored_of_a_chunk_is_never_written_anew() -> None:
    readings = a_second_each(3)
    short = pack(readings[:2])
    assert pack(readings[2:], onto=short).blob.startswith(short.blob)


def test_a_reading_takes_at_most_twelve_bytes_beside_its_data() -> None:
    readings = a_second_each(60)
    assert len(pack(readings).blob) <= 60 * (12 + 4)


@pytest.mark.parametrize("at", range(0, 60, 7))
def test_a_flipped_bit_is_noticed(at: int) -> None:
    it = pack(a_second_each(10))
    blob = bytearray(it.blob)
    blob[at] ^= 0x04
    with pytest.raises(Unreadable):
        list(unpack(it.seq0, it.n, bytes(blob), it.crc32))


@given(st.binary(max_size=40), st.integers(0, 9))
def test_bytes_that_are_no_chunk_raise_and_nothing_else(blob: bytes, n: int) -> None:
    with pytest.raises(Unreadable):
        list(unpack(1, n + 50, blob, crc32(blob)))


def test_live_readings_make_one_chunk_a_minute() -> None:
    stored: dict[int, Chunk] = {}
    growing = None
    for each in a_second_each(180):
        (growing,) = fill([each], growing)
        stored[growing.seq0] = growing
    assert [it.n for it in stored.values()] == [60, 60, 60]


def test_many_readings_at_once_are_cut_where_single_ones_are() -> None:
    together = fill(a_second_each(180), None)
    assert [it.n for it in together] == [60, 60, 60]


@given(st.lists(st.integers(0, 90_000), min_size=1, max_size=600))
def test_no_chunk_is_longer_or_larger_than_agreed(gaps_ms: list[int]) -> None:
    t_ms, readings = NOON_MS, []
    for seq, gap_ms in enumerate(gaps_ms, 1):
        t_ms += gap_ms
        readings.append(Packet(seq, 1, t_ms, t_ms, b""))
    filled = fill(readings, None)
    assert all(it.n <= MOST and it.t1_ms - it.t0_ms < LONGEST_MS for it in filled)
    assert [it.seq0 + it.n for it, _ in pairwise(filled)] == [it.seq0 for it in filled[1:]]


def test_stored_readings_are_dropped() -> None:
    assert fresh(a_second_each(5), 3) == a_second_each(2, seq0=4)


def test_a_gap_names_what_was_due() -> None:
    with pytest.raises(SequenceGap) as refused:
        fresh(a_second_each(2, seq0=7), 4)
    assert (refused.value.expected, refused.value.got) == (5, 7)


def test_a_hole_within_the_readings_is_a_gap_too() -> None:
    one, _, three = a_second_each(3)
    with pytest.raises(SequenceGap):
        fresh([one, three], 0)
