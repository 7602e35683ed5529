"""`softfront import` and `softfront rederive` as a person or a script types them."""

import io
import json
import sqlite3
import sys
import time
import zipfile
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from softfront_api.__main__ import app
from softfront_api.diary import Diary, arrivals
from softfront_api.errors import DiaryError
from softfront_sensors.packet import Reading
from softfront_sensors.recording import dump

from .beginning import begin
from .killing import SOFTFRONT
from .living import START, a_shift

SHIFT = a_shift(1500)
OVER_MS = START + 10**9


@pytest.fixture(autouse=True)
def after_it_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let these recordings lie in the past, whatever the clock of this machine says."""
    monkeypatch.setattr("softfront_api.clock.time.time_ns", lambda: OVER_MS * 1_000_000)


def recorded(file: Path, sent: Sequence[Reading] = SHIFT) -> Path:
    with file.open("w", encoding="utf-8") as out:
        dump(sent, "Polar H10", out)
    return file


def asked(*words: str | Path) -> tuple[int, str, str]:
    found = CliRunner().invoke(app, [str(word) for word in words])
    return found.exit_code, found.stdout, found.stderr


def as_json(*words: str | Path) -> tuple[int, Any, str]:
    code, out, err = asked(*words, "--json")
    assert out.count("\n") == 1
    return code, json.loads(out), err


def test_a_recording_is_taken_in_once(tmp_path: Path) -> None:
    file = recorded(tmp_path / "shift.jsonl")
    code, body, err = as_json("import", file, "--data", tmp_path)
    (told,) = body["files"]
    assert (code, err, told["status"]) == (0, "", "imported")
    assert (told["readings"], told["marks"], told["beside"]) == (len(SHIFT), 300, 0)
    code, body, _ = as_json("import", file, "--data", tmp_path)
    (told,) = body["files"]
    assert (code, told["status"], told["readings"], told["marks"]) == (0, "known", 0, 0)
    assert "known already, from 2026-06-09" in asked("import", file, "--data", tmp_path)[1]


def test_it_is_seen_in_the_diary_as_any_shift_is(tmp_path: Path) -> None:
    asked("import", recorded(tmp_path / "shift.jsonl"), "--data", tmp_path)
    code, out, _ = asked("why", "2026-06-09T10:20:00Z", "--data", tmp_path, "--json")
    assert (code, json.loads(out)["verdict"]) == (0, "silent")
    with Diary.peek(tmp_path, demo=False) as diary:
        session = diary.last_session()
    assert session is not None
    assert (session.live, session.demo, session.device) == (False, False, "Polar H10")


def test_one_that_cannot_be_read_stops_no_other(tmp_path: Path) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    recorded(folder / "b.jsonl")
    (folder / "a.txt").write_text("one\ntwo\n", encoding="utf-8")
    (folder / "c.csv").write_text("t_s,rr_ms\n1,Miller\n2,1000\n", encoding="utf-8")
    (folder / "notes.md").write_text("# not asked for", encoding="utf-8")
    code, body, err = as_json("import", folder, tmp_path / "gone.csv", "--data", tmp_path)
    statuses = {Path(each["file"]).name: each["status"] for each in body["files"]}
    assert code == 1
    assert statuses == {
        "a.txt": "failed",
        "b.jsonl": "imported",
        "c.csv": "failed",
        "gone.csv": "failed",
    }
    assert "c.csv, line 2: not a heartbeat interval" in err
    assert "gone.csv could not be read" in err
    assert "Miller" not in err + json.dumps(body)


def test_a_folder_without_recordings_is_said_to_hold_none(tmp_path: Path) -> None:
    assert asked("import", tmp_path, "--data", tmp_path)[0] == 3


def test_one_without_a_date_is_asked_for_it(tmp_path: Path) -> None:
    file = tmp_path / "rest.txt"
    file.write_text("800\n" * 1000, encoding="utf-8")
    code, _, err = asked("import", file, "--data", tmp_path)
    assert (code, "--start" in err) == (1, True)
    with Diary.peek(tmp_path, demo=False) as diary:
        assert diary.last_session() is None
    started = "2026-03-01T09:00+01:00"
    code, body, _ = as_json("import", file, "--start", started, "--data", tmp_path)
    assert (code, body["files"][0]["from"]) == (0, "2026-03-01T08:00:00.800Z")
    # Where it was placed when it first came, there it stays.
    for more in ((), ("--start", started)):
        code, body, _ = as_json("import", file, *more, "--data", tmp_path)
        assert (code, body["files"][0]["status"]) == (0, "known")
        assert body["files"][0]["from"] == "2026-03-01T08:00:00.800Z"
    code, _, err = asked("import", file, "--start", "2026-04-01", "--data", tmp_path)
    assert (code, "known already" in err, "Another start" in err) == (1, True, True)


def test_what_is_in_seconds_is_no_heart(tmp_path: Path) -> None:
    file = tmp_path / "seconds.txt"
    file.write_text("0.8\n" * 600, encoding="utf-8")
    code, _, err = asked("import", file, "--start", "2026-03-01", "--data", tmp_path)
    assert (code, "milliseconds" in err) == (1, True)
    with Diary.peek(tmp_path, demo=False) as diary:
        assert diary.last_session() is None


def test_the_past_is_asked_for_forwards(tmp_path: Path) -> None:
    Diary.open(tmp_path, demo=False).close()
    days = ("--from", "2026-11-22", "--to", "2026-11-20")
    assert asked("rederive", *days, "--data", tmp_path)[0] == 2


@pytest.mark.parametrize("start", ["yesterday", "14:32x", "2026-13-01"])
def test_what_is_no_date_is_a_slip_of_use(tmp_path: Path, start: str) -> None:
    file = tmp_path / "rest.txt"
    file.write_text("800\n" * 10, encoding="utf-8")
    assert asked("import", file, "--start", start, "--data", tmp_path)[0] == 2
    assert asked("rederive", "--from", start, "--data", tmp_path)[0] == 2
    both = asked("import", file, file, "--start", "2026-03-01", "--data", tmp_path)
    assert both[0] == 2


def test_what_is_yet_to_come_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a strap put on now would not be counted until then."""
    monkeypatch.setattr("softfront_api.clock.time.time_ns", lambda: START * 1_000_000)
    file = recorded(tmp_path / "shift.jsonl")
    code, _, err = asked("import", file, "--data", tmp_path)
    assert (code, "yet to come" in err) == (1, True)
    with Diary.peek(tmp_path, demo=False) as diary:
        assert diary.counted_ms() == 0


