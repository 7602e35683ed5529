import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from softfront_sensors.errors import (
    OutboxForeign,
    OutboxFull,
    OutboxInUse,
    OutboxUnusable,
)
from softfront_sensors.outbox import CAP, Outbox, Run
from softfront_sensors.packet import Gap, Motion, Packet, Reading
from softfront_sensors.source import Rank

from .spooling import START, a_run, faults, packet, packets, session, spans

ALL = 10_000


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    with Outbox.open(tmp_path) as opened:
        yield opened


def waiting(outbox: Outbox, limit: int = ALL) -> tuple[str, list[Reading]]:
    found = outbox.next(limit)
    return (found[0].info.id, list(found[1])) if found else ("", [])


def test_an_empty_spool_hands_out_nothing(outbox: Outbox) -> None:
    assert outbox.next(ALL) is None
    assert outbox.waiting == 0


def test_what_is_kept_comes_back_as_it_was(outbox: Outbox) -> None:
    run = Run(replace(session(), boot="this boot", strap="A0:9E", device="Polar H10"), 77)
    kept: list[Reading] = [
        packet(1),
        Motion(2, 3, START, START - 5, move_mg=12),
        Gap(9, 3, START, START, 7),
    ]
    assert outbox.append(run, kept) == 9
    found = outbox.next(ALL)
    assert found is not None
    assert found[0] == Run(replace(run.info, rank=Rank.COLLECTOR), 77)
    assert list(found[1]) == kept


def test_only_what_is_acknowledged_is_forgotten(outbox: Outbox) -> None:
    outbox.append(a_run(), packets(1, 10))
    assert outbox.ack("one", 4)
    assert waiting(outbox) == ("one", packets(5, 10))
    assert outbox.waiting == 6


def test_an_acknowledgement_heard_twice_changes_nothing(outbox: Outbox) -> None:
    outbox.append(a_run(), packets(1, 10))
    outbox.ack("one", 4)
    assert not outbox.ack("one", 4)
    assert not outbox.ack("another", 4)


def test_an_acknowledgement_of_more_than_there_is_takes_nothing_that_follows(
    outbox: Outbox,
) -> None:
    outbox.append(a_run(), packets(1, 3))
    outbox.ack("one", 2**60)
    outbox.append(a_run(), packets(4, 5))
    assert waiting(outbox) == ("one", packets(4, 5))


def test_sessions_are_handed_out_as_they_began(outbox: Outbox) -> None:
    outbox.append(a_run("z"), packets(1, 2, "z"))
    outbox.append(a_run("a"), packets(1, 2, "a"))
    outbox.append(a_run("z"), packets(3, 3, "z"))
    assert waiting(outbox) == ("z", packets(1, 3, "z"))
    outbox.ack("z", 3)
    assert waiting(outbox) == ("a", packets(1, 2, "a"))


def test_no_more_than_asked_for_is_handed_out(outbox: Outbox) -> None:
    outbox.append(a_run(), packets(1, 10))
    assert waiting(outbox, 3) == ("one", packets(1, 3))


def test_a_reading_handed_in_twice_is_kept_once(outbox: Outbox) -> None:
    outbox.append(a_run(), packets(1, 5))
    assert outbox.append(a_run(), packets(3, 7)) == 7
    assert waiting(outbox) == ("one", packets(1, 7))


def test_what_is_missing_between_is_told_as_a_gap(outbox: Outbox) -> None:
    outbox.append(a_run(), packets(1, 2))
    outbox.append(a_run(), packets(6, 7))
    assert spans(waiting(outbox)[1]) == [(1, 1), (2, 2), (3, 5), (6, 6), (7, 7)]


def test_a_reading_that_cannot_travel_is_told_as_a_gap_and_holds_up_nothing(
    outbox: Outbox,
) -> None:
    outbox.append(a_run(), [packet(1), Packet(2, 1, START, START, bytes(900)), packet(3)])
    assert waiting(outbox)[1] == [packet(1), Gap(2, 1, START, START, 1), packet(3)]


def test_beyond_the_cap_the_oldest_become_one_gap(tmp_path: Path) -> None:
    with Outbox.open(tmp_path, cap=10) as outbox:
        outbox.append(a_run(), packets(1, 12))
        outbox.append(a_run(), packets(13, 14))
        readings = waiting(outbox)[1]
        assert outbox.waiting == 10
        assert outbox.lost == 5
    assert spans(readings) == [(1, 5), *[(seq, seq) for seq in range(6, 15)]]
    assert readings[0].t_ms == packet(5).t_ms


def test_of_an_old_session_given_up_a_gap_remains(tmp_path: Path) -> None:
    with Outbox.open(tmp_path, cap=10) as outbox:
        outbox.append(a_run("old"), packets(1, 6, "old"))
        outbox.append(a_run("new"), packets(1, 12, "new"))
        assert spans(waiting(outbox)[1]) == [(1, 6)]
        outbox.ack("old", 6)
        assert spans(waiting(outbox)[1])[0] == (1, 4)


