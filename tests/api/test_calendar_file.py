import json
import logging
import os
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from softfront_api.appointments import Taken, taken
from softfront_api.calendar_file import LOOK_MS, Block, Calendar, joined, read_apart
from softfront_api.words import say

BERLIN = ZoneInfo("Europe/Berlin")
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS


def ms(text: str) -> int:
    """Read a moment; without an offset it is UTC."""
    moment = datetime.fromisoformat(text)
    return round((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)


def ics(*events: str, before: str = "", after: str = "") -> str:
    """Write a calendar, as other programs do: one line a property, CRLF, titles and all."""
    body = [f"BEGIN:VEVENT\nSUMMARY:Frau Weiss\n{event}\nEND:VEVENT\n" for event in events]
    text = "".join(["BEGIN:VCALENDAR\nVERSION:2.0\n", before, *body, after, "END:VCALENDAR\n"])
    return text.replace("\n", "\r\n")


def at(begin: str, end: str, *more: str, zone: str = "Europe/Berlin") -> str:
    where = f";TZID={zone}" if zone else ""
    return "\n".join(["UID:a", f"DTSTART{where}:{begin}", f"DTEND{where}:{end}", *more])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "shifts.ics"


@pytest.fixture
def blocks(file: Path) -> Callable[..., list[tuple[str, str]]]:
    def read(text: str, now: str, zone: ZoneInfo = BERLIN) -> list[tuple[str, str]]:
        file.write_text(text, newline="")
        calendar = Calendar(file, zone, taken)
        calendar.refresh(ms(now))
        assert calendar.problem is None
        return [(iso(b.begin_ms), iso(b.end_ms)) for b in calendar.busy(0, 2**53)]

    return read


def iso(t_ms: int) -> str:
    return datetime.fromtimestamp(t_ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M")


Reading = Callable[..., list[tuple[str, str]]]


def test_a_weekly_meeting_knows_its_exceptions_and_its_moved_day(blocks: Reading) -> None:
    weekly = at(
        "20260105T100000",
        "20260105T110000",
        "RRULE:FREQ=WEEKLY;BYDAY=MO,TH",
        "EXDATE;TZID=Europe/Berlin:20260108T100000",
    )
    moved = at(
        "20260113T140000", "20260113T150000", "RECURRENCE-ID;TZID=Europe/Berlin:20260112T100000"
    )
    assert blocks(ics(weekly, moved), "2026-01-07T00:00:00") == [
        ("2026-01-05T09:00", "2026-01-05T10:00"),
        ("2026-01-13T13:00", "2026-01-13T14:00"),
        ("2026-01-15T09:00", "2026-01-15T10:00"),
    ]


def test_added_days_are_taken_too(blocks: Reading) -> None:
    event = at("20260105T100000", "20260105T110000", "RDATE;TZID=Europe/Berlin:20260106T180000")
    assert [begin for begin, _ in blocks(ics(event), "2026-01-06T00:00:00")] == [
        "2026-01-05T09:00",
        "2026-01-06T17:00",
    ]


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-03-29T00:00:00", ["2026-03-28T08:00", "2026-03-29T07:00", "2026-03-30T07:00"]),
        ("2026-10-25T00:00:00", ["2026-10-24T07:00", "2026-10-25T08:00", "2026-10-26T08:00"]),
    ],
)
def test_nine_o_clock_stays_nine_when_the_clocks_change(
    blocks: Reading, now: str, expected: list[str]
) -> None:
    daily = at("20260101T090000", "20260101T093000", "RRULE:FREQ=DAILY")
    begins = [begin for begin, _ in blocks(ics(daily), now)]
    assert begins[2:5] == expected


def test_a_night_lasts_an_hour_more_or_less_when_the_clocks_change(blocks: Reading) -> None:
    night = at("20260320T220000", "20260321T060000", "RRULE:FREQ=DAILY")
    assert ("2026-03-28T21:00", "2026-03-29T04:00") in blocks(ics(night), "2026-03-29T00:00:00")
    assert ("2026-10-24T20:00", "2026-10-25T05:00") in blocks(ics(night), "2026-10-25T00:00:00")


ZONE = """BEGIN:VTIMEZONE
TZID:{name}
BEGIN:STANDARD
DTSTART:19701025T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZOFFSETFROM:+0600
TZOFFSETTO:+0500
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:19700329T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZOFFSETFROM:+0500
TZOFFSETTO:+0600
END:DAYLIGHT
END:VTIMEZONE
"""


