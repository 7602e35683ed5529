"""A road of three processes, any of which dies at any moment, and what must be true afterwards."""

import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from softfront_api.diary import Diary
from softfront_sensors.packet import Packet, Reading, first_seq

from ..sensors.broker import Broker, free_port
from .beginning import Process, begin
from .carrying import data_of
from .killing import HOST, SOFTFRONT

_CARRYING = Path(__file__).with_name("carrying.py").read_text(encoding="utf-8")
_PATIENCE_S = 60
_SOON_S = 5


@dataclass
class Road:
    """A collector, a server, and between them a broker, or nothing but HTTP."""

    folder: Path
    broker: Broker | None
    how: str = "acks"
    serves: str = SOFTFRONT
    port: int = field(default_factory=free_port)
    alive: dict[str, Process] = field(default_factory=dict)

    def __post_init__(self) -> None:
        (self.folder / "server").mkdir()

    @property
    def url(self) -> str:
        return self.broker.url if self.broker else f"http://{HOST}:{self.port}"

    @property
    def parts(self) -> list[str]:
        return ["collector", "server", *(["broker"] if self.broker else [])]

    def __enter__(self) -> "Road":
        self.begin(self.parts)
        return self

    def __exit__(self, *_: object) -> None:
        self.kill(self.parts)

    def begin(self, parts: Sequence[str], how: str | None = None) -> None:
        for part in parts:
            if part == "broker" and self.broker:
                self.broker.start()
            elif part == "server":
                self.alive[part] = self._begin(self.serves, *self._serve())
            elif part == "collector":
                place = (str(self.folder / "collector"), str(self.folder / "notes.txt"))
                self.alive[part] = self._begin(_CARRYING, self.url, *place, how or self.how)

    def kill(self, parts: Sequence[str]) -> None:
        """Let them die at once, and together."""
        dying = [self.alive.pop(part) for part in parts if part in self.alive]
        for process in dying:
            process.kill()
        if "broker" in parts and self.broker:
            self.broker.kill()
        for process in dying:
            process.join(_PATIENCE_S)

    def await_acks(self, count: int) -> None:
        """Wait until so many more have been heard by the collector."""
        before, began_s = self._acks(), time.monotonic()
        while self._acks() < before + count and time.monotonic() < began_s + _SOON_S:
            time.sleep(0.005)

    def _acks(self) -> int:
        notes = self.folder / "notes.txt"
        return notes.read_bytes().count(b"acked") if notes.exists() else 0

    def drain(self) -> bool:
        """Let all go on until nothing waits; say whether it came to that."""
        self.kill(["collector"])
        self.begin(["collector"], "drain")
        draining = self.alive["collector"]
        draining.join(_PATIENCE_S)
        return not draining.is_alive()

    def _serve(self) -> list[str]:
        source = ["--from", self.broker.url] if self.broker else []
        where = ["--data", str(self.folder / "server"), "--port", str(self.port)]
        return ["serve", "--no-strap", "--no-browser", *source, *where]

    def _begin(self, code: str, *words: str) -> Process:
        return begin(code, words, self.folder / "told.txt", fresh=False)


@dataclass(frozen=True, slots=True)
class Promised:
    """The last reading of each session that was kept by the collector, and acknowledged to it."""

    kept: dict[str, int]
    acked: dict[str, int]
    acks: int


def promised(road: Road) -> Promised:
    found: dict[str, dict[str, int]] = {"kept": defaultdict(int), "acked": defaultdict(int)}
    lines = (road.folder / "notes.txt").read_text(encoding="utf-8").splitlines(keepends=True)
    whole = [line.split() for line in lines if line.endswith("\n")]
    for what, session, seq in whole:
        found[what][session] = max(found[what][session], int(seq))
    acks = sum(what == "acked" for what, _, _ in whole)
    return Promised(found["kept"], found["acked"], acks)


def stored(road: Road) -> dict[str, list[Reading]]:
    sessions: dict[str, list[Reading]] = defaultdict(list)
    with Diary.peek(road.folder / "server", demo=False) as diary:
        for each in diary.readings(0, 2**53, spares=True):
            sessions[each.session].append(each.reading)
    return sessions


def broken_promises(promised: Promised, stored: dict[str, list[Reading]]) -> list[str]:
    """Name what was promised and is not so: lost, twice, out of order, or changed on the way."""
    faults: list[str] = []
    for name, kept in promised.kept.items():
        readings = stored.get(name, [])
        due = 1
        for reading in readings:
            if first_seq(reading) != due:
                faults.append(f"{name}: {first_seq(reading)} stands where {due} is due")
            if not isinstance(reading, Packet) or reading.data != data_of(name, reading.seq):
                faults.append(f"{name}: {reading.seq} is not what was sent")
            due = reading.seq + 1
        for what, last in (("kept", kept), ("acknowledged", promised.acked[name])):
            if due <= last:
                faults.append(f"{name}: {last} was {what}, and {due - 1} is the last stored")
    return faults


def lives(road: Road, cycles: int, random: Random, draw: Callable[[int], Sequence[str]]) -> None:
    """Kill what is drawn, at random moments, and let it begin again a little later.

    Every other time all have found one another by then, and readings are on their way.
    """
    for cycle in range(cycles):
        if cycle % 2:
            road.await_acks(3)
            time.sleep(random.uniform(0, 0.1))
        else:
            time.sleep(random.uniform(0.05, 0.9))
        victims = draw(cycle)
        road.kill(victims)
        time.sleep(random.uniform(0, 0.2))
        road.begin(victims)
