"""A recording on the command line: what goes to whom, and how it ends."""

import json
import math
import os
import subprocess
import sys
from pathlib import Path
from random import Random
from typing import Any

import pytest
from typer.testing import CliRunner

from softfront_api.__main__ import app
from softfront_api.diary import Diary
from softfront_api.reasons import utc
from softfront_signal.moments import Wording

from .killing import SOFTFRONT, Road, make_road

COMMANDS = ("demo", "serve", "scan", "replay", "why", "doctor")
# Where no bus answers, no Bluetooth is found, whatever this machine has.
_NO_BUS = {"DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nowhere/bus"}


@pytest.fixture(scope="module")
def road(tmp_path_factory: pytest.TempPathFactory) -> Road:
    return make_road(tmp_path_factory.mktemp("road"))


@pytest.fixture(scope="module")
def minutes(road: Road, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Take the head and the first ten minutes of it."""
    return road.file.read_text(encoding="utf-8").splitlines(keepends=True)[:641]


def softfront(*words: str | Path, **settings: str) -> tuple[int, str, str]:
    command = [sys.executable, "-P", "-c", SOFTFRONT, *map(str, words)]
    environment = {**os.environ, **settings}
    ran = subprocess.run(command, capture_output=True, text=True, timeout=120, env=environment)
    return ran.returncode, ran.stdout, ran.stderr


def bodies(out: str) -> list[Any]:
    return [json.loads(line) for line in out.splitlines()]


def exercise(file: Path) -> Path:
    """Write half an hour of rest and then a run, as a strap without a step counter tells it."""
    random, t_s, intervals = Random(4), 0.0, []
    while t_s < 44 * 60:
        effort = min(1.0, max(0.0, t_s - 32 * 60) / 120)
        swing = (1 - effort) * 40 + 3
        rr_ms = 880 - 430 * effort + swing * math.sin(1.5 * t_s) + random.gauss(0, 6)
        intervals.append(f"{rr_ms:.0f}\n")
        t_s += rr_ms / 1000
    file.write_text("".join(intervals), encoding="utf-8")
    return file


def test_the_same_recording_gives_the_same_bytes(road: Road, tmp_path: Path) -> None:
    first = softfront("replay", road.file, "--json")
    kept = softfront("replay", road.file, "--json", "--data", tmp_path)
    anew = softfront("replay", road.file, "--json", "--data", tmp_path)
    assert first == kept == anew
    assert (first[0], first[2]) == (0, "")
    offers = [(body["prompt"], body["verdict"]) for body in bodies(first[1]) if body["prompt"]]
    assert offers == [(name, "prompted") for name, _ in road.undisturbed.prompts]


def test_what_is_damaged_is_named_by_its_line_and_the_rest_is_kept(
    minutes: list[str], tmp_path: Path
) -> None:
    whole, damaged = tmp_path / "whole.jsonl", tmp_path / "damaged.jsonl"
    whole.write_text("".join(minutes[:-1]), encoding="utf-8")
    broken = [*minutes[:99], "\x00 not a packet\n", *minutes[100:-1], minutes[-1][:20]]
    damaged.write_text("".join(broken), encoding="utf-8")
    code, out, err = softfront("replay", damaged, "--json")
    assert code == 0
    assert "damaged.jsonl, line 100:" in err
    assert f"damaged.jsonl, line {len(minutes)}: the file breaks off here" in err
    marks = [body["at"] for body in bodies(out)]
    assert marks == [body["at"] for body in bodies(softfront("replay", whole, "--json")[1])]


@pytest.mark.parametrize("content", [None, b"", b"\x89PNG\r\n\x1a\n\x00", b"one\ntwo\n"])
def test_a_file_that_is_no_recording_is_named(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "holiday.txt"
    if content is not None:
        file.write_bytes(content)
    found = CliRunner().invoke(app, ["replay", str(file), "--json"])
    assert (found.exit_code, found.stdout) == (1, "")
    assert found.stderr.count("\n") == 1
    assert "holiday.txt" in found.stderr


def test_it_is_named_where_a_page_was_asked_for_as_well(tmp_path: Path) -> None:
    code, out, err = softfront("replay", tmp_path / "holiday.txt", "--page", "--port", "0")
    assert (code, out, err.count("\n")) == (1, "", 1)


def test_why_tells_of_a_replay_that_was_kept(road: Road, tmp_path: Path) -> None:
    (folder,) = (road.file.parent / "replay").iterdir()
    offered = next(d for d in road.undisturbed.decisions if d.verdict == "prompted")
    code, out, err = softfront("why", utc(offered.decision.t_ms), "--json", "--data", folder)
    assert (code, err) == (0, "")
    assert [body["id"] for body in bodies(out)] == [offered.id]
    assert softfront("why", "2001-01-01T12:00Z", "--json", "--data", folder)[:2] == (3, "")
    assert softfront("why", "12:00", "--json", "--data", tmp_path)[:2] == (3, "")


def test_where_nothing_tells_of_movement_an_offer_is_only_ever_a_question(tmp_path: Path) -> None:
    code, _, _ = softfront("replay", exercise(tmp_path / "run.txt"), "--data", tmp_path)
    (folder,) = (tmp_path / "replay").iterdir()
    with Diary.peek(folder, demo=False) as diary:
        wordings = {prompt.wording for prompt in diary.prompts()}
    assert code == 0
    assert wordings <= {Wording.CHECK_IN}


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere no bus is asked for Bluetooth")
@pytest.mark.parametrize("command", ["doctor", "scan"])
def test_without_bluetooth_there_is_one_object_and_exit_4(command: str, tmp_path: Path) -> None:
    data = ("--data", tmp_path) if command == "doctor" else ()
    code, out, err = softfront(command, "--json", *data, **_NO_BUS)
    (body,) = bodies(out)
    assert code == 4
    assert body["bluetooth" if command == "doctor" else "problem"] == "service"
    assert "Meanwhile" in err


@pytest.mark.parametrize(
    "words",
    [
        "replay",
        "replay a b",
        "why",
        "demo --port 70000",
        "demo --port x",
        "scan --seconds 0",
        "fly",
    ],
)
def test_a_slip_of_use_ends_with_2_and_says_what_is_wrong(words: str) -> None:
    found = CliRunner().invoke(app, words.split())
    assert (found.exit_code, found.stdout) == (2, "")
    assert "Usage:" in found.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_explains_itself(command: str) -> None:
    found = CliRunner().invoke(app, [command, "--help"])
    assert (found.exit_code, found.stderr) == (0, "")
    assert found.stdout.startswith(f"Usage: softfront {command}") or command in found.stdout
    assert "--help" in found.stdout


def test_whoever_reads_only_the_beginning_ends_it_quietly(road: Road, tmp_path: Path) -> None:
    command = [sys.executable, "-P", "-c", SOFTFRONT, "replay", str(road.file), "--json"]
    beside = tmp_path / "beside.txt"
    with (
        beside.open("w") as err,
        subprocess.Popen(
            [*command, "--data", str(tmp_path)], stdout=subprocess.PIPE, stderr=err
        ) as told,
    ):
        assert told.stdout is not None
        json.loads(told.stdout.readline())
        told.stdout.close()
        assert told.wait(120) == 0
    assert "roken" not in beside.read_text()