def test_while_a_server_has_the_diary_open_that_is_said(tmp_path: Path) -> None:
    file = recorded(tmp_path / "shift.jsonl")
    with Diary.open(tmp_path, demo=False):
        for words in (("import", file), ("rederive",)):
            code, out, err = asked(*words, "--data", tmp_path)
            assert (code, out) == (1, "")
            assert "is open in another Softfront" in err


def test_earlier_days_that_come_later_are_said_to_bear_on_those_after_them(tmp_path: Path) -> None:
    one = recorded(tmp_path / "one.jsonl")
    other = tmp_path / "other.txt"
    other.write_text("800\n" * 2500, encoding="utf-8")
    assert not as_json("import", one, "--data", tmp_path)[1]["rederive"]
    code, out, _ = asked("import", other, "--start", "2026-06-01", "--data", tmp_path)
    assert (code, "`softfront rederive`" in out) == (0, True)


def test_rederiving_by_the_same_rule_says_that_nothing_is_otherwise(tmp_path: Path) -> None:
    asked("import", recorded(tmp_path / "shift.jsonl"), "--data", tmp_path)
    code, body, err = as_json("rederive", "--data", tmp_path)
    assert (code, err) == (0, "")
    assert (body["shifts"], body["marks"], body["changed"], body["left"]) == (1, 300, 0, 0)
    none = as_json("rederive", "--to", "2026-06-01", "--data", tmp_path)[1]
    assert (none["shifts"], none["marks"]) == (0, 0)
    assert asked("rederive", "--data", tmp_path / "nowhere")[0] == 3
    assert not (tmp_path / "nowhere").exists()


def test_damaged_readings_are_said_and_stay_as_they_were(tmp_path: Path) -> None:
    asked("import", recorded(tmp_path / "shift.jsonl"), "--data", tmp_path)
    with closing(sqlite3.connect(tmp_path / "diary.db")) as file, file:
        file.execute("UPDATE chunk SET crc32 = crc32 + 1")
    code, body, err = as_json("rederive", "--data", tmp_path)
    assert (code, body["left"], body["changed"]) == (1, 1, 0)
    assert "Left as they were: 1." in err


