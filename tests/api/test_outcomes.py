"""What is measured around a moment of chance, beside a day that goes on."""

import logging
from math import exp
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from softfront_api.diary import Diary, Reader
from softfront_api.errors import DiaryFull
from softfront_api.outcomes import Outcome, outcome, ready_ms
from softfront_api.shapes.heard import FinishIn, PauseIn
from softfront_sensors.simulated import Episode, Kind

from .chances import at, chooses, chosen
from .living import START, Home, Time, a_shift, from_second, up_to_second

# The heart rises at 1320 for three minutes; then a walk, and then the strap slips.
SENT = a_shift(3000, Episode(Kind.WALK, 1980, 300), Episode(Kind.SLIP, 2580, 400))
OFFER_S, WALKED_S, SLIPPED_S = 1395, 1800, 2400
RISEN = chosen(at(OFFER_S))


def outcomes(diary: Reader) -> dict[float, Outcome | None]:
    return {
        (it.t_ms - START) / 1000: Outcome.of_plain(it.outcome) if it.outcome else None
        for it in diary.occasions(0, 2**53)
    }


def lived(folder: Path, length_s: float, *, batch_ms: int = 20_000) -> dict[float, Any]:
    """Live a shift in which chance chose three times; return what was stored of it."""
    with Home(folder, up_to_second(SENT, length_s)) as home:
        home.source.batch_ms = batch_ms
        for t_s in (OFFER_S, WALKED_S, SLIPPED_S):
            home.says(t_s + 1, chooses(chosen(at(t_s))))
        home.lives()
        return {(o.t_ms - START) / 1000: o.outcome for o in home.diary.occasions(0, 2**53)}


def test_an_outcome_is_there_once_minute_8_is_over_and_not_before(tmp_path: Path) -> None:
    over_s = OFFER_S + 480
    assert ready_ms(at(OFFER_S)) == at(over_s + 10)
    assert lived(tmp_path / "before", over_s)[OFFER_S] is None
    told = lived(tmp_path / "after", over_s + 15)[OFFER_S]
    found = Outcome.of_plain(told)
    assert found.before.missing is found.rise.missing is found.after.missing is None
    assert found.around.before == found.before.ln_rmssd
    assert found.around.after_bpm == found.after.hr_bpm


def test_what_rose_stands_out_from_before_and_after(tmp_path: Path) -> None:
    found = Outcome.of_plain(lived(tmp_path, 2000)[OFFER_S])
    before, rise, after = (part.hr_bpm for part in (found.before, found.rise, found.after))
    assert before is not None
    assert rise is not None
    assert after is not None
    assert rise > before + 2
    assert 55 < after < 75
    assert found.inside is True
    assert found.since_walk_min is not None
    assert 15 <= found.since_walk_min <= 20


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    told = lived(tmp_path, 3000)
    walked, slipped = (Outcome.of_plain(told[t_s]) for t_s in (WALKED_S, SLIPPED_S))
    assert (walked.after.missing, slipped.after.missing) == ("moved", "strap_off")
    assert walked.around.after is slipped.around.after is None
    assert walked.around.after_bpm is None
    assert walked.inside is slipped.inside is None
    assert walked.before.missing is None
    assert slipped.before.missing in ("moved", None)


def test_it_is_the_same_however_the_readings_come(tmp_path: Path) -> None:
    first, second = (lived(tmp_path / str(ms), 3000, batch_ms=ms) for ms in (20_000, 7_000))
    assert first == second
    assert None not in first.values()


@pytest.mark.parametrize("cut_s", [1400, 1700, 1880])
def test_nothing_is_lost_when_it_stops_in_between(tmp_path: Path, cut_s: int) -> None:
    """It stops hard before minute 8 is over, or before anybody looked, and goes on in a minute."""
    whole = Outcome.of_plain(lived(tmp_path / "whole", 2000)[OFFER_S])
    with Home(tmp_path, up_to_second(SENT, cut_s)) as home:
        home.says(OFFER_S + 1, chooses(RISEN)).lives()
        assert outcomes(home.diary) == {OFFER_S: None}
    time = Time(at(cut_s + 20))
    with Home(tmp_path, from_second(up_to_second(SENT, 2000), cut_s + 20), "two", time) as home:
        home.lives()
        found = outcomes(home.diary)[OFFER_S]
    assert found is not None
    assert found.after.hr_bpm == pytest.approx(whole.after.hr_bpm, abs=1.5)
    assert found.before == whole.before


