"""A practice in a terminal: one clock, the lines as they come, and an end that is always kind."""

import io
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from rich.console import Console

from softfront_api.doors.guiding import Course, Moment, guide, moment_at
from softfront_api.doors.noting import Note
from softfront_api.doors.pausing import afterwards
from softfront_api.doors.resting import Guided
from softfront_api.doors.screens import Drawn, Plain, disc
from softfront_api.practice import PRACTICES
from softfront_api.words import say

from .killing import SOFTFRONT, Road, Served, free_port, make_road

NOBODY = "1"
"""A port at which nothing of ours ever listens."""


class Time:
    """A clock that goes on by what is waited for, and sleeps as told."""

    def __init__(self, pressed: dict[float, str] | None = None) -> None:
        self.now_s, self.pressed = 0.0, pressed or {}
        self.sleeps: dict[float, float] = {}
        self.interrupted_s: float | None = None

    def now(self) -> float:
        return self.now_s

    def wait(self, seconds: float) -> str | None:
        self.now_s += seconds
        if self.interrupted_s is not None and self.now_s >= self.interrupted_s:
            raise KeyboardInterrupt
        for at in [at for at in self.sleeps if self.now_s >= at]:
            self.now_s += self.sleeps.pop(at)
        due = [at for at in self.pressed if self.now_s >= at]
        return self.pressed.pop(due[0]) if due else None


class Seen:
    """A screen that remembers."""

    every_s = 0.5

    def __init__(self, time: Time) -> None:
        self._time = time
        self.moments: list[tuple[float, Moment]] = []
        self.bells: list[float] = []

    def show(self, moment: Moment) -> None:
        self.moments.append((self._time.now_s, moment))

    def ring(self) -> None:
        self.bells.append(self._time.now_s)

    @property
    def said(self) -> list[tuple[float, str]]:
        """Give each line with the second it first stood there."""
        first: dict[str, float] = {}
        for at, moment in self.moments:
            first.setdefault(moment.line.text, at)
        return [(at, text) for text, at in first.items()]


@pytest.mark.parametrize("kind", ["pause", "morning", "evening", "weekly_metta", "kindness"])
def test_each_line_comes_at_its_second_and_each_bell(kind: str) -> None:
    practice, time = PRACTICES[kind], Time()  # type: ignore[index]  # a kind, as a text
    seen = Seen(time)
    course = guide(practice, seen, time.now, time.wait)
    lines = [(line.at_s, line.text) for step in practice.steps for line in step.lines]
    assert seen.said == lines
    assert seen.bells == list(practice.bells_s)
    assert (course.lasted_s, course.whole, course.ago_s) == (practice.length_s, True, 0)


@pytest.mark.parametrize(
    ("pressed", "branch", "choice"),
    [
        ({12.0: "1"}, "resonance", "resonance"),
        ({24.0: "2"}, "warmth", "warmth"),
        ({3.0: "x", 20.0: "3"}, "unsure", "unsure"),
        ({26.0: "1"}, "unsure", None),
        ({}, "unsure", None),
    ],
)
def test_the_check_in_goes_the_way_that_was_chosen_in_time(
    pressed: dict[float, str], branch: str, choice: str | None
) -> None:
    time = Time(pressed)
    seen = Seen(time)
    course = guide(PRACTICES["midday"], seen, time.now, time.wait)
    assert {text.split(".")[1] for _, text in seen.said[2:]} == {branch}
    assert seen.said[2][0] == 25
    assert course.choice == choice


def test_what_was_slept_through_is_not_made_up_for_and_it_ends_on_time() -> None:
    time = Time()
    time.sleeps = {20.0: 25.0}
    seen = Seen(time)
    guide(PRACTICES["pause"], seen, time.now, time.wait)
    assert seen.bells == [0, 60, 90]
    time.now_s, time.sleeps = 0.0, {20.0: 3600.0}
    late = Seen(time)
    course = guide(PRACTICES["pause"], late, time.now, time.wait)
    assert late.bells == [0]
    assert (course.lasted_s, course.ago_s) == (90, 3530)


def test_an_interrupt_ends_it_early_and_that_is_all() -> None:
    time = Time()
    time.interrupted_s = 40.0
    course = guide(PRACTICES["pause"], Seen(time), time.now, time.wait)
    assert (course.lasted_s, course.whole) == (40, False)


@pytest.mark.parametrize(
    ("course", "key", "following"),
    [
        (Course(60, True, "resonance"), "1", "breath"),
        (Course(60, True, "resonance"), "2", "kindness"),
        (Course(60, True, "resonance"), "3", None),
        (Course(60, True, "resonance"), None, None),
        (Course(60, True, "warmth"), "1", None),
        (Course(20, False, "resonance"), "1", None),
    ],
)
def test_after_resonance_a_breath_or_a_kind_moment_is_offered(
    course: Course, key: str | None, following: str | None
) -> None:
    assert afterwards(course, lambda seconds: key) == following


def test_what_can_be_typed_is_all_that_is_guided() -> None:
    assert [it.value for it in Guided] == list(PRACTICES)


# What is drawn.


def drawn(t_s: float, width: int = 80, height: int = 24, **more: Any) -> str:
    out = io.StringIO()
    console = Console(file=out, force_terminal=True, width=width, height=height, **more)
    with Drawn("pause.name", console) as screen:
        screen.show(moment_at(PRACTICES["pause"], None, t_s))
        screen.ring()
    return out.getvalue()


