"""The practices as data: their seconds, their bells, and that each line can be said."""

from itertools import pairwise
from math import cos, pi
from typing import get_args

import pytest

from softfront_api.breath import SIX_A_MINUTE, Breath
from softfront_api.pause import Line
from softfront_api.practice import AFTERWARDS, PRACTICES, Kind, Practice
from softfront_api.shapes.practices import Guided
from softfront_api.words import catalogue

ALL = pytest.mark.parametrize("practice", PRACTICES.values(), ids=lambda it: it.kind)
LANGUAGES = ("en", "de")


def spoken(practice: Practice) -> list[tuple[Line, ...]]:
    """Give the lines a person may hear in one go: those of each branch, after what is before."""
    plain = tuple(line for step in practice.steps for line in step.lines)
    if practice.fork is None:
        return [plain]
    return [plain + branch.lines for branch in practice.fork.branches]


def breathless(practice: Practice, least_s: int) -> list[str]:
    """Name the lines that nobody could take in before the next, or the end."""
    return [
        f"{line.text} at {line.at_s} s"
        for lines in spoken(practice)
        for line, following in pairwise((*lines, Line(practice.length_s, "the end")))
        if following.at_s - line.at_s < least_s
    ]


@ALL
def test_each_line_has_its_time_and_the_last_one_fits(practice: Practice) -> None:
    assert breathless(practice, 5 if practice.kind == "pause" else 6) == []


def test_a_line_without_its_time_would_be_noticed() -> None:
    pause = PRACTICES["pause"]
    assert breathless(pause, 6) == ["pause.step3.line4 at 85 s"]


@ALL
def test_each_line_and_title_is_in_both_languages(practice: Practice) -> None:
    keys = {line.text for lines in spoken(practice) for line in lines}
    keys |= {step.title for step in practice.steps if step.title}
    for lang in LANGUAGES:
        assert keys - set(catalogue(lang)) == set()


@ALL
def test_no_line_is_said_twice_and_none_is_left_out(practice: Practice) -> None:
    said = {line.text for lines in spoken(practice) for line in lines}
    assert sum(map(len, spoken(practice))) >= len(said)
    family = {key.rpartition(".")[0] for key in said}
    there = {
        key
        for key in catalogue()
        if key.rpartition(".")[0] in family and key.rpartition(".")[2].startswith("line")
    }
    assert said == there


@ALL
def test_bells_and_steps_stand_in_order_within_the_length(practice: Practice) -> None:
    bells = practice.bells_s
    assert list(bells) == sorted(set(bells))
    assert not bells or (bells[0], bells[-1]) == (0, practice.length_s)
    starts = [step.at_s for step in practice.steps]
    assert starts == list(bells[:-1] or [0])
    assert all(step.lines for step in practice.steps)
    assert all(step.lines[0].at_s == step.at_s for step in practice.steps)


@ALL
def test_one_writes_only_under_what_is_said(practice: Practice) -> None:
    said = [line for lines in spoken(practice) for line in lines]
    assert all(question in said for question in practice.questions)


def test_the_pause_turns_at_thirty_and_sixty() -> None:
    assert [step.at_s for step in PRACTICES["pause"].steps] == [0, 30, 60]


def test_what_may_be_written_under() -> None:
    asked = {kind: [q.at_s for q in it.questions] for kind, it in PRACTICES.items()}
    assert {kind: at for kind, at in asked.items() if at} == {
        "evening": [25, 85, 135, 230],
        "weekly_journal": [60, 390, 660, 900, 1380],
    }


def test_without_a_choice_the_check_in_goes_on_as_unsure() -> None:
    fork = PRACTICES["midday"].fork
    assert fork is not None
    assert fork.default == "unsure"
    first = {branch.name: branch.lines[0].at_s for branch in fork.branches}
    assert first == {"resonance": 25, "warmth": 25, "unsure": 25}
    assert fork.until_s == 25


def test_afterwards_come_a_breath_and_a_kind_moment() -> None:
    assert [PRACTICES[kind].length_s for kind in AFTERWARDS] == [12, 30]


def by_look(t: float) -> float:
    """LOOK.md §6, as it is written there."""
    p = t % 10
    return 0.5 - 0.5 * cos(pi * p / 4) if p < 4 else 0.5 + 0.5 * cos(pi * (p - 4) / 6)


@pytest.mark.parametrize(
    ("t", "full"), [(0, 0.0), (2, 0.5), (4, 1.0), (7, 0.5), (10, 0.0), (31, 0.146447), (89.9, 0.0)]
)
def test_the_breath_is_that_of_the_circle(t: float, full: float) -> None:
    assert SIX_A_MINUTE.fullness(t) == pytest.approx(full, abs=1e-3)
    assert SIX_A_MINUTE.fullness(t) == pytest.approx(by_look(t), abs=1e-12)


def test_the_breath_never_jumps() -> None:
    for breath in (SIX_A_MINUTE, Breath(6, 6), Breath(4, 6, from_s=6)):
        steps = [breath.fullness(t / 100) for t in range(4000)]
        assert max(abs(b - a) for a, b in pairwise(steps)) < 0.01


def test_each_step_of_the_pause_ends_with_an_out_breath() -> None:
    for end in (30, 60, 90):
        assert not SIX_A_MINUTE.inward(end - 0.01)
        assert SIX_A_MINUTE.inward(end)


def test_the_circle_breathes_as_the_words_say() -> None:
    midday, one = PRACTICES["midday"].breath, PRACTICES["breath"].breath
    assert midday is not None
    assert one is not None
    assert midday.inward(37)  # "In: the weight." stands from 34 on
    assert not midday.inward(40)  # "Out: room …"
    assert one.inward(0)
    assert not one.inward(6)


def test_whatever_is_guided_is_a_practice_and_only_the_pause_has_a_door_of_its_own() -> None:
    assert {*get_args(Guided), "pause"} == set(get_args(Kind)) == set(PRACTICES)
