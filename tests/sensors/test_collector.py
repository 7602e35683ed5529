import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from statistics import mean
from typing import TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from softfront_sensors.collector import Clocks, Collector, Standing, Timings
from softfront_sensors.collector.pace import pause_s, spread_s
from softfront_sensors.envelope import Envelope, Pending, Reply
from softfront_sensors.errors import OutboxUnusable, Refused, Unreachable
from softfront_sensors.outbox import Outbox
from softfront_sensors.source import Rank, StrapState, StrapStatus

from .elsewhere import Direct, Elsewhere, Told
from .spooling import START, a_run, faults, packet, packets, spans

QUICK = Timings(
    sign_of_life_s=5.0,
    first_pause_s=0.001,
    last_pause_s=0.004,
    refused_pause_s=0.05,
    spread_most_s=0.01,
    between_s=0.0,
    full_pause_s=0.002,
)
T = TypeVar("T")


def run(work: Awaitable[T]) -> T:
    async def bounded() -> T:
        async with asyncio.timeout(10):
            return await work

    return asyncio.run(bounded())


@dataclass
class Road:
    """A collector at work, its source, and the other end."""

    source: Told
    outbox: Outbox
    elsewhere: Elsewhere
    carrier: Direct
    collector: Collector
    task: asyncio.Task[None]
    prompts: list[str] = field(default_factory=list)
    told: list[Standing] = field(default_factory=list)

    async def stored(self, seq: int) -> None:
        """Wait until a reading is stored elsewhere, and nothing waits here."""
        name = self.source.session.id
        await holds(lambda: self.elsewhere.last_seq(name) == seq and not self.outbox.waiting)


async def holds(condition: Callable[[], bool]) -> None:
    while not condition():  # noqa: ASYNC110  a number is read, not awaited
        await asyncio.sleep(0.001)


@asynccontextmanager
async def road(
    folder: Path,
    elsewhere: Elsewhere | None = None,
    source: Told | None = None,
    timings: Timings = QUICK,
    *,
    boot: str | None = "this boot",
    cap: int = 36_000,
    fault: Exception | None = None,
) -> AsyncIterator[Road]:
    elsewhere, source = elsewhere or Elsewhere(), source or Told()
    carrier = Direct(elsewhere)
    carrier.fault = fault
    storing = asyncio.create_task(elsewhere.run())
    prompts: list[str] = []
    told: list[Standing] = []
    with Outbox.open(folder, cap=cap) as outbox:
        collector = Collector(
            source,
            outbox,
            carrier,
            Clocks(lambda: START, lambda: 500, boot),
            on_prompt=lambda prompt: prompts.append(prompt.id),
            on_standing=told.append,
            timings=timings,
            jitter=Random(3),
        )
        task = asyncio.create_task(collector.run())
        try:
            yield Road(source, outbox, elsewhere, carrier, collector, task, prompts, told)
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await elsewhere.remote.close()
            await storing


def test_all_that_is_heard_is_stored_elsewhere_and_forgotten_here(tmp_path: Path) -> None:
    async def heard() -> None:
        async with road(tmp_path) as on:
            on.source.say(packets(1, 3))
            on.source.say(packets(4, 900))
            on.source.end()
            await on.task
            assert on.elsewhere.stored == {"one": packets(1, 900)}
            assert on.outbox.waiting == 0
            assert (on.source.closed, on.carrier.closed) == (True, True)

    run(heard())


def test_a_source_may_forget_what_is_kept_whether_it_was_sent_or_not(tmp_path: Path) -> None:
    async def kept() -> None:
        async with road(tmp_path, fault=Unreachable("away")) as on:
            on.source.say(packets(1, 3))
            await holds(lambda: bool(on.source.acked))
            assert (on.source.acked, on.outbox.waiting) == ([3], 3)

    run(kept())


