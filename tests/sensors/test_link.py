import asyncio
import gc
import json
import logging
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any, TypeVar

import pytest
import trustme
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from softfront_sensors.address import trust
from softfront_sensors.envelope import Envelope, Pending, Reply, write_envelope
from softfront_sensors.errors import NotTaken, Refused, Unreachable, UnusableAddress
from softfront_sensors.link import MqttCarrier, Subscriber, Timings
from softfront_sensors.link import broker as address_of
from softfront_sensors.source import Rank

from .broker import HOST, Broker, free_port, only_311
from .spooling import START, packets, session

pytestmark = pytest.mark.mosquitto

QUICK = Timings(
    connect_s=2,
    accept_s=2,
    first_pause_s=0.05,
    last_pause_s=0.1,
    patience_s=5,
    answer_s=0.5,
    answer_jitter_s=0.0,
)
T = TypeVar("T")


def run(work: Awaitable[T]) -> T:
    """Run `work` in its own loop; nothing may take longer than 15 s or be left behind."""

    async def bounded() -> T:
        async with asyncio.timeout(15):
            return await work

    gc.collect()  # what the test itself used before
    before = threading.active_count(), open_files()
    try:
        return asyncio.run(bounded())
    finally:
        gc.collect()  # an open socket shows here, not in another test
        assert (threading.active_count(), open_files()) == before


def open_files() -> int:
    """Count what this process holds open, where the system tells."""
    folder = Path("/proc/self/fd")
    return len(list(folder.iterdir())) if folder.exists() else 0


def envelope(first: int = 1, last: int = 3, name: str = "one") -> Envelope:
    info = replace(session(name), rank=Rank.COLLECTOR)
    return Envelope(info, START, tuple(packets(first, last)))


class Store:
    """Stores what it is given, unless it is told not to."""

    def __init__(self) -> None:
        self.heard: list[Envelope] = []
        self.answer: Callable[[Envelope], int] = lambda sent: sent.readings[-1].seq

    async def deliver(self, sent: Envelope) -> int:
        self.heard.append(sent)
        return self.answer(sent)


def carrier(url: str, timings: Timings = QUICK, **more: Any) -> MqttCarrier:
    return MqttCarrier(address_of(url), timings=timings, jitter=Random(1), **more)


@asynccontextmanager
async def listening(url: str, store: Store, **more: Any) -> AsyncIterator[Subscriber]:
    """A server's end that hears the broker."""
    subscriber = Subscriber(address_of(url), store.deliver, timings=QUICK, jitter=Random(2), **more)
    task = asyncio.create_task(subscriber.run())
    try:
        await holds(lambda: subscriber.connected)
        yield subscriber
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@asynccontextmanager
async def closed(made: MqttCarrier) -> AsyncIterator[MqttCarrier]:
    try:
        yield made
    finally:
        await made.close()


async def holds(condition: Callable[[], bool]) -> None:
    while not condition():  # noqa: ASYNC110  a status is read, not awaited
        await asyncio.sleep(0.005)


async def insists(made: MqttCarrier, sent: Envelope) -> Reply:
    """Send until there is a reply, as a collector does."""
    while True:
        with suppress(Unreachable):
            return await made.send(sent)
        await asyncio.sleep(0.02)


def publish(port: int, topic: str, *payloads: bytes, retain: bool = False) -> None:
    """Publish as somebody else would."""
    client = Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv311)
    client.connect(HOST, port)
    client.loop_start()
    for payload in payloads:
        client.publish(topic, payload, qos=1, retain=retain).wait_for_publish(5)
    client.disconnect()
    client.loop_stop()


def test_an_envelope_goes_out_and_its_reply_comes_back(broker: Broker) -> None:
    async def there_and_back() -> None:
        store = Store()
        async with listening(broker.url, store), closed(carrier(broker.url)) as made:
            assert await made.send(envelope()) == Reply("one", 3)
            assert await made.send(envelope(4, 9)) == Reply("one", 9)
        assert store.heard == [envelope(), envelope(4, 9)]

    run(there_and_back())


