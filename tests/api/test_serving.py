"""How a server ends, and what keeps it from starting: said in one sentence, and nothing touched."""

import hashlib
import socket
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from .beginning import Fresh
from .killing import SOFTFRONT, Kill, Road, Served, broken_promises, differences, kept_in, make_road

_SOON_S = 5


@pytest.fixture(scope="module")
def road(tmp_path_factory: pytest.TempPathFactory) -> Road:
    return make_road(tmp_path_factory.mktemp("road"))


def refused(road: Road, *arguments: str) -> str:
    """Run a server that is not to start; return the one sentence it says."""
    command = [sys.executable, "-P", "-c", SOFTFRONT, "replay", str(road.file), *arguments]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr.count("\n") == 1
    return ran.stderr


def stored(folder: Path) -> dict[str, str]:
    """Tell each file of a folder from any other; a lock is no data."""
    files = (file for file in folder.rglob("*") if file.is_file() and file.suffix != ".lock")
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def test_told_to_end_it_ends_at_once_with_a_page_open_and_loses_nothing(
    road: Road, tmp_path: Path
) -> None:
    with Served(road, tmp_path, "2000", fresh=True) as served:
        served.live_until(Kill(at_seq=1000))
        assert isinstance(served.process, Fresh)
        told_s = time.monotonic()
        served.process.terminate()
        served.process.join(_SOON_S)
        assert time.monotonic() - told_s < _SOON_S
        assert served.process.exit_code == 0
    assert broken_promises(road, served.seen, kept_in(tmp_path)) == []
    with Served(road, tmp_path, "max") as again:
        assert again.live_to_the_end()
    assert differences(road, kept_in(tmp_path)) == []


def test_a_second_server_on_a_diary_is_refused_and_told_which_has_it(
    road: Road, tmp_path: Path
) -> None:
    with Served(road, tmp_path, "1", fresh=True) as first:
        first.live_until(Kill(at_seq=1))
        assert isinstance(first.process, Fresh)
        for more in (("--page", "--no-browser", "--port", "0"), ()):
            told = refused(road, "--data", str(tmp_path), *more)
            assert f"(process {first.process.pid})" in told


def test_a_port_in_use_is_told_with_another_one(road: Road) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        told = refused(road, "--page", "--no-browser", "--port", str(port))
    assert str(port) in told
    assert f"--port {port + 1}" in told


@pytest.mark.parametrize("more", [(), ("--page", "--no-browser", "--port", "0")])
def test_a_database_from_a_newer_version_is_refused_untouched(
    road: Road, tmp_path: Path, more: tuple[str, ...]
) -> None:
    with Served(road, tmp_path, "max") as served:
        assert served.live_to_the_end()
    (file,) = tmp_path.rglob("diary.db")
    newer = sqlite3.connect(file, isolation_level=None)
    newer.execute("UPDATE alembic_version SET version_num = '9999'")
    newer.close()
    before = stored(tmp_path / "replay")
    assert "newer version (9999)" in refused(road, "--data", str(tmp_path), *more)
    assert stored(tmp_path / "replay") == before


@pytest.mark.parametrize("more", [(), ("--page", "--no-browser", "--port", "0")])
def test_a_folder_that_cannot_be_written_is_named(
    road: Road, tmp_path: Path, more: tuple[str, ...]
) -> None:
    file = tmp_path / "no folder"
    file.touch()
    told = refused(road, "--data", str(file), *more)
    assert str(file) in told
    assert "--data" in told


@pytest.mark.skipif(sys.platform != "linux", reason="needs Linux's /proc")
def test_where_nobody_may_write_even_root_is_told(road: Road) -> None:
    assert "Cannot write to /proc/" in refused(road, "--data", "/proc/softfront")