def test_readings_go_out_as_a_collectors_with_clock_boot_and_status(tmp_path: Path) -> None:
    async def sent() -> Envelope:
        async with road(tmp_path) as on:
            on.source.time_ms = START + 777
            on.source.say(packets(1, 1))
            await on.stored(1)
            return on.carrier.sent[-1]

    envelope = run(sent())
    assert envelope.session.rank is Rank.COLLECTOR
    assert envelope.session.boot == "this boot"
    assert envelope.sent_ms == START + 777
    assert envelope.status == StrapStatus(StrapState.LIVE, "H10", battery_percent=80)


def test_a_sign_of_life_goes_out_while_nothing_is_heard(tmp_path: Path) -> None:
    async def quiet() -> list[Envelope]:
        async with road(tmp_path, timings=replace(QUICK, sign_of_life_s=0.02)) as on:
            await holds(lambda: len(on.carrier.sent) >= 3)
            return on.carrier.sent

    for envelope in run(quiet()):
        assert envelope.readings == ()
        assert envelope.status is not None


def test_each_offer_is_told_once(tmp_path: Path) -> None:
    async def offered() -> list[str]:
        async with road(tmp_path) as on:
            for seq, waits in enumerate(("p1", "p1", None, "p2"), start=1):
                on.carrier.prompt = Pending(waits, 90) if waits else None
                on.source.say([packet(seq)])
                await on.stored(seq)
            return on.prompts

    assert run(offered()) == ["p1", "p2"]


def test_what_a_crash_left_goes_out_before_what_is_heard_now(tmp_path: Path) -> None:
    with Outbox.open(tmp_path) as outbox:
        outbox.append(a_run("old"), packets(1, 30, "old"))

    async def after() -> list[tuple[str, int]]:
        async with road(tmp_path, source=Told("new")) as on:
            on.source.say(packets(1, 3, "new"))
            await holds(lambda: on.elsewhere.last_seq("new") == 3)
            assert faults(on.elsewhere.stored["old"], "old") == []
            assert on.elsewhere.last_seq("old") == 30
            return [(e.session.id, len(e.readings)) for e in on.carrier.sent if e.readings]

    assert run(after()) == [("old", 30), ("new", 3)]


def test_a_wiped_outbox_begins_a_session_and_nothing_else(tmp_path: Path) -> None:
    async def part(name: str, elsewhere: Elsewhere) -> None:
        async with road(tmp_path, elsewhere, Told(name)) as on:
            on.source.say(packets(1, 5, name))
            await on.stored(5)

    first = Elsewhere()
    run(part("first", first))
    for file in tmp_path.glob("outbox.db*"):
        file.unlink()
    run(part("second", again := first.restarted()))
    assert again.stored == {name: packets(1, 5, name) for name in ("first", "second")}


def test_a_server_that_lost_its_diary_gets_the_rest_behind_a_gap(tmp_path: Path) -> None:
    async def lost() -> None:
        async with road(tmp_path) as on:
            on.source.say(packets(1, 10))
            await on.stored(10)
            on.elsewhere.stored.clear()
            on.source.say(packets(11, 12))
            await holds(lambda: on.elsewhere.last_seq("one") == 12)
            assert spans(on.elsewhere.stored["one"]) == [(1, 10), (11, 11), (12, 12)]
            assert on.told[-1].lost == 10

    run(lost())


def test_a_store_that_goes_back_is_followed(tmp_path: Path) -> None:
    async def back() -> None:
        async with road(tmp_path, fault=Unreachable("away")) as on:
            on.source.say(packets(1, 400))
            await holds(lambda: on.outbox.waiting == 400)
            on.elsewhere.stored["one"] = packets(1, 100)  # it knows some, we never heard so
            on.elsewhere.infos["one"] = on.source.session
            on.carrier.fault = None
            await on.stored(400)
            assert on.elsewhere.stored["one"] == packets(1, 400)

    run(back())


