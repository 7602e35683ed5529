"""Where files come in while a house lives: one at a time, read, then thought through beside."""

import asyncio
import logging
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from shutil import rmtree
from typing import Any

from ..diary import Diary, arrivals, share_done
from ..errors import ApiError, DiaryError
from ..settings import Settings
from ..taking_in import oldest, think_through
from ..traces import shape
from .coming_in import Came, When, come_in, incoming
from .refusing import Refused
from .restoring import is_backup, restore
from .unpacking import recordings_of
from .unzipping import is_zip, open_zip

_log = logging.getLogger(__name__)

CURRENT = "current"
"""What an import is called that began before this server did."""
_KEPT = 20
_PROBLEMS_MOST = 20
_TELL_EVERY_S = 1.0
_UNREADABLE = "data.import.why.unreadable"


class _Stopped(Exception):
    """The house is being closed; what waits goes on at the next start."""


@dataclass(slots=True)
class Import:
    """What became of one file so far."""

    id: str
    file: str
    state: str = "reading"
    """`reading`, `deriving`, `done` or `refused`."""
    share: float = 0.0
    new: int = 0
    known: int = 0
    left_out: int = 0
    problems: list[tuple[str, int | None, str]] = field(default_factory=list)
    undated: bool = False
    placed_ms: int | None = None
    why: str | None = None
    """Why it was refused, as a text's key."""
    values: Mapping[str, str] = field(default_factory=dict)
    restored: bool = False
    tact: Mapping[str, Any] | None = None
    """Of a backup: how offers had been spaced there."""


class Desk:
    """Takes files in and thinks them through; `run` is its task."""

    def __init__(
        self,
        diary: Diary,
        wall_ms: Callable[[], int],
        tell: Callable[[Import], None] = lambda it: None,
        on_restored: Callable[[Import], None] = lambda it: None,
    ) -> None:
        """Tell of each import about once a second, and once a backup has been put back."""
        self.diary = diary
        self.imports: dict[str, Import] = {}
        self._wall_ms, self._tell, self._on_restored = wall_ms, tell, on_restored
        self._waiting: asyncio.Queue[tuple[Import, Path, int | None]] = asyncio.Queue()
        self._stop = threading.Event()
        self._resting = asyncio.Event()
        self._resting.set()

    @property
    def reading(self) -> bool:
        """Say whether a file is being read."""
        return any(it.state == "reading" for it in self.imports.values())

    def room(self, name: str) -> Path:
        """Make a place for a file that is on its way; `run` clears it away."""
        folder = self.diary.file.parent / "incoming" / name
        folder.mkdir(mode=0o700, parents=True)
        return folder

    def begin(self, it: Import, file: Path, start_ms: int | None) -> None:
        """Let a file be taken in that lies there whole."""
        self.imports[it.id] = it
        for old in list(self.imports)[:-_KEPT]:
            del self.imports[old]
        self._waiting.put_nowait((it, file, start_ms))

    async def run(self) -> None:
        """Go on with what waited before, then take in what comes, until cancelled."""
        try:
            await asyncio.to_thread(self._clear)
            if await asyncio.to_thread(arrivals, self.diary):
                self.imports[CURRENT] = Import(CURRENT, "", "deriving")
                await self._beside(self.imports[CURRENT], self._think)
            while True:
                it, file, start_ms = await self._waiting.get()
                await self._beside(it, lambda it: self._take(it, file, start_ms))  # noqa: B023  awaited here
        finally:
            self._stop.set()
            await self._resting.wait()

    async def _beside(self, it: Import, work: Callable[[Import], None]) -> None:
        """Let something go on in a thread of its own, and tell how far it is."""
        self._resting.clear()
        task = asyncio.create_task(asyncio.to_thread(self._guarded, it, work))
        task.add_done_callback(lambda _: self._resting.set())
        while not task.done():
            self._tell(it)
            await asyncio.wait([task], timeout=_TELL_EVERY_S)
        self._tell(it)
        if it.restored:
            self._on_restored(it)

    def _guarded(self, it: Import, work: Callable[[Import], None]) -> None:
        try:
            work(it)
        except _Stopped:
            return
        except Refused as refused:
            it.state, it.why, it.values = "refused", refused.id, refused.values
        except ApiError as failed:
            it.state, it.why, it.values = "refused", failed.key or _UNREADABLE, failed.values
            _log.error("an import ended: %s", failed)
        except Exception as failed:  # a house goes on without one file
            it.state, it.why = "refused", _UNREADABLE
            _log.error("an import stopped:\n%s", shape(failed))

    def _take(self, it: Import, file: Path, start_ms: int | None) -> None:
        try:
            self._read(it, file, start_ms)
        finally:
            rmtree(file.parent, ignore_errors=True)
        self._think(it)

    def _read(self, it: Import, file: Path, start_ms: int | None) -> None:
        zone = Settings.read(dict(self.diary.settings().body)).zone
        when = When(zone, self._wall_ms(), start_ms)
        with incoming(self.diary) as room:
            if not is_zip(file):
                self._bring(it, [file], when, room)
                return
            with open_zip(file) as zipped:
                if is_backup(zipped):
                    back = restore(self.diary, zipped, lambda share: self._note(it, share))
                    it.new, it.known, it.restored = back.readings, back.known, True
                    it.tact = back.tact
                    return
                self._bring(it, list(recordings_of(zipped, room)), when, room)

    def _bring(self, it: Import, files: list[Path], when: When, room: Path) -> None:
        taken = 0
        for came in come_in(self.diary, files, when, room, lambda share: self._note(it, share)):
            taken += came.refused is None
            _add(it, came)
            if len(files) == 1 and came.refused is not None:
                raise came.why or Refused("unreadable", came.refused)
        if not taken:
            raise Refused("unreadable", "Nothing of it could be taken in.")

    def _think(self, it: Import) -> None:
        it.state, it.share = "deriving", 0.0
        while (waits := oldest(self.diary)) is not None:
            think_through(self.diary, waits, lambda seq: self._note(it))
        it.state, it.share = "done", 1.0

    def _note(self, it: Import, share: float | None = None) -> None:
        if self._stop.is_set():
            raise _Stopped
        it.share = (share_done(self.diary) or 0.0) if share is None else share

    def _clear(self) -> None:
        """Remove what was on its way when the last house was closed."""
        with suppress(OSError, DiaryError):
            rmtree(self.diary.file.parent / "incoming", ignore_errors=True)


def _add(it: Import, came: Came) -> None:
    told = came.outline
    if told is not None:
        it.left_out += told.left_out
        it.undated = it.undated or not told.dated
        for each in told.problems[: _PROBLEMS_MOST - len(it.problems)]:
            it.problems.append((came.file.name, each.line, each.why))
    if came.refused is None and told is not None:
        it.new += came.new
        it.known += min(came.before, told.last_seq)
        it.placed_ms = came.from_ms
    elif len(it.problems) < _PROBLEMS_MOST:
        it.problems.append((came.file.name, None, came.refused or ""))
