import asyncio

import pytest

from softfront_sensors.envelope import Envelope
from softfront_sensors.errors import FarAhead, NotTaken
from softfront_sensors.phones import Phones
from softfront_sensors.source import Rank
from softfront_sensors.wire import Malformed

from .test_adapters import PSL

TOPIC = "softfront/me/hr"
NOW = 1_781_000_000_000


class Store:
    """What a server would store; it refuses while it is told to."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []
        self.refusal: Exception | None = None

    async def deliver(self, envelope: Envelope) -> int:
        if self.refusal is not None:
            raise self.refusal
        self.envelopes.append(envelope)
        return envelope.readings[-1].seq


def hear(phones: Phones, *seconds: float) -> None:
    for second in seconds:
        message = {**PSL, "timeStamp": NOW + round(1000 * second)}
        asyncio.run(phones.hear(TOPIC, message))


def seqs(store: Store) -> list[list[int]]:
    return [[reading.seq for reading in each.readings] for each in store.envelopes]


def test_messages_become_one_session_numbered_without_holes() -> None:
    store = Store()
    hear(Phones(store.deliver, lambda: NOW), 1, 2, 3)
    assert seqs(store) == [[1], [2], [3]]
    assert {each.session.id for each in store.envelopes} == {store.envelopes[0].session.id}
    assert store.envelopes[0].session.rank is Rank.APP
    assert store.envelopes[0].session.device == "12345678 (Polar Sensor Logger)"


def test_a_message_delivered_twice_counts_once() -> None:
    store = Store()
    hear(Phones(store.deliver, lambda: NOW), 1, 1, 2)
    assert seqs(store) == [[1], [2]]


def test_what_could_not_be_stored_comes_with_the_next() -> None:
    store = Store()
    phones = Phones(store.deliver, lambda: NOW)
    store.refusal = NotTaken("busy")
    hear(phones, 1, 2)
    store.refusal = None
    hear(phones, 3)
    assert seqs(store) == [[1, 2, 3]]


def test_a_break_is_a_new_link() -> None:
    store = Store()
    hear(Phones(store.deliver, lambda: NOW), 1, 2, 60)
    assert [each.readings[0].epoch for each in store.envelopes] == [1, 1, 2]


def test_after_ten_minutes_without_a_store_another_session_begins() -> None:
    store = Store()
    phones = Phones(store.deliver, lambda: NOW)
    hear(phones, 0.5)
    store.refusal = NotTaken("busy")
    hear(phones, *range(1, 601))
    store.refusal = None
    hear(phones, 700)
    assert seqs(store) == [[1], [1]]
    assert store.envelopes[0].session.id != store.envelopes[1].session.id


def test_a_clock_far_ahead_is_told_and_does_not_stick() -> None:
    store = Store()
    phones = Phones(store.deliver, lambda: NOW)
    store.refusal = FarAhead()
    with pytest.raises(FarAhead):
        hear(phones, 3600)
    store.refusal = None
    hear(phones, 1)
    assert seqs(store) == [[1]]


def test_a_program_nobody_knows_is_refused() -> None:
    with pytest.raises(Malformed):
        asyncio.run(Phones(Store().deliver, lambda: NOW).hear(TOPIC, {"ecg": []}))
