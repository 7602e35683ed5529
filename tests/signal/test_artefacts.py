from collections.abc import Iterable, Sequence
from functools import cache
from itertools import islice
from math import pi, sin
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from softfront_sensors.simulated import Person
from softfront_signal.artefacts import Artefact, Judge, JudgedBeat, settled
from softfront_signal.beats import Beat
from softfront_signal.explaining import AHEAD, bend, calm, explain, most

from .making import beats

EVERY = 50
ECTOPIC, EXTRA, MISSED = Artefact.ECTOPIC, Artefact.EXTRA, Artefact.MISSED
MISALIGNED, OUT_OF_RANGE, FILLER = Artefact.MISALIGNED, Artefact.OUT_OF_RANGE, Artefact.FILLER


def flags(rr_ticks: Iterable[int]) -> list[Artefact | None]:
    """Call each interval, in the end."""
    return [one.artefact for one in settled(beats(rr_ticks))]


def at_once(rr_ticks: Iterable[int]) -> list[Artefact | None]:
    """Call each interval when it comes."""
    judge = Judge()
    return [judge.judge(beat)[-1].artefact for beat in beats(rr_ticks)]


def followed(stream: Iterable[Beat]) -> tuple[list[JudgedBeat], list[int]]:
    """Put each answer in the place of what it revises; and say how long the answers were."""
    judge, known, lengths = Judge(), list[JudgedBeat](), list[int]()
    for beat in stream:
        news = judge.judge(beat)
        known[len(known) - len(news) + 1 :] = news
        lengths.append(len(news))
    last = judge.end()
    known[len(known) - len(last) :] = last
    return known, lengths


def two_runs(first: Sequence[int], second: Sequence[int]) -> list[Beat]:
    before = list(beats(first))
    return [*before, *beats(second, start_ms=before[-1].t_ms, run=2)]


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
    """See one beat late by a tenth: a long interval, then a short one."""
    late = round(0.1 * rr[at])
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
    ("kind", "spoilt", "called"),
    [
        ("missed", 1, MISSED),
        ("extra", 2, EXTRA),
        ("ectopic", 2, ECTOPIC),
        ("misaligned", 2, MISALIGNED),
    ],
)
@pytest.mark.parametrize("seed", range(3))
def test_all_that_was_spoilt_is_flagged(
    kind: str, spoilt: int, called: Artefact, seed: int
) -> None:
    rr, places = injected(heart(seed), kind)
    found = flags(rr)
    assert len(places) > 20
    named = [found[at : at + spoilt] == [called] * spoilt for at in places]
    assert sum(named) >= 0.95 * len(named)


@pytest.mark.parametrize(("kind", "spoilt"), [("missed", 1), ("extra", 2), ("ectopic", 2)])
def test_the_beats_around_what_was_injected_are_kept(kind: str, spoilt: int) -> None:
    rr, places = injected(heart(1), kind)
    within = {at + step for at in places for step in range(spoilt)}
    wrongly = [at for at, flag in enumerate(flags(rr)) if flag is not None and at not in within]
    assert len(wrongly) <= 0.003 * len(rr)


@pytest.mark.parametrize("first", [80, 160, 300, 400, 500, 640, 720])
def test_wherever_an_interval_is_split_both_parts_are_flagged(first: int) -> None:
    found = flags([800] * 20 + [first, 800 - first] + [800] * 4)
    parts = [OUT_OF_RANGE if part < 307 else EXTRA for part in (first, 800 - first)]
    assert found == [None] * 20 + parts + [None] * 4


def test_parts_belong_together_where_that_leaves_the_row_smooth() -> None:
    # In a slow heart the shorter part may be taken for one of either neighbour.
    assert flags([1600] * 20 + [1190, 400] + [1600] * 4)[19:23] == [None, EXTRA, EXTRA, None]
    assert flags([1600] * 20 + [400, 1190] + [1600] * 4)[19:23] == [None, EXTRA, EXTRA, None]


def test_the_beats_before_an_extra_one_are_not_held_against_its_parts() -> None:
    found = flags([1000] * 60 + [990, 1010, 700, 300] + [1000] * 5)
    assert found[60:64] == [None, None, EXTRA, OUT_OF_RANGE]


def test_the_wait_after_an_early_beat_is_flagged_with_it() -> None:
    found = flags([800] * 20 + [500, 1100] + [800] * 4)
    assert found == [None] * 20 + [ECTOPIC, ECTOPIC] + [None] * 4


def test_an_early_beat_that_nothing_makes_up_for_is_flagged_alone() -> None:
    assert flags([800] * 20 + [600] + [800] * 4)[18:23] == [None, None, ECTOPIC, None, None]


def test_a_beat_that_was_not_seen_spoils_one_interval() -> None:
    assert flags([800] * 20 + [1610] + [800] * 4)[18:23] == [None, None, MISSED, None, None]