def test_a_server_that_answers_and_stores_nothing_is_not_asked_without_a_pause(
    tmp_path: Path,
) -> None:
    async def stalled() -> tuple[int, str | None]:
        timings = replace(QUICK, first_pause_s=0.05, last_pause_s=0.05)
        async with road(tmp_path, timings=timings) as on:

            async def deaf(envelope: Envelope) -> Reply:
                on.carrier.sent.append(envelope)
                return Reply("one", 0)

            on.carrier.send = deaf  # type: ignore[method-assign]  # this is the fault
            on.source.say(packets(1, 3))
            await asyncio.sleep(0.3)
            return len(on.carrier.sent), on.told[-1].problem

    tries, problem = run(stalled())
    assert 3 <= tries <= 14
    assert problem == "The server answers, and does not store what is sent."


def test_a_reply_about_another_session_is_none(tmp_path: Path) -> None:
    async def crossed() -> str | None:
        async with road(tmp_path) as on:

            async def cross(envelope: Envelope) -> Reply:
                return Reply("two", 3)

            on.carrier.send = cross  # type: ignore[method-assign]  # this is the fault
            on.source.say(packets(1, 3))
            await holds(lambda: bool(on.told))
            assert on.outbox.waiting == 3
            return on.told[-1].problem

    assert run(crossed()) == "The answer is to something else than what was sent."


def test_a_refusal_is_told_once_and_tried_again_seldom(tmp_path: Path) -> None:
    async def refused() -> None:
        async with road(tmp_path, fault=Refused("No token.")) as on:
            on.source.say(packets(1, 3))
            await holds(lambda: len(on.carrier.sent) == 3)
            assert [standing.problem for standing in on.told] == ["No token."]
            on.carrier.fault = None
            await on.stored(3)
            await holds(lambda: on.told[-1] == Standing(open=True))

    run(refused())


def test_an_outage_is_told_when_it_begins_when_much_waits_and_when_it_ends(tmp_path: Path) -> None:
    async def outage() -> list[tuple[bool, bool]]:
        async with road(tmp_path) as on:
            on.source.say(packets(1, 3))
            await holds(lambda: len(on.told) == 1)
            on.carrier.fault = Unreachable("away")
            on.source.say(packets(4, 6))
            await holds(lambda: len(on.told) == 2)
            on.source.say(packets(7, 60))
            await holds(lambda: len(on.told) == 3)
            on.carrier.fault = None
            await on.stored(60)
            await holds(lambda: on.told[-1].open and not on.told[-1].waiting)
            return [(standing.open, standing.waiting > 10) for standing in on.told]

    told = run(outage())
    assert told[:3] == [(True, False), (False, False), (False, True)]
    assert told[-1] == (True, False)


def test_after_an_outage_a_sign_asks_whether_anyone_is_there_before_all_is_sent(
    tmp_path: Path,
) -> None:
    async def outage() -> list[int]:
        async with road(tmp_path, fault=Unreachable("away")) as on:
            on.source.say(packets(1, 600))
            await holds(lambda: on.outbox.waiting == 600)
            on.carrier.sent.clear()
            await holds(lambda: len(on.carrier.sent) >= 2)
            on.carrier.fault = None
            await on.stored(600)
            return [len(envelope.readings) for envelope in on.carrier.answered]

    sent = run(outage())
    assert sent == [0, 250, 250, 100]


def test_a_blip_is_sent_at_once(tmp_path: Path) -> None:
    async def blip() -> list[int]:
        timings = replace(QUICK, spread_most_s=60, between_s=60)
        async with road(tmp_path, timings=timings, fault=Unreachable("away")) as on:
            on.source.say(packets(1, 10))
            await holds(lambda: on.outbox.waiting == 10 and len(on.carrier.sent) > 2)
            on.carrier.fault = None
            await on.stored(10)
            return [len(envelope.readings) for envelope in on.carrier.answered]

    assert run(blip()) == [10]


