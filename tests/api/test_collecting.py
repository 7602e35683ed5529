"""`softfront collect`, as a person or a service starts it."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from softfront_api.diary import Diary
from softfront_api.doors.collecting import token_in
from softfront_api.errors import DatabaseMissing
from softfront_sensors.outbox import Outbox
from softfront_sensors.packet import Reading
from softfront_sensors.recording import dump
from softfront_sensors.simulated import Person, readings

from ..sensors.broker import Broker, free_port
from .beginning import Fresh, begin
from .killing import HOST, SOFTFRONT
from .living import START
from .test_doors import asked

_SOON_S = 20
# What the server needs and a collector does not; a Pi has little memory.
_NOT_NEEDED = {"alembic", "fastapi", "numpy", "scipy", "sqlalchemy", "starlette", "uvicorn"}


class Collecting:
    """A collector process, and what it said."""

    def __init__(self, folder: Path, *words: str) -> None:
        self._told = folder / "collect.txt"
        data = ("--data", str(folder / "collector"))
        self.process = Fresh(SOFTFRONT, ["collect", *words, *data], self._told)

    @property
    def told(self) -> str:
        return self._told.read_text(encoding="utf-8")

    def says(self, words: str) -> "Collecting":
        return self.until(lambda: words in self.told)

    def until(self, holds: Callable[[], bool]) -> "Collecting":
        began_s = time.monotonic()
        while not holds():
            assert time.monotonic() - began_s < _SOON_S, self.told
            time.sleep(0.02)
        return self

    def ends(self, number: signal.Signals | None = None) -> int | None:
        """Let it end, by a signal or by itself; return its exit code."""
        if number is not None:
            os.kill(self.process.pid, number)
        self.process.join(_SOON_S)
        return self.process.exit_code


@contextmanager
def collecting(folder: Path, *words: str) -> Iterator[Collecting]:
    made = Collecting(folder, *words)
    try:
        yield made
    finally:
        made.process.kill()
        made.process.join(_SOON_S)


@contextmanager
def serving(folder: Path, *words: str) -> Iterator[str]:
    """A server without a strap; its address."""
    port = free_port()
    where = ("--data", str(folder / "server"), "--port", str(port))
    command = ["serve", "--no-strap", "--no-browser", *words, *where]
    process = begin(SOFTFRONT, command, folder / "serve.txt", fresh=False)
    try:
        yield f"http://{HOST}:{port}"
    finally:
        process.kill()
        process.join(_SOON_S)


def stored(folder: Path) -> list[Reading]:
    try:
        with Diary.peek(folder / "server", demo=False) as diary:
            return [each.reading for each in diary.readings(0, 2**53, spares=True)]
    except DatabaseMissing:
        return []


def recorded(folder: Path, length_s: float = 600) -> tuple[Path, list[Reading]]:
    file = folder / "worn.jsonl"
    sent = list(readings(Person(3), START, length_s))
    with file.open("w", encoding="utf-8") as out:
        dump(sent, "H10", out)
    return file, sent


def contents(sent: list[Reading]) -> list[tuple[int, object, object]]:
    return [(r.seq, getattr(r, "data", None), getattr(r, "steps_per_min", None)) for r in sent]


def test_a_recording_goes_to_its_end_over_http_and_the_collector_ends(tmp_path: Path) -> None:
    file, sent = recorded(tmp_path)
    with serving(tmp_path) as url:
        words = ("--to", url, "--replay", str(file), "--speed", "max")
        with collecting(tmp_path, *words) as collector:
            assert collector.ends() == 0
            assert f"Connected to {url.rpartition(':')[0]}" in collector.told
    there = stored(tmp_path)
    assert contents(there) == contents(sent)
    # It ends where it was sent: nothing lies ahead, so nothing of it is taken for news.
    assert there[-1].t_ms < time.time() * 1000


@pytest.mark.mosquitto
def test_a_simulated_heart_reaches_a_diary_over_a_broker(tmp_path: Path) -> None:
    broker = Broker(tmp_path)
    broker.start()
    try:
        to = ("--to", f"{broker.url}/softfront/anna", "--simulated")
        with (
            serving(tmp_path, "--from", f"{broker.url}/softfront/anna"),
            collecting(tmp_path, *to) as collector,
        ):
            collector.says("All of it is stored there.")
            collector.until(lambda: len(stored(tmp_path)) >= 3)
            assert collector.ends(signal.SIGTERM) == 0
    finally:
        broker.kill()
    assert "This is a simulated heart." in collector.told
    assert [reading.seq for reading in stored(tmp_path)][:3] == [1, 2, 3]


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_without_the_other_machine_readings_are_kept_until_another_time(
    number: signal.Signals, code: int, tmp_path: Path
) -> None:
    port = free_port()
    with collecting(tmp_path, "--to", f"http://{HOST}:{port}", "--simulated") as collector:
        collector.says(f"http://{HOST}:{port} does not answer. Readings kept here meanwhile:")
        collector.until(lambda: (tmp_path / "collector" / "outbox.db").exists())
        time.sleep(1.5)
        assert collector.ends(number) == code
    assert "Kept here, to go out next time:" in collector.told
    with Outbox.open(tmp_path / "collector") as outbox:
        assert outbox.waiting >= 1


def test_as_json_it_prints_lines_and_nothing_else_on_stdout(tmp_path: Path) -> None:
    port = free_port()
    to = ("--to", f"http://{HOST}:{port}", "--simulated", "--json")
    command = [sys.executable, "-P", "-c", SOFTFRONT, "collect", *to, "--data", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = [json.loads(next(process.stdout)) for _ in range(2)]
        process.terminate()
        lines += [json.loads(line) for line in process.stdout]
    strap = next(line for line in lines if "strap" in line)
    road = next(line for line in lines if "problem" in line and "connected" in line)
    assert strap == {"strap": "live", "name": "Simulated strap", "problem": None}
    assert (road["connected"], road["problem"]) == (False, f"http://{HOST}:{port} does not answer.")
    assert lines[-1]["connected"] is False


def test_a_strap_is_looked_for_where_there_is_no_bluetooth_and_the_exit_code_tells(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path}/no-bus")
    with collecting(tmp_path, "--to", f"http://{HOST}:{free_port()}") as collector:
        collector.says("The Bluetooth service is missing.")
        assert collector.ends(signal.SIGTERM) == 4


def test_a_second_collector_on_a_folder_is_told_so_and_takes_nothing(tmp_path: Path) -> None:
    with Outbox.open(tmp_path):
        code, out, err = asked(
            "collect", "--simulated", "--to", "mqtt://127.0.0.1", "--data", str(tmp_path)
        )
    assert (code, out) == (1, "")
    assert err == (
        f"{tmp_path / 'outbox.db'} is in use by another program. End that one, or choose another"
        " folder.\n"
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "--to"),
        (("--to", "ftp://pi"), "begins with https://, mqtts:// or mqtt://"),
        (("--to", "mqtt://"), "names no machine"),
        (("--to", "http://pi.local:8420"), "--plain-http"),
        (("--to", "mqtts://pi", "--ca", "nothing.pem"), "nothing.pem holds no certificate"),
        (("--to", "https://pi", "--token-file", "nothing.txt"), "nothing.txt holds no token"),
        (("--to", "https://pi", "--replay", "x", "--speed", "fast"), "--speed"),
    ],
)
def test_words_that_cannot_be_meant_are_answered_and_nothing_begins(
    words: tuple[str, ...], said: str, tmp_path: Path
) -> None:
    code, out, err = asked("collect", *words, "--data", str(tmp_path))
    assert (code, out) == (2, "")
    assert said in " ".join(err.split())


def test_a_recording_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "song.txt").write_text("la la la")
    file = ("--replay", str(tmp_path / "song.txt"))
    code, _, err = asked("collect", "--to", "https://pi", *file, "--data", str(tmp_path))
    assert code == 1
    assert "song.txt" in err


def test_a_token_comes_from_a_file_or_from_the_environment(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("sf_1_secret\n")
    assert token_in(tmp_path / "token", "another") == "sf_1_secret"
    assert token_in(None, "another") == "another"
    assert token_in(None, None) is None
    assert token_in(None, "") is None
    (tmp_path / "empty").write_text("\n")
    (tmp_path / "page").write_text("<html>\nnot a token</html>")
    for name in ("empty", "page", "missing"):
        with pytest.raises(SystemExit) as ended:
            token_in(tmp_path / name, None)
        assert ended.value.code == 2


def loaded(tmp_path: Path, to: str) -> set[str]:
    """Let a collector work for a moment; which packages it has loaded."""
    code = (
        "import os, signal, sys, threading\n"
        "from contextlib import suppress\n"
        "from softfront_api.__main__ import main\n"
        "threading.Timer(1.5, lambda: os.kill(os.getpid(), signal.SIGTERM)).start()\n"
        f"sys.argv = ['softfront', 'collect', '--simulated', '--to', {to!r},"
        f" '--data', {str(tmp_path)!r}]\n"
        "with suppress(SystemExit): main()\n"
        "print(' '.join({name.partition('.')[0] for name in sys.modules}))"
    )
    ran = subprocess.run(
        [sys.executable, "-P", "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    return set(ran.stdout.split())


def test_a_collector_loads_nothing_that_only_a_server_needs(tmp_path: Path) -> None:
    over_http = loaded(tmp_path, f"http://{HOST}:{free_port()}")
    assert over_http & (_NOT_NEEDED | {"bleak", "paho"}) == set()
    over_mqtt = loaded(tmp_path, f"mqtt://{HOST}:{free_port()}")
    assert over_mqtt & (_NOT_NEEDED | {"bleak"}) == set()
    assert "paho" in over_mqtt


def test_a_silent_server_does_not_keep_it_from_ending(tmp_path: Path) -> None:
    with socket.create_server((HOST, 0)) as silent:
        to = f"http://{HOST}:{silent.getsockname()[1]}"
        with collecting(tmp_path, "--to", to, "--simulated") as collector:
            collector.says("Strap on")
            time.sleep(1.5)
            began_s = time.monotonic()
            assert collector.ends(signal.SIGTERM) == 0
            assert time.monotonic() - began_s < 5