def test_the_level_sees_a_missed_interval_in_two_and_an_extra_beat_s_two_as_one() -> None:
    # Every other beat is missed, or every interval split: the level stays, and all are flagged.
    assert flags([700] * 20 + [1400] * 4 + [700] * 5)[20:] == [MISSED] * 4 + [None] * 5
    assert flags([1000] * 20 + [400, 600] * 2 + [1000] * 5)[20:] == [EXTRA] * 4 + [None] * 5


@pytest.mark.parametrize("rr", [0, 1, 307 - 1, 2049, 0xFFFF])
def test_no_heart_at_work_beats_so(rr: int) -> None:
    assert at_once([800] * 20 + [rr]) == [None] * 20 + [OUT_OF_RANGE]
    assert flags([800] * 20 + [rr] + [800] * 4)[20] == OUT_OF_RANGE
    assert flags([rr]) == [OUT_OF_RANGE]


def test_a_new_level_is_accepted_after_five() -> None:
    found = flags([1000] * 30 + [620] * 20)
    assert all(found[30:34])
    assert found[34:] == [None] * 16


def test_once_a_new_level_is_accepted_what_was_said_of_the_latest_beats_is_put_right() -> None:
    judge = Judge()
    *_, news = [judge.judge(beat) for beat in beats([1000] * 30 + [620] * 8)]
    assert [one.artefact for one in news] == [None] * 4


def test_five_that_do_not_agree_are_no_new_level() -> None:
    wild = [500, 1500, 520, 1480, 650, 1700, 480, 1300]
    assert all(flags([1000] * 30 + wild)[30:])


def test_a_good_beat_between_begins_the_count_anew() -> None:
    found = flags([1000] * 30 + [620] * 4 + [1000] + [620] * 4)
    assert [flag is None for flag in found[30:]] == [False] * 4 + [True] + [False] * 4


def test_a_rise_by_walking_is_followed_beat_by_beat() -> None:
    quicker = [round(900 - 4 * n) for n in range(100)]
    assert not any(flags([900] * 30 + quicker))


def test_a_rise_from_the_chair_is_followed_beat_by_beat() -> None:
    assert not any(flags([1000] * 30 + [940, 860, 790, 730, 690, 660] + [650] * 30))


@pytest.mark.parametrize("beats_a_breath", [4, 5, 8])
def test_a_deep_breath_is_no_artefact(beats_a_breath: int) -> None:
    # A tenth up and down, four to eight beats a breath: rest, in a young heart.
    assert not any(flags(round(1000 + 100 * sin(2 * pi * n / beats_a_breath)) for n in range(300)))


def test_the_same_shift_is_flagged_in_a_steady_heart_and_left_alone_in_a_restless_one() -> None:
    draw = Random(1)
    steady = [round(draw.gauss(900, 8)) for _ in range(120)]
    restless = [round(draw.gauss(900, 60)) for _ in range(120)]
    shifted = [820, 980]
    assert flags(steady + shifted + steady[:4])[120:122] == [MISALIGNED, MISALIGNED]
    assert flags(restless + shifted + restless[:4])[120:122] == [None, None]


def test_a_steady_heart_may_still_vary() -> None:
    # Quartiles of equal intervals are nothing; a floor of 11 % between neighbours is what is left.
    assert flags([1000] * 100 + [1050, 950] + [1000] * 4)[100:102] == [None, None]
    assert flags([1000] * 100 + [1060, 940] + [1000] * 4)[100:102] == [MISALIGNED, MISALIGNED]


def test_a_swing_beyond_a_third_is_flagged_however_wild_the_heart_was() -> None:
    draw = Random(1)
    wild = [round(1000 * draw.uniform(0.7, 1.3)) for _ in range(200)]
    assert flags([*wild, 1000, 1000, 700, 1300, 1000, 1000, 1000])[202:204] == [ECTOPIC, ECTOPIC]


def test_twins_are_no_rhythm_to_measure() -> None:
    # Every other beat early, as in the recording of a strap on a heart with many extra beats.
    found = flags([430, 1000, 700] * 100)
    assert sum(flag is not None for flag in found) > 0.5 * len(found)


@given(st.lists(st.integers(0, 0xFFFF), max_size=80))
def test_nothing_is_substituted_removed_or_put_in(rr_ticks: list[int]) -> None:
    assert [one.beat for one in settled(beats(rr_ticks))] == list(beats(rr_ticks))


@given(st.lists(st.integers(200, 2200), max_size=60), st.lists(st.integers(200, 2200), max_size=9))
def test_what_comes_later_than_three_beats_changes_no_verdict(
    before: list[int], after: list[int]
) -> None:
    sure = max(0, len(before) - AHEAD)
    assert flags(before + after)[:sure] == flags(before)[:sure]


