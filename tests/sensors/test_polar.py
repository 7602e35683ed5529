import struct
from collections.abc import Sequence
from itertools import pairwise, product
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from softfront_sensors.polar import (
    ALREADY,
    DONE,
    Frame,
    Measure,
    Reply,
    Settings,
    ask,
    decode,
    deltas,
    features,
    read_reply,
    read_settings,
    sample_times,
    start,
    stop,
)

from .framing import ACC, block, delta, header, plain

RATE_HZ = 25
STEP_NS = 40_000_000


def samples_of(size: int) -> st.SearchStrategy[list[tuple[int, int, int]]]:
    value = st.integers(-(1 << 8 * size - 1), (1 << 8 * size - 1) - 1)
    return st.lists(st.tuples(value, value, value), min_size=1, max_size=40)


def acc(body: bytes, frame_type: int, last_ns: int = 0, factor: float | None = None) -> Frame:
    frame = decode(header(last_ns, frame_type) + body, factor)
    assert frame is not None
    return frame


def frame_of(count: int, last_ns: int) -> Frame:
    return Frame(Measure.ACC, last_ns, ((0, 0, 1000),) * count, incomplete=False)


# polarofficial/polar-ble-sdk, AccDataTest: the beginning of a frame of type 1.
CAPTURED = bytes.fromhex("02 0094357700000000 01 F7FF FFFF E703 F8FF FEFF E503")


def test_a_captured_frame_says_what_its_makers_read() -> None:
    samples = ((-9, -1, 999), (-8, -2, 997))
    assert decode(CAPTURED) == Frame(Measure.ACC, 2_000_000_000, samples, incomplete=False)


def test_a_compressed_frame_in_mg_says_what_its_makers_read() -> None:
    # polarofficial/polar-ble-sdk, AccDataTest: one change of 6 bits a channel; the rest is padding.
    frame = acc(bytes.fromhex("F1FF 1400 F003 06 01 7B0F08"), 0x81, 101)
    assert frame.samples == ((-15, 20, 1008), (-20, 17, 1008))
    assert not frame.incomplete


def test_a_compressed_frame_in_g_becomes_mg_by_its_factor() -> None:
    # polarofficial/polar-ble-sdk, AccDataTest: the beginning of a frame of 56 changes of 10 bits.
    frame = acc(bytes.fromhex("7107 F06A 9E8D 0A 38 BE5CBEBA"), 0x80, factor=2.44e-4)
    raw = ((1905, 27376, -29282), (1905 + 190, 27376 - 105, -29282 - 85))
    wanted = [[0.244 * value for value in sample] for sample in raw]
    assert [list(sample) for sample in frame.samples] == [pytest.approx(each) for each in wanted]
    assert frame.incomplete


def test_changes_of_28_bits_are_unpacked_as_their_makers_do() -> None:
    # polarofficial/polar-ble-sdk, BlePmdClientParsersTest, "realVector1", its first block: the bit
    # patterns of floats. Each channel goes on with what the next one said before.
    body = bytes.fromhex(
        "0000803F 00002041 0000A041 1C 06"
        "0000A001000008CDCCEC0D000008CDCCEC3D33331ACDCCEC3D33331A0000C030"
        "33331A0000C0A09999DA0000C0A09999DA6666A6A19999DA6666A60100000E"
    )
    samples, broken = deltas(body, channels=3, size=4)
    said = [[struct.unpack("<f", struct.pack("<i", v))[0] for v in each] for each in samples]
    assert [each[0] for each in said] == pytest.approx([1, 10, 20, 1.1, 11, 30, 1.2])
    assert all(one[1:] == two[:2] for one, two in pairwise(said))
    assert not broken


def test_deltas_are_unpacked_lowest_bit_first() -> None:
    """Read the other way round, this says 1007, −2125 (as bleakheart 0.2.0 does)."""
    frame = acc(bytes.fromhex("E803 30F8 F401 0A 01 01F83F00"), 0x81)
    assert frame.samples == ((1000, -2000, 500), (1001, -2002, 503))


@given(samples=samples_of(2), last_ns=st.integers(0, 2**64 - 1))
def test_what_was_written_plainly_is_read(samples: list[tuple[int, ...]], last_ns: int) -> None:
    frame = acc(plain(samples, 2), 1, last_ns)
    assert frame == Frame(Measure.ACC, last_ns, tuple(samples), incomplete=False)


@pytest.mark.parametrize(("frame_type", "size"), [(0, 1), (1, 2), (2, 3)])
def test_every_width_is_signed(frame_type: int, size: int) -> None:
    least, most = -(1 << 8 * size - 1), (1 << 8 * size - 1) - 1
    assert acc(plain([(least, -1, most)], size), frame_type).samples == ((least, -1, most),)


@given(samples=samples_of(2), each=st.integers(1, 255))
def test_what_was_compressed_is_read(samples: list[tuple[int, ...]], each: int) -> None:
    frame = acc(delta(samples, 2, each), 0x81)
    assert frame == Frame(Measure.ACC, 0, tuple(samples), incomplete=False)


