import asyncio

import pytest

from softfront_sensors.heart_rate import encode
from softfront_sensors.packet import Packet, Reading
from softfront_sensors.recording import Recording
from softfront_sensors.replay import Replay
from softfront_sensors.source import Source, SourceEnded, StrapState

START = 946_890_000_000


class Clock:
    """A monotonic clock that moves only when someone sleeps."""

    def __init__(self) -> None:
        self.s = 1000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.s

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.s += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    faked = Clock()
    monkeypatch.setattr("softfront_sensors.replay.asyncio.sleep", faked.sleep)
    return faked


def recording(*at_s: float) -> Recording:
    packets = tuple(
        Packet(seq, 1, START + round(1000 * s), START + round(1000 * s), encode(60, [1024]))
        for seq, s in enumerate(at_s, start=1)
    )
    return Recording("a" * 32, "rest.csv", packets, (), dated=False)


async def heard(replay: Source) -> list[Reading]:
    return [reading for batch in await replay.poll() for reading in batch.readings]


async def to_the_end(replay: Source) -> list[Reading]:
    played: list[Reading] = []
    while True:
        try:
            played += await heard(replay)
        except SourceEnded:
            return played


def seqs(readings: list[Reading]) -> list[int]:
    return [reading.seq for reading in readings]


def test_at_full_speed_everything_comes_in_order(clock: Clock) -> None:
    async def play() -> None:
        taken = recording(*range(1000))
        assert tuple(await to_the_end(Replay(taken, None, clock))) == taken.readings
        assert clock.s == 1000.0

    asyncio.run(play())


def test_at_full_speed_others_get_their_turn() -> None:
    async def play() -> None:
        replay, turns = Replay(recording(*range(5000)), None, Clock()), 0

        async def another() -> None:
            nonlocal turns
            while replay.status.state is StrapState.LIVE:
                turns += 1
                await asyncio.sleep(0)

        await asyncio.gather(to_the_end(replay), another())
        assert turns > 10

    asyncio.run(play())


@pytest.mark.parametrize("speed", [None, 1.0])
@pytest.mark.parametrize("stored", [0, 1, 300, 998])
def test_a_replay_continues_behind_what_is_stored(
    clock: Clock, stored: int, speed: float | None
) -> None:
    async def play() -> None:
        replay = Replay(recording(*range(1000)), speed, clock)
        await replay.rewind(replay.session.id, stored)
        assert seqs(await to_the_end(replay)) == list(range(stored + 1, 1001))

    asyncio.run(play())


def test_a_replay_stored_whole_has_nothing_to_tell(clock: Clock) -> None:
    async def play() -> None:
        replay = Replay(recording(0, 1), 1.0, clock)
        await replay.rewind(replay.session.id, 2)
        assert replay.now_ms() == START + 1000
        with pytest.raises(SourceEnded):
            await replay.poll()

    asyncio.run(play())


@pytest.mark.parametrize(("speed", "takes_s"), [(1.0, 3600.0), (60.0, 60.0), (0.5, 7200.0)])
def test_a_replay_takes_the_time_its_speed_says(clock: Clock, speed: float, takes_s: float) -> None:
    async def play() -> None:
        replay = Replay(recording(*range(3601)), speed, clock)
        assert len(await to_the_end(replay)) == 3601
        assert clock.s - 1000 == pytest.approx(takes_s, rel=0.001)

    asyncio.run(play())


@pytest.mark.parametrize("speed", [0.5, 1.0, 60.0])
def test_nothing_comes_late(clock: Clock, speed: float) -> None:
    async def play() -> None:
        replay = Replay(recording(*range(200)), speed, clock)
        while replay.status.state is StrapState.LIVE:
            batch = await heard(replay)
            assert all(reading.t_ms >= replay.now_ms() - 10 for reading in batch)

    asyncio.run(play())


def test_nothing_comes_before_its_time(clock: Clock) -> None:
    async def play() -> None:
        replay = Replay(recording(*(0.7 * n for n in range(200))), 2.0, clock)
        while replay.status.state is StrapState.LIVE:
            batch = await heard(replay)
            assert all(reading.t_ms <= replay.now_ms() for reading in batch)

    asyncio.run(play())


def test_a_long_silence_is_waited_for_a_second_at_a_time(clock: Clock) -> None:
    async def play() -> None:
        replay = Replay(recording(0, 89), 1.0, clock)
        await replay.poll()
        assert [await replay.poll() for _ in range(5)] == [()] * 5
        assert max(clock.slept) <= 1.0

    asyncio.run(play())


def test_a_replay_continued_later_begins_at_once(clock: Clock) -> None:
    async def play() -> None:
        replay = Replay(recording(*range(3600)), 1.0, clock)
        await replay.rewind(replay.session.id, 1800)
        assert seqs(await heard(replay)) == [1801]
        assert sum(clock.slept) == 0

    asyncio.run(play())


def test_a_replay_says_when_it_is_at_its_end(clock: Clock) -> None:
    async def play() -> None:
        replay = Replay(recording(0, 1), None, clock)
        before = replay.status.state
        await replay.poll()
        assert [before, replay.status.state] == [StrapState.LIVE, StrapState.ENDED]
        assert replay.now_ms() == START + 1000

    asyncio.run(play())


def test_a_replay_keeps_the_name_and_clock_of_its_recording(clock: Clock) -> None:
    session = Replay(recording(0, 1), None, clock).session
    assert (session.id, session.started_ms, session.live) == ("a" * 32, START, False)
    assert not session.demo
    assert Replay(recording(0), None, clock, demo=True).session.demo
