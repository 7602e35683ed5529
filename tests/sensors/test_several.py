import asyncio
from collections import defaultdict
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from softfront_sensors.envelope import Envelope
from softfront_sensors.heart_rate import encode
from softfront_sensors.packet import Packet, Reading
from softfront_sensors.remote import RemoteStrap
from softfront_sensors.several import Several
from softfront_sensors.source import (
    Batch,
    Part,
    Rank,
    SessionInfo,
    SourceEnded,
    StrapState,
    StrapStatus,
)

from .elsewhere import Elsewhere
from .spooling import START, packets, session

BEAT = encode(60, [1024])


class Worn:
    """A source that hands out what it has, a few at a time, and hears what is stored."""

    def __init__(self, name: str, rank: Rank, sizes: Sequence[int]) -> None:
        self.session = SessionInfo(name, name, START, live=True, rank=rank)
        self.status = StrapStatus(StrapState.LIVE, name)
        self.acked: list[int] = []
        self.rewound: list[int] = []
        self.closed = False
        self._sizes, self._seq = list(sizes), 0

    def now_ms(self) -> int:
        return START + 1000 * self._seq

    async def poll(self) -> tuple[Batch, ...]:
        await asyncio.sleep(0)
        if not self._sizes or self.closed:
            raise SourceEnded
        first, self._seq = self._seq + 1, self._seq + self._sizes.pop(0)
        made: list[Reading] = [self._packet(seq) for seq in range(first, self._seq + 1)]
        return (Batch(self.session, tuple(made)),) if made else ()

    def _packet(self, seq: int) -> Packet:
        t_ms = START + 1000 * seq
        return Packet(seq, 1, t_ms, t_ms, BEAT)

    async def ack(self, session: str, seq: int) -> None:
        assert session == self.session.id
        self.acked.append(seq)

    async def rewind(self, session: str, seq: int) -> None:
        assert session == self.session.id
        self.rewound.append(seq)

    async def close(self) -> None:
        self.closed = True


async def all_of(several: Several) -> list[Batch]:
    """Hear all there is, and say of each batch that it is stored."""
    heard: list[Batch] = []
    while True:
        try:
            batches = await several.poll()
        except SourceEnded:
            return heard
        for batch in batches:
            heard.append(batch)
            await several.ack(batch.session.id, batch.readings[-1].seq)


RANKS = [Rank.HERE, Rank.COLLECTOR, Rank.RAW, Rank.APP]


@settings(deadline=None)  # loops are begun and ended
@given(st.lists(st.lists(st.integers(0, 9), max_size=12), min_size=1, max_size=4))
def test_all_that_any_of_them_says_is_handed_out_once_and_in_its_order(
    sizes: list[list[int]],
) -> None:
    async def heard() -> None:
        sources = [Worn(f"s{n}", RANKS[n], each) for n, each in enumerate(sizes)]
        several = Several(sources)
        found: defaultdict[str, list[int]] = defaultdict(list)
        for batch in await all_of(several):
            found[batch.session.id] += [reading.seq for reading in batch.readings]
        for source, each in zip(sources, sizes, strict=True):
            assert found[source.session.id] == list(range(1, sum(each) + 1))
            assert source.acked == sorted(source.acked)
            assert not source.acked or source.acked[-1] == sum(each)
        await several.close()
        assert all(source.closed for source in sources)

    asyncio.run(heard())


def test_one_of_them_leads_and_the_others_are_kept() -> None:
    async def parts() -> dict[str, set[Part]]:
        found: defaultdict[str, set[Part]] = defaultdict(set)
        several = Several([Worn("s0", Rank.HERE, [1] * 30), Worn("s1", Rank.APP, [1] * 30)])
        for batch in await all_of(several):
            found[batch.session.id].add(batch.part)
        assert several.session.id == "s0"
        await several.close()
        return dict(found)

    assert asyncio.run(parts()) == {"s0": {Part.LEADS}, "s1": {Part.SPARE}}


def test_going_back_is_asked_of_the_source_it_concerns() -> None:
    async def rewound() -> list[list[int]]:
        sources = [Worn("s0", Rank.HERE, [3]), Worn("s1", Rank.APP, [3])]
        several = Several(sources)
        await all_of(several)
        await several.rewind("s1", 2)
        await several.close()
        return [source.rewound for source in sources]

    assert asyncio.run(rewound()) == [[], [2]]


def test_after_all_have_ended_it_still_knows_its_clock_and_its_strap() -> None:
    async def ended() -> tuple[str, StrapState, int]:
        several = Several([Worn("s0", Rank.HERE, [3])])
        await all_of(several)
        told = several.session.id, several.status.state, several.now_ms()
        await several.close()
        return told

    assert asyncio.run(ended()) == ("s0", StrapState.LIVE, START + 3000)


def test_closing_in_the_middle_of_a_poll_leaves_no_task() -> None:
    async def closed() -> int:
        elsewhere = Elsewhere()
        several = Several([], elsewhere.remote)
        polling = asyncio.create_task(several.poll())
        await asyncio.sleep(0.01)
        polling.cancel()
        await asyncio.gather(polling, return_exceptions=True)
        await several.close()
        return len(asyncio.all_tasks())

    assert asyncio.run(closed()) == 1


def test_what_came_while_nobody_waited_is_handed_out_afterwards() -> None:
    """A poll that is given up takes nothing with it."""

    async def late() -> list[int]:
        now = [START]
        remote = RemoteStrap(Elsewhere()._recall, lambda: now[0], lambda: now[0])
        several = Several([], remote)
        polling = asyncio.create_task(several.poll())
        await asyncio.sleep(0.01)
        polling.cancel()
        await asyncio.gather(polling, return_exceptions=True)
        sent = packets(1, 3)
        delivering = asyncio.create_task(remote.deliver(Envelope(session(), START, tuple(sent))))
        (batch,) = await several.poll()
        await several.ack("one", 3)
        assert await delivering == 3
        await several.close()
        return [reading.seq for reading in batch.readings]

    assert asyncio.run(late()) == [1, 2, 3]


def test_a_source_that_breaks_is_heard_of() -> None:
    class Broken(Worn):
        async def poll(self) -> tuple[Batch, ...]:
            raise ZeroDivisionError

    async def broken() -> None:
        several = Several([Broken("s0", Rank.HERE, [])])
        with pytest.raises(ZeroDivisionError):
            await several.poll()
        await several.close()

    asyncio.run(broken())
