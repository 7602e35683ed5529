"""`softfront import`: recordings of months, or a whole backup, into a person's own diary."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from softfront_signal.moments import MARK_MS

from ..clock import Clock
from ..diary import Diary, arrivals, share_done
from ..errors import DiaryError
from ..exchange.coming_in import Came, When, come_in, incoming
from ..exchange.refusing import Refused
from ..exchange.restoring import Restored, is_backup, restore
from ..exchange.unpacking import recordings_of
from ..exchange.unzipping import is_zip, open_zip
from ..reasons import utc
from ..settings import Settings
from ..taking_in import Taken, oldest, think_through
from .common import Exit, moment, print_json, sentence, stop, tell
from .progress import bar

_ENDINGS = (".jsonl", ".csv", ".txt", ".zip")
_NAMED_MOST = 5


@dataclass
class _Told:
    """What became of each file."""

    came: list[Came] = field(default_factory=list)
    restored: list[tuple[Path, Restored]] = field(default_factory=list)
    refused: list[tuple[Path, str]] = field(default_factory=list)
    thought: dict[str, Taken] = field(default_factory=dict)
    waiting: float | None = None
    """How much of what came in is thought through; `None` where all is."""
    counted_ms: int = 0
    """Up to when something was counted before."""

    @property
    def marks(self) -> int:
        return sum(taken.marks for taken in self.thought.values())

    @property
    def rederive(self) -> bool:
        """Say whether later days were decided without what has come now."""
        for came in self.came:
            taken = self.thought.get(came.outline.id if came.outline else "")
            # What went on after a kill has itself been counted up to somewhere.
            if taken and taken.marks:
                begins_ms = came.to_ms if taken.before else came.from_ms
                if begins_ms < self.counted_ms:
                    return True
        return False

    def refuse(self, file: Path, why: str) -> None:
        """Say why a file was not taken in."""
        self.refused.append((file, why))
        tell(why if file.name in why else f"{file.name}: {why}")


def import_all(
    paths: Sequence[Path], folder: Path, start: str | None, *, wait: bool = True, as_json: bool
) -> Exit:
    """Take recordings in, oldest first; one that cannot be read stops no other."""
    files = list(_in(paths))
    if paths and not files:
        stop("No recording was found there.", Exit.NOTHING_FOUND)
    if start is not None and len(files) > 1:
        stop("--start says when one recording began; give it one file.", Exit.USAGE)
    told, clock = _Told(), Clock()
    began_ms = clock.mono_ms()
    try:
        with Diary.open(folder, demo=False) as diary:
            if not files and not arrivals(diary):
                stop("Nothing waits to be thought through. Name a recording.", Exit.NOTHING_FOUND)
            zone = Settings.read(dict(diary.settings().body)).zone
            start_ms = None if start is None else round(moment(start, zone).timestamp() * 1000)
            told.counted_ms = diary.counted_ms()
            _take_all(diary, files, When(zone, clock.wall_ms(), start_ms), told)
            if wait:
                _think(diary, told)
            told.waiting = share_done(diary)
    except DiaryError as closed:
        stop(sentence(closed))
    _sum_up(told, (clock.mono_ms() - began_ms) / 1000, as_json=as_json)
    return Exit.FAILED if told.refused else Exit.OK


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


def _take_all(diary: Diary, files: Sequence[Path], when: When, told: _Told) -> None:
    with incoming(diary) as room, ExitStack() as unpacked:
        plain: list[Path] = []
        for file in files:
            if not (file.is_file() and is_zip(file)):
                plain.append(file)
                continue
            try:
                zipped = unpacked.enter_context(open_zip(file))
                if is_backup(zipped):
                    with bar(f"Putting back {file.name}", 1) as show:
                        told.restored.append((file, restore(diary, zipped, show)))
                else:
                    plain += recordings_of(zipped, room)
            except Refused as refused:
                told.refuse(file, str(refused))
        what = plain[0].name if len(plain) == 1 else f"{len(plain):,} files"
        with bar(f"Taking in {what}", 1) as show:
            for came in come_in(diary, plain, when, room, show):
                _note(came, told)


def _note(came: Came, told: _Told) -> None:
    it = came.outline
    for problem in it.problems[:_NAMED_MOST] if it else ():
        text = f"{problem.why}. Left out; the rest is kept."
        tell(f"{came.file.name}, line {problem.line}: {text}")
    if it and it.left_out > _NAMED_MOST:
        tell(f"{came.file.name}: {it.left_out} lines left out in all.")
    if came.refused is not None:
        told.refuse(came.file, came.refused)
    else:
        told.came.append(came)


def _think(diary: Diary, told: _Told) -> None:
    """Think through all that waits, this or what an earlier import left, oldest first."""
    with bar("Thinking it through", 1) as show:
        while (waits := oldest(diary)) is not None:
            taken = think_through(diary, waits, lambda seq: show(share_done(diary) or 1.0))
            told.thought[waits.session] = taken


def _sum_up(told: _Told, seconds: float, *, as_json: bool) -> None:
    """Say what was taken in, and how fast."""
    files = [_tell_of(came, told) for came in sorted(told.came, key=lambda each: each.from_ms)]
    worn_s = told.marks * MARK_MS / 1000
    rate = round(worn_s / max(seconds, 0.001))
    if as_json:
        failed = [{"file": str(f), "status": "failed", "error": why} for f, why in told.refused]
        back = [_tell_of_backup(*each) for each in told.restored]
        body = {"files": files + back + failed, "seconds": round(seconds, 1)}
        waiting = None if told.waiting is None else round(1 - told.waiting, 3)
        more = {"times_real_time": rate, "rederive": told.rederive, "waiting": waiting}
        print_json({**body, **more})
        return
    for file in files:
        print(_line(file))
    for path, it in told.restored:
        print(f"{path.name}: {it.readings:,} readings put back, {it.known:,} known already.")
    if told.marks:
        hours = worn_s / 3600
        print(f"{hours:,.1f} h in {seconds:.0f} s: {rate:,} times as fast as they were lived.")
    if told.waiting is not None:
        print("It is in, and not thought through yet: `softfront serve` or `import` goes on.")
    if told.rederive:
        print("Later days were decided without it. `softfront rederive` takes it into account.")


def _tell_of_backup(file: Path, back: Restored) -> dict[str, Any]:
    status = "restored" if back.readings or back.rows else "known"
    told = {"readings": back.readings, "known": back.known, "rows": back.rows}
    return {"file": str(file), "status": status, **told}


def _tell_of(came: Came, told: _Told) -> dict[str, Any]:
    it = came.outline
    assert it is not None
    taken = told.thought.get(it.id) or Taken(came.before, 0, 0, 0)
    return {
        "file": str(came.file),
        "status": "imported" if taken.readings or came.new else "known",
        "session": it.id,
        "device": it.device,
        "from": utc(came.from_ms),
        "to": utc(came.to_ms),
        "readings": taken.readings or came.new,
        "beside": taken.spare,
        "marks": taken.marks,
        "known_before": taken.before,
        "left_out": it.left_out,
        "problems": [{"line": each.line, "why": each.why} for each in it.problems],
    }


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
