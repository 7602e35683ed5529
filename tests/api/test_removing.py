"""Everything deleted: no byte of it is left, whatever happens on the way, and it says so."""

import json
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from softfront_api.__main__ import app
from softfront_api.diary import Diary, JournalLine, lines, removal, write_line
from softfront_api.diary.removal import begin_removal, remove_all
from softfront_api.errors import DatabaseMissing

from .killing import SOFTFRONT, Road, Served, make_road

CANARY = "a-canary-of-her-own"
BESIDE = (
    "outbox.db",
    "outbox.db-wal",
    "straps.json",
    "straps.json.damaged",
    "paired.json",
    "voices.json",
    "diary.db.before-0001",
    "replay/abc/diary.db",
    "incoming/shift.csv",
)
CRASH = """
from pathlib import Path
import os, sys
from softfront_api.diary import Diary, removal
removal._overwrite = lambda file: os._exit(9)
diary = Diary.open(Path(sys.argv[1]), demo=False)
removal.begin_removal(Path(sys.argv[1]), demo=False)
diary.let_go()
removal.remove_all(Path(sys.argv[1]), demo=False)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with her line in the diary, in its journal of writes, and beside it."""
    with Diary.open(tmp_path, demo=False) as diary:
        write_line(diary, JournalLine("line-1", 1, f"{CANARY} in the diary", None))
    for name in BESIDE:
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{name}: {CANARY} in the diary")
    return tmp_path


def places_of(canary: str, folder: Path) -> list[str]:
    return [
        str(file.relative_to(folder))
        for file in folder.rglob("*")
        if file.is_file() and canary.encode() in file.read_bytes()
    ]


def delete(folder: Path, *words: str, said: str = "") -> tuple[int, str]:
    ran = CliRunner().invoke(app, ["delete", "--data", str(folder), *words], input=said)
    return ran.exit_code, ran.stdout


def test_no_byte_of_it_is_left(folder: Path) -> None:
    assert len(places_of(CANARY, folder)) == 1 + len(BESIDE)
    code, out = delete(folder, "--yes-delete-everything", "--json")
    told = json.loads(out)
    assert (code, told["found"], told["left"]) == (0, 0, [])
    assert told["files"] >= 1 + len(BESIDE)
    assert places_of(CANARY, folder) == []
    with Diary.open(folder, demo=False) as diary:
        assert lines(diary) == ()


@pytest.mark.parametrize("spared", ["straps.json*", "replay"])
def test_a_place_that_was_not_thought_of_would_be_noticed(
    folder: Path, spared: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tuple(name for name in removal._BESIDE if name != spared)
    monkeypatch.setattr(removal, "_BESIDE", kept)
    monkeypatch.setattr(shutil, "rmtree", lambda *_, **__: None)
    with Diary.open(folder, demo=False) as diary:
        begin_removal(folder, demo=False)
        diary.let_go()
        gone = remove_all(folder, demo=False)
    assert gone.found >= 1
    assert gone.left
    assert places_of(CANARY, folder)


def test_what_is_damaged_is_deleted_too(folder: Path) -> None:
    (folder / "diary.db").write_bytes(f"{CANARY}: no database".encode() * 100)
    assert delete(folder, "--yes-delete-everything")[0] == 0
    assert places_of(CANARY, folder) == []


def test_what_another_program_made_is_left_alone(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "diary.db")) as other:
        other.execute("CREATE TABLE recipes (name TEXT)")
    assert delete(tmp_path, "--yes-delete-everything")[0] == 1
    assert (tmp_path / "diary.db").exists()


def test_what_is_to_be_deleted_is_shown_to_nobody_any_more(folder: Path) -> None:
    begin_removal(folder, demo=False)
    with pytest.raises(DatabaseMissing):
        Diary.peek(folder, demo=False)
    code, out = delete(folder, "--yes-delete-everything", "--json")
    assert (code, json.loads(out)["found"]) == (0, 0)
    assert json.loads(out)["records"] >= 1, "counted by who began it"


def test_a_removal_that_was_killed_is_finished_before_anything_is_shown(folder: Path) -> None:
    killed = subprocess.run([sys.executable, "-P", "-c", CRASH, str(folder)], timeout=60)
    assert killed.returncode == 9
    assert places_of(CANARY, folder)
    with Diary.open(folder, demo=False) as diary:
        assert lines(diary) == ()
    assert places_of(CANARY, folder) == []
    assert not list(folder.glob("*.deleting"))


def test_another_word_deletes_nothing(folder: Path) -> None:
    before = places_of(CANARY, folder)
    assert delete(folder, said="yes\n")[0] == 2
    assert places_of(CANARY, folder) == before
    assert delete(folder, said=" Delete \n")[0] == 0
    assert places_of(CANARY, folder) == []


def test_where_nothing_is_there_is_nothing_to_delete(tmp_path: Path) -> None:
    assert delete(tmp_path, "--yes-delete-everything")[0] == 3


def test_a_demo_takes_only_itself_away(folder: Path) -> None:
    Diary.open(folder, demo=True).close()
    before = places_of(CANARY, folder)
    assert delete(folder, "--demo", "--yes-delete-everything")[0] == 0
    assert places_of(CANARY, folder) == before
    assert not list(folder.glob("demo.db*"))


@pytest.fixture(scope="module")
def road(tmp_path_factory: pytest.TempPathFactory) -> Road:
    return make_road(tmp_path_factory.mktemp("road"))


@pytest.fixture
def served(road: Road, tmp_path: Path) -> Iterator[Served]:
    with Served(road, tmp_path, "max", SOFTFRONT) as served:
        assert served.live_to_the_end()
        yield served


def test_a_server_goes_on_with_an_empty_diary(served: Served, tmp_path: Path) -> None:
    url = f"http://127.0.0.1:{served.port}"
    with httpx.Client(base_url=f"{url}/api/v1/", headers={"origin": url}, timeout=60) as door:
        assert door.post("journal", json={"text": CANARY}).status_code == 201
        pause = door.post("pauses", json={}, headers={"idempotency-key": f"{CANARY}-pause"})
        assert pause.status_code == 201
        assert door.request("DELETE", "me", json={"confirm": "yes"}).status_code == 422
        assert places_of(CANARY, tmp_path)
        told = door.request("DELETE", "me", json={"confirm": "Löschen"})
        assert (told.status_code, told.json()["found"]) == (200, 0)
        assert told.json()["records"] > 1000
        assert served.process.is_alive()
        wait_for(door)
        assert door.get("journal").json()["items"] == []
    assert places_of(CANARY, tmp_path) == []


def wait_for(door: httpx.Client) -> None:
    for _ in range(200):
        try:
            if door.get("now").status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise AssertionError("no house was begun anew")
