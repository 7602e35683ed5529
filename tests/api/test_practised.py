from collections.abc import Iterator
from datetime import UTC
from pathlib import Path
from random import Random

import pytest

from softfront_api.diary import Diary, StoredPause, StoredWindow
from softfront_api.lived import lived
from softfront_api.practised import practised
from softfront_api.ribbon import ribbon
from softfront_api.shapes.practised import Kind, Practised
from softfront_sensors.source import SessionInfo
from softfront_signal.moments import Missing

from .weeks import DAY_MS, HOUR_MS, MINUTE_MS, MONDAY_MS, lay_in, mark

DAYS = 12


@pytest.fixture
def diary(tmp_path: Path) -> Iterator[Diary]:
    with Diary.open(tmp_path / "data", demo=False) as opened:
        opened.begin_session(SessionInfo("s", "made", MONDAY_MS, live=True))
        yield opened


def shift(day: int, dice: Random, rise: float) -> Iterator[StoredWindow]:
    """Sit still for five hours; from the pause, two hours on, variation is up by `rise`."""
    begin_ms, slow = _begin_ms(day), 0.0
    for minute in range(1, 301):
        slow = 0.9 * slow + dice.gauss(0, 0.05)
        more = rise if 120 < minute <= 140 else 0.0
        yield mark(
            begin_ms + minute * MINUTE_MS,
            bpm=70 - 5 * slow + dice.gauss(0, 0.5),
            ln_rmssd=3.4 + slow + more,
        )


def _begin_ms(day: int) -> int:
    return MONDAY_MS + day * DAY_MS + 6 * HOUR_MS


def told(diary: Diary, days: int = DAYS, rise: float = 0.0) -> Practised:
    dice = Random(5)
    for day in range(days):
        lay_in(diary, shift(day, dice, rise))
        started_ms = _begin_ms(day) + 120 * MINUTE_MS
        diary.begin_pause(StoredPause(f"p{day}", f"k{day}", started_ms))
        diary.finish_pause(f"p{day}", ended_ms=started_ms + 90_000, lasted_s=90)
    return practised(diary, lived(diary, MONDAY_MS, MONDAY_MS + 28 * DAY_MS, UTC))


def only(found: Practised) -> Kind:
    (kind,) = found.items
    return kind


def test_without_a_practice_there_is_nothing_to_compare(diary: Diary) -> None:
    found = practised(diary, lived(diary, MONDAY_MS, MONDAY_MS + DAY_MS, UTC))
    assert found.items == []
    assert [text.id for text in found.help] == [
        "effect.rtm.1",
        "effect.rtm.2",
        "effect.rtm.3",
        "practised.help",
    ]


def test_a_pause_without_a_strap_is_counted_and_nothing_is_known_of_it(diary: Diary) -> None:
    diary.begin_pause(StoredPause("p", "k", MONDAY_MS))
    kind = only(practised(diary, lived(diary, MONDAY_MS, MONDAY_MS + DAY_MS, UTC)))
    assert (kind.kind, kind.all, kind.n) == ("by_hand", 1, 0)
    assert kind.text.id == "practised.few"


def test_a_few_pauses_are_not_known_yet(diary: Diary) -> None:
    kind = only(told(diary, days=5))
    assert kind.text.id == "practised.few"
    assert (kind.rmssd.difference, kind.rmssd.clear) == (None, False)


def test_where_a_pause_does_nothing_no_difference_is_told(diary: Diary) -> None:
    kind = only(told(diary))
    assert kind.all == DAYS
    assert kind.matched >= 8
    assert kind.text.id == "practised.unclear"
    assert not kind.rmssd.clear
    assert kind.rmssd.difference is not None
    assert kind.rmssd.difference.low <= 0 <= kind.rmssd.difference.high


def test_where_it_does_both_sides_and_their_difference_are_told(diary: Diary) -> None:
    kind = only(told(diary, rise=0.3))
    assert kind.text.id == "practised.more"
    assert kind.rmssd.clear
    assert kind.rmssd.done is not None
    assert kind.rmssd.without is not None
    assert kind.rmssd.difference is not None
    assert kind.rmssd.difference.low < 35 < kind.rmssd.difference.high
    assert kind.rmssd.done.value > kind.rmssd.without.value
    assert not kind.heart_rate.clear
    assert kind.heart_rate.unit == "bpm"


def test_a_ribbon_puts_neighbours_together_and_leaves_gaps(diary: Diary) -> None:
    states = [None] * 3 + [Missing.MOVING] * 2 + [Missing.STRAP_OFF] + [None] * 2
    marks = [mark(MONDAY_MS + 5_000 * at, missing=it) for at, it in enumerate(states, start=1)]
    lay_in(diary, iter([*marks, mark(MONDAY_MS + 120_000)]))
    diary.begin_pause(StoredPause("p", "k", MONDAY_MS + 10_000))
    found = ribbon(diary, MONDAY_MS, MONDAY_MS + HOUR_MS)
    assert [(run.state, run.from_[-4:-1], run.to[-4:-1]) for run in found.spans] == [
        ("still", ":00", ":15"),
        ("moving", ":15", ":25"),
        ("strap_off", ":25", ":30"),
        ("still", ":30", ":40"),
        ("still", ":55", ":00"),
    ]
    assert (found.worn_s, found.still_s, found.moving_s, found.strap_off_s) == (40, 30, 10, 5)
    assert [(pause.id, pause.number) for pause in found.pauses] == [("p", 1)]
