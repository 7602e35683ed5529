"""A real server in a process of its own, and a simulated heart recorded for it."""

import json
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from softfront_sensors.recording import dump
from softfront_sensors.simulated import Episode, Kind, Person, readings

START_MS = 1_781_000_000_000
STRAIN_S = 2400
_LENGTH_S = 4200


def record(file: Path) -> Path:
    """Write a seeded shift: sitting, one slipped strap, a rise after forty minutes."""
    person = Person(
        11,
        (
            Episode(Kind.WALK, 60, 120),
            Episode(Kind.SLIP, 900, 40),
            Episode(Kind.STRAIN, STRAIN_S, 240),
            Episode(Kind.WALK, STRAIN_S + 520, 60),
        ),
    )
    with file.open("w") as out:
        dump(readings(person, START_MS, _LENGTH_S), "Seeded heart", out)
    return file


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """`softfront …` on a port, started and stopped by its own handle."""

    def __init__(self, *command: str, port: int) -> None:
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self._command = [
            str(Path(sys.executable).with_name("softfront")),
            *command,
            "--no-browser",
            "--port",
            str(port),
        ]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> "Server":
        self._process = subprocess.Popen(
            self._command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self.until(lambda: self.get("health")["status"] != "starting", 30)
        return self

    def get(self, path: str) -> Any:
        with urllib.request.urlopen(f"{self.url}/api/v1/{path}", timeout=5) as answer:
            return json.load(answer)

    def until(self, holds: Any, limit_s: float) -> None:
        """Wait until it holds; a server that does not answer yet is waited for."""
        end = time.monotonic() + limit_s
        while time.monotonic() < end:
            try:
                if holds():
                    return
            except (OSError, urllib.error.URLError):
                pass
            time.sleep(0.02)
        raise AssertionError("waited too long")

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        process, self._process = self._process, None
        if process is None:
            return 0
        process.send_signal(how)
        return process.wait(15)


def replaying(file: Path, folder: Path, speed: str) -> Server:
    command = ("replay", str(file), "--page", "--data", str(folder), "--speed", speed)
    return Server(*command, port=free_port())


def run_up_to_the_rise(file: Path, folder: Path) -> None:
    """Fill a diary from a recording to shortly before its rise; a later server goes on there."""
    server = replaying(file, folder, "400").start()
    # One packet a second, and a step report every fifteen.
    before = round(STRAIN_S * 16 / 15) - 10
    server.until(lambda: server.get("health")["last_seq"] >= before, 60)
    server.stop()
