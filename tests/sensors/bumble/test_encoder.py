"""Others wrote an encoder and a decoder of 0x2A37; ours must agree with both."""

from importlib.util import find_spec

import pytest
from hypothesis import given
from hypothesis import strategies as st

from softfront_sensors.heart_rate import Contact, decode, encode

if find_spec("bumble"):
    from .meaning import Measurement, meant

pytestmark = pytest.mark.skipif(
    not find_spec("bumble"), reason="bumble is missing: the second oracle is UNTESTED"
)
words = st.integers(0, 0xFFFF)


@given(
    words,
    st.none() | st.booleans(),
    st.none() | words,
    st.none() | st.lists(st.floats(0, 0xFFFF / 1024)),
)
def test_what_bumble_encodes_is_decoded(
    hr_bpm: int, contact: bool | None, energy_kj: int | None, rr_s: list[float] | None
) -> None:
    measurement = Measurement(hr_bpm, contact, energy_kj, rr_s)
    said = decode(bytes(measurement))
    assert said == meant(measurement)
    assert all(
        t / 1024 <= s < (t + 1) / 1024 for t, s in zip(said.rr_ticks, rr_s or (), strict=True)
    )


@given(words, st.sampled_from(Contact), st.none() | words, st.lists(words))
def test_what_we_encode_bumble_decodes(
    hr_bpm: int, contact: Contact, energy_kj: int | None, rr_ticks: list[int]
) -> None:
    data = encode(hr_bpm, rr_ticks, contact, energy_kj)
    measurement = Measurement.from_bytes(data)
    assert meant(measurement) == decode(data)
    assert not rr_ticks or bytes(measurement) == data
