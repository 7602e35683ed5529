"""What other settings would have meant, against days that were lived with them."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from softfront_api.diary import Diary, Entry, Skimmed
from softfront_api.leaning import _below, lean
from softfront_api.preview import Previews
from softfront_api.reasons import utc
from softfront_api.rehearsal import Lived, Rehearsal
from softfront_api.settings import Settings
from softfront_api.words import say
from softfront_sensors.packet import Reading
from softfront_sensors.simulated import Episode, Kind
from softfront_signal.moments import Gate, State, Wording

from .living import START, Home, Time, a_shift

DAY_MS = 24 * 3_600_000
NOW_MS = START + 3 * DAY_MS
SHIFT = a_shift(
    3600, Episode(Kind.SLIP, 900, 40), Episode(Kind.WALK, 1700, 60), Episode(Kind.STRAIN, 2900, 300)
)


def days(of: int) -> Iterator[Reading]:
    for day in range(of):
        by_ms, before = day * DAY_MS, day * len(SHIFT)
        for r in SHIFT:
            yield replace(r, seq=r.seq + before, t_ms=r.t_ms + by_ms, wall_ms=r.wall_ms + by_ms)


def live(folder: Path, settings: Settings) -> None:
    """Live two days by some settings, and begin a third."""
    with Home(folder, list(days(2)), "one", Time()) as home:
        home.diary.put_settings(settings.model_dump(mode="json", by_alias=True), version=0)
        home.lives()


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lived")
    live(folder, Settings())
    return folder


@pytest.fixture
def diary(lived: Path) -> Iterator[Diary]:
    with Diary.open(lived, demo=False) as diary:
        yield diary


def offers(diary: Diary) -> list[str]:
    return sorted(utc(offer.t_ms) for offer in diary.prompts())


def rehearsed(diary: Diary, settings: Settings) -> list[str]:
    told = Previews().of(diary, settings, NOW_MS)
    return [offer for day in told.days for offer in day.offers]


def test_the_settings_of_the_time_would_have_offered_what_was_offered(diary: Diary) -> None:
    assert len(offers(diary)) >= 2
    assert rehearsed(diary, Settings()) == offers(diary)


@pytest.mark.parametrize(
    "other",
    [
        {"percentile": 90},
        {"percentile": 98},
        {"rule": "hrv"},
        {"rule": "heart-rate"},
        {"max_per_shift": 1},
        {"max_per_shift": 0},
        {"offers": False},
        {"quiet_hours": [{"from": "00:00", "to": "00:00"}]},
    ],
)
def test_other_settings_would_have_offered_what_a_life_with_them_did(
    diary: Diary, tmp_path: Path, other: dict[str, object]
) -> None:
    settings = Settings.model_validate(other)
    live(tmp_path, settings)
    with Diary.open(tmp_path, demo=False) as there:
        assert rehearsed(diary, settings) == offers(there)


def test_where_a_gate_was_closed_nothing_that_waited_is_offered() -> None:
    """Well inside, no gate is read by its name; that one was closed has to suffice."""
    shut = (Gate("motion", False),)
    held = [
        Skimmed("one", START + 5000 * i, State.WATCH, (3.0, 0.0), Wording.PLAIN, False, False, shut)
        for i in range(20)
    ]
    inside = [
        Skimmed("one", START + 5000 * i, State.WATCH, (0.1, 0.0), Wording.PLAIN, False, i == 25)
        for i in range(20, 30)
    ]
    lived = Lived.of(START, START + 150_000, (*held, *inside))
    assert Rehearsal(Settings(), (), (), None).go(lived).offers == (START + 125_000,)


def test_it_tells_of_each_shift_and_of_all(diary: Diary) -> None:
    told = Previews().of(diary, Settings(), NOW_MS)
    assert (told.shifts, told.missing) == (2, None)
    assert told.offers_per_shift == len(offers(diary)) / 2
    assert told.eligible_share is not None
    assert 0 < told.eligible_share < 1
    assert told.still_outside_share == 1.0
    day = told.days[0]
    assert day.worn_h == pytest.approx(1.0, abs=0.02)
    assert [run.from_s for run in day.states] == [0, *(run.to_s for run in day.states[:-1])]
    assert day.states[-1].to_s in (3598, 3599)
    assert {run.state for run in day.states} >= {"still", "moving", "strap_off", "below_usual"}
    for line in told.lines:
        assert "{" not in say(line.id, values=line.values)


def test_a_shift_that_goes_on_is_left_out(diary: Diary) -> None:
    assert Previews().of(diary, Settings(), START + DAY_MS + 3_600_000).shifts == 1
    told = Previews().of(diary, Settings(), START + 3_600_000)
    assert (told.shifts, told.offers_per_shift, told.eligible_share) == (0, None, None)
    assert told.missing is not None
    assert say(told.missing.id)


def test_shifts_of_long_ago_are_left_out(diary: Diary) -> None:
    assert Previews().of(diary, Settings(), START + 29 * DAY_MS).shifts == 1
    assert Previews().of(diary, Settings(), START + 40 * DAY_MS).shifts == 0


def test_what_is_asked_for_now_does_not_silence_the_past(diary: Diary) -> None:
    soon = utc(NOW_MS + 3_600_000)
    asked = {"snoozed_until": soon, "with_someone_until": soon, "snoozed_shift": soon}
    assert rehearsed(diary, Settings.model_validate(asked)) == offers(diary)


def test_marks_are_read_once_while_a_slider_moves(
    diary: Diary, monkeypatch: pytest.MonkeyPatch
) -> None:
    previews = Previews()
    first = previews.of(diary, Settings(), NOW_MS)
    monkeypatch.setattr("softfront_api.preview.skim", None)
    assert previews.of(diary, Settings(), NOW_MS) == first
    assert previews.of(diary, Settings(percentile=98), NOW_MS).shifts == 2


def test_chance_is_heard_as_it_spoke(diary: Diary) -> None:
    asked = Settings(compare=True)
    assert rehearsed(diary, asked) == offers(diary)
    with_seeds = []
    for seed in map(bytes, range(1, 12)):
        diary.commit(Entry("one", state=(("chance", {"seed": seed.hex()}),)))
        with_seeds.append(len(rehearsed(diary, asked)))
    assert min(with_seeds) < len(offers(diary))


@pytest.mark.parametrize(
    ("useful", "told", "leans"),
    [
        *((0, 9, 0), (0, 10, 1), (2, 10, 1), (3, 10, 0), (9, 10, 0), (10, 10, -1), (9, 9, 0)),
        *((40, 42, -1), (34, 42, 0), (60, 100, 0), (40, 100, 1), (48, 100, 0)),
    ],
)
def test_answers_lean_only_where_nine_to_one_they_do(useful: int, told: int, leans: int) -> None:
    assert lean(useful, told) == leans


def test_the_share_is_beta_distributed() -> None:
    # Beta(1, 1) is even; Beta(2, 1) has the distribution x²; Beta(3, 3) is symmetric.
    assert _below(0.3, 0, 0) == pytest.approx(0.3)
    assert _below(0.3, 1, 1) == pytest.approx(0.09)
    assert _below(0.5, 2, 4) == pytest.approx(0.5)


def answer(diary: Diary, *statuses: str) -> None:
    """Let offers of the last days have been answered so."""
    (template, *_) = diary.prompts()
    prompts = tuple(
        replace(template, id=f"told.{i}", t_ms=NOW_MS - 60_000 * i, status=status)
        for i, status in enumerate(statuses, start=1)
    )
    diary.commit(Entry("one", prompts=prompts))


@pytest.fixture
def asked(tmp_path: Path) -> Iterator[Diary]:
    live(tmp_path, Settings())
    with Diary.open(tmp_path, demo=False) as diary:
        yield diary


def test_a_suggestion_follows_from_what_was_told_and_changes_nothing(asked: Diary) -> None:
    answer(asked, *["was_moving"] * 7, *["other_cause"] * 3)
    told = Previews().of(asked, Settings(), NOW_MS)
    assert told.suggestion is not None
    assert told.suggestion.id == "settings.suggest.p98"
    assert "far" in say(told.suggestion.id, values=told.suggestion.values)
    assert Settings.read(dict(asked.settings().body)).percentile == 95


def test_not_now_and_silence_are_missing_and_never_a_no(asked: Diary) -> None:
    answer(asked, *["not_now"] * 30, *["expired"] * 30, *["started"] * 5, *["was_moving"] * 4)
    assert Previews().of(asked, Settings(), NOW_MS).suggestion is None


def test_useful_offers_suggest_more_of_them(asked: Diary) -> None:
    answer(asked, *["started"] * 30)
    told = Previews().of(asked, Settings(), NOW_MS)
    assert told.suggestion is not None
    assert told.suggestion.id == "settings.suggest.p90"
