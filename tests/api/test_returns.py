from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest

from softfront_api.diary import Diary, Entry, Judged, StoredPause
from softfront_api.returns import LONGEST_MS, returns, times_away
from softfront_api.shapes.common import TextOut
from softfront_api.shapes.returns import Returns
from softfront_api.words import say
from softfront_sensors.source import SessionInfo
from softfront_signal import recovery
from softfront_signal.moments import (
    Band,
    Decision,
    Missing,
    Route,
    State,
    Stillness,
    Usual,
    Window,
    Wording,
)
from softfront_signal.recovery import Mark, Return

MONDAY_MS = 1_767_607_200_000  # 2026-01-05, 10:00 UTC
STEP_MS, MINUTE_MS, HOUR_MS, DAY_MS = 5_000, 60_000, 3_600_000, 86_400_000
USUAL = Usual(Band(60, 80, 70), Band(20, 40, 30), 3.0, 3.4, 0.2, 1.6, 1.6, 60, 3, True)
SILENT = Decision(
    t_ms=MONDAY_MS,
    state=State.READY,
    since_ms=MONDAY_MS,
    reason="in_range",
    window=Window(MONDAY_MS, 70.0, 30.0, 70, 70, 69, 0.98, 0.0, 0.1),
    missing=None,
    stillness=Stillness.STILL,
    still_s=600,
    usual=USUAL,
    learnt_ms=None,
    learnt_percent=100,
    z_hr=0.0,
    z_rmssd=0.0,
    route=None,
    held_s=0,
    needed_s=45,
    rise_ms=None,
    wording=Wording.PLAIN,
    gates=(),
    rule="combined",
    percentile=95,
    rule_version="1.1",
)
# What a letter is: how far above, and why there is no number.
LETTERS: dict[str, tuple[float | None, Missing | None]] = {
    ".": (0.0, None),
    "~": (1.3, None),
    "^": (2.0, None),
    "?": (None, Missing.POOR_SIGNAL),
    "m": (None, Missing.MOVING),
    "n": (None, Missing.NO_LINK),
    "x": (None, Missing.STRAP_OFF),
}
RISE, CALM = "^" * 10, "." * 13


def line(letters: str, start_ms: int = MONDAY_MS) -> list[Decision]:
    """Write decisions five seconds apart, one a letter."""
    made: list[Decision] = []
    rise_ms: int | None = None
    for at, letter in enumerate(letters):
        z_hr, missing = LETTERS[letter]
        t_ms = start_ms + STEP_MS * at
        rise_ms = (t_ms if rise_ms is None else rise_ms) if letter == "^" else None
        made.append(
            replace(
                SILENT,
                t_ms=t_ms,
                window=replace(SILENT.window, t_ms=t_ms),
                missing=missing,
                z_hr=z_hr,
                z_rmssd=None if z_hr is None else 0.0,
                route=None if rise_ms is None else Route.HEART_RATE,
                held_s=0 if rise_ms is None else (t_ms - rise_ms) // 1000,
                rise_ms=rise_ms,
            )
        )
    return made


@pytest.fixture
def diary(tmp_path: Path) -> Iterator[Diary]:
    with Diary.open(tmp_path / "data", demo=False) as opened:
        yield opened


def keep(diary: Diary, decisions: Sequence[Decision], session: str = "s") -> None:
    diary.begin_session(SessionInfo(session, "made", MONDAY_MS, live=True))
    diary.commit(Entry(session, decisions=tuple(map(Judged, decisions))))


def away(diary: Diary, from_ms: int = MONDAY_MS, to_ms: int = MONDAY_MS + DAY_MS) -> list[Return]:
    return list(times_away(diary, from_ms, to_ms, UTC))


def told(diary: Diary, zone: tzinfo = UTC, days: int = 93) -> Returns:
    return returns(diary, MONDAY_MS, MONDAY_MS + days * DAY_MS, zone)


def minutes_away(minutes: int) -> str:
    """Write a rise that lasts for so many minutes."""
    return "^" * (12 * minutes) + CALM


def weeks(diary: Diary, how_long: Sequence[int], seed: int = 1) -> None:
    """Keep two times away on each of four days a week; a week's take about so long."""
    draw = Random(seed)
    for week, typical in enumerate(how_long):
        for day in range(4):
            for at in range(2):
                start_ms = MONDAY_MS + (7 * week + day) * DAY_MS + at * HOUR_MS
                keep(diary, line(minutes_away(typical + draw.randint(-2, 2)), start_ms))


def test_a_time_away_is_read_from_its_marks(diary: Diary) -> None:
    keep(diary, line("..." + RISE + "^^~~" + CALM))
    rise_ms = MONDAY_MS + 3 * STEP_MS
    day = datetime(2026, 1, 5, tzinfo=UTC).toordinal()
    assert away(diary) == [Return(rise_ms, rise_ms + 14 * STEP_MS, True, None, day)]


