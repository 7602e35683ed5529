from collections.abc import Iterator

import pytest

from softfront_api.diary import Reasoned
from softfront_api.reasons import utc
from softfront_api.shapes.silences import Reasons
from softfront_api.silences import reasons, sentence, stretches
from softfront_api.words import catalogue
from softfront_sensors.simulated import Episode, Kind
from softfront_signal.moments import MARK_MS

from .living import START, Home, a_shift

MINUTE = 12
"""Marks of a minute."""


def marks(*parts: tuple[str, int], at_ms: int = 0) -> list[Reasoned]:
    """Lay so many marks of each reason one after the other."""
    names = [name for name, n in parts for _ in range(n)]
    return [Reasoned(at_ms + i * MARK_MS, name, "silent") for i, name in enumerate(names)]


def told(found: list[Reasoned]) -> list[tuple[str, int, int]]:
    return [(it.name, it.from_ms // 1000, it.to_ms // 1000) for it in stretches(found)]


def test_marks_of_equal_reason_are_one_stretch() -> None:
    found = marks(("moving", 6 * MINUTE), ("in_range", 4 * MINUTE))
    assert told(found) == [("moving", 0, 355), ("in_range", 360, 595)]


def test_what_turns_every_few_marks_is_told_by_the_commonest() -> None:
    restless = [("in_range", 7), ("moving", 5)] * 20
    assert [name for name, *_ in told(marks(*restless))] == ["in_range"]


def test_outside_for_a_moment_goes_with_the_usual_range() -> None:
    assert len(told(marks(("in_range", 30), ("short", 30), ("in_range", 30)))) == 1


def test_an_offer_parts_the_silence_and_is_told_whatever_its_length() -> None:
    before, after = marks(("in_range", 30)), marks(("refractory_answer", 30), at_ms=155_000)
    offer = Reasoned(150_000, "both", "prompted", "p")
    found = stretches([*before, offer, *after])
    assert [it.name for it in found] == ["in_range", "offer", "refractory"]
    assert (found[1].from_ms, found[1].to_ms, found[1].prompt_id) == (150_000, 150_000, "p")


def test_where_nothing_was_decided_nothing_is_bridged() -> None:
    away = marks(("in_range", 24)) + marks(("in_range", 24), at_ms=3_600_000)
    assert told(away) == [("in_range", 0, 115), ("in_range", 3600, 3715)]


def test_a_stretch_leads_to_a_mark_that_has_its_reason() -> None:
    (found,) = stretches(marks(("moving", 20), ("in_range", 4)))
    assert (found.to_ms, found.at_ms) == (115_000, 95_000)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    sent = a_shift(1500, Episode(Kind.SLIP, 900, 60))
    with Home(tmp_path_factory.mktemp("home"), sent) as home:
        home.lives()
        yield home


def day(home: Home) -> Reasons:
    return reasons(home.diary, START, START + 1_500_000)


def test_a_shift_is_told_in_a_few_lines_each_in_words(home: Home) -> None:
    found = day(home)
    assert 4 <= len(found.runs) <= 15
    assert [run.from_ for run in found.runs] == sorted(run.from_ for run in found.runs)
    for run in found.runs:
        assert catalogue()[run.text.id].startswith(("No offer", "No number", "An offer"))


def test_the_offer_of_a_shift_stands_in_it_with_its_decision(home: Home) -> None:
    (offer,) = (run for run in day(home).runs if run.kind == "offer")
    (prompt,) = home.diary.prompts()
    assert (offer.prompt, offer.at, offer.answer) == (prompt.id, utc(prompt.t_ms), prompt.status)


def test_every_reason_has_a_sentence_without_a_number() -> None:
    names = {key.removeprefix("why.none.") for key in catalogue() if key.startswith("why.none.")}
    for name in names - {"no_reason", "moving_mg", "off"}:  # the drawer's own ways to say it
        (found,) = stretches(marks((name, 24)))
        assert "{" not in catalogue()[sentence(found).id], name
