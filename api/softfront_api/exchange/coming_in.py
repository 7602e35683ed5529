"""Recordings on their way in: read, given a place in time, and brought into the diary."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import tzinfo
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

from softfront_sensors.errors import UnreadableRecording
from softfront_sensors.recording import UNDATED_MS, Outline
from softfront_sensors.source import SessionInfo

from ..diary import Diary, bring
from ..reasons import utc
from .refusing import Refused
from .spooling import Spooled, spool

# A rhythm may be torn and a strap dry; where half of it is no heart's, it is another unit.
_LEAST_PLAUSIBLE = 0.5
# Below it another Python takes longer to begin than there is to read.
_MANY_BYTES = 20_000_000
# One reads while the other packs; more would only wait for the disk and take memory.
_READERS = 2


@dataclass(frozen=True, slots=True)
class When:
    """What places a recording in time."""

    zone: tzinfo | None
    now_ms: int
    start_ms: int | None = None
    """When one without a date began."""


@dataclass(frozen=True, slots=True)
class Came:
    """What became of one file."""

    file: Path
    outline: Outline | None = None
    from_ms: int = 0
    to_ms: int = 0
    before: int = 0
    """The last of its readings that was known."""
    refused: str | None = None
    why: Refused | None = None

    @property
    def new(self) -> int:
        """How many of its readings were not known."""
        return self.outline.last_seq - self.before if self.outline else 0


@contextmanager
def incoming(diary: Diary) -> Iterator[Path]:
    """Make room beside the diary for what is on its way in; what is there goes at the end."""
    folder = diary.file.parent / "incoming"
    folder.mkdir(mode=0o700, exist_ok=True)
    with TemporaryDirectory(dir=folder, prefix="now-") as made:
        yield Path(made)


def come_in(
    diary: Diary,
    files: Sequence[Path],
    when: When,
    room: Path,
    on_share: Callable[[float], None] = lambda share: None,
) -> Iterator[Came]:
    """Bring recordings in; one that is refused stops no other. Nothing is thought through yet."""
    whole = sum(map(_size, files)) or 1
    read = 0
    for file, found in _spooled(files, when, room):
        read += _size(file)
        if isinstance(found, Spooled):
            try:
                yield _bring(diary, file, found, when)
            except (Refused, UnreadableRecording) as refused:
                why = refused if isinstance(refused, Refused) else None
                yield Came(file, found.outline, refused=str(refused), why=why)
            finally:
                found.spool.unlink(missing_ok=True)
        else:
            yield Came(file, refused=found)
        on_share(read / whole)


def _size(file: Path) -> int:
    return file.stat().st_size if file.is_file() else 0


def _spooled(files: Sequence[Path], when: When, room: Path) -> Iterator[tuple[Path, Spooled | str]]:
    jobs = [(file, room / f"{nth}.spool", when) for nth, file in enumerate(files)]
    if len(files) < _READERS or sum(map(_size, files)) < _MANY_BYTES or os.cpu_count() == 1:
        yield from ((job[0], _read(*job)) for job in jobs)
        return
    # Fresh ones: a fork would take along what this process holds open.
    with ProcessPoolExecutor(_READERS, mp_context=get_context("spawn")) as readers:
        waiting = {readers.submit(_read, *job): job[0] for job in jobs}
        for done in as_completed(waiting):
            yield waiting[done], done.result()


def _read(file: Path, to: Path, when: When) -> Spooled | str:
    try:
        return spool(file, to, when.zone, when.start_ms)
    except UnreadableRecording as unreadable:
        return str(unreadable)


def _bring(diary: Diary, file: Path, found: Spooled, when: When) -> Came:
    """Give a recording its place, and store it. Raises: `Refused`, `UnreadableRecording`."""
    it, placed = found.outline, place(diary, found.outline, when)
    if placed != found.by_ms and diary.last_seq(it.id) < it.last_seq:
        # It is known in part and lies elsewhere than it says now.
        found = spool(file, found.spool, when.zone, placed + UNDATED_MS)
    from_ms, to_ms = it.from_ms + placed, it.to_ms + placed
    if to_ms > when.now_ms:
        # What is counted up to a moment to come would keep a strap from being counted until then.
        text = f"ends at {utc(to_ms)}, which is yet to come. Nothing was stored."
        raise Refused("future", text)
    info = SessionInfo(it.id, it.device, from_ms, live=False)
    before = bring(diary, info, to_ms, found.chunks())
    return Came(file, replace(it, path=file), from_ms, to_ms, before)


def place(diary: Diary, it: Outline, when: When) -> int:
    """Say what is to be added to its times. Raises: `Refused`."""
    if it.plausible < _LEAST_PLAUSIBLE:
        text = "holds hardly an interval a heart could have. Are they in milliseconds?"
        raise Refused("unit", text)
    start_ms = when.start_ms if when.start_ms is not None else it.named_ms
    stored = diary.session(it.id)
    if stored is not None:  # where it was placed when it first came, there it stays
        by_ms = stored.started_ms - it.from_ms
        if not it.dated and when.start_ms not in (None, by_ms + UNDATED_MS):
            since = utc(by_ms + UNDATED_MS)
            text = f"is known already, as begun at {since}. Another start was not taken."
            raise Refused("known", text, time=since)
        return by_ms
    if it.dated:
        return 0
    if start_ms is None:
        text = "holds no date. Say when it began: `--start 2026-11-23T14:32`."
        raise Refused("undated", text)
    return start_ms - UNDATED_MS
