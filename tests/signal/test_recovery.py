from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from softfront_signal.errors import BadMarks
from softfront_signal.recovery import (
    Mark,
    Return,
    after_pause,
    returns,
    until_back,
    until_back_or_pause,
)

from .lives import MINUTE, lived_returns

STEP = 5_000
KINDS = {
    ".": (None, False, True, True),  # inside
    "^": (True, False, False, True),  # outside, not yet for long
    "R": (True, True, False, True),  # outside for long: a rise
    "~": (None, False, False, True),  # neither outside nor clearly inside
    "?": (None, False, None, True),  # no number
    "x": (None, False, None, False),  # the strap is off
}


def marks(line: str, start_ms: int = 0, shift: int = 1) -> list[Mark]:
    """Read marks five seconds apart, one a letter."""
    made: list[Mark] = []
    rise_ms: int | None = None
    for at, letter in enumerate(line):
        out, held, inside, worn = KINDS[letter]
        t_ms = start_ms + STEP * at
        rise_ms = (t_ms if rise_ms is None else rise_ms) if out else None
        made.append(Mark(t_ms, rise_ms, held, inside, worn, shift))
    return made


def told(*lines: Iterable[Mark], pauses_ms: Sequence[int] = ()) -> list[Return]:
    every = [mark for line in lines for mark in line]
    return list(returns(every, pauses_ms, lambda t_ms: t_ms // 86_400_000))


RISE = "^" * 9 + "R"
CALM = "." * 13


def test_it_begins_at_the_first_mark_outside_and_ends_at_the_first_of_a_minute_inside() -> None:
    assert told(marks("..." + RISE + "RR" + CALM)) == [
        Return(3 * STEP, 15 * STEP, back=True, paused_ms=None, day=0)
    ]


def test_what_was_not_held_was_no_rise() -> None:
    assert told(marks("..^^^^^^^^^" + CALM)) == []


def test_less_than_a_minute_inside_is_not_back() -> None:
    found = told(marks(RISE + "." * 12 + "~" + CALM))
    assert [(it.until_ms, it.back) for it in found] == [(23 * STEP, True)]
    assert told(marks(RISE + "." * 12)) == [Return(0, 21 * STEP, False, None, 0)]


def test_an_unseen_mark_breaks_the_minute() -> None:
    found = told(marks(RISE + "......?......" + CALM))
    assert [it.until_ms for it in found] == [17 * STEP]


def test_a_mark_that_was_never_made_breaks_the_minute_too() -> None:
    found = told(marks(RISE + "......"), marks(CALM, start_ms=20 * STEP))
    assert [(it.until_ms, it.back) for it in found] == [(20 * STEP, True)]


def test_two_rises_without_a_return_between_them_are_one() -> None:
    found = told(marks(RISE + "......" + RISE + "~~~" + RISE + CALM))
    assert [(it.rise_ms, it.until_ms) for it in found] == [(0, 39 * STEP)]


def test_two_rises_with_a_return_between_them_are_two() -> None:
    found = told(marks(RISE + CALM + RISE + CALM))
    assert [(it.rise_ms, it.until_ms, it.back) for it in found] == [
        (0, 10 * STEP, True),
        (23 * STEP, 33 * STEP, True),
    ]


def test_where_the_strap_comes_off_it_was_seen_to_last_until_the_last_number() -> None:
    assert told(marks(RISE + "RRR??x" + CALM)) == [Return(0, 12 * STEP, False, None, 0)]


def test_where_the_shift_ends_so_does_what_is_known() -> None:
    found = told(marks(RISE + "R"), marks(CALM, start_ms=12 * STEP, shift=2))
    assert [(it.until_ms, it.back) for it in found] == [(10 * STEP, False)]


def test_ten_unseen_minutes_are_too_many() -> None:
    long = 10 * MINUTE // STEP
    within, beyond = (told(marks(RISE + "?" * n + CALM)) for n in (long - 1, long))
    assert [(it.until_ms, it.back) for it in within] == [((10 + long - 1) * STEP, True)]
    assert [(it.until_ms, it.back) for it in beyond] == [(9 * STEP, False)]


def test_ten_minutes_without_any_mark_are_too_many() -> None:
    found = told(marks(RISE), marks(CALM, start_ms=11 * MINUTE))
    assert [(it.until_ms, it.back) for it in found] == [(9 * STEP, False)]


def test_a_rise_is_told_only_where_the_strap_was_on() -> None:
    off = [replace(mark, worn=False) for mark in marks(RISE)]
    assert told(off) == []


def test_the_day_is_that_of_the_rise() -> None:
    before_midnight = 86_400_000 - 5 * STEP
    found = told(marks(RISE + CALM, start_ms=before_midnight))
    assert [it.day for it in found] == [0]


def test_a_pause_belongs_to_the_time_away_it_was_begun_in() -> None:
    line = marks(RISE + "RRRR" + CALM + RISE + "RR" + CALM)
    (first, second) = told(line, pauses_ms=[12 * STEP, 13 * STEP, 20 * STEP])
    assert (first.paused_ms, first.paused) == (12 * STEP, True)
    assert (second.paused_ms, second.paused) == (None, False)
    assert not told(line, pauses_ms=[14 * STEP])[0].paused


def test_marks_out_of_order_are_refused() -> None:
    for line in (marks("..")[::-1], marks(".") * 2):
        with pytest.raises(BadMarks):
            told(line)


LINES = st.text("".join(KINDS), max_size=80).map(
    lambda line: line.replace("R", RISE).replace(".", "....")
)


@given(st.lists(st.tuples(LINES, st.integers(0, 900_000), st.integers(1, 2)), max_size=4))
def test_times_away_never_overlap_nor_end_before_they_begin(
    parts: list[tuple[str, int, int]],
) -> None:
    every: list[Mark] = []
    for line, gap_ms, shift in parts:
        start_ms = (every[-1].t_ms if every else 0) + STEP + gap_ms
        every += marks(line, start_ms, shift)
    told_before_ms = 0
    for it in told(every):
        assert told_before_ms <= it.rise_ms <= it.until_ms <= every[-1].t_ms
        told_before_ms = it.until_ms
        if it.back:
            after = [mark for mark in every if it.until_ms <= mark.t_ms <= it.until_ms + MINUTE]
            assert len(after) == 13
            assert all(mark.inside for mark in after)


WILD = st.builds(
    Mark,
    st.integers(0, 10**6),
    st.none() | st.integers(-(10**6), 10**6),
    st.booleans(),
    st.none() | st.booleans(),
    st.booleans(),
    st.integers(0, 2),
)


@given(st.lists(WILD, unique_by=lambda mark: mark.t_ms))
def test_nor_do_they_where_marks_make_no_sense(wild: list[Mark]) -> None:
    told_before_ms = -(10**6)
    for it in told(sorted(wild, key=lambda mark: mark.t_ms)):
        assert told_before_ms <= it.rise_ms <= it.until_ms
        told_before_ms = it.until_ms


def test_half_of_the_returns_take_less_than_the_median() -> None:
    found = until_back(lived_returns(np.random.default_rng(1), weeks=12, days=5))
    assert found.median_min is not None
    assert 8.0 < found.median_min < 11.0
    assert 0.1 < found.censored / found.n < 0.3


def test_with_and_without_a_pause_look_alike_where_a_pause_does_nothing() -> None:
    """Parted by whether there was one, they would be 13 and 5 minutes."""
    every = lived_returns(np.random.default_rng(2), weeks=150, days=5, paused_after=8.0)
    one, other = after_pause(every), until_back_or_pause(every)
    assert one.median_min is not None
    assert other.median_min is not None
    assert abs(one.median_min - other.median_min) < 1.0
    naive = [until_back([it for it in every if it.paused is paused]) for paused in (True, False)]
    assert [round(it.median_min or 0) for it in naive] == [13, 5]


def test_a_time_away_counts_as_without_a_pause_until_there_is_one() -> None:
    minute = [Return(0, 10 * MINUTE, True, None, 1)] * 8
    paused = [Return(0, 10 * MINUTE, True, 4 * MINUTE, 1)] * 3
    found = until_back_or_pause([*minute, *paused])
    assert (found.n, found.censored) == (11, 3)
    assert after_pause([*minute, *paused]).n == 3
