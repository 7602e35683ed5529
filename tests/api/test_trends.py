from collections.abc import Iterator
from datetime import UTC, tzinfo
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest

from softfront_api.diary import Diary, StoredPause
from softfront_api.lived import lived
from softfront_api.shapes.trends import Trends
from softfront_api.trends import trends
from softfront_api.words import say
from softfront_sensors.source import SessionInfo

from .weeks import DAY_MS, HOUR_MS, MINUTE_MS, MONDAY_MS, lay_in, lay_in_weeks, mark, shift

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def diary(tmp_path: Path) -> Iterator[Diary]:
    with Diary.open(tmp_path / "data", demo=False) as opened:
        opened.begin_session(SessionInfo("s", "made", MONDAY_MS, live=True))
        yield opened


def told(diary: Diary, weeks: int = 1, zone: tzinfo | None = UTC) -> Trends:
    return trends(lived(diary, MONDAY_MS, MONDAY_MS + weeks * 7 * DAY_MS, zone))


def test_where_nothing_is_stored_there_is_nothing_to_tell(diary: Diary) -> None:
    found = told(diary)
    assert (found.days, found.weeks, found.months) == ([], [], [])
    assert found.text.id == "trends.nothing"
    assert found.panels.rmssd.text.id == "trend.not_enough"


def test_a_day_adds_up_what_was_worn_and_how(diary: Diary) -> None:
    lay_in(diary, shift(MONDAY_MS + 6 * HOUR_MS, 3, Random(1)))
    (day,) = told(diary).days
    # A mark stands for the five seconds before it, and here there is one a minute.
    assert (day.worn_s, day.still_s, day.moving_s) == (180 * 5, 120 * 5, 60 * 5)
    assert day.still is None  # worn for a quarter of an hour
    assert day.rmssd is not None
    assert day.rmssd.n == 120
    assert day.rmssd.low is None  # three hours of one day tell no spread
    assert (day.date, day.monday) == ("2026-01-05", "2026-01-05")


def test_a_night_belongs_to_the_day_it_began_on(diary: Diary) -> None:
    lay_in(diary, shift(MONDAY_MS + 22 * HOUR_MS, 8, Random(1)))
    assert [day.date for day in told(diary).days] == ["2026-01-05"]


def test_a_strap_that_is_never_taken_off_has_the_days_of_the_calendar(diary: Diary) -> None:
    lay_in(diary, shift(MONDAY_MS + 12 * HOUR_MS, 60, Random(1)))
    assert [day.date for day in told(diary).days] == ["2026-01-05", "2026-01-06", "2026-01-07"]


def test_another_zone_lays_the_same_minutes_into_other_days_at_once(diary: Diary) -> None:
    lay_in(diary, shift(MONDAY_MS + 3 * HOUR_MS, 2, Random(1)))
    assert [day.date for day in told(diary).days] == ["2026-01-05"]
    kathmandu, honolulu = (
        told(diary, 1, ZoneInfo(z)) for z in ("Asia/Kathmandu", "Pacific/Honolulu")
    )
    assert [day.date for day in kathmandu.days] == ["2026-01-05"]
    assert [day.date for day in honolulu.days] == ["2026-01-04"]


def test_hours_are_the_wearers_own_on_both_sides_of_the_day_the_clock_moves(diary: Diary) -> None:
    sunday_ms = MONDAY_MS + 83 * DAY_MS  # 2026-03-29
    lay_in(diary, shift(sunday_ms, 3, Random(1)))
    found = lived(diary, sunday_ms, sunday_ms + DAY_MS, BERLIN).wear
    assert found.clock_min[::4].tolist() == [60, 180, 240]  # from two to three there is no hour


def test_what_is_written_later_is_in_it_the_next_time(diary: Diary) -> None:
    lay_in(diary, shift(MONDAY_MS + 6 * HOUR_MS, 1, Random(1)))
    before = told(diary).days[0]
    lay_in(diary, shift(MONDAY_MS + 6 * HOUR_MS, 1, Random(2)))
    after = told(diary).days[0]
    assert before.worn_s == after.worn_s
    assert before.heart_rate != after.heart_rate


