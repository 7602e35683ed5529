from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from softfront_api.settings import Settings


def ms(text: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


def berlin(begin: str, end: str) -> Settings:
    hours = [{"from": begin, "to": end}]
    return Settings.model_validate({"quiet_hours": hours, "time_zone": "Europe/Berlin"})


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-06-01T19:59:00", None),
        ("2026-06-01T20:00:00", "2026-06-02T04:00:00"),
        ("2026-06-02T03:59:59", "2026-06-02T04:00:00"),
        ("2026-06-02T04:00:00", None),
        ("2026-01-10T21:30:00", "2026-01-11T05:00:00"),
    ],
)
def test_quiet_hours_go_over_midnight_by_the_wearers_clock(now: str, until: str | None) -> None:
    found = berlin("22:00", "06:00").rules(ms(now)).quiet_until_ms
    assert found == (ms(until) if until else None)


def test_quiet_hours_end_on_time_in_the_night_the_clocks_change() -> None:
    # 29 March 2026, 02:00 becomes 03:00 in Berlin: 06:00 there is 04:00 UTC.
    found = berlin("22:00", "06:00").rules(ms("2026-03-28T23:30:00")).quiet_until_ms
    assert found == ms("2026-03-29T04:00:00")


@pytest.mark.parametrize(
    "body",
    [
        {"max_per_shift": -1},
        {"max_per_shift": "4"},
        {"max_per_shift": 4.5},
        {"time_zone": "Mars/Olympus"},
        {"time_zone": "../etc/passwd"},
        {"quiet_hours": [{"from": "25:00", "to": "06:00"}]},
        {"snoozed_until": "2026-01-01T00:00:00"},
        {"calendar_file": "shifts.ics"},
        {"calendar_file": "/home/a/shifts.txt"},
        {"calendar_file": "/home/a\0/shifts.ics"},
        {"calendar_file": "/" + "a" * 1024 + ".ics"},
        {"calendar_file": ""},
        {"language": "fr"},
        {"unknown": 1},
        {"max_per_week": 61},
        {"max_per_week": True},
        {"compare": 1},
        {"with_someone_until": "2026-01-01T00:00:00"},
        {"snoozed_shift": "9999-01-01T00:00:00Z"},
    ],
)
def test_what_makes_no_sense_is_refused(body: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Settings.model_validate(body)


@pytest.mark.parametrize("path", ["/home/a/shifts.ics", "C:\\Users\\a\\Shifts.ICS", None])
def test_a_calendar_is_named_by_its_whole_path_on_any_system(path: str | None) -> None:
    assert Settings.model_validate({"calendar_file": path}).calendar_file == path


def test_names_of_a_later_version_are_passed_over_when_read() -> None:
    assert Settings.read({"offers": False, "later": 1}) == Settings(offers=False)


def test_what_is_asked_for_reaches_tact() -> None:
    at = datetime(2026, 6, 1, 12, tzinfo=UTC)
    asked = Settings(
        snoozed_shift=at, with_someone_until=at, snoozed_until=at, max_per_week=5, offers=False
    )
    t_ms = round(at.timestamp() * 1000)
    rules = asked.rules(t_ms, calendar_until_ms=7)
    assert (rules.snoozed_shift_ms, rules.with_until_ms, rules.snoozed_until_ms) == (t_ms,) * 3
    assert (rules.calendar_until_ms, rules.max_per_week, rules.offers) == (7, 5, False)


def test_what_an_earlier_version_wrote_is_read() -> None:
    before = {"offers": True, "max_per_shift": 4, "quiet_hours": [], "desktop": True}
    assert Settings.read(before) == Settings()


def test_a_practice_is_not_offered_in_no_time_at_all() -> None:
    slip: dict[str, object] = {"practices": {"morning": {"from": "23:50", "to": "23:50"}}}
    with pytest.raises(ValidationError):
        Settings.model_validate(slip)
    assert Settings.read(slip).practices.morning is None