def test_rises_that_did_not_hold_are_none(diary: Diary) -> None:
    keep(diary, line("...^^^^^^^^^" + CALM))
    assert away(diary) == []


def test_a_strap_that_comes_off_ends_it_and_a_link_that_breaks_does_not(diary: Diary) -> None:
    keep(diary, line(RISE + "^^xx" + CALM))
    keep(diary, line(RISE + "^^nn" + CALM, MONDAY_MS + HOUR_MS))
    found = away(diary)
    assert [(it.minutes * 12, it.back) for it in found] == [(11, False), (14, True)]


@pytest.mark.parametrize("letter", ["m", "?", "n"])
def test_ten_minutes_without_a_number_end_it(diary: Diary, letter: str) -> None:
    keep(diary, line(RISE + letter * 125 + CALM))
    assert [(it.minutes * 12, it.back) for it in away(diary)] == [(9, False)]


def test_a_long_time_away_is_read_to_its_end(diary: Diary) -> None:
    keep(diary, line("^" * (12 * 70) + CALM))
    assert [(it.minutes, it.back) for it in away(diary)] == [(70, True)]


def test_it_belongs_to_the_stretch_its_rise_began_in(diary: Diary) -> None:
    keep(diary, line("^" * (12 * 30) + CALM))
    half = MONDAY_MS + 15 * MINUTE_MS
    assert [it.minutes for it in away(diary, to_ms=half)] == [30]
    assert away(diary, from_ms=half) == []


def test_none_is_lost_between_two_stretches(diary: Diary) -> None:
    keep(diary, line(minutes_away(5)))
    for after_s in (0, 1, 30, 45, 120):
        between = MONDAY_MS + 1000 * after_s
        found = [*away(diary, MONDAY_MS - DAY_MS, between), *away(diary, between)]
        assert [it.minutes for it in found] == [5]


def test_where_nothing_is_stored_any_more_it_was_seen_to_last_so_long(diary: Diary) -> None:
    keep(diary, line(RISE + "^^"))
    assert [(it.minutes * 12, it.back) for it in away(diary)] == [(11, False)]


def test_one_sender_after_another_is_one_line(diary: Diary) -> None:
    keep(diary, line(RISE + "^^^"))
    keep(diary, line("~~~" + CALM, MONDAY_MS + 10 * STEP_MS), session="t")
    assert [(it.minutes * 12, it.back) for it in away(diary)] == [(13, True)]


def test_a_pause_is_found_in_its_time_away(diary: Diary) -> None:
    keep(diary, line(minutes_away(5) + "...." + minutes_away(3)))
    began_ms = MONDAY_MS + 2 * MINUTE_MS
    diary.begin_pause(StoredPause("p", "key", began_ms))
    assert [it.paused_ms for it in away(diary)] == [began_ms, None]


def test_reading_on_from_rises_finds_what_reading_every_mark_does(diary: Diary) -> None:
    draw = Random(5)
    pieces = [RISE, RISE, CALM, "......", "^^^", "~~~~", "??", "x", "n" * 130, "m" * 30, "." * 60]
    letters = "".join(draw.choice(pieces) for _ in range(400))
    decisions = line(letters)
    keep(diary, decisions)
    marks = [
        Mark(
            t_ms=it.t_ms,
            rise_ms=it.rise_ms,
            held=it.held_s >= 45,
            inside=None if it.z_hr is None else it.z_hr < 1.1,
            worn=it.missing is not Missing.STRAP_OFF,
            shift=0,
        )
        for it in decisions
    ]
    every = list(recovery.returns(marks, [], lambda t_ms: t_ms))
    found = away(diary)
    assert len(found) > 20
    assert [(it.rise_ms, it.until_ms, it.back) for it in found] == [
        (it.rise_ms, it.until_ms, it.back) for it in every
    ]


def test_few_occasions_are_counted_and_no_more(diary: Diary) -> None:
    keep(diary, line(minutes_away(5)))
    found = told(diary).all
    assert (found.median_min, found.low_min, found.high_min) == (None, None, None)
    assert found.text == TextOut(id="return.not_enough", values={"n": 1, "needed": 8})


def test_nothing_at_all_is_an_answer_too(diary: Diary) -> None:
    found = told(diary)
    assert (found.all.n, found.days, found.weeks, found.notes) == (0, [], [], [])
    assert found.trend.text == TextOut(id="trend.not_enough", values={"n": 0})
    assert [text.id for text in found.help] == ["return.help", "return.not_a_race"]


def test_the_median_is_told_with_its_interval(diary: Diary) -> None:
    for at in range(9):
        keep(diary, line(minutes_away(3 + at), MONDAY_MS + at * HOUR_MS))
    found = told(diary).all
    assert (found.median_min, found.low_min, found.high_min) == (7, 3, 10)
    assert say(found.text.id, values=found.text.values) == (
        "Half of your returns took under 7\xa0min (3–10; 9 occasions)."
    )


