from functools import cache
from itertools import islice
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from softfront_sensors.simulated import Person
from softfront_signal.artefacts import Artefact, Judge, JudgedBeat

from .making import beats

EVERY = 50


def judge(rr_ticks: list[int]) -> list[JudgedBeat]:
    judge = Judge()
    return [judge.judge(beat) for beat in beats(rr_ticks)]


def flags(rr_ticks: list[int]) -> list[Artefact | None]:
    return [one.artefact for one in judge(rr_ticks)]


@cache
def heart(seed: int, beats: int = 1200) -> list[int]:
    return [ticks for _, ticks in islice(Person(seed).beats(), beats)]


def missed(rr: list[int], at: int) -> list[int]:
    return [rr[at] + rr[at + 1]]


def extra(rr: list[int], at: int) -> list[int]:
    early = round(0.45 * rr[at])
    return [early, rr[at] - early, rr[at + 1]]


def ectopic(rr: list[int], at: int) -> list[int]:
    early = round(0.3 * rr[at])
    return [rr[at] - early, rr[at + 1] + early]


def misaligned(rr: list[int], at: int) -> list[int]:
    """See one beat late by a quarter: a long interval, then a short one."""
    late = round(0.25 * rr[at])
    return [rr[at] + late, rr[at + 1] - late]


def injected(rr: list[int], kind: str) -> tuple[list[int], list[int]]:
    """Spoil two intervals in fifty; return the intervals, and where the spoilt ones begin."""
    change = {"missed": missed, "extra": extra, "ectopic": ectopic, "misaligned": misaligned}[kind]
    spoilt: list[int] = []
    places: list[int] = []
    at = 0
    while at < len(rr) - 1:
        if at % EVERY == 20:
            places.append(len(spoilt))
            spoilt += change(rr, at)
            at += 2
        else:
            spoilt.append(rr[at])
            at += 1
    return spoilt, places


@pytest.mark.parametrize("seed", range(4))
def test_a_clean_heart_is_hardly_ever_flagged(seed: int) -> None:
    found = flags(heart(seed, 5000))
    assert sum(flag is not None for flag in found) <= 5


@pytest.mark.parametrize(
    ("kind", "first"),
    [
        ("missed", {Artefact.MISSED}),
        ("extra", {Artefact.ECTOPIC, Artefact.OUT_OF_RANGE}),
        ("ectopic", {Artefact.ECTOPIC}),
        ("misaligned", {Artefact.MISALIGNED}),
    ],
)
@pytest.mark.parametrize("seed", range(3))
def test_what_was_injected_is_flagged(kind: str, first: set[Artefact], seed: int) -> None:
    spoilt, places = injected(heart(seed), kind)
    found = flags(spoilt)
    assert len(places) > 20
    named = [found[at] in first for at in places]
    assert sum(named) >= 0.95 * len(named)


@pytest.mark.parametrize("kind", ["missed", "extra", "ectopic", "misaligned"])
def test_the_beats_around_what_was_injected_are_kept(kind: str) -> None:
    spoilt, places = injected(heart(1), kind)
    found = flags(spoilt)
    away = {at + step for at in places for step in range(3)}
    wrongly = [at for at, flag in enumerate(found) if flag is not None and at not in away]
    assert len(wrongly) <= 0.005 * len(spoilt)


def test_the_second_half_of_a_split_interval_is_an_extra_beat() -> None:
    assert flags([800] * 20 + [380, 420, 800]) == [None] * 20 + [
        Artefact.ECTOPIC,
        Artefact.EXTRA,
        None,
    ]


def test_the_wait_after_an_early_beat_is_flagged_with_it() -> None:
    early_then_long = flags([800] * 20 + [500, 1100, 800])[20:]
    assert early_then_long == [Artefact.ECTOPIC, Artefact.ECTOPIC, None]


@pytest.mark.parametrize("rr", [0, 1, 307 - 1, 2049, 0xFFFF])
def test_no_heart_at_work_beats_so(rr: int) -> None:
    assert flags([800] * 20 + [rr]) == [None] * 20 + [Artefact.OUT_OF_RANGE]
    assert flags([rr]) == [Artefact.OUT_OF_RANGE]


def test_a_new_level_is_accepted_after_five() -> None:
    found = flags([1000] * 30 + [650] * 20)
    assert all(found[30:34])
    assert found[34:] == [None] * 16


def test_five_that_do_not_agree_are_no_new_level() -> None:
    wild = [500, 1500, 520, 1480, 650, 1700, 480, 1300]
    assert all(flags([1000] * 30 + wild)[30:])


def test_a_good_beat_between_begins_the_count_anew() -> None:
    found = flags([1000] * 30 + [650] * 4 + [1000] + [650] * 4)
    assert [flag is None for flag in found[30:]] == [False] * 4 + [True] + [False] * 4


def test_a_rise_by_walking_is_followed_beat_by_beat() -> None:
    quicker = [round(900 - 4 * n) for n in range(100)]
    assert not any(flags([900] * 30 + quicker))


def test_a_steady_heart_may_still_breathe() -> None:
    # Quartiles of equal intervals are nothing; the floor of 15 % is what is left.
    found = flags([1000] * 100 + [1140, 860, 1000] + [1160])
    assert found[100:] == [None, None, None, Artefact.MISALIGNED]


def test_a_swing_beyond_a_third_is_flagged_however_wild_the_heart_was() -> None:
    draw = Random(1)
    wild = [round(1000 * draw.uniform(0.7, 1.3)) for _ in range(200)]
    assert flags([*wild, 1500])[-1] is not None


@given(st.lists(st.integers(0, 0xFFFF), max_size=80))
def test_nothing_is_substituted_removed_or_put_in(rr_ticks: list[int]) -> None:
    assert [one.beat for one in judge(rr_ticks)] == list(beats(rr_ticks))


@given(st.lists(st.integers(200, 2200), max_size=60), st.lists(st.integers(200, 2200), max_size=9))
def test_what_comes_later_changes_no_verdict(before: list[int], after: list[int]) -> None:
    assert flags(before + after)[: len(before)] == flags(before)


@given(st.lists(st.integers(0, 0xFFFF), max_size=60))
def test_nothing_outside_30_to_200_beats_a_minute_passes(rr_ticks: list[int]) -> None:
    passed = [one.beat.rr_ticks for one in judge(rr_ticks) if one.is_nn]
    assert all(307 <= rr <= 2048 for rr in passed)


def test_a_filler_is_flagged_and_changes_no_level() -> None:
    # A heart at rest whose strap fills in 500 where it has measured nothing.
    rr = heart(3)[:200]
    filled = [500 if at % 3 == 2 else each for at, each in enumerate(rr)]
    judge_it = Judge()
    found = [judge_it.judge(beat, 500).artefact for beat in beats(filled)]
    assert [flag for at, flag in enumerate(found) if at % 3 == 2] == [Artefact.FILLER] * 66
    assert {flag for at, flag in enumerate(found) if at % 3 != 2} == {None}


def test_five_fillers_in_a_row_are_no_new_level() -> None:
    rr = [*heart(3)[:100], *([500] * 20), *heart(3)[100:120]]
    judge_it = Judge()
    found = [judge_it.judge(beat, 500).artefact for beat in beats(rr)]
    assert found[100:120] == [Artefact.FILLER] * 20
    assert found[120:] == [None] * 20
