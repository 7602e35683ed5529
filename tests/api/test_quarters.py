"""Quarter-hours are what their windows say, whoever wrote those, and whatever was cut short."""

import os
import sqlite3
import struct
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from math import isnan, log
from pathlib import Path
from random import Random

import pytest
from alembic import command
from alembic.config import Config

from softfront_api.diary import QUARTER_MS, Diary, Quarters, quarters
from softfront_api.diary.migrating import STEPS
from softfront_api.diary.opening import disposed, file_in, writer
from softfront_sensors.source import SessionInfo
from softfront_signal.moments import Missing

from .weeks import DAY_MS, HOUR_MS, MINUTE_MS, MONDAY_MS, lay_in, mark, shift

WEEK = MONDAY_MS, MONDAY_MS + 7 * DAY_MS
DIES = """
import os, sys
from pathlib import Path
from softfront_api.diary import Diary, quarters as _
from softfront_api.diary import diary as room
made, left = room.quarters.sum_up, [2]
def sum_up(*what):
    made(*what)
    left[0] -= 1
    if not left[0]:
        os._exit(137)  # as a kill does: nothing is committed, nothing closed
room.quarters.sum_up = sum_up
Diary.open(Path(sys.argv[1]), demo=False).sum_up(*map(int, sys.argv[2:]))
"""


@pytest.fixture
def diary(tmp_path: Path) -> Iterator[Diary]:
    with Diary.open(tmp_path / "data", demo=False) as opened:
        yield opened


def summed(diary: Diary) -> Quarters:
    diary.sum_up(*WEEK)
    return quarters(diary, *WEEK)


def minutes(found: Quarters) -> list[float]:
    return list(struct.unpack(f"<{len(found.minutes) // 4}f", found.minutes))


def stale(diary: Diary) -> list[int]:
    with closing(sqlite3.connect(diary.file)) as other:
        return [row[0] for row in other.execute("SELECT quarter FROM stale_quarter ORDER BY 1")]


def test_a_quarter_hour_keeps_its_minutes_and_adds_up_its_seconds(diary: Diary) -> None:
    marks = [mark(MONDAY_MS + 5_000 * at, bpm=60 + at) for at in range(1, 181)]
    marks[179] = mark(MONDAY_MS + QUARTER_MS, missing=Missing.MOVING)
    lay_in(diary, iter(marks))
    found = summed(diary)
    assert found.numbers == (MONDAY_MS // QUARTER_MS,)
    assert (found.worn_s, found.still_s, found.moving_s) == ((900,), (895,), (5,))
    first = minutes(found)[:3]
    assert first == pytest.approx([72.0, 3.4, -3.0])
    assert all(isnan(value) for value in minutes(found)[-3:])  # the last minute was moved through


def test_a_mark_on_the_quarter_tells_of_the_minutes_before_it(diary: Diary) -> None:
    lay_in(diary, iter([mark(MONDAY_MS + QUARTER_MS), mark(MONDAY_MS + QUARTER_MS + 5_000)]))
    first = MONDAY_MS // QUARTER_MS
    assert summed(diary).numbers == (first, first + 1)


def test_a_strap_that_lay_in_a_drawer_leaves_no_row(diary: Diary) -> None:
    lay_in(diary, (mark(MONDAY_MS + 5_000 * at, missing=Missing.STRAP_OFF) for at in range(1, 181)))
    assert summed(diary).numbers == ()
    assert stale(diary) == []


def test_whoever_writes_or_removes_a_window_marks_its_quarter(diary: Diary) -> None:
    at_ms = MONDAY_MS + 6 * HOUR_MS
    lay_in(diary, iter([mark(at_ms + MINUTE_MS)]))
    number = at_ms // QUARTER_MS
    for statement, expected in (
        ("UPDATE window SET hr_bpm = 99", [number]),
        ("UPDATE window SET learnt = 1", []),
        ("DELETE FROM window", [number]),
    ):
        summed(diary)
        with closing(sqlite3.connect(diary.file)) as other, other:
            other.execute(statement)
        assert stale(diary) == expected
    assert summed(diary).numbers == ()


def test_what_was_cut_off_halfway_is_summed_up_the_next_time(tmp_path: Path) -> None:
    with Diary.open(tmp_path / "data", demo=False) as diary:
        lay_in(diary, shift(MONDAY_MS + 6 * HOUR_MS, 20, Random(1)))
        before = len(stale(diary))
    arguments = [str(tmp_path / "data"), *map(str, WEEK)]
    died = subprocess.run([sys.executable, "-c", DIES, *arguments], env=os.environ, timeout=60)
    assert died.returncode == 137
    with Diary.open(tmp_path / "data", demo=False) as diary:
        assert 0 < len(stale(diary)) < before  # what was committed stays, what was not is marked
        found = summed(diary)
        assert len(found.numbers) == before == 80
        assert sum(not isnan(value) for value in minutes(found)) == 3 * 60 * 20 * 2 // 3 + 3 * 10


def test_a_diary_of_months_is_only_marked_when_it_is_brought_up_to_date(tmp_path: Path) -> None:
    file = file_in(tmp_path, demo=False)
    tmp_path.joinpath("data").mkdir()
    config = Config()
    config.set_main_option("script_location", str(STEPS))
    os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
    with disposed(writer(file)) as engine, engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0005")
        connection.exec_driver_sql(
            "INSERT INTO session(id, device, started_ms, live, demo) VALUES ('s', 'x', 0, 1, 0)"
        )
        connection.exec_driver_sql(
            "INSERT INTO window(session, t_ms, hr_bpm, rmssd_ms, beats, valid, differences,"
            " coverage, flagged, stillness, learnt)"
            f" VALUES ('s', {MONDAY_MS + MINUTE_MS}, 70, 30, 1, 1, 1, 1, 0, 'still', 0)"
        )
        connection.commit()
        command.upgrade(config, "head")
    with closing(sqlite3.connect(file)) as made:
        assert made.execute("SELECT quarter FROM stale_quarter").fetchall() == [
            (MONDAY_MS // QUARTER_MS,)
        ]
        assert made.execute("SELECT count(*) FROM quarter").fetchone() == (0,)


def test_a_session_that_is_begun_needs_no_quarter(diary: Diary) -> None:
    diary.begin_session(SessionInfo("s", "made", MONDAY_MS, live=True))
    assert summed(diary) == Quarters((), (), (), (), (), (), (), b"")


def test_variation_is_kept_as_its_logarithm(diary: Diary) -> None:
    lay_in(diary, iter([mark(MONDAY_MS + MINUTE_MS, ln_rmssd=log(40))]))
    assert minutes(summed(diary))[1] == pytest.approx(log(40))