def test_a_picture_holds_the_words_the_cue_and_the_time_left() -> None:
    picture = drawn(32.0)
    for text in ("0:58", say("pause.step2.title"), say("pause.step2.line1"), say("pause.cue.in")):
        assert text in picture
    assert say("pause.cue.out") in drawn(36.0)
    assert "\a" in picture


def test_the_circle_grows_with_the_breath_within_its_ring() -> None:
    empty, full = ("\n".join(disc(full, "o", ".")) for full in (0.0, 1.0))
    assert empty.count("o") < full.count("o") / 4
    assert "." in empty
    assert "." not in full.splitlines()[5]
    assert len(disc(0.5, "o", ".")) == 11


def test_without_colour_there_is_none_and_a_small_window_has_a_bar() -> None:
    assert "\x1b[33m" in drawn(1.0)
    assert "\x1b[33m" not in drawn(1.0, no_color=True)
    assert "#" * 12 + "." * 12 in drawn(2.0, 40, 12).replace("█", "#").replace("·", ".")


def test_the_cursor_is_given_back() -> None:
    assert drawn(1.0).rindex("\x1b[?25h") > drawn(1.0).rindex("\x1b[?25l")


def test_a_plain_screen_says_each_line_once(capsys: pytest.CaptureFixture[str]) -> None:
    time, screen = Time(), Plain()
    guide(PRACTICES["breath"], screen, time.now, time.wait)
    said = [say(f"signs.breath.line{i}") for i in (1, 2)]
    assert capsys.readouterr().out.splitlines() == said


# The command itself.


def command(*words: str) -> list[str]:
    return [sys.executable, "-P", "-c", SOFTFRONT, "pause", *words]


def test_piped_it_prints_lines_and_no_sign_of_a_terminal() -> None:
    ran = subprocess.run(
        command("--kind", "breath", "--port", NOBODY),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert ran.stdout.splitlines() == [say("signs.breath.line1"), say("signs.breath.line2")]
    assert ran.stderr == ""


def test_as_json_an_early_end_is_told_and_no_failure() -> None:
    with subprocess.Popen(
        command("--json", "--port", NOBODY), stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        first = json.loads(process.stdout.readline())
        process.send_signal(signal.SIGINT)
        rest = process.stdout.read()
        assert process.wait(20) == 0
    assert first == {"at_s": 0, "id": "pause.step1.line1", "text": say("pause.step1.line1")}
    last = json.loads(rest)
    assert (last["kind"], last["whole"], last["kept"]) == ("pause", False, False)
    assert last["lasted_s"] < 30


@pytest.mark.skipif(sys.platform == "win32", reason="a terminal of POSIX")
def test_in_a_terminal_it_draws_hears_the_interrupt_and_says_goodbye() -> None:
    import pty

    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "80", "LINES": "24"}
    with subprocess.Popen(
        command("--port", NOBODY), stdin=theirs, stdout=theirs, stderr=theirs, env=environment
    ) as process:
        os.close(theirs)
        seen = read_until(ours, say("pause.step1.line1").encode())
        process.send_signal(signal.SIGINT)
        seen += read_until(ours, say("pause.stop.line").encode())
        assert process.wait(20) == 0
    os.close(ours)
    assert b"\a" in seen
    assert seen.rindex(b"\x1b[?25h") > seen.rindex(b"\x1b[?25l")
    assert b"Traceback" not in seen


def read_until(place: int, text: bytes, within_s: float = 30) -> bytes:
    seen, end = b"", time.monotonic() + within_s
    while text not in seen and time.monotonic() < end:
        if select.select([place], [], [], 0.2)[0]:
            seen += os.read(place, 65_536)
    assert text in seen, seen[-500:]
    return seen


# And whoever else is to know.


@pytest.fixture(scope="module")
def road(tmp_path_factory: pytest.TempPathFactory) -> Road:
    return make_road(tmp_path_factory.mktemp("road"))


def test_a_server_on_this_machine_knows_of_it_and_kept_it(road: Road, tmp_path: Path) -> None:
    from softfront_api.diary import Diary, practices

    with Served(road, tmp_path, "max") as served:
        assert served.live_to_the_end()
        for kind, length_s in (("pause", 90), ("midday", 60)):
            time = Time({10.0: "1"})
            note = Note(kind, served.port)
            course = guide(PRACTICES[kind], Seen(time), time.now, time.wait)  # type: ignore[index]  # a kind, as a text
            assert course.lasted_s == length_s
            assert note.finish(course)
        served.kill()  # as power goes: what was said to be kept is there
    place = next((tmp_path / "replay").glob("*"))
    with Diary.peek(place, demo=False) as diary:
        (pause,) = diary.pauses(0, 2**53)
        (midday,) = practices(diary, 0, 2**53)
    assert pause.lasted_s == 90
    assert (midday.lasted_s, midday.said) == (60, {"choice": "resonance"})


class _Odd(BaseHTTPRequestHandler):
    """Something else that listens there."""

    def do_POST(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"[1, 2]")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def odd() -> Iterator[int]:
    with HTTPServer(("127.0.0.1", 0), _Odd) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


def test_without_a_server_or_with_something_else_there_nothing_fails(odd: int) -> None:
    ports: Sequence[int] = (free_port(), odd)
    for port in ports:
        time = Time()
        note = Note("pause", port)
        course = guide(PRACTICES["pause"], Seen(time), time.now, time.wait)
        assert not note.finish(course)
