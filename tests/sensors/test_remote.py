import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from softfront_sensors.envelope import Envelope
from softfront_sensors.errors import FarAhead, NotTaken
from softfront_sensors.packet import Gap, Reading
from softfront_sensors.remote import Known, RemoteStrap
from softfront_sensors.source import SourceEnded, StrapState, StrapStatus

from .elsewhere import Elsewhere
from .spooling import START, faults, packet, packets, session

T = TypeVar("T")


def run(work: Awaitable[T]) -> T:
    async def bounded() -> T:
        async with asyncio.timeout(15):
            return await work

    return asyncio.run(bounded())


def envelope(first: int, last: int, name: str = "one", sent_ms: int | None = START) -> Envelope:
    return Envelope(session(name), sent_ms, tuple(packets(first, last, name)))


@asynccontextmanager
async def storing(elsewhere: Elsewhere) -> AsyncIterator[RemoteStrap]:
    task = asyncio.create_task(elsewhere.run())
    try:
        yield elsewhere.remote
    finally:
        await elsewhere.remote.close()
        await task


def test_a_delivery_learns_up_to_where_it_is_stored() -> None:
    async def delivered() -> list[int]:
        async with storing(Elsewhere()) as remote:
            return [await remote.deliver(envelope(*span)) for span in ((1, 3), (4, 9), (2, 9))]

    assert run(delivered()) == [3, 9, 9]


def test_nothing_is_acknowledged_before_it_is_stored() -> None:
    async def early() -> tuple[bool, bool]:
        remote = Elsewhere().remote
        delivering = asyncio.create_task(remote.deliver(envelope(1, 3)))
        (batch,) = await remote.poll()
        await asyncio.sleep(0.02)
        before = delivering.done()
        await remote.ack(batch.session.id, 2)
        await asyncio.sleep(0.02)
        partly = delivering.done()
        await remote.ack(batch.session.id, 3)
        assert await delivering == 3
        return before, partly

    assert run(early()) == (False, False)


def test_a_sign_of_life_is_answered_at_once_and_begins_a_session_at_zero() -> None:
    async def signs() -> list[int]:
        async with storing(Elsewhere()) as remote:
            sign = replace(envelope(1, 1), readings=())
            return [
                await remote.deliver(sign),
                await remote.deliver(envelope(1, 5)),
                await remote.deliver(sign),
            ]

    assert run(signs()) == [0, 5, 5]


def test_after_a_restart_it_is_recalled_how_far_a_session_is_and_by_which_clock() -> None:
    async def recalled() -> tuple[int, int]:
        async def recall(name: str) -> Known | None:
            return Known(7, 90_000) if name == "one" else None

        remote = RemoteStrap(recall, lambda: START, lambda: START)
        assert await remote.deliver(envelope(1, 7)) == 7
        delivering = asyncio.create_task(remote.deliver(envelope(8, 8)))
        (batch,) = await remote.poll()
        await remote.ack("one", 8)
        return await delivering, batch.readings[0].t_ms - packet(8).t_ms

    assert run(recalled()) == (8, 90_000)


def offset(now_ms: int, sent: Envelope) -> int:
    """Say by how much a session's readings are moved that arrives at a moment."""

    async def moved() -> int:
        elsewhere = Elsewhere(lambda: now_ms)
        async with storing(elsewhere) as remote:
            await remote.deliver(sent)
        return elsewhere.infos["one"].offset_ms

    return run(moved())


def test_a_sender_that_tells_its_clock_is_placed_by_it_however_wrong() -> None:
    years = 40 * 365 * 86_400_000
    assert offset(START + 500, envelope(1, 1, sent_ms=START)) == 500
    assert offset(START, envelope(1, 1, sent_ms=START - years)) == years


def test_a_sender_that_does_not_is_taken_at_its_word_and_never_ahead_of_now() -> None:
    silent = envelope(1, 3, sent_ms=None)  # its last reading is of START + 3 s
    assert offset(START + 3_600_000, silent) == 0
    assert offset(START + 1_000, silent) == -2_000
    with pytest.raises(FarAhead):
        offset(START - 700_000, silent)