def test_while_others_go_first_it_says_that_it_is_there(tmp_path: Path) -> None:
    async def spread() -> list[int]:
        timings = replace(QUICK, spread_most_s=0.5, sign_of_life_s=0.02)
        async with road(tmp_path, timings=timings, fault=Unreachable("away")) as on:
            on.source.say(packets(1, 600))
            await holds(lambda: on.outbox.waiting == 600)
            on.carrier.sent.clear()
            await holds(lambda: len(on.carrier.sent) >= 2)
            on.carrier.fault = None
            await on.stored(600)
            return [len(envelope.readings) for envelope in on.carrier.answered]

    assert run(spread()).count(0) >= 3


def test_a_full_disk_holds_readings_back_and_loses_none(tmp_path: Path) -> None:
    async def full() -> None:
        async with road(tmp_path, fault=Unreachable("away")) as on:
            on.source.say(packets(1, 3))
            await holds(lambda: on.source.acked == [3])
            (pages,) = on.outbox._sql.execute("PRAGMA page_count").fetchone()
            on.outbox._sql.execute(f"PRAGMA max_page_count = {pages}")
            on.source.say(packets(4, 2000))
            await holds(lambda: any(standing.unkept for standing in on.told))
            assert on.source.acked == [3]
            on.outbox._sql.execute("PRAGMA max_page_count = 100000")
            await holds(lambda: on.source.acked == [3, 2000])
            assert on.told[-1].unkept is None
            on.carrier.fault = None
            await on.stored(2000)
            assert on.elsewhere.stored["one"] == packets(1, 2000)

    run(full())


def test_a_broken_disk_ends_it_and_frees_the_strap(tmp_path: Path) -> None:
    async def broken() -> None:
        async with road(tmp_path) as on:
            on.outbox._sql.execute("DROP TABLE reading")
            on.source.say(packets(1, 3))
            with pytest.raises(OutboxUnusable):
                await on.task
            assert (on.source.closed, on.carrier.closed) == (True, True)

    run(broken())


def test_stopping_keeps_what_was_heard_and_sends_it_another_time(tmp_path: Path) -> None:
    async def stopped() -> None:
        async with road(tmp_path, fault=Unreachable("away")) as on:
            on.source.say(packets(1, 3))
            await holds(lambda: on.source.acked == [3])
            on.source.say(packets(4, 5))
            on.collector.stop()
            await on.task
            assert on.source.acked == [3, 5]
            assert on.outbox.waiting == 5
            assert (on.source.closed, on.carrier.closed) == (True, True)

    run(stopped())


def test_a_file_is_read_no_faster_than_it_is_taken(tmp_path: Path) -> None:
    async def slow() -> None:
        timings, source = replace(QUICK, unsent_most=500), Told(live=False)
        for at in range(10):
            source.say(packets(at * 100 + 1, at * 100 + 100))
        source.end()
        away = Unreachable("away")
        async with road(tmp_path, source=source, timings=timings, cap=700, fault=away) as on:
            await holds(lambda: on.outbox.waiting > 500)
            await asyncio.sleep(0.05)
            assert on.outbox.waiting == 600
            on.carrier.fault = None
            await on.task
            assert on.elsewhere.stored["one"] == packets(1, 1000)

    run(slow())


def sent_ms(folder: Path, boot: str | None) -> int | None:
    """Say by which clock an earlier session goes out."""
    with Outbox.open(folder) as outbox:
        earlier = replace(a_run("old"), zero_ms=START + 9_000)
        info = replace(earlier.info, boot="this boot")
        outbox.append(replace(earlier, info=info), packets(1, 3, "old"))

    async def sent() -> int | None:
        async with road(folder, boot=boot) as on:
            await holds(lambda: on.elsewhere.last_seq("old") == 3)
            return next(e.sent_ms for e in on.carrier.sent if e.readings)

    return run(sent())


def test_an_earlier_session_keeps_its_own_clock_until_the_power_goes(tmp_path: Path) -> None:
    # The monotonic clock stands at 500, the wall at START; the last reading is of START + 3 s.
    assert sent_ms(tmp_path / "same", "this boot") == START + 9_000 + 500
    assert sent_ms(tmp_path / "other", "another boot") == START + 3_000
    assert sent_ms(tmp_path / "unknown", None) == START + 3_000