def test_the_offer_that_waits_comes_with_the_reply(broker: Broker) -> None:
    waits = Pending("p1", 90)

    async def offered() -> Reply:
        listens = listening(broker.url, Store(), pending=lambda: waits)
        async with listens, closed(carrier(broker.url)) as made:
            return await made.send(envelope())

    assert run(offered()).prompt == waits


def test_the_path_of_the_address_begins_the_topics(broker: Broker) -> None:
    async def apart() -> tuple[Reply, int]:
        anna, ben = Store(), Store()
        async with (
            listening(f"{broker.url}/softfront/anna", anna),
            listening(broker.url, ben),
            closed(carrier(f"{broker.url}/softfront/anna")) as made,
        ):
            return await made.send(envelope()), len(ben.heard)

    assert run(apart()) == (Reply("one", 3), 0)


def test_a_path_with_a_wildcard_is_refused() -> None:
    for path in ("a/+", "$SYS/x"):
        with pytest.raises(UnusableAddress, match="beginning of a topic"):
            address_of(f"mqtt://pi/{path}")


def test_two_collectors_hear_only_their_own_replies(broker: Broker) -> None:
    async def both() -> list[Reply]:
        async with (
            listening(broker.url, Store()),
            closed(carrier(broker.url)) as one,
            closed(carrier(broker.url)) as two,
        ):
            return list(await asyncio.gather(one.send(envelope()), two.send(envelope(1, 7, "two"))))

    assert run(both()) == [Reply("one", 3), Reply("two", 7)]


def test_a_reply_that_acknowledges_less_counts_when_none_better_comes(broker: Broker) -> None:
    async def rewound() -> Reply:
        store = Store()
        store.answer = lambda sent: 1
        async with listening(broker.url, store), closed(carrier(broker.url)) as made:
            return await made.send(envelope(4, 9))

    assert run(rewound()) == Reply("one", 1)


def test_a_late_reply_to_an_earlier_envelope_is_not_taken_for_this_one(broker: Broker) -> None:
    async def overtaken() -> Reply:
        store = Store()

        def late_first(sent: Envelope) -> int:
            told = json.dumps({"session": "one", "acked": 3, "prompt": None})
            publish(broker.port, "softfront/me/acks", told.encode())
            return sent.readings[-1].seq

        store.answer = late_first
        async with listening(broker.url, store), closed(carrier(broker.url)) as made:
            return await made.send(envelope(4, 9))

    assert run(overtaken()) == Reply("one", 9)


def test_nobody_behind_the_broker_is_told_in_words(broker: Broker) -> None:
    async def alone() -> None:
        async with closed(carrier(broker.url)) as made:
            with pytest.raises(Unreachable, match="nobody behind it"):
                await made.send(envelope())

    run(alone())


def test_what_could_not_be_stored_is_not_acknowledged(broker: Broker) -> None:
    def refuse(sent: Envelope) -> int:
        raise NotTaken("it was not stored in time")

    async def unstored() -> dict[str, int]:
        store = Store()
        store.answer = refuse
        async with listening(broker.url, store) as ear, closed(carrier(broker.url)) as made:
            with pytest.raises(Unreachable):
                await made.send(envelope())
            return ear.left_out

    assert run(unstored()) == {"it was not stored in time": 1}


def test_a_broker_that_is_not_there_is_told_once_and_found_when_it_comes(broker: Broker) -> None:
    broker.kill()

    async def later() -> Reply:
        async with closed(carrier(broker.url)) as made:
            with pytest.raises(Unreachable, match=f"{broker.url} does not answer"):
                await made.send(envelope())
            await asyncio.to_thread(broker.start)
            async with listening(broker.url, Store()):
                return await made.send(envelope())  # waits, and is not told the same again

    assert run(later()) == Reply("one", 3)


