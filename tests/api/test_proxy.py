from collections.abc import Iterator
from dataclasses import replace
from math import exp
from pathlib import Path

import pytest

from softfront_api.diary import Diary, StoredWindow
from softfront_api.shapes.common import TextOut
from softfront_api.shapes.proxy import Proxy
from softfront_api.windows import windows
from softfront_sensors.source import SessionInfo
from softfront_signal.moments import (
    Band,
    Decision,
    Missing,
    Soothing,
    State,
    Stillness,
    Usual,
    Window,
    Wording,
)

EVENING_MS = 1_767_650_400_000  # 2026-01-05, 22:00 UTC
MINUTE_MS = 60_000
NOTHING = Proxy.of(None)
SILENT = Decision(
    t_ms=EVENING_MS,
    state=State.READY,
    since_ms=EVENING_MS,
    reason="in_range",
    window=Window(EVENING_MS, 70.0, 30.0, 70, 70, 69, 0.98, 0.0, 0.1),
    missing=None,
    stillness=Stillness.STILL,
    still_s=600,
    usual=None,
    learnt_ms=None,
    learnt_percent=50,
    z_hr=None,
    z_rmssd=None,
    route=None,
    held_s=0,
    needed_s=45,
    rise_ms=None,
    wording=Wording.PLAIN,
    gates=(),
    rule="combined",
    percentile=95,
    rule_version="1.0",
    eligible=True,
)


def window(minute: int, index: float | None = -3.0, missing: Missing | None = None) -> StoredWindow:
    t_ms = EVENING_MS + minute * MINUTE_MS
    measured = Window(t_ms, 70.0, 30.0, 70, 70, 69, 0.98, 0.0, 0.1)
    proxy = None if index is None else Soothing(index, 0.1, 25.0, 0.25)
    return StoredWindow("s", measured, missing, Stillness.STILL, 600, soothing=proxy)


@pytest.fixture
def diary(tmp_path: Path) -> Iterator[Diary]:
    with Diary.open(tmp_path / "data", demo=False) as opened:
        kept = [window(minute, -3.0 + minute % 10 / 100) for minute in range(0, 240)]
        kept.append(replace(window(241), window=replace(kept[0].window, t_ms=EVENING_MS + 5000)))
        opened.add_history(SessionInfo("s", "made", EVENING_MS, live=True), kept)
        yield opened


def test_a_chart_has_it_with_both_ends(diary: Diary) -> None:
    series = windows(diary, EVENING_MS, EVENING_MS + 600_000, 10)
    assert series.soothing[1] == pytest.approx(1000 * exp(-2.99))
    assert series.soothing_low[1] == pytest.approx(1000 * exp(-2.99 - 0.196))
    assert series.soothing_high[1] == pytest.approx(1000 * exp(-2.99 + 0.196))


def test_without_a_number_it_is_not_drawn(diary: Diary) -> None:
    later = [window(300, missing=Missing.MOVING), window(301, index=None)]
    diary.add_history(SessionInfo("s", "made", EVENING_MS, live=True), later)
    at = EVENING_MS + 300 * MINUTE_MS
    series = windows(diary, at, at + 2 * MINUTE_MS, 10)
    assert set(series.soothing) == {None}


def test_what_is_not_known_says_why() -> None:
    assert (NOTHING.value, NOTHING.low, NOTHING.place) == (None, None, None)
    assert NOTHING.missing == TextOut(id="proxy.none")


@pytest.mark.parametrize(
    ("index", "place"), [(-3.0, "inside"), (-3.55, "inside"), (-3.9, "below"), (-2.0, "above")]
)
def test_it_lies_outside_only_with_its_whole_interval(index: float, place: str) -> None:
    usual = Usual(
        Band(60, 80, 70),
        Band(20, 40, 30),
        3.0,
        3.4,
        0.2,
        1.6,
        1.6,
        60,
        3,
        True,
        soothing=Band(-3.4, -2.6, -3.0),
    )
    made = replace(SILENT, usual=usual, soothing=Soothing(index, 0.1, 25.0, 0.25))
    found = Proxy.of(made)
    assert (found.place, found.breathing_per_min, found.rsa_ms) == (place, 15.0, 25.0)
    assert found.band is not None
    assert found.band.median == pytest.approx(1000 * exp(-3.0))
    assert Proxy.of(replace(made, usual=None)).place is None
    assert Proxy.of(replace(made, missing=Missing.POOR_SIGNAL)).value is None