def test_doctor_tells_of_days_that_an_older_rule_thought_of(tmp_path: Path) -> None:
    from softfront_api.doors.doctor import _database

    asked("import", recorded(tmp_path / "shift.jsonl"), "--data", tmp_path)
    with closing(sqlite3.connect(tmp_path / "diary.db")) as file, file:
        file.execute("UPDATE decision SET rule_version = '0.9' WHERE t_ms % 10000 = 0")
    assert "0.9" in _database(tmp_path)[2]
    asked("rederive", "--data", tmp_path)
    assert "0.9" not in _database(tmp_path)[2]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_on_a_terminal_it_is_shown_how_far_it_is_and_beside_the_output(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from softfront_api.doors.importing import import_all

    monkeypatch.setattr("sys.stderr", Terminal())
    file = recorded(tmp_path / "shift.jsonl")
    assert import_all([file], tmp_path, None, as_json=True) == 0
    assert isinstance(sys.stderr, Terminal)
    assert "Taking in shift.jsonl" in sys.stderr.getvalue()
    assert json.loads(capsys.readouterr().out)["files"][0]["status"] == "imported"


def whole(folder: Path) -> tuple[object, ...]:
    """Tell all that is stored, however it lies in chunks."""
    with Diary.peek(folder, demo=False) as diary:
        heard = tuple(diary.readings(0, 2**53, spares=True))
        return heard, diary.windows(0, 2**53), diary.decisions(0, 2**53)


def stored(folder: Path) -> int:
    """Say up to where the recording is thought through."""
    try:
        with Diary.peek(folder, demo=False) as diary:
            session, waiting = diary.last_session(), arrivals(diary)
            return waiting[0].done_seq if waiting else session.last_seq if session else 0
    except DiaryError:  # it is being made
        return 0


@pytest.mark.parametrize("at_seq", [0, 1, 9000])
def test_killed_at_any_moment_it_goes_on_where_it_was(tmp_path: Path, at_seq: int) -> None:
    """Nothing is lost, and nothing is there twice."""
    file = tmp_path / "long.txt"
    file.write_text("800\n790\n" * 9000, encoding="utf-8")
    words = ["import", str(file), "--start", "2026-03-01T09:00Z", "--data"]
    assert asked(*words, tmp_path / "undisturbed")[0] == 0
    folder = tmp_path / "killed"
    process = begin(SOFTFRONT, [*words, str(folder)], tmp_path / "told.txt", fresh=False)
    end_s = time.monotonic() + 60
    while process.is_alive() and stored(folder) < at_seq and time.monotonic() < end_s:
        time.sleep(0.005)
    process.kill()
    process.join(60)
    before = stored(folder)
    code, body, _ = as_json(*words, folder)
    assert code == 0
    assert body["files"][0]["known_before"] == before
    assert whole(folder) == whole(tmp_path / "undisturbed")


def test_what_is_brought_without_waiting_is_thought_through_later(tmp_path: Path) -> None:
    file = recorded(tmp_path / "shift.jsonl")
    assert asked("import", file, "--data", tmp_path / "at_once")[0] == 0
    code, body, _ = as_json("import", file, "--no-wait", "--data", tmp_path / "later")
    (told,) = body["files"]
    assert (code, told["readings"], told["marks"], body["waiting"]) == (0, len(SHIFT), 0, 1.0)
    code, body, _ = as_json("import", "--data", tmp_path / "later")
    assert (code, body["files"], body["waiting"]) == (0, [], None)
    assert whole(tmp_path / "later") == whole(tmp_path / "at_once")
    assert asked("import", "--data", tmp_path / "later")[0] == 3


def test_a_zip_of_recordings_is_taken_in_and_nothing_of_it_is_left(tmp_path: Path) -> None:
    recorded(tmp_path / "shift.jsonl")
    with zipfile.ZipFile(tmp_path / "many.zip", "w") as zipped:
        zipped.write(tmp_path / "shift.jsonl", "a/shift.jsonl")
        zipped.writestr("a/2026-03-01T09-00-00Z.txt", "800\n" * 300)
        zipped.writestr("readme.md", "not asked for")
    code, body, _ = as_json("import", tmp_path / "many.zip", "--data", tmp_path / "own")
    assert code == 0
    assert {each["status"] for each in body["files"]} == {"imported"}
    assert [each["from"][:16] for each in body["files"]] == ["2026-03-01T09:00", "2026-06-09T10:13"]
    assert list((tmp_path / "own" / "incoming").iterdir()) == []


def test_what_was_exported_comes_back(tmp_path: Path) -> None:
    asked("import", recorded(tmp_path / "shift.jsonl"), "--data", tmp_path / "own")
    out = tmp_path / "all.zip"
    assert asked("export", "-o", out, "--data", tmp_path / "own")[0] == 0
    code, body, _ = as_json("import", out, "--data", tmp_path / "new")
    assert (code, body["files"][0]["status"]) == (0, "restored")
    assert whole(tmp_path / "new") == whole(tmp_path / "own")
    assert as_json("import", out, "--data", tmp_path / "new")[1]["files"][0]["status"] == "known"


def ended(*words: str | Path) -> tuple[int, BaseException | None]:
    ran = CliRunner().invoke(app, list(map(str, words)))
    return ran.exit_code, None if isinstance(ran.exception, SystemExit) else ran.exception


def test_a_name_of_three_hundred_letters_is_no_reason_to_stumble(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "long.zip", "w") as zipped:
        zipped.writestr("愛" * 100 + ".txt", "\n".join(["800"] * 400))
    where = ("--start", "2026-01-01T08:00", "--data", tmp_path / "own")
    assert ended("import", tmp_path / "long.zip", *where) == (0, None)


@pytest.mark.parametrize("stretch", [("0001-01-01", "2026-01-01"), ("2026-02-01", "2026-01-01")])
def test_a_stretch_that_is_none_is_told(tmp_path: Path, stretch: tuple[str, str]) -> None:
    Diary.open(tmp_path, demo=False).close()
    begin, end = stretch
    asked = ("export", "--format", "rr-text", "--from", begin, "--to", end)
    assert ended(*asked, "--data", tmp_path, "-o", tmp_path / "out.zip") == (2, None)