def test_a_broker_killed_again_and_again_is_found_by_both_ends_and_nothing_is_left(
    broker: Broker,
) -> None:
    async def flapping() -> list[tuple[int, int, int]]:
        held, store = [], Store()
        async with listening(broker.url, store), closed(carrier(broker.url)) as made:
            for turn in range(12):
                assert (await insists(made, envelope(1, turn + 1))).acked == turn + 1
                await asyncio.to_thread(broker.restart)
                if turn % 4 == 3:
                    await insists(made, envelope(1, turn + 1))
                    tasks = len(asyncio.all_tasks())
                    held.append((open_files(), threading.active_count(), tasks))
        return held

    gc.disable()  # what lets go only when it is collected holds on for too long
    try:
        assert len(set(run(flapping()))) == 1
    finally:
        gc.enable()


def test_mqtt_5_is_spoken_where_it_is_offered(broker: Broker) -> None:
    async def version() -> str:
        async with listening(broker.url, Store()), closed(carrier(broker.url)) as made:
            await made.send(envelope())
            return made.version

    assert run(version()) == "5"


def test_a_broker_of_3_1_1_is_spoken_to_in_its_own_way(broker: Broker) -> None:
    async def old() -> tuple[Reply, str]:
        async with only_311(broker.port) as port:
            url = f"mqtt://{HOST}:{port}"
            async with listening(url, Store()), closed(carrier(url)) as made:
                return await made.send(envelope()), made.version

    assert run(old()) == (Reply("one", 3), "3.1.1")


def test_a_reply_expires_within_a_minute_where_the_broker_can_do_that(broker: Broker) -> None:
    lives: list[int] = []
    watcher = Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv5)

    def hear(_: Client, __: object, message: Any) -> None:
        lives.append(message.properties.MessageExpiryInterval)

    watcher.on_message = hear
    watcher.on_connect = lambda client, *_: client.subscribe("softfront/me/acks", 1)
    ready = threading.Event()
    watcher.on_subscribe = lambda *_: ready.set()
    watcher.connect(HOST, broker.port)
    watcher.loop_start()
    assert ready.wait(5)

    async def replied() -> None:
        async with listening(broker.url, Store()), closed(carrier(broker.url)) as made:
            await made.send(envelope())
            await holds(lambda: bool(lives))

    try:
        before = threading.active_count()
        asyncio.run(replied())
        assert threading.active_count() == before
    finally:
        watcher.disconnect()
        watcher.loop_stop()
    assert 50 <= lives[0] <= 60


NONSENSE = [
    b"",
    b"\xff\xfe",
    b"[" * 100_000,
    b"null",
    b'{"v": 2, "session": "one", "packets": []}',
    b'{"v": 1, "session": "../x", "packets": []}',
    b'{"v": 1, "session": "one", "packets": [{"seq": 1, "t_ms": 1, "hr_bpm": 99999}]}',
    b'{"v": 1, "session": "one", "packets": [{"seq": NaN}]}',
    b"9" * 5000,
]


def test_nonsense_is_counted_by_its_reason_and_the_next_message_is_heard(
    broker: Broker, caplog: pytest.LogCaptureFixture
) -> None:
    async def tried() -> dict[str, int]:
        with caplog.at_level(logging.DEBUG):
            store = Store()
            async with listening(broker.url, store) as ear, closed(carrier(broker.url)) as made:
                await asyncio.to_thread(publish, broker.port, "softfront/me/packets", *NONSENSE)
                assert await made.send(envelope()) == Reply("one", 3)
            return ear.left_out

    left_out = run(tried())
    assert sum(left_out.values()) == len(NONSENSE)
    assert left_out["packets.0.hr_bpm: not between 0 and 65535"] == 1
    assert "99999" not in caplog.text


