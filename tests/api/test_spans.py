"""Stretches of time, asked of a diary: shifts, what was counted, by which rule."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from softfront_api.diary import Diary, Entry, Judged
from softfront_api.taking_in import take_in
from softfront_sensors.packet import Motion, Reading
from softfront_sensors.simulated import Person, readings
from softfront_sensors.source import SessionInfo

from .living import START

HOUR_MS = 3_600_000
MINUTES = list(readings(Person(7), START, 300))


@pytest.fixture
def diary(tmp_path: Path) -> Iterator[Diary]:
    with Diary.open(tmp_path, demo=False) as opened:
        yield opened


def heard(diary: Diary, name: str, at_ms: int, sent: list[Reading] = MINUTES) -> tuple[int, int]:
    """Let five minutes be heard at a time; say when they were."""
    by_ms = at_ms - sent[0].t_ms
    moved = [replace(r, t_ms=r.t_ms + by_ms, wall_ms=r.wall_ms + by_ms) for r in sent]
    info = SessionInfo(name, "strap", at_ms, live=False)
    take_in(diary, info, moved[-1].t_ms, moved)
    return at_ms, moved[-1].t_ms


def test_a_shift_ends_where_nothing_is_heard_for_two_hours(diary: Diary) -> None:
    assert diary.shifts() == ()
    one = heard(diary, "one", START)
    other = heard(diary, "two", one[1] + 2 * HOUR_MS)
    assert diary.shifts() == ((one[0], other[1]),)
    third = heard(diary, "three", other[1] + 2 * HOUR_MS + 1)
    earlier = heard(diary, "four", START - 24 * HOUR_MS)
    assert diary.shifts() == (earlier, (one[0], other[1]), third)


def test_movement_told_beside_makes_no_shift_and_covers_nothing(diary: Diary) -> None:
    diary.begin_session(SessionInfo("phone", "phone", START, live=True))
    diary.commit(Entry("phone", (Motion(1, 1, START, START, 0),)))
    assert diary.shifts() == ()
    assert list(diary.counted(0, 2**53, besides="")) == []


def test_what_was_counted_is_what_others_said_and_is_no_spare(diary: Diary) -> None:
    one = heard(diary, "one", START)
    heard(diary, "spare", START)
    stretches = list(diary.counted(0, 2**53, besides="three"))
    assert (stretches[0][0], stretches[-1][1]) == one
    assert stretches == sorted(stretches)
    assert list(diary.counted(0, 2**53, besides="one")) == []
    assert list(diary.counted(one[1] + 1, 2**53, besides="three")) == []


def test_the_versions_of_the_rule_are_those_at_the_ends_of_each_session(diary: Diary) -> None:
    assert diary.rule_versions() == frozenset()
    heard(diary, "one", START)
    (now,) = diary.rule_versions()
    stored = diary.decisions(0, 2**53)
    for at in (0, -1):
        older = replace(stored[at], decision=replace(stored[at].decision, rule_version="0.9"))
        diary.derive_anew((older,), ())
        assert diary.rule_versions() == {"0.9", now}
        diary.derive_anew((stored[at],), ())
    assert diary.rule_versions() == {now}


def test_a_minute_is_learnt_whoever_speaks_by_then(diary: Diary) -> None:
    one = heard(diary, "one", START)
    info = SessionInfo("two", "strap", one[1], live=True)
    last = diary.decisions(0, 2**53)[-1].decision
    known = (w for w in diary.windows(0, 2**53) if w.window.hr_bpm is not None)
    mark = next(w.window.t_ms for w in known if not w.learnt)
    later = replace(last, t_ms=last.t_ms + 60_000, learnt_ms=mark)
    later = replace(later, window=replace(later.window, t_ms=later.t_ms))
    diary.begin_session(info)
    diary.commit(Entry("two", decisions=(Judged(later),)))
    assert mark in {w.window.t_ms for w in diary.windows(0, 2**53) if w.learnt}
