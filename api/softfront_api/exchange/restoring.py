"""A backup put back: every row as it was; what is here already stays, and twice is once."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from softfront_sensors.packet import Reading
from softfront_sensors.recording import exact
from softfront_sensors.wire import Malformed

from ..diary import (
    CHUNKS,
    TABLES,
    Arrival,
    Diary,
    body_in_place,
    ends_at,
    put_back,
    readings_back,
    spoken_for,
    wait_for,
)
from ..errors import EntryRefused
from .everything import FORMAT, MANIFEST, VERSION
from .refusing import BadZip, Refused
from .unzipping import Zip

_MANIFEST_MOST = 64 << 20
# As long as a strap may be silent and still be worn.
_APART_MS = 30_000
_ARRIVALS, _TACT = "arrivals", "tact"


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back."""

    readings: int
    """New ones."""
    known: int
    rows: int


def is_backup(zipped: Zip) -> bool:
    """Say whether a zip is everything of somebody."""
    return MANIFEST in zipped.names and any(name.startswith("tables/") for name in zipped.names)


def restore(
    diary: Diary, zipped: Zip, on_done: Callable[[float], None] = lambda share: None
) -> Restored:
    """Put a backup back. `on_done` is told which share is done.

    All of it is looked through before anything is stored; broken off it is put back once more,
    and what was stored stays.

    Raises:
        Refused: it is damaged, newer, a demo's, or of a time in which something else was heard.
    """
    manifest = _manifest(diary, zipped)
    _look_through(zipped, manifest, lambda share: on_done(share / 2))
    _must_fit(diary, zipped, manifest)
    try:
        return _Putting(diary, zipped, manifest).all(lambda share: on_done(0.5 + share / 2))
    except (Malformed, ValueError, KeyError, TypeError, EntryRefused) as odd:
        raise BadZip("a row in it is none of ours") from odd


class _Putting:
    """One backup on its way back."""

    def __init__(self, diary: Diary, zipped: Zip, manifest: Mapping[str, Any]) -> None:
        self._diary, self._zip, self._manifest = diary, zipped, manifest
        self._ends: dict[str, int] = {}
        self._states: dict[str, str] = {}

    def all(self, on_done: Callable[[float], None]) -> Restored:
        runs = self._manifest["sessions"]
        told = sum(each["readings"] for each in runs)
        rows = self._table("session")
        new = 0
        for nth, run in enumerate(runs, start=1):
            new += self._readings(run["file"], run["id"])
            on_done(0.5 * nth / len(runs))
        ends_at(self._diary, self._ends)
        others = [name for name in TABLES if name != "session"]
        for nth, table in enumerate(others, start=1):
            rows += self._table(table)
            on_done(0.5 + 0.5 * nth / len(others))
        self._settle()
        return Restored(new, told - new, rows)

    def _table(self, table: str) -> int:
        with closing(self._zip.lines(f"tables/{table}.jsonl")) as lines:
            columns = json.loads(next(lines))["columns"]
            if not set(columns) <= set(TABLES[table]):
                raise _newer()
            cells = (self._noted(table, columns, json.loads(line)) for line in lines)
            return put_back(self._diary, table, cells, columns)

    def _noted(self, table: str, columns: list[str], cells: list[Any]) -> list[Any]:
        """Keep in mind what has to be put in its place once all is back."""
        row = dict(zip(columns, cells, strict=True))
        if table == "session":
            self._ends[row["id"]] = row["last_seq"]
        elif table == "state":
            self._states[row["name"]] = row["body"]
        return cells

    def _readings(self, file: str, session: str) -> int:
        lay, lines = (self._zip.lines(f"{file}.{kind}jsonl") for kind in ("chunks.", ""))
        with closing(lay), closing(lines):
            if json.loads(next(lay))["columns"] != list(CHUNKS):
                raise _newer()
            next(lines)
            readings: Iterator[Reading] = exact(lines)
            return readings_back(self._diary, session, map(json.loads, lay), readings)

    def _settle(self) -> None:
        """Let wait what waited, and go on from what was offered there, where nothing was here."""
        if _ARRIVALS in self._states:
            body = json.loads(self._states[_ARRIVALS])
            wait_for(self._diary, (Arrival(**each) for each in body["waiting"]))
        if _TACT in self._states:
            body_in_place(self._diary, _TACT, self._states[_TACT], lambda it: bool(it.get("given")))


def _manifest(diary: Diary, zipped: Zip) -> Mapping[str, Any]:
    if zipped.size(MANIFEST) > _MANIFEST_MOST:
        raise BadZip("its list is longer than any of ours")
    with zipped.opened(MANIFEST) as told:
        try:
            manifest = json.loads(told.read(_MANIFEST_MOST))
            known = manifest["format"] == FORMAT
            if known and manifest["version"] > VERSION:
                raise _newer()
            wanted = set(manifest["files"]) | {MANIFEST}
        except (ValueError, KeyError, TypeError, RecursionError) as odd:
            raise BadZip("its list cannot be read") from odd
    if not known or wanted != set(zipped.names) or set(manifest["rows"]) - set(TABLES):
        raise BadZip("not all that its list names is in it")
    if bool(manifest["demo"]) is not diary.demo:
        raise Refused("demo", "A demo and your own days are kept apart. Nothing was taken in.")
    return dict(manifest)


def _look_through(
    zipped: Zip, manifest: Mapping[str, Any], on_done: Callable[[float], None]
) -> None:
    """Read every file once, and hold it against the list."""
    whole = max(sum(size for size, _ in manifest["files"].values()), 1)
    read = 0
    for name, (size, sha256) in manifest["files"].items():
        digest = hashlib.sha256()
        with zipped.opened(name) as told:
            while piece := told.read(1 << 20):
                digest.update(piece)
                read += len(piece)
                on_done(min(read / whole, 1.0))
        if digest.hexdigest() != sha256:
            raise BadZip(f"{size} bytes in it are not what was written")


def _must_fit(diary: Diary, zipped: Zip, manifest: Mapping[str, Any]) -> None:
    """Refuse what was heard while something else was: no beat counts twice."""
    names = [run["id"] for run in manifest["sessions"]]
    with closing(zipped.lines("tables/window.jsonl")) as lines:
        at = json.loads(next(lines))["columns"].index("t_ms")
        for from_ms, to_ms in _stretches(json.loads(line)[at] for line in lines):
            if spoken_for(diary, names, from_ms, to_ms):
                text = "In the time of this backup something else was heard here."
                raise Refused("overlap", f"{text} Nothing was taken in.")


def _stretches(marks: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Join marks that lie within half a minute of each other."""
    begins: int | None = None
    before_ms = 0
    for t_ms in marks:
        if begins is None or not 0 <= t_ms - before_ms <= _APART_MS:
            if begins is not None:
                yield begins, before_ms
            begins = t_ms
        before_ms = t_ms
    if begins is not None:
        yield begins, before_ms


def _newer() -> Refused:
    text = "This backup comes from a newer version; update Softfront to read it."
    return Refused("newer", text)