def test_a_thousand_kinds_of_nonsense_take_no_room() -> None:
    async def counted() -> dict[str, int]:
        ear = Subscriber(address_of("mqtt://nowhere"), Store().deliver)
        for at in range(200):
            packets = [{"seq": 1, "t_ms": 1, "hr_bpm": 60}] * at + [{}]
            body = json.dumps({"v": 1, "session": "one", "packets": packets})
            await ear._take("softfront/me/packets", body.encode())
        return ear.left_out

    left_out = run(counted())
    assert len(left_out) == 51
    assert sum(left_out.values()) == 200


def test_a_slip_of_ours_ends_nothing(broker: Broker, caplog: pytest.LogCaptureFixture) -> None:
    def slip(sent: Envelope) -> int:
        raise ZeroDivisionError

    async def slipped() -> Reply:
        store = Store()
        store.answer = slip
        async with listening(broker.url, store), closed(carrier(broker.url)) as made:
            with pytest.raises(Unreachable):
                await made.send(envelope())
            store.answer = lambda sent: 3
            return await made.send(envelope())

    assert run(slipped()) == Reply("one", 3)
    assert "ZeroDivisionError" in caplog.text


def test_what_is_too_long_is_dropped(broker: Broker) -> None:
    async def long() -> dict[str, int]:
        async with listening(broker.url, Store()) as ear, closed(carrier(broker.url)) as made:
            huge = b" " * 256_001
            await asyncio.to_thread(publish, broker.port, "softfront/me/packets", huge)
            await made.send(envelope())
            return ear.left_out

    assert run(long()) == {"too long": 1}


def test_what_a_broker_had_kept_is_not_taken_for_news(broker: Broker) -> None:
    kept = json.dumps(write_envelope(envelope(1, 1, "old"))).encode()
    publish(broker.port, "softfront/me/packets", kept, retain=True)

    async def fresh() -> list[str]:
        store = Store()
        async with listening(broker.url, store), closed(carrier(broker.url)) as made:
            await made.send(envelope())
        return [heard.session.id for heard in store.heard]

    assert run(fresh()) == ["one"]


def test_nothing_of_ours_is_kept_by_the_broker(broker: Broker) -> None:
    async def once() -> None:
        async with listening(broker.url, Store()), closed(carrier(broker.url)) as made:
            await made.send(envelope())

    run(once())
    heard: list[object] = []
    ready = threading.Event()
    client = Client(CallbackAPIVersion.VERSION2)
    client.on_message = lambda _, __, message: heard.append(message.payload)
    client.on_connect = lambda c, *_: c.subscribe("#", 1)
    client.on_subscribe = lambda *_: ready.set()
    client.connect(HOST, broker.port)
    client.loop_start()
    assert ready.wait(5)
    publish(broker.port, "last", b"end")
    client.disconnect()
    client.loop_stop()
    assert heard in ([], [b"end"])


def test_what_a_phone_sends_by_a_topic_of_its_own_is_handed_on(broker: Broker) -> None:
    heard: list[tuple[str, object]] = []

    async def hear(topic: str, body: object) -> None:
        heard.append((topic, body))

    async def handed() -> None:
        async with listening(f"{broker.url}/psl", Store(), on_other=hear):
            await asyncio.to_thread(publish, broker.port, "softfront/ben/hr", b"another body's")
            await asyncio.to_thread(publish, broker.port, "psl/hr", b'{"hr": 60}', b"plain")
            await holds(lambda: len(heard) == 2)

    run(handed())
    assert heard == [("psl/hr", {"hr": 60}), ("psl/hr", "plain")]


def test_a_wrong_password_is_told_and_never_shown(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    made = Broker(tmp_path, ["allow_anonymous false"])
    made.start()

    async def refused(url: str) -> str:
        async with closed(carrier(url)) as sender:
            with pytest.raises(Refused) as told:
                await sender.send(envelope())
            return str(told.value)

    try:
        with caplog.at_level(logging.DEBUG):
            said = run(refused(f"mqtt://anna:secret@{HOST}:{made.port}"))
    finally:
        made.kill()
    assert said == f"The broker mqtt://{HOST}:{made.port} says: Not authorized."
    assert "secret" not in caplog.text


@asynccontextmanager
async def deaf_broker() -> AsyncIterator[str]:
    """Take everyone and grant no subscription; Mosquitto grants it, and then delivers nothing."""

    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1000)
        writer.write(bytes.fromhex("20 03 00 00 00"))
        subscribe = await reader.read(1000)
        writer.write(bytes.fromhex("90 04") + subscribe[2:4] + bytes.fromhex("00 87"))
        await reader.read(1000)
        writer.close()

    server = await asyncio.start_server(greet, HOST, 0)
    try:
        yield f"mqtt://{HOST}:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        await server.wait_closed()