def test_what_nobody_heard_is_missing_and_is_not_waited_for_again(tmp_path: Path) -> None:
    with Home(tmp_path, up_to_second(SENT, 1600)) as home:
        home.says(OFFER_S + 1, chooses(RISEN)).lives()
    time = Time(at(2300))
    with Home(tmp_path, from_second(up_to_second(SENT, 2400), 2300), "two", time) as home:
        home.lives()
        found = outcomes(home.diary)[OFFER_S]
    assert found is not None
    assert (found.after.missing, found.before.missing) == ("few_beats", None)


def test_told_twice_the_first_stands(tmp_path: Path) -> None:
    with Home(tmp_path, up_to_second(SENT, 2000)) as home:
        home.says(OFFER_S + 1, chooses(RISEN)).lives()
        before = outcomes(home.diary)
        home.diary.store_outcome(RISEN.id, {"another": 1})
        assert outcomes(home.diary) == before


def test_the_day_goes_on_while_it_is_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, may_end = Event(), Event()

    def slowly(diary: Diary, t_ms: int, rise_ms: int) -> Outcome:
        begun.set()
        assert may_end.wait(20)
        return outcome(diary, t_ms, rise_ms)

    monkeypatch.setattr("softfront_api.catching_up.outcome", slowly)
    decided: list[int] = []

    async def look(home: Home) -> None:
        decided.append(home.diary.decisions(at(2000), at(3000))[-1].decision.t_ms)
        assert begun.is_set()
        may_end.set()

    with Home(tmp_path, up_to_second(SENT, 2400)) as home:
        home.says(OFFER_S + 1, chooses(RISEN)).says(2200, look).lives()
        assert outcomes(home.diary)[OFFER_S] is not None
    assert decided[0] >= at(2150)


def test_what_cannot_be_stored_is_measured_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with Home(tmp_path, up_to_second(SENT, 2400)) as home:
        store, faults = home.diary.store_outcome, [DiaryFull(tmp_path), ValueError("72.25")]

        def breaks(*told: Any) -> None:
            if faults:
                raise faults.pop()
            store(*told)

        monkeypatch.setattr(home.diary, "store_outcome", breaks)
        home.says(OFFER_S + 1, chooses(RISEN)).lives()
        assert outcomes(home.diary)[OFFER_S] is not None
    assert caplog.text.count("not filled in") == 2
    assert "72.25" not in caplog.text


def test_a_pause_is_filled_in_beside_it_too(tmp_path: Path) -> None:
    async def pauses(home: Home) -> None:
        pause = await home.replies.begin_pause("a-key-of-the-page", PauseIn())
        await home.replies.finish_pause(pause.id, FinishIn(lasted_s=90))

    with Home(tmp_path, up_to_second(SENT, 2400)) as home:
        home.says(OFFER_S + 1, chooses(RISEN)).says(1500, pauses).lives()
        (pause,) = home.diary.pauses(START, at(3000))
        last = home.bus.of("pause")[-1]
    assert pause.result is not None
    assert pause.result == last
    assert last["after"]["heart_rate"]["value"] > 50


def test_no_value_of_a_body_is_written_to_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("softfront_api.catching_up").debug("looked at")
    told = Outcome.of_plain(lived(tmp_path, 2000)[OFFER_S])
    assert "looked at" in caplog.text
    for part in (told.before, told.rise, told.after):
        for value in (part.hr_bpm, part.ln_rmssd, exp(part.ln_rmssd or 0.0)):
            assert f"{value:.2f}" not in caplog.text