# Two names, for the library remembers a zone as long as its process lives.
@pytest.mark.parametrize("name", ["above", "below"])
def test_a_zone_of_the_calendars_own_is_heeded(blocks: Reading, name: str) -> None:
    event = at("20260328T100000", "20260328T110000", "RRULE:FREQ=DAILY;COUNT=2", zone=name)
    zone = ZONE.format(name=name)
    text = ics(event, **{"before" if name == "above" else "after": zone})
    assert blocks(text, "2026-03-28T00:00:00") == [
        ("2026-03-28T05:00", "2026-03-28T06:00"),
        ("2026-03-29T04:00", "2026-03-29T05:00"),
    ]


@pytest.mark.parametrize(
    ("zone", "begin"), [("Europe/Berlin", "2026-07-06T08:00"), ("Asia/Tokyo", "2026-07-06T01:00")]
)
def test_a_floating_time_is_the_wearers_own(blocks: Reading, zone: str, begin: str) -> None:
    event = at("20260706T100000", "20260706T113000", zone="")
    assert blocks(ics(event), "2026-07-06T00:00:00", ZoneInfo(zone))[0][0] == begin


def test_without_a_zone_the_machines_own_clock_counts(file: Path) -> None:
    file.write_text(ics(at("20260706T100000", "20260706T113000", zone="")))
    calendar = Calendar(file, None, taken)
    calendar.refresh(ms("2026-07-06T00:00:00"))
    here = datetime(2026, 7, 6, 10).astimezone()
    assert calendar.busy_until_ms(round(here.timestamp() * 1000)) is not None


DAY = "UID:a\nDTSTART;VALUE=DATE:20260706\nDTEND;VALUE=DATE:20260707\n"
LONG = at("20260706T080000", "20260708T080001") + "\n"


@pytest.mark.parametrize(
    ("event", "counts"),
    [
        (at("20260706T100000", "20260706T110000"), True),
        (at("20260706T100000", "20260706T110000", "TRANSP:OPAQUE"), True),
        (at("20260706T100000", "20260706T110000", "STATUS:TENTATIVE"), True),
        (at("20260706T100000", "20260706T110000", "TRANSP:TRANSPARENT"), False),
        (at("20260706T100000", "20260706T110000", "transp:transparent"), False),
        (at("20260706T100000", "20260706T110000", "STATUS:CANCELLED"), False),
        (at("20260706T100000", "20260706T100000"), False),
        ("UID:a\nDTSTART:20260706T100000Z\nDURATION:PT20M", True),
        (at("20260706T080000", "20260707T080000"), True),
        (LONG, False),
        (LONG + "TRANSP:OPAQUE", True),
        (DAY, False),
        (DAY + "RRULE:FREQ=YEARLY", False),
        (DAY + "TRANSP:OPAQUE", True),
        (DAY + "TRANSP:OPAQUE\nSTATUS:CANCELLED", False),
    ],
)
def test_what_takes_the_wearer_and_what_does_not(blocks: Reading, event: str, counts: bool) -> None:
    assert bool(blocks(ics(event), "2026-07-06T00:00:00")) is counts


def test_one_cancelled_day_of_a_series_is_free(blocks: Reading) -> None:
    daily = at("20260706T100000", "20260706T110000", "RRULE:FREQ=DAILY;COUNT=2")
    gone = at(
        "20260707T100000",
        "20260707T110000",
        "RECURRENCE-ID;TZID=Europe/Berlin:20260707T100000",
        "STATUS:CANCELLED",
    )
    assert blocks(ics(daily, gone), "2026-07-06T00:00:00") == [
        ("2026-07-06T08:00", "2026-07-06T09:00")
    ]


def test_what_overlaps_or_touches_is_one_stretch(file: Path) -> None:
    begins = [("1000", "1100"), ("1030", "1130"), ("1130", "1200"), ("1201", "1230")]
    file.write_text(
        ics(*(at(f"20260706T{b}00", f"20260706T{e}00").replace("UID:a", b) for b, e in begins))
    )
    calendar = Calendar(file, BERLIN, taken)
    calendar.refresh(ms("2026-07-06T00:00:00"))
    assert calendar.busy_until_ms(ms("2026-07-06T08:00:00")) == ms("2026-07-06T10:00:00")
    assert calendar.busy_until_ms(ms("2026-07-06T10:00:00")) is None
    assert calendar.busy_until_ms(ms("2026-07-06T10:01:00")) == ms("2026-07-06T10:30:00")
    assert len(calendar.busy(ms("2026-07-06T09:59:00"), ms("2026-07-06T10:01:00"))) == 1