def test_where_it_cannot_be_stored_in_time_the_sender_keeps_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("softfront_sensors.remote._PATIENCE_S", 0.02)

    async def slow() -> int:
        elsewhere = Elsewhere()
        with pytest.raises(NotTaken, match="in time"):
            await elsewhere.remote.deliver(envelope(1, 3))
        async with storing(elsewhere) as remote:
            return await remote.deliver(envelope(1, 5))

    assert run(slow()) == 5


def test_more_than_can_be_held_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("softfront_sensors.remote._MOST_WAITING", 10)

    async def crowded() -> None:
        remote = Elsewhere().remote
        first = asyncio.create_task(remote.deliver(envelope(1, 8)))
        await asyncio.sleep(0.01)
        with pytest.raises(NotTaken, match="too much"):
            await remote.deliver(envelope(1, 3, "two"))
        await remote.close()
        with pytest.raises(NotTaken, match="stopped"):
            await first

    run(crowded())


def test_closed_it_takes_nothing_and_has_nothing() -> None:
    async def closed() -> None:
        remote = Elsewhere().remote
        await remote.close()
        with pytest.raises(NotTaken):
            await remote.deliver(envelope(1, 3))
        with pytest.raises(SourceEnded):
            await remote.poll()

    run(closed())


def test_how_a_strap_stands_is_what_its_sender_told_until_it_is_silent() -> None:
    now = [START]

    async def told() -> list[StrapStatus]:
        elsewhere = Elsewhere(lambda: now[0])
        found = [elsewhere.remote.status]
        async with storing(elsewhere) as remote:
            status = StrapStatus(StrapState.SILENT, battery_percent=7)
            await remote.deliver(replace(envelope(1, 3), status=status))
            found.append(remote.status)
            now[0] += 14_000
            await remote.deliver(replace(envelope(4, 4), readings=()))
            now[0] += 14_000
            found.append(remote.status)
            now[0] += 2_000
            found.append(remote.status)
        return found

    states = run(told())
    assert [each.state.value for each in states] == ["absent", "silent", "silent", "lost"]
    assert (states[2].battery_percent, states[2].name) == (7, "test strap")
    assert states[3].since_ms == START + 14_000


@settings(deadline=None)  # loops are begun and ended
@given(
    st.lists(
        st.tuples(st.integers(0, 2), st.integers(1, 40), st.integers(1, 20), st.booleans()),
        max_size=40,
    )
)
def test_whatever_is_delivered_what_is_stored_follows_and_what_is_told_is_stored(
    sent: list[tuple[int, int, int, bool]],
) -> None:
    async def delivered() -> None:
        elsewhere = Elsewhere()
        async with storing(elsewhere) as remote:
            for which, first, count, lost in sent:
                name, last = f"s{which}", first + count - 1
                readings: list[Reading] = packets(first, last, name)
                if lost:
                    head = packet(last, name)
                    readings = [Gap(last, 1, head.t_ms, head.wall_ms, count)]
                acked = await remote.deliver(Envelope(session(name), START, tuple(readings)))
                assert acked == elsewhere.last_seq(name)
        for name, stored in elsewhere.stored.items():
            assert faults(stored, name) == []

    run(delivered())


@settings(deadline=None)  # loops are begun and ended
@given(st.lists(st.integers(1, 30), min_size=1, max_size=12))
def test_senders_at_the_same_time_do_not_disturb_one_another(sizes: list[int]) -> None:
    async def together() -> None:
        elsewhere = Elsewhere()
        async with storing(elsewhere) as remote:

            async def one(which: int) -> None:
                last = 0
                for size in sizes:
                    sent = envelope(last + 1, last + size, f"s{which}")
                    last = await remote.deliver(sent)

            await asyncio.gather(*(one(which) for which in range(4)))
        for which in range(4):
            assert elsewhere.stored[f"s{which}"] == packets(1, sum(sizes), f"s{which}")

    run(together())
