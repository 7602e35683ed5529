from collections.abc import Iterator
from dataclasses import replace
from math import log
from pathlib import Path

import pytest

from softfront_api.diary import Entry, StoredDecision, StoredPause
from softfront_api.pause import STEPS, spans
from softfront_api.reasons import utc
from softfront_api.results import result
from softfront_api.shapes.around import Mostly, Pause
from softfront_api.words import say
from softfront_sensors.simulated import Episode, Kind
from softfront_signal.moments import Route

from .chances import at, chosen, measured
from .living import Home, a_shift, up_to_second

SENT = a_shift(
    2300,
    Episode(Kind.WALK, 640, 60),
    Episode(Kind.SLIP, 1700, 60),
)
OFFER_S = 1400


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    with Home(tmp_path_factory.mktemp("home"), SENT) as home:
        yield home.lives()


def told(
    home: Home,
    started_s: float,
    *,
    lasted_s: int | None = 90,
    prompt: bool = False,
    now_s: float = 2300,
) -> Pause:
    ended_ms = None if lasted_s is None else at(started_s + lasted_s)
    offer = home.diary.prompts()[0].id if prompt else None
    pause = StoredPause("p", "key", at(started_s), offer, "one", ended_ms, lasted_s)
    return result(home.diary, pause, at(now_s))


def test_before_an_offer_are_the_four_minutes_before_the_alarm_window(home: Home) -> None:
    offer = home.diary.prompts()[0]
    decided = home.diary.decision_near(offer.t_ms)
    assert decided is not None
    rise_ms = decided.decision.rise_ms
    assert rise_ms is not None
    found = told(home, OFFER_S, prompt=True)
    assert found.before is not None
    assert found.before.to == utc(rise_ms - 60_000)
    assert found.before.from_ == utc(rise_ms - 300_000)
    assert found.before.heart_rate is not None
    assert found.before.heart_rate.value < 73


def test_before_a_pause_by_hand_are_the_four_minutes_up_to_it(home: Home) -> None:
    found = told(home, 1000)
    assert found.before is not None
    assert (found.before.from_, found.before.to) == (utc(at(760)), utc(at(1000)))


def test_after_are_minutes_three_to_eight_and_not_a_second_before_they_are_over(home: Home) -> None:
    ready_s = 1000 + 90 + 480
    early, found = told(home, 1000, now_s=ready_s - 0.001), told(home, 1000, now_s=ready_s)
    assert (early.after, early.ready_at) == (None, utc(at(ready_s)))
    assert early.sentence.id == "result.sentence.pending"
    assert found.after is not None
    assert found.ready_at is None
    assert (found.after.from_, found.after.to) == (utc(at(1270)), utc(at(ready_s)))


def test_a_pause_that_runs_tells_neither_during_nor_after(home: Home) -> None:
    found = told(home, 1000, lasted_s=None)
    assert (found.during, found.after, found.ready_at, found.ended_at) == (None,) * 4


def test_what_was_left_out_is_named(home: Home) -> None:
    walked, slipped = told(home, 800), told(home, 1300)
    assert walked.before is not None
    assert [each.id for each in walked.before.excluded] == ["moving"]
    assert 60 <= walked.before.excluded[0].s <= 140
    assert slipped.after is not None
    assert [each.id for each in slipped.after.excluded] == ["strap_off"]
    assert 50 <= slipped.after.excluded[0].s <= 70


def test_a_part_that_was_mostly_walked_has_no_number_and_says_so(home: Home) -> None:
    found = told(home, 690, lasted_s=20)
    assert found.during is not None
    assert found.during.heart_rate is None
    assert found.during.missing is not None
    assert found.during.missing.id == "result.moved"


def test_too_few_beats_are_said_to_be_too_few(home: Home) -> None:
    found = told(home, 2000, now_s=10_000)
    assert found.after is not None
    assert found.after.missing is not None
    assert found.after.missing.id in ("result.few_beats", "result.strap_off")
    assert found.sentence.id.startswith("result.sentence.")


def test_an_early_end_is_named_and_during_covers_that_time(home: Home) -> None:
    found = told(home, 1000, lasted_s=42)
    assert found.during is not None
    assert (found.during.from_, found.during.to) == (utc(at(1000)), utc(at(1042)))
    assert found.notes[0].id == "result.ended_early"
    assert "result.ended_early" not in [note.id for note in told(home, 1000).notes]


def test_one_pause_is_never_more_than_one_pause(home: Home) -> None:
    assert told(home, 1000).notes[-1].id == "result.one_pause"


def test_the_sentence_compares_after_with_the_own_band(home: Home) -> None:
    # Minutes 3 to 8 are quiet, or lie in the rise.
    quiet_s, risen_s = 730, 1060
    by_hand = [told(home, at_s).sentence.id for at_s in (quiet_s, risen_s)]
    offered = [told(home, at_s, prompt=True).sentence.id for at_s in (quiet_s, risen_s)]
    assert by_hand == ["result.sentence.within", "result.sentence.above_now"]
    assert offered == ["result.sentence.inside", "result.sentence.above"]


def alone(home: Home, bpm: float, *, back: int, n: int = 12, ms: float = 30.0) -> None:
    """Let chance have kept silent on days before, about this hour; some were back by minute 8."""
    moments = (
        chosen(
            at(OFFER_S - 86_400 * (1 + day)),
            offered=False,
            outcome=measured(after=log(ms + day), bpm=(70.0, bpm + day), inside=day < back),
        )
        for day in range(n)
    )
    home.diary.commit(Entry("one", occasions=tuple(moments)))