def test_a_thousand_crashes_do_not_outgrow_the_cap(tmp_path: Path) -> None:
    with Outbox.open(tmp_path, cap=10) as outbox:
        for n in range(30):
            outbox.append(a_run(f"s{n}"), packets(1, 2, f"s{n}"))
        assert outbox.waiting == 10
        assert waiting(outbox)[0] == "s20"


def test_what_was_dropped_while_it_was_under_way_is_not_told_as_lost(tmp_path: Path) -> None:
    with Outbox.open(tmp_path, cap=10) as outbox:
        outbox.append(a_run(), packets(1, 15))
        outbox.ack("one", 3)
        assert spans(waiting(outbox)[1])[0] == (4, 6)


def test_where_the_other_end_forgot_a_gap_tells_what_no_longer_exists(outbox: Outbox) -> None:
    outbox.append(a_run(), packets(1, 10))
    outbox.ack("one", 6)
    assert outbox.ack("one", 2)
    assert spans(waiting(outbox)[1])[:2] == [(3, 6), (7, 7)]
    assert outbox.lost == 4
    assert outbox.ack("one", 0)
    assert spans(waiting(outbox)[1])[:2] == [(1, 6), (7, 7)]
    assert outbox.lost == 6


def test_where_all_was_acknowledged_and_then_forgotten_it_goes_on_behind_a_gap(
    outbox: Outbox,
) -> None:
    outbox.append(a_run(), packets(1, 10))
    outbox.ack("one", 10)
    outbox.ack("one", 4)
    outbox.append(a_run(), packets(11, 11))
    readings = waiting(outbox)[1]
    assert spans(readings) == [(5, 10), (11, 11)]
    assert readings[0].t_ms == packet(10).t_ms


def test_a_restart_finds_everything_and_goes_on(tmp_path: Path) -> None:
    with Outbox.open(tmp_path) as outbox:
        outbox.append(a_run(), packets(1, 5))
        outbox.ack("one", 2)
    with Outbox.open(tmp_path) as outbox:
        assert outbox.append(a_run(), packets(4, 6)) == 6
        assert waiting(outbox) == ("one", packets(3, 6))
        outbox.ack("one", 6)
        outbox.append(a_run("two"), packets(1, 1, "two"))
        assert waiting(outbox) == ("two", packets(1, 1, "two"))


def test_a_second_process_is_refused(tmp_path: Path) -> None:
    with Outbox.open(tmp_path) as outbox:
        outbox.append(a_run(), packets(1, 5))
        with pytest.raises(OutboxInUse, match=r"outbox\.db is in use"):
            Outbox.open(tmp_path)
    Outbox.open(tmp_path).close()


def text_file(file: Path) -> None:
    file.write_text("a shopping list\n" * 100)


def other_database(file: Path) -> None:
    with sqlite3.connect(file) as other:
        other.execute("CREATE TABLE song (name TEXT)")
    other.close()


def newer_spool(file: Path) -> None:
    Outbox.open(file.parent).close()
    with sqlite3.connect(file) as newer:
        newer.execute("PRAGMA user_version = 2")
    newer.close()


@pytest.mark.parametrize("make", [text_file, other_database, newer_spool])
def test_a_file_that_is_no_spool_is_refused_and_stays(
    make: Callable[[Path], None], tmp_path: Path
) -> None:
    file = tmp_path / "outbox.db"
    make(file)
    before = file.read_bytes()
    with pytest.raises(OutboxForeign, match="It is untouched"):
        Outbox.open(tmp_path)
    assert file.read_bytes() == before


def test_an_empty_file_left_by_a_crash_becomes_a_spool(tmp_path: Path) -> None:
    (tmp_path / "outbox.db").touch()
    Outbox.open(tmp_path).close()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutboxUnusable, match="cannot be used"):
        Outbox.open(tmp_path / "file" / "below")


@pytest.mark.skipif(sys.platform == "win32", reason="there, rights are kept otherwise")
def test_the_spool_is_its_owners_alone(tmp_path: Path) -> None:
    Outbox.open(tmp_path / "new").close()
    modes = [stat.S_IMODE(p.stat().st_mode) for p in (tmp_path / "new", tmp_path / "new/outbox.db")]
    assert modes == [0o700, 0o600]


def test_a_full_disk_loses_nothing_and_passes(outbox: Outbox) -> None:
    outbox.append(a_run(), packets(1, 100))
    (pages,) = outbox._sql.execute("PRAGMA page_count").fetchone()
    outbox._sql.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(OutboxFull, match="has no room left"):
        outbox.append(a_run(), packets(101, 2000))
    assert waiting(outbox) == ("one", packets(1, 100))
    outbox._sql.execute("PRAGMA max_page_count = 100000")
    outbox.append(a_run(), packets(101, 2000))
    assert waiting(outbox) == ("one", packets(1, 2000))