def test_what_goes_over_midnight_is_one_stretch(file: Path) -> None:
    file.write_text(ics(at("20260706T233000", "20260707T003000")))
    calendar = Calendar(file, BERLIN, taken)
    calendar.refresh(ms("2026-07-06T20:00:00"))
    for inside in ("2026-07-06T21:30:00", "2026-07-06T22:29:59"):
        assert calendar.busy_until_ms(ms(inside)) == ms("2026-07-06T22:30:00")


NOW = ms("2026-07-06T08:30:00")
MEETING = ics(at("20260706T100000", "20260706T110000"))
LATER = ics(at("20260706T100000", "20260706T123000"))


@pytest.fixture
def reads() -> list[int]:
    return []


@pytest.fixture
def calendar(file: Path, reads: list[int]) -> Calendar:
    """Give a calendar in use; `reads` counts how often its file was parsed."""

    def counted(content: bytes, since: datetime, until: datetime) -> Taken:
        reads.append(len(content))
        return taken(content, since, until)

    file.write_text(MEETING)
    calendar = Calendar(file, BERLIN, counted)
    calendar.refresh(NOW)
    assert calendar.busy_until_ms(NOW) == ms("2026-07-06T09:00:00")
    return calendar


def test_a_file_that_was_replaced_is_read_at_the_next_look(
    calendar: Calendar, file: Path, reads: list[int]
) -> None:
    fresh = file.with_suffix(".new")
    fresh.write_text(LATER + "\r\n")
    fresh.replace(file)
    calendar.refresh(NOW + LOOK_MS - 1)
    assert calendar.busy_until_ms(NOW) == ms("2026-07-06T09:00:00")
    calendar.refresh(NOW + LOOK_MS)
    assert calendar.busy_until_ms(NOW) == ms("2026-07-06T10:30:00")
    assert len(reads) == 2


def test_what_was_written_at_another_time_is_read_though_its_size_is_the_same(
    calendar: Calendar, file: Path
) -> None:
    assert len(LATER) == len(MEETING)
    file.write_text(LATER)
    os.utime(file, ns=(0, file.stat().st_mtime_ns + 1))
    calendar.refresh(NOW + LOOK_MS)
    assert calendar.busy_until_ms(NOW) == ms("2026-07-06T10:30:00")


def test_a_file_that_stays_is_read_once_a_day(calendar: Calendar, reads: list[int]) -> None:
    for minute in range(60):
        calendar.refresh(NOW + minute * 60_000)
    assert len(reads) == 1
    calendar.refresh(NOW + DAY_MS)
    assert len(reads) == 2


def test_a_clock_set_back_does_not_stop_the_looking(calendar: Calendar, file: Path) -> None:
    file.write_text(LATER + "\r\n")
    calendar.refresh(NOW - HOUR_MS)
    assert calendar.busy_until_ms(NOW) == ms("2026-07-06T10:30:00")


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (LATER[:-20].encode(), "breaks_off"),
        (LATER[:80].encode(), "breaks_off"),
        (LATER.replace("END:VEVENT", "END:VTODO").encode(), "breaks_off"),
        (LATER.encode() + b"and more", "breaks_off"),
        (b"", "breaks_off"),
        (bytes(range(256)) * 40, "breaks_off"),
        (b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VCALENDAR\n", "breaks_off"),
        (b"<html>Please log in</html>", "breaks_off"),
        (LATER.encode() + b" " * 6_000_000, "too_large"),
        (ics(*["DTSTART:20260706T100000Z\nDURATION:PT1M"] * 5_001), "too_large"),
        (None, "missing"),
    ],
)
def test_a_file_that_cannot_be_read_says_so_and_what_was_known_still_counts(
    calendar: Calendar, file: Path, content: bytes | str | None, key: str
) -> None:
    if content is None:
        file.unlink()
    else:
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    calendar.refresh(NOW + LOOK_MS)
    assert calendar.problem is not None
    assert calendar.problem.key == f"error.calendar.{key}"
    assert str(calendar.problem) == say(calendar.problem.key, values=calendar.problem.values)
    assert "shifts.ics" in str(calendar.problem)
    assert calendar.busy_until_ms(NOW) == ms("2026-07-06T09:00:00")