def test_what_was_not_seen_to_end_is_said(diary: Diary) -> None:
    for at in range(8):
        keep(diary, line("^" * 60 + "x", MONDAY_MS + at * HOUR_MS))
    found = told(diary)
    assert found.all.text.id == "return.not_reached"
    assert found.notes == [TextOut(id="return.censored", values={"n": 8})]


def test_an_interval_without_an_upper_end_is_said_to_have_none(diary: Diary) -> None:
    for at in range(9):
        lost = at in (4, 5, 6)
        letters = minutes_away(3 + at) if not lost else "^" * (12 * (3 + at)) + "x"
        keep(diary, line(letters, MONDAY_MS + at * HOUR_MS))
    found = told(diary).all
    assert found.median_min is not None
    assert found.high_min is None
    assert found.text.id == "return.value.open"
    assert "no value" not in say(found.text.id, values=found.text.values)


def test_days_and_weeks_are_the_wearers_own(diary: Diary) -> None:
    late_ms = MONDAY_MS + 6 * DAY_MS + 13 * HOUR_MS  # Sunday, 23:00 UTC
    keep(diary, line(minutes_away(5)))
    keep(diary, line(minutes_away(5), late_ms))
    here, there = told(diary), told(diary, ZoneInfo("Europe/Berlin"))
    assert [day.date for day in here.days] == ["2026-01-05", "2026-01-11"]
    assert [(week.monday, week.time.n) for week in here.weeks] == [("2026-01-05", 2)]
    assert [day.date for day in there.days] == ["2026-01-05", "2026-01-12"]
    assert [week.monday for week in there.weeks] == ["2026-01-05", "2026-01-12"]


def test_with_and_without_a_pause_each_counts_what_belongs_to_it(diary: Diary) -> None:
    for at in range(10):
        start_ms = MONDAY_MS + at * HOUR_MS
        keep(diary, line(minutes_away(5 + at), start_ms))
        if at % 2:
            diary.begin_pause(StoredPause(f"p{at}", f"key{at}", start_ms + 2 * MINUTE_MS))
    found = told(diary)
    assert (found.all.n, found.all.censored, found.paused) == (10, 0, 5)
    assert (found.without_pause.n, found.without_pause.censored) == (10, 5)
    assert (found.with_pause.n, found.with_pause.text.id) == (5, "return.not_enough")
    assert [note.id for note in found.notes] == ["return.paused", "return.pause.help"]


def test_two_weeks_have_no_trend(diary: Diary) -> None:
    weeks(diary, [9, 9])
    found = told(diary).trend
    assert (found.value, found.low, found.high) == (None, None, None)
    assert found.text == TextOut(id="trend.not_enough", values={"n": 2})


def test_three_weeks_of_which_the_ends_are_not_known_ask_for_occasions(diary: Diary) -> None:
    for day in (0, 1, 2, 3, 7, 8, 9, 10, 14, 15, 16, 17):
        keep(diary, line(RISE + "^^x", MONDAY_MS + day * DAY_MS))
    assert told(diary).trend.text == TextOut(id="return.not_enough", values={"n": 0, "needed": 8})


@pytest.mark.parametrize(
    ("how_long", "which"),
    [
        ([9, 9, 9, 9], "unclear"),
        ([24, 20, 16, 12, 8], "shorter"),
        ([8, 12, 16, 20, 24], "longer"),
    ],
)
def test_a_trend_is_told_by_its_interval(diary: Diary, how_long: list[int], which: str) -> None:
    weeks(diary, how_long)
    found = told(diary).trend
    assert found.text.id == f"return.trend.{which}"
    assert found.weeks == len(how_long)
    low, high = found.text.values["low"], found.text.values["high"]
    assert isinstance(low, float)
    assert isinstance(high, float)
    assert low < high
    assert (low > 0) is (which != "unclear")
    assert bool(found.line) is (which != "unclear")
    assert say(found.text.id, values=found.text.values).startswith(f"Over {len(how_long)} weeks:")


def test_each_time_is_told_and_whether_it_was_seen_to_end(diary: Diary) -> None:
    keep(diary, line(minutes_away(5)))
    keep(diary, line("^" * 37 + "x", MONDAY_MS + DAY_MS))
    each = [(it.date, it.minutes, it.back) for it in told(diary).each]
    assert each == [("2026-01-05", 5, True), ("2026-01-06", 3, False)]


def test_the_line_is_told_week_by_week(diary: Diary) -> None:
    weeks(diary, [24, 20, 16, 12, 8])
    found = told(diary).trend.line
    assert [it.monday for it in found][:2] == ["2026-01-05", "2026-01-12"]
    assert [round(it.minutes) for it in found] == pytest.approx([24, 20, 16, 12, 8], abs=2)


def test_a_year_and_its_edges_are_the_longest_stretch() -> None:
    assert LONGEST_MS == 400 * DAY_MS
