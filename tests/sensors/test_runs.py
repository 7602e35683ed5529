import asyncio

from softfront_sensors.packet import Motion, Packet
from softfront_sensors.source import Batch
from softfront_sensors.strap.runs import Clocks, Runs

MINE, SPARE = "A0:00:00:00:00:01", "A0:00:00:00:00:02"


class Machine:
    wall_ms = 1_000_000
    mono_ms = 500

    def clocks(self) -> Clocks:
        return Clocks(lambda: self.wall_ms, lambda: self.mono_ms)

    def pass_time(self, ms: int) -> None:
        self.wall_ms += ms
        self.mono_ms += ms


def runs(kept: int = 100, boot: str | None = None) -> Runs:
    return Runs(Machine().clocks(), boot, kept)


def seqs(batches: tuple[Batch, ...]) -> list[tuple[str | None, list[int]]]:
    return [(batch.session.strap, [r.seq for r in batch.readings]) for batch in batches]


def test_a_session_is_named_when_its_strap_is_found_and_keeps_its_id() -> None:
    all_runs = runs(boot="b00t")
    before = all_runs.current.info
    assert not all_runs.put_on(MINE, "Polar H10")
    after = all_runs.current.info
    assert (before.strap, before.device) == (None, "Bluetooth strap")
    assert (after.strap, after.device, after.boot) == (MINE, "Polar H10", "b00t")
    assert (after.id, after.started_ms) == (before.id, before.started_ms)


def test_the_same_strap_goes_on_with_its_session() -> None:
    all_runs = runs()
    all_runs.put_on(MINE, "Polar H10")
    before = all_runs.current.info
    assert not all_runs.put_on(MINE.lower(), None)
    assert all_runs.current.info.id == before.id
    assert all_runs.current.info.device == "Polar H10"


def test_another_strap_begins_a_session_with_numbers_and_a_clock_of_its_own() -> None:
    machine = Machine()
    all_runs = Runs(machine.clocks())
    all_runs.put_on(MINE, "Mine")
    all_runs.current.begin_epoch()
    all_runs.hear(b"a")
    first = all_runs.current.info
    machine.wall_ms += 7_000_000  # the wall clock stepped while the first was worn
    assert all_runs.put_on(SPARE, "Spare")
    all_runs.current.begin_epoch()
    all_runs.move(12)
    second = all_runs.current.info
    assert second.id != first.id
    assert second.started_ms == 8_000_000
    assert all_runs.take() == (
        Batch(first, (Packet(1, 1, 1_000_000, 1_000_000, b"a"),)),
        Batch(second, (Motion(1, 1, 8_000_000, 8_000_000, move_mg=12),)),
    )


def test_the_clock_of_a_session_never_steps() -> None:
    machine = Machine()
    all_runs = Runs(machine.clocks())
    machine.pass_time(2_000)
    machine.wall_ms -= 3_600_000
    assert all_runs.current.now_ms() == 1_002_000


def test_each_session_is_acknowledged_and_rewound_by_its_own_id() -> None:
    all_runs = runs()
    all_runs.put_on(MINE, None)
    for data in (b"a", b"b", b"c"):
        all_runs.hear(data)
    first = all_runs.current.info.id
    all_runs.put_on(SPARE, None)
    all_runs.hear(b"d")
    assert seqs(all_runs.take()) == [(MINE, [1, 2, 3]), (SPARE, [1])]
    all_runs.ack(first, 1)
    all_runs.rewind(first, 1)
    assert seqs(all_runs.take()) == [(MINE, [2, 3])]
    all_runs.ack(first, 3)
    all_runs.rewind(first, 0)
    all_runs.ack("never heard of", 9)
    assert not all_runs.waiting


def test_a_session_is_kept_until_all_of_it_is_acknowledged_and_no_longer() -> None:
    all_runs = runs(kept=3)
    all_runs.put_on(MINE, None)
    all_runs.hear(b"a")
    all_runs.hear(b"b")
    first = all_runs.current.info.id
    all_runs.put_on(SPARE, None)
    all_runs.take()
    all_runs.ack(first, 1)
    all_runs.rewind(first, 0)
    assert seqs(all_runs.take()) == [(MINE, [2])]
    all_runs.ack(first, 2)
    assert len(all_runs._past) == 0


def test_a_session_without_a_reading_is_not_kept() -> None:
    all_runs = runs()
    for strap in (MINE, SPARE) * 50:
        all_runs.put_on(strap, None)
    assert len(all_runs._past) == 0


def test_where_no_place_is_left_the_oldest_stay_and_the_rest_is_set_apart() -> None:
    all_runs = runs(kept=2)
    all_runs.put_on(MINE, None)
    all_runs.current.begin_epoch()
    for data in (b"a", b"b", b"c"):
        all_runs.hear(data)
    all_runs.take()
    all_runs.ack(all_runs.current.info.id, 1)
    all_runs.hear(b"d")
    [batch] = all_runs.take()
    [packet] = batch.readings
    assert isinstance(packet, Packet)
    assert (packet.seq, packet.epoch, packet.data) == (3, 2, b"d")


def test_places_are_shared_by_all_sessions() -> None:
    all_runs = runs(kept=2)
    all_runs.put_on(MINE, None)
    all_runs.hear(b"a")
    all_runs.put_on(SPARE, None)
    all_runs.hear(b"b")
    all_runs.hear(b"c")
    assert seqs(all_runs.take()) == [(MINE, [1]), (SPARE, [1])]


def test_who_waits_hears_of_a_new_session() -> None:
    async def change_while_waiting() -> None:
        all_runs = runs()
        all_runs.put_on(MINE, None)
        all_runs.hear(b"a")
        all_runs.take()
        asyncio.get_running_loop().call_later(0.01, all_runs.put_on, SPARE, None)
        await asyncio.wait_for(all_runs.wait(60), 5)

    asyncio.run(change_while_waiting())
