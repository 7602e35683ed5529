import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from softfront_sensors.envelope import (
    MOST_READINGS,
    Envelope,
    Pending,
    Reply,
    read_envelope,
    read_reply,
    write_envelope,
    write_reply,
)
from softfront_sensors.source import Hint, Rank, SessionInfo, StrapState, StrapStatus
from softfront_sensors.wire import Malformed

from .spooling import START, packets, session
from .test_wire import anything, readings

texts = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=100)
optional = st.none() | texts
infos = st.builds(
    SessionInfo,
    st.from_regex(r"[\w.\-]{1,100}", fullmatch=True),
    texts,
    st.integers(0, 2**53 - 1),
    live=st.just(True),
    rank=st.sampled_from([Rank.APP, Rank.RAW, Rank.COLLECTOR]),
    boot=optional,
    strap=optional,
)
statuses = st.builds(
    StrapStatus,
    st.sampled_from(StrapState),
    optional,
    battery_percent=st.none() | st.integers(0, 100),
    incomplete=st.integers(0, 10**6),
    model=optional,
    serial=optional,
    hint=st.none() | st.sampled_from(Hint),
)
envelopes = st.builds(
    Envelope,
    infos,
    st.none() | st.integers(0, 2**53 - 1),
    st.lists(readings, max_size=20).map(tuple),
    st.none() | statuses,
)
LEAST = {"v": 1, "session": "one", "packets": []}


def fault_in(body: object) -> str | None:
    try:
        read_envelope(body)
    except Malformed as wrong:
        return str(wrong)
    return None


@given(envelopes)
def test_an_envelope_comes_out_as_it_went_in(envelope: Envelope) -> None:
    assert read_envelope(json.loads(json.dumps(write_envelope(envelope)))) == envelope


@given(anything)
def test_anything_else_is_refused_and_nothing_breaks(body: object) -> None:
    assert fault_in(body) is not None


@given(
    st.sampled_from(["session", "device", "sender", "started_ms", "boot", "strap", "sent_ms"]),
    anything,
)
def test_a_field_of_another_kind_is_named_and_not_repeated(field: str, value: object) -> None:
    fault = fault_in(LEAST | {field: value})
    assert fault is None or fault.startswith((field, "strap", "state", "hint", "battery", "incom"))


def test_the_least_is_version_session_and_packets() -> None:
    read = read_envelope(LEAST)
    assert (read.session.rank, read.session.device) == (Rank.RAW, "another machine")
    assert (read.sent_ms, read.readings, read.status) == (None, (), None)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"v": 2}, "v: this server speaks version 1"),
        ({"session": "../etc"}, "session: not made of letters, digits, dot, hyphen and underscore"),
        ({"session": "x" * 101}, "session: not a text of 1 to 100 printable characters"),
        ({"sender": "nobody"}, "sender: not one of app, collector, raw"),
        ({"packets": "none"}, f"packets: not a list of at most {MOST_READINGS}"),
        ({"packets": [{}] * 1001}, f"packets: not a list of at most {MOST_READINGS}"),
        ({"packets": [{"seq": 1, "t_ms": 1, "hex": "zz"}]}, "packets.0.hex: not hexadecimal"),
        ({"sent_ms": 1.5}, "sent_ms: not a whole number"),
        ({"strap": {"state": "asleep"}}, "strap.state: not one of "),
        ({"strap": {"battery_percent": 300}}, "strap.battery_percent: not between 0 and 100"),
        ({"device": "a\nb"}, "device: not a text of 1 to 100 printable characters"),
    ],
)
def test_what_is_wrong_is_named_and_never_the_value(change: dict[str, object], fault: str) -> None:
    assert (fault_in(LEAST | change) or "").startswith(fault)


def test_a_name_too_odd_to_travel_is_made_plain() -> None:
    odd = replace(session(), device="H\u0000" * 90, strap="", rank=Rank.RAW)
    sent = Envelope(odd, 0, (), StrapStatus(StrapState.LIVE, "\n", model=""))
    read = read_envelope(write_envelope(sent))
    assert read.session.device == "H?" * 50
    assert read.session.strap is None
    assert read.status == StrapStatus(StrapState.LIVE, "?")


def test_a_thousand_readings_fit_and_a_broker_would_take_them() -> None:
    sent = Envelope(replace(session(), rank=Rank.RAW), START, tuple(packets(1, MOST_READINGS)))
    assert len(json.dumps(write_envelope(sent))) < 128_000
    assert read_envelope(write_envelope(sent)) == sent


replies = st.builds(
    Reply,
    st.from_regex(r"[\w.\-]{1,100}", fullmatch=True),
    st.integers(0, 2**53 - 1),
    st.none() | st.builds(Pending, texts, st.integers(0, 10**6), texts),
)


@given(replies)
def test_a_reply_comes_out_as_it_went_in(reply: Reply) -> None:
    assert read_reply(json.loads(json.dumps(write_reply(reply)))) == reply


@given(anything)
def test_anything_else_is_no_reply(body: object) -> None:
    with pytest.raises(Malformed):
        read_reply(body)
