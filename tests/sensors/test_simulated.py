import asyncio
from functools import cache
from itertools import islice, pairwise
from math import sqrt
from random import Random

import pytest

from softfront_sensors.heart_rate import Contact, HeartRate, decode
from softfront_sensors.packet import Motion, Packet, Reading
from softfront_sensors.simulated import (
    Episode,
    Kind,
    Person,
    SimulatedStrap,
    readings,
    still_minute,
)
from softfront_sensors.source import SessionInfo, Source, StrapState

START = 946_890_000_000
INFO = SessionInfo("demo", "Simulated strap", START, live=True, demo=True)


def made(person: Person, length_s: float = 900) -> list[Reading]:
    return list(readings(person, START, length_s))


@cache
def with_episode(kind: Kind) -> list[Reading]:
    return made(Person(7, (Episode(kind, 300, 180),)))


def said(played: list[Reading], from_s: float, to_s: float) -> list[HeartRate]:
    between = [r for r in played if START + 1000 * from_s < r.t_ms <= START + 1000 * to_s]
    return [decode(r.data) for r in between if isinstance(r, Packet)]


def rr_ms(played: list[Reading], from_s: float, to_s: float) -> list[float]:
    return [rr * 1000 / 1024 for one in said(played, from_s, to_s) for rr in one.rr_ticks]


def hr_bpm(played: list[Reading], from_s: float, to_s: float) -> float:
    intervals = rr_ms(played, from_s, to_s)
    return 60_000 * len(intervals) / sum(intervals)


def rmssd_ms(played: list[Reading], from_s: float, to_s: float) -> float:
    intervals = rr_ms(played, from_s, to_s)
    steps = [b - a for a, b in pairwise(intervals)]
    return sqrt(sum(step * step for step in steps) / len(steps))


def steps(played: list[Reading]) -> list[tuple[float, int]]:
    reports = [r for r in played if isinstance(r, Motion)]
    return [((r.t_ms - START) / 1000, r.steps_per_min or 0) for r in reports]


def turns_a_minute(intervals: list[float]) -> float:
    """Count how often smoothed intervals rise through their mean, in a minute."""
    smooth = [sum(intervals[i : i + 3]) / 3 for i in range(len(intervals) - 2)]
    mean = sum(smooth) / len(smooth)
    rises = sum(a < mean <= b for a, b in pairwise(smooth))
    return rises / (sum(intervals) / 60_000)


def test_the_same_seed_sends_the_same_bytes() -> None:
    assert made(Person(7)) == made(Person(7))


def test_another_seed_is_another_heart() -> None:
    assert made(Person(7)) != made(Person(8))


def test_every_packet_can_be_decoded_whole() -> None:
    assert not any(one.incomplete for one in said(with_episode(Kind.SLIP), 0, 900))


def test_readings_count_without_holes_and_time_never_steps_back() -> None:
    played = with_episode(Kind.WALK)
    assert [r.seq for r in played] == list(range(1, len(played) + 1))
    assert [r.t_ms for r in played] == sorted(r.t_ms for r in played)


def test_about_one_packet_comes_a_second() -> None:
    assert len(said(made(Person(7)), 0, 900.5)) == 900


def test_the_intervals_add_up_to_the_time_that_went_by() -> None:
    assert sum(rr_ms(made(Person(7)), 0, 901)) == pytest.approx(900_000, abs=2000)


def test_a_heart_at_rest_is_a_middle_aged_adults() -> None:
    played = made(Person(7))
    assert 64 < hr_bpm(played, 0, 900) < 72
    assert 25 < rmssd_ms(played, 0, 900) < 45


def test_it_breathes_about_fourteen_times_a_minute() -> None:
    assert 12.5 < turns_a_minute(rr_ms(made(Person(7)), 0, 300)) < 16.5


def test_strain_raises_the_heart_by_about_20_and_lowers_rmssd_without_a_step() -> None:
    played = with_episode(Kind.STRAIN)
    assert 17 < hr_bpm(played, 330, 480) - hr_bpm(played, 120, 300) < 25
    assert rmssd_ms(played, 330, 480) < 0.6 * rmssd_ms(played, 120, 300)
    assert not any(count for _, count in steps(played))


def test_the_heart_settles_after_strain() -> None:
    played = with_episode(Kind.STRAIN)
    assert hr_bpm(played, 600, 900) - hr_bpm(played, 120, 300) < 3


def test_a_walk_raises_the_heart_and_is_reported_as_steps() -> None:
    played = with_episode(Kind.WALK)
    assert hr_bpm(played, 330, 480) - hr_bpm(played, 120, 300) > 15
    assert all(count > 30 for t_s, count in steps(played) if 330 <= t_s <= 490)
    assert not any(count for t_s, count in steps(played) if t_s <= 300 or t_s > 545)