@given(samples=samples_of(1), each=st.integers(1, 255))
def test_other_widths_are_unpacked_alike(samples: list[tuple[int, ...]], each: int) -> None:
    assert deltas(delta(samples, 1, each), 3, 1) == (tuple(samples), False)


@pytest.mark.parametrize("bits", range(1, 33))
def test_every_width_of_a_change_carries_its_extremes(bits: int) -> None:
    change = ((1 << bits - 1) - 1, -1, -(1 << bits - 1))
    assert deltas(bytes(12) + block([change], bits), 3, 4) == (((0, 0, 0), change), False)


@given(samples=samples_of(2), data=st.data())
def test_a_compressed_frame_cut_short_keeps_the_samples_before_the_cut(
    samples: list[tuple[int, ...]], data: st.DataObject
) -> None:
    whole = delta(samples, 2)
    end = data.draw(st.integers(0, len(whole) - 1))
    frame = acc(whole[:end], 0x81)
    assert frame.samples == tuple(samples)[: len(frame.samples)]
    assert frame.incomplete == (end != 6)  # the first sample alone is a frame


@given(samples=samples_of(2), cut=st.integers(1, 5))
def test_a_plain_frame_cut_short_keeps_the_samples_before_the_cut(
    samples: list[tuple[int, ...]], cut: int
) -> None:
    frame = acc(plain(samples, 2)[:-cut], 1)
    assert (frame.samples, frame.incomplete) == (tuple(samples[:-1]), True)


@pytest.mark.parametrize(
    "body",
    [
        "",  # nothing
        "E803000000",  # no whole sample
        "E80300000000 0A",  # a block without its count
        "E80300000000 00 FF",  # changes of no bits
        "E80300000000 12 01 000000000000000000",  # changes wider than any difference
        "E80300000000 10 01 FF7F 0000 0000",  # a change beyond what a sample can be
        "E80300000000 0A FF 00",  # a count far beyond what follows
    ],
)
def test_what_makes_no_sense_is_said_to_be_incomplete(body: str) -> None:
    frame = acc(bytes.fromhex(body), 0x81)
    assert frame.incomplete
    assert len(frame.samples) <= 1


def test_a_frame_without_samples_is_incomplete() -> None:
    assert acc(b"", 1).incomplete


def test_ecg_is_three_bytes_a_sample() -> None:
    frame = decode(header(7, 0, kind=0) + plain([(-1,), (8_388_607,)], 3))
    assert frame == Frame(Measure.ECG, 7, ((-1,), (8_388_607,)), incomplete=False)


def test_an_interval_comes_with_rate_error_and_flags() -> None:
    # polarofficial/polar-ble-sdk, PpiDataTest.
    frame = decode(header(0, 0, kind=3) + bytes.fromhex("80 8080 8080 FF 00 0100 0100 00"))
    assert frame is not None
    assert frame.samples == ((128, 32896, 32896, 0xFF), (0, 1, 1, 0))


def test_the_upper_bits_of_the_kind_are_none_of_its_number() -> None:
    assert decode(bytes([ACC | 0xC0]) + CAPTURED[1:]) == decode(CAPTURED)


@pytest.mark.parametrize("data", ["", "02", "02 0000000000000000"])
def test_less_than_a_header_is_no_frame(data: str) -> None:
    assert decode(bytes.fromhex(data)) is None


def test_any_kind_and_type_and_length_can_be_decoded() -> None:
    known = set()
    for kind, frame_type, length in product(range(256), range(256), (0, 1, 6, 7, 8, 13)):
        frame = decode(header(0, frame_type, kind) + b"\x01" * length)
        if frame is not None:
            known.add((frame.measure, frame_type))
            assert kind & 0x3F == frame.measure.value
    acceleration = {(Measure.ACC, frame_type) for frame_type in (0, 1, 2, 0x80, 0x81)}
    assert known == acceleration | {(Measure.ECG, 0), (Measure.PPI, 0)}


def test_every_block_that_two_bytes_can_announce_is_bounded() -> None:
    for bits, count in product(range(256), range(256)):
        samples, _ = deltas(bytes(6) + bytes([bits, count]) + b"\xa5" * 12, 3, 2)
        assert len(samples) <= 1 + 8 * 12


@given(st.binary(max_size=600), st.floats() | st.none())
def test_any_bytes_can_be_decoded(data: bytes, factor: float | None) -> None:
    frame = decode(data, factor)
    assert frame is None or len(frame.samples) <= 8 * len(data)


def test_noise_behind_a_header_is_decoded_and_bounded() -> None:
    noise = Random(2)
    heads = [header(noise.getrandbits(64), frame_type) for frame_type in (1, 0x80, 0x81)]
    for _ in range(10_000):
        data = noise.choice(heads) + noise.randbytes(noise.randrange(245))
        frame = decode(data, 2.44e-4)
        assert frame is not None
        assert len(frame.samples) <= 8 * len(data)


