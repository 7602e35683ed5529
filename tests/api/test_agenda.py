import asyncio
from datetime import UTC, datetime, tzinfo
from pathlib import Path

import pytest

from softfront_api.agenda import Agenda
from softfront_api.calendar_file import Calendar
from softfront_api.day import Day
from softfront_api.settings import Settings

from .test_day import a_day

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
NOON_MS = round(NOON.timestamp() * 1000)
HOUR_MS = 3_600_000
MEETING = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//y//EN\r\nBEGIN:VEVENT\r\nUID:1\r\n"
    "DTSTAMP:20261101T000000Z\r\nDTSTART:20261124T113000Z\r\nDTEND:20261124T130000Z\r\n"
    "SUMMARY:a secret\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)


@pytest.fixture
def calendar(tmp_path: Path) -> Path:
    file = tmp_path / "shifts.ics"
    file.write_text(MEETING, encoding="utf-8", newline="")
    return file


def day_with(file: Path | None) -> Day:
    day = a_day()
    day.settings = Settings(calendar_file=str(file) if file else None, time_zone="UTC")
    return day


def follow(agenda: Agenda, day: Day, now_ms: int = NOON_MS) -> None:
    asyncio.run(agenda.follow(day, now_ms))


def test_a_day_asks_the_calendar_that_is_set(calendar: Path) -> None:
    day = day_with(calendar)
    follow(Agenda(), day)
    assert day.busy_until_ms(NOON_MS) == NOON_MS + HOUR_MS
    assert day.busy_until_ms(NOON_MS + 2 * HOUR_MS) is None
    assert day.calendar is None


def test_a_file_that_is_not_there_is_told_and_holds_nothing_back(tmp_path: Path) -> None:
    day = day_with(tmp_path / "gone.ics")
    follow(Agenda(), day)
    assert day.busy_until_ms(NOON_MS) is None
    assert day.calendar is not None
    assert day.calendar.key == "error.calendar.missing"


def test_where_no_file_is_set_any_more_nothing_is_taken_and_nothing_told(calendar: Path) -> None:
    day, agenda = day_with(calendar), Agenda()
    follow(agenda, day)
    day.settings = Settings()
    follow(agenda, day)
    assert day.busy_until_ms(NOON_MS) is None


def test_the_same_file_is_not_taken_up_anew_at_every_look(calendar: Path) -> None:
    made: list[Path] = []

    def make(path: Path, zone: tzinfo | None) -> Calendar:
        made.append(path)
        return Calendar(path, zone)

    day, agenda = day_with(calendar), Agenda(make)
    for _ in range(3):
        follow(agenda, day)
    assert made == [calendar]
    day.settings = day.settings.model_copy(update={"time_zone": "Europe/Berlin"})
    follow(agenda, day)
    assert made == [calendar, calendar]
