from collections.abc import Iterator
from itertools import pairwise
from statistics import mean

import pytest

from softfront_api.diary import StoredPause
from softfront_api.reasons import utc
from softfront_api.shapes.around import Windows
from softfront_api.windows import windows
from softfront_sensors.simulated import Episode, Kind

from .living import START, Home, a_shift

SENT = a_shift(1500, Episode(Kind.SLIP, 900, 60))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    with Home(tmp_path_factory.mktemp("home"), SENT) as home:
        home.lives()
        home.diary.begin_pause(StoredPause("p", "key", START + 600_000, session="one"))
        yield home


def seen(home: Home, from_s: int = 0, to_s: int = 1500, points: int = 720) -> Windows:
    return windows(home.diary, START + 1000 * from_s, START + 1000 * to_s, points)


def test_each_mark_stands_where_it_was_measured(home: Home) -> None:
    found = seen(home)
    assert found.step_s == 5
    assert found.t_s == list(range(0, 1500, 5))
    stored = {w.window.t_ms: w for w in home.diary.windows(START, START + 1_500_000)}
    for t_s, rate in zip(found.t_s, found.hr_bpm, strict=True):
        window = stored.get(START + 1000 * t_s)
        assert rate == (window.window.hr_bpm if window and window.missing is None else None)


def test_gaps_stay_gaps_and_say_why(home: Home) -> None:
    found = seen(home, from_s=-300)
    at = dict(zip(found.t_s, found.state, strict=True))
    assert at[0] == "no_link"
    assert at[300 + 240] == "moving"
    assert at[300 + 930] == "strap_off"
    assert at[300 + 700] == "still"
    without = [i for i, state in enumerate(found.state) if state not in ("still", "unknown")]
    assert {found.hr_bpm[i] for i in without} == {None}


@pytest.mark.parametrize("points", [10, 33, 100, 299])
def test_fewer_points_are_means_of_what_is_there(home: Home, points: int) -> None:
    fine, coarse = seen(home), seen(home, points=points)
    assert len(coarse.t_s) <= points
    per = coarse.step_s // 5
    for i, value in enumerate(coarse.rmssd_ms):
        known = [v for v in fine.rmssd_ms[i * per : (i + 1) * per] if v is not None]
        assert value == (pytest.approx(mean(known)) if known else None)


def test_bands_follow_each_other_and_stand_only_where_something_was_decided(home: Home) -> None:
    found = seen(home, from_s=-7200, to_s=7200)
    assert found.bands
    assert found.bands[0].from_ >= utc(START - 600_000)
    assert found.bands[-1].to <= utc(START + 2_100_000)
    assert all(a.to <= b.from_ for a, b in pairwise(found.bands))
    assert found.bands[-1].heart_rate is not None


def test_pauses_are_marked_where_they_began(home: Home) -> None:
    assert [(p.number, p.started_at) for p in seen(home).pauses] == [(1, utc(START + 600_000))]
    assert seen(home, 700).pauses == []


def test_an_odd_beginning_is_laid_on_marks(home: Home) -> None:
    found = windows(home.diary, START + 1_001, START + 61_001, 100)
    assert found.from_ == utc(START)
    assert found.t_s[:2] == [0, 5]
