"""A real server in a process of its own, and a simulated heart recorded for it."""

import asyncio
import json
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from softfront_api.clock import Clock
from softfront_api.diary import Diary
from softfront_api.notify import Bus
from softfront_api.session import Session
from softfront_sensors.recording import dump, load
from softfront_sensors.replay import Replay
from softfront_sensors.simulated import Episode, Kind, Person, readings

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

# The three sentences of a first visit are read; an empty frame has no place to keep that.
GREETED = "if (origin !== 'null') localStorage.setItem('softfront.first', 'false')"

START_MS = 1_781_000_000_000
STRAIN_S = 2400
# The same seed, the same mark: 45 s after the 60-s window has left the usual range.
OFFER_S = 2465
WALK_AFTER_S = STRAIN_S + 520
_LENGTH_S = 4200
_DAY_MS = 86_400_000


def record(file: Path) -> Path:
    """Write a seeded shift: sitting, one slipped strap, a rise after forty minutes, a walk."""
    person = Person(
        11,
        (
            Episode(Kind.WALK, 60, 120),
            Episode(Kind.SLIP, 900, 40),
            Episode(Kind.STRAIN, STRAIN_S, 240),
            Episode(Kind.WALK, WALK_AFTER_S, 60),
        ),
    )
    with file.open("w") as out:
        dump(readings(person, START_MS, _LENGTH_S), "Seeded heart", out)
    return file


def record_days(file: Path) -> Path:
    """Write three shifts on days of their own, two rises in each, and the beginning of a fourth."""
    rises = (Episode(Kind.STRAIN, at_s, 240) for at_s in (STRAIN_S, 7000))
    person = Person(11, (Episode(Kind.WALK, 60, 120), Episode(Kind.SLIP, 900, 40), *rises))
    days = range(-3, 1)
    shifts = [readings(person, START_MS + day * _DAY_MS, 9000 if day else 4200) for day in days]
    with file.open("w") as out:
        dump((reading for shift in shifts for reading in shift), "Seeded heart", out)
    return file


def fill(file: Path, folder: Path, until_s: float) -> Path:
    """Fill a diary from a recording's first part; a server goes on where it ends."""
    whole = load(file)
    first = tuple(r for r in whole.readings if r.t_ms < START_MS + 1000 * until_s)
    source = Replay(replace(whole, readings=first), None, time.monotonic)

    def play() -> None:
        with Diary.open(folder / "replay" / whole.id[:12], demo=False) as diary:
            asyncio.run(Session(source, diary, Bus(), Clock.of_this_machine()).run())

    # A browser's own loop may be running here: the recording has a thread to itself.
    with ThreadPoolExecutor(1) as threads:
        threads.submit(play).result()
    return folder


def utc(after_s: float) -> str:
    """Write a moment of the recording as the API does."""
    at = datetime.fromtimestamp(START_MS / 1000 + after_s, UTC)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """`softfront …` on a port, started and stopped by its own handle."""

    def __init__(self, *command: str) -> None:
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        softfront = str(Path(sys.executable).with_name("softfront"))
        self._command = [softfront, *command, "--no-browser", "--port", str(port)]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> "Server":
        quiet = subprocess.DEVNULL
        self._process = subprocess.Popen(self._command, stdout=quiet, stderr=quiet)
        self.until(lambda: self.get("health")["status"] != "starting", 30)
        return self

    def get(self, path: str) -> Any:
        with urllib.request.urlopen(f"{self.url}/api/v1/{path}", timeout=5) as answer:
            return json.load(answer)

    def until(self, holds: Callable[[], bool], limit_s: float) -> None:
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

    def until_moment(self, at: str, limit_s: float = 30) -> None:
        """Wait until the server's own clock has come to a moment."""
        self.until(lambda: str(self.get("now")["at"]) >= at, limit_s)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        process, self._process = self._process, None
        if process is None:
            return 0
        process.send_signal(how)
        return process.wait(15)


def replaying(file: Path, folder: Path, speed: float) -> Server:
    command = ("replay", str(file), "--page", "--data", str(folder), "--speed", f"{speed:g}")
    return Server(*command)


def demonstrating(folder: Path) -> Server:
    return Server("demo", "--data", str(folder))


def change_elsewhere(server: Server, **what: object) -> None:
    """Change settings as another device does."""
    where = f"{server.url}/api/v1/settings"
    with urllib.request.urlopen(where, timeout=5) as answer:
        etag, body = answer.headers["ETag"], {**json.load(answer), **what}
    headers = {"If-Match": etag, "Content-Type": "application/json", "Origin": server.url}
    data = json.dumps(body).encode()
    request = urllib.request.Request(where, data=data, headers=headers, method="PUT")
    urllib.request.urlopen(request, timeout=5).close()
