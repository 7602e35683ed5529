import asyncio

from softfront_sensors.inbox import Inbox


def put(inbox: Inbox, *values: bytes) -> list[bool]:
    return [inbox.put(1, 0, 0, value) for value in values]


def taken(inbox: Inbox) -> list[tuple[int, bytes]]:
    return [(packet.seq, packet.data) for packet in inbox.take()]


def test_packets_are_numbered_from_one_and_handed_out_once() -> None:
    inbox = Inbox()
    put(inbox, b"a", b"b")
    assert taken(inbox) == [(1, b"a"), (2, b"b")]
    assert taken(inbox) == []
    assert not inbox.waiting


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


def test_a_full_inbox_refuses_the_newest_and_leaves_no_hole() -> None:
    inbox = Inbox(kept=2)
    assert put(inbox, b"a", b"b", b"c") == [True, True, False]
    inbox.ack(1)
    assert put(inbox, b"d") == [True]
    assert [seq for seq, _ in taken(inbox)] == [2, 3]


def test_waiting_ends_when_something_comes() -> None:
    async def arrive_while_waiting() -> bool:
        inbox = Inbox()
        asyncio.get_running_loop().call_later(0.01, put, inbox, b"a")
        await asyncio.wait_for(inbox.wait(60), 5)
        return inbox.waiting

    assert asyncio.run(arrive_while_waiting())
