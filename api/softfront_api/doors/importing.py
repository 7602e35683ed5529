"""`softfront import`: recordings of months into a person's own diary."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from softfront_sensors.errors import UnreadableRecording
from softfront_sensors.recording import UNDATED_MS, Outline, outline, stream
from softfront_sensors.source import SessionInfo
from softfront_signal.moments import MARK_MS

from ..clock import Clock
from ..diary import Diary
from ..errors import DiaryError
from ..reasons import utc
from ..settings import Settings
from ..taking_in import Taken, take_in
from .common import Exit, moment, print_json, sentence, stop, tell
from .progress import bar

_ENDINGS = (".jsonl", ".csv", ".txt")
_NAMED_MOST = 5
# A rhythm may be torn and a strap dry; where half of it is no heart's, it is another unit.
_LEAST_PLAUSIBLE = 0.5


class _Refused(Exception):
    """A file that is not taken in, and why."""


@dataclass(frozen=True, slots=True)
class _Found:
    """A recording, and where it lies in time."""

    outline: Outline
    by_ms: int
    """What is added to its times: 0 where it is dated."""

    @property
    def from_ms(self) -> int:
        return self.outline.from_ms + self.by_ms

    @property
    def to_ms(self) -> int:
        return self.outline.to_ms + self.by_ms


@dataclass
class _Told:
    """What became of each file."""

    files: list[dict[str, Any]] = field(default_factory=list)
    failed: bool = False
    marks: int = 0
    rederive: bool = False
    """Later days were decided without what has come now."""

    def refuse(self, file: Path, why: str) -> None:
        """Say why a file was not taken in."""
        self.failed = True
        self.files.append({"file": str(file), "status": "failed", "error": why})
        tell(why if file.name in why else f"{file.name}: {why}")


def import_all(paths: Sequence[Path], folder: Path, start: str | None, *, as_json: bool) -> Exit:
    """Take recordings in, oldest first; one that cannot be read stops no other."""
    files = list(_in(paths))
    if not files:
        stop("No recording was found there.", Exit.NOTHING_FOUND)
    if start is not None and len(files) > 1:
        stop("--start says when one recording began; give it one file.", Exit.USAGE)
    told, clock = _Told(), Clock()
    began_ms = clock.mono_ms()
    try:
        with Diary.open(folder, demo=False) as diary:
            zone = Settings.read(dict(diary.settings().body)).zone
            start_ms = None if start is None else round(moment(start, zone).timestamp() * 1000)
            _take_all(diary, files, start_ms, clock.wall_ms(), told)
    except DiaryError as closed:
        stop(sentence(closed))
    _sum_up(told, (clock.mono_ms() - began_ms) / 1000, as_json=as_json)
    return Exit.FAILED if told.failed else Exit.OK


def _in(paths: Sequence[Path]) -> Iterator[Path]:
    """Yield each file named, and of a folder all that may be recordings."""
    for path in paths:
        if path.is_dir():
            inside = (each for each in sorted(path.rglob("*")) if each.is_file())
            yield from (each for each in inside if _ending(each) in _ENDINGS)
        else:
            yield path


def _ending(path: Path) -> str:
    return (path.with_suffix("") if path.suffix == ".gz" else path).suffix.lower()


def _take_all(
    diary: Diary, files: Sequence[Path], start_ms: int | None, now_ms: int, told: _Told
) -> None:
    counted_ms, known = diary.counted_ms(), []
    for file in files:
        try:
            known.append(_look(diary, file, start_ms, now_ms))
        except (_Refused, UnreadableRecording) as refused:
            told.refuse(file, str(refused))
    for found in sorted(known, key=lambda each: each.from_ms):
        try:
            taken = _take(diary, found)
        except UnreadableRecording as changed:
            told.refuse(found.outline.path, str(changed))
            continue
        told.files.append(_tell_of(found, taken))
        told.marks += taken.marks
        # What went on after a kill has itself been counted up to somewhere.
        begins_ms = found.to_ms if taken.before else found.from_ms
        told.rederive |= taken.marks > 0 and begins_ms < counted_ms


def _look(diary: Diary, file: Path, start_ms: int | None, now_ms: int) -> _Found:
    """Read through a file and place it in time; nothing is stored yet.

    Raises:
        UnreadableRecording, _Refused
    """
    with bar(f"Reading {file.name}", None):
        it = outline(file)
    for problem in it.problems[:_NAMED_MOST]:
        tell(f"{file.name}, line {problem.line}: {problem.why}. Left out; the rest is kept.")
    if it.left_out > _NAMED_MOST:
        tell(f"{file.name}: {it.left_out} lines left out in all.")
    if it.plausible < _LEAST_PLAUSIBLE:
        raise _Refused("holds hardly an interval a heart could have. Are they in milliseconds?")
    stored = diary.session(it.id)
    if stored is not None:  # where it was placed when it first came, there it stays
        by_ms = stored.started_ms - it.from_ms
        if not it.dated and start_ms not in (None, by_ms + UNDATED_MS):
            since = utc(by_ms + UNDATED_MS)
            raise _Refused(f"is known already, as begun at {since}. Another start was not taken.")
        return _Found(it, by_ms)
    if not it.dated and start_ms is None:
        raise _Refused("holds no date. Say when it began: `--start 2026-11-23T14:32`.")
    found = _Found(it, 0 if it.dated or start_ms is None else start_ms - UNDATED_MS)
    if found.to_ms > now_ms:
        # What is counted up to a moment to come would keep a strap from being counted until then.
        raise _Refused(f"ends at {utc(found.to_ms)}, which is yet to come. Nothing was stored.")
    return found


def _take(diary: Diary, found: _Found) -> Taken:
    """Store one recording and what follows from it.

    Raises:
        UnreadableRecording: it can no longer be read, or is another by now.
    """
    it = found.outline
    info = SessionInfo(it.id, it.device, found.from_ms, live=False)
    readings = stream(it.path, UNDATED_MS + found.by_ms)
    with bar(f"Taking in {it.path.name}", it.last_seq) as tell_done, closing(readings):
        taken = take_in(diary, info, found.to_ms, readings, tell_done)
    if diary.last_seq(it.id) != it.last_seq:
        raise UnreadableRecording(f"{it.path.name} changed while it was read. Try again.")
    return taken


def _tell_of(found: _Found, taken: Taken) -> dict[str, Any]:
    it = found.outline
    return {
        "file": str(it.path),
        "status": "imported" if taken.readings else "known",
        "session": it.id,
        "device": it.device,
        "from": utc(found.from_ms),
        "to": utc(found.to_ms),
        "readings": taken.readings,
        "beside": taken.spare,
        "marks": taken.marks,
        "known_before": taken.before,
        "left_out": it.left_out,
        "problems": [{"line": each.line, "why": each.why} for each in it.problems],
    }


def _sum_up(told: _Told, seconds: float, *, as_json: bool) -> None:
    """Say what was taken in, and how fast."""
    worn_s = told.marks * MARK_MS / 1000
    rate = round(worn_s / max(seconds, 0.001))
    if as_json:
        body = {"files": told.files, "seconds": round(seconds, 1), "times_real_time": rate}
        print_json({**body, "rederive": told.rederive})
        return
    for file in told.files:
        if file["status"] != "failed":
            print(_line(file))
    if told.marks:
        hours = worn_s / 3600
        print(f"{hours:,.1f} h in {seconds:.0f} s: {rate:,} times as fast as they were lived.")
    if told.rederive:
        print("Later days were decided without it. `softfront rederive` takes it into account.")


def _line(file: dict[str, Any]) -> str:
    name, day = Path(file["file"]).name, file["from"][:10]
    if file["status"] == "known":
        return f"{name}: known already, from {day}. Nothing was added."
    line = f"{name}: from {day}, {file['readings']:,} readings, {file['marks']:,} marks."
    if file["known_before"]:
        line += f" It went on after the {file['known_before']:,} that were stored."
    if file["beside"]:
        line += f" {file['beside']:,} are kept and not counted: something else was heard then."
    return line