def test_a_topic_we_may_not_hear_is_named() -> None:
    async def refused() -> None:
        async with deaf_broker() as url, closed(carrier(url)) as sender:
            with pytest.raises(Refused, match="does not let this machine hear softfront/me/acks"):
                await sender.send(envelope())

    run(refused())


def secured(tmp_path: Path, authority: trustme.CA) -> Broker:
    cert = authority.issue_cert(HOST, "localhost")
    cert.private_key_pem.write_to_path(tmp_path / "key.pem")
    for at, part in enumerate(cert.cert_chain_pems):
        part.write_to_path(tmp_path / "cert.pem", append=at > 0)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    return Broker(
        tmp_path,
        [
            "allow_anonymous true",
            f"certfile {tmp_path / 'cert.pem'}",
            f"keyfile {tmp_path / 'key.pem'}",
        ],
    )


def test_a_road_under_a_certificate_of_ones_own(tmp_path: Path) -> None:
    made = secured(tmp_path, trustme.CA())
    made.start()
    url = f"mqtts://{HOST}:{made.port}"
    own = trust(tmp_path / "ca.pem")

    async def encrypted() -> Reply:
        async with (
            listening(url, Store(), trusted=own),
            closed(carrier(url, trusted=own)) as sender,
        ):
            return await sender.send(envelope())

    async def untrusted() -> None:
        async with closed(carrier(url, trusted=trust(None))) as sender:
            with pytest.raises(Refused, match="is not trusted"):
                await sender.send(envelope())

    try:
        assert run(encrypted()) == Reply("one", 3)
        run(untrusted())
    finally:
        made.kill()


def test_a_broker_without_tls_is_told_from_one_that_is_away(broker: Broker) -> None:
    async def plain() -> None:
        url = f"mqtts://{HOST}:{broker.port}"
        async with closed(carrier(url, trusted=trust(None))) as sender:
            with pytest.raises(Unreachable, match=r"does not (speak TLS|answer)"):
                await sender.send(envelope())

    run(plain())


def test_a_name_nobody_has_is_told(tmp_path: Path) -> None:
    async def nowhere() -> None:
        async with closed(carrier("mqtt://nobody.invalid")) as sender:
            with pytest.raises(Unreachable, match=r"There is no machine named nobody\.invalid"):
                await sender.send(envelope())

    run(nowhere())


def test_closing_before_the_first_connection_leaves_nothing() -> None:
    async def at_once() -> None:
        made = carrier(f"mqtt://{HOST}:{free_port()}")
        task = asyncio.create_task(made.send(envelope()))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await made.close()
        await made.close()

    run(at_once())


def test_closing_while_a_frozen_broker_says_nothing_is_quick() -> None:
    async def frozen() -> float:
        held: list[asyncio.StreamWriter] = []
        silent = await asyncio.start_server(lambda _, writer: held.append(writer), HOST, 0)
        port = silent.sockets[0].getsockname()[1]
        made = carrier(f"mqtt://{HOST}:{port}", replace(QUICK, accept_s=30, patience_s=0.3))
        with pytest.raises(Unreachable):
            await made.send(envelope())
        began_s = asyncio.get_running_loop().time()
        await made.close()
        spent_s = asyncio.get_running_loop().time() - began_s
        silent.close()
        for writer in held:
            writer.close()
        await silent.wait_closed()
        return spent_s

    assert run(frozen()) < 2