@pytest.fixture
def another(tmp_path: Path) -> Iterator[Home]:
    with Home(tmp_path, up_to_second(SENT, 1500)) as home:
        yield home.lives()


def test_the_fourth_row_is_what_mostly_happens_without_a_pause(another: Home) -> None:
    alone(another, 70.0, back=12)
    found = told(another, 730, prompt=True).without
    assert found is not None
    assert found.heart_rate == Mostly(value=75.5, low=72.75, high=78.25, n=12)
    assert found.rmssd is not None
    assert found.rmssd.value == pytest.approx(35.5, abs=0.02)
    assert found.rmssd.n == 12
    assert found.missing is None


def test_the_fourth_row_comes_with_the_minutes_after(another: Home) -> None:
    assert told(another, 730, prompt=True, now_s=730 + 100).without is None


def test_fewer_than_eight_moments_are_not_known_yet(another: Home) -> None:
    alone(another, 40.0, back=7, n=7)
    found = told(another, 730, prompt=True)
    assert found.without is not None
    assert (found.without.heart_rate, found.without.rmssd) == (None, None)
    assert found.without.missing is not None
    assert found.without.missing.id == "result.without.few"
    assert found.sentence.id == "result.sentence.inside"


def test_a_pause_by_hand_follows_on_no_rise_and_is_not_compared(another: Home) -> None:
    alone(another, 80.0, back=12)
    found = told(another, 730)
    assert found.without is not None
    assert found.without.heart_rate is None
    assert found.without.missing is not None
    assert found.without.missing.id == "result.without.by_hand"
    assert found.sentence.id == "result.sentence.within"


@pytest.mark.parametrize(
    ("bpm", "back", "sentence"),
    [
        (60.0, 6, "inside_too"),
        (60.0, 5, "inside"),
        (80.0, 12, "further"),
        (80.0, 0, "further"),
    ],
)
def test_a_return_is_held_against_those_without_a_pause(
    another: Home, bpm: float, back: int, sentence: str
) -> None:
    alone(another, bpm, back=back, ms=10.0)
    found = told(another, 730, prompt=True)
    assert found.sentence.id == f"result.sentence.{sentence}"
    assert say(found.sentence.id)


def test_still_outside_is_said_whatever_happens_without(another: Home) -> None:
    alone(another, 120.0, back=0)
    assert told(another, 1060, prompt=True).sentence.id == "result.sentence.above"


@pytest.mark.parametrize(
    ("route", "bpm", "ms", "further"),
    [
        (Route.HEART_RATE, 80.0, 60.0, True),
        (Route.HEART_RATE, 60.0, 10.0, False),
        (Route.RMSSD, 80.0, 60.0, False),
        (Route.RMSSD, 60.0, 10.0, True),
        (Route.BOTH, 80.0, 60.0, False),
        (Route.BOTH, 60.0, 10.0, False),
    ],
)
def test_what_has_left_is_what_has_to_be_further_back(
    another: Home,
    monkeypatch: pytest.MonkeyPatch,
    route: Route,
    bpm: float,
    ms: float,
    further: bool,
) -> None:
    near = another.diary.decision_near

    def by_that_route(t_ms: int, within_ms: int = 60_000) -> StoredDecision | None:
        found = near(t_ms, within_ms)
        return found and replace(found, decision=replace(found.decision, route=route))

    monkeypatch.setattr(another.diary, "decision_near", by_that_route)
    alone(another, bpm, back=12, ms=ms)
    sentence = told(another, 730, prompt=True).sentence.id
    assert sentence == f"result.sentence.{'further' if further else 'inside_too'}"


def test_without_a_usual_range_nothing_is_compared(tmp_path: Path) -> None:
    with Home(tmp_path, up_to_second(SENT, 100)) as home:
        home.lives()
        found = told(home, -5000, now_s=0)
    assert [note.id for note in found.notes] == ["result.no_band", "result.one_pause"]
    assert found.band.heart_rate is None


def test_every_sentence_of_a_result_can_be_said(home: Home) -> None:
    for started_s in range(600, 2300, 100):
        for lasted_s in (0, 5, 42, 90):
            found = told(home, started_s, lasted_s=lasted_s, now_s=3500)
            parts = (found.before, found.during, found.after)
            texts = [found.sentence, *found.notes, *(p.missing for p in parts if p and p.missing)]
            assert all(say(text.id, values=text.values) for text in texts)


def test_spans_are_laid_without_a_gap_or_an_overlap_of_the_rise() -> None:
    laid = spans(at(1000), 90, at(960))
    assert laid.before.to_ms == at(900)
    assert laid.before.to_ms - laid.before.from_ms == 240_000
    assert laid.after.from_ms == laid.during.to_ms + 180_000
    assert laid.ready_ms == laid.during.to_ms + 480_000


def test_the_steps_are_thirty_seconds_each_and_their_texts_are_there() -> None:
    assert [step.at_s for step in STEPS] == [0, 30, 60]
    for step in STEPS:
        begins = [line.at_s for line in step.lines]
        assert begins[0] == step.at_s
        assert all(b - a >= 5 for a, b in zip(begins, [*begins[1:], step.at_s + 30], strict=True))
        assert all(say(line.text) for line in step.lines)