@given(st.lists(st.integers(0, 0xFFFF), max_size=60))
def test_nothing_outside_30_to_200_beats_a_minute_passes(rr_ticks: list[int]) -> None:
    passed = [one.beat.rr_ticks for one in settled(beats(rr_ticks)) if one.is_nn]
    assert all(307 <= rr <= 2048 for rr in passed)


@given(st.lists(st.integers(200, 2200), max_size=40), st.lists(st.integers(200, 2200), max_size=40))
def test_each_answer_puts_right_what_was_said_before(first: list[int], second: list[int]) -> None:
    stream = two_runs([800] * 9 + first, second)
    known, lengths = followed(stream)
    assert known == list(settled(stream))
    assert all(1 <= length <= AHEAD + 1 for length in lengths)


def test_an_answer_is_one_verdict_where_nothing_has_changed() -> None:
    assert followed(beats([800] * 40))[1] == [1] * 40


def test_what_looked_wrong_at_once_is_put_right_when_the_next_beats_agree() -> None:
    rising = [1000] * 30 + [840, 850, 845, 850, 840]
    assert at_once(rising)[30] is not None
    assert not any(flags(rising))


def test_a_late_beat_is_seen_when_the_next_one_comes() -> None:
    judge = Judge()
    *_, late = [judge.judge(beat) for beat in beats([800] * 30 + [870, 730])][-2:]
    assert [one.artefact for one in late] == [MISALIGNED, MISALIGNED]


def test_no_partner_lies_across_a_cut() -> None:
    # Early before the cut, long after it: on its own each is one that stands out.
    found = [one.artefact for one in settled(two_runs([800] * 20 + [730], [870] + [800] * 5))]
    assert not any(found)
    together = flags([800] * 20 + [730, 870] + [800] * 5)
    assert together[20:22] == [MISALIGNED, MISALIGNED]


@given(st.lists(st.integers(310, 2040), min_size=1, max_size=9), st.integers(0, 0xFFFF))
def test_what_comes_after_a_cut_changes_nothing_before_it(tail: list[int], rr: int) -> None:
    before = [800] * 20 + tail
    found = [one.artefact for one in settled(two_runs(before, [rr]))]
    assert found[:-1] == flags(before)


def test_the_level_is_known_across_a_cut() -> None:
    found = [one.artefact for one in settled(two_runs([800] * 20, [1620] + [800] * 5))]
    assert found[20] == MISSED


def test_a_filler_is_flagged_and_changes_no_level() -> None:
    # A heart at rest whose strap fills in 500 where it has measured nothing.
    rr = heart(3)[:200]
    filled = [500 if at % 3 == 2 else each for at, each in enumerate(rr)]
    judge = Judge()
    found = [judge.judge(beat, 500)[-1].artefact for beat in beats(filled)]
    assert [flag for at, flag in enumerate(found) if at % 3 == 2] == [FILLER] * 66
    assert {flag for at, flag in enumerate(found) if at % 3 != 2} == {None}


def test_five_fillers_in_a_row_are_no_new_level() -> None:
    rr = [*heart(3)[:100], *([500] * 20), *heart(3)[100:120]]
    judge = Judge()
    found = [judge.judge(beat, 500)[-1].artefact for beat in beats(rr)]
    assert found[100:120] == [FILLER] * 20
    assert found[120:] == [None] * 20


@given(st.integers(-60, 60), st.integers(-60, 60), st.integers(-90, 90))
def test_a_bend_is_six_times_the_shift_whatever_the_trend(
    start: int, slope: int, late: int
) -> None:
    a, b, c, d = (800 + start + slope * n for n in range(4))
    assert bend((0, a, b + late, c - late, d, 0)) == 6 * late


def test_a_limit_lies_between_its_own_spread_and_what_is_usual() -> None:
    # In bends: a difference of neighbours three times over.
    assert most(1200, -1) == pytest.approx(3 * 1200 / 6)
    spread = 2 * 3 * 1200 / 6 / 5.2
    assert most(1200, round(spread)) == pytest.approx(3 * 1200 / 6, rel=1e-3)
    assert most(1200, round(1.44 * spread)) == pytest.approx(1.2 * 3 * 1200 / 6, rel=1e-3)
    assert most(1200, 0) == pytest.approx(3 * 0.11 * 1200)
    assert most(1200, 9999) == pytest.approx(1200)


@given(
    st.integers(307, 2048),
    st.integers(-1, 4000),
    st.lists(st.integers(0, 600), min_size=6, max_size=6),
)
def test_what_is_calm_needs_no_explaining(level: int, apart: int, steps: list[int]) -> None:
    limit = most(level, apart)
    around = [level - 300 + step for step in steps]
    if calm(limit, min(level, *around), max(level, *around)):
        two, one, rr, after, second, third = around
        assert explain(level, limit, 0, (two, one, rr, after, second, third)) == 0
