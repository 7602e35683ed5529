"""A server that is killed and begun again, and what must be in its diary afterwards."""

import http.client
import json
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from random import Random
from threading import Event, Thread
from typing import Any

from softfront_api.diary import Diary, StoredDecision
from softfront_api.errors import DatabaseMissing
from softfront_api.tact import REFRACTORY_MS
from softfront_sensors.packet import Reading
from softfront_sensors.recording import Recording, dump, load
from softfront_sensors.simulated import Episode, Kind, Person, readings

from .beginning import begin

SOFTFRONT = "from softfront_api.__main__ import main; main()"
"""What the command `softfront` does."""

HOST = "127.0.0.1"
_MINUTE_S = 60.0
_STARTED_MS = 946_890_000_000
# The second strain falls into the refractory time of the first, the third behind it.
_STRAINS_S = (34 * _MINUTE_S, 55 * _MINUTE_S, 84 * _MINUTE_S)
_LENGTH_S = 88 * _MINUTE_S
# A run then lasts about a second, and a poll sees some hundred packets more than the one before.
_SPEED = "5000"
_POLL_S = 0.003
_PATIENCE_S = 60


@dataclass(frozen=True, slots=True)
class Kept:
    """What a diary holds."""

    readings: tuple[Reading, ...] = ()
    decisions: tuple[StoredDecision, ...] = ()
    prompts: tuple[tuple[str, int], ...] = ()
    """Id and mark of each offer, oldest first."""


@dataclass(frozen=True, slots=True)
class Road:
    """A recording, and what an undisturbed run makes of it."""

    file: Path
    recording: Recording
    undisturbed: Kept

    def seq_at(self, t_ms: int) -> int:
        """Return the reading that settles a mark."""
        return next(r.seq for r in self.recording.readings if r.t_ms > t_ms)


@dataclass(frozen=True, slots=True)
class Kill:
    """When to kill: one of these, and then some seconds more."""

    wait_s: float = 0.0
    at_seq: int | None = None
    """Once /health tells of this reading."""
    at_prompt: bool = False
    """Once an offer is seen."""

    @property
    def after_start(self) -> bool:
        """Say whether it waits for the server to answer at all."""
        return self.at_prompt or self.at_seq is not None


@dataclass
class Seen:
    """What a server told before it was killed."""

    last_seq: int = 0
    prompts: list[str] = field(default_factory=list)
    status: str = "starting"
    offered: Event = field(default_factory=Event)


def make_road(folder: Path) -> Road:
    """Write a recording of an hour and a half, and let it run once without a kill."""
    file = folder / "strained.jsonl"
    strains = tuple(Episode(Kind.STRAIN, start_s, 180) for start_s in _STRAINS_S)
    person = Person(7, (Episode(Kind.WALK, 150, 120), *strains))
    with file.open("w", encoding="utf-8") as out:
        dump(readings(person, _STARTED_MS, _LENGTH_S), "simulated", out)
    command = (sys.executable, "-P", "-c", SOFTFRONT, "replay", str(file), "--data", str(folder))
    subprocess.run(command, check=True, capture_output=True, timeout=_PATIENCE_S)
    return Road(file, load(file), kept_in(folder))


def kept_in(folder: Path) -> Kept:
    """Look into the diary a replay keeps in its data folder."""
    place = next((folder / "replay").glob("*"), folder)
    try:
        with Diary.peek(place, demo=False) as diary:
            heard = tuple(stored.reading for stored in diary.readings(0, 2**53))
            offers = sorted((p.t_ms, p.id) for p in diary.prompts(limit=1000))
            prompts = tuple((name, t_ms) for t_ms, name in offers)
            return Kept(heard, diary.decisions(0, 2**53), prompts)
    except DatabaseMissing:
        return Kept()


def free_port() -> int:
    with socket.create_server((HOST, 0)) as found:
        return int(found.getsockname()[1])


