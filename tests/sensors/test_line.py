"""A line to a broker, for whoever keeps something there: what stays, and what is said of us."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random
from typing import Any

import pytest

from softfront_sensors.link import Line, Message, Timings
from softfront_sensors.link import broker as address_of

from .broker import Broker

pytestmark = pytest.mark.mosquitto

QUICK = Timings(first_pause_s=0.05, last_pause_s=0.1)
WILL = Message("us/status", "gone", kept=True)


class Ear:
    """Hears a topic, and lets itself be waited for."""

    def __init__(self) -> None:
        self.heard: asyncio.Queue[tuple[str, str]] = asyncio.Queue()

    def hear(self, topic: str, payload: bytes) -> None:
        self.heard.put_nowait((topic, payload.decode()))

    async def next(self) -> tuple[str, str]:
        async with asyncio.timeout(15):
            return await self.heard.get()


@asynccontextmanager
async def line(url: str, topic: str, ear: Ear, **more: Any) -> AsyncIterator[Line]:
    made = Line(address_of(url), None, (topic,), ear.hear, timings=QUICK, jitter=Random(1), **more)
    try:
        await made.ready()
        yield made
    finally:
        await made.close()


def test_who_is_gone_without_a_word_is_said_to_be_gone(broker: Broker) -> None:
    async def main() -> tuple[str, str]:
        ear = Ear()
        async with line(broker.url, "us/#", ear), line(broker.url, "x", Ear(), will=WILL) as ours:
            assert ours._connection is not None
            ours._connection._client._sock_close()
            return await ear.next()

    assert asyncio.run(main()) == ("us/status", "gone")


def test_who_says_goodbye_is_not_and_the_last_word_arrives(broker: Broker) -> None:
    async def main() -> list[tuple[str, str]]:
        ear = Ear()
        async with line(broker.url, "us/#", ear):
            async with line(broker.url, "us/#", Ear(), will=WILL) as ours:
                for n in range(20):
                    ours.publish("us/word", str(n))
                await ours.settle()
            heard = [await ear.next() for _ in range(20)]
            await asyncio.sleep(0.2)
            assert ear.heard.empty()
            return heard

    assert asyncio.run(main()) == [("us/word", str(n)) for n in range(20)]


def test_a_broker_that_begins_anew_is_greeted_anew(broker: Broker) -> None:
    async def main() -> int:
        greeted = asyncio.Semaphore(0)
        async with line(broker.url, "x", Ear(), greet=greeted.release):
            await greeted.acquire()
            await asyncio.to_thread(broker.restart)
            async with asyncio.timeout(15):
                await greeted.acquire()
            return 2

    assert asyncio.run(main()) == 2


def test_without_a_connection_nothing_is_waited_for(broker: Broker) -> None:
    async def main() -> None:
        made = Line(address_of(broker.url), None, ("x",), Ear().hear, timings=QUICK)
        made.publish("us/word", "lost")
        async with asyncio.timeout(1):
            await made.settle()
        await made.close()

    asyncio.run(main())
