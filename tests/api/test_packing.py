from dataclasses import replace
from itertools import pairwise
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from softfront_api.diary.chunks import LONGEST_MS, MOST, fill, fresh
from softfront_api.diary.packing import Chunk, Unreadable, pack, unpack
from softfront_api.errors import SequenceGap
from softfront_sensors.packet import Gap, Motion, Packet, Reading, first_seq

NOON_MS = 1_767_614_400_000

heads = st.tuples(
    st.integers(0, 2**40),
    st.integers(-(2**45), 2**45),
    st.integers(-(2**45), 2**45),
)
values = st.one_of(
    st.builds(lambda data: Packet(1, 0, 0, 0, data), st.binary(max_size=600)),
    st.builds(lambda steps: Motion(1, 0, 0, 0, steps), st.integers(-(2**20), 2**20)),
    st.builds(lambda mg: Motion(1, 0, 0, 0, None, mg), st.integers(0, 2**20)),
    st.builds(lambda lost: Gap(1, 0, 0, 0, lost), st.integers(1, 2**20)),
)


def after(seq: int, head: tuple[int, int, int], value: Reading) -> Reading:
    """Put a reading behind the one with `seq`."""
    step = value.count if isinstance(value, Gap) else 1
    epoch, t_ms, wall_ms = head
    return replace(value, seq=seq + step, epoch=epoch, t_ms=t_ms, wall_ms=wall_ms)


@st.composite
def runs(draw: st.DrawFn) -> list[Reading]:
    seq = draw(st.integers(0, 2**40))
    run: list[Reading] = []
    for head, value in draw(st.lists(st.tuples(heads, values), min_size=1, max_size=20)):
        run.append(after(seq, head, value))
        seq = run[-1].seq
    return run


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


def test_a_chunk_of_the_first_format_can_still_be_read() -> None:
    """Two packets and a report of steps, as version 0.1 wrote them."""
    blob = bytes.fromhex("01 04d00f060410482c03 00d00f000410482d03 01d00f0010".replace(" ", ""))
    assert list(unpack(7, 3, blob, crc32(blob))) == [
        Packet(7, 1, 1000, 1003, bytes.fromhex("10482c03")),
        Packet(8, 1, 2000, 2003, bytes.fromhex("10482d03")),
        Motion(9, 1, 3000, 3003, 8),
    ]


def test_a_gap_stands_for_all_that_was_lost() -> None:
    run: list[Reading] = [Gap(400, 1, NOON_MS, NOON_MS, 400), *a_second_each(2, seq0=401)]
    it = pack(run)
    assert (it.seq0, it.n, [first_seq(r) for r in run]) == (1, 3, [1, 401, 402])


def test_of_a_gap_only_what_is_not_stored_is_new() -> None:
    gap = Gap(400, 1, NOON_MS, NOON_MS, 400)
    assert fresh([gap], 300) == [replace(gap, count=100)]
    assert fresh([gap], 400) == []
    with pytest.raises(SequenceGap):
        fresh([replace(gap, count=50)], 300)


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