def test_a_pause_counts_for_its_day_and_its_minutes_for_no_number(diary: Diary) -> None:
    begin_ms = MONDAY_MS + 6 * HOUR_MS
    lay_in(diary, (mark(begin_ms + minute * MINUTE_MS) for minute in range(1, 61)))
    at_ms = begin_ms + 30 * MINUTE_MS
    slow = (mark(at_ms + minute * MINUTE_MS, ln_rmssd=6.0) for minute in range(1, 3))
    lay_in(diary, slow)  # breathing by the circle
    diary.begin_pause(StoredPause("p", "k", at_ms, session="s"))
    diary.finish_pause("p", ended_ms=at_ms + 90_000, lasted_s=90)
    (day,) = told(diary).days
    assert (day.pauses, day.practice_s) == (1, 90)
    assert day.rmssd is not None
    assert day.rmssd.value == pytest.approx(29.96, abs=0.01)


def test_a_pause_without_a_strap_makes_a_day_too(diary: Diary) -> None:
    diary.begin_pause(StoredPause("p", "k", MONDAY_MS + 20 * HOUR_MS))
    (day,) = told(diary).days
    assert (day.pauses, day.practice_s, day.worn_s, day.rmssd) == (1, 0, 0, None)


def test_three_weeks_of_four_days_are_needed_before_anything_is_said(diary: Diary) -> None:
    lay_in_weeks(diary, 2, hours=2)
    few = told(diary, 2)
    assert few.text.id == "trend.not_enough"
    assert few.panels.heart_rate.text.values == {"n": 2}
    assert (few.panels.heart_rate.change, few.panels.heart_rate.detectable) == (None, None)
    lay_in_weeks(diary, 3, hours=2)
    enough = told(diary, 3).panels.heart_rate
    assert enough.full_weeks == 3
    assert enough.change is not None


def test_a_line_is_drawn_where_its_interval_leaves_zero_out_and_only_there(diary: Diary) -> None:
    lay_in_weeks(diary, 5, hours=2, bpm=lambda day: 70 + day / 7)
    found = told(diary, 5)
    panel = found.panels.heart_rate
    assert panel.change is not None
    assert panel.change.low > 0
    assert [at.monday for at in panel.line][:2] == ["2026-01-05", "2026-01-12"]
    assert panel.line[0].low < panel.line[0].value < panel.line[-1].value
    assert panel.text.id == "trend.higher.bpm"
    assert (found.panels.rmssd.line, found.panels.rmssd.text.id) == ([], "trend.unclear.percent")
    assert found.text.id == "trends.changed"
    assert say(panel.text.id, values=panel.text.values).startswith("Over 5 weeks: higher, by ")


def test_a_change_that_could_be_seen_is_told_in_its_unit_and_as_a_bracket(diary: Diary) -> None:
    lay_in_weeks(diary, 4, hours=2)
    for panel in (told(diary, 4).panels.heart_rate, told(diary, 4).panels.rmssd):
        assert panel.detectable is not None
        assert panel.detectable_at is not None
        assert panel.detectable > 0
        assert panel.detectable_at.low < panel.detectable_at.high


def test_weeks_and_months_stand_beside_the_days(diary: Diary) -> None:
    lay_in_weeks(diary, 5, hours=2)
    found = told(diary, 5)
    assert [week.monday for week in found.weeks][-1] == "2026-02-02"
    assert [(month.month, month.days) for month in found.months] == [
        ("2026-01", 20),
        ("2026-02", 5),
    ]
    assert sum(week.worn_s for week in found.weeks) == sum(day.worn_s for day in found.days)
    for row in (*found.weeks, *found.months):
        assert row.heart_rate is not None
        assert (row.heart_rate.low or 0) < row.heart_rate.value < (row.heart_rate.high or 0)


def test_the_same_diary_has_the_same_name_and_the_same_answer(diary: Diary) -> None:
    lay_in_weeks(diary, 3, hours=1)
    once, again = (lived(diary, MONDAY_MS, MONDAY_MS + 21 * DAY_MS, UTC) for _ in range(2))
    assert once.tag == again.tag
    assert trends(once) == trends(again)
    diary.begin_pause(StoredPause("p", "k", MONDAY_MS + 20 * HOUR_MS))
    assert lived(diary, MONDAY_MS, MONDAY_MS + 21 * DAY_MS, UTC).tag != once.tag
