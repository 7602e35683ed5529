"""Everything in one zip, and all of it back as it was."""

import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from softfront_api.diary import Diary, JournalLine, lines, write_line
from softfront_api.exchange.refusing import BadZip, Refused
from softfront_api.exchange.restoring import Restored, restore
from softfront_api.exchange.unzipping import open_zip
from softfront_api.taking_in import take_in
from softfront_sensors.recording import load
from softfront_sensors.source import SessionInfo

from .belongings import all_rows, backup_of, lived


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lived(tmp_path_factory.mktemp("lived"))


@pytest.fixture(scope="module")
def backup(home: Path) -> Path:
    return backup_of(home, home.parent / "everything.zip")


def restored(file: Path, folder: Path) -> Restored:
    with Diary.open(folder, demo=False) as diary, open_zip(file) as zipped:
        return restore(diary, zipped)


def packed(file: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as out:
        for name, body in files.items():
            out.writestr(name, body)
    return file


def inside(file: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(file) as zipped:
        return {name: zipped.read(name) for name in zipped.namelist()}


def test_all_of_it_comes_back_byte_for_byte(home: Path, backup: Path, tmp_path: Path) -> None:
    told = restored(backup, tmp_path / "new")
    before, after = all_rows(home), all_rows(tmp_path / "new")
    assert {name for name, rows in before.items() if not rows} == set()
    assert after == before
    assert told.readings == sum(row[2] for row in before["chunk"])  # type: ignore[misc]  # the column n


def test_what_came_back_is_written_out_the_same(backup: Path, tmp_path: Path) -> None:
    restored(backup, tmp_path / "new")
    again = backup_of(tmp_path / "new", tmp_path / "again.zip")
    assert inside(again) == inside(backup)
    assert again.read_bytes() == backup.read_bytes()


def test_twice_is_once(backup: Path, tmp_path: Path) -> None:
    first = restored(backup, tmp_path)
    before = all_rows(tmp_path)
    again = restored(backup, tmp_path)
    assert (again.readings, again.rows, again.known) == (0, 0, first.readings)
    assert all_rows(tmp_path) == before


def test_what_was_broken_off_goes_on(
    backup: Path, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("softfront_api.diary.whole._ROWS_AT_ONCE", 7)
    for stop in (0.4, 0.52, 0.62, 0.75, 0.8, 0.9):

        def breaks_off(share: float, stop: float = stop) -> None:
            if share > stop:
                raise KeyboardInterrupt

        with (
            pytest.raises(KeyboardInterrupt),
            Diary.open(tmp_path, demo=False) as diary,
            open_zip(backup) as zipped,
        ):
            restore(diary, zipped, breaks_off)
    restored(backup, tmp_path)
    assert all_rows(tmp_path) == all_rows(home)


def test_what_is_here_already_stays(backup: Path, tmp_path: Path) -> None:
    with Diary.open(tmp_path, demo=False) as diary:
        diary.put_settings({"offers": False}, version=0)
        write_line(diary, JournalLine("mine", 5, "mine", None))
    restored(backup, tmp_path)
    with Diary.open(tmp_path, demo=False) as diary:
        assert diary.settings().body == {"offers": False}
        assert {line.text for line in lines(diary)} > {"mine"}


def test_no_password_goes_out_and_those_that_are_here_stay(home: Path, tmp_path: Path) -> None:
    shutil.copytree(home, tmp_path / "set")
    secret = {"phone_url": "ntfy://me:hush@host/t", "home_url": "mqtt://me:hush@host"}
    with Diary.open(tmp_path / "set", demo=False) as diary:
        before = diary.settings()
        diary.put_settings({**before.body, **secret}, version=before.version)
    backup = backup_of(tmp_path / "set", tmp_path / "b.zip")
    assert [name for name, body in inside(backup).items() if b"hush" in body] == []
    restored(backup, tmp_path / "set")
    restored(backup, tmp_path / "new")
    with Diary.peek(tmp_path / "set", demo=False) as here:
        assert secret.items() <= here.settings().body.items()
    with Diary.peek(tmp_path / "new", demo=False) as there:
        kept = {k: v for k, v in before.body.items() if k not in secret}
        assert there.settings().body == kept
    ours, theirs = all_rows(tmp_path / "new"), all_rows(tmp_path / "set")
    assert {**ours, "settings": []} == {**theirs, "settings": []}


def test_each_run_is_a_recording_of_its_own(backup: Path, tmp_path: Path) -> None:
    name = next(n for n in inside(backup) if n == "sessions/0002.jsonl")
    (tmp_path / "one.jsonl").write_bytes(inside(backup)[name])
    recording = load(tmp_path / "one.jsonl")
    assert (recording.device, recording.problems) == ("simulated", ())
    assert len(recording.readings) > 1000


def cut_short(file: Path) -> bytes:
    return file.read_bytes()[: file.stat().st_size // 2]


def test_half_a_zip_is_refused(backup: Path, tmp_path: Path) -> None:
    (tmp_path / "half.zip").write_bytes(cut_short(backup))
    with pytest.raises(BadZip):
        restored(tmp_path / "half.zip", tmp_path / "new")


@pytest.mark.parametrize(
    "change",
    [
        lambda files: files.pop("tables/prompt.jsonl"),
        lambda files: files.update({"tables/prompt.jsonl": b"{}\n"}),
        lambda files: files.update({"more.txt": b"1"}),
        lambda files: files.update({"manifest.json": b"[]"}),
        lambda files: files.update({"manifest.json": b"{" * 100_000}),
    ],
)
def test_what_is_not_as_it_was_written_is_refused_and_nothing_is_stored(
    backup: Path, tmp_path: Path, change: Callable[[dict[str, bytes]], object]
) -> None:
    files = inside(backup)
    change(files)
    with pytest.raises(BadZip):
        restored(packed(tmp_path / "other.zip", files), tmp_path / "new")
    assert not any(all_rows(tmp_path / "new").values())


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [("version", 2, "newer"), ("demo", True, "demo")],
)
def test_a_newer_one_and_a_demos_are_refused(
    backup: Path, tmp_path: Path, name: str, value: object, why: str
) -> None:
    files = inside(backup)
    files["manifest.json"] = json.dumps(
        {**json.loads(files["manifest.json"]), name: value}
    ).encode()
    with pytest.raises(Refused) as refused:
        restored(packed(tmp_path / "other.zip", files), tmp_path / "new")
    assert refused.value.id == f"data.import.why.{why}"


def test_no_beat_comes_back_that_was_heard_by_another(
    home: Path, backup: Path, tmp_path: Path
) -> None:
    with Diary.open(tmp_path, demo=False) as diary:
        with Diary.peek(home, demo=False) as other:
            sent = [each.reading for each in other.readings(0, 2**53, "one")][:200]
        info = SessionInfo("file", "strap.csv", sent[0].t_ms, live=False)
        take_in(diary, info, sent[-1].t_ms, sent)
    with pytest.raises(Refused) as refused:
        restored(backup, tmp_path)
    assert refused.value.id == "data.import.why.overlap"


def test_bytes_that_cannot_be_read_come_back_as_they_are(home: Path, tmp_path: Path) -> None:
    shutil.copytree(home, tmp_path / "worn")
    with Diary.open(tmp_path / "worn", demo=False) as diary, diary.writing() as connection:
        connection.exec_driver_sql("UPDATE chunk SET crc32 = 1 WHERE seq0 % 3 = 0 OR seq0 > 1500")
    restored(backup_of(tmp_path / "worn", tmp_path / "b.zip"), tmp_path / "new")
    assert all_rows(tmp_path / "new") == all_rows(tmp_path / "worn")


BOMB = b"0" * (40 << 20)


@pytest.mark.parametrize("name", ["../out", "/abs", "a/../../b", "c:/x", "a\\b", "inner.zip"])
def test_a_zip_that_reaches_outside_of_itself_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadZip), open_zip(packed(tmp_path / "a.zip", {name: b"x"})):
        pass


def test_a_bomb_does_not_go_off(tmp_path: Path) -> None:
    packed(tmp_path / "bomb.zip", {"a.txt": BOMB})
    with (
        pytest.raises(BadZip),
        open_zip(tmp_path / "bomb.zip") as zipped,
        (tmp_path / "a.txt").open("wb") as out,
    ):
        zipped.copy("a.txt", out)
    assert (tmp_path / "a.txt").stat().st_size < 20 << 20


def test_a_link_in_a_zip_is_refused(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("link")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as out:
        out.writestr(link, "/etc/passwd")
    with pytest.raises(BadZip), open_zip(tmp_path / "a.zip"):
        pass


def test_too_many_files_are_refused(tmp_path: Path) -> None:
    many = {f"{nth}.txt": b"" for nth in range(20_001)}
    with pytest.raises(BadZip), open_zip(packed(tmp_path / "a.zip", many)):
        pass
