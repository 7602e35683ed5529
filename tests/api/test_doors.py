import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from softfront_api.__main__ import app

from .living import Home, a_shift

# The data of a test lie in June 2026, and the settings there say UTC.
OFFER = "2026-06-09T10:36:35Z"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    with Home(folder, a_shift()) as home:
        home.diary.put_settings({"time_zone": "UTC"}, version=0)
        home.lives()
    return folder


def asked(*words: str) -> tuple[int, str, str]:
    found = CliRunner().invoke(app, list(words))
    return found.exit_code, found.stdout, found.stderr


def why(folder: Path, when: str, *more: str) -> tuple[int, str, str]:
    return asked("why", when, "--data", str(folder), *more)


def test_why_an_offer_was_made_is_told_in_words(folder: Path) -> None:
    code, out, err = why(folder, OFFER)
    assert (code, err) == (0, "")
    assert out.startswith("Why this offer at 10:36:35")
    assert "It is a guess." in out


def test_why_there_was_silence_is_told_with_what_held_it_back(folder: Path) -> None:
    code, out, _ = why(folder, "2026-06-09T10:37:00")
    assert code == 0
    assert "No offer: the last one was 0\xa0min before." in out
    assert "Time since the last offer: not long enough yet" in out


def test_as_json_it_is_the_stored_decision_and_nothing_else(folder: Path) -> None:
    code, out, err = why(folder, "2026-06-09T12:36:35+02:00", "--json")
    decision = json.loads(out)
    assert (code, err) == (0, "")
    assert (decision["at"], decision["verdict"]) == (OFFER, "prompted")


@pytest.mark.parametrize("when", ["2026-06-09T09:00", "2001-01-01", "2026-06-09T10:12:00Z"])
def test_where_nothing_was_decided_nothing_is_found(folder: Path, when: str) -> None:
    code, out, err = why(folder, when)
    assert (code, out) == (3, "")
    assert err == "Nothing stored: no strap was connected.\n"


@pytest.mark.parametrize("when", ["yesterday", "25:00", "", "14:32x", "2026-13-01T00:00"])
def test_what_is_no_time_is_refused_with_one_that_is(folder: Path, when: str) -> None:
    code, out, err = why(folder, when)
    assert (code, out) == (2, "")
    assert "Write 14:32" in err


def test_a_folder_without_a_diary_is_no_fault(tmp_path: Path) -> None:
    code, _, err = why(tmp_path / "nowhere", "14:32")
    assert code == 3
    assert "There is no diary" in err
    assert not (tmp_path / "nowhere").exists()


def test_a_time_of_day_is_the_latest_there_was() -> None:
    from softfront_api.doors.looking import _moment

    now = datetime.fromisoformat("2026-06-09T14:00:00+02:00")
    assert _moment("13:59", now) == now - timedelta(minutes=1)
    assert _moment("14:00", now) == now
    assert _moment("14:01", now) == now - timedelta(hours=23, minutes=59)
    assert _moment("2026-06-09T12:00Z", now) == now
    assert _moment("2026-06-09T14:00", now) == now


def test_a_demo_has_a_diary_of_its_own(folder: Path) -> None:
    code, _, err = why(folder, OFFER, "--demo")
    assert code == 3
    assert "no diary" in err


def test_the_doctor_names_what_is_there(folder: Path) -> None:
    code, out, _ = asked("doctor", "--data", str(folder), "--json")
    told = json.loads(out)
    assert code in (0, 1, 4)
    assert told["database"].startswith("ok, ")
    assert asked("doctor", "--data", str(folder / "none"), "--json")[1].count("none yet") == 1


@pytest.mark.parametrize("speed", ["0", "fast", "-1", "nan", "1e9"])
def test_a_speed_that_makes_no_sense_is_a_slip_of_use(tmp_path: Path, speed: str) -> None:
    assert asked("replay", str(tmp_path), "--speed", speed)[0] == 2


def test_a_recording_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    file = tmp_path / "letter.txt"
    file.write_text("Dear Sir,\n")
    code, out, err = asked("replay", str(file))
    assert (code, out) == (1, "")
    assert "letter.txt" in err
