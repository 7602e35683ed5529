"""Verdicts from first to last: what is said at once, what stays, and that both drivers agree."""

from collections.abc import Iterable, Sequence
from functools import cache
from importlib.util import find_spec, module_from_spec
from itertools import islice
from random import Random
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from softfront_sensors.simulated import Person
from softfront_signal.artefacts import ARTEFACTS, Artefact, Judge, JudgedBeat, settled
from softfront_signal.batch import artefacts, compiling
from softfront_signal.batch.series import Series
from softfront_signal.beats import Beat

from .making import beats

FILLER = 500
# Whichever example comes first waits for its kernel to be compiled.
many = settings(deadline=None, max_examples=200)

levels = st.integers(310, 2040)
anything = st.lists(st.integers(0, 0xFFFF), min_size=1, max_size=6)
likely = st.lists(st.integers(250, 2100), min_size=1, max_size=12)


@st.composite
def steady(draw: st.DrawFn) -> list[int]:
    """Stay at a level, with ties where nothing moves, for longer than a window at the longest."""
    level, length = draw(levels), draw(st.integers(1, 120))
    wobble, stride = draw(st.sampled_from([0, 1, 8, 40, 120])), draw(st.integers(1, 7))
    return [level + at * stride % (2 * wobble + 1) - wobble for at in range(length)]