class Served:
    """A server process, asked again and again how far it is."""

    def __init__(
        self, road: Road, folder: Path, speed: str, code: str = SOFTFRONT, *, fresh: bool = False
    ) -> None:
        self.port = free_port()
        folder.mkdir(exist_ok=True)
        what = ["replay", str(road.file), "--speed", speed, "--page", "--no-browser"]
        where = ["--port", str(self.port), "--data", str(folder)]
        self.process = begin(code, what + where, folder / "told.txt", fresh=fresh)
        self.seen = Seen()
        self._line = http.client.HTTPConnection(HOST, self.port, timeout=10)
        self._ear: Thread | None = None

    def __enter__(self) -> "Served":
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def kill(self) -> None:
        """Let it die at once, as a machine does that loses power to one process."""
        self.process.kill()
        self.process.join(_PATIENCE_S)
        if self._ear is not None:
            self._ear.join(_PATIENCE_S)
        self._line.close()

    def ask(self) -> bool:
        """Ask /health once; say whether it answered, and note what it told."""
        try:
            self._line.request("GET", "/api/v1/health")
            health: dict[str, Any] = json.load(self._line.getresponse())
        except (OSError, http.client.HTTPException, ValueError):
            self._line.close()
            return False
        self.seen.status = health["status"]
        self.seen.last_seq = max(self.seen.last_seq, health["last_seq"])
        if self._ear is None:
            self._ear = Thread(target=self._listen, daemon=True)
            self._ear.start()
        return True

    def live_until(self, kill: Kill) -> None:
        """Ask until it is time to kill it, or until there is nothing more to come."""
        began_s = time.monotonic()
        while self._goes_on(began_s) and not self._is_due(kill):
            self.ask()
            time.sleep(_POLL_S)
        due_s = time.monotonic() + kill.wait_s
        while self._goes_on(began_s) and time.monotonic() < due_s:
            if kill.after_start:
                self.ask()
            time.sleep(_POLL_S)

    def live_to_the_end(self) -> bool:
        """Ask until all is heard; say whether it came to that."""
        self.live_until(Kill(at_seq=2**53))
        return self.seen.status == "stopped"

    def _goes_on(self, began_s: float) -> bool:
        patient = time.monotonic() - began_s < _PATIENCE_S
        return patient and self.process.is_alive() and self.seen.status != "stopped"

    def _is_due(self, kill: Kill) -> bool:
        if kill.at_prompt:
            return self.seen.offered.is_set()
        return self.seen.last_seq >= (kill.at_seq or 0)

    def _listen(self) -> None:
        """Note every offer, those too that were told before this began."""
        line = http.client.HTTPConnection(HOST, self.port, timeout=_PATIENCE_S)
        with suppress(OSError, http.client.HTTPException):
            line.request("GET", "/api/v1/live", headers={"Last-Event-ID": "0"})
            name = b""
            for text in line.getresponse():
                if text.startswith(b"event:"):
                    name = text.removeprefix(b"event:").strip()
                elif text.startswith(b"data:") and name == b"prompt":
                    self.seen.prompts.append(json.loads(text.removeprefix(b"data:"))["id"])
                    self.seen.offered.set()
        line.close()


@dataclass(frozen=True, slots=True)
class Cycle:
    """How one run of kills went."""

    faults: tuple[str, ...]
    prompts_at_kill: int
    """Offers stored when it was killed first."""
    seq_at_kill: int


def killed(
    road: Road, folder: Path, kills: Sequence[Kill], code: str = SOFTFRONT, *, fresh: bool = False
) -> Cycle:
    """Kill a server as told, let it run to its end, and say what was not as it must be."""
    faults: list[str] = []
    died: list[Kept] = []
    for kill in kills:
        with Served(road, folder, _SPEED, code, fresh=fresh) as served:
            served.live_until(kill)
        died.append(kept_in(folder))
        faults += broken_promises(road, served.seen, died[-1])
    with Served(road, folder, "max", code, fresh=fresh) as served:
        if not served.live_to_the_end():
            faults.append(f"did not come to its end: {(folder / 'told.txt').read_text()[-400:]}")
    kept = kept_in(folder)
    faults += broken_promises(road, served.seen, kept) + differences(road, kept)
    return Cycle(tuple(faults), len(died[0].prompts), len(died[0].readings))


def broken_promises(road: Road, seen: Seen, kept: Kept) -> list[str]:
    """Name what a page was told and the diary does not hold, or holds otherwise."""
    faults = []
    if len(kept.readings) < seen.last_seq:
        faults.append(f"reading {seen.last_seq} was told of, {len(kept.readings)} are stored")
    if kept.readings != road.recording.readings[: len(kept.readings)]:
        faults.append("readings stored are not those of the recording, each once, without a hole")
    stored = {name for name, _ in kept.prompts}
    lost = [name for name in seen.prompts if name not in stored]
    faults += [f"offer {name} was seen and is not stored" for name in lost]
    marks = [t_ms for _, t_ms in kept.prompts]
    faults += [
        f"a second offer after {(later - earlier) / 60_000:.1f} min"
        for earlier, later in pairwise(marks)
        if later - earlier < REFRACTORY_MS
    ]
    return faults


def differences(road: Road, kept: Kept) -> list[str]:
    """Name how a run that came to its end differs from an undisturbed one."""
    faults = []
    if len(kept.readings) != len(road.recording.readings):
        faults.append(f"{len(kept.readings)} of {len(road.recording.readings)} readings at the end")
    if not kept.prompts:
        faults.append("no offer in the whole run")
    if kept.prompts != road.undisturbed.prompts:
        faults.append(f"other offers than undisturbed: {kept.prompts}")
    pairs = zip(kept.decisions, road.undisturbed.decisions, strict=False)
    other = [ours for ours, theirs in pairs if ours != theirs]
    if other or len(kept.decisions) != len(road.undisturbed.decisions):
        first = other[0].decision.t_ms if other else None
        faults.append(
            f"{len(kept.decisions)} decisions for {len(road.undisturbed.decisions)},"
            f" {len(other)} of them otherwise, the first at {first}"
        )
    return faults


def kill_moments(road: Road, random: Random, turn: int) -> list[Kill]:
    """Draw when to kill: while it starts, anywhere, before, at and after the first offer."""
    last = len(road.recording.readings)
    offered = road.seq_at(road.undisturbed.prompts[0][1])

    def anywhere() -> Kill:
        return Kill(random.uniform(0, 0.01), at_seq=random.randint(1, last))

    # A few hundred packets pass between what a poll tells and the kill that follows.
    before = Kill(random.uniform(0, 0.01), at_seq=offered - random.randint(1, 1200))
    after = Kill(random.uniform(0, 0.01), at_seq=offered + random.randint(0, 1500))
    return [
        [Kill(random.uniform(0.1, 1.0))],
        [anywhere(), anywhere()],
        [before],
        [Kill(random.uniform(0, 0.02), at_prompt=True)],
        [after],
    ][turn % 5]