def test_a_strap_may_be_called_anything(tmp_path: Path) -> None:
    async def named() -> str:
        source = Told()
        source.session = replace(source.session, device="H\n10 " * 50, strap="\x00")
        source.status = replace(source.status, name="", model="\u202e", serial="x" * 300)
        async with road(tmp_path, source=source) as on:
            on.source.say(packets(1, 3))
            await on.stored(3)
            return on.elsewhere.infos["one"].device

    assert run(named()).startswith("H?10 H?10")


def test_the_spread_grows_with_the_outage_and_ends_at_a_minute() -> None:
    timings = Timings()
    assert [spread_s(waiting, timings) for waiting in (0, 10, 11, 60, 120, 36_000)] == [
        0,
        0,
        5.5,
        30,
        60,
        60,
    ]


def test_a_fleet_that_comes_back_together_is_spread_evenly() -> None:
    random, timings = Random(1), Timings()
    begins = [random.uniform(0, spread_s(600, timings)) for _ in range(3000)]
    in_each_tenth = [sum(6 * at <= begin < 6 * at + 6 for begin in begins) for at in range(10)]
    assert max(in_each_tenth) < 1.3 * mean(in_each_tenth)


def test_pauses_double_up_to_half_a_minute_and_half_of_each_is_chance() -> None:
    timings, random = Timings(), Random(5)

    def drawn(failures: int, *, refused: bool = False) -> list[float]:
        return [pause_s(failures, timings, random, refused=refused) for _ in range(200)]

    for failures, longest in [(1, 1), (2, 2), (4, 8), (6, 30), (5000, 30)]:
        pauses = drawn(failures)
        assert longest / 2 <= min(pauses) < 0.6 * longest
        assert 0.9 * longest < max(pauses) <= longest
    assert 30 <= min(drawn(1, refused=True)) <= max(drawn(1, refused=True)) <= 60


class Lossy(Direct):
    """A road on which envelopes and replies get lost, come twice, and come late."""

    def __init__(self, elsewhere: Elsewhere, fates: list[str]) -> None:
        super().__init__(elsewhere)
        self._fates = fates
        self._earlier: list[Envelope] = []

    async def send(self, envelope: Envelope) -> Reply:
        fate = self._fates.pop() if self._fates else "arrives"
        self._earlier.append(envelope)
        if fate == "lost":
            raise Unreachable("lost")
        if fate == "late":  # one of before arrives once more, and first
            await super().send(self._earlier[len(self._fates) % len(self._earlier)])
        reply = await super().send(envelope)
        if fate == "twice":
            await super().send(envelope)
        if fate == "unheard":
            raise Unreachable("the reply was lost")
        return reply


@settings(deadline=None)  # threads and a disk take their time
@given(
    st.lists(st.sampled_from(["arrives", "lost", "late", "twice", "unheard"]), max_size=40),
    st.lists(st.integers(1, 60), min_size=1, max_size=15),
)
def test_on_a_bad_road_all_arrives_once_and_in_order(
    tmp_path_factory: pytest.TempPathFactory, fates: list[str], sizes: list[int]
) -> None:
    async def travels() -> None:
        folder = tmp_path_factory.mktemp("road")
        async with road(folder, timings=replace(QUICK, envelope_most=20)) as on:
            lossy = Lossy(on.elsewhere, fates)
            on.carrier.send = lossy.send  # type: ignore[method-assign]  # this is the road
            last = 0
            for size in sizes:
                on.source.say(packets(last + 1, last + size))
                last += size
                await asyncio.sleep(0)
            on.source.end()
            await on.task
            assert on.elsewhere.stored["one"] == packets(1, last)
            assert faults(on.elsewhere.stored["one"]) == []

    run(travels())