@st.composite
def spoilt(draw: st.DrawFn) -> list[int]:
    """Spoil one beat of a level: missed, extra, ectopic, misaligned, or filled in."""
    rr, part = draw(levels), draw(st.integers(1, 99))
    off = rr * part // 100
    made = ([2 * rr], [off, rr - off], [rr - off, rr + off], [rr + off // 3, rr - off // 3])
    return [rr, rr, *draw(st.sampled_from([*made, [FILLER] * (part // 10 + 1)])), rr, rr]


def joined(*runs: tuple[bool, list[int]]) -> list[Beat]:
    """Put intervals one after another, with a cut before some of them."""
    made: list[Beat] = []
    run = 1
    for cut, rr_ticks in runs:
        run += cut
        # Laid out in ticks, a beginning may be rounded down by a millisecond.
        made += beats(rr_ticks, made[-1].t_ms + 1 if made else 0, run)
    return made


pieces = st.tuples(st.booleans(), anything | likely | steady() | spoilt())
streams = st.lists(pieces).map(lambda drawn: joined(*drawn))
fillers = st.sampled_from([None, FILLER])


@cache
def as_written() -> ModuleType:
    """Load the driver as it runs where no compiler is installed."""
    spec = find_spec(artefacts.__name__)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compiling, "compiled", lambda function: function)
        patch.setattr(compiling, "FAST", False)
        spec.loader.exec_module(module)
    return module


def final(row: Iterable[Beat], filler: int | None = None) -> list[Artefact | None]:
    return [one.artefact for one in settled(row, filler)]


def by_batch(row: Sequence[Beat], filler: int | None = None) -> list[Artefact | None]:
    return [ARTEFACTS[code] for code in artefacts.judge(Series.of(row), filler)]


def heart(seed: int, beats: int) -> list[int]:
    return [ticks for _, ticks in islice(Person(seed).beats(), beats)]


def injected(draw: Random, kind: str, rr: int, then: int) -> list[int]:
    """Spoil a beat; return the intervals that are spoilt with it."""
    first = round(rr * draw.uniform(0.2, 0.8))
    early = round(rr * draw.uniform(0.2, 0.4))
    off = round(rr * draw.choice([-0.1, 0.1]))
    return {
        "missed": [rr + then],
        "extra": [first, rr - first],
        "ectopic": [rr - early, then + early],
        "misaligned": [rr + off, then - off],
    }[kind]


@many
@given(streams, fillers)
def test_both_drivers_give_the_same_final_verdicts(row: list[Beat], filler: int | None) -> None:
    assert by_batch(row, filler) == final(row, filler)


@many
@given(streams, fillers)
def test_interpreted_it_is_the_same_as_compiled(row: list[Beat], filler: int | None) -> None:
    series = Series.of(row)
    written, compiled = as_written().judge(series, filler), artefacts.judge(series, filler)
    assert written.tolist() == compiled.tolist()
    assert written.dtype == compiled.dtype


@pytest.mark.parametrize("seed", range(3))
def test_a_long_recording_is_judged_alike(seed: int) -> None:
    rr = heart(seed, 3000)
    rr[::97] = [2 * ticks for ticks in rr[::97]]
    rr[1500:2500] = [ticks * 2 // 3 for ticks in rr[1500:2500]]
    row = joined((False, rr[:2000]), (True, rr[2000:]))
    assert by_batch(row) == final(row)
    assert {None, Artefact.MISSED} <= set(by_batch(row))


def test_a_series_is_left_as_it_was() -> None:
    series = Series.of(beats([800] * 20 + [1600, 250, 800]))
    before = series.rr_ticks.copy()
    for driver in (artefacts, as_written()):
        driver.judge(series)
    assert series.rr_ticks.tolist() == before.tolist()


@given(streams, fillers)
def test_what_is_said_is_without_a_gap_and_at_most_four_long(
    row: list[Beat], filler: int | None
) -> None:
    judge = Judge()
    told: list[JudgedBeat] = []
    for at, beat in enumerate(row):
        news = judge.judge(beat, filler)
        first = at + 1 - len(news)
        assert 1 <= len(news) <= 4
        assert [one.beat for one in news] == row[first : at + 1]
        # The first of them is new, or has changed; what stays as it was is not said again.
        assert told[first:] == [] or told[first] != news[0]
        told[first:] = news


@given(streams, fillers)
def test_a_beat_with_three_behind_it_or_whose_run_has_ended_never_changes_again(
    row: list[Beat], filler: int | None
) -> None:
    judge, in_the_end = Judge(), final(row, filler)
    told: list[JudgedBeat] = []
    for at, beat in enumerate(row):
        news = judge.judge(beat, filler)
        told[at + 1 - len(news) :] = news
        for back in range(at):
            if at - back >= 3 or row[back].run != beat.run:
                assert told[back].artefact is in_the_end[back]


@many
@given(streams, streams, fillers)
def test_nothing_beyond_a_cut_changes_a_verdict(
    before: list[Beat], after: list[Beat], filler: int | None
) -> None:
    run, t_ms = (before[-1].run, before[-1].t_ms) if before else (0, 0)
    other = [Beat(b.t_ms + t_ms, b.rr_ticks, b.run + run, 0, 0) for b in after]
    assert final([*before, *other], filler)[: len(before)] == final(before, filler)
    assert by_batch([*before, *other], filler)[: len(before)] == by_batch(before, filler)


@pytest.mark.parametrize("first", [250, 380, 560, 700, 1100, 1600])
def test_what_a_run_ends_with_makes_no_partner_of_the_next_ones_first(first: int) -> None:
    row = joined((False, [800] * 30), (True, [800, first]), (True, [800] * 5))
    assert final(row)[32:] == by_batch(row)[32:] == [None] * 5


class Looking(Judge):
    """Looks at every beat, however calm a stretch is."""

    def _calm(self) -> bool:
        return False


@many
@given(streams, fillers)
def test_what_is_passed_over_as_calm_would_have_shown_nothing(
    row: list[Beat], filler: int | None
) -> None:
    quick, thorough = Judge(), Looking()
    for beat in row:
        assert quick.judge(beat, filler) == thorough.judge(beat, filler)


@pytest.mark.parametrize("seed", range(3))
def test_nor_does_a_heart_with_beats_spoilt_lose_anything_by_it(seed: int) -> None:
    rr = heart(seed, 1000)
    rr[::31] = [ticks * 9 // 10 for ticks in rr[::31]]
    row = list(beats(rr))
    quick, thorough = Judge(), Looking()
    assert [quick.judge(beat) for beat in row] == [thorough.judge(beat) for beat in row]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("kind", ["missed", "extra", "ectopic", "misaligned"])
def test_what_is_put_into_a_heart_is_found_and_the_rest_left_alone(kind: str, seed: int) -> None:
    draw, rr = Random(seed), heart(seed, 1200)
    row, places = rr[:20], set[int]()
    for at in range(20, 1200, 50):
        made = injected(draw, kind, rr[at], rr[at + 1])
        places |= set(range(len(row), len(row) + len(made)))
        row += [*made, *rr[at + 2 : at + 50]]
    found = {at for at, flag in enumerate(by_batch(list(beats(row)))) if flag}
    assert len(found & places) >= 0.99 * len(places)
    assert len(found - places) <= 0.003 * len(row)


@pytest.mark.parametrize("step", [8, 12, 20])
@pytest.mark.parametrize("seed", range(3))
def test_a_sprint_and_the_rest_after_it_are_followed_beat_by_beat(step: int, seed: int) -> None:
    # From 68 to 160 beats a minute within 26 to 65 beats, and back in twice as many.
    there, back = range(900, 384, -step), range(384, 900, step // 2)
    course, draw = [*[900] * 60, *there, *[384] * 30, *back, *[900] * 20], Random(seed)
    row = list(beats([round(draw.gauss(rr, 6)) for rr in course]))
    assert not any(final(row))
    assert not any(by_batch(row))


@pytest.mark.parametrize("before", [0, 60], ids=["from the first beat on", "setting in"])
@pytest.mark.parametrize("rhythm", [[420, 1050], [420, 1050, 740], [600, 820]])
def test_a_heart_of_which_every_other_beat_comes_early_is_not_measured(
    before: int, rhythm: list[int]
) -> None:
    draw = Random(1)
    row = [round(draw.gauss(rr, 10)) for _ in range(200) for rr in rhythm]
    found = final(beats([740] * before + row))[before:]
    assert sum(flag is not None for flag in found) >= 0.25 * len(found)


def test_a_verdict_is_given_as_soon_as_it_is_final() -> None:
    heard = iter(beats([800] * 20))
    assert next(settled(heard)).artefact is None
    assert len(list(heard)) == 20 - 4
