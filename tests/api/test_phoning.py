"""`softfront doctor --phone`: a real server for a moment, and what arrives at it."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from softfront_sensors.packet import Packet, Reading
from softfront_sensors.simulated import Person, readings
from softfront_sensors.wire import write_reading

from .killing import HOST, free_port

SESSION = {"v": 1, "session": "a-watch", "device": "Bangle"}


@contextmanager
def waiting(folder: Path, seconds: float = 6) -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    port = free_port()
    command = [sys.executable, "-P", "-m", "softfront_api", "doctor", "--phone", "--json"]
    command += ["--port", str(port), "--data", str(folder), "--minutes", str(seconds / 60)]
    pipe = subprocess.PIPE
    program = subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True)
    try:
        yield f"http://{HOST}:{port}", program
    finally:
        program.kill()
        program.communicate()


def send(url: str, body: dict[str, Any]) -> httpx.Response:
    """Send as a page of its own does; a server that is still loading is waited for."""
    end = time.monotonic() + 10
    while True:
        try:
            answer = httpx.post(f"{url}/api/v1/packets", json=body, headers={"origin": url})
            if answer.status_code != 503:
                return answer
        except httpx.TransportError:
            pass
        assert time.monotonic() < end, "it never took anything"
        time.sleep(0.05)


def worn(length_s: int, leave_out: range = range(0)) -> list[Reading]:
    """What a strap sent until now, with some seconds lost on the way to the sender."""
    start_ms = time.time_ns() // 1_000_000 - 1000 * length_s
    sent = [r for r in readings(Person(7), start_ms, length_s) if isinstance(r, Packet)]
    kept = [r for i, r in enumerate(sent) if i not in leave_out]
    return [Packet(i, 1, r.t_ms, r.t_ms, r.data) for i, r in enumerate(kept, start=1)]


def told(program: "subprocess.Popen[str]") -> tuple[int, list[dict[str, Any]]]:
    out, _ = program.communicate(timeout=30)
    return program.returncode, json.loads(out)["arrived"]


def test_it_says_who_sends_and_how_much_is_missing(tmp_path: Path) -> None:
    with waiting(tmp_path) as (url, program):
        packets = [write_reading(reading) for reading in worn(120, range(50, 62))]
        answer = send(url, {**SESSION, "packets": packets})
        assert answer.json()["acked"] == len(packets)
        code, (arrived,) = told(program)
    assert (code, arrived["device"], arrived["sender"]) == (0, "Bangle", "raw sender")
    assert arrived["rr"]
    assert arrived["missing_percent"] == pytest.approx(10, abs=2)
    assert abs(arrived["clock_ahead_ms"]) < 3000
    assert not list(tmp_path.glob("*.db")), "what is tried out is not kept"


def test_a_sender_of_a_heart_rate_alone_is_told_apart(tmp_path: Path) -> None:
    now = time.time_ns() // 1_000_000
    packets = [{"seq": 1, "t_ms": now - 1000, "hr_bpm": 70}, {"seq": 2, "t_ms": now, "hr_bpm": 71}]
    with waiting(tmp_path) as (url, program):
        send(url, {**SESSION, "packets": packets})
        code, (arrived,) = told(program)
    assert (code, arrived["rr"], arrived["missing_percent"]) == (0, False, None)


def test_where_nothing_arrives_that_is_the_answer(tmp_path: Path) -> None:
    with waiting(tmp_path, 3) as (_, program):
        assert told(program) == (3, [])
