import pytest
from hypothesis import given
from hypothesis import strategies as st

from softfront_sensors.heart_rate import Contact, HeartRate, decode, encode

ticks = st.integers(0, 0xFFFF)

# Captured from straps, re-typed from public posts.
H10, H7 = Contact.UNSUPPORTED, Contact.ON
CAPTURED = [
    # question 50477232 (mirror: devhide.com), a Polar H10
    ("10482C03", 72, H10, (812,)),
    ("10495E039603", 73, H10, (862, 918)),
    # question 67024800 (mirror: kiwix.lema.org), a Polar H10
    ("103B5304", 59, H10, (1107,)),
    # mirror e-learn.cn/qa/answer/1013198, a Polar H7
    ("164D1603", 77, H7, (790,)),
    ("164E1B031203", 78, H7, (795, 786)),
    ("164F0203", 79, H7, (770,)),
    ("164E0F03", 78, H7, (783,)),
]

# Composed by people and programs.
COMPOSED = [
    # movisens/SmartGattLib, HeartRateMeasurementTest: RR 0.33203125 s and 0.73046875 s
    ("16485401EC02", HeartRate(72, Contact.ON, None, (340, 748), False)),
    # the encoder of google/bumble
    ("103D0004F003", HeartRate(61, Contact.UNSUPPORTED, None, (1024, 1008), False)),
    ("1D2C010700CC00", HeartRate(300, Contact.LOST, 7, (204,), False)),
    ("0600", HeartRate(None, Contact.ON, None, (), False)),
]


@pytest.mark.parametrize(("captured", "hr_bpm", "contact", "rr_ticks"), CAPTURED)
def test_a_captured_packet_says_what_its_owner_read(
    captured: str, hr_bpm: int, contact: Contact, rr_ticks: tuple[int, ...]
) -> None:
    said = HeartRate(hr_bpm, contact, None, rr_ticks, incomplete=False)
    assert decode(bytes.fromhex(captured)) == said


@pytest.mark.parametrize(("composed", "said"), COMPOSED)
def test_a_composed_packet_says_what_its_author_meant(composed: str, said: HeartRate) -> None:
    assert decode(bytes.fromhex(composed)) == said


@given(st.binary(max_size=300))
def test_any_bytes_can_be_decoded(data: bytes) -> None:
    said = decode(data)
    assert said.hr_bpm is None or 0 < said.hr_bpm <= 0xFFFF
    assert 2 * len(said.rr_ticks) <= len(data)


@given(
    hr_bpm=st.integers(0, 0xFFFF),
    rr_ticks=st.lists(ticks, max_size=120),
    contact=st.sampled_from(Contact),
    energy_kj=st.none() | ticks,
)
def test_what_was_encoded_is_decoded(
    hr_bpm: int, rr_ticks: list[int], contact: Contact, energy_kj: int | None
) -> None:
    said = decode(encode(hr_bpm, rr_ticks, contact, energy_kj))
    assert said == HeartRate(hr_bpm or None, contact, energy_kj, tuple(rr_ticks), incomplete=False)


@given(st.lists(ticks, min_size=1, max_size=9), st.data())
def test_a_packet_cut_short_keeps_the_fields_that_are_whole(
    rr_ticks: list[int], data: st.DataObject
) -> None:
    whole = encode(300, rr_ticks, Contact.ON, 7)
    end = data.draw(st.integers(0, len(whole) - 1))
    said = decode(whole[:end])
    kept = max(0, end - 5) // 2
    assert said.hr_bpm == (300 if end >= 3 else None)
    assert said.energy_kj == (7 if end >= 5 else None)
    assert said.rr_ticks == tuple(rr_ticks[:kept])
    assert said.incomplete == (end < 5 or end % 2 == 0)


@pytest.mark.parametrize("short", ["", "10", "01", "0148", "0848", "084807"])
def test_a_packet_too_short_for_its_flags_is_incomplete(short: str) -> None:
    assert decode(bytes.fromhex(short)).incomplete


def test_an_odd_byte_is_dropped_and_said() -> None:
    said = decode(bytes.fromhex("10482C0396"))
    assert said.rr_ticks == (812,)
    assert said.incomplete


def test_bytes_that_no_flag_announces_are_dropped_and_said() -> None:
    said = decode(bytes.fromhex("00482C03"))
    assert said.rr_ticks == ()
    assert said.incomplete


def test_a_heart_rate_of_zero_is_not_said() -> None:
    assert decode(encode(0, [800])).hr_bpm is None
    assert decode(bytes.fromhex("010000")).hr_bpm is None


def test_the_contact_bit_counts_only_where_contact_is_supported() -> None:
    flags = {0b000: "unsupported", 0b010: "unsupported", 0b100: "lost", 0b110: "on"}
    assert {bits: decode(bytes([bits, 72])).contact.value for bits in flags} == flags


def test_reserved_flags_change_nothing() -> None:
    assert decode(bytes.fromhex("F0482C03")) == decode(bytes.fromhex("10482C03"))


def test_a_rate_above_255_takes_two_bytes() -> None:
    assert encode(255)[:2] == bytes([0, 255])
    assert encode(256)[:3] == bytes([1, 0, 1])


def test_a_large_packet_is_read_to_its_end() -> None:
    assert len(decode(encode(60, [1024] * 120)).rr_ticks) == 120
