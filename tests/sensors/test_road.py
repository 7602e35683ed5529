"""The whole road in one process: collector, outbox, a real broker, and a store at the other end."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from softfront_sensors.collector import Clocks, Collector
from softfront_sensors.envelope import Pending
from softfront_sensors.link import MqttCarrier, Subscriber
from softfront_sensors.link import broker as address_of
from softfront_sensors.outbox import Outbox

from .broker import Broker
from .elsewhere import Elsewhere, Told
from .spooling import START, faults, gaps, packets
from .test_collector import QUICK, holds
from .test_link import QUICK as QUICK_LINK

pytestmark = pytest.mark.mosquitto


@asynccontextmanager
async def storing(
    url: str, elsewhere: Elsewhere, pending: Callable[[], Pending | None]
) -> AsyncIterator[None]:
    subscriber = Subscriber(
        address_of(url), elsewhere.remote.deliver, pending, timings=QUICK_LINK, jitter=Random(1)
    )
    tasks = [asyncio.create_task(subscriber.run()), asyncio.create_task(elsewhere.run())]
    try:
        yield
    finally:
        await elsewhere.remote.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@asynccontextmanager
async def collecting(
    url: str, folder: Path, source: Told, cap: int = 36_000
) -> AsyncIterator[tuple[Outbox, list[str]]]:
    offers: list[str] = []
    with Outbox.open(folder, cap=cap) as outbox:
        collector = Collector(
            source,
            outbox,
            MqttCarrier(address_of(url), timings=QUICK_LINK, jitter=Random(2)),
            Clocks(lambda: START, lambda: 0, "this boot"),
            on_prompt=lambda prompt: offers.append(prompt.id),
            timings=replace(QUICK, sign_of_life_s=0.1),
        )
        task = asyncio.create_task(collector.run())
        try:
            yield outbox, offers
        finally:
            collector.stop()
            await asyncio.wait({task}, timeout=10)
            task.result()


def test_what_an_outage_held_back_drains_in_order_once_the_broker_is_there(
    broker: Broker, tmp_path: Path
) -> None:
    broker.kill()

    async def outage() -> None:
        elsewhere, source = Elsewhere(), Told()
        async with (
            storing(broker.url, elsewhere, lambda: None),
            collecting(broker.url, tmp_path, source) as (outbox, _),
        ):
            for first in range(1, 2001, 100):
                source.say(packets(first, first + 99))
            await holds(lambda: outbox.waiting == 2000)
            await asyncio.to_thread(broker.start)
            await holds(lambda: outbox.waiting == 0)
        assert elsewhere.stored["one"] == packets(1, 2000)

    asyncio.run(asyncio.wait_for(outage(), 30))


def test_an_outage_longer_than_the_outbox_is_told_as_a_gap_and_holds_nothing_up(
    broker: Broker, tmp_path: Path
) -> None:
    broker.kill()

    async def outage() -> None:
        elsewhere, source = Elsewhere(), Told()
        async with (
            storing(broker.url, elsewhere, lambda: None),
            collecting(broker.url, tmp_path, source, cap=500) as (outbox, _),
        ):
            source.say(packets(1, 800))
            await holds(lambda: outbox.waiting == 500)
            await asyncio.to_thread(broker.start)
            await holds(lambda: outbox.waiting == 0)
        stored = elsewhere.stored["one"]
        assert faults(stored) == []
        assert [(gap.seq, gap.count) for gap in gaps(stored)] == [(301, 301)]
        assert stored[-1].seq == 800

    asyncio.run(asyncio.wait_for(outage(), 30))


def test_an_offer_reaches_the_wrist_with_the_next_sign_of_life(
    broker: Broker, tmp_path: Path
) -> None:
    async def offered() -> list[str]:
        waits: list[Pending | None] = [None]
        async with (
            storing(broker.url, Elsewhere(), lambda: waits[0]),
            collecting(broker.url, tmp_path, source := Told()) as (outbox, offers),
        ):
            source.say(packets(1, 3))
            await holds(lambda: bool(source.acked) and outbox.waiting == 0)
            waits[0] = Pending("p1", 90)
            await holds(lambda: bool(offers))
            await asyncio.sleep(0.3)
            return offers

    assert asyncio.run(asyncio.wait_for(offered(), 30)) == ["p1"]