def test_eight_hours_take_a_few_megabytes(tmp_path: Path) -> None:
    with Outbox.open(tmp_path) as outbox:
        outbox.append(a_run(), packets(1, CAP + 10))
        assert outbox.waiting == CAP
    assert 2_000_000 < (tmp_path / "outbox.db").stat().st_size < 8_000_000


_KEEPER = """
import sys
from pathlib import Path
from softfront_sensors.outbox import Outbox
from tests_sensors_spooling import a_run, packets

outbox = Outbox.open(Path(sys.argv[1]))
found = outbox.next(100_000)
last = found[1][-1].seq if found else 0
while True:
    last = outbox.append(a_run(), packets(last + 1, last + 1 + last % 3))
    print(last, flush=True)
    if last % 50 > 40:
        print(30 - last, flush=True)
        outbox.ack("one", last - 30)
"""


def keeper(folder: Path) -> subprocess.Popen[str]:
    shared = Path(__file__).with_name("spooling.py").read_text(encoding="utf-8")
    (folder / "tests_sensors_spooling.py").write_text(shared, encoding="utf-8")
    path = os.pathsep.join([str(folder), *filter(None, [os.environ.get("PYTHONPATH")])])
    return subprocess.Popen(
        [sys.executable, "-P", "-c", _KEEPER, str(folder)],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": path},
    )


def test_kill_9_at_any_moment_loses_nothing_that_was_kept(tmp_path: Path) -> None:
    random, kept, acked = Random(7), 0, 0
    for _ in range(8):
        process = keeper(tmp_path)
        assert process.stdout is not None
        with process.stdout as told:
            said = [int(next(told)) for _ in range(random.randint(1, 120))]
            process.kill()
            said += [int(line) for line in told if line.endswith("\n")]
        process.wait(10)
        assert max(said) > kept, "it went on where it was"
        kept, acked = max(said), max(acked, -min(said))
        with Outbox.open(tmp_path) as outbox:
            readings = waiting(outbox, 100_000)[1]
        assert readings[0].seq <= acked + 1
        assert readings[-1].seq >= kept
        assert readings == packets(readings[0].seq, readings[-1].seq)


class _Elsewhere:
    """The other end: stores what follows, and answers up to where it is."""

    def __init__(self) -> None:
        self.stored: dict[str, list[Reading]] = {}

    def hear(self, name: str, readings: list[Reading]) -> int:
        stored = self.stored.setdefault(name, [])
        last = stored[-1].seq if stored else 0
        fresh = [reading for reading in readings if reading.seq > last]
        if fresh and not faults([*stored, *fresh], name):
            stored.extend(fresh)
        return stored[-1].seq if stored else 0


Step = tuple[str, int]


def steps(*kinds: str) -> st.SearchStrategy[list[Step]]:
    return st.lists(st.tuples(st.sampled_from(kinds), st.integers(1, 25)), max_size=60)


def lived(folder: Path, cap: int, taken: list[Step]) -> tuple[_Elsewhere, dict[str, int]]:
    """Do all that, then let everything drain; say what arrived, and how far each session came."""
    elsewhere, made = _Elsewhere(), {"s0": 0}
    outbox = Outbox.open(folder, cap=cap)
    for what, n in [*taken, *[("send", 10)] * 200]:
        name = f"s{len(made) - 1}"
        if what == "append":
            made[name] = outbox.append(a_run(name), packets(made[name] + 1, made[name] + n, name))
        elif what == "new":
            made[f"s{len(made)}"] = 0
        elif what == "crash":
            outbox.close()
            outbox = Outbox.open(folder, cap=cap)
        elif what == "forget" and elsewhere.stored.get(name):
            del elsewhere.stored[name][-n:]
        elif what == "send" and (sent := waiting(outbox, n))[0]:
            outbox.ack(sent[0], elsewhere.hear(*sent))
    assert outbox.waiting == 0, "nothing ever blocks"
    outbox.close()
    return elsewhere, made


@settings(deadline=None)  # a disk takes its time
@given(steps("append", "append", "send", "new", "crash"))
def test_whatever_happens_all_arrives_once_and_in_order(
    tmp_path_factory: pytest.TempPathFactory, taken: list[Step]
) -> None:
    elsewhere, made = lived(tmp_path_factory.mktemp("spool"), CAP, taken)
    arrived = {name: stored for name, stored in elsewhere.stored.items() if stored}
    assert arrived == {name: packets(1, last, name) for name, last in made.items() if last}


@settings(deadline=None)  # a disk takes its time
@given(steps("append", "append", "send", "new", "crash", "forget"), st.integers(2, 40))
def test_what_can_not_be_kept_is_told_as_lost_and_holds_up_nothing(
    tmp_path_factory: pytest.TempPathFactory, taken: list[Step], cap: int
) -> None:
    elsewhere, _ = lived(tmp_path_factory.mktemp("spool"), cap, taken)
    assert {name: faults(stored, name) for name, stored in elsewhere.stored.items()} == {
        name: [] for name in elsewhere.stored
    }