@given(st.binary(max_size=64))
def test_any_bytes_can_be_read_as_a_reply_and_as_settings(data: bytes) -> None:
    reply, settings = read_reply(data), read_settings(data)
    assert reply is None or len(reply.told) <= len(data)
    assert len(settings.rates_hz) <= len(data)


@pytest.mark.parametrize(
    ("data", "found"),
    [
        ("0F05", {Measure.ECG, Measure.ACC}),
        ("0F0E", {Measure.PPG, Measure.ACC, Measure.PPI}),
        ("0F6E02", {Measure.PPG, Measure.ACC, Measure.PPI, Measure.GYRO, Measure.MAG}),
        ("0F", set()),
        ("", set()),
        ("F005", set()),
    ],
)
def test_features_are_bits_over_several_bytes(data: str, found: set[Measure]) -> None:
    sdk_mode = {Measure.SDK_MODE} if len(data) > 4 else set()
    assert features(bytes.fromhex(data)) == found | sdk_mode


def test_commands_are_the_bytes_a_strap_expects() -> None:
    # As blehrm sends them: ACC at 200 Hz, 16 bit, 8 g, and ECG at 130 Hz, 14 bit.
    assert ask(Measure.ACC).hex() == "0102"
    assert start(Measure.ACC, Settings((200,), (16,), (8,))).hex() == "02020001c8000101100002010800"
    assert start(Measure.ECG, Settings((130,), (14,))).hex() == "02000001820001010e00"
    assert start(Measure.PPI, Settings()).hex() == "0203"
    assert start(Measure.ACC, Settings((52,), channels=(3,))).hex() == "020200013400040103"
    assert stop(Measure.ACC).hex() == "0302"


def test_a_reply_says_what_became_of_a_command() -> None:
    done = read_reply(bytes.fromhex("F0 01 02 00 01 0001"))
    assert done == Reply(1, 2, DONE, more=True, told=bytes.fromhex("0001"))
    assert read_reply(bytes.fromhex("F0 02 02 06")) == Reply(2, 2, ALREADY, False, b"")


@pytest.mark.parametrize("data", ["", "F00202", "0102", "0F05 0000"])
def test_what_answers_no_command_is_no_reply(data: str) -> None:
    assert read_reply(bytes.fromhex(data)) is None


def test_settings_are_read_block_by_block() -> None:
    offered = bytes.fromhex("0004 1900 3200 6400 C800 0101 1000 0203 0200 0400 0800")
    assert read_settings(offered) == Settings((25, 50, 100, 200), (16,), (2, 4, 8))
    # polarofficial/polar-ble-sdk, PmdSettingTest: a gyroscope.
    gyro = bytes.fromhex("0001 3400 0101 1000 0204 F500 F401 E803 D007 0401 03")
    assert read_settings(gyro) == Settings((52,), (16,), (245, 500, 1000, 2000), (3,))


def test_a_factor_is_a_float_of_four_bytes() -> None:
    factor = read_settings(b"\x05\x01" + struct.pack("<f", 2.44e-4)).factor
    assert factor == pytest.approx(2.44e-4)


@pytest.mark.parametrize("rest", ["00FF1900", "06 01 00", "02", "0204 0200"])
def test_settings_end_at_what_is_broken_or_unknown(rest: str) -> None:
    assert read_settings(bytes.fromhex("0001 1900" + rest)) == Settings((25,))


def test_the_first_frame_is_timed_by_the_nominal_rate() -> None:
    times = sample_times(frame_of(3, last_ns=10**9), None, RATE_HZ)
    assert times == (10**9 - 2 * STEP_NS, 10**9 - STEP_NS, 10**9)


def test_the_time_since_the_frame_before_is_spread_evenly() -> None:
    # A strap whose clock runs 5 % slow against its own rate.
    last_ns = 10**9 + round(4 * 1.05 * STEP_NS)
    times = sample_times(frame_of(4, last_ns), 10**9, RATE_HZ)
    assert {b - a for a, b in pairwise((10**9, *times))} == {round(1.05 * STEP_NS)}
    assert times[-1] == last_ns


@pytest.mark.parametrize("previous_ns", [0, 10**10 - 8 * STEP_NS, 10**10, 10**10 + 1, 10**18])
def test_after_a_lost_frame_or_a_clock_that_was_set_the_rate_has_to_do(previous_ns: int) -> None:
    frame = frame_of(4, last_ns=10**10)
    assert sample_times(frame, previous_ns, RATE_HZ) == sample_times(frame, None, RATE_HZ)


@given(
    count=st.integers(0, 50),
    last_ns=st.integers(0, 2**64 - 1),
    previous_ns=st.none() | st.integers(0, 2**64 - 1),
    rate_hz=st.integers(1, 0xFFFF),
)
def test_times_rise_to_the_frames_own(
    count: int, last_ns: int, previous_ns: int | None, rate_hz: int
) -> None:
    times: Sequence[int] = sample_times(frame_of(count, last_ns), previous_ns, rate_hz)
    assert len(times) == count
    assert list(times) == sorted(times)
    assert not count or times[-1] == last_ns
