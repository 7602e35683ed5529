"""The demo's two weeks: lived by the real rules, and nothing of them made up."""

import asyncio
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from softfront_api.demo import DEVICE, Shift, caregiver, history, roster
from softfront_api.demo.arriving import HISTORY, arrive, awaited_ms
from softfront_api.demo.past import live
from softfront_api.diary import (
    Diary,
    JournalLine,
    Search,
    lines,
    move_in,
    noticed,
    practices,
    take_place_of,
)
from softfront_api.outcomes import outcome
from softfront_api.results import result
from softfront_api.taking_in import rederive
from softfront_sensors.simulated import Episode, Kind, Person
from softfront_sensors.source import SessionInfo

NOW = datetime(2026, 6, 9, 14, 20, tzinfo=ZoneInfo("Europe/Berlin"))
NOW_MS = round(NOW.timestamp()) * 1000
GAP = timedelta(hours=2)
EVER = 2**53
DAY_MS = 86_400_000


def a_shift(number: int, days_ago: int) -> Shift:
    """An hour and a half with two rises that an offer may follow on."""
    rises = (Episode(Kind.STRAIN, at_s, 240) for at_s in (2400, 4200))
    person = Person(number, (Episode(Kind.WALK, 150, 120), *rises))
    return Shift(number, NOW_MS - days_ago * DAY_MS, 5400, person)


def lines_of(diary: Diary) -> list[JournalLine]:
    return list(lines(diary, Search(), limit=100))


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lived")
    live(folder, (a_shift(1, 3), a_shift(2, 2)), NOW_MS)
    return folder


@pytest.fixture
def past(lived: Path, tmp_path: Path) -> Iterator[Diary]:
    copy = sqlite3.connect(tmp_path / "demo.db")
    with closing(sqlite3.connect(lived / "demo.db")) as of, closing(copy):
        of.backup(copy)
    with Diary.open(tmp_path, demo=True) as diary:
        yield diary


@pytest.mark.parametrize("days", range(7))
@pytest.mark.parametrize("hour", [0, 3, 6, 9, 13, 18, 21, 23])
def test_ten_shifts_lie_apart_whatever_the_hour(days: int, hour: int) -> None:
    now = NOW.replace(hour=hour) + timedelta(days=days)
    shifts = roster(now, 20)
    begins = [datetime.fromtimestamp(shift.start_ms / 1000, now.tzinfo) for shift in shifts]
    length = timedelta(seconds=shifts[0].length_s)
    assert len(shifts) == 10
    assert all(later - begin > length + GAP for begin, later in pairwise([*begins, now]))
    assert begins[0] > now - timedelta(days=15)


def test_the_roster_knows_early_late_one_night_and_a_weekend_off() -> None:
    begins = [
        datetime.fromtimestamp(shift.start_ms / 1000, NOW.tzinfo) for shift in roster(NOW, 20)
    ]
    assert {7, 14, 22, NOW.hour - 1} == {begin.hour for begin in begins}
    assert sum(begin.hour == 22 for begin in begins) == 1
    assert sum(begin.weekday() >= 5 for begin in begins) == 1


def test_the_same_moment_has_the_same_two_weeks() -> None:
    once, twice = (roster(NOW, 20) for _ in range(2))
    assert [(it.start_ms, it.person.episodes) for it in once] == [
        (it.start_ms, it.person.episodes) for it in twice
    ]


def test_each_mark_of_a_shift_is_decided(past: Diary) -> None:
    decided = past.decisions(0, EVER)
    assert {it.session for it in decided} == {"demo-shift-1", "demo-shift-2"}
    assert len(decided) == 2 * 5400 // 5
    assert all(it.demo for it in decided)


def test_chance_chose_at_the_rises_and_what_came_of_it_is_measured(past: Diary) -> None:
    chosen = past.occasions(0, EVER)
    assert len(chosen) >= 2
    for it in chosen:
        assert it.outcome == outcome(past, it.t_ms, it.rise_ms).to_plain()
    offered = {it.id for it in chosen if it.offered}
    assert offered == {prompt.id for prompt in past.prompts()}


def test_no_result_of_a_pause_is_made_up(past: Diary) -> None:
    pauses = past.pauses(0, EVER)
    assert pauses
    for pause in pauses:
        told = result(past, pause, NOW_MS)
        assert told.after is not None
        assert told.after.heart_rate is not None
        stored = dict(pause.result or {})
        assert {**told.model_dump(mode="json", by_alias=True), "journal": None} == {
            **stored,
            "journal": None,  # a line may be written after the minutes are over
        }


def test_thought_through_anew_the_past_says_the_same(past: Diary) -> None:
    found = rederive(past)
    assert (found.otherwise, found.left) == (0, 0)
    assert found.marks == len(past.decisions(0, EVER))


def test_shifts_move_in_whole_and_the_laid_in_minutes_make_room(past: Diary, lived: Path) -> None:
    folder = past.file.parent / "page"
    with Diary.open(folder, demo=True) as diary:
        info = SessionInfo(HISTORY, DEVICE, NOW_MS - 14 * DAY_MS, live=False, demo=True)
        diary.add_history(info, history(caregiver(), NOW_MS, HISTORY))
        assert awaited_ms(diary) == NOW_MS
        for name in ("demo-shift-1", "demo-shift-2", "demo-shift-1"):
            move_in(diary, lived / "demo.db", name)
        take_place_of(diary, lived / "demo.db", HISTORY, "untreated")
        assert awaited_ms(diary) is None
        assert diary.windows(0, EVER) == past.windows(0, EVER)
        assert diary.decisions(0, EVER) == past.decisions(0, EVER)
        assert (diary.prompts(), diary.pauses(0, EVER)) == (past.prompts(), past.pauses(0, EVER))
        assert diary.occasions(0, EVER) == past.occasions(0, EVER)
        assert (lines_of(diary), diary.shifts()) == (lines_of(past), past.shifts())
        assert practices(diary, 0, EVER) == practices(past, 0, EVER) != ()
        assert noticed(diary, 0, EVER) == noticed(past, 0, EVER)
        assert diary.state("tact") is None
        assert diary.settings().version == 0


def test_a_demo_that_ends_early_leaves_nothing_at_work_and_goes_on_the_next_time(
    tmp_path: Path,
) -> None:
    def until_it_lives() -> None:
        end_s = time.monotonic() + 20
        while not list(tmp_path.glob("past-*/demo.db")) and time.monotonic() < end_s:
            time.sleep(0.05)

    async def end_early(diary: Diary) -> None:
        coming = asyncio.create_task(arrive(diary, folder=tmp_path, now_ms=NOW_MS))
        await asyncio.to_thread(until_it_lives)
        coming.cancel()
        with suppress(asyncio.CancelledError):
            await coming

    with Diary.open(tmp_path, demo=True) as diary:
        info = SessionInfo(HISTORY, DEVICE, NOW_MS - 14 * DAY_MS, live=False, demo=True)
        diary.add_history(info, history(caregiver(), NOW_MS, HISTORY))
        asyncio.run(end_early(diary))
        assert list(tmp_path.glob("past-*")) == []
        assert awaited_ms(diary) == NOW_MS