def test_a_broken_file_is_tried_once_and_used_again_when_it_is_whole(
    calendar: Calendar, file: Path, reads: list[int]
) -> None:
    file.write_text(LATER[:-20])
    for look in range(1, 10):
        calendar.refresh(NOW + look * LOOK_MS)
    assert len(reads) == 2
    file.write_text(LATER)
    calendar.refresh(NOW + 10 * LOOK_MS)
    assert calendar.problem is None
    assert calendar.busy_until_ms(NOW) == ms("2026-07-06T10:30:00")


def test_a_file_that_went_and_came_back_unchanged_is_in_use_again(
    calendar: Calendar, file: Path
) -> None:
    aside = file.rename(file.with_suffix(".away"))
    calendar.refresh(NOW + LOOK_MS)
    assert calendar.problem is not None
    aside.rename(file)
    calendar.refresh(NOW + 2 * LOOK_MS)
    assert calendar.problem is None


@pytest.mark.parametrize("kind", ["folder", "pipe", "forbidden name"])
def test_what_is_no_file_is_not_waited_for(tmp_path: Path, kind: str) -> None:
    path = tmp_path / ("a\0.ics" if kind == "forbidden name" else "a.ics")
    if kind == "folder":
        path.mkdir()
    if kind == "pipe":
        os.mkfifo(path)
    calendar = Calendar(path, BERLIN, taken)
    calendar.refresh(NOW)
    assert calendar.problem is not None
    assert calendar.problem.key == "error.calendar.unreadable"
    assert calendar.busy_until_ms(NOW) is None


@pytest.mark.parametrize(
    "odd",
    [
        "UID:b\nDTSTART:20260230T100000Z\nDURATION:PT1H",
        "UID:b\nDTSTART:20260706T100000Z\nDTSTART:20260706T110000Z\nDURATION:PT1H",
        "UID:b\nDURATION:PT1H",
        "UID:b\nDTSTART:20260706T100000Z\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;BYDAY=XX",
        "UID:b\nDTSTART:20260706T100000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;INTERVAL=0",
        "UID:b\nDTSTART:20260706T100000Z\nDURATION:PT1H\nRRULE:FREQ=SECONDLY",
        "UID:b\nDTSTART:20260706T100000Z\nDURATION:PT1H\nRRULE;X=1:FREQ=MINUTELY",
        "UID:b\nDTSTART:20260706T100000Z\nDURATION:PT1H\nRRULE:FREQ=SECONDLY;FREQ=DAILY",
        "UID:b\nDTSTART:20260706T100000Z\nDURATION:PT1H\nEXDATE;TZID=Europe/Berlin",
        "UID:b\nDTSTART:20260706T100000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;BYMINUTE=0,1,2,3,4;"
        "BYHOUR=8,9,10,11,12",
        "UID:b\nDTSTART:00010101T100000Z\nDURATION:PT1H\nRRULE:FREQ=HOURLY",
        'UID:b\ndtstart;TZID="a:b":00010101T100000\nDURATION:PT1H\nRRULE:FREQ=HOURLY',
        "UID:b\nDTSTART;VALUE=DATE:20260101\nDTEND;VALUE=DATE:22050101\nTRANSP:OPAQUE",
    ],
)
def test_an_entry_that_makes_no_sense_is_left_out_and_the_rest_counts(file: Path, odd: str) -> None:
    file.write_text(ics(odd, at("20260706T100000", "20260706T110000")))
    calendar = Calendar(file, BERLIN, taken)
    calendar.refresh(NOW)
    assert str(calendar.problem) == (
        "shifts.ics, line 3: this entry cannot be used (1 in all). It is left out; the rest counts."
    )
    assert calendar.busy_until_ms(NOW) == ms("2026-07-06T09:00:00")


def test_a_change_that_cannot_be_read_leaves_the_series_as_it_was(file: Path) -> None:
    daily = at("20260705T100000", "20260705T110000", "RRULE:FREQ=DAILY")
    file.write_text(ics(daily, "UID:a\nRECURRENCE-ID:20260705T080000Z\nDTSTART:soon"))
    calendar = Calendar(file, BERLIN, taken)
    calendar.refresh(NOW)
    assert str(calendar.problem).startswith("shifts.ics, line 10: this entry cannot be used")
    assert calendar.busy_until_ms(NOW) == ms("2026-07-06T09:00:00")


FOREVER = "UID:c\nDTSTART:{begin}\nDURATION:PT1S\nRRULE:FREQ=SECONDLY"