def test_movement_is_reported_at_once_and_four_times_a_minute() -> None:
    assert [round(t_s) for t_s, _ in steps(made(Person(7), 60))] == [1, 15, 30, 45, 60]


def test_a_strap_with_an_accelerometer_tells_of_movement_every_second_and_of_no_steps() -> None:
    person = Person(7, (Episode(Kind.WALK, 300, 180),))
    played = list(readings(person, START, 900, accelerometer=True))
    told = [r for r in played if isinstance(r, Motion)]
    assert [r.seq for r in played] == list(range(1, len(played) + 1))
    assert len(told) == 900
    assert all(r.steps_per_min is None for r in told)
    walked = {s for s, r in enumerate(told, start=1) if (r.move_mg or 0) > 200}
    assert walked == set(range(301, 481))
    assert all((told[s - 1].move_mg or 0) < 20 for s in range(1, 901) if s not in walked)


def test_a_slip_is_told_by_the_strap() -> None:
    played = with_episode(Kind.SLIP)
    assert {one.contact for one in said(played, 301, 479)} == {Contact.LOST}
    assert not rr_ms(played, 301, 479)
    assert all(one.hr_bpm is None for one in said(played, 301, 479))
    assert {one.contact for one in said(played, 481, 900)} == {Contact.ON}


def test_breathing_with_the_circle_shows_in_the_intervals() -> None:
    person = Person(7)
    person.pauses.append((300, 420))
    intervals = rr_ms(made(person), 330, 420)
    assert 5 < turns_a_minute(intervals) < 7
    assert max(intervals) - min(intervals) > 100


def test_a_pause_softens_strain() -> None:
    eased = Person(7, (Episode(Kind.STRAIN, 300, 180),))
    eased.pauses.append((300, 390))
    unrest = hr_bpm(with_episode(Kind.STRAIN), 390, 450)
    assert unrest - hr_bpm(made(eased), 390, 450) > 8


def test_beats_go_on_for_ever() -> None:
    beats = list(islice(Person(7).beats(), 1000))
    assert all(later > earlier for (earlier, _), (later, _) in pairwise(beats))


class Clock:
    def __init__(self, at_s: float) -> None:
        self.ms = START + round(1000 * at_s)

    def __call__(self) -> int:
        return self.ms

    async def sleep(self, seconds: float) -> None:
        self.ms += round(1000 * seconds)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    faked = Clock(1800)
    monkeypatch.setattr("softfront_sensors.simulated.asyncio.sleep", faked.sleep)
    return faked


async def until(source: Source, t_s: float) -> list[Reading]:
    played: list[Reading] = []
    while source.now_ms() < START + 1000 * t_s:
        played += [r for batch in await source.poll() for r in batch.readings]
    return played


def test_a_strap_put_on_earlier_tells_all_it_sent_and_goes_on(clock: Clock) -> None:
    strap = SimulatedStrap(Person(7), INFO, clock)
    played = asyncio.run(until(strap, 1900))
    assert played == made(Person(7), 2000)[: len(played)]
    assert played[-1].t_ms > START + 1_898_000


def test_a_strap_never_speaks_ahead_of_its_time(clock: Clock) -> None:
    async def wear() -> None:
        strap = SimulatedStrap(Person(7), INFO, clock)
        while clock.ms < START + 1_900_000:
            heard = [r for batch in await strap.poll() for r in batch.readings]
            assert all(r.t_ms <= clock.ms for r in heard)

    asyncio.run(wear())


@pytest.mark.parametrize("stored", [0, 1, 2, 999, 3000])
def test_a_strap_continues_behind_what_is_stored(clock: Clock, stored: int) -> None:
    async def wear() -> None:
        strap = SimulatedStrap(Person(7), INFO, clock)
        await strap.rewind(INFO.id, stored)
        assert (await until(strap, 3000))[0].seq == stored + 1

    asyncio.run(wear())


def test_a_pause_begun_now_reaches_the_heart(clock: Clock) -> None:
    async def wear() -> list[Reading]:
        strap = SimulatedStrap(Person(7), INFO, clock)
        await until(strap, 1801)
        strap.breathe_with_pause(90)
        return await until(strap, 1900)

    assert turns_a_minute(rr_ms(asyncio.run(wear()), 1830, 1890)) < 8


def test_a_strap_says_how_it_stands(clock: Clock) -> None:
    strap = SimulatedStrap(Person(7), INFO, clock, battery_percent=82)
    status = strap.status
    assert (status.state, status.name, status.battery_percent) == (
        StrapState.LIVE,
        "Simulated strap",
        82,
    )


def test_still_minutes_lie_about_the_persons_rest() -> None:
    random, person = Random(1), Person(7)
    drawn = [still_minute(random, 9, person) for _ in range(2000)]
    assert sum(rate for rate, _ in drawn) / 2000 == pytest.approx(person.rest_bpm, abs=0.5)
    assert sorted(variation for _, variation in drawn)[1000] == pytest.approx(35, abs=1.5)
