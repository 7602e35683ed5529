import asyncio
from functools import partial

from softfront_sensors.packet import Motion, Packet
from softfront_sensors.strap.inbox import Inbox


def put(inbox: Inbox, *values: bytes) -> None:
    for value in values:
        inbox.put(partial(packet, value))


def packet(value: bytes, seq: int) -> Packet:
    return Packet(seq, 1, 0, 0, value)


def taken(inbox: Inbox) -> list[tuple[int, bytes | int | None]]:
    return [
        (reading.seq, reading.data if isinstance(reading, Packet) else reading.move_mg)
        for reading in inbox.take()
        if isinstance(reading, Packet | Motion)
    ]


def test_readings_are_numbered_from_one_and_handed_out_once() -> None:
    inbox = Inbox()
    put(inbox, b"a", b"b")
    assert taken(inbox) == [(1, b"a"), (2, b"b")]
    assert taken(inbox) == []
    assert not inbox.waiting


def test_beats_and_movement_are_numbered_in_the_order_they_came() -> None:
    inbox = Inbox()
    put(inbox, b"a")
    inbox.put(lambda seq: Motion(seq, 1, 0, 0, move_mg=12))
    put(inbox, b"b")
    assert taken(inbox) == [(1, b"a"), (2, 12), (3, b"b")]


def test_rewinding_hands_out_again_what_was_not_acknowledged() -> None:
    inbox = Inbox()
    put(inbox, b"a", b"b", b"c")
    inbox.take()
    inbox.ack(1)
    inbox.rewind(1)
    assert taken(inbox) == [(2, b"b"), (3, b"c")]


def test_rewinding_never_skips_what_was_not_handed_out() -> None:
    inbox = Inbox()
    put(inbox, b"a")
    inbox.rewind(900)
    assert taken(inbox) == [(1, b"a")]


def test_what_is_acknowledged_is_forgotten() -> None:
    inbox = Inbox()
    put(inbox, b"a", b"b")
    inbox.ack(1)
    assert len(inbox) == 1


def test_waiting_ends_when_something_comes() -> None:
    async def arrive_while_waiting() -> bool:
        inbox = Inbox()
        asyncio.get_running_loop().call_later(0.01, put, inbox, b"a")
        await asyncio.wait_for(inbox.wait(60), 5)
        return inbox.waiting

    assert asyncio.run(arrive_while_waiting())