def test_a_rule_by_the_second_costs_no_time(file: Path) -> None:
    file.write_text(
        ics(FOREVER.format(begin="19700101T000000Z"), at("20260706T100000", "20260706T110000"))
    )
    calendar = Calendar(file, BERLIN)
    began = time.monotonic()
    calendar.refresh(NOW)
    assert time.monotonic() - began < 10
    assert calendar.busy_until_ms(NOW) == ms("2026-07-06T09:00:00")


# No day is the 30th of February: the library looks for one until the year 9999, each time.
NEVER = [
    f"UID:{n}\nDTSTART:20260706T100000\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"
    for n in range(100)
]


def test_a_file_that_takes_too_long_is_given_up(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("softfront_api.calendar_file.LIMIT_S", 1.0)
    file.write_text(ics(*NEVER))
    calendar = Calendar(file, BERLIN)
    began = time.monotonic()
    calendar.refresh(NOW)
    assert time.monotonic() - began < 10
    assert str(calendar.problem).startswith("shifts.ics asks for more than 1 s of reading.")


def test_the_reading_ends_by_itself_when_nobody_waits_for_it() -> None:
    code = "import softfront_api.appointments as a; a.LIMIT_S = 0.5; a.main()"
    moments = ["2026-07-04T00:00:00+00:00", "2026-07-14T00:00:00+00:00"]
    done = subprocess.run(
        [sys.executable, "-c", code, *moments], input=ics(*NEVER).encode(), timeout=20, check=False
    )
    assert done.returncode == 1


def test_a_guessed_zone_is_no_reason_to_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONWARNINGS", "error")
    event = at("20260706T100000", "20260706T110000", zone="/example.org/Europe/Berlin")
    around = datetime(2026, 7, 5, tzinfo=UTC), datetime(2026, 7, 8, tzinfo=UTC)
    assert read_apart(ics(event).encode(), *around) == Taken(
        [["2026-07-06T08:00:00+00:00", "2026-07-06T09:00:00+00:00"]],  # type: ignore[arg-type]  # JSON knows lists alone
        [],  # type: ignore[arg-type]  # the same
    )


def test_no_word_of_an_event_is_kept_or_told(file: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    secret = (
        'LOCATION:Frau Weiss\nATTENDEE;CN="Weiss":mailto:weiss@example.org\nDESCRIPTION:a\n Weiss'
    )
    file.write_text(ics(at("20260706T100000", "20260706T110000", secret), "DTSTART:Weiss"))
    calendar = Calendar(file, BERLIN)
    calendar.refresh(NOW)
    kept = json.dumps([vars(calendar), vars(calendar.problem)], default=repr)
    assert "left out" in str(calendar.problem)
    assert "Weiss" not in kept + str(calendar.problem) + caplog.text


def test_a_line_goes_on_where_the_next_one_is_set_in(blocks: Reading) -> None:
    event = (
        "DESCRIPTION:a\n BEGIN:VEVENT\n\t\nDTSTART:20260706T1\n 00000Z\nDTEND:2026\n\t0706T110000Z"
    )
    assert blocks(ics(event), "2026-07-06T00:00:00") == [("2026-07-06T10:00", "2026-07-06T11:00")]


def test_a_calendar_loads_no_library_here() -> None:
    code = (
        "import sys\n"
        "import softfront_api.calendar_file as c\n"
        "c.Calendar(c.Path('/nowhere.ics'), None).refresh(0)\n"
        "assert not {'icalendar', 'dateutil', 'recurring_ical_events'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


moments = st.integers(0, 300)
stretches = st.lists(st.builds(lambda b, n: Block(b, b + n), moments, st.integers(-5, 40)))


@given(stretches)
def test_blocks_are_in_order_and_apart_from_each_other(blocks: list[Block]) -> None:
    found = joined(blocks)
    assert all(block.begin_ms < block.end_ms for block in found)
    assert all(one.end_ms < next_.begin_ms for one, next_ in pairwise(found))


@given(stretches, moments)
def test_busy_is_what_lies_in_any_event(blocks: list[Block], t_ms: int) -> None:
    calendar = Calendar(Path("/nowhere.ics"), UTC)
    calendar._blocks = joined(blocks)
    until = calendar.busy_until_ms(t_ms)

    def inside(moment: int) -> bool:
        return any(block.begin_ms <= moment < block.end_ms for block in blocks)

    assert (until is not None) is inside(t_ms)
    if until is not None:
        assert all(map(inside, range(t_ms, until)))
        assert not inside(until)
